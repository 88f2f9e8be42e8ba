package audit

import (
	"context"
	"time"
)

// A Store keeps entries, and apart from them whose token is which. It applies no
// rules of its own.
//
// Implementations
//
//   - must be safe for concurrent use and do each call whole or not at all;
//   - must never change an entry, nor remove one but with Prune;
//   - must keep every field, times as UTC to the microsecond and text as it is,
//     and may treat empty lists as nil;
//   - must return ErrInvalid for text that is not UTF-8 or holds a NUL;
//   - must pass audittest.TestStore.
type Store interface {
	// Append keeps e as the next entry and returns it. It sets Seq to one more
	// than that of the entry before, whichever instance wrote that, and Hash to
	// what seal returns for the hash before and e.
	Append(ctx context.Context, e Entry, seal func(prev string, e Entry) string) (Entry, error)

	// Entries returns the entries that match f, the newest first, at most
	// f.Limit. No limit is ErrInvalid.
	Entries(ctx context.Context, f Filter) ([]Entry, error)

	// Chain returns the entries after seq in the order they were written, at
	// most limit.
	Chain(ctx context.Context, seq int64, limit int) ([]Entry, error)

	// Ends returns where the chain begins, which is the last entry that was
	// pruned, and where it ends. Both are zero at first.
	Ends(ctx context.Context) (base, head Mark, err error)

	// Prune removes entries from the beginning up to the first that is not older
	// than before or that concerns one of the tokens in hold, at most limit, and
	// returns how many. It forgets the tokens that no entry has any more.
	Prune(ctx context.Context, before time.Time, hold []string, limit int) (int, error)

	// Name keeps that token stands for a person. A token that is there already
	// is ErrConflict.
	Name(ctx context.Context, token, person string) error

	// Tokens returns the tokens of a person in byte order.
	Tokens(ctx context.Context, person string) ([]string, error)

	// Persons returns whom the tokens stand for. Those that stand for nobody are
	// missing.
	Persons(ctx context.Context, tokens []string) (map[string]string, error)

	// Rename makes the tokens of a person stand for a pseudonym, or if it is
	// empty for nobody, and returns how many there were.
	Rename(ctx context.Context, person, pseudonym string) (n int, err error)
}

// A Filter selects the entries that match every field that is set. Lists hold
// tokens; an empty one that is not nil matches nothing.
type Filter struct {
	Who     []string // the actor is one of these
	Whom    []string // it is about one of these
	Anyone  []string // one of these is the actor, in whose place they acted, or whom it is about
	Except  []string // the actor is none of these
	Action  string   // the action is this, or begins with this and a dot
	Outcome *string  // the outcome is this
	From    time.Time
	To      time.Time // before this
	Before  int64     // only those with a lower Seq
	Limit   int
}

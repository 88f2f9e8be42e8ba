package cases

import (
	"context"
	"time"

	"github.com/stoa-go/stoa/profile"
)

// A Store keeps everything a [Desk] needs. It applies no rules of its own: the
// Desk decides who may do what before it calls the store.
//
// Implementations must
//   - be safe for concurrent use;
//   - do each call whole or not at all;
//   - keep times to the microsecond and return them in UTC;
//   - refuse text with NUL or broken UTF-8 as ErrInvalid, and find nothing by such text;
//   - return copies: what the caller changes afterwards changes nothing inside;
//   - log every change of a case in the same transaction, for [Store.Changes];
//   - pass the suite in package casestest.
type Store interface {
	// Case returns the case with the given ID, or ErrNotFound.
	Case(ctx context.Context, id string) (Case, error)

	// Reference returns the ID of the case with a reference, or ErrNotFound.
	Reference(ctx context.Context, reference string) (id string, err error)

	// Save stores cases and adds entries to them, all or nothing. Of each case,
	// version 1 is a new one: ErrConflict if its ID or its reference is taken. Any
	// other must follow the stored version: ErrNotFound if there is none,
	// ErrConflict if it differs. The entries of a case have the numbers that follow
	// the stored Last, up to the new one, in order: ErrConflict otherwise, and if
	// the ID of one is taken. A case is named once, every entry is of one of the
	// cases, audiences have no compound terms, and a priority is one of those there
	// are: ErrInvalid otherwise.
	Save(ctx context.Context, cases []Case, entries []Entry) error

	// Cases returns the cases that match q, in its order, and a token for the next
	// page, empty on the last. Its cost depends on the page, not on how many cases
	// there are. An order that is none, or a token that was not given out for this
	// one, is ErrInvalid.
	Cases(ctx context.Context, q Query) (page []Case, next string, err error)

	// Count returns how many cases match q, whatever its page, but no more than
	// most.
	Count(ctx context.Context, q Query, most int) (int, error)

	// Entry returns an entry by its ID, or ErrNotFound.
	Entry(ctx context.Context, id string) (Entry, error)

	// Entries returns the entries of a case with numbers above after, in order,
	// and no more than limit. Internal ones are among them only if asked for.
	Entries(ctx context.Context, of string, internal bool, after, limit int) ([]Entry, error)

	// Changes returns the IDs of cases changed after the cursor, oldest change
	// first, each at least once, and the cursor to go on from. It returns an error
	// that matches search.ErrRebuild for a cursor it cannot go on from.
	Changes(ctx context.Context, after string, limit int) (ids []string, next string, err error)

	// WaitChanges returns when there may be changes after the cursor, or when ctx
	// is done.
	WaitChanges(ctx context.Context, after string) error

	// Naming returns the IDs of the cases that name a person, as who did or has
	// something, in them or their entries, by ID, after the one given.
	Naming(ctx context.Context, person, after string, limit int) ([]string, error)

	// Forget puts pseudonym in the place of a person, wherever one is named as who
	// did or has something, in cases and entries and their audiences; if it is
	// empty, nobody stands there and follows. What the person wrote is taken out,
	// and of their own cases all that anybody did: the subject, the fields, every
	// text, and what these were before. It returns how many cases and entries
	// named the person. Cases that it changes, or of which it changes an entry, get
	// their next version.
	Forget(ctx context.Context, person, pseudonym string) (int, error)

	// Purge removes cases with all their entries, and links to them: cases that
	// had one get their next version. Those that are not there, or have another
	// version, are passed over; it returns how many were removed.
	Purge(ctx context.Context, versions map[string]int) (int, error)
}

// A Query selects cases. Its zero value selects all of them.
type Query struct {
	Sight     *profile.Sight // only cases whose audience admits it; nil means all
	IDs       []string       // only these; nil means any, empty none
	Requester string         // only of this person
	Follower  string         // only with this participant
	Account   string         // only of this organisation
	Assignee  *string        // only with this assignee; "" is nobody; nil means any
	Queues    []Key          // only of these
	Kinds     []Key          // only of these
	States    []State        // only in these
	Statuses  []Key          // only in these
	Priority  []Priority     // only of these
	Product   string         // only about this
	Tag       string         // only with this
	Article   string         // only those linked to this reference
	Escalated bool           // only escalated ones
	Since     time.Time      // only opened then or later
	Until     time.Time      // only opened before
	Order     Order
	After     string // page token from an earlier call
	Limit     int    // 0 means 50
}

// An Order is an order of cases. Ties are broken by ID, in the same direction.
type Order string

// The orders.
const (
	OrderUpdated Order = ""        // what changed last first, as the requester sees it
	OrderTouched Order = "touched" // what changed last first, whatever it was
	OrderCreated Order = "created" // newest first
	OrderOldest  Order = "oldest"  // oldest first: what waits longest
	OrderUrgent  Order = "urgent"  // by priority, and the oldest of each first
)

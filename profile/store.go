package profile

import "context"

// A Store keeps people, accounts and segments. It applies no rules of its own:
// a [Directory] decides who may do what before it calls the store.
//
// Implementations
//
//   - must be safe for concurrent use and do each call whole or not at all;
//   - must keep every field but Key, times as UTC to the microsecond, text as
//     it is, and may treat empty lists and maps as nil;
//   - must not share slices or maps with their callers;
//   - must order by bytes, not by the rules of a language;
//   - must return ErrInvalid for text that is not UTF-8 or holds a NUL;
//   - must pass the suite in package profiletest.
type Store interface {
	PersonStore
	AccountStore
	SegmentStore
}

// A PersonStore keeps people.
type PersonStore interface {
	// Person returns the person with the given ID, or ErrNotFound.
	Person(ctx context.Context, id string) (Person, error)

	// People returns the people that match q, by name and then by ID, and the
	// position of the next page, empty on the last. A position that it did not
	// give out is ErrInvalid.
	People(ctx context.Context, q PersonQuery) (page []Person, next string, err error)

	// SavePerson keeps p. With Version 1 p is new, and it returns ErrConflict
	// if the ID is taken. Otherwise p replaces the person that has p.ID and
	// p.Version-1: ErrNotFound if there is none with that ID, ErrConflict if
	// the stored version differs.
	SavePerson(ctx context.Context, p Person) error

	// RemovePerson forgets a person, or returns ErrNotFound.
	RemovePerson(ctx context.Context, id string) error
}

// An AccountStore keeps accounts. They are disabled, not removed: cases and
// people go on referring to them.
type AccountStore interface {
	// Account returns the account with the given ID, or ErrNotFound.
	Account(ctx context.Context, id string) (Account, error)

	// Accounts returns a page of all accounts, by name and then by ID, as
	// People does.
	Accounts(ctx context.Context, q AccountQuery) (page []Account, next string, err error)

	// SaveAccount keeps a, as SavePerson does.
	SaveAccount(ctx context.Context, a Account) error
}

// A SegmentStore keeps segments. There are few: 500 at most.
type SegmentStore interface {
	// Segments returns all of them, by name.
	Segments(ctx context.Context) ([]Segment, error)

	// SaveSegment keeps s, as SavePerson does with the name as ID.
	SaveSegment(ctx context.Context, s Segment) error

	// RemoveSegment forgets a segment, or returns ErrNotFound.
	RemoveSegment(ctx context.Context, name string) error
}

// A PersonQuery selects people. Its zero value selects all of them.
type PersonQuery struct {
	Account string // of this account only
	Role    Role   // with this role only
	After   string // the position or token from the page before
	Limit   int    // 0 means 50; a Directory allows 200
}

// An AccountQuery selects accounts.
type AccountQuery struct {
	After string // the position or token from the page before
	Limit int    // 0 means 50; a Directory allows 200
}

// DefaultLimit is the length of a page where a query does not say.
const DefaultLimit = 50

const maxLimit = 200

// Facts are what else is known of people. The rules of segments ask for what
// people do, which they bring about themselves, as "behaviour.NAME"
// ([Options.Facts]), and for what they have by the company's own records, as
// "owned.NAME" ([Options.Owned]). Only the second opens content.
type Facts interface {
	// Facts returns what is known of p under the names, without the prefix.
	// What it does not return is not known. It is asked for every request that
	// p makes, so it should answer from a cache; an error is logged, and the
	// conditions that needed the answer do not hold.
	Facts(ctx context.Context, p Person, names []string) (map[string][]string, error)
}

// FactsFunc is a function that is [Facts].
type FactsFunc func(ctx context.Context, p Person, names []string) (map[string][]string, error)

// Facts calls f.
func (f FactsFunc) Facts(ctx context.Context, p Person, names []string) (map[string][]string, error) {
	return f(ctx, p, names)
}

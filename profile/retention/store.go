package retention

import (
	"context"
	"time"
)

// A Store keeps holds, refused requests, and what is known of each class. It
// applies no rules of its own.
//
// Implementations
//
//   - must be safe for concurrent use and do each call whole or not at all;
//   - must keep every field, times as UTC to the microsecond, text as it is;
//   - must return ErrInvalid for text that is not UTF-8 or holds a NUL;
//   - must pass retentiontest.TestStore.
type Store interface {
	// Holds returns the holds that match q, the newest first and then by ID.
	Holds(ctx context.Context, q HoldQuery) ([]Hold, error)

	// SaveHold keeps h. With Version 1 h is new, and it returns ErrConflict if the
	// ID is taken. Otherwise h replaces the one that has Version-1: ErrNotFound if
	// there is none with its ID, ErrConflict if its version differs.
	SaveHold(ctx context.Context, h Hold) error

	// Requests returns the requests that match q, the newest first and then by ID.
	Requests(ctx context.Context, q RequestQuery) ([]Request, error)

	// SaveRequest keeps r, as SaveHold does.
	SaveRequest(ctx context.Context, r Request) error

	// Held returns the people whom a hold keeps at a time, each once, in order.
	Held(ctx context.Context, at time.Time) ([]string, error)

	// States returns what is known of classes, by name.
	States(ctx context.Context) ([]State, error)

	// SaveState keeps s, as SaveHold does with the name as ID.
	SaveState(ctx context.Context, s State) error

	// ForgetPerson removes holds and requests that are about a person, and puts
	// nobody in the place of the person in others, or in all of them a pseudonym
	// unless that is empty. Requests that wait are done then. It returns how many
	// records are gone and in how many the person was replaced.
	ForgetPerson(ctx context.Context, person, pseudonym string, at time.Time) (removed, renamed int, err error)

	// Expire removes holds that ended and requests that do not wait any more,
	// both before a time and about nobody in held, at most limit, the holds first.
	// With dry it only counts. No limit is ErrInvalid.
	Expire(ctx context.Context, before time.Time, held []string, limit int, dry bool) (int, error)
}

// A HoldQuery selects holds that match every field that is set.
type HoldQuery struct {
	ID     string
	Person string
	At     time.Time // that keep somebody at this time
	Limit  int       // 0 means 200
}

// A RequestQuery selects requests that match every field that is set.
type RequestQuery struct {
	ID     string
	Person string
	Status Status
	Limit  int // 0 means 200
}

// DefaultLimit is how many records a query returns that does not say.
const DefaultLimit = 200

// A State is what is known of a class.
type State struct {
	Class     string
	Days      int       // how long it is kept; 0 means as the class says
	ChangedBy string    // who decided that, or empty
	ChangedAt time.Time // when, or zero
	RanAt     time.Time // when old data was last removed, or zero
	Removed   int       // how much that was
	Fault     bool      // it ended with an error
	More      bool      // it ended before all was done
	Until     time.Time // an instance is at it until then, or zero
	Version   int
}

package profile

import (
	"context"
	"time"
)

// A Connection lets another program in: a company's directory that says who
// joins and leaves, a product that says who uses a widget of the portal.
type Connection struct {
	ID      string         // names it in lists, and in tokens that it signs; it lets nobody in
	Kind    ConnectionKind // what it is good for, and nothing else
	Name    string         // what whoever made it calls it
	Account string         // whose people it reaches; "" only with Staff
	Staff   bool           // it is the company's own: it reaches people with roles of staff, too
	MadeBy  string         // who made it; empty once they are forgotten
	MadeAt  time.Time
	UsedAt  time.Time // the last time, exact to five minutes; zero means never
	EndedAt time.Time // from when on it is good no more; zero if it is good
	Secret  string    // what the store knows its secret by; not shown to anybody

	// Unowned says, in lists alone, that whoever made it could not make it any
	// more: they have left, or may do less. It works until somebody ends it.
	Unowned bool
}

// A ConnectionKind says what a connection is good for.
type ConnectionKind string

// The kinds of connections.
const (
	ConnectionDirectory ConnectionKind = "directory" // adds, changes and disables people, as package scimprofile does
	ConnectionWidget    ConnectionKind = "widget"    // signs who somebody is, for package tokenprofile
)

// Live reports whether c is good.
func (c Connection) Live() bool { return c.ID != "" && c.EndedAt.IsZero() }

// A ConnectionStore keeps connections. It applies no rules of its own:
// [Connections] does.
//
// Implementations
//
//   - must be safe for concurrent use and do each call whole or not at all;
//   - must answer from what is stored now, not from a copy that lags: ending a
//     connection takes effect with the next request;
//   - must keep times as UTC to the microsecond and text as it is;
//   - must pass profiletest.TestConnectionStore.
type ConnectionStore interface {
	// Connection returns the connection with the given ID, ended or not, or
	// ErrNotFound.
	Connection(ctx context.Context, id string) (Connection, error)

	// ConnectionWith returns the connection with the given Secret, ended or not,
	// or ErrNotFound.
	ConnectionWith(ctx context.Context, secret string) (Connection, error)

	// Connections returns the connections that match q, the newest first and
	// then by ID, at most 200.
	Connections(ctx context.Context, q ConnectionQuery) ([]Connection, error)

	// MakeConnection keeps a new connection, or returns ErrConflict if its ID or
	// its Secret is taken.
	MakeConnection(ctx context.Context, c Connection) error

	// UseConnection sets UsedAt of the connection with the given ID, if there is
	// one and it was used earlier.
	UseConnection(ctx context.Context, id string, at time.Time) error

	// EndConnection sets EndedAt of the connection with the given ID, or returns
	// ErrNotFound if there is none or it has ended.
	EndConnection(ctx context.Context, id string, at time.Time) error

	// ForgetMaker empties MadeBy of the connections that a person made, and
	// returns how many there were.
	ForgetMaker(ctx context.Context, person string) (n int, err error)
}

// A ConnectionQuery selects the connections that match every field that is set;
// a zero one selects all.
type ConnectionQuery struct {
	Kind   ConnectionKind
	MadeBy string
	Open   bool // those only that have not ended
}

package profile

import (
	"context"
	"time"
)

// A Session is one sign-in of one person in one browser.
type Session struct {
	ID        string    // names it in lists; it signs nobody in
	Person    string    // whom it signs in
	Via       string    // what vouched for them: "demo", "oidc:https://id.example"
	Subject   string    // who they are there, or empty
	Ticket    string    // what the sign-in is called there, such as OIDC's sid, or empty
	Assurance Assurance // how they signed in
	Agent     string    // the browser in its own words, cut to 200 bytes
	StartedAt time.Time // when they signed in
	SeenAt    time.Time // of a request in it, at most five minutes ago if it is in use
	ExpiresAt time.Time // ends it, however much it is used
	Viewing   string    // the person as whom they look at the portal, or empty
	Secret    string    // SHA-256 of what the browser holds, in hexadecimal; not shown to anybody
}

// A SessionStore keeps sessions. It applies no rules of its own: [Sessions]
// does.
//
// Implementations
//
//   - must be safe for concurrent use and do each call whole or not at all;
//   - must answer from what is stored now, not from a copy that lags: ending a
//     session takes effect with the next request;
//   - must keep times as UTC to the microsecond and text as it is;
//   - must pass profiletest.TestSessionStore.
type SessionStore interface {
	// Session returns the session with the given Secret, or ErrNotFound.
	Session(ctx context.Context, secret string) (Session, error)

	// Sessions returns the sessions of a person, the newest first and then by
	// ID, at most 200.
	Sessions(ctx context.Context, person string) ([]Session, error)

	// StartSession keeps a new session, or returns ErrConflict if its ID or its
	// Secret is taken.
	StartSession(ctx context.Context, s Session) error

	// SeeSession sets SeenAt of the session with the given ID, if there is one
	// and it was seen earlier.
	SeeSession(ctx context.Context, id string, at time.Time) error

	// ViewSession sets Viewing of the session with the given ID, or returns
	// ErrNotFound.
	ViewSession(ctx context.Context, id, person string) error

	// EndViews empties Viewing of all sessions in which somebody looks at the
	// portal as a person, and returns how many there were.
	EndViews(ctx context.Context, person string) (n int, err error)

	// EndSessions forgets the sessions that match q, and returns how many. A
	// store that is an [EndpointStore] too forgets the endpoints that go with
	// them, or has them go with q.Next. A zero q is ErrInvalid.
	EndSessions(ctx context.Context, q SessionQuery) (n int, err error)
}

// A SessionQuery selects the sessions that match every field that is set.
type SessionQuery struct {
	ID      string
	Person  string
	Except  string // not the session with this ID; it selects nothing alone
	Via     string
	Subject string
	Ticket  string
	Unseen  time.Time // not seen since this time
	Expired time.Time // whose ExpiresAt is this time or earlier
	Next    string    // what the browser goes on with instead, or empty; it selects nothing
}

// IsZero reports whether q would select every session there is.
func (q SessionQuery) IsZero() bool {
	q.Except, q.Next = "", ""
	return q == SessionQuery{}
}

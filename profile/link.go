package profile

import (
	"context"
	"maps"
	"time"
)

// A Link is something that one person may do without signing in, because they
// hold what was sent to an address of theirs: look at one case, accept an
// invitation, confirm the address.
type Link struct {
	ID        string            // names it in lists; it opens nothing
	Purpose   string            // what it is good for, and nothing else: "guest", "invitation", "address"
	Subject   string            // what it is about, "case/42"
	Address   string            // where it was sent, or empty
	MadeBy    string            // who made it
	Data      map[string]string // what whoever made it wants to know when it is used; not for its holder's eyes
	Uses      int               // how often it may be used
	Used      int               // how often it was
	Claim     string            // who used it last, if the use was a claim; see [LinkStore].UseLink
	Ended     LinkEnd           // why it is good no more, or empty
	MadeAt    time.Time
	ExpiresAt time.Time // from when on it is good no more
	UsedAt    time.Time // the last time, or zero
	Secret    string    // SHA-256 of its purpose and of what was sent, in hexadecimal; not shown to anybody
}

// A LinkEnd says why a link is good no more, although it has neither expired
// nor been used up.
type LinkEnd string

// The ends of a link.
const (
	LinkReplaced LinkEnd = "replaced" // a newer one was sent to the same address
	LinkRevoked  LinkEnd = "revoked"  // somebody took it back
	LinkDone     LinkEnd = "done"     // what it was for has come about
)

// Clone returns a copy that shares no map with l.
func (l Link) Clone() Link {
	l.Data = maps.Clone(l.Data)
	return l
}

// Live reports whether l can be used at a time.
func (l Link) Live(now time.Time) bool {
	return l.Ended == "" && l.Used < l.Uses && now.Before(l.ExpiresAt)
}

// A LinkStore keeps links. It applies no rules of its own: [Links] does.
//
// Implementations
//
//   - must be safe for concurrent use and do each call whole or not at all: a
//     link that may be used once is used once, by however many at a time;
//   - must answer from what is stored now, not from a copy that lags;
//   - must keep times as UTC to the microsecond and text as it is, and may treat
//     an empty map as nil;
//   - must not share maps with their callers;
//   - must pass profiletest.TestLinkStore.
type LinkStore interface {
	// LinkWith returns the link with the given Secret, or ErrNotFound.
	LinkWith(ctx context.Context, secret string) (Link, error)

	// Links returns the links that match q, the newest first and then by ID, at
	// most 200. A zero q is ErrInvalid.
	Links(ctx context.Context, q LinkQuery) ([]Link, error)

	// MakeLink keeps a new link, and ends as LinkReplaced the one with the same
	// Purpose, Subject and Address that has not ended, if there is one. It
	// returns ErrConflict if the ID or the Secret is taken.
	MakeLink(ctx context.Context, l Link) error

	// UseLink adds 1 to Used, sets UsedAt to now and Claim to claim, and returns
	// the link. It returns ErrNotFound if there is none with the ID, and
	// ErrConflict if it has ended, expired or been used up. A claim that is not
	// empty and is the link's already changes nothing and returns the link, if
	// it has not ended or expired: the same one may try again.
	UseLink(ctx context.Context, id, claim string, now time.Time) (Link, error)

	// EndLinks sets Ended of the links that match q and have not ended, and
	// returns how many. A zero q is ErrInvalid.
	EndLinks(ctx context.Context, q LinkQuery, end LinkEnd) (n int, err error)

	// RemoveLinks forgets the links that match q, and returns how many. A zero q
	// is ErrInvalid.
	RemoveLinks(ctx context.Context, q LinkQuery) (n int, err error)
}

// A LinkQuery selects the links that match every field that is set.
type LinkQuery struct {
	ID      string
	Purpose string
	Subject string
	Address string
	MadeBy  string
	Open    bool      // those only that have not ended; it selects nothing alone
	Since   time.Time // made at this time or later
	Expired time.Time // whose ExpiresAt is this time or earlier
}

// IsZero reports whether q would select every link there is.
func (q LinkQuery) IsZero() bool {
	q.Open = false
	return q == LinkQuery{}
}

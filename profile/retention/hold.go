package retention

import (
	"time"

	"github.com/stoa-go/stoa/profile"
)

// A Hold keeps what is known of somebody.
type Hold struct {
	ID         string
	Person     string
	Ground     Ground
	Reason     string // in words that the person may read
	By         string // who decided it
	At         time.Time
	Until      time.Time // when it ends by itself; zero means when it is released
	ReleasedBy string    // who ended it, or empty
	ReleasedAt time.Time // when, or zero
	Version    int
}

// Keeps reports whether the hold is in force at a time.
func (h Hold) Keeps(at time.Time) bool {
	return h.ReleasedAt.IsZero() && (h.Until.IsZero() || at.Before(h.Until))
}

// EndedAt returns when the hold ended, or will by itself; the zero time if it is
// in force until somebody releases it.
func (h Hold) EndedAt() time.Time {
	if !h.ReleasedAt.IsZero() && (h.Until.IsZero() || h.ReleasedAt.Before(h.Until)) {
		return h.ReleasedAt
	}
	return h.Until
}

// A Ground is what gives the right to keep what somebody wants to be erased.
type Ground string

// The grounds, as the General Data Protection Regulation has them in article
// 17(3); other laws know the same.
const (
	GroundClaims     Ground = "claims"     // legal claims are made, or answered
	GroundObligation Ground = "obligation" // a law asks for it: books, taxes, product safety
	GroundExpression Ground = "expression" // the freedom of expression and information
	GroundHealth     Ground = "health"     // public health
	GroundResearch   Ground = "research"   // archives, research and statistics in the public interest
)

// Grounds returns all grounds, the commonest first.
func Grounds() []Ground {
	return []Ground{GroundClaims, GroundObligation, GroundExpression, GroundHealth, GroundResearch}
}

// A Request is an erasure that was asked for and refused.
type Request struct {
	ID      string
	Person  string            // who is to be erased
	By      string            // who asked
	Mode    profile.EraseMode // how; empty means that an administrator removes the person
	At      time.Time
	Hold    string // ID of the hold that it was refused for
	Ground  Ground // of the hold then
	Reason  string // of the hold then
	Status  Status
	EndedAt time.Time // when it was done or withdrawn, or zero
	Version int
}

// A Status is what became of a request.
type Status string

// The statuses.
const (
	StatusWaiting   Status = "waiting"   // it was refused, and is done once nothing holds the person
	StatusWithdrawn Status = "withdrawn" // whoever asked wants it no more
	StatusDone      Status = "done"      // the person is erased
)

package profile

import (
	"context"
	"time"
)

// An Identity says that somebody who is known elsewhere is a person here.
type Identity struct {
	Via      string    // what vouches for them: "oidc:https://id.example"
	Subject  string    // who they are there: an identifier that is never given to anybody else, not an address
	Person   string    // who they are here
	LinkedAt time.Time // when it was said
}

// An IdentityStore keeps identities. It applies no rules of its own:
// [Identities] does.
//
// Implementations
//
//   - must be safe for concurrent use and do each call whole or not at all;
//   - must answer from what is stored now, not from a copy that lags;
//   - must tell letters apart by their bytes: "Ann" is not "ann";
//   - must keep times as UTC to the microsecond and text as it is;
//   - must pass profiletest.TestIdentityStore.
type IdentityStore interface {
	// Identity returns the identity of a subject, or ErrNotFound.
	Identity(ctx context.Context, via, subject string) (Identity, error)

	// Identities returns the identities of a person, the oldest first and then
	// by Via and Subject, at most 100.
	Identities(ctx context.Context, person string) ([]Identity, error)

	// Link keeps a new identity, or returns ErrConflict if its subject is
	// somebody already, be it the same person.
	Link(ctx context.Context, i Identity) error

	// Unlink forgets the identity with the Via, the Subject and the Person of
	// i, or returns ErrNotFound.
	Unlink(ctx context.Context, i Identity) error
}

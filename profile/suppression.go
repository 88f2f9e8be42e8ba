package profile

import (
	"context"
	"time"
)

// A Bounce is what became of a message that did not reach somebody.
type Bounce string

// The bounces.
const (
	BounceNone      Bounce = ""          // nothing is held against an address
	BounceSoft      Bounce = "soft"      // not now: the mailbox is full. They are counted
	BounceHard      Bounce = "hard"      // never: there is no such mailbox
	BounceComplaint Bounce = "complaint" // its owner said that it is spam
)

// A BounceReport says that a message did not reach an address.
type BounceReport struct {
	Address string // the mail address
	Kind    Bounce
	Status  string // enhanced status, "5.1.1", or empty
	Key     string // says which report it is: the Message-ID, or what the provider calls the event; the same twice counts once; empty counts each time
}

// A Suppression is what is held against a mail address.
type Suppression struct {
	Address   string    // in lower case
	Kind      Bounce    // BounceHard and BounceComplaint, and as many soft ones as are too many, have nothing sent there
	Held      bool      // nothing is sent there
	Soft      int       // how often in a row it was not now
	Status    string    // enhanced status of the newest report, or empty
	Keys      []string  // of the newest reports
	Since     time.Time // of the first report of this row of them
	At        time.Time // of the newest report
	RetriedAt time.Time // when its owner asked for another try; zero means never
	Version   int       // each change adds 1
}

// Clone returns a copy that shares no slice with s.
func (s Suppression) Clone() Suppression {
	s.Keys = append([]string(nil), s.Keys...)
	return s
}

// A SuppressionStore keeps what is held against addresses.
//
// Implementations
//
//   - must be safe for concurrent use and do each call whole or not at all;
//   - must keep every field, times as UTC to the microsecond, and may treat an
//     empty list as nil;
//   - must not share slices with their callers;
//   - must return ErrInvalid for text that is not UTF-8 or holds a NUL;
//   - must pass profiletest.TestSuppressionStore.
type SuppressionStore interface {
	// Suppression returns what is held against an address, or ErrNotFound.
	Suppression(ctx context.Context, address string) (Suppression, error)

	// SaveSuppression keeps s, as [PersonStore].SavePerson does with the address
	// as ID.
	SaveSuppression(ctx context.Context, s Suppression) error

	// RemoveSuppression forgets an address, or returns ErrNotFound.
	RemoveSuppression(ctx context.Context, address string) error
}

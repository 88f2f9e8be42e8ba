package profile

import (
	"context"
	"time"
)

// A OnceStore remembers what may happen once only, such as the use of a token,
// on every instance of a portal.
//
// Implementations
//
//   - must be safe for concurrent use: of any number of calls with one key
//     exactly one succeeds;
//   - must forget a key some time after it has ended, so that they do not pile
//     up;
//   - must pass profiletest.TestOnceStore.
type OnceStore interface {
	// Once keeps a key until the time until, or returns ErrConflict if it is
	// kept already and has not ended at the time now.
	Once(ctx context.Context, key string, now, until time.Time) error

	// Again forgets a key, so that what has failed may be tried again. It is no
	// error if the key is not kept.
	Again(ctx context.Context, key string) error
}

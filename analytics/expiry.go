package analytics

import (
	"context"
	"time"
)

// An Expirer is a [Store] that forgets old events bit by bit, and leaves those of
// some people alone.
type Expirer interface {
	Store

	// Expire forgets what e selects and returns how many events that were. Counts
	// stay. Without a limit it is ErrInvalid.
	Expire(ctx context.Context, e Expiry) (int, error)
}

// An Expiry says which events are too old.
type Expiry struct {
	Before time.Time // what happened before this time
	Held   []string  // people of whom nothing is forgotten: their events, those about them, and those that nobody signed in made in their sessions
	Limit  int       // how many are forgotten at once, the oldest first
	Dry    bool      // nothing is forgotten: how many would be is returned, at most Limit
}

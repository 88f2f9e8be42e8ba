package profile

import (
	"context"
	"time"

	"github.com/stoa-go/stoa/analytics"
)

// A Pruner removes what is kept of people and is too old: of one class, such as
// notices. Package retention says how long each class is kept, and has pruners
// prune. Implementations must be safe for concurrent use, and must take what is
// gone already as removed.
type Pruner interface {
	// Prune removes what e selects and returns how much that was.
	Prune(ctx context.Context, e Expiry) (int, error)
}

// PrunerFunc is a function that is a [Pruner].
type PrunerFunc func(ctx context.Context, e Expiry) (int, error)

// Prune calls f.
func (f PrunerFunc) Prune(ctx context.Context, e Expiry) (int, error) { return f(ctx, e) }

// An Expiry says what is too old.
type Expiry struct {
	Before time.Time // what is from before this time
	Held   []string  // people of whom nothing is removed
	Limit  int       // how much is removed at once, the oldest first; 0 is ErrInvalid
	Dry    bool      // nothing is removed: how much would be is returned, at most Limit
}

// An ExpiryStore is a store that can forget what is too old, class by class. Each
// method does as [Pruner].Prune says, and must leave alone whatever is of one of
// the people in e.Held.
//
// Implementations must pass profiletest.TestExpiryStore.
type ExpiryStore interface {
	// ExpireNotices is about notices, by when they happened, with their places in
	// digests.
	ExpireNotices(ctx context.Context, e Expiry) (int, error)

	// ExpireTasks is about tasks that are done or given up, by when that was.
	// Those that name somebody who is held stay.
	ExpireTasks(ctx context.Context, e Expiry) (int, error)

	// ExpireItems is about the items of one list, by their At.
	ExpireItems(ctx context.Context, list string, e Expiry) (int, error)
}

// NoticePruner returns the Pruner of notices. A [Notifier] that leaves old ones to
// it has a Keep below zero.
func NoticePruner(store ExpiryStore) Pruner { return PrunerFunc(store.ExpireNotices) }

// TaskPruner returns the Pruner of what there was to do for notices.
func TaskPruner(store ExpiryStore) Pruner { return PrunerFunc(store.ExpireTasks) }

// ItemPruner returns the Pruner of a list that everybody has, such as
// [ListViewed].
func ItemPruner(store ExpiryStore, list string) Pruner {
	return PrunerFunc(func(ctx context.Context, e Expiry) (int, error) { return store.ExpireItems(ctx, list, e) })
}

// EventPruner returns the Pruner of what people did.
func EventPruner(store analytics.Expirer) Pruner {
	return PrunerFunc(func(ctx context.Context, e Expiry) (int, error) { return store.Expire(ctx, analytics.Expiry(e)) })
}

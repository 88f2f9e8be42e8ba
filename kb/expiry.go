package kb

import (
	"context"

	"github.com/stoa-go/stoa/profile"
)

// An ExpiryStore is a [Store] that can forget what is too old. Each method does as
// profile.Pruner.Prune says.
//
// Implementations must pass kbtest.TestExpiryStore.
type ExpiryStore interface {
	// ExpireFeedback is about what readers said, by when that was. Their votes go
	// with it.
	ExpireFeedback(ctx context.Context, e profile.Expiry) (int, error)

	// ExpireRevisions is about texts that have been replaced: those that readers
	// are not shown, and that are not the newest of their translation either. Held
	// are their authors.
	ExpireRevisions(ctx context.Context, e profile.Expiry) (int, error)
}

// FeedbackPruner returns the [profile.Pruner] of what readers said.
func FeedbackPruner(store ExpiryStore) profile.Pruner {
	return profile.PrunerFunc(store.ExpireFeedback)
}

// RevisionPruner returns the [profile.Pruner] of texts that have been replaced.
func RevisionPruner(store ExpiryStore) profile.Pruner {
	return profile.PrunerFunc(store.ExpireRevisions)
}

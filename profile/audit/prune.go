package audit

import (
	"context"
	"fmt"
	"time"
)

// Prune removes the oldest entries, those before a time, a batch at most, and
// returns how many. It stops before the first that concerns one of the people in
// hold. The chain stays whole: it begins where pruning ended.
func (l *Log) Prune(ctx context.Context, before time.Time, hold []string, batch int) (int, error) {
	var held []string
	for _, person := range hold {
		tokens, err := l.store.Tokens(ctx, person)
		if err != nil {
			return 0, fmt.Errorf("prune audit: %w", err)
		}
		held = append(held, tokens...)
	}
	n, err := l.store.Prune(ctx, before, held, batch)
	if err != nil {
		return n, fmt.Errorf("prune audit: %w", err)
	}
	return n, nil
}

// Oldest returns when the oldest entry was written, the zero time if there is
// none.
func (l *Log) Oldest(ctx context.Context) (time.Time, error) {
	base, _, err := l.store.Ends(ctx)
	if err != nil {
		return time.Time{}, fmt.Errorf("audit: %w", err)
	}
	page, err := l.store.Chain(ctx, base.Seq, 1)
	if err != nil || len(page) == 0 {
		return time.Time{}, err
	}
	return page[0].At, nil
}

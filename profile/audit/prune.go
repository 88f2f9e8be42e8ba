package audit

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/stoa-go/stoa/profile"
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

// Pruner returns the [profile.Pruner] of entries. It stops before the first that
// concerns somebody who is held, for the chain begins where pruning ended.
func (l *Log) Pruner() profile.Pruner {
	return profile.PrunerFunc(func(ctx context.Context, e profile.Expiry) (int, error) {
		switch {
		case e.Limit <= 0:
			return 0, fmt.Errorf("prune audit: %w", profile.ErrInvalid)
		case e.Dry:
			return l.due(ctx, e)
		}
		return l.Prune(ctx, e.Before, e.Held, e.Limit)
	})
}

// due counts what Prune would remove.
func (l *Log) due(ctx context.Context, e profile.Expiry) (n int, err error) {
	var held []string
	for _, person := range e.Held {
		tokens, err := l.store.Tokens(ctx, person)
		if err != nil {
			return 0, fmt.Errorf("audit: %w", err)
		}
		held = append(held, tokens...)
	}
	at, _, err := l.store.Ends(ctx)
	for err == nil && n < e.Limit {
		var page []Entry
		page, err = l.store.Chain(ctx, at.Seq, min(500, e.Limit-n))
		for _, entry := range page {
			if !entry.At.Before(e.Before) || slices.ContainsFunc(entry.people(), func(who string) bool { return slices.Contains(held, who) }) {
				return n, nil
			}
			at.Seq = entry.Seq
			n++
		}
		if len(page) == 0 {
			break
		}
	}
	return n, err
}

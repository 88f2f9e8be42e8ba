package analytics

import (
	"cmp"
	"context"
	"slices"
	"strings"
)

// Latest returns what a person did last, the latest first. A store that is a
// [Rememberer] finds it; others are scanned. What was recorded and waits to be
// written is not in it, see [Ledger.Flush].
func (l *Ledger) Latest(ctx context.Context, q LatestQuery) ([]Event, error) {
	if r, ok := l.store.(Rememberer); ok {
		return r.Latest(ctx, q)
	}
	return LatestOf(ctx, l.store, q)
}

// LatestOf answers q by a scan. It is what every [Rememberer] must agree with.
func LatestOf(ctx context.Context, s Store, q LatestQuery) ([]Event, error) {
	if q.User == "" {
		return nil, nil
	}
	var found []Event
	for e, err := range s.Scan(ctx, Range{From: q.From, To: q.To, User: q.User}) {
		if err != nil {
			return nil, err
		}
		found = append(found, e)
	}
	slices.SortFunc(found, func(a, b Event) int { return cmp.Or(b.At.Compare(a.At), strings.Compare(b.ID, a.ID)) })
	return found[:min(len(found), cmp.Or(q.Limit, DefaultLatest))], nil
}

package analytics

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"
)

// Top returns what some kind of event happened to most, such as the most read
// articles of the last month:
//
//	ledger.Top(ctx, analytics.TopQuery{Name: "article.viewed", Kind: "article", From: now.AddDate(0, -1, 0)})
//
// It knows nothing of rights: ask for more than are needed, and leave out what
// the reader may not see by loading the subjects from where they live. A store
// that is a [Counter] answers from its daily counts; others are scanned.
func (l *Ledger) Top(ctx context.Context, q TopQuery) ([]Count, error) {
	if c, ok := l.store.(Counter); ok {
		return c.Top(ctx, q)
	}
	return TopOf(ctx, l.store, q)
}

// TopOf answers q by a scan. It is what the counts of every [Counter] must
// agree with.
func TopOf(ctx context.Context, s Store, q TopQuery) ([]Count, error) {
	r := Range{Names: []string{q.Name}, From: dayOf(q.From)}
	if !q.To.IsZero() {
		r.To = dayOf(q.To).AddDate(0, 0, 1)
	}
	counts := map[string]int{}
	for e, err := range s.Scan(ctx, r) {
		if err != nil {
			return nil, err
		}
		if e.Counted() && q.about(e.Subject) {
			counts[e.Subject]++
		}
	}
	list := make([]Count, 0, len(counts))
	for subject, n := range counts {
		list = append(list, Count{subject, n})
	}
	return Ranked(list, q.Limit), nil
}

// Ranked sorts counts as Top returns them and cuts them to limit, or
// [DefaultTop] if that is 0. It is for those who write a store.
func Ranked(list []Count, limit int) []Count {
	slices.SortFunc(list, func(a, b Count) int {
		return cmp.Or(cmp.Compare(b.N, a.N), strings.Compare(a.Subject, b.Subject))
	})
	return list[:min(len(list), cmp.Or(limit, DefaultTop))]
}

// about reports whether q asks for subjects like this one.
func (q TopQuery) about(subject string) bool {
	return q.Kind == "" || strings.HasPrefix(subject, q.Kind+"/")
}

func dayOf(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.UTC().Truncate(24 * time.Hour)
}

// Erase forgets a person or a browser: in the store, and among the events that
// wait. It returns how many events that were.
func (l *Ledger) Erase(ctx context.Context, who Who) (int, error) {
	if who == (Who{}) {
		return 0, nil
	}
	if err := l.Flush(ctx); err != nil {
		return 0, err
	}
	return l.store.Erase(ctx, who)
}

package site

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/kb"
)

// listed is how many articles a list on the home page has.
const listed = 5

// popularLasts is how soon a list of what is popular takes notice.
const popularLasts = 10 * time.Second

// popular returns the articles that were read most in the last weeks, of those
// that the visitor may read: what others read more leaves no gap.
func (s *Site) popular(ctx context.Context, v *visit) ([]kb.Entry, error) {
	return s.remembered(ctx, v, "popular", popularLasts, func() ([]kb.Entry, error) {
		q := analytics.TopQuery{Name: "article.viewed", Kind: "article", From: s.cfg.Now().Add(-28 * 24 * time.Hour)}
		for q.Limit = 4 * listed; ; q.Limit *= 4 {
			counts, err := s.ledger.Top(ctx, q)
			if err != nil {
				return nil, err
			}
			out, err := s.library.Entries(ctx, v.By, articleIDs(counts), string(v.Wanted))
			if err != nil || len(out) >= listed || len(counts) < q.Limit {
				return out[:min(len(out), listed)], err
			}
		}
	})
}

func articleIDs(counts []analytics.Count) []string {
	var ids []string
	for _, c := range counts {
		if id, ok := strings.CutPrefix(c.Subject, "article/"); ok {
			ids = append(ids, id)
		}
	}
	return ids
}

// recent returns the articles that changed last, that which changed latest
// first.
func (s *Site) recent(ctx context.Context, v *visit, n int) ([]kb.Entry, error) {
	return s.remembered(ctx, v, "recent "+strconv.Itoa(n), time.Hour, func() ([]kb.Entry, error) {
		entries, _, err := s.library.Articles(ctx, v.By, kb.Query{Locale: string(v.Wanted), Order: kb.OrderUpdated, Limit: n})
		return entries, err
	})
}

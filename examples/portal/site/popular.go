package site

import (
	"context"
	"strings"
	"time"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/kb"
)

// listed is how many articles a list on the home page has.
const listed = 5

// popularLasts is how soon a list of what is popular takes notice.
const popularLasts = 10 * time.Second

// popular returns the articles that were read most in the last weeks, as far as
// the visitor may read them.
func (s *Site) popular(ctx context.Context, v *visit) ([]kb.Entry, error) {
	return remembered(ctx, s, v, "popular", popularLasts, func() ([]kb.Entry, error) {
		from := s.cfg.Now().Add(-28 * 24 * time.Hour)
		counts, err := s.ledger.Top(ctx, analytics.TopQuery{Name: "article.viewed", Kind: "article", From: from, Limit: 4 * listed})
		if err != nil {
			return nil, err
		}
		var ids []string
		for _, c := range counts {
			if id, ok := strings.CutPrefix(c.Subject, "article/"); ok {
				ids = append(ids, id)
			}
		}
		entries, err := s.library.Entries(ctx, v.By, ids, string(v.Wanted))
		return entries[:min(len(entries), listed)], err
	})
}

// recent returns the articles that changed last.
func (s *Site) recent(ctx context.Context, v *visit) ([]kb.Entry, error) {
	return remembered(ctx, s, v, "recent", time.Hour, func() ([]kb.Entry, error) {
		page, _, err := s.library.Articles(ctx, v.By, kb.Query{Locale: string(v.Wanted), Order: kb.OrderUpdated, Limit: listed})
		return page, err
	})
}

package site

import (
	"context"
	"strings"
	"time"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

// popular returns the articles that were read most in the last weeks, as far as
// by may read them.
func (s *Site) popular(ctx context.Context, by profile.Actor, locale string, n int) ([]kb.Entry, error) {
	now := s.cfg.Now()
	counts, err := s.ledger.Top(ctx, analytics.TopQuery{Name: "article.viewed", Kind: "article", From: now.Add(-28 * 24 * time.Hour), Limit: 4 * n})
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, c := range counts {
		if id, ok := strings.CutPrefix(c.Subject, "article/"); ok {
			ids = append(ids, id)
		}
	}
	entries, err := s.library.Entries(ctx, by, ids, locale)
	return entries[:min(len(entries), n)], err
}

package site

import (
	"context"
	"strings"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search"
)

// fallback answers searches while the index cannot: it looks for the words in
// titles and summaries, within what by may read.
func (s *Site) fallback(ctx context.Context, by profile.Actor, q search.Query) (search.Results, error) {
	words := strings.Fields(strings.ToLower(q.Text))
	res := search.Results{Partial: true, Page: 1, Pages: 1}
	for e, err := range s.library.All(ctx, by, kb.Query{Locale: q.Locale, Limit: 200}) {
		if err != nil {
			return res, err
		}
		if !containsAll(strings.ToLower(e.Title+" "+e.Summary), words) {
			continue
		}
		res.Hits = append(res.Hits, s.fallbackHit(by, e, len(res.Hits)+1))
		if len(res.Hits) == 10 {
			break
		}
	}
	res.Total = len(res.Hits)
	return res, nil
}

func containsAll(text string, words []string) bool {
	for _, w := range words {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}

func (s *Site) fallbackHit(by profile.Actor, e kb.Entry, rank int) search.Hit {
	// The library has chosen what by may see: by is the audience.
	audience := profile.Public()
	if !e.Public {
		audience = profile.NewAudience(profile.SegmentPerson + by.ID)
	}
	return search.Hit{
		Document: search.Document{
			ID: "article/" + e.Article + "@" + e.Locale, Group: "article/" + e.Article, Kind: string(e.Kind), Locale: e.Locale,
			Audience: audience, Title: e.Title, Summary: e.Summary, Path: s.path(kb.Ref{Kind: "article", Locale: e.Locale, Slug: e.Slug}), UpdatedAt: e.UpdatedAt,
		},
		Titles: []search.Span{{Text: e.Title}}, Snippet: []search.Span{{Text: e.Summary}}, Rank: rank,
	}
}

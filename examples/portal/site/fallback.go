package site

import (
	"context"
	"slices"
	"strings"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search"
)

// fallback answers searches while the index cannot: it looks for the words in
// titles and summaries, within what by may read, and for those that say the same.
// What the team has pinned comes first.
func (s *Site) fallback(ctx context.Context, by profile.Actor, q search.Query) (search.Results, error) {
	var texts [][]string
	for _, text := range append([]string{q.Text}, q.Also...) {
		texts = append(texts, strings.Fields(strings.ToLower(text)))
	}
	pinned := make([]*search.Hit, len(q.Pinned))
	res := search.Results{Partial: true, Page: 1, Pages: 1}
	for e, err := range s.library.All(ctx, by, kb.Query{Locale: q.Locale, Limit: 200}) {
		if err != nil {
			return res, err
		}
		if i := slices.Index(q.Pinned, "article/"+e.Article); i >= 0 {
			h := s.fallbackHit(by, e)
			h.Pinned, pinned[i] = true, &h
			continue
		}
		text := strings.ToLower(e.Title + " " + e.Summary)
		if len(res.Hits) < 10 && slices.ContainsFunc(texts, func(words []string) bool { return containsAll(text, words) }) {
			res.Hits = append(res.Hits, s.fallbackHit(by, e))
		}
	}
	res.Hits = firstHits(pinned, res.Hits)
	res.Total = len(res.Hits)
	return res, nil
}

// firstHits returns the first ten hits, those that are pinned before others.
func firstHits(pinned []*search.Hit, others []search.Hit) []search.Hit {
	var out []search.Hit
	for _, h := range pinned {
		if h != nil {
			out = append(out, *h)
		}
	}
	out = append(out, others...)
	out = out[:min(len(out), 10)]
	for i := range out {
		out[i].Rank = i + 1
	}
	return out
}

func containsAll(text string, words []string) bool {
	for _, w := range words {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}

func (s *Site) fallbackHit(by profile.Actor, e kb.Entry) search.Hit {
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
		Titles: []search.Span{{Text: e.Title}}, Snippet: []search.Span{{Text: e.Summary}},
	}
}

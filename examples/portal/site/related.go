package site

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/search"
)

// mostRelated is how many articles stand below one.
const mostRelated = 5

// relatedLasts bounds for how long an index that had not read everything yet
// decides what is alike.
const relatedLasts = 10 * time.Minute

// relatedTo returns what to read next: what the authors chose, and then what
// the index finds alike.
func (s *Site) relatedTo(ctx context.Context, v *visit, a kb.Page) []kb.Entry {
	chosen := a.Related[:min(len(a.Related), mostRelated)]
	if len(chosen) >= 3 {
		return chosen
	}
	more, err := s.remembered(ctx, v, "like "+a.Article, relatedLasts, func() ([]kb.Entry, error) { return s.alike(ctx, v, a) })
	if err != nil {
		return chosen // a page without suggestions is better than none
	}
	out := slices.Clone(chosen)
	for _, e := range more {
		if len(out) < mostRelated && !slices.ContainsFunc(chosen, func(c kb.Entry) bool { return c.Article == e.Article }) {
			out = append(out, e)
		}
	}
	return out
}

// alike asks the index, which costs more than all the rest of a page.
func (s *Site) alike(ctx context.Context, v *visit, a kb.Page) ([]kb.Entry, error) {
	hits, err := s.engine.Related(ctx, v.By, search.Like{
		Group: "article/" + a.Article, Title: a.Title, Keywords: a.Tags, Locale: string(v.Wanted), Limit: mostRelated,
	})
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(hits))
	for i, h := range hits {
		ids[i] = strings.TrimPrefix(h.Group, "article/")
	}
	return s.library.Entries(ctx, v.By, ids, string(v.Wanted))
}

package kb

import (
	"context"
	"errors"
	"fmt"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/profile"
)

// MostPrinted is how many articles [Library.Print] returns at once.
const MostPrinted = 200

// Print returns those of the articles that by may read, in the order of ids, for
// one document with all of them. More than [MostPrinted] are ErrInvalid. It
// records that each was printed, and not that it was viewed.
func (l *Library) Print(ctx context.Context, by profile.Actor, ids []string, locale string) ([]Page, error) {
	if len(ids) > MostPrinted {
		return nil, fmt.Errorf("print %d articles: %w", len(ids), ErrInvalid)
	}
	var out []Page
	for _, id := range ids {
		p, err := l.cachedPage(ctx, by, id, locale)
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("print article %s: %w", id, err)
		}
		l.record(ctx, by, analytics.Event{Name: "article.printed", Subject: "article/" + id, Locale: p.Locale})
		out = append(out, p)
	}
	return out, nil
}

// SeriesParts returns the parts of a series that by may read, in their order. An
// article that is no series has none.
func (l *Library) SeriesParts(ctx context.Context, by profile.Actor, id, locale string) ([]Entry, error) {
	a, _, err := l.visible(ctx, by, id)
	if err != nil || a.Kind != KindSeries {
		return nil, err
	}
	set, err := l.seriesSet(ctx)
	if err != nil {
		return nil, fmt.Errorf("series %s: %w", id, err)
	}
	for _, s := range set.all {
		if s.article.ID == id {
			return l.Entries(ctx, by, s.parts[l.pick(locale, s.article.live())], locale)
		}
	}
	return nil, nil
}

package kb

import (
	"context"
	"slices"

	"github.com/stoa-go/stoa/profile"
)

// A series is an article of the kind series: the articles that it links to, in
// that order, are its parts. Each of them leads to the one before it and the one
// after it, as far as its reader may read them.

// A SeriesPlace is where an article stands in a series, among the parts that its
// reader may read.
type SeriesPlace struct {
	Series   Entry
	Position int // from 1
	Total    int
	Previous *Entry // nil before the first
	Next     *Entry // nil after the last
}

// maxSeries is how many series there are at most that lead from part to part.
const maxSeries = 200

// A seriesSet is all series as of a stamp of the content.
type seriesSet struct {
	stamp string
	all   []seriesArticle
}

type seriesArticle struct {
	article Article
	parts   map[string][]string // IDs by language
}

// seriesSet returns all series as they are now.
func (l *Library) seriesSet(ctx context.Context) (*seriesSet, error) {
	_, stamp, err := l.store.Stamps(ctx)
	if err != nil {
		return nil, err
	}
	if s := l.series.Load(); s != nil && s.stamp == stamp {
		return s, nil
	}
	s := &seriesSet{stamp: stamp}
	if slices.Contains(l.kinds(), KindSeries) {
		articles, _, err := l.store.Articles(ctx, ArticleQuery{Kinds: []Kind{KindSeries}, Visible: true, Limit: maxSeries})
		if err != nil {
			return nil, err
		}
		for _, a := range articles {
			parts, err := l.partsOfSeries(ctx, a)
			if err != nil {
				return nil, err
			}
			s.all = append(s.all, seriesArticle{a, parts})
		}
	}
	l.series.Store(s)
	return s, nil
}

// partsOfSeries returns the articles that a series links to, as everybody sees it.
func (l *Library) partsOfSeries(ctx context.Context, a Article) (map[string][]string, error) {
	out := map[string][]string{}
	for _, t := range a.Translations {
		if !t.Visible() {
			continue
		}
		rev, err := l.store.Revision(ctx, a.ID, t.Locale, t.Live)
		if err != nil {
			return nil, err
		}
		d, err := l.document(ctx, rev, everybody)
		if err != nil {
			return nil, err
		}
		out[t.Locale] = d.articles
	}
	return out, nil
}

// seriesOf returns where an article stands in the series that by may read.
func (l *Library) seriesOf(ctx context.Context, by profile.Actor, f *forest, id, locale string) ([]SeriesPlace, error) {
	set, err := l.seriesSet(ctx)
	if err != nil {
		return nil, err
	}
	var out []SeriesPlace
	for _, s := range set.all {
		parts := s.parts[l.pick(locale, s.article.live())]
		if s.article.ID == id || !slices.Contains(parts, id) || !sees(by, s.article, f) {
			continue
		}
		entries, err := l.Entries(ctx, by, parts, locale)
		if err != nil {
			return nil, err
		}
		if at := slices.IndexFunc(entries, func(e Entry) bool { return e.Article == id }); at >= 0 {
			out = append(out, placeAt(l.entry(s.article, f, locale), entries, at))
		}
	}
	return out, nil
}

func placeAt(series Entry, entries []Entry, at int) SeriesPlace {
	p := SeriesPlace{Series: series, Position: at + 1, Total: len(entries)}
	if at > 0 {
		p.Previous = &entries[at-1]
	}
	if at+1 < len(entries) {
		p.Next = &entries[at+1]
	}
	return p
}

package kbtest_test

import (
	"context"
	"errors"
	"slices"

	"github.com/stoa-go/stoa/kb"
)

var brokenSlugs = []broke{
	{"forgets old slugs", "Slugs", func(s kb.Store) faulty {
		return faulty{slug: func(ctx context.Context, slug string) (string, error) {
			id, err := s.Slug(ctx, slug)
			a, _ := s.Article(ctx, id)
			if err == nil && !slices.ContainsFunc(a.Translations, func(t kb.Translation) bool { return t.Slug == slug }) {
				return "", kb.ErrNotFound
			}
			return id, err
		}}
	}},
	{"finds what was never shown", "SlugsShown", func(s kb.Store) faulty {
		return faulty{slug: s.Holder}
	}},
	{"holds only what was shown", "SlugsShown", func(s kb.Store) faulty {
		return faulty{holder: s.Slug}
	}},
	{"has slugs for each language apart", "Slugs", func(s kb.Store) faulty {
		return faulty{saveArticle: func(ctx context.Context, a kb.Article, r ...kb.Revision) error {
			err := s.SaveArticle(ctx, a, r...)
			if a.ID == "a2" && errors.Is(err, kb.ErrConflict) && a.Translations[0].Slug != "zu-a2" {
				return nil
			}
			return err
		}}
	}},
	{"is another installation each time", "Installation", func(kb.Store) faulty {
		return faulty{installation: func(_ context.Context, fresh string) (string, error) { return fresh, nil }}
	}},
	{"keeps the first redirect", "Redirects", func(s kb.Store) faulty {
		first := map[string]kb.Redirect{}
		return faulty{redirect: func(ctx context.Context, from string) (kb.Redirect, error) {
			r, err := s.Redirect(ctx, from)
			if _, ok := first[from]; !ok {
				first[from] = r
			}
			return first[from], err
		}}
	}},
	{"names redirects to anything", "Redirects", func(s kb.Store) faulty {
		return faulty{redirectsTo: func(ctx context.Context, _ ...string) ([]kb.Redirect, error) {
			return s.RedirectsTo(ctx, "article/a1", "article/a2", "category/c1")
		}}
	}},
	{"names no former slug", "Former slugs", func(s kb.Store) faulty {
		return faulty{slugs: func(ctx context.Context, article string) ([]string, error) {
			all, err := s.Slugs(ctx, article)
			return all[:min(len(all), 1)], err
		}}
	}},
}

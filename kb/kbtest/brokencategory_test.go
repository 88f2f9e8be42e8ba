package kbtest_test

import (
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/stoa-go/stoa/kb"
)

var brokenCategories = []broke{
	{"removes categories that are not empty", "CategoryRemoved", func(s kb.Store) faulty {
		return faulty{dropCategory: func(ctx context.Context, id string, version int, stamp string) error {
			err := s.RemoveCategory(ctx, id, version, stamp)
			if id == "full" {
				return nil
			}
			return err
		}}
	}},
	{"removes categories whatever others do", "CategoryRemoved", func(s kb.Store) faulty {
		return faulty{dropCategory: func(ctx context.Context, id string, version int, _ string) error {
			stamp, _, _ := s.Stamps(ctx)
			return s.RemoveCategory(ctx, id, version, stamp)
		}}
	}},
	{"puts articles into what was removed", "CategoryGone", func(s kb.Store) faulty {
		return faulty{saveArticle: func(ctx context.Context, a kb.Article, r ...kb.Revision) error {
			err := s.SaveArticle(ctx, a, r...)
			all, _, _ := s.Categories(ctx)
			if errors.Is(err, kb.ErrConflict) && !slices.ContainsFunc(all, func(c kb.Category) bool { return c.ID == a.Category }) {
				return nil
			}
			return err
		}}
	}},
	{"puts one of several into what was removed", "CategoryGone", func(s kb.Store) faulty {
		return faulty{saveArticles: func(ctx context.Context, articles []kb.Article) error {
			for i := range articles {
				if err := s.SaveArticles(ctx, articles[i:i+1]); err != nil {
					return err
				}
			}
			return nil
		}}
	}},
	{"knows what was removed for ever", "CategoryGone", func(s kb.Store) faulty {
		var gone sync.Map
		return faulty{
			dropCategory: func(ctx context.Context, id string, version int, stamp string) error {
				err := s.RemoveCategory(ctx, id, version, stamp)
				if err == nil {
					gone.Store(id, true)
				}
				return err
			},
			saveArticle: func(ctx context.Context, a kb.Article, r ...kb.Revision) error {
				if _, there := gone.Load(a.Category); there {
					return kb.ErrConflict
				}
				return s.SaveArticle(ctx, a, r...)
			},
		}
	}},
	{"keeps what it removes", "CategoryRemoved", func(kb.Store) faulty {
		return faulty{dropCategory: func(ctx context.Context, _ string, _ int, _ string) error { return ctx.Err() }}
	}},
	{"logs nothing for a category", "ChangesOfCategory", placing(func(_ kb.Store, _ *kb.Category, _ *string, moved *[]string) { *moved = nil })},
	{"logs all for a category", "ChangesOfCategory", placing(func(_ kb.Store, _ *kb.Category, _ *string, moved *[]string) { *moved = []string{"c1", "c2"} })},
	{"has one stamp for ever", "Stamps", func(kb.Store) faulty {
		return faulty{stamps: func(ctx context.Context) (string, string, error) { return "1", "1", nil }}
	}},
	{"stamps articles only", "Stamps", func(s kb.Store) faulty {
		var at string
		return faulty{stamps: func(ctx context.Context) (string, string, error) {
			places, content, err := s.Stamps(ctx)
			if places == "0" {
				at = content
			}
			return places, at, err
		}}
	}},
	{"shares the labels of categories", "Categories", sharingLabels},
	{"drops a category's icon", "Categories", placing(func(_ kb.Store, c *kb.Category, _ *string, _ *[]string) { c.Order = 0 })},
	{"ignores the stamp", "CategoryStamp", placing(func(s kb.Store, _ *kb.Category, stamp *string, _ *[]string) {
		*stamp, _, _ = s.Stamps(context.Background())
	})},
	{"lets categories share slugs", "CategorySlugs", func(s kb.Store) faulty {
		return faulty{saveCategory: func(ctx context.Context, c kb.Category, stamp string, moved []string) error {
			if err := s.SaveCategory(ctx, c, stamp, moved); !errors.Is(err, kb.ErrConflict) {
				return err
			}
			return nil
		}}
	}},
}

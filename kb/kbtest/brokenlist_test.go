package kbtest_test

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

var brokenLists = []broke{
	{"counts drafts among the visible", "Filters", asking(func(q *kb.ArticleQuery) { q.Visible = false })},
	{"takes no categories for all", "Filters", asking(func(q *kb.ArticleQuery) {
		if len(q.Categories) == 0 {
			q.Categories = nil
		}
	})},
	{"takes no IDs for all", "Filters", asking(func(q *kb.ArticleQuery) {
		if len(q.IDs) == 0 {
			q.IDs = nil
		}
	})},
	{"ignores products", "Filters", asking(func(q *kb.ArticleQuery) { q.Product = "" })},
	{"ignores kinds", "Filters", asking(func(q *kb.ArticleQuery) { q.Kinds = nil })},
	{"ignores the sight", "Sight", asking(func(q *kb.ArticleQuery) { q.Sight = nil })},
	{"takes + for or", "Sight", saving(func(a *kb.Article, _ *[]kb.Revision) {
		a.Audience = strings.Split(strings.Join(a.Audience, "+"), "+")
		if a.Audience[0] == "" {
			a.Audience = nil
		}
	})},
	{"counts what readers are not shown", "Counts", func(s kb.Store) faulty {
		return faulty{counts: func(ctx context.Context) ([]kb.Count, error) {
			page, _, err := s.Articles(ctx, kb.ArticleQuery{Limit: 1000})
			return counted(page), err
		}}
	}},
	{"counts without regard to the audience", "Counts", func(s kb.Store) faulty {
		return faulty{counts: func(ctx context.Context) ([]kb.Count, error) {
			page, _, err := s.Articles(ctx, kb.ArticleQuery{Visible: true, Limit: 1000})
			for i := range page {
				page[i].Audience = profile.Public()
			}
			return counted(page), err
		}}
	}},
	{"ends after a page", "Pages", paging(func(_ kb.ArticleQuery, page []kb.Article, _ string) ([]kb.Article, string) { return page, "" })},
	{"repeats where a page begins", "Pages", repeating},
	{"sorts by the rules of a language", "Pages", paging(func(_ kb.ArticleQuery, page []kb.Article, next string) ([]kb.Article, string) {
		slices.SortStableFunc(page, func(a, b kb.Article) int {
			return cmp.Or(cmp.Compare(a.Order, b.Order), strings.Compare(strings.ToLower(a.ID), strings.ToLower(b.ID)))
		})
		return page, next
	})},
	{"has one more on a page", "Pages", asking(func(q *kb.ArticleQuery) { q.Limit++ })},
	{"knows one order", "PagesUpdated", asking(func(q *kb.ArticleQuery) { q.Order = kb.OrderPlace })},
	{"starts over for a bad token", "BadToken", func(s kb.Store) faulty {
		return faulty{articles: func(ctx context.Context, q kb.ArticleQuery) ([]kb.Article, string, error) {
			page, next, err := s.Articles(ctx, q)
			if errors.Is(err, kb.ErrInvalid) {
				q.After = ""
				return s.Articles(ctx, q)
			}
			return page, next, err
		}}
	}},
	{"forgets to log a change", "Changes", func(s kb.Store) faulty {
		return faulty{changes: func(ctx context.Context, after string, limit int) ([]string, string, error) {
			ids, next, err := s.Changes(ctx, after, limit)
			return slices.DeleteFunc(ids, func(id string) bool { return id == "a3" }), next, err
		}}
	}},
	{"tells of changes out of order", "Changes", func(s kb.Store) faulty {
		return faulty{changes: func(ctx context.Context, after string, limit int) ([]string, string, error) {
			ids, next, err := s.Changes(ctx, after, limit)
			slices.Sort(ids)
			return ids, next, err
		}}
	}},
	{"starts over for a bad cursor", "ChangesBadCursor", func(s kb.Store) faulty {
		return faulty{changes: func(ctx context.Context, after string, limit int) ([]string, string, error) {
			if _, err := strconv.Atoi(after); err != nil {
				after = ""
			}
			return s.Changes(ctx, after, limit)
		}}
	}},
	{"waits for ever", "Wait", func(kb.Store) faulty {
		return faulty{wait: func(ctx context.Context, _ string) error { return nil }}
	}},
}

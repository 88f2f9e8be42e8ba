package kbtest_test

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"github.com/stoa-go/stoa/kb"
)

type breaking func(good kb.Store) faulty

// saving changes articles and their revisions before they are kept.
func saving(change func(a *kb.Article, revisions *[]kb.Revision)) breaking {
	return func(s kb.Store) faulty {
		return faulty{saveArticle: func(ctx context.Context, a kb.Article, revisions ...kb.Revision) error {
			a.Translations, revisions = slices.Clone(a.Translations), slices.Clone(revisions)
			change(&a, &revisions)
			return s.SaveArticle(ctx, a, revisions...)
		}}
	}
}

// reading changes articles before they are returned.
func reading(change func(a *kb.Article)) breaking {
	return func(s kb.Store) faulty {
		return faulty{article: func(ctx context.Context, id string) (kb.Article, error) {
			a, err := s.Article(ctx, id)
			change(&a)
			return a, err
		}}
	}
}

// asking changes queries before they are answered.
func asking(change func(q *kb.ArticleQuery)) breaking {
	return func(s kb.Store) faulty {
		return faulty{articles: func(ctx context.Context, q kb.ArticleQuery) ([]kb.Article, string, error) {
			change(&q)
			return s.Articles(ctx, q)
		}}
	}
}

// paging changes pages before they are returned.
func paging(change func(q kb.ArticleQuery, page []kb.Article, next string) ([]kb.Article, string)) breaking {
	return func(s kb.Store) faulty {
		return faulty{articles: func(ctx context.Context, q kb.ArticleQuery) ([]kb.Article, string, error) {
			page, next, err := s.Articles(ctx, q)
			page, next = change(q, page, next)
			return page, next, err
		}}
	}
}

// placing changes categories before they are kept.
func placing(change func(s kb.Store, c *kb.Category, stamp *string, moved *[]string)) breaking {
	return func(s kb.Store) faulty {
		return faulty{saveCategory: func(ctx context.Context, c kb.Category, stamp string, moved []string) error {
			change(s, &c, &stamp, &moved)
			return s.SaveCategory(ctx, c, stamp, moved)
		}}
	}
}

// opining changes queries for feedback before they are answered.
func opining(change func(q *kb.FeedbackQuery)) breaking {
	return func(s kb.Store) faulty {
		return faulty{feedback: func(ctx context.Context, q kb.FeedbackQuery) ([]kb.Feedback, string, error) {
			change(&q)
			return s.Feedback(ctx, q)
		}}
	}
}

// forgivingSave keeps an article whatever its version and slugs are.
func forgivingSave(forgive func(error) bool) breaking {
	return func(s kb.Store) faulty {
		return faulty{saveArticle: func(ctx context.Context, a kb.Article, revisions ...kb.Revision) error {
			err := s.SaveArticle(ctx, a, revisions...)
			if forgive(err) {
				return nil
			}
			return err
		}}
	}
}

// listing changes the revisions in lists.
func listing(change func(r *kb.Revision)) breaking {
	return func(s kb.Store) faulty {
		return faulty{revisions: func(ctx context.Context, article, locale string, before, limit int) ([]kb.Revision, error) {
			list, err := s.Revisions(ctx, article, locale, before, limit)
			for i := range list {
				change(&list[i])
			}
			return list, err
		}}
	}
}

func counted(page []kb.Article) []kb.Count {
	var out []kb.Count
	for _, a := range page {
		i := slices.IndexFunc(out, func(c kb.Count) bool { return c.Category == a.Category && slices.Equal(c.Audience, a.Audience) })
		if i < 0 {
			out, i = append(out, kb.Count{Category: a.Category, Audience: a.Audience}), len(out)
		}
		out[i].Articles++
	}
	return out
}

// racing compares with a version that it has read before, and writes whatever is
// there by then.
func racing(s kb.Store) faulty {
	return faulty{saveArticle: func(ctx context.Context, a kb.Article, r ...kb.Revision) error {
		const read = 1
		if a.Version != read+1 {
			return s.SaveArticle(ctx, a, r...)
		}
		for {
			if err := s.SaveArticle(ctx, a); !errors.Is(err, kb.ErrConflict) {
				return err
			}
			old, _ := s.Article(ctx, a.ID)
			a.Version = old.Version + 1
		}
	}}
}

// keepingHalf keeps the first revision of what it refuses.
func keepingHalf(s kb.Store) faulty {
	extra := map[string]kb.Revision{}
	key := func(article, locale string, number int) string { return article + locale + strconv.Itoa(number) }
	return faulty{
		saveArticle: func(ctx context.Context, a kb.Article, r ...kb.Revision) error {
			err := s.SaveArticle(ctx, a, r...)
			if err != nil && len(r) > 0 {
				extra[key(r[0].Article, r[0].Locale, r[0].Number)] = r[0]
			}
			return err
		},
		revision: func(ctx context.Context, article, locale string, number int) (kb.Revision, error) {
			if r, ok := extra[key(article, locale, number)]; ok {
				return r, nil
			}
			return s.Revision(ctx, article, locale, number)
		},
	}
}

// sharing returns the very article it was given.
func sharing(s kb.Store) faulty {
	kept := map[string]kb.Article{}
	return faulty{
		saveArticle: func(ctx context.Context, a kb.Article, r ...kb.Revision) error {
			kept[a.ID] = a
			return s.SaveArticle(ctx, a, r...)
		},
		article: func(_ context.Context, id string) (kb.Article, error) { return kept[id], nil },
	}
}

// sharingLabels returns the very categories it was given.
func sharingLabels(s kb.Store) faulty {
	var all []kb.Category
	return faulty{
		saveCategory: func(ctx context.Context, c kb.Category, stamp string, moved []string) error {
			err := s.SaveCategory(ctx, c, stamp, moved)
			if err == nil {
				c.UpdatedAt = c.UpdatedAt.UTC()
				all = []kb.Category{c}
			}
			return err
		},
		categories: func(context.Context) ([]kb.Category, string, error) { return slices.Clone(all), "", nil },
	}
}

// repeating begins each page with the last article of the one before.
func repeating(s kb.Store) faulty {
	var last []kb.Article
	return faulty{articles: func(ctx context.Context, q kb.ArticleQuery) ([]kb.Article, string, error) {
		page, next, err := s.Articles(ctx, q)
		if q.After != "" && q.Limit > 1 && len(page) < q.Limit {
			page = append(slices.Clone(last), page...)
		}
		if len(page) > 0 {
			last = page[len(page)-1:]
		}
		return page, next, err
	}}
}

package kb

import (
	"context"
	"errors"
	"iter"
	"maps"
	"slices"
)

// Somebody may be named in who may see an article or a category. Few are, and
// erasing is rare, so that all are looked at.

// namingArticles ranges over the articles whose audience names a person.
func (l *Library) namingArticles(ctx context.Context, person string) iter.Seq2[Article, error] {
	return func(yield func(Article, error) bool) {
		for after := ""; ; {
			page, next, err := l.store.Articles(ctx, ArticleQuery{After: after, Limit: 200})
			if err != nil {
				yield(Article{}, err)
				return
			}
			for _, a := range page {
				if a.Audience.Names(person) && !yield(a, nil) {
					return
				}
			}
			if after = next; next == "" {
				return
			}
		}
	}
}

// namingCategories returns the IDs of categories whose audience names a person.
func (l *Library) namingCategories(ctx context.Context, person string) (ids []string, err error) {
	f, err := l.categories(ctx)
	if err != nil {
		return nil, err
	}
	for _, id := range slices.Sorted(maps.Keys(f.byID)) {
		if f.byID[id].Audience.Names(person) {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// forgetAudiences puts a pseudonym, or nobody, in the place of a person in who
// may see what, and returns in how many articles and categories.
func (l *Library) forgetAudiences(ctx context.Context, person, pseudonym string) (n int, err error) {
	var articles []string
	for a, err := range l.namingArticles(ctx, person) {
		if err != nil {
			return 0, err
		}
		articles = append(articles, a.ID)
	}
	categories, err := l.namingCategories(ctx, person)
	if err != nil {
		return 0, err
	}
	for _, id := range articles {
		if err := repeated(func() error { return l.forgetInArticle(ctx, id, person, pseudonym) }); err != nil {
			return n, err
		}
		n++
	}
	for _, id := range categories {
		if err := repeated(func() error { return l.forgetInCategory(ctx, id, person, pseudonym) }); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// repeated does something again that others were faster with.
func repeated(do func() error) (err error) {
	for range 5 {
		if err = do(); !errors.Is(err, ErrConflict) {
			return err
		}
	}
	return err
}

func (l *Library) forgetInArticle(ctx context.Context, id, person, pseudonym string) error {
	a, err := l.store.Article(ctx, id)
	if err != nil || !a.Audience.Names(person) {
		return err
	}
	a.Audience = a.Audience.Without(person, pseudonym)
	a.Version++
	return l.store.SaveArticle(ctx, a)
}

func (l *Library) forgetInCategory(ctx context.Context, id, person, pseudonym string) error {
	f, err := l.categories(ctx)
	if err != nil {
		return err
	}
	c := f.byID[id].clone()
	if !c.Audience.Names(person) {
		return nil
	}
	c.Audience = c.Audience.Without(person, pseudonym)
	c.Version++
	return l.store.SaveCategory(ctx, c, f.stamp, f.below(id))
}

// giveNamed gives where somebody is named in who may see what.
func (l *Library) giveNamed(ctx context.Context, person string, give func(any) bool) error {
	for a, err := range l.namingArticles(ctx, person) {
		if err != nil {
			return err
		}
		if !give(ownedRecord{"may see article", a.ID}) {
			return nil
		}
	}
	categories, err := l.namingCategories(ctx, person)
	for _, id := range categories {
		if !give(ownedRecord{"may see category", id}) {
			return nil
		}
	}
	return err
}

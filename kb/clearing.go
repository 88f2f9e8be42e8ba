package kb

import (
	"context"
	"errors"
	"fmt"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/profile"
)

// EmptyCategory moves all articles that stand in a category, those in the bin too,
// into another one: all of them or none. With lead, the category's addresses lead
// there for whoever does not see the category itself, also once it is removed.
// Doing it again does nothing twice. It returns how many were moved.
func (l *Library) EmptyCategory(ctx context.Context, by profile.Actor, id, into string, lead bool) (moved int, err error) {
	if !l.mayClear(by) {
		return 0, fmt.Errorf("empty category %s: %w", id, ErrForbidden)
	}
	for range 5 { // others may be changing articles
		moved, err = l.emptyCategory(ctx, by, id, into, lead)
		if !errors.Is(err, ErrConflict) {
			break
		}
	}
	if err != nil {
		return 0, fmt.Errorf("empty category %s: %w", id, err)
	}
	return moved, nil
}

// mayClear reports whether by may change what readers see of a whole category.
func (l *Library) mayClear(by profile.Actor) bool {
	return l.policy.May(by, profile.PermissionContentOrganise) && l.policy.May(by, profile.PermissionContentPublish)
}

func (l *Library) emptyCategory(ctx context.Context, by profile.Actor, id, into string, lead bool) (int, error) {
	f, err := l.categories(ctx)
	if err != nil {
		return 0, err
	}
	c, ok := f.byID[id]
	if !ok {
		return 0, ErrNotFound
	}
	if _, ok := f.byID[into]; !ok || into == id || f.closed(into) {
		return 0, errs.Field("into", "error.field.choice", map[string]any{"choices": ""})
	}
	articles, err := l.standingIn(ctx, id)
	if err != nil {
		return 0, err
	}
	fields := errs.Fields{}
	for i := range articles {
		a := &articles[i]
		if f.checkEffective(fields, into, a.Audience); len(fields) > 0 {
			return 0, errs.Fields{"into": fields["audience"]}
		}
		a.Category, a.UpdatedAt = into, l.clock()
		a.Version++
	}
	if lead {
		err = l.leadOn(ctx, c, into)
	}
	if err == nil {
		err = l.store.SaveArticles(ctx, articles)
	}
	if err != nil {
		return 0, err
	}
	for _, a := range articles {
		l.record(ctx, by, analytics.Event{Name: "article.arranged", Subject: "article/" + a.ID})
	}
	return len(articles), nil
}

// standingIn returns all articles of a category, in whatever state they are.
func (l *Library) standingIn(ctx context.Context, id string) (all []Article, err error) {
	q := ArticleQuery{Categories: []string{id}, Limit: maxEntries}
	for {
		page, next, err := l.store.Articles(ctx, q)
		if err != nil {
			return nil, err
		}
		all = append(all, page...)
		if q.After = next; next == "" {
			return all, nil
		}
	}
}

// leadOn has the addresses of a category, those of before too, lead to another.
func (l *Library) leadOn(ctx context.Context, c Category, into string) error {
	redirects, err := l.store.RedirectsTo(ctx, "category/"+c.ID)
	if err != nil {
		return err
	}
	for _, slug := range c.slugs() {
		redirects = append(redirects, Redirect{From: formerSlug(slug)})
	}
	for i := range redirects {
		redirects[i].To = "category/" + into
	}
	return l.store.SaveRedirects(ctx, redirects...)
}

// RemoveCategory removes a category that nothing stands in, neither articles, in
// the bin or not, nor categories, at the version that was read. Its addresses are
// free, unless they lead elsewhere, see [Library.EmptyCategory].
func (l *Library) RemoveCategory(ctx context.Context, by profile.Actor, id string, version int) error {
	if !l.mayClear(by) {
		return fmt.Errorf("remove category %s: %w", id, ErrForbidden)
	}
	if err := l.removeCategory(ctx, id, version); err != nil {
		return fmt.Errorf("remove category %s: %w", id, err)
	}
	l.record(ctx, by, analytics.Event{Name: "category.removed", Subject: "category/" + id})
	return nil
}

func (l *Library) removeCategory(ctx context.Context, id string, version int) error {
	f, err := l.categories(ctx)
	if err != nil {
		return err
	}
	c, ok := f.byID[id]
	switch {
	case !ok:
		return ErrNotFound
	case c.Version != version:
		return errs.Changed()
	case len(f.children[id]) > 0:
		return errs.Say(ErrConflict, "error.category.has_below", nil)
	}
	some, _, err := l.store.Articles(ctx, ArticleQuery{Categories: []string{id}, Limit: 1})
	if err != nil {
		return err
	}
	if len(some) > 0 {
		return errs.Say(ErrConflict, "error.category.has_articles", nil)
	}
	if err = l.store.RemoveCategory(ctx, id, version, f.stamp); errors.Is(err, ErrConflict) {
		return errs.Changed()
	}
	return err
}

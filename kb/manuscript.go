package kb

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/profile"
)

// Manuscript returns an article as those who work on it see it, in whatever
// state it is.
func (l *Library) Manuscript(ctx context.Context, by profile.Actor, id string) (Article, error) {
	a, err := l.manuscript(ctx, by, id)
	if err != nil {
		return Article{}, fmt.Errorf("article %s: %w", id, err)
	}
	return a, nil
}

// manuscript returns an article that by may see at the desk: what they own, to
// those who write what is meant for them besides, and to those who publish
// everything.
func (l *Library) manuscript(ctx context.Context, by profile.Actor, id string) (Article, error) {
	if !l.worksHere(by) {
		return Article{}, ErrNotFound
	}
	a, err := l.store.Article(ctx, id)
	if err != nil {
		return Article{}, err
	}
	if a.Binned() {
		return Article{}, ErrNotFound
	}
	if err := l.knows(ctx, by, a); err != nil {
		return Article{}, err
	}
	return a, nil
}

// knows returns ErrNotFound unless by sees a at the desk.
func (l *Library) knows(ctx context.Context, by profile.Actor, a Article) error {
	f, err := l.categories(ctx)
	if err != nil {
		return err
	}
	if l.policy.May(by, profile.PermissionContentPublish) || a.Owner == by.ID || l.worksWithOthers(by) && sees(by, a, f) {
		return nil
	}
	return ErrNotFound
}

// editable returns an article that by may edit in locale; an empty one means
// what all languages share.
func (l *Library) editable(ctx context.Context, by profile.Actor, id, locale string) (Article, error) {
	a, err := l.manuscript(ctx, by, id)
	if err != nil {
		return Article{}, err
	}
	if !l.MayWrite(by, a, locale) {
		return Article{}, ErrForbidden
	}
	return a, nil
}

// Revision returns a text as somebody saved it, for those who work on it.
// Number 0 is the newest.
func (l *Library) Revision(ctx context.Context, by profile.Actor, id, locale string, number int) (Revision, error) {
	a, err := l.manuscript(ctx, by, id)
	if err != nil {
		return Revision{}, fmt.Errorf("article %s: %w", id, err)
	}
	if number == 0 {
		t, _ := a.In(locale)
		number = t.Head
	}
	rev, err := l.store.Revision(ctx, id, locale, number)
	if err != nil {
		return Revision{}, fmt.Errorf("article %s: revision %s/%d: %w", id, locale, number, err)
	}
	return rev, nil
}

// Revisions returns what became of a text, newest first and without bodies, for
// those who work on it, below the number before (0 means from the newest).
func (l *Library) Revisions(ctx context.Context, by profile.Actor, id, locale string, before, limit int) ([]Revision, error) {
	a, err := l.manuscript(ctx, by, id)
	if err != nil {
		return nil, fmt.Errorf("article %s: %w", id, err)
	}
	if _, ok := a.In(locale); !ok {
		return nil, fmt.Errorf("article %s: language %s: %w", id, locale, ErrNotFound)
	}
	page, err := l.store.Revisions(ctx, id, locale, before, clamp(limit, 50, 200))
	if err != nil {
		return nil, fmt.Errorf("article %s: revisions: %w", id, err)
	}
	return page, nil
}

// save stores a with its new revisions, and records what was done.
func (l *Library) save(ctx context.Context, by profile.Actor, a Article, event string, revisions ...Revision) (Article, error) {
	if err := l.keep(ctx, &a, revisions...); err != nil {
		return Article{}, err
	}
	l.record(ctx, by, analytics.Event{Name: event, Subject: "article/" + a.ID, Props: map[string]string{"version": strconv.Itoa(a.Version)}})
	return a, nil
}

// keep stores a. Its new slugs make way for those of other articles: "reset-2".
// If others are as quick to take that one, a gets slugs that nobody else can.
func (l *Library) keep(ctx context.Context, a *Article, revisions ...Revision) error {
	for tries := range 3 {
		err := l.store.SaveArticle(ctx, *a, revisions...)
		if !errors.Is(err, ErrConflict) {
			return err
		}
		moved, err := l.makeWay(ctx, a, tries > 0)
		if err != nil {
			return err
		}
		if !moved {
			break
		}
	}
	f, err := l.categories(ctx)
	if err != nil {
		return err
	}
	if _, there := f.byID[a.Category]; !there {
		return errs.Field("category", "error.field.choice", map[string]any{"choices": ""}) // removed since it was checked
	}
	return errs.Changed()
}

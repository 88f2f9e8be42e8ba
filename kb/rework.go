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

// Rework saves a text as [Library.Edit] does and changes what all languages share
// as [Library.Arrange] does: both or neither. What is so already stays as it is
// and takes no permission; a text that is the newest one's, without a note, makes
// no revision.
func (l *Library) Rework(ctx context.Context, by profile.Actor, id, locale string, version int, t Text, m Meta) (Article, error) {
	a, err := l.rework(ctx, by, id, canonical(locale), version, t, m)
	if err != nil {
		return Article{}, fmt.Errorf("rework article %s: %w", id, err)
	}
	return a, nil
}

func (l *Library) rework(ctx context.Context, by profile.Actor, id, locale string, version int, t Text, m Meta) (Article, error) {
	old, err := l.editable(ctx, by, id, locale)
	if err != nil {
		return Article{}, err
	}
	doc, fault := l.checkText(ctx, by, old, locale, t)
	a, arranged, err := l.rearranged(ctx, by, old, m)
	if err := both(fault, err); err != nil {
		return Article{}, err
	}
	written, err := l.rewritten(ctx, old, locale, t)
	if err != nil {
		return Article{}, err
	}
	done, err := l.edited(ctx, by, old, locale, version, t)
	if err != nil || !arranged && (done || !written && old.is(version)) {
		return old, err
	}
	if err := l.advance(&a, version); err != nil {
		return Article{}, err
	}
	return l.saveRework(ctx, by, a, locale, t, doc.all, written, arranged)
}

// saveRework stores what was changed, and records it.
func (l *Library) saveRework(ctx context.Context, by profile.Actor, a Article, locale string, t Text, doc *document, written, arranged bool) (Article, error) {
	if !written {
		return l.save(ctx, by, a, "article.arranged")
	}
	rev := l.revise(&a, by, locale, t, doc, a.basis(locale))
	a, err := l.save(ctx, by, a, "article.edited", rev)
	if err == nil && arranged {
		l.record(ctx, by, analytics.Event{Name: "article.arranged", Subject: "article/" + a.ID, Props: map[string]string{"version": strconv.Itoa(a.Version)}})
	}
	return a, err
}

// both joins the faults of two sets of fields, so that all of them are told at
// once. Any other error comes first.
func both(a, b error) error {
	one, isOne := errors.AsType[errs.Fields](a)
	two, isTwo := errors.AsType[errs.Fields](b)
	switch {
	case isOne && isTwo:
		all := errs.Fields{}
		for _, fields := range []errs.Fields{two, one} {
			for name, message := range fields {
				all[name] = message
			}
		}
		return all
	case a != nil && (b == nil || !isOne):
		return a
	}
	return b
}

// rearranged returns old with what is in m, and whether that is anything new. If
// it is, by must be allowed to change it.
func (l *Library) rearranged(ctx context.Context, by profile.Actor, old Article, m Meta) (Article, bool, error) {
	if m.Owner == "" {
		m.Owner = old.Owner
	}
	a, faults := old.clone(), errs.Fields{}
	l.setMeta(&a, m)
	checkAudience(faults, m.Audience)
	l.Type(m.Kind).fields(faults, m.Fields)
	if len(faults) == 0 && a.sameMeta(old) {
		return old.clone(), false, nil
	}
	if !l.MayArrange(by, old) {
		return Article{}, false, ErrForbidden
	}
	f, err := l.categories(ctx)
	if err != nil {
		return Article{}, false, err
	}
	if err := l.checkMeta(by, f, m, old.Owner, errs.Fields{}); err != nil {
		return Article{}, false, err
	}
	return a, true, l.staysReady(ctx, by, old, a)
}

// rewritten reports whether t is another text than the newest in locale, or has
// something to say about it.
func (l *Library) rewritten(ctx context.Context, a Article, locale string, t Text) (bool, error) {
	tr, ok := a.In(locale)
	if !ok || t.Note != "" || t.Slug != "" && Slugify(t.Slug) != tr.Slug {
		return true, nil
	}
	rev, err := l.store.Revision(ctx, a.ID, locale, tr.Head)
	return err == nil && !t.same(rev), err
}

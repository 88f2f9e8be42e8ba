package kb

import (
	"cmp"
	"context"
	"fmt"
	"maps"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/profile"
)

// Arrange changes what all languages of an article share. If readers see the
// article, they see the change at once; so by must be allowed to publish. What
// is so already stays as it is.
func (l *Library) Arrange(ctx context.Context, by profile.Actor, id string, version int, m Meta) (Article, error) {
	a, err := l.arrange(ctx, by, id, version, m)
	if err != nil {
		return Article{}, fmt.Errorf("arrange article %s: %w", id, err)
	}
	return a, nil
}

func (l *Library) arrange(ctx context.Context, by profile.Actor, id string, version int, m Meta) (Article, error) {
	old, err := l.editable(ctx, by, id, "")
	if err != nil {
		return Article{}, err
	}
	if !l.MayArrange(by, old) {
		return Article{}, ErrForbidden
	}
	f, err := l.categories(ctx)
	if err != nil {
		return Article{}, err
	}
	if m.Owner == "" {
		m.Owner = old.Owner
	}
	if err := l.checkMeta(by, f, m, old.Owner, errs.Fields{}); err != nil {
		return Article{}, err
	}
	a := old.clone()
	l.setMeta(&a, m)
	if a.sameMeta(old) && old.is(version) {
		return old, nil
	}
	if err := l.staysReady(ctx, by, old, a); err != nil {
		return Article{}, err
	}
	if err := l.advance(&a, version); err != nil {
		return Article{}, err
	}
	return l.save(ctx, by, a, "article.arranged")
}

// staysReady checks that what readers see of an article has all that its type
// requires, if the type or the fields have changed.
func (l *Library) staysReady(ctx context.Context, by profile.Actor, old, a Article) error {
	if a.Kind == old.Kind && maps.Equal(a.Fields, old.Fields) {
		return nil
	}
	for _, t := range a.Translations {
		if !t.Visible() {
			continue
		}
		rev, err := l.store.Revision(ctx, a.ID, t.Locale, t.Live)
		if err != nil {
			return err
		}
		if err := l.ready(ctx, by, a, rev); err != nil {
			return err
		}
	}
	return nil
}

// Publish shows readers the newest revision in locale. One that they see
// already stays as it is. If the process of the article asks for a review, one
// must have approved the revision.
func (l *Library) Publish(ctx context.Context, by profile.Actor, id, locale string, version int) (Article, error) {
	a, err := l.publish(ctx, by, id, locale, version, showing{})
	if err != nil {
		return Article{}, fmt.Errorf("publish article %s: %w", id, err)
	}
	return a, nil
}

// PublishMinor is [Library.Publish] for a change so small that nobody who follows
// the article is told of it: its NewsAt stays as it was.
func (l *Library) PublishMinor(ctx context.Context, by profile.Actor, id, locale string, version int) (Article, error) {
	a, err := l.publish(ctx, by, id, locale, version, showing{minor: true})
	if err != nil {
		return Article{}, fmt.Errorf("publish article %s: %w", id, err)
	}
	return a, nil
}

// A showing is what is to be shown of a text.
type showing struct {
	revision int  // 0 means the newest
	minor    bool // nobody is told
}

// publish shows readers a revision.
func (l *Library) publish(ctx context.Context, by profile.Actor, id, locale string, version int, what showing) (Article, error) {
	a, t, err := l.publishable(ctx, by, id, locale)
	if err != nil {
		return Article{}, err
	}
	revision := cmp.Or(what.revision, t.Head)
	if t.Visible() && t.Live == revision && a.is(version) {
		return a, nil
	}
	rev, err := l.publishableRevision(ctx, by, a, locale, revision)
	if err != nil {
		return Article{}, err
	}
	if err := l.advance(&a, version); err != nil {
		return Article{}, err
	}
	if !what.minor {
		t.NewsAt = a.UpdatedAt
	}
	a.show(t, rev)
	if a, err = l.save(ctx, by, a, "article.published"); err != nil {
		return Article{}, err
	}
	return a, l.vouchFor(ctx, by, a)
}

// publishableRevision returns a revision that may be shown to readers.
func (l *Library) publishableRevision(ctx context.Context, by profile.Actor, a Article, locale string, revision int) (Revision, error) {
	if err := l.checkAudience(ctx, a); err != nil {
		return Revision{}, err
	}
	if err := l.checkApproved(ctx, a, locale, revision); err != nil {
		return Revision{}, err
	}
	rev, err := l.store.Revision(ctx, a.ID, locale, revision)
	if err == nil {
		err = l.ready(ctx, by, a, rev)
	}
	return rev, err
}

// vouchFor verifies an article that was published, unless its process tells
// that apart.
func (l *Library) vouchFor(ctx context.Context, by profile.Actor, a Article) error {
	p := l.Process(a.Kind, a.Category)
	if p.Verify == 0 || p.KCS {
		return nil
	}
	_, err := l.saveVerification(ctx, a, func(v *Verification) { v.vouch(by.ID, a.ShownAt, p) })
	return err
}

// checkAudience checks that it can be said who will see a: its categories may
// have changed since it was arranged.
func (l *Library) checkAudience(ctx context.Context, a Article) error {
	f, err := l.categories(ctx)
	if err != nil {
		return err
	}
	fields := errs.Fields{}
	f.checkEffective(fields, a.Category, a.Audience)
	return fields.Err()
}

// show makes rev what readers see of t.
func (a *Article) show(t Translation, rev Revision) {
	t.Status, t.Live, t.Based = StatusPublished, rev.Number, rev.Based
	t.Title, t.Summary, t.UpdatedAt = rev.Title, rev.Summary, a.UpdatedAt
	if t.PublishedAt.IsZero() {
		t.PublishedAt = a.UpdatedAt
	}
	a.put(t)
	a.ShownAt = a.UpdatedAt
}

// Archive takes an article away from the readers of one language. Nothing is
// lost: Publish brings it back.
func (l *Library) Archive(ctx context.Context, by profile.Actor, id, locale string, version int) (Article, error) {
	a, t, err := l.publishable(ctx, by, id, locale)
	if err != nil {
		return Article{}, fmt.Errorf("archive article %s: %w", id, err)
	}
	if t.Status == StatusArchived && a.is(version) {
		return a, nil
	}
	if err := l.advance(&a, version); err != nil {
		return Article{}, fmt.Errorf("archive article %s: %w", id, err)
	}
	t.Status = StatusArchived
	a.put(t)
	if a, err = l.save(ctx, by, a, "article.archived"); err != nil {
		return Article{}, fmt.Errorf("archive article %s: %w", id, err)
	}
	return a, nil
}

// publishable returns an article whose translation into locale by may publish
// or archive.
func (l *Library) publishable(ctx context.Context, by profile.Actor, id, locale string) (Article, Translation, error) {
	a, err := l.manuscript(ctx, by, id)
	if err != nil {
		return Article{}, Translation{}, err
	}
	if !l.policy.May(by, profile.PermissionContentPublish) {
		return Article{}, Translation{}, ErrForbidden
	}
	t, ok := a.In(locale)
	if !ok {
		return Article{}, Translation{}, fmt.Errorf("language %s: %w", locale, ErrNotFound)
	}
	return a, t, nil
}

// is reports whether a is at version, or one after it. In the latter case, what
// a caller asks for is done already if a is as they want it: their first call
// may have done it and its answer been lost.
func (a Article) is(version int) bool { return a.Version == version || a.Version == version+1 }

// advance takes a to its next version, if version is the one it has.
func (l *Library) advance(a *Article, version int) error {
	if a.Version != version {
		return errs.Changed()
	}
	a.Version++
	a.UpdatedAt = l.clock()
	return nil
}

package kb

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/idem"
	"github.com/stoa-go/stoa/internal/markdown"
	"github.com/stoa-go/stoa/profile"
)

// Create writes a new article, as a draft that no reader sees.
func (l *Library) Create(ctx context.Context, by profile.Actor, d Draft) (Article, error) {
	if !l.policy.May(by, profile.PermissionContentWrite) {
		return Article{}, fmt.Errorf("create article: %w", ErrForbidden)
	}
	a, rev, err := l.fresh(ctx, by, d)
	if err != nil {
		return Article{}, fmt.Errorf("create article: %w", err)
	}
	a, err = idem.Once(a.Input,
		func() (Article, error) { return l.save(ctx, by, a, "article.created", rev) },
		func() (Article, string, error) { b, err := l.store.Article(ctx, a.ID); return b, b.Input, err })
	if err != nil {
		return Article{}, fmt.Errorf("create article: %w", err)
	}
	return a, nil
}

// fresh checks a draft and makes the article and its first revision from it.
func (l *Library) fresh(ctx context.Context, by profile.Actor, d Draft) (Article, Revision, error) {
	if d.Locale == "" {
		d.Locale = l.locales[0]
	}
	if d.Owner == "" {
		d.Owner = by.ID
	}
	f, err := l.categories(ctx)
	if err != nil {
		return Article{}, Revision{}, err
	}
	if err := idem.CheckKey(d.Key); d.Key != "" && err != nil {
		return Article{}, Revision{}, err
	}
	if err := l.checkDraft(by, f, d); err != nil {
		return Article{}, Revision{}, err
	}
	id := idem.ID("kb.create", by.ID, d.Key)
	if err := l.freeSlug(ctx, id, d.Locale, d.Slug); err != nil {
		return Article{}, Revision{}, err
	}
	now := l.clock()
	a := Article{
		ID: id, Source: d.Locale, Input: idem.Hash(d),
		CreatedAt: now, UpdatedAt: now, Version: 1,
	}
	a.setMeta(d.Meta)
	rev := l.revise(&a, by, d.Locale, d.Text, 0)
	return a, rev, nil
}

func (l *Library) checkDraft(by profile.Actor, f *forest, d Draft) error {
	fields := errs.Fields{}
	d.Text.check(fields)
	d.Meta.check(fields, f)
	checkLocale(fields, d.Locale)
	if err := fields.Err(); err != nil {
		return err
	}
	if !l.mayPlace(by, f, d.Category) {
		return errs.Field("category", "error.field.unknown_choice", map[string]any{"choices": ""})
	}
	return nil
}

// freeSlug returns an error if another article has the slug that an author
// chose. One made from a title makes way by itself.
func (l *Library) freeSlug(ctx context.Context, id, locale, slug string) error {
	if slug == "" {
		return nil
	}
	holder, err := l.store.Slug(ctx, locale, Slugify(slug))
	if errors.Is(err, ErrNotFound) || err == nil && holder == id {
		return nil
	}
	if err != nil {
		return err
	}
	return errs.Field("slug", "error.field.taken", nil)
}

// mayPlace reports whether by may put articles into a category: who cannot see
// it is told that it does not exist.
func (l *Library) mayPlace(by profile.Actor, f *forest, category string) bool {
	return l.policy.May(by, profile.PermissionContentPublish) || by.Sight().Admits(f.audience[category])
}

func (a *Article) setMeta(m Meta) {
	a.Category, a.Kind, a.Order, a.Owner = m.Category, m.Kind, m.Order, m.Owner
	a.Audience, _ = profile.ParseAudience(m.Audience) // checked before
	a.Products, a.Tags, a.Related = tidy(m.Products), tidy(m.Tags), tidy(m.Related)
}

// tidy trims the texts and drops doubles, keeping the order.
func tidy(list []string) []string {
	var out []string
	for _, s := range list {
		if s = strings.TrimSpace(s); s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// revise adds t to a as the newest revision in locale, and returns it.
func (l *Library) revise(a *Article, by profile.Actor, locale string, t Text, based int) Revision {
	tr, ok := a.In(locale)
	if !ok {
		tr = Translation{Locale: locale, Status: StatusDraft}
	}
	tr.Head++
	rev := Revision{
		Article: a.ID, Locale: locale, Number: tr.Head, Title: strings.TrimSpace(t.Title),
		Summary: strings.TrimSpace(t.Summary), Body: t.Body, Based: based, Author: by.ID, Note: t.Note, At: a.UpdatedAt,
	}
	if !tr.Visible() {
		tr.Title, tr.Summary = rev.Title, rev.Summary
	}
	switch {
	case t.Slug != "":
		tr.Slug = Slugify(t.Slug)
	case tr.Slug == "":
		tr.Slug = slugFor(rev.Title, a.ID)
	}
	a.put(tr)
	return rev
}

// slugFor makes a slug from a title, and from the ID where the title has
// nothing to make one from.
func slugFor(title, id string) string {
	if s := Slugify(title); s != "" {
		return s
	}
	return Slugify(id)
}

// editable returns an article that by may edit in locale, and the categories.
func (l *Library) editable(ctx context.Context, by profile.Actor, id, locale string) (Article, *forest, error) {
	a, f, err := l.manuscript(ctx, by, id)
	if err != nil {
		return Article{}, nil, err
	}
	needed := profile.PermissionContentWrite
	if locale != "" && locale != a.Source {
		needed = profile.PermissionContentTranslate
	}
	if !l.policy.May(by, needed) {
		return Article{}, nil, ErrForbidden
	}
	return a, f, nil
}

// manuscript returns an article that by may see at the desk, in whatever state.
// Those who write see what they own and what is meant for them; those who
// publish see everything.
func (l *Library) manuscript(ctx context.Context, by profile.Actor, id string) (Article, *forest, error) {
	if !l.policy.May(by, profile.PermissionContentWrite) && !l.policy.May(by, profile.PermissionContentTranslate) {
		return Article{}, nil, ErrNotFound
	}
	a, err := l.store.Article(ctx, id)
	if err != nil {
		return Article{}, nil, err
	}
	f, err := l.categories(ctx)
	if err != nil {
		return Article{}, nil, err
	}
	if !l.policy.May(by, profile.PermissionContentPublish) && a.Owner != by.ID && !by.Sight().Admits(audienceOf(a, f)) {
		return Article{}, nil, ErrNotFound
	}
	return a, f, nil
}

// Manuscript returns an article as those who work on it see it, in whatever
// state it is.
func (l *Library) Manuscript(ctx context.Context, by profile.Actor, id string) (Article, error) {
	a, _, err := l.manuscript(ctx, by, id)
	if err != nil {
		return Article{}, fmt.Errorf("article %s: %w", id, err)
	}
	return a, nil
}

// Revision returns a text as somebody saved it, for those who work on it.
// Number 0 is the newest.
func (l *Library) Revision(ctx context.Context, by profile.Actor, id, locale string, number int) (Revision, error) {
	a, _, err := l.manuscript(ctx, by, id)
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
	if _, _, err := l.manuscript(ctx, by, id); err != nil {
		return nil, fmt.Errorf("article %s: %w", id, err)
	}
	return l.store.Revisions(ctx, id, locale, before, clamp(limit, 50, 200))
}

// Edit saves a text as the newest revision in locale. Readers go on seeing the
// live one until Publish. version is the article's as it was read.
func (l *Library) Edit(ctx context.Context, by profile.Actor, id, locale string, version int, t Text) (Article, error) {
	a, _, err := l.editable(ctx, by, id, locale)
	if err != nil {
		return Article{}, fmt.Errorf("edit article %s: %w", id, err)
	}
	f := errs.Fields{}
	t.check(f)
	checkLocale(f, locale)
	if err := f.Err(); err != nil {
		return Article{}, fmt.Errorf("edit article %s: %w", id, err)
	}
	if tr, ok := a.In(locale); ok && tr.Visible() && t.Slug != "" && Slugify(t.Slug) != tr.Slug && !l.policy.May(by, profile.PermissionContentPublish) {
		return Article{}, fmt.Errorf("edit article %s: address: %w", id, ErrForbidden)
	}
	if err := l.freeSlug(ctx, id, locale, t.Slug); err != nil {
		return Article{}, fmt.Errorf("edit article %s: %w", id, err)
	}
	if err := l.advance(&a, version); err != nil {
		return Article{}, fmt.Errorf("edit article %s: %w", id, err)
	}
	rev := l.revise(&a, by, locale, t, a.basis(locale))
	return wrap(id, "edit")(l.save(ctx, by, a, "article.edited", rev))
}

// basis returns the revision of the source that a text in locale saved now is
// translated from.
func (a Article) basis(locale string) int {
	src, _ := a.In(a.Source)
	if locale == a.Source {
		return 0
	}
	return max(src.Live, 1)
}

// Arrange changes what all languages of an article share. If readers see the
// article, they see the change at once; so by must be allowed to publish.
func (l *Library) Arrange(ctx context.Context, by profile.Actor, id string, version int, m Meta) (Article, error) {
	a, forest, err := l.editable(ctx, by, id, "")
	if err != nil {
		return Article{}, fmt.Errorf("arrange article %s: %w", id, err)
	}
	if len(a.Live()) > 0 && !l.policy.May(by, profile.PermissionContentPublish) {
		return Article{}, fmt.Errorf("arrange article %s: %w", id, ErrForbidden)
	}
	if m.Owner == "" {
		m.Owner = a.Owner
	}
	f := errs.Fields{}
	m.check(f, forest)
	if !l.mayPlace(by, forest, m.Category) {
		f.Add("category", "error.field.unknown_choice", map[string]any{"choices": ""})
	}
	if err := f.Err(); err != nil {
		return Article{}, fmt.Errorf("arrange article %s: %w", id, err)
	}
	if err := l.advance(&a, version); err != nil {
		return Article{}, fmt.Errorf("arrange article %s: %w", id, err)
	}
	a.setMeta(m)
	return wrap(id, "arrange")(l.save(ctx, by, a, "article.arranged"))
}

// Publish shows readers the newest revision in locale.
func (l *Library) Publish(ctx context.Context, by profile.Actor, id, locale string, version int) (Article, error) {
	a, t, err := l.publishable(ctx, by, id, locale, version)
	if err != nil {
		return Article{}, fmt.Errorf("publish article %s: %w", id, err)
	}
	rev, err := l.store.Revision(ctx, id, locale, t.Head)
	if err != nil {
		return Article{}, fmt.Errorf("publish article %s: %w", id, err)
	}
	a.show(t, rev)
	return wrap(id, "publish")(l.save(ctx, by, a, "article.published"))
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
	a, t, err := l.publishable(ctx, by, id, locale, version)
	if err != nil {
		return Article{}, fmt.Errorf("archive article %s: %w", id, err)
	}
	t.Status = StatusArchived
	a.put(t)
	return wrap(id, "archive")(l.save(ctx, by, a, "article.archived"))
}

// publishable returns an article whose translation into locale by may publish
// or archive, already advanced to its next version.
func (l *Library) publishable(ctx context.Context, by profile.Actor, id, locale string, version int) (Article, Translation, error) {
	a, _, err := l.manuscript(ctx, by, id)
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
	return a, t, l.advance(&a, version)
}

// advance takes a to its next version, if version is the one it has.
func (l *Library) advance(a *Article, version int) error {
	if a.Version != version {
		return errs.Say(ErrConflict, "error.conflict_changed", nil)
	}
	a.Version++
	a.UpdatedAt = l.clock()
	return nil
}

// save stores a with its new revisions, and records what was done.
func (l *Library) save(ctx context.Context, by profile.Actor, a Article, event string, revisions ...Revision) (Article, error) {
	media, err := l.mediaOf(ctx, a, revisions)
	if err != nil {
		return Article{}, err
	}
	if err := l.saveUnderFreeSlug(ctx, &a, media, revisions); err != nil {
		return Article{}, err
	}
	l.record(ctx, by, analytics.Event{Name: event, Subject: "article/" + a.ID, Props: map[string]string{"version": strconv.Itoa(a.Version)}})
	return a, nil
}

// saveUnderFreeSlug stores a. Slugs that were made from titles make way for
// those of other articles: "reset-2". It leaves alone what it cannot mend.
func (l *Library) saveUnderFreeSlug(ctx context.Context, a *Article, media []string, revisions []Revision) error {
	for n := 2; ; n++ {
		err := l.store.SaveArticle(ctx, *a, media, revisions...)
		if !errors.Is(err, ErrConflict) || n > 20 {
			return err
		}
		moved, lookup := l.makeWay(ctx, a, n)
		if lookup != nil || !moved {
			return errors.Join(err, lookup)
		}
	}
}

// makeWay gives new slugs to the translations of a whose slugs other articles
// have, and reports whether there were any.
func (l *Library) makeWay(ctx context.Context, a *Article, n int) (bool, error) {
	moved := false
	for i, t := range a.Translations {
		holder, err := l.store.Slug(ctx, t.Locale, t.Slug)
		if errors.Is(err, ErrNotFound) || err == nil && holder == a.ID {
			continue
		}
		if err != nil {
			return false, err
		}
		base := strings.TrimSuffix(t.Slug, "-"+strconv.Itoa(n-1))
		a.Translations[i].Slug = base + "-" + strconv.Itoa(n)
		moved = true
	}
	return moved, nil
}

// mediaOf returns the names of the media that a's live and newest texts show.
func (l *Library) mediaOf(ctx context.Context, a Article, revisions []Revision) ([]string, error) {
	var out []string
	for _, t := range a.Translations {
		for _, number := range slices.Compact([]int{t.Live, t.Head}) {
			if number == 0 {
				continue
			}
			d, err := l.documentOf(ctx, a.ID, t.Locale, number, revisions)
			if err != nil {
				return nil, err
			}
			out = append(out, append(refs(d.Images, "media/"), refs(d.Links, "media/")...)...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// documentOf renders a revision that is about to be saved, or one that was. The
// former is not cached: the number may yet be another author's.
func (l *Library) documentOf(ctx context.Context, id, locale string, number int, revisions []Revision) (*markdown.Document, error) {
	for _, r := range revisions {
		if r.Locale == locale && r.Number == number {
			d, err := l.renderer(r.Locale).Render(r.Body)
			return &d, err
		}
	}
	rev, err := l.store.Revision(ctx, id, locale, number)
	if err != nil {
		return nil, err
	}
	return l.document(rev)
}

func wrap(id, verb string) func(Article, error) (Article, error) {
	return func(a Article, err error) (Article, error) {
		if err != nil {
			return Article{}, fmt.Errorf("%s article %s: %w", verb, id, err)
		}
		return a, nil
	}
}

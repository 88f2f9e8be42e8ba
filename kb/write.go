package kb

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/idem"
	"github.com/stoa-go/stoa/profile"
)

// Create writes a new article, as a draft that no reader sees. Only who may
// publish can make somebody else its owner.
func (l *Library) Create(ctx context.Context, by profile.Actor, d Draft) (Article, error) {
	if !l.MayCreate(by) {
		return Article{}, fmt.Errorf("create article: %w", ErrForbidden)
	}
	a, rev, err := l.fresh(ctx, by, d)
	if err != nil {
		return Article{}, fmt.Errorf("create article: %w", err)
	}
	a, err = idem.Once(a.Input,
		func() (Article, error) { return l.save(ctx, by, a, "article.created", rev) },
		func() (Article, string, error) { b, err := l.manuscript(ctx, by, a.ID); return b, b.Input, err })
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
	d.Locale = canonical(d.Locale)
	id := idem.ID("kb.create", by.ID, d.Key)
	doc, err := l.checkDraft(ctx, by, id, d)
	if err != nil {
		return Article{}, Revision{}, err
	}
	now := l.clock()
	a := Article{ID: id, Source: d.Locale, Input: idem.Hash(d), CreatedAt: now, UpdatedAt: now, Version: 1}
	l.setMeta(&a, d.Meta)
	return a, l.revise(&a, by, d.Locale, d.Text, doc.all, 0), nil
}

func (l *Library) checkDraft(ctx context.Context, by profile.Actor, id string, d Draft) (drawn, error) {
	if d.Key != "" {
		if err := idem.CheckKey(d.Key); err != nil {
			return drawn{}, err
		}
	}
	f, err := l.categories(ctx)
	if err != nil {
		return drawn{}, err
	}
	fields := errs.Fields{}
	d.Text.check(fields)
	checkLocale(fields, "locale", d.Locale)
	if err := l.checkMeta(by, f, d.Meta, by.ID, fields); err != nil {
		return drawn{}, err
	}
	if err := l.freeSlug(ctx, id, d.Slug); err != nil {
		return drawn{}, err
	}
	return l.draw(d.Locale, d.Body)
}

// checkMeta checks what languages share, after what is noted in fields already.
// owner is who owns the article now.
func (l *Library) checkMeta(by profile.Actor, f *forest, m Meta, owner string, fields errs.Fields) error {
	l.checkShared(fields, m, f)
	if !l.mayPlace(by, f, m.Category) {
		fields.Add("category", "error.field.choice", map[string]any{"choices": ""})
	}
	if err := fields.Err(); err != nil {
		return err
	}
	if f.checkEffective(fields, m.Category, m.Audience); len(fields) > 0 {
		return fields.Err()
	}
	if m.Owner != owner && !l.policy.May(by, profile.PermissionContentPublish) {
		return fmt.Errorf("owner: %w", ErrForbidden)
	}
	return nil
}

// mayPlace reports whether by may put articles into a category: who cannot see
// it is told that it does not exist.
func (l *Library) mayPlace(by profile.Actor, f *forest, category string) bool {
	return l.policy.May(by, profile.PermissionContentPublish) || by.Sight().Admits(f.audience[category])
}

func (l *Library) setMeta(a *Article, m Meta) {
	a.Category, a.Kind, a.Order, a.Owner = m.Category, m.Kind, m.Order, m.Owner
	a.Audience, _ = profile.ParseAudience(m.Audience) // checked before
	a.Products, a.Tags, a.Related = tidy(m.Products), tidy(m.Tags), tidy(m.Related)
	a.Fields = l.Type(m.Kind).fields(errs.Fields{}, m.Fields)
	a.Media = l.Type(m.Kind).media(a.Fields)
}

// sameMeta reports whether two articles have all in common that their languages
// share.
func (a Article) sameMeta(b Article) bool {
	return a.Category == b.Category && a.Kind == b.Kind && a.Order == b.Order && a.Owner == b.Owner &&
		slices.Equal(a.Audience, b.Audience) && slices.Equal(a.Products, b.Products) && slices.Equal(a.Tags, b.Tags) &&
		slices.Equal(a.Related, b.Related) && maps.Equal(a.Fields, b.Fields)
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
func (l *Library) revise(a *Article, by profile.Actor, locale string, t Text, doc *document, based int) Revision {
	tr, ok := a.In(locale)
	if !ok {
		tr = Translation{Locale: locale, Status: StatusDraft}
	}
	tr.Head++
	rev := Revision{
		Article: a.ID, Locale: locale, Number: tr.Head, Title: strings.TrimSpace(t.Title),
		Summary: strings.TrimSpace(t.Summary), Body: t.Body, Media: doc.media, Blocks: doc.blocks, Links: l.linksFrom(a.ID, doc), Based: based, Author: by.ID, Note: t.Note, At: a.UpdatedAt,
		SEOTitle: strings.TrimSpace(t.SEOTitle), Description: strings.TrimSpace(t.Description),
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

// Edit saves a text as the newest revision in locale. Readers go on seeing the
// live one until Publish; only a new slug shows at once, so that by must be
// allowed to publish. version is the article's as it was read. Saving the same
// text again, because the answer was lost, saves it once.
func (l *Library) Edit(ctx context.Context, by profile.Actor, id, locale string, version int, t Text) (Article, error) {
	a, err := l.edit(ctx, by, id, canonical(locale), version, t)
	if err != nil {
		return Article{}, fmt.Errorf("edit article %s: %w", id, err)
	}
	return a, nil
}

func (l *Library) edit(ctx context.Context, by profile.Actor, id, locale string, version int, t Text) (Article, error) {
	a, err := l.editable(ctx, by, id, locale)
	if err != nil {
		return Article{}, err
	}
	doc, err := l.checkText(ctx, by, a, locale, t)
	if err != nil {
		return Article{}, err
	}
	done, err := l.edited(ctx, by, a, locale, version, t)
	if err != nil || done {
		return a, err
	}
	if err := l.advance(&a, version); err != nil {
		return Article{}, err
	}
	rev := l.revise(&a, by, locale, t, doc.all, a.basis(locale))
	return l.save(ctx, by, a, "article.edited", rev)
}

func (l *Library) checkText(ctx context.Context, by profile.Actor, a Article, locale string, t Text) (drawn, error) {
	fields := errs.Fields{}
	t.check(fields)
	checkLocale(fields, "locale", locale)
	if err := fields.Err(); err != nil {
		return drawn{}, err
	}
	tr, _ := a.In(locale)
	if tr.Visible() && t.Slug != "" && Slugify(t.Slug) != tr.Slug && !l.policy.May(by, profile.PermissionContentPublish) {
		return drawn{}, fmt.Errorf("address: %w", ErrForbidden)
	}
	if err := l.freeSlug(ctx, a.ID, t.Slug); err != nil {
		return drawn{}, err
	}
	return l.draw(locale, t.Body)
}

// edited reports whether the change from version to the next was by saving t.
func (l *Library) edited(ctx context.Context, by profile.Actor, a Article, locale string, version int, t Text) (bool, error) {
	tr, ok := a.In(locale)
	if a.Version != version+1 || !ok {
		return false, nil
	}
	rev, err := l.store.Revision(ctx, a.ID, locale, tr.Head)
	return err == nil && t.same(rev) && rev.Author == by.ID && rev.Note == t.Note && rev.At.Equal(a.UpdatedAt), err
}

// basis returns the revision of the source that a text in locale saved now is
// translated from: what readers see of it or, before they do, the newest.
func (a Article) basis(locale string) int {
	src, _ := a.In(a.Source)
	switch {
	case locale == a.Source:
		return 0
	case src.Live > 0:
		return src.Live
	}
	return src.Head
}

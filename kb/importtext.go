package kb

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/markdown"
)

// texts adds the items that differ from what a has to a, and returns them as
// revisions. A text that cannot be taken is reported; the others go on, unless
// it is the one from which they are translated and there is no older one of it.
func (im *importing) texts(ctx context.Context, a *Article, g []Item) ([]Revision, error) {
	var revisions []Revision
	for i, item := range g {
		rev, err := im.text(ctx, a, g[0], item)
		if err != nil && i == 0 && len(a.Translations) == 0 {
			return nil, im.leaveOut(g, err)
		}
		if err != nil && serious(err) {
			return nil, err
		}
		if err != nil {
			im.problem(item, err)
			continue
		}
		if rev.Number > 0 {
			revisions = append(revisions, rev)
		}
		draft, err := im.draft(ctx, a, item, rev.Number > 0)
		if err != nil && serious(err) {
			return nil, err
		}
		if err != nil {
			im.problem(item, err)
			continue
		}
		if draft.Number > 0 {
			revisions = append(revisions, draft)
		}
	}
	return revisions, nil
}

// draft adds the text that is to take the place of an item's to a, as a revision
// that readers are not shown. Its number is 0 if there is none, or if it is there
// already.
func (im *importing) draft(ctx context.Context, a *Article, item Item, renewed bool) (Revision, error) {
	if item.Draft == nil {
		return Revision{}, nil
	}
	d := *item.Draft
	d.Slug, d.Note = "", ImportedNote(im.b.Name)
	text := item
	text.Body = d.Body
	d.Body = im.links.rewrite(text)
	fields := errs.Fields{}
	if d.check(fields); len(fields) > 0 {
		return Revision{}, fields.Err()
	}
	have, ok := a.In(item.Locale)
	if !ok {
		return Revision{}, nil // its text could not be taken, and was reported
	}
	if !renewed && have.Head > have.Live {
		newest, err := im.newest(ctx, a.ID, have)
		if err != nil || d.same(newest) {
			return Revision{}, err
		}
	}
	doc, err := im.l.draw(item.Locale, d.Body)
	if err != nil {
		return Revision{}, err
	}
	if at := im.l.clock(); at.After(a.UpdatedAt) {
		a.UpdatedAt = at
	}
	return im.l.revise(a, im.by, item.Locale, d, doc.all, have.Based), nil
}

// text adds one item to a. The revision it returns has number 0 if the text is
// there already.
func (im *importing) text(ctx context.Context, a *Article, source, item Item) (Revision, error) {
	t := Text{
		Title: item.Title, Slug: item.Slug, Summary: markdown.Summary(item.Summary, MaxSummary),
		Body: im.links.rewrite(item), Note: ImportedNote(im.b.Name), SEOTitle: item.SEOTitle, Description: item.Description,
	}
	fields := errs.Fields{}
	t.check(fields)
	checkLocale(fields, "locale", item.Locale)
	if known := []Status{StatusDraft, StatusPublished, StatusArchived}; item.Status != "" && !slices.Contains(known, item.Status) {
		fields.Add("status", "error.field.choice", map[string]any{"choices": listed(known)})
	}
	if err := fields.Err(); err != nil {
		return Revision{}, err
	}
	have, _ := a.In(item.Locale)
	if item.Draft != nil && have.Live > 0 {
		have.Head = have.Live // what comes after it is looked at by itself
	}
	newest, err := im.newest(ctx, a.ID, have)
	if err != nil {
		return Revision{}, err
	}
	if t.Summary == "" && newest.Body == t.Body {
		t.Summary = newest.Summary // it was made from the same text
	}
	t.SEOTitle, t.Description = cmp.Or(t.SEOTitle, newest.SEOTitle), cmp.Or(t.Description, newest.Description)
	if newest.Number > 0 && t.same(newest) && have.stands(item) {
		return Revision{}, im.touch(ctx, a, source, item)
	}
	doc, err := im.l.draw(item.Locale, t.Body)
	if err != nil {
		return Revision{}, err
	}
	if t.Summary == "" {
		t.Summary = doc.open.summary()
	}
	return im.add(a, source, item, t, doc.all), nil
}

// newest returns the newest revision of a translation; its number is 0 if there
// is none.
func (im *importing) newest(ctx context.Context, id string, t Translation) (Revision, error) {
	if t.Head == 0 {
		return Revision{}, nil
	}
	return im.l.store.Revision(ctx, id, t.Locale, t.Head)
}

// add adds a text to a as a revision, with the dates and the status it had.
func (im *importing) add(a *Article, source, item Item, t Text, doc *document) Revision {
	at := im.date(item.Updated)
	if at.After(a.UpdatedAt) {
		a.UpdatedAt = at
	}
	rev := im.l.revise(a, im.by, item.Locale, t, doc, im.based(a, source, item))
	rev.At = at
	tr, _ := a.In(item.Locale)
	tr.Status = tr.asks(item)
	if tr.Status != StatusDraft {
		tr.Live, tr.Based, tr.Title, tr.Summary, tr.UpdatedAt = rev.Number, rev.Based, rev.Title, rev.Summary, at
		if tr.PublishedAt.IsZero() {
			tr.PublishedAt = im.date(item.Created, item.Updated)
		}
	}
	a.put(tr)
	if tr.Visible() && at.After(a.ShownAt) {
		a.ShownAt = at
	}
	return rev
}

// based returns which revision of the source an item is translated from: the
// newest, unless its dates say that it is older than that.
func (im *importing) based(a *Article, source, item Item) int {
	if item.Locale == a.Source || item.behind(source) {
		return 0
	}
	src, _ := a.In(a.Source)
	return src.Head
}

// behind reports whether the dates say that an item was translated before the
// source was last changed.
func (i Item) behind(source Item) bool {
	return !i.SourceUpdated.IsZero() && i.SourceUpdated.Before(source.Updated)
}

// touch changes what can change of a text whose words are the same: its address,
// and that it is up to date with a source that has gone on.
func (im *importing) touch(ctx context.Context, a *Article, source, item Item) error {
	t, _ := a.In(item.Locale)
	if item.Locale != a.Source && t.Live > 0 && !item.SourceUpdated.IsZero() && !item.behind(source) {
		t.Based = im.based(a, source, item)
	}
	if slug := Slugify(item.Slug); slug != "" && slug != t.Slug {
		holder, err := im.l.store.Holder(ctx, slug)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
		if err != nil || holder == a.ID {
			t.Slug = slug
		}
	}
	a.put(t)
	return nil
}

// stands reports whether t has the status that an item asks for.
func (t Translation) stands(item Item) bool {
	return t.Status == t.asks(item) && (t.Status == StatusDraft || t.Live == t.Head)
}

// asks returns the status that an item asks for, where t is what there is. One
// that says nothing is to be shown, but brings back nothing that was archived.
func (t Translation) asks(item Item) Status {
	switch {
	case item.Status != "":
		return item.Status
	case t.Status == StatusArchived:
		return StatusArchived
	}
	return StatusPublished
}

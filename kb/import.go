package kb

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/idem"
	"github.com/stoa-go/stoa/profile"
)

// Import takes everything in b into the library. IDs follow from the names in
// b, so that importing again changes only what has changed, and an import that
// was cut off is completed by the next. What cannot be taken is reported and
// the rest goes on. Nothing is announced to anybody.
func (l *Library) Import(ctx context.Context, by profile.Actor, b Bundle, opts *ImportOptions) (ImportReport, error) {
	if !l.policy.May(by, profile.PermissionContentImport) {
		return ImportReport{}, fmt.Errorf("import %s: %w", b.Name, ErrForbidden)
	}
	im := l.newImport(by, b, opts)
	for _, step := range []func(context.Context) error{im.categories, im.media, im.articles, im.redirects} {
		if err := step(ctx); err != nil {
			return im.report, fmt.Errorf("import %s: %w", b.Name, err)
		}
	}
	return im.report, nil
}

// An importing is one import under way.
type importing struct {
	l      *Library
	by     profile.Actor
	b      Bundle
	opts   ImportOptions
	groups [][]Item // the languages of each article, its source first
	report ImportReport
}

func (l *Library) newImport(by profile.Actor, b Bundle, opts *ImportOptions) *importing {
	im := &importing{l: l, by: by, b: b}
	if opts != nil {
		im.opts = *opts
	}
	im.opts.Source = cmp.Or(im.opts.Source, l.locales[0])
	if im.opts.Audience == nil {
		im.opts.Audience = profile.Public()
	}
	im.report.Problems = slices.Clone(b.Problems)
	im.report.Texts = len(b.Items)
	im.group()
	return im
}

// group gathers the languages of each article, in the order in which articles
// were first met.
func (im *importing) group() {
	at := map[string]int{}
	for _, item := range im.b.Items {
		i, ok := at[item.External]
		if !ok {
			i = len(im.groups)
			at[item.External] = i
			im.groups = append(im.groups, nil)
		}
		if slices.ContainsFunc(im.groups[i], func(o Item) bool { return o.Locale == item.Locale }) {
			im.problem(item, fmt.Errorf("%s is here a second time in %s", item.External, item.Locale))
			continue
		}
		im.groups[i] = append(im.groups[i], item)
	}
	for _, g := range im.groups {
		slices.SortStableFunc(g, func(a, b Item) int {
			return cmp.Or(-compareBool(a.Locale == im.opts.Source, b.Locale == im.opts.Source), cmp.Compare(a.Locale, b.Locale))
		})
	}
	im.report.Articles = len(im.groups)
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

func (im *importing) problem(item Item, err error) {
	im.report.Problems = append(im.report.Problems, NewProblem(item.File, item.Line, err))
}

// id returns the ID of what the bundle calls external.
func (im *importing) id(kind, external string) string {
	return idem.ID("kb.import."+kind, im.b.Name, external)
}

// serious reports whether an error ends the import: it is not about one item.
func serious(err error) bool {
	return !errors.Is(err, ErrInvalid) && !errors.Is(err, ErrConflict)
}

func (im *importing) articles(ctx context.Context) error {
	links := im.linkTable()
	for i, g := range im.groups {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := im.article(ctx, g, links); err != nil {
			if serious(err) {
				return err
			}
			im.problem(g[0], err)
		}
		if im.opts.Progress != nil {
			im.opts.Progress(i+1, len(im.groups))
		}
	}
	return nil
}

// article imports one article with all its languages in one call to the store.
func (im *importing) article(ctx context.Context, g []Item, links linkTable) error {
	id := im.id("article", g[0].External)
	old, err := im.l.store.Article(ctx, id)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	a := old.clone()
	if old.Version == 0 {
		a = Article{ID: id, Source: g[0].Locale, External: g[0].External, CreatedAt: im.date(g[0].Created, g[0].Updated)}
	}
	if err := im.arrange(ctx, &a, g[0]); err != nil {
		return err
	}
	revisions, err := im.texts(ctx, &a, g, links)
	if err != nil {
		return err
	}
	if same(old, a) && len(revisions) == 0 {
		im.report.Unchanged++
		return nil
	}
	return im.keep(ctx, a, revisions)
}

func (im *importing) keep(ctx context.Context, a Article, revisions []Revision) error {
	a.Version++
	media, err := im.l.mediaOf(ctx, a, revisions)
	if err != nil {
		return err
	}
	if err := im.l.saveUnderFreeSlug(ctx, &a, media, revisions); err != nil {
		return err
	}
	if a.Version == 1 {
		im.report.Created++
	} else {
		im.report.Updated++
	}
	return nil
}

// same reports whether two articles differ in nothing that an import sets.
func same(a, b Article) bool {
	return a.Version > 0 && a.Category == b.Category && a.Kind == b.Kind && a.Order == b.Order && a.Owner == b.Owner &&
		slices.Equal(a.Audience, b.Audience) && slices.Equal(a.Products, b.Products) && slices.Equal(a.Tags, b.Tags) &&
		slices.Equal(a.Related, b.Related) && slices.Equal(a.Translations, b.Translations)
}

// date returns the first of the dates that is known, or now.
func (im *importing) date(dates ...time.Time) time.Time {
	for _, d := range dates {
		if !d.IsZero() {
			return d.UTC().Truncate(time.Microsecond)
		}
	}
	return im.l.clock()
}

// arrange sets what all languages share from the source's item.
func (im *importing) arrange(ctx context.Context, a *Article, item Item) error {
	m := Meta{
		Category: im.categoryID(item.Category), Kind: cmp.Or(item.Kind, KindHowTo), Audience: item.Audience,
		Products: item.Products, Tags: item.Tags, Order: item.Order, Owner: cmp.Or(item.Owner, im.by.ID),
	}
	if len(m.Audience) == 0 {
		m.Audience = im.opts.Audience
	}
	for _, external := range item.Related {
		m.Related = append(m.Related, im.id("article", external))
	}
	f, err := im.l.categories(ctx)
	if err != nil {
		return err
	}
	fields := errs.Fields{}
	m.check(fields, f)
	if err := fields.Err(); err != nil {
		return err
	}
	a.setMeta(m)
	return nil
}

// texts adds the items that differ from what a has to a, and returns them as
// revisions. A text that cannot be taken is reported; the others go on.
func (im *importing) texts(ctx context.Context, a *Article, g []Item, links linkTable) ([]Revision, error) {
	var revisions []Revision
	for i, item := range g {
		rev, err := im.text(ctx, a, g[0], item, links)
		if err != nil && (serious(err) || i == 0) {
			return nil, err // without its source, there is no article
		}
		if err != nil {
			im.problem(item, err)
			continue
		}
		if rev.Number > 0 {
			revisions = append(revisions, rev)
		}
	}
	return revisions, nil
}

// text adds one item to a. The revision it returns has number 0 if the text is
// there already.
func (im *importing) text(ctx context.Context, a *Article, source, item Item, links linkTable) (Revision, error) {
	t := Text{Title: item.Title, Slug: item.Slug, Summary: item.Summary, Body: links.rewrite(item), Note: "imported from " + im.b.Name}
	if t.Summary == "" {
		t.Summary = im.l.summarise(item.Locale, t.Body)
	}
	fields := errs.Fields{}
	t.check(fields)
	checkLocale(fields, item.Locale)
	if err := fields.Err(); err != nil {
		return Revision{}, err
	}
	based, err := im.changed(ctx, a, source, item, t)
	if err != nil || based < 0 {
		return Revision{}, err
	}
	a.UpdatedAt = im.date(item.Updated)
	rev := im.l.revise(a, im.by, item.Locale, t, based)
	im.show(a, item, rev)
	return rev, nil
}

// changed reports what a text is based on if it has to be saved: the revision
// of the source, or -1 if it is there already as it is.
func (im *importing) changed(ctx context.Context, a *Article, source, item Item, t Text) (int, error) {
	based := 0
	if item.Locale != a.Source && (item.SourceUpdated.IsZero() || !item.SourceUpdated.Before(source.Updated)) {
		src, _ := a.In(a.Source)
		based = src.Head
	}
	have, ok := a.In(item.Locale)
	if !ok {
		return based, nil
	}
	rev, err := im.l.store.Revision(ctx, a.ID, item.Locale, have.Head)
	if err != nil {
		return 0, err
	}
	if rev.Title == strings.TrimSpace(t.Title) && rev.Summary == strings.TrimSpace(t.Summary) && rev.Body == t.Body &&
		have.Status == item.status() && (have.Status != StatusPublished || have.Live == have.Head) {
		return -1, nil
	}
	return based, nil
}

func (i Item) status() Status {
	switch {
	case i.Archived:
		return StatusArchived
	case i.Draft:
		return StatusDraft
	}
	return StatusPublished
}

// show gives a text the status it was imported with, and its dates.
func (im *importing) show(a *Article, item Item, rev Revision) {
	t, _ := a.In(item.Locale)
	t.Status = item.status()
	if t.Status != StatusDraft {
		t.Live, t.Based, t.Title, t.Summary = rev.Number, rev.Based, rev.Title, rev.Summary
		t.UpdatedAt = im.date(item.Updated)
		if t.PublishedAt.IsZero() {
			t.PublishedAt = im.date(item.Created, item.Updated)
		}
	}
	a.put(t)
	if t.Visible() && t.UpdatedAt.After(a.ShownAt) {
		a.ShownAt = t.UpdatedAt
	}
}

func (im *importing) media(ctx context.Context) error {
	for _, m := range im.b.Media {
		old, err := im.l.store.Media(ctx, m.Name)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
		kept, err := im.l.PutMedia(ctx, im.by, m.Name, m.Data)
		if err != nil {
			if serious(err) {
				return err
			}
			im.problem(Item{File: m.Name}, err)
			continue
		}
		if kept.Hash != old.Hash {
			im.report.Media++
		}
	}
	return nil
}

func (im *importing) redirects(ctx context.Context) error {
	var all []Redirect
	for _, g := range im.groups {
		to := "article/" + im.id("article", g[0].External)
		if _, err := im.l.store.Article(ctx, to[len("article/"):]); err != nil {
			continue // it could not be imported, and was reported
		}
		for _, item := range g {
			for _, from := range item.RedirectFrom {
				all = append(all, Redirect{From: normalPath(from), To: to, Locale: item.Locale})
			}
		}
	}
	im.report.Redirects = len(all)
	for chunk := range slices.Chunk(all, 200) {
		if err := im.l.SaveRedirects(ctx, im.by, chunk...); err != nil {
			return err
		}
	}
	return nil
}

func (im *importing) categories(ctx context.Context) error {
	for _, c := range im.allCategories() {
		if err := im.category(ctx, c); err != nil {
			if serious(err) {
				return err
			}
			im.problem(Item{File: "category " + c.External}, err)
		}
	}
	return nil
}

// categoryID returns the ID of a category of the bundle.
func (im *importing) categoryID(external string) string {
	return im.id("category", cmp.Or(external, "general"))
}

// allCategories returns the bundle's categories, parents first, and one for
// each that items stand in and that is not among them.
func (im *importing) allCategories() []CategoryItem {
	known := map[string]bool{}
	all := im.sortedCategories()
	for _, c := range all {
		known[c.External] = true
	}
	for _, item := range im.b.Items {
		name := cmp.Or(item.Category, "general")
		if known[name] {
			continue
		}
		known[name] = true
		title := humanise(name)
		all = append(all, CategoryItem{
			External: name, Order: 10 * (len(all) + 1), Audience: im.opts.Audience,
			Labels: map[string]Label{im.opts.Source: {Title: title, Slug: slugFor(name, im.id("category", name))}},
		})
	}
	return all
}

func (im *importing) sortedCategories() []CategoryItem {
	var out []CategoryItem
	placed := map[string]bool{"": true}
	rest := slices.Clone(im.b.Categories)
	for len(rest) > 0 {
		before := len(rest)
		rest = slices.DeleteFunc(rest, func(c CategoryItem) bool {
			if !placed[c.Parent] {
				return false
			}
			placed[c.External] = true
			out = append(out, c)
			return true
		})
		if len(rest) == before {
			return append(out, rest...) // their parents are missing: saving them says so
		}
	}
	return out
}

// humanise makes a title from a name: "trouble-signing-in" is "Trouble signing in".
func humanise(name string) string {
	s := strings.Join(strings.FieldsFunc(name, func(r rune) bool { return r == '-' || r == '_' || r == '/' }), " ")
	if s == "" {
		return name
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

func (im *importing) category(ctx context.Context, item CategoryItem) error {
	f, err := im.l.categories(ctx)
	if err != nil {
		return err
	}
	old := f.byID[im.categoryID(item.External)]
	c := Category{
		ID: im.categoryID(item.External), Order: item.Order, Audience: item.Audience, Icon: item.Icon,
		Labels: maps.Clone(item.Labels), Source: im.opts.Source, External: item.External, Version: old.Version,
	}
	if item.Parent != "" {
		c.Parent = im.categoryID(item.Parent)
	}
	if _, ok := c.Labels[c.Source]; !ok {
		c.Source = ""
	}
	f.makeWay(&c)
	if err := c.prepare(f); err != nil {
		return err
	}
	if sameCategory(old, c) {
		return nil
	}
	if _, err := im.l.SaveCategory(ctx, im.by, c); err != nil {
		return err
	}
	im.report.Categories++
	return nil
}

func sameCategory(a, b Category) bool {
	return a.Version > 0 && a.Parent == b.Parent && a.Order == b.Order && slices.Equal(a.Audience, b.Audience) &&
		a.Icon == b.Icon && maps.Equal(a.Labels, b.Labels) && a.Source == b.Source
}

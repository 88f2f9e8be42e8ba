package kb

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/idem"
	"github.com/stoa-go/stoa/profile"
)

// Import takes everything in b into the library. IDs follow from the names in
// b, so that importing again changes only what has changed in b, and an import
// that was cut off is completed by the next. What b says of an article wins over
// what was edited since; revisions keep the latter. Who may see something stays
// as it is where b says nothing of that, and so does what was archived. What
// cannot be taken is reported and the rest goes on. Nothing is announced to anybody.
func (l *Library) Import(ctx context.Context, by profile.Actor, b Bundle, opts *ImportOptions) (ImportReport, error) {
	if !l.policy.May(by, profile.PermissionContentImport) {
		return ImportReport{}, fmt.Errorf("import %s: %w", b.Name, ErrForbidden)
	}
	if opts != nil && opts.Rehearse {
		l = l.rehearsal()
	}
	im, err := l.newImport(ctx, by, b, opts)
	if err != nil {
		return ImportReport{}, fmt.Errorf("import %s: %w", b.Name, err)
	}
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
	own    bool     // it is this installation's export
	groups [][]Item // the languages of each article
	links  linkTable
	there  map[string]bool // IDs of the articles that are in the library now
	report ImportReport
}

func (l *Library) newImport(ctx context.Context, by profile.Actor, b Bundle, opts *ImportOptions) (*importing, error) {
	im := &importing{l: l, by: by, b: b, there: map[string]bool{}}
	if opts != nil {
		im.opts = *opts
	}
	im.opts.Source = canonical(cmp.Or(im.opts.Source, l.locales[0]))
	if im.opts.Audience == nil {
		im.opts.Audience = profile.Public()
	}
	if b.Origin != "" {
		here, err := l.Installation(ctx)
		if err != nil {
			return nil, err
		}
		im.own = b.Origin == here
	}
	im.report.Problems = slices.Clone(b.Problems)
	im.report.Texts = len(b.Items)
	im.group()
	im.links = im.linkTable()
	return im, nil
}

// group gathers the languages of each article, in the order in which articles
// were first met.
func (im *importing) group() {
	at := map[string]int{}
	written := im.written()
	for _, item := range im.b.Items {
		item.Locale = im.settle(canonical(cmp.Or(item.Locale, im.opts.Source)), written[item.External])
		if item.External == "" {
			im.problem(item, errors.New("it has no name to know it by"))
			continue
		}
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
	im.report.Articles = len(im.groups)
}

// ordered sorts the languages of an article: its source first. Where that is "en"
// and there is none, "en-US" is.
func ordered(g []Item, sources ...string) []Item {
	rank := func(item Item) int {
		if i := slices.Index(sources, item.Locale); i >= 0 {
			return i
		}
		if above := parent(item.Locale); above != "" && slices.Contains(sources, above) {
			return len(sources)
		}
		return len(sources) + 1
	}
	return slices.SortedStableFunc(slices.Values(g), func(a, b Item) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.Locale, b.Locale))
	})
}

func (im *importing) problem(item Item, err error) {
	im.report.Problems = append(im.report.Problems, NewProblem(item.File, item.Line, err))
}

// id returns the ID of what the bundle calls external.
func (im *importing) id(kind, external string) string {
	if im.own && ownID.MatchString(external) {
		return external
	}
	return idem.ID("kb.import."+kind, im.b.Name, external)
}

// ownID matches what IDs in an export of this installation look like.
var ownID = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// ImportedID returns the ID of the article that a bundle calls external.
func ImportedID(bundle, external string) string {
	return idem.ID("kb.import.article", bundle, external)
}

// ImportedNote is what the revisions of an import say of themselves.
func ImportedNote(bundle string) string { return "imported from " + bundle }

// external returns by which name what is new is known where it comes from: what
// is taken back comes from here.
func (im *importing) external(name string) string {
	if im.own {
		return ""
	}
	return name
}

// serious reports whether an error ends the import: it is not about one item.
func serious(err error) bool {
	return !errors.Is(err, ErrInvalid) && !errors.Is(err, ErrConflict)
}

func (im *importing) articles(ctx context.Context) error {
	im.tell(0)
	for i, g := range im.groups {
		if err := ctx.Err(); err != nil {
			return err
		}
		if im.opts.Only != nil && !im.opts.Only[g[0].External] {
			continue
		}
		if err := im.once(ctx, g); err != nil {
			if serious(err) {
				return err
			}
			im.problem(g[0], err)
		}
		im.tell(i + 1)
	}
	return nil
}

// tell says to who listens that so many articles are done.
func (im *importing) tell(done int) {
	if im.opts.Progress != nil && done > 0 {
		im.opts.Progress(done, len(im.groups))
	}
	if im.opts.Watch != nil {
		im.opts.Watch(ImportProgress{Done: done, Total: len(im.groups), Report: im.report})
	}
}

// once imports one article. If somebody else changes it at the same time, it is
// looked at again.
func (im *importing) once(ctx context.Context, g []Item) (err error) {
	before := len(im.report.Problems)
	for range 3 {
		im.report.Problems = im.report.Problems[:before]
		if err = im.article(ctx, g); !errors.Is(err, ErrConflict) {
			break
		}
	}
	return err
}

// article imports one article with all its languages in one call to the store.
func (im *importing) article(ctx context.Context, g []Item) error {
	id := im.id("article", g[0].External)
	old, err := im.l.store.Article(ctx, id)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	if im.own && old.Version > 0 && im.l.knows(ctx, im.by, old) != nil {
		return im.leaveOut(g, errs.Say(ErrInvalid, "error.import.not_yours", nil))
	}
	if old.Binned() {
		return im.leaveOut(g, errs.Say(ErrInvalid, "error.bin.import", nil))
	}
	g = ordered(g, old.Source, im.opts.Source)
	a := old.clone()
	if old.Version == 0 {
		a = Article{ID: id, Source: g[0].Locale, External: im.external(g[0].External), CreatedAt: im.date(g[0].Created, g[0].Updated)}
	}
	if err := im.arrange(ctx, &a, g); err != nil {
		return im.leaveOut(g, err)
	}
	revisions, err := im.texts(ctx, &a, g)
	if err != nil {
		return err
	}
	if len(a.Translations) == 0 {
		return nil // reported
	}
	return im.keep(ctx, old, a, revisions)
}

// leaveOut reports that the first of g cannot be taken, and so none of them.
func (im *importing) leaveOut(g []Item, err error) error {
	if serious(err) {
		return err
	}
	im.problem(g[0], err)
	for _, item := range g[1:] {
		place := NewProblem(g[0].File, g[0].Line, err).place()
		says := errs.Message{Key: "error.import.with_source", Args: map[string]any{"place": place}}
		im.problem(item, &errs.Says{Class: ErrInvalid, Message: says, Text: "left out with its source, " + place})
	}
	return nil
}

// keep stores what has changed.
func (im *importing) keep(ctx context.Context, old, a Article, revisions []Revision) error {
	if a.External == "" {
		a.External = old.External
	}
	meta := a.sameMeta(old)
	if old.Version > 0 && meta && len(revisions) == 0 && slices.Equal(old.Translations, a.Translations) {
		im.there[a.ID] = true
		im.report.Unchanged++
		return nil
	}
	if old.Version > 0 && !meta {
		a.UpdatedAt = im.l.clock()
	}
	a.Version++
	if err := im.l.keep(ctx, &a, revisions...); err != nil {
		return err
	}
	im.there[a.ID] = true
	if len(im.report.Changes) < MostChanges {
		t, _ := a.In(a.Source)
		im.report.Changes = append(im.report.Changes, ImportChange{Article: a.ID, Title: t.Title, New: a.Version == 1})
	}
	if a.Version == 1 {
		im.report.Created++
		im.report.Made = append(im.report.Made, a.ID)
	} else {
		im.report.Updated++
	}
	return nil
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

// arrange sets what all languages share from the source's item, and the
// audience from all.
func (im *importing) arrange(ctx context.Context, a *Article, g []Item) error {
	item := g[0]
	m := Meta{
		Category: im.categoryID(item.Category), Kind: cmp.Or(item.Kind, KindHowTo), Audience: im.audience(a, g),
		Products: item.Products, Tags: item.Tags, Fields: im.fields(item), Order: item.Order, Owner: cmp.Or(item.Owner, a.Owner, im.by.ID),
	}
	if m.Audience.Nobody() && !meantForNobody(a, g) {
		return errs.Field("audience", "error.audience.too_many", map[string]any{"max": profile.MaxEffective})
	}
	for _, external := range item.Related {
		m.Related = append(m.Related, im.id("article", external))
	}
	f, err := im.l.categories(ctx)
	if err != nil {
		return err
	}
	fields := errs.Fields{}
	if im.l.checkShared(fields, m, f); len(fields) == 0 {
		f.checkEffective(fields, m.Category, m.Audience)
	}
	if err := fields.Err(); err != nil {
		return err
	}
	im.l.setMeta(a, m)
	return nil
}

// fields returns those of an item's fields that can be taken; the others are
// reported.
func (im *importing) fields(item Item) map[string]string {
	wrong := errs.Fields{}
	im.l.Type(cmp.Or(item.Kind, KindHowTo)).fields(wrong, item.Fields)
	if len(wrong) == 0 {
		return item.Fields
	}
	im.problem(item, wrong)
	out := maps.Clone(item.Fields)
	maps.DeleteFunc(out, func(key, _ string) bool { _, bad := wrong["fields."+key]; return bad })
	return out
}

// audience returns whom an article is for: those whom each of its files is for.
func (im *importing) audience(a *Article, g []Item) profile.Audience {
	if a.Version > 0 && !slices.ContainsFunc(g, func(i Item) bool { return i.Audience != nil }) {
		return a.Audience
	}
	all := profile.Public()
	for _, item := range g {
		if item.Audience == nil {
			item.Audience = im.opts.Audience
		}
		all = all.And(item.Audience)
	}
	return all
}

// meantForNobody reports whether a file says that an article is for nobody, or
// the article is already.
func meantForNobody(a *Article, g []Item) bool {
	return a.Version > 0 && a.Audience.Nobody() ||
		slices.ContainsFunc(g, func(i Item) bool { return i.Audience != nil && i.Audience.Nobody() })
}

// redirects makes the old paths lead to what was imported. The first article to
// claim a path has it.
func (im *importing) redirects(ctx context.Context) error {
	var all []Redirect
	claimed := map[string]string{}
	for _, g := range im.groups {
		id := im.id("article", g[0].External)
		if !im.there[id] {
			continue // it could not be imported, and was reported
		}
		for _, item := range g {
			for _, from := range item.RedirectFrom {
				r, err := im.redirect(claimed, id, item, from)
				if err != nil {
					im.problem(item, err)
					continue
				}
				all = append(all, r)
			}
		}
	}
	im.report.Redirects = len(all)
	for chunk := range slices.Chunk(all, maxEntries) {
		if err := im.l.store.SaveRedirects(ctx, chunk...); err != nil {
			return err
		}
	}
	return nil
}

func (im *importing) redirect(claimed map[string]string, id string, item Item, from string) (Redirect, error) {
	fields := errs.Fields{}
	r := Redirect{From: from, To: "article/" + id, Locale: item.Locale}.prepared(fields, "redirect_from.")
	if err := fields.Err(); err != nil {
		return r, err
	}
	if holder, ok := claimed[r.From]; ok && holder != id {
		return r, fmt.Errorf("the old address %s is another article's as well", r.From)
	}
	claimed[r.From] = id
	return r, nil
}

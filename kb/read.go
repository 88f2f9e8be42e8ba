package kb

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/profile"
)

// A Page is an article as one reader sees it in one language.
type Page struct {
	Article     string // ID
	Kind        Kind
	Title       string
	Summary     string
	Text        Rendered          // the body, safe to show
	Parts       []Part            // the same, cut at its headings
	Fields      map[string]string // by the keys of the fields of its type
	Locale      string            // language it is shown in
	Asked       string            // language it was asked for in
	Slug        string            // in Locale
	Revision    int               //
	Version     string            // changes whenever anything on the page does, for caches
	Stale       bool              // the source has gone on since it was translated
	Products    []string          //
	Tags        []string          //
	PublishedAt time.Time         //
	UpdatedAt   time.Time         // of what is shown
	Categories  []Place           // from the top down to its own
	Languages   []Language
	Related     []Entry
	Series      []SeriesPlace // that it is a part of
	Files       []Attachment  // that its text links to
	Films       []Film        // to watch: those that its fields name, then those that its text shows
	Public      bool          // everybody may see it, so may search engines
	SEOTitle    string        // what search engines are told in the place of Title, or empty
	Description string        // and in the place of Summary
	Start       string        // how the text begins, for where there is neither
	Checked     Checked
}

// Checked is what readers are told of the verification of an article.
type Checked struct {
	At    time.Time // when somebody vouched for it last, zero if nobody did
	Until time.Time // from when on it may be out of date, zero if it is not said

	Unread bool // publishing it was all: nobody else had to look at it, and nobody has since
}

// Old reports whether readers are to be told that an article may be out of
// date.
func (c Checked) Old(now time.Time) bool { return !c.Until.IsZero() && !now.Before(c.Until) }

// A Language is one that an article can be read in.
type Language struct {
	Locale string
	Slug   string
}

// A Place is a category as a reader sees it.
type Place struct {
	ID          string
	Parent      string
	Locale      string // language of the label
	Title       string
	Slug        string
	Description string
	Icon        string
	Articles    int     // that the reader may see, in it and below
	Children    []Place // that the reader may see
	Languages   []Language
	Public      bool
}

// An Entry is an article in a list.
type Entry struct {
	Article   string
	Kind      Kind
	Locale    string
	Slug      string
	Title     string
	Summary   string
	Category  string
	Products  []string
	Fields    map[string]string // by the keys of the fields of its type
	UpdatedAt time.Time         // last change that readers see, in any language; by this OrderUpdated sorts
	TextAt    time.Time         // last change that readers see, in Locale
	Languages []Language
	Public    bool
}

// Article returns an article in the language that suits a reader of locale
// best. It records that the article was viewed.
func (l *Library) Article(ctx context.Context, by profile.Actor, id, locale string) (Page, error) {
	p, err := l.cachedPage(ctx, by, id, locale)
	if err != nil {
		return Page{}, fmt.Errorf("article %s: %w", id, err)
	}
	l.record(ctx, by, analytics.Event{Name: "article.viewed", Subject: "article/" + id, Locale: p.Locale})
	return p, nil
}

// Glance returns an article as [Library.Article] does and records nothing: it is
// for lists that machines read, such as sitemaps.
func (l *Library) Glance(ctx context.Context, by profile.Actor, id, locale string) (Page, error) {
	p, err := l.cachedPage(ctx, by, id, locale)
	if err != nil {
		return Page{}, fmt.Errorf("article %s: %w", id, err)
	}
	return p, nil
}

// Lend returns an article that by may read as somebody may see it to whom by
// hands it on: without the parts that not everybody sees. It records that the
// article was viewed.
func (l *Library) Lend(ctx context.Context, by profile.Actor, id, locale string) (Page, error) {
	a, f, err := l.visible(ctx, by, id)
	if err != nil {
		return Page{}, fmt.Errorf("article %s: %w", id, err)
	}
	p, _, err := l.page(ctx, by, everybody, a, f, locale)
	if err != nil {
		return Page{}, fmt.Errorf("article %s: %w", id, err)
	}
	l.record(ctx, by, analytics.Event{Name: "article.viewed", Subject: "article/" + id, Locale: p.Locale})
	return p, nil
}

// visible returns an article that by may read, and the categories.
func (l *Library) visible(ctx context.Context, by profile.Actor, id string) (Article, *forest, error) {
	a, err := l.store.Article(ctx, id)
	if err != nil {
		return Article{}, nil, absent(err)
	}
	f, err := l.categories(ctx)
	if err != nil {
		return Article{}, nil, err
	}
	if len(a.Live()) == 0 || !sees(by, a, f) {
		return Article{}, nil, ErrNotFound
	}
	return a, f, nil
}

// sees reports whether by belongs to the audience of a and to that of its
// category.
func sees(by profile.Actor, a Article, f *forest) bool {
	sight := by.Sight()
	return sight.Admits(a.Audience) && sight.Admits(f.audience[a.Category])
}

// public reports whether everybody sees a.
func public(a Article, f *forest) bool {
	return a.Audience.IsPublic() && f.audience[a.Category].IsPublic()
}

// live returns the languages of a that readers are shown, the source first if
// it is among them.
func (a Article) live() []string { return first(a.Live(), a.Source) }

// page returns an article as by sees it, with the parts that v sees, and the
// audiences of all of them.
func (l *Library) page(ctx context.Context, by profile.Actor, v viewer, a Article, f *forest, locale string) (Page, []profile.Audience, error) {
	t, _ := a.In(l.pick(locale, a.live()))
	rev, err := l.store.Revision(ctx, a.ID, t.Locale, t.Live)
	if err != nil {
		return Page{}, nil, err
	}
	p := Page{
		Article: a.ID, Kind: a.Kind, Title: rev.Title, Summary: rev.Summary, SEOTitle: rev.SEOTitle, Description: rev.Description,
		Locale: t.Locale, Asked: locale, Slug: t.Slug, Revision: t.Live, Stale: a.Stale(t),
		Products: a.Products, Tags: a.Tags, Fields: a.Fields, PublishedAt: t.PublishedAt, UpdatedAt: t.UpdatedAt,
		Languages: languages(a), Categories: l.chain(f, a.Category, locale), Public: public(a, f),
	}
	if p.Related, err = l.Entries(ctx, by, a.Related, locale); err != nil {
		return Page{}, nil, err
	}
	c, err := l.compose(ctx, l.scriptOf(ctx, rev), rev.Locale, v)
	if err != nil {
		return Page{}, nil, err
	}
	d, err := l.inked(ctx, rev, c)
	if err != nil {
		return Page{}, nil, err
	}
	kind := l.Type(a.Kind)
	p.Start = d.summary()
	if p.Text, err = l.linked(ctx, by, d, locale, kind); err != nil {
		return Page{}, nil, err
	}
	if p.Films, err = l.shownFilms(ctx, by, kind, d, a.Fields, locale); err != nil {
		return Page{}, nil, err
	}
	p.Parts = kind.parts(p.Text)
	if p.Files, err = l.attachments(ctx, d); err != nil {
		return Page{}, nil, err
	}
	if p.Checked, err = l.checked(ctx, a); err != nil {
		return Page{}, nil, err
	}
	if p.Series, err = l.seriesOf(ctx, by, f, a.ID, locale); err != nil {
		return Page{}, nil, err
	}
	p.Version = digest(p)
	return p, c.asked, nil
}

func languages(a Article) []Language {
	var out []Language
	for _, t := range a.Translations {
		if t.Visible() {
			out = append(out, Language{Locale: t.Locale, Slug: t.Slug})
		}
	}
	return out
}

// maxEntries is how many articles the store is asked for at once by their IDs.
const maxEntries = 200

// Entries returns the articles with the given IDs that by may read, in that
// order. Those that by may not are left out.
func (l *Library) Entries(ctx context.Context, by profile.Actor, ids []string, locale string) ([]Entry, error) {
	var out []Entry
	for chunk := range slices.Chunk(ids, maxEntries) {
		page, _, err := l.Articles(ctx, by, Query{IDs: chunk, Locale: locale, Limit: len(chunk)})
		if err != nil {
			return nil, err
		}
		out = append(out, page...)
	}
	at := make(map[string]int, len(ids))
	for i, id := range slices.Backward(ids) {
		at[id] = i
	}
	slices.SortStableFunc(out, func(a, b Entry) int { return at[a.Article] - at[b.Article] })
	return slices.CompactFunc(out, func(a, b Entry) bool { return a.Article == b.Article }), nil
}

// A Query selects articles for readers.
type Query struct {
	Category string       // only in this category; empty means in any
	Below    bool         // and in the categories under it
	Kinds    []Kind       // only of these kinds
	Product  string       // only about this product
	IDs      []string     // only these
	Locale   string       // reader's language
	Order    ArticleOrder //
	After    string       // page token from an earlier answer to the same query
	Limit    int          // 0 means 50, at most 200
}

// Articles returns a page of the articles that by may read, and a token for the
// next, empty on the last.
func (l *Library) Articles(ctx context.Context, by profile.Actor, q Query) (page []Entry, next string, err error) {
	if q.Order != OrderPlace && q.Order != OrderUpdated {
		return nil, "", fmt.Errorf("articles: %w", errs.Field("order", "error.field.choice", map[string]any{"choices": string(OrderUpdated)}))
	}
	f, err := l.categories(ctx)
	if err != nil {
		return nil, "", fmt.Errorf("articles: %w", err)
	}
	sq, err := l.storeQuery(f, by.Sight(), q)
	if err != nil {
		return nil, "", fmt.Errorf("articles: %w", err)
	}
	articles, next, err := l.store.Articles(ctx, sq)
	if err != nil {
		return nil, "", fmt.Errorf("articles: %w", err)
	}
	for _, a := range articles {
		page = append(page, l.entry(a, f, q.Locale))
	}
	return page, l.tokens.Seal(q.scope(), next), nil
}

// storeQuery returns q as the store takes it, for what sight admits.
func (l *Library) storeQuery(f *forest, sight profile.Sight, q Query) (ArticleQuery, error) {
	after, err := l.tokens.Open(q.scope(), q.After)
	return ArticleQuery{
		Sight: &sight, IDs: q.IDs, Categories: within(f, sight, q.Category, q.Below), Kinds: q.Kinds,
		Product: q.Product, Visible: true, Order: q.Order, After: after, Limit: clamp(q.Limit, 50, maxEntries),
	}, err
}

// scope names a query in its page tokens, so that a token serves no other.
func (q Query) scope() string {
	return fmt.Sprintf("articles|%q|%t|%q|%q|%q|%q", q.Category, q.Below, q.Kinds, q.Product, q.Order, q.IDs)
}

// within returns the categories that sight admits: all of them, or the one
// asked for and those below it.
func within(f *forest, sight profile.Sight, category string, below bool) []string {
	if category == "" {
		return f.visible(sight)
	}
	ids := []string{category}
	if below {
		ids = f.below(category)
	}
	out := []string{}
	for _, id := range ids {
		if sight.Admits(f.audience[id]) {
			out = append(out, id)
		}
	}
	return out
}

func clamp(n, zero, most int) int {
	if n <= 0 {
		return zero
	}
	return min(n, most)
}

func (l *Library) entry(a Article, f *forest, locale string) Entry {
	t, _ := a.In(l.pick(locale, a.live()))
	return Entry{
		Article: a.ID, Kind: a.Kind, Locale: t.Locale, Slug: t.Slug, Title: t.Title, Summary: t.Summary,
		Category: a.Category, Products: a.Products, Fields: a.Fields, UpdatedAt: a.ShownAt, TextAt: t.UpdatedAt, Languages: languages(a),
		Public: public(a, f),
	}
}

// All ranges over every article that matches q and that by may read, page by
// page.
func (l *Library) All(ctx context.Context, by profile.Actor, q Query) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		for {
			page, next, err := l.Articles(ctx, by, q)
			if err != nil {
				yield(Entry{}, err)
				return
			}
			for _, e := range page {
				if !yield(e, nil) {
					return
				}
			}
			if next == "" {
				return
			}
			q.After = next
		}
	}
}

// Version returns a text that changes whenever what readers see of an article
// itself does, or ErrNotFound. It is cheap, for pages that watch for changes.
func (l *Library) Version(ctx context.Context, by profile.Actor, id string) (string, error) {
	a, f, err := l.visible(ctx, by, id)
	if err != nil {
		return "", fmt.Errorf("article %s: %w", id, err)
	}
	e := struct {
		Entry
		Shown []Translation
		Tags  []string
		Up    []Place
		Texts []string // versions of the blocks in them
	}{Entry: l.entry(a, f, ""), Tags: a.Tags, Up: l.chain(f, a.Category, "")}
	for _, t := range a.Translations {
		if t.Visible() {
			t.Head = 0 // what authors are preparing is no reader's business
			e.Shown = append(e.Shown, t)
			blocks, err := l.blocksIn(ctx, a, t)
			if err != nil {
				return "", fmt.Errorf("article %s: %w", id, err)
			}
			e.Texts = append(e.Texts, blocks)
		}
	}
	return digest(e), nil
}

// blocksIn returns a text that changes with the blocks in what readers see of t.
func (l *Library) blocksIn(ctx context.Context, a Article, t Translation) (string, error) {
	rev, err := l.store.Revision(ctx, a.ID, t.Locale, t.Live)
	if err != nil {
		return "", err
	}
	s := l.scriptOf(ctx, rev)
	if len(s.includes) == 0 {
		return "", nil
	}
	c, err := l.compose(ctx, s, t.Locale, authors)
	return c.variant, err
}

package kb_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/kb/kbtest"
	"github.com/stoa-go/stoa/profile"
)

func TestReadersGetTheLanguageThatSuitsThem(t *testing.T) {
	w := newWorld(t)
	w.place("c", "", "public")
	a := w.show(draft("hubs", "c", "public"))
	a = w.translate(a, "de", "Über Hubs")
	for asked, want := range map[string]string{"de": "de", "de-AT": "de", "en": "en", "fr": "en", "": "en", "x\xff": "en"} {
		p, err := w.Article(w.ctx(), anyone, a.ID, asked)
		require.NoError(t, err)
		require.Equal(t, []string{want, asked}, []string{p.Locale, p.Asked})
		require.Len(t, p.Languages, 2)
	}
	f, err := w.Find(w.ctx(), anyone, "de", "about-hubs")
	require.NoError(t, err)
	require.Equal(t, kb.Found{Ref: kb.Ref{Kind: "article", ID: a.ID, Locale: "de", Slug: "uber-hubs"}, Moved: true}, f)

	a, err = w.Archive(w.ctx(), reviewer, a.ID, "en", a.Version)
	require.NoError(t, err)
	p, err := w.Article(w.ctx(), anyone, a.ID, "en")
	require.NoError(t, err)
	require.Equal(t, "de", p.Locale, "where the source is gone, what is left")
	require.Equal(t, []kb.Language{{Locale: "de", Slug: "uber-hubs"}}, p.Languages)
}

// TestOneSlugInSeveralLanguages: where one language of an article is gone, its
// address leads to another without going round in circles.
func TestOneSlugInSeveralLanguages(t *testing.T) {
	w := newWorld(t)
	w.place("c", "", "public")
	a := w.show(draft("hubs", "c", "public"))
	a, err := w.Edit(w.ctx(), reviewer, a.ID, "de", a.Version, kb.Text{Title: "Über", Slug: "about-hubs", Body: "Text"})
	require.NoError(t, err)
	a = w.publish(a, "de")
	a, err = w.Archive(w.ctx(), reviewer, a.ID, "de", a.Version)
	require.NoError(t, err)
	f, err := w.Find(w.ctx(), anyone, "de", "about-hubs")
	require.NoError(t, err)
	require.Equal(t, kb.Found{Ref: kb.Ref{Kind: "article", ID: a.ID, Locale: "en", Slug: "about-hubs"}}, f)
}

func TestHostsChooseLanguages(t *testing.T) {
	w := newWorld(t)
	w.place("c", "", "public")
	a := w.translate(w.show(draft("hubs", "c", "public")), "de", "Über Hubs")
	opts := w.options()
	opts.Choose = func(asked string, have []string) string {
		require.Equal(t, "en", have[0], "the source comes first")
		if asked == "nonsense" {
			return "fr"
		}
		return have[len(have)-1]
	}
	l := kb.NewLibrary(w.store, opts)
	p, err := l.Article(w.ctx(), anyone, a.ID, "en")
	require.NoError(t, err)
	require.Equal(t, "de", p.Locale)
	p, err = l.Article(w.ctx(), anyone, a.ID, "nonsense")
	require.NoError(t, err)
	require.Equal(t, "en", p.Locale, "a choice that is none is the source")
}

func TestTranslationsGoStale(t *testing.T) {
	w := newWorld(t)
	w.place("c", "", "public")
	stale := func(a kb.Article) bool {
		t.Helper()
		p, err := w.Article(w.ctx(), anyone, a.ID, "de")
		require.NoError(t, err)
		require.Equal(t, "de", p.Locale)
		return p.Stale
	}
	a := w.translate(w.show(draft("hubs", "c", "public")), "de", "Über Hubs")
	require.False(t, stale(a))
	a, err := w.Edit(w.ctx(), reviewer, a.ID, "en", a.Version, kb.Text{Title: "T", Body: "New."})
	require.NoError(t, err)
	require.False(t, stale(a), "a draft makes nothing stale")
	a = w.publish(a, "en")
	require.True(t, stale(a))
	require.False(t, w.reads(anyone, a.ID).Stale, "the source is never stale")
	a = w.translate(a, "de", "Über Hubs, neu")
	require.False(t, stale(a))

	b := w.write(draft("drafts", "c", "public"))
	b, err = w.Edit(w.ctx(), reviewer, b.ID, "en", b.Version, kb.Text{Title: "T", Body: "Second."})
	require.NoError(t, err)
	b = w.translate(b, "de", "Entwürfe")
	b = w.publish(b, "en")
	require.False(t, stale(b), "it was translated from the newest draft, which is live now")
}

func TestListsOfArticles(t *testing.T) {
	w := newWorld(t)
	w.place("top", "", "public")
	w.place("sub", "top", "public")
	w.place("side", "", "public")
	put := func(topic, category string, order int, kind kb.Kind, product string) {
		w.tick()
		d := draft(topic, category, "public")
		d.Order, d.Kind, d.Products = order, kind, []string{product}
		w.show(d)
	}
	put("a", "top", 20, kb.KindHowTo, "hub")
	put("b", "top", 10, kb.KindFAQ, "hub")
	put("c", "sub", 5, kb.KindFAQ, "sensor")
	put("d", "side", 1, kb.KindReference, "sensor")
	for _, tt := range []struct {
		q    kb.Query
		want string
	}{
		{kb.Query{}, "d c b a"},
		{kb.Query{Order: kb.OrderUpdated}, "d c b a"},
		{kb.Query{Category: "top"}, "b a"},
		{kb.Query{Category: "top", Below: true}, "c b a"},
		{kb.Query{Category: "nope", Below: true}, ""},
		{kb.Query{Kinds: []kb.Kind{kb.KindFAQ}}, "c b"},
		{kb.Query{Product: "sensor"}, "d c"},
		{kb.Query{Product: "sensor", Kinds: []kb.Kind{kb.KindFAQ}, Category: "top", Below: true}, "c"},
		{kb.Query{Product: "a\x00b"}, ""},
		{kb.Query{IDs: []string{}}, ""},
	} {
		for _, limit := range []int{0, 1, 2, 1000} {
			tt.q.Limit = limit
			var got []string
			for e, err := range w.All(w.ctx(), anyone, tt.q) {
				require.NoError(t, err)
				got = append(got, strings.TrimPrefix(e.Title, "About "))
			}
			require.Equal(t, tt.want, strings.Join(got, " "), "%+v", tt.q)
		}
	}
	_, _, err := w.Articles(w.ctx(), anyone, kb.Query{Order: "sideways"})
	require.Equal(t, map[string]string{"order": "error.field.choice"}, fields(t, err))
	for range w.All(w.ctx(), anyone, kb.Query{}) {
		break
	}
	for _, err := range w.All(w.ctx(), anyone, kb.Query{After: "forged"}) {
		require.ErrorIs(t, err, kb.ErrInvalid)
	}
}

// TestPageTokensServeOneList offers the token of each list to each other list.
func TestPageTokensServeOneList(t *testing.T) {
	w := newWorld(t)
	w.place("c", "", "public")
	w.place("d", "", "public")
	for i := range 3 {
		d := draft(fmt.Sprint(i), "c", "public")
		d.Products = []string{"hub"}
		w.show(d)
		d.Key, d.Category = d.Key+"'", "d"
		w.show(d)
	}
	queries := []kb.Query{
		{}, {Category: "c"}, {Category: "d"}, {Category: "c", Below: true}, {Product: "hub"}, {Order: kb.OrderUpdated},
		{Kinds: []kb.Kind{kb.KindHowTo}}, {Kinds: []kb.Kind{kb.KindHowTo, kb.KindFAQ}}, {Category: `c"|true|[]|"`},
	}
	for i, q := range queries {
		q.Limit = 1
		_, next, err := w.Articles(w.ctx(), anyone, q)
		require.NoError(t, err)
		for j, other := range queries {
			if next == "" {
				continue
			}
			other.Limit, other.After = 1, next
			_, _, err := w.Articles(w.ctx(), anyone, other)
			if i == j {
				require.NoError(t, err)
				continue
			}
			require.ErrorIs(t, err, kb.ErrInvalid, "%d in %d", i, j)
		}
		for k := range next {
			forged := []byte(next)
			forged[k] ^= 1
			q.After = string(forged)
			_, _, err := w.Articles(w.ctx(), anyone, q)
			require.ErrorIs(t, err, kb.ErrInvalid)
		}
	}
}

func TestEntriesOfMany(t *testing.T) {
	w := newWorld(t)
	w.place("c", "", "public")
	var ids []string
	for i := range 450 {
		ids = append(ids, w.show(draft(fmt.Sprint(i), "c", "public")).ID)
	}
	asked := append([]string{"nope", ids[7]}, ids...)
	entries, err := w.Entries(w.ctx(), anyone, asked, "en")
	require.NoError(t, err)
	require.Len(t, entries, 450)
	require.Equal(t, "About 7", entries[0].Title, "in the order asked for, each once")
	require.Equal(t, "About 0", entries[1].Title)
	require.Equal(t, "About 449", entries[449].Title)
}

// TestVersionWatchesWhatReadersSee changes an article in every way.
func TestVersionWatchesWhatReadersSee(t *testing.T) {
	w := newWorld(t)
	c := w.place("c", "", "public")
	a := w.show(draft("hubs", "c", "public"))
	version := func() string {
		t.Helper()
		v, err := w.Version(w.ctx(), ann, a.ID)
		require.NoError(t, err)
		return v
	}
	seen := version()
	w.tick()
	a, err := w.Edit(w.ctx(), reviewer, a.ID, "en", a.Version, kb.Text{Title: "Draft", Body: "Draft"})
	require.NoError(t, err)
	require.Equal(t, seen, version(), "what authors prepare is no reader's business")
	a, err = w.Edit(w.ctx(), reviewer, a.ID, "de", a.Version, kb.Text{Title: "Entwurf", Body: "Entwurf"})
	require.NoError(t, err)
	require.Equal(t, seen, version())
	for _, change := range []func(){
		func() { a = w.publish(a, "en") },
		func() { a = w.publish(a, "de") },
		func() { a = w.arrange(a, func(m *kb.Meta) { m.Tags = []string{"x"} }) },
		func() {
			c.Labels["en"] = kb.Label{Title: "Renamed"}
			c, err = w.SaveCategory(w.ctx(), admin, c)
			require.NoError(t, err)
		},
		func() { a, err = w.Archive(w.ctx(), reviewer, a.ID, "de", a.Version); require.NoError(t, err) },
	} {
		change()
		require.NotEqual(t, seen, version())
		seen = version()
	}
	require.NotContains(t, seen, "public", "it tells nothing of who else may see it")
	w.arrange(a, func(m *kb.Meta) { m.Audience = profile.NewAudience("staff") })
	_, err = w.Version(w.ctx(), ann, a.ID)
	require.ErrorIs(t, err, kb.ErrNotFound)
}

func TestRedirects(t *testing.T) {
	w := newWorld(t)
	w.place("c", "", "public")
	w.place("secret", "", "staff")
	a := w.translate(w.show(draft("hubs", "c", "public")), "de", "Über Hubs")
	hidden := w.show(draft("canary", "c", "staff"))
	require.NoError(t, w.SaveRedirects(w.ctx(), admin,
		kb.Redirect{From: "old/hubs/?x=1#y", To: "article/" + a.ID},
		kb.Redirect{From: "/alt/%C3%BCber", To: "article/" + a.ID, Locale: "DE"},
		kb.Redirect{From: "/old/c", To: "category/c"},
		kb.Redirect{From: "/old/secret", To: "category/secret"},
		kb.Redirect{From: "/old/hidden", To: "article/" + hidden.ID},
		kb.Redirect{From: "/old/gone", To: "article/gone"},
	))
	for from, want := range map[string]kb.Ref{
		"/old/hubs":      {Kind: "article", ID: a.ID, Locale: "en", Slug: "about-hubs"},
		"/old/hubs/":     {Kind: "article", ID: a.ID, Locale: "en", Slug: "about-hubs"},
		"/alt/über":      {Kind: "article", ID: a.ID, Locale: "de", Slug: "uber-hubs"},
		"/alt/%C3%BCber": {Kind: "article", ID: a.ID, Locale: "de", Slug: "uber-hubs"},
		"/old/c":         {Kind: "category", ID: "c", Locale: "en", Slug: "category-c"},
	} {
		ref, err := w.Redirect(w.ctx(), anyone, from, "en")
		require.NoError(t, err, from)
		require.Equal(t, want, ref, from)
	}
	for _, from := range []string{"/old/secret", "/old/hidden", "/old/gone", "/nope", "", "/", "/\x00"} {
		_, err := w.Redirect(w.ctx(), anyone, from, "en")
		require.ErrorIs(t, err, kb.ErrNotFound, from)
	}
	_, err := w.Redirect(w.ctx(), agent, "/old/hidden", "en")
	require.NoError(t, err)
	for _, r := range []kb.Redirect{
		{From: "/", To: "article/x"}, {From: "/x", To: "page/x"}, {From: "/x", To: "article/"}, {From: "/x\x00", To: "article/x"},
		{From: "/" + strings.Repeat("x", 3000), To: "article/x"}, {From: "/x", To: "article/x", Locale: "klingon"},
	} {
		require.ErrorIs(t, w.SaveRedirects(w.ctx(), admin, kb.Redirect{From: "/fine", To: "article/x"}, r), kb.ErrInvalid)
	}
	_, err = w.store.Redirect(w.ctx(), "/fine")
	require.ErrorIs(t, err, kb.ErrNotFound)
}

func TestFindCategory(t *testing.T) {
	w := newWorld(t)
	w.place("c", "", "public")
	w.place("secret", "c", "staff")
	f, err := w.FindCategory(w.ctx(), anyone, "de", "category-c")
	require.NoError(t, err)
	require.Equal(t, kb.Found{Ref: kb.Ref{Kind: "category", ID: "c", Locale: "de", Slug: "kategorie-c"}, Moved: true}, f)
	f, err = w.FindCategory(w.ctx(), anyone, "de", "kategorie-c")
	require.NoError(t, err)
	require.False(t, f.Moved)
	for _, slug := range []string{"category-secret", "nope", ""} {
		_, err = w.FindCategory(w.ctx(), anyone, "en", slug)
		require.ErrorIs(t, err, kb.ErrNotFound)
	}
	_, err = w.FindCategory(w.ctx(), agent, "en", "category-secret")
	require.NoError(t, err)
}

// TestPagesAreAsOfNow has two readers and changes in between, on another
// instance.
func TestPagesAreAsOfNow(t *testing.T) {
	w := newWorld(t)
	second := w.again()
	c := w.place("c", "", "public")
	secret := w.show(draft("canary", "c", "staff"))
	d := draft("hubs", "c", "public")
	d.Body, d.Related = "[link](article:"+secret.ID+")", []string{secret.ID}
	a := w.show(d)
	read := func(l *kb.Library, by profile.Actor) kb.Page {
		t.Helper()
		p, err := l.Article(w.ctx(), by, a.ID, "en")
		require.NoError(t, err)
		return p
	}
	for range 2 { // the second time around, both are cached
		for _, l := range []*kb.Library{w.Library, second} {
			outside, inside := read(l, ann), read(l, agent)
			require.NotContains(t, fmt.Sprint(outside), "canary")
			require.Contains(t, fmt.Sprint(inside), "canary")
			require.NotEqual(t, outside.Version, inside.Version)
		}
	}
	before := read(second, ann)
	require.Equal(t, before, read(second, ann))
	before.Categories[0].Title, before.Languages[0].Slug = "mine", "mine"
	require.NotContains(t, fmt.Sprint(read(second, ann)), "mine", "who gets a page may change it")

	changes := []func(){
		func() { a = w.edit(a, "Other.") },
		func() { a = w.arrange(a, func(m *kb.Meta) { m.Products = []string{"hub"} }) },
		func() {
			c.Labels["en"] = kb.Label{Title: "Renamed", Slug: "renamed"}
			var err error
			c, err = w.SaveCategory(w.ctx(), admin, c)
			require.NoError(t, err)
		},
		func() { a = w.translate(a, "de", "Über") },
		func() { secret = w.arrange(secret, func(m *kb.Meta) { m.Audience = profile.Public() }) },
	}
	for _, change := range changes {
		old := read(second, ann)
		w.tick()
		change()
		now := read(second, ann)
		require.NotEqual(t, old.Version, now.Version)
		require.Equal(t, read(w.Library, ann), now)
	}
	old := read(second, ann)
	_, err := w.Edit(w.ctx(), reviewer, a.ID, "en", a.Version, kb.Text{Title: "Draft", Body: "Draft"})
	require.NoError(t, err)
	require.Equal(t, old, read(second, ann), "a draft changes nothing, not even the version")

	c.Audience = profile.NewAudience("staff")
	_, err = w.SaveCategory(w.ctx(), admin, c)
	require.NoError(t, err)
	_, err = second.Article(w.ctx(), ann, a.ID, "en")
	require.ErrorIs(t, err, kb.ErrNotFound)
}

// TestReadersShareWhatTheyMay: who sees the same shares the work of rendering
// it, and nobody shares more.
func TestReadersShareWhatTheyMay(t *testing.T) {
	w := newWorld(t)
	w.place("c", "", "public")
	secret := w.show(draft("canary", "c", "account:acme", "partner+region-eu"))
	d := draft("hubs", "c", "public")
	d.Related = []string{secret.ID}
	a := w.show(d)
	counting := kbtest.NewFailing(w.store, 0, kbtest.FaultBefore)
	l := kb.NewLibrary(counting, w.options())
	read := func(by profile.Actor) (titles []string, calls int) {
		t.Helper()
		before := counting.Calls()
		p, err := l.Article(w.ctx(), by, a.ID, "en")
		require.NoError(t, err)
		for _, e := range p.Related {
			titles = append(titles, e.Title)
		}
		return titles, counting.Calls() - before
	}
	_, first := read(profile.Actor{ID: "one", Account: "globex", Segments: []string{"gold"}})
	require.Greater(t, first, 1)
	for _, by := range []profile.Actor{anyone, {ID: "two"}, agent, {ID: "p", Segments: []string{"trial"}}} {
		related, calls := read(by)
		require.Equal(t, 1, calls, "%s sees the same", by.ID)
		require.Empty(t, related)
	}
	for _, by := range []profile.Actor{ann, {ID: "eu", Segments: []string{"partner", "region-eu"}}} {
		related, calls := read(by)
		require.Greater(t, calls, 1, by.ID)
		require.Equal(t, []string{"About canary"}, related)
	}
	related, _ := read(partner)
	require.Empty(t, related)

	// From now on, gold customers are somebody.
	w.arrange(secret, func(m *kb.Meta) { m.Audience = profile.NewAudience("gold") })
	related, _ = read(anyone)
	require.Empty(t, related)
	related, _ = read(profile.Actor{ID: "one", Segments: []string{"gold"}})
	require.Equal(t, []string{"About canary"}, related)
	related, _ = read(ann)
	require.Empty(t, related)
	c, err := w.CategoryDraft(w.ctx(), admin, "c")
	require.NoError(t, err)
	c.Audience = profile.NewAudience("signed-in")
	_, err = w.SaveCategory(w.ctx(), admin, c)
	require.NoError(t, err)
	_, err = l.Article(w.ctx(), anyone, a.ID, "en")
	require.ErrorIs(t, err, kb.ErrNotFound)
}

func TestTimesOfArticles(t *testing.T) {
	w := newWorld(t)
	w.now = time.Date(2026, 3, 1, 10, 0, 0, 123456789, time.FixedZone("X", 3600))
	w.place("c", "", "public")
	a := w.show(draft("hubs", "c", "public"))
	require.Equal(t, time.Date(2026, 3, 1, 9, 0, 0, 123456000, time.UTC), a.CreatedAt)
}

// TestOddYearsAreRead: a page of a store that kept what it should not have.
func TestOddYearsAreRead(t *testing.T) {
	w := newWorld(t)
	w.place("c", "", "public")
	a := w.show(draft("hubs", "c", "public"))
	versions := map[string]bool{}
	for _, year := range []int{-5, 20_000, 20_001} {
		l := kb.NewLibrary(oddYear{w.store, time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC)}, w.options())
		p, err := l.Article(w.ctx(), anyone, a.ID, "en")
		require.NoError(t, err)
		require.Equal(t, year, p.UpdatedAt.Year())
		v, err := l.Version(w.ctx(), anyone, a.ID)
		require.NoError(t, err)
		versions[p.Version], versions[v] = true, true
	}
	require.Len(t, versions, 6)
}

// An oddYear store says that everything was changed at one time.
type oddYear struct {
	kb.Store
	at time.Time
}

func (o oddYear) Article(ctx context.Context, id string) (kb.Article, error) {
	a, err := o.Store.Article(ctx, id)
	a.ShownAt = o.at
	for i := range a.Translations {
		a.Translations[i].UpdatedAt = o.at
	}
	return a, err
}

// TestListsShowTheDateTheySortBy: what is first among the latest has the latest
// date, in whatever language it is shown.
func TestListsShowTheDateTheySortBy(t *testing.T) {
	w := newWorld(t)
	w.place("c", "", "public")
	a := w.show(draft("first", "c", "public"))
	w.tick()
	w.show(draft("second", "c", "public"))
	w.tick()
	w.translate(a, "de", "Erstes")
	for _, locale := range []string{"en", "de"} {
		page, _, err := w.Articles(w.ctx(), anyone, kb.Query{Order: kb.OrderUpdated, Locale: locale})
		require.NoError(t, err)
		require.Equal(t, a.ID, page[0].Article)
		require.Equal(t, w.now, page[0].UpdatedAt)
		require.True(t, page[0].UpdatedAt.After(page[1].UpdatedAt))
	}
	require.Equal(t, start, w.reads(anyone, a.ID).UpdatedAt, "a page has the date of its own text")
}

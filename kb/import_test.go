package kb_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/kb/kbtest"
	"github.com/stoa-go/stoa/kb/memkb"
	"github.com/stoa-go/stoa/profile"
)

func (w *world) importing(b kb.Bundle) kb.ImportReport {
	w.t.Helper()
	r, err := w.Import(w.ctx(), admin, b, nil)
	require.NoError(w.t, err)
	return r
}

// byTitle returns the article whose source has a title.
func (w *world) byTitle(title string) kb.Article {
	w.t.Helper()
	page, _, err := w.store.Articles(w.ctx(), kb.ArticleQuery{Limit: 1000})
	require.NoError(w.t, err)
	for _, a := range page {
		if t, _ := a.In(a.Source); t.Title == title {
			return a
		}
	}
	w.t.Fatalf("no article is called %q", title)
	return kb.Article{}
}

func (w *world) body(a kb.Article, locale string) string {
	w.t.Helper()
	rev, err := w.Revision(w.ctx(), admin, a.ID, locale, 0)
	require.NoError(w.t, err)
	return rev.Body
}

func TestImport(t *testing.T) {
	w := newWorld(t)
	r := w.importing(smallBundle())
	one, two := w.byTitle("About hubs"), w.byTitle("Two")
	require.Equal(t, kb.ImportReport{
		Articles: 2, Texts: 3, Created: 2, Categories: 1, Media: 1, Redirects: 2,
		Changes: []kb.ImportChange{{Article: one.ID, Title: "About hubs", New: true}, {Article: two.ID, Title: "Two", New: true}},
		Made:    []string{one.ID, two.ID},
	}, r)
	require.Equal(t, []string{"de", "en"}, one.Live())
	require.Equal(t, "[two](article:"+two.ID+") ![](media:pic.png)", w.body(one, "en"))
	ref, err := w.Redirect(w.ctx(), anyone, "/old/one/", "en")
	require.NoError(t, err)
	require.Equal(t, one.ID, ref.ID)
	_, err = w.Media(w.ctx(), anyone, "pic.png")
	require.NoError(t, err)

	places, content, err := w.store.Stamps(w.ctx())
	require.NoError(t, err)
	w.tick()
	r = w.importing(smallBundle())
	require.Equal(t, kb.ImportReport{Articles: 2, Texts: 3, Unchanged: 2, Redirects: 2}, r)
	again, contentAgain, err := w.store.Stamps(w.ctx())
	require.NoError(t, err)
	require.Equal(t, []string{places, content}, []string{again, contentAgain}, "nothing was written")

	_, err = w.Import(w.ctx(), reviewer, smallBundle(), nil)
	require.ErrorIs(t, err, kb.ErrForbidden)
}

// TestImportersNeedOnePermission: who may import needs no other right.
func TestImportersNeedOnePermission(t *testing.T) {
	w := newWorld(t)
	opts := w.options()
	opts.Policy = profile.Policy{"importer": {profile.PermissionContentImport}}
	l := kb.NewLibrary(w.store, opts)
	r, err := l.Import(w.ctx(), profile.Actor{ID: "cron", Roles: []profile.Role{"importer"}}, smallBundle(), nil)
	require.NoError(t, err)
	require.Equal(t, 2, r.Created)
	require.Empty(t, r.Problems)
}

func TestImportAgain(t *testing.T) {
	w := newWorld(t)
	b := smallBundle()
	w.importing(b)
	one := w.byTitle("About hubs")
	for _, tt := range []struct {
		name      string
		change    func(items []kb.Item)
		revisions string
		check     func(a kb.Article)
	}{
		{"another text", func(i []kb.Item) { i[0].Body += " More." }, "en:2 de:1", nil},
		{"another title", func(i []kb.Item) { i[1].Title = "Zwei" }, "en:2 de:2", func(a kb.Article) {
			de, _ := a.In("de")
			require.Equal(t, []string{"Zwei", "eins"}, []string{de.Title, de.Slug}, "the address stays")
		}},
		{"another address", func(i []kb.Item) { i[0].Slug = "Hub basics" }, "en:2 de:2", func(a kb.Article) {
			en, _ := a.In("en")
			require.Equal(t, "hub-basics", en.Slug)
			f, err := w.Find(w.ctx(), anyone, "en", "about-hubs")
			require.NoError(t, err)
			require.True(t, f.Moved)
		}},
		{"another kind", func(i []kb.Item) { i[0].Kind = kb.KindFAQ }, "en:2 de:2", func(a kb.Article) { require.Equal(t, kb.KindFAQ, a.Kind) }},
		{"archived", func(i []kb.Item) { i[1].Status = kb.StatusArchived }, "en:2 de:3", func(a kb.Article) { require.Equal(t, []string{"en"}, a.Live()) }},
		{"back again", func(i []kb.Item) { i[1].Status = kb.StatusPublished }, "en:2 de:4", func(a kb.Article) { require.Equal(t, []string{"de", "en"}, a.Live()) }},
	} {
		w.tick()
		tt.change(b.Items)
		version := w.byTitle("About hubs").Version
		r := w.importing(b)
		require.Equal(t, []int{1, 1}, []int{r.Updated, r.Unchanged}, tt.name)
		a := w.byTitle("About hubs")
		require.Equal(t, version+1, a.Version, tt.name)
		require.Equal(t, one.ID, a.ID)
		var got []string
		for _, in := range []string{"en", "de"} {
			tr, _ := a.In(in)
			got = append(got, fmt.Sprint(in, ":", tr.Head))
		}
		require.Equal(t, tt.revisions, strings.Join(got, " "), tt.name)
		if tt.check != nil {
			tt.check(a)
		}
		require.Equal(t, 2, w.importing(b).Unchanged, tt.name)
	}
	a, err := w.Edit(w.ctx(), reviewer, one.ID, "en", w.byTitle("About hubs").Version, kb.Text{Title: "About hubs", Body: "By hand."})
	require.NoError(t, err)
	w.publish(a, "en")
	require.Equal(t, 1, w.importing(b).Updated, "what is imported wins")
	rev, err := w.Revision(w.ctx(), admin, one.ID, "en", 3)
	require.NoError(t, err)
	require.Equal(t, "By hand.", rev.Body, "nothing is lost")
	owner := profile.Actor{ID: "other", Roles: admin.Roles}
	r, err := w.Import(w.ctx(), owner, b, nil)
	require.NoError(t, err)
	require.Equal(t, 2, r.Unchanged, "whoever imports")
}

func TestImportKeepsDatesAndStatus(t *testing.T) {
	w := newWorld(t)
	day := func(n int) time.Time { return time.Date(2020, 1, n, 0, 0, 0, 0, time.UTC) }
	b := kb.Bundle{Name: "dates", Items: []kb.Item{
		{External: "a", Locale: "en", Title: "A", Body: "x", Created: day(1), Updated: day(5)},
		{External: "a", Locale: "de", Title: "A", Body: "x", Updated: day(4), SourceUpdated: day(4)},
		{External: "a", Locale: "es", Title: "A", Body: "x", Updated: day(6), SourceUpdated: day(5)},
		{External: "b", Locale: "en", Title: "B", Body: "x", Status: kb.StatusDraft},
		{External: "c", Locale: "en", Title: "C", Body: "x", Status: kb.StatusArchived, Updated: day(2)},
	}}
	require.Empty(t, w.importing(b).Problems)
	a := w.byTitle("A")
	require.Equal(t, []time.Time{day(1), day(6), day(6)}, []time.Time{a.CreatedAt, a.UpdatedAt, a.ShownAt})
	stale := map[string]bool{}
	for _, tr := range a.Translations {
		stale[tr.Locale] = a.Stale(tr)
	}
	require.Equal(t, map[string]bool{"en": false, "de": true, "es": false}, stale)
	en, _ := a.In("en")
	require.Equal(t, []time.Time{day(1), day(5)}, []time.Time{en.PublishedAt, en.UpdatedAt})
	require.False(t, w.sees(anyone, w.byTitle("B")))
	require.False(t, w.sees(anyone, w.byTitle("C")))

	b.Items[1].SourceUpdated = day(5)
	require.Equal(t, 1, w.importing(b).Updated)
	a = w.byTitle("A")
	de, _ := a.In("de")
	require.Equal(t, []any{false, 1}, []any{a.Stale(de), de.Head}, "looked through again, nothing to change")
}

// TestImportReportsAndGoesOn: what is wrong is reported by its place, and all
// the rest is imported.
func TestImportReportsAndGoesOn(t *testing.T) {
	w := newWorld(t)
	long := strings.Repeat("x", kb.MaxTitle+1)
	at := func(line int, i kb.Item) kb.Item { i.File, i.Line = "f", line; return i }
	b := kb.Bundle{
		Name:     "bad",
		Problems: []kb.Problem{{File: "f", Line: 1, Reason: "from the reader"}},
		Categories: []kb.CategoryItem{
			{External: "lost", Parent: "nope", Audience: profile.Public(), Labels: label("Lost")},
			{Labels: label("Nameless")},
			{External: "fine", Audience: profile.Public(), Labels: label("Fine")},
		},
		Media: []kb.MediaItem{{Name: "a.png", Path: "x/a.png", Data: []byte("no picture")}, {Name: "b.png", Path: "x/b.png", Data: picture}},
		Items: []kb.Item{
			at(2, kb.Item{External: "good", Category: "fine", Title: "Good", Body: "x", RedirectFrom: []string{"/", "/good", "/" + strings.Repeat("y", 3000)}}),
			at(3, kb.Item{External: "good", Locale: "de", Category: "fine", Title: long, Body: "x"}),
			at(4, kb.Item{External: "good", Locale: "es", Category: "fine", Title: "Bueno", Body: "x", RedirectFrom: []string{"/bueno"}}),
			at(5, kb.Item{External: "good", Locale: "es", Category: "fine", Title: "Otra vez", Body: "x"}),
			at(6, kb.Item{External: "source", Category: "fine", Title: long, Body: "x"}),
			at(7, kb.Item{External: "source", Locale: "de", Category: "fine", Title: "Ohne", Body: "x"}),
			at(8, kb.Item{Category: "fine", Title: "Nameless", Body: "x"}),
			at(9, kb.Item{External: "kind", Category: "fine", Kind: "poem", Title: "K", Body: "x"}),
			at(10, kb.Item{External: "nul", Category: "fine", Title: "N", Body: "a\x00b"}),
			at(11, kb.Item{External: "lang", Locale: "klingon", Category: "fine", Title: "L", Body: "x"}),
			at(14, kb.Item{External: "state", Category: "fine", Status: "hidden", Title: "S", Body: "x"}),
			at(12, kb.Item{External: "where", Category: "lost", Title: "W", Body: "x"}),
			at(13, kb.Item{External: "last", Category: "fine", Title: "Last", Body: "x", RedirectFrom: []string{"/good"}}),
		},
	}
	r := w.importing(b)
	var got []string
	for _, p := range r.Problems {
		got = append(got, p.Error())
	}
	require.Equal(t, []string{
		"f:1: from the reader",
		"f:5: good is here a second time in es",
		"f:8: it has no name to know it by",
		"category: a category has no id",
		"category lost: parent: error.field.choice",
		"x/a.png: data: error.media.not_a_picture",
		"f:3: title: error.field.too_long",
		"f:6: title: error.field.too_long",
		"f:7: left out with its source, f:6",
		"f:9: kind: error.field.choice",
		"f:10: body: error.field.characters",
		"f:11: locale: error.field.locale",
		"f:14: status: error.field.choice",
		"f:12: category: error.field.choice",
		"f:2: redirect_from.from: error.field.url",
		"f:2: redirect_from.from: error.field.url",
		"f:13: the old address /good is another article's as well",
	}, got)
	require.Equal(t, []int{2, 2}, []int{r.Created, r.Redirects})
	require.Equal(t, []string{"en", "es"}, w.byTitle("Good").Live())
	require.Equal(t, r.Problems[6].Fields["title"].Key, "error.field.too_long")
}

// TestImportLinks: links become references where they are links, and only there.
func TestImportLinks(t *testing.T) {
	w := newWorld(t)
	body := strings.Join([]string{
		"[file](../b/two.md) [frag](../b/two.md#x) [abs](/old/two/) [own](article:two) [own](article:none)",
		"[far](https://example.com/b/two.md) [mail](mailto:a@b) [gone](gone.md) [page](#x) [q](../b/two.md?tabs=1)",
		"[ref][r] [![i](pics/p.png)](../b/two.md) [code `](../b/two.md)` here](../b/two.md)",
		"`[a](../b/two.md)` ``[a](../b/two.md) ` `` \\`[b](../b/two.md)\\` `open [c](../b/two.md)",
		"",
		"[r]: ../b/two.md 'title'",
		"",
		"```",
		"[a](../b/two.md)",
		"~~~",
		"[r]: ../b/two.md",
		"```",
		"~~~md",
		"[a](../b/two.md)",
		"~~~~",
		"",
		"    [a](../b/two.md)",
		"",
		"- item",
		"",
		"    [in the list](../b/two.md)",
		"",
		"  ```",
		"  [a](../b/two.md)",
		"  ```",
		"> ```",
		"> [a](../b/two.md)",
		"> ```",
		"> [in the quote](../b/two.md)",
		"<pre>",
		"[a](../b/two.md)",
		"",
		"[b](../b/two.md)",
		"</pre>",
		"[last](../b/two.md)",
	}, "\r\n")
	w.importing(kb.Bundle{
		Name:  "links",
		Media: []kb.MediaItem{{Name: "p.png", Path: "a/pics/p.png", Data: picture}},
		Items: []kb.Item{
			{External: "one", Title: "One", Body: body, Path: "a/one.md"},
			{External: "two", Title: "Two", Body: "x", Path: "b/two.md", RedirectFrom: []string{"/old/two"}},
		},
	})
	two := "article:" + w.byTitle("Two").ID
	require.Equal(t, strings.Join([]string{
		"[file](" + two + ") [frag](" + two + "#x) [abs](" + two + ") [own](" + two + ") [own](article:none)",
		"[far](https://example.com/b/two.md) [mail](mailto:a@b) [gone](gone.md) [page](#x) [q](" + two + ")",
		"[ref][r] [![i](media:p.png)](" + two + ") [code `](../b/two.md)` here](" + two + ")",
		"`[a](../b/two.md)` ``[a](../b/two.md) ` `` \\`[b](" + two + ")\\` `open [c](" + two + ")",
		"",
		"[r]: " + two + " 'title'",
		"",
		"```",
		"[a](../b/two.md)",
		"~~~",
		"[r]: ../b/two.md",
		"```",
		"~~~md",
		"[a](../b/two.md)",
		"~~~~",
		"",
		"    [a](../b/two.md)",
		"",
		"- item",
		"",
		"    [in the list](" + two + ")",
		"",
		"  ```",
		"  [a](../b/two.md)",
		"  ```",
		"> ```",
		"> [a](../b/two.md)",
		"> ```",
		"> [in the quote](" + two + ")",
		"<pre>",
		"[a](../b/two.md)",
		"",
		"[b](../b/two.md)",
		"</pre>",
		"[last](" + two + ")",
	}, "\n"), w.body(w.byTitle("One"), "en"))
}

// TestImportOfHostileTexts: no text takes out of all proportion.
func TestImportOfHostileTexts(t *testing.T) {
	w := newWorld(t)
	var items []kb.Item
	for i, body := range []string{
		strings.Repeat("`", 200_000), strings.Repeat("` ``", 60_000), strings.Repeat("[a](", 60_000), strings.Repeat("[a]: ", 60_000),
		strings.Repeat("](x ", 60_000), strings.Repeat("> ", 100_000), strings.Repeat("- ", 100_000), strings.Repeat("\\", 200_000),
	} {
		items = append(items, kb.Item{External: fmt.Sprint("x", i), Title: fmt.Sprint("X", i), Body: body, Path: fmt.Sprint(i, ".md")})
	}
	begin := time.Now()
	r := w.importing(kb.Bundle{Name: "hostile", Items: items})
	require.Equal(t, len(items), r.Created+len(r.Problems))
	require.Less(t, time.Since(begin), time.Minute)
}

// TestImportCutOff cancels an import after each article, and then completes it.
func TestImportCutOff(t *testing.T) {
	b := smallBundle()
	for i := range 20 {
		b.Items = append(b.Items, kb.Item{External: fmt.Sprint("x", i), Title: "About hubs", Body: "[one](one.md)", Path: fmt.Sprint(i, ".md"), RedirectFrom: []string{fmt.Sprint("/x/", i)}})
	}
	clean := newWorld(t)
	clean.importing(b)
	want := kbtest.Snapshot(t, clean.store, names)
	for n := 1; n <= 22; n += 3 {
		w := newWorldOn(t, memkb.New())
		ctx, cancel := context.WithCancel(t.Context())
		r, err := w.Import(ctx, admin, b, &kb.ImportOptions{Progress: func(done, total int) {
			if done == n {
				cancel()
			}
		}})
		require.ErrorIs(t, err, context.Canceled)
		require.Equal(t, n, r.Created)
		require.NoError(t, errors.Join(problems(w.importing(b))))
		sameLines(t, want, kbtest.Snapshot(t, w.store, names))
	}
}

func TestImportOptions(t *testing.T) {
	w := newWorld(t)
	b := kb.Bundle{Name: "o", Items: []kb.Item{
		{External: "a", Locale: "en", Category: "my-guide/Setup", Title: "A", Body: "x"},
		{External: "a", Locale: "DE", Title: "A", Body: "x"},
		{External: "b", Title: "B", Body: "x"},
	}}
	calls := 0
	_, err := w.Import(w.ctx(), admin, b, &kb.ImportOptions{Source: "de", Audience: profile.NewAudience("partner"), Progress: func(done, total int) {
		calls++
		require.Equal(t, []int{calls, 2}, []int{done, total})
	}})
	require.NoError(t, err)
	a := w.byTitle("A")
	require.Equal(t, "de", a.Source)
	require.False(t, w.sees(ann, a))
	require.True(t, w.sees(partner, a))
	require.Equal(t, "de", w.byTitle("B").Source, "a text without a language is in the source's")
	require.Equal(t, 2, calls)
	tree, err := w.Categories(w.ctx(), partner, "de")
	require.NoError(t, err)
	require.Len(t, tree, 2)
	require.Equal(t, []any{"My guide Setup", 0}, []any{tree[0].Title, tree[0].Articles})
	require.Equal(t, []any{"General", 2}, []any{tree[1].Title, tree[1].Articles}, "an article stands where its source does")
}

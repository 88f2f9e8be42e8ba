package importkb_test

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/kb/importkb"
	"github.com/stoa-go/stoa/kb/memkb"
	"github.com/stoa-go/stoa/profile"
)

// dot is a picture of one pixel.
var dot, _ = base64.StdEncoding.DecodeString("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")

func folder(t *testing.T) kb.Files {
	t.Helper()
	files, err := kb.FolderFiles(t.TempDir())
	require.NoError(t, err)
	return files
}

// little is a small library with a bit of everything that is exported.
func little(t *testing.T) *kb.Library {
	l := kb.NewLibrary(memkb.New(), &kb.Options{Locales: []string{"en", "de"}, Files: folder(t)})
	day := func(n int) time.Time { return time.Date(2026, 1, n, 10, 0, 0, 123000, time.UTC) }
	b := kb.Bundle{Name: "little", Categories: []kb.CategoryItem{
		{External: "top", Audience: profile.Public(), Icon: "book", Order: 2, Labels: map[string]kb.Label{"en": {Title: "Top: all", Slug: "top", Description: "What's \"here\""}, "de": {Title: "Oben"}}},
		{External: "shut", Parent: "top", Audience: profile.Audience{}, Labels: map[string]kb.Label{"en": {Title: "Shut"}}},
	}, Media: []kb.MediaItem{
		{Name: "dot.png", Data: dot}, {Name: "film.webm", Data: []byte("\x1a\x45\xdf\xa3 x")}, {Name: "film.de.vtt", Data: []byte("WEBVTT\n\n00:00.000 --> 00:01.000\nx\n")}, {Name: "film.png", Data: dot}, {Name: "other.png", Data: dot},
	}, Items: []kb.Item{
		{External: "a", Locale: "en", Category: "top", Title: "A: \"first\" #1", SEOTitle: "A: for engines", Description: "#2", Summary: "Short.", Body: "## Steps\n\n---\n\n![dot](media:dot.png) and [B](article:b#x)\n", Audience: profile.NewAudience("staff", "partner"), Tags: []string{"x"}, Products: []string{"p"}, Related: []string{"b"}, Order: 3, Created: day(1), Updated: day(4)},
		{External: "a", Locale: "de", Category: "top", Title: "Ä", Body: "Älterer Text", Audience: profile.NewAudience("staff", "partner"), Created: day(2), Updated: day(3), SourceUpdated: day(2)},
		{External: "b", Locale: "en", Category: "shut", Kind: kb.KindFAQ, Title: "B", Body: "---\nnot: matter\n---\n![x](media:film.webm)", Status: kb.StatusDraft, Created: day(5), Updated: day(5), Owner: "ines"},
		{External: "c", Locale: "en", Category: "top", Kind: kb.KindReleaseNote, Title: "C", Body: "Text", Status: kb.StatusArchived, Audience: profile.Audience{}, Fields: map[string]string{"version": "1.2"}, Created: day(6), Updated: day(7)},
	}}
	r, err := l.Import(t.Context(), admin, b, nil)
	require.NoError(t, err)
	require.Empty(t, r.Problems)
	return l
}

// grown is the little library after a while: with a draft beside a text, a name
// that an article had, and old addresses.
func grown(t *testing.T) *kb.Library {
	l := little(t)
	id := kb.ImportedID("little", "a")
	a, err := l.Manuscript(t.Context(), admin, id)
	require.NoError(t, err)
	rev, err := l.Revision(t.Context(), admin, id, "en", 0)
	require.NoError(t, err)
	a, err = l.Edit(t.Context(), admin, id, "en", a.Version, kb.Text{Title: rev.Title, Slug: "first", Summary: rev.Summary, Body: rev.Body, SEOTitle: rev.SEOTitle, Description: rev.Description})
	require.NoError(t, err)
	_, err = l.Edit(t.Context(), admin, id, "en", a.Version, kb.Text{Title: "A, anew", SEOTitle: "Anew", Summary: "Not yet.", Body: "Draft ![dot](media:dot.png)"})
	require.NoError(t, err)
	require.NoError(t, l.SaveRedirects(t.Context(), admin,
		kb.Redirect{From: "/help/a", To: "article/" + id}, kb.Redirect{From: "/hilfe/a", To: "article/" + id, Locale: "de"}))
	return l
}

func export(t *testing.T, l *kb.Library, by profile.Actor) []byte {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, l.Export(t.Context(), by, &out))
	return out.Bytes()
}

// files returns what is in an archive, by name.
func files(t *testing.T, archive []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	require.NoError(t, err)
	out := map[string]string{}
	for _, f := range z.File {
		in, err := f.Open()
		require.NoError(t, err)
		text, err := io.ReadAll(in)
		require.NoError(t, err)
		out[f.Name] = string(text)
	}
	return out
}

// TestRoundTrip: what was exported and imported elsewhere is exported there as
// it was, but for the names of things that are new there.
func TestRoundTrip(t *testing.T) {
	l := grown(t)
	archive := export(t, l, admin)
	require.Equal(t, archive, export(t, l, admin), "the same content is the same bytes")
	z, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	require.NoError(t, err)
	b, err := importkb.Folder(z, "copy")
	require.NoError(t, err)
	require.Empty(t, b.Problems)
	require.Len(t, b.Items, 4)

	store := memkb.New()
	copied := kb.NewLibrary(store, &kb.Options{Locales: []string{"en", "de"}, Files: folder(t)})
	r, err := copied.Import(t.Context(), admin, b, nil)
	require.NoError(t, err)
	require.Empty(t, r.Problems)
	first, again := files(t, archive), files(t, export(t, copied, admin))
	ids := map[string]string{} // of the copy to those that were
	for id, a := range byExternal(t, store) {
		ids[a.ID] = id
	}
	all, _, err := store.Categories(t.Context())
	require.NoError(t, err)
	for _, c := range all {
		ids[c.ID] = c.External
	}
	require.Len(t, again, len(first))
	for name, text := range again {
		for now, was := range ids {
			text = string(bytes.ReplaceAll([]byte(text), []byte(now), []byte(was)))
		}
		if name == kb.ManifestFile {
			require.NotEqual(t, first[name], text, "it says where it is from")
			continue
		}
		if name == "categories.yaml" {
			require.Len(t, text, len(first[name]), "in another order")
			continue
		}
		require.Equal(t, first[name], text, name)
	}
	for name, there := range map[string]bool{"media/film.webm": true, "media/film.de.vtt": true, "media/film.png": true, "media/dot.png": true, "media/other.png": false} {
		require.Equal(t, there, first[name] != "", name)
	}
	require.Contains(t, first["articles/en/c.md"], "audience: [nobody]")
	require.Contains(t, first["articles/en/first.md"], "- /help/a")
	require.Contains(t, first["articles/en/first.md"], "- /articles/a-first-1")
	require.Contains(t, first["articles/de/a.md"]+first["articles/de/ae.md"], "- /hilfe/a")
	require.Contains(t, first["drafts/en/first.md"], "Draft ![dot]")
	r, err = copied.Import(t.Context(), admin, b, nil)
	require.NoError(t, err)
	require.Equal(t, []int{0, 0, 3}, []int{r.Created, r.Updated, r.Unchanged}, "again is nothing new")
	for i, item := range b.Items {
		if item.Draft != nil {
			d := *item.Draft
			d.Body = "Another draft"
			b.Items[i].Draft = &d
		}
	}
	r, err = copied.Import(t.Context(), admin, b, nil)
	require.NoError(t, err)
	require.Equal(t, 1, r.Updated)
	for _, a := range byExternal(t, store) {
		tr, ok := a.In("de")
		require.True(t, !ok || a.Stale(tr), "what was behind its source still is")
	}
}

// TestExportWithHistory: all texts that there were are there with who, when and
// why, the rest is as without them, and an import takes none of them for an
// article.
func TestExportWithHistory(t *testing.T) {
	l := grown(t)
	id := kb.ImportedID("little", "b")
	a, err := l.Manuscript(t.Context(), admin, id)
	require.NoError(t, err)
	for n := range 60 { // more than are read at a time
		a, err = l.Edit(t.Context(), admin, id, "en", a.Version, kb.Text{Title: "B", Body: fmt.Sprintf("Text %d", n), Note: fmt.Sprintf("because %d", n)})
		require.NoError(t, err)
	}
	var with bytes.Buffer
	require.NoError(t, l.ExportHistory(t.Context(), admin, &with))
	all, plain := files(t, with.Bytes()), files(t, export(t, l, admin))
	for name, text := range plain {
		require.Equal(t, text, all[name], name)
	}
	earlier := 0
	for name := range all {
		if strings.HasPrefix(name, "history/") {
			earlier++
		}
	}
	require.Equal(t, len(plain)+earlier, len(all))
	require.Equal(t, 61+3+1+1, earlier, "of B, of A in two languages, and of C")
	require.Contains(t, all["history/en/b/000031.md"], "note: because 29\n---\nText 29")
	require.Contains(t, all["history/en/b/000031.md"], "revision_of: b\nrevision: 31\ntitle: B\nauthor: system\nat: \"2")
	require.Contains(t, all["history/en/first/000001.md"], "live: true")
	require.NotContains(t, all["history/en/first/000003.md"], "live:")
	require.Equal(t, archive(t, export(t, l, admin)), archive(t, with.Bytes()))
	var none bytes.Buffer
	require.ErrorIs(t, l.ExportHistory(t.Context(), profile.Actor{ID: "ines", Roles: []profile.Role{profile.RoleAuthor}}, &none), kb.ErrForbidden)
	require.Zero(t, none.Len())
}

// TestExportIsForThoseWhoMay: others get nothing, not even the start of a file.
func TestExportIsForThoseWhoMay(t *testing.T) {
	l := little(t)
	for _, by := range []profile.Actor{{}, {ID: "ann", Roles: []profile.Role{profile.RoleCustomer}}, {ID: "ines", Roles: []profile.Role{profile.RoleAuthor}}} {
		var out bytes.Buffer
		require.ErrorIs(t, l.Export(t.Context(), by, &out), kb.ErrForbidden)
		require.Zero(t, out.Len())
	}
}

// TestRehearsal: what is only tried reports what would change, and changes nothing.
func TestRehearsal(t *testing.T) {
	z := export(t, little(t), admin)
	b := archive(t, z)
	store := memkb.New()
	l := kb.NewLibrary(store, &kb.Options{Locales: []string{"en", "de"}, Files: folder(t)})
	before := stamps(t, store)
	tried, err := l.Import(t.Context(), admin, b, &kb.ImportOptions{Rehearse: true})
	require.NoError(t, err)
	require.Equal(t, before, stamps(t, store))
	require.Empty(t, byExternal(t, store))
	done := run(t, l, b)
	require.Equal(t, done, tried, "it said what would be done")
	require.Len(t, done.Changes, 3)
	require.True(t, done.Changes[0].New)

	b.Items[0].Title = "Renamed"
	tried, err = l.Import(t.Context(), admin, b, &kb.ImportOptions{Rehearse: true})
	require.NoError(t, err)
	require.Equal(t, []int{0, 1, 2}, []int{tried.Created, tried.Updated, tried.Unchanged})
	require.False(t, tried.Changes[0].New)
	_, err = l.Import(t.Context(), profile.Actor{}, b, &kb.ImportOptions{Rehearse: true})
	require.ErrorIs(t, err, kb.ErrForbidden)
}

package importkb_test

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/kb/importkb"
	"github.com/stoa-go/stoa/profile"
)

func file(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }

func read(t *testing.T, files fstest.MapFS) kb.Bundle {
	t.Helper()
	b, err := importkb.Folder(files, "docs")
	require.NoError(t, err)
	return b
}

func TestFolder(t *testing.T) {
	b := read(t, fstest.MapFS{
		"guide/reset.md": file("\ufeff---\nid: reset\ntitle: Reset\nslug: reset-it\nsummary: How\n  to\nkind: faq\naudience: [partner, staff]\n" +
			"products: hub\ntags: a, b\nrelated: [other]\norder: 3\nauthor: ann\ncreated: 2020-01-02\nupdated: 2020-01-03T04:05:06+02:00\n" +
			"redirect_from: [/old, /older]\npermalink: /now/\nsource_updated: 2020-01-01\n---\n# Reset\n\nText\x07.\n"),
		"guide/reset.de.md":          file("---\nid: reset\n---\nOhne Titel\n"),
		"articles/es/guide/start.md": file("# Primeros *pasos*\n\nTexto"),
		"plain.markdown":             file("Nothing but text"),
		"setup.ios.md":               file("x"),
		"ui/buttons.md":              file("x"),
		"media/pic.png":              file("png"),
		"guide/media/pic2.png":       file("png2"),
		".git/notes.md":              file("hidden"),
		"notes.txt":                  file("no article"),
		"WORLD.md":                   file("not an article"),
		"draft.md":                   file("---\ndraft: true\n---\nx"),
		"gone.md":                    file("---\nstatus: archived\nms.date: 03/04/2020\n---\nx"),
	})
	require.Empty(t, b.Problems)
	items := map[string]kb.Item{}
	for _, i := range b.Items {
		items[i.File] = i
	}
	require.Len(t, items, 8)
	want := kb.Item{
		File: "guide/reset.md", Line: 1, External: "reset", Category: "guide", Kind: kb.KindFAQ, Title: "Reset", Slug: "reset-it",
		Summary: "How to", Body: "# Reset\n\nText.\n", Audience: profile.NewAudience("partner", "staff"), Products: []string{"hub"},
		Tags: []string{"a", "b"}, Related: []string{"other"}, Order: 3, Owner: "ann", Path: "guide/reset.md",
		RedirectFrom: []string{"/old", "/older", "/now/"}, Created: time.Date(2020, 1, 2, 0, 0, 0, 0, time.UTC),
		Updated: time.Date(2020, 1, 3, 2, 5, 6, 0, time.UTC), SourceUpdated: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC),
	}
	require.Equal(t, want, items["guide/reset.md"])
	de := items["guide/reset.de.md"]
	require.Equal(t, []string{"reset", "de", "guide", "reset"}, []string{de.External, de.Locale, de.Category, de.Title})
	es := items["articles/es/guide/start.md"]
	require.Equal(t, []string{"guide/start", "es", "guide", "Primeros pasos", "start"}, []string{es.External, es.Locale, es.Category, es.Title, es.Slug})
	require.Equal(t, []string{"plain", "plain", ""}, []string{items["plain.markdown"].External, items["plain.markdown"].Title, items["plain.markdown"].Locale})
	require.Equal(t, []string{"setup.ios", ""}, []string{items["setup.ios.md"].External, items["setup.ios.md"].Locale}, "no language is called ios")
	require.Equal(t, []string{"ui", ""}, []string{items["ui/buttons.md"].Category, items["ui/buttons.md"].Locale})
	require.Equal(t, kb.StatusDraft, items["draft.md"].Status)
	require.Equal(t, kb.StatusArchived, items["gone.md"].Status)
	require.Equal(t, time.Date(2020, 3, 4, 0, 0, 0, 0, time.UTC), items["gone.md"].Updated)
	require.Equal(t, []kb.MediaItem{{Name: "pic2.png", Path: "guide/media/pic2.png", Data: []byte("png2")}, {Name: "pic.png", Path: "media/pic.png", Data: []byte("png")}}, b.Media)
}

func TestFolderReportsAndGoesOn(t *testing.T) {
	files := fstest.MapFS{
		"a.md":          file("---\ntitle: [broken\n---\nx"),
		"b.md":          file("---\ntitle: never closed\n\nx"),
		"c.md":          file("---\ntitle: Fine\ncreated: soon\n---\nx"),
		"d.md":          file("---\ntitle: Fine\naudience: All The World\n---\nx"),
		"e.md":          file("\xff\xfea\x00b\x00"),
		"f.md":          file("---\ntitle: Fine\ndraft: perhaps\n---\nx"),
		"good.md":       file("x"),
		"huge.md":       file(strings.Repeat("x", 5<<20)),
		"media/big.png": file(strings.Repeat("x", kb.MaxMedia+1)),
		"categories.yaml": file("- id: one\n  order: 1\n  en: {title: One}\n- id: two\n  audience: [Not A Term]\n  en: {title: Two}\n" +
			"- id: three\n  en: three\n- just text\n- id: four\n  parent: one\n  de: {title: Vier, slug: vier, description: D}\n"),
		"sub/categories.yaml": file("- id: [\n"),
	}
	b := read(t, files)
	require.Len(t, b.Items, 1)
	var got []string
	for _, p := range b.Problems {
		require.NotEmpty(t, p.Reason)
		got = append(got, strings.TrimSuffix(p.Error(), p.Reason))
	}
	require.ElementsMatch(t, []string{
		"a.md:2: ", "b.md:1: ", "c.md:2: ", "d.md:2: ", "e.md:1: ", "f.md:3: ", "huge.md: ", "media/big.png: ",
		"categories.yaml:4: ", "categories.yaml:7: ", "categories.yaml:9: ", "sub/categories.yaml:1: ",
	}, got)
	require.Equal(t, []kb.CategoryItem{
		{External: "one", Order: 1, Labels: map[string]kb.Label{"en": {Title: "One"}}},
		{External: "four", Parent: "one", Labels: map[string]kb.Label{"de": {Title: "Vier", Slug: "vier", Description: "D"}}},
	}, b.Categories)
}

// denied refuses to open one file.
type denied struct{ fs.FS }

func (d denied) Open(name string) (fs.File, error) {
	if name == "b.md" {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return d.FS.Open(name)
}

func TestUnreadableFilesAreReported(t *testing.T) {
	b, err := importkb.Folder(denied{fstest.MapFS{"a.md": file("x"), "b.md": file("x"), "c.md": file("x")}}, "docs")
	require.NoError(t, err)
	require.Len(t, b.Items, 2)
	require.Len(t, b.Problems, 1)
	require.Equal(t, "b.md", b.Problems[0].File)
	b, err = importkb.Folder(os.DirFS(filepath.Join(t.TempDir(), "nope")), "docs")
	require.NoError(t, err)
	require.Len(t, b.Problems, 1)
}

func TestJSONLines(t *testing.T) {
	text := `{"id":"guide/reset","lang":"en","category":"guide","title":"Reset\nit","summary":" How \n to","body_markdown":"Text\u0000.","tags":["a"],"order":2,"author":"ann","redirect_from":["/old"],"created":"2020-01-02","updated":"2020-01-03","translated":"2020-01-01","status":"draft","source_path":"a/b.md","source_url":"https://example.com/help/x%20y/?q#f","unknown":{"x":1}}

not JSON
{"id":"","lang":"en","title":"T"}
{"id":"a","title":"T"}
{"id":"a","lang":"en"}
{"id":"a","lang":"en","title":"T","order":"x"}
{"id":"a","lang":"en","title":"T","audience":["No Term"]}
{"id":"a","lang":"en","title":"T","updated":"soon"}
` + `{"id":"long","lang":"en","title":"` + strings.Repeat("x", 5<<20) + "\"}\n" + `{"id":"a","lang":"en","title":"Last","status":"archived"}`
	b, err := importkb.JSONLines(strings.NewReader(text), "f.jsonl", "n")
	require.NoError(t, err)
	require.Equal(t, "n", b.Name)
	require.Len(t, b.Items, 2)
	first := b.Items[0]
	require.Equal(t, kb.Item{
		File: "f.jsonl", Line: 1, External: "guide/reset", Locale: "en", Category: "guide", Title: "Reset it", Slug: "reset", Summary: "How to",
		Body: "Text.", Tags: []string{"a"}, Order: 2, Owner: "ann", Path: "a/b.md", RedirectFrom: []string{"/old", "/help/x y/"},
		Created: time.Date(2020, 1, 2, 0, 0, 0, 0, time.UTC), Updated: time.Date(2020, 1, 3, 0, 0, 0, 0, time.UTC),
		SourceUpdated: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC), Status: kb.StatusDraft,
	}, first)
	require.Equal(t, []any{"Last", 11, kb.StatusArchived}, []any{b.Items[1].Title, b.Items[1].Line, b.Items[1].Status})
	var lines []int
	for _, p := range b.Problems {
		lines = append(lines, p.Line)
	}
	require.Equal(t, []int{3, 4, 5, 6, 7, 8, 9, 10}, lines)

	broken := errors.New("disk")
	_, err = importkb.JSONLines(io.MultiReader(strings.NewReader("{}\n"), iotest.ErrReader(broken)), "f", "n")
	require.ErrorIs(t, err, broken)
}

func TestPath(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(dir, "help"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "help", "a.md"), []byte("x"), 0o644))
	b, err := importkb.Path(filepath.Join(dir, "help"))
	require.NoError(t, err)
	require.Equal(t, []any{"help", 1}, []any{b.Name, len(b.Items)})
	lines := filepath.Join(dir, "help", "articles.jsonl")
	require.NoError(t, os.WriteFile(lines, []byte(`{"id":"a","lang":"en","title":"T"}`), 0o644))
	for _, path := range []string{filepath.Join(dir, "help"), lines} {
		b, err = importkb.Path(path)
		require.NoError(t, err)
		require.Equal(t, []any{"help", "T"}, []any{b.Name, b.Items[0].Title})
	}
	b, err = importkb.Path(filepath.Join(dir, "help", "a.md"))
	require.NoError(t, err)
	require.Len(t, b.Items, 1)
	other := filepath.Join(dir, "help", "a.txt")
	require.NoError(t, os.WriteFile(other, []byte("x"), 0o644))
	for _, path := range []string{filepath.Join(dir, "nope"), other} {
		_, err = importkb.Path(path)
		require.ErrorContains(t, err, path)
	}
}

package i18ntest_test

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/i18n/i18ntest"
)

func catalog(t testing.TB, files ...string) *i18n.Catalog {
	t.Helper()
	layer := fstest.MapFS{}
	for i := 0; i < len(files); i += 2 {
		layer[files[i]] = &fstest.MapFile{Data: []byte(files[i+1])}
	}
	c, err := i18n.New(&i18n.Options{Layers: []fs.FS{layer}})
	require.NoError(t, err)
	return c
}

// record is a testing.TB that takes down errors.
type record struct {
	testing.TB
	lines []string
}

func (r *record) Helper()           {}
func (r *record) Error(args ...any) { r.lines = append(r.lines, fmt.Sprint(args...)) }

// TestCompleteCatches plants one fault at a time in a German text.
func TestCompleteCatches(t *testing.T) {
	for _, tt := range []struct {
		name, l, source, text string
		want                  []string
	}{
		{"nothing", "de", "Hello {name}", "Hallo {name}", nil},
		{"order is free", "de", "{a} then {b}", "{b} nach {a}", nil},
		{"empty", "de", "Hello", " ", []string{"empty"}},
		{"untranslated", "de", "Hello", "Hello", []string{`the same as in en: "Hello"`}},
		{"no words to translate", "de", "{a}: {b} (#)", "{a}: {b} (#)", nil},
		{"a region may agree", "en-GB", "Hello", "Hello", nil},
		{"an argument missing", "de", "Hello {name}", "Hallo", []string{"argument {name} is missing"}},
		{"an argument unknown", "de", "Hello {name}", "Hallo {nam}", []string{"argument {name} is missing", "argument {nam} is unknown in en"}},
		{"an argument in a case", "de", "{n, plural, one {x {a}} other {y {a}}}", "{n, plural, one {z} other {z}}", []string{"argument {a} is missing"}},
		{"a url missing", "de", "<a href={u}>x</a>", "y", []string{"argument {u} is missing", "tag <a> is missing"}},
		{"another type", "de", "{n, number} x", "{n, date} y", []string{"argument {n} is used as a time, in en as a number"}},
		{"without a type", "de", "{n, plural, one {x} other {y}}", "{n} z", nil},
		{"a plural form", "pl", "{n, plural, one {# x} other {# y}}", "{n, plural, one {# a} few {# b} other {# c}}", []string{`plural of {n} lacks "many"`}},
		{"all forms of Arabic", "ar", "{n, plural, one {# x} other {# y}}", "{n, plural, one {# a} other {# c}}",
			[]string{`plural of {n} lacks "few"`, `plural of {n} lacks "many"`, `plural of {n} lacks "two"`, `plural of {n} lacks "zero"`}},
		{"a form spelled out", "de", "{n, plural, one {# x} other {# y}}", "{n, plural, =1 {eins} other {# z}}", nil},
		{"a form half spelled out", "pl", "{n, plural, one {# x} other {# y}}", "{n, plural, one {# a} =2 {zwei} many {# b} other {# c}}",
			[]string{`plural of {n} lacks "few"`}},
		{"a plural in a case", "de", "{s, select, a {{n, plural, one {x} other {y}}} other {z}}", "{s, select, a {{n, plural, other {y}}} other {q}}",
			[]string{`plural of {n} lacks "one"`}},
		{"an ordinal form", "it", "{n, selectordinal, one {#st} two {#nd} few {#rd} other {#th}}", "{n, selectordinal, other {#o}}", []string{`plural of {n} lacks "many"`}},
		{"a case missing", "de", "{s, select, a {x} b {y} other {z}}", "{s, select, a {u} other {w}}", []string{"case b of {s} is missing"}},
		{"a case unknown", "de", "{s, select, a {x} other {z}}", "{s, select, a {u} c {v} other {w}}", []string{"case c of {s} is unknown in en"}},
		{"a tag missing", "de", "<b>x</b>", "y", []string{"tag <b> is missing"}},
		{"a tag unknown", "de", "x", "<em>y</em>", []string{"tag <em> is unknown in en"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := catalog(t, "en.json", `{"x": "`+tt.source+`"}`, tt.l+".json", `{"x": "`+tt.text+`"}`)
			var got []string
			for _, p := range i18ntest.Check(c, nil, i18n.Locale(tt.l)) {
				if p.Key == "x" {
					require.Equal(t, i18n.Locale(tt.l), p.Locale)
					got = append(got, p.Says)
				}
			}
			require.Equal(t, tt.want, got)
		})
	}
}

func TestCompleteCatchesKeys(t *testing.T) {
	c := catalog(t, "en.json", `{"a": "x", "b": "y"}`, "de.json", `{"a": "z", "c": "w"}`)
	r := &record{TB: t}
	i18ntest.Complete(r, c, nil, "de")
	require.Equal(t, []string{"de: b: missing", "de: c: not in the source language"}, r.lines)
}

func TestCompleteCatchesTheSource(t *testing.T) {
	c := catalog(t, "en.json", `{"a": "", "b": "{n, plural, other {x}}"}`)
	r := &record{TB: t}
	i18ntest.Complete(r, c, nil, "en")
	require.Equal(t, []string{"en: a: empty", `en: b: plural of {n} lacks "one"`}, r.lines)
}

func TestCompleteAllowsTheSame(t *testing.T) {
	c := catalog(t, "en.json", `{"a": "Stoa", "b": "Name"}`, "de.json", `{"a": "Stoa", "b": "Name"}`, "es.json", `{"a": "Stoa", "b": "Name"}`)
	r := &record{TB: t}
	i18ntest.Complete(r, c, &i18ntest.Options{Same: []string{"a", "de:b"}}, "de", "es")
	require.Equal(t, []string{`es: b: the same as in en: "Name"`}, r.lines)
}

func TestCompleteOfARegionNeedsOnlyDifferences(t *testing.T) {
	c := catalog(t, "en.json", `{"a": "x", "b": "y"}`, "pt.json", `{"a": "z"}`, "pt-BR.json", `{"b": "w"}`)
	for _, p := range i18ntest.Check(c, nil, "pt-BR") {
		require.NotContains(t, []string{"a", "b"}, p.Key)
	}
}

func TestCompleteLooksAtEveryLocale(t *testing.T) {
	c := catalog(t, "en.json", `{"a": "x"}`)
	r := &record{TB: t}
	i18ntest.Complete(r, c, nil)
	require.Equal(t, []string{"ar: a: missing", "de: a: missing", "es: a: missing", "ja: a: missing"}, r.lines)
}

func TestUsed(t *testing.T) {
	keys := []string{
		"home.title", "app.title", "home.intro", "plain", "status.open", "status.closed", "error.subject", "error.said", "error.message",
		"table.entry", "kind.a", "page.title", "page.item", "page.func", "page.has", "page.kind.a", "page.label", "dynamic.x", "unused.key",
	}
	c := catalog(t, "en.json", `{"`+strings.Join(keys, `": "x", "`)+`": "x"}`)
	r := &record{TB: t}
	dir := filepath.Join("testdata", "src")
	i18ntest.Used(r, c, &i18ntest.Usage{Dirs: []string{dir}, Skip: []string{"sub"}, Dynamic: []string{"dynamic."}})
	require.Equal(t, []string{
		filepath.Join(dir, "app.go") + `:23: no language has the key "error.missing_in_add"`,
		filepath.Join(dir, "app.go") + `:27: no language has the key "missing.key"`,
		filepath.Join(dir, "app.go") + `:27: no key begins with "nothing."`,
		filepath.Join(dir, "app.go") + `:28: no language has the key "error.missing_in_say"`,
		filepath.Join(dir, "app.go") + `:29: no language has the key "error.missing_in_message"`,
		filepath.Join(dir, "pages", "page.html") + `:5: no language has the key "page.missing"`,
		`nobody uses the key "unused.key"`,
	}, r.lines)
}

func TestUsedSkipsOnlyWhatItIsTold(t *testing.T) {
	r := &record{TB: t}
	i18ntest.Used(r, catalog(t, "en.json", `{}`), &i18ntest.Usage{Dirs: []string{filepath.Join("testdata", "src", "sub")}})
	require.Len(t, r.lines, 1)
	require.Contains(t, r.lines[0], `no language has the key "skipped.key"`)
}

func TestUsedReportsFilesItCannotRead(t *testing.T) {
	for _, dir := range []string{filepath.Join("testdata", "bad"), "nowhere"} {
		r := &record{TB: t}
		i18ntest.Used(r, catalog(t, "en.json", `{}`), &i18ntest.Usage{Dirs: []string{dir}})
		require.Len(t, r.lines, 1)
		_, err := i18ntest.Find(&i18ntest.Usage{Dirs: []string{dir}})
		require.Error(t, err)
	}
}

func TestUsedWithTheLibrarysTexts(t *testing.T) {
	c := catalog(t, "en.json", `{}`)
	r := &record{TB: t}
	i18ntest.Used(r, c, &i18ntest.Usage{Dirs: []string{"testdata/src/pages"}, Library: true})
	require.Contains(t, r.lines, `nobody uses the key "error.not_found"`)
}

func TestFindReadsTheCurrentFolder(t *testing.T) {
	uses, err := i18ntest.Find(nil)
	require.NoError(t, err)
	for _, u := range uses {
		require.NotContains(t, u.File, "testdata")
	}
}

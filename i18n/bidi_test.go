package i18n_test

import (
	"io/fs"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/unicode/bidi"

	"github.com/stoa-go/stoa/i18n"
)

// The isolate marks.
const (
	fsi = "\u2068"
	pdi = "\u2069"
)

func TestIsolation(t *testing.T) {
	c := texts(t, "en", "From {name} on {t, date, long}", "ar", "من {name} يوم {t, date, long}")
	for _, tt := range []struct {
		l    i18n.Locale
		how  i18n.Isolation
		name string
		want string
	}{
		{"en", i18n.IsolationAuto, "Ana", "From Ana on November 1, 2026"},
		{"en", i18n.IsolationAuto, "أحمد", "From " + fsi + "أحمد" + pdi + " on November 1, 2026"},
		{"en", i18n.IsolationAuto, "\u202egnp.exe", "From " + fsi + "gnp.exe" + pdi + " on November 1, 2026"},
		{"en", i18n.IsolationAlways, "Ana", "From " + fsi + "Ana" + pdi + " on November 1, 2026"},
		{"en", i18n.IsolationOff, "أحمد", "From أحمد on November 1, 2026"},
		{"ar", i18n.IsolationAuto, "Ana", "من " + fsi + "Ana" + pdi + " يوم 1 نوفمبر 2026"},
		{"ar", i18n.IsolationAuto, "أحمد", "من " + fsi + "أحمد" + pdi + " يوم 1 نوفمبر 2026"},
		{"ar", i18n.IsolationAuto, "", "من  يوم 1 نوفمبر 2026"},
		{"ar", i18n.IsolationOff, "Ana", "من Ana يوم 1 نوفمبر 2026"},
	} {
		p := c.In(tt.l).WithIsolation(tt.how)
		require.Equal(t, tt.want, p.T("x", "name", tt.name, "t", noon))
		require.Equal(t, tt.want, string(p.HTML("x", "name", tt.name, "t", noon)))
	}
}

func TestIsolationIsTheCatalogsChoice(t *testing.T) {
	c := newCatalog(t, &i18n.Options{Layers: []fs.FS{layer("ar.json", `{"x": "{n}"}`)}, Isolation: i18n.IsolationOff})
	require.Equal(t, "Ana", c.In("ar").T("x", "n", "Ana"))
}

func TestIsolationOfSumsAndSizes(t *testing.T) {
	c := texts(t, "en", "{m, money, USD} {b, size} {n}", "ar", "{m, money, USD} {b, size} {n}")
	require.Equal(t, "$5.00 1\u00a0kB 3", c.In("en").T("x", "m", 5, "b", 1000, "n", 3))
	require.Equal(t, fsi+"5.00\u00a0US$"+pdi+" "+fsi+"1\u00a0كيلوبايت"+pdi+" 3", c.In("ar").T("x", "m", 5, "b", 1000, "n", 3))
}

func TestIsolationOfListItems(t *testing.T) {
	c := newCatalog(t, nil)
	require.Equal(t, "Ana, "+fsi+"أحمد"+pdi+", and Bo", c.In("en").List("Ana", "أحمد", "Bo"))
	require.Equal(t, fsi+"Ana"+pdi+" و"+fsi+"Bo"+pdi, c.In("ar").List("Ana", "Bo"))
}

// TestBorrowedTextsAreIsolated: an English sentence on an Arabic page keeps
// its full stop at its end.
func TestBorrowedTextsAreIsolated(t *testing.T) {
	c := texts(t, "en", "Hello {name}.")
	require.Equal(t, fsi+"Hello Ana."+pdi, c.In("ar").T("x", "name", "Ana"))
	require.Equal(t, "Hello Ana.", c.In("ar").WithIsolation(i18n.IsolationOff).T("x", "name", "Ana"))
	require.Equal(t, "Hello Ana.", c.In("de").T("x", "name", "Ana"))
}

func TestIsolate(t *testing.T) {
	for in, want := range map[string]string{
		"":                                    "",
		"a":                                   "a",
		"a\u2069b":                            "ab",
		"\u2067a":                             "\u2067a\u2069",
		"\u2067a\u2069b\u2069":                "\u2067a\u2069b",
		"\u202aa\u202bb\u202cc\u202dd\u202ee": "abcde",
		"\u2066\u2067":                        "\u2066\u2067\u2069\u2069",
		"\u200fa":                             "\u200fa",
	} {
		require.Equal(t, fsi+want+pdi, i18n.Isolate(in), "%q", in)
	}
}

// FuzzIsolate: whatever the value, the isolate around it ends where it should,
// and no mark in it reaches further.
func FuzzIsolate(f *testing.F) {
	for _, s := range []string{"Ana", "أحمد", "\u202eabc", "a\u2069b", "\u2067\u2067\u2067", "\u2069\u2069\u202c\u202c", "\u202d\u202eא1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		out := i18n.Isolate(s)
		require.True(t, strings.HasPrefix(out, fsi) && strings.HasSuffix(out, pdi))
		depth := 0
		for i, r := range out {
			class, _ := bidi.LookupRune(r)
			switch r {
			case '\u2066', '\u2067', '\u2068':
				depth++
			case '\u2069':
				depth--
				require.Equal(t, depth == 0, i == len(out)-len(pdi), "the outer isolate ends at the end")
			}
			require.NotContains(t, []bidi.Class{bidi.LRO, bidi.RLO, bidi.LRE, bidi.RLE, bidi.PDF}, class.Class())
		}
		require.Zero(t, depth)
	})
}

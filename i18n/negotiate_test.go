package i18n_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/i18n"
)

func negotiator(t testing.TB, def i18n.Locale, offered ...i18n.Locale) *i18n.Negotiator {
	t.Helper()
	n, err := i18n.NewNegotiator(def, offered, nil)
	require.NoError(t, err)
	return n
}

var five = []i18n.Locale{"en", "de", "es", "ja", "ar"}

func TestPickInOrder(t *testing.T) {
	n := negotiator(t, "en", five...)
	all := i18n.Request{Path: "/de/articles/x", Preference: "es", AcceptLanguage: "ja", Country: "EG"}
	for _, tt := range []struct {
		name   string
		change func(*i18n.Request)
		want   i18n.Locale
		why    i18n.Reason
	}{
		{"the path", func(*i18n.Request) {}, "de", i18n.ReasonPath},
		{"then the preference", func(r *i18n.Request) { r.Path = "/articles/x" }, "es", i18n.ReasonPreference},
		{"then the header", func(r *i18n.Request) { r.Preference = "" }, "ja", i18n.ReasonHeader},
		{"then the country", func(r *i18n.Request) { r.AcceptLanguage = "" }, "ar", i18n.ReasonCountry},
		{"then the default", func(r *i18n.Request) { r.Country = "" }, "en", i18n.ReasonDefault},
	} {
		tt.change(&all)
		got, why := n.Pick(all)
		require.Equal(t, tt.want, got, tt.name)
		require.Equal(t, tt.why, why, tt.name)
	}
}

func TestPickFromHeader(t *testing.T) {
	many := []i18n.Locale{"en", "de", "fr", "es", "pt-BR", "zh", "zh-Hant", "ja", "nb", "ru"}
	for _, tt := range []struct {
		header string
		want   i18n.Locale // "" is the default, for no reason
	}{
		{"de", "de"},
		{"DE-de", "de"},
		{"de-CH, fr;q=0.9", "de"},
		{"fr;q=0.5, de;q=0.9", "de"},
		{"fr, de", "fr"},
		{"de;q=0, fr", "fr"},
		{"de;q=0", ""},
		{"en-GB,en;q=0.9", "en"},
		{"pt-PT", "pt-BR"},
		{"pt", "pt-BR"},
		{"es-MX", "es"},
		{"zh-CN", "zh"},
		{"zh-TW", "zh-Hant"},
		{"zh-HK,zh;q=0.5", "zh-Hant"},
		{"nn", "nb"},
		{"no-NO", "nb"},
		// A related language counts only when none that was named is offered.
		{"be, de;q=0.1", "de"},
		{"be, kk", "ru"},
		{"be, gsw", "ru"},
		{"gsw, be", "de"},
		{"gsw, fr", "fr"},
		{"gsw", "de"},
		{"uk", ""},
		{"*", ""},
		{"xx, *;q=0.5", ""},
		{"", ""},
		{";;,,;q=1,", ""},
		{"de;q=nonsense, fr;q=0.1", "fr"},
		{"de;q=1.5, fr;q=0.1", "fr"},
		{"de;q=0.0001, fr;q=0.1", "fr"},
		{"de;level=1, fr;q=0.1", "fr"},
		{"  de  ;  q=0.3  ,fr;q=0.2", "de"},
		{"de\x00, fr", "fr"},
		{"x-klingon, en-US-u-co-phonebk, fr", "fr"},
	} {
		n := negotiator(t, "en", many...)
		got, why := n.Pick(i18n.Request{AcceptLanguage: tt.header})
		if tt.want == "" {
			require.Equal(t, i18n.ReasonDefault, why, tt.header)
			continue
		}
		require.Equal(t, tt.want, got, tt.header)
		require.Equal(t, i18n.ReasonHeader, why, tt.header)
	}
}

// TestPickKeepsScriptsApart: a reader of traditional characters gets the
// simplified ones only where nothing else that was named is offered.
func TestPickKeepsScriptsApart(t *testing.T) {
	n := negotiator(t, "en", "en", "de", "zh")
	got, _ := n.Pick(i18n.Request{AcceptLanguage: "zh-TW, de;q=0.8"})
	require.Equal(t, i18n.Locale("de"), got)
	got, _ = n.Pick(i18n.Request{AcceptLanguage: "zh-TW"})
	require.Equal(t, i18n.Locale("zh"), got)
	got, why := n.Pick(i18n.Request{Preference: "zh-TW"})
	require.Equal(t, i18n.Locale("en"), got)
	require.Equal(t, i18n.ReasonDefault, why)
}

func TestPickFromPreference(t *testing.T) {
	n := negotiator(t, "en", five...)
	for in, want := range map[string]i18n.Locale{"de": "de", "DE-at": "de", "ja-JP": "ja"} {
		got, why := n.Pick(i18n.Request{Preference: in, AcceptLanguage: "es"})
		require.Equal(t, want, got, in)
		require.Equal(t, i18n.ReasonPreference, why)
	}
	for _, in := range []string{"fr", "gsw", "xx", "../de", "de_DE", strings.Repeat("de-", 1000)} {
		got, why := n.Pick(i18n.Request{Preference: in, AcceptLanguage: "es"})
		require.Equal(t, i18n.Locale("es"), got, in)
		require.Equal(t, i18n.ReasonHeader, why, in)
	}
}

func TestPickFromCountry(t *testing.T) {
	offered := []i18n.Locale{"en", "de", "fr", "es", "es-MX", "nl", "zh", "zh-Hant", "ar", "hi", "uk", "ru", "pt-BR"}
	n := negotiator(t, "en", offered...)
	for country, want := range map[string]i18n.Locale{
		"DE": "de", "de": "de", "AT": "de", "CH": "de", "BE": "nl", "CA": "en", "MX": "es-MX", "AR": "es-MX", "ES": "es",
		"TW": "zh-Hant", "HK": "zh-Hant", "CN": "zh", "EG": "ar", "MA": "ar", "IN": "en", "UA": "uk", "BR": "pt-BR", "PT": "pt-BR",
	} {
		got, why := n.Pick(i18n.Request{Country: country})
		require.Equal(t, want, got, country)
		require.Equal(t, i18n.ReasonCountry, why, country)
	}
	for _, country := range []string{"JP", "XX", "ZZ", "T1", "A", "EUR", "D\x00", "é", "EU", "AQ!"} {
		_, why := n.Pick(i18n.Request{Country: country})
		require.Equal(t, i18n.ReasonDefault, why, country)
	}
}

func TestPickFromTheHostsCountries(t *testing.T) {
	n, err := i18n.NewNegotiator("en", five, &i18n.NegotiatorOptions{Countries: map[string][]i18n.Locale{"FR": {"br", "es"}}})
	require.NoError(t, err)
	got, why := n.Pick(i18n.Request{Country: "FR"})
	require.Equal(t, i18n.Locale("es"), got)
	require.Equal(t, i18n.ReasonCountry, why)
	got, _ = n.Pick(i18n.Request{Country: "AT"})
	require.Equal(t, i18n.Locale("de"), got)
}

// TestOfferingHidesDrafts: a locale in preparation is there for those who may
// see it and nowhere for the others.
func TestOfferingHidesDrafts(t *testing.T) {
	public := negotiator(t, "en", "en", "de")
	staff, err := public.Offering(append(public.Offered(), "fr")...)
	require.NoError(t, err)
	for _, r := range []i18n.Request{{Path: "/fr/x"}, {Preference: "fr"}, {AcceptLanguage: "fr-CA"}, {Country: "FR"}} {
		got, why := public.Pick(r)
		require.Equal(t, i18n.Locale("en"), got)
		require.Equal(t, i18n.ReasonDefault, why)
		got, _ = staff.Pick(r)
		require.Equal(t, i18n.Locale("fr"), got)
	}
	require.Equal(t, []i18n.Locale{"en", "de"}, public.Offered())

	other, err := public.Offering("de")
	require.NoError(t, err)
	require.Equal(t, i18n.Locale("en"), other.Default())
	require.Equal(t, []i18n.Locale{"de", "en"}, other.Offered())
}

func TestNegotiatorKeepsItsOwnList(t *testing.T) {
	offered := []i18n.Locale{"en", "de"}
	n := negotiator(t, "en", offered...)
	offered[1] = "fr"
	n.Offered()[1] = "es"
	got, _ := n.Pick(i18n.Request{AcceptLanguage: "de"})
	require.Equal(t, i18n.Locale("de"), got)
	require.Equal(t, []i18n.Locale{"en", "de"}, n.Offered())
}

func TestNewNegotiatorRefuses(t *testing.T) {
	for _, offered := range [][]i18n.Locale{nil, {"de"}, {"en", "de_DE"}, {"en", "DE"}, {"en", ""}} {
		_, err := i18n.NewNegotiator("en", offered, nil)
		require.ErrorIs(t, err, i18n.ErrInvalid, "%v", offered)
	}
}

func TestSplitPath(t *testing.T) {
	n := negotiator(t, "en", "en", "de", "pt-BR")
	for path, want := range map[string][2]string{
		"/de":                   {"de", "/"},
		"/de/":                  {"de", "/"},
		"/de/articles/x":        {"de", "/articles/x"},
		"/DE/articles/x/":       {"de", "/articles/x/"},
		"/pt-br/x":              {"pt-BR", "/x"},
		"/pt-BR/x":              {"pt-BR", "/x"},
		"/de//evil.example":     {"de", "/evil.example"},
		"/de/\\evil.example":    {"de", "/evil.example"},
		"/de/\\/\\evil.example": {"de", "/evil.example"},
	} {
		l, rest, ok := n.SplitPath(path)
		require.True(t, ok, path)
		require.Equal(t, want, [2]string{string(l), rest}, path)
	}
	for _, path := range []string{"", "/", "de/x", "/fr/x", "/de-DE/x", "/deutsch", "//de/x", "/de_/x", "/d", "/" + strings.Repeat("de", 1000)} {
		l, rest, ok := n.SplitPath(path)
		require.False(t, ok, path)
		require.Empty(t, l)
		require.Equal(t, path, rest)
	}
}

func TestJoinPath(t *testing.T) {
	n := negotiator(t, "en", "en", "de", "pt-BR")
	for _, l := range n.Offered() {
		for _, path := range []string{"/", "/articles/x", "/articles/x/"} {
			back, rest, ok := n.SplitPath(i18n.JoinPath(l, path))
			require.True(t, ok)
			require.Equal(t, l, back)
			require.Equal(t, path, rest)
		}
	}
	require.Equal(t, "/pt-br/x", i18n.JoinPath("pt-BR", "x"))
	require.Equal(t, "/x", i18n.JoinPath("", "//x"))
	require.Equal(t, "/de/x", i18n.JoinPath("de", `/\x`))
}

// TestJoinPathStaysHere: whatever is joined, a browser that is given the result
// stays on the host, and below the language.
func TestJoinPathStaysHere(t *testing.T) {
	for path, want := range map[string]string{
		"/\t/evil.example": "/de/evil.example", "\n//evil.example": "/de/evil.example",
		"/articles/..": "/de/", "/articles/../../x": "/de/x", "/../x/": "/de/x/", "/.": "/de/", "/a/./b": "/de/a/b",
		"/articles/%2E%2e/x": "/de/x", "/articles/.%2e": "/de/", `/articles\..\..\x`: "/de/x", "/..//evil.example": "/de/evil.example",
		"/a?next=../b": "/de/a?next=../b", "/a/..?q=1#x": "/de/?q=1#x",
		"/articles/v1.2": "/de/articles/v1.2", "/a/...": "/de/a/...", "/a..b/": "/de/a..b/", "/50%25/x": "/de/50%25/x",
	} {
		require.Equal(t, want, i18n.JoinPath("de", path), "%q", path)
	}
	for _, l := range []i18n.Locale{"/evil.example", "..", `\evil.example`, "de/..", "de?", "%2e%2e", i18n.Locale(strings.Repeat("d", 100))} {
		require.Equal(t, "/x", i18n.JoinPath(l, "/x"), "%q is no language", l)
	}
}

// TestPickCostIsCapped counts allocations, which do not depend on the machine:
// a header of any length costs no more than one of a kilobyte.
func TestPickCostIsCapped(t *testing.T) {
	n := negotiator(t, "en", five...)
	cost := func(header string) float64 {
		return testing.AllocsPerRun(10, func() { n.Pick(i18n.Request{AcceptLanguage: header}) })
	}
	for _, unit := range []string{"fr-CH;q=0.1,", "en-XX,", "zz,", ",", "a", "fr-", ";", "*,"} {
		capped := cost(strings.Repeat(unit, 1024/len(unit)))
		// What else the program allocates meanwhile is counted too; without the cap
		// it would be a hundred times as many.
		require.LessOrEqual(t, cost(strings.Repeat(unit, 180_000/len(unit))), 2*capped+16, "%q", unit)
		require.LessOrEqual(t, capped, 16*16.0, "%q", unit)
	}
}

// TestPickReadsNoFurther: what lies beyond the caps decides nothing.
func TestPickReadsNoFurther(t *testing.T) {
	n := negotiator(t, "en", five...)
	_, why := n.Pick(i18n.Request{AcceptLanguage: strings.Repeat("fr,", 16) + "de"})
	require.Equal(t, i18n.ReasonDefault, why)
	_, why = n.Pick(i18n.Request{AcceptLanguage: strings.Repeat(" ", 1024) + "de"})
	require.Equal(t, i18n.ReasonDefault, why)
	_, why = n.Pick(i18n.Request{AcceptLanguage: "," + strings.Repeat(" ", 1021) + "de-x-no-german"})
	require.Equal(t, i18n.ReasonDefault, why, "half a tag is none")
	got, _ := n.Pick(i18n.Request{AcceptLanguage: "de," + strings.Repeat("x", 5000)})
	require.Equal(t, i18n.Locale("de"), got)
}

func TestPickAllocatesNothingForOfferedLanguages(t *testing.T) {
	n := negotiator(t, "en", five...)
	require.Zero(t, testing.AllocsPerRun(100, func() {
		n.Pick(i18n.Request{Path: "/articles/x", AcceptLanguage: "fr;q=0.1, de, en;q=0.9"})
	}))
}

func FuzzPick(f *testing.F) {
	f.Add("/de/x", "de", "de-CH, fr;q=0.5, *;q=0.1", "CH")
	f.Add("//x", "", strings.Repeat("en;q=0.1,", 200), "T1")
	n, err := i18n.NewNegotiator("en", []i18n.Locale{"en", "de", "pt-BR", "zh-Hant", "ar"}, nil)
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, path, preference, header, country string) {
		r := i18n.Request{Path: path, Preference: preference, AcceptLanguage: header, Country: country}
		l, why := n.Pick(r)
		require.Contains(t, n.Offered(), l)
		again, same := n.Pick(r)
		require.Equal(t, fmt.Sprint(l, why), fmt.Sprint(again, same))
		if _, rest, ok := n.SplitPath(path); ok {
			require.True(t, strings.HasPrefix(rest, "/"))
			require.False(t, strings.HasPrefix(rest, "//") || strings.HasPrefix(rest, `/\`), "%q leads to another host", rest)
		}
	})
}

func BenchmarkPick(b *testing.B) {
	n := negotiator(b, "en", five...)
	for name, r := range map[string]i18n.Request{
		"path":    {Path: "/de/articles/first-steps", AcceptLanguage: "de-DE,de;q=0.9,en;q=0.8"},
		"exact":   {Path: "/articles/x", AcceptLanguage: "de,en;q=0.8"},
		"browser": {Path: "/articles/x", AcceptLanguage: "de-DE,de;q=0.9,en-US;q=0.8,en;q=0.7"},
		"hostile": {Path: "/articles/x", AcceptLanguage: strings.Repeat("en;q=0.1,", 20_000)},
		"strange": {Path: "/articles/x", AcceptLanguage: strings.Repeat("fr-CH-1996,", 20_000)},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				n.Pick(r)
			}
		})
	}
}

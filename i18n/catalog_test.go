package i18n_test

import (
	"errors"
	"io/fs"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/i18n"
)

func TestLayersOverrideByKey(t *testing.T) {
	c := newCatalog(t, &i18n.Options{Layers: []fs.FS{
		layer("en.json", `{"a": "portal a", "b": "portal b", "error.taken": "x"}`, "de.json", `{"a": "Portal a"}`),
		layer("en.json", `{"b": "host b", "error.not_found": "Nope."}`, "fr.json", `{"a": "hôte a"}`),
	}})
	require.Equal(t, "portal a", c.In("en").T("a"))
	require.Equal(t, "host b", c.In("en").T("b"))
	require.Equal(t, "Nope.", c.In("en").T("error.not_found"))
	require.Contains(t, c.In("de").T("error.not_found"), "Suche")
	require.Equal(t, "hôte a", c.In("fr").T("a"))
	require.Equal(t, []i18n.Locale{"ar", "de", "en", "es", "fr", "ja"}, c.Locales())
	require.Equal(t, map[string]string{"a": "hôte a"}, c.Texts("fr"))
	require.Empty(t, c.Texts("sv"))
}

func TestFallbackChains(t *testing.T) {
	c := newCatalog(t, &i18n.Options{
		Layers: []fs.FS{layer(
			"en.json", `{"x": "en"}`, "en-GB.json", `{"y": "en-GB"}`, "pt.json", `{"x": "pt"}`, "pt-BR.json", `{"y": "pt-BR"}`,
			"zh.json", `{"x": "zh"}`, "zh-Hant.json", `{"y": "zh-Hant"}`, "es.json", `{"x": "es"}`, "ca.json", `{"y": "ca"}`,
		)},
		Fallback: map[i18n.Locale][]i18n.Locale{"ca": {"es-MX", "pt"}, "es": {"ca"}},
	})
	for l, want := range map[i18n.Locale]string{
		"pt-BR": "pt", "pt-AO": "pt", "pt": "pt",
		"zh-Hant": "en", "zh-Hant-TW": "en", "zh-TW": "en", "zh-HK": "en", "zh": "zh", "zh-CN": "zh",
		"en-AU": "en", "en-GB": "en", "ca": "es", "ca-valencia": "es", "sv": "en", "": "en", "nonsense!": "en",
	} {
		require.Equal(t, want, c.In(l).T("x"), "%s", l)
	}
	require.Equal(t, []i18n.Locale{"ca-valencia", "ca", "es-MX", "es-419", "es", "pt", "en"}, c.Chain("ca-valencia"))
	require.Equal(t, []i18n.Locale{"zh-Hant-TW", "zh-Hant", "en"}, c.Chain("zh-Hant-TW"))
}

func TestInBecomesTheNearestRelative(t *testing.T) {
	c := texts(t, "en", "x", "ca", "x")
	for l, want := range map[i18n.Locale]i18n.Locale{
		"de": "de", "de-LI": "de", "de-CH": "de-CH", "en-AU": "en-001", "ca": "ca", "ca-valencia": "ca",
		"fr-CA": "fr", "no": "no", "zh-TW": "zh-Hant", "tlh": "en", "": "en", "<b>": "en",
	} {
		require.Equal(t, want, c.In(l).Locale(), "%q", l)
	}
	require.Equal(t, i18n.DirectionRTL, c.In("ar-EG").Dir())
}

// faultLog collects reports.
type faultLog struct {
	mu    sync.Mutex
	lines []string
}

func (l *faultLog) report(f i18n.Fault) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, f.String())
}

func TestMissingKeysAreReportedOnce(t *testing.T) {
	var log faultLog
	c := newCatalog(t, &i18n.Options{
		Layers: []fs.FS{layer("en.json", `{"x": "Hello {name}", "n": "{n, plural, one {#} other {#}}"}`)},
		Report: log.report,
	})
	for range 3 {
		require.Equal(t, "Hello you", c.In("de").T("x", "name", "you"))
		require.Equal(t, "no.such.key", c.In("de").T("no.such.key"))
		require.Equal(t, "no.&lt;b&gt;", string(c.In("de").HTML("no.<b>")))
		require.Equal(t, "Hello {name}", c.In("en").T("x"))
		require.Equal(t, "Hello {name}", c.In("en").T("x", "name"))
		require.Equal(t, "lots", c.In("en").T("n", "n", "lots"))
	}
	require.ElementsMatch(t, []string{
		"de: x: missing, shown in en",
		"de: no.such.key: no such key",
		"de: no.<b>: no such key",
		`en: x: argument "name" is missing`,
		`en: x: argument "" does not fit its type`,
		`en: n: argument "n" does not fit its type`,
	}, log.lines)
}

func TestARegionLacksNothingItsLanguageHas(t *testing.T) {
	var log faultLog
	c := newCatalog(t, &i18n.Options{
		Layers: []fs.FS{layer("en.json", `{"x": "en"}`, "pt.json", `{"x": "pt"}`, "pt-BR.json", `{"y": "a"}`)}, Report: log.report,
	})
	require.Equal(t, "pt", c.In("pt-BR").T("x"))
	require.Empty(t, log.lines)
	require.True(t, c.In("pt-BR").Has("x"))
	require.False(t, c.In("de").Has("x"))
	require.False(t, c.In("de").Has("z"))
}

func TestFaultsGoToTheLog(t *testing.T) {
	var b strings.Builder
	c := newCatalog(t, &i18n.Options{Log: slog.New(slog.NewTextHandler(&b, nil))})
	c.In("de").T("no.such.key")
	require.Contains(t, b.String(), `fault="de: no.such.key: no such key"`)
}

func TestSourceLanguage(t *testing.T) {
	c := newCatalog(t, &i18n.Options{Source: "pl", Layers: []fs.FS{layer("pl.json", `{"x": "pl"}`)}})
	require.Equal(t, i18n.Locale("pl"), c.Source())
	require.Equal(t, "pl", c.In("fr").T("x"))
	require.Equal(t, i18n.Locale("pl"), c.In("tlh").Locale())
	_, err := i18n.New(&i18n.Options{Source: "sv"})
	require.ErrorIs(t, err, i18n.ErrInvalid)
	require.ErrorContains(t, err, "no layer has texts in the source language sv")
}

func TestLoadFaults(t *testing.T) {
	for _, tt := range []struct{ name, file, json, want string }{
		{"name", "xx.json", `{}`, "xx.json: the name is not LOCALE.json with a canonical locale"},
		{"spelling of the name", "pt_BR.json", `{}`, "pt_BR.json: the name is not LOCALE.json with a canonical locale"},
		{"case of the name", "DE.json", `{}`, "DE.json: the name is not LOCALE.json with a canonical locale"},
		{"empty", "de.json", ``, "de.json:1: not JSON: the file ends too early"},
		{"not an object", "de.json", `["a"]`, `de.json:1: expected an object of keys and texts: {"key": "text"}`},
		{"cut", "de.json", "{\n\"a\": \"b\",\n\"c\"", "de.json:3: not JSON: the file ends too early"},
		{"not closed", "de.json", "{\n\"a\": \"b\"\n", "de.json:3: not JSON: the file ends too early"},
		{"comma", "de.json", "{\n\"a\": \"b\"\n\n\"c\": \"d\"}", "de.json:4: not JSON: invalid character '\"' after object key:value pair"},
		{"nested", "de.json", "{\n \"a\": {\"b\": \"c\"}}", `de.json:2: a: a text is a string; write nested keys with dots: "a.b"`},
		{"number", "de.json", `{"a": 1}`, `de.json:1: a: a text is a string; write nested keys with dots: "a.b"`},
		{"null", "de.json", `{"a": null}`, `de.json:1: a: a text is a string; write nested keys with dots: "a.b"`},
		{"twice", "de.json", "{\"a\": \"b\",\n\n\"a\": \"c\"}", "de.json:3: a: the key is there twice"},
		{"key", "de.json", `{"A b": "c"}`, "de.json:1: A b: a key has lower-case letters, digits, underscores, hyphens and dots"},
		{"syntax", "de.json", "{\"ok\": \"ok\",\n\"a\": \"ä {n\"}", "de.json:2: a: column 3: { is not closed; write '{' for the sign"},
		{"more", "de.json", `{} {}`, "de.json:1: something follows the object"},
		{"encoding", "de.json", "{\"a\": \"\xff\"}", "de.json: not UTF-8"},
		{"size", "de.json", strings.Repeat(" ", 8<<20+1), "de.json: larger than 8 MiB"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := i18n.New(&i18n.Options{Layers: []fs.FS{layer(tt.file, tt.json)}})
			require.ErrorIs(t, err, i18n.ErrInvalid)
			var syntax *i18n.SyntaxError
			require.ErrorAs(t, err, &syntax)
			require.Equal(t, tt.want, syntax.Error())
			require.Equal(t, "i18n: "+tt.want, err.Error())
		})
	}
}

// TestLoadReportsEverything: a translator sees all faults at once.
func TestLoadReportsEverything(t *testing.T) {
	_, err := i18n.New(&i18n.Options{Layers: []fs.FS{
		layer("de.json", `{"a": "{", "b": "}", "c": "ok"}`, "fr.json", `{"a": "{n, x}"}`),
		layer("es.json", `[`),
	}})
	require.Len(t, strings.Split(err.Error(), "\n"), 4)
}

type brokenFS struct{ fs.FS }

var errDisk = errors.New("disk on fire")

func (b brokenFS) Open(name string) (fs.File, error) {
	if strings.HasSuffix(name, ".json") {
		return nil, errDisk
	}
	return b.FS.Open(name)
}

func TestLoadReportsTheDisk(t *testing.T) {
	_, err := i18n.New(&i18n.Options{Layers: []fs.FS{brokenFS{layer("de.json", `{}`)}}})
	require.ErrorIs(t, err, errDisk)
}

func TestLoadSkipsWhatIsNoCatalog(t *testing.T) {
	c := newCatalog(t, &i18n.Options{Layers: []fs.FS{
		layer("README.md", "x", "sub/de.json", "broken", "en.json", "\ufeff{\"x\": \"with a mark\"}"),
	}})
	require.Equal(t, "with a mark", c.In("en").T("x"))
}

func TestValidKey(t *testing.T) {
	for _, key := range []string{"a", "a.b", "error.field.too_long", "a-b.c1"} {
		require.True(t, i18n.ValidKey(key), key)
	}
	for _, key := range []string{"", ".", "a.", ".a", "a..b", "A", "a b", "ä", "a\n", strings.Repeat("a", 129)} {
		require.False(t, i18n.ValidKey(key), key)
	}
}

func TestHostConventions(t *testing.T) {
	arabic, ok := i18n.ConventionsFor("ar")
	require.True(t, ok)
	arabic.Digits, arabic.Decimal, arabic.Group = "٠١٢٣٤٥٦٧٨٩", "٫", "٬"
	c := newCatalog(t, &i18n.Options{Locales: map[i18n.Locale]i18n.Conventions{
		"ar-EG": arabic,
		"de":    {Group: " "},
		"hr":    {Decimal: ",", Group: ".", DateLong: "d. MMMM y.", Months: twelve("studenoga")},
	}})
	require.Equal(t, "١٬٢٣٤٫٥", c.In("ar-EG").Number(1234.5))
	require.Equal(t, "1,234.5", c.In("ar").Number(1234.5))
	require.Equal(t, "1 234,5", c.In("de").Number(1234.5))
	require.Equal(t, "1’234.5", c.In("de-CH").Number(1234.5))
	require.Equal(t, "1. studenoga 2026.", c.In("hr").Date(noon, i18n.StyleLong))
	require.Equal(t, "2026-11-01", c.In("hr").Date(noon, i18n.StyleMedium))
	require.Equal(t, i18n.Locale("hr"), c.In("hr-BA").Locale())

	_, ok = i18n.ConventionsFor("tlh")
	require.False(t, ok)
}

func twelve(name string) []string {
	out := make([]string, 12)
	for i := range out {
		out[i] = name
	}
	return out
}

func TestHostConventionsAreChecked(t *testing.T) {
	for name, bad := range map[string]i18n.Conventions{
		"eleven months":   {Months: twelve("x")[1:]},
		"eight days":      {DaysShort: twelve("x")[:8]},
		"nine digits":     {Digits: "123456789"},
		"empty group":     {Grouping: []int{0}},
		"unknown letters": {DateShort: "dd.mmm"},
		"open quotation":  {TimeShort: "HH 'h mm"},
	} {
		_, err := i18n.New(&i18n.Options{Locales: map[i18n.Locale]i18n.Conventions{"hr": bad}})
		require.ErrorIs(t, err, i18n.ErrInvalid, name)
		require.ErrorContains(t, err, "conventions of hr", name)
	}
	_, err := i18n.New(&i18n.Options{Locales: map[i18n.Locale]i18n.Conventions{"de_DE": {}}})
	require.ErrorIs(t, err, i18n.ErrInvalid)
	_, err = i18n.New(&i18n.Options{Fallback: map[i18n.Locale][]i18n.Locale{"ca": {"spanish"}}})
	require.ErrorIs(t, err, i18n.ErrInvalid)
}

func TestChoose(t *testing.T) {
	c := newCatalog(t, &i18n.Options{Fallback: map[i18n.Locale][]i18n.Locale{"ca": {"es"}}})
	for _, tt := range []struct {
		wanted i18n.Locale
		have   []i18n.Locale
		in     i18n.Locale
		other  bool
	}{
		{"de", []i18n.Locale{"en", "de"}, "de", false},
		{"de-AT", []i18n.Locale{"en", "de"}, "de", false},
		{"pt", []i18n.Locale{"en", "pt-BR"}, "pt-BR", false},
		{"nn", []i18n.Locale{"en", "nb"}, "nb", false},
		{"zh-Hant-TW", []i18n.Locale{"zh", "zh-Hant"}, "zh-Hant", false},
		{"zh-TW", []i18n.Locale{"zh", "en"}, "en", true},
		{"ca", []i18n.Locale{"en", "es"}, "es", true},
		{"fr", []i18n.Locale{"de", "en"}, "en", true},
		{"fr", []i18n.Locale{"ja", "de"}, "ja", true},
		{"", []i18n.Locale{"de", "en"}, "en", true},
	} {
		shown, ok := c.Choose(tt.wanted, tt.have...)
		require.True(t, ok)
		require.Equal(t, i18n.Shown{In: tt.in, Wanted: tt.wanted}, shown)
		require.Equal(t, tt.other, shown.Substitute(), "%v", tt)
	}
	_, ok := c.Choose("de")
	require.False(t, ok)
}

func TestShown(t *testing.T) {
	c := newCatalog(t, nil)
	shown := i18n.Shown{In: "ar", Wanted: "de"}
	require.Equal(t, `lang="ar" dir="rtl"`, string(shown.Attrs()))
	require.Equal(t, "Diesen Text gibt es noch nicht auf Deutsch. Sie lesen ihn auf Arabisch.", c.In("de").Notice(shown))
	require.Equal(t, "This is not available in German yet. You are reading it in Arabic.", c.In("en").Notice(shown))
	require.Empty(t, c.In("de").Notice(i18n.Shown{In: "de", Wanted: "de-AT"}))
	require.Equal(t, `lang="&#34;&gt;" dir="ltr"`, string(i18n.Shown{In: `">`}.Attrs()))
}

func TestCatalogInUseByMany(t *testing.T) {
	var log faultLog
	c := newCatalog(t, &i18n.Options{Layers: []fs.FS{layer("en.json", `{"x": "{n, plural, one {#} other {#}}"}`)}, Report: log.report})
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for _, l := range []i18n.Locale{"de", "fr", "sv", "ar", "zh-TW", "es-AR"} {
				p := c.In(l)
				p.T("x", "n", 5)
				p.Date(noon, "full")
				p.Duration(90)
			}
		})
	}
	wg.Wait()
	require.Len(t, log.lines, 6)
}

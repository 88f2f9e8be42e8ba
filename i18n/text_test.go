package i18n_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/internal/errs"
)

// say renders one English text.
func say(t *testing.T, text string, args ...any) string {
	t.Helper()
	quoted, err := json.Marshal(text)
	require.NoError(t, err)
	c := newCatalog(t, &i18n.Options{Layers: []fs.FS{layer("en.json", `{"x": `+string(quoted)+`}`)}, Now: func() time.Time { return noon }})
	return c.In("en").T("x", args...)
}

type status string

func (s status) String() string { return "<" + string(s) + ">" }

type plainStatus string

func TestT(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		args       []any
		want       string
	}{
		{"text", "Hello", nil, "Hello"},
		{"pairs", "{a} and {b}", []any{"a", "x", "b", "y"}, "x and y"},
		{"a map", "{a} and {b}", []any{map[string]any{"a": "x", "b": "y"}}, "x and y"},
		{"the last of two", "{a}", []any{"a", 1, "a", 2}, "2"},
		{"a number", "{n}", []any{"n", 1234567}, "1,234,567"},
		{"an id", "{n}", []any{"n", "1234567"}, "1234567"},
		{"HTML is text here", "{n}", []any{"n", template.HTML("<b>")}, "<b>"},
		{"a named text", "{s}", []any{"s", plainStatus("open")}, "open"},
		{"a stringer", "{s}", []any{"s", status("open")}, "<open>"},
		{"an error", "{e}", []any{"e", errors.New("boom")}, "boom"},
		{"a list", "{l}", []any{"l", []string{"a", "b", "c"}}, "a, b, and c"},
		{"a list of anything", "{l, list, or}", []any{"l", []int{1, 2}}, "1 or 2"},
		{"a list that is a text", "{l, list}", []any{"l", "a, b"}, "a, b"},
		{"bytes are no list", "{b}", []any{"b", []byte("ab")}, "[97 98]"},
		{"a boolean", "{b}", []any{"b", true}, "true"},
		{"a language", "{l}", []any{"l", i18n.Locale("de")}, "German"},
		{"a sum", "{m}", []any{"m", i18n.Money{Amount: 50, Currency: "USD"}}, "$0.50"},
		{"a JSON number", "{n}", []any{"n", json.Number("1234.5")}, "1,234.5"},
		{"a moment", "{t}", []any{"t", noon}, "Nov 1, 2026, 4:05\u00a0PM"},
		{"a duration", "{d} {d, duration}", []any{"d", time.Hour}, "1 hour 1 hour"},
		{"a size", "{b, size}", []any{"b", 1500}, "1.5\u00a0kB"},
		{"percent", "{p, number, percent} {p, number}", []any{"p", 0.4567}, "45.7% 0.457"},
		{"date", "{t, date} {t, date, short}", []any{"t", noon}, "Nov 1, 2026 11/1/26"},
		{"time", "{t, time} {t, datetime, long}", []any{"t", noon}, "4:05\u00a0PM November 1, 2026, 4:05\u00a0PM"},
		{"relative", "{t, relative}", []any{"t", noon.Add(-49 * time.Hour)}, "2 days ago"},
		{"money", "{a, money, EUR} {b, money, JPY} {c, money, EUR}",
			[]any{"a", 12.5, "b", 12, "c", i18n.Money{Amount: 5, Currency: "USD"}}, "€12.50 ¥12 $0.05"},
		{"plural", "{n, plural, =0 {none} one {# file} other {# files}}", []any{"n", 0}, "none"},
		{"plural one", "{n, plural, =0 {none} one {# file} other {# files}}", []any{"n", 1}, "1 file"},
		{"plural other", "{n, plural, =0 {none} one {# file} other {# files}}", []any{"n", 1234}, "1,234 files"},
		{"plural of a fraction", "{n, plural, one {# mile} other {# miles}}", []any{"n", 1.5}, "1.5 miles"},
		{"plural of one as a fraction", "{n, plural, =1 {exactly one} other {#}}", []any{"n", 1.0}, "exactly one"},
		{"plural of a negative", "{n, plural, =1 {exactly one} one {#} other {# points}}", []any{"n", -5}, "-5 points"},
		{"plural of a text", "{n, plural, one {#} other {# files}}", []any{"n", "3"}, "3 files"},
		{"ordinal", "{n, selectordinal, one {#st} two {#nd} few {#rd} other {#th}}", []any{"n", 22}, "22nd"},
		{"select", "{who, select, agent {you} other {they}}", []any{"who", "agent"}, "you"},
		{"select other", "{who, select, agent {you} other {they}}", []any{"who", "x"}, "they"},
		{"select nothing", "{who, select, empty {nobody} other {{who}}}", []any{"who", ""}, "nobody"},
		{"select by a named text", "{s, select, open {yes} other {no}}", []any{"s", plainStatus("open")}, "yes"},
		{"select by a boolean", "{b, select, true {yes} other {no}}", []any{"b", true}, "yes"},
		{"nested", "{n, plural, one {{w, select, a {# by {w}} other {}}} other {many}}", []any{"n", 1, "w", "a"}, "1 by a"},
		{"tags go", "<b>{a}</b> <a href={u}>link</a>", []any{"a", "<i>", "u", "https://x"}, "<i> link"},
		{"quoted", "'{a}' it''s", nil, "{a} it's"},
	} {
		t.Run(tt.name, func(t *testing.T) { require.Equal(t, tt.want, say(t, tt.text, tt.args...)) })
	}
}

// TestTWithWrongTypes: a page is never lost to an argument.
func TestTWithWrongTypes(t *testing.T) {
	for _, kind := range []string{
		"number", "number, percent", "date", "time", "datetime", "relative", "money, EUR", "money", "list", "size", "duration",
	} {
		for _, v := range []any{"text", struct{ A int }{1}, true, []byte("x"), func() {}, errors.New("e"), (*time.Time)(nil)} {
			require.NotPanics(t, func() { say(t, "{x, "+kind+"}", "x", v) }, "%s %T", kind, v)
		}
		require.Equal(t, "{x}", say(t, "{x, "+kind+"}"))
		require.Equal(t, "{x}", say(t, "{x, "+kind+"}", "x", nil))
	}
	require.Equal(t, "other", say(t, "{x, plural, one {one} other {other}}"))
	require.Equal(t, "other", say(t, "{x, select, one {one} other {other}}"))
	require.Equal(t, "now", say(t, "{x, date}", "x", "now"))
	require.Equal(t, "{x}", say(t, "{x}", 1, 2, "x"))
}

// TestPlurals renders the numbers that tell the forms of a language apart.
func TestPlurals(t *testing.T) {
	all := "{n, plural, zero {zero} one {one} two {two} few {few} many {many} other {other}}"
	for l, want := range map[i18n.Locale]map[any]string{
		"en":    {0: "other", 1: "one", 2: "other", 1.5: "other"},
		"fr":    {0: "one", 1: "one", 2: "other", 1.5: "one"},
		"pt-BR": {0: "one", 1: "one", 2: "other"},
		"pt-PT": {0: "other", 1: "one", 2: "other"},
		"pl":    {1: "one", 2: "few", 5: "many", 12: "many", 22: "few", 1.5: "other", 1_000_002: "few", 1_000_012: "many"},
		"ru":    {1: "one", 2: "few", 5: "many", 11: "many", 21: "one", 1.5: "other"},
		"cs":    {1: "one", 2: "few", 5: "other", 1.5: "many"},
		"ar":    {0: "zero", 1: "one", 2: "two", 3: "few", 11: "many", 100: "other", 103: "few", 111: "many", 1_000_000: "other"},
		"he":    {1: "one", 2: "two", 3: "other"},
		"ja":    {0: "other", 1: "other", 2: "other"},
		"ro":    {1: "one", 2: "few", 20: "other", 101: "few"},
	} {
		c := newCatalog(t, &i18n.Options{Layers: []fs.FS{layer("en.json", `{"x": "?"}`, string(l)+".json", `{"x": "`+all+`"}`)}})
		for n, form := range want {
			require.Equal(t, form, c.In(l).T("x", "n", n), "%s %v", l, n)
		}
	}
}

func TestPluralCategories(t *testing.T) {
	for l, want := range map[i18n.Locale][2]string{
		"en": {"one other", "one two few other"},
		"de": {"one other", "other"},
		"fr": {"one other", "one other"},
		"pl": {"one few many other", "other"},
		"cs": {"one few other", "other"},
		"ar": {"zero one two few many other", "other"},
		"he": {"one two other", "other"},
		"ja": {"other", "other"},
		"it": {"one other", "many other"},
		"cy": {"zero one two few many other", "zero one two few many other"},
	} {
		cardinal, ordinal := i18n.Plurals(l)
		require.Equal(t, want, [2]string{strings.Join(cardinal, " "), strings.Join(ordinal, " ")}, "%s", l)
	}
	require.Equal(t, "few", i18n.Category("en", 3, true))
	require.Equal(t, "other", i18n.Category("en", 3, false))
}

// TestBorrowedTextsKeepTheirLanguage: an English sentence on a Polish page has
// English plurals, dates and numbers.
func TestBorrowedTextsKeepTheirLanguage(t *testing.T) {
	c := newCatalog(t, &i18n.Options{Layers: []fs.FS{layer(
		"en.json", `{"x": "{n, plural, one {# file} other {# files}} since {t, date, long}"}`, "pl.json", `{"y": "y"}`,
	)}})
	require.Equal(t, "1,234.5 files since November 1, 2026", c.In("pl").T("x", "n", 1234.5, "t", noon))
	// Zones are the reader's.
	zone := time.FixedZone("", 9*3600)
	require.Equal(t, "1 file since November 2, 2026", c.In("pl").InZone(zone).T("x", "n", 1, "t", noon))
}

func TestHTML(t *testing.T) {
	c := newCatalog(t, &i18n.Options{Layers: []fs.FS{layer("en.json", `{
		"x": "<b>{name}</b> & <em>it</em> <script>alert(1)</script> <a href={url}>the {name}</a>",
		"n": "<code>{n, plural, one {<strong>#</strong> file} other {<strong>#</strong> {name}}}</code>",
		"l": "{l, list} {m, money, EUR}"
	}`)}})
	p := c.In("en")
	require.Equal(t,
		`<b>&lt;i&gt;&#34;&#39;&amp;</b> &amp; <em>it</em> &lt;script&gt;alert(1)&lt;/script&gt; <a href="/a?b=1&amp;c=&#34;">the &lt;i&gt;&#34;&#39;&amp;</a>`,
		string(p.HTML("x", "name", `<i>"'&`, "url", `/a?b=1&c="`)))
	require.Equal(t, `<code><strong>1,000</strong> &lt;x&gt;</code>`, string(p.HTML("n", "n", 1000, "name", "<x>")))
	require.Equal(t, `&lt;a&gt; and &lt;b&gt; €1.00`, string(p.HTML("l", "l", []string{"<a>", "<b>"}, "m", 1)))
	require.Contains(t, string(p.HTML("x", "name", template.HTML("<u>"), "url", "<u>")), `<b>&lt;u&gt;</b>`, "even HTML is escaped")
}

func TestHTMLLinks(t *testing.T) {
	c := texts(t, "en", "<a href={u}>x</a>")
	for in, want := range map[string]string{
		"https://example.com/a": "https://example.com/a", "HTTP://x": "HTTP://x", "/a:b": "/a:b", "a/b:c": "a/b:c", "?q=a:b": "?q=a:b", "#x:y": "#x:y",
		"mailto:a@example.com": "mailto:a@example.com", "tel:+49123": "tel:+49123", "": "#",
		"javascript:alert(1)": "#", "JavaScript:alert(1)": "#", " javascript:alert(1)": "#", "java\tscript:alert(1)": "#", "java\nscript:x": "#",
		"\x01javascript:x": "#", "data:text/html,x": "#", "vbscript:x": "#", "file:///etc/passwd": "#", "javascript&colon;alert(1)": "javascript&amp;colon;alert(1)",
		`\javascript:x`: "#", ":x": "#", "blob:x": "#",
	} {
		require.Equal(t, `<a href="`+want+`">x</a>`, string(c.In("en").HTML("x", "u", in)), "%q", in)
	}
}

// FuzzHTML puts hostile arguments into every place: nothing but the tags of
// the text may come out.
func FuzzHTML(f *testing.F) {
	f.Add("<script>alert(1)</script>", `"><img src=x onerror=y>`)
	f.Add("javascript:alert(1)", "'")
	c, err := i18n.New(&i18n.Options{Layers: []fs.FS{layer("en.json", `{"x": "<b>{a}</b><a href={b}>{a, select, x {y} other {{b}}}</a>{a, date}{a, money, EUR}{b, list}"}`)}})
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, a, b string) {
		out := string(c.In("en").HTML("x", "a", a, "b", b))
		require.Equal(t, 4, strings.Count(out, "<"), out)
		require.Equal(t, 4, strings.Count(out, ">"), out)
		require.Equal(t, 2, strings.Count(out, `"`), out)
		href := out[strings.Index(out, `"`)+1 : strings.LastIndex(out, `"`)]
		if scheme, _, ok := strings.Cut(href, ":"); ok && !strings.ContainsAny(scheme, "/?#&") {
			require.Contains(t, []string{"http", "https", "mailto", "tel"}, strings.ToLower(scheme))
		}
	})
}

func TestMessages(t *testing.T) {
	p := newCatalog(t, nil).In("de")
	require.Equal(t, "Bitte verwenden Sie höchstens 1.000 Zeichen.",
		p.Message(errs.Message{Key: "error.field.too_long", Args: map[string]any{"max": 1000}}))
	fields := errs.Fields{}
	fields.Add("subject", "error.field.required", nil)
	fields.Add("size", "error.field.out_of_range", map[string]any{"min": 1, "max": 5})
	require.Equal(t, map[string]string{
		"subject": "Bitte füllen Sie dieses Feld aus.", "size": "Bitte geben Sie eine Zahl von 1 bis 5 ein.",
	}, p.Fields(fields))
}

func TestError(t *testing.T) {
	p := newCatalog(t, nil).In("en")
	for _, tt := range []struct {
		err error
		key string
	}{
		{errs.NotFound, "error.not_found"},
		{fmt.Errorf("article 7: %w", errs.Forbidden), "error.forbidden"},
		{errs.Conflict, "error.conflict_changed"},
		{errs.Gone, "error.gone"},
		{errs.Invalid, "error.invalid"},
		{errs.Field("a", "error.field.required", nil), "error.invalid"},
		{errs.Unsupported, "error.unsupported"},
		{errs.Unavailable, "error.unavailable"},
		{errs.TooMany, "error.too_many"},
		{fmt.Errorf("x: %w", errs.Say(errs.Invalid, "error.page_token", nil)), "error.page_token"},
		{errors.New("secret: password"), "error.internal"},
	} {
		require.Equal(t, tt.key, i18n.Explain(tt.err).Key)
		require.Equal(t, p.T(tt.key), p.Error(tt.err))
		require.NotContains(t, p.Error(tt.err), "error.")
	}
}

func TestInTemplates(t *testing.T) {
	c := newCatalog(t, &i18n.Options{Layers: []fs.FS{layer("en.json", `{"x": "Hello <b>{name}</b>"}`)}, Now: func() time.Time { return noon }})
	data := map[string]any{"P": c.In("en"), "Name": "<i>", "T": noon}
	for text, want := range map[string]string{
		`{{.P.T "x" "name" .Name}}`:                                 "Hello &lt;i&gt;",
		`{{.P.HTML "x" "name" .Name}}`:                              "Hello <b>&lt;i&gt;</b>",
		`{{.P.Date .T "long"}} {{.P.Number 1234}}`:                  "November 1, 2026 1,234",
		`<p lang="{{.P.Locale}}" dir="{{.P.Dir}}">`:                 `<p lang="en" dir="ltr">`,
		`{{t "x" "name" "N"}}{{html_t "x" "name" "N"}}`:             "Hello NHello <b>N</b>",
		`{{date .T "short"}} {{lang}} {{dir}} {{relative .T}}`:      "11/1/26 en ltr just now",
		`{{number 1000}} {{percent 0.5 0}} {{list "a" "b"}}`:        "1,000 50% a and b",
		`{{size 1000}} {{time .T "short"}} {{datetime .T "short"}}`: "1\u00a0kB 4:05\u00a0PM 11/1/26, 4:05\u00a0PM",
	} {
		var b strings.Builder
		tmpl, err := template.New("").Funcs(c.In("en").Funcs()).Parse(text)
		require.NoError(t, err)
		require.NoError(t, tmpl.Execute(&b, data))
		require.Equal(t, want, b.String())
	}
}

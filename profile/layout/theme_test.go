package layout_test

import (
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/layout"
)

func colour(t testing.TB, s string) layout.Colour {
	t.Helper()
	c, err := layout.ParseColour(s)
	require.NoError(t, err)
	return c
}

func TestColour(t *testing.T) {
	require.Equal(t, layout.Colour{R: 0xab, G: 0xcd, B: 0xef}, colour(t, "#ABCDEF"))
	require.Equal(t, "#ffaa00", colour(t, "#fa0").String())
	for _, bad := range []string{"", "#", "fff", "#ffff", "#12345g", "red", "#ffffff;", "#fff ", "rgb(0,0,0)", "#１２３"} {
		_, err := layout.ParseColour(bad)
		require.ErrorIs(t, err, layout.ErrInvalid, bad)
	}
}

// TestContrast compares with figures that are published widely.
func TestContrast(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want float64
	}{
		{"#000", "#fff", 21}, {"#fff", "#fff", 1}, {"#777", "#fff", 4.48}, {"#767676", "#fff", 4.54}, {"#949494", "#fff", 3.03}, {"#00f", "#fff", 8.59},
	} {
		require.InDelta(t, c.want, layout.Contrast(colour(t, c.a), colour(t, c.b)), 0.005, c.a)
		require.InDelta(t, c.want, layout.Contrast(colour(t, c.b), colour(t, c.a)), 0.005, c.a)
	}
}

// TestNearest: what is proposed passes, and the step before it does not.
func TestNearest(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 1))
	random := func() layout.Colour {
		return layout.Colour{R: uint8(rnd.IntN(256)), G: uint8(rnd.IntN(256)), B: uint8(rnd.IntN(256))}
	}
	impossible := 0
	for range 2000 {
		text, on, need := random(), random(), []float64{3, 4.5, 7}[rnd.IntN(3)]
		got, ok := layout.Nearest(text, on, need)
		best := max(layout.Contrast(layout.Colour{}, on), layout.Contrast(layout.Colour{R: 255, G: 255, B: 255}, on))
		require.Equal(t, best >= need, ok, "%s on %s", text, on)
		if !ok {
			impossible++
			require.Equal(t, best, layout.Contrast(got, on))
			continue
		}
		require.GreaterOrEqual(t, layout.Contrast(got, on), need)
		if layout.Contrast(text, on) >= need {
			require.Equal(t, text, got)
		}
	}
	require.Positive(t, impossible)
	got, _ := layout.Nearest(colour(t, "#777"), colour(t, "#fff"), 4.5)
	require.Equal(t, "#767676", got.String())
}

func TestDefaultThemePasses(t *testing.T) {
	require.NoError(t, layout.Theme{}.Check())
	require.NoError(t, layout.DefaultTheme().Check())
}

// TestThemesThatFail: each fault names its place, the pair, the figures and what
// would pass.
func TestThemesThatFail(t *testing.T) {
	ink := func(s string) layout.Palette { return layout.Palette{"ink": colour(t, s)} }
	for name, c := range map[string]struct {
		theme layout.Theme
		want  []string
	}{
		"text too pale":    {layout.Theme{Light: ink("#888")}, []string{"theme.light.ink", "#888888", "paper", "3.28", "4.5", "#7"}},
		"only in the dark": {layout.Theme{Dark: layout.Palette{"link": colour(t, "#345")}}, []string{"theme.dark.link"}},
		"edges":            {layout.Theme{Light: layout.Palette{"rule": colour(t, "#bbb")}}, []string{"theme.light.rule", "3.0"}},
		"more contrast":    {layout.Theme{Contrast: layout.Palette{"quiet": colour(t, "#666")}}, []string{"theme.contrast.quiet", "7.0"}},
		"dark contrast":    {layout.Theme{ContrastDark: layout.Palette{"quiet": colour(t, "#888")}}, []string{"theme.contrast_dark.quiet"}},
		"nothing passes": {
			layout.Theme{Contrast: layout.Palette{"brand": colour(t, "#777")}}, []string{"theme.contrast.brand-ink", "contrast_background"},
		},
		"a token's name":     {layout.Theme{Light: layout.Palette{"ink;}": {}}}, []string{"theme.light.ink;}", "token"}},
		"a token alone":      {layout.Theme{Light: layout.Palette{"accent": {}}}, []string{"theme.light.accent", "token_alone"}},
		"a token by night":   {layout.Theme{Dark: layout.Palette{"accent": {}}, Decor: []string{"accent"}}, []string{"token_light"}},
		"a pair of nothing":  {layout.Theme{Pairs: []layout.Pair{{Text: "ink", On: "nowhere"}}}, []string{"theme.pairs", "nowhere"}},
		"a font":             {layout.Theme{Fonts: layout.Fonts{Sans: []layout.Font{"Inter", `x";}`}}}, []string{"theme.fonts.sans[1]"}},
		"a radius":           {layout.Theme{Round: 65}, []string{"theme.round"}},
		"a scale that falls": {layout.Theme{Space: []int{4, 3}}, []string{"theme.space[1]"}},
		"a logo's address":   {layout.Theme{Logo: layout.Logo{Address: "javascript:x", Width: 1, Height: 1}}, []string{"theme.logo.address"}},
		"a logo's size":      {layout.Theme{Logo: layout.Logo{Address: "/logo.svg"}}, []string{"theme.logo"}},
	} {
		t.Run(name, func(t *testing.T) {
			err := c.theme.Check()
			require.ErrorIs(t, err, layout.ErrInvalid)
			var fields errs.Fields
			require.ErrorAs(t, err, &fields)
			for _, want := range c.want {
				require.Contains(t, err.Error()+"\n"+fields.Error(), want)
			}
		})
	}
}

// TestNearestIsRight: the colour that a fault proposes makes it go away.
func TestNearestIsRight(t *testing.T) {
	theme := layout.Theme{Light: layout.Palette{"quiet": colour(t, "#8a8e86")}}
	for range 8 {
		err := theme.Check()
		if err == nil {
			return
		}
		found := regexp.MustCompile(`nearest[ =]+(#[0-9a-f]{6})|(#[0-9a-f]{6})[^#]*$`).FindStringSubmatch(strings.Split(err.Error(), "\n")[0])
		require.NotNil(t, found, err.Error())
		theme.Light["quiet"] = colour(t, found[1]+found[2])
	}
	require.Fail(t, "it never passes")
}

// TestCSSCannotBeLeft gives a theme that was never checked all that could end a
// declaration.
func TestCSSCannotBeLeft(t *testing.T) {
	bad := layout.Theme{
		Light: layout.Palette{"x:red}body{display:none": {}, "ink": {R: 1, G: 2, B: 3}, "a\nb": {}, "é": {}},
		Fonts: layout.Fonts{
			Sans:  []layout.Font{`evil"}*{display:none}`, "url(//x)", "A\\22", "Inter", "</style>"},
			Serif: []layout.Font{"x;y"}, Mono: []layout.Font{"a,b", ""},
		},
		Round: -5, Space: []int{-1, 99999},
	}
	css := bad.CSS()
	require.Regexp(t, `^[^<>\\@]*(@media \([a-z:() -]+\)\{[^<>\\@]*)+$`, css)
	for _, not := range []string{"evil", "display", "url", "body", "<", "\\", "é", "red"} {
		require.NotContains(t, css, not)
	}
	require.Contains(t, css, `--sans:"Inter",sans-serif;--serif:serif;--mono:monospace;`)
	require.Equal(t, strings.Count(css, "{"), strings.Count(css, "}"))
	require.Contains(t, css, "--ink:#010203;")
}

func TestCSSHasAllModes(t *testing.T) {
	css := layout.Theme{Light: layout.Palette{"brand": colour(t, "#004080")}, Space: []int{2, 20}}.CSS()
	for _, want := range []string{
		":root{color-scheme:light dark;", "--brand:#004080;", "--brand:#6fcfc0;", "@media (prefers-color-scheme:dark){:root:not([data-theme=\"light\"]){",
		":root[data-theme=\"dark\"]{color-scheme:dark;", "@media (prefers-contrast:more){:root{", ":root[data-contrast=\"more\"]{",
		"@media (forced-colors:active){", "--ink:CanvasText;", "--paper:Canvas;", "--link:LinkText;", "--space-1:0.125rem;--space-2:1.25rem;",
		"--round:10px;--rounder:16px;", `"Segoe UI"`, ",system-ui,",
	} {
		require.Contains(t, css, want)
	}
	require.NotContains(t, css, "--space-3")
}

func TestStylesheets(t *testing.T) {
	site := layout.Site{
		Theme: layout.Theme{Round: 4},
		Brands: []layout.Brand{
			{ID: "one", Name: "One", Hosts: []string{"help.one.example"}},
			{ID: "two", Name: "Two", Hosts: []string{"help.two.example"}, Theme: layout.Theme{Light: layout.Palette{"brand": colour(t, "#004080")}}},
		},
	}
	w := newWorld(t, site)
	one, two := w.Stylesheet("one"), w.Stylesheet("two")
	require.NotEqual(t, one.Name, two.Name)
	require.Equal(t, one, w.Stylesheet(""))
	require.Regexp(t, `^theme-[0-9a-f]{16}\.css$`, one.Name)
	require.Contains(t, two.CSS, "--round:4px")
	require.Equal(t, 4, w.Theme("two").Round)
	require.Equal(t, one, w.instance(t).Stylesheet("one"), "the same name on every instance")
	serve := func(method, path string) *httptest.ResponseRecorder {
		answer := httptest.NewRecorder()
		w.StyleHandler().ServeHTTP(answer, httptest.NewRequest(method, path, nil))
		return answer
	}
	answer := serve("GET", "/"+two.Name)
	require.Equal(t, two.CSS, answer.Body.String())
	require.Equal(t, "public, max-age=31536000, immutable", answer.Header().Get("Cache-Control"))
	require.Equal(t, "text/css; charset=utf-8", answer.Header().Get("Content-Type"))
	require.Empty(t, serve("HEAD", "/"+two.Name).Body.String())
	require.Equal(t, http.StatusNotFound, serve("GET", "/theme-0.css").Code)
	require.Equal(t, http.StatusNotFound, serve("POST", "/"+two.Name).Code)
}

func TestBrands(t *testing.T) {
	site := siteOf(item("a"), item("b"))
	site.Brands = []layout.Brand{
		{ID: "one", Name: "One", Hosts: []string{"help.one.example", "one.example"}},
		{ID: "two", Name: "Two", Hosts: []string{"help.two.example"}, Sender: "help@two.example", Locales: nil, Menus: []layout.Menu{
			menu(item("b"), item("only-two")), {Name: "more", Items: []layout.Item{item("c")}},
		}},
	}
	w := newWorld(t, site)
	for host, want := range map[string]string{
		"help.two.example": "two", "HELP.Two.Example:8443": "two", "help.two.example.": "two", "one.example": "one",
		"elsewhere.example": "one", "": "one", "[::1]:80": "one",
	} {
		require.Equal(t, want, w.Brand(host).ID, host)
	}
	v := w.visit()
	require.Equal(t, []string{"a", "b"}, w.main(ann, v))
	v.Brand = "two"
	l := w.Arrange(t.Context(), ann, v, "home")
	require.Equal(t, "two", l.Brand)
	require.Equal(t, []string{"b", "only-two"}, ids(l.Menus["main"]))
	require.Equal(t, []string{"c"}, ids(l.Menus["more"]))
	v.Brand = "unknown"
	require.Equal(t, "one", w.Arrange(t.Context(), profile.Actor{}, v, "home").Brand)
}

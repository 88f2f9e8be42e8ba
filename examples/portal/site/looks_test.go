package site

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/browser"
)

// looks are the ways in which pages are gone through: wide in the language of
// long words, and narrow in one that runs the other way.
var looks = map[string]struct {
	locale string
	opts   browser.Options
}{
	"wide":   {"de", browser.Options{Width: 1280, ReducedMotion: true}},
	"Arabic": {"ar", browser.Options{Width: 320, ReducedMotion: true}},
}

// checker returns a function that fails the test for a page that is not
// accessible, or wider than its window.
//
// Pairs do: a page that is gone through wide is judged by all rules, and then,
// as it stands, narrow and dark by those that can come out differently there.
// What is left of it in another language is the direction and the width;
// [TestAccessible] judges those by all rules on every kind of page.
func checker(t *testing.T, p *browser.Page, look string) func(what string) {
	return func(what string) {
		t.Helper()
		if look == "wide" {
			require.Empty(t, p.Axe(), what)
			fits(t, p, what)
			keep(p, look+" "+what)
			p.Look(&browser.Options{Width: 320, Dark: true, ReducedMotion: true})
			require.Empty(t, p.AxeVisual(), what)
		}
		fits(t, p, what)
		keep(p, look+" narrow "+what)
		if opts := looks[look].opts; look == "wide" {
			p.Look(&opts)
		}
	}
}

// fits fails the test for a page that is wider than its window, or runs the
// wrong way.
func fits(t *testing.T, p *browser.Page, what string) {
	t.Helper()
	var seen struct {
		Over      int
		Dir, Lang string
	}
	p.Eval(`(e => ({Over: e.scrollWidth - e.clientWidth, Dir: e.dir, Lang: e.lang}))(document.documentElement)`, &seen)
	require.LessOrEqual(t, seen.Over, 0, "%s scrolls sideways", what)
	require.Equal(t, map[bool]string{true: "rtl", false: "ltr"}[seen.Lang == "ar"], seen.Dir, what)
}

// keep writes a picture of the page into STOA_TEST_SCREENSHOTS, if that is set.
func keep(p *browser.Page, name string) {
	if dir := os.Getenv("STOA_TEST_SCREENSHOTS"); dir != "" {
		p.Screenshot(dir + "/" + strings.ReplaceAll(name, " ", "-") + ".png")
	}
}

// inEveryLook has somebody sign in and look at pages, wide and narrow, light and
// dark, and in languages of both directions, see [checker]. to opens a page in the look's
// language, and check fails the test if the page is not fit to be seen.
func inEveryLook(t *testing.T, s *Site, person string, show func(t *testing.T, p *browser.Page, to, check func(string))) {
	base := serve(t, s)("").server.URL
	for name, look := range looks {
		t.Run(name, func(t *testing.T) {
			p := browser.Open(t, &look.opts)
			to := func(path string) { p.Go(base + "/" + look.locale + path) }
			to("/demo?return_to=/" + look.locale + "/")
			p.Submit(`form:has(input[value="` + person + `"]) button`)
			show(t, p, to, checker(t, p, name))
		})
	}
}

package site

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/browser"
)

// looks are the ways in which pages are looked at.
var looks = map[string]struct {
	locale string
	opts   browser.Options
}{
	"wide": {"en", browser.Options{Width: 1280}}, "narrow dark": {"de", browser.Options{Width: 320, Dark: true}},
	"Arabic": {"ar", browser.Options{Width: 320}},
}

// checker returns a function that fails the test for a page that is not
// accessible, or wider than its window.
func checker(t *testing.T, p *browser.Page, look string) func(what string) {
	return func(what string) {
		t.Helper()
		require.Empty(t, p.Axe(), what)
		var over int
		p.Eval("document.documentElement.scrollWidth - document.documentElement.clientWidth", &over)
		require.LessOrEqual(t, over, 0, what)
		if dir := os.Getenv("STOA_TEST_SCREENSHOTS"); dir != "" {
			p.Screenshot(dir + "/" + strings.ReplaceAll(look+" "+what, " ", "-") + ".png")
		}
	}
}

// inEveryLook has somebody sign in and look at pages, wide and narrow, light and
// dark, and in languages of both directions. to opens a page in the look's
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

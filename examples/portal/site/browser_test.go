package site

import (
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/browser"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

// slow leaves out what takes long where time is short.
func slow(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("-short leaves out what takes long")
	}
}

// still asks for pages that do not glide while a test clicks on them.
func still(width int) *browser.Options {
	return &browser.Options{Width: width, ReducedMotion: true}
}

// pagesToLookAt are addresses of every kind of page, without language.
var pagesToLookAt = []string{
	"/", "/categories", "/categories/sensors", "/categories/release-notes", "/articles/sensor-shows-offline",
	"/articles/hub-2-lights", "/search?q=hub", "/search?q=hub&kind=faq", "/search?q=xyzzyqqy", "/contact", "/demo", "/nowhere",
}

// TestAccessible runs axe-core over every kind of page, narrow and wide, light
// and dark, left to right and right to left, and looks for what a reader would
// stumble over: sideways scrolling, foreign requests, blocked scripts. Each page
// is loaded once for a language and looked at twice.
func TestAccessible(t *testing.T) {
	slow(t)
	s := open(t)
	base := serve(t, s)("").server.URL
	wide, narrow := browser.Options{Width: 1280, ReducedMotion: true}, browser.Options{Width: 320, Dark: true, ReducedMotion: true}
	for locale, judged := range map[string]bool{"en": true, "ar": true, "de": false, "ja": false} {
		t.Run(locale, func(t *testing.T) {
			p := browser.Open(t, &narrow)
			for _, path := range pagesToLookAt {
				p.Go(base + "/" + locale + path)
				fits(t, p, path)
				if judged {
					require.Empty(t, p.Axe(), path)
					p.Look(&wide)
					require.Empty(t, p.Axe(), path)
					fits(t, p, path)
					p.Look(&narrow)
				}
			}
			require.Empty(t, p.ThirdParty())
			require.Empty(t, p.CSPViolations())
		})
	}
}

// TestAccessibleOpen looks at what opens: menus, the form below an article with
// its errors, suggestions.
func TestAccessibleOpen(t *testing.T) {
	slow(t)
	s := open(t)
	base := serve(t, s)("").server.URL
	p := browser.Open(t, still(1280))
	p.Go(base + "/en/")
	p.Click(".drop summary")
	require.Empty(t, p.Axe())
	p.Go(base + "/en/articles/sensor-shows-offline")
	p.Click(".rating-no > summary")
	require.Empty(t, p.Axe())
	p.Fill("#comment", "too short a text to help\x01")
	p.Eval(`document.querySelector("#comment").value = "x".repeat(5000)`, nil)
	require.Equal(t, 422, p.Follow(".rating-no button[type=submit]"))
	require.Len(t, p.Value("#comment"), 5000, "nothing typed is lost")
	require.Empty(t, p.Axe())
	p.Fill("#comment", "It says nothing about H1.")
	require.Equal(t, 200, p.Follow(".rating-no button[type=submit]"))
	require.Contains(t, p.Text("#feedback"), "Thank you")
	require.Empty(t, p.Axe())
}

// TestSuggestions drives the search box with the keyboard.
func TestSuggestions(t *testing.T) {
	slow(t)
	s := open(t)
	base := serve(t, s)("").server.URL
	p := browser.Open(t, still(1280))
	p.Go(base + "/en/")
	p.Click("#q")
	p.Type("#q", "sensor sh")
	p.WaitVisible(".suggest li")
	require.Empty(t, p.Axe())
	p.Press("ArrowDown")
	var selected string
	p.Eval(`document.querySelector("#q").getAttribute("aria-activedescendant")`, &selected)
	require.NotEmpty(t, selected)
	p.Press("Escape")
	p.WaitGone(".suggest li")
	p.Type("#q", "o")
	p.WaitVisible(".suggest li")
	p.Press("ArrowDown")
	p.Press("Enter")
	require.Eventually(t, func() bool {
		return slices.Contains(p.Requests(), base+"/en/articles/sensor-shows-offline")
	}, 20*time.Second, 20*time.Millisecond, "Enter opens the suggestion")
}

// TestChangedWhileReading publishes a new text under the eyes of a reader.
func TestChangedWhileReading(t *testing.T) {
	slow(t)
	s := open(t)
	a := write(t, s, draft("Read me twice", profile.Public(), anyCategory(t, s)))
	p := browser.Open(t, still(1280))
	p.Go(serve(t, s)("").server.URL + "/en/articles/read-me-twice")
	p.Until(`document.querySelector("[data-live]").dataset.state === "listening"`)
	a, err := s.library.Edit(t.Context(), system, a.ID, "en", a.Version, kb.Text{Title: "Read me twice", Body: "Another text"})
	require.NoError(t, err)
	publish(t, s, a)
	p.WaitVisible("[data-live]")
	require.Empty(t, p.Axe())
	p.Follow("[data-live] a")
	require.Contains(t, p.Text(".prose"), "Another text")
}

// TestFieldsRunAsTheirText: the hint in the search box runs as the page does,
// and what is typed as its own letters do.
func TestFieldsRunAsTheirText(t *testing.T) {
	slow(t)
	base := serve(t, open(t))("").server.URL
	p := browser.Open(t, still(320))
	for locale, want := range map[string]string{"ar": "rtl", "en": "ltr"} {
		p.Go(base + "/" + locale + "/")
		var dir string
		p.Eval(`getComputedStyle(document.querySelector("#q")).direction`, &dir)
		require.Equal(t, want, dir)
		for text, want := range map[string]string{"hub": "ltr", "بوابة": "rtl"} {
			p.Fill("#q", text)
			p.Eval(`getComputedStyle(document.querySelector("#q")).direction`, &dir)
			require.Equal(t, want, dir, text)
		}
	}
}

// TestWithoutScript does the newcomer's errand with scripts switched off:
// search, read, rate, switch the language, sign in.
func TestWithoutScript(t *testing.T) {
	slow(t)
	s := open(t)
	base := serve(t, s)("").server.URL
	p := browser.Open(t, &browser.Options{NoScript: true, Width: 390, ReducedMotion: true})
	require.Equal(t, 200, p.Go(base+"/en/"))
	p.Type("#q", "sensor shows offline")
	require.Equal(t, 200, p.Submit("#q"))
	require.Equal(t, 200, p.Follow(".hit h2 a"))
	require.Contains(t, p.Address(), "/en/articles/sensor-shows-offline")
	require.NotContains(t, p.Address(), "c=", "the address is fit to be passed on")
	require.Equal(t, 200, p.Follow(".rating form button[value=yes]"))
	require.Contains(t, p.Text("#feedback"), "Thank you")
	require.Equal(t, 200, p.Go(base+"/en/demo"))
	require.Equal(t, 200, p.Follow(`form:has(input[value="sverre"]) button`))
	require.Contains(t, p.HTML(), "Sverre")
}

// TestKeyboard reaches the content of the home page without a mouse.
func TestKeyboard(t *testing.T) {
	slow(t)
	s := open(t)
	base := serve(t, s)("").server.URL
	p := browser.Open(t, still(1280))
	p.Go(base + "/en/articles/sensor-shows-offline")
	p.Press("Tab")
	var skip string
	p.Eval("document.activeElement.className", &skip)
	require.Equal(t, "skip", skip)
	p.Press("Enter")
	var at string
	p.Eval("location.hash", &at)
	require.Equal(t, "#main", at)
	for range 40 {
		p.Press("Tab")
		var visible bool
		p.Eval(`(() => { const e = document.activeElement, r = e.getBoundingClientRect(); return e === document.body || r.width > 0 && r.height > 0 })()`, &visible)
		require.True(t, visible, "the focus is never on something unseen")
	}
}

// printed makes a page look as it is printed.
const printed = `(() => {
	const turn = rules => { for (const r of rules) {
		if (r.media && r.media.mediaText === "print") r.media.mediaText = "all";
		if (r.cssRules) turn(r.cssRules);
	} };
	for (const sheet of document.styleSheets) {
		if (sheet.media.mediaText === "screen") sheet.disabled = true;
		turn(sheet.cssRules);
	}
})()`

// TestPrinted: what is on paper can be read there, dark as the screen may be.
func TestPrinted(t *testing.T) {
	slow(t)
	s := open(t)
	base := serve(t, s)("").server.URL
	light, dark := still(1280), &browser.Options{Width: 1280, Dark: true, ReducedMotion: true}
	p := browser.Open(t, light)
	for _, path := range []string{"/", "/articles/sensor-shows-offline", "/categories/sensors"} {
		p.Go(base + "/en" + path)
		p.Eval(printed, nil)
		p.WaitGone(".top")
		require.Empty(t, p.Axe(), path)
		p.Look(dark)
		require.Empty(t, p.AxeVisual(), path)
		p.Look(light)
	}
}

// TestScreenshots writes pictures of the pages into STOA_SCREENSHOTS, for
// people to look at, and is skipped where that is not set.
func TestScreenshots(t *testing.T) {
	dir := os.Getenv("STOA_SCREENSHOTS")
	if dir == "" {
		t.Skip("STOA_SCREENSHOTS names no folder")
	}
	s := open(t)
	base := serve(t, s)("").server.URL
	for _, width := range []int{320, 768, 1280} {
		for _, dark := range []bool{false, true} {
			for _, locale := range []string{"en", "de", "es", "ja", "ar"} {
				p := browser.Open(t, &browser.Options{Width: width, Dark: dark})
				for i, path := range pagesToLookAt {
					p.Go(base + "/" + locale + path)
					p.Screenshot(fmt.Sprintf("%s/%s-%d-%t-%02d.png", dir, locale, width, dark, i))
				}
			}
		}
	}
}

package layout_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/browser"
	"github.com/stoa-go/stoa/profile/layout"
)

func TestMain(m *testing.M) { os.Exit(browser.Main(m)) }

// TestThemeInABrowser asks Chromium what it makes of the style sheet, under a
// policy that allows nothing else.
func TestThemeInABrowser(t *testing.T) {
	w := newWorld(t, layout.Site{Theme: layout.Theme{Light: layout.Palette{"brand": colour(t, "#004080")}}})
	name := w.Stylesheet("").Name
	mux := http.NewServeMux()
	mux.Handle("/styles/", http.StripPrefix("/styles", w.StyleHandler()))
	mux.HandleFunc("/", func(out http.ResponseWriter, r *http.Request) {
		out.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'self'")
		out.Header().Set("Content-Type", "text/html")
		attributes := strings.ReplaceAll(r.URL.Query().Get("root"), "'", `"`)
		_, _ = out.Write([]byte("<!doctype html><html lang=en " + attributes + "><title>x</title><link rel=stylesheet href=/styles/" + name + "><p>x"))
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	def := layout.DefaultTheme()
	light, dark := def.Light["paper"].String(), def.Dark["paper"].String()
	more, moreDark := def.Contrast["quiet"].String(), def.ContrastDark["quiet"].String()
	for _, c := range []struct {
		name, root   string
		dark         bool
		paper, quiet string
		brand        string
	}{
		{"by day", "", false, light, def.Light["quiet"].String(), "#004080"},
		{"by night", "", true, dark, def.Dark["quiet"].String(), def.Dark["brand"].String()},
		{"light at night", "data-theme='light'", true, light, def.Light["quiet"].String(), "#004080"},
		{"dark by day", "data-theme='dark'", false, dark, def.Dark["quiet"].String(), def.Dark["brand"].String()},
		{"more contrast", "data-contrast='more'", false, light, more, def.Contrast["brand"].String()},
		{"more at night", "data-contrast='more'", true, dark, moreDark, def.Dark["brand"].String()},
		{"more and dark", "data-theme='dark' data-contrast='more'", false, dark, moreDark, def.Dark["brand"].String()},
		{"more and light at night", "data-theme='light' data-contrast='more'", true, light, more, def.Contrast["brand"].String()},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := browser.Open(t, &browser.Options{Dark: c.dark})
			require.Equal(t, 200, p.Go(server.URL+"/?root="+strings.ReplaceAll(c.root, " ", "%20")))
			require.Equal(t, []string{c.paper, c.quiet, c.brand}, tokens(p))
			require.Empty(t, p.CSPViolations())
			require.Empty(t, p.ConsoleErrors())
		})
	}
	t.Run("forced colours", func(t *testing.T) {
		p := browser.Open(t, &browser.Options{ForcedColors: true, Dark: true})
		p.Go(server.URL + "/?root=data-theme='dark'%20data-contrast='more'")
		require.Equal(t, []string{"Canvas", "CanvasText", "ButtonText"}, tokens(p))
	})
}

// tokens returns what the page has for three of them.
func tokens(p *browser.Page) []string {
	var out []string
	p.Eval(`["paper", "quiet", "brand"].map(t => getComputedStyle(document.documentElement).getPropertyValue("--" + t).trim())`, &out)
	return out
}

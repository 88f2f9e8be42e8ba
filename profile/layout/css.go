package layout

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// CSS returns t over [DefaultTheme] as custom properties for a style sheet of
// its own: for light, dark and more contrast, as the device asks or as the
// attributes data-theme ("light", "dark") and data-contrast ("more") of the
// root element say, and for devices that force colours of their own.
//
// Nothing but colours, numbers and checked names is written, so that no theme
// can say anything else. What [Theme.Check] refuses is left out.
func (t Theme) CSS() string {
	full := t.Over(DefaultTheme())
	modes := full.modes()
	light, dark := full.measures()+modes[0].css(nil), modes[1].css(nil)
	// Whatever one of the two changes both must name, lest the light one's
	// choice shows through in the dark.
	changed := slices.Sorted(maps.Keys(full.Contrast.over(full.ContrastDark)))
	more, moreDark := modes[2].css(changed), modes[3].css(changed)
	const byDevice = `:root:not([data-theme="light"])`
	var b strings.Builder
	b.WriteString(":root{color-scheme:light dark;" + light + "}\n")
	b.WriteString(":root[data-theme=\"light\"]{color-scheme:light}\n")
	b.WriteString("@media (prefers-color-scheme:dark){" + byDevice + "{" + dark + "}}\n")
	b.WriteString(":root[data-theme=\"dark\"]{color-scheme:dark;" + dark + "}\n")
	b.WriteString("@media (prefers-contrast:more){:root{" + more + "}:root[data-theme=\"dark\"]{" + moreDark + "}}\n")
	b.WriteString("@media (prefers-contrast:more) and (prefers-color-scheme:dark){" + byDevice + "{" + moreDark + "}}\n")
	b.WriteString(":root[data-contrast=\"more\"]{" + more + "}\n")
	b.WriteString("@media (prefers-color-scheme:dark){" + byDevice + "[data-contrast=\"more\"]{" + moreDark + "}}\n")
	b.WriteString(":root[data-theme=\"dark\"][data-contrast=\"more\"]{" + moreDark + "}\n")
	b.WriteString("@media (forced-colors:active){:root:root:root:root{" + full.forced() + "}}\n")
	return b.String()
}

// css returns the tokens, or all of them, as declarations.
func (m mode) css(tokens []string) string {
	if tokens == nil {
		tokens = slices.Sorted(maps.Keys(m.colours))
	}
	var b strings.Builder
	for _, token := range tokens {
		if validToken(token) {
			b.WriteString("--" + token + ":" + m.colours[token].String() + ";")
		}
	}
	return b.String()
}

func (t Theme) measures() string {
	var b strings.Builder
	b.WriteString("--sans:" + families(t.Fonts.Sans, "sans-serif") + ";--serif:" + families(t.Fonts.Serif, "serif") +
		";--mono:" + families(t.Fonts.Mono, "monospace") + ";")
	b.WriteString("--round:" + strconv.Itoa(t.Round) + "px;--rounder:" + strconv.Itoa(t.Rounder) + "px;")
	for i, step := range t.Space {
		b.WriteString("--space-" + strconv.Itoa(i+1) + ":" + strconv.FormatFloat(float64(step)/16, 'f', -1, 64) + "rem;")
	}
	return b.String()
}

// generic are the families that a browser has by kind. In quotes they would be
// names of fonts.
var generic = []Font{
	"serif", "sans-serif", "monospace", "cursive", "fantasy", "system-ui", "ui-serif", "ui-sans-serif", "ui-monospace", "ui-rounded",
	"-apple-system", "BlinkMacSystemFont",
}

func families(fonts []Font, last Font) string {
	if len(fonts) == 0 || fonts[len(fonts)-1] != last {
		fonts = append(slices.Clone(fonts), last)
	}
	var out []string
	for _, f := range fonts {
		switch {
		case !f.valid():
		case slices.Contains(generic, f):
			out = append(out, string(f))
		default:
			out = append(out, `"`+string(f)+`"`)
		}
	}
	return strings.Join(out, ",")
}

// forced returns the system's colours in the place of the theme's: what text
// stands on is the canvas, and edges and letters are as the reader chose them.
func (t Theme) forced() string {
	behind := map[string]bool{}
	for _, p := range t.Pairs {
		behind[p.On] = true
	}
	var b strings.Builder
	for _, token := range slices.Sorted(maps.Keys(t.Light)) {
		if validToken(token) {
			b.WriteString("--" + token + ":" + systemColour(token, behind[token]) + ";")
		}
	}
	return b.String()
}

func systemColour(token string, behind bool) string {
	switch token {
	case "link":
		return "LinkText"
	case "brand", "brand-strong":
		return "ButtonText"
	case "brand-ink":
		return "ButtonFace"
	case "mark":
		return "Mark"
	case "mark-ink":
		return "MarkText"
	}
	if behind {
		return "Canvas"
	}
	return "CanvasText"
}

// A Stylesheet is a theme as a file to be served from the portal's own origin,
// which a strict content security policy allows.
type Stylesheet struct {
	Name string // "theme-3f2a9c….css": another theme has another name, so it may be kept for ever
	CSS  string
}

// Stylesheet returns t as a file.
func (t Theme) Stylesheet() Stylesheet {
	css := t.CSS()
	sum := sha256.Sum256([]byte(css))
	return Stylesheet{Name: "theme-" + hex.EncodeToString(sum[:8]) + ".css", CSS: css}
}

// Stylesheet returns the style sheet of a brand, "" being the first one.
func (a *Arranger) Stylesheet(brand string) Stylesheet { return a.site.view(brand).style }

// StyleHandler serves the style sheets of all brands under their names, below
// any prefix. Browsers and caches may keep them for ever.
func (a *Arranger) StyleHandler() http.Handler {
	byName := map[string]string{}
	for _, v := range a.site.views {
		byName["/"+v.style.Name] = v.style.CSS
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		css, ok := byName["/"+strings.TrimPrefix(r.URL.Path, "/")]
		if !ok || r.Method != http.MethodGet && r.Method != http.MethodHead {
			http.NotFound(w, r)
			return
		}
		h := w.Header()
		h.Set("Content-Type", "text/css; charset=utf-8")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
		h.Set("Content-Length", strconv.Itoa(len(css)))
		if r.Method == http.MethodGet {
			w.Write([]byte(css)) //nolint:errcheck // the client left; nobody can be told
		}
	})
}

// themeOf returns the theme that a brand is shown in.
func (s *Site) themeOf(b Brand) Theme { return b.Theme.Over(s.Theme) }

package layout

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strconv"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/valid"
)

// A Palette is colours by the name of their token, "ink" for --ink.
type Palette map[string]Colour

// A Theme is the look of a portal as tokens: names for colours, fonts and
// measures that its style sheets use. Every field may be left out; what a theme
// does not say is as in [DefaultTheme].
type Theme struct {
	Light        Palette  `json:"light,omitempty"`         // by day
	Dark         Palette  `json:"dark,omitempty"`          // by night; what it lacks is as in Light
	Contrast     Palette  `json:"contrast,omitempty"`      // over Light, for those who ask for more contrast
	ContrastDark Palette  `json:"contrast_dark,omitempty"` // over Light and Dark
	Pairs        []Pair   `json:"pairs,omitempty"`         // what stands on what, beside the pairs of the known tokens
	Decor        []string `json:"decor,omitempty"`         // tokens of one's own that nobody needs to tell from what they stand on
	Fonts        Fonts    `json:"fonts,omitzero"`
	Round        int      `json:"round,omitempty"`   // radius of corners in pixels, 1 to 64; 0 means as in the default
	Rounder      int      `json:"rounder,omitempty"` // of large corners; 0 means as in the default
	Space        []int    `json:"space,omitempty"`   // the steps of the spacing scale in sixteenths of a rem, rising; nil means as in the default
	Logo         Logo     `json:"logo,omitzero"`
}

// A Pair says that one token is read or recognised on another.
type Pair struct {
	Text string `json:"text"`         // token in front
	On   string `json:"on"`           // token behind
	UI   bool   `json:"ui,omitempty"` // large text, an icon or the edge of a control, for which less contrast does
}

// Fonts are the families of each role, the first that the reader has. A family
// of the kind "serif" or "system-ui" is the browser's.
type Fonts struct {
	Sans  []Font `json:"sans,omitempty"`  // for text; nil means as in the default
	Serif []Font `json:"serif,omitempty"` // for headings; nil means as in the default
	Mono  []Font `json:"mono,omitempty"`  // for code; nil means as in the default
}

// A Font is the name of a font family: letters, digits, spaces and hyphens.
type Font string

// A Logo is the picture that stands for the brand.
type Logo struct {
	Address string `json:"address,omitempty"` // "" means that the name is written instead
	Width   int    `json:"width,omitempty"`   // in pixels, so that nothing jumps when it arrives
	Height  int    `json:"height,omitempty"`
}

// Over returns t with what it does not say taken from base.
func (t Theme) Over(base Theme) Theme {
	t.Light, t.Dark = t.Light.over(base.Light), t.Dark.over(base.Dark)
	t.Contrast, t.ContrastDark = t.Contrast.over(base.Contrast), t.ContrastDark.over(base.ContrastDark)
	t.Pairs, t.Decor = slices.Concat(base.Pairs, t.Pairs), slices.Concat(base.Decor, t.Decor)
	t.Fonts = Fonts{
		Sans: either(t.Fonts.Sans, base.Fonts.Sans), Serif: either(t.Fonts.Serif, base.Fonts.Serif),
		Mono: either(t.Fonts.Mono, base.Fonts.Mono),
	}
	t.Round, t.Rounder = cmp.Or(t.Round, base.Round), cmp.Or(t.Rounder, base.Rounder)
	t.Space, t.Logo = either(t.Space, base.Space), cmp.Or(t.Logo, base.Logo)
	return t
}

func (p Palette) over(base Palette) Palette {
	out := maps.Clone(base)
	if out == nil {
		out = Palette{}
	}
	maps.Copy(out, p)
	return out
}

func either[T any](list, base []T) []T {
	if list == nil {
		list = base
	}
	return slices.Clone(list)
}

// A mode is one of the ways a theme is shown in.
type mode struct {
	name       string
	colours    Palette // all of them
	text, edge float64 // least contrast of text, and of what is large or a control
}

// WCAG 2.2, 1.4.3 and 1.4.11; and 1.4.6 for those who ask for more.
const (
	contrastText = 4.5
	contrastEdge = 3
	contrastMore = 7
)

func (t Theme) modes() []mode {
	dark := t.Dark.over(t.Light)
	return []mode{
		{"light", t.Light, contrastText, contrastEdge},
		{"dark", dark, contrastText, contrastEdge},
		{"contrast", t.Contrast.over(t.Light), contrastMore, contrastText},
		{"contrast_dark", t.ContrastDark.over(dark), contrastMore, contrastText},
	}
}

// Check reports what is wrong with t over [DefaultTheme], as [Faults]: names
// and measures that are none, and every pair of tokens whose contrast is too
// low in one of the modes.
func (t Theme) Check() error {
	f := errs.Fields{}
	t.check("theme", f)
	return faultsOf(f)
}

var (
	tokenForm = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	fontForm  = regexp.MustCompile(`^-?[A-Za-z][A-Za-z0-9]*([ -][A-Za-z0-9]+)*$`)
)

func validToken(s string) bool { return len(s) <= 32 && tokenForm.MatchString(s) }

func (f Font) valid() bool { return len(f) <= 64 && fontForm.MatchString(string(f)) }

const maxTokens = 200

func (t Theme) check(at string, f errs.Fields) {
	full := t.Over(DefaultTheme())
	for name, p := range map[string]Palette{"light": t.Light, "dark": t.Dark, "contrast": t.Contrast, "contrast_dark": t.ContrastDark} {
		if len(p) > maxTokens {
			f.Add(at+"."+name, "error.field.too_many", map[string]any{"max": maxTokens})
		}
		for token := range p {
			full.checkToken(at+"."+name+"."+token, token, f)
		}
	}
	t.checkMeasures(at, f)
	full.checkPairs(at, f)
}

// checkToken refuses a colour of which nobody said what it stands on.
func (t Theme) checkToken(at, token string, f errs.Fields) {
	switch {
	case !validToken(token):
		f.Add(at, "error.layout.token", nil)
	case t.Light[token] == Colour{} && !has(t.Light, token):
		f.Add(at, "error.layout.token_light", nil)
	case !t.paired(token):
		f.Add(at, "error.layout.token_alone", nil)
	}
}

func has(p Palette, token string) bool { _, ok := p[token]; return ok }

func (t Theme) paired(token string) bool {
	return slices.Contains(t.Decor, token) ||
		slices.ContainsFunc(t.Pairs, func(p Pair) bool { return p.Text == token || p.On == token })
}

func (t Theme) checkMeasures(at string, f errs.Fields) {
	for role, fonts := range map[string][]Font{"sans": t.Fonts.Sans, "serif": t.Fonts.Serif, "mono": t.Fonts.Mono} {
		for i, font := range fonts {
			if !font.valid() {
				f.Add(at+".fonts."+role+index(i), "error.layout.font", nil)
			}
		}
	}
	for name, px := range map[string]int{"round": t.Round, "rounder": t.Rounder} {
		if px < 0 || px > 64 {
			f.Add(at+"."+name, "error.field.out_of_range", map[string]any{"min": 0, "max": 64})
		}
	}
	for i, step := range t.Space {
		if step < 1 || step > 256 || i > 0 && step <= t.Space[i-1] || i >= 16 {
			f.Add(at+".space"+index(i), "error.layout.space", nil)
		}
	}
	t.Logo.check(at+".logo", f)
}

func (l Logo) check(at string, f errs.Fields) {
	if l.Address == "" {
		return
	}
	_, err := valid.SafeURL(l.Address)
	valid.Note(f, at+".address", err)
	if l.Width < 1 || l.Height < 1 || l.Width > 2000 || l.Height > 2000 {
		f.Add(at, "error.layout.logo", nil)
	}
}

// checkPairs expects a complete theme.
func (t Theme) checkPairs(at string, f errs.Fields) {
	for _, p := range t.Pairs {
		if !has(t.Light, p.Text) || !has(t.Light, p.On) {
			f.Add(at+".pairs", "error.layout.pair", map[string]any{"text": p.Text, "on": p.On})
			continue
		}
		for _, m := range t.modes() {
			m.checkPair(at, p, f)
		}
	}
}

func (m mode) checkPair(at string, p Pair, f errs.Fields) {
	text, on, need := m.colours[p.Text], m.colours[p.On], m.text
	if p.UI {
		need = m.edge
	}
	ratio := Contrast(text, on)
	if ratio >= need {
		return
	}
	args := map[string]any{
		"text": p.Text, "colour": text.String(), "on": p.On, "background": on.String(),
		// Cut and not rounded: 4.4999 would read as what it fails to be.
		"ratio": strconv.FormatFloat(float64(int(ratio*100))/100, 'f', 2, 64), "need": strconv.FormatFloat(need, 'f', 1, 64),
	}
	field := at + "." + m.name + "." + p.Text
	nearest, ok := Nearest(text, on, need)
	args["nearest"] = nearest.String()
	if ok {
		f.Add(field, "error.layout.contrast", args)
	} else {
		f.Add(field, "error.layout.contrast_background", args)
	}
}

func index(i int) string { return "[" + strconv.Itoa(i) + "]" }

package layout

import (
	"encoding/hex"
	"fmt"
	"math"
	"strings"

	"github.com/stoa-go/stoa/internal/errs"
)

// A Colour is an opaque colour in sRGB. As text it is "#0b5d56", and nothing
// else can be written into a theme where a colour stands.
type Colour struct{ R, G, B uint8 }

// ParseColour returns the colour that "#0b5d56" or "#fff" is.
func ParseColour(s string) (Colour, error) {
	digits, ok := strings.CutPrefix(s, "#")
	if len(digits) == 3 {
		digits = strings.Repeat(digits[:1], 2) + strings.Repeat(digits[1:2], 2) + strings.Repeat(digits[2:], 2)
	}
	b, err := hex.DecodeString(digits)
	if !ok || err != nil || len(b) != 3 {
		return Colour{}, errs.Say(errs.Invalid, "error.layout.colour", nil)
	}
	return Colour{b[0], b[1], b[2]}, nil
}

// String returns c as "#0b5d56".
func (c Colour) String() string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }

// MarshalText implements [encoding.TextMarshaler].
func (c Colour) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (c *Colour) UnmarshalText(text []byte) error {
	parsed, err := ParseColour(string(text))
	if err == nil {
		*c = parsed
	}
	return err
}

// Contrast returns the contrast ratio of two colours as WCAG 2.2 defines it,
// from 1 to 21.
func Contrast(a, b Colour) float64 {
	x, y := a.luminance(), b.luminance()
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func (c Colour) luminance() float64 {
	return 0.2126*linear(c.R) + 0.7152*linear(c.G) + 0.0722*linear(c.B)
}

func linear(v uint8) float64 {
	s := float64(v) / 255
	if s <= 0.04045 {
		return s / 12.92
	}
	return math.Pow((s+0.055)/1.055, 2.4)
}

// Nearest returns the colour nearest to text, darker or lighter, whose contrast
// to the background is at least ratio. It reports false if there is none, and
// returns the better of black and white.
func Nearest(text, background Colour, ratio float64) (Colour, bool) {
	black, white := Colour{}, Colour{255, 255, 255}
	for step := range 256 {
		for _, end := range []Colour{black, white} {
			if c := text.towards(end, step); Contrast(c, background) >= ratio {
				return c, true
			}
		}
	}
	if Contrast(black, background) > Contrast(white, background) {
		return black, false
	}
	return white, false
}

// towards returns c changed by as many 255ths of the range of a channel, in the
// direction of end: equal steps are equal changes, whichever way.
func (c Colour) towards(end Colour, step int) Colour {
	far := math.Sqrt(sq(c.R, end.R) + sq(c.G, end.G) + sq(c.B, end.B))
	if far == 0 {
		return end
	}
	part := min(1, float64(step)*math.Sqrt(3)/far)
	mix := func(from, to uint8) uint8 {
		return uint8(math.Round(float64(from) + (float64(to)-float64(from))*part))
	}
	return Colour{mix(c.R, end.R), mix(c.G, end.G), mix(c.B, end.B)}
}

func sq(a, b uint8) float64 { d := float64(a) - float64(b); return d * d }

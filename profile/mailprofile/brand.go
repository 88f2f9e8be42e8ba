package mailprofile

import (
	"fmt"
	"html/template"
	"math"
	"strconv"

	"github.com/stoa-go/stoa/internal/valid"
	"github.com/stoa-go/stoa/profile"
)

// A Brand is what a mail shows of whose it is. There are no pictures in it:
// loading them would tell who reads.
type Brand struct {
	Name   string // at the top; "" means none
	Home   string // http(s) address that the name leads to; "" means none
	Colour string // of the top and of buttons, "#0a3c37"; "" means a dark blue
}

// plainColour is the colour of mails that have no brand's.
const plainColour = "#0b57a4"

func (b Brand) check() error {
	if b.Colour != "" {
		if _, err := luminance(b.Colour); err != nil {
			return fmt.Errorf("mail: the brand's colour %q is none such as #0a3c37: %w", b.Colour, profile.ErrInvalid)
		}
	}
	if b.Home != "" {
		if _, err := valid.SafeURL(b.Home); err != nil {
			return fmt.Errorf("mail: the brand's address %q is none: %w", b.Home, profile.ErrInvalid)
		}
	}
	return nil
}

// A look is a Brand as templates take it.
type look struct {
	Name, Home        string
	Colour, Ink, Link template.CSS // of the surface, of what stands on it, of links on white
}

// look picks the ink that stands out from the brand's colour, and a link colour
// that can be read on white.
func (b Brand) look() look {
	out := look{Name: profile.OneLine(b.Name), Home: b.Home, Colour: plainColour, Ink: "#ffffff", Link: plainColour}
	light, err := luminance(b.Colour)
	if err != nil {
		return out
	}
	out.Colour = template.CSS(b.Colour) // "#" and six hexadecimal digits
	if contrast(light, 0) > contrast(1, light) {
		out.Ink = "#000000"
	}
	if contrast(1, light) >= readable {
		out.Link = out.Colour
	}
	return out
}

// readable is the contrast that WCAG asks of text.
const readable = 4.5

func contrast(lighter, darker float64) float64 { return (lighter + 0.05) / (darker + 0.05) }

// luminance is how light a colour is, from 0 to 1, as WCAG measures it.
func luminance(colour string) (float64, error) {
	if len(colour) != 7 || colour[0] != '#' {
		return 0, profile.ErrInvalid
	}
	sum := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(colour[1+2*i:3+2*i], 16, 8)
		if err != nil {
			return 0, profile.ErrInvalid
		}
		c := float64(n) / 255
		if c <= 0.04045 {
			sum += weight * c / 12.92
		} else {
			sum += weight * math.Pow((c+0.055)/1.055, 2.4)
		}
	}
	return sum, nil
}

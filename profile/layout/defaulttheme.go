package layout

// DefaultTheme returns the look of a portal that says nothing of its own: the
// tokens that the style sheets of a portal may rely on, and which of them stand
// on which.
func DefaultTheme() Theme {
	return Theme{
		Light: palette(map[string]string{
			"paper": "#f8f6f1", "card": "#fffefc", "ink": "#17211f", "quiet": "#53605c", "line": "#e3ded3", "rule": "#8a8e86",
			"brand": "#0b5d56", "brand-strong": "#084943", "brand-ink": "#ffffff", "brand-soft": "#e4efec",
			"deep": "#0a3c37", "deep-edge": "#0f4f48", "deep-ink": "#f4f8f6", "deep-quiet": "#b6cec8", "glow": "#f0b65a",
			"link": "#0a5a75", "mark": "#fbe7a8", "mark-ink": "#362a00",
			"note": "#e6eff6", "note-line": "#2f6f9f", "warn": "#fbeedb", "warn-line": "#a05500", "bad": "#a3262a", "bad-soft": "#fae7e5",
		}),
		Dark: palette(map[string]string{
			"paper": "#0f1514", "card": "#171f1d", "ink": "#e8edeb", "quiet": "#a6b3af", "line": "#2a3533", "rule": "#6f7c78",
			"brand": "#6fcfc0", "brand-strong": "#8fe0d3", "brand-ink": "#06211e", "brand-soft": "#19312d",
			"deep": "#0a2926", "deep-edge": "#14403b", "deep-quiet": "#a9c3bd", "link": "#84c9ea", "mark": "#574600", "mark-ink": "#fff2c4",
			"note": "#15283a", "note-line": "#6fb2df", "warn": "#33260f", "warn-line": "#e3a44c", "bad": "#ff9d97", "bad-soft": "#3a1d1d",
		}),
		Contrast: palette(map[string]string{
			"quiet": "#17211f", "line": "#5c605a", "rule": "#17211f", "link": "#08455a", "brand": "#084943", "brand-strong": "#06332f",
			"deep-quiet": "#f4f8f6", "note-line": "#1f4f74", "warn-line": "#6e3b00", "bad": "#7d1a1e",
		}),
		ContrastDark: palette(map[string]string{
			"quiet": "#e8edeb", "line": "#9aa5a1", "rule": "#e8edeb", "deep-quiet": "#f4f8f6", "bad": "#ffb9b4", "mark": "#3d3100",
		}),
		Pairs:   defaultPairs(),
		Decor:   []string{"line", "deep-edge"},
		Fonts:   defaultFonts(),
		Round:   10,
		Rounder: 16,
		Space:   []int{4, 8, 12, 16, 24, 32, 48, 64},
	}
}

// palette reads colours of this file, which are right.
func palette(colours map[string]string) Palette {
	p := Palette{}
	for token, text := range colours {
		c, err := ParseColour(text)
		if err != nil {
			panic(token + ": " + err.Error())
		}
		p[token] = c
	}
	return p
}

func defaultPairs() []Pair {
	var out []Pair
	add := func(ui bool, text string, on ...string) {
		for _, o := range on {
			out = append(out, Pair{Text: text, On: o, UI: ui})
		}
	}
	add(false, "ink", "paper", "card", "brand-soft", "note", "warn", "bad-soft")
	add(false, "quiet", "paper", "card")
	add(false, "link", "paper", "card")
	add(false, "brand-ink", "brand", "brand-strong")
	add(false, "brand-strong", "paper", "card", "brand-soft")
	add(false, "deep-ink", "deep", "deep-edge")
	add(false, "deep-quiet", "deep")
	add(false, "mark-ink", "mark")
	add(false, "bad", "paper", "card", "bad-soft")
	add(true, "rule", "paper", "card")
	add(true, "brand", "paper", "card")
	add(true, "glow", "deep")
	add(true, "note-line", "note")
	add(true, "warn-line", "warn")
	return out
}

func defaultFonts() Fonts {
	return Fonts{
		Serif: []Font{
			"ui-serif", "New York", "Iowan Old Style", "Palatino Linotype", "Palatino", "Noto Serif", "Georgia", "serif",
		},
		Sans: []Font{
			"ui-sans-serif", "system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "Noto Sans CJK JP", "Noto Sans Arabic", "sans-serif",
		},
		Mono: []Font{"ui-monospace", "SF Mono", "Menlo", "Consolas", "Noto Sans Mono", "monospace"},
	}
}

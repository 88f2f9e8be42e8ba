package i18n

import "strings"

// The marks of Unicode's bidirectional algorithm.
const (
	lre, rle, pdf, lro, rlo = '\u202a', '\u202b', '\u202c', '\u202d', '\u202e'
	lri, rli, fsi, pdi      = '\u2066', '\u2067', '\u2068', '\u2069'
)

// Isolation says when arguments are wrapped in Unicode's isolate marks, so
// that an Arabic name does not turn the English sentence around it.
type Isolation int

// The kinds of isolation.
const (
	IsolationAuto   Isolation = iota // in right-to-left texts, and where an argument could turn the text
	IsolationAlways                  // every argument that is text
	IsolationOff                     // never: for file names, logs, exports
)

// Isolate returns s between marks that keep its direction to itself. Marks in
// s that would reach beyond it are dropped or closed.
func Isolate(s string) string {
	return string(fsi) + contain(s) + string(pdi)
}

// isolateIn wraps s for a text of the given direction, if need be.
func (i Isolation) in(dir Direction, s string) string {
	switch {
	case i == IsolationOff || s == "":
		return s
	case i == IsolationAlways || dir == DirectionRTL || turns(s):
		return Isolate(s)
	}
	return s
}

// contain drops overrides and embeddings, which have no place in a value, and
// balances isolates.
func contain(s string) string {
	if !strings.ContainsFunc(s, isMark) {
		return s
	}
	var b strings.Builder
	depth := 0
	for _, r := range s {
		switch r {
		case lre, rle, pdf, lro, rlo:
			continue
		case lri, rli, fsi:
			depth++
		case pdi:
			if depth == 0 {
				continue
			}
			depth--
		}
		b.WriteRune(r)
	}
	for range depth {
		b.WriteRune(pdi)
	}
	return b.String()
}

func isMark(r rune) bool { return lre <= r && r <= rlo || lri <= r && r <= pdi }

// turns reports whether s could change the order of a left-to-right text.
func turns(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return isRightToLeft(r) || isMark(r) })
}

// isRightToLeft covers the blocks Unicode keeps for right-to-left scripts.
func isRightToLeft(r rune) bool {
	return 0x0590 <= r && r <= 0x08ff || r == '\u200f' ||
		0xfb1d <= r && r <= 0xfdff || 0xfe70 <= r && r <= 0xfeff ||
		0x10800 <= r && r <= 0x10fff || 0x1e800 <= r && r <= 0x1efff
}

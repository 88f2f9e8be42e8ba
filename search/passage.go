package search

import (
	"strings"
	"unicode"
)

// separator stands in a snippet where a block of the text ends that is no
// sentence: a heading, an item of a list, a cell of a table.
const separator = " · "

// oneLine returns a passage as it is shown, on one line: blank space is one
// blank, and where a line or a cell ends there is a separator unless the text
// itself ends a sentence there. Sources mark the ends of blocks with line breaks
// and those of cells with tabs.
func oneLine(spans []Span) []Span {
	var l liner
	for _, s := range spans {
		l.begun = false
		for _, r := range s.Text {
			l.put(r, s.Match)
		}
	}
	return l.out
}

// A liner writes a passage character by character.
type liner struct {
	out   []Span
	gap   gap
	last  rune // the last that was no space
	begun bool // something of the current span was written
}

// A gap is what lies between the last character written and the next.
type gap uint8

const (
	gapNone  gap = iota
	gapBlank     // space inside a block
	gapBlock     // the end of a block
)

func (l *liner) put(r rune, match bool) {
	if unicode.IsSpace(r) {
		if l.gap = max(l.gap, gapBlank); strings.ContainsRune("\n\r\t\v\f\u0085\u2028\u2029", r) {
			l.gap = gapBlock
		}
		return
	}
	if len(l.out) > 0 {
		l.write(l.between(), match && l.begun)
	}
	l.write(string(r), match)
	l.gap, l.last, l.begun = gapNone, r, true
}

// between returns what to write in the gap.
func (l *liner) between() string {
	switch {
	case l.gap == gapNone:
		return ""
	case l.gap == gapBlock && !strings.ContainsRune(".!?:;,…。！？：；、，؟؛،।۔·", l.last):
		return separator
	}
	return " "
}

func (l *liner) write(text string, match bool) {
	if n := len(l.out); n > 0 && (l.out[n-1].Match == match || text == "") {
		l.out[n-1].Text += text
		return
	}
	l.out = append(l.out, Span{Text: text, Match: match})
}

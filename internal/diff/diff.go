// Package diff says how one text became another, for people to read: by words,
// with what stayed around them. It also joins two changes of one text.
package diff

import (
	"slices"
	"strings"
	"unicode"
)

// An Op is what became of a part of a text.
type Op string

// What becomes of parts.
const (
	OpSame    Op = "same"
	OpRemoved Op = "removed"
	OpAdded   Op = "added"
)

// A Span is a part of a text.
type Span struct {
	Op   Op
	Text string
}

// mostEdits bounds how different two lists may be before one is taken to have
// taken the place of the other: what it costs grows with the square.
const mostEdits = 700

// Words returns what has to be removed from a and added to it to make b. Lines
// are compared first and then, where they differ, words; signs of scripts without
// spaces are words each. The parts of a are those that were not added, those of b
// the ones that were not removed, in order.
func Words(a, b string) []Span {
	var out []Span
	old, now := lines(a), lines(b)
	for _, h := range hunks(old, now) {
		if h.same() {
			out = add(out, OpSame, strings.Join(old[h.a0:h.a1], ""))
			continue
		}
		out = append(out, readable(byWord(strings.Join(old[h.a0:h.a1], ""), strings.Join(now[h.b0:h.b1], "")))...)
	}
	return joined(out)
}

func byWord(a, b string) []Span {
	var out []Span
	old, now := words(a), words(b)
	for _, h := range hunks(old, now) {
		if h.same() {
			out = add(out, OpSame, strings.Join(old[h.a0:h.a1], ""))
			continue
		}
		out = add(out, OpRemoved, strings.Join(old[h.a0:h.a1], ""))
		out = add(out, OpAdded, strings.Join(now[h.b0:h.b1], ""))
	}
	return out
}

// readable takes little words that stayed between changes for changed as well:
// nobody can read what changes with every other word.
func readable(spans []Span) []Span {
	var out []Span
	var removed, added strings.Builder
	flush := func() {
		out = add(add(out, OpRemoved, removed.String()), OpAdded, added.String())
		removed.Reset()
		added.Reset()
	}
	for i, s := range spans {
		between := i > 0 && i < len(spans)-1 && len([]rune(s.Text)) <= 3 && !strings.Contains(s.Text, "\n")
		switch {
		case s.Op == OpRemoved, s.Op == OpSame && between:
			removed.WriteString(s.Text)
		case s.Op == OpSame:
			flush()
			out = add(out, OpSame, s.Text)
		}
		if s.Op == OpAdded || s.Op == OpSame && between {
			added.WriteString(s.Text)
		}
	}
	flush()
	return out
}

func add(spans []Span, op Op, text string) []Span {
	if text == "" {
		return spans
	}
	return append(spans, Span{op, text})
}

// joined joins neighbours of one kind.
func joined(spans []Span) []Span {
	var out []Span
	for _, s := range spans {
		if n := len(out); n > 0 && out[n-1].Op == s.Op {
			out[n-1].Text += s.Text
			continue
		}
		out = append(out, s)
	}
	return out
}

// lines cuts a text after each line break.
func lines(text string) []string { return strings.SplitAfter(text, "\n") }

// words cuts a text into words, runs of blanks, and single signs.
func words(text string) []string {
	var out []string
	begin, last := 0, kindNone
	for i, r := range text {
		k := kindOf(r)
		if i > begin && (k != last || k == kindSign) {
			out = append(out, text[begin:i])
			begin = i
		}
		last = k
	}
	if begin < len(text) {
		out = append(out, text[begin:])
	}
	return out
}

type kind int

const (
	kindNone kind = iota
	kindWord
	kindBlank
	kindSign // stands for itself
)

func kindOf(r rune) kind {
	switch {
	case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer):
		return kindSign
	case unicode.IsLetter(r), unicode.IsDigit(r), unicode.IsMark(r), r == '\'', r == '’':
		return kindWord
	case r == ' ', r == '\t', r == '\u00a0':
		return kindBlank
	}
	return kindSign
}

// A hunk says that a[a0:a1] became b[b0:b1].
type hunk struct {
	a0, a1, b0, b1 int
	kept           bool
}

func (h hunk) same() bool { return h.kept }

// hunks cuts two lists into parts that are the same and parts that differ, in
// turn.
func hunks(a, b []string) []hunk {
	first := 0
	for first < len(a) && first < len(b) && a[first] == b[first] {
		first++
	}
	last := 0
	for last < len(a)-first && last < len(b)-first && a[len(a)-1-last] == b[len(b)-1-last] {
		last++
	}
	out := kept(nil, 0, 0, first)
	for _, h := range middle(a[first:len(a)-last], b[first:len(b)-last]) {
		h.a0, h.a1, h.b0, h.b1 = h.a0+first, h.a1+first, h.b0+first, h.b1+first
		out = append(out, h)
	}
	return kept(out, len(a)-last, len(b)-last, last)
}

func kept(list []hunk, a, b, n int) []hunk {
	if n == 0 {
		return list
	}
	return append(list, hunk{a, a + n, b, b + n, true})
}

// middle is hunks for lists that differ at both ends.
func middle(a, b []string) []hunk {
	if len(a) == 0 && len(b) == 0 {
		return nil
	}
	pairs, ok := matches(a, b)
	if !ok {
		return []hunk{{0, len(a), 0, len(b), false}}
	}
	var out []hunk
	x, y := 0, 0
	for i := 0; i < len(pairs); {
		p, n := pairs[i], 1
		for i+n < len(pairs) && pairs[i+n] == [2]int{p[0] + n, p[1] + n} {
			n++
		}
		if p[0] > x || p[1] > y {
			out = append(out, hunk{x, p[0], y, p[1], false})
		}
		out = kept(out, p[0], p[1], n)
		x, y, i = p[0]+n, p[1]+n, i+n
	}
	if x < len(a) || y < len(b) {
		out = append(out, hunk{x, len(a), y, len(b), false})
	}
	return out
}

// matches returns which elements of a are which of b, on a shortest way from one
// to the other (Myers, 1986). It gives up where the way is too long.
func matches(a, b []string) ([][2]int, bool) {
	most := min(len(a)+len(b), mostEdits)
	reach, steps := map[int]int{1: 0}, []map[int]int{}
	for d := 0; d <= most; d++ {
		now := make(map[int]int, d+1)
		for k := -d; k <= d; k += 2 {
			x := reach[k-1] + 1
			if k == -d || k != d && reach[k-1] < reach[k+1] {
				x = reach[k+1]
			}
			for x < len(a) && x-k < len(b) && a[x] == b[x-k] {
				x++
			}
			now[k] = x
			if x >= len(a) && x-k >= len(b) {
				return back(append(steps, now), len(a), len(b)), true
			}
		}
		steps, reach = append(steps, now), now
	}
	return nil, false
}

// back walks the way of matches from its end.
func back(steps []map[int]int, x, y int) [][2]int {
	var out [][2]int
	for d := len(steps) - 1; d >= 0; d-- {
		px, py := 0, 0
		if k := x - y; d > 0 {
			before := steps[d-1]
			pk := k - 1
			if k == -d || k != d && before[k-1] < before[k+1] {
				pk = k + 1
			}
			px, py = before[pk], before[pk]-pk
		}
		for x > px && y > py {
			x, y = x-1, y-1
			out = append(out, [2]int{x, y})
		}
		x, y = px, py
	}
	slices.Reverse(out)
	return out
}

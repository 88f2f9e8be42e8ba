package lexis

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/stoa-go/stoa/search"
)

// A Marker finds what a query looks for in texts of one language.
type Marker struct {
	language *Language
	units    map[string]int // number by term
	prefixes []Unit         // single characters
	phrases  []*Other       // alternatives of several words, which are marked together
	rarity   []float64      // by number
}

// NewMarker returns a marker of what a reading looks for. rarity is how rare each
// unit is, by number, nil if nobody knows.
func NewMarker(p *Reading, rarity []float64) *Marker {
	m := &Marker{language: p.Spoken, units: map[string]int{}, rarity: rarity}
	for _, u := range p.Scored {
		m.units[u.Term] = u.Number
		if u.Prefix {
			m.prefixes = append(m.prefixes, u)
		}
	}
	EachChoice(p.Choices, func(c *Choice) {
		for _, o := range c.Others {
			m.addOther(o)
		}
	})
	return m
}

// addOther makes the marker find an alternative.
func (m *Marker) addOther(o *Other) {
	s := o.Seeks[0]
	switch {
	case len(o.Seeks) > 1:
		m.phrases = append(m.phrases, o)
	case s.Prefix:
		m.prefixes = append(m.prefixes, Unit{Seek: s, Number: otherUnit + o.Number})
	default:
		if _, ok := m.units[s.Term]; !ok {
			m.units[s.Term] = otherUnit + o.Number
		}
	}
}

// A Mark is a place in a text where a unit was found.
type Mark struct {
	Start, End int
	unit       int
}

// marks returns what was found in text, in order. Marks may overlap.
func (m *Marker) marks(text string) []Mark {
	if m == nil || len(m.units)+len(m.prefixes)+len(m.phrases) == 0 {
		return nil
	}
	var out []Mark
	var all []standing
	m.language.Words(text, func(t Token, w Word) {
		if len(m.phrases) > 0 && !t.Last && w.Term != "" {
			all = append(all, standing{t, w.Term})
		}
		if n, ok := m.units[w.Term]; ok {
			out = append(out, Mark{t.Start, t.End, n})
			return
		}
		for _, u := range m.prefixes {
			if w.Pair && strings.HasPrefix(w.Term, u.Term) {
				out = append(out, Mark{t.Start, CharacterEnd(text, t.Start), u.Number})
			}
		}
	})
	for _, o := range m.phrases {
		out = o.mark(all, out)
	}
	if len(m.phrases) > 0 {
		slices.SortStableFunc(out, func(a, b Mark) int { return cmp.Compare(a.Start, b.Start) })
	}
	return out
}

// A standing term is one with its place in a text.
type standing struct {
	Token
	term string
}

// mark adds the places of an alternative of several words.
func (o *Other) mark(all []standing, out []Mark) []Mark {
	for i := range len(all) - len(o.Seeks) + 1 {
		same := true
		for j, s := range o.Seeks {
			same = same && all[i+j].term == s.Term
		}
		if same {
			for _, t := range all[i : i+len(o.Seeks)] {
				out = append(out, Mark{t.Start, t.End, otherUnit + o.Number})
			}
		}
	}
	return out
}

// Spans cuts text[from:to] where marks begin and end.
func Spans(text string, from, to int, marks []Mark) []search.Span {
	var out []search.Span
	at := from
	add := func(end int, match bool) {
		if end <= at {
			return
		}
		if n := len(out); n > 0 && out[n-1].Match == match {
			out[n-1].Text += text[at:end]
		} else {
			out = append(out, search.Span{Text: text[at:end], Match: match})
		}
		at = end
	}
	for _, k := range marks {
		if k.Start >= from && k.End <= to {
			add(k.Start, false)
			add(k.End, true)
		}
	}
	add(to, false)
	return out
}

// Title returns the title with what was found.
func (m *Marker) Title(text string) []search.Span { return Spans(text, 0, len(text), m.marks(text)) }

// Snippet returns the best passage of the body or, if nothing is found there,
// the summary.
func (m *Marker) Snippet(body, summary string, length int) []search.Span {
	if length <= 0 {
		return nil
	}
	text, marks := body, m.marks(body)
	if len(marks) == 0 && summary != "" {
		text, marks = summary, m.marks(summary)
	}
	from, to := m.passage(text, marks, length)
	return Spans(text, from, to, marks)
}

// passage returns the piece of text, at most length characters, in which the
// rarest units are found together, with a few words before them.
func (m *Marker) passage(text string, marks []Mark, length int) (from, to int) {
	first, last := m.densest(text, marks, length)
	if first < 0 {
		return 0, cutEnd(text, 0, length)
	}
	spare := length - utf8.RuneCountInString(text[marks[first].Start:marks[last].End])
	from = opening(text, marks[first].Start, max(0, spare)/2)
	return from, cutEnd(text, from, length)
}

// densest returns the first and last mark of the passage with the most and
// rarest units, the earliest of equals, or -1.
func (m *Marker) densest(text string, marks []Mark, length int) (first, last int) {
	first, best := -1, 0.0
	inside, sum, chars := map[int]int{}, 0.0, 0
	begin := 0
	for end, k := range marks {
		if end > begin {
			chars += utf8.RuneCountInString(text[min(marks[end-1].End, k.End):k.End])
		} else {
			chars = utf8.RuneCountInString(text[k.Start:k.End])
		}
		if inside[k.unit]++; inside[k.unit] == 1 {
			sum += m.worth(k.unit)
		}
		for begin < end && chars > length {
			gone := marks[begin]
			if inside[gone.unit]--; inside[gone.unit] == 0 {
				sum -= m.worth(gone.unit)
			}
			begin++
			chars -= utf8.RuneCountInString(text[gone.Start:marks[begin].Start])
		}
		if sum > best+1e-9 || first < 0 {
			first, last, best = begin, end, sum
		}
	}
	return first, last
}

// worth returns what a unit is worth in a passage.
func (m *Marker) worth(unit int) float64 {
	if unit < len(m.rarity) {
		return m.rarity[unit] + 1
	}
	return 1
}

// opening returns where a passage begins that shows what is at: where its
// sentence does if that is at most chars characters before, else at a word.
func opening(text string, at, chars int) int {
	earliest := back(text, at, chars)
	if earliest == 0 {
		return 0
	}
	look := back(text, earliest, 2) // an end of a sentence is no longer
	for _, end := range []string{"\n", ". ", "! ", "? ", "。", "！", "？", "؟ ", "। "} {
		if i := strings.LastIndex(text[look:at], end); i >= 0 && look+i+len(end) >= earliest {
			return skipSpace(text, look+i+len(end), at)
		}
	}
	if before, _ := utf8.DecodeLastRuneInString(text[:earliest]); unicode.IsSpace(before) {
		return skipSpace(text, earliest, at)
	}
	if i := strings.IndexFunc(text[earliest:at], unicode.IsSpace); i >= 0 {
		return skipSpace(text, earliest+i, at)
	}
	return earliest
}

// back returns the place n characters before at.
func back(text string, at, n int) int {
	for ; n > 0 && at > 0; n-- {
		_, size := utf8.DecodeLastRuneInString(text[:at])
		at -= size
	}
	return at
}

func skipSpace(text string, from, limit int) int {
	for from < limit {
		r, size := utf8.DecodeRuneInString(text[from:])
		if !unicode.IsSpace(r) {
			break
		}
		from += size
	}
	return from
}

// cutEnd returns where a passage of at most length characters from a place
// ends: after a whole word if it has any, or at the end of the text.
func cutEnd(text string, from, length int) int {
	end := from
	for n := 0; n < length && end < len(text); n++ {
		_, size := utf8.DecodeRuneInString(text[end:])
		end += size
	}
	if end == len(text) {
		return end
	}
	piece := text[from:end]
	if i := strings.LastIndexFunc(piece, unicode.IsSpace); i > len(piece)/2 {
		return from + len(strings.TrimRightFunc(piece[:i], unicode.IsSpace))
	}
	return end
}

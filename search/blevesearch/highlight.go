package blevesearch

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/stoa-go/stoa/search"
)

// A marker finds what a query looks for in texts of one language.
type marker struct {
	language *language
	units    map[string]int // number by term
	prefixes []unit         // single characters
	phrases  []*other       // alternatives of several words, which are marked together
	rarity   []float64      // by number
}

func newMarker(p *plan, r *ranking) *marker {
	if p == nil {
		return nil
	}
	m := &marker{language: p.language, units: map[string]int{}}
	if r != nil {
		m.rarity = r.text
	}
	for _, u := range p.scored {
		m.units[u.term] = u.number
		if u.prefix {
			m.prefixes = append(m.prefixes, u)
		}
	}
	eachChoice(p.choices, func(c *choice) {
		for _, o := range c.others {
			m.addOther(o)
		}
	})
	return m
}

// addOther makes the marker find an alternative.
func (m *marker) addOther(o *other) {
	s := o.seeks[0]
	switch {
	case len(o.seeks) > 1:
		m.phrases = append(m.phrases, o)
	case s.prefix:
		m.prefixes = append(m.prefixes, unit{seek: s, number: otherUnit + o.number})
	default:
		if _, ok := m.units[s.term]; !ok {
			m.units[s.term] = otherUnit + o.number
		}
	}
}

// A mark is a place in a text where a unit was found.
type mark struct {
	start, end int
	unit       int
}

// marks returns what was found in text, in order. Marks may overlap.
func (m *marker) marks(text string) []mark {
	if m == nil || len(m.units)+len(m.prefixes)+len(m.phrases) == 0 {
		return nil
	}
	var out []mark
	var all []standing
	m.language.words(text, func(t token, w word) {
		if len(m.phrases) > 0 && !t.last && w.term != "" {
			all = append(all, standing{t, w.term})
		}
		if n, ok := m.units[w.term]; ok {
			out = append(out, mark{t.start, t.end, n})
			return
		}
		for _, u := range m.prefixes {
			if w.pair && strings.HasPrefix(w.term, u.term) {
				out = append(out, mark{t.start, characterEnd(text, t.start), u.number})
			}
		}
	})
	for _, o := range m.phrases {
		out = o.mark(all, out)
	}
	if len(m.phrases) > 0 {
		slices.SortStableFunc(out, func(a, b mark) int { return cmp.Compare(a.start, b.start) })
	}
	return out
}

// A standing term is one with its place in a text.
type standing struct {
	token
	term string
}

// mark adds the places of an alternative of several words.
func (o *other) mark(all []standing, out []mark) []mark {
	for i := range len(all) - len(o.seeks) + 1 {
		same := true
		for j, s := range o.seeks {
			same = same && all[i+j].term == s.term
		}
		if same {
			for _, t := range all[i : i+len(o.seeks)] {
				out = append(out, mark{t.start, t.end, otherUnit + o.number})
			}
		}
	}
	return out
}

// spans cuts text[from:to] where marks begin and end.
func spans(text string, from, to int, marks []mark) []search.Span {
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
		if k.start >= from && k.end <= to {
			add(k.start, false)
			add(k.end, true)
		}
	}
	add(to, false)
	return out
}

// title returns the title with what was found.
func (m *marker) title(text string) []search.Span { return spans(text, 0, len(text), m.marks(text)) }

// snippet returns the best passage of the body or, if nothing is found there,
// the summary.
func (m *marker) snippet(body, summary string, length int) []search.Span {
	if length <= 0 {
		return nil
	}
	text, marks := body, m.marks(body)
	if len(marks) == 0 && summary != "" {
		text, marks = summary, m.marks(summary)
	}
	from, to := m.passage(text, marks, length)
	return spans(text, from, to, marks)
}

// passage returns the piece of text, at most length characters, in which the
// rarest units are found together, with a few words before them.
func (m *marker) passage(text string, marks []mark, length int) (from, to int) {
	first, last := m.densest(text, marks, length)
	if first < 0 {
		return 0, cutEnd(text, 0, length)
	}
	spare := length - utf8.RuneCountInString(text[marks[first].start:marks[last].end])
	from = opening(text, marks[first].start, max(0, spare)/2)
	return from, cutEnd(text, from, length)
}

// densest returns the first and last mark of the passage with the most and
// rarest units, the earliest of equals, or -1.
func (m *marker) densest(text string, marks []mark, length int) (first, last int) {
	first, best := -1, 0.0
	inside, sum, chars := map[int]int{}, 0.0, 0
	begin := 0
	for end, k := range marks {
		if end > begin {
			chars += utf8.RuneCountInString(text[min(marks[end-1].end, k.end):k.end])
		} else {
			chars = utf8.RuneCountInString(text[k.start:k.end])
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
			chars -= utf8.RuneCountInString(text[gone.start:marks[begin].start])
		}
		if sum > best+1e-9 || first < 0 {
			first, last, best = begin, end, sum
		}
	}
	return first, last
}

// worth returns what a unit is worth in a passage.
func (m *marker) worth(unit int) float64 {
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

package search

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/stoa-go/stoa/internal/words"
)

// synonymWeight is what a synonym is worth beside the word: enough to stand
// before what has less of a query, and not as much as the word.
const synonymWeight = 0.9

// What a query costs does not depend on how much a team has set.
const (
	maxAlternatives = 12           // of a word, however many synonyms name it
	maxAllOthers    = 2 * maxWords // alternatives of all words
	maxPieces       = 2 * maxWords // words, after some were cut where synonyms are about a part
)

// A tuned tuning is ready to be applied.
type tuned struct {
	version int
	rules   map[string][]rule // by their first word
	inside  []rule            // of scripts without spaces, the longest first
	pins    []pinRule
	stops   map[string][]string // languages by word
}

// A rule is one thing that is looked for, with what else it means.
type rule struct {
	locale string
	text   string
	words  []string // folded
	also   []string
}

// A pinRule is a pin with its patterns folded.
type pinRule struct {
	Pin

	words [][]string
}

func newTuned(t Tuning, version int) *tuned {
	out := &tuned{version: version, rules: map[string][]rule{}, stops: map[string][]string{}}
	for _, s := range t.Synonyms {
		for _, r := range s.rules() {
			out.rules[r.words[0]] = append(out.rules[r.words[0]], r)
			if strings.ContainsFunc(r.text, unspaced) && len(r.words) == 1 {
				out.inside = append(out.inside, r)
			}
		}
	}
	slices.SortStableFunc(out.inside, func(a, b rule) int { return cmp.Compare(len(b.text), len(a.text)) })
	for _, p := range t.Pins {
		rule := pinRule{Pin: p}
		for _, q := range p.Queries {
			rule.words = append(rule.words, foldedWords(q.Text))
		}
		out.pins = append(out.pins, rule)
	}
	for _, w := range t.StopWords {
		word := foldWords(w.Word)
		out.stops[word] = append(out.stops[word], w.Locale)
	}
	return out
}

// rules returns what a synonym says of each word.
func (s Synonym) rules() []rule {
	from, to := s.From, s.To
	if s.TwoWay {
		from = append(slices.Clone(from), to...)
		to = from
	}
	var out []rule
	for _, text := range from {
		r := rule{locale: s.Locale, text: clean(text), words: foldedWords(text)}
		for _, other := range to {
			if foldWords(other) != strings.Join(r.words, " ") {
				r.also = append(r.also, other)
			}
		}
		if len(r.words) > 0 && len(r.also) > 0 {
			out = append(out, r)
		}
	}
	return out
}

// speaks reports whether what is set for a language is for a reader.
func speaks(set, reader string) bool {
	return set == "" || reader == "" || language(set) == language(reader)
}

// language returns the language of a tag, without region or script.
func language(tag string) string {
	code, _, _ := strings.Cut(strings.ToLower(strings.ReplaceAll(tag, "_", "-")), "-")
	return code
}

// literal reports whether a word is looked for as it is written.
func (w Word) literal() bool { return w.Phrase || w.Required || w.Exclude }

// apply returns the words of a query with their alternatives, without stop
// words.
func (t *tuned) apply(terms []term, locale string) []term {
	if len(t.inside) > 0 {
		terms = t.split(terms, locale)
	}
	spoken := make([]bool, len(terms)) // a synonym is about it
	left := maxAllOthers
	for i := range terms {
		t.alternatives(terms, i, locale, spoken)
		terms[i].Also = terms[i].Also[:min(len(terms[i].Also), left)]
		left -= len(terms[i].Also)
	}
	if len(t.stops) == 0 {
		return terms
	}
	kept := make([]term, 0, len(terms))
	some := false
	for i, m := range terms {
		if !spoken[i] && !m.literal() && t.stop(m.Text, locale) {
			continue
		}
		kept, some = append(kept, m), some || !m.Exclude
	}
	if !some {
		return terms
	}
	return kept
}

func (t *tuned) stop(word, locale string) bool {
	return slices.ContainsFunc(t.stops[foldWords(word)], func(set string) bool { return speaks(set, locale) })
}

// alternatives gives the word i, with those behind it, what synonyms say.
func (t *tuned) alternatives(terms []term, i int, locale string, spoken []bool) {
	if terms[i].literal() {
		return
	}
	words := foldedWords(terms[i].Text)
	if len(words) == 0 {
		return
	}
	for _, r := range t.rules[words[0]] {
		n := r.length(terms[i:])
		if n == 0 || !speaks(r.locale, locale) {
			continue
		}
		for j := range n {
			spoken[i+j] = true
		}
		for _, text := range r.also {
			terms[i].addAlternative(Alternative{Text: text, Words: n, Weight: synonymWeight})
		}
	}
}

// length returns how many of the first terms are what a rule is about, 0 if they
// are not.
func (r rule) length(terms []term) int {
	var words []string
	for i, m := range terms {
		if m.literal() {
			return 0
		}
		words = append(words, foldedWords(m.Text)...)
		if len(words) > len(r.words) || !slices.Equal(words, r.words[:len(words)]) {
			return 0
		}
		if len(words) == len(r.words) {
			return i + 1
		}
	}
	return 0
}

func (m *term) addAlternative(a Alternative) {
	same := func(b Alternative) bool { return b.Words == a.Words && foldWords(b.Text) == foldWords(a.Text) }
	if len(m.Also) < maxAlternatives && !slices.ContainsFunc(m.Also, same) {
		m.Also = append(m.Also, a)
	}
}

// split cuts words of scripts without spaces where a synonym is about a part.
func (t *tuned) split(terms []term, locale string) []term {
	var out []term
	left := maxPieces - len(terms) // cuts
	for _, m := range terms {
		out = append(out, t.cut(m, locale, &left)...)
	}
	return out
}

func (t *tuned) cut(m term, locale string, left *int) []term {
	if *left < 2 || m.literal() || !strings.ContainsFunc(m.Text, unspaced) {
		return []term{m}
	}
	for _, r := range t.inside {
		i := strings.Index(m.Text, r.text)
		if i < 0 || len(r.text) == len(m.Text) || !speaks(r.locale, locale) {
			continue
		}
		*left -= 2
		var out []term
		piece := func(from, to int) term {
			return term{Word: Word{Text: m.Text[from:to]}, start: m.start + from, end: m.start + to}
		}
		if i > 0 {
			out = append(out, t.cut(piece(0, i), locale, left)...)
		}
		out = append(out, piece(i, i+len(r.text)))
		if end := i + len(r.text); end < len(m.Text) {
			out = append(out, t.cut(piece(end, len(m.Text)), locale, left)...)
		}
		return out
	}
	return []term{m}
}

// pinned returns the groups that are pinned for a query, in order.
func (t *tuned) pinned(terms []term, locale string, now time.Time) []string {
	if len(t.pins) == 0 {
		return nil
	}
	var words []string
	for _, m := range terms {
		if !m.Exclude {
			words = append(words, foldedWords(m.Text)...)
		}
	}
	var out []string
	for _, p := range t.pins {
		if !speaks(p.Locale, locale) || now.Before(p.From) || !p.Until.IsZero() && !now.Before(p.Until) || !p.matches(words) {
			continue
		}
		for _, g := range p.Groups {
			if len(out) < maxPinned && !slices.Contains(out, g) {
				out = append(out, g)
			}
		}
	}
	return out
}

func (p pinRule) matches(words []string) bool {
	for i, q := range p.Queries {
		pattern := p.words[i]
		if len(pattern) == 0 {
			continue
		}
		if q.Match == MatchExact && slices.Equal(pattern, words) || q.Match == MatchWords && containsAll(words, pattern) {
			return true
		}
	}
	return false
}

// containsAll reports whether a query has all words of a pattern: in scripts
// without spaces, inside others.
func containsAll(words, pattern []string) bool {
	for _, p := range pattern {
		inside := strings.ContainsFunc(p, unspaced)
		if !slices.ContainsFunc(words, func(w string) bool { return w == p || inside && strings.Contains(w, p) }) {
			return false
		}
	}
	return true
}

// foldedWords returns the words of a text as they are compared.
func foldedWords(text string) []string {
	var out []string
	for _, t := range parse(text).terms {
		for word := range strings.FieldsSeq(t.Text) {
			out = append(out, words.Fold(word))
		}
	}
	return out
}

// foldWords returns a text as it is compared.
func foldWords(text string) string { return strings.Join(foldedWords(text), " ") }

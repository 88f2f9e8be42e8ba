package search

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/stoa-go/stoa/internal/lru"
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
	source  Tuning
	form    func(word string) string   // what its forms have in common
	spoken  *lru.Cache[string, *tuned] // for readers of languages whose forms are known, by language
	rules   map[string][]rule          // by their first word
	inside  []rule                     // of scripts without spaces, the longest first
	pins    []pinRule
	stops   map[string][]string // languages by word
}

// A rule is one thing that is looked for, with what else it means.
type rule struct {
	locale string
	text   string
	words  []string // in the form in which they are compared
	also   []string
}

// A pinRule is a pin with its patterns folded.
type pinRule struct {
	Pin

	exact, forms [][]string
}

// maxSpoken is how many languages a tuning is kept ready for.
const maxSpoken = 64

func newTuned(t Tuning, version int) *tuned {
	out := tunedBy(words.Fold, t, version)
	out.spoken = lru.New[string, *tuned](maxSpoken)
	return out
}

// in returns the tuning for readers of a language, whose forms are compared as
// the stemmer has them; nil means as they are written.
func (t *tuned) in(locale string, by Stemmer) *tuned {
	code := language(locale)
	if by == nil || code == "" || t.spoken == nil {
		return t
	}
	if known, ok := t.spoken.Load(code); ok {
		return known
	}
	out := tunedBy(func(word string) string { return words.Fold(by.Stem(code, word)) }, t.source, t.version)
	t.spoken.Store(code, out)
	return out
}

func tunedBy(form func(string) string, t Tuning, version int) *tuned {
	out := &tuned{version: version, source: t, form: form, rules: map[string][]rule{}, stops: map[string][]string{}}
	for _, s := range t.Synonyms {
		for _, r := range s.rules(form) {
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
			rule.exact, rule.forms = append(rule.exact, foldedWords(q.Text)), append(rule.forms, formsOf(q.Text, form))
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
func (s Synonym) rules(form func(string) string) []rule {
	from, to := s.From, s.To
	if s.TwoWay {
		from = append(slices.Clone(from), to...)
		to = from
	}
	var out []rule
	for _, text := range from {
		r := rule{locale: s.Locale, text: clean(text), words: formsOf(text, form)}
		for _, other := range to {
			if foldWords(other) != foldWords(text) {
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
	forms := formsOf(terms[i].Text, t.form)
	if len(forms) == 0 {
		return
	}
	for _, r := range t.rules[forms[0]] {
		n := r.length(terms[i:], t.form)
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
func (r rule) length(terms []term, form func(string) string) int {
	var found []string
	for i, m := range terms {
		if m.literal() {
			return 0
		}
		found = append(found, formsOf(m.Text, form)...)
		if len(found) > len(r.words) || !slices.Equal(found, r.words[:len(found)]) {
			return 0
		}
		if len(found) == len(r.words) {
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
	var exact, forms []string
	for _, m := range terms {
		if !m.Exclude {
			exact, forms = append(exact, foldedWords(m.Text)...), append(forms, formsOf(m.Text, t.form)...)
		}
	}
	var out []string
	for _, p := range t.pins {
		if !speaks(p.Locale, locale) || now.Before(p.From) || !p.Until.IsZero() && !now.Before(p.Until) || !p.matches(exact, forms) {
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

func (p pinRule) matches(exact, forms []string) bool {
	for i, q := range p.Queries {
		if len(p.exact[i]) == 0 {
			continue
		}
		if q.Match == MatchExact && slices.Equal(p.exact[i], exact) || q.Match == MatchWords && containsAll(forms, p.forms[i]) {
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
func foldedWords(text string) []string { return formsOf(text, words.Fold) }

// formsOf returns the words of a text in the form in which they are compared.
func formsOf(text string, form func(string) string) []string {
	var out []string
	for _, t := range parse(text).terms {
		for word := range strings.FieldsSeq(t.Text) {
			out = append(out, form(word))
		}
	}
	return out
}

// foldWords returns a text as it is compared.
func foldWords(text string) string { return strings.Join(foldedWords(text), " ") }

package blevesearch

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/blevesearch/vellum/levenshtein"

	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/internal/lexis"
)

// Words are corrected to such as stand in documents that the asker may see.
// There is no list of words as they are written: that would cost a third of all
// indexing. Terms like the stem of the misspelt word are looked up in place of
// it, and how people write them is read from a few of their documents.
const (
	maxCorrected = 3 // words of one request, the first unknown ones
	maxStems     = 4 // terms whose documents are read for one word
	maxSamples   = 8 // documents that are read for a term
)

// correct returns another spelling for words that nothing is found for.
func (x *Index) correct(a *answer) ([]search.Correction, error) {
	var out []search.Correction
	tried := 0
	for i, w := range a.Words {
		if w.Exclude || w.Phrase || tried == maxCorrected || a.otherwise(i) {
			continue
		}
		misspelt, err := a.unknown(i)
		if err != nil {
			return nil, err
		}
		if len(misspelt) == 0 {
			continue
		}
		tried++
		best, err := x.bestSpelling(a, misspelt)
		if err != nil {
			return nil, err
		}
		if best.text != "" {
			out = append(out, search.Correction{Word: i, Text: best.text})
		}
	}
	return out, nil
}

// otherwise reports whether there are alternatives to a word: somebody knows it.
func (a *answer) otherwise(word int) bool {
	return slices.ContainsFunc(a.plans, func(p *plan) bool { return lexis.ChoiceOf(p.Choices, word) != nil })
}

// A misspelling is a word that no admitted document has, in one language.
type misspelling struct {
	*plan
	lexis.Word
}

// unknown returns the word of a request in each language, or nothing if there
// is one in which a document has it.
func (a *answer) unknown(index int) ([]misspelling, error) {
	var out []misspelling
	for _, p := range a.plans {
		words := lexis.WordsOf(p.Language, a.Words[index].Text)
		if len(words) != 1 || !lexis.Correctable(words[0]) {
			return nil, nil
		}
		for _, m := range a.matches {
			b, err := m.find(fieldText, lexis.Seek{Term: words[0].Term})
			if err != nil {
				return nil, err
			}
			if b != nil && b.Intersects(m.admitted) {
				return nil, nil
			}
		}
		out = append(out, misspelling{p, words[0]})
	}
	return out, nil
}

// A spelling is a word to correct another one to.
type spelling struct {
	text     string
	distance int
	docs     int // admitted documents that have a form of it
	seen     int // how often it is written so in those that were read
}

func (s spelling) compare(t spelling) int {
	return cmp.Or(
		cmp.Compare(s.distance, t.distance), cmp.Compare(t.docs, s.docs), cmp.Compare(t.seen, s.seen), cmp.Compare(s.text, t.text),
	)
}

// bestSpelling returns the best spelling in any language, without text if there
// is none.
func (x *Index) bestSpelling(a *answer, misspelt []misspelling) (spelling, error) {
	var best spelling
	for _, w := range misspelt {
		stems, err := x.stemsLike(a, w)
		if err != nil {
			return spelling{}, err
		}
		for _, s := range stems {
			found, err := a.spell(w, s)
			if err != nil {
				return spelling{}, err
			}
			if found.text != "" && (best.text == "" || found.compare(best) < 0) {
				best = found
			}
		}
	}
	return best, nil
}

// stemsLike returns terms that differ little from a misspelt word's, or that it
// begins with, the most similar ones that admitted documents have.
func (x *Index) stemsLike(a *answer, w misspelling) ([]spelling, error) {
	found := map[string]*spelling{}
	note := func(m *match, term string) (bool, error) {
		n, err := m.count(fieldText, term)
		if n > 0 && found[term] == nil {
			stem := term[len(w.Code)+1:]
			found[term] = &spelling{text: term, distance: lexis.Distance(w.stem(), stem)}
		}
		if n > 0 {
			found[term].docs += n
		}
		return true, err
	}
	_, size := utf8.DecodeRuneInString(w.stem())
	prefix := w.Term[:len(w.Code)+1+size]
	automaton, err := x.spellers.like(w.Term, lexis.Tolerance(w.Surface))
	if err != nil {
		return nil, err
	}
	for _, m := range a.matches {
		known := map[string]bool{}
		once := func(term string) (bool, error) {
			if known[term] {
				return true, nil
			}
			known[term] = true
			return note(m, term)
		}
		if err := m.eachAccepted(a.ctx, fieldText, prefix, automaton, once); err != nil {
			return nil, err
		}
		for i := range w.Surface {
			if utf8.RuneCountInString(w.Surface[:i]) >= lexis.MinSpelled {
				if _, err := once(w.Code + lexis.StemMark + w.Surface[:i]); err != nil {
					return nil, err
				}
			}
		}
	}
	var out []spelling
	for _, s := range found {
		out = append(out, *s)
	}
	slices.SortFunc(out, spelling.compare)
	return out[:min(len(out), maxStems)], nil
}

// stem returns a word's term without its language.
func (m misspelling) stem() string { return m.Term[len(m.Code)+1:] }

// spell returns how a stem is written in the form that is nearest to a misspelt
// word, without text if all are too far from it.
func (a *answer) spell(w misspelling, stem spelling) (spelling, error) {
	samples, err := a.sample(stem.text)
	if err != nil {
		return spelling{}, err
	}
	seen := map[string]int{}
	for i, m := range a.matches {
		for it := samples[i].Iterator(); it.HasNext(); {
			d, body, err := m.read(it.Next())
			if err != nil {
				return spelling{}, err
			}
			for _, text := range append(d.Keywords, d.Title, d.Summary, body) {
				w.Words(lexis.ComposedForm(text), func(_ lexis.Token, other lexis.Word) {
					if other.Term == stem.text && lexis.Spellable(other.Surface) {
						seen[other.Surface]++
					}
				})
			}
		}
	}
	var best spelling
	for text, n := range seen {
		s := spelling{text: text, distance: lexis.Distance(w.Surface, text), docs: stem.docs, seen: n}
		if s.distance > int(lexis.Tolerance(w.Surface)) || !lexis.SameStart(w.Surface, text) {
			continue
		}
		if best.text == "" || s.compare(best) < 0 {
			best = s
		}
	}
	return best, nil
}

// sample returns a few of the admitted documents with a term, always the same
// ones: those whose hashes begin with the most zeros.
func (a *answer) sample(term string) ([]*roaring.Bitmap, error) {
	sets := make([]*roaring.Bitmap, len(a.matches))
	for i, m := range a.matches {
		sets[i] = roaring.New()
		b, err := m.having(fieldText, term)
		if err != nil {
			return nil, err
		}
		if b != nil {
			sets[i] = roaring.And(b, m.admitted)
		}
	}
	for zeros := 0; zeros < hashBits && size(sets) > maxSamples; zeros++ {
		_, without, err := split(a.matches, sets, hashKey(zeros))
		if err != nil {
			return nil, err
		}
		if size(without) > 0 {
			sets = without
		}
	}
	return sets, nil
}

// spellers make automata that accept what is similar to a word.
type spellers [2]*levenshtein.LevenshteinAutomatonBuilder

func newSpellers() (s spellers, err error) {
	for i := range s {
		if s[i], err = levenshtein.NewLevenshteinAutomatonBuilder(uint8(i+1), true); err != nil {
			return s, fmt.Errorf("speller: %w", err)
		}
	}
	return s, nil
}

func (s spellers) like(term string, edits uint8) (*levenshtein.DFA, error) {
	dfa, err := s[edits-1].BuildDfa(strings.ToValidUTF8(term, ""), edits)
	if err != nil {
		return nil, fmt.Errorf("speller: %w", err)
	}
	return dfa, nil
}

package memsearch

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/stoa-go/stoa/search"
)

// maxCorrected is how many words of one request are corrected, the first
// unknown ones: each costs a look at all words there are.
const maxCorrected = 3

// A vocabulary is the words of one state, hidden documents included, by their
// number of characters. It is only where to look: what a word counts for is
// taken from the documents that the asker may see.
type vocabulary struct {
	gate     chan struct{} // holds a value while somebody fills it
	byLength map[int][]string
}

func newVocabulary() *vocabulary { return &vocabulary{gate: make(chan struct{}, 1)} }

// words returns the words by length, which the first to ask collects.
func (v *vocabulary) words(ctx context.Context, entries []*entry) (map[int][]string, error) {
	select {
	case v.gate <- struct{}{}:
		defer func() { <-v.gate }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if v.byLength != nil {
		return v.byLength, nil
	}
	known, byLength := map[string]bool{}, map[int][]string{}
	for i, e := range entries {
		if err := now(ctx, i); err != nil {
			return nil, err
		}
		for t := range e.all.count {
			if !known[t] {
				known[t] = true
				n := utf8.RuneCountInString(t)
				byLength[n] = append(byLength[n], t)
			}
		}
	}
	v.byLength = byLength
	return byLength, nil
}

// now looks at the context every few steps of a loop.
func now(ctx context.Context, step int) error {
	if step%64 == 63 {
		return ctx.Err()
	}
	return nil
}

// correct returns, for words that no document has, the nearest that one has.
func (q *question) correct(ctx context.Context, s *state, scope []*entry) ([]search.Correction, error) {
	var out []search.Correction
	tried := 0
	for i, w := range q.words {
		if w.Exclude || w.Phrase || len(q.tokens[i]) != 1 || q.all[q.tokens[i][0]] > 0 || tried == maxCorrected ||
			slices.ContainsFunc(q.choices, func(c choice) bool { return c.From <= i && i < c.To }) {
			continue
		}
		tried++
		words, err := s.vocabulary.words(ctx, s.sorted)
		if err != nil {
			return nil, err
		}
		best, err := nearest(ctx, q.tokens[i][0], words, scope)
		if err != nil {
			return nil, err
		}
		if best != "" {
			out = append(out, search.Correction{Word: i, Text: best})
		}
	}
	return out, nil
}

// nearest returns the most frequent of the words of the documents that are near
// t, as it is written there.
func nearest(ctx context.Context, t string, words map[int][]string, scope []*entry) (string, error) {
	frequency, err := frequencies(ctx, candidates(t, words), scope)
	best := ""
	for u, n := range frequency {
		if n > 0 && (n > frequency[best] || n == frequency[best] && u < best) {
			best = u
		}
	}
	if best == "" || err != nil {
		return "", err
	}
	return written(best, scope), nil
}

// candidates returns the words that are near t.
func candidates(t string, words map[int][]string) []string {
	var out []string
	n := utf8.RuneCountInString(t)
	for _, length := range []int{n - 1, n, n + 1} {
		for _, u := range words[length] {
			if near(t, u) {
				out = append(out, u)
			}
		}
	}
	return out
}

// frequencies returns how often the documents have each of the words.
func frequencies(ctx context.Context, words []string, scope []*entry) (map[string]int, error) {
	out := map[string]int{}
	if len(words) == 0 {
		return out, nil
	}
	for i, e := range scope {
		if err := now(ctx, i); err != nil {
			return nil, err
		}
		for _, u := range words {
			out[u] += e.all.count[u]
		}
	}
	return out, nil
}

// written returns how the first document that has a word writes it.
func written(word string, scope []*entry) string {
	for _, e := range scope {
		if e.all.count[word] == 0 {
			continue
		}
		for f, text := range append([]string{e.doc.Title, e.doc.Body, e.doc.Summary}, e.doc.Keywords...) {
			i := slices.IndexFunc(e.fields[f], func(t token) bool { return t.text == word })
			if i >= 0 {
				return strings.ToLower(text[e.fields[f][i].start:e.fields[f][i].end])
			}
		}
	}
	return ""
}

// near reports whether two words differ by one letter that is changed, left
// out, added or swapped with the next.
func near(a, b string) bool {
	if utf8.RuneCountInString(a) <= 3 {
		return false
	}
	a, b = apart(a, b)
	m, n := utf8.RuneCountInString(a), utf8.RuneCountInString(b)
	if m != 2 || n != 2 {
		return m <= 1 && n <= 1
	}
	_, i := utf8.DecodeRuneInString(a)
	_, j := utf8.DecodeRuneInString(b)
	return a[:i] == b[j:] && a[i:] == b[:j]
}

// apart returns two words without the characters that they begin and end with
// alike.
func apart(a, b string) (string, string) {
	i := 0
	for i < min(len(a), len(b)) && a[i] == b[i] {
		i++
	}
	for i > 0 && (i < len(a) && !utf8.RuneStart(a[i]) || i < len(b) && !utf8.RuneStart(b[i])) {
		i--
	}
	a, b = a[i:], b[i:]
	for len(a) > 0 && len(b) > 0 {
		x, n := utf8.DecodeLastRuneInString(a)
		y, m := utf8.DecodeLastRuneInString(b)
		if cmp.Or(cmp.Compare(x, y), cmp.Compare(n, m)) != 0 {
			break
		}
		a, b = a[:len(a)-n], b[:len(b)-m]
	}
	return a, b
}

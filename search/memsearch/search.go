package memsearch

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search"
)

// visible returns what the sight admits and the language is served by, in the
// order of IDs.
func (s *state) visible(ctx context.Context, sight profile.Sight, locale string) ([]*entry, error) {
	var out []*entry
	for i, e := range s.sorted {
		if err := now(ctx, i); err != nil {
			return nil, err
		}
		if sight.Admits(e.doc.Audience) && (locale == "" || slices.Contains(e.doc.Serves, locale)) {
			out = append(out, e)
		}
	}
	return out, nil
}

// Search implements [search.Index].
func (x *Index) Search(ctx context.Context, q search.Request) (search.Response, error) {
	s, err := x.open(ctx)
	if err != nil {
		return search.Response{}, err
	}
	scope, err := s.visible(ctx, q.Sight, q.Locale)
	if err != nil {
		return search.Response{}, err
	}
	asked := newQuestion(q, scope)
	var resp search.Response
	var found []search.Hit
	entries := map[string]*entry{}
	counts := map[string]map[string]int{}
	for i, e := range scope {
		if err := now(ctx, i); err != nil {
			return search.Response{}, err
		}
		if !asked.matches(e) {
			continue
		}
		missed := misses(e.doc, q.Filters)
		count(counts, e.doc, q.Facets, missed)
		if len(missed) == 0 {
			entries[e.doc.ID] = e
			found = append(found, asked.hit(e, q.Explain))
		}
	}
	slices.SortFunc(found, order(q.Sort, q.Pinned))
	resp.Total = len(found)
	resp.Facets = facets(counts, q.Facets)
	start := min(max(q.Offset, 0), len(found))
	for i, h := range found[start:min(start+max(q.Limit, 0), len(found))] {
		h.Rank = start + i + 1
		h.Titles, h.Snippet = asked.show(entries[h.ID], q.Snippet)
		h.Document = clone(h.Document)
		h.Body = ""
		resp.Hits = append(resp.Hits, h)
	}
	if q.Correct {
		resp.Corrected, err = asked.correct(ctx, s, scope)
	}
	return resp, err
}

func order(by search.Sort, pinned []string) func(a, b search.Hit) int {
	place := func(h search.Hit) int {
		if i := slices.Index(pinned, h.Group); i >= 0 {
			return i
		}
		return len(pinned)
	}
	return func(a, b search.Hit) int {
		score := cmp.Or(cmp.Compare(place(a), place(b)), cmp.Compare(b.Score, a.Score))
		if by == search.SortUpdated {
			score = 0
		}
		return cmp.Or(score, b.UpdatedAt.Compare(a.UpdatedAt), cmp.Compare(a.ID, b.ID))
	}
}

// misses returns the facets whose filter the document does not pass.
func misses(d search.Document, filters map[string][]string) []string {
	var missed []string
	for name, accepted := range filters {
		if !slices.ContainsFunc(d.Facets[name], func(v string) bool { return slices.Contains(accepted, v) }) {
			missed = append(missed, name)
		}
	}
	return missed
}

// count counts a document in each facet whose other filters it passes.
func count(counts map[string]map[string]int, d search.Document, names, missed []string) {
	for _, name := range names {
		if len(missed) > 1 || len(missed) == 1 && missed[0] != name {
			continue
		}
		if counts[name] == nil {
			counts[name] = map[string]int{}
		}
		for _, v := range slices.Compact(slices.Sorted(slices.Values(d.Facets[name]))) {
			counts[name][v]++
		}
	}
}

func facets(counts map[string]map[string]int, names []string) map[string][]search.FacetCount {
	out := map[string][]search.FacetCount{}
	for _, name := range names {
		out[name] = []search.FacetCount{}
		for v, n := range counts[name] {
			out[name] = append(out[name], search.FacetCount{Value: v, Count: n})
		}
		slices.SortFunc(out[name], func(a, b search.FacetCount) int {
			return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Value, b.Value))
		})
	}
	return out
}

// A question is what is looked for among some documents.
type question struct {
	locale         string // the reader's
	words          []search.Word
	groups, pinned []string
	tokens         [][]string // of each word
	own            [][]string // of each word, those that count for it
	choices        []choice
	wanted         []string // tokens that count for the score, each once
	all, title     map[string]int
	n              float64
	allLen, titLen float64 // average lengths
}

func newQuestion(r search.Request, scope []*entry) *question {
	q := &question{
		locale: r.Locale, words: r.Words, groups: r.Groups, pinned: r.Pinned, n: float64(len(scope)),
		all: map[string]int{}, title: map[string]int{},
	}
	for _, w := range r.Words {
		var tokens, own []string
		for _, t := range tokenize(w.Text) {
			tokens = append(tokens, t.text)
			if !w.Exclude && !slices.Contains(q.wanted, t.text) {
				q.wanted, own = append(q.wanted, t.text), append(own, t.text)
			}
		}
		q.tokens, q.own = append(q.tokens, tokens), append(q.own, own)
	}
	q.choices = q.tidy(newChoices(search.Choices(r.Words), scope))
	for _, e := range scope {
		q.allLen += float64(e.all.length) / q.n
		q.titLen += float64(e.title.length) / q.n
		for _, t := range q.wanted {
			q.all[t] += min(1, e.all.count[t])
			q.title[t] += min(1, e.title.count[t])
		}
	}
	return q
}

// matches reports whether e is of a group that is asked for, has every required
// word, no excluded one and, if none is required and it is not pinned, any of the
// others.
func (q *question) matches(e *entry) bool {
	if len(q.groups) > 0 && !slices.Contains(q.groups, e.doc.Group) {
		return false
	}
	optional, required, any := false, false, hasOther(e, q.choices) || slices.Contains(q.pinned, e.doc.Group)
	for i, w := range q.words {
		has := e.has(q.tokens[i], w)
		switch {
		case w.Exclude && has, w.Required && !w.Exclude && !has:
			return false
		case w.Exclude:
		case w.Required:
			required = true
		default:
			optional, any = true, any || has
		}
	}
	return any || required || !optional
}

// has reports whether e has a word. One that is wanted or unwanted for certain
// must be there as it was written, even if it is made of several tokens.
func (e *entry) has(tokens []string, w search.Word) bool {
	if w.Phrase || w.Exclude || w.Required {
		return len(tokens) > 0 && slices.ContainsFunc(e.fields, func(field []token) bool { return follows(field, tokens) })
	}
	return slices.ContainsFunc(tokens, func(t string) bool { return e.all.count[t] > 0 })
}

// follows reports whether the tokens stand next to each other in a field.
func follows(field []token, tokens []string) bool {
	for i := range len(field) - len(tokens) + 1 {
		same := true
		for j, t := range tokens {
			same = same && (field[i+j].text == t || alone(t) && within(field[i+j].text, t))
		}
		if same {
			return true
		}
	}
	return false
}

const (
	k1, b      = 1.2, 0.75 // the textbook's
	titleBoost = 0.5
)

// bm25 is a token's part of a score.
func bm25(bag bag, t string, n, df, average float64) float64 {
	return idf(n, df) * saturated(bag, float64(bag.count[t]), average)
}

func idf(n, df float64) float64 { return math.Log(1 + (n-df+0.5)/(df+0.5)) }

func saturated(bag bag, tf, average float64) float64 {
	if tf == 0 {
		return 0
	}
	return tf * (k1 + 1) / (tf + k1*(1-b+b*float64(bag.length)/average))
}

func (q *question) hit(e *entry, explain bool) search.Hit {
	w := q.worth(e, 0, len(q.own), q.choices)
	h := search.Hit{Document: e.doc, Score: w.score, Pinned: slices.Contains(q.pinned, e.doc.Group)}
	if explain {
		h.Explain = w.reasons
	}
	if w := e.doc.Weight; w != 0 && w != 1 {
		h.Score *= w
		if explain {
			h.Explain = append(h.Explain, search.Reason{What: "weight", Value: w})
		}
	}
	if foreign(e.doc.Locale, q.locale) && h.Score > 0 {
		h.Score *= foreignFactor
		if explain {
			h.Explain = append(h.Explain, search.Reason{What: "not in the reader's language", Value: foreignFactor})
		}
	}
	return h
}

// foreignFactor is what the score of a text in another language than the
// reader's is multiplied by.
const foreignFactor = 0.5

// foreign reports whether a text is in another language than the reader's.
func foreign(text, reader string) bool { return reader != "" && base(text) != base(reader) }

// base returns the language of a BCP 47 tag, without region or script.
func base(tag string) string {
	code, _, _ := strings.Cut(strings.ToLower(strings.ReplaceAll(tag, "_", "-")), "-")
	return code
}

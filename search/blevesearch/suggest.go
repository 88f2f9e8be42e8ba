package blevesearch

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/RoaringBitmap/roaring/v2"

	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/internal/lexis"
)

// A typing is what somebody has typed so far.
type typing struct {
	ctx    context.Context
	text   string   // folded
	words  []string // as typed; the last may be unfinished
	locale string   // the reader's
	census *census
	limit  int
}

// suggest offers documents whose titles continue what was typed: first those in
// the reader's language, then those whose titles begin so, then by weight, then
// the newest.
func (x *Index) suggest(ctx context.Context, v *view, r search.SuggestRequest) ([]search.Suggestion, error) {
	t := &typing{ctx: ctx, text: lexis.Typed(lexis.ComposedForm(r.Text)), locale: r.Locale, limit: r.Limit}
	text := lexis.ComposedForm(r.Text)
	for k := range lexis.Tokens(text) {
		if !k.Last && len(t.words) < lexis.MaxWords {
			t.words = append(t.words, text[k.Start:k.End])
		}
	}
	if len(t.words) == 0 || r.Limit <= 0 {
		return nil, nil
	}
	parts := v.open()
	var err error
	if t.census, err = v.take(ctx, x.library, parts, r.Sight, r.Locale); err != nil {
		return nil, err
	}
	var matches []*match
	for _, p := range parts {
		matches = append(matches, newMatch(ctx, p, nil))
	}
	groups, err := t.groups(matches)
	if err != nil {
		return nil, err
	}
	offers, err := t.choose(matches, groups)
	if err != nil {
		return nil, err
	}
	var out []search.Suggestion
	for _, o := range offers {
		out = append(out, o.Suggestion)
	}
	return out, nil
}

// A titleGroup is documents, by part, that are offered before others.
type titleGroup struct {
	foreign bool // not in the reader's language
	first   bool // the title's first word begins like the first one typed
	step    int  // of their weight
	docs    []*roaring.Bitmap
}

// like reports whether two groups are offered side by side.
func (g *titleGroup) like(h *titleGroup) bool {
	return g.foreign == h.foreign && g.first == h.first && g.step == h.step
}

func (g *titleGroup) compare(h *titleGroup) int {
	return cmp.Or(later(g.foreign, h.foreign), -later(g.first, h.first), cmp.Compare(h.step, g.step))
}

// later puts what is true behind what is not.
func later(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// groups returns the documents whose titles may have what was typed, in the
// order of their groups.
func (t *typing) groups(matches []*match) ([]*titleGroup, error) {
	var groups []*titleGroup
	add := func(first bool, part int, docs *roaring.Bitmap) error {
		byWeight, err := matches[part].factorGroups(docs, t.locale)
		if err != nil {
			return err
		}
		for _, w := range byWeight {
			g := &titleGroup{foreign: w.foreign, first: first, step: stepOfFactor(w.weight)}
			i := slices.IndexFunc(groups, g.like)
			if i < 0 {
				i = len(groups)
				for range matches {
					g.docs = append(g.docs, roaring.New())
				}
				groups = append(groups, g)
			}
			groups[i].docs[part] = w.docs
		}
		return nil
	}
	for i, m := range matches {
		docs, err := t.candidates(m)
		if err != nil {
			return nil, err
		}
		front := roaring.New()
		b, err := m.having(fieldStart, startFirst+beginning(lexis.Typed(t.words[0])))
		if err != nil {
			return nil, err
		}
		if b != nil {
			front = roaring.And(b, docs)
		}
		if err := cmp.Or(add(true, i, front), add(false, i, roaring.AndNot(docs, front))); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(groups, (*titleGroup).compare)
	return groups, nil
}

// beginning returns as much of a word as is indexed of its beginning.
func beginning(word string) string {
	last := ""
	for part := range beginnings(word) {
		last = part
	}
	return last
}

// candidates returns the admitted documents whose titles may have all words.
func (t *typing) candidates(m *match) (*roaring.Bitmap, error) {
	docs := m.admitted.Clone()
	for i, w := range t.words {
		some := roaring.New()
		if err := t.addWord(m, w, some); err != nil {
			return nil, err
		}
		if i == len(t.words)-1 {
			if err := t.addBegun(m, w, some); err != nil {
				return nil, err
			}
		}
		docs.And(some)
	}
	return docs, nil
}

// addWord adds the documents with a whole word in their titles.
func (t *typing) addWord(m *match, text string, to *roaring.Bitmap) error {
	for _, l := range t.census.languages {
		if err := m.addTerm(l.Look(text, lexis.WholeToken(text)).Term, to); err != nil {
			return err
		}
	}
	return nil
}

func (p *part) addTerm(term string, to *roaring.Bitmap) error {
	b, err := p.having(fieldTitle, term)
	if err == nil && b != nil {
		to.Or(b)
	}
	return err
}

// addBegun adds the documents that may have a word that begins so in their
// titles. As titles are indexed by stems, these may also be such that the word
// begins with.
func (t *typing) addBegun(m *match, text string, to *roaring.Bitmap) error {
	folded := lexis.Typed(text)
	if utf8.RuneCountInString(folded) <= maxStart {
		b, err := m.having(fieldStart, startAny+folded)
		if err == nil && b != nil {
			to.Or(b)
		}
		return err
	}
	for _, l := range t.census.languages {
		w := l.Look(text, lexis.WholeToken(text))
		begun := []string{folded, w.Surface}
		if !w.Stop && w.Term != "" {
			begun = append(begun, w.Term[len(l.Code)+1:])
		}
		slices.Sort(begun)
		for _, start := range slices.Compact(begun) {
			if err := m.addBegunIn(l.Code, start, to); err != nil {
				return err
			}
		}
	}
	return nil
}

func (m *match) addBegunIn(code, start string, to *roaring.Bitmap) error {
	if start == "" {
		return nil
	}
	for _, mark := range []string{lexis.StemMark, lexis.StopMark} {
		err := m.each(m.ctx, fieldTitle, code+mark+start, func(term string) (bool, error) { return true, m.addTerm(term, to) })
		if err != nil {
			return err
		}
	}
	for i := range start {
		if utf8.RuneCountInString(start[:i]) > maxStart {
			if err := m.addTerm(code+lexis.StemMark+start[:i], to); err != nil {
				return err
			}
		}
	}
	return nil
}

// An offer is a suggestion on its way.
type offer struct {
	search.Suggestion
	foreign bool // not in the reader's language
	front   bool // the title begins with the text typed
	weight  float64
}

const (
	minOffers = 64   // titles that are read of a group, at least
	maxOffers = 1024 // and at most
)

// choose reads the titles of groups until there are enough that have what was
// typed.
func (t *typing) choose(matches []*match, groups []*titleGroup) ([]offer, error) {
	var offers []offer
	for i, g := range groups {
		if len(offers) >= t.limit && i > 0 && !g.like(groups[i-1]) {
			break
		}
		more, err := t.read(matches, g)
		if err != nil {
			return nil, err
		}
		offers = append(offers, more...)
	}
	slices.SortStableFunc(offers, func(a, b offer) int {
		return cmp.Or(
			later(a.foreign, b.foreign), -later(a.front, b.front), cmp.Compare(b.weight, a.weight), b.UpdatedAt.Compare(a.UpdatedAt),
			cmp.Compare(a.ID, b.ID))
	})
	return offers[:min(len(offers), t.limit)], nil
}

// read returns offers of the newest documents of a group.
func (t *typing) read(matches []*match, g *titleGroup) ([]offer, error) {
	for n := max(minOffers, 4*t.limit); ; n *= 4 {
		found, err := newest(matches, g.docs, n)
		if err != nil {
			return nil, err
		}
		var offers []offer
		for _, c := range found {
			if o, ok := t.offer(*c.document); ok {
				offers = append(offers, o)
			}
		}
		if len(offers) >= t.limit || len(found) < n || n >= maxOffers {
			return offers, nil
		}
	}
}

// offer makes a suggestion of a document if its title has what was typed.
func (t *typing) offer(d search.Document) (offer, bool) {
	marks, ok := t.marks(d)
	if !ok {
		return offer{}, false
	}
	return offer{
		Suggestion: search.Suggestion{
			ID: d.ID, Group: d.Group, Source: d.Source, Kind: d.Kind, Locale: d.Locale, Path: d.Path, UpdatedAt: d.UpdatedAt,
			Title: lexis.Spans(d.Title, 0, len(d.Title), marks),
		},
		foreign: t.locale != "" && lexis.Base(d.Locale) != lexis.Base(t.locale),
		front:   strings.HasPrefix(lexis.Typed(lexis.ComposedForm(d.Title)), t.text), weight: cmp.Or(d.Weight, 1),
	}, true
}

// marks returns where the words typed are in a title, and whether all are.
func (t *typing) marks(d search.Document) ([]lexis.Mark, bool) {
	var out []lexis.Mark
	for i, w := range t.words {
		found := false
		for k := range lexis.Tokens(d.Title) {
			if t.is(d.Title[k.Start:k.End], w, i == len(t.words)-1) {
				out, found = append(out, lexis.Mark{Start: k.Start, End: k.End}), true
			}
		}
		if !found {
			return nil, false
		}
	}
	slices.SortFunc(out, func(a, b lexis.Mark) int { return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End)) })
	return out, true
}

// is reports whether a word of a title is one that was typed: the same, another
// form of it or, where it may be unfinished, one that begins so.
func (t *typing) is(title, text string, begun bool) bool {
	a, b := lexis.Typed(title), lexis.Typed(text)
	if a == b || begun && strings.HasPrefix(a, b) {
		return true
	}
	return slices.ContainsFunc(t.census.languages, func(l languageCensus) bool {
		x, y := l.Look(title, lexis.WholeToken(title)), l.Look(text, lexis.WholeToken(text))
		return x.Term != "" && x.Term == y.Term
	})
}

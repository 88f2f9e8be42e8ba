package opensearchsearch

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/internal/lexis"
)

// What raises one suggestion above another: a title in the reader's language
// above one that begins as was typed.
const (
	ownBoost   = 4
	frontBoost = 2
)

// maxTyped is how many words of what somebody typed are looked for.
const maxTyped = 32

// Suggest implements [search.Index].
func (x *Index) Suggest(ctx context.Context, r search.SuggestRequest) (out []search.Suggestion, err error) {
	typed := typedWords(r.Text)
	typed = typed[:min(len(typed), maxTyped)]
	err = x.bounded(ctx, func(ctx context.Context) error {
		if len(typed) == 0 || r.Limit <= 0 {
			return nil
		}
		s, err := x.scope(ctx, r.Sight, r.Locale)
		if err != nil {
			return err
		}
		out, err = x.suggest(ctx, s, r, typed)
		return err
	})
	return out, err
}

func (x *Index) suggest(ctx context.Context, s scope, r search.SuggestRequest, typed []string) (out []search.Suggestion, err error) {
	should := []object{constant(prefixIs(fieldFront, front(strings.TrimSpace(r.Text)), 1), frontBoost)}
	if r.Locale != "" {
		should = append(should, constant(terms(fieldOwn, key(lexis.Base(r.Locale))), ownBoost))
	}
	var filters []object
	for i, word := range typed {
		filters = append(filters, begun(word, i == len(typed)-1))
	}
	got, err := x.ask(ctx, x.name, object{
		"size":    min(r.Limit, window),
		"query":   object{"bool": object{"filter": slices.Concat(s.filters, filters), "should": should}},
		"sort":    []object{{"_score": "desc"}, {fieldFactor: "desc"}, {fieldUpdated: "desc"}, {fieldID: "asc"}},
		"_source": object{"includes": []string{fieldDoc}, "excludes": []string{fieldDoc + ".body"}},
	})
	if err != nil {
		return nil, err
	}
	for _, h := range got.Hits.Hits {
		if h.Source.Doc == nil {
			return nil, errNoDocument
		}
		d := h.Source.Doc.Document
		out = append(out, search.Suggestion{
			ID: d.ID, Group: d.Group, Source: d.Source, Kind: d.Kind, Locale: d.Locale, Path: d.Path, UpdatedAt: d.UpdatedAt,
			Title: lexis.Spans(d.Title, 0, len(d.Title), typedMarks(d.Title, typed)),
		})
	}
	return out, nil
}

// begun finds titles with a word, or one that begins so.
func begun(word string, unfinished bool) object {
	if unfinished {
		return prefixIs(fieldWords, word, 1)
	}
	return terms(fieldWords, word)
}

// typedMarks returns where the words typed are in a title.
func typedMarks(title string, typed []string) (out []lexis.Mark) {
	for t := range lexis.Tokens(title) {
		word := key(lexis.Typed(lexis.ComposedForm(title[t.Start:t.End])))
		last := typed[len(typed)-1]
		if slices.Contains(typed, word) || strings.HasPrefix(word, last) {
			out = append(out, lexis.Mark{Start: t.Start, End: t.End})
		}
	}
	slices.SortFunc(out, func(a, b lexis.Mark) int { return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End)) })
	return out
}

const (
	maxCorrected = 3      // words of one request, the first unknown ones
	maxSpellings = 10_000 // words that one may be corrected to, the most frequent ones
)

// correct returns another spelling for words that nothing is found for: of words
// in what the asker may see, the one that is nearest.
func (x *Index) correct(ctx context.Context, c *census, r search.Request) (out []search.Correction, err error) {
	tried := 0
	for i, w := range r.Words {
		misspelt := c.unknown(i, w)
		if misspelt == "" || tried == maxCorrected {
			continue
		}
		tried++
		best, err := x.nearest(ctx, c, misspelt)
		if err != nil {
			return nil, err
		}
		if best != "" {
			out = append(out, search.Correction{Word: i, Text: best})
		}
	}
	return out, nil
}

// unknown returns a word of a request as it is written if no document has it in
// any language, and nobody knows it by another name.
func (c *census) unknown(i int, w search.Word) (surface string) {
	if w.Exclude || w.Phrase || len(c.readings) == 0 {
		return ""
	}
	for _, p := range c.readings {
		words := lexis.WordsOf(p.Spoken, w.Text)
		if len(words) != 1 || !lexis.Correctable(words[0]) || lexis.ChoiceOf(p.Choices, i) != nil || c.has(p, words[0].Term) {
			return ""
		}
		surface = words[0].Surface
	}
	return surface
}

func (c *census) has(p *lexis.Reading, term string) bool {
	return slices.ContainsFunc(p.Scored, func(u lexis.Unit) bool { return u.Term == term && c.count[u.Number] > 0 })
}

// nearest returns the word that a misspelt one is most like, of those that begin
// alike and are about as long, or "".
func (x *Index) nearest(ctx context.Context, c *census, misspelt string) (string, error) {
	most := int(lexis.Tolerance(misspelt))
	n := utf8.RuneCountInString(misspelt)
	var lengths []string
	for length := n - most; length <= n+most; length++ {
		lengths = append(lengths, spelledPrefix(misspelt, length))
	}
	values := termsCount(fieldSpelled, maxSpellings)
	values["terms"].(object)["include"] = "(" + strings.Join(lengths, "|") + ").*"
	got, err := x.ask(ctx, x.name, object{"size": 0, "query": c.within(), "aggs": object{countValues: values}})
	if err != nil {
		return "", err
	}
	a, err := got.aggregation(countValues)
	if err != nil {
		return "", err
	}
	list, err := a.list()
	best, distance, docs := "", most+1, 0
	for _, b := range list {
		_, word, _ := strings.Cut(b.Key, ":")
		d := lexis.Distance(misspelt, word)
		if cmp.Or(cmp.Compare(d, distance), cmp.Compare(docs, b.Count), cmp.Compare(word, best)) < 0 && d <= most {
			best, distance, docs = word, d, b.Count
		}
	}
	return best, err
}

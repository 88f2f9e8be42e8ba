package search

import (
	"context"
	"errors"
	"slices"

	"github.com/stoa-go/stoa/internal/cursor"
	"github.com/stoa-go/stoa/profile"
)

// When an answer is shown. The bounds are measured: see TestAnswersAreRight in
// package blevesearch.
const (
	lead     = 1.5 // times the score of the next hit that the first must have
	covered  = 0.6 // share of what was asked for that title and passage must have
	spoken   = 3   // words of it that they must have, unless one of their headings is the question
	fewest   = 2   // words that say something in a question
	verbatim = 3   // hits among which one whose title is the question is looked for
)

// direct returns the passage that answers a query, nil if none surely does. It
// goes by scores and not by places: what was pinned, or stands higher for one
// person, is no surer to be right.
func (e *Engine) direct(ctx context.Context, by profile.Actor, a asked, hits []Hit) *Answer {
	linguist, ok := e.index.(Linguist)
	if !ok || a.page > 1 || a.query.Sort != SortRelevance || len(hits) == 0 {
		return nil
	}
	w := wantedOf(linguist, a, or(a.query.Locale, hits[0].Locale))
	if len(w.words) < fewest {
		return nil
	}
	i, sure := w.choose(hits)
	d := hits[i]
	if d.Score <= 0 || language(w.locale) != language(d.Locale) {
		return nil
	}
	passages, err := e.passages(ctx, by, d.Document)
	if err != nil {
		e.opts.Logger.WarnContext(ctx, "search cannot quote", "document", d.ID, "error", err)
		return nil
	}
	out := w.quote(d, passages, sure)
	if out != nil {
		out.Token = e.key.Seal(answerScope, cursor.Encode(a.search, d.Group))
	}
	return out
}

// passages returns the text of a document, nothing if its source tells none.
func (e *Engine) passages(ctx context.Context, by profile.Actor, d Document) ([]Passage, error) {
	for _, f := range e.feeds {
		if q, ok := f.source.(Quoter); ok && f.source.Name() == d.Source {
			list, err := q.Passages(ctx, by, d)
			if errors.Is(err, ErrNotFound) {
				return nil, nil // the index has not heard of it yet
			}
			return list, err
		}
	}
	return nil, nil
}

// choose returns the hit to quote from, and whether it is sure to be the right
// one: it is far ahead of all others, or its title is the question.
func (w wanted) choose(hits []Hit) (i int, sure bool) {
	for i, h := range hits[:min(verbatim, len(hits))] {
		if w.is(h.Title) {
			return i, true
		}
	}
	for j, h := range hits {
		if h.Score > hits[i].Score || h.Score == hits[i].Score && j+h.up < i+hits[i].up {
			i = j
		}
	}
	next := 0.0
	for j, h := range hits {
		if j != i {
			next = max(next, h.Score)
		}
	}
	return i, hits[i].Score >= lead*next
}

// wanted is what a question asks for.
type wanted struct {
	locale string
	terms  func(text string) []string
	words  []want
	phrase map[string]bool // all terms that any of them accepts
}

// A want is one word that says something, with what else says it. Any of the
// lists will do, of which each word is needed.
type want [][]string

func wantedOf(l Linguist, a asked, locale string) wanted {
	w := wanted{locale: locale, terms: func(text string) []string { return l.Terms(locale, text) }, phrase: map[string]bool{}}
	terms := a.parsed.terms
	also := make([][][]string, len(terms))
	for i, t := range terms {
		for _, other := range t.Also {
			for j := i; j < min(len(terms), i+max(other.Words, 1)); j++ {
				also[j] = append(also[j], w.terms(other.Text))
			}
		}
	}
	for i, t := range terms {
		if t.Exclude {
			continue
		}
		for _, one := range w.terms(t.Text) {
			w.add(append(want{{one}}, also[i]...))
		}
	}
	return w
}

func (w *wanted) add(one want) {
	if w.phrase[one[0][0]] {
		return
	}
	w.words = append(w.words, one)
	for _, list := range one {
		for _, term := range list {
			w.phrase[term] = true
		}
	}
}

// share returns how much of what is wanted a text has, from 0 to 1.
func (w wanted) share(texts ...string) float64 {
	have := map[string]bool{}
	for _, text := range texts {
		for _, term := range w.terms(text) {
			have[term] = true
		}
	}
	n := 0
	for _, one := range w.words {
		if slices.ContainsFunc(one, func(list []string) bool {
			return len(list) > 0 && !slices.ContainsFunc(list, func(term string) bool { return !have[term] })
		}) {
			n++
		}
	}
	return float64(n) / float64(len(w.words))
}

// covers reports whether what is quoted has enough of what is wanted.
func (w wanted) covers(a *Answer) bool {
	if w.is(a.Hit.Title) || w.is(a.Heading) {
		return true
	}
	share := w.share(append(a.Lines, a.Intro, a.Heading, a.Hit.Title)...)
	return share >= covered && share*float64(len(w.words)) >= spoken
}

// is reports whether a title asks for what is wanted, for all of it and for
// nothing else.
func (w wanted) is(title string) bool {
	return w.share(title) == 1 && !slices.ContainsFunc(w.terms(title), func(term string) bool { return !w.phrase[term] })
}

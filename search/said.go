package search

import (
	"context"
	"slices"
	"strings"

	"github.com/stoa-go/stoa/profile"
)

// stemmer returns what knows forms of words, nil if nothing does.
func (e *Engine) stemmer() Stemmer {
	s, _ := e.index.(Stemmer)
	return s
}

// words returns words with their alternatives, without stop words.
func (t *tuned) words(list []Word, locale string) []Word {
	terms := make([]term, len(list))
	for i, w := range list {
		terms[i].Word, terms[i].end = w, len(w.Text)
	}
	terms = t.apply(terms, locale)
	out := make([]Word, len(terms))
	for i, m := range terms {
		out[i] = m.Word
	}
	return out
}

// A said is a text as a tuning has it, for what knows nothing of alternatives.
type said struct {
	text   string   // without stop words
	also   []string // with a synonym in the place of some words
	pinned []string
}

// maxSaid is in how many other ways a text is looked for.
const maxSaid = 4

// sayTerms returns what tuned terms say.
func sayTerms(terms []term) (s said) {
	s.text = sayAll(terms)
	for i, m := range terms {
		for _, a := range m.Also {
			if to := i + max(a.Words, 1); to <= len(terms) && len(s.also) < maxSaid {
				s.also = append(s.also, strings.TrimSpace(sayAll(terms[:i])+" "+a.Text+" "+sayAll(terms[to:])))
			}
		}
	}
	return s
}

func sayAll(terms []term) string {
	var list []string
	for _, m := range terms {
		if !m.Exclude {
			list = append(list, m.Text)
		}
	}
	return strings.Join(list, " ")
}

// standIn returns a query for the fallback.
func (a asked) standIn() Query {
	q, s := a.query, sayTerms(a.parsed.terms)
	if s.text != "" {
		q.Text = s.text
	}
	q.Also, q.Pinned = s.also, a.pinned
	return q
}

// said returns what somebody types as the tuning has it. The word they are at is
// never one to ignore: it may become another.
func (e *Engine) said(ctx context.Context, r SuggestRequest) said {
	t := e.tunedNow(ctx).in(r.Locale, e.stemmer())
	terms := parse(r.Text).terms
	tuned := t.apply(slices.Clone(terms), r.Locale)
	if n := len(terms); n > 0 && (len(tuned) == 0 || tuned[len(tuned)-1].end < terms[n-1].end) {
		tuned = append(tuned, terms[n-1])
	}
	s := sayTerms(tuned)
	if len(tuned) == len(terms) || s.text == "" {
		s.text = r.Text
	}
	s.pinned = t.pinned(terms, r.Locale, e.now())
	return s
}

// suggestTuned returns what is pinned, what continues the text, and what
// continues it in other words.
func (e *Engine) suggestTuned(ctx context.Context, by profile.Actor, r SuggestRequest, s said) ([]Suggestion, error) {
	var out []Suggestion
	add := func(list []Suggestion) {
		for _, offer := range list {
			same := func(o Suggestion) bool { return o.Group == offer.Group }
			if len(out) < r.Limit && !slices.ContainsFunc(out, same) {
				out = append(out, offer)
			}
		}
	}
	if len(s.pinned) > 0 {
		pinned, err := e.pinnedSuggestions(ctx, by, r, s.pinned)
		if err != nil {
			return nil, err
		}
		add(pinned)
	}
	for _, text := range append([]string{s.text}, s.also...) {
		if len(out) == r.Limit {
			break
		}
		q := r
		q.Text = text
		found, err := e.suggested(ctx, by, q)
		if err != nil {
			return nil, err
		}
		if len(out) == 0 && len(s.also) == 0 {
			return found, nil
		}
		add(found)
	}
	return out, nil
}

func (e *Engine) pinnedSuggestions(ctx context.Context, by profile.Actor, r SuggestRequest, groups []string) ([]Suggestion, error) {
	resp, _, err := e.find(ctx, by, Request{
		Sight: r.Sight, Locale: r.Locale, Groups: groups, Pinned: groups, Limit: r.Limit,
	})
	var out []Suggestion
	for _, h := range e.admitted(by, resp.Hits) {
		out = append(out, h.suggestion())
	}
	return out, err
}

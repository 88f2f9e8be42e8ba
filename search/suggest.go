package search

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/stoa-go/stoa/profile"
)

const (
	defaultSuggestions = 8
	maxSuggestions     = 20
)

// Suggest returns documents whose titles continue text, of those that by may
// see. The locale may be empty for the actor's, and limit 0 for 8; there are
// never more than 20. No event is recorded.
func (e *Engine) Suggest(ctx context.Context, by profile.Actor, text, locale string, limit int) ([]Suggestion, error) {
	r := SuggestRequest{
		Sight: e.opts.Sight(by), Text: clean(text), Locale: e.locale(by, locale),
		Limit: min(or(max(limit, 0), defaultSuggestions), maxSuggestions),
	}
	if end, _ := measure(r.Text, maxWords); end < len(r.Text) {
		r.Text = strings.TrimSpace(r.Text[:end])
	}
	if r.Text == "" {
		return nil, nil
	}
	said := e.said(ctx, r)
	found, err := e.suggestTuned(ctx, by, r, said)
	if errors.Is(err, ErrUnavailable) && e.opts.Fallback != nil {
		return e.suggestFallback(ctx, by, r, said)
	}
	if err != nil {
		return nil, fmt.Errorf("suggest: %w", err)
	}
	e.countable(found)
	return found, nil
}

// countable gives suggestions of what is read elsewhere something to count by that
// they were followed: no page of ours will.
func (e *Engine) countable(list []Suggestion) {
	typed := newID(e.now()) // no search was made, and none is found by it
	for i := range list {
		if one := &list[i]; (Document{Path: one.Path}).Elsewhere() != "" {
			one.Click = e.clickToken(typed, Hit{Document: Document{Group: one.Group}, Rank: i + 1})
		}
	}
}

func (e *Engine) suggestFallback(ctx context.Context, by profile.Actor, r SuggestRequest, said said) ([]Suggestion, error) {
	res, err := e.opts.Fallback(ctx, by, Query{Text: said.text, Also: said.also, Pinned: said.pinned, Locale: r.Locale, Limit: r.Limit})
	if err != nil {
		return nil, fmt.Errorf("suggest: %w", err)
	}
	var out []Suggestion
	for _, h := range e.admitted(by, res.Hits) {
		out = append(out, h.suggestion())
	}
	return out[:min(len(out), r.Limit)], nil
}

func (h *Hit) suggestion() Suggestion {
	return Suggestion{
		ID: h.ID, Group: h.Group, Kind: h.Kind, Locale: h.Locale, Title: h.titleSpans(), Path: h.Path, UpdatedAt: h.UpdatedAt,
		Source: h.Source,
	}
}

// titleSpans returns the title in spans, also of a hit that was not highlighted.
func (h *Hit) titleSpans() []Span {
	if len(h.Titles) > 0 || h.Title == "" {
		return h.Titles
	}
	return []Span{{Text: h.Title}}
}

// Like describes what related documents are wanted for.
type Like struct {
	Group    string              // the document itself, which is left out; may be empty
	Title    string              // what it is about
	Keywords []string            // its tags
	Locale   string              // reader's language; empty means the actor's
	Filters  map[string][]string // what related documents must be; nil means anything
	Limit    int                 // how many; 0 means 5, at most 50
}

const defaultRelated = 5

// Related returns documents that resemble one, best first, of those that by may
// see. No event is recorded, and what it returns carries no click tokens.
func (e *Engine) Related(ctx context.Context, by profile.Actor, like Like) ([]Hit, error) {
	limit := min(or(max(like.Limit, 0), defaultRelated), maxLimit)
	locale := e.locale(by, like.Locale)
	r := Request{
		Sight: e.opts.Sight(by), Words: e.tunedNow(ctx).in(locale, e.stemmer()).words(like.words(), locale), Locale: locale, Filters: like.Filters, Limit: limit + 1, Rare: true,
	}
	if len(r.Words) == 0 {
		return nil, nil
	}
	if err := checkQuery(Query{Filters: like.Filters}); err != nil {
		return nil, err
	}
	resp, _, err := e.find(ctx, by, r)
	if err != nil {
		return nil, fmt.Errorf("related: %w", err)
	}
	return like.choose(e.admitted(by, resp.Hits), limit), nil
}

const maxLikeWords = 16 // a title says with fewer words than a question what it is about

// words returns the words of the title and the keywords, of which none is
// required: a quote in a title is not a query's.
func (l Like) words() []Word {
	var words []Word
	left := maxLikeWords
	for _, text := range append([]string{l.Title}, l.Keywords...) {
		for word := range strings.FieldsSeq(clean(text)) {
			end, used := measure(word, left)
			if used == 0 || slices.ContainsFunc(words, func(w Word) bool { return w.Text == word[:end] }) {
				continue
			}
			left -= used
			words = append(words, Word{Text: word[:end]})
		}
	}
	return words
}

// remote is the part of the best score below which a document is not related:
// it shares no more than a common word.
const remote = 0.25

func (l Like) choose(hits []Hit, limit int) []Hit {
	if len(hits) == 0 {
		return nil
	}
	best := hits[0].Score
	hits = slices.DeleteFunc(hits, func(h Hit) bool { return h.Group == l.Group || h.Score < remote*best })
	return hits[:min(len(hits), limit)]
}

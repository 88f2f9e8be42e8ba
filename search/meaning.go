package search

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/stoa-go/stoa/profile"
)

// meant are the groups that mean something similar to a question, the most
// similar first, with how near they are: 1 for the first, and 0 for one that is
// as far as the last.
type meant struct {
	groups []string
	value  map[string]float64
}

// meaning asks for documents that mean something similar. Without an answer in
// time there is none, and the search goes on by words.
func (e *Engine) meaning(ctx context.Context, by profile.Actor, a asked) meant {
	q := a.query
	if e.opts.Semantic == nil || q.Sort != SortRelevance || len(a.parsed.terms) == 0 || slices.ContainsFunc(a.parsed.terms, term.only) {
		return meant{}
	}
	bounded, cancel := context.WithTimeout(ctx, e.opts.Patience)
	defer cancel()
	found, err := e.neighbours(bounded, by, q)
	e.noteMeaning(err)
	if err != nil {
		return meant{}
	}
	return newMeant(found)
}

// only reports whether nothing is to be found that lacks the words of a term.
func (m term) only() bool { return m.Required || m.Phrase }

// neighbours waits no longer than the context does, whatever answers.
func (e *Engine) neighbours(ctx context.Context, by profile.Actor, q Query) ([]Neighbour, error) {
	type answer struct {
		found []Neighbour
		err   error
	}
	done := make(chan answer, 1)
	go func() {
		var got answer
		defer func() {
			if p := recover(); p != nil {
				got = answer{nil, fmt.Errorf("panic: %v", p)}
			}
			done <- got
		}()
		got.found, got.err = e.opts.Semantic.Neighbours(ctx, q.Text, e.opts.Sight(by), q.Locale, near)
	}()
	select {
	case got := <-done:
		return got.found, got.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func newMeant(found []Neighbour) meant {
	m := meant{value: map[string]float64{}}
	if len(found) == 0 {
		return m
	}
	first, last := found[0].Likeness, found[len(found)-1].Likeness
	for _, n := range found {
		if _, known := m.value[n.Group]; known {
			continue
		}
		m.groups, m.value[n.Group] = append(m.groups, n.Group), 1
		if first > last {
			m.value[n.Group] = (n.Likeness - last) / (first - last)
		}
	}
	return m
}

// found returns the groups that are found without any of the words.
func (m meant) found() []string { return m.groups[:min(len(m.groups), nearest)] }

// raise adds what a document means to what words say: at most half of the best
// score that words give.
func (m meant) raise(hits []Hit, explain bool) {
	best := 0.0
	for _, h := range hits {
		if !h.Pinned {
			best = max(best, h.Score)
		}
	}
	for i := range hits {
		h := &hits[i]
		value := meaningWeight * or(best, 1) * m.value[h.Group]
		if h.Pinned || value == 0 {
			continue
		}
		if h.Score += value; explain {
			h.Explain = append(h.Explain, Reason{What: "meaning", Value: value})
		}
	}
}

// noteMeaning keeps what went wrong, and says it when it begins and ends.
func (e *Engine) noteMeaning(err error) {
	text := ""
	if err != nil && !errors.Is(err, context.Canceled) {
		text = err.Error()
	}
	e.mu.Lock()
	was := e.meaningless
	e.meaningless = text
	e.mu.Unlock()
	switch {
	case was == "" && text != "":
		e.opts.Logger.Warn("search by meaning does not answer; words do", "err", err)
	case was != "" && text == "":
		e.opts.Logger.Info("search by meaning answers again")
	}
}

// A SemanticStatus is how what finds by meaning is doing, as far as it tells.
type SemanticStatus struct {
	Model    string
	Texts    int       // with a vector
	Waiting  bool      // there are texts without
	Left     int       // texts without, since there is no room or not yet
	SavedAt  time.Time // when vectors were last put on disk
	Error    string    // why the last attempt to read or to embed failed, or empty
	Searches string    // why the last search went by words only, or empty
}

// A SemanticTeller is [Neighbours] that knows how it is doing.
type SemanticTeller interface{ SemanticStatus() SemanticStatus }

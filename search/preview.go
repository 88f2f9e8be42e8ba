package search

import (
	"context"
	"fmt"
	"slices"

	"github.com/stoa-go/stoa/profile"
)

// A Rehearsal is what a tuning is tried on before it goes live.
type Rehearsal struct {
	Tuning  Tuning
	Queries []string // at most 20; those that were asked most are tried as well
	Locale  string   // language of the readers; empty means that of whoever tries
	Own     bool     // as seen by whoever tries, and not by an anonymous visitor
}

// A Comparison is what a tuning does to one query.
type Comparison struct {
	Query         string
	Asked         bool // it is one of those that were asked most
	Before, After []Compared
	Found, Lost   int // documents that are found by one only
	TotalBefore   int
	TotalAfter    int
}

// Changed reports whether somebody who asks sees any difference.
func (c Comparison) Changed() bool {
	return c.TotalBefore != c.TotalAfter || c.Found+c.Lost > 0 || slices.ContainsFunc(c.After, func(d Compared) bool {
		return d.Rank != d.Was || d.Pinned != d.WasPinned
	})
}

// A Compared is a document before and after.
type Compared struct {
	ID, Group, Title, Path, Locale, Kind string

	Rank      int  // after; 0 if it is not among the first
	Was       int  // before; 0 if it was not
	Pinned    bool // after
	WasPinned bool // before
}

const (
	maxRehearsed = 20 // queries of one's own, and as many that were asked
	maxCompared  = 10 // hits
)

// Preview says what a tuning would do: of each query what is found before, with
// what is live, and after. Nothing of it is recorded. It needs permission
// search.tune; the error matches [ErrInvalid] for a tuning that could not be
// saved.
func (e *Engine) Preview(ctx context.Context, by profile.Actor, r Rehearsal) ([]Comparison, error) {
	if err := e.permit(by, profile.PermissionSearchTune); err != nil {
		return nil, err
	}
	r.Tuning = r.Tuning.Tidy()
	if err := r.Tuning.Check(); err != nil {
		return nil, err
	}
	reader := profile.Actor{Locale: by.Locale}
	if r.Own {
		reader = by
	}
	after := newTuned(r.Tuning, -1)
	var out []Comparison
	for _, q := range e.rehearsed(ctx, r.Queries) {
		if err := e.compare(ctx, reader, r.Locale, after, &q); err != nil {
			return nil, fmt.Errorf("preview: %w", err)
		}
		out = append(out, q)
	}
	return out, nil
}

// rehearsed returns the queries to try, one's own first.
func (e *Engine) rehearsed(ctx context.Context, own []string) []Comparison {
	var out []Comparison
	known := map[string]bool{}
	add := func(list []string, asked bool) {
		for _, text := range list[:min(len(list), maxRehearsed)] {
			if text = clean(text); text != "" && !known[foldWords(text)] {
				known[foldWords(text)] = true
				out = append(out, Comparison{Query: text, Asked: asked})
			}
		}
	}
	add(own, false)
	if e.opts.Asked != nil {
		asked, err := e.opts.Asked(ctx, maxRehearsed)
		if err != nil {
			e.opts.Logger.WarnContext(ctx, "frequent queries not read", "err", err)
		}
		add(asked, true)
	}
	return out
}

func (e *Engine) compare(ctx context.Context, by profile.Actor, locale string, after *tuned, c *Comparison) error {
	before, err := e.try(ctx, by, locale, e.tunedNow(ctx), c.Query)
	if err != nil {
		return err
	}
	then, err := e.try(ctx, by, locale, after, c.Query)
	if err != nil {
		return err
	}
	c.TotalBefore, c.TotalAfter = before.Total, then.Total
	c.Before, c.After = compared(before.Hits, then.Hits), compared(then.Hits, before.Hits)
	for i := range c.Before {
		d := &c.Before[i]
		d.Pinned, d.WasPinned = d.WasPinned, d.Pinned
		if d.Rank, d.Was = d.Was, d.Rank; d.Rank == 0 {
			c.Lost++
		}
	}
	for _, d := range c.After {
		if d.Was == 0 {
			c.Found++
		}
	}
	return nil
}

// try answers a query with a tuning.
func (e *Engine) try(ctx context.Context, by profile.Actor, locale string, t *tuned, text string) (Response, error) {
	a := asked{parsed: parse(text), page: 1, query: Query{Text: text, Locale: e.locale(by, locale), Limit: maxCompared}}
	e.tune(&a, t)
	if len(a.parsed.terms) == 0 {
		return Response{}, nil
	}
	a.request, a.learned = e.request(by, a), e.learned(a)
	a.request.Snippet, a.request.Correct = 0, false
	resp, _, err := e.look(ctx, by, a)
	resp.Hits = e.admitted(by, resp.Hits)
	return resp, err
}

// compared returns hits with the ranks that they have among others in Was.
func compared(hits, others []Hit) []Compared {
	var out []Compared
	for i, h := range hits {
		was := slices.IndexFunc(others, func(o Hit) bool { return o.ID == h.ID }) + 1
		out = append(out, Compared{
			ID: h.ID, Group: h.Group, Title: h.Title, Path: h.Path, Locale: h.Locale, Kind: h.Kind, Rank: i + 1, Was: was, Pinned: h.Pinned,
			WasPinned: was > 0 && others[was-1].Pinned,
		})
	}
	return out
}

// Titles returns what the documents of some groups are called, as far as by may
// see them, in the reader's language where there is one.
func (e *Engine) Titles(ctx context.Context, by profile.Actor, groups []string) (map[string]string, error) {
	out := map[string]string{}
	if len(groups) == 0 {
		return out, nil
	}
	for _, locale := range []string{"", e.locale(by, "")} {
		resp, _, err := e.find(ctx, by, Request{Sight: e.opts.Sight(by), Groups: groups, Locale: locale, Sort: SortUpdated, Limit: depth})
		if err != nil {
			return nil, fmt.Errorf("titles: %w", err)
		}
		for _, h := range e.admitted(by, resp.Hits) {
			out[h.Group] = h.Title
		}
	}
	return out, nil
}

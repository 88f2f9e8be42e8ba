package search

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/internal/cursor"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/profile"
)

const (
	defaultLimit = 10
	maxLimit     = 50
	maxOffset    = 1000 // hits that can be skipped
	maxFacets    = 16   // facets to count or to filter by
	maxValues    = 64   // accepted values of one facet
	maxValue     = 256  // bytes of a value, a facet's name or a language
)

// Search answers a query with what by may see. It accepts any text; the error
// matches ErrInvalid for a filter, an order, a page or a token that nobody
// could have got from here.
func (e *Engine) Search(ctx context.Context, by profile.Actor, q Query) (Results, error) {
	start := e.now()
	a, err := e.prepare(ctx, by, q)
	if err != nil {
		return Results{}, err
	}
	res, err := e.answer(ctx, by, a)
	if err != nil {
		return Results{}, fmt.Errorf("search: %w", err)
	}
	e.finish(by, a, &res)
	res.Answer = e.direct(ctx, by, a, res.Hits)
	res.Took = e.now().Sub(start)
	e.recordSearch(ctx, by, a, res)
	return res, nil
}

// asked is a query on its way.
type asked struct {
	query    Query  // bounded
	parsed   parsed // and tuned
	pinned   []string
	learned  learned
	leanings []Leaning
	request  Request
	search   string // ID of the search
	token    string // of the search
	known    bool   // the search goes on, and is no new one
	scope    string // of page tokens
	own      string // scope of the search's token
	page     int    // from 1
}

// prepare parses and bounds a query.
func (e *Engine) prepare(ctx context.Context, by profile.Actor, q Query) (asked, error) {
	if q.Explain {
		if err := e.permit(by, profile.PermissionSearchTune); err != nil {
			return asked{}, err
		}
	}
	if err := checkQuery(q); err != nil {
		return asked{}, err
	}
	a := asked{parsed: parse(q.Text)}
	q.Text, q.Locale = a.parsed.text, e.locale(by, q.Locale)
	q.Limit = min(or(max(q.Limit, 0), defaultLimit), maxLimit)
	q.Filters = maps.Clone(q.Filters)
	maps.DeleteFunc(q.Filters, func(_ string, values []string) bool { return len(values) == 0 })
	if a.parsed.text == "" {
		q.Sort = SortUpdated
	}
	a.query, a.scope = q, scope(q)
	a.own = own(ctx, by, a.scope)
	if err := e.turn(&a); err != nil {
		return asked{}, err
	}
	e.tune(&a, e.tunedNow(ctx))
	a.learned = e.learned(a)
	a.request = e.request(by, a)
	a.leanings = e.leanings(ctx, by, a)
	return a, nil
}

// tune applies a tuning to a query.
func (e *Engine) tune(a *asked, t *tuned) {
	t = t.in(a.query.Locale, e.stemmer())
	if a.query.Sort == SortRelevance {
		a.pinned = t.pinned(a.parsed.terms, a.query.Locale, e.now())
	}
	a.parsed.terms = t.apply(a.parsed.terms, a.query.Locale)
}

// checkQuery refuses what the surfaces never send.
func checkQuery(q Query) error {
	f := errs.Fields{}
	if q.Sort != SortRelevance && q.Sort != SortUpdated {
		f.Add("sort", "error.search.sort", nil)
	}
	if q.Page < 0 {
		f.Add("page", "error.search.page", nil)
	}
	if len(q.Facets) > maxFacets || slices.ContainsFunc(q.Facets, tooLong) {
		f.Add("facets", "error.search.facets", map[string]any{"max": maxFacets})
	}
	if len(q.Filters) > maxFacets {
		f.Add("filters", "error.search.facets", map[string]any{"max": maxFacets})
	}
	for name, values := range q.Filters {
		if tooLong(name) || len(values) > maxValues || slices.ContainsFunc(values, tooLong) {
			f.Add("filters", "error.search.filter", map[string]any{"max": maxValues})
		}
	}
	return f.Err()
}

func tooLong(value string) bool { return len(value) > maxValue }

// scope names what a page token belongs to: the same question, whoever asks.
func scope(q Query) string {
	h := sha256.New()
	for _, part := range []string{q.Text, q.Locale, string(q.Sort), cursor.FormatInt(int64(q.Limit))} {
		fmt.Fprintf(h, "%q ", part)
	}
	for _, name := range slices.Sorted(maps.Keys(q.Filters)) {
		fmt.Fprintf(h, "%q=%q ", name, slices.Sorted(slices.Values(q.Filters[name])))
	}
	if q.Plain {
		fmt.Fprint(h, "plain")
	}
	if q.Impersonal {
		fmt.Fprint(h, "impersonal")
	}
	return "search.page|" + base64.RawURLEncoding.EncodeToString(h.Sum(nil))
}

// turn finds out which page of which search is wanted.
func (e *Engine) turn(a *asked) error {
	a.search, a.page = newID(e.now()), max(a.query.Page, 1)
	if id, ok := e.earlier(*a); ok {
		a.search, a.known = id, true
	}
	if a.query.After != "" {
		position, err := e.key.Open(a.scope, a.query.After)
		if err != nil {
			return err
		}
		parts, err := cursor.Decode(position, 2)
		if err != nil {
			return err
		}
		page, err := cursor.ParseInt(parts[1])
		if err != nil {
			return err
		}
		a.search, a.page, a.known = parts[0], or(a.query.Page, int(page)), true
	}
	a.token = e.key.Seal(a.own, cursor.Encode(a.search))
	if a.page > maxOffset/a.query.Limit+1 {
		return errs.Field("page", "error.search.too_deep", map[string]any{"max": maxOffset/a.query.Limit + 1})
	}
	return nil
}

// own returns the scope of a search's token: the same question by the same
// person, since clicks on any page are put down to whoever began the search.
func own(ctx context.Context, by profile.Actor, scope string) string {
	return fmt.Sprintf("%s|%q %q", scope, by.ID, analytics.Event{}.Complete(ctx).Visitor)
}

// maxAge is how long a search can go on. A link that is followed later, say from
// a bookmark, begins a new one.
const maxAge = 24 * time.Hour

// earlier returns the search that a query says it goes on with. Links live
// longer than what their tokens are for, as when a filter is added to the
// address of a page: a token that does not fit is no mistake.
func (e *Engine) earlier(a asked) (id string, ok bool) {
	position, err := e.key.Open(a.own, a.query.Token)
	if err != nil || position == "" {
		return "", false
	}
	parts, err := cursor.Decode(position, 1)
	if err != nil {
		return "", false
	}
	began, ok := timeOf(parts[0])
	return parts[0], ok && e.now().Sub(began) < maxAge
}

func (e *Engine) request(by profile.Actor, a asked) Request {
	q := a.query
	r := Request{
		Sight: e.opts.Sight(by), Locale: q.Locale, Filters: q.Filters, Facets: slices.Compact(slices.Sorted(slices.Values(q.Facets))),
		Sort: q.Sort, Offset: (a.page - 1) * q.Limit, Limit: q.Limit, Snippet: e.opts.Snippet,
		Correct: a.page == 1, Explain: q.Explain, Pinned: a.pinned,
	}
	for _, t := range a.parsed.terms {
		r.Words = append(r.Words, t.Word)
	}
	return r
}

// answer asks the index, or whoever stands in for it.
func (e *Engine) answer(ctx context.Context, by profile.Actor, a asked) (Results, error) {
	if a.parsed.text != "" && len(a.parsed.terms) == 0 {
		return Results{}, nil // without a word there is nothing to look for, which is not everything
	}
	var resp Response
	var doubtful bool
	var trial string
	var err error
	if t, visit := e.trialOf(ctx, by, a); t != nil {
		resp, doubtful, trial, err = e.lookTwice(ctx, by, a, t, visit)
	} else {
		resp, doubtful, err = e.look(ctx, by, a)
	}
	own := Results{
		trial: trial,
		Hits:  resp.Hits, Total: resp.Total, Facets: resp.Facets, Partial: doubtful || e.filling(),
		DidYouMean: a.parsed.correct(resp.Corrected),
	}
	down := errors.Is(err, ErrUnavailable)
	if e.opts.Fallback == nil || !down && !(err == nil && own.Partial && own.Total == 0) {
		return own, err
	}
	stood, failed := e.opts.Fallback(ctx, by, a.standIn())
	e.opts.Logger.WarnContext(ctx, "search answered by the fallback", "index", err, "fallback", failed)
	switch {
	case failed == nil:
		stood.Partial = true
		return stood, nil
	case down:
		return Results{}, errors.Join(err, failed)
	}
	return own, nil
}

// finish fills in what neither the index nor a fallback knows.
func (e *Engine) finish(by profile.Actor, a asked, res *Results) {
	limit := a.query.Limit
	res.ID, res.Token, res.Page = a.search, a.token, a.page
	res.Hits = e.admitted(by, res.Hits)
	res.Pages = min((max(res.Total, len(res.Hits))+limit-1)/limit, maxOffset/limit+1)
	if res.Page < res.Pages {
		res.Next = e.key.Seal(a.scope, cursor.Encode(a.search, cursor.FormatInt(int64(a.page+1))))
	}
	for i := range res.Hits {
		h := &res.Hits[i]
		h.Titles, h.Snippet = h.titleSpans(), oneLine(h.Snippet)
		h.Rank = a.request.Offset + i + 1
		h.Click = e.clickToken(a.search, *h)
		if h.Pinned && a.query.Explain {
			h.Explain = append([]Reason{{What: "pinned: first, whatever the score", Value: h.Score}}, h.Explain...)
		}
	}
}

// admitted is the net under an index or a fallback that forgot the actor's
// rights: it never has anything to do.
func (e *Engine) admitted(by profile.Actor, hits []Hit) []Hit {
	sight := e.opts.Sight(by)
	return slices.DeleteFunc(hits, func(h Hit) bool {
		if sight.Admits(h.Audience) {
			return false
		}
		e.opts.Logger.Error("search kept back a document that the index should not have returned", "document", h.ID)
		return true
	})
}

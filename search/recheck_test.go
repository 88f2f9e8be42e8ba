package search_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/memsearch"
	"github.com/stoa-go/stoa/search/searchtest"
)

// A checked source knows what is closed, whatever its feed tells.
type checked struct {
	*searchtest.Source

	closed   []string // groups
	stalled  time.Duration
	stallErr error
	err      error
	asked    [][]string // groups, by call
}

func newChecked(name string) *checked { return &checked{Source: searchtest.NewSource(name)} }

func (c *checked) Stalled(context.Context) (time.Duration, error) { return c.stalled, c.stallErr }

func (c *checked) Visible(_ context.Context, _ profile.Actor, groups []string) ([]string, error) {
	c.asked = append(c.asked, slices.Clone(groups))
	open := slices.DeleteFunc(slices.Clone(groups), func(g string) bool { return slices.Contains(c.closed, g) })
	return append(open, "article/never-asked-for"), c.err
}

const canary = "article/canary"

func canaryDocument() search.Document {
	return article("canary", "Reset the canaryhub hub", "The canaryword is 4711. Reset the hub.", faq, func(d *search.Document) {
		d.Facets = map[string][]string{"kind": {"canarykind", "faq"}}
	})
}

// A stale engine's index has a document that was closed, which its stalled
// source does not tell.
type stale struct {
	*search.Engine

	source *checked
	now    *time.Time
}

func newStale(t *testing.T, docs []search.Document, change ...func(*search.Options)) *stale {
	t.Helper()
	now := t0
	s := &stale{source: newChecked("kb"), now: &now}
	s.source.Put(docs...)
	opts := &search.Options{Sources: []search.Source{s.source}, Secret: secret, Now: func() time.Time { return now }}
	for _, f := range change {
		f(opts)
	}
	s.Engine = search.NewEngine(memsearch.New(), opts)
	require.NoError(t, s.Refresh(t.Context()))
	s.source.closed = []string{canary}
	return s
}

// everything returns all that an engine tells, without what differs each time.
func everything(t *testing.T, e *search.Engine) []string {
	t.Helper()
	var out []string
	for _, text := range []string{"", "hub", "canaryword", `"canaryword is"`, "canarywrod", "canaryhub reset", "-password", "zyzzyva"} {
		for _, q := range []search.Query{
			{}, {Page: 2, Limit: 2}, {Sort: search.SortUpdated}, {Filters: map[string][]string{"kind": {"faq"}}}, {Filters: map[string][]string{"kind": {"canarykind"}}},
		} {
			q.Text, q.Facets = text, []string{"kind"}
			res, err := e.Search(t.Context(), nobody, q)
			require.NoError(t, err)
			out = append(out, fmt.Sprint(slugs(res.Hits), res.Total, res.Pages, res.Facets, res.DidYouMean, res.Partial))
		}
	}
	for _, text := range []string{"re", "canary", "reset the"} {
		list, err := e.Suggest(t.Context(), nobody, text, "", 0)
		require.NoError(t, err)
		out = append(out, fmt.Sprint(list))
	}
	hits, err := e.Related(t.Context(), nobody, search.Like{Title: "Reset the canaryhub hub"})
	require.NoError(t, err)
	return append(out, fmt.Sprint(slugs(hits)))
}

// TestClosedWhileTheSourceStalls compares what is told by an index with a
// closed document with what one without it tells.
func TestClosedWhileTheSourceStalls(t *testing.T) {
	with, without := newStale(t, append(helpCentre(), canaryDocument())), newStale(t, helpCentre())
	require.Contains(t, fmt.Sprint(everything(t, with.Engine)), "canaryhub", "nobody knows yet that the index is behind")
	require.Empty(t, with.source.asked)
	for _, s := range []*stale{with, without} {
		s.source.stalled = 3 * time.Second
		*s.now = s.now.Add(2 * time.Second)
	}
	got := everything(t, with.Engine)
	require.NotContains(t, fmt.Sprint(got), "canaryh")
	require.NotContains(t, fmt.Sprint(got), "canaryk")
	require.Equal(t, everything(t, without.Engine), got)
	require.Contains(t, fmt.Sprint(got), "[reset e17] 2", "everything else is found")

	with.source.stalled = 0
	with.source.Remove(canary)
	require.NoError(t, with.Refresh(t.Context()))
	*with.now = with.now.Add(2 * time.Second)
	with.source.asked = nil
	require.NotContains(t, fmt.Sprint(everything(t, with.Engine)), "canaryh")
	require.Empty(t, with.source.asked, "the index knows by itself again")
}

// TestWhenIndexIsInDoubt lists what makes an engine ask its source.
func TestWhenIndexIsInDoubt(t *testing.T) {
	down := errors.New("database is down")
	for name, c := range map[string]struct {
		happens func(t *testing.T, s *stale)
		asks    bool
	}{
		"nothing":                  {func(*testing.T, *stale) {}, false},
		"stalled for a moment":     {func(_ *testing.T, s *stale) { s.source.stalled = time.Second }, false},
		"stalled":                  {func(_ *testing.T, s *stale) { s.source.stalled = 3 * time.Second }, true},
		"does not know if stalled": {func(_ *testing.T, s *stale) { s.source.stallErr = down }, true},
		"not looked at for long":   {func(_ *testing.T, s *stale) { *s.now = s.now.Add(time.Minute + 3*time.Second) }, true},
		"fails for a moment": {func(t *testing.T, s *stale) {
			s.source.Fail(down)
			require.ErrorIs(t, s.Refresh(t.Context()), down)
			*s.now = s.now.Add(time.Second)
		}, false},
		"fails": {func(t *testing.T, s *stale) {
			s.source.Fail(down)
			require.ErrorIs(t, s.Refresh(t.Context()), down)
			*s.now = s.now.Add(3 * time.Second)
		}, true},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStale(t, []search.Document{canaryDocument()})
			c.happens(t, s)
			res, err := s.Search(t.Context(), nobody, search.Query{Text: "canaryword"})
			require.NoError(t, err)
			require.Equal(t, c.asks, len(s.source.asked) > 0)
			require.Equal(t, c.asks, len(res.Hits) == 0)
			require.Equal(t, c.asks, res.Partial, "there may be more")
		})
	}
}

func TestIndexIsInDoubtUntilItWasFilled(t *testing.T) {
	source, index := newChecked("kb"), memsearch.New()
	require.NoError(t, index.Apply(t.Context(), search.Batch{Changes: []search.Change{{Group: canary, Documents: []search.Document{canaryDocument()}}}}))
	source.closed = []string{canary}
	e := search.NewEngine(index, &search.Options{Sources: []search.Source{source}})
	require.Zero(t, total(t, e, "canaryword"))
	require.Equal(t, [][]string{{canary}}, source.asked)
}

// TestIndexIsInDoubtWhileItIsWritten has an index that does not come back from
// a write.
func TestIndexIsInDoubtWhileItIsWritten(t *testing.T) {
	now, source, index := t0, newChecked("kb"), &wrapped{Index: memsearch.New()}
	source.Put(canaryDocument())
	e := search.NewEngine(index, &search.Options{Sources: []search.Source{source}, Now: func() time.Time { return now }})
	require.NoError(t, e.Refresh(t.Context()))
	source.closed = []string{canary}
	source.Remove(canary)
	reached := false
	index.apply = func(ctx context.Context, b search.Batch) error {
		reached = true
		now = now.Add(3 * time.Second)
		require.Zero(t, total(t, e, "canaryword"))
		return index.Index.Apply(ctx, b)
	}
	require.NoError(t, e.Refresh(t.Context()))
	require.True(t, reached)
}

func TestRecheckThatFails(t *testing.T) {
	s := newStale(t, append(helpCentre(), canaryDocument()))
	s.source.stalled, s.source.err = time.Minute, errors.New("database is down")
	_, err := s.Search(t.Context(), nobody, search.Query{Text: "hub"})
	require.ErrorIs(t, err, search.ErrUnavailable)
	_, err = s.Suggest(t.Context(), nobody, "re", "", 0)
	require.ErrorIs(t, err, search.ErrUnavailable)
	_, err = s.Related(t.Context(), nobody, search.Like{Title: "hub"})
	require.ErrorIs(t, err, search.ErrUnavailable)

	fallback := newStale(t, helpCentre(), func(o *search.Options) {
		o.Fallback = func(context.Context, profile.Actor, search.Query) (search.Results, error) {
			return search.Results{Total: 1, Hits: []search.Hit{{Document: article("other", "Other", "")}}}, nil
		}
	})
	fallback.source.stalled, fallback.source.err = time.Minute, errors.New("database is down")
	require.Equal(t, 1, total(t, fallback.Engine, "hub"))

	panics := newStale(t, helpCentre(), func(o *search.Options) { o.Sources[0] = &alarmed{Source: o.Sources[0]} })
	_, err = panics.Search(t.Context(), nobody, search.Query{Text: "hub"})
	require.ErrorIs(t, err, search.ErrUnavailable)
}

// An alarmed source panics whatever it is asked.
type alarmed struct{ search.Source }

func (alarmed) Stalled(context.Context) (time.Duration, error) { panic("no") }
func (alarmed) Visible(context.Context, profile.Actor, []string) ([]string, error) {
	panic("no")
}

// TestOnlySourcesInDoubtAreAsked has three sources, of which one stalls and one
// cannot recheck.
func TestOnlySourcesInDoubtAreAsked(t *testing.T) {
	now, kb, forum, plain := t0, newChecked("kb"), newChecked("forum"), searchtest.NewSource("plain")
	index := memsearch.New()
	kb.Put(canaryDocument(), article("hub", "Hub", "canaryword"))
	forum.Put(article("topic", "Topic", "canaryword"))
	plain.Put(article("page", "Page", "canaryword"))
	e := search.NewEngine(index, &search.Options{Sources: []search.Source{kb, forum, plain}, Now: func() time.Time { return now }})
	require.NoError(t, e.Refresh(t.Context()))
	lost := article("lost", "Lost", "canaryword", func(d *search.Document) { d.Source = "" })
	require.NoError(t, index.Apply(t.Context(), search.Batch{Changes: []search.Change{{Group: lost.Group, Documents: []search.Document{lost}}}}))
	kb.closed, kb.stalled = []string{canary, "article/lost"}, time.Minute
	res, err := e.Search(t.Context(), nobody, search.Query{Text: "canaryword"})
	require.NoError(t, err)
	require.ElementsMatch(t, []string{"hub", "topic", "page"}, slugs(res.Hits), "what is from nowhere must be confirmed")
	require.Equal(t, [][]string{{canary, "article/hub", "article/lost"}}, kb.asked)
	require.Empty(t, forum.asked)
	kb.closed = []string{canary}
	require.Equal(t, 4, total(t, e, "canaryword"))
}

// TestClosedHitsLeaveNoGap has more hits than are rechecked at once.
func TestClosedHitsLeaveNoGap(t *testing.T) {
	s := newStale(t, many(450))
	s.source.stalled = time.Minute
	require.Equal(t, 200, total(t, s.Engine, "lighthouse"))
	s.source.closed = []string{"article/0000", "article/0007"}
	res, err := s.Search(t.Context(), nobody, search.Query{Text: "lighthouse", Limit: 10, Page: 20})
	require.NoError(t, err)
	require.Equal(t, 200, res.Total)
	require.Len(t, res.Hits, 10)
	require.Equal(t, 20, res.Pages)
	require.Equal(t, "article/0201", res.Hits[9].Group)
	for _, groups := range s.source.asked {
		require.LessOrEqual(t, len(groups), 200)
	}
}

// TestSourcesAreNotAskedForEachSearch counts what the doubts cost.
func TestSourcesAreNotAskedForEachSearch(t *testing.T) {
	calls, now := 0, t0
	source := &counted{checked: newChecked("kb"), calls: &calls}
	e := search.NewEngine(memsearch.New(), &search.Options{Sources: []search.Source{source}, Now: func() time.Time { return now }})
	require.NoError(t, e.Refresh(t.Context()))
	for range 10 {
		total(t, e, "lighthouse")
	}
	require.Equal(t, 1, calls)
	now = now.Add(time.Second)
	total(t, e, "lighthouse")
	require.Equal(t, 2, calls)
}

type counted struct {
	*checked

	calls *int
}

func (c *counted) Stalled(context.Context) (time.Duration, error) { *c.calls++; return 0, nil }

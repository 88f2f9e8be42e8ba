package search_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/memsearch"
)

func TestSuggest(t *testing.T) {
	b := newBench(t, append(helpCentre(), many(30)...))
	titles := func(text string, limit int) int {
		got, err := b.Suggest(t.Context(), nobody, text, "en", limit)
		require.NoError(t, err)
		return len(got)
	}
	require.Equal(t, 1, titles("chan", 0))
	require.Equal(t, 8, titles("light", 0))
	require.Equal(t, 20, titles("light", 1000))
	require.Zero(t, titles("", 5))
	require.Zero(t, titles(strings.Repeat("light ", 1000), 5))
	require.Empty(t, b.events.take())

	index := &wrapped{Index: memsearch.New()}
	index.suggest = func(_ context.Context, r search.SuggestRequest) ([]search.Suggestion, error) {
		require.Equal(t, strings.TrimSpace(strings.Repeat("light ", 24)), r.Text)
		return nil, nil
	}
	_, err := search.NewEngine(index, nil).Suggest(t.Context(), nobody, strings.Repeat("light ", 1000), "", 0)
	require.NoError(t, err)
}

func TestRelated(t *testing.T) {
	b := newBench(t, helpCentre())
	related, err := b.Related(t.Context(), ann, search.Like{Group: "article/reset", Title: `Reset "the hub" -lamp`})
	require.NoError(t, err)
	require.Equal(t, []string{"e17"}, slugs(related))
	related, err = b.Related(t.Context(), ann, search.Like{Group: "article/e17", Title: "Error", Keywords: []string{"password"}, Limit: 1})
	require.NoError(t, err)
	require.Equal(t, []string{"password"}, slugs(related))
	related, err = b.Related(t.Context(), ann, search.Like{})
	require.NoError(t, err)
	require.Empty(t, related)
	require.Empty(t, b.events.take())
}

func TestRelatedLimits(t *testing.T) {
	b := newBench(t, many(60))
	for limit, want := range map[int]int{0: 5, -1: 5, 7: 7, 50: 50, 1000: 50} {
		related, err := b.Related(t.Context(), ann, search.Like{Group: "article/0003", Title: "Lighthouse", Limit: limit})
		require.NoError(t, err)
		require.Len(t, related, want, "limit %d", limit)
		require.NotContains(t, slugs(related), "0003")
	}
	related, err := b.Related(t.Context(), ann, search.Like{Title: "Lighthouse", Filters: map[string][]string{"kind": {"faq"}}})
	require.NoError(t, err)
	require.Empty(t, related)
	_, err = b.Related(t.Context(), ann, search.Like{Title: "Lighthouse", Filters: map[string][]string{"kind": make([]string, 65)}})
	require.ErrorIs(t, err, search.ErrInvalid)
}

// TestRelatedIsBounded looks at what a long title asks of the index.
func TestRelatedIsBounded(t *testing.T) {
	index := &wrapped{Index: memsearch.New()}
	var asked search.Request
	index.search = func(_ context.Context, r search.Request) (search.Response, error) {
		asked = r
		return search.Response{}, nil
	}
	e := search.NewEngine(index, nil)
	var tags []string
	for i := range 100 {
		tags = append(tags, fmt.Sprint("tag", i), "hub")
	}
	_, err := e.Related(t.Context(), ann, search.Like{Title: `"Reset" -the +hub hub e.g. a.b.c`, Keywords: tags})
	require.NoError(t, err)
	texts := []string{}
	for _, w := range asked.Words {
		require.False(t, w.Phrase || w.Exclude || w.Required)
		texts = append(texts, w.Text)
	}
	require.Equal(t, []string{`"Reset"`, "-the", "+hub", "hub", "e.g.", "a.b.c", "tag0", "tag1", "tag2", "tag3", "tag4", "tag5", "tag6"}, texts)
	require.Equal(t, "en", asked.Locale)
	require.Equal(t, 6, asked.Limit)
}

// TestRemoteIsNotRelated leaves out what shares no more than a common word.
func TestRemoteIsNotRelated(t *testing.T) {
	docs := many(40)
	for i := range docs {
		docs[i].Title, docs[i].Body = "The guide", "the of"
	}
	b := newBench(t, append(docs, article("near", "The lighthouse keeper", ""), article("self", "The lighthouse keeper", "")))
	related, err := b.Related(t.Context(), ann, search.Like{Group: "article/self", Title: "The lighthouse keeper"})
	require.NoError(t, err)
	require.Equal(t, []string{"near"}, slugs(related))
}

func TestSuggestWhileIndexIsDown(t *testing.T) {
	index := &wrapped{Index: memsearch.New()}
	index.suggest = func(context.Context, search.SuggestRequest) ([]search.Suggestion, error) {
		return nil, fmt.Errorf("disk: %w", search.ErrUnavailable)
	}
	_, err := search.NewEngine(index, nil).Suggest(t.Context(), nobody, "res", "", 0)
	require.ErrorIs(t, err, search.ErrUnavailable)

	var failure error
	var asked search.Query
	e := search.NewEngine(index, &search.Options{Fallback: func(_ context.Context, _ profile.Actor, q search.Query) (search.Results, error) {
		asked = q
		marked := search.Hit{Document: article("e17", "Error", ""), Titles: []search.Span{{Text: "Err", Match: true}, {Text: "or"}}}
		hits := []search.Hit{{Document: article("reset", "Reset", "")}, {Document: article("secret", "Reset", "", forStaff)}, marked}
		for _, d := range many(10) {
			hits = append(hits, search.Hit{Document: d})
		}
		return search.Results{Hits: hits}, failure
	}})
	got, err := e.Suggest(t.Context(), ann, " res\x00 ", "", 5)
	require.NoError(t, err)
	require.Equal(t, search.Query{Text: "res", Locale: "en", Limit: 5}, asked)
	require.Len(t, got, 5)
	require.Equal(t, search.Suggestion{
		ID: "article/reset@en", Group: "article/reset", Source: "kb", Kind: "how-to", Locale: "en", Title: []search.Span{{Text: "Reset"}},
		Path: "/en/articles/reset", UpdatedAt: t0,
	}, got[0])
	require.Equal(t, "article/e17", got[1].Group)
	require.Len(t, got[1].Title, 2)
	failure = errors.New("database is down")
	_, err = e.Suggest(t.Context(), ann, "res", "", 5)
	require.ErrorContains(t, err, "database is down")

	index.suggest = func(context.Context, search.SuggestRequest) ([]search.Suggestion, error) {
		return nil, errors.New("bug")
	}
	_, err = e.Suggest(t.Context(), ann, "res", "", 5)
	require.ErrorContains(t, err, "bug")
}

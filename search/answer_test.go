package search_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/memsearch"
)

func TestSearch(t *testing.T) {
	b := newBench(t, helpCentre())
	res, err := b.Search(t.Context(), ann, search.Query{Text: "reset hub", Facets: []string{"kind"}})
	require.NoError(t, err)
	require.Equal(t, []string{"reset", "e17"}, slugs(res.Hits))
	require.Equal(t, 2, res.Total)
	require.Equal(t, 1, res.Page)
	require.Equal(t, 1, res.Pages)
	require.Empty(t, res.Next)
	require.False(t, res.Partial)
	require.Equal(t, []string{"faq 1", "how-to 1"}, kinds(res.Facets))
	require.Regexp(t, `^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`, res.ID)
	require.Equal(t, 1, res.Hits[0].Rank)
	require.NotEmpty(t, res.Hits[0].Click)
	require.NotEmpty(t, res.Hits[0].Snippet)
	require.Empty(t, res.Hits[0].Body)
}

func TestZeroQueryIsNewestFirst(t *testing.T) {
	b := newBench(t, helpCentre())
	require.Equal(t, []string{"password", "e17", "reset"}, b.find(t, nobody, ""))
	require.Equal(t, []string{"password", "e17", "reset"}, b.find(t, nobody, " \t\u200b"))
	require.Empty(t, b.find(t, nobody, "?!"), "text without a word does not find everything")
}

func TestRights(t *testing.T) {
	b := newBench(t, helpCentre())
	require.Equal(t, []string{"secret"}, b.find(t, eve, "canary"))
	for _, by := range []profile.Actor{nobody, ann} {
		for _, text := range []string{"canary", "4711", `"master key"`, "article/secret@en", "/en/articles/secret", ""} {
			require.NotContains(t, b.find(t, by, text), "secret", "%s asks for %q", by.ID, text)
		}
		suggestions, err := b.Suggest(t.Context(), by, "mast", "", 5)
		require.NoError(t, err)
		require.Empty(t, suggestions)
		related, err := b.Related(t.Context(), by, search.Like{Title: "Master key of the hub"})
		require.NoError(t, err)
		require.NotContains(t, slugs(related), "secret")
	}
}

// TestSightOfOthers shows that what a capability opens to people for what they
// may do is found by them, whatever is asked, and by nobody else.
func TestSightOfOthers(t *testing.T) {
	cracked := article("cracked", "Cracked hub", "The hub is cracked.", func(d *search.Document) { d.Audience = profile.NewAudience("may:work") })
	b := newBench(t, []search.Document{cracked}, func(o *search.Options) {
		o.Sight = func(by profile.Actor) profile.Sight {
			if by.ID == eve.ID {
				return by.Sight().With("may:work")
			}
			return by.Sight()
		}
	})
	for _, c := range []struct {
		by   profile.Actor
		want int
	}{{eve, 1}, {ann, 0}, {nobody, 0}} {
		require.Len(t, b.find(t, c.by, "cracked"), c.want, c.by.ID)
		suggestions, err := b.Suggest(t.Context(), c.by, "crac", "", 5)
		require.NoError(t, err)
		require.Len(t, suggestions, c.want, c.by.ID)
		related, err := b.Related(t.Context(), c.by, search.Like{Title: "Hub"})
		require.NoError(t, err)
		require.Len(t, related, c.want, c.by.ID)
	}
}

// TestNetUnderIndex shows what happens should an index ever forget the rights.
func TestNetUnderIndex(t *testing.T) {
	inner := memsearch.New()
	leaky := &wrapped{Index: inner}
	leaky.search = func(ctx context.Context, r search.Request) (search.Response, error) {
		r.Sight = eve.Sight()
		return inner.Search(ctx, r)
	}
	b := newBench(t, nil)
	var log bytes.Buffer
	e := search.NewEngine(leaky, &search.Options{Sources: []search.Source{b.source}, Logger: slog.New(slog.NewTextHandler(&log, nil))})
	b.source.Put(helpCentre()...)
	require.NoError(t, e.Refresh(t.Context()))
	res, err := e.Search(t.Context(), nobody, search.Query{Text: "hub"})
	require.NoError(t, err)
	require.ElementsMatch(t, []string{"reset", "e17"}, slugs(res.Hits))
	require.Contains(t, log.String(), "article/secret@en", "it is a bug and is said to be one")
	require.Contains(t, log.String(), "level=ERROR")
}

// TestWhatIndexIsAsked looks at the requests that queries become.
func TestWhatIndexIsAsked(t *testing.T) {
	index := &wrapped{Index: memsearch.New()}
	var asked search.Request
	index.search = func(_ context.Context, r search.Request) (search.Response, error) {
		asked = r
		return search.Response{}, nil
	}
	words := []search.Word{{Text: "hub"}}
	for name, c := range map[string]struct {
		opts  search.Options
		query search.Query
		want  search.Request
	}{
		"nothing": {want: search.Request{Sort: search.SortUpdated, Limit: 10, Snippet: 200, Correct: true}},
		"text":    {query: search.Query{Text: "hub"}, want: search.Request{Words: words, Limit: 10, Snippet: 200, Correct: true}},
		"newest": {
			query: search.Query{Text: "hub", Sort: search.SortUpdated},
			want:  search.Request{Words: words, Sort: search.SortUpdated, Limit: 10, Snippet: 200, Correct: true},
		},
		"page": {
			opts:  search.Options{Snippet: -1},
			query: search.Query{Text: "hub", Page: 3, Limit: 7, Facets: []string{"b", "a", "b"}, Locale: "de"},
			want:  search.Request{Words: words, Offset: 14, Limit: 7, Facets: []string{"a", "b"}, Locale: "de"},
		},
		"filters": {
			opts:  search.Options{Snippet: 50},
			query: search.Query{Text: "hub", Filters: map[string][]string{"kind": {"faq", "how-to"}, "none": nil}},
			want:  search.Request{Words: words, Limit: 10, Snippet: 50, Correct: true, Filters: map[string][]string{"kind": {"faq", "how-to"}}},
		},
	} {
		_, err := search.NewEngine(index, &c.opts).Search(t.Context(), nobody, c.query)
		require.NoError(t, err)
		c.want.Sight = nobody.Sight()
		require.Equal(t, c.want, asked, name)
	}
}

func TestPages(t *testing.T) {
	b := newBench(t, many(27))
	q := search.Query{Text: "lighthouse"}
	first, err := b.Search(t.Context(), nobody, q)
	require.NoError(t, err)
	require.Len(t, first.Hits, 10)
	require.Equal(t, 3, first.Pages)

	next := q
	next.After = first.Next
	second, err := b.Search(t.Context(), nobody, next)
	require.NoError(t, err)
	require.Equal(t, first.ID, second.ID, "another page is the same search")
	require.Equal(t, 2, second.Page)
	require.Equal(t, 11, second.Hits[0].Rank)

	numbered := q
	numbered.Page = 2
	byNumber, err := b.Search(t.Context(), nobody, numbered)
	require.NoError(t, err)
	require.Equal(t, slugs(second.Hits), slugs(byNumber.Hits))

	next.After, next.Page = first.Next, 3
	last, err := b.Search(t.Context(), nobody, next)
	require.NoError(t, err)
	require.Equal(t, first.ID, last.ID)
	require.Equal(t, 3, last.Page)
	require.Len(t, last.Hits, 7)
	require.Empty(t, last.Next)

	beyond, err := b.Search(t.Context(), nobody, search.Query{Text: "lighthouse", Page: 9})
	require.NoError(t, err)
	require.Empty(t, beyond.Hits)
	require.Equal(t, 27, beyond.Total)
}

func TestPageTokenBelongsToItsQuery(t *testing.T) {
	b := newBench(t, many(27))
	first, err := b.Search(t.Context(), nobody, search.Query{Text: "lighthouse"})
	require.NoError(t, err)
	for name, q := range map[string]search.Query{
		"other text":   {Text: "sea"},
		"other filter": {Text: "lighthouse", Filters: map[string][]string{"kind": {"faq"}}},
		"other sort":   {Text: "lighthouse", Sort: search.SortUpdated},
		"other limit":  {Text: "lighthouse", Limit: 5},
		"other locale": {Text: "lighthouse", Locale: "en"},
	} {
		q.After = first.Next
		_, err := b.Search(t.Context(), nobody, q)
		require.ErrorIs(t, err, search.ErrInvalid, name)
	}
	for _, token := range []string{"x", first.Next + "A", first.Next[1:], first.Hits[0].Click, strings.Repeat("A", 5000)} {
		_, err := b.Search(t.Context(), nobody, search.Query{Text: "lighthouse", After: token})
		require.ErrorIs(t, err, search.ErrInvalid, "token %.30q", token)
	}
}

func TestLimits(t *testing.T) {
	b := newBench(t, many(1100))
	count := func(q search.Query) (int, search.Results) {
		res, err := b.Search(t.Context(), nobody, q)
		require.NoError(t, err)
		return len(res.Hits), res
	}
	for limit, want := range map[int]int{0: 10, -5: 10, 7: 7, 50: 50, 51: 50, 1 << 40: 50} {
		n, _ := count(search.Query{Limit: limit})
		require.Equal(t, want, n, "limit %d", limit)
	}
	n, last := count(search.Query{Limit: 50, Page: 21})
	require.Equal(t, 50, n)
	require.Equal(t, 21, last.Pages)
	require.Empty(t, last.Next, "deeper pages cannot be reached")
	require.Equal(t, 1100, last.Total)
}

func TestRefusedQueries(t *testing.T) {
	b := newBench(t, helpCentre())
	wide := map[string][]string{}
	for i := range 17 {
		wide[fmt.Sprint("facet", i)] = []string{"x"}
	}
	for name, q := range map[string]search.Query{
		"sort":         {Sort: "title"},
		"page":         {Page: -1},
		"depth":        {Page: 102},
		"facets":       {Facets: make([]string, 17)},
		"facet name":   {Facets: []string{strings.Repeat("x", 257)}},
		"filters":      {Filters: wide},
		"values":       {Filters: map[string][]string{"kind": make([]string, 65)}},
		"filter value": {Filters: map[string][]string{"kind": {strings.Repeat("x", 257)}}},
	} {
		_, err := b.Search(t.Context(), nobody, q)
		require.ErrorIs(t, err, search.ErrInvalid, name)
	}
	require.Empty(t, b.events.take())
	for name, q := range map[string]search.Query{
		"depth":  {Page: 101},
		"facets": {Facets: make([]string, 16)},
		"values": {Filters: map[string][]string{"kind": make([]string, 64)}},
		"long":   {Filters: map[string][]string{"kind": {strings.Repeat("x", 256)}}},
	} {
		_, err := b.Search(t.Context(), nobody, q)
		require.NoError(t, err, "the most there may be: %s", name)
	}
}

func TestFilters(t *testing.T) {
	b := newBench(t, helpCentre())
	given := map[string][]string{"kind": {"faq"}, "product": {}}
	res, err := b.Search(t.Context(), nobody, search.Query{Text: "hub", Filters: given, Facets: []string{"kind", "kind"}})
	require.NoError(t, err)
	require.Equal(t, []string{"e17"}, slugs(res.Hits))
	require.Equal(t, []string{"faq 1", "how-to 1"}, kinds(res.Facets))
	require.Len(t, given, 2, "the caller's map is the caller's")
}

func TestLocale(t *testing.T) {
	german := article("reset", "Hub zurücksetzen", "", func(d *search.Document) { d.ID, d.Locale, d.Serves = "article/reset@de", "de", []string{"de"} })
	b := newBench(t, append(helpCentre(), german), func(o *search.Options) {
		o.Locale = func(tag string) string { base, _, _ := strings.Cut(tag, "-"); return base }
	})
	ids := func(by profile.Actor, locale string) (out []string) {
		res, err := b.Search(t.Context(), by, search.Query{Text: "hub", Locale: locale})
		require.NoError(t, err)
		for _, h := range res.Hits {
			out = append(out, h.ID)
		}
		return out
	}
	require.Equal(t, []string{"article/reset@de"}, ids(nobody, "de-AT"))
	require.ElementsMatch(t, []string{"article/reset@en", "article/e17@en"}, ids(ann, ""), "the actor's language")
	require.Len(t, ids(nobody, ""), 3)
}

func TestDidYouMean(t *testing.T) {
	b := newBench(t, helpCentre())
	for text, want := range map[string]string{
		"pasword":                 "password",
		"Pasword":                 "Password",
		"PASWORD":                 "PASSWORD",
		"change my pasword, now!": "change my password, now!",
		`+pasword -hub`:           `+password -hub`,
		`"the hub" pasword?`:      `"the hub" password?`,
		"resett the buton":        "reset the button",
		"password":                "",
		"":                        "",
		"-pasword hub":            "",
		"canarry":                 "",
	} {
		res, err := b.Search(t.Context(), nobody, search.Query{Text: text})
		require.NoError(t, err)
		require.Equal(t, want, res.DidYouMean, "%q", text)
	}
	res, err := b.Search(t.Context(), eve, search.Query{Text: "canarry"})
	require.NoError(t, err)
	require.Equal(t, "canary", res.DidYouMean)
	res, err = b.Search(t.Context(), nobody, search.Query{Text: "pasword", Page: 2})
	require.NoError(t, err)
	require.Empty(t, res.DidYouMean, "once is enough")
}

func TestExplainNeedsPermission(t *testing.T) {
	b := newBench(t, helpCentre())
	for _, by := range []profile.Actor{nobody, ann} {
		_, err := b.Search(t.Context(), by, search.Query{Text: "hub", Explain: true})
		require.ErrorIs(t, err, search.ErrForbidden)
	}
	res, err := b.Search(t.Context(), eve, search.Query{Text: "hub", Explain: true})
	require.NoError(t, err)
	require.NotEmpty(t, res.Hits[0].Explain)
	require.Empty(t, b.events.take(), "who tunes does not search")
}

// TestTooMany fills every slot with searches that do not end.
func TestTooMany(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		index := &wrapped{Index: memsearch.New()}
		release := make(chan struct{})
		index.search = func(context.Context, search.Request) (search.Response, error) {
			<-release
			return search.Response{}, nil
		}
		e := search.NewEngine(index, &search.Options{Concurrent: 2, Queue: time.Second})
		results := make(chan error, 3)
		for range 2 {
			go func() {
				_, err := e.Search(t.Context(), nobody, search.Query{Text: "hub"})
				results <- err
			}()
		}
		synctest.Wait()
		require.Equal(t, 2, e.Status(t.Context()).Searching)
		began := time.Now()
		_, err := e.Search(t.Context(), nobody, search.Query{Text: "hub"})
		require.ErrorIs(t, err, search.ErrTooMany)
		require.Equal(t, time.Second, time.Since(began))
		_, err = e.Suggest(t.Context(), nobody, "hub", "", 0)
		require.ErrorIs(t, err, search.ErrTooMany)
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		_, err = e.Search(ctx, nobody, search.Query{Text: "hub"})
		require.ErrorIs(t, err, context.DeadlineExceeded)

		go func() { // waits in the queue and then gets its turn
			_, err := e.Search(t.Context(), nobody, search.Query{Text: "hub"})
			results <- err
		}()
		synctest.Wait()
		close(release)
		for range 3 {
			require.NoError(t, <-results)
		}
		require.Zero(t, e.Status(t.Context()).Searching)
	})
}

func TestSlowIndex(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		index := &wrapped{Index: memsearch.New()}
		index.search = func(ctx context.Context, _ search.Request) (search.Response, error) {
			<-ctx.Done()
			return search.Response{}, ctx.Err()
		}
		e := search.NewEngine(index, &search.Options{Timeout: 3 * time.Second})
		_, err := e.Search(t.Context(), nobody, search.Query{Text: "hub"})
		require.ErrorIs(t, err, search.ErrUnavailable)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err = e.Search(ctx, nobody, search.Query{Text: "hub"})
		require.ErrorIs(t, err, context.Canceled)
		require.NotErrorIs(t, err, search.ErrUnavailable, "nobody is waiting any more")
	})
}

func TestFallback(t *testing.T) {
	index := &wrapped{Index: memsearch.New()}
	down := func(context.Context, search.Request) (search.Response, error) {
		return search.Response{}, fmt.Errorf("disk: %w", search.ErrUnavailable)
	}
	index.search = down
	var asked search.Query
	titles := func(_ context.Context, _ profile.Actor, q search.Query) (search.Results, error) {
		asked = q
		return search.Results{Hits: []search.Hit{
			{Document: article("reset", "Reset the hub", "")}, {Document: article("secret", "Master key", "", forStaff)},
		}, Total: 1}, nil
	}
	recorded := &events{}
	e := search.NewEngine(index, &search.Options{Fallback: titles, Events: recorded})
	res, err := e.Search(t.Context(), ann, search.Query{Text: "  reset\x00hub ", Limit: 500})
	require.NoError(t, err)
	require.Equal(t, "reset hub", asked.Text)
	require.Equal(t, 50, asked.Limit)
	require.Equal(t, "en", asked.Locale)
	require.Equal(t, []string{"reset"}, slugs(res.Hits), "the net is under the fallback, too")
	require.True(t, res.Partial)
	require.Equal(t, 1, res.Hits[0].Rank)
	require.Equal(t, []search.Span{{Text: "Reset the hub"}}, res.Hits[0].Titles)
	require.NoError(t, e.Clicked(t.Context(), ann, res.Hits[0].Click))
	require.Equal(t, []string{search.EventPerformed, search.EventClicked}, names(recorded.take()))

	index.search = func(context.Context, search.Request) (search.Response, error) {
		return search.Response{}, search.ErrRebuild
	}
	res, err = e.Search(t.Context(), ann, search.Query{Text: "reset"})
	require.NoError(t, err)
	require.Len(t, res.Hits, 1)

	index.search = func(context.Context, search.Request) (search.Response, error) {
		return search.Response{}, errors.New("bug")
	}
	_, err = e.Search(t.Context(), ann, search.Query{Text: "reset"})
	require.ErrorContains(t, err, "bug", "what is not down is not stood in for")

	e = search.NewEngine(index, nil)
	index.search = down
	_, err = e.Search(t.Context(), ann, search.Query{Text: "reset"})
	require.ErrorIs(t, err, search.ErrUnavailable)
}

// TestFallbackWhileFilling covers a portal that has just been started for the
// first time.
func TestFallbackWhileFilling(t *testing.T) {
	broken := false
	b := newBench(t, nil)
	b.source.Put(helpCentre()...)
	e := search.NewEngine(memsearch.New(), &search.Options{
		Sources: []search.Source{b.source},
		Fallback: func(context.Context, profile.Actor, search.Query) (search.Results, error) {
			if broken {
				return search.Results{}, errors.New("database is down")
			}
			return search.Results{Hits: []search.Hit{{Document: article("reset", "Reset the hub", "")}}, Total: 1}, nil
		},
	})
	res, err := e.Search(t.Context(), nobody, search.Query{Text: "reset"})
	require.NoError(t, err)
	require.Len(t, res.Hits, 1)
	require.True(t, res.Partial)
	broken = true
	res, err = e.Search(t.Context(), nobody, search.Query{Text: "reset"})
	require.NoError(t, err, "the index has answered, if with nothing")
	require.Empty(t, res.Hits)
	require.True(t, res.Partial)
	require.NoError(t, e.Refresh(t.Context()))
	res, err = e.Search(t.Context(), nobody, search.Query{Text: "reset"})
	require.NoError(t, err)
	require.Len(t, res.Hits, 2)
	require.False(t, res.Partial)
}

package search_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/memsearch"
)

func TestEvents(t *testing.T) {
	b := newBench(t, helpCentre(), func(o *search.Options) { o.Brand = func(context.Context) string { return "north" } })
	ctx := analytics.NewContext(t.Context(), analytics.Event{Visitor: "v1", Session: "s1", Channel: "web"})
	res, err := b.Search(ctx, ann, search.Query{
		Text: "  Reset  hub ", Filters: map[string][]string{"kind": {"how-to", "faq"}, "product": nil},
	})
	require.NoError(t, err)
	require.Equal(t, []analytics.Event{{
		ID: res.ID, Name: "search.performed", At: t0, User: "ann", Account: "acme", Text: "Reset hub", Hits: 2, Locale: "en",
		Visitor: "v1", Session: "s1", Channel: "web", Props: map[string]string{"role": "customer", "brand": "north", "filter.kind": "how-to,faq", "shown": res.Hits[0].Group + " " + res.Hits[1].Group},
	}}, b.events.take())

	require.NoError(t, b.Clicked(ctx, ann, res.Hits[1].Click))
	require.NoError(t, b.Clicked(ctx, ann, res.Hits[1].Click))
	clicks := b.events.take()
	require.Len(t, clicks, 2)
	require.Equal(t, clicks[0], clicks[1], "said twice, the same event")
	require.Len(t, clicks[0].ID, 36)
	require.NotEqual(t, res.ID, clicks[0].ID)
	require.Equal(t, res.ID[:13], clicks[0].ID[:13], "sorts with its search")
	clicks[0].ID = ""
	require.Equal(t, analytics.Event{
		Name: "search.clicked", At: t0, User: "ann", Account: "acme", Search: res.ID, Subject: res.Hits[1].Group, Rank: 2,
		Visitor: "v1", Session: "s1", Channel: "web",
	}, clicks[0])

	require.NoError(t, b.Clicked(ctx, ann, res.Hits[0].Click))
	require.NotEqual(t, clicks[1].ID, b.events.take()[0].ID)
}

// TestPagesAreOneSearch follows links to pages that carry the search's token.
func TestPagesAreOneSearch(t *testing.T) {
	now := t0
	b := newBench(t, many(30), func(o *search.Options) { o.Now = func() time.Time { return now } })
	ctx := analytics.NewContext(t.Context(), analytics.Event{Visitor: "v1"})
	ask := func(ctx context.Context, by profile.Actor, q search.Query) search.Results {
		t.Helper()
		res, err := b.Search(ctx, by, q)
		require.NoError(t, err)
		return res
	}
	first := ask(ctx, nobody, search.Query{Text: "lighthouse"})
	token := first.Token
	for _, page := range []int{2, 3, 2, 1} {
		res := ask(ctx, nobody, search.Query{Text: " lighthouse ", Page: page, Token: token})
		require.Equal(t, first.ID, res.ID)
		require.Equal(t, page, res.Page)
		require.NoError(t, b.Clicked(ctx, nobody, res.Hits[0].Click))
		token = res.Token
	}
	all := b.events.take()
	require.Equal(t, []string{"search.performed", "search.clicked", "search.clicked", "search.clicked", "search.clicked"}, names(all))
	for _, e := range all[1:] {
		require.Equal(t, first.ID, e.Search)
	}

	stranger := analytics.NewContext(t.Context(), analytics.Event{Visitor: "v2"})
	for name, res := range map[string]search.Results{
		"other text":     ask(ctx, nobody, search.Query{Text: "sea", Token: token}),
		"other filter":   ask(ctx, nobody, search.Query{Text: "lighthouse", Token: token, Filters: map[string][]string{"kind": {"how-to"}}}),
		"other sort":     ask(ctx, nobody, search.Query{Text: "lighthouse", Token: token, Sort: search.SortUpdated}),
		"other person":   ask(ctx, ann, search.Query{Text: "lighthouse", Token: token}),
		"other visitor":  ask(stranger, nobody, search.Query{Text: "lighthouse", Token: token}),
		"other token":    ask(ctx, nobody, search.Query{Text: "lighthouse", Token: first.Next}),
		"made up":        ask(ctx, nobody, search.Query{Text: "lighthouse", Token: first.ID}),
		"much too long":  ask(ctx, nobody, search.Query{Text: "lighthouse", Token: strings.Repeat("A", 10_000)}),
		"token of click": ask(ctx, nobody, search.Query{Text: "lighthouse", Token: first.Hits[0].Click}),
	} {
		require.NotEqual(t, first.ID, res.ID, name)
		require.Equal(t, 1, res.Page, name)
		require.NotEmpty(t, res.Token, name)
	}
	require.Len(t, b.events.take(), 9, "each is a search of its own")
	now = now.Add(25 * time.Hour)
	require.NotEqual(t, first.ID, ask(ctx, nobody, search.Query{Text: "lighthouse", Page: 2, Token: token}).ID, "from a bookmark")
}

func TestOneEventForEachIntent(t *testing.T) {
	b := newBench(t, many(30))
	first, err := b.Search(t.Context(), nobody, search.Query{Text: "lighthouse"})
	require.NoError(t, err)
	for _, q := range []search.Query{
		{Text: "lighthouse", After: first.Next}, {Text: "lighthouse", Page: 2}, {Text: "lighthouse", After: first.Next, Page: 1}, {},
		{Filters: map[string][]string{"kind": {"faq"}}},
	} {
		_, err := b.Search(t.Context(), nobody, q)
		require.NoError(t, err)
	}
	all := b.events.take()
	require.Len(t, all, 1)
	require.Equal(t, first.ID, all[0].ID)
}

// other returns a letter that is not the one given.
func other(letter string) string {
	if letter == "A" {
		return "B"
	}
	return "A"
}

func TestForgedClicks(t *testing.T) {
	b := newBench(t, helpCentre())
	res, err := b.Search(t.Context(), nobody, search.Query{Text: "hub", Limit: 1})
	require.NoError(t, err)
	b.events.take()
	good := res.Hits[0].Click
	stranger := search.NewEngine(memsearch.New(), nil)
	for _, token := range []string{"", "x", good[1:], good + "A", other(good[:1]) + good[1:], res.Next, strings.ToUpper(good), strings.Repeat("A", 10_000)} {
		require.ErrorIs(t, b.Clicked(t.Context(), nobody, token), search.ErrInvalid, "%.30q", token)
	}
	require.ErrorIs(t, stranger.Clicked(t.Context(), nobody, good), search.ErrInvalid)
	require.Empty(t, b.events.take())

	sibling := search.NewEngine(memsearch.New(), &search.Options{Secret: secret})
	require.NoError(t, sibling.Clicked(t.Context(), nobody, good), "another instance with the same secret")
}

func TestPersonalDataIsMasked(t *testing.T) {
	b := newBench(t, helpCentre())
	for text, want := range map[string]string{
		"reset ann@example.com please":     "reset [email] please",
		"Ann.Smith+tag@mail.example.co.uk": "[email]",
		"card 4111 1111 1111 1111 refused": "card [card] refused",
		"4111-1111-1111-1111":              "[card]",
		"4111111111111111":                 "[card]",
		"1234 5678 9012 3456":              "1234 5678 9012 3456",
		"378282246310005":                  "[card]",
		"serial 4006381333931 broken":      "serial 4006381333931 broken",
		"error 0x80070057 -36":             "error 0x80070057 -36",
		"firmware 2.10.4":                  "firmware 2.10.4",
		"call +49 30 1234567":              "call +49 30 1234567",
		"@home and price @ 5":              "@home and price @ 5",
		"２３４５６７＠example.com ａｎｎ＠example.com": "[email] [email]",
	} {
		_, err := b.Search(t.Context(), nobody, search.Query{Text: text})
		require.NoError(t, err)
		require.Equal(t, want, b.events.take()[0].Text)
	}
	_, err := b.Search(t.Context(), nobody, search.Query{Text: "hub", Filters: map[string][]string{"product": {"ann@example.com"}}})
	require.NoError(t, err)
	require.Equal(t, map[string]string{"filter.product": "[email]", "role": "visitor"}, b.events.take()[0].Props)
}

func TestIDsSortByTime(t *testing.T) {
	now := t0
	b := newBench(t, helpCentre(), func(o *search.Options) { o.Now = func() time.Time { return now } })
	previous := ""
	for range 10 {
		res, err := b.Search(t.Context(), nobody, search.Query{Text: "hub"})
		require.NoError(t, err)
		require.Greater(t, res.ID, previous)
		previous, now = res.ID, now.Add(time.Millisecond)
	}
}

// TestFollowedElsewhere: whoever follows a hit that is read elsewhere is led there
// as long as they may see it, and the click counts.
func TestFollowedElsewhere(t *testing.T) {
	b := newBench(t, helpCentre())
	far := article("far", "Lighthouse keepers", "elsewhere")
	far.Path = "https://docs.example.com:8443/keepers?x=1"
	require.Equal(t, "docs.example.com:8443", far.Elsewhere())
	for _, path := range []string{"/en/articles/a", "//evil.example/", "javascript:alert(1)", ""} {
		far := far
		far.Path = path
		require.Empty(t, far.Elsewhere(), path)
	}
	b.source.Put(far)
	require.NoError(t, b.Refresh(t.Context()))
	res, err := b.Search(t.Context(), nobody, search.Query{Text: "keepers", Locale: "en"})
	require.NoError(t, err)
	require.Len(t, res.Hits, 1)
	b.events.take()
	d, err := b.Followed(t.Context(), nobody, res.Hits[0].Click, "en")
	require.NoError(t, err)
	require.Equal(t, far.Path, d.Path)
	all := b.events.take()
	require.Equal(t, []string{"search.clicked"}, names(all))
	require.Equal(t, far.Group, all[0].Subject)

	far.Audience = profile.NewAudience("staff")
	b.source.Put(far)
	require.NoError(t, b.Refresh(t.Context()))
	_, err = b.Followed(t.Context(), nobody, res.Hits[0].Click, "en")
	require.ErrorIs(t, err, search.ErrNotFound)
	_, err = b.Followed(t.Context(), nobody, "made-up", "en")
	require.ErrorIs(t, err, search.ErrInvalid)
	require.Empty(t, b.events.take())
}

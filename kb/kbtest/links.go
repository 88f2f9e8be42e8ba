package kbtest

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb"
)

var linkContract = []promise{
	{"Links", "Revision returns the links it was given, whether there are none or nobody has looked", checkLinks},
	{"LinksTo", "LinksTo returns what leads somewhere in a revision that is the newest or that readers are shown, by pages, and nothing of the bin", checkLinksTo},
	{"SaveLinks", "Unlinked returns revisions of whose links nobody knows, until SaveLinks has noted them; known ones stay", checkSaveLinks},
	{"LinksBad", "text, tokens and contexts that are bad keep links out, and nothing is found by such text", checkLinksBad},
	{"LinksPurged", "what leads somewhere is gone with its article", checkLinksPurged},
}

func link(kind kb.LinkKind, to, anchor string) kb.Link {
	return kb.Link{Kind: kind, To: to, Anchor: anchor}
}

// leading returns a revision that leads to articles.
func leading(a kb.Article, locale string, number int, to ...string) kb.Revision {
	r := revision(a, locale, number)
	r.Links = []kb.Link{}
	for _, id := range to {
		r.Links = append(r.Links, kb.Link{Kind: kb.LinkArticle, To: id, Anchor: "leds"})
	}
	return r
}

func linksTo(t testing.TB, s kb.Store, id string) []kb.LinkUse {
	t.Helper()
	page, next, err := s.LinksTo(t.Context(), kb.LinkQuery{Kind: kb.LinkArticle, To: id})
	require.NoError(t, err)
	require.Empty(t, next)
	return page
}

func checkLinks(t testing.TB, s kb.Store) {
	a := article("a")
	full := revision(a, "en", 1)
	full.Links = []kb.Link{link(kb.LinkAddress, "https://example.com/?q='؟", ""), link(kb.LinkArticle, "x", ""), link(kb.LinkArticle, "x", "leds"), link(kb.LinkBlock, "b", "")}
	require.NoError(t, s.SaveArticle(t.Context(), a, full, leading(a, "de", 1)))
	got, err := s.Revision(t.Context(), "a", "en", 1)
	require.NoError(t, err)
	require.Equal(t, full, got)
	got.Links[0].To = "changed"
	got, err = s.Revision(t.Context(), "a", "en", 1)
	require.NoError(t, err)
	require.Equal(t, full, got)
	none, err := s.Revision(t.Context(), "a", "de", 1)
	require.NoError(t, err)
	require.NotNil(t, none.Links)
	require.Empty(t, none.Links)
	list, err := s.Revisions(t.Context(), "a", "en", 0, 5)
	require.NoError(t, err)
	require.Equal(t, full.Links, list[0].Links)
	require.Equal(t, []kb.LinkUse{{Article: "a", Locale: "en", Live: true}}, linksTo(t, s, "x"))
	require.Empty(t, linksTo(t, s, "b"), "it is no article")
}

func checkLinksTo(t testing.TB, s kb.Store) {
	for _, id := range []string{"a", "b", "c"} {
		a := article(id)
		require.NoError(t, s.SaveArticle(t.Context(), a, leading(a, "de", 1, "x"), leading(a, "en", 1, "x", "y")))
	}
	use := func(article, locale string) kb.LinkUse {
		return kb.LinkUse{Article: article, Locale: locale, Live: locale == "en"}
	}
	want := []kb.LinkUse{use("a", "de"), use("a", "en"), use("b", "de"), use("b", "en"), use("c", "de"), use("c", "en")}
	require.Equal(t, want, linksTo(t, s, "x"))
	for limit := 1; limit < 5; limit++ {
		var all []kb.LinkUse
		for q := (kb.LinkQuery{Kind: kb.LinkArticle, To: "x", Limit: limit}); ; {
			page, next, err := s.LinksTo(t.Context(), q)
			require.NoError(t, err)
			require.LessOrEqual(t, len(page), limit)
			if all = append(all, page...); next == "" {
				break
			}
			q.After = next
		}
		require.Equal(t, want, all)
	}
	next := article("a", func(a *kb.Article) { a.Version, a.Translations[1].Head = 2, 2 })
	require.NoError(t, s.SaveArticle(t.Context(), next, leading(next, "en", 2, "z")))
	require.Equal(t, use("a", "en"), linksTo(t, s, "y")[0], "readers are shown the first")
	require.Equal(t, []kb.LinkUse{{Article: "a", Locale: "en"}}, linksTo(t, s, "z"))
	third := article("a", func(a *kb.Article) { a.Version, a.Translations[1].Head, a.Translations[1].Live = 3, 3, 3 })
	require.NoError(t, s.SaveArticle(t.Context(), third, leading(third, "en", 3)))
	require.Equal(t, []kb.LinkUse{use("b", "en"), use("c", "en")}, linksTo(t, s, "y"))
	require.Empty(t, linksTo(t, s, "z"), "neither the newest nor shown")
	gone := article("b", func(a *kb.Article) { a.Version, a.DeletedAt = 2, t0 })
	require.NoError(t, s.SaveArticle(t.Context(), gone))
	require.Equal(t, []kb.LinkUse{use("c", "en")}, linksTo(t, s, "y"), "in the bin")
	require.Empty(t, linksTo(t, s, "nope"))
}

func checkSaveLinks(t testing.TB, s kb.Store) {
	a := article("a")
	old := revision(a, "en", 1)
	require.NoError(t, s.SaveArticle(t.Context(), a, leading(a, "de", 1, "x"), old))
	unlinked := func() []kb.Revision {
		list, err := s.Unlinked(t.Context(), 10)
		require.NoError(t, err)
		return list
	}
	require.Equal(t, []kb.Revision{old}, unlinked())
	none, err := s.Unlinked(t.Context(), 0)
	require.NoError(t, err)
	require.Empty(t, none)
	require.ErrorIs(t, s.SaveLinks(t.Context(), "a", "en", 9, nil), kb.ErrNotFound)
	require.ErrorIs(t, s.SaveLinks(t.Context(), "nope", "en", 1, nil), kb.ErrNotFound)
	y := []kb.Link{{Kind: kb.LinkArticle, To: "y"}}
	require.NoError(t, s.SaveLinks(t.Context(), "a", "en", 1, y))
	require.Empty(t, unlinked())
	require.Equal(t, []kb.LinkUse{{Article: "a", Locale: "en", Live: true}}, linksTo(t, s, "y"))
	require.NoError(t, s.SaveLinks(t.Context(), "a", "de", 1, y), "they are known")
	require.NoError(t, s.SaveLinks(t.Context(), "a", "en", 1, nil), "they are known")
	require.Len(t, linksTo(t, s, "y"), 1)
	got, err := s.Revision(t.Context(), "a", "en", 1)
	require.NoError(t, err)
	require.Equal(t, y, got.Links)
	b := article("b")
	save(t, s, b)
	require.Len(t, unlinked(), 2)
	for _, locale := range []string{"de", "en"} {
		require.NoError(t, s.SaveLinks(t.Context(), "b", locale, 1, nil))
	}
	require.Empty(t, unlinked(), "it is known that there are none")
}

func checkLinksBad(t testing.TB, s kb.Store) {
	save(t, s, article("a"))
	b := article("b")
	for _, bad := range []string{"a\x00b", "a\xffb"} {
		for _, l := range []kb.Link{link(kb.LinkKind(bad), "x", ""), link(kb.LinkArticle, bad, ""), link(kb.LinkArticle, "x", bad)} {
			r := revision(b, "en", 1)
			r.Links = []kb.Link{l}
			require.ErrorIs(t, s.SaveArticle(t.Context(), b, r), kb.ErrInvalid)
			require.ErrorIs(t, s.SaveLinks(t.Context(), "a", "en", 1, r.Links), kb.ErrInvalid)
		}
		require.ErrorIs(t, s.SaveLinks(t.Context(), bad, "en", 1, nil), kb.ErrNotFound)
		require.Empty(t, linksTo(t, s, bad))
	}
	_, _, err := s.LinksTo(t.Context(), kb.LinkQuery{Kind: kb.LinkArticle, To: "x", After: "odd"})
	require.ErrorIs(t, err, kb.ErrInvalid)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, _, err = s.LinksTo(ctx, kb.LinkQuery{Kind: kb.LinkArticle, To: "x"})
	require.ErrorIs(t, err, context.Canceled)
	_, err = s.Unlinked(ctx, 1)
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorIs(t, s.SaveLinks(ctx, "a", "en", 1, nil), context.Canceled)
	list, err := s.Unlinked(t.Context(), 10)
	require.NoError(t, err)
	require.Len(t, list, 2, "nothing was noted")
}

func checkLinksPurged(t testing.TB, s kb.Store) {
	a := article("a", func(a *kb.Article) { a.DeletedAt = t0 })
	require.NoError(t, s.SaveArticle(t.Context(), a, leading(a, "de", 1, "x"), leading(a, "en", 1, "x")))
	purged, err := s.PurgeArticle(t.Context(), "a", 1, nil)
	require.NoError(t, err)
	require.True(t, purged)
	again := article("a")
	require.NoError(t, s.SaveArticle(t.Context(), again, leading(again, "de", 1), leading(again, "en", 1)))
	require.Empty(t, linksTo(t, s, "x"))
}

package kbtest

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb"
)

var targetContract = []promise{
	{"Related", "LinksTo finds what names an article to be read next, and what leads to any slug that it has or had", checkRelated},
	{"DueLinks", "where links lead is due once, the longest due first, until somebody has looked", checkDueLinks},
	{"LinksAsked", "what leads to an article, a block or a medium is due again when that changes", checkLinksAsked},
	{"SaveLinkTarget", "SaveLinkTarget keeps what is known, only if its version follows", checkSaveLinkTarget},
	{"LinkFaults", "LinkFaults returns what leads nowhere, of texts that are newest or shown, by pages and by state, and nothing of the bin", checkLinkFaults},
	{"LinkFaultsBad", "text, tokens, times and contexts that are bad are refused, and nothing is found by such text", checkLinkFaultsBad},
}

func allKinds() []kb.LinkKind {
	return []kb.LinkKind{kb.LinkArticle, kb.LinkPath, kb.LinkRelated, kb.LinkPlace, kb.LinkMedia, kb.LinkBlock, kb.LinkAddress}
}

// withLinks returns a revision that leads somewhere.
func withLinks(a kb.Article, locale string, number int, links ...kb.Link) kb.Revision {
	r := revision(a, locale, number)
	r.Links = append([]kb.Link{}, links...)
	return r
}

// alone returns an article that names no other.
func alone(id string, change ...func(*kb.Article)) kb.Article {
	return article(id, append([]func(*kb.Article){func(a *kb.Article) { a.Related = nil }}, change...)...)
}

func due(t testing.TB, s kb.Store, kinds ...kb.LinkKind) []kb.LinkTarget {
	t.Helper()
	if kinds == nil {
		kinds = allKinds()
	}
	list, err := s.DueLinks(t.Context(), kinds, t0, 100)
	require.NoError(t, err)
	return list
}

func dueLinks(t testing.TB, s kb.Store) []kb.Link {
	t.Helper()
	out := []kb.Link{}
	for _, l := range due(t, s) {
		out = append(out, l.Link)
	}
	return out
}

// judge notes of all that is due what state says.
func judge(t testing.TB, s kb.Store, state func(kb.LinkTarget) kb.LinkState) {
	t.Helper()
	for _, l := range due(t, s) {
		l.State, l.CheckedAt, l.DueAt, l.Version = state(l), t0, time.Time{}, l.Version+1
		require.NoError(t, s.SaveLinkTarget(t.Context(), l))
	}
	require.Empty(t, due(t, s))
}

func fine(kb.LinkTarget) kb.LinkState { return kb.LinkOK }

func faults(t testing.TB, s kb.Store, q kb.FaultQuery) []kb.LinkFault {
	t.Helper()
	page, next, err := s.LinkFaults(t.Context(), q)
	require.NoError(t, err)
	require.Empty(t, next)
	return page
}

func checkRelated(t testing.TB, s kb.Store) {
	to := alone("to")
	require.NoError(t, s.SaveArticle(t.Context(), to, withLinks(to, "en", 1), withLinks(to, "de", 1)))
	path := link(kb.LinkPath, "on-to", "")
	a := alone("a")
	require.NoError(t, s.SaveArticle(t.Context(), a, withLinks(a, "en", 1, path), withLinks(a, "de", 1)))
	b := alone("b", func(b *kb.Article) { b.Related = []string{"to", "x"} })
	require.NoError(t, s.SaveArticle(t.Context(), b, withLinks(b, "en", 1), withLinks(b, "de", 1, link(kb.LinkArticle, "to", ""))))
	want := []kb.LinkUse{{Article: "a", Locale: "en", Live: true}, {Article: "b", Live: true}, {Article: "b", Locale: "de"}}
	require.Equal(t, want, linksTo(t, s, "to"))
	moved := alone("to", func(a *kb.Article) { a.Version, a.Translations[1].Slug = 2, "elsewhere" })
	require.NoError(t, s.SaveArticle(t.Context(), moved))
	require.Equal(t, want, linksTo(t, s, "to"), "a slug that was given up")
	b = alone("b", func(b *kb.Article) {
		b.Version, b.Related, b.Translations[1].Status = 2, []string{"x"}, kb.StatusArchived
	})
	require.NoError(t, s.SaveArticle(t.Context(), b))
	require.Equal(t, []kb.LinkUse{want[0], want[2]}, linksTo(t, s, "to"))
	require.Equal(t, []kb.LinkUse{{Article: "b"}}, linksTo(t, s, "x"), "readers are not shown it")
}

func checkDueLinks(t testing.TB, s kb.Store) {
	a := alone("a", func(a *kb.Article) { a.Related = []string{"r"} })
	there, place := link(kb.LinkArticle, "x", ""), link(kb.LinkArticle, "x", "leds")
	require.NoError(t, s.SaveArticle(t.Context(), a, withLinks(a, "de", 1, there, place), withLinks(a, "en", 1, link(kb.LinkAddress, "https://a.example/", ""), there, place)))
	all := due(t, s)
	require.Len(t, all, 5, "a place once for each language, everything else once")
	require.Equal(t, []string{"", "", "de", "en", ""}, []string{all[0].Locale, all[1].Locale, all[2].Locale, all[3].Locale, all[4].Locale})
	require.Equal(t, link(kb.LinkRelated, "r", ""), all[4].Link)
	for _, l := range all {
		require.Equal(t, kb.LinkUnknown, l.State)
		require.Positive(t, l.Version)
	}
	require.Len(t, due(t, s, kb.LinkArticle), 3)
	some, err := s.DueLinks(t.Context(), allKinds(), t0, 2)
	require.NoError(t, err)
	require.Equal(t, all[:2], some)
	later := all[0]
	later.DueAt, later.Version = t0.Add(time.Hour), later.Version+1
	require.NoError(t, s.SaveLinkTarget(t.Context(), later))
	require.Len(t, due(t, s), 4)
	some, err = s.DueLinks(t.Context(), allKinds(), t0.Add(time.Hour), 9)
	require.NoError(t, err)
	require.Equal(t, append(slices.Clone(all[1:]), later), some, "the longest due first")
	judge(t, s, fine)
	b := alone("b")
	require.NoError(t, s.SaveArticle(t.Context(), b, withLinks(b, "de", 1, there), withLinks(b, "en", 1, link(kb.LinkAddress, "https://a.example/", ""))))
	require.Equal(t, []kb.Link{there}, dueLinks(t, s), "the address waits already")
	require.NoError(t, s.SaveArticle(t.Context(), alone("c"), revision(alone("c"), "en", 1)))
	judge(t, s, fine)
	require.NoError(t, s.SaveLinks(t.Context(), "c", "en", 1, []kb.Link{link(kb.LinkMedia, "m", "")}))
	require.Equal(t, []kb.Link{link(kb.LinkMedia, "m", "")}, dueLinks(t, s))
}

func checkLinksAsked(t testing.TB, s kb.Store) {
	to := alone("to")
	including := withLinks(to, "en", 1)
	including.Blocks = []string{"b"}
	require.NoError(t, s.SaveArticle(t.Context(), to, including, withLinks(to, "de", 1)))
	inTo := []kb.Link{link(kb.LinkArticle, "to", ""), link(kb.LinkArticle, "to", "leds"), link(kb.LinkPath, "on-to", ""), link(kb.LinkPlace, "to", "leds"), link(kb.LinkPath, "on-to", "leds")}
	other := []kb.Link{link(kb.LinkArticle, "other", "leds"), link(kb.LinkBlock, "b", ""), link(kb.LinkBlock, "c", ""), link(kb.LinkMedia, "b", ""), link(kb.LinkPath, "on-other", ""), link(kb.LinkPath, "on-other", "leds")}
	a := alone("a", func(a *kb.Article) { a.Related = []string{"other", "to"} })
	require.NoError(t, s.SaveArticle(t.Context(), a, withLinks(a, "en", 1, append(other, inTo...)...), withLinks(a, "de", 1)))
	judge(t, s, fine)
	asks := func(why string, do func() error, want ...kb.Link) {
		t.Helper()
		require.NoError(t, do(), why)
		require.ElementsMatch(t, want, dueLinks(t, s), why)
		judge(t, s, fine)
	}
	asks("an article is saved", func() error {
		return s.SaveArticle(t.Context(), alone("to", func(a *kb.Article) { a.Version, a.Translations[1].Slug = 2, "elsewhere" }))
	}, append(slices.Clone(inTo), link(kb.LinkRelated, "to", ""))...)
	asks("a block is saved", func() error { return saveBlock(t, s, block("b"), "b") },
		link(kb.LinkBlock, "b", ""), inTo[1], inTo[3], inTo[4])
	asks("a medium is put there", func() error { return s.PutMedia(t.Context(), kb.Media{Name: "b", At: t0}) }, link(kb.LinkMedia, "b", ""))
	asks("and removed", func() error { return s.RemoveMedia(t.Context(), "b") }, link(kb.LinkMedia, "b", ""))
	gone := func(a *kb.Article) { a.Version, a.Translations[1].Slug, a.DeletedAt = 3, "elsewhere", t0 }
	asks("an article goes to the bin", func() error { return s.SaveArticle(t.Context(), alone("to", gone)) },
		append(slices.Clone(inTo), link(kb.LinkRelated, "to", ""))...)
	asks("and is purged", func() error { _, err := s.PurgeArticle(t.Context(), "to", 3, nil); return err },
		append(slices.Clone(inTo), link(kb.LinkRelated, "to", ""))...)
}

func checkSaveLinkTarget(t testing.TB, s kb.Store) {
	a := alone("a")
	require.NoError(t, s.SaveArticle(t.Context(), a, withLinks(a, "de", 1), withLinks(a, "en", 1, link(kb.LinkAddress, "https://a.example/?q='؟", ""))))
	known := due(t, s)[0]
	known.State, known.Status, known.Tries, known.CheckedAt, known.DueAt = kb.LinkUnreachable, 404, 3, t0, t0.Add(-time.Hour)
	require.ErrorIs(t, s.SaveLinkTarget(t.Context(), known), kb.ErrConflict, "its version is the stored one")
	known.Version++
	require.NoError(t, s.SaveLinkTarget(t.Context(), known))
	require.Equal(t, []kb.LinkTarget{known}, due(t, s))
	require.ErrorIs(t, s.SaveLinkTarget(t.Context(), known), kb.ErrConflict)
	none := known
	none.Version, none.To = 1, "https://nowhere.example/"
	require.ErrorIs(t, s.SaveLinkTarget(t.Context(), none), kb.ErrNotFound)
	b := alone("b")
	require.NoError(t, s.SaveArticle(t.Context(), b, withLinks(b, "en", 1, link(kb.LinkArticle, "a", ""))))
	stale := due(t, s, kb.LinkArticle)[0]
	a.Version = 2
	require.NoError(t, s.SaveArticle(t.Context(), a))
	stale.State, stale.Version = kb.LinkOK, stale.Version+1
	require.ErrorIs(t, s.SaveLinkTarget(t.Context(), stale), kb.ErrConflict, "the article changed since somebody looked")
}

func checkLinkFaults(t testing.TB, s kb.Store) {
	x, place := link(kb.LinkArticle, "x", ""), link(kb.LinkArticle, "x", "leds")
	for _, id := range []string{"a", "b"} {
		a := alone(id, func(a *kb.Article) { a.Related = []string{"x"} })
		require.NoError(t, s.SaveArticle(t.Context(), a, withLinks(a, "de", 1, x, place), withLinks(a, "en", 1, x, place, link(kb.LinkMedia, "m", ""))))
	}
	require.Empty(t, faults(t, s, kb.FaultQuery{}), "nobody knows yet")
	judge(t, s, func(l kb.LinkTarget) kb.LinkState {
		switch {
		case l.Kind == kb.LinkMedia:
			return kb.LinkOK
		case l.Anchor != "" && l.Locale == "de":
			return kb.LinkNoPlace
		case l.Anchor != "":
			return kb.LinkOK
		}
		return kb.LinkGone
	})
	type found struct {
		Link         kb.Link
		State        kb.LinkState
		Article, Use string
		Live         bool
	}
	list := func(page []kb.LinkFault) (out []found) {
		for _, f := range page {
			out = append(out, found{f.Link, f.State, f.Use.Article, f.Use.Locale, f.Use.Live})
		}
		return out
	}
	related := link(kb.LinkRelated, "x", "")
	want := []found{
		{x, kb.LinkGone, "a", "de", false}, {x, kb.LinkGone, "a", "en", true}, {x, kb.LinkGone, "b", "de", false}, {x, kb.LinkGone, "b", "en", true},
		{place, kb.LinkNoPlace, "a", "de", false}, {place, kb.LinkNoPlace, "b", "de", false},
		{related, kb.LinkGone, "a", "", true}, {related, kb.LinkGone, "b", "", true},
	}
	page := faults(t, s, kb.FaultQuery{})
	require.Equal(t, want, list(page))
	require.Equal(t, t0, page[0].CheckedAt)
	require.Equal(t, want[4:6], list(faults(t, s, kb.FaultQuery{States: []kb.LinkState{kb.LinkNoPlace}})))
	require.Empty(t, faults(t, s, kb.FaultQuery{States: []kb.LinkState{}}))
	require.Equal(t, []found{want[0], want[1], want[4], want[6]}, list(faults(t, s, kb.FaultQuery{Article: "a"})))
	for limit := 1; limit < 8; limit++ {
		var all []found
		for q := (kb.FaultQuery{Limit: limit}); ; {
			page, next, err := s.LinkFaults(t.Context(), q)
			require.NoError(t, err)
			require.LessOrEqual(t, len(page), limit)
			if all = append(all, list(page)...); next == "" {
				break
			}
			q.After = next
		}
		require.Equal(t, want, all)
	}
	next := alone("a", func(a *kb.Article) { a.Version, a.Translations[1].Head, a.Translations[1].Live = 2, 2, 2 })
	require.NoError(t, s.SaveArticle(t.Context(), next, withLinks(next, "en", 2)))
	require.Equal(t, []found{want[0], want[4]}, list(faults(t, s, kb.FaultQuery{Article: "a"})), "neither newest nor shown, and named no more")
	require.NoError(t, s.SaveArticle(t.Context(), alone("b", func(a *kb.Article) { a.Version, a.DeletedAt = 2, t0 })))
	require.Equal(t, []found{want[0], want[4]}, list(faults(t, s, kb.FaultQuery{})), "in the bin")
}

func checkLinkFaultsBad(t testing.TB, s kb.Store) {
	a := alone("a")
	require.NoError(t, s.SaveArticle(t.Context(), a, withLinks(a, "en", 1, link(kb.LinkArticle, "x", ""))))
	known := due(t, s)[0]
	known.Version++
	for _, bad := range []string{"a\x00b", "a\xffb"} {
		odd := known
		odd.State = kb.LinkState(bad)
		require.ErrorIs(t, s.SaveLinkTarget(t.Context(), odd), kb.ErrInvalid)
		odd = known
		odd.To = bad
		require.ErrorIs(t, s.SaveLinkTarget(t.Context(), odd), kb.ErrNotFound)
		require.Empty(t, due(t, s, kb.LinkKind(bad)))
		require.Empty(t, faults(t, s, kb.FaultQuery{Article: bad}))
		require.Empty(t, faults(t, s, kb.FaultQuery{States: []kb.LinkState{kb.LinkState(bad)}}))
	}
	odd := known
	odd.CheckedAt = time.Date(12000, 1, 1, 0, 0, 0, 0, time.UTC)
	require.ErrorIs(t, s.SaveLinkTarget(t.Context(), odd), kb.ErrInvalid)
	_, _, err := s.LinkFaults(t.Context(), kb.FaultQuery{After: "odd"})
	require.ErrorIs(t, err, kb.ErrInvalid)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = s.DueLinks(ctx, allKinds(), t0, 1)
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorIs(t, s.SaveLinkTarget(ctx, known), context.Canceled)
	_, _, err = s.LinkFaults(ctx, kb.FaultQuery{})
	require.ErrorIs(t, err, context.Canceled)
	require.Len(t, due(t, s), 1, "nothing was noted")
}

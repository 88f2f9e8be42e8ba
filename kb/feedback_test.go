package kb_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

func TestRate(t *testing.T) {
	w := newWorld(t)
	w.place("c", "", "public")
	a := w.translate(w.show(draft("hubs", "c", "public")), "de", "Über Hubs")
	f, err := w.Rate(w.ctx(), ann, kb.Opinion{Article: a.ID, Locale: "de", Reason: kb.ReasonOutdated, Comment: " Old. ", Key: "k"})
	require.NoError(t, err)
	require.Equal(t, kb.Feedback{
		ID: f.ID, Article: a.ID, Locale: "de", Revision: 1, Reason: kb.ReasonOutdated, Comment: "Old.", Person: "ann", Input: f.Input, At: start,
		State: kb.FeedbackOpen, UpdatedAt: start, Version: 1,
	}, f)
	f, err = w.Rate(w.ctx(), anyone, kb.Opinion{Article: a.ID, Locale: "fr", Helpful: true})
	require.NoError(t, err)
	require.Equal(t, "en", f.Locale, "the language they were shown")
	for name, o := range map[string]kb.Opinion{
		"reason":  {Reason: "bored"},
		"comment": {Comment: strings.Repeat("x", kb.MaxComment+1)},
	} {
		o.Article = a.ID
		_, err = w.Rate(w.ctx(), ann, o)
		require.Contains(t, fields(t, err), name)
	}
	_, err = w.Rate(w.ctx(), ann, kb.Opinion{Article: a.ID, Helpful: true, Reason: kb.ReasonOther})
	require.Contains(t, fields(t, err), "reason", "who was helped needs no reason")
	_, err = w.Rate(w.ctx(), ann, kb.Opinion{Article: a.ID, Comment: "a\x00b"})
	require.Contains(t, fields(t, err), "comment")
	_, err = w.Rate(w.ctx(), ann, kb.Opinion{Article: a.ID, Key: "ä"})
	require.ErrorIs(t, err, kb.ErrInvalid)
	_, err = w.Rate(w.ctx(), ann, kb.Opinion{Article: "nope"})
	require.ErrorIs(t, err, kb.ErrNotFound)
	ratings, err := w.Ratings(w.ctx(), agent, []string{a.ID, "nope"})
	require.NoError(t, err)
	require.Equal(t, map[string]kb.Rating{a.ID: {Unhelpful: 1}}, ratings, "of whom nothing is known does not count")
}

// TestRatingsAreCountedOnce: the same key counts once for one reader, and never
// stands for another's.
func TestRatingsAreCountedOnce(t *testing.T) {
	w := newWorld(t)
	w.place("c", "", "public")
	a := w.show(draft("hubs", "c", "public"))
	o := kb.Opinion{Article: a.ID, Helpful: true, Key: "1"}
	visitor := func(id string) func() (kb.Feedback, error) {
		ctx := analytics.NewContext(w.ctx(), analytics.Event{Visitor: id})
		return func() (kb.Feedback, error) { return w.Rate(ctx, anyone, o) }
	}
	session := analytics.NewContext(w.ctx(), analytics.Event{Session: "ann"})
	seen := map[string]string{}
	for name, rate := range map[string]func() (kb.Feedback, error){
		"ann":            func() (kb.Feedback, error) { return w.Rate(w.ctx(), ann, o) },
		"partner":        func() (kb.Feedback, error) { return w.Rate(w.ctx(), partner, o) },
		"visitor ann":    visitor("ann"),
		"visitor person": visitor("person:ann"),
		"visitor x":      visitor("x"),
		"session ann":    func() (kb.Feedback, error) { return w.Rate(session, anyone, o) },
	} {
		f, err := rate()
		require.NoError(t, err)
		w.tick()
		again, err := rate()
		require.NoError(t, err)
		require.Equal(t, f, again, name)
		require.Empty(t, seen[f.ID], "%s and %s", name, seen[f.ID])
		seen[f.ID] = name
	}
	o.Comment = "and more"
	_, err := w.Rate(w.ctx(), ann, o)
	require.ErrorIs(t, err, kb.ErrConflict)

	// Of these two, nothing is known: they may be two people.
	first, err := w.Rate(w.ctx(), anyone, o)
	require.NoError(t, err)
	second, err := w.Rate(w.ctx(), anyone, o)
	require.NoError(t, err)
	require.NotEqual(t, first.ID, second.ID)

	ids := map[string]int{}
	for _, e := range w.events.named("article.rated") {
		ids[e.ID]++
	}
	require.Len(t, ids, 8, "a retry is the same event")
}

func TestFeedbackIsForThoseWhoKnowTheArticle(t *testing.T) {
	w := newWorld(t)
	w.place("c", "", "public")
	w.place("secret", "", "account:acme")
	open := w.show(draft("open", "c", "public"))
	hidden := w.show(draft("canary", "secret", "public"))
	archived := w.show(draft("archived", "c", "public"))
	owned := w.arrange(w.show(draft("owned", "secret", "public")), func(m *kb.Meta) { m.Owner = author.ID })
	for i, a := range []kb.Article{open, hidden, archived, owned, hidden, open} {
		w.now = start.Add(-time.Duration(i) * time.Hour)
		_, err := w.Rate(w.ctx(), ann, kb.Opinion{Article: a.ID, Comment: fmt.Sprint(i)})
		require.NoError(t, err)
	}
	_, err := w.Archive(w.ctx(), reviewer, archived.ID, "en", archived.Version)
	require.NoError(t, err)
	for _, tt := range []struct {
		by   profile.Actor
		id   string
		want string
	}{
		{reviewer, "", "0 1 2 3 4 5"},
		{author, "", "0 2 3 5"},
		{other, "", "0 2 5"},
		{agent, "", "0 5"},
		{agent, open.ID, "0 5"},
		{agent, hidden.ID, ""},
		{agent, archived.ID, ""},
		{author, owned.ID, "3"},
		{agent, "nope", ""},
	} {
		for _, limit := range []int{1, 2, 0, 500} {
			var got []string
			after, pages := "", 0
			for {
				page, next, err := w.Feedback(w.ctx(), tt.by, tt.id, after, limit)
				require.NoError(t, err)
				for _, f := range page {
					got = append(got, f.Comment)
				}
				require.True(t, len(page) > 0 || next == "", "an empty page is the last")
				if after, pages = next, pages+1; next == "" {
					break
				}
			}
			require.Equal(t, tt.want, strings.Join(got, " "), "%s %q by %d", tt.by.ID, tt.id, limit)
		}
	}
	for _, by := range []profile.Actor{anyone, ann, partner, translator} {
		_, _, err := w.Feedback(w.ctx(), by, "", "", 0)
		require.ErrorIs(t, err, kb.ErrForbidden)
		_, err = w.Ratings(w.ctx(), by, nil)
		require.ErrorIs(t, err, kb.ErrForbidden)
	}
	_, next, err := w.Feedback(w.ctx(), reviewer, "", "", 1)
	require.NoError(t, err)
	_, _, err = w.Feedback(w.ctx(), reviewer, open.ID, next, 1)
	require.ErrorIs(t, err, kb.ErrInvalid, "a token of another list")
	ratings, err := w.Ratings(w.ctx(), agent, []string{open.ID, hidden.ID})
	require.NoError(t, err)
	require.Equal(t, map[string]kb.Rating{open.ID: {Unhelpful: 1}}, ratings, "it was one reader")
}

// TestVotesAreOneForEachReader: nobody makes an article better or worse by
// saying the same again.
func TestVotesAreOneForEachReader(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.place("c", "", "public")
		a := w.show(draft("hubs", "c", "public"))
		visit := analytics.NewContext(w.ctx(), analytics.Event{Visitor: "v"})
		for i := range 5 {
			w.tick()
			o := kb.Opinion{Article: a.ID, Helpful: i%2 == 1, Key: fmt.Sprint(i), Comment: fmt.Sprint(i)}
			_, err := w.Rate(w.ctx(), ann, o)
			require.NoError(t, err)
			o.Helpful = !o.Helpful
			_, err = w.Rate(visit, anyone, o)
			require.NoError(t, err)
			_, err = w.Rate(w.ctx(), anyone, o)
			require.NoError(t, err)
		}
		ratings, err := w.Ratings(w.ctx(), agent, []string{a.ID})
		require.NoError(t, err)
		require.Equal(t, map[string]kb.Rating{a.ID: {Helpful: 1, Unhelpful: 1}}, ratings)
		page, _, err := w.Feedback(w.ctx(), agent, a.ID, "", 50)
		require.NoError(t, err)
		require.Len(t, page, 15, "nothing that was said is lost")
	})
}

// TestOpinionsOfStrangersAreBounded: how often an article is rated by readers
// who have not signed in is bounded, whoever they say they are.
func TestOpinionsOfStrangersAreBounded(t *testing.T) {
	w := newWorld(t)
	w.place("c", "", "public")
	a, b := w.show(draft("hubs", "c", "public")), w.show(draft("leds", "c", "public"))
	kept := 0
	for i := range 400 {
		ctx := analytics.NewContext(w.ctx(), analytics.Event{Visitor: fmt.Sprint(i)})
		_, err := w.Rate(ctx, anyone, kb.Opinion{Article: a.ID, Helpful: true, Key: "k"})
		if err != nil {
			require.ErrorIs(t, err, kb.ErrTooMany)
			continue
		}
		kept++
	}
	require.Equal(t, 300, kept)
	_, err := w.Rate(w.ctx(), anyone, kb.Opinion{Article: b.ID, Helpful: true})
	require.NoError(t, err, "others are rated as before")
	_, err = w.Rate(w.ctx(), ann, kb.Opinion{Article: a.ID, Helpful: true})
	require.NoError(t, err, "and by those who signed in")
	w.now = w.now.Add(time.Hour)
	_, err = w.Rate(w.ctx(), anyone, kb.Opinion{Article: a.ID, Helpful: true})
	require.NoError(t, err)
}

package kb_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/kb/memkb"
	"github.com/stoa-go/stoa/profile"
)

// TestBin: what is deleted is gone for readers at once, wherever they look, its
// address is held, and it comes back as it was.
func TestBin(t *testing.T) {
	w := newWorld(t)
	w.place("open", "", "public")
	a := w.translate(w.show(draft("hub", "open", "public")), "de", "Zentrale")
	gate := draft("gate", "open", "public")
	gate.Body = "[the hub](article:" + a.ID + ")"
	b := w.show(gate)
	require.NoError(t, w.SaveRedirects(w.ctx(), admin, kb.Redirect{From: "/old", To: "article/" + a.ID}))
	src := w.Source()
	_, cursor, err := src.Changes(w.ctx(), "", 100)
	require.NoError(t, err)
	w.events.take()
	w.tick()
	gone, err := w.Delete(w.ctx(), reviewer, a.ID, a.Version)
	require.NoError(t, err)
	require.True(t, gone.Binned())
	require.Equal(t, []string{"article.deleted article/" + a.ID + " by rosa"}, w.events.take())
	again, err := w.Delete(w.ctx(), reviewer, a.ID, a.Version)
	require.NoError(t, err)
	require.Equal(t, gone, again, "whoever lost the answer gets it")

	seen := func(by profile.Actor) map[string]bool {
		_, readErr := w.Article(w.ctx(), by, a.ID, "de")
		_, findErr := w.Find(w.ctx(), by, "en", "zentrale")
		_, oldErr := w.Redirect(w.ctx(), by, "/old", "en")
		_, deskErr := w.Manuscript(w.ctx(), by, a.ID)
		list, _, err := w.Articles(w.ctx(), by, kb.Query{Locale: "en"})
		require.NoError(t, err)
		place, err := w.Category(w.ctx(), by, "open", "en")
		require.NoError(t, err)
		return map[string]bool{
			"read": readErr == nil, "find": findErr == nil, "redirect": oldErr == nil, "desk": deskErr == nil,
			"list": len(list) == 2, "count": place.Articles == 2, "link": len(w.reads(by, b.ID).Text.HTML) > len("<p>the hub</p>\n"),
		}
	}
	for name, there := range seen(admin) {
		require.False(t, there, name)
	}
	changes, _, err := src.Changes(w.ctx(), cursor, 100)
	require.NoError(t, err)
	require.Len(t, changes, 1)
	require.Empty(t, changes[0].Documents)
	for _, call := range []func() error{
		func() error {
			_, err := w.Edit(w.ctx(), reviewer, a.ID, "en", gone.Version, kb.Text{Title: "T", Body: "B"})
			return err
		},
		func() error { _, err := w.Publish(w.ctx(), reviewer, a.ID, "en", gone.Version); return err },
		func() error { _, err := w.Rate(w.ctx(), ann, kb.Opinion{Article: a.ID}); return err },
		func() error { _, err := w.Undelete(w.ctx(), agent, a.ID, gone.Version); return err },
	} {
		require.ErrorIs(t, call(), kb.ErrNotFound)
	}
	d := draft("hub", "open", "public")
	d.Slug, d.Key = "about-hub", "other"
	_, err = w.Create(w.ctx(), author, d)
	require.ErrorIs(t, err, kb.ErrInvalid, "its address is nobody else's")
	bin, _, err := w.Manuscripts(w.ctx(), author, kb.ManuscriptQuery{Binned: true})
	require.NoError(t, err)
	require.Len(t, bin, 1)
	_, err = w.Undelete(w.ctx(), author, a.ID, gone.Version)
	require.ErrorIs(t, err, kb.ErrForbidden)
	_, err = w.Undelete(w.ctx(), reviewer, a.ID, gone.Version-1)
	require.ErrorIs(t, err, kb.ErrConflict)

	back, err := w.Undelete(w.ctx(), reviewer, a.ID, gone.Version)
	require.NoError(t, err)
	require.Equal(t, a.Translations, back.Translations)
	require.Equal(t, a.ShownAt, back.ShownAt, "readers are not told that it is new")
	for name, there := range seen(admin) {
		if name == "link" || name == "desk" || name == "read" {
			require.True(t, there, name)
		}
	}
	again, err = w.Undelete(w.ctx(), reviewer, a.ID, gone.Version)
	require.NoError(t, err)
	require.Equal(t, back, again)
}

// TestBinOfAuthors: authors delete what is theirs and no reader ever saw.
func TestBinOfAuthors(t *testing.T) {
	w := newWorld(t)
	w.place("open", "", "public")
	d := draft("own", "open", "public")
	own, err := w.Create(w.ctx(), author, d)
	require.NoError(t, err)
	_, err = w.Delete(w.ctx(), other, own.ID, own.Version)
	require.ErrorIs(t, err, kb.ErrForbidden)
	gone, err := w.Delete(w.ctx(), author, own.ID, own.Version)
	require.NoError(t, err)
	require.ErrorIs(t, w.Purge(w.ctx(), author, own.ID, gone.Version), kb.ErrForbidden)
	back, err := w.Undelete(w.ctx(), author, own.ID, gone.Version)
	require.NoError(t, err)
	shown := w.publish(back, "en")
	_, err = w.Delete(w.ctx(), author, own.ID, shown.Version)
	require.ErrorIs(t, err, kb.ErrForbidden)
}

// TestPurge: what has been in the bin long enough is removed for good, unless
// somebody who has a part in it is held; plans that were missed are cancelled.
func TestPurge(t *testing.T) {
	w := &world{t: t, store: memkb.New(), events: &recorder{}, now: start}
	opts, held := w.options(), []string{}
	opts.BinFor = 48 * time.Hour
	opts.Held = func(context.Context) ([]string, error) { return held, nil }
	w.Library = kb.NewLibrary(w.store, opts)
	w.place("open", "", "public")
	bin := func(topic string) kb.Article {
		a, err := w.Delete(w.ctx(), reviewer, w.show(draft(topic, "open", "public")).ID, 2)
		require.NoError(t, err)
		return a
	}
	first := bin("first")
	w.now = w.now.Add(47 * time.Hour)
	second := bin("second")
	due := w.show(draft("due", "open", "public"))
	p, err := w.Plan(w.ctx(), reviewer, due.ID, "en", kb.PlanRequest{Do: kb.DeedArchive, At: w.now.Add(time.Hour)})
	require.NoError(t, err)
	third, err := w.Delete(w.ctx(), reviewer, due.ID, due.Version)
	require.NoError(t, err)
	require.NoError(t, w.DoDue(w.ctx()))
	w.now = w.now.Add(time.Hour + time.Second)
	held = []string{reviewer.ID}
	require.NoError(t, w.DoDue(w.ctx()))
	_, err = w.store.Article(w.ctx(), first.ID)
	require.NoError(t, err, "its author is held")
	require.ErrorIs(t, w.Purge(w.ctx(), reviewer, second.ID, second.Version), kb.ErrConflict)
	held = nil
	require.NoError(t, w.DoDue(w.ctx()))
	_, err = w.store.Article(w.ctx(), first.ID)
	require.ErrorIs(t, err, kb.ErrNotFound)
	require.Contains(t, w.events.take(), "article.purged article/"+first.ID+" by ")
	_, err = w.store.Article(w.ctx(), second.ID)
	require.NoError(t, err, "it was deleted later")

	require.ErrorIs(t, w.Purge(w.ctx(), reviewer, second.ID, second.Version-1), kb.ErrConflict)
	require.NoError(t, w.Purge(w.ctx(), reviewer, second.ID, second.Version))
	require.ErrorIs(t, w.Purge(w.ctx(), reviewer, second.ID, second.Version), kb.ErrNotFound)

	back, err := w.Undelete(w.ctx(), reviewer, due.ID, third.Version)
	require.NoError(t, err)
	require.Equal(t, []string{"en"}, back.Live(), "its plan was missed, and is not made up for")
	require.NoError(t, w.DoDue(w.ctx()))
	w.reads(anyone, due.ID)
	missed, err := w.store.Plan(w.ctx(), p.ID)
	require.NoError(t, err)
	require.Equal(t, kb.PlanCancelled, missed.State)
	require.ErrorIs(t, w.Purge(w.ctx(), reviewer, due.ID, back.Version), kb.ErrNotFound, "it is not in the bin")
}

// TestPurgedComesAgain: what was removed for good can be imported again, with
// other texts, and nothing old is shown.
func TestPurgedComesAgain(t *testing.T) {
	w := newWorld(t)
	bring := func(body string) kb.ImportReport {
		return w.importing(kb.Bundle{
			Name:       "b",
			Categories: []kb.CategoryItem{{External: "c", Labels: map[string]kb.Label{"en": {Title: "C"}}}},
			Items:      []kb.Item{{File: "a.md", External: "a", Category: "c", Locale: "en", Title: "A", Body: body}},
		})
	}
	require.Equal(t, 1, bring("Old words.").Created)
	list, _, err := w.Articles(w.ctx(), anyone, kb.Query{})
	require.NoError(t, err)
	id := list[0].Article
	require.Contains(t, w.reads(anyone, id).Text.HTML, "Old words.")
	a, err := w.Manuscript(w.ctx(), admin, id)
	require.NoError(t, err)
	gone, err := w.Delete(w.ctx(), admin, id, a.Version)
	require.NoError(t, err)
	report := bring("New words.")
	require.Len(t, report.Problems, 1, "it stays in the bin")
	require.Equal(t, "error.bin.import", report.Problems[0].Says.Key)
	require.NoError(t, w.Purge(w.ctx(), admin, id, gone.Version))
	require.Equal(t, 1, bring("New words.").Created)
	require.Contains(t, w.reads(anyone, id).Text.HTML, "New words.")
}

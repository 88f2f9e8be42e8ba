package kb_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

// TestDraftsHaveNoAddress: a slug that readers were never shown leads nowhere,
// whatever else of its article they may read.
func TestDraftsHaveNoAddress(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.place("c", "", "public")
		a := w.show(draft("hubs", "c", "public"))
		find := func(slug string) (kb.Found, string) {
			f, err := w.Find(w.ctx(), anyone, "en", slug)
			if err != nil {
				require.ErrorIs(t, err, kb.ErrNotFound)
				return f, strings.ReplaceAll(err.Error(), slug, "SLUG")
			}
			return f, ""
		}
		_, nothing := find("never-written")
		require.NotEmpty(t, nothing)
		a, err := w.Edit(w.ctx(), reviewer, a.ID, "de", a.Version, kb.Text{Title: "Geheimer Plan", Body: "x"})
		require.NoError(t, err)
		_, drafted := find("geheimer-plan")
		require.Equal(t, nothing, drafted, "a translation not shown yet")
		a, err = w.Edit(w.ctx(), reviewer, a.ID, "de", a.Version, kb.Text{Title: "Plan", Slug: "plan", Body: "x"})
		require.NoError(t, err)
		for _, slug := range []string{"geheimer-plan", "plan"} {
			_, drafted = find(slug)
			require.Equal(t, nothing, drafted, slug)
		}
		a = w.publish(a, "de")
		f, _ := find("plan")
		require.Equal(t, []any{"about-hubs", true}, []any{f.Slug, f.Moved})
		_, drafted = find("geheimer-plan")
		require.Equal(t, nothing, drafted, "it was given up before readers saw it")
		_, err = w.Archive(w.ctx(), reviewer, a.ID, "de", a.Version)
		require.NoError(t, err)
		f, _ = find("plan")
		require.Equal(t, "about-hubs", f.Slug, "an address that readers had goes on working")

		d := draft("other", "c", "public")
		d.Slug = "geheimer-plan"
		_, err = w.Create(w.ctx(), reviewer, d)
		require.Equal(t, map[string]string{"slug": "error.field.taken"}, fields(t, err), "it is taken all the same")
	})
}

// TestErrorsDoNotTell: what is hidden and what is not there are refused in the
// same words, by every store.
func TestErrorsDoNotTell(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.place("c", "", "public")
		d := draft("hidden", "c", "account:acme")
		d.Body = "![x](media:hidden.png)"
		_, err := w.PutMedia(w.ctx(), reviewer, "hidden.png", picture)
		require.NoError(t, err)
		a := w.show(d)
		require.NoError(t, w.SaveRedirects(w.ctx(), admin, kb.Redirect{From: "/hidden", To: "article/" + a.ID}))
		for name, ask := range map[string]func(by profile.Actor, id, word string) error{
			"article": func(by profile.Actor, id, _ string) error { _, err := w.Article(w.ctx(), by, id, "en"); return err },
			"version": func(by profile.Actor, id, _ string) error { _, err := w.Version(w.ctx(), by, id); return err },
			"find":    func(by profile.Actor, _, word string) error { _, err := w.Find(w.ctx(), by, "en", word); return err },
			"redirect": func(by profile.Actor, _, word string) error {
				_, err := w.Redirect(w.ctx(), by, word, "en")
				return err
			},
			"media": func(by profile.Actor, _, word string) error { _, err := w.Media(w.ctx(), by, word+".png"); return err },
		} {
			for _, by := range []profile.Actor{anyone, partner, author} {
				said := func(id, word string) string {
					err := ask(by, id, word)
					require.ErrorIs(t, err, kb.ErrNotFound, name)
					return strings.NewReplacer(id, "ID", word, "WORD").Replace(err.Error())
				}
				slug := "hidden"
				if name == "find" {
					slug = "about-hidden"
				}
				require.Equal(t, said("no-such-id", "nothing"), said(a.ID, slug), "%s by %s", name, by.ID)
			}
		}
	})
}

// TestRedirectsOfDrafts: an old address of a text leads nowhere before readers
// are shown the text.
func TestRedirectsOfDrafts(t *testing.T) {
	w := newWorld(t)
	b := kb.Bundle{Name: "n", Items: []kb.Item{
		{External: "a", Locale: "en", Title: "A", Body: "x", RedirectFrom: []string{"/a"}},
		{External: "a", Locale: "de", Title: "Geheim", Body: "x", Status: kb.StatusDraft, RedirectFrom: []string{"/geheim"}},
	}}
	require.Empty(t, w.importing(b).Problems)
	_, err := w.Redirect(w.ctx(), anyone, "/geheim", "en")
	require.ErrorIs(t, err, kb.ErrNotFound)
	_, err = w.Redirect(w.ctx(), anyone, "/a", "en")
	require.NoError(t, err)
	a := w.publish(w.byTitle("A"), "de")
	ref, err := w.Redirect(w.ctx(), anyone, "/geheim", "en")
	require.NoError(t, err)
	require.Equal(t, "de", ref.Locale)
	_, err = w.Archive(w.ctx(), reviewer, a.ID, "de", a.Version)
	require.NoError(t, err)
	ref, err = w.Redirect(w.ctx(), anyone, "/geheim", "de")
	require.NoError(t, err)
	require.Equal(t, "en", ref.Locale)
}

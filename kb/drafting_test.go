package kb_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

// TestDrafters: who only drafts writes what is theirs, up to a review, and sees
// nothing else at the desk.
func TestDrafters(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.place("c", "", "public")
		theirs, err := w.Create(w.ctx(), author, draft("theirs", "c", "public"))
		require.NoError(t, err)
		shown := w.show(draft("shown", "c", "public"))
		talk := kb.Conversation{Source: kb.Source{Kind: "case", Ref: "C-1"}, Turns: []kb.Turn{{Role: kb.TurnAsker, Text: "It is dark."}}}
		d, err := w.DraftFrom(w.ctx(), agent, talk)
		require.NoError(t, err)
		d.Draft.Title, d.Draft.Category, d.Draft.Audience = "Dark", "c", profile.Public()
		a, err := w.CreateFrom(w.ctx(), agent, d.Draft, d.Source)
		require.NoError(t, err)

		t.Run("see what is theirs", func(t *testing.T) {
			for _, q := range []kb.ManuscriptQuery{{}, {Categories: []string{"c"}}, {IDs: []string{theirs.ID, shown.ID, a.ID}}} {
				page, _, err := w.Manuscripts(w.ctx(), agent, q)
				require.NoError(t, err)
				require.Equal(t, []string{a.ID}, idsOf(page))
			}
			for _, one := range []kb.Article{theirs, shown} {
				_, err := w.Manuscript(w.ctx(), agent, one.ID)
				require.ErrorIs(t, err, kb.ErrNotFound)
				_, err = w.Edit(w.ctx(), agent, one.ID, "en", one.Version, kb.Text{Title: "T", Body: "B"})
				require.ErrorIs(t, err, kb.ErrNotFound)
			}
			_, err = w.Blocks(w.ctx(), agent)
			require.ErrorIs(t, err, kb.ErrForbidden)
		})
		t.Run("write it up to a review", func(t *testing.T) {
			a, err = w.Rework(w.ctx(), agent, a.ID, "en", a.Version, kb.Text{Title: "Dark", Body: "## Symptom\n\nDark.\n\n## Cause\n\nNight.\n\n## Fix\n\nWait."}, kb.Meta{Category: "c", Kind: a.Kind, Audience: profile.Public(), Tags: []string{"night"}})
			require.NoError(t, err)
			require.NoError(t, w.KeepWorking(w.ctx(), agent, kb.Working{Article: a.ID, Locale: "en"}))
			_, err = w.Edit(w.ctx(), agent, a.ID, "de", a.Version, kb.Text{Title: "T", Body: "B"})
			require.ErrorIs(t, err, kb.ErrForbidden, "they translate nothing")
			r, err := w.RequestReview(w.ctx(), agent, a.ID, "en", kb.ReviewRequest{})
			require.NoError(t, err)
			require.Equal(t, kb.ReviewOpen, r.State)
		})
		t.Run("never show it", func(t *testing.T) {
			_, err := w.RequestReview(w.ctx(), agent, a.ID, "en", kb.ReviewRequest{Publish: true})
			require.ErrorIs(t, err, kb.ErrForbidden)
			_, err = w.Publish(w.ctx(), agent, a.ID, "en", a.Version)
			require.ErrorIs(t, err, kb.ErrForbidden)
			_, err = w.Plan(w.ctx(), agent, a.ID, "en", kb.PlanRequest{Do: kb.DeedPublish, At: w.now.Add(time.Hour)})
			require.ErrorIs(t, err, kb.ErrForbidden)
			m := kb.Meta{Category: "c", Kind: a.Kind, Audience: a.Audience, Owner: other.ID}
			_, err = w.Arrange(w.ctx(), agent, a.ID, a.Version, m)
			require.ErrorIs(t, err, kb.ErrForbidden, "nor give it away")
		})
		t.Run("go on with it beside what readers see", func(t *testing.T) {
			a = w.publish(a, "en")
			a, err = w.Edit(w.ctx(), agent, a.ID, "en", a.Version, kb.Text{Title: "Darker", Body: "B"})
			require.NoError(t, err)
			require.Equal(t, "Dark", w.reads(anyone, a.ID).Title)
			_, err = w.Arrange(w.ctx(), agent, a.ID, a.Version, kb.Meta{Category: "c", Kind: a.Kind, Audience: profile.NewAudience("staff")})
			require.ErrorIs(t, err, kb.ErrForbidden)
			_, err = w.Delete(w.ctx(), agent, a.ID, a.Version)
			require.ErrorIs(t, err, kb.ErrForbidden)
		})
		t.Run("leave what is not theirs any more", func(t *testing.T) {
			m := kb.Meta{Category: "c", Kind: a.Kind, Audience: a.Audience, Owner: other.ID}
			_, err := w.Arrange(w.ctx(), reviewer, a.ID, a.Version, m)
			require.NoError(t, err)
			_, err = w.Manuscript(w.ctx(), agent, a.ID)
			require.ErrorIs(t, err, kb.ErrNotFound)
		})
	})
}

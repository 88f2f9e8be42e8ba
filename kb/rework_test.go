package kb_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

func metaOf(a kb.Article) kb.Meta {
	return kb.Meta{
		Category: a.Category, Kind: a.Kind, Audience: a.Audience, Products: a.Products, Tags: a.Tags,
		Related: a.Related, Fields: a.Fields, Order: a.Order, Owner: a.Owner,
	}
}

// TestRework: text and what languages share are saved together, each only if it
// is new, and nothing if either is wrong.
func TestRework(t *testing.T) {
	w := newWorld(t)
	w.place("open", "", "public")
	d := draft("hub", "open", "public")
	d.Owner = author.ID
	a := w.write(d)
	w.events.take()
	text, meta := kb.Text{Title: "Hub", Body: "New."}, metaOf(a)
	meta.Tags = []string{"hub"}

	b, err := w.Rework(w.ctx(), author, a.ID, "en", a.Version, text, meta)
	require.NoError(t, err)
	require.Equal(t, a.Version+1, b.Version)
	require.Equal(t, []string{"hub"}, b.Tags)
	require.Equal(t, 2, b.Translations[0].Head)
	subject := " article/" + a.ID + " by ines"
	require.Equal(t, []string{"article.edited" + subject, "article.arranged" + subject}, w.events.take())

	again, err := w.Rework(w.ctx(), author, a.ID, "en", a.Version, text, meta)
	require.NoError(t, err, "whoever lost the answer gets it")
	require.Equal(t, b, again)
	same, err := w.Rework(w.ctx(), author, a.ID, "en", b.Version, text, meta)
	require.NoError(t, err)
	require.Equal(t, b, same, "what is so already makes no revision")
	require.Empty(t, w.events.take())

	text.Note = "reviewed"
	c, err := w.Rework(w.ctx(), author, a.ID, "en", b.Version, text, meta)
	require.NoError(t, err)
	require.Equal(t, 3, c.Translations[0].Head, "a note is something to keep")
	_, err = w.Rework(w.ctx(), author, a.ID, "en", a.Version, kb.Text{Title: "Hub", Body: "Late."}, meta)
	require.ErrorIs(t, err, kb.ErrConflict)

	text.Title, meta.Category = "", "nowhere"
	_, err = w.Rework(w.ctx(), author, a.ID, "en", c.Version, text, meta)
	var fields errs.Fields
	require.ErrorAs(t, err, &fields)
	require.Contains(t, fields, "title")
	require.Contains(t, fields, "category", "all that is wrong is told at once")
	now, err := w.Manuscript(w.ctx(), author, a.ID)
	require.NoError(t, err)
	require.Equal(t, c, now)
}

// TestReworkRights: what somebody may not change they must leave as it is, and
// may go on with the rest.
func TestReworkRights(t *testing.T) {
	w := newWorld(t)
	w.place("open", "", "public")
	a := w.show(draft("hub", "open", "public"))
	text, meta := kb.Text{Title: "Nabe", Body: "Neu."}, metaOf(a)
	_, err := w.Rework(w.ctx(), translator, a.ID, "en", a.Version, text, meta)
	require.ErrorIs(t, err, kb.ErrForbidden)
	a, err = w.Rework(w.ctx(), translator, a.ID, "de", a.Version, text, meta)
	require.NoError(t, err)
	meta.Tags = []string{"new"}
	for _, by := range []profile.Actor{translator, author} {
		_, err = w.Rework(w.ctx(), by, a.ID, "de", a.Version, text, meta)
		require.ErrorIs(t, err, kb.ErrForbidden, "readers would see it at once")
	}
	_, err = w.Rework(w.ctx(), reviewer, a.ID, "de", a.Version, text, meta)
	require.NoError(t, err)
	_, err = w.Rework(w.ctx(), agent, a.ID, "en", a.Version, text, meta)
	require.ErrorIs(t, err, kb.ErrNotFound)
}

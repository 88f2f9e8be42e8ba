package kb_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb"
)

// TestWorking: what somebody typed is theirs alone, for as long as they may
// change the text.
func TestWorking(t *testing.T) {
	w := newWorld(t)
	w.place("open", "", "public")
	a := w.write(draft("hub", "open", "public"))
	typed := kb.Working{Article: a.ID, Locale: "en", Version: a.Version, Head: 1, Text: kb.Text{Title: "", Body: "half a sen"}}
	require.NoError(t, w.KeepWorking(w.ctx(), author, typed), "it may be wrong in any way")
	got, err := w.Working(w.ctx(), author, a.ID, "en")
	require.NoError(t, err)
	require.Equal(t, author.ID, got.Person)
	require.Equal(t, start, got.At)
	require.Equal(t, "half a sen", got.Text.Body)
	_, err = w.Working(w.ctx(), other, a.ID, "en")
	require.ErrorIs(t, err, kb.ErrNotFound)
	typed.Person = other.ID
	require.NoError(t, w.KeepWorking(w.ctx(), author, typed))
	_, err = w.Working(w.ctx(), other, a.ID, "en")
	require.ErrorIs(t, err, kb.ErrNotFound, "nobody leaves anything with others")

	w.tick()
	require.NoError(t, w.KeepWorking(w.ctx(), author, kb.Working{Locale: "de", Text: kb.Text{Title: "Neu"}}))
	list, err := w.Workings(w.ctx(), author)
	require.NoError(t, err)
	require.Len(t, list, 2)
	require.Equal(t, "Neu", list[0].Text.Title)
	list, err = w.Workings(w.ctx(), ann)
	require.NoError(t, err)
	require.Empty(t, list)

	require.ErrorIs(t, w.KeepWorking(w.ctx(), translator, typed), kb.ErrForbidden)
	require.ErrorIs(t, w.KeepWorking(w.ctx(), agent, typed), kb.ErrNotFound)
	require.ErrorIs(t, w.KeepWorking(w.ctx(), translator, kb.Working{Locale: "en"}), kb.ErrForbidden)
	typed.Text.Body = strings.Repeat("x", kb.MaxBody+1)
	require.ErrorIs(t, w.KeepWorking(w.ctx(), author, typed), kb.ErrInvalid)
	typed.Text = kb.Text{Title: strings.Repeat("x", kb.MaxBody+1)}
	require.ErrorIs(t, w.KeepWorking(w.ctx(), author, typed), kb.ErrInvalid)

	w.arrange(a, func(m *kb.Meta) { m.Audience = nil })
	_, err = w.Working(w.ctx(), author, a.ID, "en")
	require.ErrorIs(t, err, kb.ErrNotFound, "with the article goes what was typed of it")
	list, err = w.Workings(w.ctx(), author)
	require.NoError(t, err)
	require.Len(t, list, 1)
	require.NoError(t, w.DropWorking(w.ctx(), author, "", "de"))
	list, err = w.Workings(w.ctx(), author)
	require.NoError(t, err)
	require.Empty(t, list)
}

// TestHold: whoever changes a text is told who else does, until they leave or
// are not heard of any more.
func TestHold(t *testing.T) {
	w := newWorld(t)
	w.place("open", "", "public")
	a := w.write(draft("hub", "open", "public"))
	others, err := w.Hold(w.ctx(), author, a.ID, "en", time.Minute)
	require.NoError(t, err)
	require.Empty(t, others)
	w.now = w.now.Add(30 * time.Second)
	others, err = w.Hold(w.ctx(), other, a.ID, "en", time.Minute)
	require.NoError(t, err)
	require.Equal(t, []kb.Lock{{Article: a.ID, Locale: "en", Person: author.ID, Since: start, Until: start.Add(time.Minute)}}, others)
	others, err = w.Hold(w.ctx(), translator, a.ID, "de", time.Minute)
	require.NoError(t, err)
	require.Empty(t, others, "another language is another text")
	w.now = w.now.Add(40 * time.Second)
	all, err := w.Holders(w.ctx(), reviewer, a.ID)
	require.NoError(t, err)
	require.Len(t, all, 2, "who was not heard of has left")
	require.NoError(t, w.Release(w.ctx(), other, a.ID, "en"))
	all, err = w.Holders(w.ctx(), reviewer, a.ID)
	require.NoError(t, err)
	require.Len(t, all, 1)
	_, err = w.Hold(w.ctx(), author, a.ID, "en", 100*time.Hour)
	require.NoError(t, err)
	all, err = w.Holders(w.ctx(), reviewer, a.ID)
	require.NoError(t, err)
	require.Equal(t, w.now.Add(kb.MostLease), all[1].Until)

	_, err = w.Hold(w.ctx(), translator, a.ID, "en", time.Minute)
	require.ErrorIs(t, err, kb.ErrForbidden)
	require.ErrorIs(t, w.Release(w.ctx(), agent, a.ID, "en"), kb.ErrNotFound)
	_, err = w.Holders(w.ctx(), ann, a.ID)
	require.ErrorIs(t, err, kb.ErrNotFound)
}

// TestKeeperOfUnsaved: what somebody did not save is theirs to be given and taken
// away.
func TestKeeperOfUnsaved(t *testing.T) {
	w := newWorld(t)
	require.NoError(t, w.KeepWorking(w.ctx(), author, kb.Working{Locale: "en", Text: kb.Text{Title: "Unsaved"}}))
	var found int
	for record, err := range w.Keeper().Export(w.ctx(), author.ID) {
		require.NoError(t, err)
		text, err := json.Marshal(record)
		require.NoError(t, err)
		require.Contains(t, string(text), `"title":"Unsaved"`)
		found++
	}
	require.Equal(t, 1, found)
}

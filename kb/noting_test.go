package kb_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

// noting returns a world whose library knows the people of these tests and keeps
// what they are told.
func noting(t *testing.T, told *[]profile.Occurrence) *world {
	w := newWorld(t)
	o := w.options()
	o.Actor = func(_ context.Context, id string) (profile.Actor, error) {
		for _, p := range []profile.Actor{ann, author, other, translator, reviewer} {
			if p.ID == id {
				return p, nil
			}
		}
		return profile.Actor{}, kb.ErrNotFound
	}
	o.Notify = func(_ context.Context, o profile.Occurrence) error { *told = append(*told, o); return nil }
	w.Library = kb.NewLibrary(w.store, o)
	return w
}

func TestNotes(t *testing.T) {
	var told []profile.Occurrence
	w := noting(t, &told)
	w.place("c", "", "public")
	w.place("secret", "", "account:acme")
	a, closed := w.show(draft("hubs", "c", "public")), w.show(draft("canary", "secret", "public"))
	say := kb.Remark{Article: a.ID, Locale: "en", Text: " Is this\r\nstill so? ", Mentions: []string{"taro", "taro", "ines"}, Key: "k"}
	n, err := w.AddNote(w.ctx(), author, say)
	require.NoError(t, err)
	require.Equal(t, kb.Note{
		ID: n.ID, Article: a.ID, Locale: "en", Revision: 1, Text: "Is this\nstill so?", Mentions: []string{"taro", "ines"}, Author: "ines",
		Input: n.Input, CreatedAt: start, UpdatedAt: start, Version: 1,
	}, n)
	again, err := w.AddNote(w.ctx(), author, say)
	require.NoError(t, err)
	require.Equal(t, n, again)
	require.Len(t, told, 1, "once, and not whoever wrote it")
	require.Equal(t, []string{"taro"}, told[0].To)
	require.Equal(t, kb.NoticeMentioned, told[0].Kind)
	require.True(t, told[0].Private)

	w.tick()
	a = w.edit(a, "another text")
	answer, err := w.AddNote(w.ctx(), translator, kb.Remark{Article: a.ID, Locale: "en", Thread: n.ID, Text: "It is.", Key: "k"})
	require.NoError(t, err)
	require.Equal(t, 2, answer.Revision, "each is about the text of its time")
	list, next, err := w.Notes(w.ctx(), other, a.ID, "", 1)
	require.NoError(t, err)
	require.Equal(t, []kb.Note{answer}, list)
	list, _, err = w.Notes(w.ctx(), other, a.ID, next, 1)
	require.NoError(t, err)
	require.Equal(t, []kb.Note{n}, list)
	mentions, err := w.Mentions(w.ctx(), translator)
	require.NoError(t, err)
	require.Equal(t, []kb.Note{n}, mentions)
	for _, by := range []profile.Actor{anyone, ann, agent} {
		_, _, err = w.Notes(w.ctx(), by, a.ID, "", 0)
		require.ErrorIs(t, err, kb.ErrNotFound)
		_, err = w.AddNote(w.ctx(), by, kb.Remark{Article: a.ID, Text: "x"})
		require.ErrorIs(t, err, kb.ErrNotFound)
		_, err = w.ResolveNote(w.ctx(), by, n.ID, 1, true)
		require.ErrorIs(t, err, kb.ErrNotFound)
	}
	p, err := w.Article(w.ctx(), author, a.ID, "en")
	require.NoError(t, err)
	require.NotContains(t, string(p.Text.HTML), "still so")

	hidden, err := w.AddNote(w.ctx(), reviewer, kb.Remark{Article: closed.ID, Text: "canary"})
	require.NoError(t, err)
	_, err = w.EditNote(w.ctx(), author, hidden.ID, 1, "x", nil)
	require.ErrorIs(t, err, kb.ErrNotFound)
	for field, r := range map[string]kb.Remark{
		"text": {Text: "\n"}, "locale": {Text: "x", Locale: "fr"}, "thread": {Text: "x", Thread: answer.ID}, "mentions": {Text: "x", Mentions: []string{"ann"}},
	} {
		r.Article = a.ID
		_, err = w.AddNote(w.ctx(), author, r)
		require.Contains(t, fields(t, err), field, "%+v", r)
	}
	_, err = w.AddNote(w.ctx(), author, kb.Remark{Article: a.ID, Text: "x", Thread: hidden.ID})
	require.Contains(t, fields(t, err), "thread", "of another article")
	_, err = w.AddNote(w.ctx(), author, kb.Remark{Article: a.ID, Text: strings.Repeat("x", kb.MaxComment+1)})
	require.Contains(t, fields(t, err), "text")
}

func TestNotesAreEditedAndSettled(t *testing.T) {
	var told []profile.Occurrence
	w := noting(t, &told)
	w.place("c", "", "public")
	a := w.show(draft("hubs", "c", "public"))
	n, err := w.AddNote(w.ctx(), author, kb.Remark{Article: a.ID, Text: "one", Mentions: []string{"omar"}})
	require.NoError(t, err)
	w.tick()
	_, err = w.EditNote(w.ctx(), other, n.ID, 1, "mine now", nil)
	require.ErrorIs(t, err, kb.ErrForbidden)
	edited, err := w.EditNote(w.ctx(), author, n.ID, 1, "two", []string{"omar", "taro"})
	require.NoError(t, err)
	require.Equal(t, []any{"two", 2, w.now}, []any{edited.Text, edited.Version, edited.UpdatedAt})
	require.Equal(t, []string{"omar", "taro"}, told[1].To)
	require.Equal(t, told[0].Key, told[1].Key, "one notice for each person")
	same, err := w.EditNote(w.ctx(), author, n.ID, 1, "two", []string{"omar", "taro"})
	require.NoError(t, err)
	require.Equal(t, edited, same, "a retry")
	_, err = w.EditNote(w.ctx(), author, n.ID, 1, "three", nil)
	require.ErrorIs(t, err, kb.ErrConflict)

	settled, err := w.ResolveNote(w.ctx(), other, n.ID, 2, true)
	require.NoError(t, err)
	require.Equal(t, []any{"omar", w.now, true}, []any{settled.ResolvedBy, settled.ResolvedAt, settled.Resolved()})
	_, err = w.ResolveNote(w.ctx(), author, n.ID, 2, true)
	require.NoError(t, err, "it is settled")
	mentions, err := w.Mentions(w.ctx(), translator)
	require.NoError(t, err)
	require.Empty(t, mentions)
	open, err := w.ResolveNote(w.ctx(), author, n.ID, 3, false)
	require.NoError(t, err)
	require.Equal(t, []any{"", false}, []any{open.ResolvedBy, open.Resolved()})
	answer, err := w.AddNote(w.ctx(), other, kb.Remark{Article: a.ID, Thread: n.ID, Text: "yes"})
	require.NoError(t, err)
	_, err = w.ResolveNote(w.ctx(), author, answer.ID, 1, true)
	require.Contains(t, fields(t, err), "thread")

	before := len(told)
	require.NoError(t, w.DoDue(w.ctx()))
	require.Greater(t, len(told), before, "told again, in case nobody was")
}

func TestWhereAnArticleComesFrom(t *testing.T) {
	w := newWorld(t)
	w.place("c", "", "public")
	a, err := w.CreateFrom(w.ctx(), author, draft("hubs", "c", "public"), kb.Source{Kind: "case", Ref: "C-17"})
	require.NoError(t, err)
	again, err := w.CreateFrom(w.ctx(), author, draft("hubs", "c", "public"), kb.Source{Kind: "case", Ref: "C-17"})
	require.NoError(t, err)
	require.Equal(t, a, again)
	n, err := w.SourceOf(w.ctx(), other, a.ID)
	require.NoError(t, err)
	require.Equal(t, []any{kb.Source{Kind: "case", Ref: "C-17"}, "ines", start}, []any{n.Source, n.Author, n.CreatedAt})
	_, err = w.SourceOf(w.ctx(), ann, a.ID)
	require.ErrorIs(t, err, kb.ErrNotFound)
	_, err = w.EditNote(w.ctx(), author, n.ID, 1, "somewhere else", nil)
	require.ErrorIs(t, err, kb.ErrForbidden, "it stays")
	_, err = w.ResolveNote(w.ctx(), author, n.ID, 1, true)
	require.Error(t, err)
	_, err = w.CreateFrom(w.ctx(), author, draft("x", "c", "public"), kb.Source{Kind: "A case"})
	require.Contains(t, fields(t, err), "source")
	list, _, err := w.Notes(w.ctx(), author, a.ID, "", 0)
	require.NoError(t, err)
	require.Len(t, list, 1)

	failing := w.store
	w.store = stumbling{failing}
	lib := kb.NewLibrary(w.store, w.options())
	_, err = lib.CreateFrom(w.ctx(), author, draft("later", "c", "public"), kb.Source{Kind: "case"})
	require.Error(t, err)
	late, err := w.CreateFrom(w.ctx(), author, draft("later", "c", "public"), kb.Source{Kind: "case"})
	require.NoError(t, err, "what was left undone is done by the same again")
	_, err = w.SourceOf(w.ctx(), author, late.ID)
	require.NoError(t, err)
}

// A stumbling store keeps no notes.
type stumbling struct{ kb.Store }

func (stumbling) SaveNote(context.Context, kb.Note) error { return errors.New("down") }

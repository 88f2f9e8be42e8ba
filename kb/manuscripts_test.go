package kb_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

func idsOf(list []kb.Article) []string {
	out := []string{}
	for _, a := range list {
		out = append(out, a.ID)
	}
	return out
}

// TestManuscripts: at the desk everybody sees what they may work on, in whatever
// state it is, and is told no more by filters, counts and tokens.
func TestManuscripts(t *testing.T) {
	w := newWorld(t)
	w.place("open", "", "public")
	w.place("inner", "open", "public")
	w.place("closed", "", "account:acme")
	open, inner := w.write(draft("open", "open", "public")), w.write(draft("inner", "inner", "staff"))
	closed := w.show(draft("closed", "closed", "public"))
	d := draft("own", "closed", "public")
	d.Owner = author.ID
	own := w.write(d)
	for _, tt := range []struct {
		by   profile.Actor
		q    kb.ManuscriptQuery
		want []string
	}{
		{author, kb.ManuscriptQuery{}, []string{open.ID, inner.ID, own.ID}},
		{translator, kb.ManuscriptQuery{}, []string{open.ID, inner.ID}},
		{reviewer, kb.ManuscriptQuery{}, []string{open.ID, inner.ID, closed.ID, own.ID}},
		{author, kb.ManuscriptQuery{Categories: []string{"open"}}, []string{open.ID}},
		{author, kb.ManuscriptQuery{Categories: []string{"open"}, Below: true}, []string{open.ID, inner.ID}},
		{author, kb.ManuscriptQuery{Categories: []string{"closed"}}, []string{own.ID}},
		{other, kb.ManuscriptQuery{Categories: []string{"closed"}}, []string{}},
		{other, kb.ManuscriptQuery{Owner: author.ID}, []string{}},
		{agent, kb.ManuscriptQuery{}, []string{}}, // who drafts sees what is theirs
		{reviewer, kb.ManuscriptQuery{Title: "  ABOUT Cl"}, []string{closed.ID}},
		{reviewer, kb.ManuscriptQuery{Status: kb.StatusPublished}, []string{closed.ID}},
	} {
		page, next, err := w.Manuscripts(w.ctx(), tt.by, tt.q)
		require.NoError(t, err)
		require.Empty(t, next)
		require.ElementsMatch(t, tt.want, idsOf(page), "%s %+v", tt.by.ID, tt.q)
		n, err := w.CountManuscripts(w.ctx(), tt.by, tt.q)
		require.NoError(t, err)
		require.Equal(t, len(tt.want), n)
	}
	for _, by := range []profile.Actor{anyone, ann, partner} {
		_, _, err := w.Manuscripts(w.ctx(), by, kb.ManuscriptQuery{})
		require.ErrorIs(t, err, kb.ErrForbidden)
		_, err = w.CountManuscripts(w.ctx(), by, kb.ManuscriptQuery{})
		require.ErrorIs(t, err, kb.ErrForbidden)
	}
	for _, q := range []kb.ManuscriptQuery{{Order: "random"}, {Status: "lost"}, {After: "forged"}, {Title: string(make([]byte, 201))}} {
		_, _, err := w.Manuscripts(w.ctx(), author, q)
		require.ErrorIs(t, err, kb.ErrInvalid, "%+v", q)
	}
}

// TestManuscriptTokens: a token goes on with the query, and the person, that it
// was made for.
func TestManuscriptTokens(t *testing.T) {
	w := newWorld(t)
	w.place("open", "", "public")
	for _, topic := range []string{"a", "b", "c"} {
		w.tick()
		w.write(draft(topic, "open", "public"))
	}
	q := kb.ManuscriptQuery{Limit: 2}
	page, next, err := w.Manuscripts(w.ctx(), author, q)
	require.NoError(t, err)
	require.Equal(t, "About c", page[0].Translations[0].Title)
	q.After = next
	rest, last, err := w.Manuscripts(w.ctx(), author, q)
	require.NoError(t, err)
	require.Len(t, rest, 1)
	require.Empty(t, last)
	_, _, err = w.Manuscripts(w.ctx(), other, q)
	require.ErrorIs(t, err, kb.ErrInvalid)
	q.Order = kb.ManuscriptsTitle
	_, _, err = w.Manuscripts(w.ctx(), author, q)
	require.ErrorIs(t, err, kb.ErrInvalid)
}

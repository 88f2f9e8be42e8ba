package insight_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/kb/insight"
	"github.com/stoa-go/stoa/profile"
)

// rate has different people rate an article.
func (w *world) rate(a kb.Article, helpful, unhelpful int) {
	w.t.Helper()
	for i := range helpful + unhelpful {
		_, err := w.library.Rate(w.t.Context(), profile.Actor{ID: fmt.Sprint("r", i)}, kb.Opinion{Article: a.ID, Helpful: i < helpful})
		require.NoError(w.t, err)
	}
}

// causes returns the causes of an article's score, in short.
func (w *world) causes(by profile.Actor, a kb.Article) (out []string) {
	w.t.Helper()
	h, err := w.HealthOf(w.t.Context(), by, a.ID)
	require.NoError(w.t, err)
	for _, c := range h.Causes {
		out = append(out, fmt.Sprint(c.Code, " ", c.Locale, " ", c.Points))
	}
	return out
}

func TestHealth(t *testing.T) {
	w := newWorld(t)
	fine, bad, hidden := w.show("Fine", "c"), w.show("Bad", "c"), w.show("Canary", "secret")
	w.rate(bad, 0, 1)
	require.Equal(t, []string{"translation_missing de 3"}, w.causes(author, bad), "one vote says nothing")
	w.rate(bad, 1, 9)
	require.Equal(t, []string{"unhelpful  30", "translation_missing de 3"}, w.causes(author, bad))
	_, err := w.HealthOf(t.Context(), customer, bad.ID)
	require.ErrorIs(t, err, kb.ErrNotFound)

	w.rate(fine, 30, 1)
	w.now = start.AddDate(0, 0, 40)
	for i := range 25 {
		w.journey(w.now.Add(-time.Hour), fmt.Sprint("p", i), "", "q:fine="+fine.ID, "c:"+fine.ID, "v:"+fine.ID)
	}
	w.later(time.Hour)
	require.Contains(t, w.causes(author, fine), "deflecting  0")
	require.Contains(t, w.causes(author, bad), "unread  15")
	list, next, err := w.Worklist(t.Context(), author, insight.WorkList{})
	require.NoError(t, err)
	require.Empty(t, next)
	require.Len(t, list, 3, "hers, whoever may read it")
	require.Equal(t, bad.ID, list[0].Article.ID, "the worst first")
	require.Equal(t, fine.ID, list[2].Article.ID)
	require.Equal(t, 97, list[2].Score)
	for code, want := range map[insight.Code]int{insight.CodeUnhelpful: 1, insight.CodeDeflecting: 1, insight.CodeMissing: 3, insight.CodeLapsed: 0} {
		list, _, err = w.Worklist(t.Context(), author, insight.WorkList{Code: code})
		require.NoError(t, err)
		require.Len(t, list, want, code)
	}
	list, _, err = w.Worklist(t.Context(), author, insight.WorkList{Owner: "omar"})
	require.NoError(t, err)
	require.Empty(t, list)
	list, _, err = w.Worklist(t.Context(), author, insight.WorkList{Kind: kb.KindGuide, Categories: []string{"secret"}, Locale: "de"})
	require.NoError(t, err)
	require.Equal(t, hidden.ID, list[0].Article.ID)

	list, next, err = w.Worklist(t.Context(), translator, insight.WorkList{Limit: 1})
	require.NoError(t, err)
	require.Equal(t, bad.ID, list[0].Article.ID)
	list, next, err = w.Worklist(t.Context(), translator, insight.WorkList{Limit: 1, After: next})
	require.NoError(t, err)
	require.Equal(t, fine.ID, list[0].Article.ID, "what she does not see is passed over")
	require.Empty(t, next)
	_, _, err = w.Worklist(t.Context(), customer, insight.WorkList{})
	require.ErrorIs(t, err, insight.ErrForbidden)
	_, err = w.Overview(t.Context(), author)
	require.ErrorIs(t, err, insight.ErrForbidden)

	_, err = w.library.Edit(t.Context(), admin, bad.ID, "de", bad.Version, kb.Text{Title: "Schlecht", Body: "Text"})
	require.NoError(t, err)
	list, _, err = w.Worklist(t.Context(), author, insight.WorkList{Limit: 1})
	require.NoError(t, err)
	require.Equal(t, w.now, list[0].At, "what changed is looked at again")
	o, err := w.Overview(t.Context(), admin)
	require.NoError(t, err)
	require.Equal(t, []int{3, 1, 3}, []int{o.Articles, o.Codes[insight.CodeUnhelpful], o.Codes[insight.CodeMissing]})
	require.Len(t, o.Days, 29)
	last := o.Days[len(o.Days)-1]
	require.Equal(t, []int{25, 25, 25}, []int{last.Views, last.Searches, last.Clicks})
	require.Equal(t, o.Score, last.Score)
}

// TestUnreadWhereLittleIsRead: with few visits, that an article was not read says
// nothing of it.
func TestUnreadWhereLittleIsRead(t *testing.T) {
	w := newWorld(t)
	read, unread := w.show("Read", "c"), w.show("Unread", "c")
	w.later(time.Hour)
	w.now = start.AddDate(0, 0, 40)
	visit := func(from, to int) {
		for i := from; i < to; i++ {
			w.journey(w.now.Add(-time.Hour), fmt.Sprint("p", i), "", "v:"+read.ID)
		}
		w.later(time.Hour)
	}
	visit(0, 9)
	require.NotContains(t, w.causes(author, unread), "unread  15", "9 visits of 2 articles")
	require.NotContains(t, w.causes(author, read), "unfound  5")
	visit(9, 10)
	require.Contains(t, w.causes(author, unread), "unread  15", "5 of each on average")
	require.Contains(t, w.causes(author, read), "unfound  5")
	list, _, err := w.Worklist(t.Context(), author, insight.WorkList{Code: insight.CodeUnread})
	require.NoError(t, err)
	require.Len(t, list, 1)
	w.now = w.now.AddDate(0, 0, 40)
	w.later(time.Hour)
	require.NotContains(t, w.causes(author, unread), "unread  15", "no visits in the period")
}

func TestHealthOfWhatIsNotRight(t *testing.T) {
	w := newWorld(t)
	a := w.show("Old", "c")
	draft, err := w.library.Create(t.Context(), admin, kb.Draft{Text: kb.Text{Title: "Draft", Body: "x"}, Meta: kb.Meta{Category: "c", Kind: kb.KindGuide, Audience: profile.Public()}})
	require.NoError(t, err)
	w.now = start.AddDate(1, 1, 0)
	require.Contains(t, w.causes(author, a), "stale  15")
	_, err = w.library.Edit(t.Context(), admin, a.ID, "de", a.Version, kb.Text{Title: "Alt", Body: "Text"})
	require.NoError(t, err)
	a, err = w.library.Publish(t.Context(), admin, a.ID, "de", a.Version+1)
	require.NoError(t, err)
	require.NotContains(t, w.causes(author, a), "translation_missing de 3")
	w.now = w.now.Add(time.Hour)
	a, err = w.library.Edit(t.Context(), admin, a.ID, "en", a.Version, kb.Text{Title: "Old", Body: "## Empty\n\n## Other\n\nNew."})
	require.NoError(t, err)
	a, err = w.library.Publish(t.Context(), admin, a.ID, "en", a.Version)
	require.NoError(t, err)
	require.Contains(t, w.causes(author, a), "translation_behind de 8")
	_, err = w.HealthOf(t.Context(), author, draft.ID)
	require.ErrorIs(t, err, insight.ErrNotFound, "readers are not shown it")
}

func TestCandidates(t *testing.T) {
	w := newWorld(t)
	for i, title := range []string{"How do I reset the hub?", "Reset the hub, but how do I?", "how to reset hub", "Invoice is wrong", "Reset the hub, Tom Berg"} {
		w.resolved = append(w.resolved, insight.Resolved{Asker: fmt.Sprint("p", i%4), At: start.Add(time.Duration(i) * time.Minute), Conversation: kb.Conversation{
			Source: kb.Source{Kind: "case", Ref: fmt.Sprint("C-", i)}, Title: title, Locale: "en", People: []string{"Tom Berg"},
			Turns: []kb.Turn{{Role: kb.TurnAsker, Text: "please"}, {Role: kb.TurnHelper, Text: fmt.Sprint("Answer ", i, " to Tom")}},
		}})
	}
	w.later(time.Hour)
	list, _, err := w.Candidates(t.Context(), author, insight.CandidateList{})
	require.NoError(t, err)
	require.Len(t, list, 1)
	c := list[0]
	require.Equal(t, []any{"How do I reset the hub?", "Answer 4 to [name]", 4, 3}, []any{c.Question, c.Answer, c.Times, c.People})
	d, err := w.library.DraftFrom(t.Context(), author, c.Conversation())
	require.NoError(t, err)
	require.Equal(t, []string{"How do I reset the hub?", "Answer 4 to [name]\n"}, []string{d.Draft.Title, d.Draft.Body})
	_, err = w.DecideCandidate(t.Context(), translator, c.ID, insight.CandidateDismissed)
	require.ErrorIs(t, err, insight.ErrForbidden)
	_, err = w.DecideCandidate(t.Context(), author, c.ID, "maybe")
	require.ErrorIs(t, err, insight.ErrInvalid)
	_, err = w.DecideCandidate(t.Context(), author, c.ID, insight.CandidateDismissed)
	require.NoError(t, err)
	w.later(2 * time.Hour)
	list, _, err = w.Candidates(t.Context(), author, insight.CandidateList{})
	require.NoError(t, err)
	require.Empty(t, list)
	list, _, err = w.Candidates(t.Context(), author, insight.CandidateList{State: insight.CandidateDismissed})
	require.NoError(t, err)
	require.Len(t, list, 1)
	w.resolved = nil
	w.later(2 * time.Hour)
	_, err = w.Candidate(t.Context(), author, c.ID)
	require.ErrorIs(t, err, insight.ErrNotFound, "nobody asks any more")
}

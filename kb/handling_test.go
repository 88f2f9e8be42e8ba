package kb_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/kb/memkb"
	"github.com/stoa-go/stoa/profile"
)

// suggestion is something to mend in an article.
func suggestion(a kb.Article) kb.Suggestion {
	return kb.Suggestion{Article: a.ID, Locale: "en", Quote: "on\r\nhubs ALL of hubs. ", Proposal: "Hold it for ten seconds.", Reason: kb.ReasonIncorrect, Tell: true, Key: "k"}
}

func TestSuggest(t *testing.T) {
	w := newWorld(t)
	w.place("c", "", "public")
	w.place("secret", "", "account:acme")
	a, hidden := w.show(draft("hubs", "c", "public")), w.show(draft("canary", "secret", "public"))
	f, err := w.Suggest(w.ctx(), ann, suggestion(a))
	require.NoError(t, err)
	require.Equal(t, kb.Feedback{
		ID: f.ID, Article: a.ID, Locale: "en", Revision: 1, Kind: kb.FeedbackEdit, Reason: kb.ReasonIncorrect, Quote: "on\nhubs ALL of hubs.",
		Proposal: "Hold it for ten seconds.", Tell: true, Person: "ann", Input: f.Input, At: start, State: kb.FeedbackOpen, UpdatedAt: start, Version: 1,
	}, f)
	again, err := w.Suggest(w.ctx(), ann, suggestion(a))
	require.NoError(t, err)
	require.Equal(t, f, again)
	_, err = w.Rate(w.ctx(), ann, kb.Opinion{Article: a.ID, Helpful: true, Key: "k"})
	require.NoError(t, err, "the key of a suggestion is not that of a rating")
	flag, err := w.Suggest(w.ctx(), anyone, kb.Suggestion{Article: a.ID, Quote: "All of hubs", Comment: "it is green", Tell: true})
	require.NoError(t, err)
	require.Equal(t, kb.FeedbackFlag, flag.Kind)
	require.False(t, flag.Tell, "nobody knows whom to tell")
	require.Len(t, w.events.named("article.suggested"), 3)

	_, err = w.Suggest(w.ctx(), partner, suggestion(hidden))
	require.ErrorIs(t, err, kb.ErrNotFound)
	for name, change := range map[string]func(*kb.Suggestion){
		"quote":    func(s *kb.Suggestion) { s.Quote = " " },
		"proposal": func(s *kb.Suggestion) { s.Proposal = "on\nhubs ALL of hubs." },
		"comment":  func(s *kb.Suggestion) { s.Comment = strings.Repeat("x", kb.MaxComment+1) },
		"reason":   func(s *kb.Suggestion) { s.Reason = "bored" },
	} {
		s := suggestion(a)
		change(&s)
		_, err = w.Suggest(w.ctx(), ann, s)
		require.Contains(t, fields(t, err), name)
	}
	_, err = w.Suggest(w.ctx(), ann, kb.Suggestion{Article: a.ID, Quote: "All of hubs"})
	require.Contains(t, fields(t, err), "comment", "what is wrong with it?")
	_, err = w.Suggest(w.ctx(), ann, kb.Suggestion{Article: a.ID, Quote: "x", Proposal: strings.Repeat("y", kb.MaxQuote+1)})
	require.Contains(t, fields(t, err), "proposal")
	_, err = w.Suggest(w.ctx(), ann, kb.Suggestion{Article: a.ID, Quote: "All of leds", Comment: "no"})
	require.Contains(t, fields(t, err), "quote", "it does not say so")
	_, err = w.Suggest(w.ctx(), ann, kb.Suggestion{Article: a.ID, Quote: "—", Comment: "no"})
	require.Contains(t, fields(t, err), "quote")
	_, err = w.Suggest(w.ctx(), ann, kb.Suggestion{Article: a.ID, Quote: "x\x00", Comment: "y"})
	require.Contains(t, fields(t, err), "quote")
	live, err := w.Article(w.ctx(), ann, a.ID, "en")
	require.NoError(t, err)
	require.NotContains(t, string(live.Text.HTML), "ten seconds", "the article is as it was")
}

func TestStateOfWhatReadersSay(t *testing.T) {
	w := newWorld(t)
	w.place("c", "", "public")
	a := w.show(draft("hubs", "c", "public"))
	for _, c := range []struct {
		o    kb.Opinion
		want kb.FeedbackState
	}{
		{kb.Opinion{Helpful: true}, kb.FeedbackNone}, {kb.Opinion{Helpful: true, Comment: " \n"}, kb.FeedbackNone},
		{kb.Opinion{Helpful: true, Comment: "but one thing"}, kb.FeedbackOpen}, {kb.Opinion{}, kb.FeedbackOpen},
	} {
		c.o.Article = a.ID
		f, err := w.Rate(w.ctx(), ann, c.o)
		require.NoError(t, err)
		require.Equal(t, c.want, f.State, "%+v", c.o)
	}
	list, _, err := w.ListFeedback(w.ctx(), agent, kb.FeedbackList{States: []kb.FeedbackState{kb.FeedbackOpen}})
	require.NoError(t, err)
	require.Len(t, list, 2)
	for _, bad := range []kb.FeedbackList{{States: []kb.FeedbackState{"lost"}}, {Kinds: []kb.FeedbackKind{"poem"}}, {Reason: "bored"}} {
		_, _, err = w.ListFeedback(w.ctx(), agent, bad)
		require.ErrorIs(t, err, kb.ErrInvalid)
	}
}

func TestHandleFeedback(t *testing.T) {
	w := newProcessWorldOn(t, memkb.New(), kb.Process{})
	a := w.show(draft("hubs", "public", "public"))
	f, err := w.Suggest(w.ctx(), ann, suggestion(a))
	require.NoError(t, err)
	handle := func(by profile.Actor, version int, h kb.Handling) (kb.Feedback, error) {
		return w.HandleFeedback(w.ctx(), by, f.ID, version, h)
	}
	for by, want := range map[*profile.Actor]error{&anyone: kb.ErrForbidden, &ann: kb.ErrForbidden, &translator: kb.ErrForbidden, &agent: kb.ErrForbidden} {
		_, err := handle(*by, 1, kb.Handling{State: kb.FeedbackDone})
		require.ErrorIs(t, err, want, by.ID)
	}
	for name, h := range map[string]kb.Handling{
		"state": {State: "lost"}, "resolution": {State: kb.FeedbackDismissed}, "assignee": {State: kb.FeedbackWorking, Assignee: "ann"},
	} {
		_, err := handle(author, 1, h)
		require.Contains(t, fields(t, err), name)
	}
	_, err = handle(author, 1, kb.Handling{State: kb.FeedbackWorking, Assignee: "nobody"})
	require.Contains(t, fields(t, err), "assignee")
	_, err = handle(author, 1, kb.Handling{State: kb.FeedbackDone, Resolution: strings.Repeat("x", kb.MaxComment+1)})
	require.Contains(t, fields(t, err), "resolution")

	w.tick()
	got, err := handle(author, 1, kb.Handling{State: kb.FeedbackWorking, Assignee: "omar"})
	require.NoError(t, err)
	require.Equal(t, []any{kb.FeedbackWorking, "omar", 2, w.now}, []any{got.State, got.Assignee, got.Version, got.UpdatedAt})
	again, err := handle(author, 1, kb.Handling{State: kb.FeedbackWorking, Assignee: "omar"})
	require.NoError(t, err, "the answer was lost")
	require.Equal(t, got, again)
	_, err = handle(reviewer, 1, kb.Handling{State: kb.FeedbackDismissed, Resolution: "no"})
	require.Equal(t, "error.conflict_changed", says(t, err))
	mine, _, err := w.ListFeedback(w.ctx(), other, kb.FeedbackList{Mine: true})
	require.NoError(t, err)
	require.Len(t, mine, 1)
	require.Empty(t, w.told)

	w.notify = errors.New("no mail today")
	_, err = handle(other, 2, kb.Handling{State: kb.FeedbackDone, Assignee: "omar", Resolution: "ten it is"})
	require.NoError(t, err)
	require.Empty(t, w.told)
	w.notify = nil
	require.NoError(t, w.DoDue(w.ctx()))
	require.Len(t, w.told, 1, "who was not told is told later")
	require.Equal(t, []any{kb.NoticeMended, []string{"ann"}, "article/" + a.ID}, []any{w.told[0].Kind, w.told[0].To, w.told[0].Subject})
	w.now = w.now.Add(time.Hour)
	require.NoError(t, w.DoDue(w.ctx()))
	require.Len(t, w.told, 1)

	retry, err := w.Suggest(w.ctx(), ann, suggestion(a))
	require.NoError(t, err)
	require.Empty(t, retry.Assignee+retry.Resolution, "who sees to it is not for readers")
}

func TestNobodyIsToldWhoDidNotAsk(t *testing.T) {
	w := newProcessWorldOn(t, memkb.New(), kb.Process{})
	a := w.show(draft("hubs", "public", "public"))
	s := suggestion(a)
	s.Tell = false
	f, err := w.Suggest(w.ctx(), ann, s)
	require.NoError(t, err)
	got, err := w.HandleFeedback(w.ctx(), author, f.ID, 1, kb.Handling{State: kb.FeedbackDone})
	require.NoError(t, err)
	require.Equal(t, author.ID, got.Assignee, "who ends it")
	s.Tell, s.Key = true, "k2"
	f, err = w.Suggest(w.ctx(), ann, s)
	require.NoError(t, err)
	_, err = w.HandleFeedback(w.ctx(), author, f.ID, 1, kb.Handling{State: kb.FeedbackDismissed, Resolution: "no"})
	require.NoError(t, err)
	require.NoError(t, w.DoDue(w.ctx()))
	require.Empty(t, w.told)
}

func TestFeedbackFigures(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.place("c", "", "public")
		a, b := w.show(draft("hubs", "c", "public")), w.show(draft("leds", "c", "public"))
		for _, o := range []kb.Opinion{{Reason: kb.ReasonOutdated}, {Helpful: true}, {Reason: kb.ReasonOutdated}} {
			w.tick()
			o.Article = a.ID
			_, err := w.Rate(w.ctx(), ann, o)
			require.NoError(t, err)
		}
		_, err := w.Suggest(w.ctx(), partner, suggestion(a))
		require.NoError(t, err)
		got, err := w.FeedbackFigures(w.ctx(), agent, []string{a.ID, b.ID, "nope"})
		require.NoError(t, err)
		require.Equal(t, map[string]kb.FeedbackFigures{a.ID: {
			Rating: kb.Rating{Unhelpful: 1}, Reasons: map[kb.Reason]int{kb.ReasonOutdated: 2, kb.ReasonIncorrect: 1},
		}}, got)
		_, err = w.FeedbackFigures(w.ctx(), ann, []string{a.ID})
		require.ErrorIs(t, err, kb.ErrForbidden)
	})
}

func TestHandlingOverHTTP(t *testing.T) {
	s := newSite(t)
	url := "/articles/" + s.live.ID + "/suggestions"
	body := `{"locale":"en","quote":"About hubs","proposal":"green","tell":true}`
	require.Equal(t, 422, s.call(ann, "POST", url, `{"quote":"","proposal":"green"}`).Code)
	require.Equal(t, 404, s.call(ann, "POST", "/articles/nope/suggestions", body).Code)
	require.Equal(t, 201, s.call(ann, "POST", url, body, "Idempotency-Key", "k").Code)
	list, _, err := s.store.Feedback(s.ctx(), kb.FeedbackQuery{Kinds: []kb.FeedbackKind{kb.FeedbackEdit}})
	require.NoError(t, err)
	require.Len(t, list, 1)
	one := "/feedback/" + list[0].ID
	require.Equal(t, 403, s.call(ann, "GET", one, "").Code)
	require.Equal(t, 404, s.call(agent, "GET", "/feedback/nope", "").Code)
	answer := s.call(author, "GET", one, "")
	require.Equal(t, 200, answer.Code)
	require.Equal(t, `"1"`, answer.Header().Get("ETag"))
	require.Contains(t, answer.Body.String(), `"proposal":"green"`)
	done := `{"state":"done","assignee":"","resolution":"mended"}`
	require.Equal(t, 428, s.call(author, "PUT", one, done).Code)
	require.Equal(t, 412, s.call(author, "PUT", one, done, "If-Match", `"7"`).Code)
	require.Equal(t, 403, s.call(agent, "PUT", one, done, "If-Match", `"1"`).Code)
	require.Equal(t, 200, s.call(author, "PUT", one, done, "If-Match", `"1"`).Code)
	require.Contains(t, s.call(author, "GET", "/feedback?state=done&mine=true", "").Body.String(), "mended")
	require.NotContains(t, s.call(author, "GET", "/feedback?state=open&kind=edit", "").Body.String(), "mended")
	require.Equal(t, 422, s.call(author, "GET", "/feedback?state=lost", "").Code)
	require.Equal(t, 403, s.call(ann, "GET", "/articles/"+s.live.ID+"/feedback", "").Code)
	require.Equal(t, 404, s.call(agent, "GET", "/articles/nope/feedback", "").Code)
	require.Equal(t, 200, s.call(agent, "GET", "/articles/"+s.live.ID+"/feedback", "").Code)
}

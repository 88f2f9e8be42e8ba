package insight_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/web/webtest"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/kb/insight"
	"github.com/stoa-go/stoa/profile"
)

// TestHandler asks over HTTP for what TestGaps, TestHealth and TestCandidates ask
// for, each as whoever may and as whoever may not. What is answered is what the
// API says of itself.
func TestHandler(t *testing.T) {
	w := newWorld(t)
	bad, hidden := w.show("Bad", "c"), w.show("Canary", "secret")
	w.rate(bad, 1, 9)
	day := start.Add(-24 * time.Hour)
	for i := range 4 {
		w.journey(day, fmt.Sprint("p", i), "", "q:Purple Light", "q:bad="+bad.ID, "c:"+bad.ID, "v:"+bad.ID)
		w.resolved = append(w.resolved, insight.Resolved{Asker: fmt.Sprint("p", i), At: day, Conversation: kb.Conversation{
			Source: kb.Source{Kind: "feedback", Ref: fmt.Sprint(i)}, Locale: "en",
			Turns: []kb.Turn{{Role: kb.TurnAsker, Text: "Why does the hub blink purple?"}, {Role: kb.TurnHelper, Text: "Ask ann@example.com.", Accepted: true}},
		}})
	}
	w.later(time.Hour)
	list, _, err := w.Candidates(t.Context(), author, insight.CandidateList{})
	require.NoError(t, err)
	require.Len(t, list, 1)
	h, check := w.Handler(), webtest.NewChecker(t, w.API().OpenAPI(""))
	gap, candidate, health := "/insight/gaps/en/Purple%20light", "/insight/candidates/"+list[0].ID, "/insight/health/"
	for _, c := range []struct {
		name      string
		by        profile.Actor
		method    string
		path      string
		body      string
		status    int
		has, nots []string
	}{
		{"overview", admin, "GET", "/insight/overview", "", 200, []string{`"articles":2`, `"unhelpful":1`, `"score":`}, nil},
		{"overview for who writes", author, "GET", "/insight/overview", "", 403, nil, []string{`"articles"`}},
		{"overview for nobody", profile.Actor{}, "GET", "/insight/overview", "", 401, nil, nil},
		{"worklist", translator, "GET", "/insight/health?code=unhelpful", "", 200, []string{`"title":"Bad"`, `"helpful":1`, `"unhelpful":9`, `"owner":"ines"`}, []string{"Canary"}},
		{"worklist of an unknown code", author, "GET", "/insight/health?code=green", "", 422, []string{`"code"`}, nil},
		{"worklist for a customer", customer, "GET", "/insight/health", "", 403, nil, []string{"Bad"}},
		{"health", author, "GET", health + bad.ID, "", 200, []string{`"views":4`, `"leads":[{"locale":"en","query":"bad","shown":4,"clicks":4}]`, `"day":"2026-03-09"`}, nil},
		{"health of what is hidden", translator, "GET", health + hidden.ID, "", 404, nil, []string{"score"}},
		{"health of nothing", author, "GET", health + "none", "", 404, nil, nil},
		{"health for a customer", customer, "GET", health + bad.ID, "", 404, nil, nil},
		{"gaps", translator, "GET", "/insight/gaps?reason=empty", "", 200, []string{`"query":"purple light"`, `"people":4`, `"empty":4`}, nil},
		{"gaps for a customer", customer, "GET", "/insight/gaps", "", 403, nil, []string{"purple"}},
		{"gaps for nobody", profile.Actor{}, "GET", "/insight/gaps", "", 401, nil, []string{"purple"}},
		{"gaps of an unknown state", author, "GET", "/insight/gaps?state=green", "", 422, []string{`"state"`}, nil},
		{"gap", author, "GET", gap, "", 200, []string{`"state":"open"`, `"reasons":["empty","refined"]`}, nil},
		{"gap of nothing", author, "GET", "/insight/gaps/en/none", "", 404, nil, nil},
		{"mark by a customer", customer, "PUT", gap, `{"state":"handled"}`, 403, nil, nil},
		{"mark oddly", author, "PUT", gap, `{"state":"green"}`, 422, []string{`"state"`}, nil},
		{"mark", author, "PUT", gap, `{"state":"handled"}`, 200, []string{`"state":"handled"`, `"by":"ines"`}, nil},
		{"mark again", author, "PUT", gap, `{"state":"handled"}`, 200, []string{`"state":"handled"`}, nil},
		{"no open gaps", author, "GET", "/insight/gaps", "", 200, []string{`"gaps":[]`}, nil},
		{"candidates", author, "GET", "/insight/candidates", "", 200, []string{`"question":"Why does the hub blink purple?"`, `"answer":"Ask [email]."`, `"times":4`, `{"kind":"feedback","ref":"0"}`}, []string{"example.com"}},
		{"candidates for who translates", translator, "GET", "/insight/candidates", "", 403, nil, []string{"purple"}},
		{"candidate", author, "GET", candidate, "", 200, []string{`"state":"open"`}, nil},
		{"candidate of nothing", author, "GET", "/insight/candidates/none", "", 404, nil, nil},
		{"decide for who translates", translator, "PUT", candidate, `{"state":"dismissed"}`, 403, nil, nil},
		{"decide oddly", author, "PUT", candidate, `{"state":"green"}`, 422, []string{`"state"`}, nil},
		{"decide", author, "PUT", candidate, `{"state":"dismissed"}`, 200, []string{`"state":"dismissed"`}, nil},
		{"none is open", author, "GET", "/insight/candidates", "", 200, []string{`"candidates":[]`}, nil},
	} {
		r := httptest.NewRequestWithContext(profile.NewContext(t.Context(), c.by), c.method, c.path, strings.NewReader(c.body))
		if c.body != "" {
			r.Header.Set("Content-Type", "application/json")
		}
		answer := httptest.NewRecorder()
		h.ServeHTTP(answer, r)
		require.Equal(t, c.status, answer.Code, "%s: %s", c.name, answer.Body)
		require.NoError(t, check.Exchange(c.method, c.path, c.body, answer), c.name)
		if c.status == http.StatusOK {
			require.Equal(t, "no-store", answer.Header().Get("Cache-Control"), c.name)
		}
		for _, text := range c.has {
			require.Contains(t, answer.Body.String(), text, c.name)
		}
		for _, text := range c.nots {
			require.NotContains(t, answer.Body.String(), text, c.name)
		}
	}
}

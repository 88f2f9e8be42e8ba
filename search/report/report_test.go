package report_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/web/webtest"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search/report"
)

const day = 24 * time.Hour

func TestQueries(t *testing.T) {
	for _, c := range []struct{ a, b string }{
		{"  Reset  HUB!? ", "reset hub"}, {"ＲＥＳＥＴ　ｈｕｂ", "reset hub"}, {"mail tom@example.com now", "mail [email] now"},
		{"order 1234567", "order [number]"}, {"+49 30 9018209", "49 30 [number]"}, {"error E1234", "error e1234"},
		{"لا يعمل الجهاز؟", "لا يعمل الجهاز"}, {"ハブが赤い", "ハブが赤い"}, {"?!", ""}, {"=cmd()", "cmd"},
	} {
		require.Equal(t, c.b, report.NewQuery("en", c.a).Text)
	}
	q := report.NewQuery("pt-BR", "Olá | mundo")
	require.Equal(t, q, report.QueryOf(q.Key()))
	require.Equal(t, report.NewQuery("pt-BR", "ola mundo"), q.Folded())
}

// TestOutcomes: what came of a search is told apart.
func TestOutcomes(t *testing.T) {
	for says, c := range map[string]struct {
		steps []string
		want  report.Counts
	}{
		"nothing found":           {[]string{"q:x"}, report.Counts{Searches: 1, Empty: 1, Unclicked: 1, Exits: 1}},
		"found and left":          {[]string{"q:x=a"}, report.Counts{Searches: 1, Unclicked: 1, Exits: 1}},
		"found and read":          {[]string{"q:x=a b c d", "c:2"}, report.Counts{Searches: 1, Followed: 1, Ranks: 2, Top: 1}},
		"followed far down":       {[]string{"q:x=a b c d", "c:4", "c:1"}, report.Counts{Searches: 1, Followed: 1, Ranks: 4}},
		"another page":            {[]string{"q:x=a", "v:y"}, report.Counts{Searches: 1, Unclicked: 1}},
		"refined":                 {[]string{"q:x=a", "q:y=a"}, report.Counts{Searches: 1, Unclicked: 1, Refined: 1}},
		"something else later":    {[]string{"q:x=a", "later", "q:y=a"}, report.Counts{Searches: 1, Unclicked: 1}},
		"case":                    {[]string{"q:x=a", "case"}, report.Counts{Searches: 1, Unclicked: 1, Cases: 1}},
		"read and a case":         {[]string{"q:x=a", "c:1", "case"}, report.Counts{Searches: 1, Followed: 1, Ranks: 1, Top: 1, Cases: 1}},
		"a case long after":       {[]string{"q:x=a", "later", "v:1", "later", "v:1", "later", "v:1", "case"}, report.Counts{Searches: 1, Unclicked: 1}},
		"the same again":          {[]string{"q:x=a", "q:X!=a", "c:1"}, report.Counts{Searches: 1, Followed: 1, Ranks: 1, Top: 1}},
		"the same after it":       {[]string{"q:x=a", "c:1", "q:x=a"}, report.Counts{Searches: 1, Followed: 1, Ranks: 1, Top: 1}},
		"back, and another click": {[]string{"q:x=a b", "q:y=a", "c:1"}, report.Counts{Searches: 1, Unclicked: 1, Refined: 1}},
	} {
		w := newWorld(t, report.Options{})
		for _, who := range []string{"p1", "p2", "p3"} {
			w.visit(start.Add(-5*time.Hour), who, c.steps...)
		}
		w.later(0)
		list, err := w.Questions(t.Context(), admin, report.Filter{}, report.MeasureSearches, 10)
		require.NoError(t, err)
		times := report.Counts{}
		for range 3 {
			times = times.Plus(c.want)
		}
		found := false
		for _, q := range list {
			if found = q.Text == "x"; found {
				require.Equal(t, times, q.Counts, says)
				break
			}
		}
		require.True(t, found, says)
	}
}

func TestFew(t *testing.T) {
	w := newWorld(t, report.Options{})
	at := start.Add(-3 * day)
	for i := range 30 {
		w.visit(at.Add(time.Duration(i)*time.Hour), "ann", "q:my own secret") // one person again and again
	}
	for i := range 3 {
		w.visit(at.AddDate(0, 0, -i), fmt.Sprint("-v", i), "q:one a day, who may be the same")
	}
	w.visit(at, "ann", "q:two people")
	w.visit(at, "bob", "q:two people")
	w.visit(at, "ann@north", "q:three people")
	w.visit(at, "bob@north", "q:three people")
	w.visit(at, "-v@south", "q:three people")
	w.visit(at, "", "q:nobody knows who")
	w.later(0)
	all := func(f report.Filter) (out []string) {
		list, err := w.Questions(t.Context(), admin, f, "", 100)
		require.NoError(t, err)
		for _, q := range list {
			out = append(out, fmt.Sprint(q.Text, q.People, q.Searches))
		}
		return out
	}
	require.Equal(t, []string{"three people3 3"}, all(report.Filter{}))
	for _, f := range []report.Filter{{Brand: "north"}, {Brand: "south"}, {Role: "visitor"}, {Language: "de"}, {Channel: "api"}} {
		require.Empty(t, all(f), "%+v", f)
	}
	s, err := w.Summary(t.Context(), admin, report.Filter{})
	require.NoError(t, err)
	require.Equal(t, []int{4, 10}, []int{s.People, s.Searches}, "of ann's thirty, one for each day")
	require.Len(t, s.Days, 28)
	s, err = w.Summary(t.Context(), admin, report.Filter{Brand: "north"})
	require.NoError(t, err)
	require.True(t, s.Few)
	require.Zero(t, s.Counts)
	require.Empty(t, s.Days)
	rows, err := w.Breakdown(t.Context(), admin, report.Filter{}, report.DimensionRole)
	require.NoError(t, err)
	require.Empty(t, rows, "two persons, and one visitor at most")
	_, err = w.Trend(t.Context(), admin, report.NewQuery("en", "two people"), report.Filter{})
	require.ErrorIs(t, err, report.ErrNotFound)
	days, err := w.Trend(t.Context(), admin, report.NewQuery("en", "Three  people"), report.Filter{Days: 7})
	require.NoError(t, err)
	require.Len(t, days, 7)
	require.Equal(t, 3, days[3].Searches)
	_, err = w.Decide(t.Context(), admin, report.Decision{Question: report.NewQuery("en", "two people"), State: report.StateDone, Deed: report.DeedPin})
	require.ErrorIs(t, err, report.ErrNotFound)
}

func TestRights(t *testing.T) {
	w := newWorld(t, report.Options{})
	for _, by := range []profile.Actor{{}, customer, author} {
		ctx := t.Context()
		_, summary := w.Summary(ctx, by, report.Filter{})
		_, questions := w.Questions(ctx, by, report.Filter{}, "", 1)
		_, breakdown := w.Breakdown(ctx, by, report.Filter{}, report.DimensionRole)
		_, asked := w.Asked(ctx, by, report.Filter{}, report.Query{Text: "x"})
		_, failing := w.Failing(ctx, by, report.Filter{})
		_, trend := w.Trend(ctx, by, report.Query{Text: "x"}, report.Filter{})
		_, work := w.Worklist(ctx, by, report.WorkQuery{})
		_, decide := w.Decide(ctx, by, report.Decision{State: report.StateOpen})
		_, ballot := w.Ballot(ctx, by, "trial")
		for i, err := range []error{summary, questions, asked, failing, breakdown, trend, work, decide, ballot} {
			require.ErrorIs(t, err, report.ErrForbidden, "call %d of %q", i, by.ID)
		}
	}
	_, err := w.Questions(t.Context(), admin, report.Filter{}, "odd", 1)
	require.ErrorIs(t, err, report.ErrInvalid)
	_, err = w.Breakdown(t.Context(), admin, report.Filter{}, report.DimensionDay)
	require.ErrorIs(t, err, report.ErrInvalid)
	_, err = w.Worklist(t.Context(), admin, report.WorkQuery{Reason: "odd", State: "odd"})
	require.ErrorIs(t, err, report.ErrInvalid)
}

func TestWorklist(t *testing.T) {
	w := newWorld(t, report.Options{})
	at := start.Add(-3 * day)
	ask := func(at time.Time, from, n int, steps ...string) {
		for i := range n {
			w.visit(at, fmt.Sprint("p", from+i), steps...)
		}
	}
	ask(at, 0, 4, "q:Conexión", "later")
	ask(at, 4, 6, "q:far down=a b c d e", "c:5")
	ask(at, 0, 5, "q:good=a", "c:1")
	ask(at, 0, 3, "q:asked=a", "c:1", "case")
	ask(at, 10, 8, "q:ignored=a", "v:home")
	w.later(0)
	open := func(q report.WorkQuery) (out []string) {
		list, err := w.Worklist(t.Context(), admin, q)
		require.NoError(t, err)
		for _, i := range list {
			out = append(out, fmt.Sprint(i.Text, i.Helped, i.Reasons, i.Back))
		}
		return out
	}
	require.Equal(t, []string{"ignored8 [unclicked]", "far down6 [low]", "conexión4 [empty]", "asked3 [case]"}, open(report.WorkQuery{}))
	require.Equal(t, []string{"far down6 [low]"}, open(report.WorkQuery{Reason: report.ReasonLow}))
	require.Empty(t, open(report.WorkQuery{Filter: report.Filter{Language: "de"}}))
	require.Empty(t, open(report.WorkQuery{State: report.StateDone}))

	ignored := report.NewQuery("en", "ignored")
	_, err := w.Decide(t.Context(), admin, report.Decision{Question: ignored, State: report.StateDismissed})
	require.ErrorIs(t, err, report.ErrInvalid, "a reason is wanted")
	_, err = w.Decide(t.Context(), admin, report.Decision{Question: ignored, State: report.StateDone})
	require.ErrorIs(t, err, report.ErrInvalid, "what was done is wanted")
	m, err := w.Decide(t.Context(), admin, report.Decision{Question: ignored, State: report.StateDismissed, Reason: " We do not sell it. "})
	require.NoError(t, err)
	require.Equal(t, report.Mark{Question: ignored, State: report.StateDismissed, Reason: "We do not sell it.", By: "root", At: start, People: 8, Version: 1}, m)
	_, err = w.Decide(t.Context(), admin, report.Decision{Question: ignored, State: report.StateOpen})
	require.ErrorIs(t, err, report.ErrConflict)
	_, err = w.Decide(t.Context(), admin, report.Decision{Question: report.NewQuery("en", "conexion"), State: report.StateDone, Deed: report.DeedSynonym})
	require.NoError(t, err)
	require.Equal(t, []string{"far down6 [low]", "asked3 [case]"}, open(report.WorkQuery{}))
	require.Equal(t, []string{"ignored8 [unclicked]"}, open(report.WorkQuery{State: report.StateDismissed}))
	failing, err := w.Failing(t.Context(), admin, report.Filter{})
	require.NoError(t, err)
	require.Len(t, failing, 4, "whatever was decided")
	asked, err := w.Asked(t.Context(), admin, report.Filter{}, report.NewQuery("en", "CONEXIÓN"), ignored, report.NewQuery("en", "nobody"))
	require.NoError(t, err)
	require.Len(t, asked, 2)
	require.Equal(t, "conexión", asked["en|conexion"].Text)

	w.now = w.now.Add(7 * day)
	ask(w.now.Add(-2*day), 0, 4, "q:conexion=a b", "c:1")
	ask(w.now.Add(-2*day), 20, 7, "q:ignored=a", "v:home")
	w.later(day)
	require.NotContains(t, open(report.WorkQuery{}), "ignored15 [unclicked]grown", "it has not doubled")
	done, err := w.Worklist(t.Context(), admin, report.WorkQuery{State: report.StateDone})
	require.NoError(t, err)
	require.Equal(t, report.Counts{Searches: 4, Empty: 4, Unclicked: 4, Exits: 4}, done[0].Effect.Before)
	require.Equal(t, report.Counts{Searches: 4, Followed: 4, Ranks: 4, Top: 4}, done[0].Effect.After)
	require.Len(t, done[0].Effect.Days, 28+1+8)
	require.InDelta(t, 1, done[0].Effect.Before.Failed(), 0)
	require.InDelta(t, 0, done[0].Effect.After.Failed(), 0)
	w.now = w.now.Add(3 * time.Hour)
	ask(w.now.Add(-2*time.Hour), 40, 2, "q:ignored=a", "v:home")
	w.later(0)
	require.Contains(t, open(report.WorkQuery{}), "ignored17 [unclicked]grown")
	m, err = w.Decide(t.Context(), admin, report.Decision{Question: ignored, State: report.StateDismissed, Reason: "Still not.", Version: 1})
	require.NoError(t, err)
	require.Equal(t, 17, m.People)
	require.NotContains(t, open(report.WorkQuery{}), "ignored17 [unclicked]grown")
}

func TestVotes(t *testing.T) {
	w := newWorld(t, report.Options{})
	at := start.Add(-5 * time.Hour)
	for i := range 20 { // one visitor, again and again
		w.visit(at.Add(time.Duration(i)*time.Minute), "-v1", "t:x=a b c/olo", "c:1", "c:1", "c:3")
	}
	w.visit(at, "ann", "t:x=a b c/olo", "c:2", "t:y=a b/lo", "c:1", "c:2")
	w.visit(at, "bob", "t:x=a b c/ol", "c:2") // not what was shown
	w.visit(at, "kim", "t:x=a b/ol", "c:1", "c:2")
	w.later(0)
	b, err := w.Ballot(t.Context(), admin, "trial")
	require.NoError(t, err)
	require.Equal(t, report.Ballot{Live: 1, Other: 1, Even: 1}, b)
	check := webtest.NewChecker(t, w.API().OpenAPI(""))
	for _, c := range []struct {
		by     profile.Actor
		trial  string
		status int
		has    string
	}{
		{admin, "trial", 200, `"live":1,"other":1,"even":1,"share":0.5,`}, {admin, "trial-9", 200, `"live":0,"other":0,"even":0,"share":0,`},
		{author, "trial", 403, ""}, {profile.Actor{}, "trial", 401, ""}, {admin, "%00", 404, ""},
	} {
		path, answer := "/search-reports/trials/"+c.trial, httptest.NewRecorder()
		w.Handler().ServeHTTP(answer, httptest.NewRequestWithContext(profile.NewContext(t.Context(), c.by), http.MethodGet, path, nil))
		require.Equal(t, c.status, answer.Code, "%s: %s", c.trial, answer.Body)
		require.NoError(t, check.Exchange(http.MethodGet, path, "", answer))
		require.Contains(t, answer.Body.String(), c.has)
	}
}

func TestTrimmed(t *testing.T) {
	w := newWorld(t, report.Options{Questions: 1})
	for i := range 3 {
		w.visit(start.Add(-30*time.Hour), fmt.Sprint("p", i), "q:often=a", "c:1", "q:rare=a", "c:1")
	}
	w.visit(start.Add(-30*time.Hour), "p9", "q:often=a")
	w.later(0)
	list, err := w.Questions(t.Context(), admin, report.Filter{}, "", 10)
	require.NoError(t, err)
	require.Len(t, list, 1)
	s, err := w.Summary(t.Context(), admin, report.Filter{})
	require.NoError(t, err)
	require.Equal(t, 7, s.Searches)
}

func TestInstances(t *testing.T) {
	w := newWorld(t, report.Options{})
	for i := range 3 {
		w.visit(start.Add(-5*time.Hour), fmt.Sprint("p", i), "q:x")
	}
	second := report.New(w.store, w.events, report.Options{Now: func() time.Time { return w.now }})
	require.NoError(t, second.DoDue(t.Context()))
	w.later(0)
	s, err := w.Summary(t.Context(), admin, report.Filter{})
	require.NoError(t, err)
	require.Equal(t, 3, s.Searches)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.NoError(t, w.Run(ctx))
}

func TestKeeper(t *testing.T) {
	w := newWorld(t, report.Options{})
	for _, who := range []string{"p1", "p2", "root"} {
		w.visit(start.Add(-5*time.Hour), who, "q:Purple Light", "t:y=a/l", "c:1")
	}
	w.later(0)
	_, err := w.Decide(t.Context(), admin, report.Decision{Question: report.NewQuery("en", "purple light"), State: report.StateDismissed, Reason: "because"})
	require.NoError(t, err)
	var got []string
	for r, err := range w.Keeper().Export(t.Context(), "root") {
		require.NoError(t, err)
		got = append(got, fmt.Sprint(r))
	}
	require.Len(t, got, 4)
	require.Contains(t, got[0], "purple light")
	e, err := w.Keeper().Erase(t.Context(), "root", profile.Erasure{Pseudonym: "gone"})
	require.NoError(t, err)
	require.Positive(t, e.Removed)
	require.Equal(t, 1, e.Renamed)
	for range w.Keeper().Export(t.Context(), "root") {
		t.Fatal("something is left")
	}
}

// TestDecisionsHoldForATime: what was done is open again once it fails again, with
// what happened since, and what was dismissed when that is long ago.
func TestDecisionsHoldForATime(t *testing.T) {
	w := newWorld(t, report.Options{Dismissed: 30 * day})
	ask := func(from, n int, steps ...string) {
		for i := range n {
			w.visit(w.now, fmt.Sprint("p", from+i), steps...)
		}
		w.later(3 * time.Hour)
	}
	listed := func(state report.State) (out []string) {
		list, err := w.Worklist(t.Context(), admin, report.WorkQuery{State: state, Filter: report.Filter{Days: 90}})
		require.NoError(t, err)
		for _, i := range list {
			out = append(out, fmt.Sprint(i.Text, i.People, i.Reasons, i.Back))
		}
		return out
	}
	decide := func(text string, state report.State, version int) {
		_, err := w.Decide(t.Context(), admin, report.Decision{Question: report.NewQuery("en", text), State: state, Deed: report.DeedPin, Reason: "because", Version: version})
		require.NoError(t, err)
	}
	ask(0, 9, "q:broken")
	ask(0, 4, "q:unwanted")
	decide("broken", report.StateDone, 0)
	decide("unwanted", report.StateDismissed, 0)
	require.Empty(t, listed(report.StateOpen))

	w.later(3 * day)
	ask(20, 5, "q:broken=a", "c:1")
	require.Empty(t, listed(report.StateOpen), "it is well now")
	ask(30, 2, "q:broken")
	require.Empty(t, listed(report.StateOpen), "it fails now and then")
	w.later(day)
	ask(40, 6, "q:broken")
	require.Equal(t, []string{"broken13 [empty]again"}, listed(report.StateOpen), "without the nine of before")
	require.Equal(t, []string{"broken22 [empty]"}, listed(report.StateDone))
	decide("broken", report.StateDone, 1)
	require.Empty(t, listed(report.StateOpen), "done once more")

	w.later(25 * day)
	require.Empty(t, listed(report.StateOpen), "a month is not over")
	require.Len(t, listed(report.StateDismissed), 1)
	w.later(2 * day)
	require.Equal(t, []string{"unwanted4 [empty]lapsed"}, listed(report.StateOpen))
	decide("unwanted", report.StateDismissed, 1)
	require.Empty(t, listed(report.StateOpen), "for another month")
}

package report_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/analytics/memanalytics"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/report"
	"github.com/stoa-go/stoa/search/report/memreport"
)

var (
	start    = time.Date(2026, 3, 10, 9, 0, 0, 0, time.UTC)
	admin    = profile.Actor{ID: "root", Roles: []profile.Role{profile.RoleAdmin}}
	author   = profile.Actor{ID: "ines", Roles: []profile.Role{profile.RoleAuthor}}
	customer = profile.Actor{ID: "ann", Roles: []profile.Role{profile.RoleCustomer}}
)

// A world is a reporter of journeys that tests make up.
type world struct {
	*report.Reporter
	t      *testing.T
	events *memanalytics.Store
	store  report.Store
	now    time.Time
	n      int
}

func newWorld(t *testing.T, opts report.Options) *world {
	w := &world{t: t, events: memanalytics.New(), store: &memreport.Store{}, now: start}
	opts.Now = func() time.Time { return w.now }
	w.Reporter = report.New(w.store, w.events, opts)
	return w
}

// visit keeps steps of a visit, a minute apart. "q:TEXT" searches and finds
// nothing, "q:TEXT=a b c" searches and shows hits, "c:2" follows the second, "v:x"
// reads something, "case" asks people, "later" lets ten minutes pass. A who with
// a leading "-" is a visitor, with roles or brands after "@".
func (w *world) visit(at time.Time, who string, steps ...string) {
	w.t.Helper()
	w.n++
	session, searchID, shown := fmt.Sprint("s", w.n), "", []string(nil)
	who, brand, _ := strings.Cut(who, "@")
	role := "customer"
	for i, step := range steps {
		at = at.Add(time.Minute)
		e := analytics.Event{
			ID: fmt.Sprintf("%s-%d", session, i), Name: "page.viewed", At: at, Session: session, User: who, Locale: "en", Channel: "web", Device: "desktop",
		}
		if name, ok := strings.CutPrefix(who, "-"); ok {
			e.User, e.Visitor, role = "", name, "visitor"
		}
		switch what, rest, _ := strings.Cut(step, ":"); what {
		case "q":
			text, hits, _ := strings.Cut(rest, "=")
			shown = strings.Fields(hits)
			e.Name, e.Text, e.Hits, searchID = search.EventPerformed, text, len(shown), e.ID
			e.Props = map[string]string{search.PropShown: hits, search.PropRole: role, search.PropBrand: brand}
		case "t": // in a trial, with teams
			text, rest, _ := strings.Cut(rest, "=")
			hits, teams, _ := strings.Cut(rest, "/")
			shown = strings.Fields(hits)
			e.Name, e.Text, e.Hits, searchID = search.EventPerformed, text, len(shown), e.ID
			e.Props = map[string]string{search.PropShown: hits, search.PropTrial: "trial", search.PropTeams: teams}
		case "c":
			rank := int(rest[0] - '0')
			e.Name, e.Subject, e.Rank, e.Search = search.EventClicked, shown[rank-1], rank, searchID
		case "case":
			e.Name = "case.opened"
		case "later":
			at = at.Add(10 * time.Minute)
			continue
		}
		require.NoError(w.t, w.events.Append(w.t.Context(), []analytics.Event{e}))
	}
}

// later moves the clock and brings everything up to date.
func (w *world) later(d time.Duration) {
	w.t.Helper()
	w.now = w.now.Add(d)
	require.NoError(w.t, w.DoDue(w.t.Context()))
}

package insight_test

import (
	"context"
	"fmt"
	"iter"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/analytics/memanalytics"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/kb/insight"
	"github.com/stoa-go/stoa/kb/insight/meminsight"
	"github.com/stoa-go/stoa/kb/memkb"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search/report"
	"github.com/stoa-go/stoa/search/report/memreport"
)

var (
	start      = time.Date(2026, 3, 10, 9, 0, 0, 0, time.UTC)
	admin      = profile.Actor{ID: "root", Roles: []profile.Role{profile.RoleAdmin}}
	author     = profile.Actor{ID: "ines", Roles: []profile.Role{profile.RoleAuthor}}
	translator = profile.Actor{ID: "taro", Roles: []profile.Role{profile.RoleTranslator}}
	customer   = profile.Actor{ID: "ann", Roles: []profile.Role{profile.RoleCustomer}}
)

// A world is an analyst of a library in memory, and journeys that tests make up.
type world struct {
	*insight.Analyst
	t        *testing.T
	library  *kb.Library
	articles *memkb.Store
	events   *memanalytics.Store
	store    insight.Store
	searches *report.Reporter
	now      time.Time
	resolved []insight.Resolved
	n        int
}

func newWorld(t *testing.T) *world {
	w := &world{t: t, articles: memkb.New(), events: memanalytics.New(), store: meminsight.New(), now: start}
	clock := func() time.Time { return w.now }
	w.library = kb.NewLibrary(w.articles, &kb.Options{Now: clock, Locales: []string{"en", "de"}, Secret: []byte("0123456789abcdef")})
	w.searches = report.New(&memreport.Store{}, w.events, report.Options{Now: clock})
	w.Analyst = insight.New(w.store, w.library, w.events, w.options())
	for id, audience := range map[string]string{"c": "public", "secret": "account:acme"} {
		_, err := w.library.SaveCategory(t.Context(), admin, kb.Category{ID: id, Audience: profile.NewAudience(audience), Labels: map[string]kb.Label{"en": {Title: id}}})
		require.NoError(t, err)
	}
	return w
}

func (w *world) options() insight.Options {
	return insight.Options{
		Now: func() time.Time { return w.now }, As: admin, Searches: w.searches, Secret: []byte("0123456789abcdef"), Every: time.Hour,
		Escalated: func(e analytics.Event) bool { return e.Name == "case.opened" },
		Resolved: func(context.Context, time.Time) iter.Seq2[insight.Resolved, error] {
			return func(yield func(insight.Resolved, error) bool) {
				for _, r := range w.resolved {
					if !yield(r, nil) {
						return
					}
				}
			}
		},
	}
}

// show publishes an article.
func (w *world) show(title, category string) kb.Article {
	w.t.Helper()
	a, err := w.library.Create(w.t.Context(), admin, kb.Draft{
		Text: kb.Text{Title: title, Summary: "s", Body: "Some text."}, Key: title,
		Meta: kb.Meta{Category: category, Kind: kb.KindGuide, Audience: profile.Public(), Owner: "ines"},
	})
	require.NoError(w.t, err)
	a, err = w.library.Publish(w.t.Context(), admin, a.ID, "en", a.Version)
	require.NoError(w.t, err)
	return a
}

// journey keeps steps of a session, a minute apart. "q:TEXT" searches and finds
// nothing, "q:TEXT=ID" searches and shows an article, "c:ID" follows it, "v:ID" reads
// it, "case" asks for help.
func (w *world) journey(at time.Time, person, visitor string, steps ...string) {
	w.t.Helper()
	w.n++
	session, search := fmt.Sprint("s", w.n), ""
	for i, step := range steps {
		e := analytics.Event{
			ID: fmt.Sprintf("%s-%d", session, i), At: at.Add(time.Duration(i) * time.Minute), Session: session, User: person, Visitor: visitor, Locale: "en", Search: search,
		}
		switch what, rest, _ := cut(step, ":"); what {
		case "q":
			text, shown, found := cut(rest, "=")
			e.Name, e.Text, search = "search.performed", text, e.ID
			if found {
				e.Hits, e.Props = 1, map[string]string{"shown": "article/" + shown}
			}
		case "c":
			e.Name, e.Subject = "search.clicked", "article/"+rest
		case "v":
			e.Name, e.Subject = "article.viewed", "article/"+rest
		case "case":
			e.Name = "case.opened"
		}
		require.NoError(w.t, w.events.Append(w.t.Context(), []analytics.Event{e}))
	}
}

func cut(s, sep string) (before, after string, found bool) {
	for i := range len(s) {
		if s[i:i+len(sep)] == sep {
			return s[:i], s[i+len(sep):], true
		}
	}
	return s, "", false
}

// later moves the clock and brings everything up to date.
func (w *world) later(d time.Duration) {
	w.t.Helper()
	w.now = w.now.Add(d)
	require.NoError(w.t, w.searches.DoDue(w.t.Context()))
	require.NoError(w.t, w.DoDue(w.t.Context()))
}

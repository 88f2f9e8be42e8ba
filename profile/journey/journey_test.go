package journey_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/analytics/memanalytics"
	"github.com/stoa-go/stoa/analytics/sqlanalytics"
	"github.com/stoa-go/stoa/internal/testdb"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/journey"
	"github.com/stoa-go/stoa/profile/memprofile"
)

// A world is one instance of a portal and a clock.
type world struct {
	t      *testing.T
	now    time.Time
	store  analytics.Store
	ledger *analytics.Ledger
	*journey.Journey
	events analytics.Recorder
}

var t0 = time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC)

func newWorld(t *testing.T, store analytics.Store, change ...func(*journey.Options)) *world {
	w := &world{t: t, now: t0, store: store}
	w.ledger = analytics.NewLedger(store, &analytics.Options{Now: func() time.Time { return w.now }})
	o := journey.Options{Now: func() time.Time { return w.now }}
	for _, f := range change {
		f(&o)
	}
	w.Journey = journey.New(w.ledger, &o)
	w.events = w.Recorder(w.ledger)
	return w
}

// each runs a test on every store.
func each(t *testing.T, test func(t *testing.T, store analytics.Store)) {
	t.Run("memory", func(t *testing.T) { test(t, memanalytics.New()) })
	testdb.Each(t, func(t *testing.T, db *sqlx.DB) {
		require.NoError(t, sqlanalytics.Migrate(t.Context(), db.DB))
		test(t, sqlanalytics.New(db))
	})
}

// did records an event of ann's that happened some time ago.
func (w *world) did(name string, ago time.Duration, change ...func(*analytics.Event)) {
	e := analytics.Event{Name: name, User: "ann", Session: "s" + fmt.Sprint(int(ago/(24*time.Hour))), At: w.now.Add(-ago), Hits: 3}
	for _, f := range change {
		f(&e)
	}
	w.events.Record(w.t.Context(), e)
}

func of(subject string) func(*analytics.Event) {
	return func(e *analytics.Event) { e.Subject = subject }
}

// says returns what is known of somebody, as "name=values".
func (w *world) says(person string, names ...string) string {
	w.t.Helper()
	known, err := w.Facts(w.t.Context(), profile.Person{ID: person}, names)
	require.NoError(w.t, err)
	var out []string
	for _, name := range names {
		if values, ok := known[name]; ok {
			out = append(out, name+"="+strings.Join(values, ","))
		}
	}
	return strings.Join(out, " ")
}

const (
	hour = time.Hour
	day  = 24 * hour
)

func TestCounts(t *testing.T) {
	each(t, func(t *testing.T, store analytics.Store) {
		w := newWorld(t, store)
		for _, ago := range []time.Duration{100 * day, 89 * day, 40 * day, 29 * day, 6 * day, 23 * hour, 59 * time.Minute, 0} {
			w.did("search.performed", ago)
			w.did("article.viewed", ago, of("article/a"+fmt.Sprint(int(ago/day))))
		}
		w.did("search.performed", 2*hour, func(e *analytics.Event) { e.Hits = 0 })
		w.did("article.rated", 2*hour, of("article/a1"), func(e *analytics.Event) { e.Props = map[string]string{"helpful": "false"} })
		w.did("article.rated", 2*hour, of("article/a2"), func(e *analytics.Event) { e.Props = map[string]string{"helpful": "true"} })
		w.did("case.opened", 10*day, of("case/1"))
		w.did("search.performed", hour, func(e *analytics.Event) { e.User = "bob" })
		w.did("search.performed", hour, func(e *analytics.Event) { e.User = "" })
		names := []string{"searches.1h", "searches.1d", "searches.7d", "searches.30d", "searches.90d", "searches_empty.1h", "searches_empty.1d",
			"articles.1d", "complaints.7d", "cases.7d", "cases.30d", "visits.1d", "visits.90d", "days_away", "read", "read_in", "unknown"}
		want := "searches.1h=2 searches.1d=4 searches.7d=5 searches.30d=6 searches.90d=8 searches_empty.1h=0 searches_empty.1d=1 " +
			"articles.1d=3 complaints.7d=1 cases.7d=0 cases.30d=1 visits.1d=1 visits.90d=6 days_away=6 read=a0,a29,a6"
		require.NoError(t, w.ledger.Flush(t.Context()))
		require.Equal(t, want, w.says("ann", names...), "what was just recorded is in the store as well, and counts once")
		w.now = w.now.Add(20 * time.Second)
		other := newWorld(t, store)
		other.now = w.now
		require.Equal(t, want, other.says("ann", names...), "and another instance from the store")
		w.now = w.now.Add(20 * time.Second)
		require.Equal(t, want, w.says("ann", names...))
		require.Equal(t, "searches.1h=0 visits.90d=0", w.says("zoe", "searches.1h", "visits.90d", "days_away", "read"), "of somebody new")
		w.now = t0.Add(30 * day)
		require.Equal(t, "searches.30d=0 searches.90d=7 days_away=36", w.says("ann", "searches.30d", "searches.90d", "days_away"))
	})
}

// What is recorded counts at once, once, and whatever becomes of the store.
func TestAtOnce(t *testing.T) {
	each(t, func(t *testing.T, store analytics.Store) {
		w := newWorld(t, store)
		for i := range 200 {
			w.did("search.performed", 0)
			require.Equal(t, fmt.Sprintf("searches.1h=%d", i+1), w.says("ann", "searches.1h"))
			if i%3 == 0 {
				require.NoError(t, w.ledger.Flush(t.Context()))
			}
			w.now = w.now.Add(700 * time.Millisecond)
		}
	})
}

// An event that another instance recorded counts when the store is asked again.
func TestOtherInstances(t *testing.T) {
	store := memanalytics.New()
	here, there := newWorld(t, store), newWorld(t, store)
	require.Equal(t, "searches.1h=0", here.says("ann", "searches.1h"))
	there.did("search.performed", 0)
	require.NoError(t, there.ledger.Flush(t.Context()))
	here.now = t0.Add(29 * time.Second)
	require.Equal(t, "searches.1h=0", here.says("ann", "searches.1h"))
	here.now = t0.Add(30 * time.Second)
	require.Equal(t, "searches.1h=1", here.says("ann", "searches.1h"))
}

// asked is a history that counts questions and may fail.
type asked struct {
	journey.History
	n   int
	err error
}

func (a *asked) Latest(ctx context.Context, q analytics.LatestQuery) ([]analytics.Event, error) {
	if a.n++; a.err != nil {
		return nil, a.err
	}
	return a.History.Latest(ctx, q)
}

func TestTheStoreIsAskedSeldom(t *testing.T) {
	now := t0
	history := &asked{History: analytics.NewLedger(memanalytics.New(), nil), err: errors.New("down")}
	j := journey.New(history, &journey.Options{Now: func() time.Time { return now }, People: 10, Most: 5})
	facts := func(person string) (map[string][]string, error) {
		return j.Facts(t.Context(), profile.Person{ID: person}, []string{"searches.1h"})
	}
	_, err := facts("ann")
	require.Error(t, err, "nothing is known")
	history.err = nil
	events := j.Recorder(analytics.Discard)
	for i := range 1000 {
		events.Record(t.Context(), analytics.Event{Name: "search.performed", User: "ann"})
		got, err := facts("ann")
		require.NoError(t, err)
		require.Equal(t, fmt.Sprint(min(i+1, 256)), got["searches.1h"][0])
	}
	require.Equal(t, 2, history.n)
	now, history.err = now.Add(time.Minute), errors.New("down")
	got, err := facts("ann")
	require.NoError(t, err, "what was known stays")
	require.Equal(t, "256", got["searches.1h"][0])
}

func TestWhoDoesNotCount(t *testing.T) {
	w := newWorld(t, memanalytics.New())
	w.did("search.performed", 0, func(e *analytics.Event) { e.Device = analytics.DeviceBot })
	ctx := analytics.NewContext(t.Context(), analytics.Event{User: "ann", Session: "s"})
	w.events.Record(ctx, analytics.Event{Name: "article.viewed", Subject: "article/a", At: t0.Add(hour)})
	require.Equal(t, "searches.1h=0 articles.1h=1 read=a", w.says("ann", "searches.1h", "articles.1h", "read"), "nothing happens in the future")
}

func TestForgetting(t *testing.T) {
	store := memanalytics.New()
	w := newWorld(t, store)
	w.did("search.performed", 0)
	require.Equal(t, "searches.1h=1", w.says("ann", "searches.1h"))
	_, err := w.ledger.Erase(t.Context(), analytics.Who{User: "ann"})
	require.NoError(t, err)
	_, err = w.Keeper().Erase(t.Context(), "ann", profile.Erasure{})
	require.NoError(t, err)
	require.Equal(t, "searches.1h=0", w.says("ann", "searches.1h"))
}

func TestOptions(t *testing.T) {
	w := newWorld(t, memanalytics.New(), func(o *journey.Options) {
		o.Category = func(_ context.Context, article string) string {
			return map[string]string{"a": "hubs", "b": "hubs"}[article]
		}
		o.Counts = []journey.Count{
			{Name: "cases", Is: func(e analytics.Event) bool { return e.Name == "ticket.opened" }},
			{Name: "calls", Is: func(e analytics.Event) bool { return e.Name == "call.ended" }},
		}
	})
	for _, name := range []string{"ticket.opened", "call.ended", "call.ended", "case.opened"} {
		w.did(name, 0)
	}
	for _, id := range []string{"a", "b", "c"} {
		w.did("article.viewed", 0, of("article/"+id))
	}
	require.Equal(t, "cases.1d=1 calls.1d=2 read=a,b,c read_in=hubs", w.says("ann", "cases.1d", "calls.1d", "read", "read_in"))
	for _, info := range w.Known() {
		require.NoError(t, profile.Rule{Fact: profile.FactBehaviour + info.Name, Op: profile.OpKnown}.Validate())
	}
}

// A segment by what people do fits them from the next request on, and opens
// nothing.
func TestSegments(t *testing.T) {
	w := newWorld(t, memanalytics.New())
	people := profile.NewDirectory(memprofile.New(), &profile.Options{Facts: profile.JoinFacts(w), Now: func() time.Time { return w.now }})
	root := profile.Actor{ID: "root", Roles: []profile.Role{profile.RoleAdmin}}
	_, err := people.SavePerson(t.Context(), root, profile.Person{ID: "ann", Name: "Ann", Roles: []profile.Role{profile.RoleCustomer}})
	require.NoError(t, err)
	_, err = people.SaveSegment(t.Context(), root, profile.Segment{Name: "stuck", Title: "Stuck", Rule: profile.Rule{
		Fact: "behaviour.searches_empty.1h", Op: profile.OpAtLeast, Values: []string{"2"}}})
	require.NoError(t, err)
	for _, want := range []bool{false, false, true} {
		a, err := people.Actor(t.Context(), "ann")
		require.NoError(t, err)
		require.Equal(t, want, a.In("stuck"))
		require.Empty(t, a.Segments)
		w.did("search.performed", 0, func(e *analytics.Event) { e.Hits = 0 })
	}
	got, err := people.TrySegment(t.Context(), root, profile.Segment{Name: "stuck", Rule: profile.Rule{
		Fact: "behaviour.searches.1h", Op: profile.OpAtLeast, Values: []string{"3"}}})
	require.NoError(t, err)
	require.Equal(t, 1, got.In.People)
	require.False(t, got.Opens)
}

// BenchmarkActor resolves somebody with 50 segments of which half ask what they
// did.
func BenchmarkActor(b *testing.B) {
	store := memprofile.New()
	ledger := analytics.NewLedger(memanalytics.New(), nil)
	j := journey.New(ledger, nil)
	d := profile.NewDirectory(store, &profile.Options{Facts: j})
	root := profile.Actor{ID: "root", Roles: []profile.Role{profile.RoleAdmin}}
	_, err := d.SavePerson(b.Context(), root, profile.Person{ID: "ann", Name: "Ann", Roles: []profile.Role{"customer"}})
	require.NoError(b, err)
	for i := range 50 {
		rule := profile.Rule{Fact: "role", Op: profile.OpIn, Values: []string{"customer"}}
		if i%2 == 0 {
			rule = profile.Rule{Fact: "behaviour." + j.Known()[i/2].Name, Op: profile.OpAtMost, Values: []string{"5"}}
		}
		_, err := d.SaveSegment(b.Context(), root, profile.Segment{Name: fmt.Sprint("s", i), Title: "T", Rule: rule})
		require.NoError(b, err)
	}
	b.ReportAllocs()
	for b.Loop() {
		a, err := d.Actor(b.Context(), "ann")
		if err != nil || len(a.Segments)+len(a.Declared) != 50 {
			b.Fatal(err, len(a.Segments), len(a.Declared))
		}
	}
}

package analyticstest

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/analytics"
)

func checkRoundTrip(t *testing.T, s analytics.Store) {
	want := newEvent("e1")
	given := newEvent("e1")
	somewhere := time.FixedZone("somewhere", 5*3600+1800)
	given.At, given.Received = given.At.In(somewhere), given.Received.In(somewhere)
	add(t, s, given)
	require.Equal(t, []analytics.Event{want}, scan(t, s, analytics.Range{}))
}

func checkBare(t *testing.T, s analytics.Store) {
	want := analytics.Event{ID: "e1", Name: "thing.happened", At: t0, Received: t0}
	add(t, s, want)
	got := scan(t, s, analytics.Range{})
	require.Len(t, got, 1)
	require.Empty(t, got[0].Arms)
	require.Empty(t, got[0].Props)
	got[0].Arms, got[0].Props = nil, nil
	require.Equal(t, want, got[0])
}

func checkTwice(t *testing.T, s analytics.Store) {
	other := newEvent("e1", func(e *analytics.Event) { e.Text = "other" })
	add(t, s, newEvent("e1"))
	add(t, s, other, newEvent("e2"))
	add(t, s, newEvent("e3"), newEvent("e3"), newEvent("e2"))
	got := scan(t, s, analytics.Range{})
	require.Equal(t, []analytics.Event{newEvent("e1"), newEvent("e2"), newEvent("e3")}, got)
}

func checkWhole(t *testing.T, s analytics.Store) {
	batch := make([]analytics.Event, 2_500)
	for i := range batch {
		batch[i] = newEvent(numbered("e", i))
	}
	batch[2_400].Text = "a\x00b"
	require.ErrorIs(t, s.Append(t.Context(), batch), analytics.ErrInvalid)
	require.Zero(t, len(scan(t, s, analytics.Range{})))
}

func checkMany(t *testing.T, s analytics.Store) {
	require.NoError(t, s.Append(t.Context(), nil))
	want := make([]analytics.Event, 2_503)
	for i := range want {
		want[i] = newEvent(numbered("e", i))
	}
	add(t, s, want...)
	same(t, want, scan(t, s, analytics.Range{}))
}

func checkRace(t *testing.T, s analytics.Store) {
	want := make([]analytics.Event, 60)
	for i := range want {
		want[i] = newEvent(numbered("e", i))
	}
	appendAtOnce(t, s, want)
	same(t, want, scan(t, s, analytics.Range{}))
}

// appendAtOnce has eight writers append all events, each in another order.
func appendAtOnce(t *testing.T, s analytics.Store, events []analytics.Event) {
	t.Helper()
	failures := make([]error, 8)
	var wg sync.WaitGroup
	for i := range failures {
		wg.Go(func() {
			at := i * len(events) / len(failures)
			turned := append(append([]analytics.Event{}, events[at:]...), events[:at]...)
			failures[i] = s.Append(t.Context(), turned)
		})
	}
	wg.Wait()
	require.NoError(t, errors.Join(failures...))
}

func checkOddText(t *testing.T, s analytics.Store) {
	var want []analytics.Event
	for i, text := range []string{
		`O'Brien "; drop table x`, "''", "tab\tand\nline", "😀 🇨🇿", "שלום", "?", "$1", "%_\\", " padded ", ":name", "e\u0301", `{"a":1}`, "null",
	} {
		want = append(want, newEvent(numbered("e", i), func(e *analytics.Event) {
			e.Text, e.Path, e.Referrer, e.Subject, e.Account = text, text, text, text, text
			e.Arms, e.Props = []string{text, "x"}, map[string]string{text: text}
		}))
	}
	add(t, s, want...)
	same(t, want, scan(t, s, analytics.Range{}))
}

func checkBadText(t *testing.T, s analytics.Store) {
	for _, bad := range []string{"a\x00b", "a\xffb"} {
		for i, change := range []func(*analytics.Event){
			func(e *analytics.Event) { e.ID = bad },
			func(e *analytics.Event) { e.Name = bad },
			func(e *analytics.Event) { e.Visitor = bad },
			func(e *analytics.Event) { e.Session = bad },
			func(e *analytics.Event) { e.User = bad },
			func(e *analytics.Event) { e.Account = bad },
			func(e *analytics.Event) { e.Subject = bad },
			func(e *analytics.Event) { e.Search = bad },
			func(e *analytics.Event) { e.Text = bad },
			func(e *analytics.Event) { e.Path = bad },
			func(e *analytics.Event) { e.Referrer = bad },
			func(e *analytics.Event) { e.Locale = bad },
			func(e *analytics.Event) { e.Device = bad },
			func(e *analytics.Event) { e.Channel = bad },
			func(e *analytics.Event) { e.Arms = []string{"a", bad} },
			func(e *analytics.Event) { e.Props = map[string]string{"k": bad} },
			func(e *analytics.Event) { e.Props = map[string]string{bad: "v"} },
		} {
			err := s.Append(t.Context(), []analytics.Event{newEvent("e1", change)})
			require.ErrorIs(t, err, analytics.ErrInvalid, "text %q, field %d", bad, i)
		}
	}
	require.Empty(t, scan(t, s, analytics.Range{}))
}

func checkAliasing(t *testing.T, s analytics.Store) {
	given := []analytics.Event{newEvent("e1")}
	spoil := func(e analytics.Event) {
		require.Equal(t, newEvent("e1"), e)
		e.Arms[0], e.Props["version"], e.Props["new"] = "spoilt", "spoilt", "spoilt"
	}
	require.NoError(t, s.Append(t.Context(), given))
	spoil(given[0])
	given[0] = newEvent("e2")
	got := scan(t, s, analytics.Range{})
	require.Len(t, got, 1)
	spoil(got[0])
	require.Equal(t, []analytics.Event{newEvent("e1")}, scan(t, s, analytics.Range{}))
}

func checkOrder(t *testing.T, s analytics.Store) {
	at := func(id, session string, after time.Duration) analytics.Event {
		return newEvent(id, func(e *analytics.Event) { e.Session, e.At = session, t0.Add(after) })
	}
	want := []analytics.Event{
		at("z9", "", 0), // events without a session come first
		at("b", "B", 3*time.Hour), at("a", "B", 4*time.Hour),
		at("A", "a", 0), at("B", "a", 0), at("a1", "a", 0), at("a2", "a", 0), at("0", "a", time.Microsecond), at("9", "a", time.Second),
		at("c", "b", -time.Hour), at("d", "b", 0),
		at("é", "é", -2*time.Hour),
	}
	add(t, s, want[5], want[2], want[11], want[0], want[8], want[3])
	add(t, s, want[10], want[1], want[7], want[4], want[9], want[6])
	require.Equal(t, ids(want), ids(scan(t, s, analytics.Range{})))
}

func checkRange(t *testing.T, s analytics.Store) {
	add(t, s,
		newEvent("e1", func(e *analytics.Event) { e.At = t0.Add(-time.Microsecond) }),
		newEvent("e2"),
		newEvent("e3", func(e *analytics.Event) { e.Name = "search.performed" }),
		newEvent("e4", func(e *analytics.Event) { e.User = "bob" }),
		newEvent("e5", func(e *analytics.Event) { e.User, e.Name = "", "case.opened" }),
		newEvent("e6", func(e *analytics.Event) { e.At = t0.Add(time.Hour) }),
	)
	zoned := t0.In(time.FixedZone("somewhere", -7*3600))
	for _, tt := range []struct {
		name string
		r    analytics.Range
		want []string
	}{
		{"all", analytics.Range{}, []string{"e1", "e2", "e3", "e4", "e5", "e6"}},
		{"from", analytics.Range{From: t0}, []string{"e2", "e3", "e4", "e5", "e6"}},
		{"from in another zone", analytics.Range{From: zoned}, []string{"e2", "e3", "e4", "e5", "e6"}},
		{"to", analytics.Range{To: t0}, []string{"e1"}},
		{"to in another zone", analytics.Range{To: zoned}, []string{"e1"}},
		{"from and to", analytics.Range{From: t0, To: t0.Add(time.Hour)}, []string{"e2", "e3", "e4", "e5"}},
		{"nothing between", analytics.Range{From: t0, To: t0}, []string{}},
		{"a name", analytics.Range{Names: []string{"search.performed"}}, []string{"e3"}},
		{"names", analytics.Range{Names: []string{"search.performed", "case.opened", "nope.nope"}}, []string{"e3", "e5"}},
		{"no such name", analytics.Range{Names: []string{"nope.nope"}}, []string{}},
		{"a person", analytics.Range{User: "bob"}, []string{"e4"}},
		{"another case", analytics.Range{User: "BOB"}, []string{}},
		{"every field", analytics.Range{From: t0, To: t0.Add(time.Minute), Names: []string{"article.viewed"}, User: "ann"}, []string{"e2"}},
	} {
		require.ElementsMatch(t, tt.want, ids(scan(t, s, tt.r)), tt.name)
	}
}

func checkStop(t *testing.T, s analytics.Store) {
	events := make([]analytics.Event, 30)
	for i := range events {
		events[i] = newEvent(numbered("e", i))
	}
	add(t, s, events...)
	for range 100 { // more than a pool has connections
		for e, err := range s.Scan(t.Context(), analytics.Range{}) {
			require.NoError(t, err)
			require.Equal(t, "e0000", e.ID)
			break
		}
	}
	seq := s.Scan(t.Context(), analytics.Range{})
	for range 2 { // it may be ranged over again
		n := 0
		for _, err := range seq {
			require.NoError(t, err)
			n++
		}
		require.Equal(t, 30, n)
	}
}

func checkEraseUser(t *testing.T, s analytics.Store) {
	set := func(user, session, subject string) func(*analytics.Event) {
		return func(e *analytics.Event) { e.User, e.Session, e.Subject, e.Visitor = user, session, subject, "" }
	}
	add(t, s,
		newEvent("theirs", set("ann", "s1", "article/a")),
		newEvent("before they signed in", set("", "s1", "article/a")),
		newEvent("of somebody else in that session", set("bob", "s1", "article/a")),
		newEvent("about them", set("root", "s2", "person/ann")),
		newEvent("about another", set("root", "s2", "person/anna")),
		newEvent("elsewhere", set("", "s3", "article/a")),
		newEvent("without a session", set("", "", "article/a")),
		newEvent("theirs, without a session", set("ann", "", "article/a")),
		newEvent("of another case", set("ANN", "s4", "article/a")),
	)
	n, err := s.Erase(t.Context(), analytics.Who{User: "ann"})
	require.NoError(t, err)
	require.Equal(t, 4, n)
	require.ElementsMatch(t, []string{
		"of somebody else in that session", "about another", "elsewhere", "without a session", "of another case",
	}, ids(scan(t, s, analytics.Range{})))
	n, err = s.Erase(t.Context(), analytics.Who{User: "ann"})
	require.NoError(t, err)
	require.Zero(t, n, "a second time there is nothing left")
}

func checkEraseVisitor(t *testing.T, s analytics.Store) {
	add(t, s,
		newEvent("e1"), newEvent("e2", func(e *analytics.Event) { e.User = "" }),
		newEvent("e3", func(e *analytics.Event) { e.Visitor = "v2" }), newEvent("e4", func(e *analytics.Event) { e.Visitor = "" }),
	)
	n, err := s.Erase(t.Context(), analytics.Who{Visitor: "v1"})
	require.NoError(t, err)
	require.Equal(t, 2, n)
	require.ElementsMatch(t, []string{"e3", "e4"}, ids(scan(t, s, analytics.Range{})))
}

func checkEraseBoth(t *testing.T, s analytics.Store) {
	only := func(user, visitor string) func(*analytics.Event) {
		return func(e *analytics.Event) { e.User, e.Visitor, e.Session = user, visitor, "" }
	}
	add(t, s, newEvent("e1", only("ann", "")), newEvent("e2", only("", "v1")), newEvent("e3", only("ann", "v1")), newEvent("e4", only("bob", "v2")))
	n, err := s.Erase(t.Context(), analytics.Who{User: "ann", Visitor: "v1"})
	require.NoError(t, err)
	require.Equal(t, 3, n)
	require.Equal(t, []string{"e4"}, ids(scan(t, s, analytics.Range{})))
}

func checkEraseNobody(t *testing.T, s analytics.Store) {
	add(t, s,
		newEvent("e1", func(e *analytics.Event) { e.User, e.Visitor, e.Session = "", "", "" }),
		newEvent("e2", func(e *analytics.Event) { e.Subject = "person/" }), newEvent("e3"),
	)
	n, err := s.Erase(t.Context(), analytics.Who{})
	require.NoError(t, err)
	require.Zero(t, n)
	require.Len(t, scan(t, s, analytics.Range{}), 3)
}

func checkPrune(t *testing.T, s analytics.Store) {
	add(t, s,
		newEvent("e1", func(e *analytics.Event) { e.At, e.Received = t0.Add(-time.Microsecond), t0.Add(time.Hour) }),
		newEvent("e2"), newEvent("e3", func(e *analytics.Event) { e.At = t0.Add(time.Hour) }),
		newEvent("e0", func(e *analytics.Event) { e.At = t0.AddDate(-1, 0, 0) }),
	)
	n, err := s.Prune(t.Context(), t0.In(time.FixedZone("somewhere", 5*3600)))
	require.NoError(t, err)
	require.Equal(t, 2, n)
	require.ElementsMatch(t, []string{"e2", "e3"}, ids(scan(t, s, analytics.Range{})))
	n, err = s.Prune(t.Context(), t0)
	require.NoError(t, err)
	require.Zero(t, n)
}

func checkCancelled(t *testing.T, s analytics.Store) {
	add(t, s, newEvent("e1"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for name, call := range map[string]func() error{
		"Append": func() error { return s.Append(ctx, []analytics.Event{newEvent("e2")}) },
		"Erase":  func() error { _, err := s.Erase(ctx, analytics.Who{User: "ann"}); return err },
		"Prune":  func() error { _, err := s.Prune(ctx, t0.Add(time.Hour)); return err },
		"Scan": func() error {
			var last error
			for _, err := range s.Scan(ctx, analytics.Range{}) {
				last = err
			}
			return last
		},
	} {
		err := call()
		require.Error(t, err, name)
		require.True(t, errors.Is(err, context.Canceled), "%s: %v", name, err)
	}
	require.Equal(t, []string{"e1"}, ids(scan(t, s, analytics.Range{})), "what was cancelled was not done")
}

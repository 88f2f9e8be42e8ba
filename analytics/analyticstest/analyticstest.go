// Package analyticstest checks implementations of [analytics.Store]. Whoever
// keeps events elsewhere runs the same suite as the stores of this module:
//
//	func TestStore(t *testing.T) {
//		analyticstest.TestStore(t, func(t *testing.T) analytics.Store {
//			return lakeanalytics.New(newFakeLake(t))
//		})
//	}
package analyticstest

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/internal/suitetest"
)

// TestStore runs the contract of [analytics.Store] as subtests, and those of
// [analytics.Counter] and [analytics.Rememberer] if the store is one. open must return an empty store each
// time it is called.
func TestStore(t *testing.T, open func(t *testing.T) analytics.Store) {
	suitetest.Run(t, contract(), open)
}

func contract() []suitetest.Promise[analytics.Store] {
	list := []suitetest.Promise[analytics.Store]{
		{"RoundTrip", "Scan returns what Append was given, with times in UTC", checkRoundTrip},
		{"Bare", "an event with nothing but an ID, a name and times survives", checkBare},
		{"Twice", "Append leaves out events whose ID it has, and keeps the first", checkTwice},
		{"Whole", "Append keeps all of its events or none", checkWhole},
		{"Many", "Append takes thousands of events at once, and none", checkMany},
		{"Race", "concurrent Appends of the same events keep each once", checkRace},
		{"OddText", "text survives as it is and is only text: quotes, placeholders, patterns, emoji, right-to-left", checkOddText},
		{"BadText", "a NUL or what is not UTF-8 is ErrInvalid", checkBadText},
		{"NoAliasing", "changing a slice or map given to or got from a store changes nothing inside it", checkAliasing},
		{"Order", "Scan goes by session, time and ID, in byte order", checkOrder},
		{"Range", "Scan returns what matches every field that is set; From is included, To is not", checkRange},
		{"Stop", "a loop over Scan may end early, as often as it likes", checkStop},
		{"EraseUser", "Erase takes a person's events, those about them, and the anonymous ones of their sessions", checkEraseUser},
		{"EraseVisitor", "Erase takes a browser's events", checkEraseVisitor},
		{"EraseBoth", "Erase takes both a person's and a browser's events if it is given both", checkEraseBoth},
		{"EraseNobody", "Erase of nobody takes nothing", checkEraseNobody},
		{"Prune", "Prune takes what happened before a time, and says how much that was", checkPrune},
		{"Cancelled", "a cancelled context stops a call, which returns its error", checkCancelled},
	}
	for _, p := range []suitetest.Promise[analytics.Store]{
		{"Counter/Top", "Top agrees with a scan", checkTop},
		{"Counter/Filter", "Top answers for the name, the kind and the days that it is asked for, in order, cut to Limit", checkTopFilter},
		{"Counter/Twice", "an event that is appended again is not counted again", checkTopTwice},
		{"Counter/Race", "concurrent Appends count each event once", checkTopRace},
		{"Counter/Erase", "Erase takes the counts about a person and leaves the others", checkTopErase},
		{"Counter/Prune", "Prune leaves the counts", checkTopPrune},
	} {
		list = append(list, suitetest.Promise[analytics.Store]{p.Name, p.Says, ifCounter(p.Check)})
	}
	list = append(list, suitetest.Promise[analytics.Store]{"Expirer", "Expire takes what is older, the oldest first, at most Limit, and nothing of who is held", ifExpirer(checkExpire)})
	return append(list, suitetest.Promise[analytics.Store]{"Rememberer", "Latest agrees with a scan: one person's events, the latest first, cut to Limit", ifRememberer(checkLatest)})
}

// ifRememberer skips what only a Rememberer promises.
func ifRememberer(check func(*testing.T, analytics.Rememberer)) func(*testing.T, analytics.Store) {
	return func(t *testing.T, s analytics.Store) {
		r, ok := s.(analytics.Rememberer)
		if !ok {
			t.Skip("this store does not find the latest events of a person")
		}
		check(t, r)
	}
}

// ifCounter skips what only a Counter promises.
func ifCounter(check func(*testing.T, analytics.Store)) func(*testing.T, analytics.Store) {
	return func(t *testing.T, s analytics.Store) {
		if _, ok := s.(analytics.Counter); !ok {
			t.Skip("this store keeps no counts")
		}
		check(t, s)
	}
}

var t0 = time.Date(2026, 3, 1, 9, 30, 0, 123456000, time.UTC)

// newEvent returns an event with every field set; each change adjusts it.
func newEvent(id string, change ...func(*analytics.Event)) analytics.Event {
	e := analytics.Event{
		ID: id, Name: "article.viewed", At: t0, Received: t0.Add(time.Second),
		Visitor: "v1", Session: "s1", User: "ann", Account: "acme", Subject: "article/a1", Search: "q1",
		Text: "reset hub", Rank: 3, Hits: 20, Path: "/en/articles/a1", Referrer: "https://x.example", Locale: "en",
		Device: analytics.DevicePhone, Channel: analytics.ChannelWeb,
		Arms: []string{"layout=b", "rank=a"}, Props: map[string]string{"version": "4", "reason": "unclear"},
	}
	for _, f := range change {
		f(&e)
	}
	return e
}

func add(t *testing.T, s analytics.Store, events ...analytics.Event) {
	t.Helper()
	require.NoError(t, s.Append(t.Context(), events))
}

func scan(t *testing.T, s analytics.Store, r analytics.Range) []analytics.Event {
	t.Helper()
	var events []analytics.Event
	for e, err := range s.Scan(t.Context(), r) {
		require.NoError(t, err)
		events = append(events, e)
	}
	return events
}

// same compares events one by one: the difference of thousands of them would be
// printed for minutes.
func same(t *testing.T, want, got []analytics.Event) {
	t.Helper()
	require.Equal(t, len(want), len(got), "number of events")
	for i := range want {
		require.Equal(t, want[i], got[i])
	}
}

func ids(events []analytics.Event) []string {
	out := []string{}
	for _, e := range events {
		out = append(out, e.ID)
	}
	return out
}

func numbered(prefix string, i int) string { return fmt.Sprintf("%s%04d", prefix, i) }

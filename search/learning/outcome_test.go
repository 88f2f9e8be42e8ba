package learning_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/analytics/memanalytics"
	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/learning"
)

// asked and followed are events of one session, seconds after its start.
func asked(id, text, shown string, after int) analytics.Event {
	return analytics.Event{ID: id, Name: search.EventPerformed, At: start.Add(time.Duration(after) * time.Second), Session: "s", Visitor: "v", Text: text, Locale: "en", Props: map[string]string{"shown": shown}}
}

func followed(id, group string, after int) analytics.Event {
	return analytics.Event{Name: search.EventClicked, At: start.Add(time.Duration(after) * time.Second), Session: "s", Visitor: "v", Search: id, Subject: group}
}

func happened(name, subject string, after int, helpful string) analytics.Event {
	return analytics.Event{Name: name, At: start.Add(time.Duration(after) * time.Second), Session: "s", Visitor: "v", Subject: subject, Props: map[string]string{"helpful": helpful}}
}

func judged(id, group string, after int, right string) analytics.Event {
	e := followed(id, group, after)
	e.Name, e.Props = search.EventAnswered, map[string]string{search.PropRight: right}
	return e
}

func TestOutcomes(t *testing.T) {
	a, b := "article/a", "article/b"
	for name, c := range map[string]struct {
		events []analytics.Event
		want   []map[string]float64
	}{
		"nothing followed":       {[]analytics.Event{asked("1", "vpn", a+" "+b, 0)}, []map[string]float64{{}}},
		"the last is the answer": {[]analytics.Event{asked("1", "vpn", a+" "+b, 0), followed("1", a, 5)}, []map[string]float64{{a: 1}}},
		"back at once":           {[]analytics.Event{asked("1", "vpn", a+" "+b, 0), followed("1", a, 5), followed("1", b, 9)}, []map[string]float64{{a: 0.1, b: 1}}},
		"read for a while":       {[]analytics.Event{asked("1", "vpn", a+" "+b, 0), followed("1", a, 5), followed("1", b, 30)}, []map[string]float64{{a: 0.5, b: 1}}},
		"read":                   {[]analytics.Event{asked("1", "vpn", a+" "+b, 0), followed("1", a, 5), followed("1", b, 90)}, []map[string]float64{{a: 1, b: 1}}},
		"no help":                {[]analytics.Event{asked("1", "vpn", a, 0), followed("1", a, 5), happened("article.rated", a, 60, "false")}, []map[string]float64{{a: 0}}},
		"help, and back":         {[]analytics.Event{asked("1", "vpn", a, 0), followed("1", a, 5), happened("article.rated", a, 7, "true"), asked("2", "tea", b, 8)}, []map[string]float64{{a: 1}, {}}},
		"found by asking again":  {[]analytics.Event{asked("1", "vpn", a, 0), asked("2", "tunnel", b, 20), followed("2", b, 25)}, []map[string]float64{{b: 0.5}, {b: 1}}},
		"another matter":         {[]analytics.Event{asked("1", "vpn", a, 0), asked("2", "tunnel", b, 400), followed("2", b, 405)}, []map[string]float64{{}, {b: 1}}},
		"asked people":           {[]analytics.Event{asked("1", "vpn", a, 0), followed("1", a, 5), happened("case.opened", "case/1", 100, "")}, []map[string]float64{{}}},
		"an answer":              {[]analytics.Event{asked("1", "vpn", a, 0), judged("1", a, 5, "true")}, []map[string]float64{{a: 1}}},
		"no answer":              {[]analytics.Event{asked("1", "vpn", a, 0), followed("1", a, 5), judged("1", a, 60, "false")}, []map[string]float64{{}}},
		"an answer after all":    {[]analytics.Event{asked("1", "vpn", a, 0), judged("1", a, 5, "false"), judged("1", a, 60, "true"), asked("2", "tea", b, 61)}, []map[string]float64{{a: 1}, {}}},
		"an answer of nowhere":   {[]analytics.Event{asked("1", "vpn", a, 0), judged("7", a, 5, "true")}, []map[string]float64{{}}},
		"a click of nowhere":     {[]analytics.Event{asked("1", "vpn", a, 0), followed("7", a, 5)}, []map[string]float64{{}}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []map[string]float64
			for _, o := range all(t, learning.Outcomes(told(c.events))) {
				got = append(got, o.Worth)
			}
			require.Equal(t, c.want, got)
		})
	}
}

func TestOutcomesOfNobody(t *testing.T) {
	bot, stray := asked("1", "vpn", "a", 0), asked("2", "vpn", "a", 0)
	bot.Device, stray.Session = analytics.DeviceBot, ""
	require.Empty(t, all(t, learning.Outcomes(told([]analytics.Event{bot, stray}))))
	failed := errors.New("no")
	for _, err := range learning.Outcomes(func(yield func(analytics.Event, error) bool) { yield(analytics.Event{}, failed) }) {
		require.ErrorIs(t, err, failed)
	}
}

// TestPinsTeachNothing: what a team has put first is followed because it is there.
func TestPinsTeachNothing(t *testing.T) {
	w := newWorld(learning.Options{})
	for i := range 10 {
		e := asked("1", "vpn", "a b", 0)
		e.Visitor, e.Props[search.PropPinned] = string(rune('a'+i)), "a"
		for _, o := range all(t, learning.Outcomes(told([]analytics.Event{e, followed("1", "a", 5)}))) {
			w.Observe(o)
		}
	}
	require.Zero(t, w.value("vpn", "a"))
	require.Negative(t, w.value("vpn", "b"), "it was passed over")
}

// TestFollower: what is in a ledger is learned once, as soon as its sessions have
// ended, and searches on both sides of midnight are whole.
func TestFollower(t *testing.T) {
	store := memanalytics.New()
	now := start.AddDate(0, 0, -30).Truncate(24 * time.Hour)
	add := func(at time.Time, who string) {
		s := asked("s"+who, "vpn", "article/a article/b", 0)
		c := followed("s"+who, "article/b", 0)
		s.At, c.At, c.ID = at, at.Add(10*time.Second), "c"+who
		for _, e := range []*analytics.Event{&s, &c} {
			e.Session, e.Visitor = who, who
		}
		require.NoError(t, store.Append(t.Context(), []analytics.Event{s, c}))
	}
	for i, who := range []string{"1", "2", "3", "4"} {
		add(now.AddDate(0, 0, i).Add(-5*time.Second), who)
	}
	clock := start
	m := learning.NewModel(&learning.Options{Now: func() time.Time { return clock }})
	f := learning.NewFollower(m, store, nil)
	require.NoError(t, f.Catch(t.Context()))
	first := m.Signals("vpn", "en")
	require.Len(t, first, 2)
	require.Equal(t, "article/b", first[0].Group)
	require.Equal(t, 4, first[0].People)
	require.Positive(t, first[0].Value)
	require.NoError(t, f.Catch(t.Context()))
	require.Equal(t, first, m.Signals("vpn", "en"), "nothing counts twice")

	add(clock, "5")
	require.NoError(t, f.Catch(t.Context()))
	require.Equal(t, first, m.Signals("vpn", "en"), "it has not ended")
	clock = clock.Add(3 * time.Hour)
	require.NoError(t, f.Catch(t.Context()))
	require.Equal(t, 5, m.Signals("vpn", "en")[0].People)
}

package analytics_test

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/analytics/memanalytics"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var t0 = time.Date(2026, 3, 1, 9, 30, 0, 123456789, time.UTC)

// store is a memory store that can be told to fail.
type store struct {
	*memanalytics.Store
	mu      sync.Mutex
	fail    func(events []analytics.Event) error
	batches []int // lengths of what was tried
}

func newStore() *store { return &store{Store: memanalytics.New()} }

func (s *store) Append(ctx context.Context, events []analytics.Event) error {
	s.mu.Lock()
	s.batches = append(s.batches, len(events))
	fail := s.fail
	s.mu.Unlock()
	if fail != nil {
		if err := fail(events); err != nil {
			return err
		}
	}
	return s.Store.Append(ctx, events)
}

func (s *store) set(fail func([]analytics.Event) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fail = fail
}

func (s *store) all(t *testing.T) []analytics.Event {
	t.Helper()
	return collect(t, s.Store)
}

func collect(t *testing.T, s analytics.Store) []analytics.Event {
	t.Helper()
	var events []analytics.Event
	for e, err := range s.Scan(t.Context(), analytics.Range{}) {
		require.NoError(t, err)
		events = append(events, e)
	}
	return events
}

func named(i int) analytics.Event {
	return analytics.Event{Name: "thing.happened", Subject: fmt.Sprint("thing/", i)}
}

func TestRecord(t *testing.T) {
	s := newStore()
	l := analytics.NewLedger(s, &analytics.Options{Now: func() time.Time { return t0.In(time.FixedZone("X", 3600)) }})
	ctx := analytics.NewContext(t.Context(), analytics.Event{
		Visitor: "v", Session: "s", User: "not this", Account: "acme", Search: "q1", Path: "/p", Referrer: "https://x",
		Locale: "de", Device: "phone", Channel: "web", Arms: []string{"a=b"},
	})
	l.Record(ctx, analytics.Event{Name: "article.viewed", User: "ann", Subject: "article/1", Rank: 2, Hits: 9, Text: "hello", Props: map[string]string{"k": "v"}})
	require.Empty(t, s.all(t), "nothing is written before the flush")
	require.NoError(t, l.Flush(t.Context()))
	got := s.all(t)
	require.Len(t, got, 1)
	require.Regexp(t, regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`), got[0].ID)
	got[0].ID = ""
	now := t0.Truncate(time.Microsecond)
	require.Equal(t, analytics.Event{
		Name: "article.viewed", At: now, Received: now, Visitor: "v", Session: "s", User: "ann", Account: "acme",
		Subject: "article/1", Search: "q1", Text: "hello", Rank: 2, Hits: 9, Path: "/p", Referrer: "https://x",
		Locale: "de", Device: "phone", Channel: "web", Arms: []string{"a=b"}, Props: map[string]string{"k": "v"},
	}, got[0])
	require.Equal(t, analytics.Stats{Recorded: 1, Stored: 1, Dropped: map[analytics.DropReason]int64{}}, l.Stats())
}

func TestRecordKeepsOrder(t *testing.T) {
	s := newStore()
	now := t0
	l := analytics.NewLedger(s, &analytics.Options{Now: func() time.Time { return now }})
	for i := range 9_000 { // more than fit into one millisecond's counter
		if i == 5_000 {
			now = now.Add(-time.Minute) // the clock steps back
		}
		l.Record(t.Context(), analytics.Event{Name: "thing.happened", At: t0.Add(-time.Hour), Subject: fmt.Sprintf("thing/%04d", i)})
	}
	require.NoError(t, l.Flush(t.Context()))
	got := s.all(t)
	require.Len(t, got, 9_000)
	for i, e := range got {
		require.Equal(t, fmt.Sprintf("thing/%04d", i), e.Subject, "events of one moment are told as they were recorded")
	}
}

func TestRecordSharesNothing(t *testing.T) {
	s := newStore()
	l := analytics.NewLedger(s, nil)
	arms, props := []string{"a"}, map[string]string{"k": "v"}
	l.Record(analytics.NewContext(t.Context(), analytics.Event{Arms: arms}), analytics.Event{Name: "thing.happened", Props: props})
	arms[0], props["k"] = "spoilt", "spoilt"
	require.NoError(t, l.Flush(t.Context()))
	got := s.all(t)[0]
	require.Equal(t, []string{"a"}, got.Arms)
	require.Equal(t, map[string]string{"k": "v"}, got.Props)
}

func TestRecordTidies(t *testing.T) {
	s := newStore()
	l := analytics.NewLedger(s, &analytics.Options{Now: func() time.Time { return t0 }})
	long := strings.Repeat("ä", 5_000)
	props := map[string]string{}
	for i := range 100 {
		props[fmt.Sprintf("%02d", i)+long] = long
	}
	l.Record(t.Context(), analytics.Event{
		ID: "not an id!", Name: "thing.happened", At: t0.Add(time.Hour), Visitor: long, Session: "a\x00b", User: "bad\xff",
		Subject: long, Text: "mail ann@example.com " + long, Path: "/reset?token=secret", Referrer: "https://x/?q=secret#f",
		Rank: -3, Hits: -1, Arms: slices.Repeat([]string{long}, 100), Props: props,
	})
	require.NoError(t, l.Flush(t.Context()))
	got := s.all(t)[0]
	require.Len(t, got.ID, 36)
	require.Equal(t, t0.Truncate(time.Microsecond), got.At, "nothing happens in the future")
	require.Equal(t, "ab", got.Session)
	require.Equal(t, "bad\uFFFD", got.User)
	require.Equal(t, "/reset", got.Path)
	require.Equal(t, "https://x/", got.Referrer)
	require.Zero(t, got.Rank)
	require.Zero(t, got.Hits)
	require.Contains(t, got.Text, "[email]")
	require.NotContains(t, got.Text, "ann@")
	require.Len(t, got.Arms, 16)
	require.Len(t, got.Props, 16)
	require.Contains(t, keys(got.Props)[0], "00", "the same ones each time")
	for _, text := range append([]string{got.Visitor, got.Subject, got.Text, got.Arms[0]}, keys(got.Props)...) {
		require.True(t, utf8.ValidString(text))
		require.LessOrEqual(t, len(text), 512)
	}
}

func keys(m map[string]string) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

func TestRecordKeepsGivenID(t *testing.T) {
	s := newStore()
	l := analytics.NewLedger(s, nil)
	for range 3 {
		l.Record(t.Context(), analytics.Event{ID: "0190-abc_Z", Name: "thing.happened"})
	}
	require.NoError(t, l.Flush(t.Context()))
	require.Len(t, s.all(t), 1, "a retry is one event")
	require.Equal(t, "0190-abc_Z", s.all(t)[0].ID)
}

// lost collects what a ledger says that it dropped.
type lost struct {
	mu sync.Mutex
	n  map[analytics.DropReason]int
}

func (d *lost) add(reason analytics.DropReason, n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.n == nil {
		d.n = map[analytics.DropReason]int{}
	}
	d.n[reason] += n
}

func TestRecordDropsAndCounts(t *testing.T) {
	var dropped lost
	l := analytics.NewLedger(newStore(), &analytics.Options{Size: 10, Batch: 3, Dropped: dropped.add})
	for i := range 15 {
		l.Record(t.Context(), named(i))
	}
	for _, name := range []string{"", "noverb", ".x", "x.", "Thing.happened", "thing.happened\n", "a b.c", strings.Repeat("a", 60) + ".bcde"} {
		l.Record(t.Context(), analytics.Event{Name: name})
	}
	bot := analytics.NewContext(t.Context(), analytics.Event{Device: analytics.DeviceBot, Channel: analytics.ChannelWeb})
	l.Record(bot, named(1))
	want := map[analytics.DropReason]int{analytics.DropFull: 5, analytics.DropInvalid: 8, analytics.DropBot: 1}
	require.Equal(t, want, dropped.n)
	stats := l.Stats()
	require.EqualValues(t, 10, stats.Recorded)
	require.Equal(t, 10, stats.Pending)
	for reason, n := range want {
		require.EqualValues(t, n, stats.Dropped[reason])
	}
	require.NoError(t, l.Flush(t.Context()))
	l.Record(t.Context(), named(1))
	require.Equal(t, 1, l.Stats().Pending, "there is room again")
}

func TestBots(t *testing.T) {
	s := newStore()
	l := analytics.NewLedger(s, &analytics.Options{Bots: true})
	l.Record(t.Context(), analytics.Event{Name: "a.b", Device: "bot", Channel: "web"})
	require.NoError(t, l.Flush(t.Context()))
	require.Len(t, s.all(t), 1)
	l = analytics.NewLedger(s, nil)
	l.Record(t.Context(), analytics.Event{Name: "a.b", Device: "bot", Channel: "api"})
	require.NoError(t, l.Flush(t.Context()))
	require.Len(t, s.all(t), 2, "a program that calls the API is a customer's")
}

func TestRunFlushesByTimeAndSize(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStore()
		l := analytics.NewLedger(s, &analytics.Options{Batch: 10})
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- l.Run(ctx) }()

		l.Record(ctx, named(0))
		time.Sleep(999 * time.Millisecond)
		synctest.Wait()
		require.Empty(t, s.all(t))
		time.Sleep(time.Millisecond)
		synctest.Wait()
		require.Len(t, s.all(t), 1, "after a second")

		for i := range 10 {
			l.Record(ctx, named(i))
		}
		synctest.Wait()
		require.Len(t, s.all(t), 11, "a batch at once")

		for i := range 25 {
			l.Record(ctx, named(i))
		}
		cancel()
		require.NoError(t, <-ended)
		require.Len(t, s.all(t), 36, "the rest at the end")
		l.Record(t.Context(), named(1))
		require.EqualValues(t, 1, l.Stats().Dropped[analytics.DropStopped])
		require.Equal(t, 0, l.Stats().Pending)
	})
}

func TestRunRetriesWithTheSameIDs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStore()
		tried := 0
		// The first three times it fails, the second of them after it has written.
		s.set(func(events []analytics.Event) error {
			tried++
			if tried == 2 {
				_ = s.Store.Append(t.Context(), events)
			}
			if tried <= 3 {
				return errors.New("connection lost")
			}
			return nil
		})
		l := analytics.NewLedger(s, nil)
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- l.Run(ctx) }()
		for i := range 5 {
			l.Record(ctx, named(i))
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		require.Equal(t, 4, tried)
		require.Len(t, s.all(t), 5, "nothing lost, nothing doubled")
		require.Equal(t, analytics.Stats{Recorded: 5, Stored: 5, Dropped: map[analytics.DropReason]int64{}}, l.Stats())
		cancel()
		require.NoError(t, <-ended)
	})
}

func TestRunWhileTheStoreIsDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStore()
		s.set(func([]analytics.Event) error { return analytics.ErrUnavailable })
		l := analytics.NewLedger(s, &analytics.Options{Size: 100, Batch: 10})
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- l.Run(ctx) }()
		for i := range 300 {
			l.Record(ctx, named(i))
			time.Sleep(time.Second)
		}
		synctest.Wait() // a try may be due at this very instant
		require.Less(t, len(s.batches), 40, "it does not press a store that is down")
		require.EqualValues(t, 200, l.Stats().Dropped[analytics.DropFull])
		s.set(nil)
		time.Sleep(31 * time.Second)
		synctest.Wait()
		require.Len(t, s.all(t), 100, "the oldest are kept")
		cancel()
		require.NoError(t, <-ended)
	})
}

func TestRunSaysWhatIsLostAtTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStore()
		s.set(func([]analytics.Event) error { return analytics.ErrUnavailable })
		l := analytics.NewLedger(s, &analytics.Options{Drain: 3 * time.Second})
		ctx, cancel := context.WithCancel(t.Context())
		for i := range 7 {
			l.Record(ctx, named(i))
		}
		cancel()
		start := time.Now()
		err := l.Run(ctx)
		require.ErrorIs(t, err, analytics.ErrUnavailable)
		require.Equal(t, 3*time.Second, time.Since(start))
		require.Equal(t, analytics.Stats{Recorded: 7, Dropped: map[analytics.DropReason]int64{analytics.DropLost: 7}}, l.Stats())
	})
}

func TestAHangingStoreIsAFailingOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := analytics.NewLedger(hanging{memanalytics.New()}, &analytics.Options{Size: 5})
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- l.Run(ctx) }()
		for i := range 10 {
			l.Record(ctx, named(i))
			time.Sleep(time.Minute)
		}
		require.EqualValues(t, 5, l.Stats().Dropped[analytics.DropFull], "recording went on")
		cancel()
		require.ErrorIs(t, <-ended, context.DeadlineExceeded)
	})
}

type hanging struct{ *memanalytics.Store }

func (hanging) Append(ctx context.Context, _ []analytics.Event) error {
	<-ctx.Done()
	return ctx.Err()
}

func TestOneBadEventDoesNotStopTheOthers(t *testing.T) {
	s := newStore()
	s.set(func(events []analytics.Event) error {
		for _, e := range events {
			if e.Subject == "thing/13" || e.Subject == "thing/700" {
				return fmt.Errorf("cannot keep it: %w", analytics.ErrInvalid)
			}
		}
		return nil
	})
	l := analytics.NewLedger(s, nil)
	for i := range 1_000 {
		l.Record(t.Context(), named(i))
	}
	require.NoError(t, l.Flush(t.Context()))
	require.Len(t, s.all(t), 998)
	require.Equal(t, analytics.Stats{Recorded: 1000, Stored: 998, Dropped: map[analytics.DropReason]int64{analytics.DropRefused: 2}}, l.Stats())
	require.Less(t, len(s.batches), 50, "found by halves")
}

func TestFlushKeepsWhatFails(t *testing.T) {
	s := newStore()
	l := analytics.NewLedger(s, &analytics.Options{Batch: 10})
	for i := range 25 {
		l.Record(t.Context(), named(i))
	}
	n := 0
	s.set(func([]analytics.Event) error {
		if n++; n == 2 {
			return errors.New("once")
		}
		return nil
	})
	require.Error(t, l.Flush(t.Context()))
	require.Equal(t, 15, l.Stats().Pending)
	l.Record(t.Context(), named(25))
	require.NoError(t, l.Flush(t.Context()))
	require.Len(t, s.all(t), 26)
	require.Equal(t, 0, l.Stats().Pending)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	l.Record(t.Context(), named(1))
	require.Error(t, l.Flush(ctx))
}

func TestConcurrentRecording(t *testing.T) {
	s := newStore()
	l := analytics.NewLedger(s, &analytics.Options{Size: 1_000_000, Batch: 50})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- l.Run(ctx) }()
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for i := range 500 {
				l.Record(t.Context(), named(i))
				if i%100 == 0 {
					_ = l.Flush(t.Context())
				}
			}
		})
	}
	wg.Wait()
	cancel()
	require.NoError(t, <-ended)
	require.Len(t, s.all(t), 4_000)
	require.EqualValues(t, 4_000, l.Stats().Stored)
}

func TestErase(t *testing.T) {
	s := newStore()
	l := analytics.NewLedger(s, nil)
	l.Record(t.Context(), analytics.Event{Name: "a.b", User: "ann"})
	l.Record(t.Context(), analytics.Event{Name: "a.b", User: "bob"})
	n, err := l.Erase(t.Context(), analytics.Who{User: "ann"})
	require.NoError(t, err)
	require.Equal(t, 1, n, "what waits is erased too")
	n, err = l.Erase(t.Context(), analytics.Who{})
	require.NoError(t, err)
	require.Zero(t, n)
	require.Len(t, s.all(t), 1)
	s.set(func([]analytics.Event) error { return errors.New("down") })
	l.Record(t.Context(), analytics.Event{Name: "a.b", User: "bob"})
	_, err = l.Erase(t.Context(), analytics.Who{User: "bob"})
	require.Error(t, err, "it is not done while events wait")
}

func TestTop(t *testing.T) {
	s := memanalytics.New()
	now := t0
	record := func(l *analytics.Ledger, subject string, n int) {
		for range n {
			l.Record(t.Context(), analytics.Event{Name: "article.viewed", Subject: subject})
		}
	}
	l := analytics.NewLedger(s, &analytics.Options{Now: func() time.Time { return now }})
	record(l, "article/old", 9)
	now = now.AddDate(0, 0, 10)
	record(l, "article/b", 2)
	record(l, "article/a", 2)
	record(l, "article/c", 5)
	record(l, "topic/x", 7)
	require.NoError(t, l.Flush(t.Context()))
	q := analytics.TopQuery{Name: "article.viewed", Kind: "article", From: now.AddDate(0, 0, -1), Limit: 2}
	want := []analytics.Count{{Subject: "article/c", N: 5}, {Subject: "article/a", N: 2}}
	got, err := l.Top(t.Context(), q)
	require.NoError(t, err)
	require.Equal(t, want, got)
	scanned, err := analytics.TopOf(t.Context(), s, q)
	require.NoError(t, err)
	require.Equal(t, want, scanned)
	uncounted := analytics.NewLedger(struct{ analytics.Store }{s}, nil)
	got, err = uncounted.Top(t.Context(), q)
	require.NoError(t, err)
	require.Equal(t, want, got, "a store without counts is scanned")
}

package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/stoa-go/stoa/internal/outbox"
	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/internal/testdb"
)

// start runs a Box until the test ends or stop is called.
func start(t *testing.T, b *outbox.Box) (stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- b.Run(ctx) }()
	return func() {
		cancel()
		require.ErrorIs(t, <-done, context.Canceled)
	}
}

func eventually(t *testing.T, f func() bool) {
	t.Helper()
	require.Eventually(t, f, 30*time.Second, 2*time.Millisecond)
}

func none(t *testing.T, b *outbox.Box) func() bool {
	return func() bool {
		c, err := b.Counts(t.Context())
		return err == nil && c.Pending == 0
	}
}

// TestTwoRunners has two programs compete for the messages of many lanes, while
// they are written and with failures now and then.
func TestTwoRunners(t *testing.T) {
	const lanes, perLane = 10, 15
	each(t, func(t *testing.T, db *sqldb.DB) {
		var mu sync.Mutex
		delivered := map[string][]int{} // lane -> numbers, in order
		inLane := map[string]int{}
		handle := func(ctx context.Context, d outbox.Delivery) error {
			mu.Lock()
			inLane[d.Destination]++
			if inLane[d.Destination] > 1 {
				t.Errorf("two deliveries to %s at once", d.Destination)
			}
			mu.Unlock()
			time.Sleep(time.Millisecond) // let the other one try
			mu.Lock()
			defer mu.Unlock()
			inLane[d.Destination]--
			n, err := strconv.Atoi(d.Key)
			if err != nil {
				return err
			}
			if n%4 == 0 && d.Attempt == 1 {
				return errDown
			}
			delivered[d.Destination] = append(delivered[d.Destination], n)
			return nil
		}
		var stops []func()
		var b *outbox.Box
		for range 2 {
			b = outbox.New(db, &outbox.Options{Poll: 5 * time.Millisecond, Backoff: func(int) time.Duration { return time.Millisecond }})
			b.Handle("mail", handle)
			stops = append(stops, start(t, b))
		}
		for n := range perLane {
			for lane := range lanes {
				enqueue(t, db, mail(fmt.Sprint("lane-", lane), n))
			}
		}
		eventually(t, none(t, b))
		for _, stop := range stops {
			stop()
		}
		require.Len(t, delivered, lanes)
		for lane, got := range delivered {
			require.Len(t, got, perLane, "each once in %s", lane)
			require.IsIncreasing(t, got, "in order in %s", lane)
		}
	})
}

func TestRunIsWoken(t *testing.T) {
	each(t, func(t *testing.T, db *sqldb.DB) {
		got := make(chan string, 10)
		b := outbox.New(db, &outbox.Options{Poll: 24 * time.Hour})
		b.Handle("mail", func(ctx context.Context, d outbox.Delivery) error { got <- d.Key; return nil })
		stop := start(t, b)
		for n := range 5 {
			enqueue(t, db, mail("ann", n))
			require.Equal(t, fmt.Sprint(n), <-got)
		}
		stop()
	})
}

func TestRunSeesAnotherProgramsMessages(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db *sqlx.DB) {
		require.NoError(t, outbox.Migrate(t.Context(), db.DB))
		got := make(chan string, 1)
		b := outbox.New(sqldb.New(db), nil)
		b.Handle("mail", func(ctx context.Context, d outbox.Delivery) error { got <- d.Key; return nil })
		stop := start(t, b)
		best := time.Hour // of three: the machine may be busy
		for n := range 3 {
			enqueue(t, sqldb.New(db), mail("ann", n))
			began := time.Now()
			<-got
			best = min(best, time.Since(began))
		}
		require.Less(t, best, time.Second)
		stop()
	})
}

func TestStopInterruptsWithoutPenalty(t *testing.T) {
	each(t, func(t *testing.T, db *sqldb.DB) {
		before := goleak.IgnoreCurrent()
		entered := make(chan struct{})
		b := outbox.New(db, &outbox.Options{Attempts: 1})
		b.Handle("mail", func(ctx context.Context, d outbox.Delivery) error {
			close(entered)
			<-ctx.Done()
			return ctx.Err()
		})
		enqueue(t, db, mail("ann", 1))
		stop := start(t, b)
		<-entered
		stop()
		goleak.VerifyNone(t, before, goleak.IgnoreAnyFunction("database/sql.(*DB).connectionOpener"))

		items, err := b.Pending(t.Context(), 0, 0)
		require.NoError(t, err)
		require.Len(t, items, 1, "it was the last attempt, but it was not the message's fault")
		r := &recorder{}
		require.Equal(t, 1, drain(t, box(db, nil, r)), "at once")
		log, err := b.Attempts(t.Context(), items[0].ID)
		require.NoError(t, err)
		require.Equal(t, outbox.OutcomeInterrupted, log[0].Outcome)
	})
}

func TestRunSurvivesADatabaseThatFails(t *testing.T) {
	db := testdb.SQLite(t)
	b := outbox.New(sqldb.New(db), &outbox.Options{Poll: time.Millisecond})
	got := make(chan string, 1)
	b.Handle("mail", func(ctx context.Context, d outbox.Delivery) error { got <- d.Key; return nil })
	stop := start(t, b) // there are no tables yet
	_, err := b.Counts(t.Context())
	require.Error(t, err)
	require.NoError(t, outbox.Migrate(t.Context(), db.DB))
	enqueue(t, sqldb.New(db), mail("ann", 1))
	require.Equal(t, "1", <-got)
	stop()
}

// TestLateHandler has a handler that ignores the end of its lease: somebody
// else delivers, and the latecomer changes nothing.
func TestLateHandler(t *testing.T) {
	each(t, func(t *testing.T, db *sqldb.DB) {
		enqueue(t, db, mail("ann", 1))
		r := &recorder{}
		late := outbox.New(db, nil)
		late.Handle("mail", func(ctx context.Context, d outbox.Delivery) error {
			require.Zero(t, drain(t, box(db, nil, r)), "leased")
			due(t, db)
			require.Equal(t, 1, drain(t, box(db, nil, r)))
			return outbox.Permanent(errDown)
		})
		require.Equal(t, 1, drain(t, late))
		require.Equal(t, []string{"ann/1#2"}, r.got)
		require.Nil(t, dead(t, late), "what was delivered stays delivered")
		c, err := late.Counts(t.Context())
		require.NoError(t, err)
		require.Zero(t, c.Pending)
	})
}

// TestCrash kills a process right after it delivered, before it could write
// that down.
func TestCrash(t *testing.T) {
	if dir := os.Getenv("OUTBOX_CRASH"); dir != "" {
		crash(t, dir)
		return
	}
	dir := t.TempDir()
	writer, reader, err := sqldb.OpenSQLite("sqlite", filepath.Join(dir, "test.db"))
	require.NoError(t, err)
	defer writer.Close()
	defer reader.Close()
	require.NoError(t, outbox.Migrate(t.Context(), writer.DB))
	db := sqldb.New(writer).WithReader(reader)
	enqueue(t, db, mail("ann", 1), mail("ann", 2))

	const attempts = 3
	b := box(db, &outbox.Options{Attempts: attempts}, &recorder{})
	for n := range attempts {
		cmd := exec.Command(os.Args[0], "-test.run=^TestCrash$")
		cmd.Env = append(os.Environ(), "OUTBOX_CRASH="+dir)
		out, err := cmd.CombinedOutput()
		exit, ok := errors.AsType[*exec.ExitError](err)
		require.True(t, ok && exit.ExitCode() == crashCode, "%v %s", err, out)
		require.FileExists(t, filepath.Join(dir, fmt.Sprint("1#", n+1)), "each attempt reached the receiver")
		require.Zero(t, drain(t, b), "the lease outlives the process")
		due(t, db)
	}
	// A message that ends the program each time is dead in the end, and the
	// lane goes on.
	require.Equal(t, 1, drain(t, b))
	gone := dead(t, b)
	require.Len(t, gone, 1)
	require.Contains(t, gone[0].LastError, "the program ended")

	// Replayed with a receiver that does not kill us, it is not lost.
	r := &recorder{}
	require.NoError(t, b.Replay(t.Context(), gone[0].ID))
	require.Equal(t, 1, drain(t, box(db, nil, r)))
	require.Equal(t, []string{"ann/1#1"}, r.got)
}

const crashCode = 7

func crash(t *testing.T, dir string) {
	writer, reader, err := sqldb.OpenSQLite("sqlite", filepath.Join(dir, "test.db"))
	require.NoError(t, err)
	b := outbox.New(sqldb.New(writer).WithReader(reader), nil)
	b.Handle("mail", func(ctx context.Context, d outbox.Delivery) error {
		require.NoError(t, os.WriteFile(filepath.Join(dir, fmt.Sprint(d.Key, "#", d.Attempt)), nil, 0o600))
		os.Exit(crashCode)
		return nil
	})
	_, err = b.Drain(t.Context())
	require.NoError(t, err)
}

// TestIdleBoxDoesNotWrite looks at what an idle Box leaves in the file.
func TestIdleBoxDoesNotWrite(t *testing.T) {
	writer, reader := testdb.SQLitePair(t)
	require.NoError(t, outbox.Migrate(t.Context(), writer.DB))
	db := sqldb.New(writer).WithReader(reader)
	committed := db.Committed()
	require.Zero(t, drain(t, box(db, nil, &recorder{})))
	select {
	case <-committed:
		require.Fail(t, "it wrote")
	default:
	}
}

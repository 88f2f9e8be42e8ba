package outbox_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/outbox"
	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/internal/testdb"
)

var errDown = errors.New("receiver is down")

// each runs f on an empty outbox of each kind.
func each(t *testing.T, f func(t *testing.T, db *sqldb.DB)) {
	testdb.Each(t, func(t *testing.T, db *sqlx.DB) {
		require.NoError(t, outbox.Migrate(t.Context(), db.DB))
		require.NoError(t, outbox.Validate(t.Context(), db.DB))
		f(t, sqldb.New(db))
	})
}

func enqueue(t *testing.T, db *sqldb.DB, messages ...outbox.Message) {
	t.Helper()
	require.NoError(t, tryEnqueue(t, db, messages...))
}

func tryEnqueue(t *testing.T, db *sqldb.DB, messages ...outbox.Message) error {
	return db.Write(t.Context(), func(tx sqlx.ExtContext) error { return outbox.Enqueue(t.Context(), tx, messages...) })
}

func mail(to string, n int) outbox.Message {
	return outbox.Message{Destination: to, Kind: "mail", Key: fmt.Sprint(n), Payload: n}
}

// due makes every message due, as if the time it waits for had come, and leases
// expired.
func due(t *testing.T, db *sqldb.DB) {
	require.NoError(t, db.Write(t.Context(), func(tx sqlx.ExtContext) error {
		past := sqldb.At(time.Now().Add(-time.Hour))
		_, err := sqldb.Exec(t.Context(), tx, `update stoa_outbox set due_at = $1,
			lease_until = null where status = 'pending' and lease = ''`, past)
		if err == nil {
			_, err = sqldb.Exec(t.Context(), tx, `update stoa_outbox set lease_until = $1 where lease <> ''`, past)
		}
		return err
	}))
}

// A recorder is a handler that fails as told.
type recorder struct {
	got  []string // "destination/key#attempt"
	fail func(outbox.Delivery) error
}

func (r *recorder) handle(_ context.Context, d outbox.Delivery) error {
	r.got = append(r.got, fmt.Sprintf("%s/%s#%d", d.Destination, d.Key, d.Attempt))
	if r.fail == nil {
		return nil
	}
	return r.fail(d)
}

func box(db *sqldb.DB, o *outbox.Options, r *recorder) *outbox.Box {
	b := outbox.New(db, o)
	b.Handle("mail", r.handle)
	return b
}

func drain(t *testing.T, b *outbox.Box) int {
	t.Helper()
	n, err := b.Drain(t.Context())
	require.NoError(t, err)
	return n
}

func TestDeliver(t *testing.T) {
	each(t, func(t *testing.T, db *sqldb.DB) {
		var got outbox.Delivery
		b := outbox.New(db, nil)
		b.Handle("case.opened", func(ctx context.Context, d outbox.Delivery) error {
			deadline, ok := ctx.Deadline()
			require.True(t, ok && time.Until(deadline) <= 30*time.Second)
			got = d
			return nil
		})
		require.Zero(t, drain(t, b))
		payload := map[string]string{"subject": `it's "?" $1 🙂` + "\x00"}
		enqueue(t, db, outbox.Message{Destination: "webhook:42", Kind: "case.opened", Key: "case-7", Payload: payload})
		require.Equal(t, 1, drain(t, b))
		require.Zero(t, drain(t, b), "delivered is delivered")

		require.Equal(t, "webhook:42 case.opened case-7 1", fmt.Sprint(got.Destination, " ", got.Kind, " ", got.Key, " ", got.Attempt))
		var back map[string]string
		require.NoError(t, json.Unmarshal(got.Payload, &back))
		require.Equal(t, payload, back)
		require.WithinDuration(t, time.Now(), got.CreatedAt, time.Minute)

		log, err := b.Attempts(t.Context(), got.ID)
		require.NoError(t, err)
		require.Len(t, log, 1)
		require.Equal(t, outbox.OutcomeDelivered, log[0].Outcome)
		require.False(t, log[0].EndedAt.Before(log[0].StartedAt))
	})
}

func TestEnqueueIsPartOfTheTransaction(t *testing.T) {
	each(t, func(t *testing.T, db *sqldb.DB) {
		require.ErrorIs(t, db.Write(t.Context(), func(tx sqlx.ExtContext) error {
			require.NoError(t, outbox.Enqueue(t.Context(), tx, mail("ann", 1)))
			return errDown
		}), errDown)
		require.Zero(t, drain(t, box(db, nil, &recorder{})))
	})
}

func TestKeys(t *testing.T) {
	each(t, func(t *testing.T, db *sqldb.DB) {
		enqueue(t, db, mail("ann", 1), mail("ann", 1), mail("bob", 1))
		other := mail("ann", 1)
		other.Payload = "something else"
		require.ErrorIs(t, tryEnqueue(t, db, other), errs.Conflict)
		other = mail("ann", 1)
		other.Kind = "letter"
		require.ErrorIs(t, tryEnqueue(t, db, other), errs.Conflict)
		noKey := outbox.Message{Destination: "ann", Kind: "mail"}
		enqueue(t, db, noKey, noKey)

		r := &recorder{}
		b := box(db, nil, r)
		require.Equal(t, 4, drain(t, b))
		enqueue(t, db, mail("ann", 1))
		require.Zero(t, drain(t, b), "the key is remembered after the delivery")
	})
}

func TestEnqueueRefuses(t *testing.T) {
	each(t, func(t *testing.T, db *sqldb.DB) {
		for name, m := range map[string]outbox.Message{
			"no destination": {Kind: "mail"},
			"no kind":        {Destination: "ann"},
			"NUL":            {Destination: "ann\x00", Kind: "mail"},
			"no JSON":        {Destination: "ann", Kind: "mail", Payload: func() {}},
		} {
			require.ErrorIs(t, tryEnqueue(t, db, m), errs.Invalid, name)
		}
	})
}

func TestFailuresAreRepeatedLater(t *testing.T) {
	each(t, func(t *testing.T, db *sqldb.DB) {
		r := &recorder{fail: func(d outbox.Delivery) error {
			if d.Attempt < 3 {
				return errDown
			}
			return nil
		}}
		b := box(db, nil, r)
		enqueue(t, db, mail("ann", 1))
		for n, base := range []time.Duration{5 * time.Second, 10 * time.Second} {
			require.Equal(t, 1, drain(t, b), "one attempt, then it has to wait")
			items, err := b.Pending(t.Context(), 0, 0)
			require.NoError(t, err)
			require.Len(t, items, 1)
			require.Equal(t, n+1, items[0].Attempts)
			require.Equal(t, errDown.Error(), items[0].LastError)
			wait := time.Until(items[0].DueAt)
			require.True(t, wait > base/2-2*time.Second && wait <= base, "%v after attempt %d", wait, n+1)
			due(t, db)
		}
		require.Equal(t, 1, drain(t, b))
		require.Equal(t, []string{"ann/1#1", "ann/1#2", "ann/1#3"}, r.got)
	})
}

func TestNotBefore(t *testing.T) {
	each(t, func(t *testing.T, db *sqldb.DB) {
		r := &recorder{}
		b := box(db, nil, r)
		later := mail("ann", 1)
		later.NotBefore = time.Now().Add(time.Hour)
		enqueue(t, db, later)
		require.Zero(t, drain(t, b))
		due(t, db)
		require.Equal(t, 1, drain(t, b))
	})
}

func TestHandlersAsk(t *testing.T) {
	each(t, func(t *testing.T, db *sqldb.DB) {
		asks := map[string]error{
			"ann": outbox.RetryAfter(errDown, 10*time.Minute),
			"bob": outbox.RetryAfter(errDown, 1000*time.Hour),
			"cy":  fmt.Errorf("wrapped: %w", outbox.Permanent(errDown)),
		}
		r := &recorder{fail: func(d outbox.Delivery) error { return asks[d.Destination] }}
		b := box(db, nil, r)
		enqueue(t, db, mail("ann", 1), mail("bob", 1), mail("cy", 1))
		require.Equal(t, 3, drain(t, b))
		items, err := b.Pending(t.Context(), 0, 0)
		require.NoError(t, err)
		require.Len(t, items, 2)
		require.InDelta(t, 10*time.Minute, time.Until(items[0].DueAt), float64(time.Minute))
		require.InDelta(t, 24*time.Hour, time.Until(items[1].DueAt), float64(time.Minute))
		dead, err := b.Dead(t.Context(), 0, 0)
		require.NoError(t, err)
		require.Len(t, dead, 1)
		require.Equal(t, "cy", dead[0].Destination)
		require.ErrorIs(t, asks["ann"], errDown)
		require.ErrorIs(t, asks["cy"], errDown)
	})
}

func TestDeadAndReplay(t *testing.T) {
	each(t, func(t *testing.T, db *sqldb.DB) {
		down := true
		r := &recorder{fail: func(d outbox.Delivery) error {
			if down && d.Key == "1" {
				panic("a handler's mistake " + strings.Repeat("é", 3000) + "\x00\xff")
			}
			return nil
		}}
		b := box(db, &outbox.Options{Attempts: 3}, r)
		enqueue(t, db, mail("ann", 1), mail("ann", 2))
		for range 3 {
			require.Equal(t, []outbox.Item(nil), dead(t, b))
			drain(t, b)
			due(t, db)
		}
		drain(t, b)
		require.Equal(t, []string{"ann/1#1", "ann/1#2", "ann/1#3", "ann/2#1"}, r.got, "the lane goes on after a dead message")
		gone := dead(t, b)
		require.Len(t, gone, 1)
		require.Contains(t, gone[0].LastError, "panic: a handler's mistake")
		require.Less(t, len(gone[0].LastError), 2100)
		require.False(t, gone[0].DoneAt.IsZero())

		require.ErrorIs(t, b.Replay(t.Context(), gone[0].ID, gone[0].ID+1), errs.NotFound)
		require.Len(t, dead(t, b), 1, "all or none")
		enqueue(t, db, mail("ann", 3))
		down, r.got = false, nil
		require.NoError(t, b.Replay(t.Context(), gone[0].ID))
		drain(t, b)
		require.Equal(t, []string{"ann/1#1", "ann/3#1"}, r.got)
		log, err := b.Attempts(t.Context(), gone[0].ID)
		require.NoError(t, err)
		var outcomes []outbox.Outcome
		for _, a := range log {
			outcomes = append(outcomes, a.Outcome)
		}
		require.Equal(t, []outbox.Outcome{outbox.OutcomeFailed, outbox.OutcomeFailed, outbox.OutcomeDead, outbox.OutcomeDelivered}, outcomes)
	})
}

func dead(t *testing.T, b *outbox.Box) []outbox.Item {
	items, err := b.Dead(t.Context(), 0, 0)
	require.NoError(t, err)
	if len(items) == 0 {
		return nil
	}
	return items
}

func TestOrderPerDestination(t *testing.T) {
	each(t, func(t *testing.T, db *sqldb.DB) {
		r := &recorder{fail: func(d outbox.Delivery) error {
			if d.Destination == "ann" && d.Attempt == 1 && d.Key == "1" {
				return errDown
			}
			return nil
		}}
		b := box(db, nil, r)
		enqueue(t, db, mail("ann", 1), mail("bob", 1), mail("ann", 2), mail("bob", 2))
		drain(t, b)
		require.Equal(t, []string{"ann/1#1", "bob/1#1", "bob/2#1"}, r.got, "ann's lane waits, bob's does not")
		due(t, db)
		drain(t, b)
		require.Equal(t, []string{"ann/1#2", "ann/2#1"}, r.got[3:])
	})
}

func TestKindsWithoutAHandlerWait(t *testing.T) {
	each(t, func(t *testing.T, db *sqldb.DB) {
		r := &recorder{}
		enqueue(t, db, outbox.Message{Destination: "ann", Kind: "letter", Key: "1"}, mail("ann", 2), mail("bob", 1))
		drain(t, outbox.New(db, nil))
		drain(t, box(db, nil, r))
		require.Equal(t, []string{"bob/1#1"}, r.got)
		letters := outbox.New(db, nil)
		letters.Handle("letter", r.handle)
		drain(t, letters)
		drain(t, box(db, nil, r))
		require.Equal(t, []string{"bob/1#1", "ann/1#1", "ann/2#1"}, r.got)
	})
}

func TestCountsAndPages(t *testing.T) {
	each(t, func(t *testing.T, db *sqldb.DB) {
		b := box(db, &outbox.Options{Attempts: 1}, &recorder{fail: func(d outbox.Delivery) error { return errDown }})
		c, err := b.Counts(t.Context())
		require.NoError(t, err)
		require.Equal(t, outbox.Counts{}, c)
		for i := range 5 {
			enqueue(t, db, mail(fmt.Sprint(i), 1))
		}
		due(t, db)
		c, err = b.Counts(t.Context())
		require.NoError(t, err)
		require.Equal(t, 5, c.Pending)
		require.InDelta(t, time.Hour, c.Oldest, float64(time.Minute))

		var pages [][]string
		for after := int64(0); ; {
			items, err := b.Pending(t.Context(), after, 2)
			require.NoError(t, err)
			if len(items) == 0 {
				break
			}
			var page []string
			for _, i := range items {
				page = append(page, i.Destination)
				after = i.ID
			}
			pages = append(pages, page)
		}
		require.Equal(t, [][]string{{"0", "1"}, {"2", "3"}, {"4"}}, pages)
		drain(t, b)
		c, err = b.Counts(t.Context())
		require.NoError(t, err)
		require.Equal(t, outbox.Counts{Dead: 5}, c)
	})
}

func TestPrune(t *testing.T) {
	each(t, func(t *testing.T, db *sqldb.DB) {
		r := &recorder{fail: func(d outbox.Delivery) error {
			if d.Destination == "bob" {
				return outbox.Permanent(errDown)
			}
			return nil
		}}
		b := box(db, nil, r)
		enqueue(t, db, mail("ann", 1), mail("ann", 2), mail("bob", 1))
		drain(t, b)
		n, err := b.Prune(t.Context(), time.Now().Add(-time.Hour))
		require.NoError(t, err)
		require.Zero(t, n)
		n, err = b.Prune(t.Context(), time.Now().Add(time.Hour))
		require.NoError(t, err)
		require.Equal(t, 2, n)
		require.Len(t, dead(t, b), 1, "the dead are kept")
		enqueue(t, db, mail("ann", 1))
		require.Equal(t, 1, drain(t, b), "the key is forgotten")
	})
}

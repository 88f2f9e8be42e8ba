package outbox

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/stoa-go/stoa/internal/sqldb"
)

// A claimed message is ours while its lease lasts.
type claimed struct {
	Seq         int64
	Destination string
	Kind        string
	Key         string
	Payload     string
	Attempts    int
	Lease       string
	CreatedAt   sqldb.Time `db:"created_at"`

	startedAt time.Time
}

func (c claimed) delivery() Delivery {
	return Delivery{ID: c.Seq, Destination: c.Destination, Kind: c.Kind, Key: c.Key,
		Payload: json.RawMessage(c.Payload), Attempt: c.Attempts, CreatedAt: c.CreatedAt.Time}
}

// due holds for the first message of each lane, if it is time for it and
// nobody has it.
const due = `o.status = 'pending'
	and (o.due_at is null or o.due_at <= ?)
	and (o.lease_until is null or o.lease_until <= ?)
	and not exists (select 1 from stoa_outbox e
		where e.destination = o.destination and e.status = 'pending' and e.seq < o.seq)`

// claim takes up to n messages that are due.
func (b *Box) claim(ctx context.Context, n int) (taken []claimed, err error) {
	if n <= 0 || len(b.handlers) == 0 {
		return nil, nil
	}
	d, err := b.db.Dialect(ctx)
	if err != nil {
		return nil, err
	}
	// Asked outside of a transaction first: an idle Box shall not write.
	waiting, err := b.waiting(ctx, d)
	if err != nil || !waiting {
		return nil, err
	}
	err = b.db.Write(ctx, func(tx sqlx.ExtContext) error {
		taken, err = b.take(ctx, tx, d, n)
		return err
	})
	if err != nil {
		return nil, err
	}
	return taken, nil
}

func (b *Box) dueAt(now time.Time, prior ...any) *sqldb.Where {
	w := sqldb.NewWhere(prior...).And(due, sqldb.At(now), sqldb.At(now))
	return sqldb.In(w, "o.kind", slices.Sorted(maps.Keys(b.handlers)))
}

func (b *Box) waiting(ctx context.Context, d sqldb.Dialect) (found bool, err error) {
	now, err := clock(ctx, b.db.Read(), d)
	if err != nil {
		return false, err
	}
	w := b.dueAt(now)
	err = b.db.Get(ctx, &found, "outbox", `select exists (select 1 from stoa_outbox o `+w.String()+`)`, w.Args()...)
	return found, err
}

// take leases messages to us. Those that have used up their attempts without
// an end are dead: each time the program died.
func (b *Box) take(ctx context.Context, tx sqlx.ExtContext, d sqldb.Dialect, n int) ([]claimed, error) {
	now, err := clock(ctx, tx, d)
	if err != nil {
		return nil, err
	}
	if err := b.bury(ctx, tx, now); err != nil {
		return nil, err
	}
	w := b.dueAt(now, rand.Text(), sqldb.At(now.Add(b.lease())))
	limit := w.Arg(n)
	var taken []claimed
	err = sqldb.Select(ctx, tx, &taken, `
		with due as materialized (
			select o.seq from stoa_outbox o `+w.String()+` order by o.seq limit `+limit+skipLocked(d)+`)
		update stoa_outbox set lease = $1, lease_until = $2, attempts = attempts + 1
		where seq in (select seq from due)
		returning seq, destination, kind, key, payload, attempts, lease, created_at`, w.Args()...)
	for i := range taken {
		taken[i].startedAt = now
	}
	return taken, err
}

// skipLocked lets two who claim at once each take what the other does not. In
// SQLite they take turns.
func skipLocked(d sqldb.Dialect) string {
	if d == sqldb.DialectPostgres {
		return ` for update of o skip locked`
	}
	return ``
}

func (b *Box) bury(ctx context.Context, tx sqlx.ExtContext, now time.Time) error {
	w := sqldb.NewWhere(sqldb.At(now)).
		And(`status = 'pending' and attempts >= ? and lease <> '' and lease_until <= ?`, b.o.Attempts, sqldb.At(now))
	sqldb.In(w, "kind", slices.Sorted(maps.Keys(b.handlers)))
	_, err := sqldb.Exec(ctx, tx, `update stoa_outbox set status = 'dead', done_at = $1, lease = '', lease_until = null,
		last_error = 'the program ended during the last attempt' `+w.String(), w.Args()...)
	return err
}

// settle writes down how an attempt ended, unless the lease has passed to
// somebody else. Doing it twice is doing it once.
func (b *Box) settle(ctx context.Context, c claimed, e ending) error {
	d, err := b.db.Dialect(ctx)
	if err != nil {
		return err
	}
	return b.db.Write(ctx, func(tx sqlx.ExtContext) error {
		now, err := clock(ctx, tx, d)
		if err != nil {
			return err
		}
		if err := advance(ctx, tx, c, e, now); err != nil {
			return err
		}
		// The attempt was made even if somebody else has the message by now.
		_, err = sqldb.Exec(ctx, tx, `
			insert into stoa_outbox_attempt (seq, attempt, lease, outcome, error, started_at, ended_at)
			values ($1, $2, $3, $4, $5, $6, $7) on conflict (seq, lease) do nothing`,
			c.Seq, c.Attempts, c.Lease, string(e.outcome), errorText(e.err), sqldb.At(c.startedAt), sqldb.At(now))
		return err
	})
}

func advance(ctx context.Context, tx sqlx.ExtContext, c claimed, e ending, now time.Time) error {
	status, done := StatusPending, sqldb.Time{}
	switch e.outcome {
	case OutcomeDelivered:
		status, done = StatusDelivered, sqldb.At(now)
	case OutcomeDead:
		status, done = StatusDead, sqldb.At(now)
	}
	_, err := sqldb.Exec(ctx, tx, `update stoa_outbox
		set status = $1, done_at = $2, due_at = $3, last_error = $4, lease = '', lease_until = null
		where seq = $5 and lease = $6`,
		string(status), done, sqldb.At(now.Add(e.delay)), errorText(e.err), c.Seq, c.Lease)
	return err
}

const maxError = 2000

// errorText is err in a form that any database takes.
func errorText(err error) string {
	if err == nil {
		return ""
	}
	text := strings.ReplaceAll(strings.ToValidUTF8(err.Error(), "?"), "\x00", "?")
	if len(text) > maxError {
		text = strings.ToValidUTF8(text[:maxError], "") + "..."
	}
	return text
}

// clock reads the clock that all who share the database share.
func clock(ctx context.Context, q sqlx.QueryerContext, d sqldb.Dialect) (time.Time, error) {
	query := `select clock_timestamp()`
	if d == sqldb.DialectSQLite {
		query = `select strftime('%Y-%m-%d %H:%M:%f', 'now')`
	}
	var now sqldb.Time
	err := sqldb.Get(ctx, q, &now, "clock", query)
	return now.Time, err
}

package outbox

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/sqldb"
)

// A Status is where a message is.
type Status string

// The statuses.
const (
	StatusPending   Status = "pending"
	StatusDelivered Status = "delivered"
	StatusDead      Status = "dead"
)

// An Item is a message as staff see it, without its payload.
type Item struct {
	ID          int64
	Destination string
	Kind        string
	Key         string
	Status      Status
	Attempts    int
	DueAt       time.Time // of the next attempt; zero means at once
	LastError   string    // of the last attempt that failed
	CreatedAt   time.Time
	DoneAt      time.Time // delivered or dead since; zero while pending
}

// Counts are how many messages there are, for metrics.
type Counts struct {
	Pending int
	Dead    int
	Oldest  time.Duration // how long the oldest pending one has waited since it was due
}

// Counts returns how many messages wait and how many are dead.
func (b *Box) Counts(ctx context.Context) (Counts, error) {
	d, err := b.db.Dialect(ctx)
	if err != nil {
		return Counts{}, err
	}
	now, err := clock(ctx, b.db.Read(), d)
	if err != nil {
		return Counts{}, err
	}
	var row struct {
		Pending, Dead int
		Oldest        sqldb.Time
	}
	err = b.db.Get(ctx, &row, "outbox", `select
		(select count(*) from stoa_outbox where status = 'pending') as pending,
		(select count(*) from stoa_outbox where status = 'dead') as dead,
		(select min(coalesce(due_at, created_at)) from stoa_outbox where status = 'pending') as oldest`)
	c := Counts{Pending: row.Pending, Dead: row.Dead}
	if !row.Oldest.IsZero() {
		c.Oldest = max(0, now.Sub(row.Oldest.Time))
	}
	return c, err
}

// Pending returns up to limit messages that wait and have an ID above after,
// in order. A limit of zero means 50.
func (b *Box) Pending(ctx context.Context, after int64, limit int) ([]Item, error) {
	return b.items(ctx, StatusPending, after, limit)
}

// Dead is like Pending for messages that nobody tries to deliver any more.
func (b *Box) Dead(ctx context.Context, after int64, limit int) ([]Item, error) {
	return b.items(ctx, StatusDead, after, limit)
}

func (b *Box) items(ctx context.Context, status Status, after int64, limit int) ([]Item, error) {
	if limit == 0 {
		limit = 50
	}
	var rows []struct {
		Seq         int64
		Destination string
		Kind        string
		Key         string
		Status      string
		Attempts    int
		DueAt       sqldb.Time `db:"due_at"`
		LastError   string     `db:"last_error"`
		CreatedAt   sqldb.Time `db:"created_at"`
		DoneAt      sqldb.Time `db:"done_at"`
	}
	err := b.db.Select(ctx, &rows, `
		select seq, destination, kind, key, status, attempts, due_at, last_error, created_at, done_at
		from stoa_outbox where status = $1 and seq > $2 order by seq limit $3`, string(status), after, limit)
	items := make([]Item, len(rows))
	for i, r := range rows {
		items[i] = Item{ID: r.Seq, Destination: r.Destination, Kind: r.Kind, Key: r.Key, Status: Status(r.Status), Attempts: r.Attempts,
			DueAt: r.DueAt.Time, LastError: r.LastError, CreatedAt: r.CreatedAt.Time, DoneAt: r.DoneAt.Time}
	}
	return items, err
}

// An Attempt is a line of the delivery log.
type Attempt struct {
	Attempt   int
	Outcome   Outcome
	Error     string
	StartedAt time.Time
	EndedAt   time.Time
}

// Attempts returns how the attempts at a message ended, the first one first.
func (b *Box) Attempts(ctx context.Context, id int64) ([]Attempt, error) {
	var rows []struct {
		Attempt   int
		Outcome   string
		Error     string
		StartedAt sqldb.Time `db:"started_at"`
		EndedAt   sqldb.Time `db:"ended_at"`
	}
	err := b.db.Select(ctx, &rows, `select attempt, outcome, error, started_at, ended_at from stoa_outbox_attempt where seq = $1 order by id`, id)
	log := make([]Attempt, len(rows))
	for i, r := range rows {
		log[i] = Attempt{Attempt: r.Attempt, Outcome: Outcome(r.Outcome), Error: r.Error, StartedAt: r.StartedAt.Time, EndedAt: r.EndedAt.Time}
	}
	return log, err
}

// Replay has dead messages delivered after all, with new attempts and ahead of
// younger ones in their lanes. If one of them is not dead, none is replayed.
func (b *Box) Replay(ctx context.Context, ids ...int64) error {
	return b.db.Write(ctx, func(tx sqlx.ExtContext) error {
		for _, id := range ids {
			res, err := sqldb.Exec(ctx, tx, `update stoa_outbox set status = 'pending', attempts = 0, due_at = null, done_at = null
				where seq = $1 and status = 'dead'`, id)
			if err != nil {
				return err
			}
			if err := sqldb.Affected(res, fmt.Errorf("dead message %d: %w", id, errs.NotFound)); err != nil {
				return err
			}
		}
		return nil
	})
}

// Prune removes messages that were delivered before the time, with their logs,
// and returns how many. Their keys are forgotten too.
func (b *Box) Prune(ctx context.Context, before time.Time) (removed int, err error) {
	err = b.db.Write(ctx, func(tx sqlx.ExtContext) error {
		for _, q := range []string{
			`delete from stoa_outbox_attempt where seq in (select seq from stoa_outbox where status = 'delivered' and done_at < $1)`,
			`delete from stoa_outbox where status = 'delivered' and done_at < $1`,
		} {
			removed = 0 // of the last, which are messages
			if err := sqldb.Tally(ctx, tx, &removed, q, sqldb.At(before)); err != nil {
				return err
			}
		}
		return nil
	})
	return removed, err
}

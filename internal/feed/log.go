package feed

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/stoa-go/stoa/internal/sqldb"
)

// Options change how a [Log] works.
type Options struct {
	Poll time.Duration // how often Wait asks the database; zero means 500 ms
}

// A Log is the feed in a SQL database. It is safe for concurrent use.
type Log struct {
	db   *sqldb.DB
	poll time.Duration
}

var _ Reader = (*Log)(nil)

// New returns the feed in db, whose schema must be current, see [Migrate].
// Nil options are the zero ones. What is written through this very db wakes
// those who Wait at once, what others write within the poll interval.
func New(db *sqldb.DB, o *Options) *Log {
	if o == nil {
		o = &Options{}
	}
	return &Log{db: db, poll: cmp.Or(o.Poll, 500*time.Millisecond)}
}

// A row is an entry as its table spells it. Left-joined, it may be missing.
type row struct {
	XID   *uint64
	Seq   *uint64
	Topic *string
	Ref   *string
	Op    *string
	At    sqldb.Time
}

const rowColumns = `cast(cast(f.xid as text) as bigint) as xid, f.seq, f.topic, f.ref, f.op, f.at`

func (r row) change() Change { return Change{Topic: *r.Topic, Ref: *r.Ref, Op: Op(*r.Op)} }

func (r row) position() position {
	return position{xid: *r.XID, seq: *r.Seq, hash: hash(*r.XID, *r.Seq, r.change(), r.At.Time)}
}

// A state is what the table of the epoch says, with the last readable row.
type state struct {
	Epoch      string
	System     string
	Current    string // the system that it is on now
	PrunedXID  uint64 `db:"pruned_xid"`
	PrunedSeq  uint64 `db:"pruned_seq"`
	PrunedHash string `db:"pruned_hash"`
	row
}

func (s state) pruned() position { return position{s.PrunedXID, s.PrunedSeq, s.PrunedHash} }

// head is the last readable row, or the last one pruned if none is left.
func (s state) head() position {
	if s.Seq == nil {
		return s.pruned()
	}
	return s.position()
}

// A dialectSQL holds what the two dialects say differently.
type dialectSQL struct {
	sqldb.Dialect
	readable string // the condition that a row may be read
	xid      string // a placeholder's type
	system   string // the cluster that this is
}

func dialectOf(ctx context.Context, db *sqldb.DB) (dialectSQL, error) {
	d, err := db.Dialect(ctx)
	if d == sqldb.DialectPostgres {
		return dialectSQL{
			Dialect:  d,
			readable: `f.xid < pg_snapshot_xmin(pg_current_snapshot())`,
			xid:      `xid8`,
			system:   `(select cast(system_identifier as text) from pg_control_system())`,
		}, err
	}
	return dialectSQL{Dialect: d, readable: `true`, xid: `integer`, system: `''`}, err
}

// pair is a position as a row value of the placeholders $n and the next.
func (d dialectSQL) pair(n int) string {
	return fmt.Sprintf(`(cast(cast($%d as text) as %s), cast($%d as bigint))`, n, d.xid, n+1)
}

func (p position) args() []any { return []any{fmt.Sprint(p.xid), int64(p.seq)} }

// Epoch returns the name of the feed's present life. It changes when the
// database is restored into another cluster.
func (l *Log) Epoch(ctx context.Context) (string, error) {
	s, _, err := l.state(ctx)
	return s.Epoch, err
}

// Head implements [Reader].
func (l *Log) Head(ctx context.Context) (Cursor, error) {
	s, _, err := l.state(ctx)
	return Cursor{epoch: s.Epoch, at: s.head()}, err
}

// state reads where the feed is. The numbers of another cluster's transactions
// mean nothing in this one, so if the feed was restored from there it starts
// anew.
func (l *Log) state(ctx context.Context) (state, dialectSQL, error) {
	d, err := dialectOf(ctx, l.db)
	if err != nil {
		return state{}, d, err
	}
	s, err := readState(ctx, l.db.Read(), d)
	if err != nil || s.System == s.Current {
		return s, d, err
	}
	if err := l.renew(ctx, s); err != nil {
		return state{}, d, fmt.Errorf("start a new epoch: %w", err)
	}
	s, err = readState(ctx, l.db.Read(), d)
	return s, d, err
}

func readState(ctx context.Context, q sqlx.QueryerContext, d dialectSQL) (s state, err error) {
	err = sqldb.Get(ctx, q, &s, "feed epoch", `
		select e.epoch, e.system, `+d.system+` as current, e.pruned_xid, e.pruned_seq, e.pruned_hash, `+rowColumns+`
		from stoa_feed_epoch e
		left join (select f.* from stoa_feed f where `+d.readable+` order by f.xid desc, f.seq desc limit 1) f on true`)
	return s, err
}

// renew starts a new epoch, unless another reader has done so. The rows it
// removes are of the past, except those of writers who committed meanwhile;
// these are part of the content that every reader has to read again.
func (l *Log) renew(ctx context.Context, old state) error {
	return l.db.Write(ctx, func(tx sqlx.ExtContext) error {
		res, err := sqldb.Exec(ctx, tx, `update stoa_feed_epoch
			set epoch = $1, system = $2, pruned_xid = 0, pruned_seq = 0, pruned_hash = 'restored'
			where epoch = $3`, strings.ToLower(rand.Text()), old.Current, old.Epoch)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return err
		}
		_, err = sqldb.Exec(ctx, tx, `delete from stoa_feed`)
		return err
	})
}

// Read implements [Reader].
func (l *Log) Read(ctx context.Context, after Cursor, topics []string, limit int) ([]Entry, Cursor, error) {
	s, d, err := l.state(ctx)
	if err != nil {
		return nil, after, err
	}
	head := Cursor{epoch: s.Epoch, at: s.head()}
	if after == head {
		return nil, head, nil
	}
	limit = cmp.Or(limit, defaultLimit)
	entries, err := l.between(ctx, d, after.at, head, topics, limit)
	if err != nil {
		return nil, after, err
	}
	// Checked last: whatever was pruned or restored meanwhile shows.
	if err := l.check(ctx, d, after, s.Epoch); err != nil {
		return nil, after, err
	}
	if len(entries) == limit {
		return entries, entries[limit-1].Cursor, nil
	}
	return entries, head, nil
}

// between returns entries after one place up to another. No row can still
// appear there, since all transactions up to the head have ended.
func (l *Log) between(ctx context.Context, d dialectSQL, after position, head Cursor, topics []string, limit int) ([]Entry, error) {
	w := sqldb.NewWhere(append(after.args(), head.at.args()...)...)
	w.And(`(f.xid, f.seq) > ` + d.pair(1)).And(`(f.xid, f.seq) <= ` + d.pair(3))
	if len(topics) > 0 {
		sqldb.In(w, "f.topic", topics)
	}
	var rows []row
	n := w.Arg(limit)
	err := l.db.Select(ctx, &rows, `select `+rowColumns+` from stoa_feed f `+w.String()+` order by f.xid, f.seq limit `+n, w.Args()...)
	entries := make([]Entry, len(rows))
	for i, r := range rows {
		entries[i] = Entry{Change: r.change(), At: r.At.Time, Cursor: Cursor{epoch: head.epoch, at: r.position()}}
	}
	return entries, err
}

// check returns ErrRebuild unless the row at the cursor is what it was, or is
// the last that was pruned.
func (l *Log) check(ctx context.Context, d dialectSQL, c Cursor, epoch string) error {
	var s state
	err := l.db.Get(ctx, &s, "feed epoch", `
		select e.epoch, e.system, '' as current, e.pruned_xid, e.pruned_seq, e.pruned_hash, `+rowColumns+`
		from stoa_feed_epoch e left join stoa_feed f on (f.xid, f.seq) = `+d.pair(1), c.at.args()...)
	switch {
	case err != nil:
		return err
	case s.Epoch != epoch || !c.IsZero() && c.epoch != epoch:
		return fmt.Errorf("the epoch is %s: %w", s.Epoch, ErrRebuild)
	case c.at == s.pruned(), s.Seq != nil && c.at == s.position():
		return nil
	}
	return fmt.Errorf("no such row at the cursor: %w", ErrRebuild)
}

// firstPoll is how soon Wait asks again after a commit that brought nothing: its
// entries may have to wait for an older transaction, mostly a moment.
const firstPoll = 20 * time.Millisecond

// Wait implements [Reader].
func (l *Log) Wait(ctx context.Context, after Cursor) error {
	pause := min(firstPoll, l.poll)
	timer := time.NewTimer(pause)
	defer timer.Stop()
	for {
		woken := l.db.Committed()
		head, err := l.Head(ctx)
		if err != nil || head != after {
			return err
		}
		timer.Reset(pause)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-woken:
			pause = min(firstPoll, l.poll)
		case <-timer.C:
			pause = min(2*pause, l.poll)
		}
	}
}

// Stalled returns for how long the oldest entry that is written but cannot be
// read yet has been waiting. More than a few seconds means that some
// transaction is left open, see the package comment.
func (l *Log) Stalled(ctx context.Context) (time.Duration, error) {
	d, err := dialectOf(ctx, l.db)
	if err != nil || d.Dialect == sqldb.DialectSQLite {
		return 0, err // in SQLite what is written can be read
	}
	var seconds float64
	err = l.db.Get(ctx, &seconds, "feed", `
		select coalesce(extract(epoch from clock_timestamp() - min(f.at)), 0) from stoa_feed f where not `+d.readable)
	return time.Duration(seconds * float64(time.Second)), err
}

// Prune removes entries from before the time, by the clock of the database,
// and returns how many. It stops at the first that is younger. Cursors from
// before the last one removed then ask for a rebuild.
func (l *Log) Prune(ctx context.Context, before time.Time) (removed int, err error) {
	d, err := dialectOf(ctx, l.db)
	if err != nil {
		return 0, err
	}
	err = l.db.Write(ctx, func(tx sqlx.ExtContext) error {
		removed, err = prune(ctx, tx, d, before)
		return err
	})
	return removed, err
}

func prune(ctx context.Context, tx sqlx.ExtContext, d dialectSQL, before time.Time) (int, error) {
	// Two who prune take turns, so that the place of the last row removed only
	// moves forward.
	if _, err := sqldb.Exec(ctx, tx, `update stoa_feed_epoch set epoch = epoch`); err != nil {
		return 0, err
	}
	var last []row
	err := sqldb.Select(ctx, tx, &last, `
		with kept as (select f.xid, f.seq from stoa_feed f
			where f.at >= $1 or not `+d.readable+` order by f.xid, f.seq limit 1)
		select `+rowColumns+` from stoa_feed f
		where `+d.readable+` and not exists (select 1 from kept k where (k.xid, k.seq) <= (f.xid, f.seq))
		order by f.xid desc, f.seq desc limit 1`, sqldb.At(before))
	if err != nil || len(last) == 0 {
		return 0, err
	}
	p := last[0].position()
	if _, err := sqldb.Exec(ctx, tx, `update stoa_feed_epoch set pruned_xid = $1, pruned_seq = $2, pruned_hash = $3`,
		int64(p.xid), int64(p.seq), p.hash); err != nil {
		return 0, err
	}
	res, err := sqldb.Exec(ctx, tx, `delete from stoa_feed where (xid, seq) <= `+d.pair(1), p.args()...)
	if err != nil {
		return 0, err
	}
	n, err := res.RowsAffected()
	return int(n), err
}

// Package sqlinsight keeps an [insight.Analyst]'s counts in PostgreSQL or SQLite.
//
// It imports no driver. Open the database with the one you already use, call
// [Migrate] once at startup, and pass it to [New].
package sqlinsight

import (
	"cmp"
	"context"
	"database/sql"
	"embed"
	"errors"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/stoa-go/stoa/internal/cursor"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/migrate"
	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/kb/insight"
)

// A Store is an [insight.Store] in a database. Make one with [New].
type Store struct{ db *sqldb.DB }

var _ insight.Store = (*Store)(nil)

// New returns a Store on a [*sqlx.DB], or on a [*sqlx.Tx] to take part in a
// transaction of the caller's.
func New(db sqlx.ExtContext) *Store { return &Store{sqldb.New(db)} }

// WithReader returns a Store that writes where s does and reads from reader, such
// as the read-only pool of a SQLite file. A replica that lags will not do.
func (s *Store) WithReader(reader sqlx.ExtContext) *Store {
	return &Store{s.db.WithReader(reader)}
}

//go:embed migrations
var embedded embed.FS

var line = migrate.Line{Name: "insight", Embedded: embedded}

// Migrations returns the migrations, in the folders postgres and sqlite, for
// teams that run them with a tool of their own.
func Migrations() fs.FS { return line.Files() }

// Migrate brings the tables up to date. Any number of programs may call it at
// once.
func Migrate(ctx context.Context, db *sql.DB) error { return line.Up(ctx, db) }

// Validate returns an error if the tables are older or newer than the program.
func Validate(ctx context.Context, db *sql.DB) error { return line.Validate(ctx, db) }

// Progress implements [insight.Store].
func (s *Store) Progress(ctx context.Context, name string) (time.Time, error) {
	if sqldb.CheckText(name) != nil {
		return time.Time{}, ctx.Err()
	}
	var at sqldb.Time
	err := s.db.Get(ctx, &at, "progress", `select until from stoa_insight_progress where name = $1`, name)
	if errors.Is(err, errs.NotFound) {
		return time.Time{}, nil
	}
	return at.Time, err
}

const counted = `views, clicks, shown, cases`

// rowsAtOnce keeps statements short, see the SQL part of the design notes.
const rowsAtOnce = 20

// Count implements [insight.Store].
func (s *Store) Count(ctx context.Context, name string, from, until time.Time, rows []insight.Row) error {
	texts := []string{name}
	for _, r := range rows {
		texts = append(texts, string(r.Series), r.Subject, r.Detail, r.Day)
	}
	if err := sqldb.CheckText(texts...); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		if err := advance(ctx, tx, name, from, until); err != nil {
			return err
		}
		return addRows(ctx, tx, rows)
	})
}

func advance(ctx context.Context, tx sqlx.ExtContext, name string, from, until time.Time) error {
	if from.IsZero() {
		res, err := sqldb.Exec(ctx, tx, `insert into stoa_insight_progress (name, until) values ($1, $2) on conflict do nothing`, name, sqldb.At(until))
		if err != nil {
			return err
		}
		return sqldb.Affected(res, errs.Conflict)
	}
	res, err := sqldb.Exec(ctx, tx, `update stoa_insight_progress set until = $2 where name = $1 and until = $3`, name, sqldb.At(until), sqldb.At(from))
	if err != nil {
		return err
	}
	return sqldb.Affected(res, errs.Conflict)
}

// addRows adds counts, in the order of their keys, so that writers do not wait
// for each other in a circle.
func addRows(ctx context.Context, tx sqlx.ExtContext, rows []insight.Row) error {
	sums := map[insight.Row]insight.Counts{}
	for _, r := range rows {
		key := insight.Row{Series: r.Series, Subject: r.Subject, Detail: r.Detail, Day: r.Day}
		sums[key] = sums[key].Plus(r.Counts)
	}
	keys := slices.SortedFunc(maps.Keys(sums), func(a, b insight.Row) int {
		return cmp.Or(strings.Compare(string(a.Series), string(b.Series)), strings.Compare(a.Subject, b.Subject), strings.Compare(a.Detail, b.Detail), strings.Compare(a.Day, b.Day))
	})
	for chunk := range slices.Chunk(keys, rowsAtOnce) {
		var args []any
		for _, k := range chunk {
			c := sums[k]
			args = append(args, string(k.Series), k.Subject, k.Detail, k.Day, c.Views, c.Clicks, c.Shown, c.Cases)
		}
		var set []string
		for _, name := range strings.Split(counted, ", ") {
			set = append(set, name+" = stoa_insight_count."+name+" + excluded."+name)
		}
		if _, err := sqldb.Exec(ctx, tx, `insert into stoa_insight_count (series, subject, detail, day, `+counted+`) values `+sqldb.Tuples(len(chunk), 8)+`
			on conflict (series, subject, detail, day) do update set `+strings.Join(set, ", "), args...); err != nil {
			return err
		}
	}
	return nil
}

type countRow struct {
	Subject, Detail, Day        string
	Views, Clicks, Shown, Cases int
}

func (r countRow) row(series insight.Series) insight.Row {
	return insight.Row{Series: series, Subject: r.Subject, Detail: r.Detail, Day: r.Day, Counts: insight.Counts{
		Views: r.Views, Clicks: r.Clicks, Shown: r.Shown, Cases: r.Cases,
	}}
}

// summed are the sums of all that is counted.
func summed() string {
	var out []string
	for _, name := range strings.Split(counted, ", ") {
		out = append(out, "cast(sum("+name+") as bigint) as "+name)
	}
	return strings.Join(out, ", ")
}

// Sums implements [insight.Store].
func (s *Store) Sums(ctx context.Context, q insight.SumQuery) ([]insight.Row, string, error) {
	w := &sqldb.Where{}
	w.And("series = ?", string(q.Series))
	if q.Subjects != nil {
		sqldb.In(w, "subject", storable(q.Subjects))
	}
	if q.From != "" {
		w.And("day >= ?", q.From)
	}
	if q.Until != "" {
		w.And("day <= ?", q.Until)
	}
	if q.After != "" {
		parts, err := cursor.Decode(q.After, 2)
		if err != nil {
			return nil, "", err
		}
		w.And("(subject, detail) > (?, ?)", parts[0], parts[1])
	}
	limit := cmp.Or(q.Limit, 100)
	var rows []countRow
	err := s.db.Select(ctx, &rows, `select subject, detail, '' as day, `+summed()+` from stoa_insight_count `+w.String()+`
		group by subject, detail order by subject, detail limit `+w.Arg(limit+1), w.Args()...)
	if err != nil {
		return nil, "", err
	}
	next := ""
	if len(rows) > limit {
		rows = rows[:limit]
		next = cursor.Encode(rows[limit-1].Subject, rows[limit-1].Detail)
	}
	var out []insight.Row
	for _, r := range rows {
		out = append(out, r.row(q.Series))
	}
	return out, next, nil
}

// storable returns the texts that a column can hold; nothing equals the others.
func storable(list []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return sqldb.CheckText(s) != nil })
}

// Days implements [insight.Store].
func (s *Store) Days(ctx context.Context, series insight.Series, subject, from, until string) ([]insight.Row, error) {
	if sqldb.CheckText(subject) != nil {
		return nil, ctx.Err()
	}
	var rows []countRow
	err := s.db.Select(ctx, &rows, `select subject, '' as detail, day, `+summed()+` from stoa_insight_count
		where series = $1 and subject = $2 and day >= $3 and day <= $4 group by subject, day order by day`, string(series), subject, from, until)
	var out []insight.Row
	for _, r := range rows {
		out = append(out, r.row(series))
	}
	return out, err
}

// Package sqlcourses keeps a [courses.School] in PostgreSQL or SQLite.
//
// It imports no driver. Open the database with the one you already use, call
// [Migrate] once at startup, and pass it to [New].
package sqlcourses

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"io/fs"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/stoa-go/stoa/internal/cursor"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/feed"
	"github.com/stoa-go/stoa/internal/migrate"
	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/kb/courses"
)

// A Store is a [courses.Store] in a database. Make one with [New].
type Store struct {
	db  *sqldb.DB
	log *feed.Log
}

var _ courses.Store = (*Store)(nil)

// New returns a Store on a [*sqlx.DB], or on a [*sqlx.Tx] to take part in a
// transaction of the caller's.
func New(db sqlx.ExtContext) *Store { return newStore(sqldb.New(db)) }

// WithReader returns a Store that writes where s does and reads from reader, such
// as the read-only pool of a SQLite file. A replica that lags will not do.
func (s *Store) WithReader(reader sqlx.ExtContext) *Store { return newStore(s.db.WithReader(reader)) }

func newStore(db *sqldb.DB) *Store { return &Store{db: db, log: feed.New(db, nil)} }

//go:embed migrations
var embedded embed.FS

// topic is where the log notes which courses changed.
const topic = "courses"

var line = migrate.Line{Name: "courses", Embedded: embedded, Needs: []migrate.Line{feed.Line()}}

// Migrations returns the migrations, in the folders postgres and sqlite, for
// teams that run them with a tool of their own.
func Migrations() fs.FS { return line.Files() }

// Migrate brings the tables up to date, with those of the change log. Any number
// of programs may call it at once.
func Migrate(ctx context.Context, db *sql.DB) error { return line.Up(ctx, db) }

// Validate returns an error if the tables are older or newer than the program.
func Validate(ctx context.Context, db *sql.DB) error { return line.Validate(ctx, db) }

// get scans one row into dest. By text that no column can hold, nothing is found.
func (s *Store) get(ctx context.Context, dest any, query string, keys ...string) error {
	args := make([]any, len(keys))
	for i, key := range keys {
		if sqldb.CheckText(key) != nil {
			return errs.NotFound
		}
		args[i] = key
	}
	return s.db.Get(ctx, dest, "", query, args...)
}

// write runs a statement that inserts version 1 or updates the version before. A
// row that was not written is there in another version, or not at all.
func write(ctx context.Context, tx sqlx.ExtContext, table, id string, version int, insert, update string, args ...any) error {
	text := update
	if version == 1 {
		text = insert
	}
	res, err := sqldb.Exec(ctx, tx, text, args...)
	if err != nil {
		return err
	}
	err = sqldb.Affected(res, errs.Conflict)
	if version == 1 || !errors.Is(err, errs.Conflict) {
		return err
	}
	var found string
	if err := sqldb.Get(ctx, tx, &found, "", `select id from `+table+` where id = $1`, id); err != nil {
		return err
	}
	return errs.Conflict
}

// timed adds the condition that a row comes after a position in a list by a time
// and a text.
func timed(w *sqldb.Where, position, column, order string) error {
	if position == "" {
		return nil
	}
	parts, err := cursor.Decode(position, 2)
	if err != nil {
		return err
	}
	at, err := cursor.ParseTime(parts[0])
	if err != nil {
		return err
	}
	w.And(`(`+column+` `+order+` ? or `+column+` = ? and id > ?)`, sqldb.At(at), sqldb.At(at), parts[1])
	return nil
}

// numbered is timed for lists by a text and a number, or a number and a text.
func numbered(w *sqldb.Where, position, first, second string, number int) error {
	if position == "" {
		return nil
	}
	parts, err := cursor.Decode(position, 2)
	if err != nil {
		return err
	}
	args := []any{parts[0], parts[1]}
	n, err := cursor.ParseInt(parts[number])
	if err != nil {
		return err
	}
	args[number] = n
	w.And(`(`+first+` > ? or `+first+` = ? and `+second+` > ?)`, args[0], args[0], args[1])
	return nil
}

// cutPage returns the rows of a page that was asked for with one more.
func cutPage[T any](rows []T, limit int, position func(T) string) ([]T, string) {
	if len(rows) <= limit {
		return rows, ""
	}
	return rows[:limit], position(rows[limit-1])
}

func limited(n int) int {
	if n <= 0 {
		return courses.DefaultLimit
	}
	return n
}

// stored returns t as every store keeps it.
func stored(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.UTC().Truncate(time.Microsecond)
}

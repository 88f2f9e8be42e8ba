// Package sqlcases keeps cases in PostgreSQL or SQLite. It imports no driver: the
// program opens the database.
//
//	if err := sqlcases.Migrate(ctx, db.DB); err != nil { ... }
//	desk, err := cases.NewDesk(sqlcases.New(db), nil)
package sqlcases

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"

	"github.com/jmoiron/sqlx"

	"github.com/stoa-go/stoa/cases"
	"github.com/stoa-go/stoa/internal/feed"
	"github.com/stoa-go/stoa/internal/migrate"
	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/search"
)

//go:embed migrations
var embedded embed.FS

var line = migrate.Line{Name: "cases", Embedded: embedded, Needs: []migrate.Line{feed.Line()}}

// Migrations returns the migrations, in the folders postgres and sqlite, for
// teams that run them with a tool of their own.
func Migrations() fs.FS { return line.Files() }

// Migrate brings the tables of this package up to date, with those of the
// change log that it writes. Any number of programs may call it at once.
func Migrate(ctx context.Context, db *sql.DB) error { return line.Up(ctx, db) }

// Validate returns an error if the tables are older or newer than the program.
func Validate(ctx context.Context, db *sql.DB) error { return line.Validate(ctx, db) }

// A Store is a [cases.Store] in a database. Make one with [New].
type Store struct {
	db  *sqldb.DB
	log *feed.Log
}

var _ cases.Store = (*Store)(nil)

// topic is where the log notes which cases changed.
const topic = "case"

// New returns a Store on a [*sqlx.DB], or on a [*sqlx.Tx] to take part in a
// transaction of the caller's.
func New(db sqlx.ExtContext) *Store { return newStore(sqldb.New(db)) }

// WithReader returns a Store that writes where s does and reads from reader, such
// as the read-only pool of a SQLite file. It must see at once what was committed:
// a replica that lags would go on showing what was taken away.
func (s *Store) WithReader(reader sqlx.ExtContext) *Store { return newStore(s.db.WithReader(reader)) }

func newStore(db *sqldb.DB) *Store { return &Store{db: db, log: feed.New(db, nil)} }

// get scans one row into dest. By text that no column can hold, nothing is found.
func (s *Store) get(ctx context.Context, dest any, query, key string) error {
	if sqldb.CheckText(key) != nil {
		return fmt.Errorf("%q: %w", key, cases.ErrNotFound)
	}
	return s.db.Get(ctx, dest, key, query, key)
}

// Case implements [cases.Store].
func (s *Store) Case(ctx context.Context, id string) (cases.Case, error) {
	var body sqldb.JSON[cases.Case]
	err := s.get(ctx, &body, `select body from stoa_case where id = $1`, id)
	return body.V, err
}

// Reference implements [cases.Store].
func (s *Store) Reference(ctx context.Context, reference string) (id string, err error) {
	err = s.get(ctx, &id, `select id from stoa_case where reference = $1`, reference)
	return id, err
}

// Entry implements [cases.Store].
func (s *Store) Entry(ctx context.Context, id string) (cases.Entry, error) {
	var body sqldb.JSON[cases.Entry]
	err := s.get(ctx, &body, `select body from stoa_case_entry where id = $1`, id)
	return body.V, err
}

// Entries implements [cases.Store].
func (s *Store) Entries(ctx context.Context, of string, internal bool, after, limit int) ([]cases.Entry, error) {
	if sqldb.CheckText(of) != nil {
		return nil, ctx.Err()
	}
	w := sqldb.NewWhere().And(`ref = ? and number > ?`, of, after)
	if !internal {
		w.And(`not internal`)
	}
	n := w.Arg(limit)
	return entries(ctx, s.db.Read(), w.String()+` order by number limit `+n, w.Args()...)
}

// entries returns those that the rest of a query selects.
func entries(ctx context.Context, from sqlx.QueryerContext, rest string, args ...any) (out []cases.Entry, err error) {
	var bodies []sqldb.JSON[cases.Entry]
	err = sqldb.Select(ctx, from, &bodies, `select body from stoa_case_entry `+rest, args...)
	for _, b := range bodies {
		out = append(out, b.V)
	}
	return out, err
}

// listing tells of cases.
func (s *Store) listing() feed.Listing {
	return feed.Listing{Log: s.log, Topic: topic, Lost: search.ErrRebuild, All: func(ctx context.Context, above string, limit int) (ids []string, err error) {
		err = s.db.Select(ctx, &ids, `select id from stoa_case where id > $1 order by id limit $2`, above, limit)
		return ids, err
	}}
}

// Changes implements [cases.Store].
func (s *Store) Changes(ctx context.Context, after string, limit int) ([]string, string, error) {
	return s.listing().Changes(ctx, after, limit)
}

// WaitChanges implements [cases.Store].
func (s *Store) WaitChanges(ctx context.Context, after string) error {
	return s.listing().Wait(ctx, after)
}

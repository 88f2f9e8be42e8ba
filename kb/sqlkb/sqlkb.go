// Package sqlkb keeps a [kb.Library]'s content in PostgreSQL or SQLite.
//
// It imports no driver. Open the database with the one you already use, call
// [Migrate] once at startup, and pass it to [New].
package sqlkb

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strconv"

	"github.com/jmoiron/sqlx"

	"github.com/stoa-go/stoa/internal/feed"
	"github.com/stoa-go/stoa/internal/migrate"
	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/kb"
)

//go:embed migrations
var embedded embed.FS

var line = migrate.Line{Name: "kb", Embedded: embedded, Needs: []migrate.Line{feed.Line()}}

// Migrations returns the schema as numbered files, in one folder per dialect,
// for teams that run their own migration tool.
func Migrations() fs.FS { return line.Files() }

// Migrate brings the tables of this package up to date, with those of the
// change log that it writes.
func Migrate(ctx context.Context, db *sql.DB) error { return line.Up(ctx, db) }

// Validate returns an error that says what to do if the tables are not those
// that this version of the package works with.
func Validate(ctx context.Context, db *sql.DB) error { return line.Validate(ctx, db) }

// A Store is a [kb.Store] in a SQL database.
type Store struct {
	db  *sqldb.DB
	log *feed.Log
}

// topic is where the log notes which articles changed.
const topic = "kb"

// New returns a Store in db, whose schema must be current. Pass a [*sqlx.Tx] to
// write in the same transaction as rows of your own.
func New(db sqlx.ExtContext) *Store { return newStore(sqldb.New(db)) }

// WithReader returns a Store that writes where s does and reads from reader, such
// as the read-only pool of a SQLite file. It must see at once what was committed:
// a replica that lags would go on showing what was taken away.
func (s *Store) WithReader(reader sqlx.ExtContext) *Store { return newStore(s.db.WithReader(reader)) }

func newStore(db *sqldb.DB) *Store { return &Store{db: db, log: feed.New(db, nil)} }

// get scans one row into dest. By text that no column can hold, nothing is found.
func (s *Store) get(ctx context.Context, dest any, subject, query, key string) error {
	if sqldb.CheckText(key) != nil {
		return fmt.Errorf("%s: %w", subject, kb.ErrNotFound)
	}
	return s.db.Get(ctx, dest, subject, query, key)
}

// Stamps implements [kb.CategoryStore].
func (s *Store) Stamps(ctx context.Context) (string, string, error) {
	var rows []struct {
		Name string
		N    int64
	}
	if err := s.db.Select(ctx, &rows, `select name, n from stoa_kb_stamp order by name`); err != nil {
		return "", "", err
	}
	if len(rows) != 2 || rows[0].Name != "category" || rows[1].Name != "content" {
		return "", "", errors.New("sqlkb: the rows of stoa_kb_stamp are not those that the migrations made")
	}
	return strconv.FormatInt(rows[0].N, 10), strconv.FormatInt(rows[1].N, 10), nil
}

// stamp counts a change. The row is locked until the transaction ends: authors
// wait for each other, readers for nobody.
func stamp(ctx context.Context, tx sqlx.ExtContext, name string) error {
	_, err := sqldb.Exec(ctx, tx, `update stoa_kb_stamp set n = n + 1 where name = $1`, name)
	return err
}

// stampFrom is stamp for who has seen the stamp as from: it is ErrConflict if
// others have changed something since.
func stampFrom(ctx context.Context, tx sqlx.ExtContext, name, from string) error {
	n, err := strconv.ParseInt(from, 10, 64)
	if err != nil {
		return kb.ErrConflict
	}
	res, err := sqldb.Exec(ctx, tx, `update stoa_kb_stamp set n = n + 1 where name = $1 and n = $2`, name, n)
	if err != nil {
		return err
	}
	return sqldb.Affected(res, kb.ErrConflict)
}

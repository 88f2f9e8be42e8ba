// Package sqlprofile keeps people, accounts and segments in PostgreSQL or
// SQLite. It imports no driver: the program opens the database.
//
//	if err := sqlprofile.Migrate(ctx, db.DB); err != nil { ... }
//	directory := profile.NewDirectory(sqlprofile.New(db), nil)
package sqlprofile

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"io/fs"

	"github.com/jmoiron/sqlx"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/migrate"
	"github.com/stoa-go/stoa/internal/outbox"
	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/profile"
)

// A Store is a [profile.Store] in a database. Make one with [New].
type Store struct{ db *sqldb.DB }

var _ profile.Store = (*Store)(nil)

// New returns a Store on a [*sqlx.DB], or on a [*sqlx.Tx] to take part in a
// transaction of the caller's.
func New(db sqlx.ExtContext) *Store { return &Store{db: sqldb.New(db)} }

// WithReader returns a Store that writes where s does and reads from reader,
// such as the read-only pool of a SQLite file. A replica that lags will not do:
// it would let people in who have been removed.
func (s *Store) WithReader(reader sqlx.ExtContext) *Store {
	return &Store{db: s.db.WithReader(reader)}
}

//go:embed migrations
var embedded embed.FS

var line = migrate.Line{Name: "profile", Embedded: embedded, Needs: []migrate.Line{outbox.Line()}}

// Migrations returns the migrations, in the folders postgres and sqlite, for
// teams that run them with a tool of their own.
func Migrations() fs.FS { return line.Files() }

// Migrate brings the tables up to date. Any number of programs may call it at
// once.
func Migrate(ctx context.Context, db *sql.DB) error { return line.Up(ctx, db) }

// Validate returns an error if the tables are older or newer than the program.
func Validate(ctx context.Context, db *sql.DB) error { return line.Validate(ctx, db) }

// save is the rule of versions. insert does nothing if the id is taken, update
// nothing unless the version before is there, and exists asks for the id.
func (s *Store) save(ctx context.Context, version int, id string, insert, update, exists query) error {
	return s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		q := update
		if version == 1 {
			q = insert
		}
		res, err := sqldb.Exec(ctx, tx, q.text, q.args...)
		if err != nil {
			return err
		}
		err = sqldb.Affected(res, errs.Conflict)
		if version == 1 || !errors.Is(err, errs.Conflict) {
			return err
		}
		var found string
		if err := sqldb.Get(ctx, tx, &found, id, exists.text, exists.args...); err != nil {
			return err
		}
		return errs.Conflict
	})
}

type query struct {
	text string
	args []any
}

func (s *Store) remove(ctx context.Context, text, id string) error {
	return s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		res, err := sqldb.Exec(ctx, tx, text, id)
		if err != nil {
			return err
		}
		return sqldb.Affected(res, errs.NotFound)
	})
}

// attributes is a map in a text column, nil when empty.
type attributes = sqldb.JSON[map[string][]string]

func attributesOf(a attributes) map[string][]string {
	if len(a.V) == 0 {
		return nil
	}
	return a.V
}

// checkAttributes finds texts that JSON would change on the way in.
func checkAttributes(m map[string][]string) error {
	for key, values := range m {
		if err := errors.Join(sqldb.CheckText(key), sqldb.CheckText(values...)); err != nil {
			return err
		}
	}
	return nil
}

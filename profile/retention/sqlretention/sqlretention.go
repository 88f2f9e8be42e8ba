// Package sqlretention keeps holds, requests and the state of classes in
// PostgreSQL or SQLite. It imports no driver: the program opens the database.
//
//	if err := sqlretention.Migrate(ctx, db.DB); err != nil { ... }
//	holds := retention.NewHolds(sqlretention.New(db), people, nil)
package sqlretention

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"io/fs"
	"strings"

	"github.com/jmoiron/sqlx"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/migrate"
	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/profile/retention"
)

// A Store is a [retention.Store] in a database. Make one with [New].
type Store struct{ db *sqldb.DB }

var _ retention.Store = (*Store)(nil)

// New returns a Store on a [*sqlx.DB], or on a [*sqlx.Tx] to take part in a
// transaction of the caller's.
func New(db sqlx.ExtContext) *Store { return &Store{db: sqldb.New(db)} }

// WithReader returns a Store that writes where s does and reads from reader, such
// as the read-only pool of a SQLite file. A replica that lags will not do: it
// would let somebody be erased who has just been held.
func (s *Store) WithReader(reader sqlx.ExtContext) *Store {
	return &Store{db: s.db.WithReader(reader)}
}

//go:embed migrations
var embedded embed.FS

var line = migrate.Line{Name: "retention", Embedded: embedded}

// Migrations returns the migrations, in the folders postgres and sqlite, for
// teams that run them with a tool of their own.
func Migrations() fs.FS { return line.Files() }

// Migrate brings the tables up to date. Any number of programs may call it at
// once.
func Migrate(ctx context.Context, db *sql.DB) error { return line.Up(ctx, db) }

// Validate returns an error if the tables are older or newer than the program.
func Validate(ctx context.Context, db *sql.DB) error { return line.Validate(ctx, db) }

// save is the rule of versions: the columns of a table in order, the key first
// and the version last.
func (s *Store) save(ctx context.Context, table, columns string, version int, args ...any) error {
	for _, a := range args {
		if text, ok := a.(string); ok {
			if err := sqldb.CheckText(text); err != nil {
				return err
			}
		}
	}
	names := strings.Split(columns, ", ")
	return s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		if version == 1 {
			res, err := sqldb.Exec(ctx, tx, `insert into `+table+` (`+columns+`) values `+sqldb.Tuples(1, len(args))+` on conflict (`+names[0]+`) do nothing`, args...)
			if err != nil {
				return err
			}
			return sqldb.Affected(res, errs.Conflict)
		}
		res, err := sqldb.Exec(ctx, tx, `update `+table+` set (`+columns+`) = `+sqldb.Tuples(1, len(args))+` where `+names[0]+` = $1 and version = $`+last(len(args))+` - 1`, args...)
		if err != nil {
			return err
		}
		if err = sqldb.Affected(res, errs.Conflict); !errors.Is(err, errs.Conflict) {
			return err
		}
		var id string
		if err := sqldb.Get(ctx, tx, &id, table, `select `+names[0]+` from `+table+` where `+names[0]+` = $1`, args[0]); err != nil {
			return err
		}
		return errs.Conflict
	})
}

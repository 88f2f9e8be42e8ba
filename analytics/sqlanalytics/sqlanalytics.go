// Package sqlanalytics keeps events in PostgreSQL or SQLite. It imports no
// driver: the program opens the database.
//
//	if err := sqlanalytics.Migrate(ctx, db.DB); err != nil { ... }
//	ledger := analytics.NewLedger(sqlanalytics.New(db), nil)
package sqlanalytics

import (
	"context"
	"database/sql"
	"embed"
	"io/fs"

	"github.com/jmoiron/sqlx"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/internal/migrate"
	"github.com/stoa-go/stoa/internal/sqldb"
)

// A Store is an [analytics.Counter] and [analytics.Rememberer] in a database. It also shares the salts of
// anonymous visits between instances, see [analytics.Salts]. Make one with
// [New].
type Store struct{ db *sqldb.DB }

var (
	_ analytics.Counter    = (*Store)(nil)
	_ analytics.Rememberer = (*Store)(nil)
	_ analytics.Salts      = (*Store)(nil)
)

// New returns a Store on a [*sqlx.DB], or on a [*sqlx.Tx] to take part in a
// transaction of the caller's.
func New(db sqlx.ExtContext) *Store { return &Store{db: sqldb.New(db)} }

// WithReader returns a Store that writes where s does and reads from reader,
// such as the read-only pool of a SQLite file, or a replica.
func (s *Store) WithReader(reader sqlx.ExtContext) *Store {
	return &Store{db: s.db.WithReader(reader)}
}

//go:embed migrations
var embedded embed.FS

var line = migrate.Line{Name: "analytics", Embedded: embedded}

// Migrations returns the migrations, in the folders postgres and sqlite, for
// teams that run them with a tool of their own.
func Migrations() fs.FS { return line.Files() }

// Migrate brings the tables up to date. Any number of programs may call it at
// once.
func Migrate(ctx context.Context, db *sql.DB) error { return line.Up(ctx, db) }

// Validate returns an error if the tables are older or newer than the program.
func Validate(ctx context.Context, db *sql.DB) error { return line.Validate(ctx, db) }

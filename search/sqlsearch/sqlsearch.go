// Package sqlsearch keeps the tuning of a search, which is synonyms, pins and
// stop words with their draft and versions, in PostgreSQL or SQLite. It imports
// no driver: the program opens the database.
//
//	if err := sqlsearch.Migrate(ctx, db.DB); err != nil { ... }
//	engine := search.NewEngine(index, &search.Options{Tuning: sqlsearch.New(db)})
package sqlsearch

import (
	"context"
	"database/sql"
	"embed"
	"io/fs"

	"github.com/jmoiron/sqlx"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/migrate"
	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/search"
)

// A Store is a [search.TuningStore] in a database. Make one with [New].
type Store struct{ db *sqldb.DB }

var _ search.TuningStore = (*Store)(nil)

// New returns a Store on a [*sqlx.DB], or on a [*sqlx.Tx] to take part in a
// transaction of the caller's.
func New(db sqlx.ExtContext) *Store { return &Store{db: sqldb.New(db)} }

// WithReader returns a Store that writes where s does and reads from reader,
// such as the read-only pool of a SQLite file. A replica that lags shows new
// versions late.
func (s *Store) WithReader(reader sqlx.ExtContext) *Store {
	return &Store{db: s.db.WithReader(reader)}
}

//go:embed migrations
var embedded embed.FS

var line = migrate.Line{Name: "search", Embedded: embedded}

// Migrations returns the migrations, in the folders postgres and sqlite, for
// teams that run them with a tool of their own.
func Migrations() fs.FS { return line.Files() }

// Migrate brings the tables up to date. Any number of programs may call it at
// once.
func Migrate(ctx context.Context, db *sql.DB) error { return line.Up(ctx, db) }

// Validate returns an error if the tables are older or newer than the program.
func Validate(ctx context.Context, db *sql.DB) error { return line.Validate(ctx, db) }

type version struct {
	Number   int
	Tuning   sqldb.JSON[search.Tuning]
	SavedBy  string     `db:"saved_by"`
	SavedAt  sqldb.Time `db:"saved_at"`
	Note     string
	Restored int
}

func (v version) value() search.TuningVersion {
	return search.TuningVersion{
		Tuning: v.Tuning.V, Number: v.Number, By: v.SavedBy, At: v.SavedAt.Time, Note: v.Note, Restored: v.Restored,
	}
}

const highest = `select coalesce(max(number), 0) from stoa_search_tuning`

// LiveVersion implements [search.TuningStore].
func (s *Store) LiveVersion(ctx context.Context) (number int, err error) {
	err = s.db.Get(ctx, &number, "tuning", highest)
	return number, err
}

// Versions implements [search.TuningStore].
func (s *Store) Versions(ctx context.Context, before, limit int) ([]search.TuningVersion, error) {
	where := sqldb.NewWhere(limit)
	if before > 0 {
		where.And(`number < ?`, before)
	}
	var rows []version
	err := s.db.Select(ctx, &rows, `select number, saved_by, saved_at, note, restored from stoa_search_tuning `+where.String()+
		` order by number desc limit $1`, where.Args()...)
	if err != nil {
		return nil, err
	}
	var out []search.TuningVersion
	for _, r := range rows {
		out = append(out, r.value())
	}
	return out, nil
}

// Version implements [search.TuningStore].
func (s *Store) Version(ctx context.Context, number int) (search.TuningVersion, error) {
	var row version
	err := s.db.Get(ctx, &row, "tuning", `select number, tuning, saved_by, saved_at, note, restored from stoa_search_tuning where number = $1`, number)
	if err != nil {
		return search.TuningVersion{}, err
	}
	return row.value(), nil
}

type draft struct {
	Revision int
	Open     bool
	Tuning   sqldb.JSON[search.Tuning]
	SavedBy  string     `db:"saved_by"`
	SavedAt  sqldb.Time `db:"saved_at"`
}

// Draft implements [search.TuningStore].
func (s *Store) Draft(ctx context.Context) (search.TuningDraft, error) {
	var rows []draft
	err := s.db.Select(ctx, &rows, `select revision, open, tuning, saved_by, saved_at from stoa_search_draft`)
	if err != nil || len(rows) == 0 {
		return search.TuningDraft{}, err
	}
	r := rows[0]
	return search.TuningDraft{Tuning: r.Tuning.V, Revision: r.Revision, Open: r.Open, By: r.SavedBy, At: r.SavedAt.Time}, nil
}

// SaveDraft implements [search.TuningStore].
func (s *Store) SaveDraft(ctx context.Context, d search.TuningDraft) error {
	if err := sqldb.CheckText(append(d.Texts(), d.By)...); err != nil {
		return err
	}
	if !d.Open {
		d.Tuning = search.Tuning{}
	}
	text := `update stoa_search_draft set revision = $1, open = $2, tuning = $3, saved_by = $4, saved_at = $5 where id = 1 and revision = $1 - 1`
	if d.Revision == 1 {
		text = `insert into stoa_search_draft (id, revision, open, tuning, saved_by, saved_at) values (1, $1, $2, $3, $4, $5)
			on conflict (id) do nothing`
	}
	return s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		return changeOne(ctx, tx, text, d.Revision, d.Open, sqldb.JSON[search.Tuning]{V: d.Tuning}, d.By, sqldb.At(d.At))
	})
}

// changeOne makes a change that is a conflict if it changes nothing.
func changeOne(ctx context.Context, tx sqlx.ExtContext, text string, args ...any) error {
	res, err := sqldb.Exec(ctx, tx, text, args...)
	if err != nil {
		return err
	}
	return sqldb.Affected(res, errs.Conflict)
}

// Publish implements [search.TuningStore].
func (s *Store) Publish(ctx context.Context, v search.TuningVersion, revision int) error {
	if err := sqldb.CheckText(append(v.Texts(), v.By, v.Note)...); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		var live int
		if err := sqldb.Get(ctx, tx, &live, "tuning", highest); err != nil {
			return err
		}
		if v.Number != live+1 {
			return errs.Conflict
		}
		err := changeOne(ctx, tx, `insert into stoa_search_tuning (number, tuning, saved_by, saved_at, note, restored)
			values ($1, $2, $3, $4, $5, $6) on conflict (number) do nothing`,
			v.Number, sqldb.JSON[search.Tuning]{V: v.Tuning}, v.By, sqldb.At(v.At), v.Note, v.Restored)
		if err != nil || revision == 0 {
			return err
		}
		return changeOne(ctx, tx, `update stoa_search_draft set open = $1, tuning = $2 where id = 1 and revision = $3 and open = $4`,
			false, sqldb.JSON[search.Tuning]{}, revision, true)
	})
}

// RenameTuner implements [search.TuningStore].
func (s *Store) RenameTuner(ctx context.Context, from, to string) (n int, err error) {
	if err := sqldb.CheckText(from, to); err != nil {
		return 0, err
	}
	err = s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		for _, table := range []string{"stoa_search_tuning", "stoa_search_draft"} {
			if err := sqldb.Tally(ctx, tx, &n, `update `+table+` set saved_by = $2 where saved_by = $1`, from, to); err != nil {
				return err
			}
		}
		return nil
	})
	return n, err
}

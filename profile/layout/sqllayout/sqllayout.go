// Package sqllayout keeps rules, promotions and what is remembered of visitors
// in PostgreSQL or SQLite. It imports no driver: the program opens the database.
//
//	if err := sqllayout.Migrate(ctx, db.DB); err != nil { ... }
//	arranger, err := layout.NewArranger(site, sqllayout.New(db), nil)
package sqllayout

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"io/fs"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/migrate"
	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/profile/layout"
)

// A Store is a [layout.Store] in a database. Make one with [New].
type Store struct{ db *sqldb.DB }

var _ layout.Store = (*Store)(nil)

// New returns a Store on a [*sqlx.DB], or on a [*sqlx.Tx] to take part in a
// transaction of the caller's.
func New(db sqlx.ExtContext) *Store { return &Store{db: sqldb.New(db)} }

// WithReader returns a Store that writes where s does and reads from reader,
// such as the read-only pool of a SQLite file. A replica that lags will not do:
// what somebody has reset would still be there.
func (s *Store) WithReader(reader sqlx.ExtContext) *Store {
	return &Store{db: s.db.WithReader(reader)}
}

//go:embed migrations
var embedded embed.FS

var line = migrate.Line{Name: "layout", Embedded: embedded}

// Migrations returns the migrations, in the folders postgres and sqlite, for
// teams that run them with a tool of their own.
func Migrations() fs.FS { return line.Files() }

// Migrate brings the tables up to date. Any number of programs may call it at
// once.
func Migrate(ctx context.Context, db *sql.DB) error { return line.Up(ctx, db) }

// Validate returns an error if the tables are older or newer than the program.
func Validate(ctx context.Context, db *sql.DB) error { return line.Validate(ctx, db) }

type rulebook struct {
	Revision int
	FromAt   sqldb.Time `db:"from_at"`
	Rules    sqldb.JSON[[]layout.Rule]
}

// Rulebook implements [layout.RuleStore].
func (s *Store) Rulebook(ctx context.Context, at time.Time) (layout.Rulebook, error) {
	where := sqldb.NewWhere()
	if !at.IsZero() {
		where.And(`from_at <= ?`, sqldb.At(at))
	}
	var rows []rulebook
	err := s.db.Select(ctx, &rows, `select revision, from_at, rules from stoa_layout_rulebook `+where.String()+
		` order by revision desc limit 1`, where.Args()...)
	if err != nil || len(rows) == 0 {
		return layout.Rulebook{}, err
	}
	return layout.Rulebook{Revision: rows[0].Revision, From: rows[0].FromAt.Time, Rules: rows[0].Rules.V}, nil
}

// SaveRulebook implements [layout.RuleStore].
func (s *Store) SaveRulebook(ctx context.Context, b layout.Rulebook, keep time.Time) error {
	if err := sqldb.CheckText(b.Texts()...); err != nil {
		return err
	}
	b = b.Clone()
	for i, r := range b.Rules {
		b.Rules[i].SavedAt = sqldb.At(r.SavedAt).Time.UTC().Truncate(time.Microsecond)
	}
	return s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		var highest int
		if err := sqldb.Get(ctx, tx, &highest, "rulebook", `select coalesce(max(revision), 0) from stoa_layout_rulebook`); err != nil {
			return err
		}
		if b.Revision != highest+1 {
			return errs.Conflict
		}
		res, err := sqldb.Exec(ctx, tx, `insert into stoa_layout_rulebook (revision, from_at, rules) values ($1, $2, $3)
			on conflict (revision) do nothing`, b.Revision, sqldb.At(b.From), sqldb.JSON[[]layout.Rule]{V: b.Rules})
		if err != nil {
			return err
		}
		if err := sqldb.Affected(res, errs.Conflict); err != nil {
			return err
		}
		_, err = sqldb.Exec(ctx, tx, `delete from stoa_layout_rulebook where revision <
			(select max(revision) from stoa_layout_rulebook where from_at < $1)`, sqldb.At(keep))
		return err
	})
}

type promotion struct {
	ID        string
	Promotion sqldb.JSON[layout.Promotion]
	Version   int
}

// Promotions implements [layout.PromotionStore].
func (s *Store) Promotions(ctx context.Context) ([]layout.Promotion, error) {
	var rows []promotion
	if err := s.db.Select(ctx, &rows, `select id, promotion, version from stoa_layout_promotion order by id`); err != nil {
		return nil, err
	}
	list := make([]layout.Promotion, len(rows))
	for i, r := range rows {
		list[i] = r.Promotion.V
	}
	return list, nil
}

// SavePromotion implements [layout.PromotionStore].
func (s *Store) SavePromotion(ctx context.Context, p layout.Promotion) error {
	if err := sqldb.CheckText(p.Texts()...); err != nil {
		return err
	}
	p.SavedAt = sqldb.At(p.SavedAt).Time.UTC().Truncate(time.Microsecond)
	args := []any{p.ID, sqldb.JSON[layout.Promotion]{V: p}, p.Version}
	return s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		text := `update stoa_layout_promotion set promotion = $2, version = $3 where id = $1 and version = $3 - 1`
		if p.Version == 1 {
			text = `insert into stoa_layout_promotion (id, promotion, version) values ($1, $2, $3) on conflict (id) do nothing`
		}
		res, err := sqldb.Exec(ctx, tx, text, args...)
		if err != nil {
			return err
		}
		err = sqldb.Affected(res, errs.Conflict)
		if p.Version == 1 || !errors.Is(err, errs.Conflict) {
			return err
		}
		var found string
		if err := sqldb.Get(ctx, tx, &found, p.ID, `select id from stoa_layout_promotion where id = $1`, p.ID); err != nil {
			return err
		}
		return errs.Conflict
	})
}

// RemovePromotion implements [layout.PromotionStore].
func (s *Store) RemovePromotion(ctx context.Context, id string) error {
	return s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		res, err := sqldb.Exec(ctx, tx, `delete from stoa_layout_promotion where id = $1`, id)
		if err != nil {
			return err
		}
		return sqldb.Affected(res, errs.NotFound)
	})
}

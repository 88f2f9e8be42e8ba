// Package sqlreport keeps a [report.Reporter]'s figures in PostgreSQL or SQLite.
//
// It imports no driver. Open the database with the one you already use, call
// [Migrate] once at startup, and pass it to [New].
package sqlreport

import (
	"cmp"
	"context"
	"database/sql"
	"embed"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/migrate"
	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/search/report"
)

// A Store is a [report.Store] in a database. Make one with [New].
type Store struct{ db *sqldb.DB }

var _ report.Store = (*Store)(nil)

// New returns a Store on a [*sqlx.DB], or on a [*sqlx.Tx] to take part in a
// transaction of the caller's.
func New(db sqlx.ExtContext) *Store { return &Store{sqldb.New(db)} }

// NewWithReader is New with a second pool for everything that only reads, as
// SQLite wants it. A replica that lags will not do.
func NewWithReader(db, reader sqlx.ExtContext) *Store {
	return &Store{sqldb.New(db).WithReader(reader)}
}

//go:embed migrations
var embedded embed.FS

var line = migrate.Line{Name: "searchreport", Embedded: embedded}

// Migrations returns the migrations, in the folders postgres and sqlite, for
// teams that run them with a tool of their own.
func Migrations() fs.FS { return line.Files() }

// Migrate brings the tables up to date. Any number of programs may call it at
// once.
func Migrate(ctx context.Context, db *sql.DB) error { return line.Up(ctx, db) }

// Validate returns an error if the tables are older or newer than the program.
func Validate(ctx context.Context, db *sql.DB) error { return line.Validate(ctx, db) }

// Progress implements [report.Store].
func (s *Store) Progress(ctx context.Context) (time.Time, error) {
	var at sqldb.Time
	err := s.db.Get(ctx, &at, "progress", `select until from stoa_search_report where id = 1`)
	if errors.Is(err, errs.NotFound) {
		return time.Time{}, nil
	}
	return at.Time, err
}

// Add implements [report.Store].
func (s *Store) Add(ctx context.Context, from, until time.Time, facts []report.Fact, votes []report.Vote) error {
	var texts []string
	for _, f := range facts {
		texts = append(texts, f.Day, f.Question.Locale, f.Question.Text, f.Text, f.Brand, f.Role, f.Channel, f.Person, f.Visitor)
	}
	for _, v := range votes {
		texts = append(texts, v.Trial, v.Person, v.Visitor)
	}
	if err := sqldb.CheckText(texts...); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		if err := advance(ctx, tx, from, until); err != nil {
			return err
		}
		facts, err := addAskers(ctx, tx, facts)
		if err != nil {
			return err
		}
		if err := addCounts(ctx, tx, facts); err != nil {
			return err
		}
		return addVotes(ctx, tx, votes)
	})
}

func advance(ctx context.Context, tx sqlx.ExtContext, from, until time.Time) error {
	text, args := `insert into stoa_search_report (id, until) values (1, $1) on conflict do nothing`, []any{sqldb.At(until)}
	if !from.IsZero() {
		text, args = `update stoa_search_report set until = $1 where id = 1 and until = $2`, append(args, sqldb.At(from))
	}
	res, err := sqldb.Exec(ctx, tx, text, args...)
	if err != nil {
		return err
	}
	return sqldb.Affected(res, errs.Conflict)
}

// rowsAtOnce keeps statements short, see the SQL part of the design notes.
const rowsAtOnce = 20

// addAskers notes who asked what, and returns the facts that are new.
func addAskers(ctx context.Context, tx sqlx.ExtContext, facts []report.Fact) ([]report.Fact, error) {
	facts = slices.Clone(facts)
	slices.SortFunc(facts, func(a, b report.Fact) int {
		return cmp.Or(strings.Compare(a.Day, b.Day), strings.Compare(a.Question.Locale, b.Question.Locale), strings.Compare(a.Question.Text, b.Question.Text),
			strings.Compare(a.Person, b.Person), strings.Compare(a.Visitor, b.Visitor))
	})
	var fresh []report.Fact
	for _, f := range facts {
		res, err := sqldb.Exec(ctx, tx, addAsker, f.Day, f.Question.Locale, f.Question.Text, f.Person, f.Visitor, f.Brand, f.Role, f.Channel)
		if err != nil {
			return nil, err
		}
		if n, err := res.RowsAffected(); err != nil {
			return nil, err
		} else if n > 0 {
			fresh = append(fresh, f)
		}
	}
	for _, f := range fresh { // of all questions together
		if _, err := sqldb.Exec(ctx, tx, addAsker, f.Day, f.Question.Locale, "", f.Person, f.Visitor, f.Brand, f.Role, f.Channel); err != nil {
			return nil, err
		}
	}
	return fresh, nil
}

const addAsker = `insert into stoa_search_asker (day, locale, query, person, visitor, brand, role, channel) values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing`

var counted = []string{"searches", "empty", "unclicked", "refined", "exits", "cases", "followed", "ranks", "top"}

// countKey is what counts are kept by.
type countKey struct{ day, locale, query, brand, role, channel string }

func addCounts(ctx context.Context, tx sqlx.ExtContext, facts []report.Fact) error {
	sums, texts := map[countKey]report.Counts{}, map[countKey]string{}
	for _, f := range facts {
		for _, query := range []string{f.Question.Text, ""} {
			key := countKey{f.Day, f.Question.Locale, query, f.Brand, f.Role, f.Channel}
			if sums[key] = sums[key].Plus(f.Counts); query != "" {
				texts[key] = max(texts[key], f.Text)
			}
		}
	}
	var keys []countKey
	for key := range sums {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, func(a, b countKey) int {
		return cmp.Or(strings.Compare(a.day, b.day), strings.Compare(a.locale, b.locale), strings.Compare(a.query, b.query),
			strings.Compare(a.brand, b.brand), strings.Compare(a.role, b.role), strings.Compare(a.channel, b.channel))
	})
	var set []string
	for _, name := range counted {
		set = append(set, name+" = stoa_search_count."+name+" + excluded."+name)
	}
	for chunk := range slices.Chunk(keys, rowsAtOnce) {
		var args []any
		for _, k := range chunk {
			c := sums[k]
			args = append(args, k.day, k.locale, k.query, k.brand, k.role, k.channel, texts[k],
				c.Searches, c.Empty, c.Unclicked, c.Refined, c.Exits, c.Cases, c.Followed, c.Ranks, c.Top)
		}
		if _, err := sqldb.Exec(ctx, tx, `insert into stoa_search_count (day, locale, query, brand, role, channel, text, `+strings.Join(counted, ", ")+`)
			values `+sqldb.Tuples(len(chunk), 7+len(counted))+` on conflict (day, locale, query, brand, role, channel) do update
			set text = case when excluded.text > stoa_search_count.text then excluded.text else stoa_search_count.text end, `+strings.Join(set, ", "), args...); err != nil {
			return err
		}
	}
	return nil
}

func addVotes(ctx context.Context, tx sqlx.ExtContext, votes []report.Vote) error {
	votes = slices.Clone(votes)
	slices.SortFunc(votes, func(a, b report.Vote) int {
		return cmp.Or(strings.Compare(a.Trial, b.Trial), strings.Compare(a.Person, b.Person), strings.Compare(a.Visitor, b.Visitor))
	})
	for _, v := range votes {
		if _, err := sqldb.Exec(ctx, tx, `insert into stoa_search_vote (trial, person, visitor, live, other) values ($1, $2, $3, $4, $5)
			on conflict (trial, person, visitor) do update set live = stoa_search_vote.live + excluded.live, other = stoa_search_vote.other + excluded.other`,
			v.Trial, v.Person, v.Visitor, v.Live, v.Other); err != nil {
			return err
		}
	}
	return nil
}

// Trim implements [report.Store].
func (s *Store) Trim(ctx context.Context, day string, most int) error {
	if sqldb.CheckText(day) != nil {
		return ctx.Err()
	}
	return s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		var last []struct {
			Locale, Query string
			N             int
		}
		if err := sqldb.Select(ctx, tx, &last, `select locale, query, cast(sum(searches) as bigint) as n from stoa_search_count where day = $1 and query <> ''
			group by locale, query order by n desc, locale, query limit 1 offset $2`, day, most); err != nil || len(last) == 0 {
			return err
		}
		const rare = `day = $1 and query <> '' and (locale, query) in (select locale, query from stoa_search_count where day = $1 and query <> ''
			group by locale, query having sum(searches) < $2 or sum(searches) = $2 and (locale, query) >= ($3, $4))`
		// Who asked goes first: which are rare is read from the counts.
		for _, table := range []string{"stoa_search_asker", "stoa_search_count"} {
			if _, err := sqldb.Exec(ctx, tx, `delete from `+table+` where `+rare, day, last[0].N, last[0].Locale, last[0].Query); err != nil {
				return err
			}
		}
		return nil
	})
}

// Prune implements [report.Store].
func (s *Store) Prune(ctx context.Context, day string) error {
	if sqldb.CheckText(day) != nil {
		return ctx.Err()
	}
	return s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		for _, table := range []string{"stoa_search_asker", "stoa_search_count"} {
			if _, err := sqldb.Exec(ctx, tx, `delete from `+table+` where day < $1`, day); err != nil {
				return err
			}
		}
		return nil
	})
}

package sqlreport

import (
	"context"

	"github.com/jmoiron/sqlx"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/search/report"
)

// SaveMark implements [report.Store].
func (s *Store) SaveMark(ctx context.Context, m report.Mark) error {
	if err := sqldb.CheckText(m.Question.Locale, m.Question.Text, string(m.State), string(m.Deed), m.Reason, m.By); err != nil {
		return err
	}
	text := `update stoa_search_mark set state = $3, deed = $4, reason = $5, decider = $6, decided_at = $7, people = $8, version = $9
		where locale = $1 and query = $2 and version = $9 - 1`
	if m.Version <= 1 {
		text = `insert into stoa_search_mark (locale, query, state, deed, reason, decider, decided_at, people, version)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing`
	}
	return s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		res, err := sqldb.Exec(ctx, tx, text, m.Question.Locale, m.Question.Text, string(m.State), string(m.Deed), m.Reason, m.By, sqldb.At(m.At), m.People, m.Version)
		if err != nil {
			return err
		}
		return sqldb.Affected(res, errs.Conflict)
	})
}

// Marks implements [report.Store].
func (s *Store) Marks(ctx context.Context) ([]report.Mark, error) {
	var rows []struct {
		Locale, Query, State, Deed, Reason, Decider string
		At                                          sqldb.Time `db:"decided_at"`
		People, Version                             int
	}
	err := s.db.Select(ctx, &rows, `select locale, query, state, deed, reason, decider, decided_at, people, version from stoa_search_mark order by decided_at desc, locale, query`)
	var out []report.Mark
	for _, r := range rows {
		out = append(out, report.Mark{
			Question: report.Query{Locale: r.Locale, Text: r.Query}, State: report.State(r.State), Deed: report.Deed(r.Deed), Reason: r.Reason, By: r.Decider,
			At: r.At.Time, People: r.People, Version: r.Version,
		})
	}
	return out, err
}

// Ballot implements [report.Store].
func (s *Store) Ballot(ctx context.Context, trial string) (b report.Ballot, err error) {
	if sqldb.CheckText(trial) != nil {
		return b, ctx.Err()
	}
	err = s.db.Get(ctx, &b, "ballot", `select cast(coalesce(sum(case when live > other then 1 else 0 end), 0) as bigint) as live,
		cast(coalesce(sum(case when live < other then 1 else 0 end), 0) as bigint) as other,
		cast(coalesce(sum(case when live = other then 1 else 0 end), 0) as bigint) as even from stoa_search_vote where trial = $1`, trial)
	return b, err
}

// Facts implements [report.Store].
func (s *Store) Facts(ctx context.Context, person string) ([]report.Fact, error) {
	if person == "" || sqldb.CheckText(person) != nil {
		return nil, ctx.Err()
	}
	var rows []struct{ Day, Locale, Query, Brand, Role, Channel string }
	err := s.db.Select(ctx, &rows, `select day, locale, query, brand, role, channel from stoa_search_asker
		where person = $1 and person <> '' and query <> '' order by day, locale, query`, person)
	var out []report.Fact
	for _, r := range rows {
		out = append(out, report.Fact{
			Day: r.Day, Question: report.Query{Locale: r.Locale, Text: r.Query}, Brand: r.Brand, Role: r.Role, Channel: r.Channel, Person: person,
		})
	}
	return out, err
}

// Votes implements [report.Store].
func (s *Store) Votes(ctx context.Context, person string) (out []report.Vote, err error) {
	if person == "" || sqldb.CheckText(person) != nil {
		return nil, ctx.Err()
	}
	err = s.db.Select(ctx, &out, `select trial, person, visitor, live, other from stoa_search_vote where person = $1 and person <> '' order by trial`, person)
	return out, err
}

// Forget implements [report.Store].
func (s *Store) Forget(ctx context.Context, person, pseudonym string) (removed, renamed int, err error) {
	if err := sqldb.CheckText(person, pseudonym); err != nil {
		return 0, 0, err
	}
	if person == "" {
		return 0, 0, report.ErrInvalid
	}
	err = s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		removed, renamed = 0, 0
		for _, table := range []string{"stoa_search_asker", "stoa_search_vote"} {
			if err := change(ctx, tx, &removed, `delete from `+table+` where person = $1`, person); err != nil {
				return err
			}
		}
		return change(ctx, tx, &renamed, `update stoa_search_mark set decider = $2 where decider = $1`, person, pseudonym)
	})
	if err != nil {
		return 0, 0, err
	}
	return removed, renamed, nil
}

// change runs a statement and adds how many rows it changed.
func change(ctx context.Context, tx sqlx.ExtContext, n *int, text string, args ...any) error {
	res, err := sqldb.Exec(ctx, tx, text, args...)
	if err != nil {
		return err
	}
	rows, err := res.RowsAffected()
	*n += int(rows)
	return err
}

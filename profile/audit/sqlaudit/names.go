package sqlaudit

import (
	"context"
	"slices"

	"github.com/jmoiron/sqlx"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/sqldb"
)

// Name implements [audit.Store].
func (s *Store) Name(ctx context.Context, token, person string) error {
	if err := sqldb.CheckText(token, person); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		res, err := sqldb.Exec(ctx, tx, `insert into stoa_audit_name (token, person) values ($1, $2) on conflict (token) do nothing`, token, person)
		if err != nil {
			return err
		}
		return sqldb.Affected(res, errs.Conflict)
	})
}

// Tokens implements [audit.Store].
func (s *Store) Tokens(ctx context.Context, person string) ([]string, error) {
	var tokens []string
	err := s.db.Select(ctx, &tokens, `select token from stoa_audit_name where person = $1 order by token`, person)
	return tokens, err
}

// Persons implements [audit.Store].
func (s *Store) Persons(ctx context.Context, tokens []string) (map[string]string, error) {
	out := map[string]string{}
	tokens = slices.Clone(tokens)
	slices.Sort(tokens)
	for chunk := range slices.Chunk(slices.Compact(tokens), 200) {
		w := sqldb.NewWhere()
		sqldb.In(w, "token", chunk)
		var rows []struct{ Token, Person string }
		if err := s.db.Select(ctx, &rows, `select token, person from stoa_audit_name `+w.String(), w.Args()...); err != nil {
			return nil, err
		}
		for _, r := range rows {
			out[r.Token] = r.Person
		}
	}
	return out, ctx.Err()
}

// forgetUnused drops the names of the tokens in rows that no other entry has.
func forgetUnused(ctx context.Context, tx sqlx.ExtContext, rows []entry) error {
	var tokens []string
	for _, r := range rows {
		tokens = append(tokens, r.Actor, r.Behalf, r.Person)
	}
	slices.Sort(tokens)
	for chunk := range slices.Chunk(slices.Compact(tokens), 200) {
		w := sqldb.NewWhere()
		sqldb.In(w, "token", chunk)
		_, err := sqldb.Exec(ctx, tx, `delete from stoa_audit_name `+w.String()+`
			and not exists (select 1 from stoa_audit_entry e where e.actor = token)
			and not exists (select 1 from stoa_audit_entry e where e.behalf = token and e.behalf <> '')
			and not exists (select 1 from stoa_audit_entry e where e.person = token)`, w.Args()...)
		if err != nil {
			return err
		}
	}
	return nil
}

// Rename implements [audit.Store].
func (s *Store) Rename(ctx context.Context, person, pseudonym string) (n int, err error) {
	if err := sqldb.CheckText(person, pseudonym); err != nil {
		return 0, err
	}
	query, args := `update stoa_audit_name set person = $2 where person = $1`, []any{person, pseudonym}
	if pseudonym == "" {
		query, args = `delete from stoa_audit_name where person = $1`, args[:1]
	}
	err = s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		return sqldb.Tally(ctx, tx, &n, query, args...)
	})
	return n, err
}

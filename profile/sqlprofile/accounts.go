package sqlprofile

import (
	"cmp"
	"context"
	"errors"

	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/profile"
)

// An account is an account as the table spells one.
type account struct {
	ID         string
	Name       string
	Plan       string
	Country    string
	Products   sqldb.Strings
	Attributes attributes
	Disabled   bool
	LockedAt   sqldb.Time `db:"locked_at"`
	CreatedAt  sqldb.Time `db:"created_at"`
	UpdatedAt  sqldb.Time `db:"updated_at"`
	Version    int
	Origin     string
}

const accountColumns = `id, name, plan, country, products, attributes, disabled, created_at, updated_at, version, origin, locked_at`

// Account implements [profile.AccountStore].
func (s *Store) Account(ctx context.Context, id string) (profile.Account, error) {
	var row account
	err := s.db.Get(ctx, &row, "account", `select `+accountColumns+` from stoa_account where id = $1`, id)
	if err != nil {
		return profile.Account{}, err
	}
	return row.account(), nil
}

// Accounts implements [profile.AccountStore].
func (s *Store) Accounts(ctx context.Context, q profile.AccountQuery) ([]profile.Account, string, error) {
	var w sqldb.Where
	if err := after(&w, q.After); err != nil {
		return nil, "", err
	}
	limit := cmp.Or(q.Limit, profile.DefaultLimit)
	var rows []account
	err := s.db.Select(ctx, &rows, `select `+accountColumns+` from stoa_account `+w.String()+`
		order by name, id limit `+w.Arg(limit+1), w.Args()...)
	if err != nil {
		return nil, "", err
	}
	rows, next := cut(rows, limit, func(r account) (name, id string) { return r.Name, r.ID })
	page := make([]profile.Account, len(rows))
	for i, r := range rows {
		page[i] = r.account()
	}
	return page, next, nil
}

// SaveAccount implements [profile.AccountStore].
func (s *Store) SaveAccount(ctx context.Context, a profile.Account) error {
	err := errors.Join(
		sqldb.CheckText(a.ID, a.Name, a.Plan, a.Country, a.Origin),
		sqldb.CheckText(a.Products...), checkAttributes(a.Attributes))
	if err != nil {
		return err
	}
	args := []any{a.ID, a.Name, a.Plan, a.Country, sqldb.Strings(a.Products), attributes{V: a.Attributes}, a.Disabled,
		sqldb.At(a.CreatedAt), sqldb.At(a.UpdatedAt), a.Version, a.Origin, sqldb.At(a.LockedAt)}
	return s.save(ctx, a.Version, a.ID,
		query{`insert into stoa_account (` + accountColumns + `) values ` + sqldb.Tuples(1, len(args)) + ` on conflict (id) do nothing`, args},
		query{`update stoa_account set name = $2, plan = $3, country = $4, products = $5, attributes = $6,
			disabled = $7, created_at = $8, updated_at = $9, version = $10, origin = $11, locked_at = $12
			where id = $1 and version = $10 - 1`, args},
		query{`select id from stoa_account where id = $1`, []any{a.ID}})
}

func (r account) account() profile.Account {
	return profile.Account{
		ID: r.ID, Name: r.Name, Plan: r.Plan, Country: r.Country, Products: r.Products,
		Attributes: attributesOf(r.Attributes), Disabled: r.Disabled, LockedAt: r.LockedAt.Time,
		CreatedAt: r.CreatedAt.Time, UpdatedAt: r.UpdatedAt.Time, Version: r.Version, Origin: r.Origin,
	}
}

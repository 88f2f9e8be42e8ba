package sqlprofile

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"

	"github.com/stoa-go/stoa/internal/cursor"
	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/profile"
)

// A person is a person as the table spells one.
type person struct {
	ID         string
	Name       string
	Email      string
	Account    string
	Roles      sqldb.Strings
	Locale     string
	Zone       string
	Attributes attributes
	Disabled   bool
	LockedAt   sqldb.Time `db:"locked_at"`
	CreatedAt  sqldb.Time `db:"created_at"`
	UpdatedAt  sqldb.Time `db:"updated_at"`
	Version    int
	Origin     string
}

const personColumns = `id, name, email, account, roles, locale, zone, attributes, disabled, created_at, updated_at, version, origin, locked_at`

// Person implements [profile.PersonStore].
func (s *Store) Person(ctx context.Context, id string) (profile.Person, error) {
	var row person
	err := s.db.Get(ctx, &row, "person", `select `+personColumns+` from stoa_person where id = $1`, id)
	if err != nil {
		return profile.Person{}, err
	}
	return row.person(), nil
}

// People implements [profile.PersonStore].
func (s *Store) People(ctx context.Context, q profile.PersonQuery) ([]profile.Person, string, error) {
	var w sqldb.Where
	if q.Account != "" {
		w.And("account = ?", q.Account)
	}
	if q.Role != "" {
		quoted, err := json.Marshal(q.Role)
		if err != nil {
			return nil, "", err
		}
		// The list is JSON text. LIKE would not mind the case of letters.
		w.And("replace(roles, ?, '') <> roles", string(quoted))
	}
	if err := after(&w, q.After); err != nil {
		return nil, "", err
	}
	limit := cmp.Or(q.Limit, profile.DefaultLimit)
	var rows []person
	err := s.db.Select(ctx, &rows, `select `+personColumns+` from stoa_person `+w.String()+`
		order by name, id limit `+w.Arg(limit+1), w.Args()...)
	if err != nil {
		return nil, "", err
	}
	rows, next := cut(rows, limit, func(r person) (name, id string) { return r.Name, r.ID })
	page := make([]profile.Person, len(rows))
	for i, r := range rows {
		page[i] = r.person()
	}
	return page, next, nil
}

// SavePerson implements [profile.PersonStore].
func (s *Store) SavePerson(ctx context.Context, p profile.Person) error {
	roles := make(sqldb.Strings, len(p.Roles))
	for i, r := range p.Roles {
		roles[i] = string(r)
	}
	err := errors.Join(
		sqldb.CheckText(p.ID, p.Name, p.Email, p.Account, p.Locale, p.Zone, p.Origin),
		sqldb.CheckText(roles...), checkAttributes(p.Attributes))
	if err != nil {
		return err
	}
	args := []any{p.ID, p.Name, p.Email, p.Account, roles, p.Locale, p.Zone, attributes{V: p.Attributes}, p.Disabled,
		sqldb.At(p.CreatedAt), sqldb.At(p.UpdatedAt), p.Version, p.Origin, sqldb.At(p.LockedAt)}
	return s.save(ctx, p.Version, p.ID,
		query{`insert into stoa_person (` + personColumns + `) values ` + sqldb.Tuples(1, len(args)) + ` on conflict (id) do nothing`, args},
		query{`update stoa_person set name = $2, email = $3, account = $4, roles = $5, locale = $6, zone = $7, attributes = $8,
			disabled = $9, created_at = $10, updated_at = $11, version = $12, origin = $13, locked_at = $14
			where id = $1 and version = $12 - 1`, args},
		query{`select id from stoa_person where id = $1`, []any{p.ID}})
}

// RemovePerson implements [profile.PersonStore].
func (s *Store) RemovePerson(ctx context.Context, id string) error {
	return s.remove(ctx, `delete from stoa_person where id = $1`, id)
}

func (r person) person() profile.Person {
	p := profile.Person{
		ID: r.ID, Name: r.Name, Email: r.Email, Account: r.Account, Locale: r.Locale, Zone: r.Zone,
		Attributes: attributesOf(r.Attributes), Disabled: r.Disabled, LockedAt: r.LockedAt.Time,
		CreatedAt: r.CreatedAt.Time, UpdatedAt: r.UpdatedAt.Time, Version: r.Version, Origin: r.Origin,
	}
	for _, role := range r.Roles {
		p.Roles = append(p.Roles, profile.Role(role))
	}
	return p
}

// after adds the condition that a row comes after the position.
func after(w *sqldb.Where, position string) error {
	if position == "" {
		return nil
	}
	at, err := cursor.Decode(position, 2)
	if err == nil {
		w.And("(name, id) > (?, ?)", at[0], at[1])
	}
	return err
}

// cut returns the first limit rows and the position of the last of them if
// there are more.
func cut[T any](rows []T, limit int, key func(T) (name, id string)) ([]T, string) {
	if len(rows) <= limit {
		return rows, ""
	}
	name, id := key(rows[limit-1])
	return rows[:limit], cursor.Encode(name, id)
}

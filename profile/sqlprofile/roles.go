package sqlprofile

import (
	"context"
	"errors"

	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/profile"
)

var _ profile.RoleStore = (*Store)(nil)

// A role is a role of the team's own as the table spells one.
type role struct {
	ID        string
	Role      sqldb.JSON[roleText]
	CreatedAt sqldb.Time `db:"created_at"`
	UpdatedAt sqldb.Time `db:"updated_at"`
	Version   int
	Origin    string
}

// A roleText is what no query asks for.
type roleText struct {
	Name        map[string]string    `json:"name,omitempty"`
	About       map[string]string    `json:"about,omitempty"`
	Permissions []profile.Permission `json:"permissions,omitempty"`
	Members     bool                 `json:"members,omitempty"`
}

const roleColumns = `id, role, created_at, updated_at, version, origin`

// Roles implements [profile.RoleStore].
func (s *Store) Roles(ctx context.Context) ([]profile.CustomRole, error) {
	var rows []role
	err := s.db.Select(ctx, &rows, `select `+roleColumns+` from stoa_role order by id`)
	if err != nil {
		return nil, err
	}
	list := make([]profile.CustomRole, len(rows))
	for i, r := range rows {
		t := r.Role.V
		list[i] = profile.CustomRole{
			Key: profile.Role(r.ID), Name: t.Name, About: t.About, Permissions: t.Permissions, Members: t.Members,
			CreatedAt: r.CreatedAt.Time, UpdatedAt: r.UpdatedAt.Time, Version: r.Version, Origin: r.Origin,
		}
	}
	return list, nil
}

// SaveRole implements [profile.RoleStore].
func (s *Store) SaveRole(ctx context.Context, r profile.CustomRole) error {
	if err := checkRole(r); err != nil {
		return err
	}
	text := roleText{Name: r.Name, About: r.About, Permissions: r.Permissions, Members: r.Members}
	args := []any{string(r.Key), sqldb.JSON[roleText]{V: text}, sqldb.At(r.CreatedAt), sqldb.At(r.UpdatedAt), r.Version, r.Origin}
	return s.save(ctx, r.Version, string(r.Key),
		query{`insert into stoa_role (` + roleColumns + `) values ` + sqldb.Tuples(1, len(args)) + ` on conflict (id) do nothing`, args},
		query{`update stoa_role set role = $2, created_at = $3, updated_at = $4, version = $5, origin = $6
			where id = $1 and version = $5 - 1`, args},
		query{`select id from stoa_role where id = $1`, args[:1]})
}

// checkRole finds texts that JSON would change on the way in.
func checkRole(r profile.CustomRole) error {
	err := errors.Join(sqldb.CheckText(string(r.Key), r.Origin), checkLabels(r.Name), checkLabels(r.About))
	for _, p := range r.Permissions {
		err = errors.Join(err, sqldb.CheckText(string(p)))
	}
	return err
}

// RemoveRole implements [profile.RoleStore].
func (s *Store) RemoveRole(ctx context.Context, key profile.Role) error {
	return s.remove(ctx, `delete from stoa_role where id = $1`, string(key))
}

package sqlprofile

import (
	"context"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/profile"
)

var _ profile.ConnectionStore = (*Store)(nil)

// A connection is a connection as the table spells one.
type connection struct {
	ID      string
	Kind    string
	Name    string
	Account string
	Staff   bool
	MadeBy  string     `db:"made_by"`
	MadeAt  sqldb.Time `db:"made_at"`
	UsedAt  sqldb.Time `db:"used_at"`
	EndedAt sqldb.Time `db:"ended_at"`
	Secret  string
}

const (
	connectionColumns = `id, kind, name, account, staff, made_by, made_at, used_at, ended_at, secret`
	maxConnections    = 200
)

// Connection implements [profile.ConnectionStore].
func (s *Store) Connection(ctx context.Context, id string) (profile.Connection, error) {
	return s.connection(ctx, `id = $1`, id)
}

// ConnectionWith implements [profile.ConnectionStore].
func (s *Store) ConnectionWith(ctx context.Context, secret string) (profile.Connection, error) {
	return s.connection(ctx, `secret = $1`, secret)
}

func (s *Store) connection(ctx context.Context, where, value string) (profile.Connection, error) {
	var row connection
	err := s.db.Get(ctx, &row, "connection", `select `+connectionColumns+` from stoa_connection where `+where, value)
	if err != nil {
		return profile.Connection{}, err
	}
	return row.connection(), nil
}

// Connections implements [profile.ConnectionStore].
func (s *Store) Connections(ctx context.Context, q profile.ConnectionQuery) ([]profile.Connection, error) {
	var rows []connection
	var w sqldb.Where
	if q.Kind != "" {
		w.And(`kind = ?`, string(q.Kind))
	}
	if q.MadeBy != "" {
		w.And(`made_by = ?`, q.MadeBy)
	}
	if q.Open {
		w.And(`ended_at is null`)
	}
	where := w.String()
	limit := w.Arg(maxConnections)
	err := s.db.Select(ctx, &rows, `select `+connectionColumns+` from stoa_connection `+where+` order by made_at desc, id limit `+limit, w.Args()...)
	if err != nil {
		return nil, err
	}
	list := make([]profile.Connection, len(rows))
	for i, r := range rows {
		list[i] = r.connection()
	}
	return list, nil
}

// MakeConnection implements [profile.ConnectionStore].
func (s *Store) MakeConnection(ctx context.Context, c profile.Connection) error {
	if err := sqldb.CheckText(c.ID, string(c.Kind), c.Name, c.Account, c.MadeBy, c.Secret); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		res, err := sqldb.Exec(ctx, tx, `insert into stoa_connection (`+connectionColumns+`)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict do nothing`,
			c.ID, string(c.Kind), c.Name, c.Account, c.Staff, c.MadeBy, sqldb.At(c.MadeAt), sqldb.At(c.UsedAt), sqldb.At(c.EndedAt), c.Secret)
		if err != nil {
			return err
		}
		return sqldb.Affected(res, errs.Conflict)
	})
}

// UseConnection implements [profile.ConnectionStore].
func (s *Store) UseConnection(ctx context.Context, id string, at time.Time) error {
	return s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		_, err := sqldb.Exec(ctx, tx, `update stoa_connection set used_at = $2 where id = $1 and (used_at is null or used_at < $2)`, id, sqldb.At(at))
		return err
	})
}

// EndConnection implements [profile.ConnectionStore].
func (s *Store) EndConnection(ctx context.Context, id string, at time.Time) error {
	return s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		res, err := sqldb.Exec(ctx, tx, `update stoa_connection set ended_at = $2 where id = $1 and ended_at is null`, id, sqldb.At(at))
		if err != nil {
			return err
		}
		return sqldb.Affected(res, errs.NotFound)
	})
}

// ForgetMaker implements [profile.ConnectionStore].
func (s *Store) ForgetMaker(ctx context.Context, person string) (n int, err error) {
	if person == "" {
		return 0, nil
	}
	return s.changeLinks(ctx, `update stoa_connection set made_by = '' where made_by = $1`, []any{person})
}

func (r connection) connection() profile.Connection {
	return profile.Connection{
		ID: r.ID, Kind: profile.ConnectionKind(r.Kind), Name: r.Name, Account: r.Account, Staff: r.Staff, MadeBy: r.MadeBy,
		MadeAt: r.MadeAt.Time, UsedAt: r.UsedAt.Time, EndedAt: r.EndedAt.Time, Secret: r.Secret,
	}
}

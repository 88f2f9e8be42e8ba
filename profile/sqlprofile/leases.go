package sqlprofile

import (
	"context"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/profile"
)

var _ profile.LeaseStore = (*Store)(nil)

// Lease implements [profile.LeaseStore].
func (s *Store) Lease(ctx context.Context, name, holder string, now, until time.Time) error {
	if err := sqldb.CheckText(name, holder); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		res, err := sqldb.Exec(ctx, tx, `
			insert into stoa_lease (name, holder, until) values ($1, $2, $3)
			on conflict (name) do update set holder = excluded.holder, until = excluded.until
			where stoa_lease.holder = excluded.holder or stoa_lease.until <= $4`, name, holder, sqldb.At(until), sqldb.At(now))
		if err != nil {
			return err
		}
		return sqldb.Affected(res, errs.Conflict)
	})
}

// EndLease implements [profile.LeaseStore].
func (s *Store) EndLease(ctx context.Context, name, holder string) error {
	return s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		_, err := sqldb.Exec(ctx, tx, `delete from stoa_lease where name = $1 and holder = $2`, name, holder)
		return err
	})
}

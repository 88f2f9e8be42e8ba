package sqlretention

import (
	"context"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/sqldb"
)

// ForgetPerson implements [retention.Store].
func (s *Store) ForgetPerson(ctx context.Context, person, pseudonym string, at time.Time) (removed, renamed int, err error) {
	if err := sqldb.CheckText(person, pseudonym); err != nil || person == "" {
		return 0, 0, err
	}
	err = s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		if pseudonym == "" {
			for _, table := range []string{"stoa_hold", "stoa_erasure_request"} {
				if err := sqldb.Tally(ctx, tx, &removed, `delete from `+table+` where person = $1`, person); err != nil {
					return err
				}
			}
		}
		return rename(ctx, tx, &renamed, person, pseudonym, at)
	})
	return removed, renamed, err
}

func rename(ctx context.Context, tx sqlx.ExtContext, n *int, person, pseudonym string, at time.Time) error {
	err := sqldb.Tally(ctx, tx, n, `update stoa_hold set version = version + 1, person = case when person = $1 then $2 else person end,
		reason = case when person = $1 then '' else reason end, made_by = case when made_by = $1 then $2 else made_by end,
		released_by = case when released_by = $1 then $2 else released_by end
		where person = $1 or made_by = $1 or released_by = $1`, person, pseudonym)
	if err != nil {
		return err
	}
	err = sqldb.Tally(ctx, tx, n, `update stoa_erasure_request set version = version + 1,
		ended_at = case when person = $1 and status = 'waiting' then $3 else ended_at end,
		status = case when person = $1 and status = 'waiting' then 'done' else status end,
		reason = case when person = $1 then '' else reason end, made_by = case when made_by = $1 then $2 else made_by end,
		person = case when person = $1 then $2 else person end
		where person = $1 or made_by = $1`, person, pseudonym, sqldb.At(at))
	if err != nil {
		return err
	}
	return sqldb.Tally(ctx, tx, n, `update stoa_retention set version = version + 1, changed_by = $2 where changed_by = $1`, person, pseudonym)
}

// Expire implements [retention.Store].
func (s *Store) Expire(ctx context.Context, before time.Time, held []string, limit int, dry bool) (n int, err error) {
	if limit <= 0 {
		return 0, errs.Invalid
	}
	ended := sqldb.NewWhere().And(`(released_at < ? or until_at < ?)`, sqldb.At(before), sqldb.At(before))
	closed := sqldb.NewWhere().And(`status <> 'waiting' and ended_at < ?`, sqldb.At(before))
	for _, person := range held {
		ended.And(`person <> ?`, person)
		closed.And(`person <> ?`, person)
	}
	err = s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		n = 0
		for _, of := range []struct {
			table string
			w     *sqldb.Where
		}{{"stoa_hold", ended}, {"stoa_erasure_request", closed}} {
			w := sqldb.NewWhere(of.w.Args()...)
			chosen := `(select id from ` + of.table + ` ` + of.w.String() + ` order by at, id limit ` + w.Arg(limit-n) + `)`
			var found int
			if err := sqldb.Get(ctx, tx, &found, "", `select count(*) from `+chosen+` c`, w.Args()...); err != nil {
				return err
			}
			n += found
			if dry || found == 0 {
				continue
			}
			if _, err := sqldb.Exec(ctx, tx, `delete from `+of.table+` where id in `+chosen, w.Args()...); err != nil {
				return err
			}
		}
		return nil
	})
	return n, err
}

package sqlprofile

import (
	"context"
	"encoding/json"

	"github.com/jmoiron/sqlx"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/profile"
)

var _ profile.ExpiryStore = (*Store)(nil)

// ExpireNotices implements [profile.ExpiryStore].
func (s *Store) ExpireNotices(ctx context.Context, e profile.Expiry) (int, error) {
	w := sqldb.NewWhere().And(`at < ?`, sqldb.At(e.Before))
	for _, person := range e.Held {
		w.And(`person <> ?`, person)
	}
	return s.expire(ctx, e, w, `stoa_notice`, `id`, `at, id`, `delete from stoa_notice_digest where notice in `)
}

// ExpireTasks implements [profile.ExpiryStore].
func (s *Store) ExpireTasks(ctx context.Context, e profile.Expiry) (int, error) {
	w := noticeTasks().And(`status <> 'pending' and lease = '' and coalesce(done_at, created_at) < ?`, sqldb.At(e.Before))
	for _, person := range e.Held {
		quoted, err := json.Marshal(person)
		if err != nil {
			return 0, err
		}
		w.And(`payload not like ? escape '\'`, "%"+sqldb.EscapeLike(string(quoted))+"%")
		w.And(`'/' || destination || '/' not like ? escape '\'`, "%/"+sqldb.EscapeLike(person)+"/%")
	}
	return s.expire(ctx, e, w, `stoa_outbox`, `seq`, `seq`, `delete from stoa_outbox_attempt where seq in `)
}

// ExpireItems implements [profile.ExpiryStore].
func (s *Store) ExpireItems(ctx context.Context, list string, e profile.Expiry) (int, error) {
	w := sqldb.NewWhere().And(`list = ?`, list).And(`at < ?`, sqldb.At(e.Before))
	for _, person := range e.Held {
		w.And(`person <> ?`, person)
	}
	return s.expire(ctx, e, w, `stoa_shelf`, `(person, list, ref)`, `at, person, ref`)
}

// expire removes the first rows that w selects, what belongs to them first.
func (s *Store) expire(ctx context.Context, e profile.Expiry, w *sqldb.Where, table, key, order string, belonging ...string) (n int, err error) {
	if e.Limit <= 0 {
		return 0, errs.Invalid
	}
	columns := key
	if key[0] == '(' {
		columns = key[1 : len(key)-1]
	}
	chosen := `(select ` + columns + ` from ` + table + ` ` + w.String() + ` order by ` + order + ` limit ` + w.Arg(e.Limit) + `)`
	if e.Dry {
		err = s.db.Get(ctx, &n, "", `select count(*) from `+chosen+` c`, w.Args()...)
		return n, err
	}
	err = s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		for _, text := range append(belonging, `delete from `+table+` where `+key+` in `) {
			n = 0 // of the last, which are what it is about
			if err := sqldb.Tally(ctx, tx, &n, text+chosen, w.Args()...); err != nil {
				return err
			}
		}
		return nil
	})
	return n, err
}

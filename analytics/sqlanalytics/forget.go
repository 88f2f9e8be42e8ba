package sqlanalytics

import (
	"context"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/sqldb"
)

// Erase implements [analytics.Store].
func (s *Store) Erase(ctx context.Context, who analytics.Who) (int, error) {
	erased := 0
	err := s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		erased = 0
		if who.User != "" {
			n, err := eraseUser(ctx, tx, who.User)
			if err != nil {
				return err
			}
			erased += n
		}
		if who.Visitor == "" {
			return nil
		}
		n, err := remove(ctx, tx, `delete from stoa_event where visitor_id = $1 and visitor_id <> ''`, who.Visitor)
		erased += n
		return err
	})
	return erased, err
}

func eraseUser(ctx context.Context, tx sqlx.ExtContext, user string) (int, error) {
	about := "person/" + user
	// The anonymous events first, while the sessions can still be told.
	anonymous, err := remove(ctx, tx, `delete from stoa_event where user_id = '' and session_id <> '' and session_id in (
		select session_id from stoa_event where user_id = $1 and user_id <> '')`, user)
	if err != nil {
		return 0, err
	}
	own, err := remove(ctx, tx, `delete from stoa_event where user_id = $1 and user_id <> ''`, user)
	if err != nil {
		return 0, err
	}
	others, err := remove(ctx, tx, `delete from stoa_event where subject = $1`, about)
	if err != nil {
		return 0, err
	}
	_, err = remove(ctx, tx, `delete from stoa_event_count where subject = $1`, about)
	return anonymous + own + others, err
}

func remove(ctx context.Context, tx sqlx.ExtContext, query string, args ...any) (n int, err error) {
	err = sqldb.Tally(ctx, tx, &n, query, args...)
	return n, err
}

// pruneRows is how many events are forgotten in one transaction, so that
// nobody waits long for the others.
const pruneRows = 5_000

// Prune implements [analytics.Store].
func (s *Store) Prune(ctx context.Context, before time.Time) (int, error) {
	pruned := 0
	for {
		n := 0
		err := s.db.Write(ctx, func(tx sqlx.ExtContext) (err error) {
			n, err = remove(ctx, tx, `delete from stoa_event where id in (
				select id from stoa_event where at < $1 order by at limit $2)`, sqldb.At(before), pruneRows)
			return err
		})
		if err != nil {
			return pruned, err
		}
		if pruned += n; n < pruneRows {
			return pruned, nil
		}
	}
}

var _ analytics.Expirer = (*Store)(nil)

// Expire implements [analytics.Expirer].
func (s *Store) Expire(ctx context.Context, e analytics.Expiry) (n int, err error) {
	if e.Limit <= 0 {
		return 0, errs.Invalid
	}
	w := sqldb.NewWhere().And(`at < ?`, sqldb.At(e.Before))
	for _, person := range e.Held {
		w.And(`user_id <> ?`, person).And(`subject <> ?`, "person/"+person)
		w.And(`not (user_id = '' and session_id <> '' and session_id in (select h.session_id from stoa_event h where h.user_id = ? and h.user_id <> ''))`, person)
	}
	chosen := `(select id from stoa_event ` + w.String() + ` order by at, id limit ` + w.Arg(e.Limit) + `)`
	if e.Dry {
		err = s.db.Get(ctx, &n, "", `select count(*) from `+chosen+` c`, w.Args()...)
		return n, err
	}
	err = s.db.Write(ctx, func(tx sqlx.ExtContext) (err error) {
		n, err = remove(ctx, tx, `delete from stoa_event where id in `+chosen, w.Args()...)
		return err
	})
	return n, err
}

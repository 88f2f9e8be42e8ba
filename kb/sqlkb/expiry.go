package sqlkb

import (
	"context"

	"github.com/jmoiron/sqlx"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

var _ kb.ExpiryStore = (*Store)(nil)

// ExpireFeedback implements [kb.ExpiryStore].
func (s *Store) ExpireFeedback(ctx context.Context, e profile.Expiry) (int, error) {
	w := sqldb.NewWhere().And(`at < ?`, sqldb.At(e.Before))
	for _, person := range e.Held {
		w.And(`person <> ?`, person)
	}
	return s.expire(ctx, e, w, `select id from stoa_article_feedback`, `at, id`, `delete from stoa_article_feedback where id in `)
}

// ExpireRevisions implements [kb.ExpiryStore].
func (s *Store) ExpireRevisions(ctx context.Context, e profile.Expiry) (int, error) {
	w := sqldb.NewWhere().And(`at < ?`, sqldb.At(e.Before)).And(`not exists (select 1 from stoa_translation t
		where t.article = r.article and t.locale = r.locale and (t.live = r.number or t.head = r.number))`)
	for _, person := range e.Held {
		w.And(`author <> ?`, person)
	}
	return s.expire(ctx, e, w, `select article, locale, number from stoa_revision r`, `at, article, locale, number`,
		`delete from stoa_media_use where (article, locale, number) in `, `delete from stoa_revision where (article, locale, number) in `)
}

// expire runs statements on the first rows that w selects.
func (s *Store) expire(ctx context.Context, e profile.Expiry, w *sqldb.Where, from, order string, statements ...string) (n int, err error) {
	if e.Limit <= 0 {
		return 0, errs.Invalid
	}
	chosen := `(` + from + ` ` + w.String() + ` order by ` + order + ` limit ` + w.Arg(e.Limit) + `)`
	if e.Dry {
		err = s.db.Get(ctx, &n, "", `select count(*) from `+chosen+` c`, w.Args()...)
		return n, err
	}
	err = s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		if err := stamp(ctx, tx, "content"); err != nil {
			return err
		}
		for _, text := range statements {
			n = 0 // of the last, which is what it is about
			if err := sqldb.Tally(ctx, tx, &n, text+chosen, w.Args()...); err != nil {
				return err
			}
		}
		return nil
	})
	return n, err
}

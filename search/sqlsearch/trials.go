package sqlsearch

import (
	"context"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/search"
)

var _ search.TrialStore = (*Store)(nil)

// Trials implements [search.TrialStore].
func (s *Store) Trials(ctx context.Context, limit int) ([]search.Trial, error) {
	var rows []struct {
		Number, Share int
		Kind          string
		Tuning        sqldb.JSON[search.Tuning]
		BegunBy       string      `db:"begun_by"`
		BegunAt       sqldb.Time  `db:"begun_at"`
		Stopped       *sqldb.Time `db:"stopped"`
	}
	err := s.db.Select(ctx, &rows, `select number, kind, tuning, share, begun_by, begun_at, stopped from stoa_search_trial order by number desc limit $1`, limit)
	var out []search.Trial
	for _, r := range rows {
		t := search.Trial{Number: r.Number, Kind: search.TrialKind(r.Kind), Tuning: r.Tuning.V, Share: r.Share, By: r.BegunBy, At: r.BegunAt.Time}
		if r.Stopped != nil {
			t.Stopped = r.Stopped.Time
		}
		out = append(out, t)
	}
	return out, err
}

// BeginTrial implements [search.TrialStore].
func (s *Store) BeginTrial(ctx context.Context, t search.Trial) error {
	if err := sqldb.CheckText(append(t.Tuning.Texts(), string(t.Kind), t.By)...); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		var newest []struct{ Number, Running int }
		err := sqldb.Select(ctx, tx, &newest, `select number, case when stopped is null then 1 else 0 end as running from stoa_search_trial order by number desc limit 1`)
		if err != nil {
			return err
		}
		if len(newest) == 0 && t.Number != 1 || len(newest) > 0 && (newest[0].Running == 1 || t.Number != newest[0].Number+1) {
			return errs.Conflict
		}
		return changeOne(ctx, tx, `insert into stoa_search_trial (number, kind, tuning, share, begun_by, begun_at) values ($1, $2, $3, $4, $5, $6) on conflict (number) do nothing`,
			t.Number, string(t.Kind), sqldb.JSON[search.Tuning]{V: t.Tuning}, t.Share, t.By, sqldb.At(t.At))
	})
}

// StopTrial implements [search.TrialStore].
func (s *Store) StopTrial(ctx context.Context, number int, at time.Time) error {
	return s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		return changeOne(ctx, tx, `update stoa_search_trial set stopped = $2 where number = $1 and stopped is null`, number, sqldb.At(at))
	})
}

// RenameTrials implements [search.TrialStore].
func (s *Store) RenameTrials(ctx context.Context, from, to string) (n int, err error) {
	if err := sqldb.CheckText(from, to); err != nil {
		return 0, err
	}
	err = s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		res, err := sqldb.Exec(ctx, tx, `update stoa_search_trial set begun_by = $2 where begun_by = $1`, from, to)
		if err != nil {
			return err
		}
		rows, err := res.RowsAffected()
		n = int(rows)
		return err
	})
	return n, err
}

package sqlassets

import (
	"context"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/sqldb"
)

// Try implements [assets.AssetStore]. It is one statement, so that instances
// count together: the row is locked while it is changed.
func (s *Store) Try(ctx context.Context, person string, at time.Time, most int, within time.Duration) (ends time.Time, err error) {
	if err := sqldb.CheckText(person); err != nil {
		return time.Time{}, err
	}
	at = stored(at)
	over := sqldb.At(at.Add(-within))
	err = s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		res, err := sqldb.Exec(ctx, tx, `
			insert into stoa_asset_tries (person, began, n) values ($1, $2, 1)
			on conflict (person) do update set
				n = case when stoa_asset_tries.began <= $3 then 1 else stoa_asset_tries.n + 1 end,
				began = case when stoa_asset_tries.began <= $3 then excluded.began else stoa_asset_tries.began end
			where stoa_asset_tries.began <= $3 or stoa_asset_tries.n < $4`, person, sqldb.At(at), over, most)
		if err != nil {
			return err
		}
		var began sqldb.Time
		if err := sqldb.Get(ctx, tx, &began, person, `select began from stoa_asset_tries where person = $1`, person); err != nil {
			return err
		}
		ends = began.Time.Add(within)
		return sqldb.Affected(res, errs.TooMany)
	})
	return ends, err
}

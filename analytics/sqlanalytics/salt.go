package sqlanalytics

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/sqldb"
)

// Salt implements [analytics.Salts]. Of several instances that ask for a new
// day at once, all get the salt of the first.
func (s *Store) Salt(ctx context.Context, day string) ([]byte, error) {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return nil, fmt.Errorf("salt of %q: %w", day, errs.Invalid)
	}
	made := make([]byte, 32)
	rand.Read(made)
	var kept string
	err = s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		_, err := sqldb.Exec(ctx, tx, `insert into stoa_visit_salt (day, salt) values ($1, $2) on conflict (day) do nothing`,
			day, hex.EncodeToString(made))
		if err != nil {
			return err
		}
		_, err = sqldb.Exec(ctx, tx, `delete from stoa_visit_salt where day < $1`, t.AddDate(0, 0, -2).Format(time.DateOnly))
		if err != nil {
			return err
		}
		return sqldb.Get(ctx, tx, &kept, "salt", `select salt from stoa_visit_salt where day = $1`, day)
	})
	if err != nil {
		return nil, err
	}
	return hex.DecodeString(kept)
}

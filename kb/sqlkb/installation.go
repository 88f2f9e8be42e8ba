package sqlkb

import (
	"cmp"
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"

	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/kb"
)

// Installation implements [kb.CategoryStore].
func (s *Store) Installation(ctx context.Context, fresh string) (string, error) {
	if err := sqldb.CheckText(fresh); err != nil {
		return "", err
	}
	var ids []string
	if err := s.db.Select(ctx, &ids, `select id from stoa_kb_installation where one = 1`); err != nil {
		return "", err
	}
	if len(ids) > 0 {
		return ids[0], nil
	}
	err := s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		_, err := tx.ExecContext(ctx, `insert into stoa_kb_installation (one, id) values (1, $1) on conflict (one) do nothing`, fresh)
		return err
	})
	if err != nil {
		return "", err
	}
	if err := s.db.Select(ctx, &ids, `select id from stoa_kb_installation where one = 1`); err != nil || len(ids) == 0 {
		return "", cmp.Or(err, fmt.Errorf("installation: %w", kb.ErrNotFound))
	}
	return ids[0], nil
}

package sqlprofile

import (
	"context"

	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/profile"
)

var _ profile.SuppressionStore = (*Store)(nil)

// A suppression is what is held against an address as the table spells it.
type suppression struct {
	Address   string
	Kind      string
	Held      bool
	Soft      int
	Status    string
	Keys      sqldb.JSON[[]string]
	Since     sqldb.Time `db:"since_at"`
	At        sqldb.Time
	RetriedAt sqldb.Time `db:"retried_at"`
	Version   int
}

const suppressionColumns = `address, kind, held, soft, status, keys, since_at, at, retried_at, version`

// Suppression implements [profile.SuppressionStore].
func (s *Store) Suppression(ctx context.Context, address string) (profile.Suppression, error) {
	var r suppression
	err := s.db.Get(ctx, &r, "suppression", `select `+suppressionColumns+` from stoa_suppression where address = $1`, address)
	if err != nil {
		return profile.Suppression{}, err
	}
	return profile.Suppression{
		Address: r.Address, Kind: profile.Bounce(r.Kind), Held: r.Held, Soft: r.Soft, Status: r.Status, Keys: r.Keys.V,
		Since: r.Since.Time, At: r.At.Time, RetriedAt: r.RetriedAt.Time, Version: r.Version,
	}, nil
}

// SaveSuppression implements [profile.SuppressionStore].
func (s *Store) SaveSuppression(ctx context.Context, r profile.Suppression) error {
	if err := sqldb.CheckText(append([]string{r.Address, string(r.Kind), r.Status}, r.Keys...)...); err != nil {
		return err
	}
	args := []any{
		r.Address, string(r.Kind), r.Held, r.Soft, r.Status, sqldb.JSON[[]string]{V: r.Keys},
		sqldb.At(r.Since), sqldb.At(r.At), sqldb.At(r.RetriedAt), r.Version,
	}
	return s.save(ctx, r.Version, r.Address,
		query{`insert into stoa_suppression (` + suppressionColumns + `) values ` + sqldb.Tuples(1, len(args)) + ` on conflict (address) do nothing`, args},
		query{`update stoa_suppression set kind = $2, held = $3, soft = $4, status = $5, keys = $6, since_at = $7, at = $8, retried_at = $9,
			version = $10 where address = $1 and version = $10 - 1`, args},
		query{`select address from stoa_suppression where address = $1`, []any{r.Address}})
}

// RemoveSuppression implements [profile.SuppressionStore].
func (s *Store) RemoveSuppression(ctx context.Context, address string) error {
	return s.remove(ctx, `delete from stoa_suppression where address = $1`, address)
}

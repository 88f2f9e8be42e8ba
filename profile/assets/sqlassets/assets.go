package sqlassets

import (
	"context"
	"errors"

	"github.com/jmoiron/sqlx"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/profile/assets"
)

// Asset implements [assets.AssetReader].
func (s *Store) Asset(ctx context.Context, id string) (assets.Asset, error) {
	return one[assets.Asset](ctx, s.db.Read(), assetTable, id)
}

// Assets implements [assets.AssetReader].
func (s *Store) Assets(ctx context.Context, q assets.Query) ([]assets.Asset, string, error) {
	return page[assets.Asset](ctx, s, assetTable, q)
}

// SaveAsset implements [assets.AssetStore].
func (s *Store) SaveAsset(ctx context.Context, a assets.Asset) error {
	if err := sqldb.CheckText(a.Texts()...); err != nil {
		return err
	}
	a = a.Clone()
	a.InstalledAt, a.RegisteredAt, a.UpdatedAt, a.Warranties = stored(a.InstalledAt), stored(a.RegisteredAt), stored(a.UpdatedAt), empty(a.Warranties)
	for n, w := range a.Warranties {
		a.Warranties[n].From, a.Warranties[n].To = stored(w.From), stored(w.To)
	}
	return s.db.Write(ctx, func(tx sqlx.ExtContext) error { return saveAsset(ctx, tx, a) })
}

func saveAsset(ctx context.Context, tx sqlx.ExtContext, a assets.Asset) error {
	return write(ctx, tx, assetTable, a.ID, a.Version, `
		insert into stoa_asset (id, person, account, at, serial, registered_by, asset, version) values ($1, $2, $3, $4, $5, $6, $7, $8)
		on conflict do nothing`, `
		update stoa_asset set person = $2, account = $3, at = $4, serial = $5, registered_by = $6, asset = $7, version = $8
		where id = $1 and version = $8 - 1`,
		a.ID, a.Person, a.Account, sqldb.At(a.RegisteredAt), a.Serial, a.RegisteredBy, sqldb.JSON[assets.Asset]{V: a}, a.Version)
}

// RemoveAsset implements [assets.AssetStore].
func (s *Store) RemoveAsset(ctx context.Context, id string, version int) error {
	return s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		res, err := sqldb.Exec(ctx, tx, `delete from stoa_asset where id = $1 and version = $2`, id, version)
		if err != nil {
			return err
		}
		if err := sqldb.Affected(res, errs.Conflict); !errors.Is(err, errs.Conflict) {
			return err
		}
		if _, err := one[assets.Asset](ctx, tx, assetTable, id); err != nil {
			return err
		}
		return errs.Conflict
	})
}

// Purchase implements [assets.PurchaseReader].
func (s *Store) Purchase(ctx context.Context, id string) (assets.Purchase, error) {
	return one[assets.Purchase](ctx, s.db.Read(), purchaseTable, id)
}

// Purchases implements [assets.PurchaseReader].
func (s *Store) Purchases(ctx context.Context, q assets.Query) ([]assets.Purchase, string, error) {
	return page[assets.Purchase](ctx, s, purchaseTable, q)
}

// SavePurchase implements [assets.PurchaseStore].
func (s *Store) SavePurchase(ctx context.Context, p assets.Purchase) error {
	if err := sqldb.CheckText(p.Texts()...); err != nil {
		return err
	}
	p = p.Clone()
	p.At, p.UpdatedAt, p.Lines = stored(p.At), stored(p.UpdatedAt), empty(p.Lines)
	return s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		return save(ctx, tx, purchaseTable, p.ID, p.Holder, p.At, p.Version, p)
	})
}

package sqlassets

import (
	"cmp"
	"context"

	"github.com/jmoiron/sqlx"

	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/profile/assets"
)

// Forget implements [assets.Forgetter].
func (s *Store) Forget(ctx context.Context, person, pseudonym string) (removed, renamed int, err error) {
	if err := sqldb.CheckText(pseudonym); err != nil || person == "" {
		return 0, 0, err
	}
	f := forgetting{person: person, other: cmp.Or(pseudonym, assets.Gone)}
	err = s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		f.removed, f.renamed = 0, 0
		tables := []table{assetTable, entitlementTable}
		if pseudonym == "" {
			tables = append(tables, purchaseTable)
		}
		for _, t := range tables {
			if err := sqldb.Tally(ctx, tx, &f.removed, `delete from `+t.name()+` where person = $1 and account = ''`, person); err != nil {
				return err
			}
		}
		if err := f.assets(ctx, tx); err != nil {
			return err
		}
		if err := f.purchases(ctx, tx); err != nil {
			return err
		}
		if err := f.entitlements(ctx, tx); err != nil {
			return err
		}
		if _, err := sqldb.Exec(ctx, tx, `delete from stoa_asset_tries where person = $1`, person); err != nil {
			return err
		}
		return sqldb.Tally(ctx, tx, &f.renamed, `update stoa_spending set person = $2 where person = $1`, person, f.other)
	})
	return f.removed, f.renamed, err
}

type forgetting struct {
	person, other    string
	removed, renamed int
}

// swap puts the other name in the place of the person's.
func (f *forgetting) swap(name *string) {
	if *name == f.person {
		*name = f.other
	}
}

func (f *forgetting) assets(ctx context.Context, tx sqlx.ExtContext) error {
	return rename(ctx, tx, f, assetTable, `person = $1 or registered_by = $1`, func(a *assets.Asset) {
		f.swap(&a.Person)
		f.swap(&a.RegisteredBy)
	}, func(a assets.Asset) error {
		_, err := sqldb.Exec(ctx, tx, `update stoa_asset set person = $2, registered_by = $3, asset = $4 where id = $1`,
			a.ID, a.Person, a.RegisteredBy, sqldb.JSON[assets.Asset]{V: a})
		return err
	})
}

func (f *forgetting) purchases(ctx context.Context, tx sqlx.ExtContext) error {
	return rename(ctx, tx, f, purchaseTable, `person = $1`, func(p *assets.Purchase) { f.swap(&p.Person) }, func(p assets.Purchase) error {
		_, err := sqldb.Exec(ctx, tx, `update stoa_purchase set person = $2, purchase = $3 where id = $1`, p.ID, p.Person, sqldb.JSON[assets.Purchase]{V: p})
		return err
	})
}

func (f *forgetting) entitlements(ctx context.Context, tx sqlx.ExtContext) error {
	return rename(ctx, tx, f, entitlementTable, `person = $1`, func(e *assets.Entitlement) { f.swap(&e.Person) }, func(e assets.Entitlement) error {
		_, err := sqldb.Exec(ctx, tx, `update stoa_entitlement set person = $2, entitlement = $3 where id = $1`, e.ID, e.Person, sqldb.JSON[assets.Entitlement]{V: e})
		return err
	})
}

// rename rewrites the documents that have the person in them.
func rename[T any](ctx context.Context, tx sqlx.ExtContext, f *forgetting, t table, where string, change func(*T), keep func(T) error) error {
	var rows []document[T]
	if err := sqldb.Select(ctx, tx, &rows, `select id, at, `+t.column()+` as doc from `+t.name()+` where `+where, f.person); err != nil {
		return err
	}
	for _, r := range rows {
		change(&r.Doc.V)
		if err := keep(r.Doc.V); err != nil {
			return err
		}
		f.renamed++
	}
	return nil
}

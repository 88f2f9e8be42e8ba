package sqlassets

import (
	"context"

	"github.com/jmoiron/sqlx"

	"github.com/stoa-go/stoa/internal/cursor"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/profile/assets"
)

// A quota is a row. It is apart from the document so that spending is one
// statement that two instances cannot both win.
type quota struct {
	Entitlement string
	Unit        assets.Unit
	Granted     int
	Used        int
}

// Entitlement implements [assets.EntitlementReader].
func (s *Store) Entitlement(ctx context.Context, id string) (assets.Entitlement, error) {
	e, err := one[assets.Entitlement](ctx, s.db.Read(), entitlementTable, id)
	if err != nil {
		return e, err
	}
	list := []assets.Entitlement{e}
	err = s.addQuotas(ctx, list)
	return list[0], err
}

// Entitlements implements [assets.EntitlementReader].
func (s *Store) Entitlements(ctx context.Context, q assets.Query) ([]assets.Entitlement, string, error) {
	list, next, err := page[assets.Entitlement](ctx, s, entitlementTable, q)
	if err != nil {
		return nil, "", err
	}
	return list, next, s.addQuotas(ctx, list)
}

// addQuotas reads what there is of the entitlements of a list.
func (s *Store) addQuotas(ctx context.Context, list []assets.Entitlement) error {
	if len(list) == 0 {
		return nil
	}
	ids, at := make([]string, len(list)), map[string]int{}
	for n, e := range list {
		ids[n], at[e.ID] = e.ID, n
	}
	w := sqldb.In(sqldb.NewWhere(), "entitlement", ids)
	var rows []quota
	if err := s.db.Select(ctx, &rows, `select entitlement, unit, granted, used from stoa_entitlement_quota `+w.String()+` order by entitlement, place`, w.Args()...); err != nil {
		return err
	}
	for _, r := range rows {
		e := &list[at[r.Entitlement]]
		e.Quotas = append(e.Quotas, assets.Quota{Unit: r.Unit, Granted: r.Granted, Used: r.Used})
	}
	return nil
}

// SaveEntitlement implements [assets.EntitlementStore].
func (s *Store) SaveEntitlement(ctx context.Context, e assets.Entitlement) error {
	if err := sqldb.CheckText(e.Texts()...); err != nil {
		return err
	}
	e = e.Clone()
	e.From, e.To, e.UpdatedAt, e.Products, e.Channels = stored(e.From), stored(e.To), stored(e.UpdatedAt), empty(e.Products), empty(e.Channels)
	quotas := e.Quotas
	e.Quotas = nil
	return s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		if err := save(ctx, tx, entitlementTable, e.ID, e.Holder, e.From, e.Version, e); err != nil {
			return err
		}
		return saveQuotas(ctx, tx, e.ID, quotas)
	})
}

// saveQuotas replaces what is granted. What is used of a unit stays.
func saveQuotas(ctx context.Context, tx sqlx.ExtContext, id string, quotas []assets.Quota) error {
	if _, err := sqldb.Exec(ctx, tx, `update stoa_entitlement_quota set place = -1 where entitlement = $1`, id); err != nil {
		return err
	}
	for place, q := range quotas {
		if _, err := sqldb.Exec(ctx, tx, `
			insert into stoa_entitlement_quota (entitlement, unit, place, granted, used) values ($1, $2, $3, $4, $5)
			on conflict (entitlement, unit) do update set place = excluded.place, granted = excluded.granted`,
			id, q.Unit, place, q.Granted, q.Used); err != nil {
			return err
		}
	}
	_, err := sqldb.Exec(ctx, tx, `delete from stoa_entitlement_quota where entitlement = $1 and place = -1`, id)
	return err
}

// Spend implements [assets.Spender].
func (s *Store) Spend(ctx context.Context, v assets.Spending) error {
	if err := sqldb.CheckText(v.ID, v.Entitlement, string(v.Unit), v.Ref, v.Person, v.Origin); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		res, err := sqldb.Exec(ctx, tx, `
			insert into stoa_spending (id, entitlement, unit, n, ref, person, at, origin) values ($1, $2, $3, $4, $5, $6, $7, $8)
			on conflict (id) do nothing`, v.ID, v.Entitlement, v.Unit, v.N, v.Ref, v.Person, sqldb.At(v.At), v.Origin)
		if err != nil {
			return err
		}
		if err := sqldb.Affected(res, errs.Conflict); err != nil {
			return err
		}
		res, err = sqldb.Exec(ctx, tx, `
			update stoa_entitlement_quota set used = used + $3 where entitlement = $1 and unit = $2 and granted - used >= $3`,
			v.Entitlement, v.Unit, v.N)
		if err != nil {
			return err
		}
		if sqldb.Affected(res, errs.TooMany) == nil {
			return nil
		}
		var found string
		if err := sqldb.Get(ctx, tx, &found, v.Entitlement, `
			select entitlement from stoa_entitlement_quota where entitlement = $1 and unit = $2`, v.Entitlement, v.Unit); err != nil {
			return err
		}
		return errs.TooMany
	})
}

type spending struct {
	ID, Entitlement string
	Unit            assets.Unit
	N               int
	Ref, Person     string
	At              sqldb.Time
	Origin          string
}

func (r spending) value() assets.Spending {
	return assets.Spending{ID: r.ID, Entitlement: r.Entitlement, Unit: r.Unit, N: r.N, Ref: r.Ref, Person: r.Person, At: r.At.Time, Origin: r.Origin}
}

const spendingColumns = `select id, entitlement, unit, n, ref, person, at, origin from stoa_spending `

// Spending implements [assets.Spender].
func (s *Store) Spending(ctx context.Context, id string) (assets.Spending, error) {
	var row spending
	err := s.db.Get(ctx, &row, id, spendingColumns+`where id = $1`, id)
	return row.value(), err
}

// Spendings implements [assets.Forgetter].
func (s *Store) Spendings(ctx context.Context, person string, q assets.Query) (out []assets.Spending, next string, err error) {
	w := sqldb.NewWhere().And(`person = ?`, person)
	if err := after(w, q.After); err != nil {
		return nil, "", err
	}
	if q.Limit <= 0 {
		q.Limit = assets.DefaultLimit
	}
	n := w.Arg(q.Limit + 1)
	var rows []spending
	if err := s.db.Select(ctx, &rows, spendingColumns+w.String()+` order by at desc, id limit `+n, w.Args()...); err != nil {
		return nil, "", err
	}
	if len(rows) > q.Limit {
		rows = rows[:q.Limit]
		next = cursor.Encode(cursor.FormatTime(rows[q.Limit-1].At.Time), rows[q.Limit-1].ID)
	}
	for _, r := range rows {
		out = append(out, r.value())
	}
	return out, next, nil
}

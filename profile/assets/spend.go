package assets

import (
	"context"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/idem"
	"github.com/stoa-go/stoa/internal/valid"
	"github.com/stoa-go/stoa/profile"
)

// A Use is some of an entitlement that is to be used up.
type Use struct {
	Unit Unit
	N    int
	Ref  string // what for, as "kind/id": "case/42"
	Key  string // makes it safe to repeat; needed, since an error does not mean "not done"
}

// Spend uses up some of an entitlement, and returns it as it is then. It takes
// [profile.PermissionAssetsSpend]. ErrTooMany means that so much is not left,
// and that nothing was used. The same use with the same key counts once.
func (i *Inventory) Spend(ctx context.Context, by profile.Actor, id string, u Use) (Entitlement, error) {
	e, err := i.Entitlement(ctx, by, id)
	if err != nil {
		return Entitlement{}, err
	}
	if !i.writes(by, profile.PermissionAssetsSpend) {
		return Entitlement{}, wrap(ErrForbidden, "entitlement", id)
	}
	store, ok := i.ports.Entitlements.(Spender)
	if !ok {
		return Entitlement{}, wrap(errReadOnly, "entitlement", id)
	}
	if err := i.checkUse(e, u); err != nil {
		return Entitlement{}, wrap(err, "entitlement", id)
	}
	s := Spending{Entitlement: id, Unit: u.Unit, N: u.N, Ref: u.Ref, Person: by.ID}
	hash := idem.Hash(s)
	s.ID, s.At, s.Origin = idem.ID("assets.spend", by.ID, u.Key), i.clock(), hash
	fresh := false
	_, err = idem.Once(hash,
		func() (Spending, error) {
			_, err := ask(ctx, i, func(ctx context.Context) (struct{}, error) { return struct{}{}, store.Spend(ctx, s) })
			fresh = err == nil
			return s, err
		},
		func() (Spending, string, error) {
			first, err := ask(ctx, i, func(ctx context.Context) (Spending, error) { return store.Spending(ctx, s.ID) })
			return first, first.Origin, err
		})
	if err != nil {
		return Entitlement{}, wrap(err, "entitlement", id)
	}
	if fresh {
		i.record(ctx, by, "entitlement.spent", "entitlement/"+id)
	}
	return i.Entitlement(ctx, by, id)
}

// checkUse refuses what could never be. What was spent in time stays spent, so
// a repetition after the end is refused too: it has its answer.
func (i *Inventory) checkUse(e Entitlement, u Use) error {
	f := errs.Fields{}
	if u.N < 1 || u.N > maxQuota {
		f.Add("n", "error.field.out_of_range", map[string]any{"min": 1, "max": maxQuota})
	}
	valid.Note(f, "ref", valid.Text(u.Ref, valid.TextID))
	if !hasUnit(e.Quotas, u.Unit) {
		f.Add("unit", "error.field.choice", map[string]any{"choices": "empty"})
	}
	if !e.Valid(i.clock()) {
		f.Add("entitlement", "error.asset.not_valid", nil)
	}
	if err := f.Err(); err != nil {
		return err
	}
	return idem.CheckKey(u.Key)
}

func hasUnit(quotas []Quota, u Unit) bool {
	for _, q := range quotas {
		if q.Unit == u {
			return true
		}
	}
	return false
}

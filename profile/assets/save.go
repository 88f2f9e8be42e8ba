package assets

import (
	"context"
	"time"

	"github.com/stoa-go/stoa/internal/idem"
	"github.com/stoa-go/stoa/profile"
)

// SaveAsset adds a product if a.Version is 0, and otherwise replaces the one that
// has a.ID and a.Version. It takes [profile.PermissionAssetsWrite], as all Save
// methods do. Adding the same again answers with the first.
func (i *Inventory) SaveAsset(ctx context.Context, by profile.Actor, a Asset) (Asset, error) {
	store, err := i.assetStore()
	if err == nil && !i.writes(by, profile.PermissionAssetsWrite) {
		err = ErrForbidden
	}
	if err != nil {
		return Asset{}, wrap(err, "save product", a.ID)
	}
	a = a.Clone()
	a.Serial, a.InstalledAt = Canonical(a.Serial), day(a.InstalledAt)
	a.RegisteredAt = cut(a.RegisteredAt)
	for n, w := range a.Warranties {
		a.Warranties[n].From, a.Warranties[n].To = cut(w.From), cut(w.To)
	}
	saved, old, err := save(ctx, i, a, record[Asset]{
		fields: func(a *Asset) (*string, *time.Time, *int, *string) { return &a.ID, &a.UpdatedAt, &a.Version, &a.Origin },
		check:  Asset.check, read: store.Asset, write: store.SaveAsset,
		begin: func(a *Asset, now time.Time) {
			if a.RegisteredAt.IsZero() {
				a.RegisteredAt = now
			}
		},
		keep: func(a *Asset, old Asset) { a.RegisteredAt, a.RegisteredBy = old.RegisteredAt, old.RegisteredBy },
	})
	return saved, i.kept(ctx, by, kindAsset, saved, old, err)
}

// SavePurchase adds or replaces an order, as SaveAsset does.
func (i *Inventory) SavePurchase(ctx context.Context, by profile.Actor, p Purchase) (Purchase, error) {
	store, ok := i.ports.Purchases.(PurchaseStore)
	if !i.writes(by, profile.PermissionAssetsWrite) {
		return Purchase{}, wrap(ErrForbidden, "save purchase", p.ID)
	}
	if !ok {
		return Purchase{}, wrap(errReadOnly, "save purchase", p.ID)
	}
	p = p.Clone()
	p.At = cut(p.At)
	saved, old, err := save(ctx, i, p, record[Purchase]{
		fields: func(p *Purchase) (*string, *time.Time, *int, *string) {
			return &p.ID, &p.UpdatedAt, &p.Version, &p.Origin
		},
		check: Purchase.check, read: store.Purchase, write: store.SavePurchase,
	})
	return saved, i.kept(ctx, by, kindPurchase, saved, old, err)
}

// SaveEntitlement adds or replaces an entitlement, as SaveAsset does. What has
// been used of it stays used.
func (i *Inventory) SaveEntitlement(ctx context.Context, by profile.Actor, e Entitlement) (Entitlement, error) {
	store, ok := i.ports.Entitlements.(EntitlementStore)
	if !i.writes(by, profile.PermissionAssetsWrite) {
		return Entitlement{}, wrap(ErrForbidden, "save entitlement", e.ID)
	}
	if !ok {
		return Entitlement{}, wrap(errReadOnly, "save entitlement", e.ID)
	}
	e = e.Clone()
	e.From, e.To = cut(e.From), cut(e.To)
	saved, old, err := save(ctx, i, e, record[Entitlement]{
		fields: func(e *Entitlement) (*string, *time.Time, *int, *string) {
			return &e.ID, &e.UpdatedAt, &e.Version, &e.Origin
		},
		check: Entitlement.check, read: store.Entitlement, write: store.SaveEntitlement,
	})
	return saved, i.kept(ctx, by, kindEntitlement, saved, old, err)
}

// A record is how a kind of thing is kept.
type record[T thing] struct {
	fields func(*T) (id *string, updated *time.Time, version *int, origin *string)
	check  func(T) error
	read   func(context.Context, string) (T, error)
	write  func(context.Context, T) error
	begin  func(v *T, now time.Time) // what a new one is given; nil means nothing
	keep   func(v *T, old T)         // what does not change; nil means nothing
}

// save adds or replaces v, and returns it as kept and as it was.
func save[T thing](ctx context.Context, i *Inventory, v T, r record[T]) (saved, old T, err error) {
	var none T
	id, updated, version, origin := r.fields(&v)
	write := func(v T) (T, error) {
		_, err := ask(ctx, i, func(ctx context.Context) (struct{}, error) { return struct{}{}, r.write(ctx, v) })
		return v, err
	}
	read := func() (T, error) {
		return ask(ctx, i, func(ctx context.Context) (T, error) { return r.read(ctx, *id) })
	}
	*updated = time.Time{}
	if *version == 0 {
		*origin = ""
		hash := idem.Hash(v)
		if *id == "" {
			*id = idem.New()
		}
		*updated, *version, *origin = i.clock(), 1, hash
		if r.begin != nil {
			r.begin(&v, i.clock())
		}
		if err := r.check(v); err != nil {
			return none, none, err
		}
		saved, err = idem.Once(hash, func() (T, error) { return write(v) }, func() (T, string, error) {
			first, err := read()
			_, _, _, hash := r.fields(&first)
			return first, *hash, err
		})
	} else {
		if old, err = read(); err != nil {
			return none, none, err
		}
		_, _, was, first := r.fields(&old)
		if *was != *version {
			return none, none, ErrConflict
		}
		*updated, *origin = i.clock(), *first
		*version++
		if r.keep != nil {
			r.keep(&v, old)
		}
		if err := r.check(v); err != nil {
			return none, none, err
		}
		saved, err = write(v)
	}
	if err != nil {
		return none, none, err
	}
	_, _, _, origin = r.fields(&saved)
	*origin = ""
	return saved, old, nil
}

// kept says that something was saved.
func (i *Inventory) kept(ctx context.Context, by profile.Actor, k kind, saved, old thing, err error) error {
	id, holder, _ := saved.Key()
	if err != nil {
		return wrap(err, "save "+string(k), id)
	}
	i.facts.forget(holder)
	if _, was, _ := old.Key(); was != (Holder{}) {
		i.facts.forget(was)
	}
	i.record(ctx, by, string(k)+".saved", string(k)+"/"+id)
	return nil
}

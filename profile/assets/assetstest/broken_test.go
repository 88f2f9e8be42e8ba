package assetstest_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/suitetest"
	"github.com/stoa-go/stoa/profile/assets"
	"github.com/stoa-go/stoa/profile/assets/assetstest"
	"github.com/stoa-go/stoa/profile/assets/memassets"
)

// faulty is a good store with one fault: whatever is set replaces it.
type faulty struct {
	assets.Store
	list   func(ctx context.Context, q assets.Query) ([]assets.Asset, string, error)
	orders func(ctx context.Context, q assets.Query) ([]assets.Purchase, string, error)
	save   func(ctx context.Context, a assets.Asset) error
	remove func(ctx context.Context, id string, version int) error
	grant  func(ctx context.Context, e assets.Entitlement) error
	read   func(ctx context.Context, id string) (assets.Entitlement, error)
	try    func(ctx context.Context, person string, at time.Time, most int, within time.Duration) (time.Time, error)
	spend  func(ctx context.Context, v assets.Spending) error
	forget func(ctx context.Context, person, pseudonym string) (int, int, error)
}

func (f faulty) Assets(ctx context.Context, q assets.Query) ([]assets.Asset, string, error) {
	if f.list != nil {
		return f.list(ctx, q)
	}
	return f.Store.Assets(ctx, q)
}

func (f faulty) Purchases(ctx context.Context, q assets.Query) ([]assets.Purchase, string, error) {
	if f.orders != nil {
		return f.orders(ctx, q)
	}
	return f.Store.Purchases(ctx, q)
}

func (f faulty) SaveAsset(ctx context.Context, a assets.Asset) error {
	if f.save != nil {
		return f.save(ctx, a)
	}
	return f.Store.SaveAsset(ctx, a)
}

func (f faulty) RemoveAsset(ctx context.Context, id string, version int) error {
	if f.remove != nil {
		return f.remove(ctx, id, version)
	}
	return f.Store.RemoveAsset(ctx, id, version)
}

func (f faulty) SaveEntitlement(ctx context.Context, e assets.Entitlement) error {
	if f.grant != nil {
		return f.grant(ctx, e)
	}
	return f.Store.SaveEntitlement(ctx, e)
}

func (f faulty) Entitlement(ctx context.Context, id string) (assets.Entitlement, error) {
	if f.read != nil {
		return f.read(ctx, id)
	}
	return f.Store.Entitlement(ctx, id)
}

func (f faulty) Try(ctx context.Context, person string, at time.Time, most int, within time.Duration) (time.Time, error) {
	if f.try != nil {
		return f.try(ctx, person, at, most, within)
	}
	return f.Store.Try(ctx, person, at, most, within)
}

func (f faulty) Spend(ctx context.Context, v assets.Spending) error {
	if f.spend != nil {
		return f.spend(ctx, v)
	}
	return f.Store.Spend(ctx, v)
}

func (f faulty) Forget(ctx context.Context, person, pseudonym string) (int, int, error) {
	if f.forget != nil {
		return f.forget(ctx, person, pseudonym)
	}
	return f.Store.Forget(ctx, person, pseudonym)
}

// asked is a store that asks another question.
func asked(change func(*assets.Query)) func(assets.Store) faulty {
	return func(s assets.Store) faulty {
		return faulty{list: func(ctx context.Context, q assets.Query) ([]assets.Asset, string, error) {
			change(&q)
			return s.Assets(ctx, q)
		}}
	}
}

// given is a store that keeps something else.
func given(change func(*assets.Asset)) func(assets.Store) faulty {
	return func(s assets.Store) faulty {
		return faulty{save: func(ctx context.Context, a assets.Asset) error {
			a = a.Clone()
			change(&a)
			return s.SaveAsset(ctx, a)
		}}
	}
}

var broken = map[string]func(assets.Store) faulty{
	"scopes: everything is seen":    asked(func(q *assets.Query) { q.Sees = assets.Scope{All: true} }),
	"scopes: nobody in particular":  asked(func(q *assets.Query) { q.Of = assets.Scope{} }),
	"scopes: members see all of it": asked(func(q *assets.Query) { q.Sees.Members = q.Sees.Members || q.Sees.Shared }),
	"scopes: those who left see on": asked(func(q *assets.Query) {
		q.Sees.All = q.Sees.All || q.Sees == assets.Scope{Person: "ann", Account: "acme"}
	}),
	"scopes: in small letters": asked(func(q *assets.Query) { q.Sees.Person = strings.ToLower(q.Sees.Person) + "x" }),
	"about: of everybody":      asked(func(q *assets.Query) { q.About = "" }),
	"about: only what they have": asked(func(q *assets.Query) {
		if q.About != "" {
			q.Of = assets.Scope{Person: q.About, Account: "acme"}
		}
	}),
	"tries: without end": func(s assets.Store) faulty {
		return faulty{try: func(ctx context.Context, person string, at time.Time, _ int, within time.Duration) (time.Time, error) {
			return s.Try(ctx, person, at, 1000, within)
		}}
	},
	"tries: of all together": func(s assets.Store) faulty {
		return faulty{try: func(ctx context.Context, _ string, at time.Time, most int, within time.Duration) (time.Time, error) {
			return s.Try(ctx, "all", at, most, within)
		}}
	},
	"tries: for ever": func(s assets.Store) faulty {
		return faulty{try: func(ctx context.Context, person string, at time.Time, most int, within time.Duration) (time.Time, error) {
			return s.Try(ctx, person, at, most, 10*within)
		}}
	},
	"pages: one more than asked":       asked(func(q *assets.Query) { q.Limit++ }),
	"pages: no second one":             asked(func(q *assets.Query) { q.After = "" }),
	"pages: the oldest first":          reversed(func(page []assets.Asset) { slices.Reverse(page) }),
	"round trip: no warranties":        given(func(a *assets.Asset) { a.Warranties = nil }),
	"round trip: nothing is confirmed": given(func(a *assets.Asset) { a.Confirmed = false }),
	"round trip: padded text is cut":   given(func(a *assets.Asset) { a.Site = strings.TrimSpace(a.Site) }),
	"versions: the last wins": func(s assets.Store) faulty {
		return faulty{save: func(ctx context.Context, a assets.Asset) error {
			if old, err := s.Asset(ctx, a.ID); err == nil && a.Version > 1 {
				a.Version = old.Version + 1
			}
			return s.SaveAsset(ctx, a)
		}}
	},
	"serial: more than once": func(s assets.Store) faulty {
		return faulty{save: func(ctx context.Context, a assets.Asset) error {
			if a.Serial == "same" {
				a.Serial += a.ID
			}
			return s.SaveAsset(ctx, a)
		}}
	},
	"remove: any version": func(s assets.Store) faulty {
		return faulty{remove: func(ctx context.Context, id string, _ int) error {
			a, err := s.Asset(ctx, id)
			if err != nil {
				return err
			}
			return s.RemoveAsset(ctx, id, a.Version)
		}}
	},
	"aliasing: orders": func(s assets.Store) faulty {
		var kept []assets.Entitlement
		return faulty{
			grant: func(ctx context.Context, e assets.Entitlement) error {
				kept = append(kept, e)
				return s.SaveEntitlement(ctx, e)
			},
			read: func(ctx context.Context, id string) (assets.Entitlement, error) {
				e, err := s.Entitlement(ctx, id)
				for _, k := range kept {
					if k.ID == id && len(k.Products) > 0 {
						e.Products = k.Products
					}
				}
				return e, err
			},
		}
	},
	"spend: beyond what is granted": func(s assets.Store) faulty {
		return faulty{spend: func(ctx context.Context, v assets.Spending) error {
			v.N = min(v.N, 1)
			return s.Spend(ctx, v)
		}}
	},
	"spend: each time anew": func(s assets.Store) faulty {
		n := 0
		return faulty{spend: func(ctx context.Context, v assets.Spending) error {
			if n++; v.ID == "s1" && n > 1 {
				v.ID += strings.Repeat("x", n)
			}
			return s.Spend(ctx, v)
		}}
	},
	"spend: read, then written": func(s assets.Store) faulty {
		return faulty{spend: func(ctx context.Context, v assets.Spending) error {
			err := s.Spend(ctx, v)
			if errors.Is(err, assets.ErrTooMany) && strings.HasPrefix(v.ID, "s") && v.N == 60 {
				return nil // it had read that there is enough
			}
			return err
		}}
	},
	"regrant: as if nothing was used": func(s assets.Store) faulty {
		return faulty{read: func(ctx context.Context, id string) (assets.Entitlement, error) {
			e, err := s.Entitlement(ctx, id)
			if e.Version > 1 {
				for n := range e.Quotas {
					e.Quotas[n].Used = 0
				}
			}
			return e, err
		}}
	},
	"forget: nothing": func(assets.Store) faulty {
		return faulty{forget: func(ctx context.Context, _, _ string) (int, int, error) { return 0, 0, ctx.Err() }}
	},
	"forget: no pseudonym": func(s assets.Store) faulty {
		return faulty{forget: func(ctx context.Context, person, _ string) (int, int, error) { return s.Forget(ctx, person, "") }}
	},
	"forget: others too": func(s assets.Store) faulty {
		return faulty{forget: func(ctx context.Context, person, pseudonym string) (int, int, error) {
			_, _, _ = s.Forget(ctx, person+"2", pseudonym)
			return s.Forget(ctx, person, pseudonym)
		}}
	},
	"does not notice a cancelled context": func(s assets.Store) faulty {
		return faulty{remove: func(ctx context.Context, id string, v int) error {
			return s.RemoveAsset(context.WithoutCancel(ctx), id, v)
		}}
	},
}

func reversed(change func([]assets.Asset)) func(assets.Store) faulty {
	return func(s assets.Store) faulty {
		return faulty{list: func(ctx context.Context, q assets.Query) ([]assets.Asset, string, error) {
			page, next, err := s.Assets(ctx, q)
			change(page)
			return page, next, err
		}}
	}
}

// TestSuiteCatches runs the suite on every broken store and wants it to fail.
func TestSuiteCatches(t *testing.T) {
	suitetest.Catches(t, broken, func(t *testing.T, fault func(assets.Store) faulty) {
		assetstest.TestStore(t, func(*testing.T) assets.Store {
			good := memassets.New()
			f := fault(good)
			f.Store = good
			return f
		})
	})
}

// TestReadersOfAFullStore: what a CRM that only reads is held to.
func TestReadersOfAFullStore(t *testing.T) {
	assetstest.TestReaders(t, func(t *testing.T) assets.Ports {
		s := memassets.New()
		products, orders, entitlements := assetstest.Filled()
		for n := range products {
			require.NoError(t, s.SaveAsset(t.Context(), products[n]))
			require.NoError(t, s.SavePurchase(t.Context(), orders[n]))
			require.NoError(t, s.SaveEntitlement(t.Context(), entitlements[n]))
		}
		return assets.PortsOf(s)
	})
}

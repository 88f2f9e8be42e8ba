package assetstest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/suitetest"
	"github.com/stoa-go/stoa/profile/assets"
)

func checkRoundTrip(t *testing.T, s assets.Store) {
	ctx := t.Context()
	for _, full := range []bool{true, false} {
		id := fmt.Sprint("x", full)
		a, p, e := newAsset(id), newPurchase(id), newEntitlement(id)
		if !full {
			a = assets.Asset{ID: id, Holder: assets.Holder{Person: "ann"}, Serial: "bare", Product: "hub", RegisteredAt: t0, Version: 1}
			p = assets.Purchase{ID: id, Holder: assets.Holder{Account: "acme"}, At: t0, Version: 1}
			e = assets.Entitlement{ID: id, Holder: assets.Holder{Account: "acme"}, From: t0, Version: 1}
		}
		given, bought, granted := a.Clone(), p.Clone(), e.Clone()
		given.RegisteredAt, bought.At, granted.From = suitetest.Elsewhere(given.RegisteredAt), suitetest.Elsewhere(bought.At), suitetest.Elsewhere(granted.From)
		require.NoError(t, s.SaveAsset(ctx, given))
		require.NoError(t, s.SavePurchase(ctx, bought))
		require.NoError(t, s.SaveEntitlement(ctx, granted))
		gotA, err := s.Asset(ctx, id)
		require.NoError(t, err)
		require.Equal(t, a, gotA)
		gotP, err := s.Purchase(ctx, id)
		require.NoError(t, err)
		require.Equal(t, p, gotP)
		gotE, err := s.Entitlement(ctx, id)
		require.NoError(t, err)
		require.Equal(t, e, gotE)
	}
	for _, id := range []string{"", "none", "XTRUE"} {
		_, err := s.Asset(ctx, id)
		require.ErrorIs(t, err, assets.ErrNotFound)
		_, err = s.Purchase(ctx, id)
		require.ErrorIs(t, err, assets.ErrNotFound)
		_, err = s.Entitlement(ctx, id)
		require.ErrorIs(t, err, assets.ErrNotFound)
	}
}

func checkVersions(t *testing.T, s assets.Store) {
	ctx := t.Context()
	for name, save := range map[string]func(version int, text string) error{
		"asset": func(version int, text string) error {
			return s.SaveAsset(ctx, newAsset("x", func(a *assets.Asset) { a.Version, a.Name = version, text }))
		},
		"purchase": func(version int, text string) error {
			return s.SavePurchase(ctx, newPurchase("x", func(p *assets.Purchase) { p.Version, p.Number = version, text }))
		},
		"entitlement": func(version int, text string) error {
			return s.SaveEntitlement(ctx, newEntitlement("x", func(e *assets.Entitlement) { e.Version, e.Title = version, text }))
		},
	} {
		require.ErrorIs(t, save(2, "early"), assets.ErrNotFound, name)
		suitetest.Race(t, assets.ErrConflict, func(n int) error { return save(1, fmt.Sprint(n)) })
		suitetest.Race(t, assets.ErrConflict, func(n int) error { return save(2, fmt.Sprint(n)) })
		require.ErrorIs(t, save(2, "late"), assets.ErrConflict, name)
		require.ErrorIs(t, save(4, "ahead"), assets.ErrConflict, name)
		require.NoError(t, save(3, "third"), name)
	}
	a, err := s.Asset(ctx, "x")
	require.NoError(t, err)
	require.Equal(t, newAsset("x", func(a *assets.Asset) { a.Version, a.Name = 3, "third" }), a)
}

func checkSerial(t *testing.T, s assets.Store) {
	ctx := t.Context()
	with := func(id string, version int) assets.Asset {
		return newAsset(id, func(a *assets.Asset) { a.Serial, a.Version, a.Account = "same", version, "of "+id })
	}
	won := suitetest.Race(t, assets.ErrConflict, func(n int) error { return s.SaveAsset(ctx, with(fmt.Sprint("x", n), 1)) })
	require.NoError(t, s.SaveAsset(ctx, newAsset("other")))
	require.ErrorIs(t, s.SaveAsset(ctx, with("other", 2)), assets.ErrConflict)
	other, err := s.Asset(ctx, "other")
	require.NoError(t, err)
	require.Equal(t, newAsset("other"), other)
	require.NoError(t, s.RemoveAsset(ctx, fmt.Sprint("x", won), 1))
	require.NoError(t, s.SaveAsset(ctx, with("other", 2)))
}

func checkRemove(t *testing.T, s assets.Store) {
	ctx := t.Context()
	require.ErrorIs(t, s.RemoveAsset(ctx, "x", 1), assets.ErrNotFound)
	require.NoError(t, s.SaveAsset(ctx, newAsset("x")))
	require.NoError(t, s.SaveAsset(ctx, newAsset("y")))
	require.ErrorIs(t, s.RemoveAsset(ctx, "x", 2), assets.ErrConflict)
	require.NoError(t, s.RemoveAsset(ctx, "x", 1))
	_, err := s.Asset(ctx, "x")
	require.ErrorIs(t, err, assets.ErrNotFound)
	_, err = s.Asset(ctx, "y")
	require.NoError(t, err)
}

func checkPages(t *testing.T, s assets.Store) {
	var want []string
	for _, hours := range []int{3, 2, 1} {
		for _, id := range []string{"A", "B", "a", "b"} {
			id, at := fmt.Sprint(id, hours), t0.Add(time.Duration(hours)*time.Hour)
			want = append(want, id)
			require.NoError(t, s.SaveAsset(t.Context(), newAsset(id, func(a *assets.Asset) { a.RegisteredAt = at })))
			require.NoError(t, s.SavePurchase(t.Context(), newPurchase(id, func(p *assets.Purchase) { p.At = at })))
			require.NoError(t, s.SaveEntitlement(t.Context(), newEntitlement(id, func(e *assets.Entitlement) { e.From = at })))
		}
	}
	for _, limit := range []int{1, 2, 5, 12, 50, 0} {
		for kind, got := range ids(t, assets.PortsOf(s), assets.Query{Sees: assets.Scope{All: true}, Limit: limit}) {
			require.Equal(t, want, got, "%s, %d at a time", kind, limit)
		}
	}
}

func checkToken(t *testing.T, s assets.Store) {
	q := assets.Query{Sees: assets.Scope{All: true}, After: "nonsense"}
	_, _, err := s.Assets(t.Context(), q)
	require.ErrorIs(t, err, assets.ErrInvalid)
	_, _, err = s.Purchases(t.Context(), q)
	require.ErrorIs(t, err, assets.ErrInvalid)
	_, _, err = s.Entitlements(t.Context(), q)
	require.ErrorIs(t, err, assets.ErrInvalid)
	_, _, err = s.Spendings(t.Context(), "ann", q)
	require.ErrorIs(t, err, assets.ErrInvalid)
}

func checkAliasing(t *testing.T, s assets.Store) {
	a, p, e := newAsset("x"), newPurchase("x"), newEntitlement("x")
	require.NoError(t, s.SaveAsset(t.Context(), a))
	require.NoError(t, s.SavePurchase(t.Context(), p))
	require.NoError(t, s.SaveEntitlement(t.Context(), e))
	spoil := func(a assets.Asset, p assets.Purchase, e assets.Entitlement) {
		a.Warranties[0].Kind, p.Lines[0].Title, e.Products[0], e.Channels[0], e.Quotas[0].Used = "spoilt", "spoilt", "spoilt", "spoilt", 99
	}
	spoil(a, p, e)
	for range 2 {
		gotA, err := s.Asset(t.Context(), "x")
		require.NoError(t, err)
		require.Equal(t, newAsset("x"), gotA)
		gotP, err := s.Purchase(t.Context(), "x")
		require.NoError(t, err)
		require.Equal(t, newPurchase("x"), gotP)
		gotE, err := s.Entitlement(t.Context(), "x")
		require.NoError(t, err)
		require.Equal(t, newEntitlement("x"), gotE)
		spoil(gotA, gotP, gotE)
	}
}

func newSpending(id string, n int) assets.Spending {
	return assets.Spending{ID: id, Entitlement: "x", Unit: assets.UnitMinute, N: n, Ref: "case/42", Person: "gus", At: t0, Origin: "hash"}
}

func used(t *testing.T, s assets.Store) int {
	t.Helper()
	e, err := s.Entitlement(t.Context(), "x")
	require.NoError(t, err)
	return e.Quotas[0].Used
}

func checkSpend(t *testing.T, s assets.Store) {
	ctx := t.Context()
	require.ErrorIs(t, s.Spend(ctx, newSpending("s0", 1)), assets.ErrNotFound)
	require.NoError(t, s.SaveEntitlement(ctx, newEntitlement("x")))
	require.NoError(t, s.SaveEntitlement(ctx, newEntitlement("y")))
	given := newSpending("s1", 60)
	given.At = suitetest.Elsewhere(given.At)
	require.NoError(t, s.Spend(ctx, given))
	require.Equal(t, 90, used(t, s))
	require.ErrorIs(t, s.Spend(ctx, newSpending("s2", 31)), assets.ErrTooMany)
	require.Equal(t, 90, used(t, s))
	require.NoError(t, s.Spend(ctx, newSpending("s2", 30)), "what was refused took no ID")
	require.ErrorIs(t, s.Spend(ctx, newSpending("s3", 1)), assets.ErrTooMany)
	other := newSpending("s4", 1)
	other.Unit = "day"
	require.ErrorIs(t, s.Spend(ctx, other), assets.ErrNotFound)
	got, err := s.Spending(ctx, "s1")
	require.NoError(t, err)
	require.Equal(t, newSpending("s1", 60), got)
	for _, id := range []string{"s0", "s3", "s4"} {
		_, err = s.Spending(ctx, id)
		require.ErrorIs(t, err, assets.ErrNotFound)
	}
	e, err := s.Entitlement(ctx, "x")
	require.NoError(t, err)
	require.Equal(t, []assets.Quota{{Unit: assets.UnitMinute, Granted: 120, Used: 120}, {Unit: assets.UnitCase, Granted: 5}}, e.Quotas)
	y, err := s.Entitlement(ctx, "y")
	require.NoError(t, err)
	require.Equal(t, newEntitlement("y"), y)
}

func checkSpendOnce(t *testing.T, s assets.Store) {
	require.NoError(t, s.SaveEntitlement(t.Context(), newEntitlement("x")))
	suitetest.Race(t, assets.ErrConflict, func(int) error { return s.Spend(t.Context(), newSpending("s1", 10)) })
	require.Equal(t, 40, used(t, s))
	require.NoError(t, s.Spend(t.Context(), newSpending("s2", 80)))
	require.ErrorIs(t, s.Spend(t.Context(), newSpending("s1", 10)), assets.ErrConflict, "also when nothing is left")
}

func checkSpendRace(t *testing.T, s assets.Store) {
	require.NoError(t, s.SaveEntitlement(t.Context(), newEntitlement("x")))
	require.NoError(t, s.Spend(t.Context(), newSpending("before", 30)))
	suitetest.Race(t, assets.ErrTooMany, func(n int) error { return s.Spend(t.Context(), newSpending(fmt.Sprint("s", n), 60)) })
	require.Equal(t, 120, used(t, s))
}

func checkRegrant(t *testing.T, s assets.Store) {
	require.NoError(t, s.SaveEntitlement(t.Context(), newEntitlement("x")))
	require.NoError(t, s.Spend(t.Context(), newSpending("s1", 60)))
	require.NoError(t, s.SaveEntitlement(t.Context(), newEntitlement("x", func(e *assets.Entitlement) {
		e.Version, e.Quotas = 2, []assets.Quota{{Unit: "day", Granted: 3, Used: 1}, {Unit: assets.UnitMinute, Granted: 600}}
	})))
	e, err := s.Entitlement(t.Context(), "x")
	require.NoError(t, err)
	require.Equal(t, []assets.Quota{{Unit: "day", Granted: 3, Used: 1}, {Unit: assets.UnitMinute, Granted: 600, Used: 90}}, e.Quotas)
}

func checkForget(t *testing.T, s assets.Store) {
	forget(t, s, "", assets.Gone, 3, 8)
	_, err := s.Purchase(t.Context(), "h-ann")
	require.ErrorIs(t, err, assets.ErrNotFound)
}

func checkPseudonym(t *testing.T, s assets.Store) {
	forget(t, s, "p-1", "p-1", 2, 9)
	p, err := s.Purchase(t.Context(), "h-ann")
	require.NoError(t, err)
	require.Equal(t, assets.Holder{Person: "p-1"}, p.Holder)
}

// forget has a store forget ann, who also spent and registered something.
func forget(t *testing.T, s assets.Store, pseudonym, name string, removed, renamed int) {
	t.Helper()
	ctx := t.Context()
	for id, h := range holders() {
		by := "bob"
		if id == "h-acme" {
			by = "ann"
		}
		require.NoError(t, s.SaveAsset(ctx, newAsset(id, func(a *assets.Asset) { a.Holder, a.RegisteredBy = h, by })))
		require.NoError(t, s.SavePurchase(ctx, newPurchase(id, func(p *assets.Purchase) { p.Holder = h })))
		require.NoError(t, s.SaveEntitlement(ctx, newEntitlement(id, func(e *assets.Entitlement) { e.Holder = h })))
	}
	for n, person := range []string{"ann", "bob"} {
		v := newSpending(fmt.Sprint("s", n), 1)
		v.Person, v.Entitlement = person, "h-acme"
		require.NoError(t, s.Spend(ctx, v))
	}
	gone, other, err := s.Forget(ctx, "ann", pseudonym)
	require.NoError(t, err)
	require.Equal(t, []int{removed, renamed}, []int{gone, other})
	for kind, got := range ids(t, assets.PortsOf(s), assets.Query{Sees: assets.Scope{Person: "ann", Account: "acme"}}) {
		require.Empty(t, got, kind)
	}
	a, err := s.Asset(ctx, "h-ann-acme")
	require.NoError(t, err)
	require.Equal(t, assets.Holder{Person: name, Account: "acme"}, a.Holder)
	a, err = s.Asset(ctx, "h-acme")
	require.NoError(t, err)
	require.Equal(t, []string{name, ""}, []string{a.RegisteredBy, a.Person})
	v, err := s.Spending(ctx, "s0")
	require.NoError(t, err)
	require.Equal(t, name, v.Person)
	left, _, err := s.Spendings(ctx, "ann", assets.Query{})
	require.NoError(t, err)
	require.Empty(t, left)
	left, _, err = s.Spendings(ctx, "bob", assets.Query{})
	require.NoError(t, err)
	require.Len(t, left, 1)
	for _, id := range []string{"h-Ann", "h-ann2", "h-bob", "h-bob-acme"} {
		p, err := s.Purchase(ctx, id)
		require.NoError(t, err)
		require.Equal(t, holders()[id], p.Holder)
	}
	gone, other, err = s.Forget(ctx, "ann", pseudonym)
	require.NoError(t, err)
	require.Zero(t, gone+other)
}

func checkText(t *testing.T, s assets.Store) {
	ctx := t.Context()
	for n, text := range suitetest.OddTexts() {
		id := fmt.Sprint("x", n)
		a := newAsset(id, func(a *assets.Asset) { a.Name, a.Site, a.Person, a.Serial = text, text, text, text })
		require.NoError(t, s.SaveAsset(ctx, a))
		got, err := s.Asset(ctx, id)
		require.NoError(t, err)
		require.Equal(t, a, got)
		p := newPurchase(id, func(p *assets.Purchase) { p.Number, p.Lines[0].Title, p.Account = text, text, text })
		require.NoError(t, s.SavePurchase(ctx, p))
		list, _, err := s.Purchases(ctx, assets.Query{Sees: assets.Scope{Account: text, Members: true}})
		require.NoError(t, err)
		require.Equal(t, []assets.Purchase{p}, list)
		e := newEntitlement(id, func(e *assets.Entitlement) { e.Title, e.Channels[0], e.Quotas[0].Unit = text, text, assets.Unit(text) })
		require.NoError(t, s.SaveEntitlement(ctx, e))
		gotE, err := s.Entitlement(ctx, id)
		require.NoError(t, err)
		require.Equal(t, e, gotE)
	}
	for _, bad := range []string{"a\x00", "a\xff"} {
		require.ErrorIs(t, s.SaveAsset(ctx, newAsset("bad", func(a *assets.Asset) { a.Site = bad })), assets.ErrInvalid)
		require.ErrorIs(t, s.SavePurchase(ctx, newPurchase("bad", func(p *assets.Purchase) { p.Lines[1].Title = bad })), assets.ErrInvalid)
		require.ErrorIs(t, s.SaveEntitlement(ctx, newEntitlement("bad", func(e *assets.Entitlement) { e.Channels[1] = bad })), assets.ErrInvalid)
		v := newSpending("bad", 1)
		v.Ref = bad
		require.ErrorIs(t, s.Spend(ctx, v), assets.ErrInvalid)
	}
	_, err := s.Asset(ctx, "bad")
	require.ErrorIs(t, err, assets.ErrNotFound)
}

func checkCancelled(t *testing.T, s assets.Store) {
	require.NoError(t, s.SaveAsset(t.Context(), newAsset("kept")))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for name, call := range map[string]func() error{
		"Asset":           func() error { _, err := s.Asset(ctx, "kept"); return err },
		"Assets":          func() error { _, _, err := s.Assets(ctx, assets.Query{}); return err },
		"SaveAsset":       func() error { return s.SaveAsset(ctx, newAsset("x")) },
		"RemoveAsset":     func() error { return s.RemoveAsset(ctx, "kept", 1) },
		"Try":             func() error { _, err := s.Try(ctx, "ann", t0, 1, time.Hour); return err },
		"Purchase":        func() error { _, err := s.Purchase(ctx, "x"); return err },
		"Purchases":       func() error { _, _, err := s.Purchases(ctx, assets.Query{}); return err },
		"SavePurchase":    func() error { return s.SavePurchase(ctx, newPurchase("x")) },
		"Entitlement":     func() error { _, err := s.Entitlement(ctx, "x"); return err },
		"Entitlements":    func() error { _, _, err := s.Entitlements(ctx, assets.Query{}); return err },
		"SaveEntitlement": func() error { return s.SaveEntitlement(ctx, newEntitlement("x")) },
		"Spend":           func() error { return s.Spend(ctx, newSpending("s", 1)) },
		"Spending":        func() error { _, err := s.Spending(ctx, "s"); return err },
		"Spendings":       func() error { _, _, err := s.Spendings(ctx, "ann", assets.Query{}); return err },
		"Forget":          func() error { _, _, err := s.Forget(ctx, "ann", ""); return err },
	} {
		require.ErrorIs(t, call(), context.Canceled, name)
	}
	_, err := s.Asset(t.Context(), "kept")
	require.NoError(t, err)
	require.Len(t, ids(t, assets.PortsOf(s), assets.Query{Sees: assets.Scope{All: true}})["products"], 1)
}

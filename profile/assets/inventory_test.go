package assets_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/assets"
)

// TestWhoSeesWhat is the specification of visibility, for lists and for single
// things alike.
func TestWhoSeesWhat(t *testing.T) {
	s := newShop(t)
	holders := map[string]assets.Holder{
		"ann": {Person: "ann"}, "ann-acme": {Person: "ann", Account: "acme"}, "ann-globex": {Person: "ann", Account: "globex"},
		"acme": {Account: "acme"}, "bob-acme": {Person: "bob", Account: "acme"}, "globex": {Account: "globex"}, "dora": {Person: "dora"},
	}
	for id, h := range holders {
		s.asset(t, id, h)
		s.purchase(t, id, h)
		s.entitlement(t, id, h)
	}
	everything := []string{"acme", "ann", "ann-acme", "ann-globex", "bob-acme", "dora", "globex"}
	link := ann
	link.Assurance = profile.AssuranceLink
	viewed := ann
	viewed.Viewer = "root"
	for _, c := range []struct {
		name             string
		by               profile.Actor
		shared, purchase []string
	}{
		{"anonymous", profile.Actor{}, nil, nil},
		{"by a link", link, nil, nil},
		{"viewed", viewed, []string{"acme", "ann", "ann-acme"}, []string{"ann", "ann-acme"}},
		{"ann", ann, []string{"acme", "ann", "ann-acme"}, []string{"ann", "ann-acme"}},
		{"bob", bob, []string{"acme", "bob-acme"}, []string{"bob-acme"}},
		{"mia, who manages", mia, []string{"acme", "ann-acme", "bob-acme"}, []string{"acme", "ann-acme", "bob-acme"}},
		{"cem", cem, []string{"globex"}, nil},
		{"dora", dora, []string{"dora"}, []string{"dora"}},
		{"an agent", gus, everything, everything},
		{"an administrator", root, everything, everything},
		{"an author", actor("omar", "", profile.RoleAuthor), nil, nil},
		{"a manager without an organisation", actor("max", "", profile.RoleManager), nil, nil},
	} {
		for id := range holders {
			_, err := s.Asset(t.Context(), c.by, id)
			require.Equal(t, slices.Contains(c.shared, id), err == nil, "%s, product %s: %v", c.name, id, err)
			_, err = s.Entitlement(t.Context(), c.by, id)
			require.Equal(t, slices.Contains(c.shared, id), err == nil, "%s, entitlement %s: %v", c.name, id, err)
			_, err = s.Purchase(t.Context(), c.by, id)
			require.Equal(t, slices.Contains(c.purchase, id), err == nil, "%s, purchase %s: %v", c.name, id, err)
			if err != nil {
				require.ErrorIs(t, err, assets.ErrNotFound)
			}
		}
		got, _, err := s.Assets(t.Context(), c.by, assets.Query{})
		require.Equal(t, c.by.Anonymous(), errors.Is(err, assets.ErrForbidden))
		require.ElementsMatch(t, c.shared, ids(got), c.name)
		bought, _, _ := s.Purchases(t.Context(), c.by, assets.Query{Sees: assets.Scope{All: true}})
		require.ElementsMatch(t, c.purchase, ids(bought), c.name)
	}
	page, _, err := s.Assets(t.Context(), gus, assets.Query{Of: assets.Of(profile.Person{ID: "ann", Account: "acme"})})
	require.NoError(t, err)
	require.ElementsMatch(t, []string{"ann", "ann-acme", "acme"}, ids(page))
}

func ids[T interface {
	Key() (string, assets.Holder, time.Time)
}](list []T) (out []string) {
	for _, v := range list {
		id, _, _ := v.Key()
		out = append(out, id)
	}
	return out
}

func TestPages(t *testing.T) {
	s := newShop(t)
	for n := range 7 {
		s.purchase(t, fmt.Sprint("p", n), assets.Holder{Person: "ann", Account: "acme"}, func(p *assets.Purchase) { p.At = now.AddDate(0, 0, -n) })
	}
	var got []string
	q := assets.Query{Limit: 3}
	for {
		page, next, err := s.Purchases(t.Context(), ann, q)
		require.NoError(t, err)
		got = append(got, ids(page)...)
		if next == "" {
			break
		}
		_, _, err = s.Purchases(t.Context(), bob, assets.Query{After: next})
		require.ErrorIs(t, err, assets.ErrInvalid, "a token is good for whom it was made")
		q.After = next
	}
	require.Equal(t, []string{"p0", "p1", "p2", "p3", "p4", "p5", "p6"}, got)
}

func TestRegister(t *testing.T) {
	s := newShop(t)
	ctx := t.Context()
	a, err := s.Register(ctx, ann, assets.Registration{Serial: " hb2–88b1\u22122d40 ", Site: " Murcia ", InstalledAt: now, Key: "k"})
	require.NoError(t, err)
	require.Equal(t, []string{"HB2-88B1-2D40", "hub-2", "Murcia", "ann", "acme", ""}, []string{a.Serial, a.Product, a.Site, a.RegisteredBy, a.Account, a.Person})
	require.False(t, a.Confirmed, "a number that somebody types proves nothing")
	again, err := s.Register(ctx, ann, assets.Registration{Serial: "HB2-88B1-2D40", Site: "Murcia", InstalledAt: now, Key: "k"})
	require.NoError(t, err)
	require.Equal(t, a, again)
	for i, typed := range []string{"hb2-70aa 1b99", "HB270AA1B99", "h-b2 70a-a1b99"} {
		loose, err := s.Register(ctx, ann, assets.Registration{Serial: typed, Key: "loose"})
		require.NoError(t, err, typed)
		require.Equal(t, "HB2-70AA-1B99", loose.Serial, i)
	}
	_, err = s.Register(ctx, ann, assets.Registration{Serial: "HB2-88B1-2D41", Key: "k"})
	require.ErrorIs(t, err, assets.ErrConflict, "another one with the same key")
	for _, c := range []struct {
		name  string
		by    profile.Actor
		r     assets.Registration
		field string
		key   string
	}{
		{"taken", cem, assets.Registration{Serial: "HB2-88B1-2D40"}, "serial", "error.asset.serial_refused"},
		{"none", cem, assets.Registration{Serial: "  "}, "serial", "error.field.required"},
		{"another form", cem, assets.Registration{Serial: "HB3-88B1-2D40"}, "serial", "error.asset.serial_form"},
		{"a script", cem, assets.Registration{Serial: "<script>HB2-88B1-2D40"}, "serial", "error.asset.serial_form"},
		{"in the future", cem, assets.Registration{Serial: "HB2-88B1-0001", InstalledAt: now.AddDate(0, 0, 3)}, "installed_at", "error.asset.installed"},
		{"long ago", cem, assets.Registration{Serial: "HB2-88B1-0001", InstalledAt: now.AddDate(-80, 0, 0)}, "installed_at", "error.asset.installed"},
		{"control characters", cem, assets.Registration{Serial: "HB2-88B1-0001", Site: "a\x01"}, "site", "error.field.characters"},
	} {
		_, err := s.Register(ctx, c.by, c.r)
		wrong, ok := errors.AsType[errs.Fields](err)
		require.True(t, ok, "%s: %v", c.name, err)
		require.Equal(t, c.key, wrong[c.field].Key, c.name)
	}
	viewed := ann
	viewed.Viewer = "root"
	for _, by := range []profile.Actor{{}, viewed} {
		_, err := s.Register(ctx, by, assets.Registration{Serial: "HB2-88B1-0002"})
		require.ErrorIs(t, err, assets.ErrForbidden)
	}
	own, err := s.Register(ctx, ann, assets.Registration{Serial: "T1-0000-0001", Private: true})
	require.NoError(t, err)
	require.Equal(t, assets.Holder{Person: "ann"}, own.Holder)
	_, err = s.Asset(ctx, mia, own.ID)
	require.ErrorIs(t, err, assets.ErrNotFound, "what is private is not the organisation's")
}

func TestConfirm(t *testing.T) {
	warranty := []assets.Warranty{{Kind: "maker", From: now, To: now.AddDate(2, 0, 0)}}
	var fails error
	s := newShop(t, func(_ *assets.Ports, o *assets.Options) {
		o.Confirm = func(_ context.Context, a assets.Asset) (bool, []assets.Warranty, error) {
			return a.Serial == "T1-0000-0001", warranty, fails
		}
	})
	a, err := s.Register(t.Context(), ann, assets.Registration{Serial: "T1-0000-0001"})
	require.NoError(t, err)
	require.True(t, a.Confirmed)
	require.Equal(t, warranty, a.Warranties)
	fails = assets.ErrNotFound
	_, err = s.Register(t.Context(), ann, assets.Registration{Serial: "T1-0000-0002"})
	require.ErrorIs(t, err, assets.ErrInvalid)
	require.ErrorContains(t, err, "serial_refused", "the same as for one that is taken")
	fails = errors.New("the line is dead")
	a, err = s.Register(t.Context(), ann, assets.Registration{Serial: "T1-0000-0003"})
	require.NoError(t, err)
	require.False(t, a.Confirmed)
	require.Empty(t, a.Warranties)
}

// TestNobodyElseIsNamed: whatever front a change comes by, what an organisation
// has stays among its people.
func TestNobodyElseIsNamed(t *testing.T) {
	asked := errors.New("not asked")
	for name, c := range map[string]struct {
		member func(context.Context, string, string) (bool, error)
		named  map[string]error // what comes of naming somebody
	}{
		"nobody can tell":           {nil, map[string]error{"": nil, "mia": nil, "ann": assets.ErrInvalid, "cem": assets.ErrInvalid, "<script>": assets.ErrInvalid}},
		"the directory":             {memberOfAcme, map[string]error{"": nil, "mia": nil, "ann": nil, "cem": assets.ErrInvalid, "nobody": assets.ErrInvalid}},
		"the directory is away":     {func(context.Context, string, string) (bool, error) { return true, asked }, map[string]error{"": nil, "mia": nil, "ann": assets.ErrUnavailable}},
		"and it is no member's yet": {func(context.Context, string, string) (bool, error) { return false, nil }, map[string]error{"ann": assets.ErrInvalid, "mia": nil}},
	} {
		for person, want := range c.named {
			s := newShop(t, func(_ *assets.Ports, o *assets.Options) { o.Member = c.member })
			a := s.asset(t, "x", assets.Holder{Account: "acme"})
			got, err := s.Change(t.Context(), mia, a.ID, assets.Change{Person: person, Version: a.Version})
			if want == nil {
				require.NoError(t, err, "%s: %s", name, person)
				require.Equal(t, person, got.Person)
				continue
			}
			require.ErrorIs(t, err, want, "%s: %s", name, person)
			if errors.Is(want, assets.ErrInvalid) {
				require.ErrorContains(t, err, "person: error.field.choice")
			}
			kept, err := s.Asset(t.Context(), mia, a.ID)
			require.NoError(t, err)
			require.Equal(t, a.Holder, kept.Holder)
		}
	}
	// Whose it is already need not be told again, even if they have left.
	s := newShop(t)
	a := s.asset(t, "x", assets.Holder{Person: "left", Account: "acme"})
	_, err := s.Change(t.Context(), mia, a.ID, assets.Change{Site: "Murcia", Person: "left", Version: a.Version})
	require.NoError(t, err)
}

func memberOfAcme(_ context.Context, account, person string) (bool, error) {
	return account == "acme" && slices.Contains([]string{"ann", "bob", "mia"}, person), nil
}

func TestChangeAndUnregister(t *testing.T) {
	s := newShop(t, func(_ *assets.Ports, o *assets.Options) { o.Member = memberOfAcme })
	ctx := t.Context()
	shared := s.asset(t, "shared", assets.Holder{Account: "acme"})
	bobs := s.asset(t, "bobs", assets.Holder{Person: "bob", Account: "acme"})
	doras := s.asset(t, "doras", assets.Holder{Person: "dora"})
	move := func(by profile.Actor, a assets.Asset, person string) error {
		_, err := s.Change(ctx, by, a.ID, assets.Change{Name: "N", Person: person, Version: a.Version})
		return err
	}
	require.ErrorIs(t, move(ann, shared, "ann"), assets.ErrForbidden, "nobody takes what is everybody's")
	require.ErrorIs(t, move(ann, bobs, "ann"), assets.ErrNotFound)
	require.ErrorIs(t, move(cem, shared, "cem"), assets.ErrNotFound)
	require.ErrorIs(t, move(gus, shared, "ann"), assets.ErrForbidden, "an agent reads only")
	require.ErrorIs(t, move(dora, doras, "ann"), assets.ErrForbidden, "nothing is given to strangers")
	require.NoError(t, move(bob, bobs, ""))
	require.ErrorIs(t, move(mia, bobs, "ann"), assets.ErrConflict)
	bobs.Version++
	require.NoError(t, move(mia, bobs, "ann"))
	got, err := s.Asset(ctx, ann, "bobs")
	require.NoError(t, err)
	require.Equal(t, assets.Holder{Person: "ann", Account: "acme"}, got.Holder)
	require.ErrorIs(t, s.Unregister(ctx, bob, "bobs", 3), assets.ErrNotFound)
	require.ErrorIs(t, s.Unregister(ctx, mia, "bobs", 2), assets.ErrConflict)
	require.NoError(t, s.Unregister(ctx, mia, "bobs", 3))
	mine, err := s.Register(ctx, ann, assets.Registration{Serial: "T1-0000-0001"})
	require.NoError(t, err)
	require.ErrorIs(t, s.Unregister(ctx, bob, mine.ID, 1), assets.ErrForbidden)
	require.NoError(t, s.Unregister(ctx, ann, mine.ID, 1), "who registered it may take it back")
	_, err = s.Register(ctx, cem, assets.Registration{Serial: "T1-0000-0001"})
	require.NoError(t, err, "the number is free again")
}

func TestReadOnlyPorts(t *testing.T) {
	s := newShop(t)
	s.asset(t, "x", assets.Holder{Account: "acme"})
	crm := newShop(t, func(p *assets.Ports, _ *assets.Options) { *p = assets.Ports{Assets: reader{s.store}} })
	a, err := crm.Asset(t.Context(), ann, "x")
	require.NoError(t, err)
	require.False(t, crm.Changes(mia, a))
	_, err = crm.Register(t.Context(), ann, assets.Registration{Serial: "T1-0000-0001"})
	require.ErrorIs(t, err, assets.ErrUnsupported)
	require.ErrorIs(t, crm.Unregister(t.Context(), mia, "x", 1), assets.ErrUnsupported)
	_, err = crm.SavePurchase(t.Context(), root, assets.Purchase{})
	require.ErrorIs(t, err, assets.ErrUnsupported)
	list, _, err := crm.Purchases(t.Context(), ann, assets.Query{})
	require.NoError(t, err)
	require.Empty(t, list, "there are none")
	_, err = crm.Purchase(t.Context(), root, "x")
	require.ErrorIs(t, err, assets.ErrNotFound)
}

// A slow port answers when nobody waits any more.
type slow struct{ assets.PurchaseReader }

func (slow) Purchases(ctx context.Context, _ assets.Query) ([]assets.Purchase, string, error) {
	<-ctx.Done()
	return nil, "", ctx.Err()
}

// A wrong port fails in words of its own.
type wrong struct{ assets.EntitlementReader }

func (wrong) Entitlements(context.Context, assets.Query) ([]assets.Entitlement, string, error) {
	return nil, "", errors.New("ORA-03113")
}

// A generous port returns what it was not asked for.
type generous struct{ assets.AssetReader }

func (g generous) Assets(ctx context.Context, q assets.Query) ([]assets.Asset, string, error) {
	q.Sees, q.Of = assets.Scope{All: true}, assets.Scope{}
	return g.AssetReader.Assets(ctx, q)
}

// TestOnePortTakesNothingElseDown: what does not answer says so, and the rest is
// there.
func TestOnePortTakesNothingElseDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShop(t, func(p *assets.Ports, _ *assets.Options) {
			p.Purchases, p.Entitlements = slow{p.Purchases}, wrong{p.Entitlements}
		})
		_, err := s.SaveAsset(t.Context(), root, assets.Asset{ID: "x", Holder: assets.Holder{Account: "acme"}, Serial: "x", Product: "hub-2"})
		require.NoError(t, err)
		begun := time.Now()
		o := s.Overview(t.Context(), ann, assets.Scope{}, 10)
		require.Equal(t, 3*time.Second, time.Since(begun))
		require.Equal(t, []string{"x"}, ids(o.Assets))
		require.NoError(t, o.AssetsErr)
		require.ErrorIs(t, o.PurchasesErr, assets.ErrUnavailable)
		require.ErrorIs(t, o.EntitlementsErr, assets.ErrUnavailable)
		_, err = s.Covers(t.Context(), ann, assets.Matter{})
		require.ErrorIs(t, err, assets.ErrUnavailable, "an answer is not made up")
	})
}

func TestAPortIsNotTrusted(t *testing.T) {
	s := newShop(t, func(p *assets.Ports, _ *assets.Options) { p.Assets = generous{p.Assets} })
	require.NoError(t, s.store.SaveAsset(t.Context(), assets.Asset{ID: "x", Holder: assets.Holder{Account: "globex"}, Version: 1}))
	page, _, err := s.Assets(t.Context(), ann, assets.Query{})
	require.ErrorIs(t, err, assets.ErrUnavailable)
	require.Empty(t, page)
}

// TestSpendTheLastHour: of two instances on one store exactly one does.
func TestSpendTheLastHour(t *testing.T) {
	s := newShop(t)
	two, err := assets.NewInventory(assets.PortsOf(s.store), &assets.Options{Now: func() time.Time { return now }})
	require.NoError(t, err)
	s.entitlement(t, "e", assets.Holder{Account: "acme"}, func(e *assets.Entitlement) { e.Quotas[0].Used = 60 })
	var wg sync.WaitGroup
	faults := make([]error, 8)
	for n := range faults {
		one := s.Inventory
		if n%2 == 1 {
			one = two
		}
		wg.Go(func() {
			_, faults[n] = one.Spend(t.Context(), gus, "e", assets.Use{Unit: assets.UnitMinute, N: 60, Ref: fmt.Sprint("case/", n), Key: fmt.Sprint(n)})
		})
	}
	wg.Wait()
	won := 0
	for _, err := range faults {
		if err == nil {
			won++
			continue
		}
		require.ErrorIs(t, err, assets.ErrTooMany)
	}
	require.Equal(t, 1, won)
	e, err := s.Entitlement(t.Context(), ann, "e")
	require.NoError(t, err)
	require.Zero(t, e.Quotas[0].Left())
}

func TestSpend(t *testing.T) {
	s := newShop(t)
	ctx := t.Context()
	s.entitlement(t, "e", assets.Holder{Account: "acme"})
	s.entitlement(t, "old", assets.Holder{Account: "acme"}, func(e *assets.Entitlement) { e.To = now })
	use := assets.Use{Unit: assets.UnitMinute, N: 90, Ref: "case/1", Key: "k"}
	for range 2 {
		e, err := s.Spend(ctx, gus, "e", use)
		require.NoError(t, err)
		require.Equal(t, 30, e.Quotas[0].Left(), "a repetition counts once")
	}
	more := use
	more.N = 1
	_, err := s.Spend(ctx, gus, "e", more)
	require.ErrorIs(t, err, assets.ErrConflict, "the same key for something else")
	for name, err := range map[string]error{
		"too much":   spend(s, gus, "e", assets.Use{Unit: assets.UnitMinute, N: 31, Key: "a"}),
		"a customer": spend(s, ann, "e", assets.Use{Unit: assets.UnitMinute, N: 1, Key: "b"}),
		"a stranger": spend(s, cem, "e", assets.Use{Unit: assets.UnitMinute, N: 1, Key: "c"}),
		"no key":     spend(s, gus, "e", assets.Use{Unit: assets.UnitMinute, N: 1}),
		"nothing":    spend(s, gus, "e", assets.Use{Unit: assets.UnitMinute, Key: "d"}),
		"negative":   spend(s, gus, "e", assets.Use{Unit: assets.UnitMinute, N: -5, Key: "e"}),
		"no quota":   spend(s, gus, "e", assets.Use{Unit: assets.UnitCase, N: 1, Key: "f"}),
		"has ended":  spend(s, gus, "old", assets.Use{Unit: assets.UnitMinute, N: 1, Key: "g"}),
	} {
		want := map[string]error{"too much": assets.ErrTooMany, "a customer": assets.ErrForbidden, "a stranger": assets.ErrNotFound}[name]
		if want == nil {
			want = assets.ErrInvalid
		}
		require.ErrorIs(t, err, want, name)
	}
	e, err := s.Entitlement(ctx, gus, "e")
	require.NoError(t, err)
	require.Equal(t, 30, e.Quotas[0].Left())
}

func spend(s *shop, by profile.Actor, id string, u assets.Use) error {
	_, err := s.Spend(context.Background(), by, id, u)
	return err
}

func TestCovers(t *testing.T) {
	s := newShop(t)
	s.asset(t, "hub", assets.Holder{Account: "acme"})
	s.asset(t, "other", assets.Holder{Account: "globex"})
	why := func(m assets.Matter) assets.Uncovered {
		c, err := s.Covers(t.Context(), ann, m)
		require.NoError(t, err)
		require.Empty(t, c.By)
		require.Empty(t, c.Level())
		return c.Why
	}
	require.Equal(t, assets.UncoveredNothing, why(assets.Matter{}))
	s.entitlement(t, "t1", assets.Holder{Account: "acme"}, func(e *assets.Entitlement) { e.Products, e.Rank = []string{"t1"}, 1 })
	require.Equal(t, assets.UncoveredProduct, why(assets.Matter{Asset: "hub"}))
	s.entitlement(t, "old", assets.Holder{Account: "acme"}, func(e *assets.Entitlement) { e.To = now })
	require.Equal(t, assets.UncoveredTime, why(assets.Matter{Asset: "hub"}))
	s.entitlement(t, "mail", assets.Holder{Account: "acme"}, func(e *assets.Entitlement) { e.Channels, e.Products = []string{"mail"}, []string{"hub-2"} })
	require.Equal(t, assets.UncoveredChannel, why(assets.Matter{Asset: "hub", Channel: "phone"}))
	s.entitlement(t, "spent", assets.Holder{Account: "acme"}, func(e *assets.Entitlement) { e.Asset, e.Quotas[0].Granted = "hub", 0 })
	require.Equal(t, assets.UncoveredSpent, why(assets.Matter{Asset: "hub", Channel: "phone"}))
	s.entitlement(t, "good", assets.Holder{Person: "ann", Account: "acme"}, func(e *assets.Entitlement) { e.Rank, e.Level, e.Channels = 5, "regulated", nil })
	s.entitlement(t, "bobs", assets.Holder{Person: "bob", Account: "acme"}, func(e *assets.Entitlement) { e.Rank = 9 })
	c, err := s.Covers(t.Context(), ann, assets.Matter{Product: "t1", Channel: "phone"})
	require.NoError(t, err)
	require.Equal(t, []string{"good", "t1"}, ids(c.By))
	require.Equal(t, "regulated", c.Level())
	c, err = s.Covers(t.Context(), gus, assets.Matter{})
	require.NoError(t, err)
	require.Equal(t, assets.UncoveredNothing, c.Why, "an agent sees all of them and has none")
	_, err = s.Covers(t.Context(), ann, assets.Matter{Asset: "other"})
	require.ErrorIs(t, err, assets.ErrNotFound)
	c, err = s.Covers(t.Context(), ann, assets.Matter{Product: "t1", At: now.AddDate(2, 0, 0)})
	require.NoError(t, err)
	require.Equal(t, assets.UncoveredTime, c.Why)
}

func TestWarranties(t *testing.T) {
	w := func(from, to int) assets.Warranty {
		return assets.Warranty{Kind: "maker", From: now.AddDate(0, from, 0), To: now.AddDate(0, to, 0)}
	}
	for _, c := range []struct {
		list []assets.Warranty
		want assets.WarrantyState
		left float64
	}{
		{nil, assets.WarrantyNone, 0},
		{[]assets.Warranty{w(-24, -1), w(-12, 12)}, assets.WarrantyActive, 0.5},
		{[]assets.Warranty{w(-24, -1), w(-40, -2)}, assets.WarrantyEnded, 0},
		{[]assets.Warranty{w(-24, -1), w(1, 12)}, assets.WarrantyAhead, 1},
		{[]assets.Warranty{w(-23, 1)}, assets.WarrantyEnding, 0.044},
		{[]assets.Warranty{w(-23, 1), w(-12, 12), w(-1, 6)}, assets.WarrantyActive, 0.5},
	} {
		a := assets.Asset{Warranties: c.list}
		require.Equal(t, c.want, a.WarrantyState(now))
		best, ok := a.Warranty(now)
		require.Equal(t, len(c.list) > 0, ok)
		require.InDelta(t, c.left, best.Left(now), 0.01)
	}
	a := assets.Asset{Warranties: []assets.Warranty{w(-12, 0)}}
	require.Equal(t, assets.WarrantyEnded, a.WarrantyState(now), "it ends before its end")
}

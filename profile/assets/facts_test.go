package assets_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/assets"
	"github.com/stoa-go/stoa/profile/memprofile"
)

// A counter counts what is asked of a port, and fails if it is told to.
type counter struct {
	assets.PurchaseStore
	asked int
	fails error
}

func (c *counter) Purchases(ctx context.Context, q assets.Query) ([]assets.Purchase, string, error) {
	c.asked++
	if c.fails != nil {
		return nil, "", c.fails
	}
	return c.PurchaseStore.Purchases(ctx, q)
}

var allFacts = []string{assets.FactProduct, assets.FactLine, assets.FactWarranty, assets.FactEntitlement, assets.FactChannel, assets.FactPurchases, assets.FactSpend + "eur", assets.FactSpend + "jpy", "nonsense"}

func TestFacts(t *testing.T) {
	var port *counter
	s := newShop(t, func(p *assets.Ports, _ *assets.Options) {
		port = &counter{PurchaseStore: p.Purchases.(assets.PurchaseStore)}
		p.Purchases = port
	})
	acme := assets.Holder{Account: "acme"}
	known := func(p profile.Person) map[string][]string {
		got, err := s.Facts().Facts(t.Context(), p, allFacts)
		require.NoError(t, err)
		return got
	}
	person := profile.Person{ID: "ann", Account: "acme"}
	require.Equal(t, map[string][]string{assets.FactPurchases: {"0"}}, known(person))
	s.asset(t, "a", acme)
	s.asset(t, "typed", acme, func(a *assets.Asset) { a.Product, a.Confirmed, a.Warranties = "h1", false, nil })
	s.purchase(t, "p", assets.Holder{Person: "bob", Account: "acme"})
	s.purchase(t, "old", acme, func(p *assets.Purchase) { p.At, p.Lines[0].Product = now.AddDate(-2, 0, 0), "t2" })
	s.purchase(t, "back", acme, func(p *assets.Purchase) { p.Status, p.Lines[0].Product = assets.StatusReturned, "h1" })
	s.purchase(t, "yen", acme, func(p *assets.Purchase) { p.Total = i18n.Money{Amount: 500, Currency: "JPY"} })
	s.purchase(t, "theirs", assets.Holder{Account: "globex"}, func(p *assets.Purchase) { p.Lines[0].Product = "h1" })
	s.entitlement(t, "e", acme)
	s.entitlement(t, "ended", acme, func(e *assets.Entitlement) { e.Level, e.To = "gold", now })
	want := map[string][]string{
		assets.FactProduct: {"hub-2", "t1", "t2"}, assets.FactLine: {"gateway", "sensor"}, assets.FactWarranty: {"active"},
		assets.FactEntitlement: {"priority"}, assets.FactChannel: {"phone", "web"},
		assets.FactPurchases: {"2"}, assets.FactSpend + "eur": {"158.00"}, assets.FactSpend + "jpy": {"500"},
	}
	require.Equal(t, want, known(person), "a change made here is known at once")
	before := port.asked
	for range 5 {
		known(person)["product"][0] = "spoilt"
	}
	require.Equal(t, want, known(person))
	require.Equal(t, before, port.asked, "from the cache")

	require.NoError(t, s.store.SavePurchase(t.Context(), assets.Purchase{ID: "elsewhere", Holder: acme, At: now, Status: assets.StatusOrdered, Version: 1}))
	require.Equal(t, want, known(person), "another instance wrote it")
	s.now = s.now.Add(30 * time.Second)
	require.Equal(t, []string{"3"}, known(person)[assets.FactPurchases], "and half a minute later it is known")
	require.Equal(t, []string{"1"}, known(profile.Person{ID: "ann", Account: "globex"})[assets.FactPurchases], "who has moved has what is there")

	// Half of it is not known: what rests on it is not there, the rest is.
	port.fails = errors.New("no answer")
	s.now = s.now.Add(time.Minute)
	require.Equal(t, map[string][]string{
		assets.FactWarranty: {"active"}, assets.FactEntitlement: {"priority"}, assets.FactChannel: {"phone", "web"},
	}, known(person))
	port.fails = nil
	require.Len(t, known(person), len(want), "and nothing of that was kept")
}

// TestFactsAreListed: what can be asked for is what is known.
func TestFactsAreListed(t *testing.T) {
	s := newShop(t, func(_ *assets.Ports, o *assets.Options) { o.Currencies = []string{"EUR", "JPY"} })
	var names []string
	for _, info := range s.Facts().Known() {
		names = append(names, info.Name)
	}
	require.Equal(t, allFacts[:8], names)
}

// TestFactsOpenContent: through a directory, what people own puts them into
// segments that open content, and what they only typed does not.
func TestFactsOpenContent(t *testing.T) {
	s := newShop(t)
	people := profile.NewDirectory(memprofile.New(), &profile.Options{Owned: s.Facts()})
	for _, id := range []string{"ann", "dora"} {
		_, err := people.SavePerson(t.Context(), root, profile.Person{ID: id, Name: id})
		require.NoError(t, err)
	}
	_, err := people.SaveSegment(t.Context(), root, profile.Segment{Name: "hubs", Title: "T", Rule: profile.Rule{Fact: "owned.product", Op: profile.OpIn, Values: []string{"hub-2"}}})
	require.NoError(t, err)
	_, err = people.SaveSegment(t.Context(), root, profile.Segment{Name: "big", Title: "T", Rule: profile.Rule{Fact: "owned.spend.365d.eur", Op: profile.OpAtLeast, Values: []string{"100"}}})
	require.NoError(t, err)
	s.asset(t, "a", assets.Holder{Person: "ann"})
	s.purchase(t, "p", assets.Holder{Person: "ann"})
	_, err = s.Register(t.Context(), dora, assets.Registration{Serial: "HB2-0000-0001"})
	require.NoError(t, err)
	a, err := people.Actor(t.Context(), "ann")
	require.NoError(t, err)
	require.Equal(t, []string{"big", "hubs"}, a.Segments)
	require.Empty(t, a.Declared)
	d, err := people.Actor(t.Context(), "dora")
	require.NoError(t, err)
	require.Empty(t, d.Segments)
}

package assets_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/assets"
)

// A leaky port gives its first page, and then what it is told to.
type leaky[T any] struct {
	page  []T
	pages int // how many there are of it
	fails error
	asked int
}

func (l *leaky[T]) list(_ context.Context, q assets.Query) ([]T, string, error) {
	l.asked++
	switch n := len(q.After); {
	case n > 0 && l.fails != nil:
		return nil, "", l.fails
	case n+1 < l.pages:
		return l.page, q.After + "x", nil
	}
	return l.page, "", nil
}

type leakyAssets struct {
	assets.AssetReader
	*leaky[assets.Asset]
}

func (l leakyAssets) Assets(ctx context.Context, q assets.Query) ([]assets.Asset, string, error) {
	return l.list(ctx, q)
}

type leakyOrders struct {
	assets.PurchaseReader
	*leaky[assets.Purchase]
}

func (l leakyOrders) Purchases(ctx context.Context, q assets.Query) ([]assets.Purchase, string, error) {
	return l.list(ctx, q)
}

type leakyRights struct {
	assets.EntitlementReader
	*leaky[assets.Entitlement]
}

func (l leakyRights) Entitlements(ctx context.Context, q assets.Query) ([]assets.Entitlement, string, error) {
	return l.list(ctx, q)
}

func leaks[T any](v T) *leaky[T] {
	l := &leaky[T]{pages: 2}
	for range 100 {
		l.page = append(l.page, v)
	}
	return l
}

// TestFactsOfHalf: of a port that was not read to the end nothing is said, and
// what the others know stays.
func TestFactsOfHalf(t *testing.T) {
	of := map[string][]string{
		"product":     {assets.FactProduct, assets.FactLine, assets.FactWarranty},
		"purchase":    {assets.FactProduct, assets.FactLine, assets.FactPurchases, assets.FactSpend + "eur"},
		"entitlement": {assets.FactEntitlement, assets.FactChannel},
	}
	for kind, withdrawn := range of {
		for _, why := range []string{"whole", "a page fails", "there is too much", "pages without end, and nothing on them"} {
			acme := assets.Holder{Account: "acme"}
			model := newShop(t)
			products := leaks(model.asset(t, "a", acme))
			orders, rights := leaks(model.purchase(t, "p", acme)), leaks(model.entitlement(t, "e", acme))
			var pages *int
			var fails *error
			var empty func()
			switch kind {
			case "product":
				pages, fails, empty = &products.pages, &products.fails, func() { products.page = nil }
			case "purchase":
				pages, fails, empty = &orders.pages, &orders.fails, func() { orders.page = nil }
			default:
				pages, fails, empty = &rights.pages, &rights.fails, func() { rights.page = nil }
			}
			switch why {
			case "a page fails":
				*fails = errors.New("no answer")
			case "there is too much":
				*pages = 11
			case "pages without end, and nothing on them":
				*pages = 1 << 30
				empty()
			}
			var log bytes.Buffer
			s := newShop(t, func(p *assets.Ports, o *assets.Options) {
				*p = assets.Ports{Assets: leakyAssets{nil, products}, Purchases: leakyOrders{nil, orders}, Entitlements: leakyRights{nil, rights}}
				o.Logger = slog.New(slog.NewTextHandler(&log, nil))
			})
			person := profile.Person{ID: "ann", Account: "acme"}
			for minutes := range 3 {
				s.now = now.AddDate(0, 0, minutes)
				got, err := s.Facts().Facts(t.Context(), person, allFacts)
				require.NoError(t, err)
				for _, name := range allFacts[:7] {
					_, known := got[name]
					gone := why != "whole" && strings.Contains(fmt.Sprint(withdrawn), name)
					require.Equal(t, !gone, known, "%s of %s: %s", name, kind, why)
				}
			}
			lines := map[string]int{"whole": 0, "a page fails": 3}
			want, ok := lines[why]
			if !ok {
				want = 1
			}
			require.Equal(t, want, strings.Count(log.String(), "not all is known"), "%s: %s", why, log.String())
		}
	}
}

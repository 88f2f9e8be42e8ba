package assets

import (
	"context"
	"slices"
	"time"
)

// Ports are what an [Inventory] asks. Each may be a table of the portal's or a
// CRM, and each may be missing: then there is nothing of its kind. One that only
// reads is enough; what writes is asked for with the writing port of its kind,
// and where that is missing [ErrUnsupported] is the answer.
type Ports struct {
	Assets       AssetReader
	Purchases    PurchaseReader
	Entitlements EntitlementReader
}

// PortsOf returns a store that is everything as Ports.
func PortsOf(s Store) Ports { return Ports{Assets: s, Purchases: s, Entitlements: s} }

// A Store is all ports. It applies no rules of its own.
//
// Implementations of it, and of each port
//
//   - must be safe for concurrent use and do each call whole or not at all;
//   - must keep every field, times as UTC to the microsecond, text as it is, and
//     may treat empty lists as nil;
//   - must not share slices with their callers;
//   - must order by bytes, not by the rules of a language;
//   - must return ErrInvalid for text that is not UTF-8 or holds a NUL;
//   - must pass the suites in package assetstest.
type Store interface {
	AssetStore
	PurchaseStore
	EntitlementStore
	Forgetter
}

// An AssetReader knows which products are installed.
type AssetReader interface {
	// Asset returns the product with the given ID, or ErrNotFound.
	Asset(ctx context.Context, id string) (Asset, error)

	// Assets returns the products that match q, those registered last first and
	// then by ID, and the position of the next page, empty on the last. A position
	// that it did not give out is ErrInvalid.
	Assets(ctx context.Context, q Query) (page []Asset, next string, err error)
}

// An AssetStore is an [AssetReader] that can be written.
type AssetStore interface {
	AssetReader

	// SaveAsset keeps a. With Version 1 a is new, and it returns ErrConflict if
	// the ID or the serial number is taken. Otherwise a replaces the one that has
	// a.ID and a.Version-1: ErrNotFound if there is none with that ID, ErrConflict
	// if the stored version differs or another has the serial number.
	SaveAsset(ctx context.Context, a Asset) error

	// RemoveAsset forgets a product: ErrNotFound if there is none, ErrConflict if
	// its version differs.
	RemoveAsset(ctx context.Context, id string, version int) error

	// Try counts that a person tries to register something at a time. A period
	// begins with the first try, and with each that comes when the one before has
	// ended; it ends after within. A try beyond most in a period is ErrTooMany and
	// when it ends, and does not count. However many try at once, on however many
	// instances, no more than most do.
	Try(ctx context.Context, person string, at time.Time, most int, within time.Duration) (ends time.Time, err error)
}

// A PurchaseReader knows what was bought.
type PurchaseReader interface {
	// Purchase returns the order with the given ID, or ErrNotFound.
	Purchase(ctx context.Context, id string) (Purchase, error)

	// Purchases returns the orders that match q, the newest first and then by ID,
	// as Assets does.
	Purchases(ctx context.Context, q Query) (page []Purchase, next string, err error)
}

// A PurchaseStore is a [PurchaseReader] that can be written.
type PurchaseStore interface {
	PurchaseReader

	// SavePurchase keeps p, as SaveAsset does.
	SavePurchase(ctx context.Context, p Purchase) error
}

// An EntitlementReader knows who is entitled to what.
type EntitlementReader interface {
	// Entitlement returns the one with the given ID, or ErrNotFound.
	Entitlement(ctx context.Context, id string) (Entitlement, error)

	// Entitlements returns those that match q, those that begin last first and
	// then by ID, as Assets does.
	Entitlements(ctx context.Context, q Query) (page []Entitlement, next string, err error)
}

// An EntitlementStore is an [EntitlementReader] that can be written.
type EntitlementStore interface {
	EntitlementReader
	Spender

	// SaveEntitlement keeps e, as SaveAsset does. What is used of a unit that
	// the stored one has too stays as it is: no spending is lost.
	SaveEntitlement(ctx context.Context, e Entitlement) error
}

// A Spender uses entitlements up.
type Spender interface {
	// Spend keeps s and adds s.N to what is used of its unit, or does neither:
	// ErrConflict if its ID is taken, ErrNotFound if there is no such entitlement
	// or it has no quota of the unit, ErrTooMany if less than s.N is left.
	Spend(ctx context.Context, s Spending) error

	// Spending returns the one with the given ID, or ErrNotFound.
	Spending(ctx context.Context, id string) (Spending, error)
}

// A Forgetter forgets people.
type Forgetter interface {
	// Forget removes what only a person has, except that their orders become the
	// pseudonym's if there is one. In what is of an organisation, in who
	// registered and in who spent, [Gone] takes their place, or the pseudonym if
	// there is one. Their tries are gone, too. It returns how many things are gone and how many have another
	// name in them.
	Forget(ctx context.Context, person, pseudonym string) (removed, renamed int, err error)

	// Spendings returns what a person has spent, the newest first and then by ID,
	// as Assets does. Of the query only After and Limit count.
	Spendings(ctx context.Context, person string, q Query) (page []Spending, next string, err error)
}

// A Query selects things.
type Query struct {
	Sees  Scope  // set by the Inventory: what the actor may see
	Of    Scope  // of these only; the zero Scope means all that is seen
	About string // only what this person has or has registered; empty means whoever's
	After string // the position or token from the page before
	Limit int    // 0 means 50; an Inventory allows 200
}

// Admits reports whether q selects things of h, apart from the page.
func (q Query) Admits(h Holder) bool { return q.Sees.Admits(h) && (q.Of.None() || q.Of.Admits(h)) }

// Concerns reports whether q selects what names these people, apart from the rest.
func (q Query) Concerns(people ...string) bool {
	return q.About == "" || slices.Contains(people, q.About)
}

// DefaultLimit is the length of a page where a query does not say.
const DefaultLimit = 50

const maxLimit = 200

// limit returns how many things a page has.
func limit(n int) int {
	if n <= 0 {
		return DefaultLimit
	}
	return min(n, maxLimit)
}

// cut returns t as every store keeps it.
func cut(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.UTC().Truncate(time.Microsecond)
}

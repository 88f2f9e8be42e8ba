// Package memassets keeps what customers have in memory, for tests and for
// programs that may forget it.
package memassets

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"github.com/stoa-go/stoa/internal/cursor"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/stored"
	"github.com/stoa-go/stoa/profile/assets"
)

// A Store is an [assets.Store] in memory. Make one with [New].
type Store struct {
	mu           sync.Mutex
	assets       map[string]assets.Asset
	purchases    map[string]assets.Purchase
	entitlements map[string]assets.Entitlement
	spendings    map[string]assets.Spending
	tries        map[string]tries // by person
}

// tries are counted from when they began.
type tries struct {
	began time.Time
	n     int
}

var _ assets.Store = (*Store)(nil)

// New returns an empty Store.
func New() *Store {
	return &Store{
		assets: map[string]assets.Asset{}, purchases: map[string]assets.Purchase{},
		entitlements: map[string]assets.Entitlement{}, spendings: map[string]assets.Spending{}, tries: map[string]tries{},
	}
}

// enter locks s, unless ctx is done or a text is one that no store keeps. The
// caller unlocks.
func (s *Store) enter(ctx context.Context, texts ...string) error {
	return stored.Enter(ctx, &s.mu, texts...)
}

// empty returns nil for an empty slice, so that what was written and what is
// read compare equal.
func empty[T any](list []T) []T {
	if len(list) == 0 {
		return nil
	}
	return list
}

// A row is a value in a list that goes by time.
type row[T any] struct {
	id string
	at time.Time
	v  T
}

// page returns the rows after a position, the newest first and then by ID.
func page[T any](rows []row[T], after string, limit int) ([]T, string, error) {
	slices.SortFunc(rows, compare[T])
	if after != "" {
		parts, err := cursor.Decode(after, 2)
		if err != nil {
			return nil, "", err
		}
		at, err := cursor.ParseTime(parts[0])
		if err != nil {
			return nil, "", err
		}
		from := slices.IndexFunc(rows, func(r row[T]) bool { return compare(r, row[T]{id: parts[1], at: at}) > 0 })
		if from < 0 {
			from = len(rows)
		}
		rows = rows[from:]
	}
	if limit <= 0 {
		limit = assets.DefaultLimit
	}
	next := ""
	if len(rows) > limit {
		last := rows[limit-1]
		rows, next = rows[:limit], cursor.Encode(cursor.FormatTime(last.at), last.id)
	}
	var out []T
	for _, r := range rows {
		out = append(out, r.v)
	}
	return out, next, nil
}

func compare[T any](a, b row[T]) int { return cmp.Or(b.at.Compare(a.at), cmp.Compare(a.id, b.id)) }

// A thing is what queries select.
type thing[T any] interface {
	Clone() T
	Key() (string, assets.Holder, time.Time)
}

// matching returns a page of the things that a query selects.
func matching[T thing[T]](all map[string]T, q assets.Query, also func(T) string) ([]T, string, error) {
	var rows []row[T]
	for _, v := range all {
		if id, holder, at := v.Key(); q.Admits(holder) && q.Concerns(holder.Person, also(v)) {
			rows = append(rows, row[T]{id, at, v.Clone()})
		}
	}
	return page(rows, q.After, q.Limit)
}

// find returns the thing with an ID.
func find[T thing[T]](all map[string]T, id string) (T, error) {
	v, ok := all[id]
	if !ok {
		return v, errs.NotFound
	}
	return v.Clone(), nil
}

// Asset implements [assets.AssetReader].
func (s *Store) Asset(ctx context.Context, id string) (assets.Asset, error) {
	if err := s.enter(ctx); err != nil {
		return assets.Asset{}, err
	}
	defer s.mu.Unlock()
	return find(s.assets, id)
}

// Assets implements [assets.AssetReader].
func (s *Store) Assets(ctx context.Context, q assets.Query) ([]assets.Asset, string, error) {
	if err := s.enter(ctx); err != nil {
		return nil, "", err
	}
	defer s.mu.Unlock()
	return matching(s.assets, q, func(a assets.Asset) string { return a.RegisteredBy })
}

// SaveAsset implements [assets.AssetStore].
func (s *Store) SaveAsset(ctx context.Context, a assets.Asset) error {
	if err := s.enter(ctx, a.Texts()...); err != nil {
		return err
	}
	defer s.mu.Unlock()
	old, ok := s.assets[a.ID]
	if err := stored.Version(ok, old.Version, a.Version); err != nil {
		return err
	}
	for _, other := range s.assets {
		if other.Serial == a.Serial && other.ID != a.ID {
			return errs.Conflict
		}
	}
	a = a.Clone()
	a.InstalledAt, a.RegisteredAt, a.UpdatedAt = stored.Time(a.InstalledAt), stored.Time(a.RegisteredAt), stored.Time(a.UpdatedAt)
	for n, w := range a.Warranties {
		a.Warranties[n].From, a.Warranties[n].To = stored.Time(w.From), stored.Time(w.To)
	}
	a.Warranties = empty(a.Warranties)
	s.assets[a.ID] = a
	return nil
}

// RemoveAsset implements [assets.AssetStore].
func (s *Store) RemoveAsset(ctx context.Context, id string, version int) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.mu.Unlock()
	old, ok := s.assets[id]
	if !ok {
		return errs.NotFound
	}
	if old.Version != version {
		return errs.Conflict
	}
	delete(s.assets, id)
	return nil
}

// Try implements [assets.AssetStore].
func (s *Store) Try(ctx context.Context, person string, at time.Time, most int, within time.Duration) (time.Time, error) {
	if err := s.enter(ctx, person); err != nil {
		return time.Time{}, err
	}
	defer s.mu.Unlock()
	v, ok := s.tries[person]
	if at = stored.Time(at); !ok || !at.Before(v.began.Add(within)) {
		v = tries{began: at}
	}
	ends := v.began.Add(within)
	if v.n >= most {
		return ends, errs.TooMany
	}
	v.n++
	s.tries[person] = v
	return ends, nil
}

// Purchase implements [assets.PurchaseReader].
func (s *Store) Purchase(ctx context.Context, id string) (assets.Purchase, error) {
	if err := s.enter(ctx); err != nil {
		return assets.Purchase{}, err
	}
	defer s.mu.Unlock()
	return find(s.purchases, id)
}

// Purchases implements [assets.PurchaseReader].
func (s *Store) Purchases(ctx context.Context, q assets.Query) ([]assets.Purchase, string, error) {
	if err := s.enter(ctx); err != nil {
		return nil, "", err
	}
	defer s.mu.Unlock()
	return matching(s.purchases, q, func(assets.Purchase) string { return "" })
}

// SavePurchase implements [assets.PurchaseStore].
func (s *Store) SavePurchase(ctx context.Context, p assets.Purchase) error {
	if err := s.enter(ctx, p.Texts()...); err != nil {
		return err
	}
	defer s.mu.Unlock()
	old, ok := s.purchases[p.ID]
	if err := stored.Version(ok, old.Version, p.Version); err != nil {
		return err
	}
	p = p.Clone()
	p.At, p.UpdatedAt, p.Lines = stored.Time(p.At), stored.Time(p.UpdatedAt), empty(p.Lines)
	s.purchases[p.ID] = p
	return nil
}

// Entitlement implements [assets.EntitlementReader].
func (s *Store) Entitlement(ctx context.Context, id string) (assets.Entitlement, error) {
	if err := s.enter(ctx); err != nil {
		return assets.Entitlement{}, err
	}
	defer s.mu.Unlock()
	return find(s.entitlements, id)
}

// Entitlements implements [assets.EntitlementReader].
func (s *Store) Entitlements(ctx context.Context, q assets.Query) ([]assets.Entitlement, string, error) {
	if err := s.enter(ctx); err != nil {
		return nil, "", err
	}
	defer s.mu.Unlock()
	return matching(s.entitlements, q, func(assets.Entitlement) string { return "" })
}

// SaveEntitlement implements [assets.EntitlementStore].
func (s *Store) SaveEntitlement(ctx context.Context, e assets.Entitlement) error {
	if err := s.enter(ctx, e.Texts()...); err != nil {
		return err
	}
	defer s.mu.Unlock()
	old, ok := s.entitlements[e.ID]
	if err := stored.Version(ok, old.Version, e.Version); err != nil {
		return err
	}
	e = e.Clone()
	for n, q := range e.Quotas {
		for _, was := range old.Quotas {
			if was.Unit == q.Unit {
				e.Quotas[n].Used = was.Used
			}
		}
	}
	e.From, e.To, e.UpdatedAt = stored.Time(e.From), stored.Time(e.To), stored.Time(e.UpdatedAt)
	e.Products, e.Channels, e.Quotas = empty(e.Products), empty(e.Channels), empty(e.Quotas)
	s.entitlements[e.ID] = e
	return nil
}

// Spend implements [assets.Spender].
func (s *Store) Spend(ctx context.Context, v assets.Spending) error {
	if err := s.enter(ctx, v.ID, v.Entitlement, string(v.Unit), v.Ref, v.Person, v.Origin); err != nil {
		return err
	}
	defer s.mu.Unlock()
	if _, taken := s.spendings[v.ID]; taken {
		return errs.Conflict
	}
	e := s.entitlements[v.Entitlement].Clone()
	n := slices.IndexFunc(e.Quotas, func(q assets.Quota) bool { return q.Unit == v.Unit })
	if n < 0 {
		return errs.NotFound
	}
	if e.Quotas[n].Granted-e.Quotas[n].Used < v.N {
		return errs.TooMany
	}
	e.Quotas[n].Used += v.N
	v.At = stored.Time(v.At)
	s.entitlements[e.ID], s.spendings[v.ID] = e, v
	return nil
}

// Spending implements [assets.Spender].
func (s *Store) Spending(ctx context.Context, id string) (assets.Spending, error) {
	if err := s.enter(ctx); err != nil {
		return assets.Spending{}, err
	}
	defer s.mu.Unlock()
	v, ok := s.spendings[id]
	if !ok {
		return v, errs.NotFound
	}
	return v, nil
}

// Spendings implements [assets.Forgetter].
func (s *Store) Spendings(ctx context.Context, person string, q assets.Query) ([]assets.Spending, string, error) {
	if err := s.enter(ctx); err != nil {
		return nil, "", err
	}
	defer s.mu.Unlock()
	var rows []row[assets.Spending]
	for _, v := range s.spendings {
		if v.Person == person {
			rows = append(rows, row[assets.Spending]{v.ID, v.At, v})
		}
	}
	return page(rows, q.After, q.Limit)
}

// Forget implements [assets.Forgetter].
func (s *Store) Forget(ctx context.Context, person, pseudonym string) (removed, renamed int, err error) {
	if err := s.enter(ctx, pseudonym); err != nil {
		return 0, 0, err
	}
	defer s.mu.Unlock()
	if person == "" {
		return 0, 0, nil
	}
	delete(s.tries, person)
	other := cmp.Or(pseudonym, assets.Gone)
	for id, a := range s.assets {
		switch {
		case a.Person == person && a.Account == "":
			delete(s.assets, id)
			removed++
		case a.Person == person || a.RegisteredBy == person:
			a.Person, a.RegisteredBy = swap(a.Person, person, other), swap(a.RegisteredBy, person, other)
			s.assets[id] = a
			renamed++
		}
	}
	for id, p := range s.purchases {
		switch {
		case p.Person == person && p.Account == "" && pseudonym == "":
			delete(s.purchases, id)
			removed++
		case p.Person == person:
			p.Person = other
			s.purchases[id] = p
			renamed++
		}
	}
	for id, e := range s.entitlements {
		switch {
		case e.Person == person && e.Account == "":
			delete(s.entitlements, id)
			removed++
		case e.Person == person:
			e.Person = other
			s.entitlements[id] = e
			renamed++
		}
	}
	for id, v := range s.spendings {
		if v.Person == person {
			v.Person = other
			s.spendings[id] = v
			renamed++
		}
	}
	return removed, renamed, nil
}

// swap returns the other name for a person's, and everybody else's as it is.
func swap(name, person, other string) string {
	if name == person {
		return other
	}
	return name
}

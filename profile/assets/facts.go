package assets

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/stoa-go/stoa/internal/lru"
	"github.com/stoa-go/stoa/profile"
)

// The facts that [Inventory.Facts] knows, without the prefix "owned.". They are
// about what a person has, alone or as their organisation has it. What is only
// registered, and confirmed by nobody, does not count.
const (
	FactProduct     = "product"        // IDs of confirmed products, and of what was ordered and kept
	FactLine        = "line"           // the lines that these belong to, see Options.Line
	FactWarranty    = "warranty"       // states of the warranties of confirmed products
	FactEntitlement = "entitlement"    // levels of the entitlements that are valid
	FactChannel     = "channel"        // by which these let one ask
	FactPurchases   = "purchases.365d" // how many orders in the last 365 days, cancelled ones left out
	FactSpend       = "spend.365d."    // and their sum, by currency in small letters, in its main unit: "spend.365d.eur"
)

// year is how far facts look back.
const year = 365 * 24 * time.Hour

// mostRead is how many things of a kind facts are made of.
const mostRead = 1000

// mostFacts is how many people's facts are kept in mind.
const mostFacts = 10_000

// Facts returns what people own as facts for the rules of segments, to be given
// to a directory as Options.Owned. They are used for Options.FactsFor; a change
// made through this Inventory is known at once. A port that does not answer to
// the end, or that has more than 1000 things of somebody, makes what depends on
// it unknown, and nothing else: no rule holds because something was not read.
func (i *Inventory) Facts() profile.FactLister { return owned{i} }

type owned struct{ i *Inventory }

// Known implements [profile.FactLister].
func (o owned) Known() []profile.FactInfo {
	out := []profile.FactInfo{
		{Name: FactProduct, Type: profile.FieldText}, {Name: FactLine, Type: profile.FieldText},
		{Name: FactWarranty, Type: profile.FieldChoice}, {Name: FactEntitlement, Type: profile.FieldText},
		{Name: FactChannel, Type: profile.FieldText}, {Name: FactPurchases, Type: profile.FieldNumber},
	}
	for _, state := range WarrantyStates() {
		out[2].Choices = append(out[2].Choices, profile.Choice{Value: string(state)})
	}
	for _, currency := range o.i.opts.Currencies {
		out = append(out, profile.FactInfo{Name: FactSpend + strings.ToLower(currency), Type: profile.FieldNumber})
	}
	return out
}

// Facts implements [profile.Facts].
func (o owned) Facts(ctx context.Context, p profile.Person, names []string) (map[string][]string, error) {
	key := Holder{Person: p.ID, Account: p.Account}
	now := o.i.opts.Now()
	all, ok := o.i.facts.load(key, now)
	if !ok {
		mark := o.i.facts.mark()
		var err error
		all, err = o.i.read(ctx, p)
		more := errors.Is(err, errMore)
		if err != nil && !more && len(all) == 0 {
			return nil, err
		}
		if err != nil && (!more || o.i.facts.tell(key)) {
			o.i.opts.Logger.WarnContext(ctx, "not all is known of what somebody owns", "person", p.ID, "error", err)
		}
		if err == nil || more { // whoever has too much has too much a moment later
			o.i.facts.store(key, all, now.Add(o.i.opts.FactsFor), mark)
		}
	}
	out := map[string][]string{}
	for _, name := range names {
		if values, known := all[name]; known {
			out[name] = slices.Clone(values)
		}
	}
	return out, nil
}

// errMore says that somebody has more of a kind than facts are made of.
var errMore = errors.New("there is more than is read")

// read works out all facts about a person. What it returns beside an error is
// what could be read to the end: that somebody has none of something, or at most
// so much, cannot be told from half of what they have.
func (i *Inventory) read(ctx context.Context, p profile.Person) (map[string][]string, error) {
	of := Scope{Person: p.ID, Account: p.Account, Shared: true, Members: true}
	f := facts{i: i, now: i.clock(), sets: map[string]map[string]bool{}, spend: map[string]int64{}}
	faults := map[kind]error{}
	if i.ports.Purchases != nil {
		faults[kindPurchase] = readAll(ctx, i, of, i.ports.Purchases.Purchases, f.purchase)
	}
	if i.ports.Assets != nil {
		faults[kindAsset] = readAll(ctx, i, of, i.ports.Assets.Assets, f.asset)
	}
	if i.ports.Entitlements != nil {
		faults[kindEntitlement] = readAll(ctx, i, of, i.ports.Entitlements.Entitlements, f.entitlement)
	}
	out := f.values()
	for k, err := range faults {
		if err != nil {
			maps.DeleteFunc(out, func(name string, _ []string) bool { return rests(name, k) })
		}
	}
	if err := worst(faults); err != nil {
		return out, fmt.Errorf("facts of %q: %w", p.ID, err)
	}
	return out, nil
}

// rests reports whether a fact rests on things of a kind.
func rests(name string, k kind) bool {
	switch k {
	case kindPurchase:
		return name == FactProduct || name == FactLine || name == FactPurchases || strings.HasPrefix(name, FactSpend)
	case kindAsset:
		return name == FactProduct || name == FactLine || name == FactWarranty
	}
	return name == FactEntitlement || name == FactChannel
}

// worst returns a fault that may pass, else one that stays.
func worst(faults map[kind]error) (out error) {
	for _, k := range []kind{kindPurchase, kindAsset, kindEntitlement} {
		if err := faults[k]; err != nil && (out == nil || errors.Is(out, errMore)) {
			out = fmt.Errorf("%ss: %w", k, err)
		}
	}
	return out
}

func readAll[T any](ctx context.Context, i *Inventory, of Scope, read func(context.Context, Query) ([]T, string, error), add func(T)) error {
	q := Query{Sees: of, Limit: maxLimit}
	for n := 0; n < mostRead; {
		var next string
		page, err := ask(ctx, i, func(ctx context.Context) (page []T, err error) {
			page, next, err = read(ctx, q)
			return page, err
		})
		if err != nil {
			return err
		}
		for _, v := range page {
			add(v)
		}
		n += max(1, len(page)) // a port whose pages are empty comes to an end, too
		if q.After = next; next == "" {
			return nil
		}
	}
	return errMore
}

// facts are being gathered.
type facts struct {
	i      *Inventory
	now    time.Time
	sets   map[string]map[string]bool
	orders int
	spend  map[string]int64
}

func (f *facts) add(name string, values ...string) {
	if f.sets[name] == nil {
		f.sets[name] = map[string]bool{}
	}
	for _, v := range values {
		if v != "" {
			f.sets[name][v] = true
		}
	}
}

func (f *facts) has(product string) {
	f.add(FactProduct, product)
	if f.i.opts.Line != nil && product != "" {
		f.add(FactLine, f.i.opts.Line(product))
	}
}

func (f *facts) asset(a Asset) {
	if !a.Confirmed {
		return
	}
	f.has(a.Product)
	f.add(FactWarranty, string(a.WarrantyState(f.now)))
}

func (f *facts) purchase(p Purchase) {
	if !p.Status.Kept() {
		return
	}
	for _, l := range p.Lines {
		f.has(l.Product)
	}
	if f.now.Sub(p.At) <= year && !p.At.After(f.now) {
		f.orders++
		f.spend[p.Total.Currency] += p.Total.Amount
	}
}

func (f *facts) entitlement(e Entitlement) {
	if e.Valid(f.now) {
		f.add(FactEntitlement, e.Level)
		f.add(FactChannel, e.Channels...)
	}
}

func (f *facts) values() map[string][]string {
	out := map[string][]string{FactPurchases: {strconv.Itoa(f.orders)}}
	for name, set := range f.sets {
		out[name] = slices.Sorted(maps.Keys(set))
	}
	for currency, amount := range f.spend {
		out[FactSpend+strings.ToLower(currency)] = []string{mainUnits(amount, currency)}
	}
	return out
}

// A factCache holds facts for a while. What is known of everybody of an
// organisation is forgotten together.
type factCache struct {
	mu      sync.Mutex
	changes uint64
	changed map[string]uint64 // by organisation or person, since when
	kept    *lru.Cache[Holder, keptFacts]
	told    *lru.Cache[Holder, bool] // of whom it was said that they have too much
}

type keptFacts struct {
	all   map[string][]string
	until time.Time
	mark  uint64
}

func newFactCache() *factCache {
	return &factCache{changed: map[string]uint64{}, kept: lru.New[Holder, keptFacts](mostFacts), told: lru.New[Holder, bool](mostFacts)}
}

// tell reports whether it is to be said of somebody, once, that they have too much.
func (c *factCache) tell(key Holder) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, told := c.told.Load(key)
	c.told.Store(key, true)
	return !told
}

// mark returns where the changes are.
func (c *factCache) mark() uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.changes
}

// forget makes facts that go by what h has old.
func (c *factCache) forget(h Holder) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.changes++
	if len(c.changed) >= mostFacts {
		clear(c.changed)
		c.kept = lru.New[Holder, keptFacts](mostFacts)
	}
	c.changed[changeKey(h)] = c.changes
}

// changeKey names who has to be told: what an organisation's people have counts
// for all of them.
func changeKey(h Holder) string {
	if h.Account != "" {
		return "account:" + h.Account
	}
	return "person:" + h.Person
}

func (c *factCache) load(key Holder, now time.Time) (map[string][]string, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	v, ok := c.kept.Load(key)
	if !ok || !now.Before(v.until) || c.changed["person:"+key.Person] > v.mark || c.changed["account:"+key.Account] > v.mark {
		return nil, false
	}
	return v.all, true
}

// store keeps facts that were read at a mark.
func (c *factCache) store(key Holder, all map[string][]string, until time.Time, mark uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.kept.Store(key, keptFacts{all, until, mark})
}

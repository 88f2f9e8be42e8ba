package assets

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"time"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/internal/cursor"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/profile"
)

// An Inventory knows what customers have, and who may see and change it. Its
// methods may be called concurrently.
type Inventory struct {
	ports  Ports
	opts   Options
	models []model
	tokens cursor.Key
	facts  *factCache
}

// Options adjust an Inventory. The zero value is ready to use.
type Options struct {
	Policy profile.Policy     // nil means profile.DefaultPolicy
	Models []Model            // what can be registered; nil means whatever has a serial number
	Events analytics.Recorder // nil discards events
	Logger *slog.Logger       // nil discards logs
	Now    func() time.Time   // nil means time.Now
	Secret []byte             // signs page tokens; nil means random, so that a token is good in this process only

	// Confirm says what is known of a product that a customer registers: whether
	// it is theirs, and its warranties. ErrNotFound means that there is no such
	// serial number. That a serial number exists is not that it is theirs: numbers
	// can be guessed and read off shelves, and what is confirmed opens content.
	// Confirm by what ties a product to its holder, such as an order, or say false
	// and leave it to somebody who looks. Nil means that nothing is known.
	Confirm func(ctx context.Context, a Asset) (confirmed bool, warranties []Warranty, err error)

	// Member reports whether a person is of an organisation, for products that are
	// handed on within it. Nil means that it cannot be told: whoever may change a
	// product can then name themselves or nobody.
	Member func(ctx context.Context, account, person string) (bool, error)

	Line       func(product string) string // the line that a product belongs to, for facts; nil means that there are none
	Currencies []string                    // in which people pay, for facts; nil means EUR
	Wait       time.Duration               // how long a port may take; 0 means 3 s
	PerHour    int                         // how many serial numbers one person may try within an hour; 0 means 30
	FactsFor   time.Duration               // how long facts are used before they are read again; 0 means 30 s
}

// NewInventory returns an Inventory over ports. It returns an error if a pattern
// of a model cannot be used. A nil opts means the defaults.
func NewInventory(ports Ports, opts *Options) (*Inventory, error) {
	var o Options
	if opts != nil {
		o = *opts
	}
	if o.Policy == nil {
		o.Policy = profile.DefaultPolicy()
	}
	if o.Events == nil {
		o.Events = analytics.Discard
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Currencies == nil {
		o.Currencies = []string{"EUR"}
	}
	if o.Wait == 0 {
		o.Wait = 3 * time.Second
	}
	if o.PerHour <= 0 {
		o.PerHour = 30
	}
	if o.FactsFor == 0 {
		o.FactsFor = 30 * time.Second
	}
	i := &Inventory{ports: ports, opts: o, tokens: cursor.NewKey(o.Secret), facts: newFactCache()}
	for _, m := range o.Models {
		re, err := regexp.Compile(`\A(?:` + m.Serial + `)\z`)
		if err != nil {
			return nil, fmt.Errorf("model %s: %w", m.Product, err)
		}
		i.models = append(i.models, model{m, re})
	}
	return i, nil
}

// clock returns the time at the precision that every store keeps.
func (i *Inventory) clock() time.Time { return cut(i.opts.Now()) }

func (i *Inventory) record(ctx context.Context, by profile.Actor, name, subject string) {
	i.opts.Events.Record(ctx, analytics.Event{Name: name, At: i.clock(), User: by.ID, Account: by.Account, Subject: subject})
}

// ask calls a port and waits no longer than it may take. What takes longer is
// unavailable, and so is what fails in words of its own: callers tell "not now"
// from "no" by the class.
func ask[T any](ctx context.Context, i *Inventory, call func(ctx context.Context) (T, error)) (T, error) {
	inside, cancel := context.WithTimeout(ctx, i.opts.Wait)
	defer cancel()
	v, err := call(inside)
	if err == nil || ctx.Err() != nil || known(err) {
		return v, err
	}
	return v, fmt.Errorf("%w: %w", ErrUnavailable, err)
}

func known(err error) bool {
	for _, class := range []error{ErrNotFound, ErrConflict, ErrForbidden, ErrInvalid, ErrUnsupported, ErrUnavailable, ErrTooMany} {
		if errors.Is(err, class) {
			return true
		}
	}
	return false
}

// A thing is an Asset, a Purchase or an Entitlement.
type thing interface {
	Key() (id string, holder Holder, at time.Time)
}

// one returns a thing that the actor may see.
func one[T thing](ctx context.Context, i *Inventory, by profile.Actor, k kind, id string, read func(context.Context, string) (T, error)) (T, error) {
	var none T
	sees := i.sees(by, k)
	if sees.None() || read == nil {
		return none, wrap(ErrNotFound, string(k), id)
	}
	v, err := ask(ctx, i, func(ctx context.Context) (T, error) { return read(ctx, id) })
	if err == nil {
		if _, holder, _ := v.Key(); !sees.Admits(holder) {
			err = ErrNotFound
		}
	}
	if err != nil {
		return none, wrap(err, string(k), id)
	}
	return v, nil
}

// list returns a page of the things that the actor may see. Whatever a port
// returns, nothing else is handed on.
func list[T thing](ctx context.Context, i *Inventory, by profile.Actor, k kind, q Query, read func(context.Context, Query) ([]T, string, error)) ([]T, string, error) {
	if by.Anonymous() {
		return nil, "", fmt.Errorf("%ss: %w", k, ErrForbidden)
	}
	q.Sees = i.sees(by, k)
	if q.Sees.None() || read == nil {
		return nil, "", nil
	}
	scope := fmt.Sprintf("assets.%s|%s|%+v|%q", k, by.ID, q.Of, q.About)
	var err error
	if q.After, err = i.tokens.Open(scope, q.After); err != nil {
		return nil, "", fmt.Errorf("%ss: %w", k, err)
	}
	q.Limit = limit(q.Limit)
	var next string
	page, err := ask(ctx, i, func(ctx context.Context) (page []T, err error) {
		page, next, err = read(ctx, q)
		return page, err
	})
	if err != nil {
		return nil, "", fmt.Errorf("%ss: %w", k, err)
	}
	for _, v := range page {
		if id, holder, _ := v.Key(); !q.Admits(holder) {
			i.opts.Logger.ErrorContext(ctx, "a port returned what was not asked for", "kind", string(k), "id", id)
			return nil, "", fmt.Errorf("%ss: %w", k, ErrUnavailable)
		}
	}
	return page, i.tokens.Seal(scope, next), nil
}

// Asset returns a product that the actor may see.
func (i *Inventory) Asset(ctx context.Context, by profile.Actor, id string) (Asset, error) {
	var read func(context.Context, string) (Asset, error)
	if p := i.ports.Assets; p != nil {
		read = p.Asset
	}
	a, err := one(ctx, i, by, kindAsset, id, read)
	a.Origin = ""
	return a, err
}

// Assets returns a page of the products that the actor may see, those registered
// last first.
func (i *Inventory) Assets(ctx context.Context, by profile.Actor, q Query) (page []Asset, next string, err error) {
	var read func(context.Context, Query) ([]Asset, string, error)
	if p := i.ports.Assets; p != nil {
		read = p.Assets
	}
	page, next, err = list(ctx, i, by, kindAsset, q, read)
	for n := range page {
		page[n].Origin = ""
	}
	return page, next, err
}

// Purchase returns an order that the actor may see.
func (i *Inventory) Purchase(ctx context.Context, by profile.Actor, id string) (Purchase, error) {
	var read func(context.Context, string) (Purchase, error)
	if p := i.ports.Purchases; p != nil {
		read = p.Purchase
	}
	p, err := one(ctx, i, by, kindPurchase, id, read)
	p.Origin = ""
	return p, err
}

// Purchases returns a page of the orders that the actor may see, the newest
// first.
func (i *Inventory) Purchases(ctx context.Context, by profile.Actor, q Query) (page []Purchase, next string, err error) {
	var read func(context.Context, Query) ([]Purchase, string, error)
	if p := i.ports.Purchases; p != nil {
		read = p.Purchases
	}
	page, next, err = list(ctx, i, by, kindPurchase, q, read)
	for n := range page {
		page[n].Origin = ""
	}
	return page, next, err
}

// Entitlement returns an entitlement that the actor may see.
func (i *Inventory) Entitlement(ctx context.Context, by profile.Actor, id string) (Entitlement, error) {
	var read func(context.Context, string) (Entitlement, error)
	if p := i.ports.Entitlements; p != nil {
		read = p.Entitlement
	}
	e, err := one(ctx, i, by, kindEntitlement, id, read)
	e.Origin = ""
	return e, err
}

// Entitlements returns a page of the entitlements that the actor may see, those
// that begin last first.
func (i *Inventory) Entitlements(ctx context.Context, by profile.Actor, q Query) (page []Entitlement, next string, err error) {
	var read func(context.Context, Query) ([]Entitlement, string, error)
	if p := i.ports.Entitlements; p != nil {
		read = p.Entitlements
	}
	page, next, err = list(ctx, i, by, kindEntitlement, q, read)
	for n := range page {
		page[n].Origin = ""
	}
	return page, next, err
}

// An Overview is what somebody has, the first page of each kind. What could not
// be asked now says so in an error of its own, and the rest is there.
type Overview struct {
	Assets          []Asset
	AssetsErr       error
	Purchases       []Purchase
	PurchasesErr    error
	Entitlements    []Entitlement
	EntitlementsErr error
	More            bool // there is more of something
}

// Overview returns what the actor sees of a scope. It asks all ports at once.
func (i *Inventory) Overview(ctx context.Context, by profile.Actor, of Scope, n int) Overview {
	var o Overview
	var next [3]string
	done := make(chan struct{}, 2)
	q := Query{Of: of, Limit: n}
	go func() { o.Purchases, next[1], o.PurchasesErr = i.Purchases(ctx, by, q); done <- struct{}{} }()
	go func() { o.Entitlements, next[2], o.EntitlementsErr = i.Entitlements(ctx, by, q); done <- struct{}{} }()
	o.Assets, next[0], o.AssetsErr = i.Assets(ctx, by, q)
	<-done
	<-done
	o.More = next != [3]string{}
	return o
}

// errReadOnly says that what keeps something can only be read.
var errReadOnly = errs.Say(ErrUnsupported, "error.asset.read_only", nil)

package profile

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/stoa-go/stoa/internal/web"
)

// Addresses look postal addresses up for people. Services take money for each
// answer, so that it is for those who signed in, and each of them only so often.
type Addresses struct {
	lookup AddressLookup
	often  *web.Limiter
}

// AddressOptions adjust Addresses. The zero value is ready to use.
type AddressOptions struct {
	Wait      time.Duration    // for the service; 0 means 3 seconds
	PerMinute int              // how often one person may ask, on each instance; 0 means 30
	Now       func() time.Time // nil means time.Now
}

// NewAddresses returns Addresses that ask a service as [BoundLookup] does. Nil
// opts mean the defaults.
func NewAddresses(service AddressLookup, opts *AddressOptions) *Addresses {
	var o AddressOptions
	if opts != nil {
		o = *opts
	}
	most := cmp.Or(o.PerMinute, 30)
	return &Addresses{
		lookup: BoundLookup(service, cmp.Or(o.Wait, 3*time.Second)),
		often:  web.NewLimiter(web.Rate{Events: most, Per: time.Minute, Burst: most}, &web.LimiterOptions{Now: o.Now}),
	}
}

// Suggest returns addresses that may be meant, the likeliest first. Who asks too
// often is ErrTooMany, and a service that cannot say now ErrUnavailable: people go
// on by typing.
func (a *Addresses) Suggest(ctx context.Context, by Actor, q AddressQuery) ([]AddressSuggestion, error) {
	if err := a.may(by); err != nil {
		return nil, fmt.Errorf("suggest addresses: %w", err)
	}
	return a.lookup.Suggest(ctx, q)
}

// Address returns a suggested address, or ErrNotFound.
func (a *Addresses) Address(ctx context.Context, by Actor, id string) (Address, error) {
	if err := a.may(by); err != nil {
		return Address{}, fmt.Errorf("look up address: %w", err)
	}
	return a.lookup.Address(ctx, id)
}

func (a *Addresses) may(by Actor) error {
	if by.Anonymous() || by.Assurance == AssuranceLink {
		return ErrForbidden
	}
	if wait, ok := a.often.Allow(cmp.Or(by.Viewer, by.ID)); !ok {
		return web.TooMany(wait)
	}
	return nil
}

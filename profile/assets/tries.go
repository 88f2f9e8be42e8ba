package assets

import (
	"context"
	"errors"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/profile"
)

// mostUnconfirmed is how many products of a holder wait to be confirmed.
const mostUnconfirmed = 100

// mayTry refuses whoever tries too many serial numbers, and holders with too many
// products that nobody has confirmed. What is there already is ErrConflict, before
// it counts as a try.
func (i *Inventory) mayTry(ctx context.Context, by profile.Actor, store AssetStore, a Asset) error {
	_, err := ask(ctx, i, func(ctx context.Context) (Asset, error) { return store.Asset(ctx, a.ID) })
	if err == nil {
		return ErrConflict
	}
	if !errors.Is(err, ErrNotFound) {
		return err
	}
	now := i.clock()
	ends, err := ask(ctx, i, func(ctx context.Context) (time.Time, error) {
		return store.Try(ctx, by.ID, now, i.opts.PerHour, time.Hour)
	})
	if errors.Is(err, ErrTooMany) {
		return web.TooMany(ends.Sub(now))
	}
	if err != nil {
		return err
	}
	return i.checkUnconfirmed(ctx, a.Holder)
}

// checkUnconfirmed counts among what was registered last, where tries are. It
// counts for an organisation as a whole: handing things on makes no room.
func (i *Inventory) checkUnconfirmed(ctx context.Context, h Holder) error {
	of, n := Scope{Person: h.Person}, 0
	if h.Account != "" {
		of = Scope{Account: h.Account, Members: true}
	}
	err := readAll(ctx, i, of, i.ports.Assets.Assets, func(a Asset) {
		if !a.Confirmed {
			n++
		}
	})
	switch {
	case n >= mostUnconfirmed:
		return errs.Say(ErrTooMany, "error.asset.unconfirmed", map[string]any{"max": mostUnconfirmed})
	case errors.Is(err, errMore):
		return nil
	}
	return err
}

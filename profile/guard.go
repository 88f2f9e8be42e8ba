package profile

import (
	"context"
	"fmt"
)

// A Guard is a [Keeper] that may have to say that a person must not be forgotten
// yet, because what is known of them has to be kept. Package retention has one.
type Guard interface {
	Keeper

	// MayErase returns nil, or an error that matches ErrConflict and tells the
	// reader why the person stays. It is asked after it is known that the actor
	// may erase them, and writes down for itself what it refused. The mode is
	// empty where a person is removed and not erased.
	MayErase(ctx context.Context, by Actor, person string, mode EraseMode) error
}

// unguarded asks all Guards whether a person may be forgotten. What one of them
// cannot tell is not done.
func (d *Directory) unguarded(ctx context.Context, by Actor, deed Deed, mode EraseMode) error {
	for _, k := range d.keepers() {
		g, ok := k.(Guard)
		if !ok {
			continue
		}
		err := g.MayErase(ctx, by, deed.Person, mode)
		if err == nil {
			continue
		}
		deed.Outcome, deed.Why = OutcomeRefused, "held by "+g.Name()
		if d.audit != nil {
			if _, untold := d.audit.Audit(context.WithoutCancel(ctx), by, deed); untold != nil {
				d.log.ErrorContext(ctx, "refusal not written down", "action", deed.Action, "error", untold)
			}
		}
		return fmt.Errorf("erasure of %q: %w", deed.Person, err)
	}
	return nil
}

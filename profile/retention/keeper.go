package retention

import (
	"context"
	"fmt"
	"iter"
	"time"

	"github.com/stoa-go/stoa/profile"
)

// Keeper returns what hands over and forgets holds and requests, named "holds".
// It is a [profile.Guard] too: register it, and nobody is erased who is held.
func (h *Holds) Keeper() profile.Guard {
	return guard{profile.NewKeeper("holds", h.export, h.erase), h}
}

type guard struct {
	profile.Keeper
	holds *Holds
}

// MayErase implements [profile.Guard].
func (g guard) MayErase(ctx context.Context, by profile.Actor, person string, mode profile.EraseMode) error {
	hold, held, err := g.holds.keeping(ctx, person)
	if err != nil {
		return fmt.Errorf("holds: %w", err)
	}
	if !held {
		return nil
	}
	return g.holds.refuse(ctx, by, person, mode, hold)
}

// A record is a hold or a request in an export.
type record struct {
	Is     string     `json:"is"`
	Ground Ground     `json:"ground"`
	Reason string     `json:"reason"`
	Status Status     `json:"status,omitempty"`
	At     time.Time  `json:"at"`
	Until  *time.Time `json:"until,omitempty"`
}

func (h *Holds) export(ctx context.Context, person string) iter.Seq2[any, error] {
	return func(yield func(any, error) bool) {
		holds, err := h.store.Holds(ctx, HoldQuery{Person: person})
		if err != nil {
			yield(nil, err)
			return
		}
		requests, err := h.store.Requests(ctx, RequestQuery{Person: person})
		if err != nil {
			yield(nil, err)
			return
		}
		for _, r := range records(holds, requests) {
			if !yield(r, nil) {
				return
			}
		}
	}
}

func records(holds []Hold, requests []Request) (out []record) {
	for _, one := range holds {
		r := record{Is: "hold", Ground: one.Ground, Reason: one.Reason, At: one.At}
		if end := one.EndedAt(); !end.IsZero() {
			r.Until = &end
		}
		out = append(out, r)
	}
	for _, one := range requests {
		out = append(out, record{Is: "refused erasure", Ground: one.Ground, Reason: one.Reason, Status: one.Status, At: one.At})
	}
	return out
}

func (h *Holds) erase(ctx context.Context, person string, how profile.Erasure) (profile.Erased, error) {
	removed, renamed, err := h.store.ForgetPerson(ctx, person, how.Pseudonym, h.clock())
	if err != nil {
		return profile.Erased{}, fmt.Errorf("holds: %w", err)
	}
	return profile.Erased{Removed: removed, Renamed: renamed}, nil
}

// Pruner returns the Pruner of holds that ended and requests that do not wait any
// more.
func (h *Holds) Pruner() profile.Pruner {
	return profile.PrunerFunc(func(ctx context.Context, e profile.Expiry) (int, error) {
		return h.store.Expire(ctx, e.Before, e.Held, e.Limit, e.Dry)
	})
}

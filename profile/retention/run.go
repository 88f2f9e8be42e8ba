package retention

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/profile"
)

const (
	lookEvery = 10 * time.Minute
	lease     = 15 * time.Minute // an instance that is at a class longer has died
)

// Run removes what is too old until ctx ends: class by class, each once in
// Options.Every, by whichever instance comes first.
func (s *Schedule) Run(ctx context.Context) error {
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	for {
		if err := s.RunOnce(ctx); err != nil && ctx.Err() == nil {
			s.log.ErrorContext(ctx, "what is too old was not removed", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

// RunOnce removes what is too old of the classes whose turn it is, for programs
// that are told when to work. One that fails keeps none of the others.
func (s *Schedule) RunOnce(ctx context.Context) error {
	states, err := s.store.States(ctx)
	if err != nil {
		return fmt.Errorf("retention: %w", err)
	}
	byName := map[string]State{}
	for _, state := range states {
		byName[state.Class] = state
	}
	all, err := s.standings(ctx)
	var failed []error
	for _, c := range all {
		state := byName[c.Name]
		if ctx.Err() != nil || !state.More && s.clock().Sub(state.RanAt) < s.opts.Every {
			continue
		}
		// Another instance may be at it: that is as well.
		if _, err := s.prune(ctx, s.opts.System, c.Name); err != nil && !errors.Is(err, errs.Conflict) {
			failed = append(failed, err)
		}
	}
	return errors.Join(append(failed, err)...)
}

// Prune removes what is too old of one class now, and returns how much that was.
// If an instance is at it already it is ErrConflict.
func (s *Schedule) Prune(ctx context.Context, by profile.Actor, name string) (int, error) {
	if !s.opts.Policy.May(by, profile.PermissionRetention) {
		return 0, s.denied(ctx, by, profile.Deed{Action: "retention.pruned", Subject: "class/" + name})
	}
	return s.prune(ctx, by, name)
}

func (s *Schedule) prune(ctx context.Context, by profile.Actor, name string) (int, error) {
	c, state, err := s.standing(ctx, name)
	if err != nil {
		return 0, err
	}
	if c.Running {
		return 0, errs.Say(errs.Conflict, "error.retention.running", nil)
	}
	state.Class, state.Until = name, s.clock().Add(lease)
	state.Version++
	if err := s.store.SaveState(ctx, state); err != nil {
		return 0, fmt.Errorf("class %q: %w", name, err)
	}
	n, more, err := s.removeAll(ctx, by, c)
	return n, errors.Join(err, s.ran(ctx, state, n, more, err != nil))
}

// removeAll removes batch by batch, and asks each time who is held: a hold counts
// from the moment it is placed.
func (s *Schedule) removeAll(ctx context.Context, by profile.Actor, c Standing) (n int, more bool, err error) {
	e, err := s.expiry(ctx, c)
	if err != nil {
		return 0, false, err
	}
	first := e
	first.Dry, first.Limit = true, 1
	if due, err := c.Pruner.Prune(ctx, first); err != nil || due == 0 {
		return 0, false, wrap(err, c.Name)
	}
	deed := profile.Deed{Action: "retention.pruned", Subject: "class/" + c.Name, Changes: []profile.Change{{Field: "before", To: e.Before.Format(time.DateOnly)}}}
	err = s.audited(ctx, by, deed, func() error {
		for range s.opts.Batches {
			did, err := c.Pruner.Prune(ctx, e)
			n += did
			if more = did >= e.Limit; err != nil || !more {
				return err
			}
			if e, err = s.expiry(ctx, c); err != nil {
				return err
			}
		}
		return nil
	})
	deed.Changes = []profile.Change{{Field: "removed", To: strconv.Itoa(n)}}
	if n > 0 {
		s.note(ctx, by, deed)
	}
	return n, more, wrap(err, c.Name)
}

func wrap(err error, name string) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("prune %s: %w", name, err)
}

// ran writes down how it ended. Somebody may have changed the period meanwhile.
func (s *Schedule) ran(ctx context.Context, state State, n int, more, fault bool) error {
	ctx = context.WithoutCancel(ctx)
	for range 5 {
		state.RanAt, state.Removed, state.More, state.Fault, state.Until = s.clock(), n, more, fault, time.Time{}
		state.Version++
		err := s.store.SaveState(ctx, state)
		if !errors.Is(err, errs.Conflict) {
			return wrap(err, state.Class)
		}
		var again error
		if _, state, again = s.standing(ctx, state.Class); again != nil {
			return again
		}
	}
	return fmt.Errorf("class %q: %w", state.Class, errs.Conflict)
}

package profile

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/idem"
)

// A LeaseStore has one of several instances do something at a time. A [Store] may
// be one; without it each process is on its own, and two that take the last
// administrators from each other in the same instant are not kept from it.
//
// Implementations
//
//   - must be safe for concurrent use and do each call whole or not at all;
//   - must return ErrInvalid for text that is not UTF-8 or holds a NUL;
//   - must pass profiletest.TestLeaseStore.
type LeaseStore interface {
	// Lease gives what has a name to a holder until a time. It returns ErrConflict
	// if another has it until after now.
	Lease(ctx context.Context, name, holder string, now, until time.Time) error

	// EndLease takes it from a holder. That they do not have it is no error.
	EndLease(ctx context.Context, name, holder string) error
}

const (
	leaseLeaving = "leaving"
	// Whoever died with a lease keeps others waiting for this long. Who lives
	// gives up well before, so that two never think that it is theirs, even if
	// their clocks differ by seconds.
	leaseLasts = 60 * time.Second
	leaseWork  = 45 * time.Second
	leaseWait  = 10 * time.Second
	leaseAgain = 20 * time.Millisecond
)

// alone waits until nobody else takes rights from those who administer the
// portal. What is done then has the context that is returned, and ends with done.
func (d *Directory) alone(ctx context.Context) (inside context.Context, done func(), err error) {
	d.leaving.Lock()
	store, ok := d.store.(LeaseStore)
	if !ok {
		return ctx, d.leaving.Unlock, nil
	}
	holder := idem.New()
	if err := d.lease(ctx, store, holder); err != nil {
		d.leaving.Unlock()
		return nil, nil, err
	}
	inside, cancel := context.WithTimeout(ctx, leaseWork)
	return inside, func() {
		cancel()
		// What is done is done, whether or not somebody still waits for the answer.
		after, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaseWait)
		defer cancel()
		if err := store.EndLease(after, leaseLeaving, holder); err != nil {
			d.log.WarnContext(ctx, "a lease was not given back and has to run out", "error", err)
		}
		d.leaving.Unlock()
	}, nil
}

// lease tries to have the lease for a while.
func (d *Directory) lease(ctx context.Context, store LeaseStore, holder string) error {
	given := time.NewTimer(leaseWait)
	defer given.Stop()
	for {
		now := d.clock()
		err := store.Lease(ctx, leaseLeaving, holder, now, now.Add(leaseLasts))
		if !errors.Is(err, ErrConflict) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-given.C:
			return fmt.Errorf("somebody else changes administrators: %w", errs.Say(errs.Unavailable, "error.role.changing", nil))
		case <-time.After(leaseAgain):
		}
	}
}

package signin

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// ErrTooOld is what [Kept] says of a copy that nobody may use any more.
var ErrTooOld = errors.New("the copy is too old")

var errNothing = errors.New("nothing was read yet")

// Kept holds a copy of what somebody else says, such as a provider of itself.
// Who needs it gets the copy at once, while one fetch at a time brings a new one;
// only who finds none that can be used waits, with all the others, for the same
// fetch. Nothing is fetched before it is needed.
type Kept[T any] struct {
	Fetch  func(ctx context.Context, old *T) (*T, error) // outlives the request that began it, but not Limit; old is the copy, or nil
	Usable func(v *T, now time.Time) error               // says why a copy cannot be used though it is not old; nil means that each can
	Now    func() time.Time

	Fresh time.Duration // how old a copy is when a new one is fetched
	Max   time.Duration // how old it is when it is of no use
	Pause time.Duration // how long nobody asks after an answer, or after none
	Limit time.Duration // how long a fetch may take

	mu    sync.Mutex
	last  *T
	read  time.Time // when the fetch of last began
	asked time.Time // when the latest fetch ended
	err   error     // what came of it
	busy  chan struct{}
}

// Value returns the copy, which may be one that is about to be replaced.
func (k *Kept[T]) Value(ctx context.Context) (*T, error) {
	k.mu.Lock()
	now := k.Now()
	v, err := k.usable(now)
	busy := k.busy
	if err != nil || now.Sub(k.read) >= k.Fresh {
		busy = k.fetch(ctx, now)
	}
	k.mu.Unlock()
	if err == nil || busy == nil {
		return v, err
	}
	if err := wait(ctx, busy); err != nil {
		return nil, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.usable(k.Now())
}

// After returns a copy that is not old, for one that was found wanting: what has
// been read since, or what a fetch brings now. It returns nil if there is none to
// be had, or somebody asked a moment ago.
func (k *Kept[T]) After(ctx context.Context, old *T) *T {
	k.mu.Lock()
	var busy chan struct{}
	if k.last == old {
		busy = k.fetch(ctx, k.Now())
	}
	k.mu.Unlock()
	if busy != nil && wait(ctx, busy) != nil {
		return nil
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if v, err := k.usable(k.Now()); err == nil && v != old {
		return v
	}
	return nil
}

// Settle waits for the fetch that is under way, if there is one.
func (k *Kept[T]) Settle(ctx context.Context) error {
	k.mu.Lock()
	busy := k.busy
	k.mu.Unlock()
	if busy == nil {
		return nil
	}
	return wait(ctx, busy)
}

func wait(ctx context.Context, busy <-chan struct{}) error {
	select {
	case <-busy:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// usable returns the copy if it can be used, and otherwise why there is none.
func (k *Kept[T]) usable(now time.Time) (*T, error) {
	if k.last == nil {
		return nil, cmp.Or(k.err, errNothing)
	}
	err := error(nil)
	if now.Sub(k.read) >= k.Max {
		err = ErrTooOld
	} else if k.Usable != nil {
		err = k.Usable(k.last, now)
	}
	if err != nil {
		return nil, errors.Join(err, k.err)
	}
	return k.last, nil
}

// fetch returns what is closed when the fetch ends that is under way, and begins
// one if there is none. It returns nil if it is too early for that.
func (k *Kept[T]) fetch(ctx context.Context, now time.Time) chan struct{} {
	since := now.Sub(k.asked)
	if k.busy != nil || !k.asked.IsZero() && since >= 0 && since < k.Pause {
		return k.busy
	}
	busy := make(chan struct{})
	k.busy = busy
	go k.renew(context.WithoutCancel(ctx), now, k.last)
	return busy
}

func (k *Kept[T]) renew(ctx context.Context, began time.Time, old *T) {
	ctx, cancel := context.WithTimeout(ctx, k.Limit)
	defer cancel()
	v, err := k.try(ctx, old)
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.err, k.asked = err, k.Now(); err == nil {
		k.last, k.read = v, began
	}
	close(k.busy)
	k.busy = nil
}

// try makes a panic an error: no request is there that would take it, and what
// somebody else says must not end the portal.
func (k *Kept[T]) try(ctx context.Context, old *T) (v *T, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("reading it failed: %v", p)
		}
	}()
	return k.Fetch(ctx, old)
}

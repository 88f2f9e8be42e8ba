package signin_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile/internal/signin"
)

// A source is somebody who says something, after a while or never.
type source struct {
	kept  *signin.Kept[int]
	asked atomic.Int64
	takes time.Duration // 0 means that it hangs
	err   error
}

func newSource(takes time.Duration) *source {
	s := &source{takes: takes}
	s.kept = &signin.Kept[int]{
		Fetch: s.fetch, Now: time.Now,
		Fresh: time.Hour, Max: 24 * time.Hour, Pause: 10 * time.Second, Limit: 10 * time.Second,
	}
	return s
}

func (s *source) fetch(ctx context.Context, _ *int) (*int, error) {
	n := int(s.asked.Add(1))
	if s.takes == 0 {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	time.Sleep(s.takes)
	return &n, s.err
}

// four asks for it four times at once, and returns what each got and how long
// they took together.
func (s *source) four(ctx context.Context) (got []*int, errs []error, took time.Duration) {
	began := time.Now()
	got, errs = make([]*int, 4), make([]error, 4)
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() { got[i], errs[i] = s.kept.Value(ctx) })
	}
	wg.Wait()
	return got, errs, time.Since(began)
}

// Whoever has a copy waits for nobody.
func TestKeptIsServedWhileItsSourceHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSource(time.Second)
		_, err := s.kept.Value(t.Context())
		require.NoError(t, err)
		s.takes = 0
		time.Sleep(time.Hour)
		for range 3 {
			got, errs, took := s.four(t.Context())
			require.Zero(t, took)
			for i := range got {
				require.NoError(t, errs[i])
				require.Equal(t, 1, *got[i])
			}
		}
		require.EqualValues(t, 2, s.asked.Load(), "one asks for all")
		time.Sleep(19 * time.Second)
		s.four(t.Context())
		require.EqualValues(t, 2, s.asked.Load(), "and nobody until ten seconds after the end")
		time.Sleep(2 * time.Second)
		s.four(t.Context())
		synctest.Wait()
		require.EqualValues(t, 3, s.asked.Load())
		s.takes = time.Second
		time.Sleep(time.Minute)
		s.four(t.Context())
		time.Sleep(2 * time.Second)
		got, _, _ := s.four(t.Context())
		require.Equal(t, 4, *got[0], "the new copy came in between")
	})
}

// Without a copy all wait for one fetch, not one after the other.
func TestKeptIsWaitedForTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSource(0)
		_, errs, took := s.four(t.Context())
		require.Equal(t, 10*time.Second, took)
		for _, err := range errs {
			require.ErrorIs(t, err, context.DeadlineExceeded)
		}
		_, errs, took = s.four(t.Context())
		require.Zero(t, took, "so soon nobody asks again")
		require.ErrorIs(t, errs[0], context.DeadlineExceeded)
		require.EqualValues(t, 1, s.asked.Load())
		s.takes = 3 * time.Second
		time.Sleep(10 * time.Second)
		got, _, took := s.four(t.Context())
		require.Equal(t, 3*time.Second, took)
		require.Equal(t, 2, *got[3])
		time.Sleep(24 * time.Hour)
		got, _, took = s.four(t.Context())
		require.Equal(t, 3*time.Second, took, "a copy that is too old is none")
		require.Equal(t, 3, *got[3])
		s.err = errors.New("away")
		time.Sleep(24 * time.Hour)
		_, errs, _ = s.four(t.Context())
		require.ErrorIs(t, errs[0], signin.ErrTooOld)
		require.ErrorIs(t, errs[0], s.err)
	})
}

// Who goes away does not take what the others wait for along.
func TestKeptOutlivesWhoAskedFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSource(5 * time.Second)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		_, err := s.kept.Value(ctx)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.Equal(t, time.Second, time.Since(began))
		got, err := s.kept.Value(t.Context())
		require.NoError(t, err)
		require.Equal(t, 1, *got)
		require.Equal(t, 5*time.Second, time.Since(began))
	})
}

// Whoever shows up with what the copy does not know has it renewed now and then.
func TestKeptIsRenewedForWhatItDoesNotKnow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSource(time.Second)
		old, err := s.kept.Value(t.Context())
		require.NoError(t, err)
		require.Nil(t, s.kept.After(t.Context(), old), "it was read just now")
		s.takes = 0
		time.Sleep(time.Minute)
		began := time.Now()
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() { require.Nil(t, s.kept.After(t.Context(), old)) })
		}
		synctest.Wait()
		_, _, took := s.four(t.Context())
		require.Zero(t, took, "others do not wait with them")
		wg.Wait()
		require.Equal(t, 10*time.Second, time.Since(began))
		require.Nil(t, s.kept.After(t.Context(), old))
		require.Equal(t, 10*time.Second, time.Since(began))
		require.EqualValues(t, 2, s.asked.Load())
		s.takes = time.Second
		time.Sleep(time.Minute)
		newer := s.kept.After(t.Context(), old)
		require.Equal(t, 3, *newer)
		require.Same(t, newer, s.kept.After(t.Context(), old), "somebody else had it renewed")
		require.EqualValues(t, 3, s.asked.Load())
	})
}

func TestKeptThatCannotBeUsed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSource(time.Second)
		s.kept.Usable = func(v *int, _ time.Time) error {
			if *v == 1 {
				return errors.New("not this one")
			}
			return nil
		}
		_, err := s.kept.Value(t.Context())
		require.ErrorContains(t, err, "not this one")
		time.Sleep(10 * time.Second)
		got, err := s.kept.Value(t.Context())
		require.NoError(t, err)
		require.Equal(t, 2, *got)

		s.kept = &signin.Kept[int]{Fetch: func(context.Context, *int) (*int, error) { panic("odd") }, Now: time.Now, Limit: time.Second}
		_, err = s.kept.Value(t.Context())
		require.ErrorContains(t, err, "odd", "and the portal goes on")
	})
}

package memsearch

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/stoa-go/stoa/search"
)

// Trials is a [search.TrialStore] in memory. Its zero value is empty.
type Trials struct {
	mu  sync.Mutex
	all []search.Trial // by number
}

var _ search.TrialStore = (*Trials)(nil)

// Trials implements [search.TrialStore].
func (s *Trials) Trials(ctx context.Context, limit int) (out []search.Trial, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range slices.Backward(s.all) {
		if len(out) < limit {
			t.Tuning = t.Tuning.Clone()
			out = append(out, t)
		}
	}
	return out, ctx.Err()
}

// BeginTrial implements [search.TrialStore].
func (s *Trials) BeginTrial(ctx context.Context, t search.Trial) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if t.Number != len(s.all)+1 || len(s.all) > 0 && s.all[len(s.all)-1].Running() {
		return search.ErrConflict
	}
	t.Tuning, t.At = t.Tuning.Clone(), t.At.UTC().Truncate(time.Microsecond)
	s.all = append(s.all, t)
	return nil
}

// StopTrial implements [search.TrialStore].
func (s *Trials) StopTrial(ctx context.Context, number int, at time.Time) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if number < 1 || number > len(s.all) || !s.all[number-1].Running() {
		return search.ErrConflict
	}
	s.all[number-1].Stopped = at.UTC().Truncate(time.Microsecond)
	return nil
}

// RenameTrials implements [search.TrialStore].
func (s *Trials) RenameTrials(ctx context.Context, from, to string) (n int, err error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.all {
		if s.all[i].By == from {
			s.all[i].By = to
			n++
		}
	}
	return n, nil
}

package memsearch

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/stoa-go/stoa/search"
)

// Tunings is a [search.TuningStore] in memory. Its zero value is empty.
type Tunings struct {
	mu       sync.Mutex
	versions []search.TuningVersion // by number
	draft    search.TuningDraft
}

var _ search.TuningStore = (*Tunings)(nil)

// enter locks the store, unless ctx is done.
func (s *Tunings) enter(ctx context.Context) (func(), error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	return s.mu.Unlock, nil
}

// LiveVersion implements [search.TuningStore].
func (s *Tunings) LiveVersion(ctx context.Context) (int, error) {
	leave, err := s.enter(ctx)
	if err != nil {
		return 0, err
	}
	defer leave()
	return len(s.versions), nil
}

// Versions implements [search.TuningStore].
func (s *Tunings) Versions(ctx context.Context, before, limit int) ([]search.TuningVersion, error) {
	leave, err := s.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	if before <= 0 || before > len(s.versions) {
		before = len(s.versions) + 1
	}
	var out []search.TuningVersion
	for n := before - 1; n > 0 && len(out) < limit; n-- {
		v := s.versions[n-1]
		v.Tuning = search.Tuning{}
		out = append(out, v)
	}
	return out, nil
}

// Version implements [search.TuningStore].
func (s *Tunings) Version(ctx context.Context, number int) (search.TuningVersion, error) {
	leave, err := s.enter(ctx)
	if err != nil {
		return search.TuningVersion{}, err
	}
	defer leave()
	if number < 1 || number > len(s.versions) {
		return search.TuningVersion{}, fmt.Errorf("tuning %d: %w", number, search.ErrNotFound)
	}
	v := s.versions[number-1]
	v.Tuning = v.Clone()
	return v, nil
}

// Draft implements [search.TuningStore].
func (s *Tunings) Draft(ctx context.Context) (search.TuningDraft, error) {
	leave, err := s.enter(ctx)
	if err != nil {
		return search.TuningDraft{}, err
	}
	defer leave()
	d := s.draft
	d.Tuning = d.Clone()
	return d, nil
}

// SaveDraft implements [search.TuningStore].
func (s *Tunings) SaveDraft(ctx context.Context, d search.TuningDraft) error {
	leave, err := s.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	if d.Revision != s.draft.Revision+1 {
		return fmt.Errorf("draft %d after %d: %w", d.Revision, s.draft.Revision, search.ErrConflict)
	}
	d.Tuning, d.At = d.Clone(), d.At.UTC().Truncate(time.Microsecond)
	if !d.Open {
		d.Tuning = search.Tuning{}
	}
	s.draft = d
	return nil
}

// Publish implements [search.TuningStore].
func (s *Tunings) Publish(ctx context.Context, v search.TuningVersion, revision int) error {
	leave, err := s.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	if v.Number != len(s.versions)+1 || revision != 0 && (!s.draft.Open || revision != s.draft.Revision) {
		return fmt.Errorf("version %d after %d: %w", v.Number, len(s.versions), search.ErrConflict)
	}
	v.Tuning, v.At = v.Clone(), v.At.UTC().Truncate(time.Microsecond)
	s.versions = append(s.versions, v)
	if revision != 0 {
		s.draft.Open, s.draft.Tuning = false, search.Tuning{}
	}
	return nil
}

// RenameTuner implements [search.TuningStore].
func (s *Tunings) RenameTuner(ctx context.Context, from, to string) (int, error) {
	leave, err := s.enter(ctx)
	if err != nil {
		return 0, err
	}
	defer leave()
	n := 0
	for i := range s.versions {
		if s.versions[i].By == from {
			s.versions[i].By = to
			n++
		}
	}
	if s.draft.By == from && s.draft.Revision > 0 {
		s.draft.By = to
		n++
	}
	return n, nil
}

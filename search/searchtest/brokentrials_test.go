package searchtest_test

import (
	"context"
	"testing"
	"time"

	"github.com/stoa-go/stoa/internal/suitetest"
	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/memsearch"
	"github.com/stoa-go/stoa/search/searchtest"
)

// oddTrials is a good store with one fault: whatever is set replaces it.
type oddTrials struct {
	search.TrialStore

	list   func(list []search.Trial) []search.Trial
	begin  func(s search.TrialStore, t search.Trial) error
	stop   func(s search.TrialStore, number int, at time.Time) error
	rename func(s search.TrialStore, from, to string) (int, error)
}

func (o oddTrials) Trials(ctx context.Context, limit int) ([]search.Trial, error) {
	list, err := o.TrialStore.Trials(ctx, limit)
	if o.list != nil {
		list = o.list(list)
	}
	return list, err
}

func (o oddTrials) BeginTrial(ctx context.Context, t search.Trial) error {
	if o.begin != nil && ctx.Err() == nil {
		return o.begin(o.TrialStore, t)
	}
	return o.TrialStore.BeginTrial(ctx, t)
}

func (o oddTrials) StopTrial(ctx context.Context, number int, at time.Time) error {
	if o.stop != nil && ctx.Err() == nil {
		return o.stop(o.TrialStore, number, at)
	}
	return o.TrialStore.StopTrial(ctx, number, at)
}

func (o oddTrials) RenameTrials(ctx context.Context, from, to string) (int, error) {
	if o.rename != nil && ctx.Err() == nil {
		return o.rename(o.TrialStore, from, to)
	}
	return o.TrialStore.RenameTrials(ctx, from, to)
}

func TestTrials(t *testing.T) {
	searchtest.TestTrials(t, func(*testing.T) search.TrialStore { return &memsearch.Trials{} })
}

func TestBrokenTrials(t *testing.T) {
	newest := func(s search.TrialStore) int {
		list, _ := s.Trials(background, 1)
		if len(list) == 0 {
			return 0
		}
		return list[0].Number
	}
	suitetest.Catches(t, map[string]oddTrials{
		"forgets the tuning": {begin: func(s search.TrialStore, t search.Trial) error {
			t.Tuning = search.Tuning{}
			return s.BeginTrial(background, t)
		}},
		"takes any number": {begin: func(s search.TrialStore, t search.Trial) error {
			t.Number = newest(s) + 1
			return s.BeginTrial(background, t)
		}},
		"stops what is running": {begin: func(s search.TrialStore, t search.Trial) error {
			_ = s.StopTrial(background, newest(s), t.At)
			return s.BeginTrial(background, t)
		}},
		"stops any":  {stop: func(s search.TrialStore, _ int, at time.Time) error { return s.StopTrial(background, newest(s), at) }},
		"stops none": {stop: func(search.TrialStore, int, time.Time) error { return nil }},
		"stops later": {stop: func(s search.TrialStore, number int, at time.Time) error {
			return s.StopTrial(background, number, at.Add(time.Minute))
		}},
		"lists the oldest first": {list: func(list []search.Trial) []search.Trial {
			for i, j := 0, len(list)-1; i < j; i, j = i+1, j-1 {
				list[i], list[j] = list[j], list[i]
			}
			return list
		}},
		"renames everybody": {rename: func(s search.TrialStore, from, to string) (int, error) {
			_, _ = s.RenameTrials(background, "anna", to)
			return s.RenameTrials(background, from, to)
		}},
	}, func(t *testing.T, broken oddTrials) {
		searchtest.TestTrials(t, func(*testing.T) search.TrialStore {
			broken.TrialStore = &memsearch.Trials{}
			return broken
		})
	})
}

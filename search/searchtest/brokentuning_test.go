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

// oddTunings is a good store with one fault: whatever is set replaces it.
type oddTunings struct {
	search.TuningStore

	live     func(s search.TuningStore) (int, error)
	versions func(s search.TuningStore, before, limit int) ([]search.TuningVersion, error)
	draft    func(d *search.TuningDraft)
	save     func(s search.TuningStore, d search.TuningDraft) error
	publish  func(s search.TuningStore, v search.TuningVersion, revision int) error
	rename   func(s search.TuningStore, from, to string) (int, error)
}

func (o oddTunings) LiveVersion(ctx context.Context) (int, error) {
	if o.live != nil {
		return o.live(o.TuningStore)
	}
	return o.TuningStore.LiveVersion(ctx)
}

func (o oddTunings) Versions(ctx context.Context, before, limit int) ([]search.TuningVersion, error) {
	if o.versions != nil {
		return o.versions(o.TuningStore, before, limit)
	}
	return o.TuningStore.Versions(ctx, before, limit)
}

func (o oddTunings) Draft(ctx context.Context) (search.TuningDraft, error) {
	d, err := o.TuningStore.Draft(ctx)
	if o.draft != nil {
		o.draft(&d)
	}
	return d, err
}

func (o oddTunings) SaveDraft(ctx context.Context, d search.TuningDraft) error {
	if o.save != nil {
		return o.save(o.TuningStore, d)
	}
	return o.TuningStore.SaveDraft(ctx, d)
}

func (o oddTunings) Publish(ctx context.Context, v search.TuningVersion, revision int) error {
	if o.publish != nil {
		return o.publish(o.TuningStore, v, revision)
	}
	return o.TuningStore.Publish(ctx, v, revision)
}

func (o oddTunings) RenameTuner(ctx context.Context, from, to string) (int, error) {
	if o.rename != nil {
		return o.rename(o.TuningStore, from, to)
	}
	return o.TuningStore.RenameTuner(ctx, from, to)
}

var background = context.Background()

func TestTunings(t *testing.T) {
	searchtest.TestTuning(t, func(*testing.T) search.TuningStore { return &memsearch.Tunings{} })
}

func TestBrokenTunings(t *testing.T) {
	suitetest.Catches(t, map[string]oddTunings{
		"is live from the start": {live: func(search.TuningStore) (int, error) { return 1, nil }},
		"keeps local times": {publish: func(s search.TuningStore, v search.TuningVersion, revision int) error {
			v.At = v.At.Add(time.Second)
			return s.Publish(background, v, revision)
		}},
		"overwrites drafts": {save: func(s search.TuningStore, d search.TuningDraft) error {
			old, _ := s.Draft(background)
			d.Revision = old.Revision + 1
			return s.SaveDraft(background, d)
		}},
		"counts drafts anew": {draft: func(d *search.TuningDraft) {
			if !d.Open {
				*d = search.TuningDraft{}
			}
		}},
		"forgets no dropped draft": {save: func(s search.TuningStore, d search.TuningDraft) error {
			d.Open = true
			return s.SaveDraft(background, d)
		}},
		"keeps drafts that are live": {publish: func(s search.TuningStore, v search.TuningVersion, _ int) error {
			return s.Publish(background, v, 0)
		}},
		"always takes the draft away": {publish: func(s search.TuningStore, v search.TuningVersion, revision int) error {
			if d, _ := s.Draft(background); d.Open && revision == 0 {
				revision = d.Revision
			}
			return s.Publish(background, v, revision)
		}},
		"publishes over others": {publish: func(s search.TuningStore, v search.TuningVersion, revision int) error {
			v.Number, _ = s.LiveVersion(background)
			v.Number++
			return s.Publish(background, v, revision)
		}},
		"publishes any draft": {publish: func(s search.TuningStore, v search.TuningVersion, revision int) error {
			if d, _ := s.Draft(background); revision != 0 {
				revision = d.Revision
			}
			return s.Publish(background, v, revision)
		}},
		"lists the oldest first": {versions: func(s search.TuningStore, before, limit int) ([]search.TuningVersion, error) {
			list, err := s.Versions(background, before, limit)
			for i, j := 0, len(list)-1; i < j; i, j = i+1, j-1 {
				list[i], list[j] = list[j], list[i]
			}
			return list, err
		}},
		"knows one page": {versions: func(s search.TuningStore, _, limit int) ([]search.TuningVersion, error) {
			return s.Versions(background, 0, limit)
		}},
		"renames everybody": {rename: func(s search.TuningStore, _, to string) (int, error) {
			n, err := s.RenameTuner(background, "ann", to)
			m, _ := s.RenameTuner(background, "bob", to)
			return n + m, err
		}},
		"renames nobody": {rename: func(search.TuningStore, string, string) (int, error) { return 0, nil }},
	}, func(t *testing.T, broken oddTunings) {
		searchtest.TestTuning(t, func(*testing.T) search.TuningStore {
			broken.TuningStore = &memsearch.Tunings{}
			return broken
		})
	})
}

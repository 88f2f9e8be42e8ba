package search

import (
	"context"
	"iter"
	"time"

	"github.com/stoa-go/stoa/profile"
)

// Keeper returns what hands over and forgets who tuned searches, for
// [profile.Directory.Register]. What they set stays: it is the portal's.
func (e *Engine) Keeper() profile.Keeper {
	return profile.NewKeeper("search", e.exportTuner, e.eraseTuner)
}

// A tunerRecord is a version that somebody made live, or the draft they saved, in
// an export.
type tunerRecord struct {
	Kind   string    `json:"kind"` // "version" or "draft"
	Number int       `json:"number"`
	At     time.Time `json:"at"`
	Note   string    `json:"note,omitempty"`
}

func (e *Engine) exportTuner(ctx context.Context, person string) iter.Seq2[any, error] {
	return func(yield func(any, error) bool) {
		if e.opts.Tuning == nil || person == "" {
			return
		}
		d, err := e.opts.Tuning.Draft(ctx)
		if err != nil {
			yield(nil, err)
			return
		}
		if d.By == person && !yield(tunerRecord{Kind: "draft", Number: d.Revision, At: d.At}, nil) {
			return
		}
		for before := 0; ; {
			page, err := e.opts.Tuning.Versions(ctx, before, maxLimit)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, v := range page {
				if v.By == person && !yield(tunerRecord{Kind: "version", Number: v.Number, At: v.At, Note: v.Note}, nil) {
					return
				}
			}
			if len(page) < maxLimit {
				return
			}
			before = page[len(page)-1].Number
		}
	}
}

func (e *Engine) eraseTuner(ctx context.Context, person string, how profile.Erasure) (profile.Erased, error) {
	if e.opts.Tuning == nil || person == "" {
		return profile.Erased{}, nil
	}
	n, err := e.opts.Tuning.RenameTuner(ctx, person, how.Pseudonym)
	return profile.Erased{Renamed: n}, err
}

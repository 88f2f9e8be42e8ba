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
	Kind   string    `json:"kind"` // "version", "draft" or "trial"
	Number int       `json:"number"`
	At     time.Time `json:"at"`
	Note   string    `json:"note,omitempty"`
}

func (e *Engine) exportTuner(ctx context.Context, person string) iter.Seq2[any, error] {
	return func(yield func(any, error) bool) {
		if person == "" || !e.exportTrials(ctx, person, yield) || e.opts.Tuning == nil {
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
	out := profile.Erased{}
	if person == "" {
		return out, nil
	}
	for _, rename := range e.renames() {
		n, err := rename(ctx, person, how.Pseudonym)
		if err != nil {
			return out, err
		}
		out.Renamed += n
	}
	return out, nil
}

// renames are the stores that know who did something.
func (e *Engine) renames() (out []func(ctx context.Context, from, to string) (int, error)) {
	if e.opts.Tuning != nil {
		out = append(out, e.opts.Tuning.RenameTuner)
	}
	if e.opts.Trials != nil {
		out = append(out, e.opts.Trials.RenameTrials)
	}
	return out
}

// exportTrials yields the trials that a person began, and reports whether more is
// wanted.
func (e *Engine) exportTrials(ctx context.Context, person string, yield func(any, error) bool) bool {
	if e.opts.Trials == nil {
		return true
	}
	list, err := e.opts.Trials.Trials(ctx, 1000)
	if err != nil {
		yield(nil, err)
		return false
	}
	for _, t := range list {
		if t.By == person && !yield(tunerRecord{Kind: "trial", Number: t.Number, At: t.At}, nil) {
			return false
		}
	}
	return true
}

package search

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/profile"
)

// tunedNow returns the tuning that searches use. One that cannot be read is
// missed and nothing more: what was live before stays.
func (e *Engine) tunedNow(ctx context.Context) *tuned {
	if t := e.tuned.Load(); t != nil {
		return t
	}
	if e.opts.Tuning == nil {
		e.tuned.Store(newTuned(Tuning{}, 0))
	} else if err := e.retune(ctx); err != nil {
		e.opts.Logger.WarnContext(ctx, "search tuning not read", "err", err)
		e.tuned.CompareAndSwap(nil, newTuned(Tuning{}, 0))
	}
	return e.tuned.Load()
}

// retune takes the live version, if it is another one.
func (e *Engine) retune(ctx context.Context) error {
	if e.opts.Tuning == nil {
		return nil
	}
	e.tuning.Lock()
	defer e.tuning.Unlock()
	bounded, cancel := context.WithTimeout(ctx, e.opts.Timeout)
	defer cancel()
	number, err := e.opts.Tuning.LiveVersion(bounded)
	if err != nil {
		return fmt.Errorf("live tuning: %w", err)
	}
	if t := e.tuned.Load(); t != nil && t.version == number {
		return nil
	}
	var v TuningVersion
	if number > 0 {
		if v, err = e.opts.Tuning.Version(bounded, number); err != nil {
			return fmt.Errorf("live tuning: %w", err)
		}
	}
	e.tuned.Store(newTuned(v.Tuning, number))
	return nil
}

// keepTuned takes new versions as they come until ctx ends.
func (e *Engine) keepTuned(ctx context.Context) {
	failed := false
	for ctx.Err() == nil {
		err := errors.Join(e.retune(ctx), e.retry(ctx))
		if err != nil && !failed && ctx.Err() == nil {
			e.opts.Logger.WarnContext(ctx, "search tuning not read", "err", err)
		}
		failed = err != nil
		timer := time.NewTimer(e.opts.Retune)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
		}
	}
}

// tuner returns the store, if by may tune.
func (e *Engine) tuner(by profile.Actor) (TuningStore, error) {
	if err := e.permit(by, profile.PermissionSearchTune); err != nil {
		return nil, err
	}
	if e.opts.Tuning == nil {
		return nil, fmt.Errorf("no store of tunings: %w", ErrUnavailable)
	}
	return e.opts.Tuning, nil
}

// LiveTuning returns what searches use. It needs permission search.tune, as all
// of the tuning does.
func (e *Engine) LiveTuning(ctx context.Context, by profile.Actor) (TuningVersion, error) {
	s, err := e.tuner(by)
	if err != nil {
		return TuningVersion{}, err
	}
	number, err := s.LiveVersion(ctx)
	if err != nil || number == 0 {
		return TuningVersion{}, err
	}
	return s.Version(ctx, number)
}

// TuningDraft returns what is being edited: if no draft is open, what is live,
// with the revision that a draft would follow.
func (e *Engine) TuningDraft(ctx context.Context, by profile.Actor) (TuningDraft, error) {
	s, err := e.tuner(by)
	if err != nil {
		return TuningDraft{}, err
	}
	d, err := s.Draft(ctx)
	if err != nil || d.Open {
		return d, err
	}
	live, err := e.LiveTuning(ctx, by)
	return TuningDraft{Tuning: live.Tuning, Revision: d.Revision}, err
}

// SaveTuning saves a draft over the one of the revision that was read. The error
// matches [ErrInvalid] with an entry for each field, or [ErrConflict] if
// somebody else has saved one in the meantime.
func (e *Engine) SaveTuning(ctx context.Context, by profile.Actor, t Tuning, revision int) (TuningDraft, error) {
	s, err := e.tuner(by)
	if err != nil {
		return TuningDraft{}, err
	}
	t = t.Tidy()
	if err := t.Check(); err != nil {
		return TuningDraft{}, err
	}
	d := TuningDraft{Tuning: t, Revision: revision + 1, Open: true, By: by.ID, At: e.now()}
	return d, stale(s.SaveDraft(ctx, d))
}

// DropTuning gives up the draft of a revision.
func (e *Engine) DropTuning(ctx context.Context, by profile.Actor, revision int) error {
	s, err := e.tuner(by)
	if err != nil {
		return err
	}
	return stale(s.SaveDraft(ctx, TuningDraft{Revision: revision + 1, By: by.ID, At: e.now()}))
}

// PublishTuning makes the draft of a revision live in the place of a version.
// The error matches [ErrConflict] if either is not what it was.
func (e *Engine) PublishTuning(ctx context.Context, by profile.Actor, revision, live int, note string) (TuningVersion, error) {
	s, err := e.tuner(by)
	if err != nil {
		return TuningVersion{}, err
	}
	d, err := s.Draft(ctx)
	if err != nil {
		return TuningVersion{}, err
	}
	if !d.Open || d.Revision != revision {
		return TuningVersion{}, stale(errs.Conflict)
	}
	v := TuningVersion{Tuning: d.Tuning, Number: live + 1, Note: note}
	return e.publish(ctx, by, s, v, revision)
}

// RestoreTuning makes an earlier version live again, as a new version in the
// place of one. The draft stays as it is.
func (e *Engine) RestoreTuning(ctx context.Context, by profile.Actor, number, live int, note string) (TuningVersion, error) {
	v, err := e.TuningVersion(ctx, by, number)
	if err != nil {
		return TuningVersion{}, err
	}
	return e.publish(ctx, by, e.opts.Tuning, TuningVersion{Tuning: v.Tuning, Number: live + 1, Note: note, Restored: number}, 0)
}

const maxNote = 500 // characters

func (e *Engine) publish(ctx context.Context, by profile.Actor, s TuningStore, v TuningVersion, revision int) (TuningVersion, error) {
	v.By, v.At = by.ID, e.now()
	if len([]rune(v.Note)) > maxNote {
		return TuningVersion{}, errs.Field("note", "error.search.tuning.long", map[string]any{"max": maxNote})
	}
	if err := stale(s.Publish(ctx, v, revision)); err != nil {
		return TuningVersion{}, err
	}
	if err := e.retune(ctx); err != nil {
		e.opts.Logger.WarnContext(ctx, "search tuning not read", "err", err) // Run reads it in a moment
	}
	return v, nil
}

// stale says what a conflict is about.
func stale(err error) error {
	if errors.Is(err, errs.Conflict) {
		return fmt.Errorf("%w: %w", errs.Say(errs.Conflict, "error.search.tuning.conflict", nil), err)
	}
	return err
}

// TuningVersion returns a version with its tuning.
func (e *Engine) TuningVersion(ctx context.Context, by profile.Actor, number int) (TuningVersion, error) {
	s, err := e.tuner(by)
	if err != nil {
		return TuningVersion{}, err
	}
	return s.Version(ctx, number)
}

// TuningVersions returns the versions below a number, or the newest if it is 0,
// without their tunings.
func (e *Engine) TuningVersions(ctx context.Context, by profile.Actor, before, limit int) ([]TuningVersion, error) {
	s, err := e.tuner(by)
	if err != nil {
		return nil, err
	}
	return s.Versions(ctx, before, min(or(max(limit, 0), defaultLimit), maxLimit))
}

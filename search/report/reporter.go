package report

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"time"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/profile"
)

// A Reporter says how searches do. Make one with [New]. Its methods may be called
// concurrently.
type Reporter struct {
	store    Store
	journeys Journeys
	opts     Options
}

// Journeys tells what people did: an [analytics.Store].
type Journeys interface {
	Scan(ctx context.Context, r analytics.Range) iter.Seq2[analytics.Event, error]
}

// Options adjust a Reporter.
type Options struct {
	Policy profile.Policy   // nil means the default one
	Logger *slog.Logger     // nil discards logs
	Now    func() time.Time // nil means time.Now

	// Asks reports whether an event is somebody asking people for help; nil means
	// those named "case.opened".
	Asks func(e analytics.Event) bool

	People    int           // how many different people a question is told of from; 0 means 3
	Questions int           // how many questions of a day are kept by themselves; 0 means 2,000
	Keep      time.Duration // how long figures are kept; 0 means 400 days
	Dismissed time.Duration // how long what was dismissed stays so; 0 means 180 days
	Past      time.Duration // how far back a first run looks; 0 means 28 days
}

// New returns a Reporter of the journeys that are in a store.
func New(store Store, journeys Journeys, opts Options) *Reporter {
	o := &opts
	if o.Policy == nil {
		o.Policy = profile.DefaultPolicy()
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Asks == nil {
		o.Asks = func(e analytics.Event) bool { return e.Name == "case.opened" }
	}
	if o.People <= 0 {
		o.People = 3
	}
	if o.Questions <= 0 {
		o.Questions = 2000
	}
	if o.Keep <= 0 {
		o.Keep = 400 * day
	}
	if o.Dismissed <= 0 {
		o.Dismissed = 180 * day
	}
	if o.Past <= 0 {
		o.Past = 28 * day
	}
	return &Reporter{store: store, journeys: journeys, opts: opts}
}

const (
	day    = 24 * time.Hour
	step   = time.Hour       // how much is added at once
	settle = 2 * time.Minute // until when an event is certainly in the store
)

func (r *Reporter) clock() time.Time { return r.opts.Now().UTC().Truncate(time.Microsecond) }

// permit returns an error unless by may see figures of searches.
func (r *Reporter) permit(by profile.Actor) error {
	if !r.opts.Policy.May(by, profile.PermissionSearchTune) {
		return fmt.Errorf("%s: %w", profile.PermissionSearchTune, ErrForbidden)
	}
	return nil
}

// Run keeps figures up to date until ctx is done. Any number of instances may run
// it.
func (r *Reporter) Run(ctx context.Context) error {
	tick := time.NewTicker(time.Minute)
	defer tick.Stop()
	for {
		if err := r.DoDue(ctx); err != nil && ctx.Err() == nil {
			r.opts.Logger.ErrorContext(ctx, "figures of searches are not up to date", "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// DoDue adds what has happened since it was called last, as far as visits have
// ended. Of several instances that do so at once, one adds each hour.
func (r *Reporter) DoDue(ctx context.Context) error {
	for {
		from, err := r.store.Progress(ctx)
		if err != nil {
			return fmt.Errorf("figures of searches: %w", err)
		}
		start := from
		if from.IsZero() {
			start = r.clock().Add(-r.opts.Past).Truncate(day)
		}
		until := start.Add(step)
		if until.After(r.clock().Add(-Together - settle)) {
			return nil
		}
		if err := r.add(ctx, from, start, until); errors.Is(err, ErrConflict) {
			return nil // another instance does it
		} else if err != nil {
			return fmt.Errorf("figures of searches since %s: %w", start.Format(time.RFC3339), err)
		}
	}
}

// add adds what happened from start on and before until. What followed on it is
// read as well. A day that has ended is trimmed.
func (r *Reporter) add(ctx context.Context, from, start, until time.Time) error {
	f := fold{from: start, until: until, facts: map[who]*Fact{}, votes: map[who]*Vote{}}
	for v, err := range Visits(r.journeys.Scan(ctx, analytics.Range{From: start, To: until.Add(Together)}), r.opts.Asks) {
		if err != nil {
			return err
		}
		f.take(v)
	}
	if f.left > 0 {
		r.opts.Logger.WarnContext(ctx, "too many different searches to count all", "from", start, "left", f.left)
	}
	if err := r.store.Add(ctx, from, until, f.listFacts(), f.listVotes()); err != nil {
		return err
	}
	if analytics.Day(start) == analytics.Day(until) {
		return nil
	}
	return errors.Join(r.store.Trim(ctx, analytics.Day(start), r.opts.Questions), r.store.Prune(ctx, analytics.Day(until.Add(-r.opts.Keep))))
}

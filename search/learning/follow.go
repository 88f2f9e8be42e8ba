package learning

import (
	"context"
	"fmt"
	"iter"
	"log/slog"
	"time"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/search"
)

// Journeys tells what people did: an [analytics.Store].
type Journeys interface {
	Scan(ctx context.Context, r analytics.Range) iter.Seq2[analytics.Event, error]
}

const (
	longStep  = 24 * time.Hour
	shortStep = time.Hour
	settle    = 2 * time.Minute // until when an event is certainly in the store
	halfLives = 2               // of which the past is learned: a quarter is what the oldest counts
)

// A Follower teaches a model what a ledger tells. Each instance of a portal has
// its own, and all learn the same.
type Follower struct {
	model *Model
	from  Journeys
	log   *slog.Logger
	until time.Time // what happened before is learned
}

// NewFollower returns a Follower that begins two half-lives ago. A nil log
// discards.
func NewFollower(m *Model, from Journeys, log *slog.Logger) *Follower {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	start := m.opts.Now().Add(-halfLives * m.opts.HalfLife).Truncate(longStep)
	return &Follower{model: m, from: from, log: log, until: start}
}

// Run learns until ctx ends, and then returns nil. What fails is tried again.
func (f *Follower) Run(ctx context.Context) error {
	for {
		if err := f.Catch(ctx); err != nil && ctx.Err() == nil {
			f.log.ErrorContext(ctx, "cannot learn from searches", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(10 * time.Minute):
		}
	}
}

// Catch learns all that has certainly ended. It is for tests, and for programs
// that do not call Run; never both.
func (f *Follower) Catch(ctx context.Context) error {
	for {
		step := longStep
		certain := f.model.opts.Now().Add(-together - settle)
		if f.until.Add(step).After(certain) {
			step = shortStep
		}
		until := f.until.Add(step)
		if until.After(certain) {
			return nil
		}
		if err := f.learn(ctx, until); err != nil {
			return fmt.Errorf("learn from searches since %s: %w", f.until.Format(time.RFC3339), err)
		}
		f.until = until
	}
}

// telling names the events that say what came of searches.
func telling(asked []string) []string {
	return append([]string{search.EventPerformed, search.EventClicked, search.EventAnswered, rated, opened}, asked...)
}

// learn takes the searches from f.until to until. What surrounds them is read as
// well: it tells what came of them. Nothing is learned if not all can be read, so
// that nothing counts twice.
func (f *Follower) learn(ctx context.Context, until time.Time) error {
	events := f.from.Scan(ctx, analytics.Range{
		From: f.until, To: until.Add(together), Names: telling(f.model.opts.Events),
	})
	var step []Outcome
	for o, err := range Outcomes(events, f.model.opts.Events...) {
		if err != nil {
			return err
		}
		if o.At.Before(until) {
			step = append(step, o)
		}
	}
	for _, o := range step {
		f.model.Observe(o)
	}
	return nil
}

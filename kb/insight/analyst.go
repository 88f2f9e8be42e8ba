package insight

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"time"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/internal/cursor"
	"github.com/stoa-go/stoa/internal/lru"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

// An Analyst says how well the articles of a library do. Make one with [New]. Its
// methods may be called concurrently.
type Analyst struct {
	store    Store
	library  *kb.Library
	journeys Journeys
	opts     Options
	tokens   cursor.Key
	failing  *lru.Cache[string, failing] // by language
}

// Options adjust an Analyst.
type Options struct {
	Policy   profile.Policy   // nil means the default one
	Logger   *slog.Logger     // nil discards logs
	Now      func() time.Time // nil means time.Now
	Searches Searches         // nil means that nothing is known of searches: there are no gaps, and none that led to an article
	Secret   []byte           // authenticates page tokens; nil means a random one that ends with the process

	// As is on whose behalf all articles are looked at; it has to see everything
	// at the desk.
	As profile.Actor

	// Escalated reports whether an event is somebody asking people for help; nil
	// means those named "case.opened".
	Escalated func(e analytics.Event) bool

	// Resolved tells the conversations that came to a good end since a time, for
	// questions that are asked again and again; nil means that there are none.
	Resolved func(ctx context.Context, since time.Time) iter.Seq2[Resolved, error]

	// Redactor takes personal data out of these.
	Redactor kb.Redactor

	People int           // how many different people a question that comes again is told of from; 0 means 3
	Window time.Duration // how far back lists look; 0 means 28 days
	Keep   time.Duration // how long counts are kept; 0 means 100 days
	Old    time.Duration // after how long without a change an article is stale; 0 means a year
	Every  time.Duration // how often lists are made anew; 0 means an hour
}

// New returns an Analyst of a library that counts the journeys in store.
func New(store Store, library *kb.Library, journeys Journeys, opts Options) *Analyst {
	a := &Analyst{store: store, library: library, journeys: journeys, opts: opts, tokens: cursor.NewKey(opts.Secret), failing: lru.New[string, failing](mostLanguages)}
	o := &a.opts
	if o.Policy == nil {
		o.Policy = profile.DefaultPolicy()
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Escalated == nil {
		o.Escalated = func(e analytics.Event) bool { return e.Name == "case.opened" }
	}
	if o.People <= 0 {
		o.People = 3
	}
	for d, otherwise := range map[*time.Duration]time.Duration{&o.Window: 28 * day, &o.Keep: 100 * day, &o.Old: 365 * day, &o.Every: time.Hour} {
		if *d <= 0 {
			*d = otherwise
		}
	}
	return a
}

const day = 24 * time.Hour

func (a *Analyst) clock() time.Time { return a.opts.Now().UTC().Truncate(time.Microsecond) }

// since returns the first day that lists look at.
func (a *Analyst) since() string { return analytics.Day(a.clock().Add(-a.opts.Window)) }

// Run keeps counts and lists up to date until ctx is done. Any number of
// instances may run it.
func (a *Analyst) Run(ctx context.Context) error {
	tick := time.NewTicker(time.Minute)
	defer tick.Stop()
	for {
		if err := a.DoDue(ctx); err != nil && ctx.Err() == nil {
			a.opts.Logger.ErrorContext(ctx, "insight is not up to date", "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// DoDue does once what [Analyst.Run] does again and again.
func (a *Analyst) DoDue(ctx context.Context) error {
	if err := a.Tally(ctx); err != nil {
		return err
	}
	last, err := a.store.Progress(ctx, "lists")
	if err != nil || a.clock().Before(last.Add(a.opts.Every)) {
		return err
	}
	if err := a.store.Count(ctx, "lists", last, a.clock(), nil); errors.Is(err, ErrConflict) {
		return nil // another instance does it
	} else if err != nil {
		return err
	}
	return a.Review(ctx)
}

// Review makes all lists anew: of articles, and of questions. What is older than
// the counts that are kept is removed.
func (a *Analyst) Review(ctx context.Context) error {
	_, pruneErr := a.store.Prune(ctx, analytics.Day(a.clock().Add(-a.opts.Keep)))
	if err := errors.Join(pruneErr, a.reviewArticles(ctx), a.reviewQuestions(ctx)); err != nil {
		return fmt.Errorf("review: %w", err)
	}
	return nil
}

func encode(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic("insight: " + err.Error()) // bodies are plain values
	}
	return text
}

// mayWork checks that by works on articles, which is who lists are for.
func (a *Analyst) mayWork(by profile.Actor) error {
	for _, p := range []profile.Permission{profile.PermissionContentWrite, profile.PermissionContentTranslate, profile.PermissionContentPublish, profile.PermissionContentReview} {
		if a.opts.Policy.May(by, p) {
			return nil
		}
	}
	return ErrForbidden
}

// A decisionRecord is what somebody decided, in an export.
type decisionRecord struct {
	Is    string    `json:"is"`
	About string    `json:"about"`
	State string    `json:"state"`
	At    time.Time `json:"at"`
}

// Keeper returns the [profile.Keeper] of the analyst, named "insight".
func (a *Analyst) Keeper() profile.Keeper {
	return profile.NewKeeper("insight", a.exportPerson, func(ctx context.Context, person string, how profile.Erasure) (profile.Erased, error) {
		renamed, err := a.store.ForgetPerson(ctx, person, how.Pseudonym)
		if err != nil {
			return profile.Erased{}, fmt.Errorf("insight: %w", err)
		}
		return profile.Erased{Renamed: renamed}, nil
	})
}

func (a *Analyst) exportPerson(ctx context.Context, person string) iter.Seq2[any, error] {
	return func(yield func(any, error) bool) {
		items, err := a.store.ItemsBy(ctx, person)
		if err != nil {
			yield(nil, err)
			return
		}
		for _, i := range items {
			if !yield(decisionRecord{"decision", i.ID, i.State, i.At}, nil) {
				return
			}
		}
	}
}

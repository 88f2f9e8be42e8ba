package search

import (
	"context"
	"log/slog"
	"runtime"
	"time"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/profile"
)

// Options is what an [Engine] can be told. Its zero value works.
type Options struct {
	Sources []Source           // repositories to search; nil means somebody else fills the index
	Events  analytics.Recorder // nil means events are dropped
	Policy  profile.Policy     // nil means [profile.DefaultPolicy]
	Secret  []byte             // authenticates page and click tokens; nil means random, good for one process
	Now     func() time.Time   // nil means time.Now
	Logger  *slog.Logger       // nil means no log

	// Sight returns what an actor may see, where sources have documents that are
	// open to people for more than the segments they are in: a case is to who
	// works on it. Combine theirs with [profile.Sight.With]. nil means
	// [profile.Actor.Sight].
	Sight func(by profile.Actor) profile.Sight

	// Tuning keeps synonyms, pins and stop words. nil means that there are none.
	Tuning TuningStore

	// Trials keeps trials of two rankings. nil means that there are none.
	Trials TrialStore

	// Signals returns what people's behaviour says of documents for a question in
	// a language, such as learning.Model.Signals. It is asked for each search, must
	// not wait for anything, and knows nothing of rights. nil means that nothing
	// is learned.
	Signals func(text, locale string) []Signal

	// Leanings returns what concerns somebody: what they own, what they have just
	// read. It is asked for each search of somebody known, so it should remember
	// what it has read; it must heed its context, and return nothing for those who
	// want the order that everybody gets. nil means that everybody gets the same.
	Leanings func(ctx context.Context, by profile.Actor) ([]Leaning, error)

	// Semantic finds by meaning, such as a semantic.Store, beside what words find.
	// nil means that only words do.
	Semantic Neighbours

	// Asked returns what was asked most, for previews of a tuning. nil means that
	// they show only what one asks for.
	Asked func(ctx context.Context, limit int) ([]string, error)

	// Brand names the brand on which somebody searches, of a portal with several,
	// for events. nil means that there is one.
	Brand func(ctx context.Context) string

	// Fallback answers while the index cannot, say from titles in a database.
	// It must apply the actor's rights by itself. What a team has tuned is in the
	// query: words to ignore are left out, and Also and Pinned say the rest. nil
	// means that such searches fail with [ErrUnavailable].
	Fallback func(ctx context.Context, by profile.Actor, q Query) (Results, error)

	// Locale maps what a reader asks for, such as "de-AT", to a language that
	// documents serve, such as "de". nil means that it is taken as it is.
	Locale func(tag string) string

	// Progress is told how a rebuild goes on, after each batch, which waits for
	// it to return. nil means nobody is.
	Progress func(Progress)

	Concurrent int           // searches at once; 0 means four for each processor
	Queue      time.Duration // how long one waits for its turn before [ErrTooMany]; 0 means a second, negative not at all
	Timeout    time.Duration // how long the index may take; 0 means ten seconds
	Snippet    int           // length of snippets in characters; 0 means 200, negative none
	Batch      int           // changes read and applied at once; 0 means 500
	Poll       time.Duration // how often sources are looked at without being told; 0 means a minute
	Retune     time.Duration // how often a new version of the tuning is looked for; 0 means three seconds
	Patience   time.Duration // how long Semantic, and Leanings, may take before a search goes on without; 0 means 0.3 seconds
	Retry      time.Duration // pause after a first failure, doubled up to twentyfold; 0 means half a second
}

// or returns v, or fallback if v is the zero value.
func or[T comparable](v, fallback T) T {
	var zero T
	if v == zero {
		return fallback
	}
	return v
}

func (o *Options) filled() Options {
	var f Options
	if o != nil {
		f = *o
	}
	if f.Events == nil {
		f.Events = analytics.Discard
	}
	if f.Policy == nil {
		f.Policy = profile.DefaultPolicy()
	}
	if f.Sight == nil {
		f.Sight = profile.Actor.Sight
	}
	if f.Now == nil {
		f.Now = time.Now
	}
	if f.Locale == nil {
		f.Locale = func(tag string) string { return tag }
	}
	if f.Brand == nil {
		f.Brand = func(context.Context) string { return "" }
	}
	if f.Progress == nil {
		f.Progress = func(Progress) {}
	}
	f.Logger = or(f.Logger, slog.New(slog.DiscardHandler))
	f.Concurrent = or(f.Concurrent, 4*runtime.GOMAXPROCS(0))
	f.Queue = or(f.Queue, time.Second)
	f.Timeout = or(f.Timeout, 10*time.Second)
	f.Snippet = max(0, or(f.Snippet, 200))
	f.Batch = or(f.Batch, 500)
	f.Poll = or(f.Poll, time.Minute)
	f.Retune = or(f.Retune, 3*time.Second)
	f.Patience = or(f.Patience, defaultPatience)
	f.Retry = or(f.Retry, 500*time.Millisecond)
	return f
}

package journey

import (
	"context"
	"iter"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/internal/lru"
	"github.com/stoa-go/stoa/profile"
)

// A History finds what somebody did last: an analytics.Ledger, or a store.
type History interface {
	Latest(ctx context.Context, q analytics.LatestQuery) ([]analytics.Event, error)
}

// A Journey is the facts about what people did. Make one with [New]. Its methods
// may be called concurrently.
type Journey struct {
	history History
	opts    Options
	counts  []Count
	people  *lru.Cache[string, *trail]
	making  sync.Mutex // held by who adds to people
	infos   []profile.FactInfo
}

var _ profile.FactLister = (*Journey)(nil)

// Options adjust a Journey. The zero value is ready to use.
type Options struct {
	Counts   []Count                                          // besides DefaultCounts; one with the name of another replaces it
	Category func(ctx context.Context, article string) string // returns the category of an article, or ""; nil means that read_in is not known
	People   int                                              // of how many people the steps are kept in memory; 0 means 2,000
	Most     int                                              // how many steps of a person count; 0 means 1,000
	For      time.Duration                                    // how long what was read from the store is believed; 0 means 30 s
	Settle   time.Duration                                    // after how long an event is certainly in the store; 0 means 10 s
	Now      func() time.Time                                 // nil means time.Now
}

// A Count is a fact that counts events.
type Count struct {
	Name string                       // of the fact, without the time: "searches"
	Is   func(e analytics.Event) bool // reports whether an event is one
}

// DefaultCounts returns what is counted of everybody.
func DefaultCounts() []Count {
	named := func(name string) func(analytics.Event) bool {
		return func(e analytics.Event) bool { return e.Name == name }
	}
	return []Count{
		{"searches", named("search.performed")},
		{"searches_empty", func(e analytics.Event) bool { return e.Name == "search.performed" && e.Hits == 0 }},
		{"articles", named(viewed)},
		{"complaints", func(e analytics.Event) bool { return e.Name == "article.rated" && e.Props["helpful"] == "false" }},
		{"cases", named("case.opened")},
	}
}

const viewed = "article.viewed"

// spans are the times that counts stand for.
var spans = []struct {
	name string
	long time.Duration
}{{"1h", time.Hour}, {"1d", day}, {"7d", 7 * day}, {"30d", 30 * day}, {"90d", longest}}

const (
	day     = 24 * time.Hour
	longest = 90 * day
)

// Names of the facts that are no counts by Options.
const (
	factVisits = "visits"
	factAway   = "days_away"
	factRead   = "read"
	factReadIn = "read_in"
)

// New returns a Journey that reads what people did from history. A nil opts means
// the defaults.
func New(history History, opts *Options) *Journey {
	var o Options
	if opts != nil {
		o = *opts
	}
	o.setDefaults()
	j := &Journey{history: history, opts: o, counts: merged(o.Counts), people: lru.New[string, *trail](o.People)}
	j.infos = j.describe()
	return j
}

func (o *Options) setDefaults() {
	if o.People <= 0 {
		o.People = 2_000
	}
	if o.Most <= 0 {
		o.Most = 1_000
	}
	if o.For <= 0 {
		o.For = 30 * time.Second
	}
	if o.Settle <= 0 {
		o.Settle = 10 * time.Second
	}
	if o.Now == nil {
		o.Now = time.Now
	}
}

// merged returns the default counts with others in their place or after them.
func merged(others []Count) []Count {
	out := DefaultCounts()
next:
	for _, c := range others {
		for i := range out {
			if out[i].Name == c.Name {
				out[i] = c
				continue next
			}
		}
		out = append(out, c)
	}
	return out
}

func (j *Journey) describe() (out []profile.FactInfo) {
	names := []string{factVisits}
	for _, c := range j.counts {
		names = append(names, c.Name)
	}
	for _, name := range names {
		for _, span := range spans {
			out = append(out, profile.FactInfo{Name: name + "." + span.name, Type: profile.FieldNumber, Declared: true})
		}
	}
	out = append(out,
		profile.FactInfo{Name: factAway, Type: profile.FieldNumber, Declared: true},
		profile.FactInfo{Name: factRead, Type: profile.FieldText, Declared: true})
	if j.opts.Category != nil {
		out = append(out, profile.FactInfo{Name: factReadIn, Type: profile.FieldText, Declared: true})
	}
	return out
}

// Known implements [profile.FactLister].
func (j *Journey) Known() []profile.FactInfo { return slices.Clone(j.infos) }

// Facts implements [profile.Facts].
func (j *Journey) Facts(ctx context.Context, p profile.Person, names []string) (map[string][]string, error) {
	all, err := j.trail(p.ID).facts(ctx, j, p.ID, slices.Contains(names, factReadIn))
	if err != nil {
		return nil, err
	}
	known := make(map[string][]string, len(names))
	for _, name := range names {
		if values := all[name]; len(values) > 0 {
			known[name] = values
		}
	}
	return known, nil
}

// Recorder returns a Recorder that passes events on to next, and counts them at
// once.
func (j *Journey) Recorder(next analytics.Recorder) analytics.Recorder {
	return analytics.RecorderFunc(func(ctx context.Context, e analytics.Event) {
		next.Record(ctx, e)
		if e = e.Complete(ctx); e.User == "" || e.Device == analytics.DeviceBot {
			return
		}
		now := j.now()
		if e.At.IsZero() || e.At.After(now) {
			e.At = now
		}
		j.trail(e.User).note(j.step(e), now.Add(-j.opts.Settle-j.opts.For))
	})
}

// Keeper returns the Keeper of what is in memory. It has nothing to export that
// the store of events has not.
func (j *Journey) Keeper() profile.Keeper {
	return profile.NewKeeper("journey",
		func(context.Context, string) iter.Seq2[any, error] { return func(func(any, error) bool) {} },
		func(_ context.Context, person string, _ profile.Erasure) (profile.Erased, error) {
			j.trail(person).forget()
			return profile.Erased{}, nil
		})
}

// trail returns the trail of a person, which may be a new one.
func (j *Journey) trail(person string) *trail {
	if t, ok := j.people.Load(person); ok {
		return t
	}
	j.making.Lock()
	defer j.making.Unlock()
	if t, ok := j.people.Load(person); ok {
		return t
	}
	t := &trail{}
	j.people.Store(person, t)
	return t
}

func (j *Journey) now() time.Time { return j.opts.Now().UTC() }

// step returns what counts of an event.
func (j *Journey) step(e analytics.Event) step {
	s := step{at: e.At, session: e.Session}
	for i, c := range j.counts {
		if i < 64 && c.Is(e) {
			s.counts |= 1 << i
		}
	}
	if e.Name == viewed {
		_, s.article, _ = strings.Cut(e.Subject, "/")
	}
	return s
}

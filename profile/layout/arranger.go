package layout

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/internal/lru"
	"github.com/stoa-go/stoa/profile"
)

// An Arranger shows each visitor a [Site] in their order. Its methods may be
// called concurrently.
type Arranger struct {
	site   *plant
	store  Store
	opts   Options
	rules  atomic.Pointer[fresher[Rulebook]]
	deck   atomic.Pointer[fresher[deck]]
	epoch  atomic.Int64 // counts what was erased here
	plans  *lru.Cache[planKey, *plan]
	visits *lru.Cache[visitKey, *visitFacts]
	picks  *lru.Cache[Who, fresher[Choice]]

	mu      sync.Mutex
	waiting map[Use]int // uses that are not written yet, by who used what
	lost    atomic.Int64
}

// Options adjust an Arranger. The zero value is ready to use.
type Options struct {
	Policy   profile.Policy     // nil means profile.DefaultPolicy
	Events   analytics.Recorder // is told of promotions that were shown, clicked and dismissed; nil discards
	Audit    profile.Auditor    // writes down who changed rules and promotions; nil writes nothing down
	Logger   *slog.Logger       // nil discards logs
	Now      func() time.Time   // nil means time.Now
	Moves    int                // how many entries of one list may move; 0 means 3
	Holdout  int                // the share of visitors, per cent, who see everything as declared; 0 means nobody
	Seed     string             // changes who that is, as for the next experiment; "" is one of them
	RulesFor time.Duration      // how long rules, promotions and choices are used before they are read again; 0 means 1 s
	Delay    time.Duration      // how long after a rule is saved visits begin to go by it; 0 means 5 s, and it must exceed RulesFor and how far clocks differ
	Visits   int                // how many visits are remembered; 0 means 10,000
	Flush    time.Duration      // how long Run lets uses wait; 0 means 2 s
	Waiting  int                // how many kinds of use may wait; 0 means 10,000
}

func (o Options) filled() Options {
	if o.Policy == nil {
		o.Policy = profile.DefaultPolicy()
	}
	if o.Events == nil {
		o.Events = analytics.Discard
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	o.Moves, o.Visits, o.Waiting = cmp.Or(o.Moves, 3), cmp.Or(o.Visits, 10_000), cmp.Or(o.Waiting, 10_000)
	o.RulesFor, o.Delay, o.Flush = cmp.Or(o.RulesFor, time.Second), cmp.Or(o.Delay, 5*time.Second), cmp.Or(o.Flush, 2*time.Second)
	return o
}

// NewArranger returns an Arranger of a site, or the [Faults] of the site. A nil
// opts means the defaults.
func NewArranger(site Site, store Store, opts *Options) (*Arranger, error) {
	site = site.clone()
	if err := site.Check(); err != nil {
		return nil, fmt.Errorf("site: %w", err)
	}
	var o Options
	if opts != nil {
		o = *opts
	}
	o = o.filled()
	return &Arranger{
		site: newPlant(site), store: store, opts: o, waiting: map[Use]int{},
		plans: lru.New[planKey, *plan](2 * o.Visits), visits: lru.New[visitKey, *visitFacts](o.Visits),
		picks: lru.New[Who, fresher[Choice]](o.Visits),
	}, nil
}

// A fresher is something that was read and is good until a time.
type fresher[T any] struct {
	value T
	until time.Time
}

// clock returns the time at the precision that every store keeps.
func (a *Arranger) clock() time.Time { return a.opts.Now().UTC().Truncate(time.Microsecond) }

// Brand returns the brand that answers for a host, as a request names it. A host
// that no brand claims is the first's.
func (a *Arranger) Brand(host string) Brand { return a.site.site.Brand(host) }

// Theme returns the theme that a brand is shown in, complete. "" is the first
// brand.
func (a *Arranger) Theme(brand string) Theme {
	return a.site.site.themeOf(a.site.view(brand).brand).Over(DefaultTheme())
}

// newest returns the newest rulebook that this instance knows of.
func (a *Arranger) newest(ctx context.Context, now time.Time) (Rulebook, error) {
	if f := a.rules.Load(); f != nil && now.Before(f.until) {
		return f.value, nil
	}
	book, err := a.store.Rulebook(ctx, time.Time{})
	if f := a.rules.Load(); err != nil && f != nil {
		return f.value, nil // what was true a moment ago beats a menu that jumps
	}
	if err != nil {
		return Rulebook{}, err
	}
	a.rules.Store(&fresher[Rulebook]{book, now.Add(a.opts.RulesFor)})
	return book, nil
}

// bookOf returns the rulebook that a visit goes by. Since a book is only gone
// by some time after it was saved, every instance knows of it by then.
func (a *Arranger) bookOf(ctx context.Context, began, now time.Time) (Rulebook, error) {
	book, err := a.newest(ctx, now)
	if err != nil || !book.From.After(began) {
		return book, err
	}
	return a.store.Rulebook(ctx, began)
}

// A deck is all promotions at one time.
type deck struct {
	revision uint64 // differs when anything has changed
	all      []Promotion
}

// promotions returns the promotions that this instance knows of.
func (a *Arranger) promotions(ctx context.Context, now time.Time) (deck, error) {
	if f := a.deck.Load(); f != nil && now.Before(f.until) {
		return f.value, nil
	}
	all, err := a.store.Promotions(ctx)
	if f := a.deck.Load(); err != nil && f != nil {
		return f.value, nil
	}
	if err != nil {
		return deck{}, err
	}
	d := deck{all: slices.DeleteFunc(all, func(p Promotion) bool { return p.Off })}
	for _, p := range d.all {
		d.revision = mix(d.revision, p.ID, p.SavedAt.UnixMicro())
	}
	a.deck.Store(&fresher[deck]{d, now.Add(a.opts.RulesFor)})
	return d, nil
}

// choice returns what somebody has chosen, as it was at most RulesFor ago.
func (a *Arranger) choice(ctx context.Context, who Who, now time.Time) (Choice, error) {
	if who == "" {
		return Choice{}, nil
	}
	f, known := a.picks.Load(who)
	if known && now.Before(f.until) {
		return f.value, nil
	}
	c, err := a.store.Choice(ctx, who)
	if err != nil && known {
		return f.value, nil
	}
	if err != nil {
		return Choice{}, err
	}
	a.picks.Store(who, fresher[Choice]{c, now.Add(a.opts.RulesFor)})
	return c, nil
}

package cases

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/internal/cursor"
	"github.com/stoa-go/stoa/profile"
)

// A Desk is where customers and those who answer them work on cases. It carries
// every rule about them; its [Store] carries none. Where an ID of a case is asked
// for, its reference will do.
type Desk struct {
	store     Store
	config    Config
	events    analytics.Recorder
	policy    profile.Policy
	log       *slog.Logger
	now       func() time.Time
	tokens    cursor.Key
	locales   []string
	actor     func(context.Context, string) (profile.Actor, error)
	knows     func(context.Context, profile.Actor, string) (bool, error)
	notify    func(context.Context, profile.Occurrence) error
	reopenFor time.Duration
}

// Options adjust a Desk. The zero value is ready to use.
type Options struct {
	Config *Config            // how the team works; nil means DefaultConfig
	Events analytics.Recorder // nil discards events
	Policy profile.Policy     // nil means profile.DefaultPolicy
	Logger *slog.Logger       // nil means none
	Now    func() time.Time   // nil means time.Now
	Secret []byte             // authenticates page tokens; nil means a random one that ends with the process

	// Locales are the languages of the portal, the default first; nil means "en".
	Locales []string

	// Actor returns a person as they are now, or ErrNotFound: for those whom a
	// case is opened for, assigned to or shown to. Nil means that nobody is known:
	// people open cases for themselves, and nobody else gets to see them.
	Actor func(ctx context.Context, person string) (profile.Actor, error)

	// Knows reports whether by may see what a reference leads to, such as
	// "article/ID", before a case leads there. Nil means that cases lead nowhere.
	Knows func(ctx context.Context, by profile.Actor, reference string) (bool, error)

	// Notify tells people what happened to cases; nil means that nobody is told.
	// [profile.Notifier.Notify] does it.
	Notify func(ctx context.Context, o profile.Occurrence) error

	// ReopenFor is how long a closed case can be opened again; 0 means 14 days,
	// and less that it cannot. What comes up later is a case of its own.
	ReopenFor time.Duration
}

// NewDesk returns a Desk that keeps its cases in store. A nil opts means the
// defaults. It panics if the configuration is one that [Config.Check] refuses.
func NewDesk(store Store, opts *Options) *Desk {
	var o Options
	if opts != nil {
		o = *opts
	}
	d := &Desk{
		store: store, events: o.Events, policy: o.Policy, log: o.Logger, now: o.Now, tokens: cursor.NewKey(o.Secret), locales: slices.Clone(o.Locales),
		actor: o.Actor, knows: o.Knows, notify: o.Notify, reopenFor: o.ReopenFor,
	}
	d.configure(o.Config)
	if d.events == nil {
		d.events = analytics.Discard
	}
	if d.policy == nil {
		d.policy = profile.DefaultPolicy()
	}
	if d.log == nil {
		d.log = slog.New(slog.DiscardHandler)
	}
	if d.now == nil {
		d.now = time.Now
	}
	if len(d.locales) == 0 {
		d.locales = []string{"en"}
	}
	if d.reopenFor == 0 {
		d.reopenFor = 14 * 24 * time.Hour
	}
	return d
}

func (d *Desk) configure(c *Config) {
	if c == nil {
		def := DefaultConfig()
		c = &def
	}
	if err := c.Check(); err != nil {
		panic("cases: " + err.Error())
	}
	d.config = Config{Kinds: slices.Clone(c.Kinds), Statuses: slices.Clone(c.Statuses), Queues: slices.Clone(c.Queues)}
}

// clock returns the time at the precision that every store keeps.
func (d *Desk) clock() time.Time { return d.now().UTC().Truncate(time.Microsecond) }

func (d *Desk) record(ctx context.Context, by profile.Actor, name, id string, props map[string]string) {
	d.events.Record(ctx, analytics.Event{Name: name, Subject: "case/" + id, At: d.clock(), User: by.ID, Account: by.Account, Props: props})
}

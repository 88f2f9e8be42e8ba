package profile

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/internal/cursor"
)

// A Directory knows the people and organisations of a portal, what they may do
// and which segments they belong to. Its methods may be called concurrently.
type Directory struct {
	store  Store
	policy Policy
	facts  joinedFacts
	owned  joinedFacts
	events analytics.Recorder
	audit  Auditor // nil writes nothing down
	log    *slog.Logger
	now    func() time.Time
	tokens cursor.Key

	tryPeople int // how many TrySegment looks at

	rulesFor time.Duration
	rules    atomic.Pointer[ruleSet]
	fields   atomic.Pointer[fieldSet]
	roles    atomic.Pointer[roleSet]
	changes  atomic.Uint64 // of segments, fields and roles, made through this Directory

	keptRoles RoleStore // nil if nobody keeps any
	catalogue catalogue
	leaving   sync.Mutex // in this process, see alone; held by who takes rights from somebody who administers the portal

	own    *personal
	crm    crm
	erased func(context.Context)
}

// A crm is what binds edits besides the portal's own rules.
type crm struct {
	rules        DataRules
	fresh, stale time.Duration
	set          atomic.Pointer[dataRuleSet]
}

// Options adjust a Directory. The zero value is ready to use.
type Options struct {
	Policy    Policy             // nil means DefaultPolicy
	Facts     Facts              // see JoinFacts for several; nil means that nothing is known of people's behaviour
	Owned     Facts              // what people have by the company's own records, which opens content; nil means that nothing is known
	Events    analytics.Recorder // nil discards events
	Audit     Auditor            // writes down who did what, and what cannot be written down is not done; nil writes nothing
	Logger    *slog.Logger       // nil discards logs
	Now       func() time.Time   // nil means time.Now
	Secret    []byte             // signs page tokens; nil means random, so that a token is good in this process only
	TryPeople int                // how many people trying a segment or a field looks at; 0 means 10,000
	RulesFor  time.Duration      // how long the rules of segments, fields and roles are used before they are read again; 0 means 1 s

	DataRules      DataRules     // what a CRM asks of its data; nil means the store, if it has such rules
	DataRulesFor   time.Duration // how long they are used before they are read again; 0 means 1 min
	DataRulesStale time.Duration // how long they are used while the CRM does not answer; 0 means 1 h

	Roles       RoleStore             // of the team's own; nil means the store, if it keeps them
	Preferences PreferenceStore       // nil means the store, if it keeps them
	Consents    ConsentStore          // nil means the store, if it keeps them
	Shelf       ShelfStore            // nil means the store, if it keeps them
	Lists       []List                // that everybody has; nil means DefaultLists
	Erased      func(context.Context) // called after somebody was erased, to take out what is left below the rows, as in free pages and index files; nil means nothing
	Titles      Titles                // what is on lists, and who may see it; nil means that items are shown as they were put
}

// NewDirectory returns a Directory that keeps what it knows in store. A nil
// opts means the defaults.
func NewDirectory(store Store, opts *Options) *Directory {
	var o Options
	if opts != nil {
		o = *opts
	}
	if o.Policy == nil {
		o.Policy = DefaultPolicy()
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
	if o.RulesFor == 0 {
		o.RulesFor = time.Second
	}
	if o.TryPeople <= 0 {
		o.TryPeople = 10_000
	}
	d := &Directory{
		store: store, policy: o.Policy, facts: joinFacts(o.Facts), owned: joinFacts(o.Owned), events: o.Events, audit: o.Audit, log: o.Logger, now: o.Now,
		tokens: cursor.NewKey(o.Secret), rulesFor: o.RulesFor, tryPeople: o.TryPeople,
		own: newPersonal(store, o), erased: o.Erased,
	}
	if d.keptRoles = o.Roles; d.keptRoles == nil {
		d.keptRoles, _ = store.(RoleStore)
	}
	d.catalogue.list = Permissions()
	d.crm.rules, d.crm.fresh, d.crm.stale = o.DataRules, cmp.Or(o.DataRulesFor, time.Minute), cmp.Or(o.DataRulesStale, time.Hour)
	if rules, ok := store.(DataRules); ok && o.DataRules == nil {
		d.crm.rules = rules
	}
	return d
}

// clock returns the time at the precision that every store keeps.
func (d *Directory) clock() time.Time { return d.now().UTC().Truncate(time.Microsecond) }

func (d *Directory) record(ctx context.Context, by Actor, name, subject string) {
	d.events.Record(ctx, analytics.Event{Name: name, At: d.clock(), User: by.ID, Account: by.Account, Subject: subject})
}

// limit returns how many rows a page has.
func limit(n int) int {
	if n <= 0 {
		return DefaultLimit
	}
	return min(n, maxLimit)
}

// all ranges over every page that list returns.
func all[T any](list func(after string) ([]T, string, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		after := ""
		for {
			page, next, err := list(after)
			if err != nil {
				yield(none, err)
				return
			}
			for _, v := range page {
				if !yield(v, nil) {
					return
				}
			}
			if next == "" {
				return
			}
			after = next
		}
	}
}

// wrap names the subject of an error, and leaves nil alone.
func wrap(err error, kind, id string) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s %q: %w", kind, id, err)
}

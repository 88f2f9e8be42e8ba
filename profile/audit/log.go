package audit

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/stoa-go/stoa/internal/cursor"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/profile"
)

// A Log writes down who did what, and lets those read it who may. Its methods
// may be called concurrently, and any number of instances may write at once.
type Log struct {
	store  Store
	opts   Options
	tokens cursor.Key
	often  *web.Limiter // refusals, by who is refused

	mu   sync.Mutex
	seen map[string]time.Time // who has read what of whom, until
}

var _ profile.Auditor = (*Log)(nil)

// Options adjust a Log. The zero value is ready to use.
type Options struct {
	// Key makes the hashes of the chain. It must stay the same, and should not be
	// in the database that the entries are in. Nil means none: then the chain
	// shows what was changed by accident, or by who cannot compute it anew.
	Key []byte

	Policy  profile.Policy // nil means profile.DefaultPolicy
	System  []string       // IDs of actors that are the portal itself; nil means "system"
	Secret  []byte         // signs page tokens; nil means random, so that a token is good in this process only
	Reads   time.Duration  // within which reading the same again is not written down again; 0 means 10 minutes
	PerHour int            // how many refusals of one person, or of one network, are written down; 0 means 600
	Logger  *slog.Logger   // nil discards logs
	Now     func() time.Time
}

// NewLog returns a Log that keeps entries in store. A nil opts means the
// defaults.
func NewLog(store Store, opts *Options) *Log {
	var o Options
	if opts != nil {
		o = *opts
	}
	if o.Policy == nil {
		o.Policy = profile.DefaultPolicy()
	}
	if o.System == nil {
		o.System = []string{"system"}
	}
	if o.Reads == 0 {
		o.Reads = 10 * time.Minute
	}
	if o.PerHour == 0 {
		o.PerHour = 600
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	rate := web.Rate{Events: o.PerHour, Per: time.Hour, Burst: max(1, o.PerHour/10)}
	return &Log{
		store: store, opts: o, tokens: cursor.NewKey(o.Secret), seen: map[string]time.Time{},
		often: web.NewLimiter(rate, &web.LimiterOptions{Now: o.Now}),
	}
}

// Limits of what is kept of a deed, in bytes, and of its changes in number.
const (
	maxText    = 1000
	maxChanges = 100
	maxSeen    = 10_000
)

// Audit implements [profile.Auditor]. What somebody reads again within
// Options.Reads, and refusals beyond Options.PerHour, are not written down
// again; their number is 0 then.
func (l *Log) Audit(ctx context.Context, by profile.Actor, d profile.Deed) (int64, error) {
	e := l.entry(ctx, by, d)
	if d.Outcome == profile.OutcomeRefused && d.Of == 0 {
		if _, ok := l.often.Allow(e.Actor + "|" + e.Network); !ok {
			l.opts.Logger.WarnContext(ctx, "refusal not written down: too many", "action", e.Action, "network", e.Network)
			return 0, nil
		}
	}
	key, again := l.again(e)
	if again {
		return 0, nil
	}
	for _, who := range []*string{&e.Actor, &e.Behalf, &e.Person} {
		token, err := l.token(ctx, *who)
		if err != nil {
			return 0, fmt.Errorf("audit: %w", err)
		}
		*who = token
	}
	e, err := l.store.Append(ctx, e, func(prev string, e Entry) string { return seal(l.opts.Key, prev, e) })
	if err != nil {
		return 0, fmt.Errorf("audit: %w", err)
	}
	l.note(key)
	return e.Seq, nil
}

// entry returns what a deed is kept as, still with the IDs of people.
func (l *Log) entry(ctx context.Context, by profile.Actor, d profile.Deed) Entry {
	e := Entry{
		At: l.opts.Now().UTC().Truncate(time.Microsecond), Action: text(d.Action), Outcome: d.Outcome,
		Actor: by.ID, As: l.kind(by), Behalf: by.OnBehalfOf, Person: d.Person, Subject: text(d.Subject), Account: text(d.Account),
		Session: text(by.Session), Network: profile.NetworkOf(ctx), Why: text(d.Why), Of: d.Of,
	}
	if by.Viewer != "" {
		e.Actor, e.Behalf, e.As = by.Viewer, by.ID, KindStaff // only they look at the portal as others
	}
	for _, c := range d.Changes[:min(len(d.Changes), maxChanges)] {
		e.Changes = append(e.Changes, profile.Change{Field: text(c.Field), From: text(c.From), To: text(c.To)})
	}
	return e
}

func (l *Log) kind(by profile.Actor) Kind {
	for _, id := range l.opts.System {
		if by.ID == id {
			return KindSystem
		}
	}
	switch {
	case by.Anonymous():
		return KindNobody
	case by.Staff():
		return KindStaff
	}
	return KindCustomer
}

// text makes a text fit to be kept.
func text(s string) string {
	s = strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", ""), "\uFFFD")
	if len(s) > maxText {
		s = strings.ToValidUTF8(s[:maxText], "") + "…"
	}
	return s
}

// again reports whether e is a reading that was written down just now, and by
// what it is known.
func (l *Log) again(e Entry) (key string, again bool) {
	if !strings.HasSuffix(e.Action, ".read") || e.Outcome != profile.OutcomeDone {
		return "", false
	}
	key = strings.Join([]string{e.Actor, e.Behalf, e.Session, e.Action, e.Person}, "\x00")
	l.mu.Lock()
	defer l.mu.Unlock()
	return key, e.At.Before(l.seen[key])
}

func (l *Log) note(key string) {
	if key == "" {
		return
	}
	now := l.opts.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.seen) >= maxSeen {
		clear(l.seen) // some are then written down once more
	}
	l.seen[key] = now.Add(l.opts.Reads)
}

// token returns what stands for a person from now on.
func (l *Log) token(ctx context.Context, person string) (string, error) {
	person = text(person)
	if person == "" {
		return "", nil
	}
	known, err := l.store.Tokens(ctx, person)
	if err != nil {
		return "", err
	}
	if len(known) > 0 {
		return known[0], nil
	}
	// Another instance may do the same now; a person may have several.
	made := "p-" + strings.ToLower(rand.Text())
	return made, l.store.Name(ctx, made, person)
}

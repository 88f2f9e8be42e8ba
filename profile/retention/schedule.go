package retention

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/profile"
)

// A Schedule knows how long each class is kept and removes what is older. Its
// methods may be called concurrently, and any number of instances may run one.
type Schedule struct {
	store Store
	opts  ScheduleOptions
	desk

	mu      sync.RWMutex
	classes []Class
}

// ScheduleOptions adjust a Schedule. The zero value is ready to use.
type ScheduleOptions struct {
	Policy  profile.Policy   // nil means profile.DefaultPolicy
	Audit   profile.Auditor  // writes down who did what, and what cannot be written down is not done; nil writes nothing
	System  profile.Actor    // who removes what is old when nobody asked for it; the zero value means "system"
	Every   time.Duration    // how often each class is looked at; 0 means once a day
	Batch   int              // how much is removed at once; 0 means 500
	Batches int              // how many batches there are in a row, until the others have their turn; 0 means 200
	Logger  *slog.Logger     // nil discards logs
	Now     func() time.Time // nil means time.Now
}

// NewSchedule returns a Schedule. A nil opts means the defaults.
func NewSchedule(store Store, opts *ScheduleOptions) *Schedule {
	var o ScheduleOptions
	if opts != nil {
		o = *opts
	}
	if o.Policy == nil {
		o.Policy = profile.DefaultPolicy()
	}
	if o.System.ID == "" {
		o.System = profile.Actor{ID: "system"}
	}
	if o.Every == 0 {
		o.Every = 24 * time.Hour
	}
	if o.Batch <= 0 {
		o.Batch = 500
	}
	if o.Batches <= 0 {
		o.Batches = 200
	}
	return &Schedule{store: store, opts: o, desk: newDesk(o.Audit, o.Logger, o.Now)}
}

// Register adds classes. A program calls it while it starts. One with a name that
// is there already takes its place. A class that is not in order is ErrInvalid,
// and none is added.
func (s *Schedule) Register(classes ...Class) error {
	for _, c := range classes {
		if err := c.check(); err != nil {
			return err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range classes {
		s.classes = slices.DeleteFunc(s.classes, func(old Class) bool { return old.Name == c.Name })
		s.classes = append(s.classes, c)
	}
	slices.SortFunc(s.classes, func(a, b Class) int { return strings.Compare(a.Name, b.Name) })
	return nil
}

// Classes returns all classes and how they stand, by name. It takes
// [profile.PermissionRetention], as all that follows.
func (s *Schedule) Classes(ctx context.Context, by profile.Actor) ([]Standing, error) {
	if !s.opts.Policy.May(by, profile.PermissionRetention) {
		return nil, fmt.Errorf("retention: %w", errs.Forbidden)
	}
	return s.standings(ctx)
}

func (s *Schedule) standings(ctx context.Context) ([]Standing, error) {
	states, err := s.store.States(ctx)
	if err != nil {
		return nil, fmt.Errorf("retention: %w", err)
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	out := make([]Standing, len(s.classes))
	for i, c := range s.classes {
		of := State{Class: c.Name}
		if at := slices.IndexFunc(states, func(st State) bool { return st.Class == c.Name }); at >= 0 {
			of = states[at]
		}
		out[i] = standing(c, of, s.clock())
	}
	return out, nil
}

// standing returns one class, and what is known of it.
func (s *Schedule) standing(ctx context.Context, name string) (Standing, State, error) {
	all, err := s.standings(ctx)
	if err != nil {
		return Standing{}, State{}, err
	}
	i := slices.IndexFunc(all, func(c Standing) bool { return c.Name == name })
	if i < 0 {
		return Standing{}, State{}, fmt.Errorf("class %q: %w", name, errs.NotFound)
	}
	states, err := s.store.States(ctx)
	if err != nil {
		return Standing{}, State{}, fmt.Errorf("retention: %w", err)
	}
	state := State{Class: name}
	if at := slices.IndexFunc(states, func(st State) bool { return st.Class == name }); at >= 0 {
		state = states[at]
	}
	return standing(all[i].Class, state, s.clock()), state, nil
}

// Due returns how much of a class is too old, and whether there may be more: at
// most ten batches are counted. With days above 0 it is as if it were kept for so
// long.
func (s *Schedule) Due(ctx context.Context, by profile.Actor, name string, days int) (n int, more bool, err error) {
	if !s.opts.Policy.May(by, profile.PermissionRetention) {
		return 0, false, fmt.Errorf("retention: %w", errs.Forbidden)
	}
	c, _, err := s.standing(ctx, name)
	if err != nil {
		return 0, false, err
	}
	if days > 0 {
		c.Kept = days
	}
	e, err := s.expiry(ctx, c)
	if err != nil {
		return 0, false, err
	}
	e.Dry, e.Limit = true, 10*s.opts.Batch
	n, err = c.Pruner.Prune(ctx, e)
	if err != nil {
		return 0, false, fmt.Errorf("due of %s: %w", name, err)
	}
	return n, n == e.Limit, nil
}

func (s *Schedule) expiry(ctx context.Context, c Standing) (profile.Expiry, error) {
	now := s.clock()
	held, err := s.store.Held(ctx, now)
	if err != nil {
		return profile.Expiry{}, fmt.Errorf("held: %w", err)
	}
	return profile.Expiry{Before: c.before(now), Held: held, Limit: s.opts.Batch}, nil
}

// Change has a class be kept for some days, or for as long as the program says if
// days is 0. The version is that of the [Standing]: ErrConflict means that
// somebody else was first, or that an instance began or ended removing.
func (s *Schedule) Change(ctx context.Context, by profile.Actor, name string, days, version int) error {
	deed := profile.Deed{Action: "retention.changed", Subject: "class/" + name}
	if !s.opts.Policy.May(by, profile.PermissionRetention) {
		return s.denied(ctx, by, deed)
	}
	c, state, err := s.standing(ctx, name)
	if err != nil {
		return err
	}
	if days != 0 && (days < c.Min || days > c.Max) {
		return errs.Field("days", "error.field.out_of_range", map[string]any{"min": c.Min, "max": c.Max})
	}
	if state.Days == days {
		return nil // a retry
	}
	if version != state.Version {
		return fmt.Errorf("class %q: %w", name, errs.Conflict)
	}
	kept := c.Kept
	state.Days, state.ChangedBy, state.ChangedAt = days, by.ID, s.clock()
	state.Version++
	deed.Changes = []profile.Change{{Field: "days", From: strconv.Itoa(kept), To: strconv.Itoa(standing(c.Class, state, s.clock()).Kept)}}
	err = s.audited(ctx, by, deed, func() error { return s.store.SaveState(ctx, state) })
	if err != nil {
		return fmt.Errorf("class %q: %w", name, err)
	}
	return nil
}

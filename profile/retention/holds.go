package retention

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/idem"
	"github.com/stoa-go/stoa/profile"
)

// Holds keep what is known of some people from being erased, and remember who was
// refused. Its methods may be called concurrently.
type Holds struct {
	store  Store
	people *profile.Directory
	policy profile.Policy
	desk
}

// HoldOptions adjust Holds. The zero value is ready to use.
type HoldOptions struct {
	Policy profile.Policy   // nil means profile.DefaultPolicy
	Audit  profile.Auditor  // writes down who did what, and what cannot be written down is not done; nil writes nothing
	Logger *slog.Logger     // nil discards logs
	Now    func() time.Time // nil means time.Now
}

// NewHolds returns Holds over the people of a directory, which asks them once
// their Keeper is registered with it. A nil opts means the defaults.
func NewHolds(store Store, people *profile.Directory, opts *HoldOptions) *Holds {
	var o HoldOptions
	if opts != nil {
		o = *opts
	}
	if o.Policy == nil {
		o.Policy = profile.DefaultPolicy()
	}
	return &Holds{store: store, people: people, policy: o.Policy, desk: newDesk(o.Audit, o.Logger, o.Now)}
}

// maxReason is how long a reason may be, in characters.
const maxReason = 500

// A HoldDraft is a hold that somebody wants.
type HoldDraft struct {
	Person string
	Ground Ground
	Reason string    // the person may read it
	Until  time.Time // zero means until it is released
	Key    string    // idempotency key, or empty
}

// Place holds somebody. It takes [profile.PermissionRetention]. Doing it again
// with the same key answers with the first.
func (h *Holds) Place(ctx context.Context, by profile.Actor, d HoldDraft) (Hold, error) {
	deed := profile.Deed{Action: "hold.placed", Person: d.Person, Subject: "ground/" + string(d.Ground)}
	if err := h.may(ctx, by, deed); err != nil {
		return Hold{}, err
	}
	d.Reason = strings.TrimSpace(d.Reason)
	if err := h.check(ctx, by, d); err != nil {
		return Hold{}, fmt.Errorf("hold: %w", err)
	}
	made := Hold{
		ID: idem.New(), Person: d.Person, Ground: d.Ground, Reason: d.Reason, By: by.ID, At: h.clock(), Until: d.Until.UTC().Truncate(time.Microsecond), Version: 1,
	}
	if d.Until.IsZero() {
		made.Until = time.Time{}
	}
	if d.Key != "" {
		made.ID = idem.ID("retention.hold", by.ID, d.Key)
		if first, err := h.hold(ctx, made.ID); !errors.Is(err, errs.NotFound) {
			return first, err
		}
	}
	err := h.audited(ctx, by, deed, func() error { return h.store.SaveHold(ctx, made) })
	if err != nil {
		return Hold{}, fmt.Errorf("hold: %w", err)
	}
	return made, nil
}

func (h *Holds) check(ctx context.Context, by profile.Actor, d HoldDraft) error {
	f := errs.Fields{}
	if d.Reason == "" {
		f.Add("reason", "error.field.required", nil)
	} else if utf8.RuneCountInString(d.Reason) > maxReason {
		f.Add("reason", "error.field.too_long", map[string]any{"max": maxReason})
	}
	if !slices.Contains(Grounds(), d.Ground) {
		f.Add("ground", "error.field.required", nil)
	}
	if !d.Until.IsZero() && !d.Until.After(h.clock()) {
		f.Add("until", "error.retention.past", nil)
	}
	_, err := h.people.Person(ctx, by, d.Person)
	if d.Person == "" || errors.Is(err, errs.NotFound) {
		f.Add("person", "error.retention.nobody", nil)
		err = nil
	}
	if err != nil {
		return err
	}
	return f.Err()
}

// Release ends a hold whose version is as it was read. It takes
// [profile.PermissionRetention]. What was refused because of it can be carried
// out then. One that has ended is left as it is.
func (h *Holds) Release(ctx context.Context, by profile.Actor, id string) (Hold, error) {
	deed := profile.Deed{Action: "hold.released", Subject: "hold/" + id}
	if err := h.may(ctx, by, deed); err != nil {
		return Hold{}, err
	}
	old, err := h.hold(ctx, id)
	if err != nil || !old.Keeps(h.clock()) {
		return old, err
	}
	deed.Person = old.Person
	old.ReleasedBy, old.ReleasedAt = by.ID, h.clock()
	old.Version++
	err = h.audited(ctx, by, deed, func() error { return h.store.SaveHold(ctx, old) })
	if err != nil {
		return Hold{}, fmt.Errorf("hold %q: %w", id, err)
	}
	return old, nil
}

// List returns holds. It takes [profile.PermissionRetention].
func (h *Holds) List(ctx context.Context, by profile.Actor, q HoldQuery) ([]Hold, error) {
	if !h.policy.May(by, profile.PermissionRetention) {
		return nil, fmt.Errorf("holds: %w", errs.Forbidden)
	}
	list, err := h.store.Holds(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("holds: %w", err)
	}
	return list, nil
}

func (h *Holds) hold(ctx context.Context, id string) (Hold, error) {
	list, err := h.store.Holds(ctx, HoldQuery{ID: id, Limit: 1})
	if err == nil && (id == "" || len(list) == 0) {
		err = errs.NotFound
	}
	if err != nil {
		return Hold{}, fmt.Errorf("hold %q: %w", id, err)
	}
	return list[0], nil
}

// keeping returns the oldest hold that keeps a person now, or none.
func (h *Holds) keeping(ctx context.Context, person string) (Hold, bool, error) {
	list, err := h.store.Holds(ctx, HoldQuery{Person: person, At: h.clock()})
	if err != nil || len(list) == 0 {
		return Hold{}, false, err
	}
	return list[len(list)-1], true, nil
}

func (h *Holds) may(ctx context.Context, by profile.Actor, deed profile.Deed) error {
	if h.policy.May(by, profile.PermissionRetention) {
		return nil
	}
	return h.denied(ctx, by, deed)
}

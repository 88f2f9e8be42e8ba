package retention

import (
	"context"
	"errors"
	"fmt"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/idem"
	"github.com/stoa-go/stoa/profile"
)

// Requests returns erasures that were refused: one's own of everybody, and with
// [profile.PermissionRetention] those of anybody. An empty Person means the
// actor's own to whoever lacks it.
func (h *Holds) Requests(ctx context.Context, by profile.Actor, q RequestQuery) ([]Request, error) {
	if !h.policy.May(by, profile.PermissionRetention) {
		if by.Anonymous() || q.Person != "" && q.Person != by.ID {
			return nil, fmt.Errorf("requests: %w", errs.Forbidden)
		}
		q.Person = by.ID
	}
	list, err := h.store.Requests(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("requests: %w", err)
	}
	if q.Person == by.ID && !h.policy.May(by, profile.PermissionRetention) {
		for i := range list {
			list[i].By = own(list[i].By, by.ID)
		}
	}
	return list, nil
}

// own returns an ID that is the reader's own, and of others nothing.
func own(id, reader string) string {
	if id != reader {
		return ""
	}
	return id
}

// Withdraw ends a request that waits: of oneself, or with
// [profile.PermissionRetention] of anybody whom an administrator wanted erased.
func (h *Holds) Withdraw(ctx context.Context, by profile.Actor, id string) error {
	r, err := h.waiting(ctx, by, id)
	if err != nil {
		return err
	}
	if r.By != by.ID && (r.By == r.Person || !h.policy.May(by, profile.PermissionRetention)) {
		return h.denied(ctx, by, profile.Deed{Action: "erasure.withdrawn", Person: r.Person})
	}
	r.Status, r.EndedAt = StatusWithdrawn, h.clock()
	r.Version++
	err = h.audited(ctx, by, profile.Deed{Action: "erasure.withdrawn", Person: r.Person}, func() error { return h.store.SaveRequest(ctx, r) })
	if err != nil {
		return fmt.Errorf("request %q: %w", id, err)
	}
	return nil
}

// CarryOut erases whom a request that waits is about, as it was asked for. It
// takes [profile.PermissionRetention] and the right to erase them. As long as
// somebody is held it is ErrConflict.
func (h *Holds) CarryOut(ctx context.Context, by profile.Actor, id string) error {
	if err := h.may(ctx, by, profile.Deed{Action: "erasure.carried_out", Subject: "request/" + id}); err != nil {
		return err
	}
	r, err := h.waiting(ctx, by, id)
	if err != nil {
		return err
	}
	if r.Mode == "" {
		r.Mode = profile.EraseModePseudonym // who was to be removed leaves what others rely on
	}
	if _, err := h.people.EraseEverything(ctx, by, r.Person, r.Mode); err != nil {
		return fmt.Errorf("request %q: %w", id, err)
	}
	return nil
}

// waiting returns a request that waits and that the actor may know of.
func (h *Holds) waiting(ctx context.Context, by profile.Actor, id string) (Request, error) {
	list, err := h.store.Requests(ctx, RequestQuery{ID: id, Status: StatusWaiting, Limit: 1})
	if err == nil && (id == "" || by.Anonymous() || len(list) == 0) {
		err = errs.NotFound
	}
	if err == nil && list[0].Person != by.ID && !h.policy.May(by, profile.PermissionRetention) {
		err = errs.NotFound
	}
	if err != nil {
		return Request{}, fmt.Errorf("request %q: %w", id, err)
	}
	return list[0], nil
}

// refuse writes down that somebody was not erased, once for each who asks, and
// returns what they are told.
func (h *Holds) refuse(ctx context.Context, by profile.Actor, person string, mode profile.EraseMode, hold Hold) error {
	r := Request{
		ID: idem.ID("retention.request", by.ID, hold.ID+"|"+person), Person: person, By: by.ID, Mode: mode, At: h.clock(),
		Hold: hold.ID, Ground: hold.Ground, Reason: hold.Reason, Status: StatusWaiting, Version: 1,
	}
	err := h.store.SaveRequest(ctx, r)
	if errors.Is(err, errs.Conflict) {
		err = h.askAgain(ctx, r)
	}
	if err != nil {
		return fmt.Errorf("erasure refused and not written down: %w", err)
	}
	return errs.Say(errs.Conflict, "error.retention.held", map[string]any{"reason": hold.Reason})
}

// askAgain has a request wait that was withdrawn; one that waits stays as it is.
func (h *Holds) askAgain(ctx context.Context, r Request) error {
	list, err := h.store.Requests(ctx, RequestQuery{ID: r.ID, Limit: 1})
	if err != nil || len(list) == 0 || list[0].Status == StatusWaiting {
		return err
	}
	r.Version = list[0].Version + 1
	if err := h.store.SaveRequest(ctx, r); !errors.Is(err, errs.Conflict) {
		return err
	}
	return nil // another request of theirs was faster
}

package matrix_test

import (
	"context"
	"errors"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/retention"
	"github.com/stoa-go/stoa/profile/retention/memretention"
)

// withHolds calls what somebody does with a hold and two requests: one of
// somebody who is gone already, and one of the actor.
func withHolds(name string, call func(ctx context.Context, w *world, h *retention.Holds, by profile.Actor) (any, bool, error)) operation {
	return operation{name: "retention." + name, on: "portal", call: func(ctx context.Context, w *world, by profile.Actor, _ string) (any, bool, error) {
		store := memretention.New()
		err := errors.Join(
			store.SaveHold(ctx, retention.Hold{ID: "hold", Person: "colleague", Ground: retention.GroundClaims, Reason: "canary-hold", At: w.now.time(), Version: 1}),
			store.SaveRequest(ctx, retention.Request{ID: "gone", Person: "gone", By: "gone", Mode: profile.EraseModeDelete, Status: retention.StatusWaiting, Reason: "canary-asked", At: w.now.time(), Version: 1}),
			store.SaveRequest(ctx, retention.Request{ID: "own", Person: by.ID, By: by.ID, Mode: profile.EraseModeDelete, Status: retention.StatusWaiting, At: w.now.time(), Version: 1}),
		)
		if err != nil {
			return nil, false, err
		}
		return call(ctx, w, retention.NewHolds(store, w.people, &retention.HoldOptions{Now: w.now.time}), by)
	}}
}

func withSchedule(name string, call func(ctx context.Context, s *retention.Schedule, by profile.Actor) error) operation {
	return overall("retention.Schedule."+name, func(ctx context.Context, w *world, by profile.Actor) error {
		s := retention.NewSchedule(memretention.New(), &retention.ScheduleOptions{Now: w.now.time})
		nothing := profile.PrunerFunc(func(context.Context, profile.Expiry) (int, error) { return 0, nil })
		if err := s.Register(retention.Class{Name: "notices", Days: 10, Min: 1, Max: 20, Pruner: nothing}); err != nil {
			return err
		}
		return call(ctx, s, by)
	})
}

func retentionOperations() []operation {
	return []operation{
		withHolds("Place", func(ctx context.Context, _ *world, h *retention.Holds, by profile.Actor) (any, bool, error) {
			_, err := h.Place(ctx, by, retention.HoldDraft{Person: others["colleague"].ID, Ground: retention.GroundClaims, Reason: "A claim."})
			return nil, err == nil, err
		}),
		withHolds("Release", func(ctx context.Context, _ *world, h *retention.Holds, by profile.Actor) (any, bool, error) {
			_, err := h.Release(ctx, by, "hold")
			return nil, err == nil, err
		}),
		withHolds("List", func(ctx context.Context, _ *world, h *retention.Holds, by profile.Actor) (any, bool, error) {
			list, err := h.List(ctx, by, retention.HoldQuery{})
			return list, len(list) > 0, err
		}),
		withHolds("Requests", func(ctx context.Context, _ *world, h *retention.Holds, by profile.Actor) (any, bool, error) {
			list, err := h.Requests(ctx, by, retention.RequestQuery{Person: by.ID})
			return list, len(list) > 0, err
		}),
		withHolds("Requests/anybody", func(ctx context.Context, _ *world, h *retention.Holds, by profile.Actor) (any, bool, error) {
			list, err := h.Requests(ctx, by, retention.RequestQuery{Person: "gone"})
			return list, len(list) > 0, err
		}),
		withHolds("Withdraw", func(ctx context.Context, _ *world, h *retention.Holds, by profile.Actor) (any, bool, error) {
			err := h.Withdraw(ctx, by, "own")
			return nil, err == nil, err
		}),
		withHolds("Withdraw/another", func(ctx context.Context, _ *world, h *retention.Holds, by profile.Actor) (any, bool, error) {
			err := h.Withdraw(ctx, by, "gone")
			return nil, err == nil, err
		}),
		withHolds("CarryOut", func(ctx context.Context, _ *world, h *retention.Holds, by profile.Actor) (any, bool, error) {
			err := h.CarryOut(ctx, by, "gone")
			return nil, err == nil, err
		}),
		withSchedule("Classes", func(ctx context.Context, s *retention.Schedule, by profile.Actor) error {
			_, err := s.Classes(ctx, by)
			return err
		}),
		withSchedule("Due", func(ctx context.Context, s *retention.Schedule, by profile.Actor) error {
			_, _, err := s.Due(ctx, by, "notices", 0)
			return err
		}),
		withSchedule("Change", func(ctx context.Context, s *retention.Schedule, by profile.Actor) error {
			return s.Change(ctx, by, "notices", 5, 0)
		}),
		withSchedule("Prune", func(ctx context.Context, s *retention.Schedule, by profile.Actor) error {
			_, err := s.Prune(ctx, by, "notices")
			return err
		}),
	}
}

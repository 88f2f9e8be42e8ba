package retention_test

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/audit"
	"github.com/stoa-go/stoa/profile/audit/memaudit"
	"github.com/stoa-go/stoa/profile/memprofile"
	"github.com/stoa-go/stoa/profile/profiletest"
	"github.com/stoa-go/stoa/profile/retention"
	"github.com/stoa-go/stoa/profile/retention/memretention"
)

var (
	root = profile.Actor{ID: "root", Roles: []profile.Role{profile.RoleAdmin}}
	ann  = profile.Actor{ID: "ann", Assurance: profile.AssuranceStrong}
	t0   = time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC)
)

// A world is a directory with holds and a schedule over it.
type world struct {
	store    *memprofile.Store
	people   *profile.Directory
	holds    *retention.Holds
	schedule *retention.Schedule
	log      *audit.Log
	now      time.Time
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{store: memprofile.New(), now: t0}
	now := func() time.Time { return w.now }
	w.log = audit.NewLog(memaudit.New(), &audit.Options{Now: now})
	w.people = profile.NewDirectory(w.store, &profile.Options{Audit: w.log, Now: now})
	state := memretention.New()
	w.holds = retention.NewHolds(state, w.people, &retention.HoldOptions{Audit: w.log, Now: now})
	w.people.Register(w.holds.Keeper(), w.log.Keeper())
	w.schedule = retention.NewSchedule(state, &retention.ScheduleOptions{Audit: w.log, Now: now, Batch: 2, Batches: 3})
	for _, id := range []string{"ann", "bob", "root"} {
		require.NoError(t, w.store.SavePerson(t.Context(), profile.Person{ID: id, Name: id, CreatedAt: t0, UpdatedAt: t0, Version: 1}))
	}
	return w
}

func (w *world) hold(t *testing.T, person string) retention.Hold {
	t.Helper()
	h, err := w.holds.Place(t.Context(), root, retention.HoldDraft{Person: person, Ground: retention.GroundClaims, Reason: "Your claim of May is open.", Key: "k-" + person})
	require.NoError(t, err)
	return h
}

func (w *world) wrote(t *testing.T, action string) (out []audit.Entry) {
	t.Helper()
	list, _, err := w.log.Entries(t.Context(), root, audit.Query{Action: action})
	require.NoError(t, err)
	return list
}

// TestHeld: who is held is not erased, by nobody and in no way, is told why, and
// is erased once nothing holds them any more.
func TestHeld(t *testing.T) {
	w := newWorld(t)
	h := w.hold(t, "ann")
	require.Equal(t, h, w.hold(t, "ann"), "a retry is no second one")
	for range 2 {
		_, err := w.people.EraseEverything(t.Context(), ann, "ann", profile.EraseModeDelete)
		require.ErrorIs(t, err, errs.Conflict)
		says, ok := errors.AsType[*errs.Says](err)
		require.True(t, ok, "the reader is told why")
		require.Equal(t, "Your claim of May is open.", says.Message.Args["reason"])
	}
	_, err := w.people.EraseEverything(t.Context(), root, "ann", profile.EraseModePseudonym)
	require.ErrorIs(t, err, errs.Conflict)
	require.ErrorIs(t, w.people.RemovePerson(t.Context(), root, "ann"), errs.Conflict)
	_, err = w.people.Actor(t.Context(), "ann")
	require.NoError(t, err, "nothing is gone")
	refused := profile.OutcomeRefused
	list, _, err := w.log.Entries(t.Context(), root, audit.Query{Whom: "ann", Outcome: &refused})
	require.NoError(t, err)
	require.Len(t, list, 4, "each refusal is written down")

	mine, err := w.holds.Requests(t.Context(), ann, retention.RequestQuery{})
	require.NoError(t, err)
	require.Len(t, mine, 2, "one of each who asked")
	all, err := w.holds.Requests(t.Context(), root, retention.RequestQuery{Status: retention.StatusWaiting})
	require.NoError(t, err)
	require.Len(t, all, 2)
	var own retention.Request
	for _, r := range mine {
		require.NotEqual(t, "root", r.By, "who else asked is not told")
		if r.By == "ann" {
			own = r
		}
	}
	require.ErrorIs(t, w.holds.CarryOut(t.Context(), root, own.ID), errs.Conflict)
	require.ErrorIs(t, w.holds.CarryOut(t.Context(), ann, own.ID), errs.Forbidden)
	_, err = w.holds.Release(t.Context(), root, h.ID)
	require.NoError(t, err)
	require.NoError(t, w.holds.CarryOut(t.Context(), root, own.ID))
	_, err = w.people.Actor(t.Context(), "ann")
	require.ErrorIs(t, err, errs.NotFound)
	all, err = w.holds.Requests(t.Context(), root, retention.RequestQuery{})
	require.NoError(t, err)
	require.Empty(t, all, "what was asked is done, and names nobody")
	require.ErrorIs(t, w.holds.CarryOut(t.Context(), root, own.ID), errs.NotFound)
	require.Len(t, w.wrote(t, "hold"), 2)
}

// TestHoldEnds: a hold with an end holds nobody after it.
func TestHoldEnds(t *testing.T) {
	w := newWorld(t)
	_, err := w.holds.Place(t.Context(), root, retention.HoldDraft{Person: "ann", Ground: retention.GroundObligation, Reason: "Invoices.", Until: t0.Add(time.Hour)})
	require.NoError(t, err)
	w.now = t0.Add(time.Hour - time.Second)
	_, err = w.people.EraseEverything(t.Context(), ann, "ann", profile.EraseModeDelete)
	require.ErrorIs(t, err, errs.Conflict)
	w.now = t0.Add(time.Hour)
	_, err = w.people.EraseEverything(t.Context(), ann, "ann", profile.EraseModeDelete)
	require.NoError(t, err)
}

func TestPlaceChecks(t *testing.T) {
	w := newWorld(t)
	good := retention.HoldDraft{Person: "ann", Ground: retention.GroundClaims, Reason: "A claim."}
	for field, change := range map[string]func(*retention.HoldDraft){
		"reason": func(d *retention.HoldDraft) { d.Reason = " " },
		"ground": func(d *retention.HoldDraft) { d.Ground = "whim" },
		"until":  func(d *retention.HoldDraft) { d.Until = t0 },
		"person": func(d *retention.HoldDraft) { d.Person = "nobody" },
	} {
		d := good
		change(&d)
		_, err := w.holds.Place(t.Context(), root, d)
		require.ErrorIs(t, err, errs.Invalid, field)
		require.ErrorContains(t, err, field)
	}
	for _, by := range []profile.Actor{{}, ann, {ID: "agent", Roles: []profile.Role{profile.RoleAgent}}} {
		_, err := w.holds.Place(t.Context(), by, good)
		require.ErrorIs(t, err, errs.Forbidden)
	}
	require.Len(t, w.wrote(t, "hold.placed"), 2, "who tried is written down")
}

func TestWithdraw(t *testing.T) {
	w := newWorld(t)
	w.hold(t, "ann")
	ask := func() retention.Request {
		_, err := w.people.EraseEverything(t.Context(), ann, "ann", profile.EraseModeDelete)
		require.ErrorIs(t, err, errs.Conflict)
		list, err := w.holds.Requests(t.Context(), ann, retention.RequestQuery{Status: retention.StatusWaiting})
		require.NoError(t, err)
		require.Len(t, list, 1)
		return list[0]
	}
	r := ask()
	require.ErrorIs(t, w.holds.Withdraw(t.Context(), profile.Actor{ID: "bob"}, r.ID), errs.NotFound)
	require.ErrorIs(t, w.holds.Withdraw(t.Context(), root, r.ID), errs.Forbidden, "what a person asked is theirs to withdraw")
	require.NoError(t, w.holds.Withdraw(t.Context(), ann, r.ID))
	require.ErrorIs(t, w.holds.Withdraw(t.Context(), ann, r.ID), errs.NotFound)
	require.Equal(t, r.ID, ask().ID, "asking again is asking")
}

func TestKeeper(t *testing.T) {
	profiletest.TestKeeper(t, func(t *testing.T) (profile.Keeper, []string) {
		store := memretention.New()
		for person, word := range map[string]string{"zqann": "canaryone", "zqann2": "canarytwo"} {
			require.NoError(t, store.SaveHold(t.Context(), retention.Hold{ID: "h" + word, Person: person, Reason: word, By: person, At: t0, Version: 1}))
			require.NoError(t, store.SaveRequest(t.Context(), retention.Request{ID: "r" + word, Person: person, Reason: word, By: person, At: t0, Version: 1}))
		}
		return retention.NewHolds(store, nil, nil).Keeper(), []string{"canaryone"}
	})
}

// A pile is data of a class: when each piece is from, and whose it is.
type pile struct {
	ages []time.Time
	runs int
	err  error
	mid  func() // is called before a batch
}

func (p *pile) Prune(_ context.Context, e profile.Expiry) (n int, err error) {
	if p.mid != nil && !e.Dry {
		p.mid()
	}
	p.runs++
	var left []time.Time
	for _, at := range p.ages {
		if at.Before(e.Before) && n < e.Limit && len(e.Held) == 0 {
			n++
			continue
		}
		left = append(left, at)
	}
	if !e.Dry {
		p.ages = left
	}
	return n, p.err
}

func old(n, days int) (out []time.Time) {
	for range n {
		out = append(out, t0.AddDate(0, 0, -days))
	}
	return out
}

func (w *world) class(t *testing.T, p *pile) {
	t.Helper()
	require.NoError(t, w.schedule.Register(retention.Class{Name: "notices", Days: 100, Min: 10, Max: 1000, Pruner: p}))
}

func (w *world) standing(t *testing.T) retention.Standing {
	t.Helper()
	list, err := w.schedule.Classes(t.Context(), root)
	require.NoError(t, err)
	require.Len(t, list, 1)
	return list[0]
}

func TestSchedule(t *testing.T) {
	w, p := newWorld(t), &pile{ages: append(old(5, 101), old(2, 99)...)}
	w.class(t, p)
	n, more, err := w.schedule.Due(t.Context(), root, "notices", 0)
	require.NoError(t, err)
	require.Equal(t, []any{5, false}, []any{n, more})
	n, _, err = w.schedule.Due(t.Context(), root, "notices", 50)
	require.NoError(t, err)
	require.Equal(t, 7, n, "a period can be tried before")
	require.NoError(t, w.schedule.RunOnce(t.Context()))
	require.Len(t, p.ages, 2)
	s := w.standing(t)
	require.Equal(t, []any{t0, 5, false, false}, []any{s.RanAt, s.Removed, s.Fault, s.Running})
	wrote := w.wrote(t, "retention.pruned")
	require.Len(t, wrote, 2, "what is about to go, and how much went")
	require.Equal(t, "5", wrote[0].Changes[0].To)

	runs := p.runs
	w.now = t0.Add(23 * time.Hour)
	require.NoError(t, w.schedule.RunOnce(t.Context()))
	require.Equal(t, runs, p.runs, "once a day")
	w.now = t0.Add(24 * time.Hour)
	require.NoError(t, w.schedule.RunOnce(t.Context()))
	require.Greater(t, p.runs, runs)
	require.Len(t, w.wrote(t, "retention.pruned"), 2, "nothing was due, and nothing is written down")
	require.Equal(t, 0, w.standing(t).Removed)
}

// TestScheduleInTurns: much is removed in turns, so that no class waits for ever.
func TestScheduleInTurns(t *testing.T) {
	w, p := newWorld(t), &pile{ages: old(10, 200)}
	w.class(t, p)
	for _, left := range []int{4, 0} {
		require.NoError(t, w.schedule.RunOnce(t.Context()))
		require.Len(t, p.ages, left)
	}
}

// TestScheduleHeld: who is held from the middle of a run on loses nothing more.
func TestScheduleHeld(t *testing.T) {
	w, p := newWorld(t), &pile{ages: old(6, 200)}
	w.class(t, p)
	p.mid = func() { w.hold(t, "ann") }
	n, err := w.schedule.Prune(t.Context(), root, "notices")
	require.NoError(t, err)
	require.Equal(t, 2, n)
	require.Len(t, p.ages, 4)
}

// TestScheduleOnce: of several instances one is at a class, and one that died is
// no hindrance for ever.
func TestScheduleOnce(t *testing.T) {
	w, p := newWorld(t), &pile{ages: old(3, 200)}
	w.class(t, p)
	p.mid = func() {
		require.True(t, w.standing(t).Running)
		_, err := w.schedule.Prune(t.Context(), root, "notices")
		require.ErrorIs(t, err, errs.Conflict)
	}
	_, err := w.schedule.Prune(t.Context(), root, "notices")
	require.NoError(t, err)
	require.False(t, w.standing(t).Running)
	require.Panics(t, func() {
		p.mid, p.ages = func() { panic("the instance dies") }, old(3, 200)
		_, _ = w.schedule.Prune(t.Context(), root, "notices")
	})
	p.mid = nil
	_, err = w.schedule.Prune(t.Context(), root, "notices")
	require.ErrorIs(t, err, errs.Conflict)
	w.now = t0.Add(time.Hour)
	n, err := w.schedule.Prune(t.Context(), root, "notices")
	require.NoError(t, err)
	require.Equal(t, 3, n)
}

func TestScheduleFails(t *testing.T) {
	w, p := newWorld(t), &pile{ages: old(3, 200), err: errs.Unavailable}
	w.class(t, p)
	require.ErrorIs(t, w.schedule.RunOnce(t.Context()), errs.Unavailable)
	require.True(t, w.standing(t).Fault)
	p.err = nil
	w.now = t0.Add(24 * time.Hour)
	require.NoError(t, w.schedule.RunOnce(t.Context()))
	require.False(t, w.standing(t).Fault)
}

func TestChange(t *testing.T) {
	w, p := newWorld(t), &pile{ages: old(3, 50)}
	w.class(t, p)
	for _, days := range []int{9, 1001, -1} {
		require.ErrorIs(t, w.schedule.Change(t.Context(), root, "notices", days, 0), errs.Invalid)
	}
	require.ErrorIs(t, w.schedule.Change(t.Context(), ann, "notices", 40, 0), errs.Forbidden)
	require.ErrorIs(t, w.schedule.Change(t.Context(), root, "soul", 40, 0), errs.NotFound)
	require.NoError(t, w.schedule.Change(t.Context(), root, "notices", 40, 0))
	require.NoError(t, w.schedule.Change(t.Context(), root, "notices", 40, 0), "a retry")
	require.ErrorIs(t, w.schedule.Change(t.Context(), root, "notices", 60, 0), errs.Conflict)
	s := w.standing(t)
	require.Equal(t, []any{40, true, "root", t0}, []any{s.Kept, s.Changed, s.ChangedBy, s.ChangedAt})
	n, err := w.schedule.Prune(t.Context(), root, "notices")
	require.NoError(t, err)
	require.Equal(t, 3, n)
	require.NoError(t, w.schedule.Change(t.Context(), root, "notices", 0, w.standing(t).Version))
	require.Equal(t, 100, w.standing(t).Kept)
	wrote := w.wrote(t, "retention.changed")
	require.Equal(t, profile.Change{Field: "days", From: "100", To: "40"}, wrote[1].Changes[0])
	require.ErrorIs(t, w.schedule.Register(retention.Class{Name: "odd", Days: 5, Min: 10, Max: 20, Pruner: p}), errs.Invalid)
}

// TestPeoplePruner: who has been disabled for long is erased, unless held.
func TestPeoplePruner(t *testing.T) {
	w := newWorld(t)
	for _, id := range []string{"ann", "bob"} {
		_, err := w.people.DisablePerson(t.Context(), root, id)
		require.NoError(t, err)
	}
	w.hold(t, "ann")
	require.NoError(t, w.schedule.Register(retention.Class{Name: "people", Days: 100, Min: 10, Max: 1000, Pruner: profile.PeoplePruner(w.people, root)}))
	require.NoError(t, w.schedule.RunOnce(t.Context()))
	w.now = t0.AddDate(0, 0, 101)
	require.NoError(t, w.schedule.RunOnce(t.Context()))
	require.Equal(t, 1, w.standing(t).Removed)
	var b bytes.Buffer
	require.NoError(t, w.people.Export(t.Context(), root, "ann", &b))
	require.Contains(t, b.String(), `"name":"ann"`)
	_, err := w.people.Person(t.Context(), root, "bob")
	require.ErrorIs(t, err, errs.NotFound)
}

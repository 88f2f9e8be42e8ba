// Package retentiontest checks implementations of [retention.Store]. Whoever keeps
// holds elsewhere runs the same suite as the stores of this module:
//
//	func TestStore(t *testing.T) {
//		retentiontest.TestStore(t, func(t *testing.T) retention.Store { return mine.New(newFake(t)) })
//	}
package retentiontest

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/suitetest"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/retention"
)

// TestStore runs the contract of [retention.Store] as subtests. open must return
// an empty store each time it is called.
func TestStore(t *testing.T, open func(t *testing.T) retention.Store) {
	suitetest.Run(t, contract(), open)
}

func contract() []suitetest.Promise[retention.Store] {
	return []suitetest.Promise[retention.Store]{
		{"RoundTrip", "every field survives, times in UTC to the microsecond and text as it is", checkRoundTrip},
		{"Versions", "Version 1 is new, any other follows the stored one", checkVersions},
		{"Query", "a query returns what matches every field that is set, the newest first and then by ID, at most Limit", checkQuery},
		{"Held", "Held returns the people whom a hold keeps at a time, each once, in order", checkHeld},
		{"Forget/Delete", "ForgetPerson without a pseudonym removes what is about a person and names them nowhere", checkForgetDelete},
		{"Forget/Pseudonym", "ForgetPerson with a pseudonym puts it everywhere, takes out the reasons and ends what waits", checkForgetPseudonym},
		{"Expire", "Expire removes what ended before a time, at most limit, and nothing of who is held", checkExpire},
		{"BadText", "a NUL or what is not UTF-8 is ErrInvalid and nothing is kept", checkText},
		{"Cancelled", "a cancelled context stops a call, which returns its error", checkCancelled},
	}
}

var t0 = time.Date(2026, 3, 1, 9, 30, 0, 123456000, time.UTC)

func aHold(id, person string, change ...func(*retention.Hold)) retention.Hold {
	h := retention.Hold{ID: id, Person: person, Ground: retention.GroundClaims, Reason: "claim of " + person, By: "root", At: t0, Version: 1}
	for _, f := range change {
		f(&h)
	}
	return h
}

func aRequest(id, person string, change ...func(*retention.Request)) retention.Request {
	r := retention.Request{
		ID: id, Person: person, By: person, Mode: profile.EraseModeDelete, At: t0, Hold: "h", Ground: retention.GroundClaims,
		Reason: "claim of " + person, Status: retention.StatusWaiting, Version: 1,
	}
	for _, f := range change {
		f(&r)
	}
	return r
}

func holds(t *testing.T, s retention.Store, q retention.HoldQuery) []retention.Hold {
	t.Helper()
	list, err := s.Holds(t.Context(), q)
	require.NoError(t, err)
	return list
}

func requests(t *testing.T, s retention.Store, q retention.RequestQuery) []retention.Request {
	t.Helper()
	list, err := s.Requests(t.Context(), q)
	require.NoError(t, err)
	return list
}

func theHold(t *testing.T, s retention.Store, id string) retention.Hold {
	t.Helper()
	list := holds(t, s, retention.HoldQuery{ID: id})
	require.Len(t, list, 1, id)
	return list[0]
}

func theRequest(t *testing.T, s retention.Store, id string) retention.Request {
	t.Helper()
	list := requests(t, s, retention.RequestQuery{ID: id})
	require.Len(t, list, 1, id)
	return list[0]
}

func checkRoundTrip(t *testing.T, s retention.Store) {
	h := aHold("h1", "ann", func(h *retention.Hold) {
		h.Reason, h.Until, h.ReleasedBy, h.ReleasedAt = "' \\ %_ \U0001F600 \u05e9", t0.Add(time.Hour), "ruth", t0.Add(time.Minute)
	})
	r := aRequest("r1", "ann", func(r *retention.Request) { r.Status, r.EndedAt = retention.StatusWithdrawn, t0.Add(time.Hour) })
	c := retention.State{
		Class: "notices", Days: 30, ChangedBy: "ruth", ChangedAt: t0, RanAt: t0.Add(time.Hour), Removed: 12, Fault: true, More: true, Until: t0.Add(2 * time.Hour), Version: 1,
	}
	at := h
	at.At = at.At.In(time.FixedZone("east", 3600)).Add(300 * time.Nanosecond)
	require.NoError(t, s.SaveHold(t.Context(), at))
	require.NoError(t, s.SaveRequest(t.Context(), r))
	require.NoError(t, s.SaveState(t.Context(), c))
	require.NoError(t, s.SaveState(t.Context(), retention.State{Class: "events", Version: 1}))
	require.NoError(t, s.SaveHold(t.Context(), aHold("h0", "ann")))
	require.Equal(t, []retention.Hold{aHold("h0", "ann"), h}, holds(t, s, retention.HoldQuery{}))
	require.Equal(t, []retention.Request{r}, requests(t, s, retention.RequestQuery{}))
	states, err := s.States(t.Context())
	require.NoError(t, err)
	require.Equal(t, []retention.State{{Class: "events", Version: 1}, c}, states)
}

func checkVersions(t *testing.T, s retention.Store) {
	for name, save := range map[string]func(id string, version int) error{
		"hold": func(id string, v int) error { h := aHold(id, "ann"); h.Version = v; return s.SaveHold(t.Context(), h) },
		"request": func(id string, v int) error {
			r := aRequest(id, "ann")
			r.Version = v
			return s.SaveRequest(t.Context(), r)
		},
		"state": func(id string, v int) error { return s.SaveState(t.Context(), retention.State{Class: id, Version: v}) },
	} {
		require.ErrorIs(t, save("a", 2), errs.NotFound, name)
		require.NoError(t, save("a", 1), name)
		require.ErrorIs(t, save("a", 1), errs.Conflict, name)
		require.ErrorIs(t, save("a", 3), errs.Conflict, name)
		require.NoError(t, save("a", 2), name)
		require.ErrorIs(t, save("a", 2), errs.Conflict, name)
		require.NoError(t, save("b", 1), name)
	}
}

func checkQuery(t *testing.T, s retention.Store) {
	later := func(h *retention.Hold) { h.At = t0.Add(time.Hour) }
	ended := func(h *retention.Hold) { h.Until = t0.Add(time.Hour) }
	for _, h := range []retention.Hold{aHold("b", "ann"), aHold("a", "ann", ended), aHold("c", "anna", later)} {
		require.NoError(t, s.SaveHold(t.Context(), h))
	}
	ids := func(q retention.HoldQuery) (out []string) {
		for _, h := range holds(t, s, q) {
			out = append(out, h.ID)
		}
		return out
	}
	require.Equal(t, []string{"c", "a", "b"}, ids(retention.HoldQuery{}))
	require.Equal(t, []string{"a", "b"}, ids(retention.HoldQuery{Person: "ann"}))
	require.Equal(t, []string{"b"}, ids(retention.HoldQuery{Person: "ann", At: t0.Add(time.Hour)}))
	require.Equal(t, []string{"b"}, ids(retention.HoldQuery{ID: "b"}))
	require.Equal(t, []string{"c"}, ids(retention.HoldQuery{Limit: 1}))
	withdrawn := func(r *retention.Request) { r.Status, r.At = retention.StatusWithdrawn, t0.Add(-time.Hour) }
	for _, r := range []retention.Request{aRequest("b", "ann"), aRequest("a", "ann", withdrawn), aRequest("c", "anna")} {
		require.NoError(t, s.SaveRequest(t.Context(), r))
	}
	asked := func(q retention.RequestQuery) (out []string) {
		for _, r := range requests(t, s, q) {
			out = append(out, r.ID)
		}
		return out
	}
	require.Equal(t, []string{"b", "c", "a"}, asked(retention.RequestQuery{}))
	require.Equal(t, []string{"b", "a"}, asked(retention.RequestQuery{Person: "ann"}))
	require.Equal(t, []string{"b", "c"}, asked(retention.RequestQuery{Status: retention.StatusWaiting}))
	require.Equal(t, []string{"a"}, asked(retention.RequestQuery{ID: "a"}))
	require.Equal(t, []string{"b"}, asked(retention.RequestQuery{Limit: 1}))
}

func checkHeld(t *testing.T, s retention.Store) {
	for _, h := range []retention.Hold{
		aHold("1", "bob"), aHold("2", "ann"), aHold("3", "ann"),
		aHold("4", "carl", func(h *retention.Hold) { h.ReleasedAt, h.ReleasedBy = t0, "root" }),
		aHold("5", "dora", func(h *retention.Hold) { h.Until = t0.Add(time.Hour) }),
	} {
		require.NoError(t, s.SaveHold(t.Context(), h))
	}
	for at, want := range map[time.Time][]string{t0.Add(time.Hour - time.Microsecond): {"ann", "bob", "dora"}, t0.Add(time.Hour): {"ann", "bob"}} {
		held, err := s.Held(t.Context(), at)
		require.NoError(t, err)
		require.Equal(t, want, held)
	}
}

// fill keeps what names ann in every place, and the same of anna.
func fill(t *testing.T, s retention.Store) {
	t.Helper()
	for i, person := range []string{"ann", "anna"} {
		n := string(rune('0' + i))
		require.NoError(t, s.SaveHold(t.Context(), aHold("of"+n, person)))
		require.NoError(t, s.SaveHold(t.Context(), aHold("by"+n, "bob", func(h *retention.Hold) { h.By, h.ReleasedBy, h.ReleasedAt = person, person, t0 })))
		require.NoError(t, s.SaveRequest(t.Context(), aRequest("of"+n, person)))
		require.NoError(t, s.SaveRequest(t.Context(), aRequest("by"+n, "bob", func(r *retention.Request) { r.By = person })))
		require.NoError(t, s.SaveState(t.Context(), retention.State{Class: "class" + n, Days: 3, ChangedBy: person, ChangedAt: t0, Version: 1}))
	}
}

func forgotten(t *testing.T, s retention.Store, pseudonym string, wantRemoved, wantRenamed int) {
	t.Helper()
	removed, renamed, err := s.ForgetPerson(t.Context(), "ann", pseudonym, t0.Add(time.Hour))
	require.NoError(t, err)
	require.Equal(t, []int{wantRemoved, wantRenamed}, []int{removed, renamed})
}

func checkForgetDelete(t *testing.T, s retention.Store) {
	fill(t, s)
	forgotten(t, s, "", 2, 3)
	forgotten(t, s, "", 0, 0)
	require.Empty(t, holds(t, s, retention.HoldQuery{Person: "ann"}))
	require.Empty(t, requests(t, s, retention.RequestQuery{Person: "ann"}))
	require.Equal(t, aHold("of1", "anna"), theHold(t, s, "of1"))
	by := theHold(t, s, "by0")
	require.Equal(t, []any{"bob", "", "", "claim of bob", 2}, []any{by.Person, by.By, by.ReleasedBy, by.Reason, by.Version})
	asked := theRequest(t, s, "by0")
	require.Equal(t, []any{"bob", "", retention.StatusWaiting}, []any{asked.Person, asked.By, asked.Status})
	states, err := s.States(t.Context())
	require.NoError(t, err)
	require.Equal(t, []any{"", 2, "anna", 1}, []any{states[0].ChangedBy, states[0].Version, states[1].ChangedBy, states[1].Version})
}

func checkForgetPseudonym(t *testing.T, s retention.Store) {
	fill(t, s)
	forgotten(t, s, "gone-1", 0, 5)
	forgotten(t, s, "gone-1", 0, 0)
	h := theHold(t, s, "of0")
	require.Equal(t, []string{"gone-1", "root", ""}, []string{h.Person, h.By, h.Reason})
	r := theRequest(t, s, "of0")
	require.Equal(t, []string{"gone-1", "gone-1", ""}, []string{r.Person, r.By, r.Reason})
	require.Equal(t, retention.StatusDone, r.Status)
	require.Equal(t, t0.Add(time.Hour), r.EndedAt)
	other := theRequest(t, s, "by0")
	require.Equal(t, []any{"bob", "gone-1", "claim of bob", retention.StatusWaiting}, []any{other.Person, other.By, other.Reason, other.Status})
	require.Equal(t, aRequest("of1", "anna"), theRequest(t, s, "of1"))
}

func checkExpire(t *testing.T, s retention.Store) {
	released := func(h *retention.Hold) { h.ReleasedBy, h.ReleasedAt = "root", t0.Add(time.Minute) }
	for _, h := range []retention.Hold{
		aHold("in-force", "bob"), aHold("released", "bob", released), aHold("over", "bob", func(h *retention.Hold) { h.Until = t0.Add(time.Minute) }),
		aHold("of-held", "ann", released), aHold("late", "bob", func(h *retention.Hold) { h.Until = t0.Add(time.Hour) }),
	} {
		require.NoError(t, s.SaveHold(t.Context(), h))
	}
	for _, r := range []retention.Request{
		aRequest("waits", "bob"), aRequest("ended", "bob", func(r *retention.Request) { r.Status, r.EndedAt = retention.StatusWithdrawn, t0 }),
		aRequest("of-held", "ann", func(r *retention.Request) { r.Status, r.EndedAt = retention.StatusDone, t0 }),
	} {
		require.NoError(t, s.SaveRequest(t.Context(), r))
	}
	expire := func(limit int, dry bool) int {
		n, err := s.Expire(t.Context(), t0.Add(time.Hour), []string{"ann"}, limit, dry)
		require.NoError(t, err)
		return n
	}
	require.Equal(t, []int{3, 3, 2, 1, 0}, []int{expire(9, true), expire(9, true), expire(2, false), expire(2, false), expire(2, false)})
	require.Len(t, holds(t, s, retention.HoldQuery{}), 3)
	require.Len(t, requests(t, s, retention.RequestQuery{}), 2)
	require.Len(t, requests(t, s, retention.RequestQuery{Person: "ann"}), 1)
	_, err := s.Expire(t.Context(), t0, nil, 0, false)
	require.ErrorIs(t, err, errs.Invalid)
}

func checkText(t *testing.T, s retention.Store) {
	for _, bad := range []string{"a\x00b", "a\xffb"} {
		require.ErrorIs(t, s.SaveHold(t.Context(), aHold("h", "ann", func(h *retention.Hold) { h.Reason = bad })), errs.Invalid)
		require.ErrorIs(t, s.SaveRequest(t.Context(), aRequest("r", bad)), errs.Invalid)
		require.ErrorIs(t, s.SaveState(t.Context(), retention.State{Class: bad, Version: 1}), errs.Invalid)
	}
	require.Empty(t, holds(t, s, retention.HoldQuery{}))
	require.Empty(t, requests(t, s, retention.RequestQuery{}))
}

func checkCancelled(t *testing.T, s retention.Store) {
	fill(t, s)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for name, call := range map[string]func() error{
		"Holds":        func() error { _, err := s.Holds(ctx, retention.HoldQuery{}); return err },
		"Requests":     func() error { _, err := s.Requests(ctx, retention.RequestQuery{}); return err },
		"Held":         func() error { _, err := s.Held(ctx, t0); return err },
		"States":       func() error { _, err := s.States(ctx); return err },
		"SaveHold":     func() error { return s.SaveHold(ctx, aHold("new", "ann")) },
		"SaveRequest":  func() error { return s.SaveRequest(ctx, aRequest("new", "ann")) },
		"SaveState":    func() error { return s.SaveState(ctx, retention.State{Class: "new", Version: 1}) },
		"ForgetPerson": func() error { _, _, err := s.ForgetPerson(ctx, "ann", "", t0); return err },
		"Expire":       func() error { _, err := s.Expire(ctx, t0.AddDate(1, 0, 0), nil, 9, false); return err },
	} {
		require.ErrorIs(t, call(), context.Canceled, name)
	}
	require.Len(t, holds(t, s, retention.HoldQuery{}), 4)
}

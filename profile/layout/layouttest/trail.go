package layouttest

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/suitetest"
	"github.com/stoa-go/stoa/profile/layout"
)

const (
	ann = layout.Who("person:ann")
	bob = layout.Who("visitor:bob")
)

func checkChoiceRoundTrip(t *testing.T, s layout.Store) {
	got, err := s.Choice(t.Context(), ann)
	require.NoError(t, err)
	require.Equal(t, layout.Choice{Who: ann}, got)
	require.NoError(t, s.SaveChoice(t.Context(), layout.Choice{Who: ann, Off: true, At: suitetest.Elsewhere(t0), Version: 1, Forget: true}))
	got, err = s.Choice(t.Context(), ann)
	require.NoError(t, err)
	require.Equal(t, layout.Choice{Who: ann, Off: true, At: t0, Version: 1}, got)
	require.Equal(t, got, trail(t, s, ann).Choice)
	require.NoError(t, s.SaveChoice(t.Context(), layout.Choice{Who: ann, At: t0.Add(time.Hour), Version: 2}))
	got, err = s.Choice(t.Context(), ann)
	require.NoError(t, err)
	require.Equal(t, layout.Choice{Who: ann, At: t0.Add(time.Hour), Version: 2}, got)
}

func checkChoiceVersions(t *testing.T, s layout.Store) {
	save := func(version int) error {
		return s.SaveChoice(t.Context(), layout.Choice{Who: ann, At: t0, Version: version})
	}
	require.ErrorIs(t, save(2), layout.ErrConflict)
	suitetest.Race(t, layout.ErrConflict, func(int) error { return save(1) })
	suitetest.Race(t, layout.ErrConflict, func(int) error { return save(2) })
	require.ErrorIs(t, save(2), layout.ErrConflict)
	require.ErrorIs(t, save(4), layout.ErrConflict)
}

func checkChoiceForget(t *testing.T, s layout.Store) {
	add(t, s, layout.Use{Who: ann, Ref: "a", Day: "2026-03-01", N: 1}, layout.Use{Who: bob, Ref: "a", Day: "2026-03-01", N: 1})
	require.NoError(t, s.SaveChoice(t.Context(), layout.Choice{Who: ann, At: t0, Version: 1}))
	require.Len(t, trail(t, s, ann).Uses, 1)
	require.ErrorIs(t, s.SaveChoice(t.Context(), layout.Choice{Who: ann, At: t0, Version: 1, Forget: true}), layout.ErrConflict)
	require.Len(t, trail(t, s, ann).Uses, 1)
	require.NoError(t, s.SaveChoice(t.Context(), layout.Choice{Who: ann, At: t0, Version: 2, Forget: true}))
	require.Empty(t, trail(t, s, ann).Uses)
	require.Len(t, trail(t, s, bob).Uses, 1)
}

func checkUseAdds(t *testing.T, s layout.Store) {
	require.NoError(t, s.AddUses(t.Context(), nil))
	use := func(ref, day string, n int) layout.Use { return layout.Use{Who: ann, Ref: ref, Day: day, N: n} }
	add(t, s, use("a", "2026-03-01", 2), use("b", "2026-03-01", 1), use("a", "2026-03-01", 3))
	add(t, s, use("a", "2026-03-01", 1), use("a", "2026-03-02", 1))
	require.Equal(t, []layout.Use{use("a", "2026-03-01", 6), use("b", "2026-03-01", 1), use("a", "2026-03-02", 1)}, trail(t, s, ann).Uses)
	var many []layout.Use
	for i := range 1203 {
		many = append(many, layout.Use{Who: bob, Ref: numbered("ref", i), Day: "2026-03-01", N: i + 1})
	}
	add(t, s, many...)
	require.Len(t, trail(t, s, bob).Uses, 1203)
}

func checkUseWhole(t *testing.T, s layout.Store) {
	uses := []layout.Use{{Who: ann, Ref: "a", Day: "2026-03-01", N: 1}, {Who: ann, Ref: "b\x00", Day: "2026-03-01", N: 1}}
	require.ErrorIs(t, s.AddUses(t.Context(), uses), layout.ErrInvalid)
	require.Empty(t, trail(t, s, ann).Uses)
}

func checkUseRace(t *testing.T, s layout.Store) {
	uses := []layout.Use{{Who: ann, Ref: "a", Day: "2026-03-01", N: 1}, {Who: ann, Ref: "b", Day: "2026-03-01", N: 2}}
	var wg sync.WaitGroup
	faults := make([]error, 8)
	for i := range faults {
		wg.Go(func() {
			mine := slices.Clone(uses)
			if i%2 == 1 {
				slices.Reverse(mine)
			}
			faults[i] = s.AddUses(t.Context(), mine)
		})
	}
	wg.Wait()
	for _, err := range faults {
		require.NoError(t, err)
	}
	for i, u := range trail(t, s, ann).Uses {
		require.Equal(t, 8*uses[i].N, u.N)
	}
}

func newStart(visit string, who layout.Who, segments ...string) layout.Start {
	return layout.Start{Visit: visit, Who: who, Began: t0, Segments: segments}
}

func checkStartFirst(t *testing.T, s layout.Store) {
	first := newStart("v1", ann, "beta", "it's")
	given := first.Clone()
	given.Began = suitetest.Elsewhere(t0)
	got, err := s.Begin(t.Context(), given)
	require.NoError(t, err)
	require.Equal(t, first, got)
	other := newStart("v1", ann, "other")
	other.Began = t0.Add(time.Hour)
	got, err = s.Begin(t.Context(), other)
	require.NoError(t, err)
	require.Equal(t, first, got)
	for _, apart := range []layout.Start{newStart("v1", bob), newStart("v2", ann)} {
		got, err = s.Begin(t.Context(), apart)
		require.NoError(t, err)
		require.Equal(t, apart, got)
	}
	require.Equal(t, []layout.Start{first, newStart("v2", ann)}, trail(t, s, ann).Starts)
}

func checkStartRace(t *testing.T, s layout.Store) {
	var wg sync.WaitGroup
	got, faults := make([]layout.Start, 6), make([]error, 6)
	for i := range got {
		wg.Go(func() { got[i], faults[i] = s.Begin(t.Context(), newStart("v1", ann, numbered("s", i))) })
	}
	wg.Wait()
	for i := range got {
		require.NoError(t, faults[i])
		require.Equal(t, got[0], got[i])
	}
	require.Equal(t, got[:1], trail(t, s, ann).Starts)
}

func checkStartAliasing(t *testing.T, s layout.Store) {
	given := newStart("v1", ann, "beta")
	got, err := s.Begin(t.Context(), given)
	require.NoError(t, err)
	require.Equal(t, given.Segments, got.Segments)
	given.Segments[0], got.Segments[0] = "spoilt", "spoilt"
	trail(t, s, ann).Starts[0].Segments[0] = "spoilt"
	again, err := s.Begin(t.Context(), newStart("v1", ann, "other"))
	require.NoError(t, err)
	require.Equal(t, newStart("v1", ann, "beta"), again)
	again.Segments[0] = "spoilt"
	require.Equal(t, []layout.Start{newStart("v1", ann, "beta")}, trail(t, s, ann).Starts)
}

func newShow(promotion, visit string, change ...func(*layout.Show)) layout.Show {
	v := layout.Show{Who: ann, Promotion: promotion, Visit: visit, At: t0}
	for _, c := range change {
		c(&v)
	}
	return v
}

func checkShowMerges(t *testing.T, s layout.Store) {
	save := func(v layout.Show) { require.NoError(t, s.SaveShow(t.Context(), v)) }
	save(newShow("p", "v1", func(v *layout.Show) { v.At = suitetest.Elsewhere(t0) }))
	require.Equal(t, []layout.Show{newShow("p", "v1")}, trail(t, s, ann).Shows)
	later := t0.Add(time.Minute)
	save(newShow("p", "v1", func(v *layout.Show) { v.At, v.ClickedAt = later, suitetest.Elsewhere(later) }))
	save(newShow("p", "v1", func(v *layout.Show) { v.At, v.DismissedAt = later, suitetest.Elsewhere(later.Add(time.Minute)) }))
	save(newShow("p", "v1", func(v *layout.Show) { v.ClickedAt, v.DismissedAt = later.Add(time.Hour), later.Add(time.Hour) }))
	save(newShow("p", "v1"))
	save(newShow("q", "v1", func(v *layout.Show) { v.DismissedAt = t0 }))
	save(newShow("p", "v2"))
	require.Equal(t, []layout.Show{
		newShow("p", "v1", func(v *layout.Show) { v.ClickedAt, v.DismissedAt = later, later.Add(time.Minute) }),
		newShow("q", "v1", func(v *layout.Show) { v.DismissedAt = t0 }),
		newShow("p", "v2"),
	}, trail(t, s, ann).Shows)
}

// fill keeps one of each kind for somebody.
func fill(t *testing.T, s layout.Store, who layout.Who) {
	t.Helper()
	add(t, s, layout.Use{Who: who, Ref: "b", Day: "2026-03-01", N: 1}, layout.Use{Who: who, Ref: "B", Day: "2026-03-01", N: 1},
		layout.Use{Who: who, Ref: "a", Day: "2026-02-28", N: 1})
	for _, visit := range []string{"v1", "V2", "v0"} {
		_, err := s.Begin(t.Context(), newStart(visit, who))
		require.NoError(t, err)
		require.NoError(t, s.SaveShow(t.Context(), newShow("p", visit, func(v *layout.Show) { v.Who = who })))
	}
	require.NoError(t, s.SaveChoice(t.Context(), layout.Choice{Who: who, At: t0, Version: 1}))
}

func checkTrailOrder(t *testing.T, s layout.Store) {
	require.Equal(t, layout.Trail{Choice: layout.Choice{Who: ann}}, trail(t, s, ann))
	fill(t, s, ann)
	fill(t, s, bob)
	got := trail(t, s, ann)
	require.Equal(t, layout.Choice{Who: ann, At: t0, Version: 1}, got.Choice)
	var refs, visits, shows []string
	for _, u := range got.Uses {
		require.Equal(t, ann, u.Who)
		refs = append(refs, u.Ref)
	}
	for _, v := range got.Starts {
		visits = append(visits, v.Visit)
	}
	for _, v := range got.Shows {
		shows = append(shows, v.Visit)
	}
	require.Equal(t, []string{"a", "B", "b"}, refs)
	require.Equal(t, []string{"V2", "v0", "v1"}, visits)
	require.Equal(t, visits, shows)
}

func checkForget(t *testing.T, s layout.Store) {
	n, err := s.Forget(t.Context(), ann)
	require.NoError(t, err)
	require.Zero(t, n)
	fill(t, s, ann)
	fill(t, s, bob)
	n, err = s.Forget(t.Context(), ann)
	require.NoError(t, err)
	require.Equal(t, 10, n)
	require.Equal(t, layout.Trail{Choice: layout.Choice{Who: ann}}, trail(t, s, ann))
	require.Len(t, trail(t, s, bob).Uses, 3)
	require.Equal(t, 1, trail(t, s, bob).Choice.Version)
}

func checkPrune(t *testing.T, s layout.Store) {
	fill(t, s, ann)
	require.NoError(t, s.SaveShow(t.Context(), newShow("gone", "v1", func(v *layout.Show) { v.DismissedAt = t0 })))
	n, err := s.Prune(t.Context(), layout.Horizon{})
	require.NoError(t, err)
	require.Zero(t, n)
	n, err = s.Prune(t.Context(), layout.Horizon{Uses: t0, Starts: t0, Shows: t0})
	require.NoError(t, err)
	require.Equal(t, 1, n, "only the use of a day before")
	n, err = s.Prune(t.Context(), layout.Horizon{Starts: t0.Add(time.Second)})
	require.NoError(t, err)
	require.Equal(t, 3, n)
	n, err = s.Prune(t.Context(), layout.Horizon{Uses: t0.AddDate(0, 0, 1), Shows: t0.Add(time.Second)})
	require.NoError(t, err)
	require.Equal(t, 5, n)
	got := trail(t, s, ann)
	require.Empty(t, got.Uses)
	require.Equal(t, []layout.Show{newShow("gone", "v1", func(v *layout.Show) { v.DismissedAt = t0 })}, got.Shows)
	require.Equal(t, 1, got.Choice.Version)
}

func checkText(t *testing.T, s layout.Store) {
	for i, text := range suitetest.OddTexts() {
		who := layout.Who("person:" + text)
		add(t, s, layout.Use{Who: who, Ref: text, Day: "2026-03-01", N: 1})
		start, err := s.Begin(t.Context(), newStart(text, who, text))
		require.NoError(t, err)
		require.Equal(t, newStart(text, who, text), start)
		got := trail(t, s, who)
		require.Equal(t, []layout.Use{{Who: who, Ref: text, Day: "2026-03-01", N: 1}}, got.Uses)
		want := newPromotion(numbered("odd", i), func(p *layout.Promotion) { p.Title["en"], p.Slot = text, text })
		require.NoError(t, s.SavePromotion(t.Context(), want))
		require.Equal(t, want, promotions(t, s)[i])
	}
	for _, bad := range []string{"a\x00", "a\xff"} {
		require.ErrorIs(t, s.SavePromotion(t.Context(), newPromotion("bad", func(p *layout.Promotion) { p.Title["en"] = bad })), layout.ErrInvalid)
		require.ErrorIs(t, s.SaveRulebook(t.Context(), newBook(1, t0, newRule("a", func(r *layout.Rule) { r.Reason["en"] = bad })), t0), layout.ErrInvalid)
		_, err := s.Begin(t.Context(), newStart("v", ann, bad))
		require.ErrorIs(t, err, layout.ErrInvalid)
		require.ErrorIs(t, s.SaveShow(t.Context(), newShow(bad, "v")), layout.ErrInvalid)
		require.ErrorIs(t, s.SaveChoice(t.Context(), layout.Choice{Who: layout.Who(bad), At: t0, Version: 1}), layout.ErrInvalid)
	}
	require.Len(t, promotions(t, s), len(suitetest.OddTexts()))
	require.Zero(t, book(t, s, time.Time{}).Revision)
	require.Equal(t, layout.Trail{Choice: layout.Choice{Who: ann}}, trail(t, s, ann))
}

func checkCancelled(t *testing.T, s layout.Store) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	calls := map[string]func() error{
		"Rulebook":        func() error { _, err := s.Rulebook(ctx, time.Time{}); return err },
		"SaveRulebook":    func() error { return s.SaveRulebook(ctx, newBook(1, t0), t0) },
		"Promotions":      func() error { _, err := s.Promotions(ctx); return err },
		"SavePromotion":   func() error { return s.SavePromotion(ctx, newPromotion("a")) },
		"RemovePromotion": func() error { return s.RemovePromotion(ctx, "a") },
		"Choice":          func() error { _, err := s.Choice(ctx, ann); return err },
		"SaveChoice":      func() error { return s.SaveChoice(ctx, layout.Choice{Who: ann, At: t0, Version: 1}) },
		"Trail":           func() error { _, err := s.Trail(ctx, ann); return err },
		"AddUses":         func() error { return s.AddUses(ctx, []layout.Use{{Who: ann, Ref: "a", Day: "2026-03-01", N: 1}}) },
		"Begin":           func() error { _, err := s.Begin(ctx, newStart("v", ann)); return err },
		"SaveShow":        func() error { return s.SaveShow(ctx, newShow("p", "v")) },
		"Forget":          func() error { _, err := s.Forget(ctx, ann); return err },
		"Prune":           func() error { _, err := s.Prune(ctx, layout.Horizon{Uses: t0}); return err },
	}
	for name, call := range calls {
		require.ErrorIs(t, call(), context.Canceled, name)
	}
	require.Zero(t, book(t, s, time.Time{}).Revision)
	require.Empty(t, promotions(t, s))
	require.Equal(t, layout.Trail{Choice: layout.Choice{Who: ann}}, trail(t, s, ann))
}

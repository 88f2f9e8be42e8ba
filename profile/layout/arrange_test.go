package layout_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/layout"
	"github.com/stoa-go/stoa/profile/layout/memlayout"
)

func TestOrder(t *testing.T) {
	partner := profile.Actor{ID: "pat", Segments: []string{"partner"}}
	forPartners := layout.Match{Any: []string{"partner"}}
	for _, c := range []struct {
		name  string
		items []layout.Item
		rules []layout.Rule
		used  map[string]int
		want  string
	}{
		{name: "as declared", items: numbered(4), want: "i0 i1 i2 i3"},
		{name: "what is used often comes first", items: numbered(4), used: map[string]int{"i2": 5}, want: "i2* i0 i1 i3"},
		{name: "what is used twice as often comes before", items: numbered(4), used: map[string]int{"i2": 3, "i3": 8}, want: "i3* i2* i0 i1"},
		{name: "what is used about as often stays in order", items: numbered(4), used: map[string]int{"i2": 4, "i3": 5}, want: "i2* i3* i0 i1"},
		{name: "too little moves nothing", items: numbered(4), used: map[string]int{"i2": 2}, want: "i0 i1 i2 i3"},
		{name: "one busy day does not count for all", items: numbered(3), used: map[string]int{"i1": 9, "i2": 1000}, want: "i1* i2* i0"},
		{name: "what stands first already has not moved", items: numbered(3), used: map[string]int{"i0": 9}, want: "i0 i1 i2"},
		{name: "at most three move", items: numbered(6), used: map[string]int{"i2": 4, "i3": 4, "i4": 4, "i5": 4}, want: "i2* i3* i4* i0 i1 i5"},
		{
			name: "pinned stays", items: []layout.Item{item("a"), item("b", pinned), item("c")},
			used: map[string]int{"c": 9, "b": 9}, want: "c* b a",
		},
		{
			name: "rules go before use", items: numbered(4), used: map[string]int{"i3": 9},
			rules: []layout.Rule{{ID: "r", Do: layout.ActionPromote, Ref: "i2", For: forPartners}}, want: "i2* i3* i0 i1",
		},
		{
			name: "rules in their order", items: numbered(4),
			rules: []layout.Rule{
				{ID: "r1", Do: layout.ActionPromote, Ref: "i2", Order: 2}, {ID: "r2", Do: layout.ActionPromote, Ref: "i3", Order: 1},
			}, want: "i3* i2* i0 i1",
		},
		{
			name: "demoted to the end", items: numbered(3),
			rules: []layout.Rule{{ID: "r", Do: layout.ActionDemote, Ref: "i0"}}, want: "i1 i2 i0*",
		},
		{
			name: "held by a rule", items: numbered(3), used: map[string]int{"i1": 9, "i2": 4},
			rules: []layout.Rule{{ID: "r", Do: layout.ActionPin, Ref: "i1"}}, want: "i2* i1 i0",
		},
		{name: "hidden", items: numbered(3), rules: []layout.Rule{{ID: "r", Do: layout.ActionHide, Ref: "i1"}}, want: "i0 i2"},
		{
			name: "what the site pins no rule hides", items: []layout.Item{item("a"), item("contact", pinned)},
			rules: []layout.Rule{{ID: "r", Do: layout.ActionHide, Ref: "contact"}}, want: "a contact",
		},
		{
			name: "a rule for others", items: numbered(3),
			rules: []layout.Rule{{ID: "r", Do: layout.ActionHide, Ref: "i1", For: layout.Match{None: []string{"partner"}}}}, want: "i0 i1 i2",
		},
		{
			name: "a rule that is off", items: numbered(3),
			rules: []layout.Rule{{ID: "r", Do: layout.ActionHide, Ref: "i1", Off: true}}, want: "i0 i1 i2",
		},
		{
			name: "all segments are needed", items: numbered(3),
			rules: []layout.Rule{{ID: "r", Do: layout.ActionHide, Ref: "i1", For: layout.Match{All: []string{"partner", "beta"}}}}, want: "i0 i1 i2",
		},
		{name: "meant for others", items: []layout.Item{item("a", meant("beta")), item("b", meant("beta", "partner"))}, want: "b"},
		{name: "not theirs to see", items: []layout.Item{item("a", only("staff")), item("b")}, want: "b"},
		{
			name:  "a heading goes with the last that is under it",
			items: []layout.Item{item("a"), item("h", func(it *layout.Item) { it.Address, it.Children = "", []layout.Item{item("x", only("staff"))} })},
			want:  "a",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, siteOf(c.items...))
			w.used(t, partner, c.used)
			for _, r := range c.rules {
				w.rule(t, r)
			}
			require.Equal(t, c.want, strings.Join(w.main(partner, w.visit()), " "))
		})
	}
}

func TestFixedMenusAndSlots(t *testing.T) {
	site := layout.Site{
		Menus: []layout.Menu{{Name: "main", Fixed: true, Items: numbered(3)}},
		Pages: []layout.Page{{Name: "home", Slots: []layout.Slot{
			{Name: "cards", Blocks: []layout.Block{block("a"), block("b")}},
			{Name: "fixed", Fixed: true, Blocks: []layout.Block{block("c"), block("d")}},
		}}},
	}
	w := newWorld(t, site)
	w.used(t, ann, map[string]int{"i2": 9, "b": 9, "d": 9})
	l := w.Arrange(t.Context(), ann, w.visit(), "home")
	require.Equal(t, []string{"i0", "i1", "i2"}, ids(l.Menus["main"]))
	require.Equal(t, "b", l.Slots["cards"][0].ID)
	require.Equal(t, layout.ReasonUse, l.Slots["cards"][0].Reason.Key)
	require.Equal(t, "hub", l.Slots["cards"][0].Data["category"])
	require.Equal(t, "c", l.Slots["fixed"][0].ID)
	require.Empty(t, w.Arrange(t.Context(), ann, w.visit(), "nowhere").Slots)
}

// TestUseFades: last season's habits give way, and today's use moves nothing
// today.
func TestUseFades(t *testing.T) {
	w := newWorld(t, siteOf(numbered(3)...))
	for range 9 {
		w.Opened(t.Context(), ann, "/i2")
	}
	w.Opened(t.Context(), ann, "/nowhere")
	w.Used(t.Context(), profile.Actor{}, "i1")
	w.Used(t.Context(), ann, "unknown")
	require.NoError(t, w.Flush(t.Context()))
	require.Equal(t, []string{"i0", "i1", "i2"}, w.main(ann, w.visit()))
	w.pass(24 * time.Hour)
	require.Equal(t, []string{"i2*", "i0", "i1"}, w.main(ann, w.visit()))
	w.pass(60 * 24 * time.Hour)
	require.Equal(t, []string{"i0", "i1", "i2"}, w.main(ann, w.visit()))
	trail, err := w.Export(t.Context(), "ann")
	require.NoError(t, err)
	require.Equal(t, []layout.Use{{Who: "person:ann", Ref: "i2", Day: "2026-03-10", N: 9}}, trail.Uses)
}

// TestNothingMovesInAVisit changes everything that an order follows from, and
// asks instances that know the visit and one that never saw it.
func TestNothingMovesInAVisit(t *testing.T) {
	w := newWorld(t, siteOf(append(numbered(5), item("beta", meant("beta")))...))
	w.used(t, ann, map[string]int{"i3": 5})
	w.rule(t, layout.Rule{ID: "r", Do: layout.ActionDemote, Ref: "i0", For: layout.Match{Any: []string{"trial"}}})
	w.rule(t, layout.Rule{ID: "s", Do: layout.ActionPromote, Ref: "i4", For: layout.Match{Any: []string{"expert"}}})
	v := w.visit()
	before := ann
	before.Declared = []string{"trial"}
	want := []string{"i3*", "i1", "i2", "i4", "i0*"}
	require.Equal(t, want, w.main(before, v))

	w.pass(2 * time.Second)
	w.rule(t, layout.Rule{ID: "t", Do: layout.ActionPromote, Ref: "i2"})
	require.NoError(t, w.RemoveRule(t.Context(), root, "r", 1))
	for range 10 {
		w.Used(t.Context(), ann, "i1")
		w.Used(t.Context(), ann, "i2")
	}
	require.NoError(t, w.Flush(t.Context()))
	w.pass(30 * time.Hour)
	after := ann
	after.Declared = []string{"beta", "expert"}
	for name, a := range map[string]*layout.Arranger{"the same": w.Arranger, "another": w.instance(t), "one more": w.instance(t)} {
		require.Equal(t, want, ids(a.Arrange(t.Context(), after, v, "home").Menus["main"]), name)
		require.Equal(t, want, ids(a.Arrange(t.Context(), after, v, "search").Menus["main"]), name)
	}
	// What a visit without a start in the store goes by follows from its time.
	anonymous := layout.Visit{ID: "x", Began: v.Began}
	require.Equal(t, []string{"i0", "i1", "i2", "i3", "i4"}, ids(w.instance(t).Arrange(t.Context(), profile.Actor{}, anonymous, "home").Menus["main"]))
	require.Equal(t, []string{"i2*", "i0", "i1", "i3", "i4"}, w.main(profile.Actor{}, w.visit()))
	require.Equal(t, []string{"i4*", "i2*", "i1*", "i0", "i3", "beta"}, w.main(after, w.visit()), "rules in their order, then use")
}

// TestVisitsKnowTheirTime: a UUID of version 7 says when the visit began.
func TestVisitsKnowTheirTime(t *testing.T) {
	w := newWorld(t, siteOf(numbered(3)...))
	old := layout.Visit{ID: fmt.Sprintf("%012x", t0.UnixMilli())[:8] + "-" + fmt.Sprintf("%012x", t0.UnixMilli())[8:] + "-7abc-8def-0123456789ab"}
	w.pass(time.Minute)
	w.rule(t, layout.Rule{ID: "r", Do: layout.ActionHide, Ref: "i1"})
	require.Equal(t, []string{"i0", "i1", "i2"}, w.main(profile.Actor{}, old))
	require.Equal(t, []string{"i0", "i2"}, w.main(profile.Actor{}, layout.Visit{ID: "made by somebody else"}))
}

// TestProperties shuffles use, rules and pins, and looks for what must never be.
func TestProperties(t *testing.T) {
	for seed := range uint64(300) {
		rnd := rand.New(rand.NewPCG(seed, 1))
		list := numbered(2 + rnd.IntN(14))
		for i := range list {
			list[i].Pinned = rnd.IntN(5) == 0
		}
		moves := 1 + rnd.IntN(4)
		w := newWorld(t, siteOf(list...), func(o *layout.Options) { o.Moves = moves })
		used := map[string]int{}
		for _, it := range list {
			used[it.ID] = rnd.IntN(11)
		}
		w.used(t, ann, used)
		for i := range rnd.IntN(4) {
			do := []layout.Action{layout.ActionPromote, layout.ActionDemote, layout.ActionPin}[rnd.IntN(3)]
			w.rule(t, layout.Rule{ID: "r" + strconv.Itoa(i), Do: do, Ref: list[rnd.IntN(len(list))].ID, Order: rnd.IntN(3)})
		}
		v := w.visit()
		links := w.Arrange(t.Context(), ann, v, "home").Menus["main"]
		require.Len(t, links, len(list), "seed %d", seed)
		var rest, declared []string
		moved := map[string]bool{}
		for i, l := range links {
			if list[i].Pinned {
				require.Equal(t, list[i].ID, l.ID, "seed %d: a pinned item moved", seed)
				require.False(t, l.Reason.Moved())
			}
			if l.Reason.Moved() {
				moved[l.ID] = true
			} else {
				rest = append(rest, l.ID)
			}
		}
		require.LessOrEqual(t, len(moved), moves, "seed %d", seed)
		for _, it := range list {
			if !moved[it.ID] {
				declared = append(declared, it.ID)
			}
		}
		// Pinned ones keep their index and not their neighbours; all others that
		// give no reason stand as they were declared.
		isPinned := func(id string) bool {
			return slices.ContainsFunc(list, func(it layout.Item) bool { return it.ID == id && it.Pinned })
		}
		held := map[string]bool{}
		book, err := w.Rules(t.Context(), root)
		require.NoError(t, err)
		for _, r := range book.Rules {
			if r.Do == layout.ActionPin {
				held[r.Ref] = true
			}
		}
		drop := func(id string) bool { return isPinned(id) || held[id] }
		require.Equal(t, slices.DeleteFunc(declared, drop), slices.DeleteFunc(rest, drop), "seed %d", seed)
		require.Equal(t, ids(links), ids(w.instance(t).Arrange(t.Context(), ann, v, "home").Menus["main"]), "seed %d", seed)
	}
}

// TestWhatIsClosedLeavesNoTrace compares a site with items that the visitor may
// not see and one without them, under the same rules and use.
func TestWhatIsClosedLeavesNoTrace(t *testing.T) {
	for seed := range uint64(200) {
		rnd := rand.New(rand.NewPCG(seed, 2))
		var open, all []layout.Item
		var blocks, allBlocks []layout.Block
		for i := range 12 {
			it, b := item("i"+strconv.Itoa(i)), block("b"+strconv.Itoa(i))
			it.Pinned = rnd.IntN(6) == 0
			b.Pinned = rnd.IntN(6) == 0
			if rnd.IntN(3) == 0 {
				it.Audience, b.Audience = profile.NewAudience("staff"), profile.NewAudience("staff", "person:bob")
				it.Children = []layout.Item{item("c" + strconv.Itoa(i))}
			} else {
				open, blocks = append(open, it), append(blocks, b)
			}
			all, allBlocks = append(all, it), append(allBlocks, b)
		}
		page := func(list []layout.Block) []layout.Page {
			return []layout.Page{{Name: "home", Slots: []layout.Slot{{Name: "cards", Blocks: list}}}}
		}
		arrange := func(items []layout.Item, list []layout.Block) layout.Layout {
			w := newWorld(t, layout.Site{Menus: []layout.Menu{menu(items...)}, Pages: page(list)})
			for i := range 12 {
				w.used(t, ann, map[string]int{"i" + strconv.Itoa(i): int(seed+uint64(i)*7) % 11, "b" + strconv.Itoa(i): int(seed*3+uint64(i)*5) % 11})
			}
			for i, r := range []layout.Rule{{Do: layout.ActionPromote, Ref: "x/y"}, {Do: layout.ActionPromote}, {Do: layout.ActionDemote}} {
				r.ID = "r" + strconv.Itoa(i)
				if r.Ref == "" {
					r.Ref = open[int(seed)%len(open)].ID
				}
				w.rule(t, r)
			}
			return w.Arrange(t.Context(), ann, layout.Visit{ID: "v", Began: w.clock()}, "home")
		}
		require.Equal(t, arrange(open, blocks), arrange(all, allBlocks), "seed %d", seed)
	}
}

func TestReset(t *testing.T) {
	w := newWorld(t, siteOf(numbered(3)...))
	other := w.instance(t)
	w.used(t, ann, map[string]int{"i2": 9})
	v := w.visit()
	require.Equal(t, []string{"i2*", "i0", "i1"}, w.main(ann, v))
	require.Equal(t, []string{"i2*", "i0", "i1"}, ids(other.Arrange(t.Context(), ann, v, "home").Menus["main"]))
	w.Used(t.Context(), ann, "i1")
	require.NoError(t, w.Reset(t.Context(), ann))
	require.Equal(t, []string{"i0", "i1", "i2"}, w.main(ann, v), "at once, in the same visit")
	w.pass(time.Second)
	require.Equal(t, []string{"i0", "i1", "i2"}, ids(other.Arrange(t.Context(), ann, v, "home").Menus["main"]))
	trail, err := w.Export(t.Context(), "ann")
	require.NoError(t, err)
	require.Empty(t, trail.Uses, "what waited is forgotten too")
	require.ErrorIs(t, w.Reset(t.Context(), profile.Actor{}), layout.ErrForbidden)
}

func TestOptOut(t *testing.T) {
	w := newWorld(t, siteOf(numbered(3)...))
	w.used(t, ann, map[string]int{"i2": 9})
	w.rule(t, layout.Rule{ID: "r", Do: layout.ActionPromote, Ref: "i1"})
	v := w.visit()
	require.Equal(t, []string{"i1*", "i2*", "i0"}, w.main(ann, v))
	c, err := w.Personal(t.Context(), ann, false)
	require.NoError(t, err)
	require.True(t, c.Off)
	l := w.Arrange(t.Context(), ann, v, "home")
	require.Equal(t, []string{"i0", "i1", "i2"}, ids(l.Menus["main"]))
	require.Equal(t, layout.ArmDeclared, l.Arm)
	w.Used(t.Context(), ann, "i2")
	trail, err := w.Export(t.Context(), "ann")
	require.NoError(t, err)
	require.Empty(t, trail.Uses)
	c, err = w.Personal(t.Context(), ann, true)
	require.NoError(t, err)
	require.Equal(t, layout.Choice{Who: "person:ann", At: w.clock(), Version: 2}, c)
	require.Equal(t, []string{"i1*", "i0", "i2"}, w.main(ann, v))
	_, err = w.Personal(t.Context(), profile.Actor{}, true)
	require.ErrorIs(t, err, layout.ErrForbidden)
}

// TestHoldout: the share is about right, the same on every instance, and another
// one with another seed.
func TestHoldout(t *testing.T) {
	held := func(seed string) map[string]bool {
		w := newWorld(t, siteOf(numbered(3)...), func(o *layout.Options) { o.Holdout, o.Seed = 20, seed })
		w.rule(t, layout.Rule{ID: "r", Do: layout.ActionPromote, Ref: "i1"})
		out := map[string]bool{}
		for i := range 1000 {
			by := profile.Actor{ID: "p" + strconv.Itoa(i)}
			l := w.Arrange(t.Context(), by, w.visit(), "home")
			require.Equal(t, l.Arm == layout.ArmDeclared, l.Menus["main"][0].ID == "i0")
			if l.Arm == layout.ArmDeclared {
				out[by.ID] = true
			}
		}
		return out
	}
	first := held("")
	require.InDelta(t, 200, len(first), 50)
	require.Equal(t, first, held(""))
	require.NotEqual(t, first, held("again"))
}

func TestOrderOfWhatIsElsewhere(t *testing.T) {
	w := newWorld(t, siteOf(numbered(1)...))
	list := []string{"category/a", "category/b", "category/c"}
	w.used(t, ann, map[string]int{"category/c": 5})
	w.rule(t, layout.Rule{ID: "r", Do: layout.ActionHide, Ref: "category/b", For: layout.Match{Any: []string{"signed-in"}}})
	v := w.visit()
	want := []layout.Place{{ID: "category/c", Reason: layout.Reason{Key: layout.ReasonUse}}, {ID: "category/a"}}
	require.Equal(t, want, w.Order(t.Context(), ann, v, list))
	require.Equal(t, want, w.instance(t).Order(t.Context(), ann, v, list))
	require.Len(t, w.Order(t.Context(), profile.Actor{}, w.visit(), list), 3)
}

// down is a store that cannot be reached.
type down struct{ layout.Store }

var errDown = errors.New("down")

func (down) Choice(context.Context, layout.Who) (layout.Choice, error) {
	return layout.Choice{}, errDown
}

func (down) Promotions(context.Context) ([]layout.Promotion, error) { return nil, errDown }

func (down) Rulebook(context.Context, time.Time) (layout.Rulebook, error) {
	return layout.Rulebook{}, errDown
}

// flaky is a store that can be switched off.
type flaky struct {
	layout.Store
	off bool
}

func (f *flaky) Choice(ctx context.Context, who layout.Who) (layout.Choice, error) {
	if f.off {
		return down{}.Choice(ctx, who)
	}
	return f.Store.Choice(ctx, who)
}

func (f *flaky) Promotions(ctx context.Context) ([]layout.Promotion, error) {
	if f.off {
		return down{}.Promotions(ctx)
	}
	return f.Store.Promotions(ctx)
}

func TestWithoutAStore(t *testing.T) {
	site := siteOf(item("a"), item("b", only("staff")), item("c", meant("partner")))
	a, err := layout.NewArranger(site, down{memlayout.New()}, nil)
	require.NoError(t, err)
	require.Equal(t, []string{"a"}, ids(a.Arrange(t.Context(), ann, layout.Visit{ID: "v"}, "home").Menus["main"]))
	require.Equal(t, []layout.Place{{ID: "x/y"}}, a.Order(t.Context(), ann, layout.Visit{ID: "v"}, []string{"x/y"}))

	// Where a visit has begun, it goes on as it was.
	w := newWorld(t, siteOf(numbered(3)...))
	f := &flaky{Store: w.store}
	w.store = f
	w.Arranger = w.instance(t)
	w.used(t, ann, map[string]int{"i2": 9})
	v := w.visit()
	require.Equal(t, []string{"i2*", "i0", "i1"}, w.main(ann, v))
	f.off = true
	w.pass(time.Hour)
	require.Equal(t, []string{"i2*", "i0", "i1"}, w.main(ann, v))
}

func TestErase(t *testing.T) {
	w := newWorld(t, siteOf(numbered(3)...))
	w.used(t, ann, map[string]int{"i2": 9})
	v := w.visit()
	require.Equal(t, []string{"i2*", "i0", "i1"}, w.main(ann, v))
	w.Used(t.Context(), ann, "i1")
	n, err := w.Erase(t.Context(), "ann")
	require.NoError(t, err)
	require.Equal(t, 3, n, "a use, a start, and a use that waited")
	trail, err := w.Export(t.Context(), "ann")
	require.NoError(t, err)
	require.Equal(t, layout.Trail{Choice: layout.Choice{Who: "person:ann"}}, trail)
	require.Equal(t, []string{"i0", "i1", "i2"}, w.main(ann, v))
	_, err = w.Export(t.Context(), "")
	require.ErrorIs(t, err, layout.ErrNotFound)
}

func TestRunWritesWhatWaits(t *testing.T) {
	w := newWorld(t, siteOf(numbered(3)...), func(o *layout.Options) { o.Waiting = 2 })
	w.Used(t.Context(), ann, "i0")
	w.Used(t.Context(), ann, "i0")
	w.Used(t.Context(), ann, "i1")
	w.Used(t.Context(), ann, "i2")
	require.EqualValues(t, 1, w.Lost())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.NoError(t, w.Run(ctx))
	trail, err := w.store.Trail(t.Context(), "person:ann")
	require.NoError(t, err)
	require.Len(t, trail.Uses, 2)
	require.Equal(t, 2, trail.Uses[0].N)
	w.pass(200 * 24 * time.Hour)
	n, err := w.Prune(t.Context())
	require.NoError(t, err)
	require.Equal(t, 2, n)
}

// TestInstancesAgreeOnNewRules: one that has not heard of a rule yet and one that
// just came up show the same to a visit that begins in between.
func TestInstancesAgreeOnNewRules(t *testing.T) {
	w := newWorld(t, siteOf(numbered(3)...))
	late := w.instance(t)
	late.Arrange(t.Context(), profile.Actor{}, w.visit(), "home")
	_, err := w.SaveRule(t.Context(), root, layout.Rule{ID: "r", Do: layout.ActionHide, Ref: "i1"})
	require.NoError(t, err)
	w.pass(500 * time.Millisecond)
	v := w.visit()
	for _, a := range []*layout.Arranger{late, w.Arranger, w.instance(t)} {
		require.Len(t, a.Arrange(t.Context(), profile.Actor{}, v, "home").Menus["main"], 3)
	}
	w.pass(6 * time.Second)
	v = w.visit()
	for _, a := range []*layout.Arranger{late, w.Arranger, w.instance(t)} {
		require.Len(t, a.Arrange(t.Context(), profile.Actor{}, v, "home").Menus["main"], 2)
	}
}

// TestMidnight: counts of a day settle before visits go by them, so that one that
// is written late does not divide two instances.
func TestMidnight(t *testing.T) {
	w := newWorld(t, siteOf(numbered(3)...))
	w.pass(15*time.Hour + 5*time.Minute)
	v := w.visit()
	w.used(t, ann, map[string]int{"i2": 9})
	require.Equal(t, []string{"i0", "i1", "i2"}, w.main(ann, v))
	w.pass(6 * time.Minute)
	require.Equal(t, []string{"i2*", "i0", "i1"}, w.main(ann, w.visit()))
	require.Equal(t, []string{"i0", "i1", "i2"}, w.main(ann, v))
}

// TestOnlyWhatIsAskedIsKept: of somebody's segments a start has those that the
// site decides by.
func TestOnlyWhatIsAskedIsKept(t *testing.T) {
	w := newWorld(t, siteOf(item("a", meant("beta")), item("b")))
	w.rule(t, layout.Rule{ID: "r", Do: layout.ActionHide, Ref: "b", For: layout.Match{None: []string{"partner"}}})
	by := profile.Actor{ID: "pat", Segments: []string{"partner", "rich"}, Declared: []string{"beta", "cross"}}
	require.Equal(t, []string{"a", "b"}, w.main(by, w.visit()))
	trail, err := w.Export(t.Context(), "pat")
	require.NoError(t, err)
	require.Equal(t, []string{"beta", "partner"}, trail.Starts[0].Segments)
}

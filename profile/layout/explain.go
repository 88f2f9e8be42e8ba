package layout

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/profile"
)

// A Stage is where a promotion is in its time.
type Stage string

// The stages.
const (
	StagePaused  Stage = "paused"  // it is off
	StagePlanned Stage = "planned" // it has not begun
	StageRunning Stage = "running" // it is shown
	StageEnded   Stage = "ended"   // it is over
)

// Stage returns where p is at a time. What is both off and over is over.
func (p Promotion) Stage(now time.Time) Stage {
	from, to, ok := p.schedule()
	switch {
	case ok && !to.IsZero() && !now.Before(to):
		return StageEnded
	case p.Off || !ok:
		return StagePaused
	case !from.IsZero() && now.Before(from):
		return StagePlanned
	}
	return StageRunning
}

// A Test is one of the questions that decide whether somebody sees a promotion.
type Test string

// The tests, in the order of an [Explanation].
const (
	TestStage    Test = "stage"    // it is running
	TestAudience Test = "audience" // they may see it
	TestMeant    Test = "meant"    // its segments fit them
	TestPersonal Test = "personal" // it is for everybody, or they want things chosen for them
	TestWanted   Test = "wanted"   // they have not dismissed it
	TestPerson   Test = "person"   // they have not seen it in too many visits
	TestDay      Test = "day"      // nor in too many of today
	TestHoldout  Test = "holdout"  // they are not in the share that never sees it
	TestRoom     Test = "room"     // its slot has room left by those that come first
)

// A Finding is the answer to a [Test].
type Finding struct {
	Test   Test
	Passed bool
	Stage  Stage     // for TestStage
	At     time.Time // when it was dismissed, for TestWanted
	N, Max int       // visits and the cap for TestPerson and TestDay, where 0 is none; the share for TestHoldout
	Names  []string  // for TestMeant the segments that are missing or in the way, for TestRoom the promotions that come first
}

// An Explanation is why somebody would see a promotion, or why not.
type Explanation struct {
	Shown    bool // in a visit that begins now; then each test has passed
	Findings []Finding
}

// Explain says why a person would see a promotion in a visit that begins now, on
// a page with its slot. It takes what [Arranger.Promotions] takes, and
// [profile.PermissionDirectoryRead], since it tells what the person has seen.
// Nothing counts as shown.
func (a *Arranger) Explain(ctx context.Context, by, person profile.Actor, promotion string) (Explanation, error) {
	if !a.may(by) || !a.opts.Policy.May(by, profile.PermissionDirectoryRead) {
		return Explanation{}, wrap(ErrForbidden, "promotion", promotion)
	}
	if person.Anonymous() {
		return Explanation{}, wrap(errs.Field("person", "error.field.required", nil), "promotion", promotion)
	}
	all, err := a.store.Promotions(ctx)
	if err != nil {
		return Explanation{}, wrap(err, "promotion", promotion)
	}
	i := slices.IndexFunc(all, func(p Promotion) bool { return p.ID == promotion })
	if i < 0 {
		return Explanation{}, wrap(ErrNotFound, "promotion", promotion)
	}
	trail, err := a.store.Trail(ctx, WhoPerson(person.ID))
	if err != nil {
		return Explanation{}, wrap(err, "promotion", promotion)
	}
	now, sight := a.clock(), person.Sight()
	c := &chooser{
		eye: &eye{sight: sight, segments: membership(person, sight)}, who: WhoPerson(person.ID), visit: preview,
		off: trail.Choice.Off, began: now, now: now, shows: trail.Shows,
	}
	return c.explain(all[i], all, a.site.offers[all[i].Slot]), nil
}

// explain puts p to the tests that choose puts it to, and says what came of each.
func (c *chooser) explain(p Promotion, all []Promotion, room int) Explanation {
	e := Explanation{Findings: []Finding{
		{Test: TestStage, Stage: p.Stage(c.now), Passed: p.Stage(c.now) == StageRunning},
		{Test: TestAudience, Passed: c.eye.sight.Admits(p.Audience)},
		{Test: TestMeant, Passed: p.For.meets(c.eye.segments), Names: p.For.against(c.eye.segments)},
		{Test: TestPersonal, Passed: !c.off || p.For.Everybody()},
		{Test: TestWanted, Passed: !c.dismissed(p), At: c.dismissedAt(p)},
		capped(TestPerson, c.visits(p, ""), p.PerPerson),
		capped(TestDay, c.visits(p, c.began.Format(time.DateOnly)), p.PerDay),
		{Test: TestHoldout, Passed: !c.heldOut(p), Max: p.Holdout},
	}}
	first := c.first(p, all, room)
	e.Findings = append(e.Findings, Finding{Test: TestRoom, Passed: len(first) < room, Names: first})
	e.Shown = !slices.ContainsFunc(e.Findings, func(f Finding) bool { return !f.Passed })
	return e
}

func capped(test Test, n, most int) Finding {
	return Finding{Test: test, Passed: most == 0 || n < most, N: n, Max: most}
}

func (c *chooser) dismissedAt(p Promotion) (at time.Time) {
	for _, s := range c.shows {
		if s.Promotion == p.ID && s.DismissedAt.After(at) {
			at = s.DismissedAt
		}
	}
	return at
}

// first returns those that would stand before p in its slot.
func (c *chooser) first(p Promotion, all []Promotion, room int) (ids []string) {
	running := slices.DeleteFunc(slices.Clone(all), func(o Promotion) bool { return o.Off && o.ID != p.ID })
	i := slices.IndexFunc(running, func(o Promotion) bool { return o.ID == p.ID })
	// Where p stands is to be known even if it is shown to nobody.
	running[i] = Promotion{ID: p.ID, Slot: p.Slot, Priority: p.Priority, Audience: profile.Public()}
	chosen, _ := c.choose(running, p.Slot, room)
	for _, o := range chosen {
		if o.ID == p.ID {
			break
		}
		ids = append(ids, o.ID)
	}
	return ids
}

// against returns the segments that keep somebody out: those that are missing,
// and those that must not be there.
func (m Match) against(segments []string) (out []string) {
	in := func(name string) bool { _, ok := slices.BinarySearch(segments, name); return ok }
	if len(m.Any) > 0 && !slices.ContainsFunc(m.Any, in) {
		out = slices.Clone(m.Any)
	}
	for _, name := range m.All {
		if !in(name) {
			out = append(out, name)
		}
	}
	for _, name := range m.None {
		if in(name) {
			out = append(out, name)
		}
	}
	return out
}

// Promotion returns one promotion. It takes what [Arranger.Promotions] takes.
func (a *Arranger) Promotion(ctx context.Context, by profile.Actor, id string) (Promotion, error) {
	list, err := a.Promotions(ctx, by)
	if err != nil {
		return Promotion{}, fmt.Errorf("promotion %q: %w", id, err)
	}
	i := slices.IndexFunc(list, func(p Promotion) bool { return p.ID == id })
	if i < 0 {
		return Promotion{}, wrap(ErrNotFound, "promotion", id)
	}
	return list[i], nil
}

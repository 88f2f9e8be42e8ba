package layout

import (
	"cmp"
	"context"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/profile"
)

// A Visit is somebody's stay on the portal, during which nothing moves.
type Visit struct {
	ID      string    // the same for the whole visit, on all instances; "" arranges each request anew
	Visitor string    // pseudonymous browser, or empty: then nothing is remembered of anonymous visitors
	Brand   string    // ID of the brand; "" is the first
	Began   time.Time // zero means when the ID says so (a UUID version 7 does), or else now
}

type contextKey struct{}

// NewContext returns a context with the visit that a request belongs to, for
// hosts that tell visits apart themselves.
func NewContext(ctx context.Context, v Visit) context.Context {
	return context.WithValue(ctx, contextKey{}, v)
}

// VisitOf returns the visit that [NewContext] has put into the context of a
// request, or [analytics.Visits], then on a brand.
func VisitOf(ctx context.Context, brand string) Visit {
	if v, ok := ctx.Value(contextKey{}).(Visit); ok {
		return v
	}
	e := analytics.FromContext(ctx)
	return Visit{ID: e.Session, Visitor: e.Visitor, Brand: brand}
}

// who returns who is remembered of a visit.
func (v Visit) who(by profile.Actor) Who {
	if !by.Anonymous() {
		return WhoPerson(by.ID)
	}
	return WhoVisitor(v.Visitor)
}

// began returns when the visit began.
func (v Visit) began(now time.Time) time.Time {
	if !v.Began.IsZero() {
		return v.Began.UTC().Truncate(time.Microsecond)
	}
	if t, ok := timeOf(v.ID); ok && !t.After(now) {
		return t
	}
	return now
}

// timeOf returns the time in a UUID version 7, with or without hyphens.
func timeOf(id string) (time.Time, bool) {
	digits := strings.ReplaceAll(id, "-", "")
	if len(digits) != 32 || digits[12] != '7' {
		return time.Time{}, false
	}
	b, err := hex.DecodeString(digits[:12])
	if err != nil {
		return time.Time{}, false
	}
	var ms int64
	for _, part := range b {
		ms = ms<<8 | int64(part)
	}
	return time.UnixMilli(ms).UTC(), true
}

// maxVisit is the longest ID of a visit that is remembered, in bytes.
const maxVisit = 128

type visitKey struct {
	visit   string
	who     Who
	version int
	epoch   int64
}

// visitFacts are what an arrangement goes by for as long as a visit lasts.
type visitFacts struct {
	began    time.Time
	segments []string
	rules    map[string]act
	scores   map[string]int
}

// facts returns what a visit goes by: read once, kept here, and found the same
// by any other instance.
func (a *Arranger) facts(ctx context.Context, by profile.Actor, sight profile.Sight, v Visit, c Choice, now time.Time) (*visitFacts, error) {
	who := v.who(by)
	key := visitKey{v.ID, who, c.Version, a.epoch.Load()}
	if f, ok := a.visits.Load(key); ok {
		return f, nil
	}
	f, err := a.readFacts(ctx, by, sight, v, c, now)
	if err == nil && v.ID != "" {
		a.visits.Store(key, f)
	}
	return f, err
}

func (a *Arranger) readFacts(ctx context.Context, by profile.Actor, sight profile.Sight, v Visit, c Choice, now time.Time) (*visitFacts, error) {
	began := v.began(now)
	book, err := a.bookOf(ctx, began, now)
	if err != nil {
		return nil, err
	}
	d, err := a.promotions(ctx, now)
	if err != nil {
		return nil, err
	}
	start := Start{Visit: v.ID, Who: v.who(by), Began: began, Segments: a.asked(book, d, membership(by, sight))}
	if by.Viewer == "" {
		start, err = a.begin(ctx, start)
	}
	if err != nil {
		return nil, err
	}
	if !start.Began.Equal(began) {
		if book, err = a.bookOf(ctx, start.Began, now); err != nil {
			return nil, err
		}
	}
	f := &visitFacts{began: start.Began, segments: start.Segments, rules: book.apply(start.Segments)}
	if start.Who.Person() && !c.Off {
		trail, err := a.store.Trail(ctx, start.Who)
		if err != nil {
			return nil, err
		}
		f.scores = scoresOf(trail.Uses, start.Began)
	}
	return f, nil
}

// begin keeps what a visit starts with where another instance, or this one after
// it has forgotten, could otherwise find something else.
func (a *Arranger) begin(ctx context.Context, s Start) (Start, error) {
	if s.Visit == "" || len(s.Visit) > maxVisit || s.Who == "" || !s.Who.Person() && len(s.Segments) == 0 {
		return s, nil
	}
	return a.store.Begin(ctx, s)
}

// membership returns the names of all segments that an actor is in, sorted.
func membership(by profile.Actor, sight profile.Sight) []string {
	names := append(sight.Segments(), by.Declared...)
	slices.Sort(names)
	return slices.Compact(names)
}

// asked returns those of the segments that something on the site asks for. No
// others are kept.
func (a *Arranger) asked(book Rulebook, d deck, segments []string) []string {
	wanted := map[string]bool{}
	note := func(names []string) {
		for _, name := range names {
			wanted[name] = true
		}
	}
	for _, r := range book.Rules {
		note(r.For.names())
	}
	for _, p := range d.all {
		note(p.For.names())
	}
	return slices.DeleteFunc(slices.Clone(segments), func(name string) bool { return !wanted[name] && !a.site.segments[name] })
}

// apply returns what the rules do that are in force for somebody. Of several
// about one thing the first counts.
func (b Rulebook) apply(segments []string) map[string]act {
	out := map[string]act{}
	for i, r := range b.Rules {
		if _, taken := out[r.Ref]; !taken && !r.Off && r.For.meets(segments) {
			out[r.Ref] = act{r.Do, Reason{Key: ReasonRule, Texts: r.Reason}, i}
		}
	}
	return out
}

// Arm returns the arm that a visitor is in, "layout=arranged" or
// "layout=declared", for the events of requests that arrange no page.
func (a *Arranger) Arm(ctx context.Context, by profile.Actor, v Visit) string {
	who := v.who(by)
	var choice Choice
	if who.Person() {
		var err error
		if choice, err = a.choice(ctx, who, a.clock()); err != nil {
			return ArmDeclared
		}
	}
	if a.still(v, who, choice) {
		return ArmDeclared
	}
	return ArmArranged
}

// still reports whether somebody sees everything as it was declared, because
// they want to or because they are in the holdout.
func (a *Arranger) still(v Visit, who Who, c Choice) bool {
	return c.Off || a.opts.Holdout > 0 && share("layout", a.opts.Seed, cmp.Or(string(who), v.ID)) < a.opts.Holdout
}

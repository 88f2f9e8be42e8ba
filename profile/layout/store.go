package layout

import (
	"context"
	"slices"
	"strings"
	"time"
)

// A Store keeps what administrators and visitors change about a [Site]. It
// carries no rules of its own. Every time it is given is in UTC, cut to
// microseconds or not, and comes back so.
//
// Implementations must pass layouttest.TestStore.
type Store interface {
	RuleStore
	PromotionStore
	TrailStore
}

// A RuleStore keeps the revisions of the rulebook.
type RuleStore interface {
	// Rulebook returns the one with the highest Revision among those whose From
	// is at or before the time, or of all if it is zero. Where there is none it
	// returns the zero Rulebook.
	Rulebook(ctx context.Context, at time.Time) (Rulebook, error)

	// SaveRulebook adds a revision: ErrConflict unless b.Revision is one more
	// than the highest there is. Of those whose From is before keep it may
	// forget all but the newest.
	SaveRulebook(ctx context.Context, b Rulebook, keep time.Time) error
}

// A PromotionStore keeps promotions. There are few: 200.
type PromotionStore interface {
	// Promotions returns all, by ID in byte order.
	Promotions(ctx context.Context) ([]Promotion, error)

	// SavePromotion keeps p. With Version 1 p is new, and it returns ErrConflict
	// if there is one with its ID. Otherwise p replaces the one that has
	// Version-1: ErrNotFound if there is none, ErrConflict if its version
	// differs.
	SavePromotion(ctx context.Context, p Promotion) error

	// RemovePromotion forgets a promotion, or returns ErrNotFound.
	RemovePromotion(ctx context.Context, id string) error
}

// A TrailStore keeps what is remembered of single people and browsers.
type TrailStore interface {
	// Choice returns what somebody has chosen, the zero Choice with their Who if
	// nothing.
	Choice(ctx context.Context, who Who) (Choice, error)

	// SaveChoice keeps c in the place of the one with Version-1, which is the
	// zero one for Version 1: else ErrConflict. With c.Forget all uses of c.Who
	// go in the same step.
	SaveChoice(ctx context.Context, c Choice) error

	// Trail returns all that is kept of somebody: uses by day and reference,
	// starts by visit, shows by visit and promotion, in byte order.
	Trail(ctx context.Context, who Who) (Trail, error)

	// AddUses adds the counts to those that are kept for the same person,
	// reference and day. All or none are added.
	AddUses(ctx context.Context, uses []Use) error

	// Begin keeps s unless its visit has begun for the same Who, and returns what
	// is kept: the first one wins, whichever instance it came from.
	Begin(ctx context.Context, s Start) (Start, error)

	// SaveShow keeps s. If the promotion was shown to the same Who in the same
	// visit, the first At stays, and so do the times of a click or a dismissal
	// that are there already; those that were missing are added.
	SaveShow(ctx context.Context, s Show) error

	// Forget removes all that is kept of somebody, and returns how many uses,
	// starts, shows and choices that were.
	Forget(ctx context.Context, who Who) (int, error)

	// Prune removes uses of days before that of h.Uses, starts that began before
	// h.Starts, and shows from before h.Shows that were not dismissed, and returns
	// how many. A zero time removes nothing of its kind.
	Prune(ctx context.Context, h Horizon) (int, error)
}

// A Horizon says how far back is remembered.
type Horizon struct{ Uses, Starts, Shows time.Time }

// A Who is somebody who is remembered: a person, "person:ann", or a browser,
// "visitor:3f2a". The empty Who is nobody, of whom nothing is kept.
type Who string

// WhoPerson returns the Who of a person's ID.
func WhoPerson(id string) Who { return who("person:", id) }

// WhoVisitor returns the Who of a browser that is known by a pseudonym.
func WhoVisitor(visitor string) Who { return who("visitor:", visitor) }

func who(kind, id string) Who {
	if id == "" {
		return ""
	}
	return Who(kind + id)
}

// Person reports whether w is a person and not a browser.
func (w Who) Person() bool { return strings.HasPrefix(string(w), "person:") }

// A Choice is what somebody wants of the arrangement.
type Choice struct {
	Who     Who
	Off     bool      // nothing is arranged for them
	At      time.Time // of the last change
	Version int       // 0 where nothing was chosen; each change adds 1

	Forget bool // their uses are forgotten with this change; not kept
}

// A Use is how often somebody used something on a day.
type Use struct {
	Who Who
	Ref string // ID of an item or a block, or "kind/id"
	Day string // in UTC, "2026-03-01"
	N   int
}

// A Start is what a visit's arrangement goes by.
type Start struct {
	Visit    string
	Who      Who
	Began    time.Time
	Segments []string // those that something on the site asks for and the visitor was in, sorted
}

// Clone returns a copy that shares nothing with s.
func (s Start) Clone() Start {
	s.Segments = slices.Clone(s.Segments)
	return s
}

// A Show is a promotion that somebody saw in a visit.
type Show struct {
	Who         Who
	Promotion   string
	Visit       string
	At          time.Time
	ClickedAt   time.Time // zero means not yet
	DismissedAt time.Time // zero means not
}

// A Trail is all that is kept of somebody.
type Trail struct {
	Choice Choice
	Uses   []Use
	Starts []Start
	Shows  []Show
}

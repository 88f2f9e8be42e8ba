package retention

import (
	"fmt"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/profile"
)

// A Class is a kind of data that is about people.
type Class struct {
	Name   string         // one word: "notices"
	Days   int            // how long it is kept if nobody decided otherwise
	Min    int            // the least days that somebody may decide
	Max    int            // the most
	Pruner profile.Pruner // removes what is older
}

func (c Class) check() error {
	if c.Name == "" || c.Pruner == nil || c.Min < 1 || c.Days < c.Min || c.Max < c.Days {
		return fmt.Errorf("class %q: want a name, a pruner and 1 <= min <= days <= max: %w", c.Name, errs.Invalid)
	}
	return nil
}

// A Standing is a class, and how it stands.
type Standing struct {
	Class
	Kept      int       // days for which it is kept now
	Changed   bool      // somebody decided that
	ChangedBy string    // who, or empty
	ChangedAt time.Time // when, or zero
	RanAt     time.Time // when old data was last removed, or zero
	Removed   int       // how much that was
	Fault     bool      // it ended with an error
	Running   bool      // an instance is at it
	Version   int       // for Schedule.Change
}

// standing joins a class and what is known of it. A period that somebody decided
// holds within the limits of today.
func standing(c Class, s State, now time.Time) Standing {
	out := Standing{
		Class: c, Kept: c.Days, ChangedBy: s.ChangedBy, ChangedAt: s.ChangedAt, RanAt: s.RanAt, Removed: s.Removed, Fault: s.Fault,
		Running: now.Before(s.Until), Version: s.Version,
	}
	if s.Days > 0 {
		out.Changed, out.Kept = true, min(max(s.Days, c.Min), c.Max)
	}
	return out
}

// before returns the time from which on data is kept.
func (s Standing) before(now time.Time) time.Time { return now.AddDate(0, 0, -s.Kept) }

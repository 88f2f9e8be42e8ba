package kb

import "time"

// A Plan is something to be done with a text at a time.
type Plan struct {
	ID        string
	Article   string
	Locale    string
	Do        Deed      //
	Revision  int       // to publish; a newer draft stays one
	Minor     bool      // nobody who follows the article is told, see [Library.PublishMinor]
	At        time.Time // when
	By        string    // who planned it
	Note      string    // why, for colleagues
	State     PlanState //
	Error     string    // message key of why it failed
	Input     string    // hash of what was asked, for retries
	CreatedAt time.Time
	UpdatedAt time.Time
	Version   int // incremented by every change
}

// A Deed is what can be planned.
type Deed string

// The deeds.
const (
	DeedPublish Deed = "publish"
	DeedArchive Deed = "archive"
)

// Deeds returns the deeds in the order in which they are offered.
func Deeds() []Deed { return []Deed{DeedPublish, DeedArchive} }

// A PlanState is what became of a plan.
type PlanState string

// The states of a plan. Of each deed, a text has one waiting plan at most.
const (
	PlanWaiting   PlanState = "waiting"
	PlanDone      PlanState = "done"
	PlanFailed    PlanState = "failed" // Error says why
	PlanCancelled PlanState = "cancelled"
)

// A Verification is that somebody vouched for an article.
type Verification struct {
	Article  string
	By       string    // who vouched for it last, empty if nobody did
	At       time.Time // when
	Until    time.Time // until when it holds; zero means for ever
	RemindAt time.Time // when the owner is to be told that it runs out, zero if they have been
	Lapsed   bool      // it has run out, and what follows from that was done; or it was taken back
	Version  int       // incremented by every change
}

// Holds reports whether v stands at a time.
func (v Verification) Holds(at time.Time) bool {
	return v.By != "" && !v.Lapsed && (v.Until.IsZero() || at.Before(v.Until))
}

// Ran reports whether v stood once and does not at a time.
func (v Verification) Ran(at time.Time) bool { return v.By != "" && !v.Holds(at) }

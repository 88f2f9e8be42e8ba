package kb

import "time"

// A Feedback is what one reader said of an article, and what becomes of it.
type Feedback struct {
	ID       string
	Article  string
	Locale   string
	Revision int          // the one they read
	Kind     FeedbackKind // empty for a rating
	Helpful  bool
	Reason   Reason // why not, or empty
	Comment  string
	Quote    string // of a suggestion: the words that it is about
	Proposal string // of FeedbackEdit: what should stand in their place
	Tell     bool   // they want to be told when it is mended
	Person   string // empty if anonymous
	Visitor  string // pseudonymous, or empty
	Input    string // hash of what was sent, for retries
	At       time.Time

	State      FeedbackState
	Assignee   string    // who sees to it, or empty
	Resolution string    // what came of it, for those at the desk and for who is told
	UpdatedAt  time.Time // when that changed last
	Version    int       // incremented by every change
}

// A FeedbackKind is what somebody said.
type FeedbackKind string

// The kinds.
const (
	FeedbackRating FeedbackKind = ""     // whether it helped
	FeedbackFlag   FeedbackKind = "flag" // something is wrong with it
	FeedbackEdit   FeedbackKind = "edit" // what it should say
)

// A FeedbackState is how it stands with what somebody said.
type FeedbackState string

// The states.
const (
	FeedbackNone      FeedbackState = ""          // there is nothing to do
	FeedbackOpen      FeedbackState = "open"      // nobody has looked at it
	FeedbackWorking   FeedbackState = "working"   // somebody sees to it
	FeedbackDone      FeedbackState = "done"      // it is mended
	FeedbackDismissed FeedbackState = "dismissed" // it will not be
)

// FeedbackStates returns the states of what there is to do, in the order in
// which they are offered.
func FeedbackStates() []FeedbackState {
	return []FeedbackState{FeedbackOpen, FeedbackWorking, FeedbackDone, FeedbackDismissed}
}

// asks reports whether there is something to do about f.
func (f Feedback) asks() bool {
	return f.Kind != FeedbackRating || !f.Helpful || f.Comment != ""
}

// opened returns f as it stands when it has just been said.
func (f Feedback) opened() Feedback {
	f.Version, f.UpdatedAt = 1, f.At
	if f.asks() {
		f.State = FeedbackOpen
	}
	return f
}

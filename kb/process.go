package kb

import (
	"time"

	"github.com/stoa-go/stoa/profile"
)

// A Process is what it takes to publish articles and to keep them true. The
// zero Process lets whoever may publish do so at once, and forgets nothing and
// nobody: nothing has to be verified.
type Process struct {
	Rule   Rule          // how reviewers decide; empty means that no review is needed
	Needed int           // with RuleAny: how many approvals; 0 means 1
	Verify time.Duration // how long a verification holds; 0 means for ever
	Remind time.Duration // how long before that the owner is reminded; 0 means a tenth of Verify
	Lapse  Lapse         // what becomes of an article that nobody verified in time
	KCS    bool          // publishing does not verify: an article is validated apart from being shown
}

// A Rule says when a review has approved.
type Rule string

// The rules. Who is asked are the reviewers that the review names; if it names
// nobody, anybody who may review decides, by RuleAny.
const (
	RuleAny       Rule = "any"       // as many approvals as are needed
	RuleMajority  Rule = "majority"  // more than half of those who are asked
	RuleUnanimous Rule = "unanimous" // all who are asked
)

// A Lapse is what becomes of an article whose verification has run out. Its
// owner is told in any case.
type Lapse string

// What may become of it.
const (
	LapseBadge   Lapse = ""        // readers are told that it may be out of date
	LapseQuiet   Lapse = "quiet"   // only those at the desk are told
	LapseArchive Lapse = "archive" // readers are no longer shown it
)

// A State is where a text stands by the practice of Knowledge-Centered Service.
// It follows from what else is known of the text.
type State string

// The states.
const (
	StateProgress     State = "work-in-progress" // not yet shown to readers
	StateNotValidated State = "not-validated"    // shown, and nobody vouches for it now
	StateValidated    State = "validated"        // shown, and verified
	StateArchived     State = "archived"
)

// Process returns what it takes to publish articles of a kind in a category.
func (l *Library) Process(kind Kind, category string) Process {
	if l.process == nil {
		return Process{}
	}
	return l.process(kind, category)
}

// reminder is how long before a verification runs out its owner is reminded.
func (p Process) reminder() time.Duration {
	if p.Remind > 0 {
		return p.Remind
	}
	return p.Verify / 10
}

// StateOf returns where a text stands, given the verification of its article.
func (l *Library) StateOf(t Translation, v Verification) State {
	switch {
	case t.Status == StatusArchived:
		return StateArchived
	case !t.Visible():
		return StateProgress
	case v.Holds(l.clock()):
		return StateValidated
	}
	return StateNotValidated
}

// mayReview reports whether by may decide on what others wrote.
func (l *Library) mayReview(by profile.Actor) bool {
	return l.policy.May(by, profile.PermissionContentReview)
}

package kb

import (
	"slices"
	"time"
)

// A Review is a request to look at one revision before readers are shown it.
type Review struct {
	ID        string
	Article   string
	Locale    string
	Revision  int
	Rule      Rule        //
	Needed    int         // approvals, with RuleAny
	By        string      // who asked
	Note      string      // what to look at
	Due       time.Time   // until when, zero if that was not said
	Publish   bool        // publish it when it is approved
	PublishAt time.Time   // and not before then
	State     ReviewState //
	Votes     []Vote      // of those who are asked, in that order, then of others
	Input     string      // hash of what was asked, for retries
	CreatedAt time.Time
	UpdatedAt time.Time
	Version   int // incremented by every change
}

// A ReviewState is how a review stands.
type ReviewState string

// The states of a review. One of a revision that is no longer the newest is
// [Review.Superseded] besides.
const (
	ReviewOpen      ReviewState = "open"
	ReviewApproved  ReviewState = "approved"
	ReviewRejected  ReviewState = "rejected"  // changes are wanted
	ReviewWithdrawn ReviewState = "withdrawn" // by who asked
)

// A Vote is what one reviewer says.
type Vote struct {
	Person  string
	Asked   bool      // the review names them
	Verdict Verdict   // empty if they have not decided
	Comment string    //
	At      time.Time // when they decided
}

// A Verdict is what a reviewer decided.
type Verdict string

// The verdicts.
const (
	VerdictApprove Verdict = "approve"
	VerdictReject  Verdict = "reject" // changes are wanted, the comment says which
)

// Verdicts returns the verdicts in the order in which they are offered.
func Verdicts() []Verdict { return []Verdict{VerdictApprove, VerdictReject} }

// Superseded reports whether a's text has gone on since r was asked for.
func (r Review) Superseded(a Article) bool {
	t, _ := a.In(r.Locale)
	return t.Head != r.Revision
}

// Of returns what a person said, and whether they are asked or have said
// anything.
func (r Review) Of(person string) (Vote, bool) {
	i := slices.IndexFunc(r.Votes, func(v Vote) bool { return v.Person == person })
	if i < 0 {
		return Vote{}, false
	}
	return r.Votes[i], true
}

// Pool reports whether anybody who may review decides.
func (r Review) Pool() bool {
	return !slices.ContainsFunc(r.Votes, func(v Vote) bool { return v.Asked })
}

// Count returns how many are asked, and how many have approved and rejected.
func (r Review) Count() (asked, approved, rejected int) {
	for _, v := range r.Votes {
		if v.Asked {
			asked++
		}
		switch v.Verdict {
		case VerdictApprove:
			approved++
		case VerdictReject:
			rejected++
		}
	}
	return asked, approved, rejected
}

// tally returns how r stands by what has been said so far: approved as soon as
// its rule is met, rejected as soon as it no longer can be.
func (r Review) tally() ReviewState {
	asked, approved, rejected := r.Count()
	met, lost := false, false
	switch r.Rule {
	case RuleUnanimous:
		met, lost = approved == asked, rejected > 0
	case RuleMajority:
		met, lost = approved*2 > asked, rejected*2 >= asked
	default:
		needed := max(r.Needed, 1)
		met, lost = approved >= needed, asked-rejected < needed
		if r.Pool() {
			lost = rejected > 0
		}
	}
	switch {
	case met:
		return ReviewApproved
	case lost:
		return ReviewRejected
	}
	return ReviewOpen
}

// vote puts what a person says in the place of what they said before.
func (r *Review) vote(v Vote) {
	i := slices.IndexFunc(r.Votes, func(w Vote) bool { return w.Person == v.Person })
	if i < 0 {
		r.Votes = append(r.Votes, v)
		return
	}
	v.Asked = r.Votes[i].Asked
	r.Votes[i] = v
}

// Clone returns a copy that shares nothing with r.
func (r Review) Clone() Review {
	r.Votes = slices.Clone(r.Votes)
	return r
}

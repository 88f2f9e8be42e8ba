package cases

import (
	"time"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/profile"
)

// Errors that a [Desk] and every [Store] return, alone or wrapped.
var (
	ErrNotFound  = errs.NotFound  // no such thing, or none that the actor may know of
	ErrConflict  = errs.Conflict  // somebody else was faster, or a key was used for something else
	ErrForbidden = errs.Forbidden // the actor may see it, but not do this
	ErrInvalid   = errs.Invalid   // an argument cannot be used
)

// A Case is something that a person wants of the company: a question, a problem,
// a request, a complaint. What was said and done about it are its entries.
type Case struct {
	ID        string
	Reference string // what people quote: "K7Q2-9FXM"
	Kind      Key    // key of a [Kind]
	Subject   string
	Status    Key   // key of a [Status], which a team names
	State     State // what Status comes to, the same for every team
	Priority  Priority
	Impact    Level
	Urgency   Level

	Requester string // ID of the person it is of
	OpenedBy  string // who opened it, if not the requester: an agent at the telephone
	Account   string // organisation of the requester when it was opened, or empty
	Private   bool   // the organisation's other people do not see it
	People    []Participant
	Queue     Key    // key of the [Queue] that works on it
	Assignee  string // ID of who works on it, or empty
	Escalated bool   // somebody asked for more attention

	Channel  Channel // how it came
	Locale   string  // language that the requester is answered in, a BCP 47 tag
	Product  string  // what it is about, or empty
	Fields   map[string][]string
	Articles []string // references of what helps: "article/ID"
	Tags     []string // of those who work on it; customers do not see them
	Links    []Link

	Solution  string    // ID of the entry that is proposed as the solution, or empty
	Last      int       // number of its newest entry
	RepliedAt time.Time // when staff first answered, zero before
	CreatedAt time.Time
	UpdatedAt time.Time // when anything changed that the requester may see
	TouchedAt time.Time // when anything changed
	WaitingAt time.Time // when it began to wait for the requester, zero if it does not
	SolvedAt  time.Time // zero if it is not solved
	ClosedAt  time.Time // zero if it is not closed

	Audience profile.Audience // who may see it, made from the above: see [Desk.Sight]
	Input    string           // hash of what it was opened with; stores keep it, nobody else needs it
	Version  int              // each change adds 1
}

// Key names something that a team has configured: small letters, digits and
// hyphens.
type Key string

// A State is where a case stands, whatever a team calls it.
type State string

// The states.
const (
	StateOpen     State = "open"        // nobody works on it yet
	StateProgress State = "in_progress" // somebody works on it
	StateWaiting  State = "waiting"     // for the requester
	StateSolved   State = "solved"      // a solution is proposed or was accepted
	StateClosed   State = "closed"      // over
)

// States returns all states in the order in which a case passes them.
func States() []State {
	return []State{StateOpen, StateProgress, StateWaiting, StateSolved, StateClosed}
}

// Over reports whether nobody has to do anything about a case in this state.
func (s State) Over() bool { return s == StateSolved || s == StateClosed }

// A Level is how much of something there is.
type Level string

// The levels.
const (
	LevelLow    Level = "low"
	LevelMedium Level = "medium"
	LevelHigh   Level = "high"
)

var levels = []Level{LevelLow, LevelMedium, LevelHigh}

// A Priority is how soon a case is worked on.
type Priority string

// The priorities.
const (
	PriorityLow    Priority = "low"
	PriorityNormal Priority = "normal"
	PriorityHigh   Priority = "high"
	PriorityUrgent Priority = "urgent"
)

// PriorityOf returns the priority that follows from how many are hit and how
// long it can wait.
func PriorityOf(impact, urgency Level) Priority {
	rank := map[Level]int{LevelLow: 0, "": 1, LevelMedium: 1, LevelHigh: 2}
	switch rank[impact] + rank[urgency] {
	case 0:
		return PriorityLow
	case 1, 2:
		return PriorityNormal
	case 3:
		return PriorityHigh
	}
	return PriorityUrgent
}

// A Channel is how a case or an entry came.
type Channel string

// The channels.
const (
	ChannelPortal    Channel = "portal"
	ChannelAPI       Channel = "api"
	ChannelMail      Channel = "mail"
	ChannelPhone     Channel = "phone"
	ChannelChat      Channel = "chat"
	ChannelCommunity Channel = "community"
	ChannelTool      Channel = "tool"
)

// A Participant is somebody beside the requester who follows a case.
type Participant struct {
	Person  string
	Comment bool // may add to it, and not only see it
	Added   time.Time
	By      string
}

// A Link leads from a case to another.
type Link struct {
	Kind LinkKind
	Case string // ID
}

// A LinkKind is how a case stands to another.
type LinkKind string

// The kinds of links. Each case has the one, and the other its counterpart.
const (
	LinkRelated   LinkKind = "related"   // the same on both sides
	LinkParent    LinkKind = "parent"    // the other is the larger one
	LinkChild     LinkKind = "child"     // the other is a part of it
	LinkMerged    LinkKind = "merged"    // it goes on in the other
	LinkAbsorbed  LinkKind = "absorbed"  // the other goes on in it
	LinkFollows   LinkKind = "follows"   // the other was closed, and came up again
	LinkFollowed  LinkKind = "followed"  // the other came of it
	LinkDuplicate LinkKind = "duplicate" // the same on both sides: another asks the same
)

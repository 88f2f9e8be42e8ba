package cases

import (
	"slices"

	"github.com/stoa-go/stoa/profile"
)

// Purpose of a link that lets somebody who has not signed in take part in one
// case, see [profile.Actor.Holds].
const Purpose = "case"

// Names of what people may do that opens cases to them, see [profile.Sight.With].
const (
	sightQueue      = profile.SegmentMay + "cases.queue."      // and its key: who works on it
	sightColleagues = profile.SegmentMay + "cases.colleagues@" // and an organisation: who sees what its people ask
)

// Sight returns what an actor may see of cases. Lists, counts and indexes all go
// by it, and [Case.Audience] is made for it.
func (d *Desk) Sight(by profile.Actor) profile.Sight {
	names := d.queues(by)
	if by.Account != "" && d.policy.May(by, profile.PermissionCasesColleagues) {
		names = append(names, sightColleagues+by.Account)
	}
	return by.Sight().With(names...)
}

// queues returns the names of the queues in which by sees how cases are worked
// on.
func (d *Desk) queues(by profile.Actor) (names []string) {
	sight := by.Sight()
	for _, q := range d.config.Queues {
		if d.inQueue(by, sight, q) {
			names = append(names, sightQueue+string(q.Key))
		}
	}
	return names
}

func (d *Desk) inQueue(by profile.Actor, sight profile.Sight, q Queue) bool {
	return d.policy.May(by, profile.PermissionCasesRead) && (q.Audience == nil || sight.Admits(q.Audience))
}

// audience returns who may see a case: its requester and participants whatever
// becomes of it, those of the organisation who may see what colleagues ask, and
// who works on it.
func (d *Desk) audience(c Case) (profile.Audience, error) {
	terms := []string{profile.SegmentPerson + c.Requester, sightQueue + string(d.queue(c.Queue).Key)}
	for _, p := range c.People {
		terms = append(terms, profile.SegmentPerson+p.Person)
	}
	if c.Account != "" && !c.Private {
		terms = append(terms, sightColleagues+c.Account)
	}
	return profile.ParseAudience(terms)
}

// Rights are what somebody may do about a case.
type Rights struct {
	Comment  bool // add to what is said
	Edit     bool // change what it says
	Close    bool // say that it is over
	Reopen   bool // say that it is not
	Decide   bool // accept or reject the proposed solution
	Escalate bool // ask for more attention
	Invite   bool // say who follows it
	Work     bool // answer, assign, note, move: staff
	Notes    bool // see what is said among staff
}

// Rights returns what by may do about a case that by may see. Pages ask it for
// what they offer, and each act asks it again.
func (d *Desk) Rights(by profile.Actor, c Case) Rights {
	own, work := d.takesPart(by, c), d.works(by, c)
	return Rights{
		Comment:  (own || d.joins(by, c)) && d.reopens(c) || work,
		Edit:     (own || work) && !c.State.Over(),
		Close:    (own || work) && c.State != StateClosed,
		Reopen:   c.State.Over() && (own && d.reopens(c) || work),
		Decide:   own && c.Solution != "" && c.State != StateClosed,
		Escalate: own && !c.State.Over() && !c.Escalated,
		Invite:   own || work,
		Work:     work,
		Notes:    d.reads(by, c),
	}
}

// reads reports whether by sees how a case is worked on, and what is said about
// it among staff.
func (d *Desk) reads(by profile.Actor, c Case) bool {
	return d.inQueue(by, by.Sight(), d.queue(c.Queue))
}

func (d *Desk) works(by profile.Actor, c Case) bool {
	return acts(by) && d.reads(by, c) && d.policy.May(by, profile.PermissionCasesAnswer)
}

// acts reports whether by is somebody who may do anything at all.
func acts(by profile.Actor) bool {
	return !by.Anonymous() && by.Viewer == "" && by.Assurance != profile.AssuranceLink
}

// takesPart reports whether a case is by's own affair: the requester's, and those
// colleagues' who may act on it.
func (d *Desk) takesPart(by profile.Actor, c Case) bool {
	if !acts(by) {
		return by.Viewer == "" && by.ID == c.Requester && by.Holds(Purpose, "case/"+c.ID)
	}
	return by.ID == c.Requester ||
		!c.Private && c.Account != "" && by.Account == c.Account && d.policy.May(by, profile.PermissionCasesColleagues) && d.policy.May(by, profile.PermissionCasesColleaguesAct)
}

// joins reports whether by was asked to add to a case.
func (d *Desk) joins(by profile.Actor, c Case) bool {
	return acts(by) && slices.ContainsFunc(c.People, func(p Participant) bool { return p.Person == by.ID && p.Comment })
}

// reopens reports whether a case that is over can still go on.
func (d *Desk) reopens(c Case) bool {
	return c.State != StateClosed || d.clock().Before(c.ClosedAt.Add(d.reopenFor))
}

// shown returns a case as by is shown it: customers do not see how it is worked
// on, nor that anything happened which they were not told.
func (d *Desk) shown(by profile.Actor, c Case) Case {
	if d.reads(by, c) {
		return c
	}
	c.Queue, c.Assignee, c.Tags, c.Impact, c.Last = "", "", nil, "", 0
	c.TouchedAt, c.Audience, c.Input = c.UpdatedAt, nil, ""
	if len(d.status(c.Status).Public) == 0 {
		c.Status = ""
	}
	return c
}

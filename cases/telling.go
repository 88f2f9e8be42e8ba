package cases

import (
	"context"
	"fmt"
	"slices"

	"github.com/stoa-go/stoa/profile"
)

// The kinds of notices that a desk sends through [Options.Notify]. Their subject
// is "case/ID", and their data has "reference", "subject" and "entry".
const (
	NoticeOpened    = "case.opened"    // to whom it was opened for, and who follows it
	NoticeReplied   = "case.replied"   // to the other side, and who follows it
	NoticeSolution  = "case.solution"  // to the requester, and who follows it
	NoticeDecided   = "case.decided"   // to who works on it
	NoticeMoved     = "case.moved"     // to the other side, and who follows it
	NoticeEdited    = "case.edited"    // to the other side
	NoticeEscalated = "case.escalated" // to who works on it
	NoticeNoted     = "case.noted"     // to who works on it
	NoticeAssigned  = "case.assigned"  // to who works on it now
	NoticeFollowed  = "case.followed"  // to who follows it now
)

// tell tells those whom it concerns what was done about a case. What happens
// among staff reaches nobody else.
func (d *Desk) tell(ctx context.Context, by profile.Actor, c Case, kind string, e Entry) error {
	if d.notify == nil || kind == "" {
		return nil
	}
	to := d.concerned(c, kind, e)
	to = slices.DeleteFunc(to, func(person string) bool { return person == "" || person == by.ID })
	if len(to) == 0 {
		return nil
	}
	slices.Sort(to)
	err := d.notify(ctx, profile.Occurrence{
		Kind: kind, Subject: "case/" + c.ID, Key: e.ID, By: by.ID, To: slices.Compact(to), Private: true, At: e.At,
		Data: map[string]string{"reference": c.Reference, "subject": c.Subject, "entry": e.ID},
	})
	if err != nil {
		return fmt.Errorf("notify of %s: %w", kind, err)
	}
	return nil
}

// concerned returns the people whom something concerns.
func (d *Desk) concerned(c Case, kind string, e Entry) []string {
	switch kind {
	case NoticeDecided, NoticeEscalated, NoticeNoted, NoticeAssigned:
		return []string{c.Assignee}
	case NoticeFollowed:
		if len(e.Changes) == 1 {
			return []string{e.Changes[0].To}
		}
		return nil
	}
	if e.Internal {
		return []string{c.Assignee}
	}
	to := []string{c.Requester}
	if e.Side == SideCustomer {
		to = append(to, c.Assignee)
	}
	for _, p := range c.People {
		to = append(to, p.Person)
	}
	return to
}

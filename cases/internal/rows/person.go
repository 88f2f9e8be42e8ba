package rows

import (
	"slices"
	"strings"

	"github.com/stoa-go/stoa/cases"
	"github.com/stoa-go/stoa/profile"
)

// People returns the people whom a case and entries name as who did, has or sees
// something, each once.
func People(c cases.Case, entries []cases.Entry) (people []string) {
	note := func(p *string) {
		if *p != "" && !slices.Contains(people, *p) {
			people = append(people, *p)
		}
	}
	c.People = slices.Clone(c.People)
	inCase(&c, note)
	for _, term := range c.Audience {
		if person, ok := strings.CutPrefix(term, profile.SegmentPerson); ok {
			note(&person)
		}
	}
	for _, e := range entries {
		e.Changes = slices.Clone(e.Changes)
		inEntry(&e, note)
	}
	return people
}

// ForgetCase puts a pseudonym in the place of a person, nobody if it is empty, and
// takes out what the person's own case said. It reports whether the case changed.
func ForgetCase(c *cases.Case, person, pseudonym string) bool {
	if c.Requester == person {
		c.Subject, c.Fields, c.Tags = "", nil, nil
	}
	swap, found := swapper(person, pseudonym)
	inCase(c, swap)
	c.People = slices.DeleteFunc(c.People, func(p cases.Participant) bool { return p.Person == "" })
	seen := profile.SegmentPerson + person
	if i := slices.Index(c.Audience, seen); i >= 0 {
		*found = true
		c.Audience = slices.Delete(c.Audience, i, i+1)
		if pseudonym != "" {
			c.Audience = append(c.Audience, profile.SegmentPerson+pseudonym)
			slices.Sort(c.Audience)
			c.Audience = slices.Compact(c.Audience)
		}
	}
	return *found
}

// ForgetEntry is ForgetCase for an entry; own says that it is of the person's own
// case, in which everybody's words are about them.
func ForgetEntry(e *cases.Entry, person, pseudonym string, own bool) bool {
	emptied := (own || e.Author == person || e.BehalfOf == person) && empty(e)
	swap, found := swapper(person, pseudonym)
	inEntry(e, swap)
	return *found || emptied
}

// empty takes out what an entry says, and reports whether it said anything.
func empty(e *cases.Entry) (said bool) {
	said = e.Body != "" || len(e.Files) > 0
	e.Body, e.Files = "", nil
	for i, c := range e.Changes {
		if words := c.Field == "subject" || c.Field == "tags" || strings.HasPrefix(c.Field, "fields."); words && c.From+c.To != "" {
			e.Changes[i].From, e.Changes[i].To, said = "", "", true
		}
	}
	return said
}

func swapper(person, pseudonym string) (swap func(*string), found *bool) {
	found = new(bool)
	return func(p *string) {
		if *p == person {
			*p, *found = pseudonym, true
		}
	}, found
}

// inCase visits all places of a case that name people.
func inCase(c *cases.Case, visit func(*string)) {
	for _, p := range []*string{&c.Requester, &c.OpenedBy, &c.Assignee} {
		visit(p)
	}
	for i := range c.People {
		visit(&c.People[i].Person)
		visit(&c.People[i].By)
	}
}

// inEntry visits all places of an entry that name people.
func inEntry(e *cases.Entry, visit func(*string)) {
	visit(&e.Author)
	visit(&e.BehalfOf)
	for i, c := range e.Changes {
		switch c.Field {
		case "requester", "assignee", "people":
			visit(&e.Changes[i].From)
			visit(&e.Changes[i].To)
		}
	}
}

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

// RenameCase puts a pseudonym in the place of a person, and reports whether the
// case named the person.
func RenameCase(c *cases.Case, person, pseudonym string) bool {
	swap, found := swapper(person, pseudonym)
	inCase(c, swap)
	seen := profile.SegmentPerson + person
	if i := slices.Index(c.Audience, seen); i >= 0 {
		c.Audience[i], *found = profile.SegmentPerson+pseudonym, true
		slices.Sort(c.Audience)
		c.Audience = slices.Compact(c.Audience)
	}
	return *found
}

// RenameEntry is RenameCase for an entry.
func RenameEntry(e *cases.Entry, person, pseudonym string) bool {
	swap, found := swapper(person, pseudonym)
	inEntry(e, swap)
	return *found
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

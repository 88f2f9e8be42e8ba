package profile

import (
	"slices"
	"strings"
)

// Names reports whether a term of the audience names a person: "person:ann".
func (a Audience) Names(person string) bool {
	return person != "" && slices.ContainsFunc(a, func(term string) bool {
		return slices.Contains(strings.Split(term, "+"), SegmentPerson+person)
	})
}

// Without returns the audience with a pseudonym in the place of a person. If the
// pseudonym is empty it leaves out the terms that name the person: nobody
// fulfils them any more.
func (a Audience) Without(person, pseudonym string) Audience {
	var out Audience
	for _, term := range a {
		parts := strings.Split(term, "+")
		i := slices.Index(parts, SegmentPerson+person)
		if i < 0 {
			out = append(out, term)
			continue
		}
		if pseudonym != "" {
			parts[i] = SegmentPerson + pseudonym
			out = append(out, joinTerm(parts))
		}
	}
	return out.canonical()
}

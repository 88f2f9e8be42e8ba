package profile

import (
	"errors"
	"slices"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/valid"
)

// A Segment is a named rule over what is known of a person. Its name may stand
// in the [Audience] of any content, where one whose rule is [Rule.Declared]
// opens nothing.
type Segment struct {
	Name        string // "partner", "region-eu": what an audience calls it; it never changes
	Title       string // what people call it
	Description string // who belongs to it and why
	Rule        Rule
	CreatedAt   time.Time // set by the Directory
	UpdatedAt   time.Time // set by the Directory
	Version     int       // 0 in a new one; each change adds 1

	Origin string // hash of what it was created from; stores keep it, nobody else needs it
}

// Clone returns a copy that shares no slices with s.
func (s Segment) Clone() Segment {
	s.Rule = s.Rule.clone()
	return s
}

func (r Rule) clone() Rule {
	r.All, r.Any, r.Values = cloneRules(r.All), cloneRules(r.Any), slices.Clone(r.Values)
	return r
}

func cloneRules(rules []Rule) []Rule {
	rules = slices.Clone(rules)
	for i, r := range rules {
		rules[i] = r.clone()
	}
	return rules
}

const maxSegmentName = 100

// check reports what is wrong with s. A segment may not be called what is
// built in: a rule would then decide who is staff.
func (s Segment) check() error {
	f := errs.Fields{}
	if len(s.Name) > maxSegmentName || !validSegment(s.Name) {
		f.Add("name", "error.segment.name", map[string]any{"max": maxSegmentName})
	}
	if reserved(s.Name) {
		f.Add("name", "error.segment.reserved", nil)
	}
	if s.Title == "" {
		f.Add("title", "error.field.required", nil)
	}
	valid.Note(f, "title", valid.Text(s.Title, valid.TextTitle))
	valid.Note(f, "description", valid.Text(s.Description, valid.TextSummary))
	wrong, _ := errors.AsType[errs.Fields](s.Rule.Validate())
	for at, m := range wrong {
		f.Add(at, m.Key, m.Args)
	}
	return f.Err()
}

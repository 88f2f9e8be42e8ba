package cases

import (
	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/profile"
)

// A Config is how a team works on cases: what can be asked, how cases go on, and
// who works on them. It is data, so that it can be kept in a file and looked at
// as a whole. Make sure of one with [Config.Check].
type Config struct {
	Kinds    []Kind   `json:"kinds"`    // what people can open, in this order
	Statuses []Status `json:"statuses"` // where cases stand
	Queues   []Queue  `json:"queues"`   // who works on them; the first takes what no other is named for
}

// Words are a text by language.
type Words = i18n.Words

// A Kind is a kind of case, with a form of its own.
type Kind struct {
	Key      Key              `json:"key"`
	Names    Words            `json:"names"`                  // "A problem"
	About    Words            `json:"about,omitempty"`        // when to choose it
	Prompts  Words            `json:"prompts,omitempty"`      // what to write in the text, shown at it
	Fields   []Field          `json:"fields,omitempty"`       // what is asked beside subject and text
	Audience profile.Audience `json:"audience,omitempty"`     // who may open one; nil means everybody who has signed in
	Queue    Key              `json:"queue,omitempty"`        // who works on it; empty means the first
	Private  bool             `json:"private,omitempty"`      // colleagues do not see such cases: complaints
	Impact   Level            `json:"impact,omitempty"`       // to begin with; empty means medium
	Urgency  Level            `json:"urgency,omitempty"`      // to begin with, unless the form asks; empty means medium
	Asks     bool             `json:"asks_urgency,omitempty"` // the form asks how urgent it is
	Suggests bool             `json:"suggests,omitempty"`     // answers are offered while somebody writes: not to who complains
}

// A Field is something that the form of a kind asks. Its values obey the rules of
// a [profile.Field].
type Field struct {
	Name     string            `json:"name"` // small letters, digits and underscores: "serial_number"
	Label    Words             `json:"label"`
	Hint     Words             `json:"hint,omitempty"`
	Type     profile.FieldType `json:"type,omitempty"` // empty means text
	Long     bool              `json:"long,omitempty"` // a text of several lines
	Required bool              `json:"required,omitempty"`
	Choices  []profile.Choice  `json:"choices,omitempty"`
	Pattern  string            `json:"pattern,omitempty"` // RE2, matches a whole value
	Min      int               `json:"min,omitempty"`     // characters, or the least number
	Max      int               `json:"max,omitempty"`     // characters, or the greatest number
	Many     int               `json:"many,omitempty"`    // how many values; 0 means one
	When     []Condition       `json:"when,omitempty"`    // it is asked only if all of these hold
	Only     profile.Audience  `json:"only,omitempty"`    // who is asked; nil means everybody
}

// A Condition holds if another field of the form, before this one, has one of
// some values.
type Condition struct {
	Field string   `json:"field"`
	Is    []string `json:"is"` // empty means any value
}

// A Status is where a case stands, as a team calls it.
type Status struct {
	Key    Key   `json:"key"`
	State  State `json:"state"`
	Names  Words `json:"names"`            // for those who work on cases
	Public Words `json:"public,omitempty"` // for customers; nil means the portal's word for State
}

// A Queue is a group of people who work on cases together.
type Queue struct {
	Key      Key              `json:"key"`
	Names    Words            `json:"names"`
	Audience profile.Audience `json:"audience,omitempty"` // who of those who may read cases sees these; nil means all of them
}

package profile

type fieldsWire struct {
	Fields []fieldWire `json:"fields" doc:"In the order of a form."`
}

// A Field as the wire spells one.
type fieldWire struct {
	Name string  `json:"name" doc:"Of the attribute."`
	Of   FieldOf `json:"of" doc:"person or account."`
	fieldChangeWire
	Version int `json:"version" doc:"For If-Match."`
}

type fieldChangeWire struct {
	Label    map[string]string `json:"label" validate:"required" doc:"By language; at least one."`
	Hint     map[string]string `json:"hint" doc:"What to enter, by language."`
	Type     FieldType         `json:"type" doc:"text, number, date, choice, yes, email, phone, link or country; empty means text."`
	Required bool              `json:"required" doc:"A form cannot be sent without it."`
	Choices  []choiceWire      `json:"choices" doc:"For a choice."`
	Pattern  string            `json:"pattern" doc:"RE2 expression that a whole value matches; empty means any."`
	Min      int               `json:"min" doc:"Characters of a text, or the least number."`
	Max      int               `json:"max" doc:"Characters of a text, or the greatest number; 0 means no limit."`
	Many     int               `json:"many" doc:"How many values there may be; 0 means one."`
	Edit     FieldEdit         `json:"edit" doc:"Who may change it: self, manager, staff or hidden; empty means staff."`
	Order    int               `json:"order" doc:"Place in a form."`
}

type newFieldWire struct {
	Name string `json:"name" validate:"required"`
	fieldChangeWire
}

type choiceWire struct {
	Value string            `json:"value"`
	Label map[string]string `json:"label" doc:"By language."`
}

func choiceAsWire(c Choice) choiceWire { return choiceWire{c.Value, textsAsWire(c.Label)} }

// textsAsWire shows no texts as such.
func textsAsWire(texts map[string]string) map[string]string {
	if texts == nil {
		return map[string]string{}
	}
	return texts
}

func fieldAsWire(f Field) fieldWire {
	return fieldWire{Name: f.Name, Of: f.Of, Version: f.Version, fieldChangeWire: fieldChangeWire{
		Label: textsAsWire(f.Label), Hint: textsAsWire(f.Hint), Type: f.Type, Required: f.Required, Choices: mapped(f.Choices, choiceAsWire),
		Pattern: f.Pattern, Min: f.Min, Max: f.Max, Many: f.Many, Edit: f.Edit, Order: f.Order,
	}}
}

func (w fieldChangeWire) field(of FieldOf, name string, version int) Field {
	return Field{
		Name: name, Of: of, Version: version, Label: w.Label, Hint: w.Hint, Type: w.Type, Required: w.Required,
		Choices: each(w.Choices, func(c choiceWire) Choice { return Choice(c) }),
		Pattern: w.Pattern, Min: w.Min, Max: w.Max, Many: w.Many, Edit: w.Edit, Order: w.Order,
	}
}

type fieldTrialWire struct {
	Valued  int              `json:"valued" doc:"How many have a value."`
	Broken  int              `json:"broken" doc:"And of them one that breaks the rules."`
	Missing int              `json:"missing" doc:"How many have none, though it would be required."`
	Sample  []fieldValueWire `json:"sample" doc:"The first whose value breaks the rules, ten at most."`
	Looked  int              `json:"looked" doc:"How many were looked at."`
	More    bool             `json:"more" doc:"There are more, and nothing of what is said here is about them."`
}

type fieldValueWire struct {
	ID     string   `json:"id"`
	Name   string   `json:"name"`
	Values []string `json:"values"`
}

func fieldTrialAsWire(t FieldTrial) fieldTrialWire {
	return fieldTrialWire{
		Valued: t.Valued, Broken: t.Broken, Missing: t.Missing, Looked: t.Looked, More: t.More,
		Sample: mapped(t.Sample, func(v FieldValue) fieldValueWire { return fieldValueWire{v.ID, v.Name, filled(v.Values)} }),
	}
}

type formRulesWire struct {
	Rules map[string]hintsWire `json:"rules" doc:"By property, as errors name it: name, attributes.phone."`
}

type hintsWire struct {
	Required     bool     `json:"required"`
	Fixed        bool     `json:"fixed" doc:"Not to be changed here."`
	Min          int      `json:"min" doc:"Characters."`
	Max          int      `json:"max" doc:"Characters; 0 means no limit."`
	Pattern      string   `json:"pattern" doc:"RE2 expression that a whole value matches; empty means any."`
	Values       []string `json:"values" doc:"The only ones; empty means any."`
	Example      string   `json:"example"`
	Autocomplete string   `json:"autocomplete" doc:"Token of HTML, or empty."`
	InputMode    string   `json:"input_mode" doc:"Of HTML, or empty."`
}

func hintsAsWire(h Hints) hintsWire {
	return hintsWire{h.Required, h.Fixed, h.Min, h.Max, h.Pattern, filled(h.Values), h.Example, h.Autocomplete, h.InputMode}
}

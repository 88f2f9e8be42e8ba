package profile

import (
	"context"
	"strings"
)

// FormRules are the rules of a form: those of the portal and those of a CRM, as
// one.
type FormRules struct {
	of      FieldOf
	country string
	set     *dataRuleSet
}

// FormRules returns the rules that forms about people or accounts of a country
// show as hints. They are the ones that [Directory.SavePerson] and
// [Directory.SaveAccount] refuse by. While the CRM cannot be asked and nothing
// recent is known, it is [ErrUnavailable].
func (d *Directory) FormRules(ctx context.Context, of FieldOf, country string) (FormRules, error) {
	set, err := d.dataRuleSet(ctx)
	if err != nil {
		return FormRules{}, err
	}
	return FormRules{of, country, set}, nil
}

// Hints are what HTML says of an input, so that browsers and keyboards help and
// people know before they send.
type Hints struct {
	Required     bool
	Fixed        bool // not to be changed here
	Min, Max     int  // characters; 0 means no limit
	Pattern      string
	Values       []string // the only ones; nil means any
	Example      string
	Autocomplete string // token of HTML, "" for none
	InputMode    string // "", "tel", "email", "url", "numeric", "decimal"
}

// Hints returns what a form says of a property that the portal asks for with f.
// Where both rules say something the stricter one stands.
func (r FormRules) Hints(property string, f Field) Hints {
	h := Hints{Required: f.Required, Pattern: f.Pattern, Autocomplete: autocomplete(property), InputMode: inputMode(f.Type)}
	if f.Type == FieldText || f.Type == "" {
		h.Min, h.Max = f.Min, f.Max
	}
	if r.set == nil {
		return h
	}
	c, ok := r.set.rules[r.of][property]
	if !ok {
		return h
	}
	c = c.in(r.country)
	h.Required, h.Fixed, h.Values, h.Example = h.Required || c.Required, c.ReadOnly, c.Values, c.Example
	h.Min = max(h.Min, c.Min)
	if c.Max > 0 && (h.Max == 0 || c.Max < h.Max) {
		h.Max = c.Max
	}
	if c.Pattern != "" {
		h.Pattern = c.Pattern
	}
	return h
}

// autocomplete returns the token by which browsers know what they may fill in.
func autocomplete(property string) string {
	name := property[strings.LastIndexByte(property, '.')+1:]
	switch name {
	case "name", "email", "organization", "bday", "sex", "url":
		return name
	case "phone", "telephone", "tel", "mobile":
		return "tel"
	case "locale", "language":
		return "language"
	case "postal_code":
		return "postal-code"
	case "city":
		return "address-level2"
	case "region":
		return "address-level1"
	case "country":
		return "country"
	case "street", "line1":
		return "address-line1"
	case "line2":
		return "address-line2"
	case "title", "job_title":
		return "organization-title"
	}
	return ""
}

func inputMode(t FieldType) string {
	switch t {
	case FieldPhone:
		return "tel"
	case FieldEmail:
		return "email"
	case FieldLink:
		return "url"
	case FieldNumber:
		return "decimal"
	}
	return ""
}

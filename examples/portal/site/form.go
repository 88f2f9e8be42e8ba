package site

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/profile"
)

// An input is one question of a form, ready to be shown.
type input struct {
	Name     string // of the value that is sent, and of the field that errors are about
	Label    string
	Hint     string
	Kind     string // type of an HTML input, or "select", or "text"
	Value    string
	Choices  []option
	Required bool
	Fixed    bool   // shown, and not to be changed here
	Pattern  string // as in HTML
	Min, Max int    // characters, or the least and greatest number; 0 is no limit
	Complete string // what browsers may fill in, as in HTML's autocomplete
	Mode     string // which keyboard helps, as in HTML's inputmode
	Error    string
	When     string // which answers to other questions ask it, for a script: "fields.affects=some|all"; empty for always
	Row      int    // which of several forms on the page that ask it; 0 where there is one
}

type option struct{ Value, Label string }

// ID is what the label and the messages of an input refer to.
func (i input) ID() string {
	id := "f-" + strings.ReplaceAll(i.Name, ".", "-")
	if i.Row > 0 {
		id += "-" + strconv.Itoa(i.Row)
	}
	return id
}

// Described lists the IDs of what describes an input, for screen readers.
func (i input) Described() string {
	var ids []string
	if i.Error != "" {
		ids = append(ids, i.ID()+"-fault")
	}
	if i.Hint != "" {
		ids = append(ids, i.ID()+"-hint")
	}
	return strings.Join(ids, " ")
}

// bind puts the rules of a CRM beside those that the inputs have already.
func bind(rules profile.FormRules, inputs []input) {
	for i := range inputs {
		in := &inputs[i]
		h := rules.Hints(in.Name, profile.Field{Required: in.Required, Pattern: in.Pattern, Min: in.Min, Max: in.Max})
		in.Required, in.Pattern, in.Min, in.Max, in.Fixed = h.Required, h.Pattern, h.Min, h.Max, in.Fixed || h.Fixed
		if in.Complete == "" {
			in.Complete = h.Autocomplete
		}
		if in.Hint == "" {
			in.Hint = h.Example
		}
		if h.Values != nil && in.Kind != "checkbox" {
			in.Kind, in.Choices = "select", chosen(in.Choices, h.Values, in.Required)
		}
	}
}

// chosen returns those of the choices that are among values; without choices all
// values are offered.
func chosen(choices []option, values []string, required bool) []option {
	var out []option
	if !required {
		out = append(out, option{})
	}
	for _, v := range values {
		switch i := slices.IndexFunc(choices, func(o option) bool { return o.Value == v }); {
		case i >= 0:
			out = append(out, choices[i])
		case len(choices) == 0:
			out = append(out, option{v, v})
		}
	}
	return out
}

// kinds are the HTML inputs for the types of fields. Numbers are plain text:
// browsers' number inputs lose what they cannot read.
var kinds = map[profile.FieldType]string{
	profile.FieldDate: "date", profile.FieldEmail: "email", profile.FieldPhone: "tel", profile.FieldLink: "url",
	profile.FieldChoice: "select", profile.FieldYes: "checkbox",
}

// inputOf returns the question that asks for a field in the first of the
// languages that it has. What may not be changed by whoever is asked is shown.
func inputOf(f profile.Field, languages []i18n.Locale, values []string, edits bool) input {
	in := input{
		Name: "attributes." + f.Name, Label: textIn(f.Label, languages), Hint: textIn(f.Hint, languages), Kind: kinds[f.Type],
		Value: strings.Join(values, ", "), Required: f.Required, Fixed: !edits, Pattern: f.Pattern,
	}
	if in.Kind == "" {
		in.Kind = "text"
	}
	if f.Type == profile.FieldText {
		in.Min, in.Max = f.Min, f.Max
	}
	h := profile.FormRules{}.Hints(in.Name, f)
	in.Complete, in.Mode = h.Autocomplete, h.InputMode
	if f.Type == profile.FieldPhone {
		in.Complete = "tel"
	}
	if f.Type == profile.FieldChoice {
		if !f.Required {
			in.Choices = append(in.Choices, option{})
		}
		for _, c := range f.Choices {
			label := textIn(c.Label, languages)
			if label == "" {
				label = c.Value
			}
			in.Choices = append(in.Choices, option{c.Value, label})
		}
	}
	return in
}

// valuesOf returns what a form says about a field.
func valuesOf(f profile.Field, form url.Values) []string {
	text := strings.TrimSpace(form.Get("attributes." + f.Name))
	switch {
	case text == "":
		return nil
	case f.Many <= 1:
		return []string{text}
	}
	var out []string
	for part := range strings.SplitSeq(text, ",") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

// textIn returns a text in the first of the languages that it is in, and
// otherwise in any.
func textIn(texts map[string]string, languages []i18n.Locale) string {
	for _, l := range languages {
		if text := texts[string(l)]; text != "" {
			return text
		}
	}
	for _, l := range slices.Sorted(maps.Keys(texts)) {
		return texts[l]
	}
	return ""
}

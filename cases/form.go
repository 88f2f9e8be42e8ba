package cases

import (
	"slices"
	"strings"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/valid"
	"github.com/stoa-go/stoa/profile"
)

// rule returns the rule that the values of a field obey.
func (f Field) rule() profile.Field {
	return profile.Field{
		Name: f.Name, Label: f.Label, Hint: f.Hint, Type: f.Type, Required: f.Required, Choices: f.Choices, Pattern: f.Pattern,
		Min: f.Min, Max: f.Max, Many: f.Many,
	}
}

// Rule returns the rule of a field for a form that shows it, in the words of the
// directory.
func (f Field) Rule() profile.Field { return f.rule() }

// Kinds returns the kinds of case that by can open, in the order of the
// configuration. Who may not open one does not get to know its form.
func (d *Desk) Kinds(by profile.Actor) []Kind {
	var out []Kind
	if by.Anonymous() {
		return nil
	}
	sight := by.Sight()
	for _, k := range d.config.Kinds {
		if k.Audience == nil || sight.Admits(k.Audience) {
			out = append(out, k.askedOf(sight))
		}
	}
	return out
}

// askedOf returns the kind with those fields that are asked of somebody.
func (k Kind) askedOf(sight profile.Sight) Kind {
	k.Fields = slices.DeleteFunc(slices.Clone(k.Fields), func(f Field) bool { return f.Only != nil && !sight.Admits(f.Only) })
	return k
}

// Asked returns the fields of a kind that are asked of somebody who has filled in
// values.
func (k Kind) Asked(values map[string][]string) []Field {
	var out []Field
	asked := map[string][]string{}
	for _, f := range k.Fields {
		if !slices.ContainsFunc(f.When, func(c Condition) bool { return !c.holds(asked) }) {
			out = append(out, f)
			asked[f.Name] = values[f.Name]
		}
	}
	return out
}

func (c Condition) holds(values map[string][]string) bool {
	return slices.ContainsFunc(values[c.Field], func(v string) bool {
		return strings.TrimSpace(v) != "" && (len(c.Is) == 0 || slices.Contains(c.Is, strings.TrimSpace(v)))
	})
}

// values returns the values of a form as they are kept, or files what is wrong
// with them. Values of fields that are not asked are refused: nothing that was
// typed is lost without a word.
func (k Kind) values(w errs.Fields, values map[string][]string) map[string][]string {
	out := map[string][]string{}
	asked := map[string]bool{}
	for _, f := range k.Asked(values) {
		asked[f.Name] = true
		if kept := f.check(w, "fields."+f.Name, values[f.Name]); len(kept) > 0 {
			out[f.Name] = kept
		}
	}
	for name, list := range values {
		if !asked[name] && slices.ContainsFunc(list, func(v string) bool { return strings.TrimSpace(v) != "" }) {
			w.Add("fields."+name, "error.cases.not_asked", nil)
		}
	}
	return out
}

func (f Field) check(w errs.Fields, at string, values []string) []string {
	if !f.Long {
		return f.rule().Check(w, at, values)
	}
	text := strings.TrimSpace(valid.Newlines(strings.Join(values, "\n")))
	switch {
	case text == "" && f.Required:
		w.Add(at, "error.field.required", nil)
	case text == "":
		return nil
	case f.Max > 0 && len([]rune(text)) > f.Max:
		w.Add(at, "error.field.too_long", map[string]any{"max": f.Max})
	default:
		valid.Note(w, at, valid.Text(text, valid.TextComment))
	}
	return []string{text}
}

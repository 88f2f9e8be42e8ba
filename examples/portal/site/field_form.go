package site

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/profile"
)

// fieldTypes and fieldEdits are in the order of forms.
var (
	fieldTypes = []profile.FieldType{
		profile.FieldText, profile.FieldNumber, profile.FieldDate, profile.FieldChoice, profile.FieldYes,
		profile.FieldEmail, profile.FieldPhone, profile.FieldLink, profile.FieldCountry,
	}
	fieldEdits = []profile.FieldEdit{profile.FieldBySelf, profile.FieldByManager, profile.FieldByStaff, profile.FieldHidden}
)

// fieldNumbers are the questions of a field that take whole numbers.
var fieldNumbers = []struct {
	name string
	of   func(*profile.Field) *int
}{
	{"min", func(f *profile.Field) *int { return &f.Min }},
	{"max", func(f *profile.Field) *int { return &f.Max }},
	{"many", func(f *profile.Field) *int { return &f.Many }},
	{"order", func(f *profile.Field) *int { return &f.Order }},
}

// A fieldForm is what was typed about a field, and what came of it.
type fieldForm struct {
	field   profile.Field
	kept    *profile.Field // as it is kept; nil for a new one
	typed   url.Values     // as it was typed; nil shows the field
	faults  map[string]string
	example string
	verdict string // on the example
	fits    bool
	trial   *profile.FieldTrial
	asks    bool // whoever saves it is asked whether they are sure
}

// typedField returns what a form says about a field, and what in it is no number.
func typedField(kept *profile.Field, form url.Values, languages []string) (profile.Field, errs.Fields) {
	f, wrong := profile.Field{}, errs.Fields{}
	if kept != nil {
		f = kept.Clone()
		// One without a version would be a new one.
		if f.Version, _ = strconv.Atoi(form.Get("version")); f.Version < 1 {
			f.Version = -1
		}
	} else {
		f.Name, f.Of = strings.TrimSpace(form.Get("name")), profile.FieldOf(form.Get("of"))
	}
	f.Type, f.Edit = profile.FieldType(form.Get("type")), profile.FieldEdit(form.Get("edit"))
	f.Required, f.Pattern = form.Get("required") == "yes", strings.TrimSpace(form.Get("pattern"))
	f.Label, f.Hint = typedTexts(f.Label, form, "label.", languages), typedTexts(f.Hint, form, "hint.", languages)
	f.Choices = typedChoices(f.Choices, form, languages)
	for _, n := range fieldNumbers {
		text := strings.TrimSpace(form.Get(n.name))
		value, err := strconv.Atoi(text)
		if err != nil && text != "" {
			wrong.Add(n.name, "error.field.not_a_number", nil)
		}
		*n.of(&f) = value
	}
	return f, wrong
}

// typedTexts returns texts with those of a form. Languages that the form does
// not have stay.
func typedTexts(texts map[string]string, form url.Values, prefix string, languages []string) map[string]string {
	out := map[string]string{}
	for l, text := range texts {
		if !slices.Contains(languages, l) {
			out[l] = text
		}
	}
	for _, l := range languages {
		if text := strings.TrimSpace(form.Get(prefix + l)); text != "" {
			out[l] = text
		}
	}
	return out
}

// typedChoices returns the choices of a form: values on lines, and what they are
// called in each language on the same lines of another box.
func typedChoices(old []profile.Choice, form url.Values, languages []string) (out []profile.Choice) {
	labels := map[string][]string{}
	for _, l := range languages {
		labels[l] = linesOf(form.Get("choices." + l))
	}
	for i, value := range linesOf(form.Get("choices")) {
		if value == "" {
			continue
		}
		c := profile.Choice{Value: value, Label: map[string]string{}}
		if k := slices.IndexFunc(old, func(o profile.Choice) bool { return o.Value == value }); k >= 0 {
			c.Label = typedTexts(old[k].Label, nil, "", languages)
		}
		for l, texts := range labels {
			if i < len(texts) && texts[i] != "" {
				c.Label[l] = texts[i]
			}
		}
		out = append(out, c)
	}
	return out
}

func linesOf(text string) (out []string) {
	for line := range strings.Lines(text) {
		out = append(out, strings.TrimSpace(line))
	}
	return out
}

// choiceLines returns the boxes for choices: the values, and what they are
// called.
func choiceLines(choices []profile.Choice, languages []string) url.Values {
	out := url.Values{}
	add := func(name, line string) { out.Set(name, out.Get(name)+line+"\n") }
	for _, c := range choices {
		add("choices", c.Value)
		for _, l := range languages {
			add("choices."+l, c.Label[l])
		}
	}
	return out
}

// A fieldView is a field as a form.
type fieldView struct {
	Basics, Labels, Hints, Rules, Limits []input
	Choices                              []input
	Example                              input
}

// viewOf returns the form about a field.
func (s *Site) viewOf(v *visit, form fieldForm) (view fieldView, others []string) {
	f, fixed := form.field, form.kept != nil
	view.Basics = []input{
		{Name: "of", Label: v.P.T("fields.of"), Kind: "select", Value: string(f.Of), Fixed: fixed, Choices: []option{
			{string(profile.FieldOfPerson), v.P.T("fields.of_person")}, {string(profile.FieldOfAccount), v.P.T("fields.of_account")},
		}},
		{Name: "name", Label: v.P.T("segments.id"), Hint: v.P.T("fields.name_note"), Kind: "text", Value: f.Name, Required: true, Max: 64, Fixed: fixed},
		{Name: "type", Label: v.P.T("fields.type"), Kind: "select", Value: string(f.Type)},
		{Name: "edit", Label: v.P.T("fields.edit"), Hint: v.P.T("fields.edit_note"), Kind: "select", Value: string(f.Edit)},
		{Name: "required", Label: v.P.T("fields.required"), Kind: "checkbox", Value: yes(f.Required)},
	}
	for _, t := range fieldTypes {
		view.Basics[2].Choices = append(view.Basics[2].Choices, option{string(t), v.P.T("field_type." + string(t))})
	}
	for _, e := range fieldEdits {
		view.Basics[3].Choices = append(view.Basics[3].Choices, option{string(e), v.P.T("field_edit." + string(e))})
	}
	lines := choiceLines(f.Choices, s.cfg.Locales)
	view.Choices = []input{{Name: "choices", Label: v.P.T("fields.choices"), Hint: v.P.T("fields.choices_note"), Value: lines.Get("choices")}}
	for i, l := range s.cfg.Locales {
		name := i18n.Locale(l).Name(v.Locale)
		view.Labels = append(view.Labels, input{Name: "label." + l, Label: v.P.T("fields.label", "language", name), Kind: "text", Value: f.Label[l], Max: 200, Required: i == 0})
		view.Hints = append(view.Hints, input{Name: "hint." + l, Label: v.P.T("fields.hint", "language", name), Kind: "text", Value: f.Hint[l], Max: 500})
		view.Choices = append(view.Choices, input{Name: "choices." + l, Label: v.P.T("fields.choice_labels", "language", name), Value: lines.Get("choices." + l)})
	}
	view.Rules = []input{{Name: "pattern", Label: v.P.T("fields.pattern"), Hint: v.P.T("fields.pattern_note"), Kind: "text", Value: f.Pattern, Max: 200}}
	view.Example = input{Name: "example", Label: v.P.T("fields.example"), Kind: "text", Value: form.example}
	for _, n := range fieldNumbers {
		view.Limits = append(view.Limits, input{Name: n.name, Label: v.P.T("fields." + n.name), Kind: "text", Value: numberText(*n.of(&f), form.typed.Get(n.name))})
	}
	faults := map[string]string{}
	for at, text := range form.faults {
		faults[placeOf(at, s.cfg.Locales[0])] = text
	}
	return view, note(faults, view.Basics, view.Labels, view.Hints, view.Rules, view.Limits, view.Choices)
}

// placeOf returns the question that a fault is shown at.
func placeOf(at, first string) string {
	switch {
	case at == "label":
		return "label." + first
	case strings.HasPrefix(at, "choices["):
		if _, language, ok := strings.Cut(at, "].label."); ok {
			return "choices." + language
		}
		return "choices"
	}
	return at
}

// numberText returns a number as it was typed, and nothing for 0.
func numberText(n int, typed string) string {
	if typed != "" {
		return typed
	}
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

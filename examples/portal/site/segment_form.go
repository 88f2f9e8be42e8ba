package site

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/profile"
)

// A ruleForm is a rule as the builder shows one: groups of conditions. What is
// nested deeper, which only programs write, is shown as they write it.
type ruleForm struct {
	Any    bool // one of the groups is enough; otherwise all must hold
	Groups []ruleGroup
	Text   string // the rule as JSON, in the place of groups
}

type ruleGroup struct {
	Any        bool // one of the conditions is enough
	Conditions []profile.Rule
}

// Limits of the builder. The rule itself has limits of its own.
const (
	mostGroups     = 20
	mostConditions = 40 // of a group
)

// formOfRule returns a rule as the builder shows it.
func formOfRule(r profile.Rule) ruleForm {
	if flat(r) {
		return ruleForm{Groups: []ruleGroup{groupOf(r)}}
	}
	form := ruleForm{Any: r.Any != nil}
	for _, sub := range slices.Concat(r.All, r.Any) {
		if !flat(sub) {
			text, err := json.MarshalIndent(r, "", "  ")
			if err != nil {
				panic(err) // texts
			}
			return ruleForm{Text: string(text)}
		}
		form.Groups = append(form.Groups, groupOf(sub))
	}
	return form
}

// flat reports whether r is a condition, or a list of nothing but conditions.
func flat(r profile.Rule) bool {
	return !slices.ContainsFunc(slices.Concat(r.All, r.Any), func(sub profile.Rule) bool { return sub.All != nil || sub.Any != nil })
}

func groupOf(r profile.Rule) ruleGroup {
	switch {
	case r.All != nil:
		return ruleGroup{Conditions: r.All}
	case r.Any != nil:
		return ruleGroup{Any: true, Conditions: r.Any}
	case r.Fact == "":
		return ruleGroup{}
	}
	return ruleGroup{Conditions: []profile.Rule{r}}
}

// rule returns the rule that the form says.
func (f ruleForm) rule() (r profile.Rule, err error) {
	if f.Text != "" {
		d := json.NewDecoder(strings.NewReader(f.Text))
		d.DisallowUnknownFields()
		if err := d.Decode(&r); err != nil || d.More() {
			return r, errs.Field("rule", "error.field.format", nil)
		}
		return r, nil
	}
	rules := []profile.Rule{}
	for _, g := range f.Groups {
		rules = append(rules, listOf(g.Any, g.Conditions))
	}
	if len(rules) == 1 {
		return rules[0], nil
	}
	return listOf(f.Any, rules), nil
}

func listOf(anyOf bool, rules []profile.Rule) profile.Rule {
	if rules = append([]profile.Rule{}, rules...); anyOf {
		return profile.Rule{Any: rules}
	}
	return profile.Rule{All: rules}
}

// at returns what the rule calls a condition of the form when it says what is
// wrong with it.
func (f ruleForm) at(group, condition int) string {
	place := "rule"
	if len(f.Groups) > 1 {
		place += fmt.Sprintf(".%s[%d]", listName(f.Any), group)
	}
	return place + fmt.Sprintf(".%s[%d]", listName(f.Groups[group].Any), condition)
}

func listName(anyOf bool) string {
	if anyOf {
		return "any"
	}
	return "all"
}

// typedRule returns what a form says about a rule.
func typedRule(form url.Values) ruleForm {
	f := ruleForm{Any: form.Get("match") == "any", Text: form.Get("rule")}
	for g := range mostGroups {
		name := fmt.Sprintf("g%d.", g)
		if !form.Has(name + "match") {
			break
		}
		group := ruleGroup{Any: form.Get(name+"match") == "any"}
		for c := range mostConditions {
			one := fmt.Sprintf("%sc%d.", name, c)
			if !form.Has(one + "fact") {
				break
			}
			group.Conditions = append(group.Conditions, profile.Rule{
				Fact: form.Get(one + "fact"), Op: profile.Op(form.Get(one + "op")), Values: typedValues(form[one+"values"], form.Get(one+"op")),
			})
		}
		f.Groups = append(f.Groups, group)
	}
	return f
}

// typedValues returns the values of a condition, of which one stands on a line.
func typedValues(texts []string, op string) (out []string) {
	if profile.Op(op) == profile.OpKnown {
		return nil
	}
	for _, text := range texts {
		for line := range strings.Lines(text) {
			if line = strings.TrimSpace(line); line != "" && !slices.Contains(out, line) {
				out = append(out, line)
			}
		}
	}
	return out
}

// rework does what a button of the builder says, and reports whether it was one.
func (f *ruleForm) rework(do string, form url.Values) bool {
	verb, rest, _ := strings.Cut(do, " ")
	at, of, _ := strings.Cut(rest, " ")
	g, err := strconv.Atoi(at)
	if verb != "group" && (err != nil || g < 0 || g >= len(f.Groups)) {
		return false
	}
	switch verb {
	case "group":
		f.Groups = append(f.Groups, ruleGroup{})
	case "add":
		if fact := form.Get(fmt.Sprintf("g%d.new", g)); fact != "" {
			f.Groups[g].Conditions = append(f.Groups[g].Conditions, profile.Rule{Fact: fact, Op: profile.OpIn})
		}
	case "drop":
		if c, err := strconv.Atoi(of); err == nil && c >= 0 && c < len(f.Groups[g].Conditions) {
			f.Groups[g].Conditions = slices.Delete(f.Groups[g].Conditions, c, c+1)
		}
	case "ungroup":
		f.Groups = slices.Delete(f.Groups, g, g+1)
	default:
		return false
	}
	return true
}

// tidy leaves groups out that say nothing.
func (f *ruleForm) tidy() {
	f.Groups = slices.DeleteFunc(f.Groups, func(g ruleGroup) bool { return len(g.Conditions) == 0 })
	if len(f.Groups) == 0 && f.Text == "" {
		f.Groups = []ruleGroup{{}}
	}
}

// A groupView is a group of conditions, ready to be shown.
type groupView struct {
	Number     int // from 1
	Index      int
	Match, New input
	Conditions []conditionView
	Full       bool
}

// A conditionView is a condition, ready to be shown.
type conditionView struct {
	Index    int
	Title    string // of the fact
	Fact     string // the name of what is sent
	Asks     string // the name of the fact
	Declared bool
	Op       input
	Values   input
	Ticks    []input // in the place of Values where they are known
	Line     bool    // there is one value
	Fault    string  // of the values, where they are ticked
}

// groupViews returns the groups with what is wrong with them, and the faults
// that are shown nowhere.
func (f ruleForm) groupViews(v *visit, facts []knownFact, faults map[string]string) (out []groupView) {
	for g, group := range f.Groups {
		name := fmt.Sprintf("g%d.", g)
		view := groupView{
			Number: g + 1, Index: g, Full: len(group.Conditions) >= mostConditions,
			Match: matchInput(v, name+"match", group.Any), New: factInput(v, name+"new", facts),
		}
		for c, r := range group.Conditions {
			view.Conditions = append(view.Conditions, f.conditionView(v, facts, faults, g, c, r))
		}
		out = append(out, view)
	}
	return out
}

func (f ruleForm) conditionView(v *visit, facts []knownFact, faults map[string]string, g, c int, r profile.Rule) conditionView {
	fact := factNamed(facts, r.Fact)
	name, at := fmt.Sprintf("g%d.c%d.", g, c), f.at(g, c)
	view := conditionView{
		Index: c, Title: fact.Title, Fact: name + "fact", Asks: r.Fact, Declared: fact.Declared,
		Op:     input{Name: name + "op", Label: v.P.T("segments.op"), Kind: "select", Value: string(r.Op), Error: faults[at+".op"] + faults[at+".fact"]},
		Values: input{Name: name + "values", Label: v.P.T("segments.values"), Hint: v.P.T("segments.values_note"), Value: strings.Join(r.Values, "\n")},
		Line:   fact.Type == profile.FieldNumber || fact.Type == profile.FieldDate,
	}
	for _, op := range withValue(fact.Ops(), r.Op) {
		view.Op.Choices = append(view.Op.Choices, option{string(op), v.P.T("op." + string(op))})
	}
	view.Values.Error = faultAt(faults, at+".values")
	if view.Line {
		view.Values.Hint = v.P.T("segments.value_" + string(fact.Type))
	}
	for i, o := range withOptions(fact.Options, r.Values) {
		view.Ticks = append(view.Ticks, input{Name: fmt.Sprintf("%svalues%d", name, i), Label: o.Label, Complete: o.Value, Value: yes(slices.Contains(r.Values, o.Value))})
	}
	return view
}

// faultAt returns the first of the faults of something or what is in it.
func faultAt(faults map[string]string, at string) string {
	if faults[at] != "" {
		return faults[at]
	}
	for i := range 200 {
		if text := faults[fmt.Sprintf("%s[%d]", at, i)]; text != "" {
			return text
		}
	}
	return ""
}

// withValue returns the list with one that may not be in it.
func withValue[T comparable](list []T, one T) []T {
	if slices.Contains(list, one) {
		return list
	}
	return append(slices.Clone(list), one)
}

// withOptions returns the options with those of the values that are none: they
// stay until they are taken away.
func withOptions(options []option, values []string) []option {
	if len(options) == 0 {
		return nil
	}
	out := slices.Clone(options)
	for _, value := range values {
		if !slices.ContainsFunc(out, func(o option) bool { return o.Value == value }) {
			out = append(out, option{value, value})
		}
	}
	return out
}

func matchInput(v *visit, name string, anyOf bool) input {
	return input{Name: name, Label: v.P.T("segments.match"), Kind: "select", Value: listName(anyOf), Choices: []option{
		{"all", v.P.T("segments.all")}, {"any", v.P.T("segments.any")},
	}}
}

func factInput(v *visit, name string, facts []knownFact) input {
	in := input{Name: name, Label: v.P.T("segments.new_condition"), Kind: "select"}
	for _, f := range facts {
		in.Choices = append(in.Choices, option{f.Name, f.Title})
	}
	return in
}

package site

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"

	"github.com/stoa-go/stoa/cases"
	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/assets"
)

// fieldPrefix is what the names of a kind's own questions begin with.
const fieldPrefix = "fields."

// Longest texts of cases, in characters, as far as a form says them.
const (
	maxSubject = 200
	maxMessage = 20_000
	maxReason  = 1_000
)

// urgencies are the levels in which people say how urgent something is.
var urgencies = []cases.Level{cases.LevelLow, cases.LevelMedium, cases.LevelHigh}

// caseInputs ask what a case of a kind says. What is asked only if another answer
// is a certain one says so in words, and a script hides it until then.
func (s *Site) caseInputs(ctx context.Context, v *visit, of assets.Scope, kind cases.Kind, typed url.Values) ([]input, error) {
	out := []input{{Name: "subject", Label: v.P.T("cases.subject"), Kind: "text", Value: typed.Get("subject"), Required: true, Max: maxSubject}}
	for _, f := range kind.Fields {
		out = append(out, s.caseField(v, kind, f, typed))
	}
	products, err := s.productsOf(ctx, v, of, typed.Get("product"))
	if err != nil {
		return nil, err
	}
	if len(products) > 1 {
		out = append(out, input{Name: "product", Label: v.P.T("cases.product"), Kind: "select", Value: typed.Get("product"), Choices: products})
	}
	if kind.Asks {
		out = append(out, caseLevel(v, "urgency", cmpText(typed.Get("urgency"), string(cases.LevelMedium))))
	}
	if v.By.Account != "" && !kind.Private {
		out = append(out, input{Name: "private", Label: v.P.T("cases.private"), Hint: v.P.T("cases.private_hint"), Kind: "checkbox", Value: typed.Get("private")})
	}
	return out, nil
}

func caseLevel(v *visit, name, value string) input {
	in := input{Name: name, Label: v.P.T("cases." + name), Kind: "select", Value: value}
	for _, l := range urgencies {
		in.Choices = append(in.Choices, option{string(l), v.P.T("cases." + name + "_" + string(l))})
	}
	return in
}

func (s *Site) caseField(v *visit, kind cases.Kind, f cases.Field, typed url.Values) input {
	chain := s.catalog.Chain(v.Locale)
	in := inputOf(f.Rule(), chain, typed[fieldPrefix+f.Name], true)
	in.Name, in.When = fieldPrefix+f.Name, askedWhen(f)
	if f.Long {
		in.Kind, in.Max = "lines", f.Max
	}
	for _, c := range f.When {
		in.Hint = strings.TrimSpace(in.Hint + " " + conditionText(v, chain, kind, c))
	}
	return in
}

// conditionText says in words when a question is asked.
func conditionText(v *visit, chain []i18n.Locale, kind cases.Kind, c cases.Condition) string {
	i := slices.IndexFunc(kind.Fields, func(f cases.Field) bool { return f.Name == c.Field })
	if i < 0 {
		return ""
	}
	other, values := kind.Fields[i], []string{}
	for _, value := range c.Is {
		values = append(values, choiceLabel(other.Choices, chain, value))
	}
	if len(values) == 0 {
		return v.P.T("cases.only_if_said", "question", textIn(other.Label, chain))
	}
	return v.P.T("cases.only_if", "question", textIn(other.Label, chain), "answers", strings.Join(values, " / "))
}

func choiceLabel(choices []profile.Choice, chain []i18n.Locale, value string) string {
	for _, c := range choices {
		if c.Value == value {
			return cmpText(textIn(c.Label, chain), value)
		}
	}
	return value
}

// askedWhen says for a script when a question is asked: names of others, and what
// they must be.
func askedWhen(f cases.Field) string {
	var out []string
	for _, c := range f.When {
		out = append(out, fieldPrefix+c.Field+"="+strings.Join(c.Is, "|"))
	}
	return strings.Join(out, "&")
}

// productsOf are what can be said that a case is about: what those have whose it
// is. Where that cannot be asked now, the case is about nothing in particular.
func (s *Site) productsOf(ctx context.Context, v *visit, of assets.Scope, said string) ([]option, error) {
	list, _, err := s.inventory.Assets(ctx, v.By, assets.Query{Of: of, Limit: 200})
	if err != nil && !away(err) && !errors.Is(err, assets.ErrNotFound) && !errors.Is(err, assets.ErrForbidden) {
		return nil, err
	}
	out := []option{{"", v.P.T("cases.no_product")}}
	for _, a := range list {
		out = withProduct(out, a.Product, s.productName(a.Product))
	}
	if said != "" {
		out = withProduct(out, said, s.productName(said))
	}
	return out, nil
}

func withProduct(list []option, id, name string) []option {
	if slices.ContainsFunc(list, func(o option) bool { return o.Value == id }) {
		return list
	}
	return append(list, option{id, name})
}

// typedFieldsOf returns what a form says about the questions of a kind.
func typedFieldsOf(kind cases.Kind, form url.Values) map[string][]string {
	out := map[string][]string{}
	for _, f := range kind.Fields {
		text := strings.TrimSpace(form.Get(fieldPrefix + f.Name))
		switch {
		case text == "":
		case f.Many > 1 && !f.Long:
			out[f.Name] = listOfWords(text)
		default:
			out[f.Name] = []string{text}
		}
	}
	return out
}

// kindNamed returns a kind that somebody can open.
func kindNamed(kinds []cases.Kind, key string) (cases.Kind, bool) {
	i := slices.IndexFunc(kinds, func(k cases.Kind) bool { return string(k.Key) == key })
	if i < 0 {
		return cases.Kind{}, false
	}
	return kinds[i], true
}

// thingsOf says whose things a case may be about: those of the person whom it is
// of.
func (s *Site) thingsOf(ctx context.Context, v *visit, person string) (assets.Scope, error) {
	if person == "" || person == v.By.ID {
		return s.ownThings(v).Of, nil
	}
	p, err := s.keeping.Person(ctx, person)
	if errors.Is(err, profile.ErrNotFound) {
		return assets.Scope{Person: person}, nil
	}
	return assets.Of(p), err
}

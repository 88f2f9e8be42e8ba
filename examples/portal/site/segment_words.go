package site

import (
	"context"
	"slices"
	"strings"

	"github.com/stoa-go/stoa/profile"
)

// A knownFact is something that rules may ask for, as the builder offers it.
type knownFact struct {
	profile.FactInfo
	Title   string
	Options []option // the values there are, if that is known
}

// mostOptions is how many values are offered to be ticked; of more, they are
// typed.
const mostOptions = 30

// Ops returns the comparisons that make sense, in the order of forms.
func (f knownFact) Ops() []profile.Op {
	switch {
	case f.Type == profile.FieldNumber, f.Type == profile.FieldDate:
		return []profile.Op{profile.OpAtLeast, profile.OpAtMost, profile.OpIn, profile.OpKnown}
	case len(f.Options) > 0:
		return []profile.Op{profile.OpIn, profile.OpNotIn, profile.OpKnown}
	}
	return []profile.Op{profile.OpIn, profile.OpNotIn, profile.OpPrefix, profile.OpKnown}
}

// value returns what a value of the fact is called.
func (f knownFact) value(v string) string {
	if i := slices.IndexFunc(f.Options, func(o option) bool { return o.Value == v }); i >= 0 {
		return f.Options[i].Label
	}
	return v
}

// knownFacts returns what rules may ask for.
func (s *Site) knownFacts(ctx context.Context, v *visit) ([]knownFact, error) {
	infos, err := s.people.RuleFacts(ctx, v.By)
	if err != nil {
		return nil, err
	}
	out := make([]knownFact, len(infos))
	for i, info := range infos {
		out[i] = knownFact{FactInfo: info, Title: s.factTitle(v, info)}
		if out[i].Options, err = s.factOptions(ctx, v, info); err != nil {
			return nil, err
		}
		if len(out[i].Options) > mostOptions {
			out[i].Options = nil
		}
	}
	return out, nil
}

// factTitle returns what a fact is called, and of one that has no name in any
// language its own.
func (s *Site) factTitle(v *visit, info profile.FactInfo) string {
	if title := textIn(info.Label, s.catalog.Chain(v.Locale)); title != "" {
		return title
	}
	if what, span, ok := strings.Cut(strings.TrimPrefix(info.Name, profile.FactBehaviour), "."); ok && v.P.Has("did."+what) && v.P.Has("span.did_"+span) {
		return v.P.T("span.did_"+span, "what", v.P.T("did."+what))
	}
	for prefix, key := range map[string]string{profile.FactOfAccount: "fact.of_account", profile.FactPerson: "fact.of_person"} {
		if name, ok := strings.CutPrefix(info.Name, prefix); ok {
			return v.P.T(key, "name", name)
		}
	}
	key := "fact." + strings.NewReplacer(".", "_", "-", "_").Replace(info.Name)
	if !v.P.Has(key) {
		return info.Name
	}
	return v.P.T(key)
}

// factOptions returns the values that a fact may have, if they are known.
func (s *Site) factOptions(ctx context.Context, v *visit, info profile.FactInfo) (out []option, err error) {
	for _, c := range info.Choices {
		label := textIn(c.Label, s.catalog.Chain(v.Locale))
		if label == "" {
			label = c.Value
		}
		out = append(out, option{c.Value, label})
	}
	switch info.Name {
	case profile.FactRole:
		for _, role := range s.segmentRoles(ctx, v.By) {
			out = append(out, option{string(role), s.roleName(ctx, v, role)})
		}
	case profile.FactLanguage:
		for _, l := range s.languages.Offered() {
			out = append(out, option{string(l), l.Name(v.Locale)})
		}
	case profile.FactProduct:
		for _, p := range s.world.Products {
			out = append(out, option{p.ID, p.Name})
		}
	case profile.FactAccount:
		return s.accountOptions(ctx, v)
	case profile.FactBehaviour + "read_in":
		return s.categoryOptions(ctx, v)
	}
	if info.Type == profile.FieldYes {
		out = []option{{"yes", v.P.T("segments.yes")}}
	}
	return out, nil
}

// accountOptions returns the organisations, if the visitor may see them and
// there are not too many.
func (s *Site) accountOptions(ctx context.Context, v *visit) (out []option, err error) {
	if !s.policy.May(v.By, profile.PermissionDirectoryRead) {
		return nil, nil
	}
	accounts, more, err := s.people.Accounts(ctx, v.By, profile.AccountQuery{Limit: mostOptions})
	if err != nil || more != "" {
		return nil, err
	}
	for _, a := range accounts {
		out = append(out, option{a.ID, a.Name})
	}
	return out, nil
}

// categoryOptions returns the categories that the visitor sees.
func (s *Site) categoryOptions(ctx context.Context, v *visit) (out []option, err error) {
	tree, err := s.library.Categories(ctx, v.By, string(v.Locale))
	for _, place := range tree {
		out = append(out, option{place.ID, place.Title})
		for _, below := range place.Children {
			out = append(out, option{below.ID, below.Title})
		}
	}
	return out, err
}

// factNamed returns a fact that rules may ask for, and of one that is not known
// any more its name.
func factNamed(facts []knownFact, name string) knownFact {
	if i := slices.IndexFunc(facts, func(f knownFact) bool { return f.Name == name }); i >= 0 {
		return facts[i]
	}
	return knownFact{FactInfo: profile.FactInfo{Name: name, Declared: strings.HasPrefix(name, profile.FactBehaviour)}, Title: name}
}

// ruleInWords says a rule as people would.
func ruleInWords(v *visit, facts []knownFact, r profile.Rule) string {
	switch {
	case r.All != nil:
		return v.P.T("rule.all", "rules", rulesInWords(v, facts, r.All))
	case r.Any != nil:
		return v.P.T("rule.any", "rules", rulesInWords(v, facts, r.Any))
	}
	f := factNamed(facts, r.Fact)
	values := make([]string, len(r.Values))
	for i, one := range r.Values {
		values[i] = f.value(one)
	}
	return v.P.T("rule."+string(r.Op), "fact", f.Title, "values", values)
}

func rulesInWords(v *visit, facts []knownFact, rules []profile.Rule) []string {
	out := make([]string, len(rules))
	for i, r := range rules {
		out[i] = ruleInWords(v, facts, r)
		if len(r.All)+len(r.Any) > 1 {
			out[i] = v.P.T("rule.bracket", "rule", out[i])
		}
	}
	return out
}

// segmentRoles returns the roles that rules may ask for: the portal's own, and
// those of the team that the visitor knows of.
func (s *Site) segmentRoles(ctx context.Context, by profile.Actor) []profile.Role {
	out := slices.Clone(roles)
	for _, r := range s.rolesFor(ctx, by) {
		if !r.Fixed {
			out = append(out, r.Key)
		}
	}
	return out
}

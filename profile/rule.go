package profile

import (
	"fmt"
	"slices"
	"strings"

	"github.com/stoa-go/stoa/internal/errs"
)

// A Rule says who belongs to a segment. It is exactly one of three things: a
// condition on a fact, a list of rules that must all hold, or a list of rules
// of which one must:
//
//	{"any": [
//	    {"fact": "role", "op": "in", "values": ["partner"]},
//	    {"all": [
//	        {"fact": "plan", "op": "in", "values": ["enterprise", "premium"]},
//	        {"fact": "person.certified_until", "op": "at_least", "values": ["2027-01-01"]}
//	    ]}
//	]}
//
// A condition on a fact that is not known of somebody does not hold, whatever
// its operator: not knowing somebody's country does not put them outside the
// EU. For the same reason there is no negation but [OpNotIn].
type Rule struct {
	All    []Rule   `json:"all,omitempty"`
	Any    []Rule   `json:"any,omitempty"`
	Fact   string   `json:"fact,omitempty"`
	Op     Op       `json:"op,omitempty"`
	Values []string `json:"values,omitempty"`
}

// An Op compares a fact, which may have several values, with those of a rule.
type Op string

// The operators. The last two compare numbers with numbers and dates
// (2027-01-31, or RFC 3339) with dates; they take one value.
const (
	OpIn      Op = "in"       // one of the fact's values is among the rule's
	OpNotIn   Op = "not_in"   // the fact is known, and none of its values is
	OpPrefix  Op = "prefix"   // one of the fact's values begins with one of the rule's
	OpKnown   Op = "known"    // the fact is known; takes no values
	OpAtLeast Op = "at_least" // one of the fact's values is the rule's or more
	OpAtMost  Op = "at_most"  // one of the fact's values is the rule's or less
)

// The facts that are always there to ask for. Attributes are facts with a
// prefix, "person.team" and "account.tier", and so is what the host's [Facts]
// know, "behaviour.visits" and "owned.product".
const (
	FactID       = "id"       // of the person
	FactRole     = "role"     // every role
	FactLocale   = "locale"   // "de-AT"
	FactLanguage = "language" // "de"
	FactZone     = "zone"     // "Europe/Vienna"
	FactAccount  = "account"  // id of the account
	FactPlan     = "plan"     // of the account
	FactCountry  = "country"  // of the account
	FactProduct  = "product"  // every product of the account

	FactPerson    = "person."    // an attribute of the person
	FactOfAccount = "account."   // an attribute of the account
	FactBehaviour = "behaviour." // a fact from Options.Facts: what people do
	FactOwned     = "owned."     // a fact from Options.Owned: what the company knows that they have
)

// Declared reports whether r asks for anything that people can change
// themselves, as their language, or bring about, as their visits. Such a rule
// chooses what is shown first; it never opens content. In a Directory the same
// holds for attributes whose [Field] customers may change.
func (r Rule) Declared() bool {
	switch r.Fact {
	case FactLocale, FactLanguage, FactZone:
		return true
	}
	return strings.HasPrefix(r.Fact, FactBehaviour) || slices.ContainsFunc(r.All, Rule.Declared) || slices.ContainsFunc(r.Any, Rule.Declared)
}

// Limits of a rule.
const (
	maxDepth      = 8
	maxConditions = 100
	maxRuleValues = 200
)

// Validate returns nil, or an error with one field for each thing that is
// wrong, named by its place: "rule.any[1].op".
func (r Rule) Validate() error {
	c := checker{fields: errs.Fields{}}
	c.rule("rule", r, 1)
	if c.conditions > maxConditions {
		c.fields.Add("rule", "error.rule.too_large", map[string]any{"max": maxConditions})
	}
	return c.fields.Err()
}

type checker struct {
	fields     errs.Fields
	conditions int
}

func (c *checker) rule(at string, r Rule, depth int) {
	if depth > maxDepth {
		c.fields.Add(at, "error.rule.too_deep", map[string]any{"max": maxDepth})
		return
	}
	forms := 0
	for _, is := range []bool{r.All != nil, r.Any != nil, r.Fact != "" || r.Op != "" || r.Values != nil} {
		if is {
			forms++
		}
	}
	switch {
	case forms != 1:
		c.fields.Add(at, "error.rule.form", nil)
	case r.All != nil:
		c.list(at+".all", r.All, depth)
	case r.Any != nil:
		c.list(at+".any", r.Any, depth)
	default:
		c.condition(at, r)
	}
}

// list needs an entry: an empty "all" would be everybody.
func (c *checker) list(at string, rules []Rule, depth int) {
	if len(rules) == 0 {
		c.fields.Add(at, "error.rule.empty", nil)
	}
	for i, r := range rules {
		if c.conditions > maxConditions {
			return
		}
		c.rule(fmt.Sprintf("%s[%d]", at, i), r, depth+1)
	}
}

func (c *checker) condition(at string, r Rule) {
	c.conditions++
	if !validFact(r.Fact) {
		c.fields.Add(at+".fact", "error.rule.fact", map[string]any{"fact": clip(r.Fact)})
	}
	least, most := r.Op.takes()
	switch n := len(r.Values); {
	case most < 0:
		c.fields.Add(at+".op", "error.rule.op", map[string]any{"op": clip(string(r.Op))})
	case n < least:
		c.fields.Add(at+".values", "error.field.required", nil)
	case n > most:
		c.fields.Add(at+".values", "error.field.too_many", map[string]any{"max": most})
	default:
		c.values(at, r)
	}
}

func (c *checker) values(at string, r Rule) {
	for i, v := range r.Values {
		name := fmt.Sprintf("%s.values[%d]", at, i)
		checkValue(c.fields, name, v)
		if r.Op == OpAtLeast || r.Op == OpAtMost {
			if _, ok := measured(v); !ok {
				c.fields.Add(name, "error.rule.measure", nil)
			}
		}
	}
}

// takes returns how few and how many values the operator needs, -1 if there is
// no such operator.
func (o Op) takes() (least, most int) {
	switch o {
	case OpIn, OpNotIn, OpPrefix:
		return 1, maxRuleValues
	case OpAtLeast, OpAtMost:
		return 1, 1
	case OpKnown:
		return 0, 0
	}
	return 0, -1
}

func validFact(name string) bool {
	switch name {
	case FactID, FactRole, FactLocale, FactLanguage, FactZone, FactAccount, FactPlan, FactCountry, FactProduct:
		return true
	}
	for _, prefix := range []string{FactPerson, FactOfAccount, FactBehaviour, FactOwned} {
		if key, ok := strings.CutPrefix(name, prefix); ok {
			return validKey(key)
		}
	}
	return false
}

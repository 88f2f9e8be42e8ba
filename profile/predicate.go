package profile

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Predicate is a compiled [Rule]: it decides over the facts about one
// person. It is safe for concurrent use.
type Predicate func(facts map[string][]string) bool

// Compile returns r as a Predicate, or the error of [Rule.Validate].
func (r Rule) Compile() (Predicate, error) {
	if err := r.Validate(); err != nil {
		return nil, err
	}
	return r.compile(), nil
}

func (r Rule) compile() Predicate {
	switch {
	case r.All != nil:
		return every(compileAll(r.All))
	case r.Any != nil:
		return some(compileAll(r.Any))
	}
	test := r.test()
	return func(facts map[string][]string) bool {
		values := facts[r.Fact]
		return len(values) > 0 && test(values)
	}
}

func compileAll(rules []Rule) []Predicate {
	out := make([]Predicate, len(rules))
	for i, r := range rules {
		out[i] = r.compile()
	}
	return out
}

func every(ps []Predicate) Predicate {
	return func(facts map[string][]string) bool {
		for _, p := range ps {
			if !p(facts) {
				return false
			}
		}
		return true
	}
}

func some(ps []Predicate) Predicate {
	return func(facts map[string][]string) bool {
		for _, p := range ps {
			if p(facts) {
				return true
			}
		}
		return false
	}
}

// test returns the comparison of a condition, for values that are known.
func (r Rule) test() func(values []string) bool {
	switch r.Op {
	case OpIn:
		return r.meets
	case OpNotIn:
		return func(values []string) bool { return !r.meets(values) }
	case OpPrefix:
		return r.begins
	case OpAtLeast:
		return r.compares(func(fact, bound float64) bool { return fact >= bound })
	case OpAtMost:
		return r.compares(func(fact, bound float64) bool { return fact <= bound })
	}
	return func([]string) bool { return true }
}

func (r Rule) meets(values []string) bool {
	return slices.ContainsFunc(values, func(v string) bool { return slices.Contains(r.Values, v) })
}

func (r Rule) begins(values []string) bool {
	return slices.ContainsFunc(values, func(v string) bool {
		return slices.ContainsFunc(r.Values, func(prefix string) bool { return strings.HasPrefix(v, prefix) })
	})
}

func (r Rule) compares(holds func(fact, bound float64) bool) func([]string) bool {
	bound, _ := measured(r.Values[0])
	return func(values []string) bool {
		return slices.ContainsFunc(values, func(v string) bool {
			m, ok := measured(v)
			return ok && m.date == bound.date && holds(m.size, bound.size)
		})
	}
}

// A measure is a number, or a date as seconds since 1970.
type measure struct {
	size float64
	date bool
}

func measured(s string) (measure, bool) {
	if n, err := strconv.ParseFloat(s, 64); err == nil && !math.IsNaN(n) && !math.IsInf(n, 0) {
		return measure{size: n}, true
	}
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if t, err := time.Parse(layout, s); err == nil {
			return measure{size: float64(t.Unix()), date: true}, true
		}
	}
	return measure{}, false
}

// FactsOf returns what rules may ask about p and their account, without what
// the host's [Facts] add. What is empty is not known.
func FactsOf(p Person, a Account) map[string][]string {
	facts := make(map[string][]string, 10+len(p.Attributes)+len(a.Attributes))
	one := func(name, value string) {
		if value != "" {
			facts[name] = []string{value}
		}
	}
	one(FactID, p.ID)
	one(FactLocale, p.Locale)
	one(FactLanguage, language(p.Locale))
	one(FactZone, p.Zone)
	one(FactAccount, p.Account)
	one(FactPlan, a.Plan)
	one(FactCountry, a.Country)
	facts[FactProduct] = a.Products
	facts[FactRole] = texts(p.Roles)
	for key, values := range p.Attributes {
		facts[FactPerson+key] = values
	}
	for key, values := range a.Attributes {
		facts[FactOfAccount+key] = values
	}
	return facts
}

func language(tag string) string {
	lang, _, _ := strings.Cut(tag, "-")
	return strings.ToLower(lang)
}

func texts[S ~string](list []S) []string {
	out := make([]string, len(list))
	for i, r := range list {
		out[i] = string(r)
	}
	return out
}

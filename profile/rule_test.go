package profile_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/profile"
)

func cond(fact string, op profile.Op, values ...string) profile.Rule {
	return profile.Rule{Fact: fact, Op: op, Values: values}
}

func allOf(rules ...profile.Rule) profile.Rule { return profile.Rule{All: rules} }
func anyOf(rules ...profile.Rule) profile.Rule { return profile.Rule{Any: rules} }

func TestRule(t *testing.T) {
	facts := profile.FactsOf(
		profile.Person{
			ID: "ann", Account: "acme", Roles: []profile.Role{"customer", "manager"}, Locale: "de-AT", Zone: "Europe/Vienna",
			Attributes: map[string][]string{"seats": {"12"}, "until": {"2027-05-31"}, "teams": {"ops", "dev"}, "odd": {"NaN", "+Inf"}},
		},
		profile.Account{ID: "acme", Plan: "enterprise", Country: "AT", Products: []string{"hub", "cloud"},
			Attributes: map[string][]string{"since": {"2020-02-17T10:00:00Z"}}},
	)
	for _, tt := range []struct {
		name string
		rule profile.Rule
		want bool
	}{
		{"in", cond("plan", profile.OpIn, "premium", "enterprise"), true},
		{"in, of several", cond("role", profile.OpIn, "manager"), true},
		{"not in that list", cond("plan", profile.OpIn, "free"), false},
		{"in is exact", cond("plan", profile.OpIn, "Enterprise"), false},
		{"not_in", cond("country", profile.OpNotIn, "DE", "FR"), true},
		{"not_in, one of several is", cond("product", profile.OpNotIn, "cloud"), false},
		{"prefix", cond("zone", profile.OpPrefix, "Asia/", "Europe/"), true},
		{"another prefix", cond("zone", profile.OpPrefix, "Asia/"), false},
		{"known", cond("person.teams", profile.OpKnown), true},
		{"not known", cond("person.nope", profile.OpKnown), false},
		{"at_least a number", cond("person.seats", profile.OpAtLeast, "9"), true}, // as text it would not be
		{"at_least, equal", cond("person.seats", profile.OpAtLeast, "12.0"), true},
		{"at_most a number", cond("person.seats", profile.OpAtMost, "9"), false},
		{"at_least a date", cond("person.until", profile.OpAtLeast, "2027-05-31"), true},
		{"at_least a later date", cond("person.until", profile.OpAtLeast, "2027-06-01"), false},
		{"at_most a time", cond("account.since", profile.OpAtMost, "2020-02-17T11:00:00+01:00"), true},
		{"a number is not a date", cond("person.seats", profile.OpAtMost, "2027-01-01"), false},
		{"text is no number", cond("person.teams", profile.OpAtLeast, "0"), false},
		{"nor is NaN or infinity", cond("person.odd", profile.OpAtLeast, "0"), false},
		{"language", cond("language", profile.OpIn, "de"), true},
		{"id and account", allOf(cond("id", profile.OpIn, "ann"), cond("account", profile.OpIn, "acme")), true},
		{"all, one fails", allOf(cond("id", profile.OpIn, "ann"), cond("account", profile.OpIn, "zeta")), false},
		{"any, one holds", anyOf(cond("id", profile.OpIn, "bob"), cond("account", profile.OpIn, "acme")), true},
		{"any, none holds", anyOf(cond("id", profile.OpIn, "bob"), cond("account", profile.OpIn, "zeta")), false},
		{"nested", anyOf(cond("id", profile.OpIn, "bob"), allOf(cond("country", profile.OpIn, "AT"),
			anyOf(cond("product", profile.OpIn, "cloud")))), true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			holds, err := tt.rule.Compile()
			require.NoError(t, err)
			require.Equal(t, tt.want, holds(facts))
		})
	}
}

// What is not known of somebody must never put them into a segment.
func TestUnknownFactsHoldNothing(t *testing.T) {
	nobody := profile.FactsOf(profile.Person{}, profile.Account{})
	for _, fact := range []string{"id", "role", "locale", "language", "zone", "account", "plan", "country", "product",
		"person.x", "account.x", "behaviour.x"} {
		for _, r := range []profile.Rule{
			cond(fact, profile.OpIn, ""+"x"), cond(fact, profile.OpNotIn, "x"), cond(fact, profile.OpPrefix, "x"),
			cond(fact, profile.OpKnown), cond(fact, profile.OpAtLeast, "0"), cond(fact, profile.OpAtMost, "0"),
		} {
			holds, err := r.Compile()
			require.NoError(t, err)
			require.False(t, holds(nobody), "%+v", r)
			require.False(t, holds(nil), "%+v", r)
		}
	}
}

func TestRuleRefuses(t *testing.T) {
	deep := cond("id", profile.OpKnown)
	for range 9 {
		deep = allOf(deep)
	}
	many := make([]profile.Rule, 101)
	for i := range many {
		many[i] = cond("id", profile.OpKnown)
	}
	for _, tt := range []struct {
		name, field, key string
		rule             profile.Rule
	}{
		{"nothing", "rule", "error.rule.form", profile.Rule{}},
		{"two things", "rule", "error.rule.form", profile.Rule{All: many[:1], Any: many[:1]}},
		{"a list and a condition", "rule", "error.rule.form", profile.Rule{All: many[:1], Fact: "id"}},
		{"an empty all", "rule.all", "error.rule.empty", profile.Rule{All: []profile.Rule{}}},
		{"an empty any inside", "rule.all[0].any", "error.rule.empty", allOf(profile.Rule{Any: []profile.Rule{}})},
		{"no operator", "rule.op", "error.rule.op", cond("id", "", "x")},
		{"an unknown operator", "rule.op", "error.rule.op", cond("id", "matches", "x")},
		{"an unknown fact", "rule.fact", "error.rule.fact", cond("email", profile.OpIn, "x")},
		{"a prefix alone", "rule.fact", "error.rule.fact", cond("person.", profile.OpIn, "x")},
		{"an odd key", "rule.fact", "error.rule.fact", cond("person.a b", profile.OpIn, "x")},
		{"no values", "rule.values", "error.field.required", cond("id", profile.OpIn)},
		{"values for known", "rule.values", "error.field.too_many", cond("id", profile.OpKnown, "x")},
		{"two bounds", "rule.values", "error.field.too_many", cond("id", profile.OpAtLeast, "1", "2")},
		{"too many values", "rule.values", "error.field.too_many", cond("id", profile.OpIn, slices.Repeat([]string{"x"}, 201)...)},
		{"an empty value", "rule.values[1]", "error.field.required", cond("id", profile.OpIn, "x", "")},
		{"a long value", "rule.values[0]", "error.field.too_long", cond("id", profile.OpIn, strings.Repeat("x", 513))},
		{"no measure", "rule.values[0]", "error.rule.measure", cond("id", profile.OpAtLeast, "tall")},
		{"infinity", "rule.values[0]", "error.rule.measure", cond("id", profile.OpAtLeast, "Inf")},
		{"too deep", "rule.all[0].all[0].all[0].all[0].all[0].all[0].all[0].all[0]", "error.rule.too_deep", deep},
		{"too large", "rule", "error.rule.too_large", allOf(many...)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := tt.rule.Validate()
			require.ErrorIs(t, err, profile.ErrInvalid)
			var fields errs.Fields
			require.ErrorAs(t, err, &fields)
			require.Contains(t, fields, tt.field)
			require.Equal(t, tt.key, fields[tt.field].Key)
			_, err = tt.rule.Compile()
			require.Error(t, err, "and it does not compile")
		})
	}
}

func TestRuleNamesEveryFault(t *testing.T) {
	err := anyOf(cond("nope", "nope"), cond("id", profile.OpIn), cond("id", profile.OpKnown)).Validate()
	var fields errs.Fields
	require.ErrorAs(t, err, &fields)
	require.Len(t, fields, 3)
	require.Contains(t, fields, "rule.any[0].fact")
	require.Contains(t, fields, "rule.any[0].op")
	require.Contains(t, fields, "rule.any[1].values")
}

func TestRuleJSON(t *testing.T) {
	const text = `{"any":[{"fact":"role","op":"in","values":["partner"]},` +
		`{"all":[{"fact":"plan","op":"known"},{"fact":"person.until","op":"at_least","values":["2027-01-01"]}]}]}`
	var r profile.Rule
	require.NoError(t, json.Unmarshal([]byte(text), &r))
	require.NoError(t, r.Validate())
	back, err := json.Marshal(r)
	require.NoError(t, err)
	require.JSONEq(t, text, string(back))
}

func FuzzRule(f *testing.F) {
	f.Add([]byte(`{"any":[{"fact":"role","op":"in","values":["partner"]}]}`))
	f.Add([]byte(`{"all":[{"fact":"person.x","op":"at_least","values":["2027-01-01"]}]}`))
	f.Add([]byte(`{"all":[]}`))
	f.Add([]byte(strings.Repeat(`{"all":[`, 50) + strings.Repeat(`]}`, 50)))
	facts := profile.FactsOf(profile.Person{ID: "x", Roles: []profile.Role{"partner"}}, profile.Account{})
	f.Fuzz(func(t *testing.T, data []byte) {
		var r profile.Rule
		if json.Unmarshal(data, &r) != nil {
			return
		}
		holds, err := r.Compile()
		if err != nil {
			require.ErrorIs(t, err, profile.ErrInvalid)
			return
		}
		holds(facts)
		require.False(t, holds(nil), "of nobody anything is known")
	})
}

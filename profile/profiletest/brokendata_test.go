package profiletest_test

import (
	"context"
	"regexp"
	"testing"

	"github.com/stoa-go/stoa/internal/suitetest"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/memprofile"
	"github.com/stoa-go/stoa/profile/profiletest"
)

// A boundStore is a store that is bound by two rules.
type boundStore struct {
	*memprofile.Store
	rules  []profile.DataRule
	refuse func(property string, why profile.Refusal) error // nil means properly
	blind  bool                                             // it does not look at names
	deaf   bool                                             // it does not notice a cancelled context
	keeps  bool                                             // it keeps what it refuses
}

// DataRules implements [profile.DataRules].
func (s boundStore) DataRules(ctx context.Context, _ profile.FieldOf) ([]profile.DataRule, error) {
	if s.deaf {
		return s.rules, nil
	}
	return s.rules, ctx.Err()
}

// SavePerson implements [profile.PersonStore].
func (s boundStore) SavePerson(ctx context.Context, p profile.Person) error {
	refuse := s.refuse
	if refuse == nil {
		refuse = func(property string, why profile.Refusal) error {
			return profile.Refuse(profile.Refused{Property: property, Why: why})
		}
	}
	var fault error
	phone := ""
	if values := p.Attributes["phone"]; len(values) > 0 {
		phone = values[0]
	}
	switch {
	case !s.blind && (p.Name == "" || len([]rune(p.Name)) > 10):
		fault = refuse("name", profile.RefusalLong)
	case !regexp.MustCompile(`\A\+[0-9]+\z`).MatchString(phone):
		fault = refuse("attributes.phone", profile.RefusalFormat)
	}
	if fault != nil && !s.keeps {
		return fault
	}
	if err := s.Store.SavePerson(ctx, p); err != nil {
		return err
	}
	return fault
}

func goodBound() boundStore {
	return boundStore{Store: memprofile.New(), rules: []profile.DataRule{
		{Property: "name", Required: true, Max: 10, Example: "Ann"}, {Property: "attributes.phone", Required: true, Pattern: `\+[0-9]+`, Example: "+49"},
	}}
}

// brokenData lists the faults that the suite must catch.
var brokenData = map[string]func(*boundStore){
	"data: does not refuse a name": func(s *boundStore) { s.blind = true },
	"data: keeps what it refuses":  func(s *boundStore) { s.keeps = true },
	"data: refuses elsewhere": func(s *boundStore) {
		s.refuse = func(_ string, why profile.Refusal) error {
			return profile.Refuse(profile.Refused{Property: "other", Why: why})
		}
	},
	"data: refuses without a word":      func(s *boundStore) { s.refuse = func(string, profile.Refusal) error { return profile.ErrInvalid } },
	"data: a pattern that is none":      func(s *boundStore) { s.rules[1].Pattern = `(` },
	"data: an example that is none":     func(s *boundStore) { s.rules[1].Example = "49" },
	"data: stricter than it says":       func(s *boundStore) { s.rules[1].Pattern, s.rules[1].Example = `[0-9+]+`, "49" },
	"data: two rules for a name":        func(s *boundStore) { s.rules = append(s.rules, s.rules[0]) },
	"data: no rules":                    func(s *boundStore) { s.rules = nil },
	"data: does not notice a cancelled": func(s *boundStore) { s.deaf = true },
}

// TestSuiteCatchesData runs the suite on every broken store and wants it to fail.
func TestSuiteCatchesData(t *testing.T) {
	suitetest.Catches(t, brokenData, func(t *testing.T, fault func(*boundStore)) {
		bind(t, fault)
	})
}

// TestDataRulesOfAGoodStore is the suite on the store that the broken ones are
// made of.
func TestDataRulesOfAGoodStore(t *testing.T) { bind(t, func(*boundStore) {}) }

func bind(t *testing.T, change func(*boundStore)) {
	profiletest.TestDataRules(t, func(*testing.T) (profiletest.Bound, profile.Person) {
		s := goodBound()
		change(&s)
		return s, profile.Person{ID: "ann", Name: "Ann", Attributes: map[string][]string{"phone": {"+491"}}}
	})
}

package profiletest

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/suitetest"
	"github.com/stoa-go/stoa/profile"
)

// A Bound is a store that is bound by the rules of a CRM, as an adapter is.
type Bound interface {
	profile.Store
	profile.DataRules
}

// TestDataRules runs the contract of [profile.DataRules] as subtests: what the
// rules forbid the store refuses, at the property that it is about, and what
// they allow it takes. open must return a store that has no people, and a person
// that it takes as new, with a good value of every property that has a rule.
func TestDataRules(t *testing.T, open func(t *testing.T) (Bound, profile.Person)) {
	suitetest.Run(t, []suitetest.Promise[bound]{
		{"Rules", "every rule can be used, has an example if it has a pattern, and stands once", checkDataRules},
		{"Accepts", "the store takes what the rules allow", checkDataAccepts},
		{"Refuses", "the store refuses what the rules forbid, at its property, and keeps nothing of it", checkDataRefuses},
		{"Cancelled", "a cancelled context stops a call, which returns its error", checkDataCancelled},
	}, func(t *testing.T) bound {
		s, p := open(t)
		return bound{s, p}
	})
}

type bound struct {
	Bound
	person profile.Person
}

func (b bound) rules(t *testing.T) []profile.DataRule {
	t.Helper()
	list, err := b.DataRules(t.Context(), profile.FieldOfPerson)
	require.NoError(t, err)
	require.NotEmpty(t, list, "there is nothing to check")
	return list
}

func checkDataRules(t *testing.T, b bound) {
	for _, of := range []profile.FieldOf{profile.FieldOfPerson, profile.FieldOfAccount} {
		list, err := b.DataRules(t.Context(), of)
		require.NoError(t, err)
		seen := map[string]bool{}
		for _, r := range list {
			require.NoError(t, r.Validate())
			require.False(t, seen[r.Property], "%s has two rules", r.Property)
			seen[r.Property] = true
			for _, one := range append(slices.Collect(maps.Values(r.ByCountry)), r) {
				require.False(t, one.Pattern != "" && one.Example == "", "%s has a pattern and no example", r.Property)
			}
		}
	}
}

// with returns p with a value of a property, and whether that can be set here.
func with(p profile.Person, property, value string) (profile.Person, bool) {
	p = p.Clone()
	switch name, isField := strings.CutPrefix(property, "attributes."); {
	case isField && p.Attributes == nil:
		p.Attributes = map[string][]string{name: {value}}
	case isField && value == "":
		delete(p.Attributes, name)
	case isField:
		p.Attributes[name] = []string{value}
	case property == "name":
		p.Name = value
	case property == "email":
		p.Email = value
	case property == "locale":
		p.Locale = value
	case property == "zone":
		p.Zone = value
	default:
		return p, false
	}
	return p, true
}

func checkDataAccepts(t *testing.T, b bound) {
	p := b.person
	p.Version = 1
	require.NoError(t, b.SavePerson(t.Context(), p))
	for _, r := range b.rules(t) {
		for _, good := range append(slices.Clone(r.Values), r.Example) {
			typed, ok := with(p, r.Property, good)
			if !ok || good == "" || r.ReadOnly {
				continue
			}
			typed.Version = p.Version + 1
			require.NoError(t, b.SavePerson(t.Context(), typed), "%s %q", r.Property, good)
			p = typed
		}
	}
}

// wrong returns values that a rule forbids.
func wrong(r profile.DataRule) []string {
	var out []string
	if r.Required {
		out = append(out, "")
	}
	if r.Max > 0 && r.Values == nil {
		out = append(out, strings.Repeat("m", r.Max+1))
	}
	if r.Min > 1 && r.Values == nil {
		out = append(out, "m")
	}
	if r.Pattern != "" {
		out = append(out, "?!", "<"+r.Example+">", r.Example+"\n")
	}
	if r.Values != nil {
		out = append(out, "none of them")
	}
	return out
}

func checkDataRefuses(t *testing.T, b bound) {
	p := b.person
	p.Version = 1
	require.NoError(t, b.SavePerson(t.Context(), p))
	tried := 0
	for _, r := range b.rules(t) {
		for _, bad := range wrong(r) {
			typed, ok := with(p, r.Property, bad)
			if !ok {
				continue
			}
			typed.Version = 2
			err := b.SavePerson(t.Context(), typed)
			fields, isFields := errors.AsType[errs.Fields](err)
			require.True(t, isFields, "%s %q: %v is no refusal", r.Property, bad, err)
			require.Contains(t, fields, r.Property, "%q", bad)
			tried++
		}
	}
	require.Positive(t, tried, "no rule forbids anything")
	got, err := b.Person(t.Context(), p.ID)
	require.NoError(t, err)
	require.Equal(t, []any{p.Name, p.Email, p.Attributes, 1}, []any{got.Name, got.Email, got.Attributes, got.Version})
}

func checkDataCancelled(t *testing.T, b bound) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
	cancel()
	_, err := b.DataRules(ctx, profile.FieldOfPerson)
	require.ErrorIs(t, err, context.Canceled)
}

package profile_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/profile"
)

func label(text string) map[string]string { return map[string]string{"en": text} }

func TestFieldValues(t *testing.T) {
	long := strings.Repeat("x", 600)
	for _, c := range []struct {
		name  string
		field profile.Field
		good  map[string]string // what is given and what is kept
		bad   map[string]string // what is given and the message
	}{
		{"text", profile.Field{Min: 2, Max: 4},
			map[string]string{"ab": "ab", " abcd ": "abcd", "日本": "日本"},
			map[string]string{"a": "too_short", "abcde": "too_long", "a\nb": "characters", "a\x00b": "characters", "\xff\xfe": "characters", long: "too_long"}},
		{"pattern", profile.Field{Pattern: `[A-Z]{2}\d+|none`},
			map[string]string{"AB1": "AB1", "none": "none"},
			map[string]string{"AB": "format", "xAB1": "format", "AB1x": "format", "nonee": "format"}},
		{"number", profile.Field{Type: profile.FieldNumber, Min: -5, Max: 10},
			map[string]string{"-5": "-5", "9.75": "9.75", "0": "0"},
			map[string]string{"-6": "too_small", "10.1": "too_big", "1e1": "not_a_number", "NaN": "not_a_number", "Inf": "not_a_number", "1,5": "not_a_number", "٣": "not_a_number"}},
		{"date", profile.Field{Type: profile.FieldDate},
			map[string]string{"2028-02-29": "2028-02-29"},
			map[string]string{"2027-02-29": "bad_date", "29.2.2028": "bad_date"}},
		{"choice", profile.Field{Type: profile.FieldChoice, Choices: []profile.Choice{{Value: "s"}, {Value: "m"}}},
			map[string]string{"s": "s"}, map[string]string{"S": "field.choice", "l": "field.choice"}},
		{"yes", profile.Field{Type: profile.FieldYes}, map[string]string{"yes": "yes"}, map[string]string{"no": "invalid", "true": "invalid"}},
		{"email", profile.Field{Type: profile.FieldEmail},
			map[string]string{"a@EXAMPLE.org": "a@example.org"}, map[string]string{"a@b": "email", "A <a@b.example>": "email"}},
		{"phone", profile.Field{Type: profile.FieldPhone},
			map[string]string{"+49 (30) 123-456": "+4930123456"},
			map[string]string{"030 123456": "phone", "+0301234567": "phone", "+49 30 12345678901234": "phone", "+49abc1234": "phone", "+": "phone"}},
		{"link", profile.Field{Type: profile.FieldLink},
			map[string]string{"https://Example.org/x": "https://example.org/x"},
			map[string]string{"javascript:alert(1)": "url", "/path": "url", "example.org": "url", "https://u@example.org": "url"}},
		{"country", profile.Field{Type: profile.FieldCountry}, map[string]string{"AT": "AT"}, map[string]string{"at": "country", "AUT": "country"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for given, want := range c.good {
				w := errs.Fields{}
				require.Equal(t, []string{want}, c.field.Check(w, "f", []string{given}), given)
				require.NoError(t, w.Err(), given)
			}
			for given, want := range c.bad {
				w := errs.Fields{}
				c.field.Check(w, "f", []string{given})
				require.Contains(t, w, "f", "%.20q", given)
				require.True(t, strings.HasSuffix(w["f"].Key, "."+want), "%.20q: %s", given, w["f"].Key)
			}
		})
	}
}

func TestFieldCounts(t *testing.T) {
	check := func(f profile.Field, values ...string) string {
		w := errs.Fields{}
		f.Check(w, "f", values)
		return w["f"].Key
	}
	require.Equal(t, "", check(profile.Field{}))
	require.Equal(t, "error.field.required", check(profile.Field{Required: true}))
	require.Equal(t, "error.field.required", check(profile.Field{Required: true}, "", "  "))
	require.Equal(t, "error.field.too_many", check(profile.Field{}, "a", "b"))
	require.Equal(t, "", check(profile.Field{Many: 2}, "a", "", "b"))
	require.Equal(t, "error.field.too_many", check(profile.Field{Many: 2}, "a", "b", "c"))
	require.Equal(t, "error.field.duplicate", check(profile.Field{Many: 2}, "a", "a"))
}

// wrongFields returns the names of the fields that an error is about.
func wrongFields(t *testing.T, err error) []string {
	t.Helper()
	require.ErrorIs(t, err, profile.ErrInvalid)
	f, ok := errors.AsType[errs.Fields](err)
	require.True(t, ok, "%v", err)
	var names []string
	for name := range f {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func TestSaveFieldRefuses(t *testing.T) {
	p := newPortal(t)
	good := profile.Field{Name: "phone", Label: label("Telephone"), Type: profile.FieldPhone}
	for wrong, change := range map[string]func(*profile.Field){
		"name":     func(f *profile.Field) { f.Name = "a b" },
		"label":    func(f *profile.Field) { f.Label = nil },
		"label.en": func(f *profile.Field) { f.Label = label("a\nb") },
		"of":       func(f *profile.Field) { f.Of = "case" },
		"type":     func(f *profile.Field) { f.Type = "colour" },
		"edit":     func(f *profile.Field) { f.Edit = "all" },
		"pattern":  func(f *profile.Field) { f.Pattern = "(" },
		"max":      func(f *profile.Field) { f.Min, f.Max = 5, 4 },
		"many":     func(f *profile.Field) { f.Many = 1000 },
		"order":    func(f *profile.Field) { f.Order = 1 << 30 },
		"choices":  func(f *profile.Field) { f.Type = profile.FieldChoice },
		"choices[1].value": func(f *profile.Field) {
			f.Type, f.Choices = profile.FieldChoice, []profile.Choice{{Value: "a"}, {Value: "a"}}
		},
	} {
		f := good
		change(&f)
		_, err := p.SaveField(t.Context(), root, f)
		require.Equal(t, []string{wrong}, wrongFields(t, err))
	}
	for _, by := range []string{"", "bob", "ann", "gus"} {
		_, err := p.SaveField(t.Context(), p.as(t, by), good)
		require.ErrorIs(t, err, profile.ErrForbidden, by)
		require.ErrorIs(t, p.RemoveField(t.Context(), p.as(t, by), profile.FieldOfPerson, "phone"), profile.ErrForbidden, by)
	}
	first, err := p.SaveField(t.Context(), root, good)
	require.NoError(t, err)
	require.Equal(t, profile.FieldOfPerson, first.Of)
	require.Equal(t, profile.FieldByStaff, first.Edit)
	again, err := p.SaveField(t.Context(), root, good)
	require.NoError(t, err)
	require.Equal(t, first, again, "adding the same again answers with the first")
	other := good
	other.Required = true
	_, err = p.SaveField(t.Context(), root, other)
	require.ErrorIs(t, err, profile.ErrConflict)
	for i := range 63 {
		_, err = p.SaveField(t.Context(), root, profile.Field{Name: "f" + string(rune('a'+i%26)) + strings.Repeat("x", i), Label: label("F")})
		require.NoError(t, err)
	}
	_, err = p.SaveField(t.Context(), root, profile.Field{Name: "one-more", Label: label("F")})
	require.Equal(t, []string{"name"}, wrongFields(t, err))
}

// withFields is a portal that asks people and accounts for something.
func withFields(t *testing.T) *portal {
	p := newPortal(t)
	for name, edit := range map[string]profile.FieldEdit{
		"phone": profile.FieldBySelf, "desk": profile.FieldByManager, "tier": profile.FieldByStaff, "note": profile.FieldHidden,
	} {
		f := profile.Field{Name: name, Label: label(name), Edit: edit}
		if name == "phone" {
			f.Type, f.Required = profile.FieldPhone, true
		}
		_, err := p.SaveField(t.Context(), root, f)
		require.NoError(t, err)
	}
	_, err := p.SaveField(t.Context(), root, profile.Field{Name: "city", Of: profile.FieldOfAccount, Label: label("City"), Edit: profile.FieldByManager, Required: true})
	require.NoError(t, err)
	bob, err := p.Person(t.Context(), root, "bob")
	require.NoError(t, err)
	bob.Attributes = map[string][]string{"phone": {"+49301234"}, "desk": {"7"}, "tier": {"gold"}, "note": {"secret"}, "other": {"secret"}}
	_, err = p.SavePerson(t.Context(), root, bob)
	require.NoError(t, err)
	return p
}

func TestWhoSeesFields(t *testing.T) {
	p := withFields(t)
	shown := []string{"desk", "phone", "tier"}
	for by, want := range map[string][]string{"bob": shown, "ann": shown, "gus": {"desk", "note", "other", "phone", "tier"}} {
		got, err := p.Person(t.Context(), p.as(t, by), "bob")
		require.NoError(t, err)
		require.Equal(t, want, changed(got.Attributes), by)
		list, err := p.Fields(t.Context(), p.as(t, by), profile.FieldOfPerson)
		require.NoError(t, err)
		names := []string{}
		for _, f := range list {
			names = append(names, f.Name)
		}
		if by == "gus" {
			require.Equal(t, []string{"desk", "note", "phone", "tier"}, names)
		} else {
			require.Equal(t, shown, names)
		}
	}
	_, err := p.Fields(t.Context(), profile.Actor{}, profile.FieldOfPerson)
	require.ErrorIs(t, err, profile.ErrForbidden)
}

func changed(m map[string][]string) []string {
	var names []string
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func TestWhoChangesFields(t *testing.T) {
	p := withFields(t)
	save := func(by, name string, values ...string) error {
		got, err := p.Person(t.Context(), p.as(t, by), "bob")
		require.NoError(t, err)
		if got.Attributes[name] = values; len(values) == 0 {
			delete(got.Attributes, name)
		}
		_, err = p.SavePerson(t.Context(), p.as(t, by), got)
		return err
	}
	require.NoError(t, save("bob", "phone", "+49 30 999999"))
	require.ErrorIs(t, save("bob", "desk", "8"), profile.ErrForbidden)
	require.NoError(t, save("ann", "desk", "8"))
	for _, by := range []string{"bob", "ann"} {
		for _, name := range []string{"tier", "note", "other", "new"} {
			require.ErrorIs(t, save(by, name, "mine"), profile.ErrForbidden, "%s %s", by, name)
		}
		require.ErrorIs(t, save(by, "tier"), profile.ErrForbidden)
	}
	require.Equal(t, []string{"attributes.phone"}, wrongFields(t, save("bob", "phone")), "it is required")
	require.Equal(t, []string{"attributes.phone"}, wrongFields(t, save("bob", "phone", "12")))
	require.Equal(t, []string{"attributes.phone"}, wrongFields(t, save("root", "phone", "12")), "staff obeys the same rule")
	bob, err := p.Person(t.Context(), root, "bob")
	require.NoError(t, err)
	require.Equal(t, map[string][]string{"phone": {"+4930999999"}, "desk": {"8"}, "tier": {"gold"}, "note": {"secret"}, "other": {"secret"}},
		bob.Attributes, "what somebody does not see, they do not lose")

	// Whoever sends no attributes changes none, and need not know what is required.
	carl, err := p.Person(t.Context(), p.as(t, "carl"), "carl")
	require.NoError(t, err)
	carl.Attributes, carl.Locale = nil, "de"
	_, err = p.SavePerson(t.Context(), p.as(t, "carl"), carl)
	require.NoError(t, err)
	_, err = p.DisablePerson(t.Context(), root, "carl")
	require.NoError(t, err)
}

func TestManagersChangeFieldsOfTheirAccount(t *testing.T) {
	p := withFields(t)
	ann := p.as(t, "ann")
	acme, err := p.Account(t.Context(), ann, "acme")
	require.NoError(t, err)
	require.Empty(t, acme.Attributes, "risk is no field")
	acme.Attributes = map[string][]string{"city": {"Graz"}}
	saved, err := p.SaveAccount(t.Context(), ann, acme)
	require.NoError(t, err)
	require.Equal(t, map[string][]string{"city": {"Graz"}}, saved.Attributes)
	whole, err := p.Account(t.Context(), root, "acme")
	require.NoError(t, err)
	require.Equal(t, map[string][]string{"city": {"Graz"}, "risk": {"high"}}, whole.Attributes)

	for name, change := range map[string]func(*profile.Account){
		"plan": func(a *profile.Account) { a.Plan = "free" }, "name": func(a *profile.Account) { a.Name = "Mine" },
		"country":  func(a *profile.Account) { a.Country = "DE" },
		"products": func(a *profile.Account) { a.Products = []string{"all"} },
		"hidden":   func(a *profile.Account) { a.Attributes["risk"] = []string{"low"} },
		"disabled": func(a *profile.Account) { a.Disabled = true },
	} {
		other := saved.Clone()
		change(&other)
		_, err = p.SaveAccount(t.Context(), ann, other)
		require.ErrorIs(t, err, profile.ErrForbidden, name)
	}
	_, err = p.SaveAccount(t.Context(), p.as(t, "bob"), saved)
	require.ErrorIs(t, err, profile.ErrForbidden)
	zeta, err := p.Account(t.Context(), root, "zeta")
	require.NoError(t, err)
	_, err = p.SaveAccount(t.Context(), ann, zeta)
	require.ErrorIs(t, err, profile.ErrForbidden)
	saved.Attributes = map[string][]string{}
	_, err = p.SaveAccount(t.Context(), ann, saved)
	require.Equal(t, []string{"attributes.city"}, wrongFields(t, err))
}

// What customers enter about themselves opens nothing.
func TestFieldsOfCustomersAreDeclared(t *testing.T) {
	p := withFields(t)
	for _, name := range []string{"phone", "desk", "tier", "note"} {
		_, err := p.SaveSegment(t.Context(), root, profile.Segment{Name: "has-" + name, Title: "T", Rule: allOf(cond("person."+name, profile.OpKnown))})
		require.NoError(t, err)
	}
	bob := p.as(t, "bob")
	require.Equal(t, []string{"has-note", "has-tier"}, bob.Segments)
	require.Equal(t, []string{"has-desk", "has-phone"}, bob.Declared)
}

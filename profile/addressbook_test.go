package profile_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/profile"
)

var (
	athome = profile.LabelledAddress{Label: "Home", Address: profile.Address{Street: []string{"Damrak 1"}, PostalCode: "1012 LG", City: "Amsterdam", Country: "NL"}}
	atwork = profile.LabelledAddress{Label: "Office", Address: profile.Address{Street: []string{"Invalidenstraße 1", "Hof"}, PostalCode: "10115", City: "Berlin", Country: "DE"}}
)

// TestAddressesInAttributes: a list becomes attributes and is a list again, and
// what else is there stays.
func TestAddressesInAttributes(t *testing.T) {
	other := map[string][]string{"phone": {"1"}, "address.note": {"x"}, "address.6.city": {"x"}, "address.02.city": {"x"}}
	for name, list := range map[string][]profile.LabelledAddress{
		"none": nil, "one": {athome}, "two": {atwork, athome}, "many": {athome, atwork, athome, atwork, athome},
	} {
		got := profile.WithAddresses(other, list)
		require.Equal(t, list, profile.AddressesOf(got), name)
		for key, values := range other {
			require.Equal(t, values, got[key], name)
		}
		require.Empty(t, profile.AddressesOf(profile.WithAddresses(got, nil)), name)
	}
	require.Equal(t, athome.Address, profile.AddressOf(profile.WithAddresses(nil, []profile.LabelledAddress{athome, atwork})), "the first is the default")
	require.Equal(t, []profile.LabelledAddress{atwork}, profile.AddressesOf(profile.WithAddresses(nil, []profile.LabelledAddress{{Label: "empty"}, atwork})))
}

// TestSeveralAddresses: whoever may edit an address may have several, each in the
// form of its country, and nobody reads or writes them who may not.
func TestSeveralAddresses(t *testing.T) {
	p := newPortal(t)
	for name, many := range map[string]int{"street": 3, "postal_code": 1, "city": 1, "region": 1, "country": 1} {
		_, err := p.SaveField(t.Context(), root, profile.Field{Name: "address." + name, Label: map[string]string{"en": name}, Many: many, Edit: profile.FieldBySelf})
		require.NoError(t, err)
	}
	by := p.as(t, "bob")
	save := func(by profile.Actor, list ...profile.LabelledAddress) (profile.Person, error) {
		bob, err := p.Person(t.Context(), root, "bob")
		require.NoError(t, err)
		bob.Attributes = profile.WithAddresses(bob.Attributes, list)
		return p.SavePerson(t.Context(), by, bob)
	}
	typed := atwork
	typed.PostalCode, typed.Country, typed.City = " 10115", "de", "Berlin "
	_, err := save(by, athome, typed)
	require.NoError(t, err)
	bob, err := p.Person(t.Context(), by, "bob")
	require.NoError(t, err)
	require.Equal(t, []profile.LabelledAddress{athome, atwork}, profile.AddressesOf(bob.Attributes))

	_, err = save(by, atwork, athome)
	require.NoError(t, err, "another is the default")
	bob, err = p.Person(t.Context(), by, "bob")
	require.NoError(t, err)
	require.Equal(t, atwork.Address, profile.AddressOf(bob.Attributes))
	seen, err := p.Person(t.Context(), p.as(t, "ann"), "bob")
	require.NoError(t, err)
	require.Len(t, profile.AddressesOf(seen.Attributes), 2, "who looks after them sees as much of the others as of the first")

	wrong := athome
	wrong.PostalCode = "99999"
	_, err = save(by, atwork, wrong)
	faults, _ := errors.AsType[errs.Fields](err)
	require.Equal(t, "error.profile.form", faults["attributes.address.2.postal_code"].Key)
	require.Len(t, faults, 1)
	require.ErrorIs(t, func() error { _, err := save(p.as(t, "carl"), athome); return err }(), profile.ErrNotFound)

	// Where the first is not theirs to change, no other is.
	fields, err := p.Fields(t.Context(), root, profile.FieldOfPerson)
	require.NoError(t, err)
	city := fields[slices.IndexFunc(fields, func(f profile.Field) bool { return f.Name == "address.city" })]
	city.Edit = profile.FieldByStaff
	_, err = p.SaveField(t.Context(), root, city)
	require.NoError(t, err)
	moved := athome
	moved.City = "Utrecht"
	_, err = save(by, atwork, moved)
	require.ErrorIs(t, err, profile.ErrForbidden)
	_, err = save(by)
	require.ErrorIs(t, err, profile.ErrForbidden, "nor taken away")
}

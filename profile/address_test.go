package profile_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/profile"
)

// TestAddresses: what people type becomes what is written on a letter, by country.
func TestAddresses(t *testing.T) {
	for _, c := range []struct {
		name  string
		typed profile.Address
		code  string
		lines []string
	}{
		{"GB", profile.Address{Street: []string{" 4  Parliament Street ", ""}, City: "Harrogate", PostalCode: "hg12ab", Country: "gb"}, "HG1 2AB", []string{"4 Parliament Street", "Harrogate", "HG1 2AB"}},
		{"London", profile.Address{Street: []string{"x"}, City: "London", PostalCode: "ec1a-1bb", Country: "GB"}, "EC1A 1BB", []string{"x", "London", "EC1A 1BB"}},
		{"DE", profile.Address{Street: []string{"Hafenstra\u00dfe 9"}, City: "Hamburg", PostalCode: "20457", Country: "DE"}, "20457", []string{"Hafenstra\u00dfe 9", "20457 Hamburg"}},
		{"NL", profile.Address{Street: []string{"Oudegracht 1"}, City: "Utrecht", PostalCode: "3511ab", Country: "NL"}, "3511 AB", []string{"Oudegracht 1", "3511 AB Utrecht"}},
		{"ES", profile.Address{Street: []string{"Gran V\u00eda 2"}, City: "Murcia", Region: "Murcia", PostalCode: "30004", Country: "ES"}, "30004", []string{"Gran V\u00eda 2", "30004 Murcia", "Murcia"}},
		{"US", profile.Address{Street: []string{"1 Main St", "Suite 5"}, City: "Austin", Region: "TX", PostalCode: "787011234", Country: "US"}, "78701-1234", []string{"1 Main St", "Suite 5", "Austin, TX 78701-1234"}},
		{"CA", profile.Address{Street: []string{"1 Elm"}, City: "Ottawa", Region: "ON", PostalCode: "k1a0b1", Country: "CA"}, "K1A 0B1", []string{"1 Elm", "Ottawa ON K1A 0B1"}},
		{"JP", profile.Address{Street: []string{"2-1-1"}, City: "\u5927\u962a\u5e02", Region: "\u5927\u962a\u5e9c", PostalCode: "\uff15\uff13\uff10\u2212\uff10\uff10\uff10\uff11", Country: "JP"}, "530-0001", []string{"\u3012530-0001", "\u5927\u962a\u5e9c \u5927\u962a\u5e02", "2-1-1"}},
		{"AE", profile.Address{Street: []string{"Al Wasl 3"}, City: "Dubai", Country: "AE"}, "", []string{"Al Wasl 3", "Dubai"}},
		{"a country that is not known", profile.Address{Street: []string{"x"}, City: "y", PostalCode: "any thing", Country: "ZZ"}, "any thing", []string{"x", "any thing y"}},
	} {
		got, err := c.typed.Normal()
		require.NoError(t, err, c.name)
		require.Equal(t, c.code, got.PostalCode, c.name)
		require.Equal(t, c.lines, got.Lines(), c.name)
		again, err := got.Normal()
		require.NoError(t, err)
		require.Equal(t, got, again, "what is kept stays as it is")
		require.Equal(t, got, profile.AddressOf(got.Attributes()))
	}
	for name, c := range map[string]struct {
		typed profile.Address
		want  map[string]string
	}{
		"nothing but a country":        {profile.Address{Country: "DE"}, map[string]string{"street": "required", "postal_code": "required", "city": "required"}},
		"no country":                   {profile.Address{City: "x"}, map[string]string{"country": "country"}},
		"another country's code":       {profile.Address{Street: []string{"x"}, City: "y", PostalCode: "HG1 2AB", Country: "DE"}, map[string]string{"postal_code": "form"}},
		"too few digits":               {profile.Address{Street: []string{"x"}, City: "y", PostalCode: "2045", Country: "DE"}, map[string]string{"postal_code": "form"}},
		"too many":                     {profile.Address{Street: []string{"x"}, City: "y", PostalCode: "204577", Country: "DE"}, map[string]string{"postal_code": "form"}},
		"Arabic digits are no letters": {profile.Address{Street: []string{"x"}, City: "y", PostalCode: "\u0662\u0660\u0664\u0665\u0667", Country: "DE"}, map[string]string{"postal_code": "form"}},
		"no state":                     {profile.Address{Street: []string{"x"}, City: "y", PostalCode: "78701", Country: "US"}, map[string]string{"region": "required"}},
		"four lines":                   {profile.Address{Street: []string{"a", "b", "c", "d"}, City: "y", Country: "AE"}, map[string]string{"street": "too_many"}},
		"control characters":           {profile.Address{Street: []string{"a\x01"}, City: "y", Country: "AE"}, map[string]string{"street": "characters"}},
		"a novel":                      {profile.Address{Street: []string{"a"}, City: strings.Repeat("y", 500), Country: "AE"}, map[string]string{"city": "too_long"}},
	} {
		_, err := c.typed.Normal()
		wrong, _ := errors.AsType[errs.Fields](err)
		got := map[string]string{}
		for part, m := range wrong {
			got[part] = m.Key[strings.LastIndexByte(m.Key, '.')+1:]
		}
		require.Equal(t, c.want, got, name)
	}
}

// TestAddressOfAPerson: the Directory keeps addresses in the form of their country,
// says at which field something is wrong, and leaves alone what nobody touched.
func TestAddressOfAPerson(t *testing.T) {
	p := newPortal(t)
	for name, many := range map[string]int{"street": 3, "postal_code": 1, "city": 1, "region": 1, "country": 1} {
		_, err := p.SaveField(t.Context(), root, profile.Field{Name: "address." + name, Label: map[string]string{"en": name}, Many: many, Edit: profile.FieldBySelf})
		require.NoError(t, err)
	}
	save := func(change map[string][]string) (profile.Person, error) {
		bob, err := p.Person(t.Context(), p.as(t, "bob"), "bob")
		require.NoError(t, err)
		if bob.Attributes == nil {
			bob.Attributes = map[string][]string{}
		}
		for name, values := range change {
			bob.Attributes["address."+name] = values
		}
		return p.SavePerson(t.Context(), p.as(t, "bob"), bob)
	}
	bob, err := save(map[string][]string{"street": {"4  Parliament Street"}, "postal_code": {"hg12ab"}, "city": {"Harrogate"}, "country": {"gb"}})
	require.NoError(t, err)
	require.Equal(t, []string{"4 Parliament Street", "Harrogate", "HG1 2AB"}, profile.AddressOf(bob.Attributes).Lines())
	_, err = save(map[string][]string{"country": {"DE"}})
	wrong, _ := errors.AsType[errs.Fields](err)
	require.Equal(t, "error.profile.form", wrong["attributes.address.postal_code"].Key)
	require.Len(t, wrong, 1)
	bob, err = save(map[string][]string{"street": nil, "postal_code": nil, "city": nil, "country": nil})
	require.NoError(t, err, "an address can be taken away")
	require.True(t, profile.AddressOf(bob.Attributes).Empty())

	old, err := p.store.Person(t.Context(), "bob")
	require.NoError(t, err)
	old.Attributes = map[string][]string{"address.postal_code": {"from long ago"}}
	old.Version++
	require.NoError(t, p.store.SavePerson(t.Context(), old))
	_, err = save(nil)
	require.NoError(t, err, "what nobody touched stays")
}

// TestAddressLookup: a service that is slow, down or careless does no harm.
func TestAddressLookup(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var fails error
		var asked []profile.AddressQuery
		found := profile.Address{Street: []string{"Oudegracht 1"}, PostalCode: "3511ab", City: "Utrecht", Country: "NL"}
		l := profile.BoundLookup(profile.AddressFuncs{
			SuggestFunc: func(ctx context.Context, q profile.AddressQuery) ([]profile.AddressSuggestion, error) {
				if asked = append(asked, q); q.Text == "slow street" {
					<-ctx.Done()
					return nil, ctx.Err()
				}
				return []profile.AddressSuggestion{{ID: "1", Label: "Oudegracht 1\nUtrecht"}, {ID: "", Label: "x"}, {ID: "2"}}, fails
			},
			AddressFunc: func(_ context.Context, id string) (profile.Address, error) {
				if id != "1" {
					return profile.Address{}, profile.ErrNotFound
				}
				return found, fails
			},
		}, 2*time.Second)
		list, err := l.Suggest(t.Context(), profile.AddressQuery{Text: "  oude   gracht ", Limit: 5000})
		require.NoError(t, err)
		require.Equal(t, []profile.AddressSuggestion{{ID: "1", Label: "Oudegracht 1 Utrecht"}}, list)
		require.Equal(t, []profile.AddressQuery{{Text: "oude gracht", Limit: 10}}, asked)
		for _, short := range []string{"", "ab", "  a ", strings.Repeat("x", 300)} {
			list, err := l.Suggest(t.Context(), profile.AddressQuery{Text: short})
			require.NoError(t, err)
			require.Empty(t, list)
		}
		require.Len(t, asked, 1, "nobody is asked for that")
		a, err := l.Address(t.Context(), "1")
		require.NoError(t, err)
		require.Equal(t, "3511 AB", a.PostalCode)
		_, err = l.Address(t.Context(), "9")
		require.ErrorIs(t, err, profile.ErrNotFound)
		found.PostalCode = "nonsense"
		_, err = l.Address(t.Context(), "1")
		require.ErrorIs(t, err, profile.ErrUnavailable, "what is no address is not handed on")
		begun := time.Now()
		_, err = l.Suggest(t.Context(), profile.AddressQuery{Text: "slow street"})
		require.ErrorIs(t, err, profile.ErrUnavailable)
		require.Equal(t, 2*time.Second, time.Since(begun))
		fails = errors.New("quota")
		_, err = l.Suggest(t.Context(), profile.AddressQuery{Text: "street"})
		require.ErrorIs(t, err, profile.ErrUnavailable)
	})
}

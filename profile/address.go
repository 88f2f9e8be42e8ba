package profile

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/valid"
)

// An Address is a postal address. Of people and accounts it is kept in the
// attributes named "address.street", which has a value for each line,
// "address.postal_code", "address.city", "address.region" and "address.country".
// A portal that wants it edited adds a [Field] for each; the Directory holds them
// together to the [AddressFormat] of the country and keeps them in its form.
type Address struct {
	Street     []string // up to three lines
	PostalCode string
	City       string
	Region     string // state, province or prefecture
	Country    string // ISO 3166-1 code in capitals
}

// An AddressPart is a part of an address, named as its attribute is.
type AddressPart string

// The parts of addresses.
const (
	AddressStreet     AddressPart = "street"
	AddressPostalCode AddressPart = "postal_code"
	AddressCity       AddressPart = "city"
	AddressRegion     AddressPart = "region"
	AddressCountry    AddressPart = "country"
)

// attributeAddress is what the attributes of an address begin with.
const attributeAddress = "address."

const maxStreet = 3

// AddressOf returns the address among the attributes of a person or an account.
func AddressOf(attributes map[string][]string) Address {
	one := func(part AddressPart) string {
		if values := attributes[attributeAddress+string(part)]; len(values) > 0 {
			return values[0]
		}
		return ""
	}
	return Address{
		Street: slices.Clone(attributes[attributeAddress+string(AddressStreet)]), PostalCode: one(AddressPostalCode), City: one(AddressCity),
		Region: one(AddressRegion), Country: one(AddressCountry),
	}
}

// Attributes returns the attributes that a is kept in.
func (a Address) Attributes() map[string][]string {
	out := map[string][]string{}
	for part, values := range a.parts() {
		if len(values) > 0 {
			out[attributeAddress+string(part)] = values
		}
	}
	return out
}

// parts returns the values of each part; none for an empty one.
func (a Address) parts() map[AddressPart][]string {
	return map[AddressPart][]string{
		AddressStreet: full(a.Street), AddressPostalCode: full([]string{a.PostalCode}), AddressCity: full([]string{a.City}),
		AddressRegion: full([]string{a.Region}), AddressCountry: full([]string{a.Country}),
	}
}

// Empty reports whether nothing is known of a.
func (a Address) Empty() bool { return len(a.Attributes()) == 0 }

// Normal returns a as it is kept: without needless spaces, the country in
// capitals, and the postal code as the country writes it. Or it returns what is
// wrong with it, by part.
func (a Address) Normal() (Address, error) {
	w := errs.Fields{}
	for i, line := range a.Street {
		a.Street = slices.Clone(a.Street)
		a.Street[i] = tidy(line)
	}
	a.Street, a.City, a.Region, a.Country = full(a.Street), tidy(a.City), tidy(a.Region), strings.ToUpper(tidy(a.Country))
	if len(a.Street) > maxStreet {
		w.Add(string(AddressStreet), "error.field.too_many", map[string]any{"max": maxStreet})
	}
	for part, values := range a.parts() {
		for _, v := range values {
			valid.Note(w, string(part), valid.Text(v, valid.TextName))
		}
	}
	if !isCountry(a.Country) {
		w.Add(string(AddressCountry), "error.profile.country", nil)
		return a, w.Err()
	}
	f := AddressFormatOf(a.Country)
	var ok bool
	if a.PostalCode, ok = f.postalCode(a.PostalCode); !ok {
		w.Add(string(AddressPostalCode), "error.profile.form", map[string]any{"example": f.PostalExample})
	}
	parts := a.parts()
	for _, part := range f.Required {
		if len(parts[part]) == 0 {
			w.Add(string(part), "error.field.required", nil)
		}
	}
	return a, w.Err()
}

// tidy returns text with one space between words.
func tidy(text string) string { return strings.Join(strings.Fields(text), " ") }

// Lines returns a as it is written on a letter within its country: each line, the
// country left out.
func (a Address) Lines() []string {
	f := AddressFormatOf(a.Country)
	var out []string
	for _, line := range f.lines {
		if line == "street" {
			out = append(out, full(a.Street)...)
			continue
		}
		text := strings.NewReplacer("{postal_code}", a.PostalCode, "{city}", a.City, "{region}", a.Region).Replace(line)
		if text = strings.Trim(tidy(strings.ReplaceAll(text, " ,", ",")), ", "); text != "" && text != "\u3012" {
			out = append(out, text)
		}
	}
	return out
}

// checkAddress holds the parts of an address to the format of its country, if any
// of them changed, and returns the attributes with them as they are kept.
func checkAddress(w errs.Fields, old, given map[string][]string) map[string][]string {
	was, is := AddressOf(old), AddressOf(given)
	if is.Empty() || fmt.Sprint(was) == fmt.Sprint(is) {
		return given
	}
	kept, err := is.Normal()
	if wrong, ok := errors.AsType[errs.Fields](err); ok {
		for part, m := range wrong {
			w.Add("attributes."+attributeAddress+part, m.Key, m.Args)
		}
		return given
	}
	given = maps.Clone(given)
	maps.DeleteFunc(given, func(name string, _ []string) bool { return strings.HasPrefix(name, attributeAddress) && is.has(name) })
	maps.Copy(given, kept.Attributes())
	return given
}

// has reports whether a name is that of a part of an address.
func (a Address) has(name string) bool {
	_, ok := a.parts()[AddressPart(strings.TrimPrefix(name, attributeAddress))]
	return ok
}

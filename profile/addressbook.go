package profile

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/stoa-go/stoa/internal/errs"
)

// People and accounts may have several addresses. The default one is in the
// attributes that [AddressOf] reads; the others have a number in their names,
// "address.2.street" and so on, and each may have a label, "address.label" and
// "address.2.label". Whoever may edit a part of the default address may edit that
// part of all, and whoever may edit its country its label. They are saved with
// whom they belong to, in one version.

// MaxAddresses is how many addresses a person or an account may have.
const MaxAddresses = 5

// addressLabel is what the label of an address is called among its parts.
const addressLabel = "label"

// A LabelledAddress is one of several addresses.
type LabelledAddress struct {
	Label string // "Office", in the words of whose it is, or empty
	Address
}

// AddressesOf returns the addresses among the attributes of a person or an
// account, the default one first.
func AddressesOf(attributes map[string][]string) []LabelledAddress {
	var out []LabelledAddress
	for n := 1; n <= MaxAddresses; n++ {
		if one := addressAt(attributes, n); !one.Empty() {
			out = append(out, one)
		}
	}
	return out
}

// WithAddresses returns attributes with these addresses in the place of those
// there, the first as the default. Empty ones are left out.
func WithAddresses(attributes map[string][]string, list []LabelledAddress) map[string][]string {
	out := maps.Clone(attributes)
	if out == nil {
		out = map[string][]string{}
	}
	maps.DeleteFunc(out, func(name string, _ []string) bool { _, _, ok := addressName(name); return ok })
	n := 0
	for _, one := range list {
		if one.Empty() {
			continue
		}
		n++
		for name, values := range one.Attributes() {
			out[numbered(n)+strings.TrimPrefix(name, attributeAddress)] = values
		}
		if label := tidy(one.Label); label != "" {
			out[numbered(n)+addressLabel] = []string{label}
		}
	}
	return out
}

// addressAt returns the address with a number, the default one for 1.
func addressAt(attributes map[string][]string, n int) LabelledAddress {
	own := map[string][]string{}
	for name, values := range attributes {
		if part, at, ok := addressName(name); ok && at == n {
			own[attributeAddress+part] = values
		}
	}
	one := LabelledAddress{Address: AddressOf(own)}
	if values := own[attributeAddress+addressLabel]; len(values) > 0 {
		one.Label = values[0]
	}
	return one
}

// numbered is what the attributes of the address with a number begin with.
func numbered(n int) string {
	if n == 1 {
		return attributeAddress
	}
	return attributeAddress + strconv.Itoa(n) + "."
}

// addressName reads the name of an attribute of an address.
func addressName(name string) (part string, n int, ok bool) {
	rest, ok := strings.CutPrefix(name, attributeAddress)
	if !ok {
		return "", 0, false
	}
	n = 1
	if number, part, found := strings.Cut(rest, "."); found {
		at, err := strconv.Atoi(number)
		if err != nil || at < 2 || at > MaxAddresses || strconv.Itoa(at) != number {
			return "", 0, false
		}
		n, rest = at, part
	}
	return rest, n, rest == addressLabel || Address{}.has(attributeAddress+rest)
}

// withAddresses returns fields with those of the other addresses, which are like
// those of the default one, but that nobody has to have another.
func withAddresses(fields []Field) []Field {
	out := slices.Clip(fields)
	for _, f := range fields {
		part, n, ok := addressName(f.Name)
		if !ok || n > 1 || part == addressLabel {
			continue
		}
		f.Required = false
		for n := 2; n <= MaxAddresses; n++ {
			f.Name = numbered(n) + part
			out = append(out, f)
		}
		if part != string(AddressCountry) {
			continue
		}
		for n := 1; n <= MaxAddresses; n++ {
			out = append(out, Field{Of: f.Of, Name: numbered(n) + addressLabel, Edit: f.Edit})
		}
	}
	return out
}

// checkAddresses holds all addresses to the formats of their countries, see
// checkAddress.
func checkAddresses(w errs.Fields, old, given map[string][]string) map[string][]string {
	given = checkAddress(w, old, given)
	for n := 2; n <= MaxAddresses; n++ {
		was, is := addressAt(old, n), addressAt(given, n)
		own := errs.Fields{}
		kept := checkAddress(own, was.Attributes(), is.Attributes())
		for field, m := range own {
			w.Add("attributes."+numbered(n)+strings.TrimPrefix(field, "attributes."+attributeAddress), m.Key, m.Args)
		}
		if len(own) > 0 || is.Empty() {
			continue
		}
		given = maps.Clone(given)
		for part := range is.parts() {
			delete(given, numbered(n)+string(part))
		}
		for name, values := range kept {
			given[numbered(n)+strings.TrimPrefix(name, attributeAddress)] = values
		}
	}
	return given
}

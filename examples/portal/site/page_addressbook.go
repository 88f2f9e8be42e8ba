package site

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/profile"
)

// An addressRow is one of several addresses.
type addressRow struct {
	At      int
	Label   string
	Lines   []string
	Default bool
	Edit    string
}

func (s *Site) addressRows(v *visit, of profile.FieldOf, list []profile.LabelledAddress) (rows []addressRow) {
	if len(list) < 2 {
		return nil
	}
	for i, one := range list {
		rows = append(rows, addressRow{
			At: i, Label: one.Label, Lines: append(one.Lines(), nameIn(s.countryOptions(v), one.Country)), Default: i == 0,
			Edit: fmt.Sprintf("%s?at=%s.%d#%s", v.link("/account/addresses"), of, i, of),
		})
	}
	return rows
}

// chosenAddress returns the form about the address that the page is asked for,
// "person.1", and otherwise about the default one.
func chosenAddress(a *addressed, at string) (form addressForm) {
	list := profile.AddressesOf(a.attributes)
	of, place, _ := strings.Cut(at, ".")
	if n, err := placeAmong(list, place); err == nil && of == string(a.of) {
		form.at = n
	}
	if form.at < len(list) {
		form.address, form.label = list[form.at].Address, list[form.at].Label
	}
	return form
}

// placeAmong reads which of several addresses is meant; as many as there are
// means another, if there may be one.
func placeAmong(list []profile.LabelledAddress, text string) (int, error) {
	if text == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > len(list) || n >= profile.MaxAddresses {
		return 0, errs.NotFound
	}
	return n, nil
}

// changedList returns the addresses after what a form says was done.
func changedList(list []profile.LabelledAddress, do string, form addressForm) []profile.LabelledAddress {
	list = slices.Clone(list)
	switch there := form.at < len(list); {
	case do == "default" && there:
		one := list[form.at]
		return slices.Insert(slices.Delete(list, form.at, form.at+1), 0, one)
	case do == "delete" && there, there && nothingTyped(form.address):
		return slices.Delete(list, form.at, form.at+1)
	case do == "default", do == "delete", nothingTyped(form.address):
		return list
	case there:
		list[form.at] = profile.LabelledAddress{Label: form.label, Address: form.address}
		return list
	}
	return append(list, profile.LabelledAddress{Label: form.label, Address: form.address})
}

// nothingTyped reports whether nothing was typed: a country is what the form begins with.
func nothingTyped(a profile.Address) bool {
	a.Country = ""
	return a.Empty()
}

// faultsOf names faults of any address as the form does.
func faultsOf(faults map[string]string, at int) map[string]string {
	if at == 0 {
		return faults
	}
	out := map[string]string{}
	for field, text := range faults {
		if part, ok := strings.CutPrefix(field, fmt.Sprintf("attributes.%s%d.", addressPrefix, at+1)); ok {
			field = "attributes." + addressPrefix + part
		}
		out[field] = text
	}
	return out
}

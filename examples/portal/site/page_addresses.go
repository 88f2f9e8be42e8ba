package site

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/profile"
)

// An addressed is whose address a form is about.
type addressed struct {
	of         profile.FieldOf
	attributes map[string][]string
	version    int
	country    string // of the organisation, where the address has none
	edits      bool
	save       func(ctx context.Context, attributes map[string][]string, version int) error
}

// An addressForm is what was typed of an address, and what came of it.
type addressForm struct {
	at      int // which of several; as many as there are is another
	label   string
	address addressTyped
	find    string
	found   []profile.AddressSuggestion
	note    string
	faults  map[string]string
}

type addressTyped = profile.Address

type addressesBody struct {
	Saved string
	Parts []addressPart
}

// An addressPart is the part of the page about one address.
type addressPart struct {
	Of            profile.FieldOf
	Title, Note   string
	Lines         []string // as on a letter; none where there is no address
	Edits, Wrong  bool
	Version       int
	Country, Find input
	Looks         bool // addresses can be looked up
	Found         []profile.AddressSuggestion
	FindNote      string
	Inputs        []input
	Faults        []string
	At            int
	Label         input
	Rows          []addressRow // all of them, where there are several
	Another       string       // where one more is added, or empty
}

// myself returns the visitor's own address.
func (s *Site) myself(ctx context.Context, v *visit) (*addressed, error) {
	p, err := s.people.Person(ctx, v.By, v.By.ID)
	if err != nil {
		return nil, err
	}
	a, err := s.people.Account(ctx, v.By, p.Account)
	if err != nil && !errors.Is(err, profile.ErrNotFound) {
		return nil, err
	}
	return &addressed{profile.FieldOfPerson, p.Attributes, p.Version, a.Country, true, func(ctx context.Context, attributes map[string][]string, version int) error {
		p.Attributes, p.Version = attributes, version
		_, err := s.people.SavePerson(ctx, v.By, p)
		return err
	}}, nil
}

// ourselves returns the address of the visitor's organisation.
func (s *Site) ourselves(ctx context.Context, v *visit) (*addressed, error) {
	a, err := s.people.Account(ctx, v.By, v.By.Account)
	if err != nil {
		return nil, err
	}
	return &addressed{profile.FieldOfAccount, a.Attributes, a.Version, a.Country, s.policy.May(v.By, profile.PermissionMembersWrite), func(ctx context.Context, attributes map[string][]string, version int) error {
		if a.Attributes, a.Version = attributes, version; version < 1 {
			return profile.ErrConflict // nothing is added here
		}
		_, err := s.people.SaveAccount(ctx, v.By, a)
		return err
	}}, nil
}

// addressesOf returns whose addresses the page shows.
func (s *Site) addressesOf(ctx context.Context, v *visit) (out []*addressed, err error) {
	for _, one := range []struct {
		of   profile.FieldOf
		read func(context.Context, *visit) (*addressed, error)
	}{{profile.FieldOfPerson, s.myself}, {profile.FieldOfAccount, s.ourselves}} {
		asks, err := s.hasAddress(ctx, v.By, one.of)
		if err != nil {
			return nil, err
		}
		if !asks || one.of == profile.FieldOfAccount && v.By.Account == "" {
			continue
		}
		a, err := one.read(ctx, v)
		if errors.Is(err, profile.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, a)
	}
	if len(out) == 0 {
		return nil, profile.ErrNotFound
	}
	return out, nil
}

// addresses shows the addresses of whoever asks, and of their organisation.
func (s *Site) addresses(w http.ResponseWriter, r *http.Request) error {
	all, err := s.addressesOf(r.Context(), visitOf(r.Context()))
	if err != nil {
		return err
	}
	return s.showAddresses(w, r, http.StatusOK, all, "", addressForm{})
}

// saveAddress keeps an address, or does what another button of the form says.
func (s *Site) saveAddress(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return errs.Invalid
	}
	ctx, v := r.Context(), visitOf(r.Context())
	all, err := s.addressesOf(ctx, v)
	if err != nil {
		return err
	}
	of := profile.FieldOf(r.PostFormValue("whose"))
	i := slices.IndexFunc(all, func(a *addressed) bool { return a.of == of && a.edits })
	if i < 0 {
		return profile.ErrNotFound
	}
	form := addressForm{address: typedAddress(r.PostForm), label: r.PostFormValue("label"), find: r.PostFormValue("find")}
	list := profile.AddressesOf(all[i].attributes)
	if form.at, err = placeAmong(list, r.PostFormValue("at")); err != nil {
		return err
	}
	again := func(status int) error { return s.showAddresses(w, r, status, all, of, form) }
	do, id, _ := strings.Cut(r.PostFormValue("do"), " ")
	switch do {
	case "country":
		return again(http.StatusOK)
	case "find", "pick":
		s.lookUp(ctx, v, &form, do, id)
		return again(http.StatusOK)
	}
	version, _ := strconv.Atoi(r.PostFormValue("version"))
	if do == "save" && nothingTyped(form.address) {
		form.faults = v.P.Fields(missingParts(form.address))
		return again(http.StatusUnprocessableEntity)
	}
	err = all[i].save(ctx, profile.WithAddresses(all[i].attributes, changedList(list, do, form)), version)
	done := "saved"
	if do == "delete" {
		done = "removed"
	}
	if errors.Is(err, profile.ErrUnavailable) {
		form.faults = map[string]string{"": v.P.T("owning.unsaved")}
		return again(http.StatusServiceUnavailable)
	}
	return s.afterForm(w, r, err, "/account/addresses?done="+done, func(status int, faults map[string]string) error {
		form.faults = faultsOf(faults, form.at)
		return again(status)
	})
}

// missingParts says what an address cannot be without.
func missingParts(a profile.Address) errs.Fields {
	wrong := errs.Fields{}
	for _, part := range profile.AddressFormatOf(a.Country).Required {
		wrong.Add("attributes."+addressPrefix+string(part), "error.field.required", nil)
	}
	return wrong
}

// lookUp finds addresses by what was typed, or takes the one that was chosen. If
// nobody can say now, people go on by typing.
func (s *Site) lookUp(ctx context.Context, v *visit, form *addressForm, do, id string) {
	if s.lookup == nil {
		return
	}
	var err error
	if do == "pick" {
		var a profile.Address
		if a, err = s.lookup.Address(ctx, v.By, id); err == nil {
			form.address, form.find, form.note = a, "", v.P.T("addresses.picked")
			return
		}
	} else {
		form.found, err = s.lookup.Suggest(ctx, v.By, profile.AddressQuery{Text: form.find, Country: form.address.Country, Locale: string(v.Locale)})
	}
	switch {
	case errors.Is(err, profile.ErrTooMany):
		form.note = v.P.T("addresses.too_often")
	case err != nil:
		s.cfg.Log.WarnContext(ctx, "address not looked up", "err", err)
		form.note = v.P.T("addresses.away")
	case len(form.found) == 0:
		form.note = v.P.T("addresses.not_found")
	default:
		form.note = v.P.T("addresses.found", "n", len(form.found))
	}
}

// typedAddress returns what a form says of an address.
func typedAddress(form url.Values) profile.Address {
	one := func(part profile.AddressPart) string {
		return strings.TrimSpace(form.Get("attributes." + addressPrefix + string(part)))
	}
	return profile.Address{
		Street: slices.DeleteFunc(linesOf(one(profile.AddressStreet)), func(line string) bool { return line == "" }), PostalCode: one(profile.AddressPostalCode),
		City: one(profile.AddressCity), Region: one(profile.AddressRegion), Country: strings.ToUpper(one(profile.AddressCountry)),
	}
}

// addressNotices are the texts about what has just happened.
var addressNotices = map[string]string{"saved": "addresses.saved", "removed": "addresses.removed"}

func (s *Site) showAddresses(w http.ResponseWriter, r *http.Request, status int, all []*addressed, of profile.FieldOf, form addressForm) error {
	v, b := visitOf(r.Context()), addressesBody{}
	if key := addressNotices[v.Query.Get("done")]; key != "" && of == "" {
		b.Saved = v.P.T(key)
	}
	for i, a := range all {
		one := form
		if a.of != of {
			one = chosenAddress(a, v.Query.Get("at"))
		}
		part, err := s.addressPart(r.Context(), v, a, one, i+1)
		if err != nil {
			return err
		}
		b.Parts = append(b.Parts, part)
	}
	p := s.newPage(r, v.P.T("addresses.title"))
	p.NoIndex, p.Body, p.Crumbs = true, b, s.accountCrumbs(v)
	return s.show(w, r, status, "addresses", p)
}

// addressPart asks for one address in the way of its country.
func (s *Site) addressPart(ctx context.Context, v *visit, a *addressed, form addressForm, row int) (addressPart, error) {
	country := cmp.Or(strings.ToUpper(form.address.Country), a.country)
	kept := profile.Address{}
	if list := profile.AddressesOf(a.attributes); form.at < len(list) {
		kept = list[form.at].Address
	}
	part := addressPart{
		Of: a.of, Title: v.P.T("addresses.of_" + string(a.of)), Note: v.P.T("addresses.note_" + string(a.of)), Edits: a.edits, Version: a.version,
		Wrong: len(form.faults) > 0, Looks: s.lookup != nil, Found: form.found, FindNote: form.note,
		Find: input{Name: "find", Label: v.P.T("addresses.find"), Hint: v.P.T("addresses.find_note"), Kind: "text", Value: form.find, Max: 200, Complete: "off", Row: row},
	}
	list := profile.AddressesOf(a.attributes)
	part.At, part.Label = form.at, input{Name: "label", Label: v.P.T("addresses.label"), Hint: v.P.T("addresses.label_note"), Kind: "text", Value: form.label, Max: 60, Complete: "off", Row: row}
	part.Rows = s.addressRows(v, a.of, list)
	if n := len(list); a.edits && n > 0 && n < profile.MaxAddresses && form.at != n {
		part.Another = fmt.Sprintf("%s?at=%s.%d#%s", v.link("/account/addresses"), a.of, n, a.of)
	}
	if !kept.Empty() {
		part.Lines = append(kept.Lines(), nameIn(s.countryOptions(v), kept.Country))
	}
	format := profile.AddressFormatOf(country)
	inputs := []input{}
	for _, p := range format.Order {
		inputs = append(inputs, s.addressInput(v, p, form.address, format, row))
	}
	inputs[0].Value = country
	if err := s.bindIn(ctx, a.of, country, inputs); err != nil {
		return part, err
	}
	part.Faults = note(form.faults, inputs)
	if label := "attributes." + addressPrefix + "label"; form.faults[label] != "" {
		part.Label.Error = form.faults[label]
	}
	part.Country, part.Inputs = inputs[0], inputs[1:]
	return part, nil
}

func (s *Site) addressInput(v *visit, p profile.AddressPart, a profile.Address, format profile.AddressFormat, row int) input {
	in := input{
		Name: "attributes." + addressPrefix + string(p), Label: v.P.T("addresses." + string(p)), Kind: "text", Required: slices.Contains(format.Required, p),
		Max: 120, Row: row,
	}
	switch p {
	case profile.AddressCountry:
		in.Kind, in.Required, in.Choices = "select", true, append([]option{{}}, s.countryOptions(v)...)
	case profile.AddressStreet:
		in.Kind, in.Hint, in.Max, in.Value = "lines", v.P.T("addresses.street_note"), 400, strings.Join(a.Street, "\n")
	case profile.AddressPostalCode:
		in.Value = a.PostalCode
		if format.PostalExample != "" {
			in.Hint = v.P.T("addresses.example", "code", format.PostalExample)
		}
	case profile.AddressCity:
		in.Value = a.City
	case profile.AddressRegion:
		in.Value = a.Region
	}
	return in
}

package site

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/addressprofile"
)

// Postal addresses are attributes, which a portal asks for where it has fields
// of their names. They have a page of their own: which questions there are, and
// in which order, goes by the country.

// addressPrefix is what the attributes of an address begin with.
const addressPrefix = "address."

func isAddress(f profile.Field) bool { return strings.HasPrefix(f.Name, addressPrefix) }

// fieldsOf returns the fields that forms ask for beside addresses.
func (s *Site) fieldsOf(ctx context.Context, by profile.Actor, of profile.FieldOf) ([]profile.Field, error) {
	list, err := s.people.Fields(ctx, by, of)
	return slices.DeleteFunc(slices.Clone(list), isAddress), err
}

// hasAddress reports whether the portal asks for addresses of people, or of
// organisations.
func (s *Site) hasAddress(ctx context.Context, by profile.Actor, of profile.FieldOf) (bool, error) {
	list, err := s.people.Fields(ctx, by, of)
	return slices.ContainsFunc(list, isAddress), err
}

// located says whether there is a page of addresses, for menus.
type located struct {
	yes   bool
	until time.Time
}

// asksAddresses reports whether the portal asks for addresses of anybody, as it
// was a moment ago.
func (s *Site) asksAddresses(ctx context.Context) bool {
	now := s.cfg.Now()
	if a := s.located.Load(); a != nil && now.Before(a.until) {
		return a.yes
	}
	people, err := s.hasAddress(ctx, system, profile.FieldOfPerson)
	accounts, failed := s.hasAddress(ctx, system, profile.FieldOfAccount)
	if err == nil && failed == nil {
		s.located.Store(&located{people || accounts, now.Add(time.Minute)})
	}
	return people || accounts
}

// lookupFor is how long the form waits for somebody else's service.
const lookupFor = 3 * time.Second

// openAddresses makes ready where addresses are looked up: at the service of the
// configuration or, in the demo, in a list that needs no network.
func (s *Site) openAddresses(context.Context) error {
	switch {
	case s.cfg.AddressToken != "" && s.cfg.AddressService == "":
		return errors.New("-address-token-file: say with -address-service whom the token is for")
	case s.cfg.AddressService != "":
		service, err := addressprofile.NewService(s.cfg.AddressService, &addressprofile.ServiceOptions{Timeout: lookupFor, Token: s.cfg.AddressToken})
		if err != nil {
			return fmt.Errorf("-address-service: %w", err)
		}
		s.lookup = s.looksUp(service)
	case s.cfg.Demo:
		s.lookup = s.looksUp(addressprofile.NewList(demoAddresses))
	}
	return nil
}

// looksUp has people look addresses up, so often.
func (s *Site) looksUp(l profile.AddressLookup) *profile.Addresses {
	return profile.NewAddresses(l, &profile.AddressOptions{Wait: lookupFor, Now: s.cfg.Now})
}

// demoAddresses are what the demo finds.
var demoAddresses = []profile.Address{
	{Street: []string{"Invalidenstraße 1"}, PostalCode: "10115", City: "Berlin", Country: "DE"},
	{Street: []string{"Invalidenstraße 12"}, PostalCode: "10115", City: "Berlin", Country: "DE"},
	{Street: []string{"Hafenstraße 7"}, PostalCode: "20457", City: "Hamburg", Country: "DE"},
	{Street: []string{"Damrak 1"}, PostalCode: "1012 LG", City: "Amsterdam", Country: "NL"},
	{Street: []string{"Keizersgracht 200"}, PostalCode: "1016 DW", City: "Amsterdam", Country: "NL"},
	{Street: []string{"Cold Bath Road 14"}, PostalCode: "HG2 0NA", City: "Harrogate", Country: "GB"},
	{Street: []string{"Station Parade 3"}, PostalCode: "HG1 1UB", City: "Harrogate", Country: "GB"},
	{Street: []string{"Calle de Alcalá 42"}, PostalCode: "28014", City: "Madrid", Region: "Madrid", Country: "ES"},
	{Street: []string{"Market Street 870"}, PostalCode: "94102", City: "San Francisco", Region: "CA", Country: "US"},
	{Street: []string{"丸の内1-9-1"}, PostalCode: "100-0005", City: "千代田区", Region: "東京都", Country: "JP"},
	{Street: []string{"شارع الشيخ زايد 12"}, City: "دبي", Region: "دبي", Country: "AE"},
}

// seedAddresses has the demo ask for addresses of people and organisations.
func (s *Site) seedAddresses(ctx context.Context) error {
	const setting = "demo addresses"
	state, err := s.db.setting(ctx, setting)
	if err != nil || state == "done" {
		return err
	}
	for _, of := range []profile.FieldOf{profile.FieldOfPerson, profile.FieldOfAccount} {
		for i, part := range addressParts {
			f := profile.Field{Name: addressPrefix + string(part), Of: of, Label: map[string]string{}, Edit: profile.FieldBySelf, Order: 900 + i}
			for _, l := range s.cfg.Locales {
				f.Label[l] = s.catalog.In(i18n.Locale(l)).T("addresses." + string(part))
			}
			switch part {
			case profile.AddressStreet:
				f.Many = 3
			case profile.AddressCountry:
				f.Type = profile.FieldCountry
			}
			if _, err := s.people.SaveField(ctx, system, f); unlessThere(err) != nil {
				return fmt.Errorf("demo field %s: %w", f.Name, err)
			}
		}
	}
	return s.db.set(ctx, setting, "done")
}

var addressParts = []profile.AddressPart{
	profile.AddressCountry, profile.AddressStreet, profile.AddressPostalCode, profile.AddressCity, profile.AddressRegion,
}

// countries are those that an address may be in, by ISO 3166-1 code.
const countries = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ " +
	"DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP " +
	"KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM " +
	"PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ " +
	"UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW"

// countryOptions are the countries in the reader's language, in order of their
// names there.
func (s *Site) countryOptions(v *visit) []option {
	namer := display.Regions(language.Make(string(v.Locale)))
	if namer == nil {
		namer = display.English.Regions()
	}
	var out []option
	for code := range strings.FieldsSeq(countries) {
		name := code
		if region, err := language.ParseRegion(code); err == nil {
			name = cmp.Or(namer.Name(region), code)
		}
		out = append(out, option{code, name})
	}
	slices.SortStableFunc(out, func(a, b option) int { return strings.Compare(a.Label, b.Label) })
	return out
}

package profile

import (
	"strings"
	"unicode"
)

// An AddressFormat is how a country writes addresses.
type AddressFormat struct {
	Order         []AddressPart // of a form, as people there are used to; the country is first, since the rest goes by it
	Required      []AddressPart // without these no letter arrives
	PostalExample string        // "" where there are no postal codes

	shapes []string // of postal codes: 9 is a digit, A a letter, all else stands as it is; nil means any
	lines  []string // on a letter
}

// AddressFormatOf returns the format of a country. Of one that is not known it is
// one that asks for little.
func AddressFormatOf(country string) AddressFormat {
	cityLast := []AddressPart{AddressCountry, AddressStreet, AddressPostalCode, AddressCity}
	codeFirst := []string{"street", "{postal_code} {city}"}
	simple := func(example string, shapes ...string) AddressFormat {
		return AddressFormat{cityLast, []AddressPart{AddressStreet, AddressPostalCode, AddressCity}, example, shapes, codeFirst}
	}
	withRegion := func(example, line string, shapes ...string) AddressFormat {
		return AddressFormat{
			[]AddressPart{AddressCountry, AddressStreet, AddressCity, AddressRegion, AddressPostalCode},
			[]AddressPart{AddressStreet, AddressCity, AddressRegion, AddressPostalCode}, example, shapes, []string{"street", line},
		}
	}
	switch country {
	case "DE", "FR", "FI", "MA":
		return simple("10115", "99999")
	case "ES", "IT":
		f := simple("28013", "99999")
		f.Order = append(f.Order, AddressRegion)
		f.lines = []string{"street", "{postal_code} {city}", "{region}"}
		return f
	case "AT", "CH", "BE", "DK", "NO", "LU":
		return simple("1010", "9999")
	case "NL":
		return simple("1012 AB", "9999 AA")
	case "SE", "GR", "CZ", "SK":
		return simple("111 20", "999 99")
	case "PL":
		return simple("00-950", "99-999")
	case "PT":
		return simple("1000-001", "9999-999")
	case "GB":
		return AddressFormat{
			[]AddressPart{AddressCountry, AddressStreet, AddressCity, AddressPostalCode}, []AddressPart{AddressStreet, AddressCity, AddressPostalCode}, "HG1 2AB",
			[]string{"A9 9AA", "A99 9AA", "AA9 9AA", "AA99 9AA", "A9A 9AA", "AA9A 9AA"}, []string{"street", "{city}", "{postal_code}"},
		}
	case "US":
		return withRegion("94103", "{city}, {region} {postal_code}", "99999", "99999-9999")
	case "CA":
		return withRegion("K1A 0B1", "{city} {region} {postal_code}", "A9A 9A9")
	case "AU":
		return withRegion("2000", "{city} {region} {postal_code}", "9999")
	case "BR":
		return withRegion("01310-100", "{postal_code} {city} {region}", "99999-999")
	case "JP":
		return AddressFormat{
			[]AddressPart{AddressCountry, AddressPostalCode, AddressRegion, AddressCity, AddressStreet},
			[]AddressPart{AddressPostalCode, AddressRegion, AddressCity, AddressStreet}, "100-0001", []string{"999-9999"},
			[]string{"\u3012{postal_code}", "{region} {city}", "street"},
		}
	case "AE", "QA":
		return AddressFormat{[]AddressPart{AddressCountry, AddressStreet, AddressCity, AddressRegion}, []AddressPart{AddressStreet, AddressCity}, "", nil, []string{"street", "{city}", "{region}"}}
	}
	f := AddressFormat{append(cityLast, AddressRegion), []AddressPart{AddressStreet, AddressCity}, "", nil, []string{"street", "{postal_code} {city}", "{region}"}}
	return f
}

// postalCode returns a postal code as the country writes it, whatever stood
// between its letters and digits.
func (f AddressFormat) postalCode(code string) (string, bool) {
	code = tidy(code)
	if code == "" || f.shapes == nil {
		return code, true
	}
	plain := strings.Map(func(r rune) rune {
		if r >= '\uff01' && r <= '\uff5e' { // full-width forms, as Japanese keyboards make them
			r -= 0xfee0
		}
		switch {
		case r >= '0' && r <= '9', r >= 'A' && r <= 'Z', r >= 'a' && r <= 'z':
			return unicode.ToUpper(r)
		case r == ' ', unicode.Is(unicode.Pd, r), r == '\u2212', r == '\u30fc':
			return -1
		}
		return '?'
	}, code)
	for _, shape := range f.shapes {
		if out, ok := into(shape, plain); ok {
			return out, true
		}
	}
	return code, false
}

// into puts letters and digits into a shape.
func into(shape, plain string) (string, bool) {
	var b strings.Builder
	for _, s := range shape {
		if s != '9' && s != 'A' {
			b.WriteRune(s)
			continue
		}
		if plain == "" || (s == '9') != (plain[0] >= '0' && plain[0] <= '9') || plain[0] == '?' {
			return "", false
		}
		b.WriteByte(plain[0])
		plain = plain[1:]
	}
	return b.String(), plain == ""
}

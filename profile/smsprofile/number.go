package smsprofile

import (
	"strings"

	"github.com/stoa-go/stoa/internal/errs"
)

// Number returns a telephone number as it is kept and called, "+4366012345",
// from how people write one: with spaces, hyphens and brackets, with 00 for the
// plus sign, in the digits of their script. What is none, or has no country, is
// profile.ErrInvalid in the field "number".
func Number(typed string) (string, error) {
	number := strings.Map(plain, typed)
	if rest, ok := strings.CutPrefix(number, "00"); ok {
		number = "+" + rest
	}
	// "+44 (0)20" is how people write that the nought is for callers at home.
	if country, rest, ok := strings.Cut(number, "(0)"); ok {
		number = country + rest
	}
	number = strings.NewReplacer("(", "", ")", "").Replace(number)
	if !e164(number) {
		return "", errs.Field("number", "error.sms.number", nil)
	}
	return number, nil
}

// zeros are the noughts that other scripts count from.
var zeros = []rune{'\u0660', '\u06F0', '\uFF10'}

// plain leaves out what numbers are divided by, and writes digits as in English.
func plain(r rune) rune {
	for _, zero := range zeros {
		if r >= zero && r < zero+10 {
			return '0' + r - zero
		}
	}
	switch r {
	case ' ', '\t', '\u00a0', '\u202f', '-', '\u2010', '\u2011', '\u2013', '.', '/', '\u200e', '\u200f', '\u202a', '\u202c':
		return -1
	case '\uff0b':
		return '+'
	}
	return r
}

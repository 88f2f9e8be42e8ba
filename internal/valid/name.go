package valid

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Slug checks the readable part of an address: letters without case or in lower
// case and digits of any script, in words joined by single hyphens, within the
// limits of TextSlug.
func Slug(s string) error {
	l, _ := limitOf(TextSlug)
	if s == "" || len(s) > l.bytes || utf8.RuneCountInString(s) > l.runes || !utf8.ValidString(s) {
		return say("slug", nil)
	}
	for word := range strings.SplitSeq(s, "-") {
		if word == "" || strings.ContainsFunc(word, notInSlug) {
			return say("slug", nil)
		}
	}
	if first, _ := utf8.DecodeRuneInString(s); unicode.IsMark(first) {
		return say("slug", nil)
	}
	return nil
}

func notInSlug(r rune) bool {
	if unicode.IsUpper(r) || unicode.IsTitle(r) {
		return true
	}
	return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
}

// Locale checks that s has the shape of a language tag, "en" or "zh-Hant-TW":
// a language of 2 or 3 letters, then subtags of up to 8 letters and digits, at
// most 35 bytes and 8 subtags. Whether the language exists, or is offered, is
// for package i18n to say.
func Locale(s string) error {
	l, _ := limitOf(TextLocale)
	if len(s) > l.bytes {
		return say("locale", nil)
	}
	subtags := strings.Split(s, "-")
	if n := len(subtags[0]); n < 2 || n > 3 || strings.ContainsAny(subtags[0], "0123456789") || len(subtags) > 8 {
		return say("locale", nil)
	}
	for _, t := range subtags {
		if len(t) < 1 || len(t) > 8 || !ldh(t) {
			return say("locale", nil)
		}
	}
	return nil
}

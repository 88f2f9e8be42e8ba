// Package words says which words are the same to whoever searches.
package words

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Fold returns a word as it is compared: in lower case, and [Plain].
func Fold(word string) string { return Plain(strings.ToLower(norm.NFKC.String(word))) }

// Plain returns text without the accents of scripts whose readers leave them out.
func Plain(text string) string {
	if ASCII(text) {
		return text
	}
	var b strings.Builder
	accented := false
	for _, r := range norm.NFD.String(text) {
		if unicode.Is(unicode.Mn, r) {
			if accented {
				continue
			}
		} else {
			accented = unicode.In(r, unicode.Latin, unicode.Greek, unicode.Cyrillic)
		}
		b.WriteRune(r)
	}
	return strings.ReplaceAll(norm.NFC.String(b.String()), "ß", "ss")
}

// ASCII reports whether there is nothing to fold in text but capitals.
func ASCII(text string) bool {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

package cases

import (
	"crypto/sha256"
	"strings"
)

// digits are those of Crockford's base 32: no letter is taken for a digit, and
// none makes a word with others.
const digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// referenceLength is how many digits a reference has, the last of which checks
// the others.
const referenceLength = 8

// referenceOf returns the reference of a case, the try-th that can be made of
// its ID: another case may have the first.
func referenceOf(id string, try int) string {
	sum := sha256.Sum256(append([]byte(id), byte(try)))
	var b strings.Builder
	for _, c := range sum[:referenceLength-1] {
		b.WriteByte(digits[c%32])
	}
	return b.String()[:4] + "-" + b.String()[4:] + string(check(b.String()))
}

// check returns the digit that goes with others: another for each digit that may
// be mistyped, and for nearly all neighbours in the wrong order.
func check(s string) byte {
	sum := 0
	for i := range len(s) {
		sum += (2*i + 1) * strings.IndexByte(digits, s[i])
	}
	return digits[sum%32]
}

// ParseReference returns the reference that somebody wrote, in whatever letters
// and with what is easily mistaken for a digit, or false if it is none.
func ParseReference(s string) (string, bool) {
	s = strings.NewReplacer("-", "", " ", "", "O", "0", "I", "1", "L", "1", "#", "").Replace(strings.ToUpper(strings.TrimSpace(s)))
	if len(s) != referenceLength || strings.Trim(s, digits) != "" || check(s[:referenceLength-1]) != s[referenceLength-1] {
		return "", false
	}
	return s[:4] + "-" + s[4:], true
}

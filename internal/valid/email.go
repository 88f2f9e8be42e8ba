package valid

import "strings"

const (
	maxEmail = 254 // RFC 5321, 4.5.3.1.3, without the angle brackets
	maxLocal = 64
	maxLabel = 63
)

// Email returns the one address that s is, its domain in lower case. It takes
// what people have and mail systems agree on, and nothing else: no display
// name, no quotes, no comments, no address literals, ASCII only, a domain of
// at least two labels. Of the local part's odd characters it refuses those
// that mail systems read as routing, as a command or as encoded text. Spaces around the
// address are not its part; a form trims them first.
func Email(s string) (string, error) {
	local, domain, found := strings.Cut(s, "@")
	if !found || len(s) > maxEmail || !plainLocal(local) {
		return "", say("email", nil)
	}
	domain = strings.ToLower(domain)
	if !hostName(domain) || !strings.Contains(domain, ".") {
		return "", say("email", nil)
	}
	return local + "@" + domain, nil
}

func plainLocal(s string) bool {
	if s == "" || len(s) > maxLocal || s[0] == '-' || s[0] == '.' || s[len(s)-1] == '.' || strings.Contains(s, "..") {
		return false
	}
	for i := range len(s) {
		if !alphanumeric(s[i]) && !strings.Contains("#$&'*+-.=^_{}~", s[i:i+1]) {
			return false
		}
	}
	return true
}

// hostName reports whether s is made of letter-digit-hyphen labels, as every
// name in the DNS is, internationalised ones in their xn-- form. The last
// label may not be a number: such names are addresses in disguise.
func hostName(s string) bool {
	if s == "" || len(s) > 253 {
		return false
	}
	label := ""
	for label = range strings.SplitSeq(s, ".") {
		if !ldh(label) {
			return false
		}
	}
	return !number(label)
}

func ldh(label string) bool {
	if label == "" || len(label) > maxLabel || label[0] == '-' || label[len(label)-1] == '-' {
		return false
	}
	for i := range len(label) {
		if !alphanumeric(label[i]) && label[i] != '-' {
			return false
		}
	}
	return true
}

// number reports whether browsers would read the last label of a host as a
// number, decimal or hexadecimal.
func number(label string) bool {
	digits := "0123456789"
	if rest, hex := strings.CutPrefix(label, "0x"); hex {
		label, digits = rest, "0123456789abcdef"
	}
	return strings.Trim(label, digits) == ""
}

func alphanumeric(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}

package mailin

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"

	"github.com/stoa-go/stoa/internal/valid"
)

const (
	maxAddresses = 200 // of a field
	maxName      = 200 // bytes of a person's
)

// An Address is who a mail is from or for.
type Address struct {
	Name  string // as they call themselves: anybody may call themselves anything
	Email string // one plain address, its domain in the form of the DNS
}

// Key is what addresses are compared by: servers do not tell capitals apart.
func (a Address) Key() string { return strings.ToLower(a.Email) }

// ParseAddress reads one address, "ann@example.com" or "Ann <ann@example.com>". It
// takes one form of each and nothing else: no comments, no routes, no quotes or
// encoded words in the address itself, whose readers differ on what they mean.
func ParseAddress(text string) (Address, bool) {
	text = strings.TrimSpace(text)
	name, rest, angled := cutAngle(text)
	if !angled {
		name, rest = "", text
	}
	email, ok := plainEmail(rest)
	if !ok {
		return Address{}, false
	}
	return Address{Name: nameOf(name), Email: email}, true
}

// cutAngle takes apart a name and what is in angle brackets behind it.
func cutAngle(text string) (name, email string, ok bool) {
	name, rest := cutQuoted(text, '<')
	email, ok = strings.CutSuffix(rest, ">")
	return name, email, ok && !strings.ContainsAny(email, "<>")
}

func plainEmail(text string) (string, bool) {
	local, domain, ok := strings.Cut(text, "@")
	if !ok || len(text) > 1024 {
		return "", false
	}
	if !ascii(domain) {
		plain, err := idna.Lookup.ToASCII(domain)
		if err != nil {
			return "", false
		}
		domain = plain
	} else if strings.Contains(strings.ToLower(domain), "xn--") {
		if _, err := idna.Lookup.ToUnicode(strings.ToLower(domain)); err != nil {
			return "", false
		}
	}
	email, err := valid.Email(local + "@" + domain)
	return email, err == nil
}

func ascii(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r >= utf8.RuneSelf }) < 0
}

func nameOf(text string) string {
	text = strings.TrimSpace(text)
	if inner, ok := strings.CutPrefix(text, `"`); ok {
		text = strings.TrimSuffix(inner, `"`)
		text = strings.NewReplacer(`\\`, `\`, `\"`, `"`).Replace(text)
	}
	text = strings.Trim(decoded(text), `"' `)
	for len(text) > maxName {
		_, size := utf8.DecodeLastRuneInString(text)
		text = text[:len(text)-size]
	}
	return text
}

// addresses reads the addresses of a field. Those that are none are left out.
func addresses(value string) (list []Address, whole bool) {
	whole = true
	for range maxAddresses {
		var piece string
		piece, value = cutQuoted(value, ',')
		piece = strings.TrimSpace(piece)
		if i := strings.LastIndexByte(piece, ':'); i >= 0 && !strings.ContainsAny(piece[:i], `<"@`) {
			piece = strings.TrimSpace(piece[i+1:]) // the first of a group: "Team: a@example.com, b@example.com;"
		}
		piece = strings.TrimSpace(strings.TrimSuffix(piece, ";"))
		if a, ok := ParseAddress(piece); ok {
			list = append(list, a)
		} else if piece != "" {
			whole = false
		}
		if value == "" {
			return list, whole
		}
	}
	return list, false
}

package markdown

import (
	"net/url"
	"regexp"
	"strings"

	"golang.org/x/net/idna"
)

// A reach says where a target leads.
type reach int

const (
	reachNowhere  reach = iota // it cannot be used
	reachPage                  // within the page
	reachSite                  // within the site
	reachForeign               // to another site
	reachPersonal              // to a mailbox or a telephone
)

var (
	scheme       = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]*:`)
	tagSpan      = regexp.MustCompile(`\{%[^{}]*?%\}`)
	templateSpan = regexp.MustCompile(`\{\{[^{}]*\}\}|\{%[^{}]*%\}|(?i:%7B%7B.*?%7D%7D|%7B%25.*?%25%7D)`)
)

// parseTarget returns a link target in one normal form and where it leads. It
// reads the target as browsers do: blanks around it, tabs and line ends within
// it and the slant of slashes do not count.
func parseTarget(raw string) (string, reach) {
	s := strings.Trim(raw, "\x00\x01\x02\x03\x04\x05\x06\x07\x08\t\n\v\f\r\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f ")
	s = strings.NewReplacer("\t", "", "\n", "", "\r", "").Replace(s)
	if s == "" || strings.ContainsFunc(s, unprintable) {
		return "", reachNowhere
	}
	if s[0] == '#' {
		return inPage(s)
	}
	s = escapeTarget(forwardSlashes(s))
	switch name := strings.ToLower(scheme.FindString(s)); {
	case name == "http:" || name == "https:":
		return foreign(s)
	case name == "mailto:" || name == "tel:":
		return personal(s)
	case name != "":
		return "", reachNowhere
	case strings.HasPrefix(s, "//"):
		return foreign("https:" + s)
	}
	return site(s)
}

// unprintable reports what no address contains: controls, and the marks that
// show an address other than it is.
func unprintable(r rune) bool {
	return r < ' ' || r == 0x7F || r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069
}

func inPage(s string) (string, reach) {
	fragment := s[1:]
	if plain, err := url.PathUnescape(fragment); err == nil {
		fragment = plain
	}
	if strings.ContainsFunc(fragment, unprintable) || fragment == "" {
		return "", reachNowhere
	}
	return (&url.URL{Fragment: fragment}).String(), reachPage
}

func foreign(s string) (string, reach) {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.User != nil {
		return "", reachNowhere
	}
	host, err := asciiHost(u.Host)
	if err != nil {
		return "", reachNowhere
	}
	u.Host = host
	return u.String(), reachForeign
}

// asciiHost returns a host in lower case and in the letters of DNS, which show
// when a name only looks like another.
func asciiHost(host string) (string, error) {
	for i := range len(host) {
		if host[i] >= 0x80 {
			return idna.Lookup.ToASCII(host)
		}
	}
	return strings.ToLower(host), nil
}

func personal(s string) (string, reach) {
	u, err := url.Parse(s)
	if err != nil || u.Opaque == "" {
		return "", reachNowhere
	}
	return u.String(), reachPersonal
}

func site(s string) (string, reach) {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "" || u.Host != "" {
		return "", reachNowhere
	}
	if s = u.String(); strings.HasPrefix(s, "//") {
		return "", reachNowhere
	}
	return s, reachSite
}

// forwardSlashes turns backslashes before the query into slashes, as browsers
// do and as people who write paths of Windows mean it.
func forwardSlashes(s string) string {
	end := strings.IndexAny(s, "?#")
	if end < 0 {
		end = len(s)
	}
	return strings.ReplaceAll(s[:end], `\`, "/") + s[end:]
}

// escapeTarget escapes blanks and per cent signs that escape nothing.
func escapeTarget(s string) string {
	var b strings.Builder
	for i := range len(s) {
		switch c := s[i]; {
		case c == ' ':
			b.WriteString("%20")
		case c == '%' && !isEscape(s[i:]):
			b.WriteString("%25")
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

func isEscape(s string) bool {
	return len(s) > 2 && isHex(s[1]) && isHex(s[2])
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'f'
}

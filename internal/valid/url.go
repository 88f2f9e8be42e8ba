package valid

import (
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// maxURL is the longest address in bytes.
const maxURL = 2000

// SafeURL returns the address that s is, safe to put behind a link: an
// absolute http or https address with a host and without a user, or a path on
// this site, which begins with exactly one slash. Nothing that a browser reads
// in another way than it looks gets through: no backslashes, control
// characters, spaces, hosts with letters outside ASCII, or numbers in place of
// a host. Scheme and host come back in lower case.
//
// It says where a reader may be sent. Whether a server may go there itself is
// decided when it dials.
func SafeURL(s string) (string, error) {
	if strings.HasPrefix(s, "/") {
		return sitePath(s)
	}
	return absoluteURL(s)
}

func absoluteURL(s string) (string, error) {
	if len(s) > maxURL || !plainURL(s) {
		return "", say("url", nil)
	}
	u, err := url.Parse(s)
	if err != nil || u.User != nil || u.Scheme != "http" && u.Scheme != "https" {
		return "", say("url", nil)
	}
	// "http:/host" and "http:host" have none, yet browsers find one.
	u.Host = strings.ToLower(u.Host)
	if !webHost(u) {
		return "", say("url", nil)
	}
	return u.String(), nil
}

func webHost(u *url.URL) bool {
	name := u.Hostname()
	if addr, err := netip.ParseAddr(name); err == nil {
		return addr.Zone() == "" && validPort(u)
	}
	return hostName(name) && validPort(u)
}

func validPort(u *url.URL) bool {
	if strings.HasSuffix(u.Host, ":") {
		return false
	}
	if u.Port() == "" {
		return true
	}
	n, err := strconv.ParseUint(u.Port(), 10, 16)
	return err == nil && n > 0
}

func sitePath(s string) (string, error) {
	if len(s) > maxURL || !strings.HasPrefix(s, "/") || !plainURL(s) || !onePlace(s) {
		return "", say("url", nil)
	}
	u, err := url.Parse(s)
	if err != nil || u.Host != "" || u.Scheme != "" || !strings.HasPrefix(u.Path, "/") {
		return "", say("url", nil)
	}
	return u.String(), nil
}

// ReturnPath returns s if it is a path on this site that can be redirected to
// after signing in, query and fragment included, and "/" if there is the least
// doubt: another host in any disguise, dot or empty segments, characters that
// are read as a slash or a backslash somewhere, escapes of escapes.
func ReturnPath(s string) string {
	path, err := sitePath(s)
	if err != nil || path != s { // what is not ASCII comes back escaped
		return "/"
	}
	return s
}

// plainURL reports whether s has no character that parsers disagree on.
func plainURL(s string) bool {
	for _, r := range s {
		if r <= ' ' || r >= 0x7f && r <= 0xa0 || slashLike(r) || strings.ContainsRune("\\\"<>`", r) || r == '\ufffd' {
			return false
		}
	}
	return true
}

// onePlace reports whether the path leads to one place, however often it is
// unescaped and cleaned on its way.
func onePlace(s string) bool {
	path, _, _ := strings.Cut(s, "?")
	path, _, _ = strings.Cut(path, "#")
	decoded, err := url.PathUnescape(path)
	if err != nil || strings.Count(decoded, "/") != strings.Count(path, "/") || strings.Contains(decoded, "%") || !plainURL(strings.ReplaceAll(decoded, " ", "_")) {
		return false
	}
	segments := strings.Split(decoded[1:], "/")
	for i, seg := range segments {
		if seg == "." || seg == ".." || seg == "" && i < len(segments)-1 {
			return false
		}
	}
	return true
}

// slashLike reports characters that become a slash or a backslash when text is
// normalised for compatibility or shown.
func slashLike(r rune) bool {
	switch r {
	case '\u2044', '\u2215', '\u2216', '\u29f5', '\u29f8', '\u29f9', '\ufe68', '\uff0f', '\uff3c':
		return true
	}
	return false
}

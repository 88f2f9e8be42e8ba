package websource

import (
	"strconv"
	"strings"
	"time"
)

// robots is what a host asks of this crawler (RFC 9309).
type robots struct {
	rules    []robotsRule
	delay    time.Duration
	sitemaps []string
}

type robotsRule struct {
	allow   bool
	pattern string
}

// mostRobots is how much of a robots.txt is read, in bytes.
const mostRobots = 500 << 10

// longestDelay is the longest Crawl-delay that is kept to.
const longestDelay = 5 * time.Minute

// parseRobots reads the groups of a crawler, or those of all if it has none.
func parseRobots(text, agent string) robots {
	var own, all, none robots
	var sitemaps []string
	named, heading := false, false // it names us; the last line named somebody
	into := []*robots{}
	for row := range strings.FieldsFuncSeq(strings.TrimPrefix(text, "\ufeff"), func(r rune) bool { return r == '\n' || r == '\r' }) {
		row, _, _ = strings.Cut(row, "#")
		key, value, ok := strings.Cut(row, ":")
		if !ok {
			continue
		}
		key, value = strings.ToLower(strings.TrimSpace(key)), strings.TrimSpace(value)
		switch key {
		case "user-agent", "useragent", "user agent":
			if !heading {
				into = nil
			}
			heading = true
			switch {
			case value == "*":
				into = append(into, &all)
			case strings.EqualFold(product(value), agent):
				into, named = append(into, &own), true
			default:
				into = append(into, &none)
			}
		case "sitemap":
			sitemaps = append(sitemaps, value)
		case "allow", "disallow", "crawl-delay":
			heading = false
			for _, r := range into {
				r.add(key, value)
			}
		}
	}
	if !named {
		own = all
	}
	own.sitemaps = sitemaps
	return own
}

// product returns the name that a crawler is called by, without its version.
func product(value string) string {
	end := strings.IndexFunc(value, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && r != '-' && r != '_'
	})
	if end < 0 {
		return value
	}
	return value[:end]
}

func (r *robots) add(key, value string) {
	if key == "crawl-delay" {
		if seconds, err := strconv.ParseFloat(value, 64); err == nil && seconds > 0 {
			r.delay = time.Duration(min(seconds, longestDelay.Seconds()) * float64(time.Second))
		}
		return
	}
	if value == "" { // it says nothing
		return
	}
	r.rules = append(r.rules, robotsRule{key == "allow", plainPath(value)})
}

// allows reports whether a path, with its query, may be asked for: the longest
// rule counts, and of two the one that allows.
func (r robots) allows(path string) bool {
	path = plainPath(path)
	best, allowed := -1, true
	for _, rule := range r.rules {
		if n := len(rule.pattern); n > best || n == best && rule.allow {
			if matches(rule.pattern, path) {
				best, allowed = n, rule.allow
			}
		}
	}
	return allowed || path == "/robots.txt"
}

// matches reports whether a pattern is what a path begins with. In it "*" is
// anything and a "$" at its end the end of the path.
func matches(pattern, path string) bool {
	pattern, whole := strings.CutSuffix(pattern, "$")
	parts := strings.Split(pattern, "*")
	rest, ok := strings.CutPrefix(path, parts[0])
	if !ok {
		return false
	}
	if len(parts) == 1 {
		return !whole || rest == ""
	}
	for _, part := range parts[1 : len(parts)-1] {
		i := strings.Index(rest, part)
		if i < 0 {
			return false
		}
		rest = rest[i+len(part):]
	}
	last := parts[len(parts)-1]
	if whole {
		return strings.HasSuffix(rest, last)
	}
	return strings.Contains(rest, last)
}

// plainPath returns a path in the one way to write it: what need not be escaped
// is not, and what must be is.
func plainPath(path string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := 0; i < len(path); i++ {
		c := path[i]
		if c == '%' && i+2 < len(path) {
			if n, err := strconv.ParseUint(path[i+1:i+3], 16, 8); err == nil {
				if c = byte(n); unreserved(c) {
					b.WriteByte(c)
				} else {
					b.WriteString("%" + string([]byte{hex[c>>4], hex[c&15]}))
				}
				i += 2
				continue
			}
		}
		if c >= 0x80 || c <= ' ' {
			b.WriteString("%" + string([]byte{hex[c>>4], hex[c&15]}))
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}

func unreserved(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-._~", c) >= 0
}

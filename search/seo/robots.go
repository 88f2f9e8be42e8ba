package seo

import (
	"cmp"
	"fmt"
	"strings"
	"time"
)

// Robots is what crawlers are asked, as robots.txt says it (RFC 9309). It keeps
// nobody out: what is not for everybody must be refused to everybody else.
type Robots struct {
	Rules    []Rule
	Sitemaps []string // absolute addresses
}

// A Rule is for some crawlers.
type Rule struct {
	Agents   []string      // nil means all that no other rule names
	Disallow []string      // what paths begin with; "*" stands for anything, "$" for the end; nil and a nil Allow allow everything
	Allow    []string      // exceptions
	Delay    time.Duration // between requests, for those who heed it; zero means that nothing is said
}

// String returns the file.
func (r Robots) String() string {
	var b strings.Builder
	for i, rule := range r.Rules {
		if i > 0 {
			b.WriteByte('\n')
		}
		rule.write(&b)
	}
	if len(r.Rules) > 0 && len(r.Sitemaps) > 0 {
		b.WriteByte('\n')
	}
	for _, s := range r.Sitemaps {
		fmt.Fprintf(&b, "Sitemap: %s\n", oneLine(s))
	}
	return b.String()
}

func (r Rule) write(b *strings.Builder) {
	agents := r.Agents
	if len(agents) == 0 {
		agents = []string{"*"}
	}
	for _, a := range agents {
		fmt.Fprintf(b, "User-agent: %s\n", cmp.Or(oneLine(a), "*"))
	}
	for _, p := range r.Allow {
		fmt.Fprintf(b, "Allow: %s\n", robotsPath(p))
	}
	for _, p := range r.Disallow {
		fmt.Fprintf(b, "Disallow: %s\n", robotsPath(p))
	}
	if len(r.Allow)+len(r.Disallow) == 0 {
		b.WriteString("Disallow:\n")
	}
	if r.Delay > 0 {
		fmt.Fprintf(b, "Crawl-delay: %d\n", max(1, int(r.Delay/time.Second)))
	}
}

// robotsPath writes a path so that it is one line and no comment.
func robotsPath(p string) string {
	p = strings.ReplaceAll(oneLine(p), "#", "%23")
	if !strings.HasPrefix(p, "/") && !strings.HasPrefix(p, "*") {
		p = "/" + p
	}
	return p
}

// oneLine keeps a value from beginning a line of its own.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, strings.TrimSpace(s))
}

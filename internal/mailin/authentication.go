package mailin

import (
	"slices"
	"strings"
)

// A Verdict is what a receiving server found out.
type Verdict string

// The verdicts.
const (
	VerdictNone Verdict = ""     // nobody whom we believe has said anything
	VerdictPass Verdict = "pass" // the mail is from the domain that it says
	VerdictFail Verdict = "fail" // it is not, or nothing shows that it is
)

// An Authentication is what the server that took a mail found out about who sent
// it (RFC 8601). It vouches for a domain and never for the person before it.
type Authentication struct {
	Server  string // that found it out; empty if none did that is believed
	Results []Result
}

// A Result is that of one method.
type Result struct {
	Method string // "spf", "dkim", "dmarc"
	Result string // "pass", "fail", "softfail", "none", "temperror" ...
	Domain string // that it is about, in small letters
}

const maxResults = 30

// authentication reads what the first of the servers that are believed wrote. What
// stands below was there before it, and anybody's.
func authentication(h Header, servers []string) Authentication {
	for _, value := range h.All("authentication-results") {
		id, rest := cutQuoted(uncommented(value), ';')
		id, _, _ = strings.Cut(strings.TrimSpace(id), " ")
		if id = strings.ToLower(strings.Trim(id, `"`)); !slices.ContainsFunc(servers, func(s string) bool { return strings.EqualFold(s, id) }) {
			continue
		}
		a := Authentication{Server: id}
		for range maxResults {
			var piece string
			if piece, rest = cutQuoted(rest, ';'); strings.TrimSpace(piece) != "" {
				a.take(strings.Fields(piece))
			}
		}
		return a
	}
	return Authentication{}
}

// take reads "dkim=pass header.d=example.com".
func (a *Authentication) take(fields []string) {
	if len(fields) == 0 {
		return
	}
	method, result, ok := strings.Cut(strings.ToLower(fields[0]), "=")
	method, _, _ = strings.Cut(method, "/")
	if !ok {
		return
	}
	r := Result{Method: method, Result: result}
	for _, f := range fields[1:] {
		name, v, _ := strings.Cut(f, "=")
		switch strings.ToLower(name) {
		case "header.d", "header.i", "header.from", "smtp.mailfrom":
			if r.Domain == "" || strings.EqualFold(name, "header.d") {
				v = strings.Trim(strings.ToLower(v), `"<>`)
				r.Domain = v[strings.LastIndexByte(v, '@')+1:]
			}
		}
	}
	a.Results = append(a.Results, r)
}

// uncommented takes out what is in round brackets.
func uncommented(s string) string {
	var b strings.Builder
	depth, quoted := 0, false
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' && depth == 0:
			quoted = !quoted
			b.WriteByte(c)
		case c == '(' && !quoted:
			depth++
		case c == ')' && depth > 0:
			depth--
		case depth == 0:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// Verdict says whether a mail is from the domain of the address that it names.
// DMARC decides where the server tried it; otherwise a signature of that very
// domain does, or of one above it.
func (a Authentication) Verdict(from Address) Verdict {
	_, domain, ok := strings.Cut(from.Key(), "@")
	if a.Server == "" || !ok {
		return VerdictNone
	}
	for _, r := range a.Results {
		if r.Method != "dmarc" || r.Result == "none" {
			continue
		}
		if r.Result == "pass" && aligned(domain, r.Domain) {
			return VerdictPass
		}
		return VerdictFail
	}
	for _, r := range a.Results {
		if (r.Method == "dkim" || r.Method == "spf") && r.Result == "pass" && aligned(domain, r.Domain) {
			return VerdictPass
		}
	}
	return VerdictFail
}

// aligned reports whether a domain is another or below it, label by label. What
// vouches for a single label, such as "com", vouches for nobody.
func aligned(domain, by string) bool {
	return domain == by || strings.Contains(by, ".") && strings.HasSuffix(domain, "."+by)
}

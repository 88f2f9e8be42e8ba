package profile

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/stoa-go/stoa/internal/errs"
)

// The built-in segments, which every actor has or lacks without a rule.
const (
	SegmentPublic   = "public"    // everybody
	SegmentSignedIn = "signed-in" // everybody who signed in
	SegmentStaff    = "staff"     // people of the company itself
)

// Prefixes of the segments that are built in for one person, one organisation
// and one role: "person:ann", "account:acme", "role:agent"; and of those that a
// capability gives for what somebody may do, see [Sight.With]: "may:cases.read".
const (
	SegmentPerson  = "person:"
	SegmentAccount = "account:"
	SegmentRole    = "role:"
	SegmentMay     = "may:"
)

// An Audience says who may see a piece of content: whoever fulfils any one of
// its terms. A term is the name of a segment, or several of them joined by "+",
// all of which are needed: "partner", "signed-in+region-eu". The empty Audience
// is nobody: what nobody has opened stays closed.
//
// An Audience is canonical: sorted, without doubles, without terms that another
// term makes superfluous. Make one with [NewAudience] or [ParseAudience].
type Audience []string

// Public is the audience that includes everybody.
func Public() Audience { return Audience{SegmentPublic} }

// Limits of an audience.
const (
	MaxTerms     = 256  // terms of one that somebody writes
	MaxEffective = 1024 // terms of one that [Audience.And] makes, or that was stored

	maxParts = 8   // in one term
	maxTerm  = 255 // bytes
)

// NewAudience returns the canonical audience of the terms, which must be valid.
// It is for literals in programs; text from outside goes through [ParseAudience].
func NewAudience(terms ...string) Audience {
	a, err := ParseAudience(terms)
	if err != nil {
		panic(err)
	}
	return a
}

// ParseAudience returns the canonical audience of terms as somebody wrote them,
// or an error that matches ErrInvalid.
func ParseAudience(terms []string) (Audience, error) {
	return parseAudience(terms, limits{MaxTerms, maxParts, maxTerm})
}

type limits struct{ terms, parts, bytes int }

func parseAudience(terms []string, max limits) (Audience, error) {
	out, err := parseTerms(terms, max)
	if err != nil {
		return nil, err
	}
	return out.canonical(), nil
}

// parseTerms returns the audience of terms, which is not canonical yet.
func parseTerms(terms []string, max limits) (Audience, error) {
	if len(terms) > max.terms {
		return nil, errs.Field("audience", "error.audience.too_many", map[string]any{"max": max.terms})
	}
	out := make(Audience, 0, len(terms))
	for _, t := range terms {
		term, err := parseTerm(t, max)
		if err != nil {
			return nil, err
		}
		out = append(out, term)
	}
	return out, nil
}

func parseTerm(text string, max limits) (string, error) {
	parts := strings.Split(strings.TrimSpace(text), "+")
	if len(parts) > max.parts || len(text) > max.bytes {
		return "", errs.Field("audience", "error.audience.bad_term", map[string]any{"term": clip(text)})
	}
	for i, p := range parts {
		parts[i] = strings.TrimSpace(p)
		if !validSegment(parts[i]) {
			return "", errs.Field("audience", "error.audience.bad_term", map[string]any{"term": clip(text)})
		}
	}
	return joinTerm(parts), nil
}

// validSegment reports whether name can be written as a part of a term: lower
// case, and after one colon what ids are made of. Nothing else gets into a
// [Sight], so that no name can be taken for two, or for a compound term.
func validSegment(name string) bool {
	if len(name) > maxTerm {
		return false
	}
	kind, rest, hasRest := strings.Cut(name, ":")
	if kind == "" || !alphanumeric(kind[0], false) || !made(kind, "_.-", false) {
		return false
	}
	return !hasRest || rest != "" && made(rest, "_.-@=", true)
}

// made reports whether s consists of letters, digits and the bytes in extra.
func made(s, extra string, upper bool) bool {
	for i := range len(s) {
		if !alphanumeric(s[i], upper) && strings.IndexByte(extra, s[i]) < 0 {
			return false
		}
	}
	return true
}

func alphanumeric(c byte, upper bool) bool {
	return 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || upper && 'A' <= c && c <= 'Z'
}

func clip(s string) string { return clipTo(s, 40) }

// clipTo cuts a text from outside to some bytes.
func clipTo(s string, most int) string {
	if len(s) > most {
		return strings.ToValidUTF8(s[:most], "") + "…"
	}
	return strings.ToValidUTF8(s, "")
}

// joinTerm sorts the parts and drops doubles and "public", which adds nothing
// to a conjunction.
func joinTerm(parts []string) string {
	parts = slices.Clone(parts)
	slices.Sort(parts)
	parts = slices.Compact(parts)
	if len(parts) > 1 {
		parts = slices.DeleteFunc(parts, func(p string) bool { return p == SegmentPublic })
	}
	return strings.Join(parts, "+")
}

// canonical sorts a and drops every term that another one includes: whoever
// fulfils "a+b" fulfils "a" already.
func (a Audience) canonical() Audience {
	if a.IsPublic() {
		return Public()
	}
	slices.Sort(a)
	a = slices.Compact(a)
	all := a.parts()
	out := make(Audience, 0, len(a))
	for i, t := range a {
		if !all.implies(strings.Split(t, "+"), i) {
			out = append(out, t)
		}
	}
	return out
}

// A termSet finds the terms that ask for no more than another does. Their first
// parts lead to them, so that not each has to be compared with each.
type termSet struct {
	terms   [][]string
	byFirst map[string][]int
}

func (a Audience) parts() termSet {
	s := termSet{terms: make([][]string, len(a)), byFirst: make(map[string][]int, len(a))}
	for i, t := range a {
		s.terms[i] = strings.Split(t, "+")
		s.byFirst[s.terms[i][0]] = append(s.byFirst[s.terms[i][0]], i)
	}
	return s
}

// implies reports whether whoever has the parts fulfils a term of s other than
// the one at except.
func (s termSet) implies(parts []string, except int) bool {
	for _, p := range parts {
		for _, i := range s.byFirst[p] {
			if i != except && subset(s.terms[i], parts) {
				return true
			}
		}
	}
	return false
}

// subset reports whether all of a are in b.
func subset(a, b []string) bool {
	if len(a) > len(b) {
		return false
	}
	for _, s := range a {
		if !slices.Contains(b, s) {
			return false
		}
	}
	return true
}

// And returns the audience of those who belong to both a and b. It is how an
// article is never seen more widely than the category it stands in. Where that
// takes more than [MaxEffective] terms, it is nobody: what no index can keep
// stays closed.
func (a Audience) And(b Audience) Audience {
	if a.IsPublic() {
		return slices.Clone(b)
	}
	if b.IsPublic() {
		return slices.Clone(a)
	}
	// A term that asks for all that one of the other side does stands for
	// itself. Only the rest multiplies.
	out, restA := a.within(b)
	both, restB := b.within(a)
	out = append(out, both...)
	if len(restA)*len(restB) > maxProduct {
		return Audience{}
	}
	for _, t := range restA {
		for _, u := range restB {
			out = append(out, joinTerm(append(strings.Split(t, "+"), strings.Split(u, "+")...)))
		}
	}
	if out = out.canonical(); len(out) > MaxEffective {
		return Audience{}
	}
	return out
}

// maxProduct bounds what is multiplied before it is known how much of it is
// superfluous.
const maxProduct = 16 * MaxEffective

// within returns the terms of a whose people are all in b, and the others.
func (a Audience) within(b Audience) (inside, rest Audience) {
	all := b.parts()
	for _, t := range a {
		if all.implies(strings.Split(t, "+"), -1) {
			inside = append(inside, t)
		} else {
			rest = append(rest, t)
		}
	}
	return inside, rest
}

// Nobody reports whether a includes no one at all.
func (a Audience) Nobody() bool { return len(a) == 0 }

// IsPublic reports whether a includes everybody.
func (a Audience) IsPublic() bool { return slices.Contains(a, SegmentPublic) }

// String returns the terms joined by ", ".
func (a Audience) String() string { return strings.Join(a, ", ") }

// maxStoredTerm bounds a term as it was stored, in bytes: that of an
// intersection is longer than anybody writes.
const maxStoredTerm = 4096

// UnmarshalJSON reads a list of terms as they were stored. They must be valid; that they are canonical is taken on trust, so
// give text from outside to [ParseAudience].
func (a *Audience) UnmarshalJSON(data []byte) error {
	var terms []string
	if err := json.Unmarshal(data, &terms); err != nil {
		return fmt.Errorf("audience: %w", errs.Invalid)
	}
	parsed, err := parseTerms(terms, limits{MaxEffective, maxStoredTerm, maxStoredTerm})
	if err != nil {
		return err
	}
	*a = parsed
	return nil
}

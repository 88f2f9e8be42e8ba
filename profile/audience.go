package profile

import (
	"encoding/json"
	"fmt"
	"regexp"
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
// and one role: "person:ann", "account:acme", "role:agent".
const (
	SegmentPerson  = "person:"
	SegmentAccount = "account:"
	SegmentRole    = "role:"
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

const (
	maxTerms = 64  // in one audience
	maxParts = 8   // in one term
	maxTerm  = 255 // bytes
)

var segmentName = regexp.MustCompile(`^[a-z0-9][a-z0-9_.-]*(:[A-Za-z0-9_.@=-]+)?$`)

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
	if len(terms) > maxTerms {
		return nil, errs.Field("audience", "error.audience.too_many", map[string]any{"max": maxTerms})
	}
	out := make(Audience, 0, len(terms))
	for _, t := range terms {
		term, err := parseTerm(t)
		if err != nil {
			return nil, err
		}
		out = append(out, term)
	}
	return out.canonical(), nil
}

func parseTerm(text string) (string, error) {
	parts := strings.Split(strings.TrimSpace(text), "+")
	if len(parts) > maxParts || len(text) > maxTerm {
		return "", errs.Field("audience", "error.audience.bad_term", map[string]any{"term": clip(text)})
	}
	for i, p := range parts {
		parts[i] = strings.TrimSpace(p)
		if !segmentName.MatchString(parts[i]) {
			return "", errs.Field("audience", "error.audience.bad_term", map[string]any{"term": clip(text)})
		}
	}
	return joinTerm(parts), nil
}

func clip(s string) string {
	if len(s) > 40 {
		return strings.ToValidUTF8(s[:40], "") + "…"
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
	slices.Sort(a)
	a = slices.Compact(a)
	out := make(Audience, 0, len(a))
	for i, t := range a {
		absorbed := false
		for j, u := range a {
			if i != j && includes(u, t) {
				absorbed = true
				break
			}
		}
		if !absorbed {
			out = append(out, t)
		}
	}
	return out
}

// includes reports whether everybody who fulfils term t fulfils term u.
func includes(u, t string) bool {
	if u == SegmentPublic {
		return true
	}
	have := strings.Split(t, "+")
	for p := range strings.SplitSeq(u, "+") {
		if !slices.Contains(have, p) {
			return false
		}
	}
	return true
}

// And returns the audience of those who belong to both a and b. It is how an
// article is never seen more widely than the category it stands in.
func (a Audience) And(b Audience) Audience {
	out := make(Audience, 0, len(a)*len(b))
	for _, t := range a {
		for _, u := range b {
			out = append(out, joinTerm(append(strings.Split(t, "+"), strings.Split(u, "+")...)))
		}
	}
	return out.canonical()
}

// Nobody reports whether a includes no one at all.
func (a Audience) Nobody() bool { return len(a) == 0 }

// IsPublic reports whether a includes everybody.
func (a Audience) IsPublic() bool { return slices.Contains(a, SegmentPublic) }

// String returns the terms joined by ", ".
func (a Audience) String() string { return strings.Join(a, ", ") }

// UnmarshalJSON reads a list of terms, which must be valid.
func (a *Audience) UnmarshalJSON(data []byte) error {
	var terms []string
	if err := json.Unmarshal(data, &terms); err != nil {
		return fmt.Errorf("audience: %w", errs.Invalid)
	}
	parsed, err := ParseAudience(terms)
	if err != nil {
		return err
	}
	*a = parsed
	return nil
}

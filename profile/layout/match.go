package layout

import (
	"slices"

	"github.com/stoa-go/stoa/internal/errs"
)

// A Match says whom something is meant for, by segments: those that open
// content and those that people declare or bring about alike. It is no right:
// for that there is an audience. The zero Match is everybody.
type Match struct {
	Any  []string `json:"any,omitempty" doc:"Segments of which one is needed; none means everybody."`
	All  []string `json:"all,omitempty" doc:"Segments that are all needed."`
	None []string `json:"none,omitempty" doc:"Segments of which none may be there."`
}

// Everybody reports whether m leaves nobody out.
func (m Match) Everybody() bool { return len(m.Any)+len(m.All)+len(m.None) == 0 }

// meets reports whether somebody of the segments, which are sorted, is meant.
func (m Match) meets(segments []string) bool {
	in := func(name string) bool { _, ok := slices.BinarySearch(segments, name); return ok }
	if slices.ContainsFunc(m.None, in) || len(m.Any) > 0 && !slices.ContainsFunc(m.Any, in) {
		return false
	}
	return !slices.ContainsFunc(m.All, func(name string) bool { return !in(name) })
}

// names returns the segments that m asks for.
func (m Match) names() []string { return slices.Concat(m.Any, m.All, m.None) }

func (m Match) clone() Match {
	return Match{Any: slices.Clone(m.Any), All: slices.Clone(m.All), None: slices.Clone(m.None)}
}

func (m Match) check(at string, f errs.Fields) {
	checkSegments(at+".any", m.Any, f)
	checkSegments(at+".all", m.All, f)
	checkSegments(at+".none", m.None, f)
}

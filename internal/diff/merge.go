package diff

import "strings"

// Merge joins two changes of one text, line by line. It reports whether both
// could be kept: they must not change the same lines, or lines next to each
// other.
func Merge(base, mine, theirs string) (merged string, ok bool) {
	if mine == theirs {
		return mine, true
	}
	old, a, b := lines(base), lines(mine), lines(theirs)
	ours, others := changes(old, a), changes(old, b)
	var out strings.Builder
	at := 0
	for len(ours) > 0 || len(others) > 0 {
		next, from, list := first(ours, others, a, b)
		if len(ours) > 0 && len(others) > 0 && touches(ours[0], others[0]) {
			if !alike(ours[0], others[0], a, b) {
				return "", false
			}
			ours, others = ours[1:], others[1:]
		} else {
			*list(&ours, &others) = (*list(&ours, &others))[1:]
		}
		out.WriteString(strings.Join(old[at:next.a0], ""))
		out.WriteString(strings.Join(from[next.b0:next.b1], ""))
		at = next.a1
	}
	out.WriteString(strings.Join(old[at:], ""))
	return out.String(), true
}

// changes returns the parts that differ.
func changes(a, b []string) []hunk {
	var out []hunk
	for _, h := range hunks(a, b) {
		if !h.same() {
			out = append(out, h)
		}
	}
	return out
}

// first returns the change that comes first, the text it is from, and which of
// the lists it is taken from.
func first(ours, others []hunk, a, b []string) (hunk, []string, func(x, y *[]hunk) *[]hunk) {
	if len(others) == 0 || len(ours) > 0 && ours[0].a0 <= others[0].a0 {
		return ours[0], a, func(x, _ *[]hunk) *[]hunk { return x }
	}
	return others[0], b, func(_, y *[]hunk) *[]hunk { return y }
}

// touches reports whether two changes are of the same lines, or of neighbours.
func touches(x, y hunk) bool { return x.a0 <= y.a1 && y.a0 <= x.a1 }

// alike reports whether two changes are the same.
func alike(x, y hunk, a, b []string) bool {
	return x.a0 == y.a0 && x.a1 == y.a1 && strings.Join(a[x.b0:x.b1], "") == strings.Join(b[y.b0:y.b1], "")
}

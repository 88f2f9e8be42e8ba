package profile

import (
	"slices"
	"strconv"
	"strings"
)

// A Sight is the one predicate that decides what an actor may see, compiled for
// each place that has to decide it: [Sight.Admits] in Go, [Sight.Where] in SQL,
// [Sight.Terms] in a search index. Nothing else in the library compares an actor
// with an audience.
type Sight struct {
	segments []string // sorted, with the built-in ones
}

// Sight returns what a may see. Names that could not be written in an audience
// count for nothing, wherever the host took them from.
func (a Actor) Sight() Sight {
	s := make([]string, 0, len(a.Segments)+len(a.Roles)+5)
	s = append(s, SegmentPublic)
	if !a.Anonymous() {
		s = a.builtIn(s)
	}
	for _, name := range a.Segments {
		if !reserved(name) {
			s = append(s, name)
		}
	}
	s = slices.DeleteFunc(s, func(name string) bool { return !validSegment(name) })
	slices.Sort(s)
	return Sight{segments: slices.Compact(s)}
}

// With returns a sight that also sees what is meant for some names, which begin
// with [SegmentMay]: what a capability lets somebody see for what they may do, or
// work on. No rule can grant them. Other names count for nothing.
func (s Sight) With(names ...string) Sight {
	out := Sight{segments: slices.Clone(s.segments)}
	for _, name := range names {
		if strings.HasPrefix(name, SegmentMay) && validSegment(name) {
			out.segments = append(out.segments, name)
		}
	}
	slices.Sort(out.segments)
	out.segments = slices.Compact(out.segments)
	return out
}

// builtIn adds the segments that a has for being who a is.
func (a Actor) builtIn(s []string) []string {
	s = append(s, SegmentSignedIn, SegmentPerson+a.ID)
	if a.Account != "" {
		s = append(s, SegmentAccount+a.Account)
	}
	for _, r := range a.Roles {
		s = append(s, SegmentRole+string(r))
	}
	if a.Staff() {
		s = append(s, SegmentStaff)
	}
	return s
}

// reserved reports whether a name is a built-in segment's, which no rule may
// grant.
func reserved(name string) bool {
	switch name {
	case SegmentPublic, SegmentSignedIn, SegmentStaff:
		return true
	}
	return strings.HasPrefix(name, SegmentPerson) || strings.HasPrefix(name, SegmentAccount) ||
		strings.HasPrefix(name, SegmentRole) || strings.HasPrefix(name, SegmentMay)
}

// Segments returns the names of everything the actor fulfils, sorted.
func (s Sight) Segments() []string { return slices.Clone(s.segments) }

// Key returns a text that is equal for sights that see the same, for caches.
func (s Sight) Key() string { return strings.Join(s.segments, "\n") }

// Admits reports whether the actor belongs to audience.
func (s Sight) Admits(audience Audience) bool {
	return slices.ContainsFunc(audience, s.fulfils)
}

func (s Sight) fulfils(term string) bool {
	for part := range strings.SplitSeq(term, "+") {
		if _, ok := slices.BinarySearch(s.segments, part); !ok {
			return false
		}
	}
	return term != ""
}

// Terms returns the terms that an index may contain and that the actor
// fulfils: every segment, and of compound (the terms with "+" that the index
// has) those whose parts the actor has all of. A document is visible if its
// audience contains any of them.
func (s Sight) Terms(compound []string) []string {
	out := slices.Clone(s.segments)
	for _, t := range compound {
		if strings.Contains(t, "+") && s.fulfils(t) {
			out = append(out, t)
		}
	}
	return out
}

// Where returns the SQL condition, for PostgreSQL and SQLite alike, that the
// row with the given key is visible. table keeps one row for each part of each
// term (see [Audience.Rows]): its columns are ref, term, parts and segment. key
// is the expression that ref is compared with, and first the number of the
// first placeholder; args go with the placeholders.
func (s Sight) Where(table, key string, first int) (cond string, args []any) {
	var b strings.Builder
	b.WriteString("exists (select 1 from " + table + " sight where sight.ref = " + key + " and sight.segment in (")
	for i, seg := range s.segments {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString("$" + strconv.Itoa(first+i))
		args = append(args, seg)
	}
	b.WriteString(") group by sight.term, sight.parts having count(*) = sight.parts)")
	return b.String(), args
}

// An AudienceRow is one part of one term of an audience, as SQL stores keep it.
type AudienceRow struct {
	Term    string // the whole term
	Parts   int    // how many parts it has
	Segment string // one of them
}

// Rows returns a as rows for the table that [Sight.Where] reads.
func (a Audience) Rows() []AudienceRow {
	var rows []AudienceRow
	for _, t := range a {
		parts := strings.Split(t, "+")
		for _, p := range parts {
			rows = append(rows, AudienceRow{Term: t, Parts: len(parts), Segment: p})
		}
	}
	return rows
}

package kb

import (
	"cmp"
	"maps"
	"slices"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/profile"
)

// maxDepth bounds how deep categories may be nested.
const maxDepth = 8

// A forest is all categories with what follows from their places. It is
// immutable: a change makes a new one. It takes whatever a store holds: what
// stands under nothing, or in a circle, is seen by nobody.
type forest struct {
	byID     map[string]Category
	order    []string                    // IDs, sorted
	children map[string][]string         // by parent, ordered
	audience map[string]profile.Audience // effective: own and all above
	bySlug   map[string]string           // slug to ID
	stamp    string                      // of the store, as of when they were read
}

func newForest(categories []Category, stamp string) *forest {
	f := &forest{
		byID: make(map[string]Category, len(categories)), children: map[string][]string{},
		audience: make(map[string]profile.Audience, len(categories)), bySlug: map[string]string{}, stamp: stamp,
	}
	sorted := slices.SortedFunc(slices.Values(categories), func(a, b Category) int {
		return cmp.Or(cmp.Compare(a.Order, b.Order), cmp.Compare(a.ID, b.ID))
	})
	for _, c := range sorted {
		f.byID[c.ID] = c
		f.children[c.Parent] = append(f.children[c.Parent], c.ID)
		for _, slug := range c.slugs() {
			f.bySlug[slug] = c.ID
		}
	}
	f.order = slices.Sorted(maps.Keys(f.byID))
	for _, id := range f.order {
		f.audience[id] = f.effective(id)
	}
	return f
}

// with returns the forest as it would be with c in it.
func (f *forest) with(c Category) *forest {
	all := maps.Clone(f.byID)
	all[c.ID] = c
	return newForest(slices.Collect(maps.Values(all)), f.stamp)
}

// effective returns the audience of a category within those above it. A
// category whose parent is missing, or that stands under itself, is nobody's.
func (f *forest) effective(id string) profile.Audience {
	audience := profile.Public()
	for depth := 0; id != ""; depth++ {
		c, ok := f.byID[id]
		if !ok || depth >= maxDepth {
			return nil
		}
		audience, id = audience.And(c.Audience), c.Parent
	}
	return audience
}

// tooMany reports whether it takes more terms than can be kept to say who is in
// both audiences.
func tooMany(a, b profile.Audience) bool {
	return !a.Nobody() && !b.Nobody() && a.And(b).Nobody()
}

// checkEffective notes that an audience is too much within that of a category,
// where it is.
func (f *forest) checkEffective(fields errs.Fields, category string, audience profile.Audience) {
	if tooMany(audience, f.audience[category]) {
		fields.Add("audience", "error.audience.too_many", map[string]any{"max": profile.MaxEffective})
	}
}

// visible returns the IDs of the categories that sight admits, in order.
func (f *forest) visible(sight profile.Sight) []string {
	out := []string{}
	for _, id := range f.order {
		if sight.Admits(f.audience[id]) {
			out = append(out, id)
		}
	}
	return out
}

// path returns the categories from the top down to id.
func (f *forest) path(id string) []Category {
	var out []Category
	for id != "" && len(out) < maxDepth {
		c, ok := f.byID[id]
		if !ok {
			break
		}
		out, id = append(out, c), c.Parent
	}
	slices.Reverse(out)
	return out
}

// below returns id and all categories under it.
func (f *forest) below(id string) []string {
	out, seen := []string{id}, map[string]bool{id: true}
	for i := 0; i < len(out); i++ {
		for _, child := range f.children[out[i]] {
			if !seen[child] {
				seen[child] = true
				out = append(out, child)
			}
		}
	}
	return out
}

// wouldLoop reports whether putting id under parent makes a circle, or a tree
// deeper than allowed.
func (f *forest) wouldLoop(id, parent string) bool {
	above := 0
	for p := parent; p != ""; p = f.byID[p].Parent {
		if above++; p == id || above >= maxDepth {
			return true
		}
	}
	return above+f.height(id, id, maxDepth) > maxDepth
}

// height returns how many levels there are from id down, at most one more than
// limit. A circle leads back to top, which is about to leave it.
func (f *forest) height(id, top string, limit int) int {
	if limit == 0 {
		return 1
	}
	tallest := 0
	for _, child := range f.children[id] {
		if child != top {
			tallest = max(tallest, f.height(child, top, limit-1))
		}
	}
	return tallest + 1
}

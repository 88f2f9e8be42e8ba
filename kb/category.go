package kb

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/stoa-go/stoa/profile"
)

// A Category is a place for articles. Categories form trees.
type Category struct {
	ID        string
	Parent    string           // ID of the category above, empty at the top
	Order     int              // position among its siblings, low first
	Audience  profile.Audience // who may see it, within the audience of its parent
	Icon      string           // name of a drawing, for pages
	Labels    map[string]Label // by language
	Source    string           // language of the label used where there is none
	External  string           // name in the system it was imported from, or empty
	UpdatedAt time.Time
	Version   int
}

// A Label names a category in one language.
type Label struct {
	Title       string
	Slug        string // unique within the language
	Description string
}

// clone returns a copy that shares nothing with c.
func (c Category) clone() Category {
	c.Audience = slices.Clone(c.Audience)
	c.Labels = maps.Clone(c.Labels)
	return c
}

// maxDepth bounds how deep categories may be nested.
const maxDepth = 8

// A forest is all categories with what follows from their places. It is
// immutable: a change makes a new one.
type forest struct {
	byID     map[string]Category
	children map[string][]string         // by parent, ordered
	audience map[string]profile.Audience // effective: own and all above
	bySlug   map[string]string           // "locale/slug" to ID
}

func newForest(categories []Category) *forest {
	f := &forest{
		byID: make(map[string]Category, len(categories)), children: map[string][]string{},
		audience: make(map[string]profile.Audience, len(categories)), bySlug: map[string]string{},
	}
	sorted := slices.SortedFunc(slices.Values(categories), func(a, b Category) int {
		return cmp.Or(cmp.Compare(a.Order, b.Order), cmp.Compare(a.ID, b.ID))
	})
	for _, c := range sorted {
		f.byID[c.ID] = c
		for locale, l := range c.Labels {
			f.bySlug[locale+"/"+l.Slug] = c.ID
		}
	}
	for _, c := range sorted {
		f.children[c.Parent] = append(f.children[c.Parent], c.ID)
		f.audience[c.ID] = f.effective(c.ID)
	}
	return f
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

// visible returns the IDs of the categories that sight admits, in order.
func (f *forest) visible(sight profile.Sight) []string {
	var out []string
	for _, id := range slices.Sorted(maps.Keys(f.byID)) {
		if sight.Admits(f.audience[id]) {
			out = append(out, id)
		}
	}
	return out
}

// path returns the categories from the top down to id.
func (f *forest) path(id string) []Category {
	var out []Category
	for depth := 0; id != "" && depth < maxDepth; depth++ {
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
	out := []string{id}
	for i := 0; i < len(out); i++ {
		out = append(out, f.children[out[i]]...)
	}
	return out
}

// wouldLoop reports whether putting id under parent makes a circle, or a tree
// deeper than allowed.
func (f *forest) wouldLoop(id, parent string) bool {
	depth := 1
	for p := parent; p != ""; depth++ {
		if p == id || depth > maxDepth {
			return true
		}
		p = f.byID[p].Parent
	}
	return depth-1+f.height(id) > maxDepth
}

func (f *forest) height(id string) int {
	tallest := 0
	for _, child := range f.children[id] {
		tallest = max(tallest, f.height(child))
	}
	return tallest + 1
}

// makeWay gives c other slugs in place of those that another category has.
func (f *forest) makeWay(c *Category) {
	for locale, label := range c.Labels {
		base := slugFor(cmp.Or(label.Slug, label.Title), c.ID)
		label.Slug = base
		for n := 2; ; n++ {
			if holder, ok := f.bySlug[locale+"/"+label.Slug]; !ok || holder == c.ID {
				break
			}
			label.Slug = base + "-" + strconv.Itoa(n)
		}
		c.Labels[locale] = label
	}
}

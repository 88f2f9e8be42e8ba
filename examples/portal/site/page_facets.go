package site

import (
	"context"
	"slices"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search"
)

// A facet is one thing to narrow results by.
type facet struct {
	Name    string
	Choices []choice
	More    []choice // shown when asked for
}

// A choice is one value of a facet.
type choice struct {
	Value  string
	Label  string
	Count  int
	Active bool
	Deep   bool   // it stands under the one before
	Href   string // address with the choice toggled
}

const (
	facetShort = 7  // choices shown at once
	facetLong  = 30 // and at most
)

// A narrowing makes one facet of a page of results.
type narrowing struct {
	s      *Site
	p      *page
	name   string
	active []string            // values in force
	places map[string]kb.Place // categories that the reader sees
}

// facet returns the choices that counts allow. What would leave all results
// where they are is no choice.
func (n narrowing) facet(counts []search.FacetCount, total int) facet {
	f := facet{Name: n.name}
	if n.name == "category" {
		counts = n.tree(counts)
	}
	if len(counts) == 1 && counts[0].Count == total && len(n.active) == 0 {
		return f
	}
	for _, c := range counts[:min(len(counts), facetLong)] {
		f.Choices = append(f.Choices, n.choice(c.Value, c.Count))
	}
	if len(f.Choices) > facetShort+1 && !slices.ContainsFunc(f.Choices[facetShort:], func(c choice) bool { return c.Active }) {
		f.Choices, f.More = f.Choices[:facetShort:facetShort], f.Choices[facetShort:]
	}
	return f
}

// inForce returns the values in force, whether anything is found with them or
// not, each with the address without it.
func (n narrowing) inForce() []choice {
	out := make([]choice, len(n.active))
	for i, value := range n.active {
		out[i] = n.choice(value, 0)
	}
	return out
}

func (n narrowing) choice(value string, count int) choice {
	return choice{
		Value: value, Label: n.label(value), Count: count, Active: slices.Contains(n.active, value),
		Deep: n.name == "category" && n.places[value].Parent != "", Href: n.toggled(value),
	}
}

// tree orders categories as a tree of which only the branch of what was chosen
// is open, or the list would be longer than most results.
func (n narrowing) tree(counts []search.FacetCount) []search.FacetCount {
	open := map[string]bool{"": true}
	for _, id := range n.active {
		for ; id != ""; id = n.places[id].Parent {
			open[id] = true
		}
	}
	below := map[string][]search.FacetCount{}
	for _, c := range counts {
		parent := n.places[c.Value].Parent
		below[parent] = append(below[parent], c)
	}
	var out []search.FacetCount
	var walk func(string)
	walk = func(parent string) {
		for _, c := range below[parent] {
			out = append(out, c)
			if open[c.Value] {
				walk(c.Value)
			}
		}
	}
	walk("")
	return out
}

// toggled returns the page's address with a value added, or taken away. There
// is one category at a time: those above and below would say the same.
func (n narrowing) toggled(value string) string {
	values := slices.DeleteFunc(slices.Clone(n.p.Query[n.name]), func(v string) bool { return v == value })
	switch {
	case slices.Contains(n.active, value):
	case n.name == "category":
		values = []string{value}
	default:
		values = append(values, value)
	}
	clone, v := *n.p, *n.p.visit
	clone.visit = &v
	clone.Query = map[string][]string{}
	for k, old := range n.p.Query {
		clone.Query[k] = old
	}
	if clone.Query[n.name] = values; len(values) == 0 {
		clone.Query.Del(n.name)
	}
	return clone.With()
}

func (n narrowing) label(value string) string {
	switch n.name {
	case "language":
		return i18n.Locale(value).Name(n.p.Locale)
	case "category":
		if place, ok := n.places[value]; ok {
			return place.Title
		}
	case "kind":
		return n.s.kindName(n.p.Locale, value)
	case "product":
		return n.s.productName(value)
	}
	return value
}

// placesByID returns the categories that by may see.
func (s *Site) placesByID(ctx context.Context, by profile.Actor, locale i18n.Locale) (map[string]kb.Place, error) {
	tree, err := s.library.Categories(ctx, by, string(locale))
	places := map[string]kb.Place{}
	var walk func([]kb.Place)
	walk = func(list []kb.Place) {
		for _, p := range list {
			places[p.ID] = p
			walk(p.Children)
		}
	}
	walk(tree)
	return places, err
}

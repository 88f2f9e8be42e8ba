package kb

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

func (im *importing) categories(ctx context.Context) error {
	for _, c := range im.allCategories() {
		err := errors.New("a category has no id")
		if c.External != "" {
			if err = im.category(ctx, c); err != nil && serious(err) {
				return err
			}
		}
		if err != nil {
			im.problem(Item{File: strings.TrimSpace("category " + c.External)}, err)
		}
	}
	return nil
}

// categoryID returns the ID of a category of the bundle.
func (im *importing) categoryID(external string) string {
	return im.id("category", cmp.Or(external, "general"))
}

// allCategories returns the bundle's categories, parents first, and one for
// each that items stand in and that is not among them.
func (im *importing) allCategories() []CategoryItem {
	known := map[string]bool{}
	all := im.sortedCategories()
	for _, c := range all {
		known[c.External] = true
	}
	for _, item := range im.b.Items {
		name := cmp.Or(item.Category, "general")
		if known[name] {
			continue
		}
		known[name] = true
		title := humanise(name)
		all = append(all, CategoryItem{
			External: name, Order: 10 * (len(all) + 1), Audience: im.opts.Audience,
			Labels: map[string]Label{im.opts.Source: {Title: title, Slug: slugFor(name, im.id("category", name))}},
		})
	}
	return all
}

func (im *importing) sortedCategories() []CategoryItem {
	var out []CategoryItem
	placed := map[string]bool{"": true}
	rest := slices.Clone(im.b.Categories)
	for len(rest) > 0 {
		before := len(rest)
		rest = slices.DeleteFunc(rest, func(c CategoryItem) bool {
			if !placed[c.Parent] {
				return false
			}
			placed[c.External] = true
			out = append(out, c)
			return true
		})
		if len(rest) == before {
			return append(out, rest...) // their parents are missing: saving them says so
		}
	}
	return out
}

// humanise makes a title from a name: "trouble-signing-in" is "Trouble signing in".
func humanise(name string) string {
	s := strings.Join(strings.FieldsFunc(name, func(r rune) bool { return r == '-' || r == '_' || r == '/' }), " ")
	first, size := utf8.DecodeRuneInString(s)
	if s == "" {
		return name
	}
	return string(unicode.ToUpper(first)) + s[size:]
}

func (im *importing) category(ctx context.Context, item CategoryItem) error {
	f, err := im.l.categories(ctx)
	if err != nil {
		return err
	}
	old := f.byID[im.categoryID(item.External)]
	c := Category{
		ID: im.categoryID(item.External), Order: item.Order, Audience: item.Audience, Icon: item.Icon,
		Labels: maps.Clone(item.Labels), External: item.External, Version: old.Version,
	}
	if item.Parent != "" {
		c.Parent = im.categoryID(item.Parent)
	}
	f.makeWay(&c)
	if err := c.prepare(f, im.opts.Source); err != nil {
		return err
	}
	if old.Version > 0 && old.same(c) {
		return nil
	}
	if _, err := im.l.saveCategory(ctx, im.by, c); err != nil {
		return err
	}
	im.report.Categories++
	return nil
}

// makeWay gives c other slugs in place of those that another category has.
func (f *forest) makeWay(c *Category) {
	for locale, label := range c.Labels {
		base := slugFor(cmp.Or(label.Slug, label.Title), c.ID)
		label.Slug = base
		for n := 2; ; n++ {
			if holder, ok := f.bySlug[label.Slug]; !ok || holder == c.ID {
				break
			}
			label.Slug = base + "-" + strconv.Itoa(n)
		}
		c.Labels[locale] = label
	}
}

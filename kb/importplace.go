package kb

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

func (im *importing) categories(ctx context.Context) error {
	all, named := im.allCategories()
	for i, c := range all {
		err := errors.New("a category has no id")
		if c.External != "" {
			if err = im.category(ctx, c, i < named); err != nil && serious(err) {
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

// allCategories returns the bundle's categories, parents first, and how many
// they are; after them comes one for each that items stand in and that is not
// among them.
func (im *importing) allCategories() (all []CategoryItem, named int) {
	known := map[string]bool{}
	all = im.sortedCategories()
	named = len(all)
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
			External: name, Order: 10 * (len(all) + 1),
			Labels: map[string]Label{im.opts.Source: {Title: title, Slug: slugFor(name, im.id("category", name))}},
		})
	}
	return all, named
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

// category imports one category. One that is named nowhere is made once, and
// then whoever arranges the library may do with it as they like.
func (im *importing) category(ctx context.Context, item CategoryItem, named bool) error {
	f, err := im.l.categories(ctx)
	if err != nil {
		return err
	}
	old := f.byID[im.categoryID(item.External)]
	switch {
	case old.Version > 0 && (!named || item.Keep):
		return nil
	case old.Version > 0 && item.Audience == nil:
		item.Audience = old.Audience
	case item.Audience == nil:
		item.Audience = im.opts.Audience
	}
	c := Category{
		ID: im.categoryID(item.External), Order: item.Order, Audience: item.Audience, Icon: item.Icon,
		Labels: im.labels(item.Labels), External: im.external(item.External), Version: old.Version,
	}
	if im.own {
		c.External = old.External
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

package kb

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/idem"
	"github.com/stoa-go/stoa/profile"
)

// MaxLabels is how many languages a category can have labels in.
const MaxLabels = 100

// SaveCategory creates a category (version 0) or changes one whose version is
// as it was read. An empty ID is made from the label. Saving the same again,
// because the answer was lost, saves it once.
func (l *Library) SaveCategory(ctx context.Context, by profile.Actor, c Category) (Category, error) {
	if !l.policy.May(by, profile.PermissionContentOrganise) {
		return Category{}, fmt.Errorf("save category %s: %w", c.ID, ErrForbidden)
	}
	saved, err := l.saveCategory(ctx, by, c)
	if err != nil {
		return Category{}, fmt.Errorf("save category %s: %w", c.ID, err)
	}
	return saved, nil
}

func (l *Library) saveCategory(ctx context.Context, by profile.Actor, c Category) (saved Category, err error) {
	did := false
	for range 5 { // others may be changing other categories
		saved, did, err = l.tryCategory(ctx, c)
		if !errors.Is(err, errOthers) {
			break
		}
	}
	if err != nil || !did {
		return saved, err
	}
	l.record(ctx, by, analytics.Event{Name: "category.saved", Subject: "category/" + saved.ID, Props: map[string]string{"version": strconv.Itoa(saved.Version)}})
	return saved, nil
}

// errOthers is when any category has changed since all were read.
var errOthers = errs.Changed()

// tryCategory stores c, and reports whether it was not there already.
func (l *Library) tryCategory(ctx context.Context, c Category) (saved Category, did bool, err error) {
	f, err := l.categories(ctx)
	if err != nil {
		return Category{}, false, err
	}
	c = c.clone()
	if err := c.prepare(f, l.locales[0]); err != nil {
		return Category{}, false, err
	}
	old := f.byID[c.ID]
	if old.Version == c.Version+1 && old.same(c) {
		return old.clone(), false, nil
	}
	if c.Version != old.Version {
		return Category{}, false, errs.Changed()
	}
	if c.Parent != old.Parent || !slices.Equal(c.Audience, old.Audience) {
		if err := l.checkBelow(ctx, f.with(c), c.ID); err != nil {
			return Category{}, false, err
		}
	}
	if former := c.formerSlugs(old); len(former) > 0 {
		if err := l.store.SaveRedirects(ctx, former...); err != nil {
			return Category{}, false, err
		}
	}
	c.Version++
	c.UpdatedAt = l.clock()
	err = l.store.SaveCategory(ctx, c, f.stamp, f.below(c.ID))
	if errors.Is(err, ErrConflict) {
		err = errOthers
	}
	if err != nil {
		return Category{}, false, err
	}
	return c, true, nil
}

// formerSlug is where it is kept which category had a slug: under a path that is
// nobody's. What a category is called now comes first.
func formerSlug(slug string) string { return refPrefix + "category/" + slug }

// formerSlugs returns redirects for the slugs that c no longer has.
func (c Category) formerSlugs(old Category) (out []Redirect) {
	now := c.slugs()
	for _, slug := range old.slugs() {
		if !slices.Contains(now, slug) {
			out = append(out, Redirect{From: formerSlug(slug), To: "category/" + c.ID})
		}
	}
	return out
}

// checkBelow checks that who sees the articles in a category and below can
// still be said, in the forest as it will be.
func (l *Library) checkBelow(ctx context.Context, f *forest, id string) error {
	counts, err := l.store.CountArticles(ctx)
	if err != nil {
		return err
	}
	below, fields := f.below(id), errs.Fields{}
	for _, n := range counts {
		if slices.Contains(below, n.Category) {
			f.checkEffective(fields, n.Category, n.Audience)
		}
	}
	return fields.Err()
}

// categoryID matches what a category can be called in addresses of the API.
var categoryID = regexp.MustCompile(`^[\p{L}\p{N}][\p{L}\p{M}\p{N}._-]*$`)

// prepare checks c and puts it into its canonical form. Its source is, where it
// names none, the language given.
func (c *Category) prepare(f *forest, source string) error {
	fields := errs.Fields{}
	c.prepareLabels(fields, source)
	c.prepareID(f)
	c.prepareSlugs(fields, f)
	text(fields, "id", c.ID, 1, MaxName)
	if !categoryID.MatchString(c.ID) {
		fields.Add("id", "error.field.slug", nil)
	}
	text(fields, "icon", c.Icon, 0, MaxName)
	text(fields, "external", c.External, 0, maxExternal)
	position(fields, c.Order)
	c.Audience = checkAudience(fields, c.Audience)
	c.checkPlace(fields, f)
	return fields.Err()
}

func (c *Category) checkPlace(fields errs.Fields, f *forest) {
	if _, ok := f.byID[c.Parent]; c.Parent != "" && !ok {
		fields.Add("parent", "error.field.choice", map[string]any{"choices": ""})
		return
	}
	if f.wouldLoop(c.ID, c.Parent) {
		fields.Add("parent", "error.category.loop", map[string]any{"max": maxDepth})
		return
	}
	after := f.with(*c)
	for _, id := range after.below(c.ID) {
		if after.audience[id].Nobody() && !after.closed(id) {
			fields.Add("audience", "error.audience.too_many", map[string]any{"max": profile.MaxEffective})
		}
	}
}

// closed reports whether a category is nobody's because it, or one above it,
// was meant to be.
func (f *forest) closed(id string) bool {
	return slices.ContainsFunc(f.path(id), func(c Category) bool { return c.Audience.Nobody() })
}

func (c *Category) prepareLabels(fields errs.Fields, source string) {
	labels := map[string]Label{}
	for _, locale := range slices.Sorted(maps.Keys(c.Labels)) {
		label, at := c.Labels[locale], "labels."+locale
		checkLocale(fields, at, canonical(locale))
		text(fields, at+".title", label.Title, 1, MaxTitle)
		text(fields, at+".description", label.Description, 0, MaxSummary)
		label.Title, label.Description = strings.TrimSpace(label.Title), strings.TrimSpace(label.Description)
		labels[canonical(locale)] = label
	}
	if have := slices.Sorted(maps.Keys(labels)); c.Source == "" && len(have) > 0 {
		c.Source = first(have, source)[0]
	}
	c.Labels, c.Source = labels, canonical(c.Source)
	if len(labels) > MaxLabels {
		fields.Add("labels", "error.field.too_many", map[string]any{"max": MaxLabels})
	}
	if _, ok := labels[c.Source]; !ok {
		fields.Add("labels", "error.field.required", nil)
	}
}

// prepareID names a new category after its label, if that name is free. One
// that is saved a second time keeps its name.
func (c *Category) prepareID(f *forest) {
	if c.ID != "" {
		return
	}
	label := c.Labels[c.Source]
	c.ID = Slugify(cmp.Or(label.Slug, label.Title))
	old, taken := f.byID[c.ID]
	if c.ID == "" || taken && (old.Version != 1 || old.Labels[c.Source].Title != label.Title) {
		c.ID = idem.New()
	}
}

func (c *Category) prepareSlugs(fields errs.Fields, f *forest) {
	for locale, label := range c.Labels {
		label.Slug = slugFor(cmp.Or(label.Slug, label.Title), c.ID)
		if holder, ok := f.bySlug[label.Slug]; ok && holder != c.ID {
			fields.Add("labels."+locale+".slug", "error.field.taken", nil)
		}
		c.Labels[locale] = label
	}
}

// CategoryDraft returns a category as those who arrange the library see it.
func (l *Library) CategoryDraft(ctx context.Context, by profile.Actor, id string) (Category, error) {
	if !l.policy.May(by, profile.PermissionContentOrganise) {
		return Category{}, fmt.Errorf("category %s: %w", id, ErrForbidden)
	}
	f, err := l.categories(ctx)
	if err != nil {
		return Category{}, fmt.Errorf("category %s: %w", id, err)
	}
	c, ok := f.byID[id]
	if !ok {
		return Category{}, fmt.Errorf("category %s: %w", id, ErrNotFound)
	}
	return c.clone(), nil
}

// SaveRedirects makes old paths lead to articles and categories.
func (l *Library) SaveRedirects(ctx context.Context, by profile.Actor, redirects ...Redirect) error {
	if !l.policy.May(by, profile.PermissionContentOrganise) {
		return fmt.Errorf("save redirects: %w", ErrForbidden)
	}
	out := make([]Redirect, 0, len(redirects))
	fields := errs.Fields{}
	for i, r := range redirects {
		out = append(out, r.prepared(fields, fmt.Sprintf("[%d].", i)))
	}
	if err := fields.Err(); err != nil {
		return fmt.Errorf("save redirects: %w", err)
	}
	if err := l.store.SaveRedirects(ctx, out...); err != nil {
		return fmt.Errorf("save redirects: %w", err)
	}
	return nil
}

// prepared checks r and returns its canonical form.
func (r Redirect) prepared(fields errs.Fields, prefix string) Redirect {
	r.From, r.Locale = normalPath(r.From), canonical(r.Locale)
	kind, id, _ := strings.Cut(r.To, "/")
	if (kind != "article" && kind != "category") || id == "" || len(id) > maxExternal || !clean(id) {
		fields.Add(prefix+"to", "error.field.choice", map[string]any{"choices": "article/ID, category/ID"})
	}
	if r.From == "/" || len(r.From) > maxExternal || !clean(r.From) {
		fields.Add(prefix+"from", "error.field.url", nil)
	}
	if r.Locale != "" {
		checkLocale(fields, prefix+"locale", r.Locale)
	}
	return r
}

// maxExternal bounds names that other systems made, in characters.
const maxExternal = 2000

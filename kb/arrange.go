package kb

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/idem"
	"github.com/stoa-go/stoa/profile"
)

// SaveCategory creates a category (version 0) or changes one whose version is
// as it was read. An empty ID is made from the label.
func (l *Library) SaveCategory(ctx context.Context, by profile.Actor, c Category) (Category, error) {
	if !l.policy.May(by, profile.PermissionContentOrganise) {
		return Category{}, fmt.Errorf("save category %s: %w", c.ID, ErrForbidden)
	}
	f, err := l.categories(ctx)
	if err != nil {
		return Category{}, fmt.Errorf("save category %s: %w", c.ID, err)
	}
	c = c.clone()
	if err := c.prepare(f); err != nil {
		return Category{}, fmt.Errorf("save category %s: %w", c.ID, err)
	}
	if c.Version != f.byID[c.ID].Version {
		return Category{}, fmt.Errorf("save category %s: %w", c.ID, errs.Say(ErrConflict, "error.conflict_changed", nil))
	}
	c.Version++
	c.UpdatedAt = l.clock()
	if err := l.store.SaveCategory(ctx, c, f.below(c.ID)); err != nil {
		return Category{}, fmt.Errorf("save category %s: %w", c.ID, err)
	}
	return c, nil
}

// prepare checks c and puts it into its canonical form.
func (c *Category) prepare(f *forest) error {
	fields := errs.Fields{}
	c.prepareLabels(fields, f)
	if c.ID == "" {
		c.ID = slugFor(c.Labels[c.Source].Slug, idem.New())
	}
	text(fields, "id", c.ID, 1, MaxName)
	audience, err := profile.ParseAudience(c.Audience)
	if err != nil {
		fields.Add("audience", "error.audience.bad_term", map[string]any{"term": c.Audience.String()})
	}
	c.Audience = audience
	if _, ok := f.byID[c.Parent]; c.Parent != "" && !ok {
		fields.Add("parent", "error.field.unknown_choice", map[string]any{"choices": ""})
	} else if f.wouldLoop(c.ID, c.Parent) {
		fields.Add("parent", "error.category.loop", map[string]any{"max": maxDepth})
	}
	return fields.Err()
}

func (c *Category) prepareLabels(fields errs.Fields, f *forest) {
	for _, locale := range slices.Sorted(maps.Keys(c.Labels)) {
		label, at := c.Labels[locale], "labels."+locale
		checkLocale(fields, locale)
		text(fields, at+".title", label.Title, 1, MaxTitle)
		text(fields, at+".description", label.Description, 0, MaxSummary)
		label.Title, label.Description = strings.TrimSpace(label.Title), strings.TrimSpace(label.Description)
		label.Slug = slugFor(cmp.Or(label.Slug, label.Title), c.ID)
		if holder, ok := f.bySlug[locale+"/"+label.Slug]; ok && holder != c.ID {
			fields.Add(at+".slug", "error.field.taken", nil)
		}
		c.Labels[locale] = label
		if c.Source == "" {
			c.Source = locale
		}
	}
	if _, ok := c.Labels[c.Source]; !ok {
		fields.Add("labels", "error.field.required", nil)
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
	for i, r := range redirects {
		kind, id, _ := strings.Cut(r.To, "/")
		if (kind != "article" && kind != "category") || id == "" {
			return fmt.Errorf("save redirects: %w", errs.Field(fmt.Sprintf("[%d].to", i), "error.field.unknown_choice", map[string]any{"choices": "article/ID, category/ID"}))
		}
		r.From = normalPath(r.From)
		if r.From == "/" || len(r.From) > 2000 || !clean(r.From) {
			return fmt.Errorf("save redirects: %w", errs.Field(fmt.Sprintf("[%d].from", i), "error.field.bad_url", nil))
		}
		out = append(out, r)
	}
	return l.store.SaveRedirects(ctx, out...)
}

package courses

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search"
)

// Source returns the school as a source for search: one document for each language
// that a published course has. Lessons are not in it, but for their titles: they
// are for those who are enrolled. It is a [search.Rechecker] as well.
func (s *School) Source() search.Source { return source{s} }

type source struct{ s *School }

var (
	_ search.Source    = source{}
	_ search.Rechecker = source{}
)

// Name implements [search.Source].
func (source) Name() string { return "courses" }

// Wait implements [search.Source].
func (o source) Wait(ctx context.Context, after string) error {
	return o.s.store.WaitChanges(ctx, after)
}

// Visible implements [search.Rechecker].
func (o source) Visible(ctx context.Context, by profile.Actor, groups []string) ([]string, error) {
	var ids []string
	for _, group := range groups {
		if id, ok := strings.CutPrefix(group, SubjectCourse); ok {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	q := Query{}.of(by)
	q.IDs, q.Limit = ids, len(ids)
	page, _, err := o.s.store.Courses(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("courses visible: %w", err)
	}
	var out []string
	for _, c := range page {
		out = append(out, SubjectCourse+c.ID)
	}
	return out, nil
}

// Changes implements [search.Source].
func (o source) Changes(ctx context.Context, after string, n int) ([]search.Change, string, error) {
	ids, next, err := o.s.store.Changes(ctx, after, n)
	if err != nil {
		return nil, "", fmt.Errorf("courses changes: %w", err)
	}
	changes := make([]search.Change, 0, len(ids))
	for _, id := range ids {
		c, err := o.change(ctx, id)
		if err != nil {
			return nil, "", fmt.Errorf("courses changes: course %s: %w", id, err)
		}
		changes = append(changes, c)
	}
	return changes, next, nil
}

func (o source) change(ctx context.Context, id string) (search.Change, error) {
	out := search.Change{Group: SubjectCourse + id}
	c, err := o.s.store.Course(ctx, id)
	if errors.Is(err, ErrNotFound) || err == nil && (c.Status != StatusPublished || c.Audience.Nobody()) {
		return out, nil
	}
	if err != nil {
		return out, err
	}
	content, err := o.s.content(ctx, id, c.Live)
	if err != nil {
		return out, err
	}
	for _, locale := range c.Languages() {
		out.Documents = append(out.Documents, o.document(c, content, locale))
	}
	return out, nil
}

func (o source) document(c Course, content Content, locale string) search.Document {
	d := search.Document{
		ID: SubjectCourse + c.ID + "@" + locale, Group: SubjectCourse + c.ID, Kind: "course", Locale: locale,
		Title: content.Title.In(locale, c.Source).Text, Summary: content.Summary.In(locale, c.Source).Text, Keywords: slices.Clone(c.Topics),
		Path: o.s.opts.Path(Ref{Course: c.ID, Slug: c.Slug, Locale: locale}), Audience: c.Audience, UpdatedAt: c.Updated,
		Facets: map[string][]string{"kind": {"course"}, "language": {locale}},
	}
	lines := []string{o.s.text(content.About.In(locale, c.Source))}
	for m, l := range content.Each {
		if title := m.Title.In(locale, c.Source).Text; !slices.Contains(lines, title) {
			lines = append(lines, title)
		}
		lines = append(lines, l.Title.In(locale, c.Source).Text)
	}
	d.Body = strings.Join(lines, "\n")
	for _, reader := range o.s.opts.Locales {
		if o.s.pick(reader, c.Languages()) == locale {
			d.Serves = append(d.Serves, reader)
		}
	}
	return d
}

package cases

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/stoa-go/stoa/internal/markdown"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search"
)

// Source returns the desk as a source for search: of each case one document with
// what its requester is shown, and one with what is said among staff. An engine
// needs [Desk.Sight] as [search.Options.Sight]. It is a [search.Rechecker] and a
// [search.Laggard] as well.
func (d *Desk) Source() search.Source { return source{d} }

type source struct{ d *Desk }

var (
	_ search.Source    = source{}
	_ search.Laggard   = source{}
	_ search.Rechecker = source{}
)

// groupPrefix comes before the ID of a case in the names of its groups.
const groupPrefix = "case/"

// DocumentKind is the kind of the documents of cases.
const DocumentKind = "case"

// Name implements [search.Source].
func (s source) Name() string { return "cases" }

// Wait implements [search.Source].
func (s source) Wait(ctx context.Context, after string) error {
	return s.d.store.WaitChanges(ctx, after)
}

// Stalled implements [search.Laggard], as far as the store can tell.
func (s source) Stalled(ctx context.Context) (time.Duration, error) {
	if l, ok := s.d.store.(search.Laggard); ok {
		return l.Stalled(ctx)
	}
	return 0, nil
}

// Visible returns those of the groups that by may see now.
func (s source) Visible(ctx context.Context, by profile.Actor, groups []string) (visible []string, err error) {
	var ids []string
	for _, group := range groups {
		if id, ok := strings.CutPrefix(group, groupPrefix); ok {
			ids = append(ids, id)
		}
	}
	sight := s.d.Sight(by)
	for chunk := range slices.Chunk(ids, maxLimit) {
		page, _, err := s.d.store.Cases(ctx, Query{Sight: &sight, IDs: chunk, Limit: len(chunk)})
		if err != nil {
			return nil, fmt.Errorf("cases visible: %w", err)
		}
		for _, c := range page {
			visible = append(visible, groupPrefix+c.ID)
		}
	}
	return visible, nil
}

// Changes implements [search.Source].
func (s source) Changes(ctx context.Context, after string, limit int) ([]search.Change, string, error) {
	ids, next, err := s.d.store.Changes(ctx, after, limit)
	if err != nil {
		return nil, "", fmt.Errorf("cases changes: %w", err)
	}
	changes := make([]search.Change, 0, len(ids))
	for _, id := range ids {
		c, err := s.change(ctx, id)
		if err != nil {
			return nil, "", fmt.Errorf("cases changes: case %s: %w", id, err)
		}
		changes = append(changes, c)
	}
	return changes, next, nil
}

// change returns what has become of a case.
func (s source) change(ctx context.Context, id string) (search.Change, error) {
	change := search.Change{Group: groupPrefix + id}
	c, err := s.d.store.Case(ctx, id)
	if errors.Is(err, ErrNotFound) {
		return change, nil
	}
	if err != nil {
		return change, err
	}
	said, noted, err := s.texts(ctx, c)
	if err != nil {
		return change, err
	}
	doc := search.Document{
		ID: groupPrefix + id, Group: groupPrefix + id, Kind: DocumentKind, Locale: c.Locale, Serves: s.d.locales, Title: c.Subject, Body: said,
		Keywords: []string{c.Reference, strings.ReplaceAll(c.Reference, "-", "")}, Path: "/cases/" + c.Reference, Audience: c.Audience, UpdatedAt: c.UpdatedAt,
		Facets: map[string][]string{"kind": {DocumentKind}, "language": {c.Locale}, "product": products(c)},
	}
	change.Documents = []search.Document{doc}
	if noted != "" || len(c.Tags) > 0 {
		doc.ID += "#notes"
		doc.Body, doc.UpdatedAt = noted, c.TouchedAt
		doc.Keywords = append(slices.Clone(doc.Keywords), c.Tags...)
		doc.Audience = profile.Audience{sightQueue + string(s.d.queue(c.Queue).Key)}
		change.Documents = append(change.Documents, doc)
	}
	return change, nil
}

func products(c Case) []string {
	if c.Product == "" {
		return nil
	}
	return []string{c.Product}
}

// maxIndexed bounds the words of a case, in bytes: of a very long one the first
// are found.
const maxIndexed = 256 << 10

// texts returns what was said about a case to both sides, and among staff.
func (s source) texts(ctx context.Context, c Case) (said, noted string, err error) {
	var open, inner strings.Builder
	drawer := markdown.New(nil)
	for after, more := 0, true; more && open.Len()+inner.Len() < maxIndexed; {
		entries, err := s.d.store.Entries(ctx, c.ID, true, after, maxLimit)
		if err != nil {
			return "", "", err
		}
		for _, e := range entries {
			after = e.Number
			into := &open
			if e.Internal {
				into = &inner
			}
			into.WriteString(plainText(drawer, e.Body))
		}
		more = len(entries) == maxLimit
	}
	return open.String(), inner.String(), nil
}

// plainText returns the words of Markdown; what cannot be read is taken as it is
// written.
func plainText(drawer *markdown.Renderer, body string) string {
	if body == "" {
		return ""
	}
	if page, err := drawer.Render(body); err == nil {
		return page.Text + "\n"
	}
	return body + "\n"
}

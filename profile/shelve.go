package profile

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/valid"
)

// Limits of what an item carries.
const (
	maxRef     = 512 // bytes
	maxData    = 20  // entries
	maxDataKey = 64  // bytes
)

// Shelf returns a page of the actor's own items, the newest first; a page may be
// shorter than the limit, and even empty, before the last. Nobody sees anybody
// else's, whatever they are permitted: what people read and look for tells
// about their troubles, and nobody needs it to run a portal.
//
// Whoever views the portal as somebody else sees empty lists.
//
// With Options.Titles, items have their present titles, and what the actor may
// no longer see is left out.
func (d *Directory) Shelf(ctx context.Context, by Actor, q ShelfQuery) (page []ShelfItem, next string, err error) {
	if err := d.mayShelve(by); err != nil {
		return nil, "", err
	}
	if q.List == "" && q.Ref == "" {
		return nil, "", fmt.Errorf("shelf: neither a list nor a reference: %w", ErrInvalid)
	}
	if q.List != "" && !d.hasList(q.List) {
		return nil, "", wrap(ErrNotFound, "list", clip(q.List))
	}
	if by.Viewer != "" {
		return nil, "", nil
	}
	q.Person = by.ID
	scope := "profile.shelf|" + by.ID + "|" + q.List + "|" + q.Ref
	if q.After, err = d.tokens.Open(scope, q.After); err != nil {
		return nil, "", fmt.Errorf("shelf: %w", err)
	}
	q.Limit = limit(q.Limit)
	if page, next, err = d.own.shelf.Items(ctx, q); err == nil {
		page, err = d.titled(ctx, by, page)
	}
	if err != nil {
		return nil, "", fmt.Errorf("shelf: %w", err)
	}
	return page, d.tokens.Seal(scope, next), nil
}

// AllShelf ranges over all of the actor's items that q selects.
func (d *Directory) AllShelf(ctx context.Context, by Actor, q ShelfQuery) iter.Seq2[ShelfItem, error] {
	return all(func(after string) ([]ShelfItem, string, error) {
		if after != "" {
			q.After = after
		}
		return d.Shelf(ctx, by, q)
	})
}

// titled gives items their present titles and drops what the actor may not see.
func (d *Directory) titled(ctx context.Context, by Actor, page []ShelfItem) ([]ShelfItem, error) {
	if d.own.titles == nil || len(page) == 0 {
		return page, nil
	}
	refs := make([]string, len(page))
	for i, item := range page {
		refs[i] = item.Ref
	}
	titles, err := d.own.titles.Titles(ctx, by, distinct(refs))
	if err != nil {
		return nil, err
	}
	seen := page[:0]
	for _, item := range page {
		if title, ok := titles[item.Ref]; ok {
			item.Title = title
			seen = append(seen, item)
		}
	}
	return seen, nil
}

// Shelve puts something on one of the actor's lists, or changes what is there
// under the same reference. It keeps its place; on a list that fills itself it
// moves to the front. A list that is full is ErrInvalid, one that fills itself
// drops its oldest item. For those whose preferences have Unnoted set, and for
// whoever views the portal as somebody else, nothing is put on lists that fill
// themselves, and the item comes back without a time.
//
// That an item is on a list opens nothing: it is for whoever shows it, or tells
// a follower of it, to ask who may see it.
func (d *Directory) Shelve(ctx context.Context, by Actor, item ShelfItem) (ShelfItem, error) {
	if err := d.mayShelve(by); err != nil {
		return ShelfItem{}, err
	}
	list, ok := d.own.lists[item.List]
	if !ok {
		return ShelfItem{}, wrap(ErrNotFound, "list", clip(item.List))
	}
	item = item.Clone()
	item.Person, item.At = by.ID, time.Time{}
	if item.Level == "" && len(list.Levels) > 0 {
		item.Level = list.Levels[0]
	}
	err := item.check(list)
	if err == nil && by.Viewer != "" && !list.Viewed {
		err = ErrForbidden
	}
	if err == nil {
		item.At, err = d.put(ctx, by, list, item)
	}
	if err != nil {
		return ShelfItem{}, wrap(err, "list", list.Name)
	}
	return item, nil
}

// put keeps an item, unless it is not to be noted, and returns when it did.
func (d *Directory) put(ctx context.Context, by Actor, list List, item ShelfItem) (time.Time, error) {
	if list.Viewed {
		if noted, err := d.notes(ctx, by); !noted || err != nil {
			return time.Time{}, err
		}
	}
	item.At = d.clock()
	err := d.own.shelf.PutItem(ctx, item, list.Most, list.Viewed)
	if errors.Is(err, errs.TooMany) {
		err = errs.Field("ref", "error.profile.shelf_full", map[string]any{"max": list.Most})
	}
	if err == nil && !list.Viewed { // what is viewed is an event of its own already
		d.record(ctx, by, "shelf.put", "list/"+list.Name)
	}
	return item.At, err
}

// notes reports whether what the actor looks at may be noted.
func (d *Directory) notes(ctx context.Context, by Actor) (bool, error) {
	if by.Viewer != "" {
		return false, nil
	}
	p, err := d.preferences(ctx, by.ID)
	if errors.Is(err, ErrUnsupported) {
		return true, nil
	}
	return !p.Unnoted, err
}

// Unshelve takes something off one of the actor's lists. It is no error if it is
// not there. An empty reference clears the list.
func (d *Directory) Unshelve(ctx context.Context, by Actor, list, ref string) error {
	if err := d.mayShelve(by); err != nil {
		return err
	}
	if !d.hasList(list) {
		return wrap(ErrNotFound, "list", clip(list))
	}
	if by.Viewer != "" {
		return wrap(ErrForbidden, "list", list)
	}
	n, err := d.own.shelf.RemoveItems(ctx, ShelfQuery{Person: by.ID, List: list, Ref: ref})
	if err == nil && n > 0 {
		d.record(ctx, by, "shelf.removed", "list/"+list)
	}
	return wrap(err, "list", list)
}

// Followers returns a page of those who follow something, by person, and the
// position of the next page. It is for programs that tell people of changes, not
// for pages: they must ask for each person whether they may see the thing.
func (d *Directory) Followers(ctx context.Context, ref, after string, n int) (page []Follower, next string, err error) {
	if d.own.shelf == nil {
		return nil, "", lacks("shelves")
	}
	page, next, err = d.own.shelf.Followers(ctx, FollowerQuery{List: ListFollows, Ref: ref, After: after, Limit: limit(n)})
	return page, next, wrap(err, "followers of", ref)
}

// forgetViewed empties the lists of a person that fill themselves.
func (d *Directory) forgetViewed(ctx context.Context, person string) error {
	if d.own.shelf == nil {
		return nil
	}
	for _, list := range d.own.lists {
		if !list.Viewed {
			continue
		}
		if _, err := d.own.shelf.RemoveItems(ctx, ShelfQuery{Person: person, List: list.Name}); err != nil {
			return err
		}
	}
	return nil
}

func (d *Directory) mayShelve(by Actor) error {
	if by.Anonymous() {
		return fmt.Errorf("shelf: %w", ErrForbidden)
	}
	if d.own.shelf == nil {
		return lacks("shelves")
	}
	return nil
}

func (d *Directory) hasList(name string) bool {
	_, ok := d.own.lists[name]
	return ok
}

func (i ShelfItem) check(list List) error {
	f := errs.Fields{}
	checkRef(f, i.Ref)
	valid.Note(f, "title", valid.Text(i.Title, valid.TextTitle))
	if i.Level != "" && !slices.Contains(list.Levels, i.Level) {
		f.Add("level", "error.field.choice", map[string]any{"choices": strings.Join(list.Levels, ", ")})
	}
	if len(i.Data) > maxData {
		f.Add("data", "error.field.too_many", map[string]any{"max": maxData})
		return f
	}
	for key, value := range i.Data {
		if len(key) > maxDataKey || !validKey(key) {
			f.Add("data", "error.field.format", nil)
			continue
		}
		if len(value) > maxValue {
			f.Add("data."+key, "error.field.too_long", map[string]any{"max": maxValue})
			continue
		}
		valid.Note(f, "data."+key, valid.Text(value, valid.TextSummary))
	}
	return f.Err()
}

func checkRef(f errs.Fields, ref string) {
	kind, id, _ := strings.Cut(ref, "/")
	switch {
	case ref == "":
		f.Add("ref", "error.field.required", nil)
	case len(ref) > maxRef:
		f.Add("ref", "error.field.too_long", map[string]any{"max": maxRef})
	case !isWord(kind) || id == "":
		f.Add("ref", "error.field.format", nil)
	default:
		valid.Note(f, "ref", valid.Text(ref, valid.TextURL))
	}
}

package profile

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/idem"
)

// A FieldStore keeps the fields that a portal has added to people and accounts.
// A [Store] may be one; without it there are none. There are few: 64 of each.
//
// Implementations must pass profiletest.TestFieldStore.
type FieldStore interface {
	// Fields returns all of them, by Of, Order and Name in byte order.
	Fields(ctx context.Context) ([]Field, error)

	// SaveField keeps f. With Version 1 f is new, and it returns ErrConflict if
	// there is one with the same Of and Name. Otherwise f replaces the one that
	// has Version-1: ErrNotFound if there is none, ErrConflict if its version
	// differs.
	SaveField(ctx context.Context, f Field) error

	// RemoveField forgets a field, or returns ErrNotFound. Values stay.
	RemoveField(ctx context.Context, of FieldOf, name string) error
}

// fieldStore returns the store's fields, if it keeps any.
func (d *Directory) fieldStore() (FieldStore, bool) {
	s, ok := d.store.(FieldStore)
	return s, ok
}

// Fields returns the fields of people or of accounts that the actor may see,
// in the order of a form. Customers see those that are not hidden.
func (d *Directory) Fields(ctx context.Context, by Actor, of FieldOf) ([]Field, error) {
	if by.Anonymous() {
		return nil, fmt.Errorf("fields: %w", ErrForbidden)
	}
	set, err := d.fieldSet(ctx)
	if err != nil {
		return nil, err
	}
	out := []Field{}
	for _, f := range set.of(of) {
		if f.Edit != FieldHidden || d.seesAttributes(by) {
			out = append(out, f.Clone())
		}
	}
	return out, nil
}

// SaveField adds f if f.Version is 0, and otherwise replaces the field that has
// f.Of, f.Name and f.Version. It takes [PermissionDirectoryWrite]. Values that
// are there already are not touched; they must obey when they are next changed.
// Adding the same field again answers with the first.
func (d *Directory) SaveField(ctx context.Context, by Actor, f Field) (Field, error) {
	deed := Deed{Action: savedAs("field", f.Version), Subject: "field/" + clip(string(f.Of)) + "." + clip(f.Name)}
	store, err := d.mayFields(by)
	if err != nil {
		return Field{}, d.denied(ctx, by, deed, wrap(err, "field", f.Name))
	}
	f, err = f.Clone().check()
	if err != nil {
		return Field{}, wrap(err, "field", f.Name)
	}
	have, err := store.Fields(ctx)
	if err != nil {
		return Field{}, wrap(err, "field", f.Name)
	}
	have = slices.DeleteFunc(have, func(o Field) bool { return o.Of != f.Of })
	old := Field{}
	if i := slices.IndexFunc(have, func(o Field) bool { return o.Name == f.Name }); i >= 0 {
		old = have[i]
	}
	switch {
	case f.Version == 0 && f.madeInto(old):
		return old.Clone(), nil // a retry is no deed
	case f.Version == 0 && len(have) >= maxFields:
		return Field{}, wrap(errs.Field("name", "error.field.too_many", map[string]any{"max": maxFields}), "field", f.Name)
	}
	deed.Changes = fieldChanges(old, f)
	f.Version++
	if err := d.audited(ctx, by, deed, func() error { return store.SaveField(ctx, f) }); err != nil {
		return Field{}, wrap(err, "field", f.Name)
	}
	d.forgetRules()
	d.record(ctx, by, "field.saved", "field/"+string(f.Of)+"."+f.Name)
	return f, nil
}

// madeInto reports whether old is what adding f made.
func (f Field) madeInto(old Field) bool {
	f.Version = 1
	return old.Version == 1 && idem.Hash(f) == idem.Hash(old)
}

// RemoveField forgets a field. Its values stay as attributes that only staff
// sees. It takes [PermissionDirectoryWrite].
func (d *Directory) RemoveField(ctx context.Context, by Actor, of FieldOf, name string) error {
	deed := Deed{Action: "field.removed", Subject: "field/" + clip(string(of)) + "." + clip(name)}
	store, err := d.mayFields(by)
	if err != nil {
		return d.denied(ctx, by, deed, wrap(err, "field", name))
	}
	if err := d.audited(ctx, by, deed, func() error { return store.RemoveField(ctx, of, name) }); err != nil {
		return wrap(err, "field", name)
	}
	d.forgetRules()
	d.record(ctx, by, "field.removed", "field/"+string(of)+"."+name)
	return nil
}

func (d *Directory) mayFields(by Actor) (FieldStore, error) {
	if !d.policy.May(by, PermissionDirectoryWrite) || !d.seesAttributes(by) {
		return nil, ErrForbidden
	}
	store, ok := d.fieldStore()
	if !ok {
		return nil, ErrUnsupported
	}
	return store, nil
}

// A fieldSet is all fields, in order.
type fieldSet struct {
	people, accounts []Field
	until            time.Time
}

func (s *fieldSet) of(of FieldOf) []Field {
	if of == FieldOfAccount {
		return s.accounts
	}
	return s.people
}

// fieldSet returns the fields as they were at most Options.RulesFor ago.
func (d *Directory) fieldSet(ctx context.Context) (*fieldSet, error) {
	store, ok := d.fieldStore()
	if !ok {
		return &fieldSet{}, nil
	}
	now := d.now()
	if set := d.fields.Load(); set != nil && now.Before(set.until) {
		return set, nil
	}
	changes := d.changes.Load()
	list, err := store.Fields(ctx)
	if err != nil {
		return nil, fmt.Errorf("fields: %w", err)
	}
	set := sortFields(list)
	set.until = now.Add(d.rulesFor)
	if d.changes.Load() == changes {
		d.fields.Store(set)
	}
	return set, nil
}

func sortFields(list []Field) *fieldSet {
	set := &fieldSet{}
	slices.SortFunc(list, func(a, b Field) int { return cmp.Or(cmp.Compare(a.Order, b.Order), cmp.Compare(a.Name, b.Name)) })
	for _, f := range list {
		if f.Of == FieldOfAccount {
			set.accounts = append(set.accounts, f)
		} else {
			set.people = append(set.people, f)
		}
	}
	return set
}

// attributeFacts are the prefixes of facts about attributes, by what has them.
var attributeFacts = []struct {
	of     FieldOf
	prefix string
}{{FieldOfPerson, FactPerson}, {FieldOfAccount, FactOfAccount}}

// customers reports whether customers change the values of f.
func (f Field) customers() bool { return f.Edit == FieldBySelf || f.Edit == FieldByManager }

// declares reports whether a rule asks for an attribute that customers change.
func (s *fieldSet) declares(r Rule) bool {
	for _, a := range attributeFacts {
		name, ok := strings.CutPrefix(r.Fact, a.prefix)
		if ok && slices.ContainsFunc(s.of(a.of), func(f Field) bool { return f.Name == name && f.customers() }) {
			return true
		}
	}
	return slices.ContainsFunc(r.All, s.declares) || slices.ContainsFunc(r.Any, s.declares)
}

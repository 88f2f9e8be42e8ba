package matrix_test

import (
	"context"
	"maps"
	"slices"

	"github.com/stoa-go/stoa/profile"
)

// fieldEdits says who changes the field that is called like its state.
var fieldEdits = map[string]profile.FieldEdit{
	"own": profile.FieldBySelf, "managed": profile.FieldByManager, "kept": profile.FieldByStaff, "concealed": profile.FieldHidden,
}

func fieldOperations() []operation {
	return slices.Concat(fieldRules(), fieldsShown(), fieldsChanged(), accountFields())
}

// ruling returns an operation on a field.
func ruling(name string, call func(ctx context.Context, w *world, by profile.Actor, field string) (any, bool, error)) operation {
	return operation{name: "profile." + name, on: "field", call: call}
}

func fieldRules() []operation {
	listing := func(name string, of profile.FieldOf) operation {
		return ruling(name, func(ctx context.Context, w *world, by profile.Actor, field string) (any, bool, error) {
			list, err := w.people.Fields(ctx, by, of)
			return list, lists(list, func(f profile.Field) bool { return f.Name == field }), err
		})
	}
	return []operation{
		listing("Fields", profile.FieldOfPerson),
		listing("Fields/accounts", profile.FieldOfAccount),
		ruling("SaveField", func(ctx context.Context, w *world, by profile.Actor, field string) (any, bool, error) {
			f := profile.Field{Name: field, Label: map[string]string{"en": "New"}, Edit: profile.FieldBySelf}
			if field != "none" {
				f.Version = 1
			}
			f, err := w.people.SaveField(ctx, by, f)
			return f, true, err
		}),
		overall("profile.TryField", func(ctx context.Context, w *world, by profile.Actor) error {
			_, err := w.people.TryField(ctx, by, profile.Field{Name: "own", Label: map[string]string{"en": "New"}})
			return err
		}),
		ruling("RemoveField", func(ctx context.Context, w *world, by profile.Actor, field string) (any, bool, error) {
			return nil, true, w.people.RemoveField(ctx, by, profile.FieldOfPerson, field)
		}),
	}
}

// has reports whether somebody is shown with all of the attributes.
func has(shown map[string][]string, names ...string) bool {
	return !slices.ContainsFunc(names, func(name string) bool { return len(shown[name]) == 0 })
}

var open = []string{"own", "managed", "kept"}

func fieldsShown() []operation {
	one := func(name string, fields ...string) operation {
		return regarding("Person/"+name, func(ctx context.Context, w *world, by profile.Actor, id string) (any, bool, error) {
			p, err := w.people.Person(ctx, by, id)
			return p, has(p.Attributes, fields...), err
		})
	}
	all := func(name string, fields ...string) operation {
		return regarding("People/"+name, func(ctx context.Context, w *world, by profile.Actor, id string) (any, bool, error) {
			list, _, err := w.people.People(ctx, by, profile.PersonQuery{Limit: 200})
			return list, lists(list, func(p profile.Person) bool { return p.ID == id && has(p.Attributes, fields...) }), err
		})
	}
	account := func(name string, fields ...string) operation {
		return at("Account/"+name, func(ctx context.Context, w *world, by profile.Actor, id string) (any, bool, error) {
			a, err := w.people.Account(ctx, by, id)
			return a, has(a.Attributes, fields...), err
		})
	}
	return []operation{
		one("fields", open...), one("concealed", "concealed"),
		all("fields", open...), all("concealed", "concealed"),
		account("fields", open...), account("concealed", "concealed"),
	}
}

// edited returns attributes as a form has them that by filled in: with what by
// sees, and another value in one field.
func edited(by profile.Actor, was map[string][]string, field string) map[string][]string {
	out := maps.Clone(was)
	if out == nil {
		out = map[string][]string{}
	}
	if !profile.DefaultPolicy().May(by, profile.PermissionDirectoryRead) {
		delete(out, "concealed")
		delete(out, "loose")
	}
	out[field] = []string{"changed"}
	return out
}

func fieldsChanged() []operation {
	change := func(field string) operation {
		return regarding("SavePerson/"+field, func(ctx context.Context, w *world, by profile.Actor, id string) (any, bool, error) {
			p, err := w.keeping.Person(ctx, id)
			if err != nil {
				p = profile.Person{ID: id, Name: "N", Version: 1}
			}
			p.Attributes = edited(by, p.Attributes, field)
			p, err = w.people.SavePerson(ctx, by, p)
			kept, _ := w.keeping.Person(ctx, id)
			return p, slices.Equal(kept.Attributes[field], []string{"changed"}), err
		})
	}
	return []operation{change("own"), change("managed"), change("kept"), change("concealed")}
}

func accountFields() []operation {
	change := func(field string) operation {
		return at("SaveAccount/"+field, func(ctx context.Context, w *world, by profile.Actor, id string) (any, bool, error) {
			a, err := w.keeping.Account(ctx, id)
			if err != nil {
				a = profile.Account{ID: id, Name: "N", Version: 1}
			}
			a.Attributes = edited(by, a.Attributes, field)
			a, err = w.people.SaveAccount(ctx, by, a)
			kept, _ := w.keeping.Account(ctx, id)
			return a, slices.Equal(kept.Attributes[field], []string{"changed"}), err
		})
	}
	return []operation{change("own"), change("managed"), change("kept"), change("concealed")}
}

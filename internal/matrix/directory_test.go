package matrix_test

import (
	"context"
	"slices"

	"github.com/stoa-go/stoa/profile"
)

// regarding returns an operation on a person, whose ID it is given.
func regarding(name string, call func(ctx context.Context, w *world, by profile.Actor, id string) (any, bool, error), routes ...string) operation {
	return operation{name: "profile." + name, on: "person", routes: routes, call: func(ctx context.Context, w *world, by profile.Actor, state string) (any, bool, error) {
		return call(ctx, w, by, subject(by, state))
	}}
}

// at returns an operation on an account, whose ID it is given.
func at(name string, call func(ctx context.Context, w *world, by profile.Actor, id string) (any, bool, error)) operation {
	return operation{name: "profile." + name, on: "account", call: call}
}

func directoryOperations() []operation {
	return slices.Concat(directoryPeople(), directoryChanges(), directoryAccounts(), directorySegments())
}

func directoryPeople() []operation {
	return []operation{
		regarding("Person", func(ctx context.Context, w *world, by profile.Actor, id string) (any, bool, error) {
			p, err := w.people.Person(ctx, by, id)
			return p, true, err
		}),
		regarding("People", func(ctx context.Context, w *world, by profile.Actor, id string) (any, bool, error) {
			list, _, err := w.people.People(ctx, by, profile.PersonQuery{Limit: 200})
			return list, lists(list, func(p profile.Person) bool { return p.ID == id }), err
		}),
		regarding("AllPeople", func(ctx context.Context, w *world, by profile.Actor, id string) (any, bool, error) {
			var list []profile.Person
			for p, err := range w.people.AllPeople(ctx, by, profile.PersonQuery{Limit: 2}) {
				if err != nil {
					return nil, false, err
				}
				list = append(list, p)
			}
			return list, lists(list, func(p profile.Person) bool { return p.ID == id }), nil
		}),
	}
}

// save returns an operation that changes what is stored of a person.
func save(name string, change func(*profile.Person)) operation {
	return regarding(name, func(ctx context.Context, w *world, by profile.Actor, id string) (any, bool, error) {
		p, err := w.keeping.Person(ctx, id)
		if err != nil {
			p = profile.Person{ID: id, Name: "N", Version: 1}
		}
		p.Attributes = nil // stay as they are
		change(&p)
		p, err = w.people.SavePerson(ctx, by, p)
		return p, true, err
	})
}

func directoryChanges() []operation {
	return []operation{
		save("SavePerson", func(p *profile.Person) { p.Name = "Renamed" }),
		save("SavePerson/promote", func(p *profile.Person) {
			if !slices.Contains(p.Roles, profile.RoleReviewer) {
				p.Roles = append(p.Roles, profile.RoleReviewer)
			}
		}),
		regarding("DisablePerson", func(ctx context.Context, w *world, by profile.Actor, id string) (any, bool, error) {
			p, err := w.people.DisablePerson(ctx, by, id)
			return p, true, err
		}),
		regarding("EnablePerson", func(ctx context.Context, w *world, by profile.Actor, id string) (any, bool, error) {
			p, err := w.people.EnablePerson(ctx, by, id)
			return p, true, err
		}),
		regarding("RemovePerson", func(ctx context.Context, w *world, by profile.Actor, id string) (any, bool, error) {
			return nil, true, w.people.RemovePerson(ctx, by, id)
		}),
		overall("profile.SavePerson/add", func(ctx context.Context, w *world, by profile.Actor) error {
			_, err := w.people.SavePerson(ctx, by, profile.Person{Name: "New", Account: "acme", Roles: []profile.Role{profile.RoleCustomer}})
			return err
		}),
	}
}

func directoryAccounts() []operation {
	return []operation{
		at("Account", func(ctx context.Context, w *world, by profile.Actor, id string) (any, bool, error) {
			a, err := w.people.Account(ctx, by, id)
			return a, true, err
		}),
		at("Accounts", func(ctx context.Context, w *world, by profile.Actor, id string) (any, bool, error) {
			list, _, err := w.people.Accounts(ctx, by, profile.AccountQuery{})
			return list, lists(list, func(a profile.Account) bool { return a.ID == id }), err
		}),
		at("AllAccounts", func(ctx context.Context, w *world, by profile.Actor, id string) (any, bool, error) {
			var list []profile.Account
			for a, err := range w.people.AllAccounts(ctx, by, profile.AccountQuery{}) {
				if err != nil {
					return nil, false, err
				}
				list = append(list, a)
			}
			return list, lists(list, func(a profile.Account) bool { return a.ID == id }), nil
		}),
		at("SaveAccount", func(ctx context.Context, w *world, by profile.Actor, id string) (any, bool, error) {
			a := profile.Account{ID: id, Name: "Renamed", Plan: "gold"}
			if id != "nowhere" {
				a.Version = 1
			}
			a, err := w.people.SaveAccount(ctx, by, a)
			return a, true, err
		}),
	}
}

func directorySegments() []operation {
	rule := profile.Rule{Fact: profile.FactPlan, Op: profile.OpIn, Values: []string{"gold"}}
	return []operation{
		{name: "profile.Segments", on: "portal", call: func(ctx context.Context, w *world, by profile.Actor, _ string) (any, bool, error) {
			list, err := w.people.Segments(ctx, by)
			return list, len(list) > 0, err
		}},
		{name: "profile.RuleFacts", on: "portal", call: func(ctx context.Context, w *world, by profile.Actor, _ string) (any, bool, error) {
			list, err := w.people.RuleFacts(ctx, by)
			return list, len(list) > 0, err
		}},
		{name: "profile.TrySegment", on: "portal", call: func(ctx context.Context, w *world, by profile.Actor, _ string) (any, bool, error) {
			got, err := w.people.TrySegment(ctx, by, profile.Segment{Name: "gold", Rule: rule})
			return got, err == nil, err
		}},
		overall("profile.SaveSegment", func(ctx context.Context, w *world, by profile.Actor) error {
			_, err := w.people.SaveSegment(ctx, by, profile.Segment{Name: "gold", Title: "Gold", Rule: rule})
			return err
		}),
		overall("profile.RemoveSegment", func(ctx context.Context, w *world, by profile.Actor) error {
			return w.people.RemoveSegment(ctx, by, "partner")
		}),
	}
}

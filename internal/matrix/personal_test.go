package matrix_test

import (
	"bytes"
	"context"
	"errors"
	"iter"
	"slices"

	"github.com/stoa-go/stoa/profile"
)

func personalOperations() []operation {
	return slices.Concat(accessOperations(), preferenceOperations(), consentOperations(), shelfOperations(), shelfChanges(), privacyOperations())
}

func accessOperations() []operation {
	return []operation{
		regarding("Access", func(ctx context.Context, w *world, by profile.Actor, id string) (any, bool, error) {
			a, err := w.people.Access(ctx, by, id)
			return a, true, err
		}),
		{name: "profile.TryAccess", on: "portal", call: func(ctx context.Context, w *world, by profile.Actor, _ string) (any, bool, error) {
			a, err := w.people.TryAccess(ctx, by, profile.Person{ID: "bob", Name: "B", Account: "acme", Roles: []profile.Role{profile.RoleManager}})
			return a, true, err
		}},
	}
}

func preferenceOperations() []operation {
	return []operation{
		regarding("Preferences", func(ctx context.Context, w *world, by profile.Actor, id string) (any, bool, error) {
			p, err := w.people.Preferences(ctx, by, id)
			return p, p.Version == 1, err
		}, "profile.preferences"),
		regarding("SavePreferences", func(ctx context.Context, w *world, by profile.Actor, id string) (any, bool, error) {
			p, err := w.people.SavePreferences(ctx, by, id, profile.Preferences{Theme: profile.ThemeDark, Version: 1})
			return p, p.Version == 2, err
		}, "profile.save_preferences"),
	}
}

// said reports whether any of the records is what a person said.
func said(list []profile.Consent, id string) bool {
	return lists(list, func(c profile.Consent) bool { return c.Person == id })
}

// collect returns all that seq yields.
func collect[T any](seq iter.Seq2[T, error]) (list []T, err error) {
	for x, err := range seq {
		if err != nil {
			return nil, err
		}
		list = append(list, x)
	}
	return list, nil
}

func consentOperations() []operation {
	consent := func(name string, given bool, routes ...string) operation {
		return regarding(name, func(ctx context.Context, w *world, by profile.Actor, id string) (any, bool, error) {
			c, err := w.people.Consent(ctx, by, profile.Consent{Person: id, Purpose: "ads", Wording: "ads-1", Given: given, Via: "portal"})
			return c, c.Person == id, err
		}, routes...)
	}
	return []operation{
		consent("Consent", true, "profile.consent"), consent("Consent/refusal", false, "profile.consent"),
		regarding("Consents", func(ctx context.Context, w *world, by profile.Actor, id string) (any, bool, error) {
			list, err := w.people.Consents(ctx, by, id)
			return list, said(list, id), err
		}, "profile.consents"),
		regarding("Consented", func(ctx context.Context, w *world, by profile.Actor, id string) (any, bool, error) {
			yes, err := w.people.Consented(ctx, by, id, "newsletter")
			return yes, yes, err
		}),
		regarding("ConsentHistory", func(ctx context.Context, w *world, by profile.Actor, id string) (any, bool, error) {
			list, _, err := w.people.ConsentHistory(ctx, by, profile.ConsentQuery{Person: id})
			return list, said(list, id), err
		}, "profile.consents"),
		regarding("AllConsents", func(ctx context.Context, w *world, by profile.Actor, id string) (any, bool, error) {
			list, err := collect(w.people.AllConsents(ctx, by, profile.ConsentQuery{Person: id}))
			return list, said(list, id), err
		}),
	}
}

// viewing is an actor as whom an administrator looks at the portal.
func viewing(by profile.Actor) profile.Actor {
	by.Viewer = "root"
	return by
}

func same(by profile.Actor) profile.Actor { return by }

func shelfOperations() []operation {
	of := func(ref string) func(profile.ShelfItem) bool {
		return func(i profile.ShelfItem) bool { return i.Ref == ref }
	}
	page := func(name string, as func(profile.Actor) profile.Actor, routes ...string) operation {
		return regarding(name, func(ctx context.Context, w *world, by profile.Actor, id string) (any, bool, error) {
			list, _, err := w.people.Shelf(ctx, as(by), profile.ShelfQuery{Person: id, List: profile.ListFavourites})
			return list, lists(list, of("note/"+id)), err
		}, routes...)
	}
	all := func(name string, as func(profile.Actor) profile.Actor) operation {
		return regarding(name, func(ctx context.Context, w *world, by profile.Actor, id string) (any, bool, error) {
			list, err := collect(w.people.AllShelf(ctx, as(by), profile.ShelfQuery{Person: id, List: profile.ListFavourites, Limit: 2}))
			return list, lists(list, of("note/"+id)), err
		})
	}
	return []operation{
		page("Shelf", same, "profile.shelf"), page("Shelf/viewing", viewing), all("AllShelf", same), all("AllShelf/viewing", viewing),
		{name: "profile.Shelf/article", on: "article", call: func(ctx context.Context, w *world, by profile.Actor, state string) (any, bool, error) {
			list, _, err := w.people.Shelf(ctx, by, profile.ShelfQuery{List: profile.ListFavourites})
			return list, lists(list, of("article/"+w.article[state].ID)), err
		}},
		{name: "profile.AllShelf/article", on: "article", call: func(ctx context.Context, w *world, by profile.Actor, state string) (any, bool, error) {
			list, err := collect(w.people.AllShelf(ctx, by, profile.ShelfQuery{List: profile.ListFavourites}))
			return list, lists(list, of("article/"+w.article[state].ID)), err
		}},
	}
}

// onShelf reports whether something is kept on somebody's shelf.
func (w *world) onShelf(ctx context.Context, person, ref string) bool {
	list, _, _ := w.keeping.Items(ctx, profile.ShelfQuery{Person: person, Ref: ref})
	return len(list) > 0
}

func shelfChanges() []operation {
	put := func(name, list string, as func(profile.Actor) profile.Actor, routes ...string) operation {
		return operation{name: "profile." + name, on: "portal", routes: routes, call: func(ctx context.Context, w *world, by profile.Actor, _ string) (any, bool, error) {
			item, err := w.people.Shelve(ctx, as(by), profile.ShelfItem{Person: "bob", List: list, Ref: "article/new"})
			return item, !item.At.IsZero() && w.onShelf(ctx, by.ID, "article/new"), err
		}}
	}
	return []operation{
		put("Shelve", profile.ListFavourites, same, "profile.shelve"), put("Shelve/viewed", profile.ListViewed, same),
		put("Shelve/viewing", profile.ListViewed, viewing),
		regarding("Unshelve", func(ctx context.Context, w *world, by profile.Actor, id string) (any, bool, error) {
			had := w.onShelf(ctx, id, "note/"+id)
			err := w.people.Unshelve(ctx, by, profile.ListFavourites, "note/"+id)
			return nil, had && !w.onShelf(ctx, id, "note/"+id), err
		}, "profile.unshelve"),
		overall("profile.Unshelve/list", func(ctx context.Context, w *world, by profile.Actor) error {
			err := w.people.Unshelve(ctx, by, profile.ListFavourites, "")
			if err == nil && !w.onShelf(ctx, "bob", "note/bob") {
				err = errors.New("somebody else's shelf is empty")
			}
			return err
		}, "profile.unshelve"),
	}
}

func privacyOperations() []operation {
	return []operation{
		regarding("Export", func(ctx context.Context, w *world, by profile.Actor, id string) (any, bool, error) {
			var out bytes.Buffer
			err := w.people.Export(ctx, by, id, &out)
			if err != nil && out.Len() > 0 {
				err = errors.New("refused after it was written")
			}
			return out.String(), true, err
		}),
		regarding("EraseEverything", func(ctx context.Context, w *world, by profile.Actor, id string) (any, bool, error) {
			done, err := w.people.EraseEverything(ctx, by, id, profile.EraseModeDelete)
			return done, true, err
		}),
	}
}

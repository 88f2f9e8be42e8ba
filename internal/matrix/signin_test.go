package matrix_test

import (
	"context"
	"crypto/rand"
	"slices"
	"strings"

	"github.com/stoa-go/stoa/profile"
)

func signinOperations() []operation {
	return slices.Concat(sessionOperations(), identityOperations(), linkOperations(), invitationOperations(), connectionOperations())
}

func sessionOperations() []operation {
	return []operation{
		regarding("Sessions.List", func(ctx context.Context, w *world, by profile.Actor, id string) (any, bool, error) {
			list, err := w.sessions.List(ctx, by, id)
			return list, lists(list, func(s profile.Session) bool { return s.Person == id }), err
		}),
		regarding("Sessions.Revoke", func(ctx context.Context, w *world, by profile.Actor, id string) (any, bool, error) {
			return nil, true, w.sessions.Revoke(ctx, by, id, w.session[id])
		}),
		regarding("Sessions.Revoke/mistaken", func(ctx context.Context, w *world, by profile.Actor, id string) (any, bool, error) {
			if id == by.ID {
				id = others["stranger"].ID
			}
			return nil, true, w.sessions.Revoke(ctx, by, by.ID, w.session[id])
		}),
		regarding("Sessions.RevokeAll", func(ctx context.Context, w *world, by profile.Actor, id string) (any, bool, error) {
			n, err := w.sessions.RevokeAll(ctx, by, id, "")
			return n, n > 0, err
		}),
		regarding("Sessions.View", func(ctx context.Context, w *world, by profile.Actor, id string) (any, bool, error) {
			return nil, true, w.sessions.View(w.browser(by).WithContext(ctx), by, id)
		}, "profile.view"),
	}
}

func identityOperations() []operation {
	return []operation{
		regarding("Identities.List", func(ctx context.Context, w *world, by profile.Actor, id string) (any, bool, error) {
			list, err := w.identities.List(ctx, by, id)
			return list, lists(list, func(i profile.Identity) bool { return i.Person == id }), err
		}),
		regarding("Identities.Link", func(ctx context.Context, w *world, by profile.Actor, id string) (any, bool, error) {
			i, err := w.identities.Link(ctx, by, profile.Identity{Via: "idp", Subject: "fresh-" + id, Person: id})
			return i, true, err
		}),
		regarding("Identities.Unlink", func(ctx context.Context, w *world, by profile.Actor, id string) (any, bool, error) {
			return nil, true, w.identities.Unlink(ctx, by, "idp", subjectOf(id))
		}),
		regarding("Identities.Welcome", func(ctx context.Context, w *world, by profile.Actor, id string) (any, bool, error) {
			p, err := w.keeping.Person(ctx, id)
			if err != nil {
				p = profile.Person{ID: id, Name: "N", Version: 1}
			}
			p.Attributes = nil
			a, err := w.identities.Welcome(ctx, by, p, "idp", "fresh-"+id)
			return a, true, err
		}),
		overall("profile.Identities.Welcome/add", func(ctx context.Context, w *world, by profile.Actor) error {
			p := profile.Person{Name: "New", Account: "acme", Roles: []profile.Role{profile.RoleCustomer}}
			_, err := w.identities.Welcome(ctx, by, p, "idp", "fresh")
			return err
		}),
	}
}

func linkOperations() []operation {
	send := func(name, address string) operation {
		return operation{name: "profile.Links." + name, on: "portal", call: func(ctx context.Context, w *world, by profile.Actor, _ string) (any, bool, error) {
			_, made, err := w.links.Make(ctx, by, profile.LinkDraft{Purpose: "guest", Subject: "case/1", Address: address})
			return made, made.MadeBy == by.ID, err
		}}
	}
	return []operation{
		send("Make", "new@example.com"), send("Make/known", "known@example.com"),
		overall("profile.Links.Revoke", func(ctx context.Context, w *world, by profile.Actor) error {
			_, err := w.links.Revoke(ctx, by, profile.LinkQuery{Purpose: "guest", Subject: "case/1"})
			return err
		}),
	}
}

// newAddress is one that nobody has been invited at.
func newAddress() string { return strings.ToLower(rand.Text()) + "@example.com" }

func invitationOperations() []operation {
	invite := func(name string, roles ...profile.Role) operation {
		return at("Invitations."+name, func(ctx context.Context, w *world, by profile.Actor, id string) (any, bool, error) {
			i, err := w.invitations.Invite(ctx, by, profile.InvitationDraft{Address: newAddress(), Account: id, Roles: roles})
			return i, true, err
		})
	}
	return []operation{
		invite("Invite"), invite("Invite/reviewer", profile.RoleReviewer),
		at("Invitations.List", func(ctx context.Context, w *world, by profile.Actor, id string) (any, bool, error) {
			list, err := w.invitations.List(ctx, by, id)
			return list, lists(list, func(i profile.Invitation) bool { return i.Account == id }), err
		}),
		at("Invitations.Revoke", func(ctx context.Context, w *world, by profile.Actor, id string) (any, bool, error) {
			return nil, true, w.invitations.Revoke(ctx, by, w.invited[id])
		}),
	}
}

func connectionOperations() []operation {
	connect := func(name string, d profile.ConnectionDraft) operation {
		return overall("profile.Connections."+name, func(ctx context.Context, w *world, by profile.Actor) error {
			_, _, err := w.connections.Make(ctx, by, d)
			return err
		})
	}
	return []operation{
		connect("Make", profile.ConnectionDraft{Kind: profile.ConnectionDirectory, Name: "New", Account: "acme"}),
		connect("Make/staff", profile.ConnectionDraft{Kind: profile.ConnectionWidget, Name: "New", Staff: true}),
		{name: "profile.Connections.List", on: "portal", call: func(ctx context.Context, w *world, by profile.Actor, _ string) (any, bool, error) {
			list, err := w.connections.List(ctx, by)
			return list, len(list) > 0, err
		}},
		overall("profile.Connections.End", func(ctx context.Context, w *world, by profile.Actor) error {
			return w.connections.End(ctx, by, w.connected)
		}),
	}
}

package matrix_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
)

// fillRoles writes the roles that the team made, and who the writer is by one.
func (w *world) fillRoles(t *testing.T) {
	t.Helper()
	for _, r := range []profile.CustomRole{
		{Key: "staff.writer", Permissions: people["writer"].Grants},
		{Key: "staff.lead", Permissions: []profile.Permission{profile.PermissionFeedbackRead}},
		{Key: "member.buyer", Permissions: []profile.Permission{profile.PermissionMembersRead}, Members: true},
	} {
		r.Name, r.Version = map[string]string{"en": "canary-role-" + string(r.Key)}, 1
		require.NoError(t, w.keeping.SaveRole(t.Context(), r))
	}
}

// TestWriterIsWhoTheDirectorySays: the tables are about an actor as the
// directory makes one.
func TestWriterIsWhoTheDirectorySays(t *testing.T) {
	by, err := newWorld(t, sound).people.Actor(t.Context(), "wim")
	require.NoError(t, err)
	require.Equal(t, people["writer"].Grants, by.Grants)
	require.Equal(t, people["writer"].Roles, by.Roles)
}

// over returns an operation on a role, whose key it is given.
func over(name string, call func(ctx context.Context, w *world, by profile.Actor, key profile.Role) (any, bool, error)) operation {
	return operation{name: "profile." + name, on: "role", call: func(ctx context.Context, w *world, by profile.Actor, state string) (any, bool, error) {
		if state == "none" {
			state = "member.none"
		}
		return call(ctx, w, by, profile.Role(state))
	}}
}

func drafted(key profile.Role) profile.CustomRole {
	r := profile.CustomRole{Key: key, Name: map[string]string{"en": "New"}}
	if key != "member.none" {
		r.Version = 1
	}
	return r
}

func roleOperations() []operation {
	return []operation{
		over("Roles", func(ctx context.Context, w *world, by profile.Actor, key profile.Role) (any, bool, error) {
			list, err := w.people.Roles(ctx, by)
			return list, lists(list, func(r profile.RoleInfo) bool { return r.Key == key }), err
		}),
		over("Role", func(ctx context.Context, w *world, by profile.Actor, key profile.Role) (any, bool, error) {
			r, err := w.people.Role(ctx, by, key)
			return r, true, err
		}),
		over("MayGrant", func(ctx context.Context, w *world, by profile.Actor, key profile.Role) (any, bool, error) {
			may, err := w.people.MayGrant(ctx, by, key)
			return nil, may, err
		}),
		over("SaveRole", func(ctx context.Context, w *world, by profile.Actor, key profile.Role) (any, bool, error) {
			r, err := w.people.SaveRole(ctx, by, drafted(key))
			return r, true, err
		}),
		over("TryRole", func(ctx context.Context, w *world, by profile.Actor, key profile.Role) (any, bool, error) {
			trial, err := w.people.TryRole(ctx, by, drafted(key))
			return trial, true, err
		}),
		over("RemoveRole", func(ctx context.Context, w *world, by profile.Actor, key profile.Role) (any, bool, error) {
			return nil, true, w.people.RemoveRole(ctx, by, key, "")
		}),
		over("TryRemoveRole", func(ctx context.Context, w *world, by profile.Actor, key profile.Role) (any, bool, error) {
			trial, err := w.people.TryRemoveRole(ctx, by, key, profile.RoleCustomer)
			return trial, true, err
		}),
	}
}

package profiletest

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/suitetest"
	"github.com/stoa-go/stoa/profile"
)

// TestRoleStore runs the contract of [profile.RoleStore] as subtests. open must
// return an empty store each time it is called.
func TestRoleStore(t *testing.T, open func(t *testing.T) profile.RoleStore) {
	suitetest.Run(t, []suitetest.Promise[profile.RoleStore]{
		{"RoundTrip", "Roles returns what SaveRole was given, with times in UTC", checkRoleRoundTrip},
		{"BadText", "a NUL or what is not UTF-8 is ErrInvalid and nothing is kept", checkRoleText},
		{"Order", "Roles are in byte order of their keys, and what is like a key is another one", checkRoleOrder},
		{"Versions", "SaveRole keeps the rules of versions, RemoveRole forgets", checkRoleVersions},
		{"NoAliasing", "changing a role given to or got from a store changes nothing inside it", checkRoleAliasing},
		{"Cancelled", "a cancelled context stops a call, which returns its error", checkRoleCancelled},
	}, open)
}

func newRole(key profile.Role, change ...func(*profile.CustomRole)) profile.CustomRole {
	r := profile.CustomRole{
		Key: key, Name: map[string]string{"en": "It's \"odd\" <&> $1 %_", "ar": "\u0645\u062f\u064a\u0631"}, About: map[string]string{"de": "Wer ? sagt"},
		Permissions: []profile.Permission{"kb.write", "members.read"}, Members: true,
		CreatedAt: t0, UpdatedAt: t0.Add(time.Second), Version: 1, Origin: "hash",
	}
	for _, c := range change {
		c(&r)
	}
	return r
}

func rolesOf(t *testing.T, s profile.RoleStore) []profile.CustomRole {
	t.Helper()
	list, err := s.Roles(t.Context())
	require.NoError(t, err)
	return list
}

func checkRoleRoundTrip(t *testing.T, s profile.RoleStore) {
	abroad := newRole("member.a", func(r *profile.CustomRole) {
		r.CreatedAt, r.UpdatedAt = t0.In(somewhere()), r.UpdatedAt.In(somewhere())
	})
	bare := profile.CustomRole{Key: "staff.bare", Name: map[string]string{"en": "Bare"}, CreatedAt: t0, UpdatedAt: t0, Version: 1}
	require.NoError(t, s.SaveRole(t.Context(), abroad))
	require.NoError(t, s.SaveRole(t.Context(), bare))
	got := rolesOf(t, s)
	require.Len(t, got, 2)
	require.Equal(t, newRole("member.a"), got[0])
	require.Empty(t, got[1].Permissions)
	require.Empty(t, got[1].About)
	got[1].Permissions, got[1].About = nil, nil
	require.Equal(t, bare, got[1])
}

func checkRoleText(t *testing.T, s profile.RoleStore) {
	for _, bad := range []string{"a\x00", "a\xff"} {
		for _, change := range []func(*profile.CustomRole){
			func(r *profile.CustomRole) { r.Name["en"] = bad },
			func(r *profile.CustomRole) { r.About = map[string]string{bad: "x"} },
			func(r *profile.CustomRole) { r.Permissions[1] = profile.Permission(bad) },
		} {
			require.ErrorIs(t, s.SaveRole(t.Context(), newRole("staff.a", change)), profile.ErrInvalid)
		}
	}
	require.Empty(t, rolesOf(t, s))
}

func checkRoleOrder(t *testing.T, s profile.RoleStore) {
	for _, key := range []profile.Role{"staff.b", "staff.B", "member.z", "staff.a-b", "staff.a"} {
		require.NoError(t, s.SaveRole(t.Context(), newRole(key)))
	}
	var got []profile.Role
	for _, r := range rolesOf(t, s) {
		got = append(got, r.Key)
	}
	require.Equal(t, []profile.Role{"member.z", "staff.B", "staff.a", "staff.a-b", "staff.b"}, got)
}

func checkRoleVersions(t *testing.T, s profile.RoleStore) {
	second := newRole("staff.a", func(r *profile.CustomRole) {
		r.Version, r.Members, r.Permissions, r.About, r.Name = 2, false, []profile.Permission{"kb.publish"}, nil, map[string]string{"ja": "役割"}
		r.UpdatedAt = t0.Add(time.Minute)
	})
	require.ErrorIs(t, s.SaveRole(t.Context(), second), profile.ErrNotFound)
	suitetest.Race(t, profile.ErrConflict, func(int) error { return s.SaveRole(t.Context(), newRole("staff.a")) })
	require.NoError(t, s.SaveRole(t.Context(), newRole("staff.b")))
	suitetest.Race(t, profile.ErrConflict, func(int) error { return s.SaveRole(t.Context(), second) })
	require.ErrorIs(t, s.SaveRole(t.Context(), newRole("staff.a", func(r *profile.CustomRole) { r.Version = 4 })), profile.ErrConflict)
	got := rolesOf(t, s)
	got[0].About = nil
	require.Equal(t, []profile.CustomRole{second, newRole("staff.b")}, got)
	require.NoError(t, s.RemoveRole(t.Context(), "staff.a"))
	require.ErrorIs(t, s.RemoveRole(t.Context(), "staff.a"), profile.ErrNotFound)
	require.Equal(t, []profile.CustomRole{newRole("staff.b")}, rolesOf(t, s))
	require.NoError(t, s.SaveRole(t.Context(), newRole("staff.a")), "the key is free again")
}

func checkRoleAliasing(t *testing.T, s profile.RoleStore) {
	given := newRole("staff.a")
	require.NoError(t, s.SaveRole(t.Context(), given))
	for range 2 {
		given.Name["en"], given.About["de"], given.Permissions[0] = "x", "x", "directory.write"
		given = rolesOf(t, s)[0]
		require.Equal(t, newRole("staff.a"), given)
	}
}

func checkRoleCancelled(t *testing.T, s profile.RoleStore) {
	require.NoError(t, s.SaveRole(t.Context(), newRole("staff.a")))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := s.Roles(ctx)
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorIs(t, s.SaveRole(ctx, newRole("staff.b")), context.Canceled)
	require.ErrorIs(t, s.RemoveRole(ctx, "staff.a"), context.Canceled)
	require.Len(t, rolesOf(t, s), 1)
}

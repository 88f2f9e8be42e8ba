package profile_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/profile"
)

// wrongRoles is what an error says of the roles in a form.
func wrongRoles(t *testing.T, err error) string {
	t.Helper()
	var f errs.Fields
	require.ErrorAs(t, err, &f)
	return f["roles"].Key
}

// TestLastManagerStays: while others belong to an organisation, nobody within it
// takes its last manager away.
func TestLastManagerStays(t *testing.T) {
	p := newPortal(t)
	less := func(by, id string) error {
		who, err := p.Person(t.Context(), root, id)
		require.NoError(t, err)
		who.Roles, who.Attributes = []profile.Role{profile.RoleCustomer}, nil
		_, err = p.SavePerson(t.Context(), p.as(t, by), who)
		return err
	}
	require.Equal(t, "error.role.last_manager", wrongRoles(t, less("ann", "ann")))

	p.add(t, "amy", "acme", profile.RoleManager)
	require.NoError(t, less("ann", "ann"), "amy is there")
	require.Equal(t, "error.role.last_manager", wrongRoles(t, less("amy", "amy")))

	// Somebody who was a manager when their request began, and is none any more.
	late := profile.Actor{ID: "ann", Account: "acme", Roles: []profile.Role{profile.RoleManager}}
	_, err := p.DisablePerson(t.Context(), late, "amy")
	require.ErrorIs(t, err, profile.ErrConflict)
	require.Equal(t, "error.role.last_manager", says(t, err))

	_, err = p.DisablePerson(t.Context(), root, "bob")
	require.NoError(t, err)
	require.Error(t, less("amy", "amy"), "whoever is disabled belongs to it all the same")
	require.NoError(t, less("root", "amy"), "staff can appoint another")

	p.add(t, "lone", "zeta", profile.RoleManager)
	require.NoError(t, p.RemovePerson(t.Context(), root, "carl"))
	require.NoError(t, less("lone", "lone"), "nobody needs them")
}

package profile_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/profile"
)

// TestInvitationOfOneAddress: who is there is not invited, and an open invitation
// is replaced by nobody who does not say so.
func TestInvitationOfOneAddress(t *testing.T) {
	o := newOffice(t)
	refused := func(by string, d profile.InvitationDraft) string {
		_, err := o.Invite(t.Context(), o.p.as(t, by), d)
		var f errs.Fields
		require.ErrorAs(t, err, &f)
		return f["address"].Key
	}
	for _, address := range []string{"bob@acme.example", "Bob@ACME.example", "ann@acme.example"} {
		require.Equal(t, "error.invitation.member", refused("ann", profile.InvitationDraft{Address: address}))
	}
	require.Equal(t, "error.invitation.member", refused("root", profile.InvitationDraft{Address: "carl@zeta.example", Account: "zeta"}))
	_, err := o.p.SavePerson(t.Context(), root, profile.Person{ID: "ida", Name: "Ida", Email: "ida@us.example", Roles: []profile.Role{profile.RoleAgent}})
	require.NoError(t, err)
	require.Equal(t, "error.invitation.member", refused("root", profile.InvitationDraft{Address: "Ida@us.example", Roles: []profile.Role{profile.RoleAgent}}))
	require.Empty(t, o.sent)

	first, made := o.invite(t, "ann", func(d *profile.InvitationDraft) { d.Address = "New@Acme.example" })
	require.Equal(t, "new@acme.example", made.Address)
	for _, d := range []profile.InvitationDraft{{}, {Roles: []profile.Role{profile.RoleManager}}, {Again: "another"}} {
		d.Address = "new@acme.example"
		require.Equal(t, "error.invitation.open", refused("ann", d))
	}
	_, err = o.Peek(t.Context(), first)
	require.NoError(t, err, "it is as it was")
	again := func(d *profile.InvitationDraft) { d.Again, d.Key = made.ID, "once" }
	_, second := o.invite(t, "ann", again)
	_, retry := o.invite(t, "ann", again)
	require.Equal(t, second.ID, retry.ID)
	require.Len(t, o.sent, 2)
	_, err = o.Peek(t.Context(), first)
	require.Equal(t, "error.link.replaced", says(t, err))
}

// TestInvitationOfSomebodyWhoIsThere: who has come by another way meanwhile stays
// who they are.
func TestInvitationOfSomebodyWhoIsThere(t *testing.T) {
	o := newOffice(t)
	token, _ := o.invite(t, "ann", func(d *profile.InvitationDraft) { d.Roles = []profile.Role{profile.RoleManager} })
	_, err := o.p.SavePerson(t.Context(), root, profile.Person{ID: "new", Name: "New", Email: "New@acme.example", Account: "acme", Roles: []profile.Role{profile.RoleCustomer}})
	require.NoError(t, err)
	_, err = o.Accept(t.Context(), token, newton())
	require.ErrorIs(t, err, profile.ErrConflict)
	require.Equal(t, "error.invitation.yours", says(t, err))
	for _, other := range []string{"bob", "carl", "nobody"} {
		_, err = o.Accept(t.Context(), token, profile.Joiner{Via: "portal", Subject: other, Person: other})
		require.ErrorIs(t, err, profile.ErrConflict, other)
		require.Equal(t, "error.invitation.known", says(t, err))
	}
	p, err := o.Accept(t.Context(), token, profile.Joiner{Via: "portal", Subject: "new", Person: "new"})
	require.NoError(t, err)
	require.Equal(t, "new", p.ID)
	require.ElementsMatch(t, []profile.Role{profile.RoleCustomer, profile.RoleManager}, p.Roles)
	require.Len(t, o.newcomers(t), 1)
	_, err = o.Accept(t.Context(), token, newton())
	require.ErrorIs(t, err, profile.ErrGone)
}

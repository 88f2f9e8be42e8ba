package scimprofile_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/scimprofile"
)

const oursToken = "ours-0123456789-0123456789-0123456789"

// TestRolesOfACustomersDirectory: a company says who is a customer and who
// manages there. Whose partner it is, is not for it to say.
func TestRolesOfACustomersDirectory(t *testing.T) {
	s := newService(t)
	s.token = zetaToken
	body := `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"add","path":"members","value":[{"value":"carl"}]}]}`
	s.ok(t, 200, "PATCH", "/Groups/managers", body)
	s.fails(t, 404, "", "PATCH", "/Groups/partners", body)
	require.Equal(t, []profile.Role{profile.RoleCustomer, profile.RoleManager}, s.person(t, "carl").Roles)
}

// TestPeopleWithoutAnAccount: the company's own directory knows its staff and
// whom it added, and not the customers who came by themselves.
func TestPeopleWithoutAnAccount(t *testing.T) {
	s := newService(t, func(o *scimprofile.Options) {
		o.Tokens = append(o.Tokens, scimprofile.Token{Hash: hash(t, oursToken), Staff: true})
	})
	s.add(t, "selma", "", profile.RoleCustomer)
	s.add(t, "amos", "", profile.RoleAgent)
	s.token = oursToken
	made := s.create(t, "new@us.example")
	require.ElementsMatch(t, []string{"amos", made}, s.ids(t, "/Users"))
	s.fails(t, 404, "", "GET", "/Users/selma", "")
	s.fails(t, 404, "", "DELETE", "/Users/selma", "")
	require.False(t, s.person(t, "selma").Disabled)
}

// TestTheLastAdministratorStays: no directory takes away the only one who could
// mend what it got wrong.
func TestTheLastAdministratorStays(t *testing.T) {
	for _, remove := range []bool{false, true} {
		s := newService(t, func(o *scimprofile.Options) {
			o.Tokens = append(o.Tokens, scimprofile.Token{Hash: hash(t, oursToken), Staff: true})
			o.Remove = remove
		})
		s.add(t, "ruth", "", profile.RoleAdmin)
		s.token = oursToken
		s.fails(t, 409, "mutability", "DELETE", "/Users/ruth", "")
		s.fails(t, 409, "mutability", "PATCH", "/Users/ruth", `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","path":"active","value":false}]}`)
		require.False(t, s.person(t, "ruth").Disabled)
		s.add(t, "rita", "us", profile.RoleAdmin)
		s.ok(t, 204, "DELETE", "/Users/ruth", "")
	}
}

// ids returns the IDs of a list.
func (s *service) ids(t testing.TB, path string) []string {
	t.Helper()
	var out []string
	resources, _ := s.ok(t, 200, "GET", path, "").body["Resources"].([]any)
	for _, r := range resources {
		resource, _ := r.(map[string]any)
		id, _ := resource["id"].(string)
		out = append(out, id)
	}
	return out
}

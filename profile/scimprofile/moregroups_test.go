package scimprofile_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/scimprofile"
)

// TestGroupsOfCustomRoles: roles that a team makes are groups from then on, and
// those that are not for customers to give stay out of their reach.
func TestGroupsOfCustomRoles(t *testing.T) {
	var s *service
	s = newService(t, func(o *scimprofile.Options) {
		o.Tokens[0].Roles = nil
		o.MoreGroups = func(ctx context.Context) (list []scimprofile.Group, err error) {
			roles, err := s.Roles(ctx, system)
			for _, r := range roles {
				if !r.Fixed {
					list = append(list, scimprofile.Group{Name: r.Name["en"], Role: r.Key, Members: r.Members})
				}
			}
			return append(list, scimprofile.Group{Name: "Support managers", Role: "member.impostor", Members: true}), err
		}
	})
	total := s.ok(t, 200, "GET", "/Groups", "").body["totalResults"].(float64)
	for key, members := range map[profile.Role]bool{"member.buyer": true, "member.vip": false, "staff.lead": false} {
		_, err := s.SaveRole(t.Context(), system, profile.CustomRole{Key: key, Name: map[string]string{"en": string(key)}, Members: members})
		require.NoError(t, err)
	}
	require.EqualValues(t, total+1, s.ok(t, 200, "GET", "/Groups", "").body["totalResults"])
	join := `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"add","path":"members","value":[{"value":"ann"}]}]}`
	s.ok(t, 200, "PATCH", "/Groups/member.buyer", join)
	require.Equal(t, []string{"ann"}, s.members(t, "member.buyer"))
	require.Contains(t, s.person(t, "ann").Roles, profile.Role("member.buyer"))
	require.Len(t, s.ok(t, 200, "GET", "/Users/ann", "").body["groups"], 2)
	for _, out := range []string{"member.vip", "staff.lead", "member.impostor"} {
		s.fails(t, 404, "", "PATCH", "/Groups/"+out, join)
	}
	require.NoError(t, s.RemoveRole(t.Context(), system, "member.buyer", profile.RoleCustomer))
	s.fails(t, 404, "", "GET", "/Groups/member.buyer", "")
}

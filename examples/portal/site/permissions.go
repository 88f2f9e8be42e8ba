package site

import (
	"context"
	"slices"

	"github.com/stoa-go/stoa/cases"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/kb/courses"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/assets"
	"github.com/stoa-go/stoa/profile/audit"
	"github.com/stoa-go/stoa/profile/retention"
	"github.com/stoa-go/stoa/profile/scimprofile"
	"github.com/stoa-go/stoa/search"
)

// registerPermissions tells the directory what roles can be made of: all that
// the capabilities of this portal ask for.
func (s *Site) registerPermissions() error {
	return s.people.RegisterPermissions(slices.Concat(kb.Permissions(), search.Permissions(), assets.Permissions(), audit.Permissions(), retention.Permissions(), courses.Permissions(), cases.Permissions())...)
}

// customGroups are the roles that the team made, as groups of an identity
// provider.
func (s *Site) customGroups(ctx context.Context) (list []scimprofile.Group, err error) {
	made, err := s.people.Roles(ctx, directoryProgram)
	for _, r := range made {
		if !r.Fixed {
			list = append(list, scimprofile.Group{Name: textIn(r.Name, s.catalog.Chain("en")), Role: r.Key, Members: r.Members})
		}
	}
	return list, err
}

// directoryProgram is in whose name identity providers change people.
var directoryProgram = profile.Actor{ID: "scim", Roles: []profile.Role{profile.RoleAdmin}}

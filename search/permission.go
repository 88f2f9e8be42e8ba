package search

import "github.com/stoa-go/stoa/profile"

// Permissions returns what an [Engine] asks people to be permitted, for
// [profile.Directory.RegisterPermissions].
func Permissions() []profile.PermissionInfo {
	return []profile.PermissionInfo{
		{Permission: profile.PermissionSearchTune, Name: "permission.search_tune", About: "permission.search_tune_about"},
	}
}

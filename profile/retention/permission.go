package retention

import "github.com/stoa-go/stoa/profile"

// Permissions returns what [Holds] and a [Schedule] ask people to be permitted, for
// [profile.Directory.RegisterPermissions].
func Permissions() []profile.PermissionInfo {
	return []profile.PermissionInfo{
		{Permission: profile.PermissionRetention, Name: "permission.retention_write", About: "permission.retention_write_about"},
	}
}

package courses

import "github.com/stoa-go/stoa/profile"

// Permissions returns what a [School] asks people to be permitted beside what kb
// does, for [profile.Directory.RegisterPermissions].
func Permissions() []profile.PermissionInfo {
	return []profile.PermissionInfo{
		{Permission: profile.PermissionCoursesTeach, Name: "permission.courses_teach", About: "permission.courses_teach_about"},
	}
}

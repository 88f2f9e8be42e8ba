package audit

import "github.com/stoa-go/stoa/profile"

// Permissions returns what a [Log] asks people to be permitted, for
// [profile.Directory.RegisterPermissions].
func Permissions() []profile.PermissionInfo {
	return []profile.PermissionInfo{
		{Permission: profile.PermissionAuditRead, Name: "permission.audit_read", About: "permission.audit_read_about"},
	}
}

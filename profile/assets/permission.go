package assets

import "github.com/stoa-go/stoa/profile"

// Permissions returns what an [Inventory] asks people to be permitted, for
// [profile.Directory.RegisterPermissions].
func Permissions() []profile.PermissionInfo {
	return []profile.PermissionInfo{
		{Permission: profile.PermissionAssetsRead, Name: "permission.assets_read", About: "permission.assets_read_about"},
		{Permission: profile.PermissionAssetsWrite, Name: "permission.assets_write", About: "permission.assets_write_about"},
		{Permission: profile.PermissionAssetsSpend, Name: "permission.assets_spend", About: "permission.assets_spend_about"},
		{Permission: profile.PermissionHoldingsRead, Members: true, Name: "permission.holdings_read", About: "permission.holdings_read_about"},
		{Permission: profile.PermissionHoldingsWrite, Members: true, Name: "permission.holdings_write", About: "permission.holdings_write_about"},
	}
}

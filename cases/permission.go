package cases

import "github.com/stoa-go/stoa/profile"

// Permissions returns what a [Desk] asks people to be permitted, for
// [profile.Directory.RegisterPermissions].
func Permissions() []profile.PermissionInfo {
	return []profile.PermissionInfo{
		{Permission: profile.PermissionCasesColleagues, Members: true, Name: "permission.cases_colleagues", About: "permission.cases_colleagues_about"},
		{Permission: profile.PermissionCasesColleaguesAct, Members: true, Name: "permission.cases_colleagues_act", About: "permission.cases_colleagues_act_about"},
		{Permission: profile.PermissionCasesRead, Name: "permission.cases_read", About: "permission.cases_read_about"},
		{Permission: profile.PermissionCasesAnswer, Name: "permission.cases_answer", About: "permission.cases_answer_about"},
		{Permission: profile.PermissionCasesManage, Name: "permission.cases_manage", About: "permission.cases_manage_about"},
	}
}

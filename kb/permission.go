package kb

import "github.com/stoa-go/stoa/profile"

// Permissions returns what a [Library] asks people to be permitted, for
// [profile.Directory.RegisterPermissions].
func Permissions() []profile.PermissionInfo {
	return []profile.PermissionInfo{
		{Permission: profile.PermissionContentWrite, Name: "permission.kb_write", About: "permission.kb_write_about"},
		{Permission: profile.PermissionContentDraft, Name: "permission.kb_draft", About: "permission.kb_draft_about"},
		{Permission: profile.PermissionContentTranslate, Name: "permission.kb_translate", About: "permission.kb_translate_about"},
		{Permission: profile.PermissionContentPublish, Name: "permission.kb_publish", About: "permission.kb_publish_about"},
		{Permission: profile.PermissionContentReview, Name: "permission.kb_review", About: "permission.kb_review_about"},
		{Permission: profile.PermissionContentOrganise, Name: "permission.kb_organise", About: "permission.kb_organise_about"},
		{Permission: profile.PermissionContentImport, Name: "permission.kb_import", About: "permission.kb_import_about"},
		{Permission: profile.PermissionFeedbackRead, Name: "permission.kb_feedback", About: "permission.kb_feedback_about"},
	}
}

// byWriters says of operations that those may call them who write.
const byWriters = string(profile.PermissionContentWrite) + ", or " + string(profile.PermissionContentDraft) + " for one's own"

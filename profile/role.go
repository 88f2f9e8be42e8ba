package profile

import (
	"slices"
	"strings"
)

// A Role is what an actor is on the portal.
type Role string

// The roles that the library knows. A host adds its own by mapping them to
// permissions in a [Policy], and a team by keeping a [CustomRole].
const (
	RoleCustomer   Role = "customer"   // a person of a customer organisation
	RoleManager    Role = "manager"    // administers their own organisation
	RolePartner    Role = "partner"    // a reseller, an installer, an expert from outside
	RoleAgent      Role = "agent"      // answers customers
	RoleAuthor     Role = "author"     // writes content
	RoleReviewer   Role = "reviewer"   // approves and publishes content
	RoleTranslator Role = "translator" // translates content
	RoleModerator  Role = "moderator"  // looks after the community
	RoleAdmin      Role = "admin"      // administers the portal
)

// A RoleKind says which people have a role.
type RoleKind string

// The kinds of roles.
const (
	RoleKindMember RoleKind = "member" // people of customer organisations, partners and whoever else is outside
	RoleKindStaff  RoleKind = "staff"  // people of the company itself
)

// Kind returns which people have a role. That of a custom role is the word
// before the dot in its key, so that nothing has to be looked up to know that
// somebody is staff, and that it never changes.
func (r Role) Kind() RoleKind {
	switch r {
	case RoleAgent, RoleAuthor, RoleReviewer, RoleTranslator, RoleModerator, RoleAdmin:
		return RoleKindStaff
	}
	if strings.HasPrefix(string(r), string(RoleKindStaff)+".") {
		return RoleKindStaff
	}
	return RoleKindMember
}

// Staff reports whether a role is held by people of the company itself.
func (r Role) Staff() bool { return r.Kind() == RoleKindStaff }

// Custom reports whether a role has the key of a [CustomRole]: "staff.NAME" or
// "member.NAME".
func (r Role) Custom() bool {
	kind, name, ok := strings.Cut(string(r), ".")
	return ok && name != "" && (kind == string(RoleKindStaff) || kind == string(RoleKindMember))
}

// A Permission is something an actor may do, named capability.verb.
type Permission string

// The permissions of the capabilities that exist so far. Each is checked in
// exactly one front type.
const (
	PermissionContentWrite       Permission = "kb.write"             // draft and edit articles
	PermissionContentDraft       Permission = "kb.draft"             // draft and edit one's own
	PermissionContentPublish     Permission = "kb.publish"           // publish, archive, restore
	PermissionContentTranslate   Permission = "kb.translate"         // edit translations
	PermissionContentReview      Permission = "kb.review"            // approve or refuse what others wrote
	PermissionContentOrganise    Permission = "kb.organise"          // categories and redirects
	PermissionContentImport      Permission = "kb.import"            // import and export
	PermissionFeedbackRead       Permission = "kb.feedback"          // read what readers said
	PermissionCoursesTeach       Permission = "courses.teach"        // decide who gets into courses, see who learns what, say what is paid
	PermissionSearchTune         Permission = "search.tune"          // see rankings explained, rebuild
	PermissionDirectoryRead      Permission = "directory.read"       // see people and organisations
	PermissionDirectoryWrite     Permission = "directory.write"      // change them
	PermissionRolesGrant         Permission = "directory.roles"      // give people roles that the giver does not hold
	PermissionRolesWrite         Permission = "roles.write"          // define what custom roles permit
	PermissionMembersRead        Permission = "members.read"         // see the people of one's own organisation
	PermissionMembersWrite       Permission = "members.write"        // add, change and disable them
	PermissionSegmentsRead       Permission = "segments.read"        // see which segments there are
	PermissionSegmentsWrite      Permission = "segments.write"       // change the rules of segments
	PermissionEventsRead         Permission = "analytics.read"       // read journeys and reports
	PermissionImpersonate        Permission = "directory.viewas"     // see the portal as somebody else
	PermissionAssetsRead         Permission = "assets.read"          // see what anybody bought and has
	PermissionAssetsWrite        Permission = "assets.write"         // change it
	PermissionAssetsSpend        Permission = "assets.spend"         // use up hours and cases of support packages
	PermissionHoldingsRead       Permission = "holdings.read"        // see all that one's own organisation and its people bought and have
	PermissionHoldingsWrite      Permission = "holdings.write"       // move and unregister its products
	PermissionCasesColleagues    Permission = "cases.colleagues"     // see the cases of one's own organisation
	PermissionCasesColleaguesAct Permission = "cases.colleagues_act" // act on them as if they were one's own
	PermissionCasesRead          Permission = "cases.read"           // see cases and what is said about them among staff
	PermissionCasesAnswer        Permission = "cases.answer"         // answer, assign and change them
	PermissionCasesManage        Permission = "cases.manage"         // say how cases are worked on, remove them
	PermissionAuditRead          Permission = "audit.read"           // see who did what
	PermissionRetention          Permission = "retention.write"      // decide how long things are kept, and whose must be
)

// A Policy maps roles to permissions. The zero Policy grants nothing.
type Policy map[Role][]Permission

// DefaultPolicy returns the table that the library suggests. A host may change
// the copy it gets and hand it to the front types. RoleAdmin has every
// permission that any other role has, which is what lets it grant them all.
func DefaultPolicy() Policy {
	content := []Permission{PermissionContentWrite, PermissionContentDraft, PermissionContentTranslate, PermissionFeedbackRead, PermissionSegmentsRead}
	publish := append([]Permission{PermissionContentPublish, PermissionContentReview, PermissionContentOrganise, PermissionCoursesTeach}, content...)
	members := []Permission{
		PermissionMembersRead, PermissionMembersWrite, PermissionHoldingsRead, PermissionHoldingsWrite, PermissionCasesColleagues, PermissionCasesColleaguesAct,
	}
	return Policy{
		RoleManager: members,
		RoleAgent: {
			PermissionContentDraft, PermissionFeedbackRead, PermissionDirectoryRead, PermissionSegmentsRead, PermissionAssetsRead, PermissionAssetsSpend,
			PermissionCasesRead, PermissionCasesAnswer,
		},
		RoleAuthor:     content,
		RoleTranslator: {PermissionContentTranslate},
		RoleReviewer:   publish,
		RoleModerator:  {PermissionFeedbackRead},
		RoleAdmin: slices.Concat(publish, members, []Permission{
			PermissionContentImport, PermissionSearchTune, PermissionDirectoryRead, PermissionDirectoryWrite,
			PermissionRolesGrant, PermissionRolesWrite, PermissionSegmentsWrite, PermissionEventsRead, PermissionImpersonate,
			PermissionAssetsRead, PermissionAssetsWrite, PermissionAssetsSpend, PermissionAuditRead, PermissionRetention,
			PermissionCasesRead, PermissionCasesAnswer, PermissionCasesManage,
		}),
	}
}

// May reports whether one of a's roles grants permission, be it one of the table
// or one that the team made ([Actor.Grants]). An anonymous actor may nothing.
func (p Policy) May(a Actor, permission Permission) bool {
	if a.Anonymous() {
		return false
	}
	return slices.Contains(a.Grants, permission) || slices.ContainsFunc(a.Roles, func(r Role) bool { return slices.Contains(p[r], permission) })
}

// MayGrant reports whether a may give somebody a role: one that a holds, the
// role of a customer, or with [PermissionRolesGrant] any other, as long as it
// brings no permission that a lacks. So nobody can be raised above the giver.
//
// It knows nothing of custom roles, which [Directory.MayGrant] does, and lets
// nobody give them.
func (p Policy) MayGrant(a Actor, role Role) bool {
	if a.Anonymous() || role.Custom() && p[role] == nil {
		return false
	}
	if a.Has(role) {
		return true
	}
	if role.Staff() && !a.Staff() {
		return false // it opens what is written for staff, whatever it permits
	}
	for _, permission := range p[role] {
		if !p.May(a, permission) {
			return false
		}
	}
	return role == RoleCustomer || p.May(a, PermissionRolesGrant)
}

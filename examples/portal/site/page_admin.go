package site

import (
	"net/http"

	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/profile"
)

// The pages below /admin are for those who look after the portal. To everybody
// else they do not exist.

// adminRoutes are the pages of those who look after the portal.
func (s *Site) adminRoutes() []route {
	reads := func(serve web.Func) web.Func { return s.permitted(profile.PermissionSegmentsRead, serve) }
	writes := func(serve web.Func) web.Func { return s.permitted(profile.PermissionSegmentsWrite, reads(serve)) }
	const rules = nothing + "rules, to those who may see them"
	return []route{
		{"GET /admin", nothing + "links to what the visitor may administer", s.adminIndex},
		{"GET /admin/segments", rules, reads(s.segmentList)},
		{"GET /admin/segments/new", rules, writes(s.newSegment)},
		{"POST /admin/segments/new", rules, writes(s.saveSegment)},
		{"GET /admin/segments/{name}", rules, writes(s.segmentPage)},
		{"POST /admin/segments/{name}", rules, writes(s.saveSegment)},
		{"GET /admin/segments/{name}/remove", rules, writes(s.segmentRemoval)},
		{"POST /admin/segments/{name}/remove", rules, writes(s.removeSegment)},
	}
}

// An adminPart is one thing that can be administered.
type adminPart struct {
	Path, Title, Note string // the texts are message keys
	Needs             profile.Permission
}

// adminParts are all of them, in the order of the index.
var adminParts = []adminPart{
	{"/admin/people", "people.title", "admin.people_note", profile.PermissionDirectoryRead},
	{deskInvitations, "invite.part", "invite.part_note", profile.PermissionDirectoryWrite},
	{"/admin/roles", "roles.title", "roles.lead", profile.PermissionDirectoryRead},
	{"/admin/fields", "fields.title", "admin.fields_note", profile.PermissionDirectoryWrite},
	{"/admin/segments", "segments.title", "admin.segments_note", profile.PermissionSegmentsRead},
	{"/admin/layout", "layout.title", "admin.layout_note", profile.PermissionSegmentsWrite},
	{"/admin/promotions", "promotions.title", "promotions.lead", profile.PermissionSegmentsWrite},
	{"/admin/audit", "audit.title", "audit.lead", profile.PermissionAuditRead},
	{"/admin/retention", "retention.title", "retention.lead", profile.PermissionRetention},
	{"/admin/connections", "connections.title", "connections.part_note", profile.PermissionDirectoryWrite},
}

// administers returns what somebody may administer.
func (s *Site) administers(by profile.Actor) (out []adminPart) {
	for _, part := range adminParts {
		if s.policy.May(by, part.Needs) && (part.Path != deskInvitations || s.invites()) {
			out = append(out, part)
		}
	}
	return out
}

// adminIndex leads to what the visitor may administer.
func (s *Site) adminIndex(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r.Context())
	parts := s.administers(v.By)
	if len(parts) == 0 {
		return profile.ErrNotFound
	}
	web.NoStore(w)
	p := s.newPage(r, v.P.T("admin.title"))
	p.NoIndex, p.Body, p.Crumbs = true, parts, s.crumbs(v)
	return s.show(w, r, http.StatusOK, "admin", p)
}

// adminCrumbs lead to the index, and further to the places given.
func (s *Site) adminCrumbs(v *visit, places ...crumb) []crumb {
	return append(append(s.crumbs(v), crumb{Title: v.P.T("admin.title"), Href: v.link("/admin")}), places...)
}

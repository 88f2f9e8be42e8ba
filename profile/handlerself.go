package profile

import (
	"net/http"

	"github.com/stoa-go/stoa/internal/web"
)

// A me is an actor as the wire spells it.
type me struct {
	ID          string       `json:"id" doc:"The person's id, empty for anonymous visitors."`
	Name        string       `json:"name" doc:"How to address them."`
	Account     string       `json:"account" doc:"The id of their organisation, or empty."`
	Roles       []Role       `json:"roles" doc:"What they are on the portal."`
	Permissions []Permission `json:"permissions" doc:"What their roles let them do."`
	Segments    []string     `json:"segments" doc:"The segments they belong to, for those who may know of segments."`
	Locale      string       `json:"locale" doc:"The language they prefer, a BCP 47 tag, or empty."`
	Zone        string       `json:"zone" doc:"Their IANA time zone, or empty."`
	Sure        bool         `json:"sure" doc:"Whether they have just proved who they are, which some operations take."`
	Viewer      string       `json:"viewer" doc:"Who looks at the portal as them and can change nothing, or empty."`
}

func (h *Handler) serveSelf() {
	h.api.Handle(web.Op{
		Method: http.MethodGet, Path: "/me", Name: "profile.me", Summary: "Who is asking, and what they may do.",
		Policy: "everybody, about themselves", Public: true, Out: me{},
	}, h.serveMe)
}

func (h *Handler) serveMe(w http.ResponseWriter, r *http.Request) error {
	a := FromContext(r.Context())
	out := me{
		ID: a.ID, Name: a.Name, Account: a.Account, Locale: a.Locale, Zone: a.Zone, Roles: filled(a.Roles), Segments: []string{},
		Permissions: filled(h.people.permissionsOf(a)), Sure: !a.Anonymous() && h.surely(a) == nil, Viewer: a.Viewer,
	}
	// The name of a segment may say what the company thinks of its customers.
	if h.people.policy.May(a, PermissionSegmentsRead) {
		out.Segments = append(out.Segments, a.Segments...)
	}
	return web.JSON(w, r, http.StatusOK, out)
}

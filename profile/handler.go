package profile

import (
	"net/http"

	"github.com/stoa-go/stoa/internal/web"
)

// A me is an actor as the wire spells it.
type me struct {
	ID       string   `json:"id" doc:"The person's id, empty for anonymous visitors."`
	Name     string   `json:"name" doc:"How to address them."`
	Account  string   `json:"account" doc:"The id of their organisation, or empty."`
	Roles    []Role   `json:"roles" doc:"What they are on the portal."`
	Segments []string `json:"segments" doc:"The segments they belong to, for those who may know of segments."`
	Locale   string   `json:"locale" doc:"The language they prefer, a BCP 47 tag, or empty."`
	Zone     string   `json:"zone" doc:"Their IANA time zone, or empty."`
}

// Handler serves the JSON API of the directory under any prefix:
//
//	GET                /me                 who is asking
//	GET, PUT           /me/preferences     what they prefer
//	GET, POST          /me/consents        what they agreed to and refused
//	GET, PUT, DELETE   /me/shelf/{list}    what they put aside
func (d *Directory) Handler() http.Handler { return d.API().Handler() }

// API returns the operations that Handler serves, to be documented together
// with those of other capabilities.
func (d *Directory) API() *web.API {
	api := web.NewAPI("profile", d.log)
	api.Handle(web.Op{
		Method: http.MethodGet, Path: "/me", Name: "profile.me", Summary: "Who is asking",
		Policy: "everybody, about themselves", Public: true, Out: me{},
	}, d.serveMe)
	d.servePersonal(api)
	return api
}

func (d *Directory) serveMe(w http.ResponseWriter, r *http.Request) error {
	a := FromContext(r.Context())
	out := me{
		ID: a.ID, Name: a.Name, Account: a.Account, Locale: a.Locale, Zone: a.Zone,
		Roles: append([]Role{}, a.Roles...), Segments: []string{},
	}
	// The name of a segment may say what the company thinks of its customers.
	if d.policy.May(a, PermissionSegmentsRead) {
		out.Segments = append(out.Segments, a.Segments...)
	}
	return web.JSON(w, r, http.StatusOK, out)
}

package profile

import (
	"net/http"
	"time"

	"github.com/stoa-go/stoa/internal/web"
)

func (h *Handler) serveIdentities() {
	const others = "oneself; " + string(PermissionDirectoryWrite) + " for all"
	h.api.Handle(web.Op{
		Method: http.MethodGet, Path: "/people/{id}/identities", Name: "profile.identities", Summary: "Lists who somebody is elsewhere, the oldest link first.",
		Policy: others, Out: identitiesWire{},
	}, h.serveIdentityList)
	h.api.Handle(web.Op{
		Method: http.MethodPost, Path: "/people/{id}/identities", Name: "profile.link_identity", Summary: "Lets whoever signs in elsewhere as a subject be this person; the same again is the same.",
		Policy: string(PermissionDirectoryWrite) + " and " + string(PermissionRolesGrant) + ", having just proved who one is", In: newIdentityWire{}, Out: identityWire{}, Create: true,
	}, h.serveLinkIdentity)
	h.api.Handle(web.Op{
		Method: http.MethodDelete, Path: "/identities", Name: "profile.unlink_identity", Summary: "Ends that a subject is somebody here, and their sessions.",
		Policy: others, Params: newIdentityWire{},
	}, h.serveUnlinkIdentity)
}

type identitiesWire struct {
	Identities []identityWire `json:"identities"`
}

type identityWire struct {
	Via      string    `json:"via" doc:"What vouches for them, oidc:https://id.example."`
	Subject  string    `json:"subject" doc:"Who they are there."`
	LinkedAt time.Time `json:"linked_at"`
}

func identityAsWire(i Identity) identityWire { return identityWire{i.Via, i.Subject, i.LinkedAt} }

type newIdentityWire struct {
	Via     string `json:"via" query:"via" max:"512" validate:"required" doc:"What vouches for them, oidc:https://id.example."`
	Subject string `json:"subject" query:"subject" max:"255" validate:"required" doc:"Who they are there."`
}

func (h *Handler) serveIdentityList(w http.ResponseWriter, r *http.Request) error {
	by, id, err := about(r, "id")
	if err != nil {
		return err
	}
	list, err := h.opts.Identities.List(r.Context(), by, id)
	if err != nil {
		return err
	}
	return web.JSON(w, r, http.StatusOK, identitiesWire{Identities: mapped(list, identityAsWire)})
}

func (h *Handler) serveLinkIdentity(w http.ResponseWriter, r *http.Request) error {
	_, id, err := about(r, "id")
	if err != nil {
		return err
	}
	by, in, _, err := created[newIdentityWire](w, r) // what is linked is linked once
	if err == nil {
		err = h.surely(by)
	}
	if err != nil {
		return err
	}
	i, err := h.opts.Identities.Link(r.Context(), by, Identity{Via: in.Via, Subject: in.Subject, Person: id})
	if err != nil {
		return err
	}
	return web.JSON(w, r, http.StatusCreated, identityAsWire(i))
}

func (h *Handler) serveUnlinkIdentity(w http.ResponseWriter, r *http.Request) error {
	q, err := web.Query[newIdentityWire](r)
	if err == nil {
		err = h.opts.Identities.Unlink(r.Context(), FromContext(r.Context()), q.Via, q.Subject)
	}
	if err != nil {
		return err
	}
	return web.NoContent(w)
}

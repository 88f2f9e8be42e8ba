package profile

import (
	"cmp"
	"net/http"
	"time"

	"github.com/stoa-go/stoa/internal/web"
)

func (h *Handler) serveInvitations() {
	const write = string(PermissionMembersWrite) + " for one's own organisation; " + string(PermissionDirectoryWrite) + " for all"
	h.api.Handle(web.Op{
		Method: http.MethodGet, Path: "/invitations", Name: "profile.invitations", Summary: "Lists the invitations to an organisation that can be accepted now, the newest first.",
		Policy: string(PermissionMembersRead) + " for one's own organisation; " + string(PermissionDirectoryRead) + " for all", Params: invitationsParams{}, Out: invitationsWire{},
	}, h.serveInvitationList)
	h.api.Handle(web.Op{
		Method: http.MethodPost, Path: "/invitations", Name: "profile.invite", Summary: "Invites somebody; whether the address is known in other organisations is not told.",
		Policy: write, In: newInvitationWire{}, Out: madeInvitationWire{}, Create: true, Errors: []int{http.StatusTooManyRequests, http.StatusServiceUnavailable},
	}, h.serveInvite)
	h.api.Handle(web.Op{
		Method: http.MethodDelete, Path: "/invitations/{id}", Name: "profile.revoke_invitation", Summary: "Takes an invitation back.",
		Policy: write, Errors: []int{http.StatusGone},
	}, h.serveRevokeInvitation)
}

type invitationsParams struct {
	Account string `query:"account" max:"128" doc:"To this organisation; empty means one's own."`
	Nowhere bool   `query:"nowhere" doc:"Instead those to no organisation."`
}

type invitationsWire struct {
	Invitations []invitationWire `json:"invitations" doc:"At most 200."`
}

type invitationWire struct {
	ID        string    `json:"id"`
	Address   string    `json:"address"`
	Name      string    `json:"name" doc:"How the sender calls them, or empty."`
	Account   string    `json:"account" doc:"The organisation that they are to join, or empty."`
	Roles     []Role    `json:"roles"`
	Locale    string    `json:"locale" doc:"Of the letter to them, or empty."`
	MadeBy    string    `json:"made_by" doc:"The person who sent it."`
	MadeAt    time.Time `json:"made_at"`
	ExpiresAt time.Time `json:"expires_at"`
}

func invitationAsWire(i Invitation) invitationWire {
	return invitationWire{i.ID, i.Address, i.Name, i.Account, filled(i.Roles), i.Locale, i.MadeBy, i.MadeAt, i.ExpiresAt}
}

type newInvitationWire struct {
	Address string `json:"address" validate:"required" doc:"An e-mail address."`
	Name    string `json:"name,omitempty" doc:"How to call them."`
	Account string `json:"account,omitempty" doc:"Left out, the sender's own; for those who may change the whole directory, none."`
	Roles   []Role `json:"roles,omitempty" doc:"Left out, customer."`
	Locale  string `json:"locale,omitempty" doc:"Of the letter to them."`
	Again   string `json:"again,omitempty" doc:"ID of the open invitation of the address that this one takes the place of."`
}

type madeInvitationWire struct {
	invitationWire
	Link string `json:"link" doc:"Where it can be accepted, if it is for the sender to hand over; told this once."`
}

func (h *Handler) serveInvitationList(w http.ResponseWriter, r *http.Request) error {
	q, err := web.Query[invitationsParams](r)
	if err != nil {
		return err
	}
	by := FromContext(r.Context())
	account := cmp.Or(q.Account, by.Account)
	if q.Nowhere {
		account = ""
	}
	list, err := h.opts.Invitations.List(r.Context(), by, account)
	if err != nil {
		return err
	}
	return web.JSON(w, r, http.StatusOK, invitationsWire{Invitations: mapped(list, invitationAsWire)})
}

func (h *Handler) serveInvite(w http.ResponseWriter, r *http.Request) error {
	by, in, key, err := created[newInvitationWire](w, r)
	if err == nil && makesStaff(nil, in.Roles) {
		err = h.surely(by)
	}
	if err != nil {
		return err
	}
	i, err := h.opts.Invitations.Invite(r.Context(), by, InvitationDraft{
		Address: in.Address, Name: in.Name, Account: in.Account, Roles: in.Roles, Locale: in.Locale, Again: in.Again, Key: key,
	})
	if err != nil {
		return err
	}
	return web.JSON(w, r, http.StatusCreated, madeInvitationWire{invitationAsWire(i), i.Link})
}

func (h *Handler) serveRevokeInvitation(w http.ResponseWriter, r *http.Request) error {
	by, id, err := about(r, "id")
	if err == nil {
		err = h.opts.Invitations.Revoke(r.Context(), by, id)
	}
	if err != nil {
		return err
	}
	return web.NoContent(w)
}

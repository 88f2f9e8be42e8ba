package profile

import (
	"errors"
	"net/http"

	"github.com/stoa-go/stoa/internal/web"
)

func (h *Handler) serveAccounts() {
	const read, write = string(PermissionDirectoryRead), string(PermissionDirectoryWrite)
	h.api.Handle(web.Op{
		Method: http.MethodGet, Path: "/accounts", Name: "profile.accounts", Summary: "Lists organisations, by name.",
		Policy: read, Params: accountsParams{}, Out: accountsWire{},
	}, h.serveAccountList)
	h.api.Handle(web.Op{
		Method: http.MethodPost, Path: "/accounts", Name: "profile.add_account", Summary: "Adds an organisation.",
		Policy: write, In: newAccountWire{}, Out: accountWire{}, Create: true,
	}, h.serveAddAccount)
	h.api.Handle(web.Op{
		Method: http.MethodGet, Path: "/accounts/{id}", Name: "profile.account", Summary: "Returns an organisation, with what the reader may know of it.",
		Policy: "one's own; " + read + " for all", Out: accountWire{},
	}, h.serveAccount)
	h.api.Handle(web.Op{
		Method: http.MethodPut, Path: "/accounts/{id}", Name: "profile.save_account", Summary: "Changes an organisation; disabling it signs out all of its people.",
		Policy: write + "; " + string(PermissionMembersWrite) + " for the attributes of one's own", In: accountChangeWire{}, Out: accountWire{}, Update: true,
	}, h.serveSaveAccount)
}

type accountsParams struct {
	After string `query:"after" max:"8192" doc:"Token of the page before."`
	Limit int    `query:"limit" default:"50" clamp:"1,200"`
}

func (h *Handler) serveAccountList(w http.ResponseWriter, r *http.Request) error {
	q, err := web.Query[accountsParams](r)
	if err != nil {
		return err
	}
	page, next, err := h.people.Accounts(r.Context(), FromContext(r.Context()), AccountQuery(q))
	if err != nil {
		return err
	}
	return web.JSON(w, r, http.StatusOK, accountsWire{Accounts: mapped(page, accountAsWire), Next: next})
}

func (h *Handler) serveAddAccount(w http.ResponseWriter, r *http.Request) error {
	by, in, key, err := created[newAccountWire](w, r)
	if err != nil {
		return err
	}
	a, err := h.people.SaveAccount(r.Context(), by, in.account(Account{ID: in.ID, Key: key}))
	if err != nil {
		return err
	}
	return versioned(w, r, http.StatusCreated, a.Version, accountAsWire(a))
}

func (h *Handler) serveAccount(w http.ResponseWriter, r *http.Request) error {
	by, id, err := about(r, "id")
	if err != nil {
		return err
	}
	a, err := h.people.Account(r.Context(), by, id)
	if err != nil {
		return err
	}
	return versioned(w, r, http.StatusOK, a.Version, accountAsWire(a))
}

func (h *Handler) serveSaveAccount(w http.ResponseWriter, r *http.Request) error {
	by, id, version, in, err := changed[accountChangeWire](w, r, "id")
	if err != nil {
		return err
	}
	old, err := h.people.Account(r.Context(), by, id)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	a := in.account(old)
	a.ID, a.Version = id, version
	if a, err = h.people.SaveAccount(r.Context(), by, a); err != nil {
		return outdated(err)
	}
	return versioned(w, r, http.StatusOK, a.Version, accountAsWire(a))
}

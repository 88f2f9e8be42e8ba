package profile

import (
	"context"
	"errors"
	"net/http"

	"github.com/stoa-go/stoa/internal/web"
)

const (
	peopleRead  = "oneself; " + string(PermissionMembersRead) + " for one's own organisation; " + string(PermissionDirectoryRead) + " for all"
	peopleWrite = "oneself in part; " + string(PermissionMembersWrite) + " for one's own organisation; " + string(PermissionDirectoryWrite) + " for all"
	accessRead  = string(PermissionDirectoryRead) + " and " + string(PermissionSegmentsRead)
)

func (h *Handler) servePeople() {
	h.api.Handle(web.Op{
		Method: http.MethodGet, Path: "/people", Name: "profile.people", Summary: "Lists people, by name.",
		Policy: peopleRead, Params: peopleParams{}, Out: peopleWire{},
	}, h.servePeopleList)
	h.api.Handle(web.Op{
		Method: http.MethodPost, Path: "/people", Name: "profile.add_person", Summary: "Adds a person.",
		Policy: string(PermissionMembersWrite) + " for one's own organisation; " + string(PermissionDirectoryWrite) + " for all",
		In:     newPersonWire{}, Out: personWire{}, Create: true,
	}, h.serveAddPerson)
	h.api.Handle(web.Op{
		Method: http.MethodGet, Path: "/people/{id}", Name: "profile.person", Summary: "Returns a person, with what the reader may know of them.",
		Policy: peopleRead, Out: personWire{},
	}, h.servePerson)
	h.api.Handle(web.Op{
		Method: http.MethodPut, Path: "/people/{id}", Name: "profile.save_person", Summary: "Changes a person.",
		Policy: peopleWrite, In: personChangeWire{}, Out: personWire{}, Update: true,
	}, h.serveSavePerson)
	h.api.Handle(web.Op{
		Method: http.MethodDelete, Path: "/people/{id}", Name: "profile.remove_person", Summary: "Forgets a person and signs them out; see the erasure for all that is kept of them.",
		Policy: string(PermissionDirectoryWrite) + ", having just proved who one is",
	}, h.serveRemovePerson)
	h.api.Handle(web.Op{
		Method: http.MethodPut, Path: "/people/{id}/disabled", Name: "profile.disable_person", Summary: "Keeps somebody from signing in and signs them out.",
		Policy: string(PermissionMembersWrite) + " for one's own organisation; " + string(PermissionDirectoryWrite) + " for all", Out: personWire{},
	}, h.serveDisabling(h.people.DisablePerson))
	h.api.Handle(web.Op{
		Method: http.MethodDelete, Path: "/people/{id}/disabled", Name: "profile.enable_person", Summary: "Lets a disabled person sign in again.",
		Policy: string(PermissionMembersWrite) + " for one's own organisation; " + string(PermissionDirectoryWrite) + " for all", Out: personWire{},
	}, h.serveDisabling(h.people.EnablePerson))
	h.api.Handle(web.Op{
		Method: http.MethodGet, Path: "/people/{id}/access", Name: "profile.access", Summary: "Returns what somebody may do and see.",
		Policy: accessRead, Out: accessWire{},
	}, h.serveAccess)
	h.api.Handle(web.Op{
		Method: http.MethodPost, Path: "/people/{id}/access", Name: "profile.try_access", Summary: "Returns what somebody could do and see if they were changed so; nothing is kept.",
		Policy: accessRead, In: personChangeWire{}, Out: accessWire{},
	}, h.serveTryAccess)
}

type peopleParams struct {
	Account string `query:"account" max:"128" doc:"Of this organisation only."`
	Role    string `query:"role" max:"64" doc:"With this role only."`
	After   string `query:"after" max:"8192" doc:"Token of the page before."`
	Limit   int    `query:"limit" default:"50" clamp:"1,200"`
}

func (h *Handler) servePeopleList(w http.ResponseWriter, r *http.Request) error {
	q, err := web.Query[peopleParams](r)
	if err != nil {
		return err
	}
	page, next, err := h.people.People(r.Context(), FromContext(r.Context()), PersonQuery{Account: q.Account, Role: Role(q.Role), After: q.After, Limit: q.Limit})
	if err != nil {
		return err
	}
	return web.JSON(w, r, http.StatusOK, peopleWire{People: mapped(page, personAsWire), Next: next})
}

func (h *Handler) serveAddPerson(w http.ResponseWriter, r *http.Request) error {
	by, in, key, err := created[newPersonWire](w, r)
	if err != nil {
		return err
	}
	p := in.person(Person{ID: in.ID, Key: key})
	if makesStaff(nil, p.Roles) {
		err = h.surely(by)
	}
	if err == nil {
		p, err = h.people.SavePerson(r.Context(), by, p)
	}
	if err != nil {
		return err
	}
	return versioned(w, r, http.StatusCreated, p.Version, personAsWire(p))
}

func (h *Handler) servePerson(w http.ResponseWriter, r *http.Request) error {
	by, id, err := about(r, "id")
	if err != nil {
		return err
	}
	p, err := h.people.Person(r.Context(), by, id)
	if err != nil {
		return err
	}
	return versioned(w, r, http.StatusOK, p.Version, personAsWire(p))
}

func (h *Handler) serveSavePerson(w http.ResponseWriter, r *http.Request) error {
	by, id, version, in, err := changed[personChangeWire](w, r, "id")
	if err != nil {
		return err
	}
	old, err := h.unless(h.people.person(r.Context(), by, id))
	if err != nil {
		return err
	}
	p := in.person(old)
	p.ID, p.Version = id, version
	if old.ID != "" && makesStaff(old.Roles, p.Roles) {
		if err := h.surely(by); err != nil {
			return err
		}
	}
	if p, err = h.people.SavePerson(r.Context(), by, p); err != nil {
		return outdated(err)
	}
	return versioned(w, r, http.StatusOK, p.Version, personAsWire(p))
}

// unless lets what somebody may not know of be refused, and written down, where
// it would be changed.
func (h *Handler) unless(p Person, err error) (Person, error) {
	if errors.Is(err, ErrNotFound) {
		return Person{}, nil
	}
	return p, err
}

func (h *Handler) serveRemovePerson(w http.ResponseWriter, r *http.Request) error {
	by, id, err := about(r, "id")
	if err == nil {
		err = h.surely(by)
	}
	if err == nil {
		err = h.people.RemovePerson(r.Context(), by, id)
	}
	if err != nil {
		return err
	}
	return web.NoContent(w)
}

func (h *Handler) serveDisabling(do func(context.Context, Actor, string) (Person, error)) web.Func {
	return func(w http.ResponseWriter, r *http.Request) error {
		by, id, err := about(r, "id")
		if err != nil {
			return err
		}
		p, err := do(r.Context(), by, id)
		if err != nil {
			return err
		}
		return versioned(w, r, http.StatusOK, p.Version, personAsWire(p))
	}
}

func (h *Handler) serveAccess(w http.ResponseWriter, r *http.Request) error {
	by, id, err := about(r, "id")
	if err != nil {
		return err
	}
	a, err := h.shut(r.Context(), by, id)(h.people.Access(r.Context(), by, id))
	if err != nil {
		return err
	}
	return web.JSON(w, r, http.StatusOK, accessAsWire(a))
}

// shut says of somebody who is there and cannot sign in that they may nothing.
func (h *Handler) shut(ctx context.Context, by Actor, id string) func(Access, error) (Access, error) {
	return func(a Access, err error) (Access, error) {
		if !errors.Is(err, ErrNotFound) || !h.people.mayRead(by) {
			return a, err
		}
		_, err = h.people.person(ctx, by, id)
		return Access{}, err
	}
}

// serveTryAccess begins with what is known of the person: what the body does
// not say stays.
func (h *Handler) serveTryAccess(w http.ResponseWriter, r *http.Request) error {
	by, id, err := about(r, "id")
	if err != nil {
		return err
	}
	in, err := web.Decode[personChangeWire](w, r, 0)
	if err != nil {
		return err
	}
	old, err := h.unless(h.people.person(r.Context(), by, id))
	if err != nil {
		return err
	}
	p := in.person(old)
	p.ID = id
	if p.Attributes == nil && h.people.seesAttributes(by) {
		p.Attributes = old.Attributes
	}
	a, err := h.shut(r.Context(), by, id)(h.people.TryAccess(r.Context(), by, p))
	if err != nil {
		return err
	}
	if p.Disabled {
		a = Access{}
	}
	return web.JSON(w, r, http.StatusOK, accessAsWire(a))
}

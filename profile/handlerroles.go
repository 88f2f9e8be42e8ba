package profile

import (
	"net/http"

	"github.com/stoa-go/stoa/internal/web"
)

func (h *Handler) serveRoles() {
	const read, write = "signed in, those that one has or may give; " + string(PermissionDirectoryRead) + " for all", string(PermissionRolesWrite) + ", " + string(PermissionDirectoryRead) + " and all that the role permits"
	const surely = ", having just proved who one is"
	h.api.Handle(web.Op{
		Method: http.MethodGet, Path: "/roles", Name: "profile.roles", Summary: "Lists the roles that there are, fixed ones first.",
		Policy: read, Out: rolesWire{},
	}, h.serveRoleList)
	h.api.Handle(web.Op{
		Method: http.MethodGet, Path: "/permissions", Name: "profile.permissions", Summary: "Lists what roles are put together from.",
		Policy: "signed in", Out: permissionsWire{},
	}, h.servePermissions)
	h.api.Handle(web.Op{
		Method: http.MethodPost, Path: "/roles", Name: "profile.add_role", Summary: "Adds a role of the team's own; the same one again is the same one.",
		Policy: write + surely, In: newRoleWire{}, Out: roleWire{}, Create: true,
	}, h.serveAddRole)
	h.api.Handle(web.Op{
		Method: http.MethodGet, Path: "/roles/{key}", Name: "profile.role", Summary: "Returns a role.",
		Policy: read, Out: roleWire{},
	}, h.serveRole)
	h.api.Handle(web.Op{
		Method: http.MethodPut, Path: "/roles/{key}", Name: "profile.save_role", Summary: "Changes a role of the team's own, and what everybody who has it may do.",
		Policy: write + surely, In: roleChangeWire{}, Out: roleWire{}, Update: true,
	}, h.serveSaveRole)
	h.api.Handle(web.Op{
		Method: http.MethodDelete, Path: "/roles/{key}", Name: "profile.remove_role", Summary: "Forgets a role of the team's own; while people have it, that takes another role for them.",
		Policy: write + surely, Params: insteadParams{}, Errors: []int{http.StatusConflict},
	}, h.serveRemoveRole)
	h.api.Handle(web.Op{
		Method: http.MethodPost, Path: "/roles/{key}/trial", Name: "profile.try_role", Summary: "Counts what changing a role would change for people; nothing is kept.",
		Policy: write, In: roleTrialWire{}, Out: roleTriedWire{},
	}, h.serveTryRole)
	h.api.Handle(web.Op{
		Method: http.MethodGet, Path: "/roles/{key}/removal", Name: "profile.try_remove_role", Summary: "Counts what forgetting a role would change for people; nothing is kept.",
		Policy: write, Params: insteadParams{}, Out: roleTriedWire{},
	}, h.serveTryRemoveRole)
}

func (h *Handler) servePermissions(w http.ResponseWriter, r *http.Request) error {
	if FromContext(r.Context()).Anonymous() {
		return ErrForbidden
	}
	return web.JSON(w, r, http.StatusOK, permissionsWire{Permissions: mapped(h.people.Permissions(), permissionAsWire)})
}

type rolesWire struct {
	Roles []roleWire `json:"roles"`
}

type insteadParams struct {
	Instead string `query:"instead" max:"64" doc:"The role that those get who have it."`
}

func (h *Handler) serveRoleList(w http.ResponseWriter, r *http.Request) error {
	list, err := h.people.Roles(r.Context(), FromContext(r.Context()))
	if err != nil {
		return err
	}
	return web.JSON(w, r, http.StatusOK, rolesWire{Roles: mapped(list, roleAsWire)})
}

// answerRole answers with a role as whoever asks sees it.
func (h *Handler) answerRole(w http.ResponseWriter, r *http.Request, status int, by Actor, key Role) error {
	info, err := h.people.Role(r.Context(), by, key)
	if err != nil {
		return err
	}
	return versioned(w, r, status, info.Version, roleAsWire(info))
}

func (h *Handler) serveRole(w http.ResponseWriter, r *http.Request) error {
	by, key, err := about(r, "key")
	if err != nil {
		return err
	}
	return h.answerRole(w, r, http.StatusOK, by, Role(key))
}

func (h *Handler) serveAddRole(w http.ResponseWriter, r *http.Request) error {
	by, in, _, err := created[newRoleWire](w, r) // its key is what makes a repeat safe
	if err == nil {
		err = h.surely(by)
	}
	var made CustomRole
	if err == nil {
		made, err = h.people.SaveRole(r.Context(), by, in.role(in.Key, 0))
	}
	if err != nil {
		return err
	}
	return h.answerRole(w, r, http.StatusCreated, by, made.Key)
}

func (h *Handler) serveSaveRole(w http.ResponseWriter, r *http.Request) error {
	by, key, version, in, err := changed[roleChangeWire](w, r, "key")
	if err == nil {
		err = h.surely(by)
	}
	if err != nil {
		return err
	}
	if _, err := h.people.SaveRole(r.Context(), by, in.role(Role(key), version)); err != nil {
		return outdated(err)
	}
	return h.answerRole(w, r, http.StatusOK, by, Role(key))
}

// removal reads which role is to go, and which one comes instead.
func removal(r *http.Request) (by Actor, key, instead Role, err error) {
	by, id, err := about(r, "key")
	if err != nil {
		return by, "", "", err
	}
	q, err := web.Query[insteadParams](r)
	return by, Role(id), Role(q.Instead), err
}

func (h *Handler) serveRemoveRole(w http.ResponseWriter, r *http.Request) error {
	by, key, instead, err := removal(r)
	if err == nil {
		err = h.surely(by)
	}
	if err == nil {
		err = h.people.RemoveRole(r.Context(), by, key, instead)
	}
	if err != nil {
		return err
	}
	return web.NoContent(w)
}

func (h *Handler) serveTryRole(w http.ResponseWriter, r *http.Request) error {
	by, key, err := about(r, "key")
	if err != nil {
		return err
	}
	in, err := web.Decode[roleTrialWire](w, r, 0)
	if err != nil {
		return err
	}
	t, err := h.people.TryRole(r.Context(), by, CustomRole{Key: Role(key), Permissions: in.Permissions})
	if err != nil {
		return err
	}
	return web.JSON(w, r, http.StatusOK, roleTriedAsWire(t))
}

func (h *Handler) serveTryRemoveRole(w http.ResponseWriter, r *http.Request) error {
	by, key, instead, err := removal(r)
	if err != nil {
		return err
	}
	t, err := h.people.TryRemoveRole(r.Context(), by, key, instead)
	if err != nil {
		return err
	}
	return web.JSON(w, r, http.StatusOK, roleTriedAsWire(t))
}

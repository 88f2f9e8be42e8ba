package site

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/profile"
)

// roleRoutes are the pages about roles: what there are, for those who see the
// directory, and the forms, for those who define them.
func (s *Site) roleRoutes() []route {
	reads := func(serve web.Func) web.Func { return s.permitted(profile.PermissionDirectoryRead, serve) }
	writes := func(serve web.Func) web.Func { return reads(s.permitted(profile.PermissionRolesWrite, serve)) }
	const rules = nothing + "roles, to those who may read the directory"
	return []route{
		{"GET /admin/roles", rules, reads(s.roleList)},
		{"GET /admin/roles/new", rules, writes(s.newRole)},
		{"POST /admin/roles/new", rules, writes(s.saveRole)},
		{"GET /admin/roles/{key}", rules, writes(s.rolePage)},
		{"POST /admin/roles/{key}", rules, writes(s.saveRole)},
		{"GET /admin/roles/{key}/remove", rules, writes(s.roleRemoval)},
		{"POST /admin/roles/{key}/remove", rules, writes(s.removeRole)},
	}
}

type rolesBody struct {
	Own, Fixed []roleRow
	Groups     []roleGroup
	Columns    []string // names of the roles, in the order of the cells
	Writes     bool
	Done       string
}

// Width is how many columns the table has.
func (b rolesBody) Width() int { return len(b.Columns) + 1 }

// A roleRow is a role in a list.
type roleRow struct {
	Key, Title, About        string
	Href, People, Copy       string // addresses; empty where there is none
	Staff, Members, Editable bool
	May                      int // how many permissions it has
}

// A roleGroup is the permissions for one part of the portal, in the table.
type roleGroup struct {
	Title string
	Rows  []rightRow
}

// A rightRow says which roles have a permission.
type rightRow struct {
	Title, Code string
	Cells       []rightCell
}

type rightCell struct {
	Role string
	Has  bool
}

// roleNotices are the texts about what has just happened.
var roleNotices = map[string]string{"saved": "person.saved", "removed": "roles.removed"}

// roleList shows which roles there are and what each permits.
func (s *Site) roleList(w http.ResponseWriter, r *http.Request) error {
	ctx, v := r.Context(), visitOf(r.Context())
	list, err := s.people.Roles(ctx, v.By)
	if err != nil {
		return err
	}
	b := rolesBody{Writes: s.policy.May(v.By, profile.PermissionRolesWrite)}
	if key := roleNotices[v.Query.Get("done")]; key != "" {
		b.Done = v.P.T(key)
	}
	for _, one := range list {
		row := s.roleRow(v, one, b.Writes)
		b.Columns = append(b.Columns, row.Title)
		if one.Fixed {
			b.Fixed = append(b.Fixed, row)
		} else {
			b.Own = append(b.Own, row)
		}
	}
	b.Groups = s.roleTable(v, list, b.Columns)
	p := s.newPage(r, v.P.T("roles.title"))
	p.NoIndex, p.Body, p.Crumbs = true, b, s.adminCrumbs(v)
	return s.show(w, r, http.StatusOK, "roles", p)
}

func (s *Site) roleRow(v *visit, r profile.RoleInfo, writes bool) roleRow {
	row := roleRow{
		Key: string(r.Key), Title: s.roleTitle(v, r), About: textIn(r.About, s.catalog.Chain(v.Locale)),
		People: v.link("/admin/people") + "?role=" + escape(string(r.Key)), Staff: r.Key.Staff(), Members: r.Members, May: len(r.Permissions),
	}
	if writes {
		row.Copy = v.link("/admin/roles/new") + "?copy=" + escape(string(r.Key))
	}
	if r.Changeable {
		row.Href = v.link(rolePath(r.Key))
	}
	return row
}

func rolePath(key profile.Role) string { return "/admin/roles/" + escape(string(key)) }

// roleTitle returns what a role is called.
func (s *Site) roleTitle(v *visit, r profile.RoleInfo) string {
	if slices.Contains(roles, r.Key) {
		return v.P.T("role." + underscored(string(r.Key)))
	}
	if name := textIn(r.Name, s.catalog.Chain(v.Locale)); name != "" {
		return name
	}
	return string(r.Key)
}

// roleTable returns what permits what, a part of the portal after the other.
func (s *Site) roleTable(v *visit, list []profile.RoleInfo, titles []string) (groups []roleGroup) {
	part := ""
	for _, info := range s.people.Permissions() {
		if info.Group() != part {
			part = info.Group()
			groups = append(groups, roleGroup{Title: v.P.T("roles.part_" + part)})
		}
		row := rightRow{Title: v.P.T(info.Name), Code: string(info.Permission)}
		for i, r := range list {
			row.Cells = append(row.Cells, rightCell{titles[i], slices.Contains(r.Permissions, info.Permission)})
		}
		groups[len(groups)-1].Rows = append(groups[len(groups)-1].Rows, row)
	}
	return groups
}

// roleAsked returns the role that a request is about, nil for a new one. Fixed
// ones and those above the visitor have no page.
func (s *Site) roleAsked(r *http.Request) (*profile.RoleInfo, error) {
	if r.PathValue("key") == "" {
		return nil, nil
	}
	key, err := web.PathValue(r, "key")
	if err != nil {
		return nil, err
	}
	kept, err := s.people.Role(r.Context(), visitOf(r.Context()).By, profile.Role(key))
	if err == nil && !kept.Changeable {
		err = profile.ErrNotFound
	}
	return &kept, err
}

// newRole shows an empty form, or one that begins as a copy.
func (s *Site) newRole(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r.Context())
	form := roleForm{role: profile.CustomRole{Key: "staff."}}
	if before := s.typedBefore(w, r); before != nil {
		form.role = typedRole(nil, before, s.cfg.Locales)
	} else if key := v.Query.Get("copy"); key != "" {
		from, err := s.people.Role(r.Context(), v.By, profile.Role(key))
		if err != nil {
			return err
		}
		form.role = s.copied(v, from)
	}
	return s.showRole(w, r, http.StatusOK, form)
}

// copied returns a new role that begins as another: with what the visitor has of
// its permissions, under a name and a key of its own.
func (s *Site) copied(v *visit, from profile.RoleInfo) profile.CustomRole {
	r := profile.CustomRole{Key: profile.Role(string(from.Key.Kind()) + "."), Name: map[string]string{}, About: from.About, Members: from.Members}
	r.Name[string(v.Locale)] = v.P.T("roles.copy_of", "role", s.roleTitle(v, from))
	for _, info := range s.people.Permissions() {
		if slices.Contains(from.Permissions, info.Permission) && s.policy.May(v.By, info.Permission) {
			r.Permissions = append(r.Permissions, info.Permission)
		}
	}
	return r
}

func (s *Site) rolePage(w http.ResponseWriter, r *http.Request) error {
	kept, err := s.roleAsked(r)
	if err != nil {
		return err
	}
	form := roleForm{role: kept.CustomRole, kept: kept}
	if before := s.typedBefore(w, r); before != nil {
		form.role = typedRole(kept, before, s.cfg.Locales)
	}
	return s.showRole(w, r, http.StatusOK, form)
}

// saveRole keeps a role, or shows what keeping it would change. What gives or
// takes anybody something is asked about before.
func (s *Site) saveRole(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return errs.Invalid
	}
	ctx, by := r.Context(), visitOf(r.Context()).By
	kept, err := s.roleAsked(r)
	if err != nil {
		return err
	}
	form := roleForm{kept: kept, role: typedRole(kept, r.PostForm, s.cfg.Locales)}
	try := r.PostFormValue("do") == "try"
	if try || kept != nil && r.PostFormValue("sure") != "yes" {
		trial, failed := s.people.TryRole(ctx, by, form.role)
		if err = failed; err == nil && (try || len(trial.Gains)+len(trial.Loses) > 0) {
			form.trial, form.asks = &trial, !try
			return s.showRole(w, r, http.StatusOK, form)
		}
	}
	if err == nil && form.role.Key.Staff() && !sure(r) {
		// What cannot be kept is said before anybody is asked who they are.
		if err = s.checkedRole(ctx, by, form.role); err == nil {
			return s.stepUp(w, r, form.path())
		}
	}
	if err == nil {
		_, err = s.people.SaveRole(ctx, by, form.role)
	}
	err = prefixed(err)
	return s.afterForm(w, r, err, "/admin/roles?done=saved", func(status int, faults map[string]string) error {
		if form.faults = faults; status == http.StatusConflict && kept != nil {
			form.role.Version = kept.Version
		} else if status == http.StatusConflict {
			form.faults = map[string]string{"key": visitOf(ctx).P.T("error.field.taken")}
		}
		return s.showRole(w, r, status, form)
	})
}

// checkedRole reports what is wrong with a role.
func (s *Site) checkedRole(ctx context.Context, by profile.Actor, role profile.CustomRole) error {
	_, err := s.people.TryRole(ctx, by, role)
	if len(role.Name) > 0 {
		return err
	}
	wrong, _ := errors.AsType[errs.Fields](err)
	if err != nil && wrong == nil {
		return err
	}
	all := errs.Fields{"name": {Key: "error.field.required"}}
	maps.Copy(all, wrong)
	return all
}

// prefixed says of a key what can be typed: the form adds how it begins.
func prefixed(err error) error {
	wrong, ok := errors.AsType[errs.Fields](err)
	if !ok || wrong["key"].Key != "error.role.key" {
		return err
	}
	wrong = maps.Clone(wrong)
	wrong["key"] = errs.Message{Key: "entry.role_key"}
	return wrong
}

type roleRemovalBody struct {
	Title, Action, Back string
	Instead             input
	People              *profile.RoleTrial // who has it now, and what they would lose
	Loses, Gains        []rightCount
	Fault               string
}

// roleRemoval asks whether to remove a role, and what those who have it get.
func (s *Site) roleRemoval(w http.ResponseWriter, r *http.Request) error {
	return s.showRoleRemoval(w, r, http.StatusOK, "", "")
}

func (s *Site) showRoleRemoval(w http.ResponseWriter, r *http.Request, status int, instead profile.Role, fault string) error {
	ctx, v := r.Context(), visitOf(r.Context())
	kept, err := s.roleAsked(r)
	if err != nil {
		return err
	}
	trial, err := s.people.TryRemoveRole(ctx, v.By, kept.Key, instead)
	if errors.Is(err, profile.ErrInvalid) || errors.Is(err, profile.ErrForbidden) {
		trial, err = s.people.TryRemoveRole(ctx, v.By, kept.Key, "")
	}
	if err != nil {
		return err
	}
	b := roleRemovalBody{
		Title: s.roleTitle(v, *kept), Action: v.link(rolePath(kept.Key)) + "/remove", Back: v.link(rolePath(kept.Key)), People: &trial, Fault: fault,
		Instead: input{Name: "instead", Label: v.P.T("roles.instead"), Kind: "select", Value: string(instead), Choices: []option{{}}},
		Gains:   s.rightCounts(v, trial.Gains), Loses: s.rightCounts(v, trial.Loses),
	}
	for _, other := range s.rolesFor(ctx, v.By) {
		if other.Grantable && other.Key != kept.Key && (!other.Key.Staff() || kept.Key.Staff()) {
			b.Instead.Choices = append(b.Instead.Choices, option{string(other.Key), s.roleTitle(v, other)})
		}
	}
	p := s.newPage(r, v.P.T("roles.remove"))
	p.NoIndex, p.Body = true, b
	p.Crumbs = s.adminCrumbs(v, crumb{Title: v.P.T("roles.title"), Href: v.link("/admin/roles")})
	return s.show(w, r, status, "role-removal", p)
}

func (s *Site) removeRole(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return errs.Invalid
	}
	ctx, v := r.Context(), visitOf(r.Context())
	kept, err := s.roleAsked(r)
	if err != nil {
		return err
	}
	instead := profile.Role(r.PostFormValue("instead"))
	if r.PostFormValue("do") == "try" {
		return s.showRoleRemoval(w, r, http.StatusOK, instead, "")
	}
	if kept.Key.Staff() && !sure(r) {
		return s.stepUp(w, r, rolePath(kept.Key)+"/remove")
	}
	err = s.people.RemoveRole(ctx, v.By, kept.Key, instead)
	switch wrong, isFields := errors.AsType[errs.Fields](err); {
	case isFields:
		for _, text := range v.P.Fields(wrong) {
			return s.showRoleRemoval(w, r, http.StatusUnprocessableEntity, instead, text)
		}
	case errors.Is(err, profile.ErrConflict):
		return s.showRoleRemoval(w, r, http.StatusConflict, instead, v.P.T("error.role.held"))
	case err != nil:
		return err
	}
	http.Redirect(w, r, v.link("/admin/roles?done=removed"), http.StatusSeeOther)
	return nil
}

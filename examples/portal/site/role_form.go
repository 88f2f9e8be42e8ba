package site

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/profile"
)

// A roleForm is what was typed about a role, and what came of it.
type roleForm struct {
	role   profile.CustomRole
	kept   *profile.RoleInfo // as it is kept; nil for a new one
	faults map[string]string
	trial  *profile.RoleTrial
	asks   bool // the visitor has to say that they mean it
}

// path is where the form is.
func (f roleForm) path() string {
	if f.kept == nil {
		return "/admin/roles/new"
	}
	return rolePath(f.kept.Key)
}

// typedRole returns what a form says about a role.
func typedRole(kept *profile.RoleInfo, form url.Values, languages []string) profile.CustomRole {
	var r profile.CustomRole
	if kept != nil {
		r = kept.Clone()
		// One without a version would be a new one.
		if r.Version, _ = strconv.Atoi(form.Get("version")); r.Version < 1 {
			r.Version = -1
		}
	} else {
		r.Key = profile.Role(form.Get("kind") + "." + strings.TrimSpace(form.Get("key")))
	}
	r.Name, r.About = typedTexts(r.Name, form, "name.", languages), typedTexts(r.About, form, "about.", languages)
	r.Members, r.Permissions = form.Get("members") == "yes" && !r.Key.Staff(), nil
	for name := range form {
		if p, ok := strings.CutPrefix(name, "may."); ok && form.Get(name) == "yes" {
			r.Permissions = append(r.Permissions, profile.Permission(p))
		}
	}
	slices.Sort(r.Permissions)
	return r
}

type roleBody struct {
	Action, Title, Copy, Remove, People string
	New, Staff, Wrong, Asks             bool
	Version                             int
	Key                                 string
	Basics, Names, Abouts               []input
	Parts                               []rightPart
	Faults                              []string
	Trial                               *profile.RoleTrial
	Holders                             *profile.RoleTrial // who has it now
	Gains, Loses                        []rightCount
}

// A rightPart is the permissions of one kind that a form asks about.
type rightPart struct {
	Title  string
	Note   string
	Groups []rightGroup
}

type rightGroup struct {
	Title string
	Boxes []input
}

// A rightCount is how many people get or lose a permission.
type rightCount struct {
	Title, Code string
	People      int
}

func (s *Site) rightCounts(v *visit, counts []profile.PermissionCount) (out []rightCount) {
	for _, c := range counts {
		one := rightCount{Code: string(c.Permission), People: c.People}
		for _, info := range s.people.Permissions() {
			if info.Permission == c.Permission {
				one.Title = v.P.T(info.Name)
			}
		}
		out = append(out, one)
	}
	return out
}

func (s *Site) showRole(w http.ResponseWriter, r *http.Request, status int, form roleForm) error {
	ctx, v := r.Context(), visitOf(r.Context())
	b := roleBody{
		Action: v.link(form.path()), Title: v.P.T("roles.new"), New: form.kept == nil, Staff: form.role.Key.Staff(), Wrong: len(form.faults) > 0,
		Asks: form.asks, Version: form.role.Version, Key: string(form.role.Key), Trial: form.trial,
	}
	if form.kept != nil {
		b.Title, b.Remove = s.roleTitle(v, *form.kept), b.Action+"/remove"
		b.Copy = v.link("/admin/roles/new") + "?copy=" + escape(b.Key)
		b.People = v.link("/admin/people") + "?role=" + escape(b.Key)
		holders, err := s.people.TryRole(ctx, v.By, form.kept.CustomRole)
		if err != nil {
			return err
		}
		b.Holders = &holders
	}
	if b.Trial != nil {
		b.Gains, b.Loses = s.rightCounts(v, b.Trial.Gains), s.rightCounts(v, b.Trial.Loses)
	}
	s.fillRoleForm(v, form, &b)
	p := s.newPage(r, b.Title)
	p.NoIndex, p.Body = true, b
	p.Crumbs = s.adminCrumbs(v, crumb{Title: v.P.T("roles.title"), Href: v.link("/admin/roles")})
	return s.show(w, r, status, "role", p)
}

// fillRoleForm adds the questions, with what is wrong with the answers.
func (s *Site) fillRoleForm(v *visit, form roleForm, b *roleBody) {
	kind, name, _ := strings.Cut(b.Key, ".")
	if b.New {
		b.Basics = []input{
			{Name: "kind", Label: v.P.T("roles.kind"), Hint: v.P.T("roles.kind_note"), Kind: "select", Value: kind, Choices: []option{
				{string(profile.RoleKindStaff), v.P.T("roles.kind_staff")}, {string(profile.RoleKindMember), v.P.T("roles.kind_member")},
			}},
			{Name: "key", Label: v.P.T("segments.id"), Hint: v.P.T("roles.key_note"), Kind: "text", Value: name, Required: true, Max: 56},
		}
	}
	for i, l := range s.cfg.Locales {
		language := i18n.Locale(l).Name(v.Locale)
		b.Names = append(b.Names, input{Name: "name." + l, Label: v.P.T("fields.label", "language", language), Kind: "text", Value: form.role.Name[l], Max: 200, Required: i == 0})
		b.Abouts = append(b.Abouts, input{Name: "about." + l, Label: v.P.T("roles.about", "language", language), Kind: "text", Value: form.role.About[l], Max: 500})
	}
	if fault := form.faults["name"]; fault != "" {
		form.faults[b.Names[0].Name] = fault
		delete(form.faults, "name")
	}
	b.Parts = s.rightParts(v, form.role, b.New)
	if b.New || !b.Staff {
		members := input{Name: "members", Label: v.P.T("roles.members"), Hint: v.P.T("roles.members_note"), Kind: "checkbox", Value: yes(form.role.Members)}
		b.Basics = append(b.Basics, members)
	}
	b.Faults = note(form.faults, b.Basics, b.Names, b.Abouts)
}

// rightParts returns the permissions to choose from: those that customers may
// have too, and those of staff only. What the visitor lacks is shown and not
// to be changed.
func (s *Site) rightParts(v *visit, r profile.CustomRole, isNew bool) []rightPart {
	parts := []rightPart{
		{Title: v.P.T("roles.for_members"), Note: v.P.T("roles.for_members_note")},
		{Title: v.P.T("roles.for_staff"), Note: v.P.T("roles.for_staff_note")},
	}
	for _, info := range s.people.Permissions() {
		at := 1
		if info.Members {
			at = 0
		}
		title := v.P.T("roles.part_" + info.Group())
		groups := &parts[at].Groups
		if n := len(*groups); n == 0 || (*groups)[n-1].Title != title {
			*groups = append(*groups, rightGroup{Title: title})
		}
		last := &(*groups)[len(*groups)-1]
		last.Boxes = append(last.Boxes, input{
			Name: "may." + string(info.Permission), Label: v.P.T(info.Name), Hint: v.P.T(info.About), Kind: "checkbox",
			Value: yes(slices.Contains(r.Permissions, info.Permission)), Fixed: !s.policy.May(v.By, info.Permission),
		})
	}
	if !isNew && !r.Key.Staff() {
		return parts[:1]
	}
	return parts
}

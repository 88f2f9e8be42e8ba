package scimprofile

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/stoa-go/stoa/profile"
)

// gives reports whether the holder of the token gives and takes the role of a
// group. Who is a partner is nothing that a customer says.
func (t Token) gives(g Group) bool {
	switch {
	case g.Role.Staff() && !t.Staff:
		return false
	case t.Roles != nil:
		return slices.Contains(t.Roles, g.Role)
	}
	return t.Staff || g.Members || g.Role == profile.RoleCustomer || g.Role == profile.RoleManager
}

// allGroups returns the groups that there are.
func (p *Provider) allGroups(ctx context.Context) ([]Group, error) {
	if p.opts.MoreGroups == nil {
		return slices.Clone(p.opts.Groups), nil
	}
	more, err := p.opts.MoreGroups(ctx)
	if err != nil {
		return nil, err
	}
	list := slices.Clone(p.opts.Groups)
	for _, g := range more {
		if with, err := checkGroups(append(slices.Clip(list), g)); err == nil {
			list = with
		}
	}
	return list, nil
}

// groups returns the groups that the holder sees.
func (s scope) groups() []Group {
	return slices.DeleteFunc(slices.Clone(s.known), func(g Group) bool { return !s.token.gives(g) })
}

func (s scope) group(id string) (Group, error) {
	for _, g := range s.groups() {
		if g.ID == id {
			return g, nil
		}
	}
	return Group{}, notFound()
}

// groupsOf returns the groups of a person as the wire spells them.
func (s scope) groupsOf(of profile.Person) []any {
	var list []any
	for _, g := range s.known {
		if slices.Contains(of.Roles, g.Role) {
			list = append(list, map[string]any{"value": g.ID, "display": g.Name, "$ref": s.opts.URL + "/Groups/" + g.ID, "type": "direct"})
		}
	}
	return list
}

// members returns who is in a group.
func (s scope) members(ctx context.Context, g Group) ([]profile.Person, error) {
	list, err := s.all(ctx, g.Role)
	return slices.DeleteFunc(list, deleted), err
}

// groupResource returns g as the wire spells it. Its version is that of its
// members.
func (s scope) groupResource(g Group, members []profile.Person, withMembers bool) (body map[string]any, etag string) {
	list, hash := []any{}, sha256.New()
	ids := []string{}
	for _, p := range members {
		list = append(list, map[string]any{"value": p.ID, "display": p.Name, "$ref": s.opts.URL + "/Users/" + p.ID, "type": "User"})
		ids = append(ids, p.ID)
	}
	slices.Sort(ids)
	hash.Write([]byte(strings.Join(ids, "\n")))
	etag = `W/"` + hex.EncodeToString(hash.Sum(nil)[:12]) + `"`
	meta := map[string]any{"resourceType": "Group", "location": s.opts.URL + "/Groups/" + g.ID}
	body = map[string]any{"schemas": []string{schemaGroup}, "id": g.ID, "displayName": g.Name, "meta": meta}
	if withMembers {
		body["members"], meta["version"] = list, etag
	}
	return body, etag
}

// wantsMembers reports whether a request asks for the members too.
func wantsMembers(r *http.Request) bool {
	q := r.URL.Query()
	for name := range strings.SplitSeq(q.Get("excludedAttributes"), ",") {
		if strings.EqualFold(strings.TrimSpace(name), "members") {
			return false
		}
	}
	only := q.Get("attributes")
	return only == "" || strings.Contains(strings.ToLower(only), "members")
}

func (s scope) sendGroup(w http.ResponseWriter, r *http.Request, g Group) error {
	members, err := s.members(r.Context(), g)
	if err != nil {
		return err
	}
	body, etag := s.groupResource(g, members, wantsMembers(r))
	return answer(w, r, http.StatusOK, etag, body)
}

func (s scope) readGroup(w http.ResponseWriter, r *http.Request) error {
	g, err := s.group(r.PathValue("id"))
	if err != nil {
		return err
	}
	return s.sendGroup(w, r, g)
}

func (s scope) listGroups(w http.ResponseWriter, r *http.Request) error {
	list := s.groups()
	if text := r.URL.Query().Get("filter"); text != "" {
		fits, err := groupFilter(text)
		if err != nil {
			return err
		}
		list = slices.DeleteFunc(list, func(g Group) bool { return !fits(g) })
	}
	var failed error
	body, err := page(r, list, func(g Group) map[string]any {
		var members []profile.Person
		if wantsMembers(r) {
			var err error
			if members, err = s.members(r.Context(), g); err != nil {
				failed = err
			}
		}
		resource, _ := s.groupResource(g, members, wantsMembers(r))
		return resource
	})
	if err == nil {
		err = failed
	}
	if err != nil {
		return err
	}
	return write(w, http.StatusOK, body)
}

func groupFilter(text string) (func(Group) bool, error) {
	c, err := parseComparison(text)
	if err != nil {
		return nil, err
	}
	want, ok := c.value.(string)
	switch {
	case ok && c.attr.full() == "displayname":
		return func(g Group) bool { return same(g.Name, want) }, nil
	case ok && c.attr.full() == "id":
		return func(g Group) bool { return g.ID == want }, nil
	case ok && c.attr.full() == "externalid":
		return func(Group) bool { return false }, nil // none has one
	}
	return nil, badFilter("groups are found by displayName or id")
}

// createGroup says that groups are made by the host.
func (s scope) createGroup(_ http.ResponseWriter, r *http.Request) error {
	o, err := read(r)
	if err != nil {
		return err
	}
	name, _ := o["displayname"].(string)
	for _, g := range s.groups() {
		if same(g.Name, name) {
			return taken("there is a group with this displayName")
		}
	}
	return badValue("no role goes by this displayName")
}

// A membership is who shall be in a group and who not. Nobody is in both.
type membership struct {
	all   bool            // everybody who is not in join leaves
	join  map[string]bool // by id
	leave map[string]bool
}

func (m *membership) add(id string)    { m.join[id] = true; delete(m.leave, id) }
func (m *membership) remove(id string) { m.leave[id] = true; delete(m.join, id) }
func (m *membership) clear()           { m.all, m.join, m.leave = true, map[string]bool{}, map[string]bool{} }

func newMembership() membership {
	return membership{join: map[string]bool{}, leave: map[string]bool{}}
}

func (s scope) replaceGroup(w http.ResponseWriter, r *http.Request) error {
	o, err := read(r)
	if err != nil {
		return err
	}
	return s.changeGroup(w, r, func(g Group) (membership, error) {
		m := newMembership()
		m.clear()
		if err := sameName(g, o["displayname"], true); err != nil {
			return m, err
		}
		return m, m.each(o["members"], m.add)
	})
}

func (s scope) patchGroup(w http.ResponseWriter, r *http.Request) error {
	ops, err := operations(r)
	if err != nil {
		return err
	}
	return s.changeGroup(w, r, func(g Group) (membership, error) {
		m := newMembership()
		for _, op := range ops {
			if err := m.apply(g, op); err != nil {
				return m, err
			}
		}
		return m, nil
	})
}

// deleteGroup empties a group: the host's table stays.
func (s scope) deleteGroup(w http.ResponseWriter, r *http.Request) error {
	g, err := s.group(r.PathValue("id"))
	if err != nil {
		return err
	}
	m := newMembership()
	m.clear()
	if err := s.regroup(r, g, m); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (s scope) changeGroup(w http.ResponseWriter, r *http.Request, change func(Group) (membership, error)) error {
	g, err := s.group(r.PathValue("id"))
	if err != nil {
		return err
	}
	m, err := change(g)
	if err != nil {
		return err
	}
	if err := s.regroup(r, g, m); err != nil {
		return err
	}
	return s.sendGroup(w, r, g)
}

// regroup gives and takes a role, person by person. Who does not exist is found
// before anything is changed.
func (s scope) regroup(r *http.Request, g Group, m membership) error {
	ctx := r.Context()
	done, err := s.turn(ctx)
	if err != nil {
		return err
	}
	defer done()
	if m.all || r.Header.Get("If-Match") != "" {
		now, err := s.members(ctx, g)
		if err != nil {
			return err
		}
		if _, etag := s.groupResource(g, now, true); current(r, etag) != nil {
			return current(r, etag)
		}
		for _, p := range now {
			if m.all && !m.join[p.ID] {
				m.leave[p.ID] = true
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(m.join)) {
		if _, err := s.person(ctx, id); err != nil {
			if f, ok := faultOf(err); ok && f.status == http.StatusNotFound {
				return badValue("a member does not exist")
			}
			return err
		}
	}
	return s.give(ctx, g.Role, m)
}

func (s scope) give(ctx context.Context, role profile.Role, m membership) error {
	for _, id := range slices.Sorted(maps.Keys(m.leave)) {
		_, err := s.change(ctx, id, func(p profile.Person) (profile.Person, error) {
			p.Roles = slices.DeleteFunc(p.Roles, func(r profile.Role) bool { return r == role })
			return p, nil
		})
		if f, known := faultOf(err); err != nil && !(known && f.status == http.StatusNotFound) {
			return err // whoever is gone has left the group too
		}
	}
	for _, id := range slices.Sorted(maps.Keys(m.join)) {
		_, err := s.change(ctx, id, func(p profile.Person) (profile.Person, error) {
			if !slices.Contains(p.Roles, role) {
				p.Roles = append(p.Roles, role)
				slices.Sort(p.Roles)
			}
			return p, nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// apply does one operation of a PATCH of a group.
func (m *membership) apply(g Group, op operation) error {
	if op.at == nil {
		o, ok := op.value.(object)
		if !ok {
			return badValue("without a path the value is an object")
		}
		if err := sameName(g, o["displayname"], false); err != nil {
			return err
		}
		members, there := o["members"]
		if !there {
			return nil
		}
		return m.set(op.op, members)
	}
	switch op.at.attr {
	case "displayname":
		if op.op == "remove" {
			return immutable("the name of a group cannot be changed")
		}
		return sameName(g, op.value, true)
	case "externalid":
		return nil // not kept
	case "members":
		return m.applyMembers(op)
	}
	return badPath("there is no such attribute")
}

func (m *membership) applyMembers(op operation) error {
	at := op.at
	if at.filter == nil {
		if at.sub != "" {
			return badPath("members are added and removed, not changed")
		}
		return m.set(op.op, op.value)
	}
	id, ok := at.filter.value.(string)
	if !ok || at.filter.attr.full() != "value" || at.sub != "" {
		return badPath("members are found by value")
	}
	if op.op != "remove" {
		return badPath("members are added by their value")
	}
	m.remove(id)
	return nil
}

// set adds, replaces or removes the members in a value; remove without one
// removes all.
func (m *membership) set(op string, v any) error {
	switch {
	case op == "add":
		return m.each(v, m.add)
	case op == "remove" && v != nil:
		return m.each(v, m.remove)
	}
	m.clear()
	return m.each(v, m.add)
}

// each calls f with the ids in a value: a list of objects, or one.
func (m *membership) each(v any, f func(id string)) error {
	list, ok := v.([]any)
	switch one := v.(type) {
	case nil:
		return nil
	case object:
		list, ok = []any{one}, true
	}
	if !ok {
		return badValue("members are a list")
	}
	for _, v := range list {
		o, _ := v.(object)
		id, _ := o["value"].(string)
		if id == "" {
			return badValue("a member has a value")
		}
		f(id)
	}
	return nil
}

// sameName refuses another name for a group.
func sameName(g Group, v any, needed bool) error {
	name, ok := v.(string)
	if !ok && !needed && v == nil || ok && same(name, g.Name) {
		return nil
	}
	return immutable("the name of a group cannot be changed")
}

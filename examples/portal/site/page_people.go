package site

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/profile"
)

// The pages of people are for those who may see the directory. To everybody
// else they do not exist.

// permitted serves those who may do something, and nobody else knows of it.
func (s *Site) permitted(permission profile.Permission, serve web.Func) web.Func {
	return func(w http.ResponseWriter, r *http.Request) error {
		if !s.policy.May(visitOf(r.Context()).By, permission) {
			return s.refused(r)
		}
		web.NoStore(w)
		return serve(w, r)
	}
}

// peoplePerPage is how many people a page of the list has.
const peoplePerPage = 25

// mostAccounts is how many organisations one can choose from; of more, one says
// the ID.
const mostAccounts = 200

type peopleBody struct {
	Filters []input
	People  []personRow
	First   string // address of the first page, on later ones
	Next    string // address of the next
	Invite  string // address to invite somebody at, "" if nobody can be
}

type personRow struct {
	profile.Person
	Organisation string
	Names        []string // of their roles
	Href         string
	Switch       *turn // nil if there is none
}

// A turn is a button that lets somebody in or keeps them out.
type turn struct{ Action, Label, Name string }

type peopleParams struct {
	Account string `query:"account"`
	Role    string `query:"role"`
	After   string `query:"after"`
}

// peopleList shows who there is.
func (s *Site) peopleList(w http.ResponseWriter, r *http.Request) error {
	q, err := web.Query[peopleParams](r)
	if err != nil {
		return err
	}
	v := visitOf(r.Context())
	list, next, err := s.people.People(r.Context(), v.By, profile.PersonQuery{
		Account: q.Account, Role: profile.Role(q.Role), After: q.After, Limit: peoplePerPage,
	})
	if err != nil {
		return err
	}
	var b peopleBody
	if b.People, err = s.personRows(r.Context(), v, list, "/admin/people/"); err != nil {
		return err
	}
	if b.Filters, err = s.peopleFilters(r.Context(), v, q); err != nil {
		return err
	}
	p := s.newPage(r, v.P.T("people.title"))
	if next != "" {
		b.Next = p.With("after", next)
	}
	if q.After != "" {
		b.First = p.With()
	}
	if s.invites() {
		b.Invite = v.link("/admin/invitations")
	}
	p.NoIndex, p.Body, p.Crumbs = true, b, s.crumbs(v)
	return s.show(w, r, http.StatusOK, "people", p)
}

// personRows returns people as lists show them, with links below a path.
func (s *Site) personRows(ctx context.Context, v *visit, people []profile.Person, below string) ([]personRow, error) {
	names := map[string]string{}
	out := make([]personRow, len(people))
	for i, p := range people {
		if _, known := names[p.Account]; !known {
			name, err := s.accountName(ctx, v.By, p.Account)
			if err != nil {
				return nil, err
			}
			names[p.Account] = name
		}
		out[i] = personRow{p, names[p.Account], s.roleNames(ctx, v, p.Roles), v.link(below + escape(p.ID)), nil}
	}
	return out, nil
}

// accountName returns what an organisation is called, and of one that the
// visitor does not see nothing.
func (s *Site) accountName(ctx context.Context, by profile.Actor, id string) (string, error) {
	if id == "" {
		return "", nil
	}
	a, err := s.people.Account(ctx, by, id)
	if errors.Is(err, profile.ErrNotFound) {
		err = nil
	}
	return a.Name, err
}

func (s *Site) peopleFilters(ctx context.Context, v *visit, q peopleParams) ([]input, error) {
	account := input{Name: "account", Label: v.P.T("account.organisation"), Kind: "select", Value: q.Account, Choices: []option{{"", v.P.T("people.any")}}}
	role := input{Name: "role", Label: v.P.T("people.role"), Kind: "select", Value: q.Role, Choices: []option{{"", v.P.T("people.any")}}}
	accounts, more, err := s.people.Accounts(ctx, v.By, profile.AccountQuery{Limit: mostAccounts})
	if err != nil {
		return nil, err
	}
	for _, a := range accounts {
		account.Choices = append(account.Choices, option{a.ID, a.Name})
	}
	if more != "" {
		account.Kind = "text"
	}
	for _, r := range s.rolesFor(ctx, v.By) {
		role.Choices = append(role.Choices, option{string(r.Key), s.roleName(ctx, v, r.Key)})
	}
	return []input{account, role}, nil
}

type personBody struct {
	Person       profile.Person
	Organisation string
	Roles        []string
	Facts        []fact // what no question of the form shows
	Now          []access
	Tried        []access
	Shut         bool // as tried they could not sign in
	Form         *sheet
	Lists        bool // the visitor may see where they are signed in
	Sessions     []sessionRow
	Owning       *owningPart // nil for those who do not see it
	Views        bool        // the visitor may look at the portal as them
	Saved, Ended bool
}

// A fact is something known of somebody that has no name of its own.
type fact struct{ Name, Value string }

// An access is one kind of what somebody may do or see.
type access struct {
	Label string // message key
	Items []accessItem
}

type accessItem struct {
	Name         string
	Title        string   // what a permission is called
	From         []string // names of the roles that it comes from
	Gained, Lost bool
}

// somebody returns the person that a request is about.
func (s *Site) somebody(r *http.Request) (profile.Person, error) {
	id, err := web.PathValue(r, "id")
	if err != nil {
		return profile.Person{}, err
	}
	return s.people.Person(r.Context(), visitOf(r.Context()).By, id)
}

func (s *Site) personPage(w http.ResponseWriter, r *http.Request) error {
	p, err := s.somebody(r)
	if err != nil {
		return err
	}
	typed := p
	if before := s.typedBefore(w, r); before != nil {
		by := visitOf(r.Context()).By
		fields, err := s.fieldsOf(r.Context(), by, profile.FieldOfPerson)
		if err != nil {
			return err
		}
		typed = s.typedPerson(r.Context(), by, p, fields, before)
	}
	return s.showPerson(w, r, http.StatusOK, p, typed, nil, false)
}

// showPerson shows p with a form that says what was typed, and if it is to be
// tried what that would let them do.
func (s *Site) showPerson(w http.ResponseWriter, r *http.Request, status int, p, typed profile.Person, faults map[string]string, try bool) error {
	ctx, v := r.Context(), visitOf(r.Context())
	b := personBody{
		Person: p, Roles: s.roleNames(ctx, v, p.Roles), Lists: s.policy.May(v.By, profile.PermissionDirectoryWrite),
		Saved: v.Query.Get("saved") != "", Ended: v.Query.Get("ended") != "",
	}
	fields, err := s.fieldsOf(ctx, v.By, profile.FieldOfPerson)
	if err != nil {
		return err
	}
	b.Facts = factsOf(p, fields)
	if s.manages(ctx, v.By, p) {
		if b.Form, err = s.formOf(ctx, v, typed, fields, faults); err != nil {
			return err
		}
		b.Form.Action, b.Form.Tries = v.link("/admin/people/"+escape(p.ID)), true
	} else {
		b.Facts = factsOf(p, nil)
	}
	b.Views = v.By.Viewer == "" && v.By.ID != p.ID && !p.Disabled && s.policy.May(v.By, profile.PermissionImpersonate) && s.manages(ctx, v.By, p)
	if b.Organisation, err = s.accountName(ctx, v.By, p.Account); err != nil {
		return err
	}
	if err := s.showAccess(ctx, v, &b, typed, try); err != nil {
		return err
	}
	if b.Owning, err = s.owningOf(ctx, v, p); err != nil {
		return err
	}
	if b.Lists {
		if b.Sessions, _, err = s.sessionRows(r, p.ID); err != nil {
			return err
		}
	}
	page := s.newPage(r, p.Name)
	page.NoIndex, page.Body = true, b
	page.Crumbs = append(s.crumbs(v), crumb{Title: v.P.T("people.title"), Href: v.link("/admin/people")})
	return s.show(w, r, status, "person", page)
}

// showAccess adds what somebody may do and see, and what they would.
func (s *Site) showAccess(ctx context.Context, v *visit, b *personBody, typed profile.Person, try bool) error {
	now, err := s.people.Access(ctx, v.By, b.Person.ID)
	if err != nil && !errors.Is(err, profile.ErrNotFound) {
		return err
	}
	b.Now = s.compared(ctx, v, now, now)
	if !try {
		return nil
	}
	then, err := s.people.TryAccess(ctx, v.By, typed)
	if errors.Is(err, profile.ErrNotFound) || typed.Disabled {
		b.Shut, then, err = true, profile.Access{}, nil
	}
	b.Tried = s.compared(ctx, v, now, then)
	return err
}

// compared returns what somebody may do and see now and then.
func (s *Site) compared(ctx context.Context, v *visit, now, then profile.Access) []access {
	permissions := differences(now.Permissions, then.Permissions)
	for i, one := range permissions {
		permissions[i] = s.explained(ctx, v, one, now, then)
	}
	return []access{
		{"people.permissions", permissions},
		{"people.segments", differences(now.Segments, then.Segments)},
	}
}

// explained adds to a permission what it is called, and which roles it comes
// from: those that there would be, and of one that would be lost those that
// there are.
func (s *Site) explained(ctx context.Context, v *visit, one accessItem, now, then profile.Access) accessItem {
	from := then.From[profile.Permission(one.Name)]
	if one.Lost {
		from = now.From[profile.Permission(one.Name)]
	}
	for _, info := range s.people.Permissions() {
		if string(info.Permission) == one.Name {
			one.Title = v.P.T(info.Name)
		}
	}
	one.From = s.roleNames(ctx, v, from)
	return one
}

func differences[S ~string](now, then []S) []accessItem {
	all := slices.Concat(now, then)
	slices.Sort(all)
	var out []accessItem
	for _, one := range slices.Compact(all) {
		out = append(out, accessItem{Name: string(one), Gained: !slices.Contains(now, one), Lost: !slices.Contains(then, one)})
	}
	return out
}

// factsOf returns the attributes of p that are none of the fields.
func factsOf(p profile.Person, fields []profile.Field) []fact {
	var out []fact
	for _, name := range slices.Sorted(maps.Keys(p.Attributes)) {
		if !slices.ContainsFunc(fields, func(f profile.Field) bool { return f.Name == name }) {
			out = append(out, fact{name, strings.Join(p.Attributes[name], ", ")})
		}
	}
	return out
}

// savePersonPage keeps what was changed about somebody, or shows what it would
// change.
func (s *Site) savePersonPage(w http.ResponseWriter, r *http.Request) error {
	p, typed, err := s.typedSomebody(r)
	if err != nil {
		return err
	}
	by, try := visitOf(r.Context()).By, r.PostFormValue("do") == "try"
	if !try && !sure(r) && makesStaff(p.Roles, typed.Roles) {
		return s.stepUp(w, r, "/admin/people/"+escape(p.ID))
	}
	if try {
		_, err = s.people.TryAccess(r.Context(), by, typed)
	} else {
		_, err = s.people.SavePerson(r.Context(), by, typed)
	}
	if try && (err == nil || errors.Is(err, profile.ErrNotFound)) {
		return s.showPerson(w, r, http.StatusOK, p, typed, nil, true)
	}
	page := s.landing(r, p.ID, profile.PermissionDirectoryRead, "/admin/people/"+escape(p.ID))
	return s.afterForm(w, r, err, page+"?saved=1", func(status int, faults map[string]string) error {
		if status == http.StatusConflict {
			typed.Version = p.Version
		}
		return s.showPerson(w, r, status, p, typed, faults, false)
	})
}

// landing is where to go on from a form about a person: to a page for those who
// may do something, unless the visitor has just taken that from themselves.
func (s *Site) landing(r *http.Request, person string, may profile.Permission, page string) string {
	by := visitOf(r.Context()).By
	if person != by.ID {
		return page
	}
	now, err := s.people.Actor(r.Context(), by.ID)
	if err != nil || !s.policy.May(now, may) {
		return "/account"
	}
	return page
}

// afterForm goes on to the page at path, or shows the form again with what is
// wrong. What was typed stays; after a conflict, sending it again goes on from
// the newer version.
func (s *Site) afterForm(w http.ResponseWriter, r *http.Request, err error, path string, again func(status int, faults map[string]string) error) error {
	v := visitOf(r.Context())
	switch wrong, isFields := errors.AsType[errs.Fields](err); {
	case isFields:
		return again(http.StatusUnprocessableEntity, v.P.Fields(wrong))
	case errors.Is(err, profile.ErrConflict):
		return again(http.StatusConflict, map[string]string{"version": v.P.T("account.conflict")})
	case err != nil:
		return err
	}
	http.Redirect(w, r, v.link(path), http.StatusSeeOther)
	return nil
}

// signOutPerson ends where somebody is signed in; of oneself, everywhere else.
func (s *Site) signOutPerson(w http.ResponseWriter, r *http.Request) error {
	p, err := s.somebody(r)
	if err != nil {
		return err
	}
	by, keep := visitOf(r.Context()).By, ""
	if p.ID == by.ID {
		current, err := s.sessions.Current(r)
		if err != nil {
			return err
		}
		keep = current.ID
	}
	if _, err := s.sessions.RevokeAll(r.Context(), by, p.ID, keep); err != nil {
		return err
	}
	http.Redirect(w, r, visitOf(r.Context()).link("/admin/people/"+escape(p.ID))+"?ended=1", http.StatusSeeOther)
	return nil
}

// viewPerson shows the portal as somebody sees it.
func (s *Site) viewPerson(w http.ResponseWriter, r *http.Request) error {
	p, err := s.somebody(r)
	if err == nil {
		err = s.sessions.View(r, visitOf(r.Context()).By, p.ID)
	}
	if err != nil {
		return err
	}
	w.Header().Set("Clear-Site-Data", `"cache"`)
	http.Redirect(w, r, visitOf(r.Context()).link("/"), http.StatusSeeOther)
	return nil
}

// typedSomebody returns the person that a request is about, as they are and as
// the form in it says.
func (s *Site) typedSomebody(r *http.Request) (p, typed profile.Person, err error) {
	if err := r.ParseForm(); err != nil {
		return p, typed, errs.Invalid
	}
	if p, err = s.somebody(r); err != nil {
		return p, typed, err
	}
	by := visitOf(r.Context()).By
	fields, err := s.fieldsOf(r.Context(), by, profile.FieldOfPerson)
	return p, s.typedPerson(r.Context(), by, p, fields, r.PostForm), err
}

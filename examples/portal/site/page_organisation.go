package site

import (
	"context"
	"net/http"
	"strconv"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/profile"
)

// The pages of an organisation are for those of its people who look after it.

// organised serves those who look after the organisation that they belong to.
func (s *Site) organised(serve web.Func) web.Func {
	return s.permitted(profile.PermissionMembersRead, func(w http.ResponseWriter, r *http.Request) error {
		if visitOf(r.Context()).By.Account == "" {
			return profile.ErrNotFound
		}
		return serve(w, r)
	})
}

type organisationBody struct {
	Account     profile.Account
	Form        *sheet // nil if there is nothing to fill in
	People      []personRow
	First, Next string // addresses of other pages
	Invite      *sheet // nil for those who cannot
	Made        *input // the link that was just made, shown this once
	Invitations []invitationRow
	Open        *openPart // the one that stands in the way of what was typed
	Notice      string
}

// An organisationForm is what was typed on the page of an organisation, if
// anything was.
type organisationForm struct {
	account profile.Account
	faults  map[string]string
	draft   profile.InvitationDraft
	refused map[string]string // what is wrong with the draft
	link    string            // of an invitation just made
	sent    string            // address that one was just sent to
	open    bool              // the address of the draft has an open invitation
}

// organisationNotices are the texts about what has just happened.
var organisationNotices = map[string]string{
	"saved": "person.saved", "revoked": "invitation.revoked", "not_open": "invite.not_open", "invited": "invite.done", "disabled": "organisation.disabled", "enabled": "organisation.enabled",
}

func (s *Site) organisation(w http.ResponseWriter, r *http.Request) error {
	by := visitOf(r.Context()).By
	a, err := s.people.Account(r.Context(), by, by.Account)
	if err != nil {
		return err
	}
	form := organisationForm{account: a}
	s.justMade(w, r, &form)
	return s.showOrganisation(w, r, http.StatusOK, form)
}

func (s *Site) showOrganisation(w http.ResponseWriter, r *http.Request, status int, form organisationForm) error {
	ctx, v := r.Context(), visitOf(r.Context())
	b := organisationBody{Account: form.account}
	if key := organisationNotices[v.Query.Get("done")]; key != "" && status == http.StatusOK && form.link == "" {
		b.Notice = v.P.T(key)
	}
	if form.sent != "" {
		b.Notice = v.P.T("invitation.sent", "address", form.sent)
	}
	p := s.newPage(r, v.P.T("organisation.title"))
	for _, fill := range []func() error{
		func() (err error) { b.Form, err = s.accountSheet(ctx, v, form); return err },
		func() error { return s.addMembers(r, p, &b) },
		func() error { return s.addInvitations(ctx, v, form, &b) },
	} {
		if err := fill(); err != nil {
			return err
		}
	}
	p.NoIndex, p.Body, p.Crumbs = true, b, s.accountCrumbs(v)
	return s.show(w, r, status, "organisation", p)
}

// accountSheet asks for what the portal wants to know of organisations.
func (s *Site) accountSheet(ctx context.Context, v *visit, form organisationForm) (*sheet, error) {
	fields, err := s.fieldsOf(ctx, v.By, profile.FieldOfAccount)
	if err != nil || len(fields) == 0 || !s.policy.May(v.By, profile.PermissionMembersWrite) {
		return nil, err
	}
	f := &sheet{
		Action: v.link("/account/organisation"), Version: form.account.Version, Submit: v.P.T("form.save"), Wrong: len(form.faults) > 0,
		Fields: s.fieldInputs(v, fields, form.account.Attributes),
	}
	if err := s.bindIn(ctx, profile.FieldOfAccount, form.account.Country, f.Fields); err != nil {
		return nil, err
	}
	f.Faults = note(form.faults, f.Fields)
	return f, nil
}

type organisationParams struct {
	After string `query:"after"`
}

// addMembers adds a page of the people there.
func (s *Site) addMembers(r *http.Request, p *page, b *organisationBody) error {
	q, err := web.Query[organisationParams](r)
	if err != nil {
		return err
	}
	list, next, err := s.people.People(r.Context(), p.By, profile.PersonQuery{Account: p.By.Account, After: q.After, Limit: peoplePerPage})
	if err != nil {
		return err
	}
	if b.People, err = s.personRows(r.Context(), p.visit, list, "/account/organisation/people/"); err != nil {
		return err
	}
	for i, one := range b.People {
		b.People[i].Organisation = "" // all are there
		if one.ID != p.By.ID && s.manages(r.Context(), p.By, one.Person) {
			b.People[i].Switch = switchOf(p.visit, one)
		}
	}
	if next != "" {
		b.Next = p.link(p.Path) + "?" + "after=" + escape(next)
	}
	if q.After != "" {
		b.First = p.link(p.Path)
	}
	return nil
}

func switchOf(v *visit, one personRow) *turn {
	if one.Disabled {
		return &turn{one.Href + "/enable", v.P.T("organisation.enable"), one.Name}
	}
	return &turn{one.Href + "/disable", v.P.T("organisation.disable"), one.Name}
}

// saveOrganisation keeps what a manager says about their organisation.
func (s *Site) saveOrganisation(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return errs.Invalid
	}
	ctx, by := r.Context(), visitOf(r.Context()).By
	a, err := s.people.Account(ctx, by, by.Account)
	if err != nil {
		return err
	}
	fields, err := s.fieldsOf(ctx, by, profile.FieldOfAccount)
	if err != nil {
		return err
	}
	typed := a.Clone()
	typed.Attributes = s.typedFields(by, typed.Attributes, fields, r.PostForm)
	typed.Version, _ = strconv.Atoi(r.PostFormValue("version"))
	if typed.Version > 0 {
		_, err = s.people.SaveAccount(ctx, by, typed)
	} else {
		err = profile.ErrConflict // nothing is added here
	}
	return s.afterForm(w, r, err, "/account/organisation?done=saved", func(status int, faults map[string]string) error {
		if status == http.StatusConflict {
			typed.Version = a.Version
		}
		return s.showOrganisation(w, r, status, organisationForm{account: typed, faults: faults})
	})
}

// colleague returns the person of the visitor's organisation that a request is
// about.
func (s *Site) colleague(r *http.Request) (profile.Person, error) {
	p, err := s.somebody(r)
	if err == nil && p.Account != visitOf(r.Context()).By.Account {
		err = profile.ErrNotFound
	}
	return p, err
}

type memberBody struct {
	Person profile.Person
	Roles  []string
	Form   *sheet // nil for those who may only look
	Saved  bool
}

func (s *Site) member(w http.ResponseWriter, r *http.Request) error {
	p, err := s.colleague(r)
	if err != nil {
		return err
	}
	return s.showMember(w, r, http.StatusOK, p, p, nil)
}

func (s *Site) showMember(w http.ResponseWriter, r *http.Request, status int, p, typed profile.Person, faults map[string]string) error {
	v := visitOf(r.Context())
	b := memberBody{Person: p, Roles: s.roleNames(r.Context(), v, p.Roles), Saved: v.Query.Get("saved") != ""}
	if s.manages(r.Context(), v.By, p) {
		fields, err := s.fieldsOf(r.Context(), v.By, profile.FieldOfPerson)
		if err != nil {
			return err
		}
		if b.Form, err = s.formOf(r.Context(), v, typed, fields, faults); err != nil {
			return err
		}
		b.Form.Action = v.link("/account/organisation/people/" + escape(p.ID))
	}
	page := s.newPage(r, p.Name)
	page.NoIndex, page.Body = true, b
	page.Crumbs = append(s.accountCrumbs(v), crumb{Title: v.P.T("organisation.title"), Href: v.link("/account/organisation")})
	return s.show(w, r, status, "member", page)
}

// saveMember keeps what a manager changed about somebody.
func (s *Site) saveMember(w http.ResponseWriter, r *http.Request) error {
	if _, err := s.colleague(r); err != nil {
		return err
	}
	p, typed, err := s.typedSomebody(r)
	if err != nil {
		return err
	}
	_, err = s.people.SavePerson(r.Context(), visitOf(r.Context()).By, typed)
	page := s.landing(r, p.ID, profile.PermissionMembersRead, "/account/organisation/people/"+escape(p.ID))
	return s.afterForm(w, r, err, page+"?saved=1", func(status int, faults map[string]string) error {
		if status == http.StatusConflict {
			typed.Version = p.Version
		}
		return s.showMember(w, r, status, p, typed, faults)
	})
}

func (s *Site) disableMember(w http.ResponseWriter, r *http.Request) error {
	return s.switchMember(w, r, s.people.DisablePerson, "disabled")
}

func (s *Site) enableMember(w http.ResponseWriter, r *http.Request) error {
	return s.switchMember(w, r, s.people.EnablePerson, "enabled")
}

func (s *Site) switchMember(w http.ResponseWriter, r *http.Request, change func(context.Context, profile.Actor, string) (profile.Person, error), done string) error {
	p, err := s.colleague(r)
	v := visitOf(r.Context())
	if err == nil {
		_, err = change(r.Context(), v.By, p.ID)
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, v.link("/account/organisation")+"?done="+done, http.StatusSeeOther)
	return nil
}

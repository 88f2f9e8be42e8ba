package site

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/profile"
)

const (
	organisationInvitations = "/account/organisation/invitations"
	deskInvitations         = "/admin/invitations"

	madeCookie = "stoa_made"
	madeFor    = time.Minute
)

// invite makes an invitation to the visitor's own organisation.
func (s *Site) invite(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r.Context())
	a, err := s.people.Account(r.Context(), v.By, v.By.Account)
	if err != nil {
		return err
	}
	return s.takeInvitation(w, r, v.By.Account, "/account/organisation?", func(status int, form organisationForm) error {
		form.account = a
		return s.showOrganisation(w, r, status, form)
	})
}

// takeInvitation makes the invitation that a form asks for, and leads to a page
// that shows its link once: the browser brings it there in a cookie, since an
// address would be kept. What cannot be made is shown again.
func (s *Site) takeInvitation(w http.ResponseWriter, r *http.Request, account, page string, again func(status int, form organisationForm) error) error {
	if err := r.ParseForm(); err != nil {
		return errs.Invalid
	}
	v := visitOf(r.Context())
	form := organisationForm{draft: s.invitationDraft(r.Context(), v.By, r.PostForm, account)}
	made, err := s.sendDraft(r.Context(), v.By, form.draft)
	switch wrong, isFields := errors.AsType[errs.Fields](err); {
	case isFields:
		form.refused, form.open = v.P.Fields(wrong), wrong["address"].Key == "error.invitation.open"
		return again(http.StatusUnprocessableEntity, form)
	case errors.Is(err, profile.ErrConflict): // other details were sent from the same page
		form.refused = map[string]string{"key": v.P.T("invite.sent_before")}
		return again(http.StatusConflict, form)
	case err != nil:
		return err
	}
	path, _, _ := strings.Cut(page, "?")
	if err := s.sealTyped(w, v, madeCookie, path, url.Values{"link": {made.Link}, "sent": {made.Address}}, madeFor); err != nil {
		return err
	}
	http.Redirect(w, r, v.link(page)+"done=invited", http.StatusSeeOther)
	return nil
}

// sendDraft invites somebody who is to be something: no role is made up for them.
func (s *Site) sendDraft(ctx context.Context, by profile.Actor, d profile.InvitationDraft) (profile.Invitation, error) {
	if len(d.Roles) == 0 {
		return profile.Invitation{}, errs.Field("roles", "error.invitation.no_role", nil)
	}
	return s.inviting.Invite(ctx, by, d)
}

// justMade adds to a form what was made on the request before.
func (s *Site) justMade(w http.ResponseWriter, r *http.Request, form *organisationForm) {
	if made := s.takeTyped(w, r, madeCookie); made != nil {
		if form.link = made.Get("link"); form.link == "" {
			form.sent = made.Get("sent")
		}
	}
}

func (s *Site) invitationDraft(ctx context.Context, by profile.Actor, form url.Values, account string) profile.InvitationDraft {
	return profile.InvitationDraft{
		Address: form.Get("address"), Name: form.Get("name"), Locale: form.Get("locale"), Account: account, Roles: s.typedRoles(ctx, by, nil, form),
		Again: form.Get("again"), Key: form.Get("key"),
	}
}

// usualRoles are what people of an organisation are, as far as the visitor may
// say so of others.
func (s *Site) usualRoles(ctx context.Context, by profile.Actor, account string) []profile.Role {
	if account == "" {
		return []profile.Role{profile.RoleCustomer}
	}
	list, _, err := s.people.People(ctx, by, profile.PersonQuery{Account: account})
	if err != nil {
		s.cfg.Log.WarnContext(ctx, "people of an organisation are not available", "error", err)
		return nil
	}
	has := func(role profile.Role) bool {
		return slices.ContainsFunc(list, func(p profile.Person) bool { return slices.Contains(p.Roles, role) })
	}
	if !has(profile.RolePartner) || has(profile.RoleCustomer) {
		return []profile.Role{profile.RoleCustomer}
	}
	if s.grants(ctx, by, profile.RolePartner) {
		return []profile.Role{profile.RolePartner}
	}
	return nil
}

// grants reports whether somebody may give all of some roles.
func (s *Site) grants(ctx context.Context, by profile.Actor, roles ...profile.Role) bool {
	return !slices.ContainsFunc(roles, func(role profile.Role) bool {
		may, err := s.people.MayGrant(ctx, by, role)
		return err != nil || !may
	})
}

// isInvited reports whether somebody is whom an invitation is for, and belongs to
// its organisation already.
func (s *Site) isInvited(ctx context.Context, by profile.Actor, i profile.Invitation) (bool, error) {
	if by.Anonymous() || by.Viewer != "" {
		return false, nil
	}
	p, err := s.people.Person(ctx, by, by.ID)
	if errors.Is(err, profile.ErrNotFound) {
		return false, nil
	}
	return err == nil && i.Joins(p), err
}

// rejoin gives whoever is signed in what an invitation of theirs offers.
func (s *Site) rejoin(w http.ResponseWriter, r *http.Request, token string) error {
	v := visitOf(r.Context())
	_, err := s.inviting.Accept(r.Context(), token, profile.Joiner{Via: "portal", Subject: v.By.ID, Person: v.By.ID})
	if err != nil {
		return err
	}
	http.Redirect(w, r, v.link("/account"), http.StatusSeeOther)
	return nil
}

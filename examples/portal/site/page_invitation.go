package site

import (
	"context"
	"errors"
	"net/http"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/layout"
)

// Without mail, whoever invites is handed the link, and passes it on. In the demo
// whoever holds it joins; where people sign in with a provider, they prove there
// that the address it was sent to is theirs, as far as the provider can tell.

// invites reports whether there is a way to accept an invitation.
func (s *Site) invites() bool { return s.cfg.Demo || s.cfg.OIDC.Issuer != "" || s.cfg.SAML.given() }

// openInvitations lets people be invited.
func (s *Site) openInvitations() {
	s.linking = profile.NewLinks(s.keeping, &profile.LinkOptions{Secure: s.secure(), Events: s.events, Logger: s.cfg.Log, Now: s.cfg.Now})
	o := profile.InvitationOptions{OtherAddress: s.cfg.Demo, TokenProves: true}
	if s.invites() {
		o.Send, o.Link = s.sendInvitation, s.invitationLink
	}
	if !s.cfg.Demo {
		o.Known, o.Joined = s.known.Actor, s.linkJoiner
	}
	s.inviting = profile.NewInvitations(s.linking, s.people, &o)
}

// invitationLink is what whoever invites hands over themselves, where no mails go
// out and in the demo.
func (s *Site) invitationLink(ctx context.Context, i profile.Invitation, token string) string {
	v := visitOf(ctx)
	if !s.cfg.Demo && s.post != nil || v == nil {
		return ""
	}
	return v.Origin + v.inLanguage(i.Locale, "/invitations/"+token)
}

// sendInvitation writes to the address, if mails go out. The token is a secret:
// only that there is an invitation is logged.
func (s *Site) sendInvitation(ctx context.Context, i profile.Invitation, token string) error {
	s.cfg.Log.InfoContext(ctx, "invitation made", "invitation", i.ID)
	if s.post == nil {
		return nil
	}
	brand := s.brandNamed("")
	if v := visitOf(ctx); v != nil {
		brand = v.Brand // where whoever invites is
	}
	l, err := s.invitationLetter(ctx, i, token, brand)
	if err != nil {
		return err
	}
	return s.post.Send(ctx, l)
}

// invitationLetter is what is written to whoever is invited: by whom, and to what.
func (s *Site) invitationLetter(ctx context.Context, i profile.Invitation, token string, brand layout.Brand) (profile.Message, error) {
	locale := i18n.Locale(s.readersLocale(i.Locale))
	p := s.catalog.In(locale)
	line, err := s.invitationLine(ctx, p, i, brand.Name)
	if err != nil {
		return profile.Message{}, err
	}
	return profile.Message{
		Key: i.ID + "-invitation", To: profile.Recipient{Name: nameOrNothing(i.Name), Email: i.Address, Locale: string(locale)},
		Brand: brand.ID, Line: line, At: i.MadeAt,
		Items: []profile.MessageItem{{
			ID: i.ID, Kind: "invitation", Title: p.T("invitation.title"), Body: line + " " + p.T("invitation.letter", "when", p.Date(i.ExpiresAt, "long")),
			URL: s.originOf(brand.ID) + i18n.JoinPath(locale, "/invitations/"+token), At: i.MadeAt,
		}},
		Open: p.T("invitation.letter_open"), Why: p.T("invitation.letter_why", "brand", brand.Name),
	}, nil
}

type invitationRow struct {
	profile.Invitation
	Names  []string   // of the roles
	Revoke string     // address that takes it back
	Again  *againForm // sends it again; nil for those who could not
}

// addInvitations adds the invitations to the visitor's organisation, and the
// form that makes one.
func (s *Site) addInvitations(ctx context.Context, v *visit, form organisationForm, b *organisationBody) error {
	if !s.invites() || !s.policy.May(v.By, profile.PermissionMembersWrite) {
		return nil
	}
	var err error
	b.Invite, b.Made, b.Invitations, err = s.invitationsTo(ctx, v, v.By.Account, organisationInvitations, form)
	if err == nil {
		b.Open, err = s.openPart(ctx, v, organisationInvitations, form)
	}
	return err
}

// invitationsTo returns what pages show of the invitations to an organisation:
// the form, the link just made, and those that are open.
func (s *Site) invitationsTo(ctx context.Context, v *visit, account, path string, form organisationForm) (*sheet, *input, []invitationRow, error) {
	if form.draft.Roles == nil && form.refused == nil {
		form.draft.Roles = s.usualRoles(ctx, v.By, account)
	}
	f := s.inviteSheet(ctx, v, form)
	f.Action = v.link(path)
	var made *input
	if form.link != "" {
		note := v.P.T("invitation.link_note")
		if s.post != nil {
			note = v.P.T("invitation.link_note_sent")
		}
		made = &input{Name: "link", Label: v.P.T("invitation.link"), Hint: note, Kind: "url", Value: form.link, Fixed: true}
	}
	list, err := s.inviting.List(ctx, v.By, account)
	var rows []invitationRow
	for _, i := range list {
		rows = append(rows, s.invitationRow(ctx, v, path, i))
	}
	return f, made, rows, err
}

func (s *Site) inviteSheet(ctx context.Context, v *visit, form organisationForm) *sheet {
	f := &sheet{
		Submit: v.P.T("invitation.send"), Wrong: len(form.refused) > 0, Hidden: []option{{"key", s.memory.formKey}},
		Roles: s.roleInputs(ctx, v, form.draft.Roles),
		Basics: []input{
			{Name: "address", Label: v.P.T("account.email"), Kind: "email", Value: form.draft.Address, Required: true, Max: 254, Complete: "off"},
			{Name: "name", Label: v.P.T("account.name"), Kind: "text", Value: form.draft.Name, Max: 200, Complete: "off"},
			{Name: "locale", Label: v.P.T("account.language"), Kind: "select", Value: form.draft.Locale, Choices: s.languageOptions(form.draft.Locale)},
		},
	}
	if form.draft.Again != "" && form.refused == nil {
		f.Hidden = append(f.Hidden, option{"again", form.draft.Again}) // after a sign-in in between
	}
	f.Faults = note(form.refused, f.Basics)
	return f
}

func (s *Site) revokeInvitation(w http.ResponseWriter, r *http.Request) error {
	return s.takeBack(w, r, "/account/organisation?")
}

// takeBack revokes the invitation in a request's path, and leads to a page.
func (s *Site) takeBack(w http.ResponseWriter, r *http.Request, to string) error {
	id, err := web.PathValue(r, "id")
	v := visitOf(r.Context())
	if err == nil {
		err = s.inviting.Revoke(r.Context(), v.By, id)
	}
	done := "revoked"
	if errors.Is(err, profile.ErrGone) {
		done, err = "not_open", nil // it is as it should be
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, v.link(to)+"done="+done, http.StatusSeeOther)
	return nil
}

type invitationBody struct {
	Invitation   profile.Invitation
	Organisation string
	Roles        []string
	Form         *sheet // nil for those who are somebody else here
	Member       bool   // whoever is signed in is whom it is for, and there already
	Again        string // address to sign out to, for them
}

// invitation asks whether to accept. Programs that look for malware open every
// link in a mail, so that asking uses up nothing.
func (s *Site) invitation(w http.ResponseWriter, r *http.Request) error {
	i, _, err := s.invited(r)
	if err != nil {
		return err
	}
	return s.showInvitation(w, r, http.StatusOK, i, i.Name, nil)
}

// invited returns the invitation that a request is about, and its token.
func (s *Site) invited(r *http.Request) (i profile.Invitation, token string, err error) {
	if token, err = web.PathValue(r, "token"); err != nil {
		return i, "", err
	}
	i, err = s.inviting.Peek(r.Context(), token)
	return i, token, err
}

func (s *Site) showInvitation(w http.ResponseWriter, r *http.Request, status int, i profile.Invitation, name string, faults map[string]string) error {
	v := visitOf(r.Context())
	b := invitationBody{Invitation: i, Roles: s.roleNames(r.Context(), v, i.Roles), Again: v.link(v.Path)}
	member, err := s.isInvited(r.Context(), v.By, i)
	if err != nil {
		return err
	}
	b.Member = member
	switch {
	case member:
		b.Form = &sheet{Action: v.link(v.Path), Submit: v.P.T("invitation.accept")}
	case s.cfg.Demo:
		b.Form = &sheet{
			Action: v.link(v.Path), Submit: v.P.T("invitation.accept"), Wrong: len(faults) > 0,
			Basics: []input{{Name: "name", Label: v.P.T("account.name"), Kind: "text", Value: name, Required: true, Max: 200, Complete: "name"}},
		}
		b.Form.Faults = note(faults, b.Form.Basics)
	case v.By.Anonymous():
		b.Form = &sheet{Action: v.link(v.Path), Submit: v.P.T("invitation.accept_there")}
	}
	// Whoever holds the link is nobody yet; what it invites to is theirs to know.
	if b.Organisation, err = s.accountName(r.Context(), system, i.Account); err != nil {
		return err
	}
	web.NoStore(w)
	p := s.newPage(r, v.P.T("invitation.title"))
	p.NoIndex, p.Body, p.Crumbs = true, b, s.crumbs(v)
	return s.show(w, r, status, "invitation", p)
}

// acceptInvitation makes somebody of whoever holds the link, and signs them in.
func (s *Site) acceptInvitation(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return errs.Invalid
	}
	i, token, err := s.invited(r)
	if err != nil {
		return err
	}
	v, name := visitOf(r.Context()), r.PostFormValue("name")
	member, err := s.isInvited(r.Context(), v.By, i)
	switch {
	case err != nil:
		return err
	case member:
		return s.rejoin(w, r, token)
	case !s.cfg.Demo && v.By.Anonymous():
		return s.joinAtProvider(w, r, token)
	case !s.cfg.Demo:
		return errs.Say(errs.Conflict, "error.invitation.known", nil)
	case name == "":
		return s.showInvitation(w, r, http.StatusUnprocessableEntity, i, "", v.P.Fields(errs.Fields{"name": {Key: "error.field.required"}}))
	}
	p, err := s.inviting.Accept(r.Context(), token, profile.Joiner{Via: "demo", Subject: "invitation " + i.ID, Name: name})
	if wrong, isFields := errors.AsType[errs.Fields](err); isFields {
		return s.showInvitation(w, r, http.StatusUnprocessableEntity, i, name, v.P.Fields(wrong))
	}
	if err != nil {
		return err
	}
	if _, err := s.sessions.Start(w, r, profile.SignIn{Person: p.ID, Via: "demo"}); err != nil {
		return err
	}
	http.Redirect(w, r, v.link("/account"), http.StatusSeeOther)
	return nil
}

package site

import (
	"context"
	"strings"

	"github.com/stoa-go/stoa/profile"
)

// An address has one open invitation to an organisation. Whoever invites it again
// is shown that one, and decides what becomes of it.

// An againForm is a button that sends an invitation again.
type againForm struct {
	Action, Label string
	Hidden        []option
}

// An openPart is an invitation that stands in the way of another.
type openPart struct {
	Row     invitationRow
	Changes []changeRow // what would be different
}

// A changeRow is one thing that is different in two invitations.
type changeRow struct{ Label, From, To string }

func (s *Site) invitationRow(ctx context.Context, v *visit, path string, i profile.Invitation) invitationRow {
	row := invitationRow{Invitation: i, Names: s.roleNames(ctx, v, i.Roles), Revoke: v.link(path + "/" + escape(i.ID) + "/revoke")}
	if s.grants(ctx, v.By, i.Roles...) {
		row.Again = s.againForm(v, path, i, profile.InvitationDraft{Address: i.Address, Name: i.Name, Account: i.Account, Roles: i.Roles, Locale: i.Locale})
		row.Again.Label = v.P.T("invite.again")
	}
	return row
}

// againForm sends d in the place of i.
func (s *Site) againForm(v *visit, path string, i profile.Invitation, d profile.InvitationDraft) *againForm {
	f := &againForm{Action: v.link(path), Hidden: []option{
		{"key", s.memory.formKey + "-" + i.ID}, {"again", i.ID}, {"address", d.Address}, {"name", d.Name}, {"locale", d.Locale},
	}}
	for _, role := range d.Roles {
		f.Hidden = append(f.Hidden, option{"role." + string(role), "yes"})
	}
	if path == deskInvitations {
		f.Hidden = append(f.Hidden, option{"account", d.Account})
	}
	return f
}

// openPart returns the open invitation that a form met, or nil.
func (s *Site) openPart(ctx context.Context, v *visit, path string, form organisationForm) (*openPart, error) {
	if !form.open {
		return nil, nil
	}
	list, err := s.inviting.List(ctx, v.By, form.draft.Account)
	if err != nil {
		return nil, err
	}
	for _, i := range list {
		if !strings.EqualFold(i.Address, strings.TrimSpace(form.draft.Address)) {
			continue
		}
		part := &openPart{Row: s.invitationRow(ctx, v, path, i), Changes: s.changesOf(ctx, v, i, form.draft)}
		part.Row.Again = s.againForm(v, path, i, form.draft)
		part.Row.Again.Label = v.P.T("invite.again")
		if len(part.Changes) > 0 {
			part.Row.Again.Label = v.P.T("invite.again_changed")
		}
		return part, nil
	}
	return nil, nil
}

// changesOf compares an invitation with one that would take its place.
func (s *Site) changesOf(ctx context.Context, v *visit, i profile.Invitation, d profile.InvitationDraft) (out []changeRow) {
	names := func(roles []profile.Role) string { return strings.Join(s.roleNames(ctx, v, roles), ", ") }
	for _, c := range []changeRow{
		{v.P.T("account.name"), i.Name, d.Name},
		{v.P.T("account.roles"), names(i.Roles), names(d.Roles)},
		{v.P.T("account.language"), s.languageName(i.Locale), s.languageName(d.Locale)},
	} {
		if c.From != c.To {
			out = append(out, c)
		}
	}
	return out
}

func (s *Site) languageName(locale string) string {
	for _, o := range s.languageOptions(locale) {
		if o.Value == locale {
			return o.Label
		}
	}
	return ""
}

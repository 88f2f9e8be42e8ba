package site

import (
	"net/http"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/profile"
)

// Those who may change the directory invite into any organisation, and into
// none: it is how the first people of an organisation come.

type invitationDesk struct {
	Filter      input // which organisation
	Account     string
	Invite      *sheet
	Made        *input // the link that was just made, shown this once
	Invitations []invitationRow
	Open        *openPart // the one that stands in the way of what was typed
	Notice      string
}

type invitationParams struct {
	Account string `query:"account"`
	Done    string `query:"done"`
}

func (s *Site) invitationDesk(w http.ResponseWriter, r *http.Request) error {
	q, err := web.Query[invitationParams](r)
	if err != nil {
		return err
	}
	var form organisationForm
	if before := s.typedBefore(w, r); before != nil {
		form.draft, q.Account = s.invitationDraft(r.Context(), visitOf(r.Context()).By, before, ""), before.Get("account")
	}
	s.justMade(w, r, &form)
	return s.showInvitationDesk(w, r, http.StatusOK, q.Account, form)
}

func (s *Site) showInvitationDesk(w http.ResponseWriter, r *http.Request, status int, account string, form organisationForm) error {
	ctx, v := r.Context(), visitOf(r.Context())
	filters, err := s.peopleFilters(ctx, v, peopleParams{Account: account})
	if err != nil {
		return err
	}
	b := invitationDesk{Filter: filters[0], Account: account}
	b.Filter.Choices[0].Label = v.P.T("invitation.no_organisation")
	if key := organisationNotices[v.Query.Get("done")]; key != "" && status == http.StatusOK && form.link == "" {
		b.Notice = v.P.T(key)
	}
	if form.sent != "" {
		b.Notice = v.P.T("invitation.sent", "address", form.sent)
	}
	if b.Invite, b.Made, b.Invitations, err = s.invitationsTo(ctx, v, account, deskInvitations, form); err != nil {
		return err
	}
	if b.Open, err = s.openPart(ctx, v, deskInvitations, form); err != nil {
		return err
	}
	b.Invite.Hidden = append(b.Invite.Hidden, option{"account", account})
	p := s.newPage(r, v.P.T("invitation.invite"))
	p.NoIndex, p.Body = true, b
	p.Crumbs = s.adminCrumbs(v, crumb{Title: v.P.T("people.title"), Href: v.link("/admin/people")})
	return s.show(w, r, status, "invitations", p)
}

// inviteAnybody makes an invitation to the organisation that the form names.
func (s *Site) inviteAnybody(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return errs.Invalid
	}
	account := r.PostFormValue("account")
	if account != "" {
		if _, err := s.people.Account(r.Context(), visitOf(r.Context()).By, account); err != nil {
			return err
		}
	}
	if !sure(r) && makesStaff(nil, s.typedRoles(r.Context(), visitOf(r.Context()).By, nil, r.PostForm)) {
		return s.stepUp(w, r, "/admin/invitations")
	}
	return s.takeInvitation(w, r, account, "/admin/invitations?account="+escape(account)+"&", func(status int, form organisationForm) error {
		return s.showInvitationDesk(w, r, status, account, form)
	})
}

func (s *Site) revokeAnybody(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return errs.Invalid
	}
	return s.takeBack(w, r, "/admin/invitations?account="+escape(r.PostFormValue("account"))+"&")
}

// joinedSince are people of the demo who were not there when it began, because
// they accepted an invitation or were added.
func (s *Site) joinedSince(r *http.Request) ([]profile.Person, error) {
	known := map[string]bool{}
	for _, p := range s.world.People {
		known[p.ID] = true
	}
	var out []profile.Person
	for p, err := range s.people.AllPeople(r.Context(), system, profile.PersonQuery{Limit: 200}) {
		if err != nil {
			return nil, err
		}
		if !known[p.ID] && !p.Disabled && len(out) < mostJoined {
			out = append(out, p)
		}
	}
	return out, nil
}

// mostJoined is how many newcomers the demo offers to be.
const mostJoined = 50

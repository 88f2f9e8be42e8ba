package profile

import (
	"context"
	"errors"
	"strings"

	"github.com/stoa-go/stoa/internal/errs"
)

// An address is one person's in an organisation: who is there already is not
// invited, and does not become somebody else by an invitation that was sent
// before they came.

// member returns who of an account has an address, in whatever capitals. Of those
// who belong to no account, only those who have one of the roles of staff in
// roles are looked at: the others can be very many.
func (d *Directory) member(ctx context.Context, account, address string, roles []Role) (Person, bool, error) {
	queries := []PersonQuery{{Account: account, Limit: maxLimit}}
	if account == "" {
		queries = nil
		for _, r := range roles {
			if r.Staff() {
				queries = append(queries, PersonQuery{Role: r, Limit: maxLimit})
			}
		}
	}
	for _, q := range queries {
		for p, err := range all(func(after string) ([]Person, string, error) {
			q.After = after
			return d.store.People(ctx, q)
		}) {
			if err != nil || p.Account == account && strings.EqualFold(p.Email, address) {
				return p, err == nil, err
			}
		}
	}
	return Person{}, false, nil
}

// isNobodys refuses an invitation to an address that has become somebody's there.
func (s *Invitations) isNobodys(ctx context.Context, i Invitation) error {
	_, found, err := s.people.member(ctx, i.Account, i.Address, i.Roles)
	if err == nil && found {
		err = errs.Say(errs.Conflict, "error.invitation.yours", nil)
	}
	return err
}

// Joins reports whether somebody is of the account of an invitation and has its
// address, so that accepting it makes nobody else of them.
func (i Invitation) Joins(p Person) bool {
	return p.Account == i.Account && p.Email != "" && strings.EqualFold(p.Email, i.Address) && !p.Disabled
}

// rejoin gives somebody who is there already what an invitation offers.
func (s *Invitations) rejoin(ctx context.Context, token string, i Invitation, j Joiner) (Person, error) {
	p, err := s.people.store.Person(ctx, j.Person)
	if errors.Is(err, ErrNotFound) || err == nil && !i.Joins(p) {
		err = errs.Say(errs.Conflict, "error.invitation.known", nil)
	}
	if err != nil {
		return Person{}, err
	}
	sender, err := s.sender(ctx, i)
	if err != nil {
		return Person{}, err
	}
	if _, err := s.links.claim(ctx, invitationPurpose, token, claimOf(j)); err != nil {
		return Person{}, err
	}
	if more := added(p.Roles, i.Roles); len(more) > 0 {
		p.Roles, p.Attributes = append(p.Roles, more...), nil
		if p, err = s.people.SavePerson(ctx, sender, p); err != nil {
			return Person{}, err
		}
	}
	deed := Deed{Action: "invitation.accepted", Person: p.ID, Account: p.Account}
	return p, s.people.audited(ctx, Actor{ID: p.ID, Account: p.Account, Roles: p.Roles}, deed, func() error {
		_, err := s.links.store.EndLinks(ctx, LinkQuery{ID: i.ID}, LinkDone)
		return err
	})
}

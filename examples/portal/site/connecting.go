package site

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/scimprofile"
	"github.com/stoa-go/stoa/profile/tokenprofile"
)

// Other programs are let in by connections that administrators make and end on a
// page, so that nothing is configured twice and what is ended is ended for all
// instances with the next request.

const scimPrefix = "/scim/v2"

// openConnections sets up what answers other programs.
func (s *Site) openConnections(context.Context) error {
	s.connected = profile.NewConnections(s.keeping, s.people, &profile.ConnectionOptions{
		Secret: s.secret, Events: s.events, Logger: s.cfg.Log, Now: s.cfg.Now,
	})
	o := scimprofile.Options{
		Actor: directoryProgram, Find: s.directoryToken, MoreGroups: s.customGroups,
		Groups: []scimprofile.Group{
			{Name: "Support customers", Role: profile.RoleCustomer}, {Name: "Support managers", Role: profile.RoleManager},
			{Name: "Support partners", Role: profile.RolePartner}, {Name: "Support agents", Role: profile.RoleAgent},
			{Name: "Support authors", Role: profile.RoleAuthor}, {Name: "Support reviewers", Role: profile.RoleReviewer},
			{Name: "Support translators", Role: profile.RoleTranslator}, {Name: "Support moderators", Role: profile.RoleModerator},
		},
		Attributes: map[string]string{
			"title": "title", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department": "department",
		},
		Logger: s.cfg.Log, Now: s.cfg.Now,
	}
	if s.cfg.BaseURL != "" {
		o.URL = s.cfg.BaseURL + scimPrefix
	}
	provider, err := scimprofile.New(s.people, o)
	if err != nil {
		return fmt.Errorf("scim: %w", err)
	}
	s.scim = provider.Handler()
	return nil
}

// directoryToken says how far the holder of a secret reaches. Whom a company
// adds is a customer; who manages is for the company to say too, but nobody
// gives away the roles of staff but staff.
func (s *Site) directoryToken(ctx context.Context, secret string) (scimprofile.Token, error) {
	c, err := s.connected.With(ctx, profile.ConnectionDirectory, secret)
	if err != nil {
		return scimprofile.Token{}, err
	}
	return scimprofile.Token{Account: c.Account, Staff: c.Staff}, nil
}

// widgetAudience is what a token for a widget must be for: this portal.
func (s *Site) widgetAudience() string {
	if s.cfg.BaseURL != "" {
		return s.cfg.BaseURL
	}
	return "portal"
}

// widgetUser returns whom a product has signed that a request is made by. A
// product vouches for the people of its organisation alone, for staff only if it
// is the company's own, and for nobody who looks after people: what holds its
// secret could otherwise do whatever they may.
func (s *Site) widgetUser(r *http.Request, key string) (profile.Actor, error) {
	ctx := r.Context()
	c, secret, err := s.connected.Key(ctx, key)
	if errors.Is(err, profile.ErrNotFound) {
		err = fmt.Errorf("signed with a key that there is not: %w", profile.ErrForbidden)
	}
	if err != nil {
		return profile.Actor{}, err
	}
	auth, err := tokenprofile.New(s.people, tokenprofile.Options{
		Issuer: c.ID, Audience: s.widgetAudience(), Now: s.cfg.Now,
		Keys: []tokenprofile.Key{{ID: c.ID, Algorithm: tokenprofile.HS256, Secret: secret}},
		Find: func(ctx context.Context, subject string) (profile.Actor, error) { return s.vouchedFor(ctx, c, subject) },
	})
	if err != nil {
		return profile.Actor{}, err
	}
	by, err := auth.Authenticate(r)
	if err == nil {
		s.connected.Used(ctx, c)
	}
	return by, err
}

func (s *Site) vouchedFor(ctx context.Context, c profile.Connection, person string) (profile.Actor, error) {
	by, err := s.people.Actor(ctx, person)
	administers := s.policy.May(by, profile.PermissionDirectoryWrite) || s.policy.May(by, profile.PermissionRolesGrant)
	if err == nil && (c.Account != "" && by.Account != c.Account || by.Staff() && !c.Staff || administers) {
		err = profile.ErrNotFound
	}
	if err != nil {
		return profile.Actor{}, err
	}
	return by, nil
}

package site

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/stoa-go/stoa/profile"
)

// Whoever is invited where people sign in with a provider says so with a button,
// and then signs in there. The browser takes the token along in a cookie: it
// names no page, and pages are all that the provider sends people back to.

const (
	invitedCookie = "stoa_invited"
	invitedFor    = 600 // seconds; as long as signing in may take
)

type invitedKey struct{}

// acceptedIn returns the token of the invitation that a request accepts, or "".
func acceptedIn(ctx context.Context) string {
	token, _ := ctx.Value(invitedKey{}).(string)
	return token
}

// withInvitation hands on which invitation somebody accepts who comes back from
// the provider. It is handed on once.
func (s *Site) withInvitation(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if c, err := r.Cookie(invitedCookie); err == nil && s.comesBack(r) {
			http.SetCookie(w, s.ended(invitedCookie))
			r = r.WithContext(context.WithValue(r.Context(), invitedKey{}, c.Value))
		}
		next.ServeHTTP(w, r)
	})
}

// comesBack reports whether a request is the one that ends a sign-in with a
// provider.
func (s *Site) comesBack(r *http.Request) bool {
	return r.URL.Path == signInPrefix+"/callback" || r.URL.Path == samlPrefix+"/done"
}

// ended returns the cookie that takes another away.
func (s *Site) ended(name string) *http.Cookie {
	c := s.cookie(name, "")
	c.MaxAge = -1
	return c
}

// joined makes somebody who has just signed in for the first time the person
// that they were invited to be.
func (s *Site) joined(ctx context.Context, token string, c newcomer) (profile.Person, error) {
	i, err := s.inviting.Peek(ctx, token)
	if err != nil {
		return profile.Person{}, err
	}
	name := c.Name
	if name == "" && i.Name == "" {
		name, _, _ = strings.Cut(i.Address, "@")
	}
	return s.inviting.Accept(ctx, token, profile.Joiner{
		Via: c.Via, Subject: c.Subject, Address: c.Email, Verified: c.Email != "", Name: name, Locale: c.Locale, Zone: c.Zone,
	})
}

// linkJoiner makes whoever has joined known by how they signed in.
func (s *Site) linkJoiner(ctx context.Context, p profile.Person, j profile.Joiner) error {
	_, err := s.known.Link(ctx, system, profile.Identity{Via: j.Via, Subject: j.Subject, Person: p.ID})
	return err
}

// joinAtProvider leads whoever accepts an invitation to where they sign in.
func (s *Site) joinAtProvider(w http.ResponseWriter, r *http.Request, token string) error {
	v := visitOf(r.Context())
	c := s.cookie(invitedCookie, token)
	c.MaxAge = invitedFor
	http.SetCookie(w, c)
	return s.leadOn(w, r, s.signInAt(v, v.link("/invitations/"+escape(token)+"/joined")))
}

type onwardBody struct{ Address string }

// leadOn sends a browser that has sent a form to where another site may be
// behind the next step. It is no redirect: the form-action of our
// Content-Security-Policy would keep the browser here.
func (s *Site) leadOn(w http.ResponseWriter, r *http.Request, address string) error {
	v := visitOf(r.Context())
	w.Header().Set("Refresh", "0; url="+address)
	p := s.newPage(r, v.P.T("onward.title"))
	p.NoIndex, p.Body = true, onwardBody{address}
	return s.show(w, r, http.StatusOK, "onward", p)
}

// afterJoining leads people who have signed in on: to their account if they have
// joined, and otherwise back to the invitation, which is not for them.
func (s *Site) afterJoining(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r.Context())
	_, token, err := s.invited(r)
	switch {
	case err == nil:
		http.Redirect(w, r, v.link("/invitations/"+escape(token)), http.StatusSeeOther)
	case errors.Is(err, profile.ErrGone) && !v.By.Anonymous():
		http.Redirect(w, r, "/account", http.StatusSeeOther)
	default:
		return err
	}
	return nil
}

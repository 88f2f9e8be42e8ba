package site

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/valid"
	"github.com/stoa-go/stoa/profile"
)

// A wayIn is an identity provider that people sign in with.
type wayIn struct {
	name    string // what readers know it by
	prefix  string // of its handler
	via     string // of its sessions
	handler http.Handler
}

// login is where signing in begins.
func (w wayIn) login(back string) string {
	return w.prefix + "/login?return=" + url.QueryEscape(back)
}

// nameOr is a provider's name, or the host of what it is known by.
func nameOr(name, via string) string {
	if name != "" {
		return name
	}
	_, issuer, _ := strings.Cut(via, ":")
	if u, err := url.Parse(issuer); err == nil && u.Hostname() != "" {
		return u.Hostname()
	}
	return issuer
}

// openSignIn makes the ways in through identity providers.
func (s *Site) openSignIn(context.Context) error {
	if err := s.openOIDC(); err != nil {
		return err
	}
	return s.openSAML()
}

// mountSignIn serves what providers and browsers on the way from and to them ask
// for.
func (s *Site) mountSignIn(root *http.ServeMux) {
	for _, w := range s.waysIn {
		root.Handle(w.prefix+"/", s.withInvitation(s.entering(http.StripPrefix(w.prefix, w.handler))))
	}
}

// entering serves what is no page. What goes wrong there is told on one whose
// links go on from the home page: nobody wants to come back to the middle of a
// sign-in.
func (s *Site) entering(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		home := r.WithContext(r.Context())
		home.URL = &url.URL{Path: "/"}
		s.withVisit(http.HandlerFunc(func(w http.ResponseWriter, visiting *http.Request) {
			visitOf(visiting.Context()).Entering = true
			next.ServeHTTP(w, r.WithContext(visiting.Context()))
		})).ServeHTTP(w, home)
	})
}

// A newcomer is what a provider says of somebody who is not known yet.
type newcomer struct{ Via, Subject, Name, Email, Locale, Zone string }

// welcome says who somebody is that signs in for the first time: whoever they
// were invited to be, or what the portal makes of those whom the provider knows.
func (s *Site) welcome(ctx context.Context, c newcomer, admins []string, open bool) (profile.Person, error) {
	if token := acceptedIn(ctx); token != "" {
		return s.joined(ctx, token, c)
	}
	p := profile.Person{Name: c.Name, Email: c.Email, Locale: c.Locale, Zone: c.Zone, Roles: []profile.Role{profile.RoleCustomer}}
	if p.Name == "" {
		p.Name, _, _ = strings.Cut(c.Email, "@")
	}
	if p.Name == "" {
		p.Name = c.Subject
	}
	admin := c.Email != "" && slices.ContainsFunc(admins, func(a string) bool { return strings.EqualFold(a, c.Email) })
	switch {
	case admin:
		p.Roles = []profile.Role{profile.RoleAdmin}
	case !open:
		return profile.Person{}, profile.ErrForbidden
	}
	return p, nil
}

// signInAt returns where people sign in who want to come back to a path, or ""
// if nobody can.
func (s *Site) signInAt(v *visit, back string) string {
	switch {
	case s.cfg.Demo:
		return v.link("/demo") + "?return_to=" + url.QueryEscape(back)
	case len(s.waysIn) == 1:
		return s.waysIn[0].login(back)
	case len(s.waysIn) > 1:
		return v.link(waysInPath) + "?return_to=" + url.QueryEscape(back)
	}
	return ""
}

const waysInPath = "/ways-in"

type waysInBody struct{ Ways []wayInRow }

type wayInRow struct{ Name, Address string }

// chooseWayIn offers the providers, where there are several.
func (s *Site) chooseWayIn(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r.Context())
	if len(s.waysIn) == 0 {
		return errs.NotFound
	}
	back := valid.ReturnPath(v.Query.Get("return_to"))
	if !v.By.Anonymous() {
		http.Redirect(w, r, back, http.StatusSeeOther)
		return nil
	}
	var b waysInBody
	for _, way := range s.waysIn {
		b.Ways = append(b.Ways, wayInRow{way.name, way.login(back)})
	}
	p := s.newPage(r, v.P.T("waysin.title"))
	p.NoIndex, p.Body, p.Crumbs = true, b, s.crumbs(v)
	w.Header().Set("Cache-Control", "no-store")
	return s.show(w, r, http.StatusOK, "waysin", p)
}

// signOut ends a session, and the one at the provider that vouched for it.
func (s *Site) signOut(w http.ResponseWriter, r *http.Request) error {
	if way, ok := s.vouched(r); ok {
		r.URL.Path = "/logout"
		way.handler.ServeHTTP(w, r)
		return nil
	}
	if err := r.ParseForm(); err != nil {
		return errs.Invalid
	}
	if err := s.sessions.End(w, r); err != nil {
		return err
	}
	w.Header().Set("Clear-Site-Data", `"cache"`)
	http.Redirect(w, r, valid.ReturnPath(r.PostFormValue("return_to")), http.StatusSeeOther)
	return nil
}

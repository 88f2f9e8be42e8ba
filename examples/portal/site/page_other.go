package site

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/valid"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/profile"
)

// contact tells people how to reach a person. There is always a way.
func (s *Site) contact(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r.Context())
	s.events.Record(r.Context(), analytics.Event{Name: contactOpened, At: s.cfg.Now(), User: v.By.ID, Account: v.By.Account, Locale: string(v.Locale)})
	p := s.newPage(r, v.P.T("contact.title"))
	p.Crumbs = s.crumbs(v)
	return s.show(w, r, http.StatusOK, "contact", p)
}

// switchLocale remembers the language somebody chose, and goes on to where they
// were, in that language.
func (s *Site) switchLocale(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return errs.Invalid
	}
	locale, err := i18n.ParseLocale(r.PostFormValue("locale"))
	if err != nil {
		return errs.Field("locale", "error.field.locale", nil)
	}
	c := s.cookie(localeCookie, string(locale))
	c.MaxAge = int((365 * 24 * time.Hour).Seconds())
	http.SetCookie(w, c)
	http.Redirect(w, r, valid.ReturnPath(r.PostFormValue("return_to")), http.StatusSeeOther)
	return nil
}

type demoBody struct {
	Accounts []demoAccount
	Return   string
	Current  string
}

type demoAccount struct {
	Name   string
	About  string
	People []demoPerson
	Ours   bool // the name is a text of the portal
}

type demoPerson struct {
	ID, Name, About string
	Roles           []string
	Locale          string
}

// demo lists the demo's people, to be signed in as.
func (s *Site) demo(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r.Context())
	accounts, err := s.demoPeople(r)
	if err != nil {
		return err
	}
	b := demoBody{Accounts: accounts, Return: valid.ReturnPath(r.URL.Query().Get("return_to")), Current: v.By.ID}
	p := s.newPage(r, v.P.T("demo.title"))
	p.NoIndex, p.Body, p.Crumbs = true, b, s.crumbs(v)
	return s.show(w, r, http.StatusOK, "demo", p)
}

func (s *Site) demoSignIn(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return errs.Invalid
	}
	person := r.PostFormValue("person")
	if _, err := s.people.Actor(r.Context(), person); err != nil {
		if errors.Is(err, profile.ErrNotFound) {
			return errs.Field("person", "error.field.required", nil)
		}
		return err
	}
	if _, err := s.sessions.Start(w, r, profile.SignIn{Person: person, Via: "demo"}); err != nil {
		return err
	}
	http.Redirect(w, r, s.withoutLocale(r.PostFormValue("return_to")), http.StatusSeeOther)
	return nil
}

// withoutLocale returns a path of ours without its language, so that the
// language of whoever is signed in now applies.
func (s *Site) withoutLocale(path string) string {
	path = valid.ReturnPath(path)
	u, err := url.Parse(path)
	if err != nil {
		return "/"
	}
	if _, rest, ok := s.languages.SplitPath(u.Path); ok {
		path = strings.Replace(path, u.EscapedPath(), (&url.URL{Path: rest}).EscapedPath(), 1)
	}
	return path
}

// errorPage shows an error as a page of the portal.
func (s *Site) errorPage(w http.ResponseWriter, r *http.Request, status int, err error) {
	if visitOf(r.Context()) == nil {
		// It happened before the language was picked.
		s.withVisit(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.errorPage(w, r, status, err) })).ServeHTTP(w, r)
		return
	}
	if strings.HasPrefix(r.URL.Path, apiPrefix+"/") {
		// What stands around the API answers its clients as it does.
		web.ErrorPages(nil)(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { web.WriteError(w, r, s.cfg.Log, err) })).ServeHTTP(w, r)
		return
	}
	problem := web.Describe(r, err)
	p := s.newPage(r, "")
	p.Title, p.NoIndex = heading(p.P, status), true
	offers := p.SignIn != "" && p.By.Anonymous()
	p.Body = errorBody{Status: status, Problem: problem, SignIn: offers && status == http.StatusNotFound, Again: offers && visitOf(r.Context()).Entering, Typed: status == http.StatusRequestEntityTooLarge && s.writesText(r) && !sendsFile(r)}
	if fault := s.show(w, r, status, "error", p); fault != nil {
		s.cfg.Log.ErrorContext(r.Context(), "error page", "err", fault)
		http.Error(w, problem.Title, status)
	}
}

// heading says in a few words what an error page then explains.
func heading(p *i18n.Printer, status int) string {
	switch {
	case status == http.StatusNotFound:
		return p.T("error_page.not_found")
	case status == http.StatusGone:
		return p.T("error_page.gone")
	case status == http.StatusForbidden:
		return p.T("error_page.forbidden")
	case status == http.StatusUnprocessableEntity:
		return p.T("error_page.invalid")
	case status == http.StatusTooManyRequests:
		return p.T("error_page.too_many")
	case status == http.StatusServiceUnavailable:
		return p.T("error_page.unavailable")
	case status >= http.StatusInternalServerError:
		return p.T("error_page.failed")
	}
	return p.T("error_page.refused")
}

type errorBody struct {
	Status  int
	Problem web.Problem
	SignIn  bool
	Again   bool // they were signing in
	Typed   bool // they sent what they wrote
}

// Hot reports whether the fault is ours.
func (b errorBody) Hot() bool { return b.Status >= 500 }

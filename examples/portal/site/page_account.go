package site

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/profile"
)

// The account pages show people what the portal knows of them, and let them
// change what is theirs to change. The rules are the directory's: a form shows
// as a hint what the directory refuses.

type accountBody struct {
	Person       profile.Person
	Organisation string
	Roles        []string
	Inputs       []input
	Faults       bool
	Others       []string // faults that belong to no question
	Saved        bool
	Action       string
	Blocks       []row
}

// signedIn serves people only: others are asked to sign in and come back.
func (s *Site) signedIn(serve func(http.ResponseWriter, *http.Request) error) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		if visitOf(r.Context()).By.Anonymous() {
			return s.leadIn(w, r)
		}
		web.NoStore(w)
		return serve(w, r)
	}
}

// leadIn leads whoever is not signed in to where they can, and from there back to
// what they asked for.
func (s *Site) leadIn(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r.Context())
	way := s.signInAt(v, v.Here())
	if way == "" {
		return errs.NotFound
	}
	web.NoStore(w)
	http.Redirect(w, r, way, http.StatusSeeOther)
	return nil
}

// account shows what the portal knows of whoever asks.
func (s *Site) account(w http.ResponseWriter, r *http.Request) error {
	p, err := s.people.Person(r.Context(), visitOf(r.Context()).By, visitOf(r.Context()).By.ID)
	if err != nil {
		return err
	}
	return s.showAccount(w, r, http.StatusOK, p, nil)
}

func (s *Site) showAccount(w http.ResponseWriter, r *http.Request, status int, p profile.Person, faults map[string]string) error {
	v := visitOf(r.Context())
	b := accountBody{Person: p, Faults: len(faults) > 0, Saved: v.Query.Get("saved") != "", Action: v.link("/account")}
	b.Roles = s.roleNames(r.Context(), v, p.Roles)
	if p.Account != "" {
		a, err := s.people.Account(r.Context(), v.By, p.Account)
		if err != nil && !errors.Is(err, profile.ErrNotFound) {
			return err
		}
		b.Organisation = a.Name
	}
	var err error
	if b.Inputs, err = s.accountInputs(r, p); err != nil {
		return err
	}
	b.Others = note(faults, b.Inputs)
	if b.Blocks, err = s.rows(r, "main"); err != nil {
		return err
	}
	page := s.newPage(r, v.P.T("account.title"))
	page.NoIndex, page.Body, page.Crumbs = true, b, s.crumbs(v)
	return s.show(w, r, status, "account", page)
}

// accountInputs are the questions of the form: what everybody has, and the
// fields that the portal has added.
func (s *Site) accountInputs(r *http.Request, p profile.Person) ([]input, error) {
	v := visitOf(r.Context())
	fields, err := s.fieldsOf(r.Context(), v.By, profile.FieldOfPerson)
	if err != nil {
		return nil, err
	}
	in := []input{
		{Name: "name", Label: v.P.T("account.name"), Kind: "text", Value: p.Name, Required: true, Max: 200, Complete: "name"},
		{Name: "locale", Label: v.P.T("account.language"), Hint: v.P.T("account.language_note"), Kind: "select", Value: p.Locale, Choices: s.languageOptions(p.Locale)},
		{Name: "zone", Label: v.P.T("account.zone"), Hint: v.P.T("account.zone_note"), Kind: "zone", Value: p.Zone, Max: 64},
	}
	for _, f := range fields {
		in = append(in, inputOf(f, s.catalog.Chain(v.Locale), p.Attributes[f.Name], f.Edit == profile.FieldBySelf))
	}
	return in, s.bindTo(r.Context(), v, p, in)
}

// bindTo adds what a CRM asks of somebody's data. If it cannot say now, the form
// is shown without, and what is sent is refused until it can.
func (s *Site) bindTo(ctx context.Context, v *visit, p profile.Person, lists ...[]input) error {
	a, err := s.people.Account(ctx, v.By, p.Account)
	if err != nil && !errors.Is(err, profile.ErrNotFound) {
		return err
	}
	return s.bindIn(ctx, profile.FieldOfPerson, a.Country, lists...)
}

// bindIn adds what a CRM asks of people or accounts of a country.
func (s *Site) bindIn(ctx context.Context, of profile.FieldOf, country string, lists ...[]input) error {
	rules, err := s.people.FormRules(ctx, of, country)
	if errors.Is(err, profile.ErrUnavailable) {
		return nil
	}
	for _, in := range lists {
		bind(rules, in)
	}
	return err
}

func (s *Site) languageOptions(now string) []option {
	out := []option{{}}
	known := now == ""
	for _, l := range s.languages.Offered() {
		out = append(out, option{string(l), l.Autonym()})
		known = known || string(l) == now
	}
	if !known {
		out = append(out, option{now, i18n.Locale(now).Autonym()})
	}
	return out
}

// saveAccount keeps what somebody changed about themselves.
func (s *Site) saveAccount(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r.Context())
	if err := r.ParseForm(); err != nil {
		return errs.Invalid
	}
	p, err := s.people.Person(r.Context(), v.By, v.By.ID)
	if err != nil {
		return err
	}
	fields, err := s.fieldsOf(r.Context(), v.By, profile.FieldOfPerson)
	if err != nil {
		return err
	}
	typed := p.Clone()
	typed.Name, typed.Locale, typed.Zone = r.PostFormValue("name"), r.PostFormValue("locale"), r.PostFormValue("zone")
	if typed.Attributes == nil {
		typed.Attributes = map[string][]string{}
	}
	for _, f := range fields {
		if f.Edit == profile.FieldBySelf {
			typed.Attributes[f.Name] = valuesOf(f, r.PostForm)
		}
	}
	err = s.saveSelf(r, p, &typed)
	switch wrong, isFields := errors.AsType[errs.Fields](err); {
	case isFields:
		return s.showAccount(w, r, http.StatusUnprocessableEntity, typed, v.P.Fields(wrong))
	case errors.Is(err, profile.ErrConflict):
		// What was typed stays; sending it again goes on from the newer version.
		typed.Version = p.Version
		return s.showAccount(w, r, http.StatusConflict, typed, map[string]string{"version": v.P.T("account.conflict")})
	case errors.Is(err, profile.ErrUnavailable):
		return s.showAccount(w, r, http.StatusServiceUnavailable, typed, map[string]string{"": v.P.T("owning.unsaved")})
	case err != nil:
		return err
	}
	http.SetCookie(w, s.forgottenLocale())
	http.Redirect(w, r, s.withoutLocale(v.link("/account"))+"?saved=1", http.StatusSeeOther)
	return nil
}

// saveSelf keeps what somebody typed about themselves. What is so already needs no
// keeping, be the form sent twice or be it old.
func (s *Site) saveSelf(r *http.Request, p profile.Person, typed *profile.Person) error {
	by := visitOf(r.Context()).By
	version, err := strconv.Atoi(r.PostFormValue("version"))
	switch {
	case err != nil || version < 1:
		typed.Version = p.Version
		return errs.Field("version", "entry.no_version", nil)
	case typed.Locale != p.Locale && !s.offers(typed.Locale):
		return errs.Field("locale", "error.field.choice", map[string]any{"choices": "empty"})
	case sameSelf(p, *typed):
		return nil
	}
	typed.Version = version
	_, err = s.people.SavePerson(r.Context(), by, *typed)
	return err
}

// offers reports whether somebody can choose a language; empty is none.
func (s *Site) offers(locale string) bool {
	return locale == "" || slices.Contains(s.languages.Offered(), i18n.Locale(locale))
}

// sameSelf reports whether two say the same of somebody.
func sameSelf(a, b profile.Person) bool {
	full := func(attributes map[string][]string) map[string][]string {
		out := map[string][]string{}
		for name, values := range attributes {
			if values = slices.DeleteFunc(slices.Clone(values), func(one string) bool { return one == "" }); len(values) > 0 {
				out[name] = values
			}
		}
		return out
	}
	return a.Name == strings.TrimSpace(b.Name) && a.Locale == b.Locale && a.Zone == b.Zone &&
		maps.EqualFunc(full(a.Attributes), full(b.Attributes), slices.Equal[[]string])
}

// forgottenLocale takes away the language of the last switch, so that the one
// just chosen counts.
func (s *Site) forgottenLocale() *http.Cookie {
	c := s.cookie(localeCookie, "")
	c.MaxAge = -1
	return c
}

// deviceOf returns what kind of device a browser says it runs on.
func deviceOf(agent string) string {
	switch d := analytics.DeviceOf(agent); d {
	case analytics.DeviceDesktop, analytics.DevicePhone, analytics.DeviceTablet:
		return d
	}
	return "other"
}

// sessionNotices are the texts about what has just happened.
var sessionNotices = map[string]string{"1": "sessions.ended", "gone": "entry.session_gone"}

type sessionsBody struct {
	Sessions []sessionRow
	Others   bool   // there is more than this one
	Notice   string // message key of what has just happened, or empty
}

type sessionRow struct {
	profile.Session
	Device  string // message key of what kind of device it is
	Current bool
}

// sessionList shows people where they are signed in.
func (s *Site) sessionList(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r.Context())
	b := sessionsBody{Notice: sessionNotices[v.Query.Get("ended")]}
	var err error
	if b.Sessions, b.Others, err = s.sessionRows(r, v.By.ID); err != nil {
		return err
	}
	p := s.newPage(r, v.P.T("sessions.title"))
	p.NoIndex, p.Body, p.Crumbs = true, b, s.accountCrumbs(v)
	return s.show(w, r, http.StatusOK, "sessions", p)
}

// sessionRows returns where somebody is signed in, and whether that is anywhere
// but here.
func (s *Site) sessionRows(r *http.Request, person string) (rows []sessionRow, others bool, err error) {
	list, err := s.sessions.List(r.Context(), visitOf(r.Context()).By, person)
	if err != nil {
		return nil, false, err
	}
	current, err := s.sessions.Current(r)
	if err != nil && !errors.Is(err, profile.ErrNotFound) {
		return nil, false, err
	}
	for _, one := range list {
		rows = append(rows, sessionRow{one, "device." + deviceOf(one.Agent), one.ID == current.ID})
		others = others || one.ID != current.ID
	}
	return rows, others, nil
}

// endSession signs people out somewhere else, or everywhere else.
func (s *Site) endSession(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r.Context())
	if err := r.ParseForm(); err != nil {
		return errs.Invalid
	}
	var err error
	if id := r.PostFormValue("session"); id != "" {
		err = s.sessions.Revoke(r.Context(), v.By, v.By.ID, id)
	} else {
		var current profile.Session
		if current, err = s.sessions.Current(r); err == nil {
			_, err = s.sessions.RevokeAll(r.Context(), v.By, v.By.ID, current.ID)
		}
	}
	done := "1"
	if errors.Is(err, profile.ErrNotFound) {
		done, err = "gone", nil // it has ended in the meantime, or never was
	}
	if err != nil {
		return fmt.Errorf("end session: %w", err)
	}
	http.Redirect(w, r, v.link("/account/sessions")+"?ended="+done, http.StatusSeeOther)
	return nil
}

// endView shows the portal again as it is to whoever looked at it as somebody
// else.
func (s *Site) endView(w http.ResponseWriter, r *http.Request) error {
	if err := s.sessions.EndView(r); err != nil {
		return err
	}
	w.Header().Set("Clear-Site-Data", `"cache"`)
	http.Redirect(w, r, visitOf(r.Context()).link("/"), http.StatusSeeOther)
	return nil
}

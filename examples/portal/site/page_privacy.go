package site

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/profile"
)

// purposes are what people are asked to agree to. A record of what they said
// names the text that they were shown: who changes a text changes its number.
var purposes = []purpose{{Name: "product-news", Wording: "product-news-1"}, {Name: "usage-analysis", Wording: "usage-analysis-1"}}

type purpose struct{ Name, Wording string }

// purposeTitle returns what a purpose is called, and of one that is not asked
// for any more its name.
func purposeTitle(v *visit, name string) string {
	if !slices.ContainsFunc(purposes, func(p purpose) bool { return p.Name == name }) {
		return name
	}
	return v.P.T("purpose." + underscored(name))
}

type privacyBody struct {
	Purposes    []purposeRow
	History     []consentRow
	First, Next string // addresses of other pages of the history
	Looks       []auditRow
	LooksFirst  string
	LooksNext   string
	Saved       bool
	Erasures    []erasureRow // that were refused
}

type purposeRow struct {
	Name, Title, Note string
	Asked, Given      bool
	At                time.Time
}

type consentRow struct {
	profile.Consent
	Title string
}

type privacyParams struct {
	After string `query:"after"`
	Looks string `query:"looks"`
}

// privacy shows people what they agreed to, and what they can do with what is
// known of them.
func (s *Site) privacy(w http.ResponseWriter, r *http.Request) error {
	q, err := web.Query[privacyParams](r)
	if err != nil {
		return err
	}
	v := visitOf(r.Context())
	s.typedBefore(w, r)
	b := privacyBody{Saved: v.Query.Get("saved") != ""}
	if b.Purposes, err = s.purposeRows(r.Context(), v); err != nil {
		return err
	}
	history, next, err := s.people.ConsentHistory(r.Context(), v.By, profile.ConsentQuery{Person: v.By.ID, After: q.After, Limit: 20})
	if err != nil {
		return err
	}
	for _, c := range history {
		b.History = append(b.History, consentRow{c, purposeTitle(v, c.Purpose)})
	}
	if next != "" {
		b.Next = v.link("/account/privacy") + "?after=" + escape(next)
	}
	if q.After != "" {
		b.First = v.link("/account/privacy")
	}
	if b.Looks, next, err = s.lookedAt(r.Context(), v, q.Looks); err != nil {
		return err
	}
	if next != "" {
		b.LooksNext = v.link("/account/privacy") + "?looks=" + escape(next) + "#looks"
	}
	if q.Looks != "" {
		b.LooksFirst = v.link("/account/privacy") + "#looks"
	}
	if b.Erasures, err = s.ownErasures(r.Context(), v); err != nil {
		return err
	}
	p := s.newPage(r, v.P.T("privacy.title"))
	p.NoIndex, p.Body, p.Crumbs = true, b, s.accountCrumbs(v)
	return s.show(w, r, http.StatusOK, "privacy", p)
}

func (s *Site) purposeRows(ctx context.Context, v *visit) ([]purposeRow, error) {
	said, err := s.people.Consents(ctx, v.By, v.By.ID)
	if err != nil {
		return nil, err
	}
	var out []purposeRow
	for _, p := range purposes {
		row := purposeRow{Name: p.Name, Title: purposeTitle(v, p.Name), Note: v.P.T("purpose_note." + underscored(p.Name))}
		for _, c := range said {
			if c.Purpose == p.Name {
				row.Asked, row.Given, row.At = true, c.Given, c.At
			}
		}
		out = append(out, row)
	}
	return out, nil
}

// saveConsent records what somebody said, unless they had said so already.
func (s *Site) saveConsent(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return errs.Invalid
	}
	v, given := visitOf(r.Context()), r.PostFormValue("given")
	i := slices.IndexFunc(purposes, func(p purpose) bool { return p.Name == r.PostFormValue("purpose") })
	if i < 0 || given != "yes" && given != "no" {
		return errs.Field("purpose", "error.field.choice", map[string]any{"choices": "empty"})
	}
	rows, err := s.purposeRows(r.Context(), v)
	if err != nil {
		return err
	}
	if now := rows[i]; !now.Asked || now.Given != (given == "yes") {
		_, err = s.people.Consent(r.Context(), v.By, profile.Consent{
			Person: v.By.ID, Purpose: purposes[i].Name, Wording: purposes[i].Wording, Given: given == "yes", Via: "portal",
		})
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, v.link("/account/privacy")+"?saved=1", http.StatusSeeOther)
	return nil
}

// export hands somebody all that is known of them. It is a POST, so that no
// link makes a browser fetch it.
func (s *Site) export(w http.ResponseWriter, r *http.Request) error {
	by := visitOf(r.Context()).By
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Disposition", `attachment; filename="my-data-`+s.cfg.Now().UTC().Format(time.DateOnly)+`.json"`)
	out := &begun{w: w}
	err := s.people.Export(r.Context(), by, by.ID, out)
	if err != nil && out.any {
		// Nobody must take a half for the whole.
		s.cfg.Log.ErrorContext(r.Context(), "export cut off", "err", err)
		panic(http.ErrAbortHandler)
	}
	return err
}

// A begun knows whether anything was written to it.
type begun struct {
	w   io.Writer
	any bool
}

func (b *begun) Write(p []byte) (int, error) {
	b.any = true
	return b.w.Write(p)
}

type deletionBody struct {
	Form *sheet // nil for those who cannot delete themselves
}

// deletion explains what deleting one's account does, and asks for one's name.
func (s *Site) deletion(w http.ResponseWriter, r *http.Request) error {
	return s.showDeletion(w, r, http.StatusOK, s.typedBefore(w, r).Get("name"), nil)
}

func (s *Site) showDeletion(w http.ResponseWriter, r *http.Request, status int, typed string, faults map[string]string) error {
	v := visitOf(r.Context())
	var b deletionBody
	// Whoever may delete others does not delete themselves, so that nobody locks
	// the portal: another of them does.
	if !s.policy.May(v.By, profile.PermissionDirectoryWrite) {
		b.Form = &sheet{Action: v.link(v.Path), Submit: v.P.T("privacy.delete_now"), Wrong: len(faults) > 0, Basics: []input{{
			Name: "name", Label: v.P.T("privacy.type_name"), Hint: v.P.T("privacy.type_name_note", "name", v.By.Name), Kind: "text", Value: typed, Required: true, Max: 200, Complete: "off",
		}}}
		b.Form.Faults = note(faults, b.Form.Basics)
	}
	p := s.newPage(r, v.P.T("privacy.delete"))
	p.NoIndex, p.Body = true, b
	p.Crumbs = append(s.accountCrumbs(v), crumb{Title: v.P.T("privacy.title"), Href: v.link("/account/privacy")})
	return s.show(w, r, status, "delete", p)
}

// deleteAccount forgets whoever asks for it and has typed their own name, and
// signs them out.
func (s *Site) deleteAccount(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return errs.Invalid
	}
	v, typed := visitOf(r.Context()), strings.TrimSpace(r.PostFormValue("name"))
	if typed == "" || !strings.EqualFold(typed, strings.TrimSpace(v.By.Name)) {
		return s.showDeletion(w, r, http.StatusUnprocessableEntity, typed, map[string]string{"name": v.P.T("privacy.name_differs")})
	}
	if !sure(r) && !s.policy.May(v.By, profile.PermissionDirectoryWrite) {
		return s.stepUp(w, r, "/account/privacy/delete")
	}
	_, err := s.people.EraseEverything(r.Context(), v.By, v.By.ID, profile.EraseModeDelete)
	if errors.Is(err, profile.ErrConflict) {
		// Somebody holds them: the page says who was refused, and why.
		http.Redirect(w, r, v.link("/account/privacy")+"#erasures", http.StatusSeeOther)
		return nil
	}
	if err != nil {
		return err
	}
	if err := s.sessions.End(w, r); err != nil {
		return err
	}
	w.Header().Set("Clear-Site-Data", `"cache"`)
	http.Redirect(w, r, v.link("/goodbye"), http.StatusSeeOther)
	return nil
}

func (s *Site) goodbye(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r.Context())
	p := s.newPage(r, v.P.T("goodbye.title"))
	p.NoIndex, p.Crumbs = true, s.crumbs(v)
	return s.show(w, r, http.StatusOK, "goodbye", p)
}

package site

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/profile"
)

// connectionKinds are what another program may be let in for.
var connectionKinds = []profile.ConnectionKind{profile.ConnectionDirectory, profile.ConnectionWidget}

type connectionsBody struct {
	Form   *sheet
	Made   []input // what the other program is to be told, shown this once
	Signs  bool    // what was made signs tokens
	Rows   []connectionRow
	Key    string // the same form sent twice counts once
	Notice string
}

type connectionRow struct {
	profile.Connection
	Kind         string
	Organisation string
	Maker        string
	End          string // address that ends it, "" if it has ended
	Renew        string // address that makes another like it
}

// A connectionForm is what was typed on the page of connections, if anything.
type connectionForm struct {
	draft  profile.ConnectionDraft
	faults map[string]string
	made   profile.Connection
	secret string // of it
}

func (s *Site) connections(w http.ResponseWriter, r *http.Request) error {
	form := connectionForm{draft: profile.ConnectionDraft{Kind: profile.ConnectionDirectory}}
	if before := s.typedBefore(w, r); before.Get("kind") != "" {
		form.draft = typedConnection(before)
	}
	return s.showConnections(w, r, http.StatusOK, form)
}

func (s *Site) showConnections(w http.ResponseWriter, r *http.Request, status int, form connectionForm) error {
	ctx, v := r.Context(), visitOf(r.Context())
	b := connectionsBody{Made: s.connectionSecrets(v, form), Key: s.memory.formKey, Signs: form.made.Kind == profile.ConnectionWidget}
	if v.Query.Get("done") == "ended" && form.secret == "" {
		b.Notice = v.P.T("connections.ended_now")
	}
	var err error
	if b.Form, err = s.connectionSheet(ctx, v, form); err != nil {
		return err
	}
	if b.Rows, err = s.connectionRows(ctx, v); err != nil {
		return err
	}
	p := s.newPage(r, v.P.T("connections.title"))
	p.NoIndex, p.Body, p.Crumbs = true, b, s.adminCrumbs(v)
	return s.show(w, r, status, "connections", p)
}

// connectionSecrets are what the other program needs, with the secret that is
// not shown again.
func (s *Site) connectionSecrets(v *visit, form connectionForm) []input {
	if form.secret == "" {
		return nil
	}
	shown := func(name, label, value string) input {
		return input{Name: name, Label: v.P.T(label), Kind: "url", Value: value, Fixed: true}
	}
	secret := shown("secret", "connections.secret", form.secret)
	secret.Hint = v.P.T("connections.secret_note")
	if form.made.Kind == profile.ConnectionWidget {
		return []input{shown("issuer", "connections.issuer", form.made.ID), shown("audience", "connections.audience", s.widgetAudience()), secret}
	}
	return []input{shown("address", "connections.address", v.Origin+scimPrefix), secret}
}

func (s *Site) connectionSheet(ctx context.Context, v *visit, form connectionForm) (*sheet, error) {
	filters, err := s.peopleFilters(ctx, v, peopleParams{Account: form.draft.Account})
	if err != nil {
		return nil, err
	}
	account := filters[0]
	account.Label, account.Hint = v.P.T("account.organisation"), v.P.T("connections.account_note")
	account.Choices[0].Label = v.P.T("connections.no_organisation")
	kind := input{Name: "kind", Label: v.P.T("connections.kind"), Kind: "select", Value: string(form.draft.Kind)}
	for _, k := range connectionKinds {
		kind.Choices = append(kind.Choices, option{string(k), v.P.T("connections.kind_" + string(k))})
	}
	f := &sheet{
		Action: v.link("/admin/connections"), Submit: v.P.T("connections.make"), Wrong: len(form.faults) > 0, Hidden: []option{{"key", s.memory.formKey}},
		Basics: []input{
			{Name: "name", Label: v.P.T("account.name"), Hint: v.P.T("connections.name_note"), Kind: "text", Value: form.draft.Name, Required: true, Max: 200, Complete: "off"},
			kind, account,
			{Name: "staff", Label: v.P.T("connections.staff"), Hint: v.P.T("connections.staff_note"), Kind: "checkbox", Value: yes(form.draft.Staff)},
		},
	}
	f.Faults = note(form.faults, f.Basics)
	return f, nil
}

func (s *Site) connectionRows(ctx context.Context, v *visit) ([]connectionRow, error) {
	list, err := s.connected.List(ctx, v.By)
	if err != nil {
		return nil, err
	}
	out := make([]connectionRow, len(list))
	for i, c := range list {
		row := connectionRow{Connection: c, Kind: v.P.T("connections.kind_" + string(c.Kind))}
		if row.Organisation, err = s.accountName(ctx, v.By, c.Account); err != nil {
			return nil, err
		}
		if row.Maker, err = s.personName(ctx, v.By, c.MadeBy); err != nil {
			return nil, err
		}
		if c.Live() {
			row.End = v.link("/admin/connections/" + escape(c.ID) + "/end")
			row.Renew = v.link("/admin/connections/" + escape(c.ID) + "/renew")
		}
		out[i] = row
	}
	return out, nil
}

// personName returns what somebody is called, and of who has left nothing.
func (s *Site) personName(ctx context.Context, by profile.Actor, id string) (string, error) {
	if id == "" {
		return "", nil
	}
	p, err := s.people.Person(ctx, by, id)
	if errors.Is(err, profile.ErrNotFound) {
		err = nil
	}
	return p.Name, err
}

// makeConnection lets another program in, and shows its secret this once: with
// the answer to the form, since an address would be kept by browsers.
func (s *Site) makeConnection(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return errs.Invalid
	}
	d := typedConnection(r.PostForm)
	if !sure(r) && strings.TrimSpace(d.Name) != "" {
		return s.stepUp(w, r, "/admin/connections")
	}
	return s.connect(w, r, d) // without a name it comes to nothing, which is said at once
}

// connect makes a connection and shows what came of it.
func (s *Site) connect(w http.ResponseWriter, r *http.Request, d profile.ConnectionDraft) error {
	v, form := visitOf(r.Context()), connectionForm{draft: d}
	form.draft.Key = r.PostFormValue("key")
	var err error
	form.secret, form.made, err = s.connected.Make(r.Context(), v.By, form.draft)
	if wrong, isFields := errors.AsType[errs.Fields](err); isFields {
		form.faults = v.P.Fields(wrong)
		return s.showConnections(w, r, http.StatusUnprocessableEntity, form)
	}
	if errors.Is(err, profile.ErrConflict) {
		form.faults = map[string]string{"key": v.P.T("connections.again")}
		return s.showConnections(w, r, http.StatusConflict, form)
	}
	if err != nil {
		return err
	}
	form.draft = profile.ConnectionDraft{Kind: form.draft.Kind}
	return s.showConnections(w, r, http.StatusOK, form)
}

func typedConnection(form url.Values) profile.ConnectionDraft {
	return profile.ConnectionDraft{
		Kind: profile.ConnectionKind(form.Get("kind")), Name: form.Get("name"), Account: form.Get("account"), Staff: form.Get("staff") == "yes",
	}
}

func (s *Site) endConnection(w http.ResponseWriter, r *http.Request) error {
	id, err := web.PathValue(r, "id")
	v := visitOf(r.Context())
	if err == nil {
		err = s.connected.End(r.Context(), v.By, id)
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, v.link("/admin/connections")+"?done=ended", http.StatusSeeOther)
	return nil
}

// renewConnection makes another connection like one that there is, so that its
// secret can be replaced while the old one still works.
func (s *Site) renewConnection(w http.ResponseWriter, r *http.Request) error {
	id, err := web.PathValue(r, "id")
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return errs.Invalid
	}
	list, err := s.connected.List(r.Context(), visitOf(r.Context()).By)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(list, func(c profile.Connection) bool { return c.ID == id && c.Live() })
	if i < 0 {
		return profile.ErrNotFound
	}
	old := list[i]
	return s.connect(w, r, profile.ConnectionDraft{Kind: old.Kind, Name: old.Name, Account: old.Account, Staff: old.Staff})
}

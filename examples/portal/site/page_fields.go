package site

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/profile"
)

// fieldRoutes are the pages about what the portal wants to know of people and
// organisations.
func (s *Site) fieldRoutes() []route {
	writes := func(serve web.Func) web.Func {
		return s.permitted(profile.PermissionDirectoryWrite, s.permitted(profile.PermissionDirectoryRead, serve))
	}
	const fields = nothing + "fields, to those who may write the directory"
	return []route{
		{"GET /admin/fields", fields, writes(s.fieldList)},
		{"GET /admin/fields/new", fields, writes(s.newField)},
		{"POST /admin/fields/new", fields, writes(s.saveField)},
		{"GET /admin/fields/{of}/{name}", fields, writes(s.fieldPage)},
		{"POST /admin/fields/{of}/{name}", fields, writes(s.saveField)},
		{"POST /admin/fields/{of}/{name}/remove", fields, writes(s.removeField)},
	}
}

type fieldsBody struct {
	Lists []fieldList
	Done  string
}

type fieldList struct {
	Title string
	Rows  []fieldRow
}

type fieldRow struct{ Href, Title, Name, Type, Edit string }

// fieldNotices are the texts about what has just happened.
var fieldNotices = map[string]string{"saved": "person.saved", "removed": "fields.removed"}

func (s *Site) fieldList(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r.Context())
	var b fieldsBody
	if key := fieldNotices[v.Query.Get("done")]; key != "" {
		b.Done = v.P.T(key)
	}
	for _, of := range []profile.FieldOf{profile.FieldOfPerson, profile.FieldOfAccount} {
		fields, err := s.people.Fields(r.Context(), v.By, of)
		if err != nil {
			return err
		}
		list := fieldList{Title: v.P.T("fields.of_" + string(of))}
		for _, f := range fields {
			list.Rows = append(list.Rows, fieldRow{
				v.link(fieldPath(f)), textIn(f.Label, s.catalog.Chain(v.Locale)), f.Name, v.P.T("field_type." + string(f.Type)), v.P.T("field_edit." + string(f.Edit)),
			})
		}
		b.Lists = append(b.Lists, list)
	}
	p := s.newPage(r, v.P.T("fields.title"))
	p.NoIndex, p.Body, p.Crumbs = true, b, s.adminCrumbs(v)
	return s.show(w, r, http.StatusOK, "fields", p)
}

func fieldPath(f profile.Field) string {
	return "/admin/fields/" + escape(string(f.Of)) + "/" + escape(f.Name)
}

type fieldBody struct {
	Action, Title, Remove string
	Version               int
	Form                  fieldView
	Faults                []string
	Wrong, Asks           bool
	Trial                 *profile.FieldTrial
	People                bool // it describes people
	Lists                 bool // its values are of a list
	Verdict               string
	Fits                  bool
	Segments              []string // whose rules ask for it
	Proven                bool     // it can open content: nobody changes it for themselves
}

func (s *Site) newField(w http.ResponseWriter, r *http.Request) error {
	return s.showField(w, r, http.StatusOK, fieldForm{field: profile.Field{Of: profile.FieldOfPerson, Type: profile.FieldText, Edit: profile.FieldByStaff}})
}

func (s *Site) fieldPage(w http.ResponseWriter, r *http.Request) error {
	kept, err := s.fieldAsked(r)
	if err != nil {
		return err
	}
	return s.showField(w, r, http.StatusOK, fieldForm{field: *kept, kept: kept})
}

// fieldAsked returns the field that a request is about, nil for a new one.
func (s *Site) fieldAsked(r *http.Request) (*profile.Field, error) {
	if r.PathValue("name") == "" {
		return nil, nil
	}
	name, err := web.PathValue(r, "name")
	if err != nil {
		return nil, err
	}
	return s.fieldNamed(r.Context(), visitOf(r.Context()).By, profile.FieldOf(r.PathValue("of")), name)
}

func (s *Site) fieldNamed(ctx context.Context, by profile.Actor, of profile.FieldOf, name string) (*profile.Field, error) {
	if of != profile.FieldOfPerson && of != profile.FieldOfAccount {
		return nil, profile.ErrNotFound
	}
	fields, err := s.people.Fields(ctx, by, of)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(fields, func(f profile.Field) bool { return f.Name == name })
	if i < 0 {
		return nil, profile.ErrNotFound
	}
	return &fields[i], nil
}

// saveField keeps a field, or shows what keeping it would mean. What values of
// people would break is asked about before.
func (s *Site) saveField(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return errs.Invalid
	}
	ctx, by := r.Context(), visitOf(r.Context()).By
	kept, err := s.fieldAsked(r)
	if err != nil {
		return err
	}
	form := fieldForm{kept: kept, typed: r.PostForm, example: r.PostFormValue("example")}
	var wrong errs.Fields
	if form.field, wrong = typedField(kept, r.PostForm, s.cfg.Locales); wrong.Err() != nil {
		err = wrong
	}
	try := r.PostFormValue("do") == "try"
	if err == nil && (try || r.PostFormValue("sure") != "yes") {
		var trial profile.FieldTrial
		if trial, err = s.people.TryField(ctx, by, form.field); err == nil && (try || trial.Broken+trial.Missing > 0) {
			form.trial, form.asks = &trial, !try
			s.judge(visitOf(ctx), &form)
			return s.showField(w, r, http.StatusOK, form)
		}
	}
	if err == nil {
		_, err = s.people.SaveField(ctx, by, form.field)
	}
	return s.afterForm(w, r, err, "/admin/fields?done=saved", func(status int, faults map[string]string) error {
		if form.faults = faults; status == http.StatusConflict && kept != nil {
			form.field.Version = kept.Version
		} else if status == http.StatusConflict {
			form.faults = map[string]string{"name": visitOf(ctx).P.T("error.field.taken")}
		}
		return s.showField(w, r, status, form)
	})
}

// judge says whether the example would do as a value.
func (s *Site) judge(v *visit, form *fieldForm) {
	if strings.TrimSpace(form.example) == "" {
		return
	}
	wrong := errs.Fields{}
	form.field.Check(wrong, "example", []string{form.example})
	if form.fits = wrong.Err() == nil; form.fits {
		form.verdict = v.P.T("fields.fits")
	} else {
		form.verdict = v.P.Fields(wrong)["example"]
	}
}

func (s *Site) showField(w http.ResponseWriter, r *http.Request, status int, form fieldForm) error {
	ctx, v := r.Context(), visitOf(r.Context())
	b := fieldBody{
		Action: v.link("/admin/fields/new"), Title: v.P.T("fields.new"), Version: form.field.Version, Wrong: len(form.faults) > 0, Asks: form.asks,
		Trial: form.trial, Lists: form.field.Type == profile.FieldChoice, People: form.field.Of != profile.FieldOfAccount, Verdict: form.verdict, Fits: form.fits,
		Proven: form.field.Edit != profile.FieldBySelf && form.field.Edit != profile.FieldByManager,
	}
	if form.kept != nil {
		b.Action, b.Title = v.link(fieldPath(*form.kept)), textIn(form.kept.Label, s.catalog.Chain(v.Locale))
		b.Remove = b.Action + "/remove"
		var err error
		if b.Segments, err = s.asking(ctx, v.By, *form.kept); err != nil {
			return err
		}
	}
	b.Form, b.Faults = s.viewOf(v, form)
	p := s.newPage(r, b.Title)
	p.NoIndex, p.Body = true, b
	p.Crumbs = s.adminCrumbs(v, crumb{Title: v.P.T("fields.title"), Href: v.link("/admin/fields")})
	return s.show(w, r, status, "field", p)
}

// asking returns the segments whose rules ask for a field, as far as the visitor
// may see them.
func (s *Site) asking(ctx context.Context, by profile.Actor, f profile.Field) (out []string, err error) {
	if !s.policy.May(by, profile.PermissionSegmentsRead) {
		return nil, nil
	}
	fact := profile.FactPerson + f.Name
	if f.Of == profile.FieldOfAccount {
		fact = profile.FactOfAccount + f.Name
	}
	segments, err := s.people.Segments(ctx, by)
	for _, one := range segments {
		if asks(one.Rule, fact) {
			out = append(out, one.Title)
		}
	}
	return out, err
}

// asks reports whether a rule asks for a fact.
func asks(r profile.Rule, fact string) bool {
	return r.Fact == fact || slices.ContainsFunc(slices.Concat(r.All, r.Any), func(sub profile.Rule) bool { return asks(sub, fact) })
}

// removeField forgets a field. Its values stay with staff.
func (s *Site) removeField(w http.ResponseWriter, r *http.Request) error {
	kept, err := s.fieldAsked(r)
	if err != nil {
		return err
	}
	v := visitOf(r.Context())
	if err := s.people.RemoveField(r.Context(), v.By, kept.Of, kept.Name); err != nil {
		return err
	}
	http.Redirect(w, r, v.link("/admin/fields?done=removed"), http.StatusSeeOther)
	return nil
}

package site

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/stoa-go/stoa/cases"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/web"
)

type caseEditBody struct {
	Reference, Subject, Back string
	Form                     *sheet
	AtDesk                   bool
}

// caseEditor shows the form that changes what a case says.
func (s *Site) caseEditor(below string) web.Func {
	return func(w http.ResponseWriter, r *http.Request) error {
		return s.showCaseEditor(w, r, http.StatusOK, below, nil, nil)
	}
}

func (s *Site) showCaseEditor(w http.ResponseWriter, r *http.Request, status int, below string, typed url.Values, fault error) error {
	ctx, v := r.Context(), visitOf(r.Context())
	c, err := s.caseAt(r)
	if err != nil {
		return err
	}
	rights, atDesk := s.helpdesk.Rights(v.By, c), below == deskCasesPath
	if !rights.Edit && !rights.Work || atDesk && !rights.Work {
		return cases.ErrForbidden
	}
	back := v.link(below + "/" + c.Reference)
	p := s.newPage(r, v.P.T("cases.edit"))
	p.Crumbs = append(s.crumbs(v), crumb{Title: v.P.T("cases.title"), Href: v.link(casesPath)}, crumb{Title: c.Subject, Href: back})
	if atDesk {
		p = s.deskPage(r, v.P.T("cases.edit"), crumb{Title: v.P.T("cases.desk"), Href: v.link(deskCasesPath)}, crumb{Title: c.Subject, Href: back})
	}
	b := caseEditBody{Reference: c.Reference, Subject: c.Subject, Back: back, AtDesk: atDesk}
	if b.Form, err = s.caseEditForm(ctx, v, c, atDesk, typed, fault); err != nil {
		return err
	}
	b.Form.Action = back + "/edit"
	p.NoIndex, p.Body = true, b
	return s.show(w, r, status, "case-edit", p)
}

// asTyped is what the form says of a case that nobody has changed.
func asTyped(c cases.Case) url.Values {
	f := url.Values{
		"version": {strconv.Itoa(c.Version)}, "subject": {c.Subject}, "product": {c.Product}, "urgency": {string(c.Urgency)}, "kind": {string(c.Kind)},
		"impact": {string(c.Impact)}, "priority": {string(c.Priority)}, "queue": {string(c.Queue)}, "tags": {strings.Join(c.Tags, ", ")},
		"private": {yes(c.Private)}, "escalated": {yes(c.Escalated)},
	}
	for name, values := range c.Fields {
		f[fieldPrefix+name] = values
	}
	return f
}

func (s *Site) caseEditForm(ctx context.Context, v *visit, c cases.Case, atDesk bool, typed url.Values, fault error) (*sheet, error) {
	now := asTyped(c)
	shown := typed
	if shown == nil {
		shown = now
	}
	kind, _ := kindNamed(s.editKinds(v, atDesk), cmpText(shown.Get("kind"), string(c.Kind)))
	whose, err := s.thingsOf(ctx, v, c.Requester)
	if err != nil {
		return nil, err
	}
	inputs, err := s.caseInputs(ctx, v, whose, kind, shown)
	if err != nil {
		return nil, err
	}
	if atDesk {
		inputs = append(inputs, s.workInputs(v, shown, kind)...)
	}
	f := &sheet{Version: c.Version, Submit: v.P.T("form.save")}
	f.Faults = append(note(f.blame(v, fault), inputs), f.Faults...)
	f.Basics = inputs
	if errs.IsChanged(fault) {
		noteChanged(v, inputs, now)
	}
	return f, nil
}

// editKinds are the kinds whose questions a form may ask: at the desk, all.
func (s *Site) editKinds(v *visit, atDesk bool) []cases.Kind {
	if atDesk {
		return s.casework.Kinds
	}
	return s.helpdesk.Kinds(v.By)
}

// noteChanged says at each question what the case says by now, where that is not
// what was typed.
func noteChanged(v *visit, inputs []input, now url.Values) {
	for i, in := range inputs {
		value := strings.Join(now[in.Name], ", ")
		if value == in.Value {
			continue
		}
		for _, o := range in.Choices {
			if o.Value == value {
				value = o.Label
			}
		}
		inputs[i].Error = v.P.T("cases.now_says", "value", cmpText(value, "–"))
	}
}

// workInputs ask how a case is worked on.
func (s *Site) workInputs(v *visit, typed url.Values, kind cases.Kind) []input {
	locale := string(v.Locale)
	kinds := input{Name: "kind", Label: v.P.T("cases.field_kind"), Kind: "select", Value: typed.Get("kind")}
	for _, k := range s.casework.Kinds {
		kinds.Choices = append(kinds.Choices, option{string(k.Key), k.Names.In(locale)})
	}
	queue := input{Name: "queue", Label: v.P.T("cases.field_queue"), Kind: "select", Value: typed.Get("queue")}
	for _, q := range s.casework.Queues {
		queue.Choices = append(queue.Choices, option{string(q.Key), q.Names.In(locale)})
	}
	out := []input{kinds, caseLevel(v, "impact", typed.Get("impact"))}
	if !kind.Asks {
		out = append(out, caseLevel(v, "urgency", typed.Get("urgency")))
	}
	return append(out,
		priorityInput(v, typed.Get("priority")), queue,
		input{Name: "tags", Label: v.P.T("cases.field_tags"), Hint: v.P.T("cases.tags_hint"), Kind: "text", Value: typed.Get("tags")},
		input{Name: "escalated", Label: v.P.T("cases.field_escalated"), Kind: "checkbox", Value: typed.Get("escalated")})
}

// editCase changes what a case says.
func (s *Site) editCase(below string) web.Func {
	return func(w http.ResponseWriter, r *http.Request) error {
		if err := readable(r.ParseForm()); err != nil {
			return err
		}
		v := visitOf(r.Context())
		c, err := s.caseAt(r)
		if err != nil {
			return err
		}
		_, err = s.helpdesk.Edit(r.Context(), v.By, c.ID, s.caseEdit(v, c, r.PostForm, below == deskCasesPath))
		if status := mended(err); status != 0 {
			return s.showCaseEditor(w, r, status, below, r.PostForm, err)
		}
		if err != nil {
			return err
		}
		http.Redirect(w, r, v.link(below+"/"+c.Reference)+"?done=edit", http.StatusSeeOther)
		return nil
	}
}

func (s *Site) caseEdit(v *visit, c cases.Case, f url.Values, atDesk bool) cases.Edit {
	said := func(name string) *string {
		if !f.Has(name) {
			return nil
		}
		return new(f.Get(name))
	}
	e := cases.Edit{Version: number(f.Get("version")), Subject: said("subject"), Product: said("product"), Urgency: as[cases.Level](said("urgency"))}
	kind, known := kindNamed(s.editKinds(v, atDesk), cmpText(f.Get("kind"), string(c.Kind)))
	if known {
		e.Fields = typedFieldsOf(kind, f)
	}
	if v.By.Account != "" && known && !kind.Private {
		e.Private = new(f.Get("private") == "yes")
	}
	if !atDesk {
		return e
	}
	e.Kind, e.Impact, e.Queue = as[cases.Key](said("kind")), as[cases.Level](said("impact")), as[cases.Key](said("queue"))
	if cases.Priority(f.Get("priority")) != c.Priority { // otherwise it follows from the others
		e.Priority = as[cases.Priority](said("priority"))
	}
	e.Tags, e.Escalated = new(slices.Clip(listOfWords(f.Get("tags")))), new(f.Get("escalated") == "yes")
	return e
}

// as returns a text as a value of another type, nil if there is none.
func as[T ~string](text *string) *T {
	if text == nil {
		return nil
	}
	return new(T(*text))
}

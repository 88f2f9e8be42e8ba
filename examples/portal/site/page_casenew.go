package site

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/stoa-go/stoa/cases"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/profile"
)

type caseNewParams struct {
	Kind    string `query:"kind" max:"40"`
	Subject string `query:"subject" max:"1000"`
	Product string `query:"product" max:"120"`
	Person  string `query:"person" max:"128"`
}

type caseNewBody struct {
	Kinds   []kindChoice // to choose from; nil once one is chosen
	Form    *caseNewForm
	AtDesk  bool   // for somebody else
	Whom    string // name of the person that it is for
	Without string // address of this page without a kind
}

type kindChoice struct{ Name, About, Href string }

// A caseNewForm asks what somebody wants of the company.
type caseNewForm struct {
	Name    string // of its kind
	Action  string
	Inputs  []input
	Hidden  []option
	Faults  []string
	Wrong   bool
	Offers  bool // answers are offered before it is sent
	Answers *caseAnswers
	Look    string // where answers are asked for while somebody writes
}

// caseForm asks which kind of case somebody opens, and then its questions.
func (s *Site) caseForm(w http.ResponseWriter, r *http.Request) error { return s.newCase(w, r, false) }

// deskCaseForm is caseForm for those who open a case for somebody else.
func (s *Site) deskCaseForm(w http.ResponseWriter, r *http.Request) error {
	return s.newCase(w, r, true)
}

func (s *Site) newCase(w http.ResponseWriter, r *http.Request, atDesk bool) error {
	q, err := web.Query[caseNewParams](r)
	if err != nil {
		return err
	}
	typed := url.Values{"subject": {q.Subject}, "product": {q.Product}, "requester": {q.Person}, "kind": {q.Kind}}
	return s.showNewCase(w, r, http.StatusOK, caseTyped{form: typed, atDesk: atDesk})
}

// A caseTyped is what somebody has filled in so far.
type caseTyped struct {
	form    url.Values
	atDesk  bool
	fault   error
	answers *caseAnswers
}

func (s *Site) showNewCase(w http.ResponseWriter, r *http.Request, status int, t caseTyped) error {
	v, path := visitOf(r.Context()), casesPath
	p := s.newPage(r, v.P.T("cases.new"))
	p.Crumbs = append(s.crumbs(v), crumb{Title: v.P.T("cases.title"), Href: v.link(casesPath)})
	if t.atDesk {
		path = deskCasesPath
		p = s.deskPage(r, v.P.T("cases.new_for"), crumb{Title: v.P.T("cases.desk"), Href: v.link(deskCasesPath)})
	}
	b := caseNewBody{AtDesk: t.atDesk, Without: v.link(path + "/new" + carried(t.form, ""))}
	kinds := s.helpdesk.Kinds(v.By)
	kind, chosen := kindNamed(kinds, t.form.Get("kind"))
	if chosen {
		var err error
		if b.Form, err = s.newCaseForm(r, kind, path, t); err != nil {
			return err
		}
	}
	for _, k := range kinds {
		if !chosen {
			b.Kinds = append(b.Kinds, kindChoice{k.Names.In(string(v.Locale)), k.About.In(string(v.Locale)), v.link(path + "/new" + carried(t.form, string(k.Key)))})
		}
	}
	if person := t.form.Get("requester"); t.atDesk && person != "" {
		names := map[string]string{}
		if err := s.nameIn(r.Context(), v, names, person); err != nil {
			return err
		}
		b.Whom = names[person]
	}
	p.NoIndex, p.Body = true, b
	return s.show(w, r, status, "case-new", p)
}

// carried is the query that takes along what is known before a kind is chosen.
func carried(form url.Values, kind string) string {
	q := url.Values{}
	for from, to := range map[string]string{"subject": "subject", "product": "product", "requester": "person"} {
		if value := form.Get(from); value != "" {
			q.Set(to, value)
		}
	}
	if kind != "" {
		q.Set("kind", kind)
	}
	if len(q) == 0 {
		return ""
	}
	return "?" + q.Encode()
}

func (s *Site) newCaseForm(r *http.Request, kind cases.Kind, path string, t caseTyped) (*caseNewForm, error) {
	ctx, v := r.Context(), visitOf(r.Context())
	f := &caseNewForm{Name: kind.Names.In(string(v.Locale)), Action: v.link(path + "/new"), Wrong: t.fault != nil, Answers: t.answers}
	f.Hidden = []option{{"kind", string(kind.Key)}, {"key", cmpText(t.form.Get("key"), s.memory.formKey)}}
	if f.Offers = kind.Suggests && !t.atDesk; f.Offers {
		f.Look = v.link(casesPath + "/new/answers")
	}
	whose, err := s.thingsOf(ctx, v, t.form.Get("requester"))
	if err != nil {
		return nil, err
	}
	if f.Inputs, err = s.caseInputs(ctx, v, whose, kind, t.form); err != nil {
		return nil, err
	}
	f.Inputs = slices.Insert(f.Inputs, 1, input{
		Name: "body", Label: v.P.T("cases.body"), Hint: cmpText(kind.Prompts.In(string(v.Locale)), v.P.T("cases.markdown")), Kind: "lines",
		Value: t.form.Get("body"), Required: true, Max: maxMessage,
	})
	if t.atDesk {
		channel := input{Name: "channel", Label: v.P.T("cases.channel"), Kind: "select", Value: cmpText(t.form.Get("channel"), string(cases.ChannelPhone))}
		for _, c := range []cases.Channel{cases.ChannelPhone, cases.ChannelMail, cases.ChannelChat, cases.ChannelPortal} {
			channel.Choices = append(channel.Choices, option{string(c), v.P.T("cases.channel_" + string(c))})
		}
		f.Inputs = append([]input{
			{Name: "requester", Label: v.P.T("cases.requester"), Hint: v.P.T("cases.requester_hint"), Kind: "serial", Value: t.form.Get("requester"), Required: true, Max: 128}, channel,
		}, f.Inputs...)
	}
	said := sheet{}
	f.Faults = append(note(said.blame(v, t.fault), f.Inputs), said.Faults...)
	return f, nil
}

// openCase opens a case, or does first what is offered before it is sent.
func (s *Site) openCase(w http.ResponseWriter, r *http.Request) error { return s.sendCase(w, r, false) }

// openCaseFor is openCase for those who open it for somebody else.
func (s *Site) openCaseFor(w http.ResponseWriter, r *http.Request) error {
	return s.sendCase(w, r, true)
}

func (s *Site) sendCase(w http.ResponseWriter, r *http.Request, atDesk bool) error {
	if err := readable(r.ParseForm()); err != nil {
		return err
	}
	v, f := visitOf(r.Context()), r.PostForm
	t := caseTyped{form: f, atDesk: atDesk}
	kind, ok := kindNamed(s.helpdesk.Kinds(v.By), f.Get("kind"))
	if !ok {
		return s.showNewCase(w, r, http.StatusUnprocessableEntity, t)
	}
	if f.Get("solved") != "" {
		return s.caseAvoided(w, r, kind)
	}
	if offers := kind.Suggests && !atDesk; offers && (f.Get("do") == "look" || f.Get("read") != "") {
		var err error
		if t.answers, err = s.answersFor(r, f.Get("subject"), f.Get("read")); err != nil {
			return err
		}
		return s.showNewCase(w, r, http.StatusOK, t)
	}
	c, err := s.helpdesk.Open(r.Context(), v.By, caseDraft(v, kind, f, atDesk))
	if status := mended(err); status != 0 {
		t.fault = err
		return s.showNewCase(w, r, status, t)
	}
	if err != nil {
		return err
	}
	path := casePath(c.Reference)
	if atDesk {
		path = deskCasePath(c.Reference)
	}
	http.Redirect(w, r, v.link(path)+"?done=opened", http.StatusSeeOther)
	return nil
}

func caseDraft(v *visit, kind cases.Kind, f url.Values, atDesk bool) cases.Draft {
	d := cases.Draft{
		Kind: kind.Key, Subject: f.Get("subject"), Body: f.Get("body"), Fields: typedFieldsOf(kind, f), Product: f.Get("product"),
		Private: f.Get("private") == "yes", Key: f.Get("key"), Locale: string(v.Locale),
	}
	if kind.Asks {
		d.Urgency = cases.Level(f.Get("urgency"))
	}
	if atDesk {
		d.Requester, d.Locale = f.Get("requester"), ""
		if c := cases.Channel(f.Get("channel")); slices.Contains([]cases.Channel{cases.ChannelPhone, cases.ChannelMail, cases.ChannelChat}, c) {
			d.Channel = c
		}
	}
	return d
}

// opensCases are the permissions of those who open cases for others.
var opensCases = []profile.Permission{profile.PermissionCasesAnswer}

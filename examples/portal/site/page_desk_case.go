package site

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/stoa-go/stoa/cases"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search"
)

// What a message of those who answer is.
const (
	asReply    = "reply"
	asNote     = "note"
	asSolution = "solution"
)

// A deskCase is what those who work on a case have beside what its page shows.
type deskCase struct {
	Details []detail
	Tags    []string
	Answer  *sheet
	Take    *sheet // it is not theirs yet
	Assign  *sheet
	Move    *sheet
	Find    input // words to find an article by
	FindAt  string
	Found   []foundArticle
	Draft   string // where an article is made of it, or empty
	Person  string // address of the page of who asked, or empty
}

type foundArticle struct {
	articleRow
	Link *sheet
}

func (s *Site) deskCase(w http.ResponseWriter, r *http.Request) error {
	return s.showCase(w, r, http.StatusOK, deskCasesPath, caseFailed{})
}

// desk fills in what those who work on a case have.
func (w *caseView) desk(ctx context.Context) (*deskCase, error) {
	if !w.rights.Notes {
		return nil, cases.ErrNotFound
	}
	v, c, s := w.v, w.c, w.s
	d := &deskCase{Tags: c.Tags}
	names := map[string]string{}
	if err := s.nameIn(ctx, v, names, c.Assignee); err != nil {
		return nil, err
	}
	d.Details = []detail{
		{Name: v.P.T("cases.field_assignee"), Text: cmpText(names[c.Assignee], v.P.T("said.nobody"))}, {Name: v.P.T("cases.field_priority"), Text: v.P.T("cases.priority_" + string(c.Priority))},
		{Name: v.P.T("cases.impact"), Text: v.P.T("cases.impact_" + string(c.Impact))}, {Name: v.P.T("cases.field_queue"), Text: s.caseQueue(v, c.Queue)},
		{Name: v.P.T("cases.channel"), Text: v.P.T("cases.channel_" + string(c.Channel))},
	}
	if s.policy.May(v.By, profile.PermissionDirectoryRead) {
		d.Person = v.link("/admin/people/" + escape(c.Requester))
	}
	if !w.rights.Work {
		return d, nil
	}
	if s.mayAny(v.By, writesDrafts) {
		d.Draft = v.link("/desk/draft") + "?case=" + url.QueryEscape(c.Reference)
	}
	w.workForms(d)
	var err error
	if d.Assign, err = w.assigning(ctx); err != nil {
		return nil, err
	}
	d.Found, err = w.find(ctx, d)
	return d, err
}

func (w *caseView) workForms(d *deskCase) {
	v := w.v
	as := input{Name: "as", Label: v.P.T("cases.as"), Kind: "select", Value: asReply}
	for _, one := range []string{asReply, asNote, asSolution} {
		as.Choices = append(as.Choices, option{one, v.P.T("cases.as_" + one)})
	}
	after := w.statusInput("cases.status_after")
	after.Choices = append([]option{{"", v.P.T("cases.status_follows")}}, after.Choices...)
	d.Answer = w.form("say", "cases.send", as, input{Name: "body", Label: v.P.T("cases.message"), Hint: v.P.T("cases.markdown"), Kind: "lines", Required: true, Max: maxMessage}, after)
	d.Answer.Hidden = []option{{"key", cmpText(w.failed.typed.Get("key"), w.s.memory.formKey)}}
	status := w.statusInput("cases.field_status")
	status.Value = string(w.c.Status)
	d.Move = w.form("move", "cases.move", status, w.reason("cases.move_why", false))
	if w.c.Assignee != v.By.ID {
		d.Take = w.form("assign", "cases.take")
		d.Take.Hidden, d.Take.Faults, d.Take.Wrong = []option{{"assignee", v.By.ID}}, nil, false
	}
}

func (w *caseView) statusInput(label string) input {
	in := input{Name: "status", Label: w.v.P.T(label), Kind: "select"}
	for _, one := range w.s.casework.Statuses {
		in.Choices = append(in.Choices, option{string(one.Key), one.Names.In(string(w.v.Locale))})
	}
	return in
}

// assigning asks who works on a case.
func (w *caseView) assigning(ctx context.Context) (*sheet, error) {
	people, err := w.s.peopleWho(ctx, opensCases, func(p profile.Person) (bool, error) {
		actor, err := w.s.actorOf(ctx, p.ID)
		return err == nil && w.s.helpdesk.Rights(actor, w.c).Work, err
	})
	if err != nil {
		return nil, err
	}
	who := input{Name: "assignee", Label: w.v.P.T("cases.field_assignee"), Kind: "select", Value: w.c.Assignee, Choices: []option{{"", w.v.P.T("said.nobody")}}}
	for _, p := range people {
		who.Choices = append(who.Choices, option{p.ID, p.Name})
	}
	if a := w.c.Assignee; !slices.ContainsFunc(who.Choices, func(o option) bool { return o.Value == a }) {
		who.Choices = append(who.Choices, option{a, a})
	}
	return w.form("assign", "cases.assign", who), nil
}

// find looks for articles that a case could lead to.
func (w *caseView) find(ctx context.Context, d *deskCase) ([]foundArticle, error) {
	words := strings.TrimSpace(w.v.Query.Get("find"))
	d.FindAt = w.v.link(w.base) + "#articles"
	d.Find = input{Name: "find", Label: w.v.P.T("cases.find"), Kind: "text", Value: words, Max: maxSubject}
	if words == "" {
		return nil, nil
	}
	res, err := w.s.engine.Search(ctx, w.v.By, search.Query{Text: firstOf(words, maxSubject), Locale: string(w.v.Wanted), Limit: 8})
	if err != nil {
		return nil, err
	}
	var out []foundArticle
	for _, h := range res.Hits {
		if strings.HasPrefix(h.Group, articleRef) && !slices.Contains(w.c.Articles, h.Group) {
			one := foundArticle{articleRow{Title: h.Title, Href: w.s.hitOf(w.v, h).Href}, w.form("link", "cases.link")}
			one.Link.Hidden = []option{{"reference", h.Group}}
			out = append(out, one)
		}
	}
	return out, nil
}

// conversationOf returns a case as a conversation that an article can be made of:
// what was said to the customer and by them.
func (s *Site) conversationOf(ctx context.Context, v *visit, reference string) (kb.Conversation, error) {
	c, err := s.helpdesk.Case(ctx, v.By, reference)
	if err != nil {
		return kb.Conversation{}, err
	}
	out := kb.Conversation{Source: kb.Source{Kind: sourceCase, Ref: c.Reference}, Title: c.Subject, Locale: s.writtenIn(v, c.Locale)}
	entries, _, err := s.helpdesk.Entries(ctx, v.By, c.ID, "", 0)
	if err != nil {
		return out, err
	}
	names := map[string]string{}
	for _, e := range entries {
		if e.Internal || e.Body == "" {
			continue
		}
		if err := s.nameIn(ctx, v, names, e.Author); err != nil {
			return out, err
		}
		if name := names[e.Author]; name != "" && !slices.Contains(out.People, name) {
			out.People = append(out.People, name)
		}
		role := kb.TurnAsker
		if e.Side == cases.SideStaff {
			role = kb.TurnHelper
		}
		out.Turns = append(out.Turns, kb.Turn{Role: role, Text: e.Body, At: e.At, Accepted: e.ID == c.Solution})
	}
	return out, nil
}

// sourceCase is what an article was made of that was made of a case.
const sourceCase = "case"

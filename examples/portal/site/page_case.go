package site

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/stoa-go/stoa/cases"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/profile"
)

type caseBody struct {
	Case       cases.Case
	Kind       string
	Status     string
	Look       string
	Facts      []string
	Details    []detail
	Entries    []entryRow
	More       string // address of what follows
	First      string // address of the beginning, on what follows it
	People     []followerRow
	Articles   []articleRow
	Linked     []linkedRow
	Notice     string
	Edit       string
	Transcript string
	Follows    string // where what came of a case that is over for good is asked

	Reply    *sheet
	Accept   *sheet
	Reject   *sheet
	Close    *sheet
	Reopen   *sheet
	Escalate *sheet
	Invite   *sheet
	Leave    *sheet

	Desk *deskCase // nil for customers
}

type followerRow struct {
	Name   string
	Note   string // message key
	Remove *sheet // nil for those who cannot
}

type articleRow struct {
	Title, Href string
	Remove      *sheet
}

type linkedRow struct{ Kind, Title, Reference, Href string }

// A caseView makes the page of a case: the same for customers and for those who
// work on it, who have more of it.
type caseView struct {
	s      *Site
	v      *visit
	c      cases.Case
	rights cases.Rights
	base   string // path of the page, without language
	failed caseFailed
	forms  int
}

// A caseFailed is an act that was refused, with what was typed.
type caseFailed struct {
	act   string
	typed url.Values
	err   error
}

// casePage shows a case to those who asked, and leads those who work on it to the
// desk.
func (s *Site) casePage(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r.Context())
	c, err := s.caseAt(r)
	if err != nil {
		return err
	}
	if c.Requester != v.By.ID && s.helpdesk.Rights(v.By, c).Notes { // who finds it by searching
		http.Redirect(w, r, v.link(deskCasePath(c.Reference)), http.StatusSeeOther)
		return nil
	}
	return s.showCase(w, r, http.StatusOK, casesPath, caseFailed{})
}

// caseAt returns the case that an address names.
func (s *Site) caseAt(r *http.Request) (cases.Case, error) {
	reference, err := web.PathValue(r, "reference")
	if err != nil {
		return cases.Case{}, err
	}
	return s.helpdesk.Case(r.Context(), visitOf(r.Context()).By, reference)
}

// showCase shows a case below /cases or /desk/cases.
func (s *Site) showCase(w http.ResponseWriter, r *http.Request, status int, below string, failed caseFailed) error {
	ctx, v := r.Context(), visitOf(r.Context())
	c, err := s.caseAt(r)
	if err != nil {
		return err
	}
	if path := below + "/" + c.Reference; status == http.StatusOK && v.Path != path {
		http.Redirect(w, r, v.link(path)+queryOf(r), http.StatusSeeOther)
		return nil
	}
	view := &caseView{s: s, v: v, c: c, rights: s.helpdesk.Rights(v.By, c), base: below + "/" + c.Reference, failed: failed}
	p := s.newPage(r, c.Subject)
	p.Crumbs = append(s.crumbs(v), crumb{Title: v.P.T("cases.title"), Href: v.link(casesPath)})
	name := "case"
	if below == deskCasesPath {
		name, p = "desk-case", s.deskPage(r, c.Subject, crumb{Title: v.P.T("cases.desk"), Href: v.link(deskCasesPath)})
	}
	b, err := view.body(ctx, p)
	if err != nil {
		return err
	}
	if below == deskCasesPath {
		if b.Desk, err = view.desk(ctx); err != nil {
			return err
		}
	}
	p.NoIndex, p.Body = true, b
	return s.show(w, r, status, name, p)
}

func queryOf(r *http.Request) string {
	if r.URL.RawQuery == "" {
		return ""
	}
	return "?" + r.URL.RawQuery
}

func (w *caseView) body(ctx context.Context, p *page) (*caseBody, error) {
	v, c := w.v, w.c
	b := &caseBody{
		Case: c, Kind: w.s.caseKind(v, c.Kind), Status: w.s.caseStatus(v, c), Look: caseLooks[c.State], Details: w.s.caseDetails(v, c),
		Transcript: v.link(casePath(c.Reference) + "/transcript"),
	}
	if done := v.Query.Get("done"); slices.Contains(caseDone, done) {
		b.Notice = v.P.T("cases.done_" + done)
	}
	entries, next, err := w.s.helpdesk.Entries(ctx, v.By, c.ID, v.Query.Get("after"), entriesPerPage)
	if err != nil {
		return nil, err
	}
	if b.Entries, err = w.s.narrate(ctx, v, c, entries); err != nil {
		return nil, err
	}
	b.First, b.More = pager(p, next)
	if err := w.around(ctx, b); err != nil {
		return nil, err
	}
	w.customerForms(b)
	return b, nil
}

// entriesPerPage is how much of a case a page shows.
const entriesPerPage = 100

// around fills in who and what goes with a case.
func (w *caseView) around(ctx context.Context, b *caseBody) error {
	s, v, c, names := w.s, w.v, w.c, map[string]string{}
	for _, p := range c.People {
		if err := s.nameIn(ctx, v, names, p.Person); err != nil {
			return err
		}
		row := followerRow{Name: names[p.Person], Note: "cases.reads_along"}
		if p.Comment {
			row.Note = "cases.writes_along"
		}
		if w.rights.Invite || p.Person == v.By.ID {
			row.Remove = w.form("unfollow", "cases.unfollow")
			row.Remove.Hidden = []option{{"person", p.Person}}
		}
		b.People = append(b.People, row)
	}
	if err := s.nameIn(ctx, v, names, c.Requester); err != nil {
		return err
	}
	b.Facts = []string{c.Reference, b.Kind, v.P.T("cases.by", "name", names[c.Requester]), v.P.DateTime(c.CreatedAt, "medium")}
	articles, err := s.caseArticles(ctx, v, c)
	if err != nil {
		return err
	}
	for _, a := range articles {
		if ref := a.ref; w.rights.Edit || w.rights.Work {
			a.row.Remove = w.form("unlink", "cases.unlink")
			a.row.Remove.Hidden = []option{{"reference", ref}}
		}
		b.Articles = append(b.Articles, a.row)
	}
	return w.linked(ctx, b)
}

type linkedArticle struct {
	ref string
	row articleRow
}

// caseArticles returns the articles that a case leads to and the visitor may
// read.
func (s *Site) caseArticles(ctx context.Context, v *visit, c cases.Case) ([]linkedArticle, error) {
	var ids []string
	for _, ref := range c.Articles {
		ids = append(ids, strings.TrimPrefix(ref, articleRef))
	}
	entries, err := s.library.Entries(ctx, v.By, ids, string(v.Wanted))
	var out []linkedArticle
	for _, e := range entries {
		out = append(out, linkedArticle{articleRef + e.Article, articleRow{Title: e.Title, Href: v.link("/articles/" + escape(e.Slug))}})
	}
	return out, err
}

// linked fills in the cases that a case is linked with: the desk names none that
// the visitor may not see.
func (w *caseView) linked(ctx context.Context, b *caseBody) error {
	for _, l := range w.c.Links {
		other, err := w.s.helpdesk.Case(ctx, w.v.By, l.Case)
		if err != nil {
			return err
		}
		b.Linked = append(b.Linked, linkedRow{
			Kind: w.v.P.T("cases.link_" + string(l.Kind)), Title: other.Subject, Reference: other.Reference, Href: w.v.link(casePath(other.Reference)),
		})
	}
	return nil
}

// form returns the form of an act. After one that was refused it has what was
// typed, and says what is wrong.
func (w *caseView) form(act, submit string, inputs ...input) *sheet {
	w.forms++
	f := &sheet{Action: w.v.link(w.base + "/" + act), Version: w.c.Version, Submit: w.v.P.T(submit), Basics: inputs}
	for i := range f.Basics {
		f.Basics[i].Row = w.forms
	}
	if w.failed.act != act || w.failed.err == nil {
		return f
	}
	for i, in := range f.Basics {
		f.Basics[i].Value = w.failed.typed.Get(in.Name)
	}
	f.Faults = append(f.Faults, note(f.blame(w.v, w.failed.err), f.Basics)...)
	return f
}

func (w *caseView) reason(label string, required bool) input {
	return input{Name: "reason", Label: w.v.P.T(label), Kind: "lines", Required: required, Max: maxReason}
}

// customerForms are what those can do whose affair a case is.
func (w *caseView) customerForms(b *caseBody) {
	r, v := w.rights, w.v
	if r.Comment && !r.Work {
		b.Reply = w.form("say", "cases.send", input{Name: "body", Label: v.P.T("cases.reply"), Hint: v.P.T("cases.markdown"), Kind: "lines", Required: true, Max: maxMessage})
		b.Reply.Hidden = []option{{"key", cmpText(w.failed.typed.Get("key"), w.s.memory.formKey)}}
	}
	if r.Decide {
		b.Accept, b.Reject = w.form("accept", "cases.accept"), w.form("reject", "cases.reject", w.reason("cases.reject_why", true))
	}
	if r.Close && !r.Work {
		b.Close = w.form("close", "cases.close", w.reason("cases.close_why", false))
	}
	if r.Reopen {
		b.Reopen = w.form("reopen", "cases.reopen", w.reason("cases.reopen_why", false))
	}
	if r.Escalate {
		b.Escalate = w.form("escalate", "cases.escalate", w.reason("cases.escalate_why", true))
	}
	if r.Invite {
		b.Invite = w.form("follow", "cases.invite",
			input{Name: "person", Label: v.P.T("cases.invite_whom"), Hint: v.P.T("cases.invite_hint"), Kind: "text", Required: true, Max: 254},
			input{Name: "comment", Label: v.P.T("cases.invite_comment"), Kind: "checkbox"})
	}
	if r.Edit || r.Work {
		b.Edit = v.link(w.base + "/edit")
	}
	if !r.Comment && !r.Reopen && w.c.State == cases.StateClosed {
		b.Follows = v.link(casesPath + "/new?subject=" + url.QueryEscape(w.c.Subject))
	}
}

// caseTranscript sends what was said about a case as a text to keep.
func (s *Site) caseTranscript(w http.ResponseWriter, r *http.Request) error {
	ctx, v := r.Context(), visitOf(r.Context())
	c, err := s.caseAt(r)
	if err != nil {
		return err
	}
	var all []cases.Entry
	for after := ""; ; {
		page, next, err := s.helpdesk.Entries(ctx, v.By, c.ID, after, 0)
		if err != nil {
			return err
		}
		all = append(all, page...)
		if after = next; next == "" {
			break
		}
	}
	rows, err := s.narrate(ctx, v, c, all)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="`+c.Reference+`.txt"`)
	_, err = w.Write([]byte(caseTranscriptOf(v, c, rows)))
	return err
}

// personMeant returns whom somebody means by an address, if it is of the
// organisation, or by an ID.
func (s *Site) personMeant(ctx context.Context, account, text string) (string, error) {
	text = strings.TrimSpace(text)
	if account == "" || !strings.Contains(text, "@") {
		return text, nil
	}
	for p, err := range s.people.AllPeople(ctx, system, profile.PersonQuery{Account: account, Limit: 200}) {
		if err != nil || strings.EqualFold(p.Email, text) {
			return p.ID, err
		}
	}
	return text, nil
}

package site

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/internal/diff"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

// feedbackRoutes are the pages of what readers said.
func (s *Site) feedbackRoutes() []route {
	return []route{
		{"GET /desk/feedback", "desk", s.feedbackQueue},
		{"GET /desk/feedback/{id}", "desk", s.feedbackPage},
		{"POST /desk/feedback/{id}", "desk", s.handleFeedback},
	}
}

// feedbackPerPage is how many things that readers said a page shows.
const feedbackPerPage = 25

type feedbackListParams struct {
	State   string `query:"state" max:"20"`
	Kind    string `query:"kind" max:"20"`
	Reason  string `query:"reason" max:"20"`
	Article string `query:"article" max:"100"`
	Mine    string `query:"mine" max:"5"`
	After   string `query:"after"`
}

// Values of filters that are no values of what they filter by.
const (
	stateAny      = "any"
	kindSuggested = "suggested"
)

func (q feedbackListParams) list() kb.FeedbackList {
	out := kb.FeedbackList{Article: q.Article, Reason: kb.Reason(q.Reason), Mine: q.Mine != "", After: q.After, Limit: feedbackPerPage}
	switch q.State {
	case stateAny:
	case "":
		out.States = []kb.FeedbackState{kb.FeedbackOpen, kb.FeedbackWorking}
	default:
		out.States = []kb.FeedbackState{kb.FeedbackState(q.State)}
	}
	if q.Kind == kindSuggested {
		out.Kinds = []kb.FeedbackKind{kb.FeedbackFlag, kb.FeedbackEdit}
	}
	return out
}

type feedbackListBody struct {
	Filters []input
	About   *feedbackAbout // what readers said of the article that is asked for, nil for all
	Rows    []inboxRow
	First   string
	Next    string
}

// A feedbackAbout is what readers said of one article, counted.
type feedbackAbout struct {
	Title, Locale, Href string
	Helpful, Unhelpful  int
	Votes               int
	Share               int // of those who found it helpful, in per cent
	Reasons             []reasonCount
	Most                int // of any reason
}

type reasonCount struct {
	Reason kb.Reason
	N      int
}

// feedbackQueue lists what readers said.
func (s *Site) feedbackQueue(w http.ResponseWriter, r *http.Request) error {
	q, err := web.Query[feedbackListParams](r)
	if err != nil {
		return err
	}
	ctx, v := r.Context(), visitOf(r.Context())
	list, next, err := s.library.ListFeedback(ctx, v.By, q.list())
	if err != nil {
		return err
	}
	p := s.deskPage(r, v.P.T("said.title"))
	b := feedbackListBody{Filters: feedbackFilters(v, q), Next: nextOf(p, "after", next)}
	if q.After != "" {
		b.First = p.With()
	}
	if b.Rows, err = s.feedbackRows(ctx, v, list); err != nil {
		return err
	}
	if q.Article != "" {
		if b.About, err = s.aboutArticle(ctx, v, q.Article); err != nil {
			return err
		}
	}
	p.Body = b
	return s.show(w, r, http.StatusOK, "desk-feedback", p)
}

func feedbackFilters(v *visit, q feedbackListParams) []input {
	choose := func(name, value string, choices ...option) input {
		return input{Name: name, Label: v.P.T("said." + name), Kind: "select", Value: value, Choices: choices}
	}
	states := []option{{"", v.P.T("said.state_todo")}}
	for _, state := range kb.FeedbackStates() {
		states = append(states, option{string(state), v.P.T("said.state_" + string(state))})
	}
	reasons := []option{{"", v.P.T("people.any")}}
	for _, reason := range kb.Reasons() {
		reasons = append(reasons, option{string(reason), v.P.T("rating.reason_" + string(reason))})
	}
	out := []input{
		choose("state", q.State, append(states, option{stateAny, v.P.T("people.any")})...),
		choose("kind", q.Kind, option{"", v.P.T("people.any")}, option{kindSuggested, v.P.T("said.suggested")}),
		choose("reason", q.Reason, reasons...),
		{Name: "mine", Label: v.P.T("said.mine"), Kind: "checkbox", Value: q.Mine},
	}
	if q.Article != "" {
		out = append(out, input{Name: "article", Label: v.P.T("said.article"), Kind: "text", Value: q.Article})
	}
	return out
}

// saidLooks are the classes of the tags of feedback by its state.
var saidLooks = map[kb.FeedbackState]string{kb.FeedbackDone: "tag-good", kb.FeedbackDismissed: "tag-off"}

func (s *Site) feedbackRows(ctx context.Context, v *visit, list []kb.Feedback) ([]inboxRow, error) {
	titles, err := s.titlesOf(ctx, v, list)
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	var rows []inboxRow
	for _, f := range list {
		row := titles[f.Article]
		row.Href = v.link("/desk/feedback/" + escape(f.ID))
		row.Facts = append([]string{saidKind(v, f)}, saidReason(v, f)...)
		row.Facts = append(row.Facts, v.P.Relative(f.At))
		if err := s.nameIn(ctx, v, names, f.Assignee); err != nil {
			return nil, err
		}
		if name := names[f.Assignee]; name != "" {
			row.Facts = append(row.Facts, v.P.T("said.by", "name", name))
		}
		row.Note = excerpt(f)
		row.State, row.Look = "said.state_"+string(f.State), saidLooks[f.State]
		rows = append(rows, row)
	}
	return rows, nil
}

// titlesOf returns the articles that feedback is about, with what they are
// called at the desk.
func (s *Site) titlesOf(ctx context.Context, v *visit, list []kb.Feedback) (map[string]inboxRow, error) {
	var ids []string
	for _, f := range list {
		if !slices.Contains(ids, f.Article) {
			ids = append(ids, f.Article)
		}
	}
	articles, err := s.manuscriptsOf(ctx, v, ids)
	out := map[string]inboxRow{}
	for _, f := range list {
		a := articles[f.Article]
		locale := f.Locale
		if _, ok := a.In(locale); !ok {
			locale = a.Source
		}
		out[f.Article] = s.textRow(v, a, locale, "")
	}
	return out, err
}

func saidKind(v *visit, f kb.Feedback) string {
	switch {
	case f.Kind != kb.FeedbackRating:
		return v.P.T("said.kind_" + string(f.Kind))
	case f.Helpful:
		return v.P.T("said.helped")
	}
	return v.P.T("said.helped_not")
}

func saidReason(v *visit, f kb.Feedback) []string {
	if f.Reason == "" {
		return nil
	}
	return []string{v.P.T("rating.reason_" + string(f.Reason))}
}

// excerpt is the beginning of what somebody said.
func excerpt(f kb.Feedback) string {
	text := []rune(f.Comment)
	if len(text) == 0 {
		text = []rune(f.Quote)
	}
	if len(text) > mostExcerpt {
		return string(text[:mostExcerpt]) + "…"
	}
	return string(text)
}

const mostExcerpt = 200

// aboutArticle counts what readers said of an article.
func (s *Site) aboutArticle(ctx context.Context, v *visit, id string) (*feedbackAbout, error) {
	a, err := s.library.Manuscript(ctx, v.By, id)
	if err != nil {
		return nil, err
	}
	all, err := s.library.FeedbackFigures(ctx, v.By, []string{id})
	if err != nil {
		return nil, err
	}
	t, _ := a.In(a.Source)
	figures := all[id]
	out := &feedbackAbout{Title: t.Title, Locale: a.Source, Href: v.link(editorPath(a.ID, a.Source)), Helpful: figures.Helpful, Unhelpful: figures.Unhelpful}
	if out.Votes = out.Helpful + out.Unhelpful; out.Votes > 0 {
		out.Share = out.Helpful * 100 / out.Votes
	}
	for _, reason := range kb.Reasons() {
		if n := figures.Reasons[reason]; n > 0 {
			out.Reasons, out.Most = append(out.Reasons, reasonCount{reason, n}), max(out.Most, n)
		}
	}
	return out, nil
}

type feedbackBody struct {
	Said    kb.Feedback
	Title   string
	Locale  string
	State   string // message key
	Look    string
	Facts   []string
	Parts   []diffPart // what is proposed
	Lang    i18n.Locale
	Edit    string // address of the editor
	About   string // address of what else was said of the article
	Handle  *sheet
	Notice  string
	Telling bool // who said it is told when it is mended
}

// feedbackPage shows one thing that a reader said.
func (s *Site) feedbackPage(w http.ResponseWriter, r *http.Request) error {
	return s.showFeedback(w, r, http.StatusOK, nil, nil)
}

func (s *Site) showFeedback(w http.ResponseWriter, r *http.Request, status int, typed url.Values, fault error) error {
	ctx, v := r.Context(), visitOf(r.Context())
	f, err := s.library.FeedbackByID(ctx, v.By, r.PathValue("id"))
	if err != nil {
		return err
	}
	a, err := s.library.Manuscript(ctx, v.By, f.Article)
	if err != nil {
		return err
	}
	t, ok := a.In(f.Locale)
	if !ok {
		t, _ = a.In(a.Source)
	}
	b := feedbackBody{
		Said: f, Title: t.Title, Locale: t.Locale, Lang: i18n.Locale(t.Locale), State: "said.state_" + string(f.State), Look: saidLooks[f.State],
		Facts: append(append([]string{saidKind(v, f)}, saidReason(v, f)...), v.P.DateTime(f.At, i18n.StyleMedium)),
		Edit:  v.link(editorPath(a.ID, t.Locale)), About: v.link("/desk/feedback") + "?state=any&article=" + url.QueryEscape(a.ID),
		Telling: f.Tell && f.Person != "",
	}
	if v.Query.Get("done") != "" {
		b.Notice = v.P.T("said.saved")
	}
	if f.Kind == kb.FeedbackEdit {
		b.Parts = []diffPart{{Label: "said.proposal", Lines: []diffLine{{Spans: diff.Words(f.Quote, f.Proposal)}}}}
	}
	if b.Handle, err = s.handlingForm(ctx, v, f, typed, fault); err != nil {
		return err
	}
	p := s.deskPage(r, v.P.T("said.one", "title", b.Title), crumb{Title: v.P.T("said.title"), Href: v.link("/desk/feedback")})
	p.Body = b
	return s.show(w, r, status, "desk-said", p)
}

func (s *Site) handlingForm(ctx context.Context, v *visit, f kb.Feedback, typed url.Values, fault error) (*sheet, error) {
	form := &sheet{Action: v.link("/desk/feedback/" + escape(f.ID)), Version: f.Version, Submit: v.P.T("said.save")}
	wrong := form.blame(v, fault)
	values := url.Values{"state": {string(f.State)}, "assignee": {f.Assignee}, "resolution": {f.Resolution}}
	if typed != nil {
		values = typed
	}
	state := input{Name: "state", Label: v.P.T("said.state"), Kind: "select", Value: values.Get("state"), Required: true, Error: wrong["state"]}
	for _, one := range kb.FeedbackStates() {
		state.Choices = append(state.Choices, option{string(one), v.P.T("said.state_" + string(one))})
	}
	names := map[string]string{}
	who := input{Name: "assignee", Label: v.P.T("said.assignee"), Kind: "select", Value: values.Get("assignee"), Error: wrong["assignee"], Choices: []option{{"", v.P.T("said.nobody")}}}
	people := []string{v.By.ID, f.Assignee, values.Get("assignee")}
	a, err := s.library.Manuscript(ctx, v.By, f.Article)
	if err != nil {
		return nil, err
	}
	people = append(people, a.Owner)
	for i, id := range people {
		if id == "" || slices.Contains(people[:i], id) {
			continue
		}
		if err := s.nameIn(ctx, v, names, id); err != nil {
			return nil, err
		}
		who.Choices = append(who.Choices, option{id, names[id]})
	}
	form.Basics = []input{state, who, {
		Name: "resolution", Label: v.P.T("said.resolution"), Hint: v.P.T("said.resolution_hint"), Kind: "lines", Value: values.Get("resolution"),
		Max: kb.MaxComment, Error: wrong["resolution"],
	}}
	return form, nil
}

// handleFeedback takes what is done about what a reader said.
func (s *Site) handleFeedback(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return errs.Invalid
	}
	v, id := visitOf(r.Context()), r.PathValue("id")
	_, err := s.library.HandleFeedback(r.Context(), v.By, id, number(r.PostFormValue("version")), kb.Handling{
		State: kb.FeedbackState(r.PostFormValue("state")), Assignee: r.PostFormValue("assignee"), Resolution: r.PostFormValue("resolution"),
	})
	if status := mended(err); status != 0 {
		return s.showFeedback(w, r, status, r.PostForm, err)
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, v.link("/desk/feedback/"+escape(id))+"?done=1", http.StatusSeeOther)
	return nil
}

// feedbackTasks are what readers said that nobody has seen to.
func (s *Site) feedbackTasks(ctx context.Context, v *visit) (tasks []deskTask, err error) {
	if !s.mayAny(v.By, saidNeeds) || !s.policy.May(v.By, profile.PermissionFeedbackRead) {
		return nil, nil
	}
	for _, one := range []struct {
		key, path string
		list      kb.FeedbackList
	}{
		{"said.todo_mine", "/desk/feedback?mine=yes", kb.FeedbackList{States: []kb.FeedbackState{kb.FeedbackOpen, kb.FeedbackWorking}, Mine: true, Limit: mostTasks}},
		{"said.todo_open", "/desk/feedback?state=open", kb.FeedbackList{States: []kb.FeedbackState{kb.FeedbackOpen}, Limit: mostTasks}},
	} {
		list, _, err := s.library.ListFeedback(ctx, v.By, one.list)
		if err != nil {
			return nil, err
		}
		if n := len(list); n > 0 {
			tasks = append(tasks, deskTask{v.P.T(one.key, "n", n), one.path})
		}
	}
	return tasks, nil
}

// saidNeeds are the permissions of those who see to what readers said.
var saidNeeds = []profile.Permission{profile.PermissionContentWrite, profile.PermissionContentPublish}

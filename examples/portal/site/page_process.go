package site

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

type processBody struct {
	Title    string
	Locale   string
	Notice   string
	State    string // message key
	Needs    string // what it takes to publish
	Reviews  []inboxRow
	Waiting  bool // one of them is open: nobody has to be asked again
	Plans    []planRow
	Checked  string // who vouches for it, until when
	Old      bool
	Verify   string // address, "" if the visitor cannot
	Verified bool
	Ask      *askForm
	Plan     *sheet
}

// An askForm is a sheet that asks for a review, with people to choose from.
type askForm struct {
	Sheet  *sheet
	People []input
	Error  string // about the people
}

type planRow struct {
	What, When, Note string
	State, Look      string
	Why              string // it failed
	Cancel           string // address, "" if there is nothing to cancel
}

// processForm is what somebody typed into one of the forms of the page.
type processForm struct {
	ask, plan url.Values
	err       error
}

// processPage shows what is to be done with a text.
func (s *Site) processPage(w http.ResponseWriter, r *http.Request) error {
	return s.showProcess(w, r, http.StatusOK, processForm{})
}

func (s *Site) showProcess(w http.ResponseWriter, r *http.Request, status int, form processForm) error {
	ctx, v := r.Context(), visitOf(r.Context())
	a, err := s.library.Manuscript(ctx, v.By, r.PathValue("id"))
	if err != nil {
		return err
	}
	t, ok := a.In(r.PathValue("locale"))
	if !ok {
		return kb.ErrNotFound
	}
	p := s.deskPage(r, v.P.T("process.of", "title", t.Title), crumb{Title: v.P.T("desk.articles"), Href: v.link("/desk/articles")},
		crumb{Title: t.Title, Href: v.link(editorPath(a.ID, t.Locale)), Locale: t.Locale})
	b := processBody{Title: t.Title, Locale: t.Locale, Notice: ""}
	if key := processNotices[v.Query.Get("done")]; key != "" {
		b.Notice = v.P.T(key)
	}
	for _, part := range []func(context.Context, *page, kb.Article, kb.Translation, processForm, *processBody) error{
		s.processState, s.processReviews, s.processPlans, s.processAsk,
	} {
		if err := part(ctx, p, a, t, form, &b); err != nil {
			return err
		}
	}
	p.Body = b
	return s.show(w, r, status, "desk-process", p)
}

func (s *Site) processState(ctx context.Context, p *page, a kb.Article, t kb.Translation, _ processForm, b *processBody) error {
	all, err := s.library.Verifications(ctx, p.By, []string{a.ID})
	if err != nil {
		return err
	}
	process, v := s.processOf(a.Kind, a.Category), all[a.ID]
	b.State = "process.status_" + string(t.Status)
	if t.Visible() && t.Head > t.Live {
		b.State = "desk.status_ahead"
	}
	if process.KCS {
		b.State = "process.kcs_" + string(s.library.StateOf(t, v))
	}
	b.Needs = p.P.T("process.needs_nothing")
	if process.Rule != "" {
		b.Needs = p.P.T("process.rule_"+string(process.Rule), "n", max(process.Needed, 1))
	}
	if s.policy.May(p.By, profile.PermissionContentReview) && len(a.Live()) > 0 {
		b.Verify = p.link("/desk/articles/" + escape(a.ID) + "/" + escape(t.Locale) + "/verification")
	}
	b.Verified, b.Old = v.Holds(s.cfg.Now()), v.Ran(s.cfg.Now())
	b.Checked, err = s.checkedText(ctx, p.visit, v)
	return err
}

func (s *Site) checkedText(ctx context.Context, v *visit, seal kb.Verification) (string, error) {
	if seal.At.IsZero() {
		return v.P.T("process.never_verified"), nil
	}
	name, err := s.workerName(ctx, seal.By)
	if name == "" {
		name = v.P.T("process.somebody")
	}
	text := v.P.T("process.verified_by", "name", name, "when", v.P.Date(seal.At, i18n.StyleMedium))
	if !seal.Until.IsZero() {
		text += " " + v.P.T("process.holds_until", "when", v.P.Date(seal.Until, i18n.StyleMedium))
	}
	return text, err
}

func (s *Site) processReviews(ctx context.Context, p *page, a kb.Article, t kb.Translation, _ processForm, b *processBody) error {
	list, _, err := s.library.Reviews(ctx, p.By, kb.ReviewList{Article: a.ID, Locale: t.Locale, Limit: inboxPerPage})
	if err != nil {
		return err
	}
	b.Waiting = slices.ContainsFunc(list, func(r kb.Review) bool { return r.State == kb.ReviewOpen && !r.Superseded(a) })
	b.Reviews, err = s.reviewRows(ctx, p, list)
	return err
}

// planLooks are the classes of the tags of plans by their state.
var planLooks = map[kb.PlanState]string{kb.PlanDone: "tag-good", kb.PlanFailed: "tag-lock", kb.PlanCancelled: "tag-off"}

func (s *Site) processPlans(ctx context.Context, p *page, a kb.Article, t kb.Translation, form processForm, b *processBody) error {
	list, _, err := s.library.Plans(ctx, p.By, kb.PlanList{Article: a.ID, Locale: t.Locale, Limit: inboxPerPage})
	if err != nil {
		return err
	}
	may := s.policy.May(p.By, profile.PermissionContentPublish)
	for _, plan := range list {
		row := planRow{
			What: p.P.T("process.do_" + string(plan.Do)), When: p.P.DateTime(plan.At, i18n.StyleMedium), Note: plan.Note,
			State: "process.plan_" + string(plan.State), Look: planLooks[plan.State],
		}
		if plan.Minor {
			row.What += " (" + p.P.T("process.plan_minor") + ")"
		}
		if plan.Error != "" {
			row.Why = p.P.T(plan.Error)
		}
		if may && plan.State == kb.PlanWaiting {
			row.Cancel = p.link("/desk/plans/" + escape(plan.ID) + "/cancellation")
		}
		b.Plans = append(b.Plans, row)
	}
	if may {
		b.Plan = s.planForm(p.visit, a, t, form)
	}
	return nil
}

func (s *Site) planForm(v *visit, a kb.Article, t kb.Translation, typed processForm) *sheet {
	form := &sheet{
		Action: v.link("/desk/articles/" + escape(a.ID) + "/" + escape(t.Locale) + "/plans"), Submit: v.P.T("process.plan"),
		Hidden: []option{{"key", s.memory.formKey}},
	}
	var wrong map[string]string
	if typed.plan != nil {
		wrong = form.blame(v, typed.err)
	}
	what := input{Name: "do", Label: v.P.T("process.do"), Kind: "select", Value: typed.plan.Get("do"), Required: true, Error: wrong["do"]}
	for _, d := range kb.Deeds() {
		what.Choices = append(what.Choices, option{string(d), v.P.T("process.do_" + string(d))})
	}
	minor := input{Name: "minor", Label: v.P.T("following.minor"), Kind: "checkbox", Value: typed.plan.Get("minor")}
	form.Basics = []input{what, {
		Name: "at", Label: v.P.T("process.at"), Hint: v.P.T("process.at_hint", "zone", v.P.Zone().String()), Kind: "datetime-local",
		Value: typed.plan.Get("at"), Required: true, Error: wrong["at"],
	}, {Name: "note", Label: v.P.T("process.note"), Kind: "lines", Value: typed.plan.Get("note"), Max: kb.MaxComment, Error: wrong["note"]}}
	if t.Visible() {
		form.Basics = append(form.Basics, minor)
	}
	return form
}

func (s *Site) processAsk(ctx context.Context, p *page, a kb.Article, t kb.Translation, typed processForm, b *processBody) error {
	if !s.library.MayWrite(p.By, a, t.Locale) || t.Visible() && t.Live == t.Head || b.Waiting && typed.ask == nil {
		return nil // nothing is waiting to be shown
	}
	rev, err := s.library.Revision(ctx, p.By, a.ID, t.Locale, t.Head)
	if err != nil {
		return err
	}
	people, err := s.reviewersFor(ctx, a, rev.Author)
	if err != nil {
		return err
	}
	b.Ask = s.askForm(p.visit, a, t, people, typed)
	return nil
}

func (s *Site) askForm(v *visit, a kb.Article, t kb.Translation, people []profile.Person, typed processForm) *askForm {
	form := &sheet{
		Action: v.link("/desk/articles/" + escape(a.ID) + "/" + escape(t.Locale) + "/reviews"), Submit: v.P.T("process.ask"),
		Hidden: []option{{"key", s.memory.formKey}},
	}
	out := &askForm{Sheet: form}
	var wrong map[string]string
	if typed.ask != nil {
		wrong = form.blame(v, typed.err)
	}
	out.Error = wrong["reviewers"]
	for i, person := range people {
		in := input{Name: "reviewers", Label: person.Name, Value: person.ID, Row: i + 1}
		in.Fixed = slices.Contains(typed.ask["reviewers"], person.ID)
		out.People = append(out.People, in)
	}
	form.Basics = []input{
		{Name: "note", Label: v.P.T("process.ask_note"), Kind: "lines", Value: typed.ask.Get("note"), Max: kb.MaxComment, Error: wrong["note"]},
		{Name: "due", Label: v.P.T("process.ask_due"), Hint: v.P.T("process.at_hint", "zone", v.P.Zone().String()), Kind: "datetime-local", Value: typed.ask.Get("due"), Error: wrong["due"]},
	}
	if s.policy.May(v.By, profile.PermissionContentPublish) {
		form.Basics = append(form.Basics, input{Name: "publish", Label: v.P.T("process.ask_publish"), Kind: "checkbox", Value: typed.ask.Get("publish")})
	}
	return out
}

// typedMoment reads a time of a form, whose fault is named for the field.
func typedMoment(v *visit, form url.Values, field string) (time.Time, error) {
	at, err := moment(v, form.Get(field))
	if err != nil {
		return at, errs.Field(field, "error.field.invalid", nil)
	}
	return at, nil
}

func (s *Site) requestReview(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return errs.Invalid
	}
	v := visitOf(r.Context())
	due, err := typedMoment(v, r.PostForm, "due")
	if err == nil {
		_, err = s.library.RequestReview(r.Context(), v.By, r.PathValue("id"), r.PathValue("locale"), kb.ReviewRequest{
			Reviewers: r.PostForm["reviewers"], Note: r.PostFormValue("note"), Due: due, Publish: r.PostFormValue("publish") != "", Key: r.PostFormValue("key"),
		})
	}
	return s.afterProcess(w, r, "asked", err, processForm{ask: r.PostForm, err: err})
}

func (s *Site) makePlan(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return errs.Invalid
	}
	v := visitOf(r.Context())
	at, err := typedMoment(v, r.PostForm, "at")
	if err == nil {
		_, err = s.library.Plan(r.Context(), v.By, r.PathValue("id"), r.PathValue("locale"), kb.PlanRequest{
			Do: kb.Deed(r.PostFormValue("do")), At: at, Minor: r.PostFormValue("minor") != "", Note: r.PostFormValue("note"), Key: r.PostFormValue("key"),
		})
	}
	return s.afterProcess(w, r, "planned", err, processForm{plan: r.PostForm, err: err})
}

// afterProcess goes back to the text, or shows the form again with what is wrong.
func (s *Site) afterProcess(w http.ResponseWriter, r *http.Request, done string, err error, form processForm) error {
	if status := mended(err); status != 0 {
		return s.showProcess(w, r, status, form)
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, visitOf(r.Context()).link(processPath(r.PathValue("id"), r.PathValue("locale"))+"?done="+done), http.StatusSeeOther)
	return nil
}

func (s *Site) verifyArticle(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return errs.Invalid
	}
	do, done := s.library.Verify, "verified"
	if r.PostFormValue("do") == "unverify" {
		do, done = s.library.Unverify, "unverified"
	}
	_, err := do(r.Context(), visitOf(r.Context()).By, r.PathValue("id"))
	return s.afterProcess(w, r, done, err, processForm{})
}

func (s *Site) cancelPlan(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r.Context())
	p, err := s.library.CancelPlan(r.Context(), v.By, r.PathValue("id"))
	if err != nil {
		return err
	}
	http.Redirect(w, r, v.link(processPath(p.Article, p.Locale)+"?done=cancelled"), http.StatusSeeOther)
	return nil
}

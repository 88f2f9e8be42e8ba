package site

import (
	"context"
	"errors"
	"net/http"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

type reviewBody struct {
	Review   kb.Review
	Title    string
	Locale   string
	Summary  string
	Text     kb.Rendered
	Findings []string
	State    string // message key
	Facts    []string
	Votes    []voteRow
	Decide   *sheet   // nil if the visitor cannot
	Faults   []string // why what the visitor sent does not count, where there is no form any more
	Withdraw string   // address, "" if the visitor cannot
	Process  string   // address of all that is to be done with the text
	Live     string   // address of what readers see, "" if they see nothing
	Changes  string   // address of what differs from that
}

type voteRow struct {
	Name    string
	State   string // message key
	Look    string
	Comment string
	When    string
}

// reviewPage shows the text that a review is about, and what was said.
func (s *Site) reviewPage(w http.ResponseWriter, r *http.Request) error {
	return s.showReview(w, r, http.StatusOK, nil, kb.VerdictApprove, "")
}

func (s *Site) showReview(w http.ResponseWriter, r *http.Request, status int, faults error, verdict kb.Verdict, comment string) error {
	ctx, v := r.Context(), visitOf(r.Context())
	review, err := s.library.Review(ctx, v.By, r.PathValue("id"))
	if err != nil {
		return err
	}
	a, err := s.library.Manuscript(ctx, v.By, review.Article)
	if err != nil {
		return err
	}
	b, err := s.reviewBody(ctx, v, a, review)
	if err != nil {
		return err
	}
	if form := s.verdictForm(v, review, faults, verdict, comment); s.decides(v.By, a, review) {
		b.Decide = form
	} else {
		b.Faults = form.Faults
	}
	if review.State == kb.ReviewOpen && (review.By == v.By.ID || s.policy.May(v.By, profile.PermissionContentPublish)) {
		b.Withdraw = v.link("/desk/reviews/" + escape(review.ID) + "/withdrawal")
	}
	p := s.deskPage(r, v.P.T("process.review_of", "title", b.Title), crumb{Title: v.P.T("process.inbox"), Href: v.link("/desk/inbox")})
	p.Body = b
	return s.show(w, r, status, "desk-review", p)
}

func (s *Site) reviewBody(ctx context.Context, v *visit, a kb.Article, review kb.Review) (reviewBody, error) {
	rev, err := s.library.Revision(ctx, v.By, a.ID, review.Locale, review.Revision)
	if err != nil {
		return reviewBody{}, err
	}
	shown, err := s.library.Preview(ctx, v.By, review.Locale, kb.Meta{Kind: a.Kind, Fields: a.Fields}, rev.Body)
	if err != nil {
		return reviewBody{}, err
	}
	b := reviewBody{
		Review: review, Title: rev.Title, Locale: rev.Locale, Summary: rev.Summary, Text: shown.Text,
		State: "process.state_" + string(review.State), Process: v.link(processPath(a.ID, review.Locale)),
	}
	for _, f := range shown.Findings {
		b.Findings = append(b.Findings, v.P.Message(f.Message))
	}
	if review.State == kb.ReviewOpen && review.Superseded(a) {
		b.State = "process.state_superseded"
	}
	if t, _ := a.In(review.Locale); t.Visible() {
		b.Live = v.link("/articles/" + escape(t.Slug))
		b.Changes = diffPath(v.link(editorPath(a.ID, review.Locale)), t.Live, review.Revision)
	}
	if b.Facts, err = s.reviewFacts(ctx, v, review); err != nil {
		return b, err
	}
	b.Votes, err = s.voteRows(ctx, v, review)
	return b, err
}

func (s *Site) reviewFacts(ctx context.Context, v *visit, r kb.Review) (facts []string, err error) {
	name, err := s.workerName(ctx, r.By)
	if name != "" {
		facts = append(facts, v.P.T("process.asked_by", "name", name))
	}
	facts = append(facts, v.P.T("process.rule_"+string(r.Rule), "n", max(r.Needed, 1)))
	if !r.Due.IsZero() {
		facts = append(facts, v.P.T("process.until", "when", v.P.DateTime(r.Due, i18n.StyleMedium)))
	}
	switch {
	case r.Publish && !r.PublishAt.IsZero():
		facts = append(facts, v.P.T("process.then_published_at", "when", v.P.DateTime(r.PublishAt, i18n.StyleMedium)))
	case r.Publish:
		facts = append(facts, v.P.T("process.then_published"))
	}
	return facts, err
}

func (s *Site) voteRows(ctx context.Context, v *visit, r kb.Review) (rows []voteRow, err error) {
	for _, vote := range r.Votes {
		row := voteRow{State: "process.verdict_" + string(vote.Verdict), Comment: vote.Comment}
		if row.Name, err = s.workerName(ctx, vote.Person); err != nil {
			return nil, err
		}
		if row.Name == "" {
			row.Name = v.P.T("process.somebody")
		}
		switch vote.Verdict {
		case kb.VerdictApprove:
			row.Look = "tag-good"
		case kb.VerdictReject:
			row.Look = "tag-lock"
		}
		if !vote.At.IsZero() {
			row.When = v.P.Relative(vote.At)
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// decides reports whether the visitor is offered to decide. Whether they may is
// for the library to say.
func (s *Site) decides(by profile.Actor, a kb.Article, r kb.Review) bool {
	_, named := r.Of(by.ID)
	return r.State == kb.ReviewOpen && !r.Superseded(a) && s.policy.May(by, profile.PermissionContentReview) && (named || r.Pool() && r.By != by.ID)
}

func (s *Site) verdictForm(v *visit, r kb.Review, faults error, verdict kb.Verdict, comment string) *sheet {
	form := &sheet{Action: v.link("/desk/reviews/" + escape(r.ID) + "/verdict"), Submit: v.P.T("process.decide")}
	wrong := form.blame(v, faults)
	choice := input{Name: "verdict", Label: v.P.T("process.verdict"), Kind: "select", Value: string(verdict), Required: true, Error: wrong["verdict"]}
	for _, c := range kb.Verdicts() {
		choice.Choices = append(choice.Choices, option{string(c), v.P.T("process.verdict_" + string(c))})
	}
	form.Basics = []input{choice, {
		Name: "comment", Label: v.P.T("process.comment"), Hint: v.P.T("process.comment_hint"), Kind: "lines", Value: comment, Max: kb.MaxComment, Error: wrong["comment"],
	}}
	return form
}

// blame puts an error on a form, and returns what is wrong with which question.
func (f *sheet) blame(v *visit, err error) map[string]string {
	if err == nil {
		return nil
	}
	f.Wrong = true
	if fields, ok := errors.AsType[errs.Fields](err); ok {
		return v.P.Fields(fields)
	}
	if says, ok := errors.AsType[*errs.Says](err); ok {
		f.Faults = append(f.Faults, v.P.Message(says.Message))
	}
	return nil
}

// mended reports with which status a form is shown again after an error, 0 if
// the error is none that a form can help with.
func mended(err error) int {
	_, says := errors.AsType[*errs.Says](err)
	switch {
	case errors.Is(err, errs.Invalid):
		return http.StatusUnprocessableEntity
	case errors.Is(err, errs.Conflict) && says:
		return http.StatusConflict
	case errors.Is(err, errs.Forbidden) && says:
		return http.StatusForbidden
	}
	return 0
}

func (s *Site) decideReview(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return errs.Invalid
	}
	v := visitOf(r.Context())
	verdict, comment := kb.Verdict(r.PostFormValue("verdict")), r.PostFormValue("comment")
	_, err := s.library.Decide(r.Context(), v.By, r.PathValue("id"), verdict, comment)
	if status := mended(err); status != 0 {
		return s.showReview(w, r, status, err, verdict, comment)
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, v.link("/desk/inbox?done=decided"), http.StatusSeeOther)
	return nil
}

func (s *Site) withdrawReview(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r.Context())
	_, err := s.library.WithdrawReview(r.Context(), v.By, r.PathValue("id"))
	if err != nil {
		return err
	}
	http.Redirect(w, r, v.link("/desk/inbox?done=withdrawn"), http.StatusSeeOther)
	return nil
}

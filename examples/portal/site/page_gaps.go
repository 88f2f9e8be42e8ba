package site

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/kb/insight"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search/report"
)

type gapParams struct {
	Language string `query:"language" max:"35"`
	Reason   string `query:"reason" max:"20"`
	State    string `query:"state" max:"20"`
	After    string `query:"after"`
	Done     string `query:"done" max:"20"`
}

type gapsBody struct {
	Filters []input
	Notice  string
	Rows    []gapRow
	First   string
	Next    string
}

type gapRow struct {
	Key, Text, Locale string
	Language          string
	Facts             []string
	Reasons           []string
	State             insight.GapState
	Write             string // address, "" for those who do not write
	Synonym           string // address, "" for those who do not tune searches
}

const gapsPerPage = 25

// gapsPage lists what people search for and do not find.
func (s *Site) gapsPage(w http.ResponseWriter, r *http.Request) error {
	q, err := web.Query[gapParams](r)
	if err != nil {
		return err
	}
	ctx, v := r.Context(), visitOf(r.Context())
	list, next, err := s.analyst.Gaps(ctx, v.By, insight.GapList{
		Locale: q.Language, Reason: insight.Reason(q.Reason), State: insight.GapState(q.State), After: q.After, Limit: gapsPerPage,
	})
	if err != nil {
		return err
	}
	p := s.deskPage(r, v.P.T("gaps.title"), crumb{Title: v.P.T("health.title"), Href: v.link("/desk/health")})
	b := gapsBody{Filters: s.gapFilters(v, q), Rows: s.gapRows(v, list), Next: nextOf(p, "after", next)}
	if q.After != "" {
		b.First = p.With()
	}
	if slices.Contains([]string{"open", "handled", "ignored"}, q.Done) {
		b.Notice = v.P.T("gaps.done_" + q.Done)
	}
	p.Body = b
	return s.show(w, r, http.StatusOK, "desk-gaps", p)
}

func (s *Site) gapFilters(v *visit, q gapParams) []input {
	locales, reasons := []option{{"", v.P.T("people.any")}}, []option{{"", v.P.T("people.any")}}
	for _, l := range s.offered(v) {
		locales = append(locales, option{string(l), l.Name(v.Locale)})
	}
	for _, reason := range insight.Reasons() {
		reasons = append(reasons, option{string(reason), v.P.T("gaps.reason_" + string(reason))})
	}
	var states []option
	for _, state := range insight.GapStates() {
		states = append(states, option{string(state), v.P.T("gaps.state_" + string(state))})
	}
	return []input{
		{Name: "state", Label: v.P.T("said.state"), Kind: "select", Value: q.State, Choices: states},
		{Name: "reason", Label: v.P.T("said.reason"), Kind: "select", Value: q.Reason, Choices: reasons},
		{Name: "language", Label: v.P.T("desk.language"), Kind: "select", Value: q.Language, Choices: locales},
	}
}

func (s *Site) gapRows(v *visit, list []insight.Gap) (out []gapRow) {
	for _, g := range list {
		row := gapRow{
			Key: g.Key(), Text: g.Text, Locale: g.Locale, Language: i18n.Locale(g.Locale).Name(v.Locale), State: g.State,
			Facts: []string{v.P.T("gaps.people", "n", g.People), v.P.T("gaps.searches", "n", g.Searches)},
		}
		for _, reason := range g.Reasons {
			row.Reasons = append(row.Reasons, v.P.T("gaps.reason_"+string(reason)))
		}
		if s.policy.May(v.By, profile.PermissionContentWrite) {
			row.Write = v.link("/desk/draft") + "?gap=" + url.QueryEscape(g.Key())
		}
		if s.policy.May(v.By, profile.PermissionSearchTune) {
			row.Synonym = v.link(tunePath+"/synonyms/new") + "?" + url.Values{"from": {g.Text}, "locale": {g.Locale}}.Encode()
		}
		out = append(out, row)
	}
	return out
}

func (s *Site) markGap(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return errs.Invalid
	}
	v := visitOf(r.Context())
	g, err := s.analyst.MarkGap(r.Context(), v.By, report.QueryOf(r.PostFormValue("query")), insight.GapState(r.PostFormValue("state")))
	if err != nil {
		return err
	}
	http.Redirect(w, r, v.link("/desk/health/searches?done="+string(g.State)), http.StatusSeeOther)
	return nil
}

type candidatesBody struct {
	Filters []input
	Rows    []candidateRow
	First   string
	Next    string
}

type candidateRow struct {
	insight.Candidate
	Facts []string
	Draft string // address
}

type candidateParams struct {
	State string `query:"state" max:"20"`
	After string `query:"after"`
}

// candidatesPage lists questions that people ask again and again.
func (s *Site) candidatesPage(w http.ResponseWriter, r *http.Request) error {
	q, err := web.Query[candidateParams](r)
	if err != nil {
		return err
	}
	v := visitOf(r.Context())
	list, next, err := s.analyst.Candidates(r.Context(), v.By, insight.CandidateList{State: insight.CandidateState(q.State), After: q.After, Limit: gapsPerPage})
	if err != nil {
		return err
	}
	p := s.deskPage(r, v.P.T("faqs.title"), crumb{Title: v.P.T("health.title"), Href: v.link("/desk/health")})
	b := candidatesBody{Next: nextOf(p, "after", next)}
	if q.After != "" {
		b.First = p.With()
	}
	state := input{Name: "state", Label: v.P.T("said.state"), Kind: "select", Value: q.State}
	for _, one := range insight.CandidateStates() {
		state.Choices = append(state.Choices, option{string(one), v.P.T("faqs.state_" + string(one))})
	}
	b.Filters = []input{state}
	for _, c := range list {
		b.Rows = append(b.Rows, candidateRow{c, []string{v.P.T("gaps.people", "n", c.People), v.P.T("faqs.times", "n", c.Times)}, v.link("/desk/draft") + "?question=" + url.QueryEscape(c.ID)})
	}
	p.Body = b
	return s.show(w, r, http.StatusOK, "desk-questions", p)
}

func (s *Site) decideCandidate(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return errs.Invalid
	}
	v := visitOf(r.Context())
	if _, err := s.analyst.DecideCandidate(r.Context(), v.By, r.PathValue("id"), insight.CandidateState(r.PostFormValue("state"))); err != nil {
		return err
	}
	http.Redirect(w, r, v.link("/desk/health/questions"), http.StatusSeeOther)
	return nil
}

// fillSearches puts what people search for beside the editor: what led to the
// article, or what it could answer.
func (s *Site) fillSearches(ctx context.Context, v *visit, a kb.Article, b *editorBody) (err error) {
	if !s.mayAny(v.By, works) {
		return nil
	}
	if !b.New {
		b.Health = v.link("/desk/health/articles/" + escape(a.ID))
		b.Leads, err = s.leadRows(ctx, v, a.ID)
		return err
	}
	about := b.Writing.Text.Title
	if id := b.Writing.Meta.Category; id != "" && about == "" {
		if c, err := s.library.Category(ctx, v.By, id, b.Writing.Locale); err == nil {
			about = c.Title
		}
	}
	gaps, err := s.analyst.GapsAbout(ctx, v.By, b.Writing.Locale, about, mostLeads)
	b.Gaps = s.gapRows(v, gaps)
	return err
}

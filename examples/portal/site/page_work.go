package site

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search/report"
)

type workParams struct {
	Days     int           `query:"days" default:"28" clamp:"1,366"`
	Language string        `query:"language" max:"35"`
	Role     string        `query:"role" max:"100"`
	Brand    string        `query:"brand" max:"100"`
	Channel  string        `query:"channel" max:"40"`
	Reason   report.Reason `query:"reason" max:"20"`
	State    report.State  `query:"state" max:"20"`
	Done     string        `query:"did" max:"20"`
}

type workBody struct {
	Parts   []deskEntry
	Filters []input
	Notice  string
	Fault   string
	Action  string
	Rows    []workRow
	Table   string // address
}

type workRow struct {
	N                      int
	Text, Locale, Language string
	Helped                 string
	Reasons, Facts         []string
	Back                   string // why it is open again
	Synonym, Pin, Write    string // addresses, empty for those who may not
	Trend                  string // address
	Version                int
	Open                   bool
	Deed, Why              input
	Wrong                  bool
	Decided                string // by whom and when
	Reason                 string // why it was dismissed
	Effect                 *workEffect
}

// A workEffect is how a question did before and after something was done.
type workEffect struct {
	Before, After string
	Trend         trend
	Early         bool // nobody has asked since
}

// A workTyped is what a form said that was not taken.
type workTyped struct {
	question report.Query
	deed     string
	why      string
	faults   map[string]string
	fault    string
}

// workPage lists what could be done about searches, by how many people it would
// help.
func (s *Site) workPage(w http.ResponseWriter, r *http.Request) error {
	return s.showWork(w, r, http.StatusOK, workTyped{})
}

func (s *Site) showWork(w http.ResponseWriter, r *http.Request, status int, typed workTyped) error {
	q, err := web.Query[workParams](r)
	if err != nil {
		return err
	}
	ctx, v := r.Context(), visitOf(r.Context())
	if !slices.Contains(report.States(), q.State) {
		q.State = report.StateOpen
	}
	if !slices.Contains(report.Reasons(), q.Reason) {
		q.Reason = ""
	}
	filter := report.Filter{Days: q.Days, Language: q.Language, Role: q.Role, Brand: q.Brand, Channel: q.Channel}
	list, err := s.reporter.Worklist(ctx, v.By, report.WorkQuery{Filter: filter, Reason: q.Reason, State: q.State})
	if err != nil {
		return err
	}
	p := s.deskPage(r, v.P.T("work.title"), crumb{Title: v.P.T("tune.title"), Href: v.link(tunePath)})
	b := workBody{Parts: s.searchParts(v), Fault: typed.fault, Action: p.With("did", "")}
	if q.Done != "" && slices.Contains(report.States(), report.State(q.Done)) && typed.fault == "" {
		b.Notice = v.P.T("work.did_" + q.Done)
	}
	if b.Filters, err = s.workFilters(ctx, v, q, filter); err != nil {
		return err
	}
	names := map[string]string{}
	for i, one := range list {
		if err := s.nameIn(ctx, v, names, one.Mark.By); err != nil {
			return err
		}
		b.Rows = append(b.Rows, s.workRow(v, one, i+1, names[one.Mark.By], typed))
	}
	b.Table = apiPrefix + "/search-reports/worklist.csv?" + url.Values{
		"days": {strconv.Itoa(q.Days)}, "language": {q.Language}, "role": {q.Role}, "brand": {q.Brand}, "channel": {q.Channel}, "reason": {string(q.Reason)}, "state": {string(q.State)},
	}.Encode()
	p.Body = b
	return s.show(w, r, status, "desk-work", p)
}

func (s *Site) workFilters(ctx context.Context, v *visit, q workParams, f report.Filter) ([]input, error) {
	state := input{Name: "state", Label: v.P.T("said.state"), Kind: "select", Value: string(q.State)}
	for _, one := range report.States() {
		state.Choices = append(state.Choices, option{string(one), v.P.T("work.state_" + string(one))})
	}
	reason := input{Name: "reason", Label: v.P.T("said.reason"), Kind: "select", Value: string(q.Reason), Choices: []option{{"", v.P.T("people.any")}}}
	for _, one := range report.Reasons() {
		reason.Choices = append(reason.Choices, option{string(one), workReason(v, one)})
	}
	more, err := s.filterInputs(ctx, v, f)
	return append([]input{state, reason}, more...), err
}

func workReason(v *visit, r report.Reason) string {
	if r == report.ReasonLow {
		return v.P.T("work.reason_low")
	}
	return v.P.T("gaps.reason_" + string(r))
}

func (s *Site) workRow(v *visit, one report.Item, n int, who string, typed workTyped) workRow {
	row := workRow{
		N: n, Text: one.Text, Locale: one.Locale, Language: i18n.Locale(one.Locale).Name(v.Locale), Version: one.Mark.Version,
		Open: one.State() == report.StateOpen, Helped: v.P.T("work.helped", "n", one.Helped),
		Facts: []string{v.P.T("gaps.people", "n", one.People), v.P.T("gaps.searches", "n", one.Searches)},
		Trend: v.link(reportsPath) + "?" + url.Values{"question": {one.Key()}}.Encode() + "#question", Reason: one.Mark.Reason,
	}
	for _, r := range one.Reasons {
		row.Reasons = append(row.Reasons, workReason(v, r))
	}
	if one.Back != "" {
		row.Back = v.P.T("work.back_" + string(one.Back))
	}
	if one.Followed > 0 {
		row.Facts = append(row.Facts, v.P.T("work.rank", "rank", v.P.Decimal(one.Rank(), 1)))
	}
	row.Synonym = v.link(tunePath+"/synonyms/new") + "?" + url.Values{"from": {one.Text}, "locale": {one.Locale}}.Encode()
	row.Pin = v.link(tunePath+"/pins/new") + "?" + url.Values{"queries": {one.Text}, "locale": {one.Locale}}.Encode()
	if s.policy.May(v.By, profile.PermissionContentWrite) {
		row.Write = v.link("/desk/draft") + "?gap=" + url.QueryEscape(report.Query{Locale: one.Locale, Text: one.Text}.Key())
	}
	if m := one.Mark; m.Version > 0 {
		row.Decided = v.P.T("work.decided_"+string(m.State), "who", who, "when", v.P.Relative(m.At))
		if m.State == report.StateDone {
			row.Decided += " " + v.P.T("work.deed_"+string(m.Deed))
		}
	}
	row.Effect = workEffectOf(v, one.Effect)
	row.decideInputs(v, one.Query, typed)
	return row
}

func workEffectOf(v *visit, e *report.Effect) *workEffect {
	if e == nil {
		return nil
	}
	return &workEffect{
		Before: v.P.T("work.before", "share", v.P.Percent(e.Before.Failed(), 0), "n", e.Before.Searches),
		After:  v.P.T("work.after", "share", v.P.Percent(e.After.Failed(), 0), "n", e.After.Searches),
		Trend:  questionTrend(v, e.Days), Early: e.After.Searches == 0,
	}
}

// decideInputs asks what becomes of a question, with what was typed of it.
func (row *workRow) decideInputs(v *visit, about report.Query, typed workTyped) {
	row.Deed = input{Name: "deed", Label: v.P.T("work.deed"), Kind: "select", Row: row.N, Value: string(report.DeedSynonym)}
	for _, d := range report.Deeds() {
		row.Deed.Choices = append(row.Deed.Choices, option{string(d), v.P.T("work.deed_" + string(d))})
	}
	row.Why = input{Name: "reason", Label: v.P.T("work.why"), Kind: "text", Row: row.N, Max: 500, Complete: "off"}
	if typed.question == about && len(typed.faults) > 0 {
		row.Wrong, row.Deed.Value, row.Why.Value = true, typed.deed, typed.why
		row.Deed.Error, row.Why.Error = typed.faults["deed"], typed.faults["reason"]
	}
}

// decideWork keeps what somebody says of a question.
func (s *Site) decideWork(w http.ResponseWriter, r *http.Request) error {
	version, err := tuneVersionSent(r, "version")
	if err != nil {
		return err
	}
	ctx, v := r.Context(), visitOf(r.Context())
	d := report.Decision{
		Question: report.Query{Locale: r.PostFormValue("locale"), Text: r.PostFormValue("question")}, State: report.State(r.PostFormValue("state")),
		Deed: report.Deed(r.PostFormValue("deed")), Reason: r.PostFormValue("reason"), Version: version,
	}
	if !slices.Contains(report.States(), d.State) {
		return errs.Invalid
	}
	_, err = s.reporter.Decide(ctx, v.By, d)
	if errors.Is(err, report.ErrConflict) && s.decidedBefore(ctx, v, d) {
		err = nil // the button was pressed twice
	}
	to := workPath + "?did=" + string(d.State)
	for _, name := range []string{"days", "language", "role", "brand", "channel", "reason", "state"} {
		if value := v.Query.Get(name); value != "" {
			to += "&" + url.Values{name: {value}}.Encode()
		}
	}
	return s.afterForm(w, r, err, to, func(status int, faults map[string]string) error {
		return s.showWork(w, r, status, workTyped{d.Question.Folded(), string(d.Deed), d.Reason, faults, cmpText(faults["version"], v.P.T("form.faults"))})
	})
}

// decidedBefore reports whether a decision is the visitor's own of a moment ago.
func (s *Site) decidedBefore(ctx context.Context, v *visit, d report.Decision) bool {
	list, err := s.reporter.Worklist(ctx, v.By, report.WorkQuery{State: d.State, Limit: 200})
	return err == nil && slices.ContainsFunc(list, func(i report.Item) bool {
		m := i.Mark
		return m.Question == d.Question.Folded() && m.By == v.By.ID && m.Version == d.Version+1 && s.cfg.Now().Sub(m.At) < time.Minute
	})
}

package report

import (
	"encoding/csv"
	"net/http"
	"strconv"
	"time"

	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/profile"
)

// Handler serves the JSON API under any prefix:
//
//	GET   /search-reports/summary               how searches do together, day by day
//	GET   /search-reports/questions             what people searched for; as CSV at questions.csv
//	GET   /search-reports/breakdown             figures by language, role, brand or channel
//	GET   /search-reports/trend                 one question day by day
//	GET   /search-reports/worklist              what could be done; as CSV at worklist.csv
//	POST  /search-reports/worklist              says what becomes of a question
//	GET   /search-reports/trials/{trial}        how people vote in a trial of two rankings
//
// The actor comes from [profile.FromContext]: mount it behind
// [profile.Middleware].
func (r *Reporter) Handler() http.Handler { return r.API().Handler() }

// API returns the operations that Handler serves, to be documented together with
// those of other capabilities.
func (r *Reporter) API() *web.API {
	api := web.NewAPI("search-reports", r.opts.Logger)
	add := func(op web.Op, serve web.Func) {
		op.Policy = "needs " + string(profile.PermissionSearchTune)
		api.Handle(op, func(w http.ResponseWriter, req *http.Request) error {
			web.NoStore(w)
			return serve(w, req)
		})
	}
	add(web.Op{
		Method: http.MethodGet, Path: "/search-reports/summary", Name: "search_reports.summary", Summary: "How searches do together, day by day and beside the time before.",
		Params: filterParams{}, Out: summaryWire{},
	}, r.serveSummary)
	add(web.Op{
		Method: http.MethodGet, Path: "/search-reports/questions", Name: "search_reports.questions", Summary: "What enough people searched for, most of a measure first.",
		Params: questionParams{}, Out: questionsWire{},
	}, r.serveQuestions)
	add(web.Op{
		Method: http.MethodGet, Path: "/search-reports/questions.csv", Name: "search_reports.questions_csv", Summary: "The same as a table.",
		Params: questionParams{}, Produces: "text/csv",
	}, r.serveQuestionTable)
	add(web.Op{
		Method: http.MethodGet, Path: "/search-reports/breakdown", Name: "search_reports.breakdown", Summary: "Figures by language, role, brand or channel.",
		Params: breakdownParams{}, Out: breakdownWire{},
	}, r.serveBreakdown)
	add(web.Op{
		Method: http.MethodGet, Path: "/search-reports/trend", Name: "search_reports.trend", Summary: "One question day by day, if enough people asked it.",
		Params: trendParams{}, Out: daysWire{},
	}, r.serveTrend)
	add(web.Op{
		Method: http.MethodGet, Path: "/search-reports/worklist", Name: "search_reports.worklist", Summary: "What could be done, what would help most people first.",
		Params: workParams{}, Out: worksWire{},
	}, r.serveWorklist)
	add(web.Op{
		Method: http.MethodGet, Path: "/search-reports/worklist.csv", Name: "search_reports.worklist_csv", Summary: "The same as a table.",
		Params: workParams{}, Produces: "text/csv",
	}, r.serveWorkTable)
	add(web.Op{
		Method: http.MethodPost, Path: "/search-reports/worklist", Name: "search_reports.decide", Summary: "Says what becomes of a question.",
		In: decisionWire{}, Out: markWire{}, Errors: []int{404, 409},
	}, r.serveDecide)
	add(web.Op{
		Method: http.MethodGet, Path: "/search-reports/trials/{trial}", Name: "search_reports.trial", Summary: "How people vote in a trial of two rankings, by its ID, one vote each, and what that says.",
		Out: ballotWire{},
	}, r.serveTrial)
	return api
}

// filterParams are what figures can be narrowed by.
type filterParams struct {
	Days     int    `query:"days" default:"28" clamp:"1,366" doc:"how many, up to now"`
	Language string `query:"language" max:"35"`
	Role     string `query:"role" max:"100" doc:"what askers are on the portal: a role, \"person\" or \"visitor\""`
	Brand    string `query:"brand" max:"100"`
	Channel  string `query:"channel" max:"40"`
}

func (p filterParams) filter() Filter {
	return Filter{Days: p.Days, Language: p.Language, Role: p.Role, Brand: p.Brand, Channel: p.Channel}
}

func (r *Reporter) serveTrial(w http.ResponseWriter, req *http.Request) error {
	trial, err := web.PathValue(req, "trial")
	if err != nil {
		return err
	}
	b, err := r.Ballot(req.Context(), profile.FromContext(req.Context()), trial)
	if err != nil {
		return err
	}
	return web.JSON(w, req, http.StatusOK, wireOfBallot(b))
}

func (r *Reporter) serveSummary(w http.ResponseWriter, req *http.Request) error {
	p, err := web.Query[filterParams](req)
	if err != nil {
		return err
	}
	s, err := r.Summary(req.Context(), profile.FromContext(req.Context()), p.filter())
	if err != nil {
		return err
	}
	return web.JSON(w, req, http.StatusOK, wireOfSummary(s))
}

type questionParams struct {
	filterParams

	Measure Measure `query:"measure" max:"20" doc:"\"searches\", \"empty\", \"unclicked\", \"refined\", \"exits\", \"cases\" or \"rank\"; searches if there is none"`
	Limit   int     `query:"limit" default:"50" clamp:"1,200"`
}

func (r *Reporter) questionsAsked(req *http.Request) ([]Question, error) {
	p, err := web.Query[questionParams](req)
	if err != nil {
		return nil, err
	}
	return r.Questions(req.Context(), profile.FromContext(req.Context()), p.filter(), p.Measure, p.Limit)
}

func (r *Reporter) serveQuestions(w http.ResponseWriter, req *http.Request) error {
	list, err := r.questionsAsked(req)
	if err != nil {
		return err
	}
	out := questionsWire{Questions: make([]questionWire, 0, len(list))}
	for _, q := range list {
		out.Questions = append(out.Questions, wireOfQuestion(q))
	}
	return web.JSON(w, req, http.StatusOK, out)
}

var questionColumns = []string{
	"language", "question", "people", "searches", "no_result", "not_followed", "refined", "last_of_visit", "asked_people", "followed", "mean_place", "first_three",
}

func cellsOf(q Question) []string {
	out := []string{web.Cell(q.Locale), web.Cell(q.Text), strconv.Itoa(q.People)}
	for _, n := range []int{q.Searches, q.Empty, q.Unclicked, q.Refined, q.Exits, q.Cases, q.Followed} {
		out = append(out, strconv.Itoa(n))
	}
	return append(out, strconv.FormatFloat(q.Rank(), 'f', 2, 64), strconv.Itoa(q.Top))
}

func (r *Reporter) serveQuestionTable(w http.ResponseWriter, req *http.Request) error {
	list, err := r.questionsAsked(req)
	if err != nil {
		return err
	}
	rows := [][]string{questionColumns}
	for _, q := range list {
		rows = append(rows, cellsOf(q))
	}
	return table(w, "questions.csv", rows)
}

// table sends rows as CSV.
func table(w http.ResponseWriter, name string, rows [][]string) error {
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	return csv.NewWriter(w).WriteAll(rows)
}

type breakdownParams struct {
	filterParams

	By Dimension `query:"by" default:"language" max:"20" doc:"\"language\", \"role\", \"brand\" or \"channel\""`
}

func (r *Reporter) serveBreakdown(w http.ResponseWriter, req *http.Request) error {
	p, err := web.Query[breakdownParams](req)
	if err != nil {
		return err
	}
	rows, err := r.Breakdown(req.Context(), profile.FromContext(req.Context()), p.filter(), p.By)
	if err != nil {
		return err
	}
	out := breakdownWire{Rows: make([]rowWire, 0, len(rows))}
	for _, row := range rows {
		out.Rows = append(out.Rows, rowWire{row.Key, row.People, wireOfCounts(row.Counts)})
	}
	return web.JSON(w, req, http.StatusOK, out)
}

type trendParams struct {
	filterParams

	Locale string `query:"locale" max:"35" doc:"language of the question"`
	Text   string `query:"question" max:"500"`
}

func (r *Reporter) serveTrend(w http.ResponseWriter, req *http.Request) error {
	p, err := web.Query[trendParams](req)
	if err != nil {
		return err
	}
	rows, err := r.Trend(req.Context(), profile.FromContext(req.Context()), NewQuery(p.Locale, p.Text), p.filter())
	if err != nil {
		return err
	}
	return web.JSON(w, req, http.StatusOK, daysWire{wireOfDays(rows)})
}

type workParams struct {
	filterParams

	Reason Reason `query:"reason" max:"20" doc:"\"case\", \"empty\", \"unclicked\", \"refined\" or \"low\""`
	State  State  `query:"state" max:"20" doc:"\"open\", \"done\" or \"dismissed\"; open if there is none"`
	Limit  int    `query:"limit" default:"50" clamp:"1,200"`
}

func (r *Reporter) workAsked(req *http.Request) ([]Item, error) {
	p, err := web.Query[workParams](req)
	if err != nil {
		return nil, err
	}
	return r.Worklist(req.Context(), profile.FromContext(req.Context()), WorkQuery{Filter: p.filter(), Reason: p.Reason, State: p.State, Limit: p.Limit})
}

func (r *Reporter) serveWorklist(w http.ResponseWriter, req *http.Request) error {
	list, err := r.workAsked(req)
	if err != nil {
		return err
	}
	out := worksWire{Items: make([]workWire, 0, len(list))}
	for _, one := range list {
		out.Items = append(out.Items, wireOfItem(one))
	}
	return web.JSON(w, req, http.StatusOK, out)
}

func (r *Reporter) serveWorkTable(w http.ResponseWriter, req *http.Request) error {
	list, err := r.workAsked(req)
	if err != nil {
		return err
	}
	rows := [][]string{append([]string{"would_help", "reasons", "state"}, questionColumns...)}
	for _, one := range list {
		reasons := ""
		for i, reason := range one.Reasons {
			if i > 0 {
				reasons += " "
			}
			reasons += string(reason)
		}
		rows = append(rows, append([]string{strconv.Itoa(one.Helped), reasons, string(one.State())}, cellsOf(one.Question)...))
	}
	return table(w, "worklist.csv", rows)
}

type decisionWire struct {
	Locale  string `json:"locale" validate:"max=35"`
	Text    string `json:"question" validate:"required,max=500"`
	State   State  `json:"state" doc:"\"open\", \"done\" or \"dismissed\""`
	Deed    Deed   `json:"deed,omitempty" doc:"what was done: \"synonym\", \"pin\", \"article\" or \"other\""`
	Reason  string `json:"reason,omitempty" doc:"why it is dismissed"`
	Version int    `json:"version" doc:"of the decision that was seen, 0 if there was none"`
}

type markWire struct {
	State   State     `json:"state"`
	Deed    Deed      `json:"deed,omitempty"`
	Reason  string    `json:"reason,omitempty"`
	By      string    `json:"by"`
	At      time.Time `json:"at"`
	People  int       `json:"people" doc:"how many it was about then"`
	Version int       `json:"version"`
}

func wireOfMark(m Mark) markWire {
	return markWire{State: m.State, Deed: m.Deed, Reason: m.Reason, By: m.By, At: m.At, People: m.People, Version: m.Version}
}

func (r *Reporter) serveDecide(w http.ResponseWriter, req *http.Request) error {
	in, err := web.Decode[decisionWire](w, req, 0)
	if err != nil {
		return err
	}
	m, err := r.Decide(req.Context(), profile.FromContext(req.Context()), Decision{
		Question: Query{in.Locale, in.Text}, State: in.State, Deed: in.Deed, Reason: in.Reason, Version: in.Version,
	})
	if err != nil {
		return err
	}
	return web.JSON(w, req, http.StatusOK, wireOfMark(m))
}

package insight

import (
	"net/http"

	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search/report"
)

// Handler serves the JSON API under any prefix:
//
//	GET        /insight/overview                how all articles do, and what happened
//	GET        /insight/health                  articles, the worst first
//	GET        /insight/health/{article}        one article, with its days and the searches that led to it
//	GET        /insight/gaps                    what people search for and do not find
//	GET, PUT   /insight/gaps/{locale}/{query}   one of these, and what becomes of it
//	GET        /insight/candidates              questions that people ask again and again
//	GET, PUT   /insight/candidates/{id}
//
// The actor comes from [profile.FromContext]: mount it behind
// [profile.Middleware].
func (a *Analyst) Handler() http.Handler { return a.API().Handler() }

// API returns the operations that Handler serves, to be documented together with
// those of other capabilities.
func (a *Analyst) API() *web.API {
	api := web.NewAPI("insight", a.opts.Logger)
	a.serveArticles(api)
	a.serveSearches(api)
	a.serveQuestions(api)
	return api
}

// workers are those who work on articles.
const workers = "whoever writes, translates, reviews or publishes"

func (a *Analyst) serveArticles(api *web.API) {
	api.Handle(web.Op{
		Method: http.MethodGet, Path: "/insight/overview", Name: "insight.overview", Summary: "How all articles do together, and what happened day by day.",
		Policy: string(profile.PermissionContentPublish), Out: overviewWire{},
	}, a.serveOverview)
	api.Handle(web.Op{
		Method: http.MethodGet, Path: "/insight/health", Name: "insight.worklist", Summary: "Articles with a score and the reasons for it, the worst first.",
		Policy: workers + ", of what they see at the desk", Params: workParams{}, Out: worksWire{},
	}, a.serveWorklist)
	api.Handle(web.Op{
		Method: http.MethodGet, Path: "/insight/health/{article}", Name: "insight.health", Summary: "How an article does, what happened to it day by day, and the searches that led to it.",
		Policy: workers + ", of what they see at the desk", Out: healthWire{},
	}, a.serveHealth)
}

func (a *Analyst) serveSearches(api *web.API) {
	api.Handle(web.Op{
		Method: http.MethodGet, Path: "/insight/gaps", Name: "insight.gaps", Summary: "What people search for and do not find, what weighs most first.",
		Policy: workers, Params: gapsParams{}, Out: gapsWire{},
	}, a.serveGaps)
	api.Handle(web.Op{
		Method: http.MethodGet, Path: "/insight/gaps/{locale}/{query}", Name: "insight.gap", Summary: "One thing that people search for and do not find.", Policy: workers, Out: gapWire{},
	}, a.serveGap)
	api.Handle(web.Op{
		Method: http.MethodPut, Path: "/insight/gaps/{locale}/{query}", Name: "insight.mark_gap", Summary: "Says what becomes of a gap.", Policy: workers, In: gapStateWire{}, Out: gapWire{},
	}, a.serveMarkGap)
}

func (a *Analyst) serveQuestions(api *web.API) {
	write := string(profile.PermissionContentWrite)
	api.Handle(web.Op{
		Method: http.MethodGet, Path: "/insight/candidates", Name: "insight.candidates", Summary: "Questions that people ask again and again, those that most asked first.",
		Policy: write, Params: candidatesParams{}, Out: candidatesWire{},
	}, a.serveCandidates)
	api.Handle(web.Op{
		Method: http.MethodGet, Path: "/insight/candidates/{id}", Name: "insight.candidate", Summary: "One of these questions.", Policy: write, Out: candidateWire{},
	}, a.serveCandidate)
	api.Handle(web.Op{
		Method: http.MethodPut, Path: "/insight/candidates/{id}", Name: "insight.decide_candidate", Summary: "Says what becomes of a candidate.",
		Policy: write, In: candidateStateWire{}, Out: candidateWire{},
	}, a.serveDecide)
}

func (a *Analyst) serveOverview(w http.ResponseWriter, r *http.Request) error {
	o, err := a.Overview(r.Context(), profile.FromContext(r.Context()))
	if err != nil {
		return err
	}
	web.NoStore(w)
	return web.JSON(w, r, http.StatusOK, wireOfOverview(o))
}

type workParams struct {
	Owner    string   `query:"owner" max:"200"`
	Category []string `query:"category" doc:"in any of these, not below"`
	Kind     kb.Kind  `query:"kind" max:"100"`
	Locale   string   `query:"locale" max:"35" doc:"with a text in this language, or lacking one"`
	Code     Code     `query:"code" max:"40" doc:"with this reason"`
	After    string   `query:"after" max:"8192" doc:"token of the page before"`
	Limit    int      `query:"limit" default:"30" clamp:"1,100"`
}

func (a *Analyst) serveWorklist(w http.ResponseWriter, r *http.Request) error {
	p, err := web.Query[workParams](r)
	if err != nil {
		return err
	}
	page, next, err := a.Worklist(r.Context(), profile.FromContext(r.Context()), WorkList{
		Owner: p.Owner, Categories: p.Category, Kind: p.Kind, Locale: p.Locale, Code: p.Code, After: p.After, Limit: p.Limit,
	})
	if err != nil {
		return err
	}
	out := worksWire{Articles: make([]workWire, 0, len(page)), Next: next}
	for _, one := range page {
		out.Articles = append(out.Articles, wireOfWork(one))
	}
	web.NoStore(w)
	return web.JSON(w, r, http.StatusOK, out)
}

// mostLeadsServed is how many searches are told of an article.
const mostLeadsServed = 20

func (a *Analyst) serveHealth(w http.ResponseWriter, r *http.Request) error {
	id, err := web.PathValue(r, "article")
	if err != nil {
		return err
	}
	ctx, by := r.Context(), profile.FromContext(r.Context())
	h, err := a.HealthOf(ctx, by, id)
	if err != nil {
		return err
	}
	days, err := a.Trend(ctx, by, id)
	if err != nil {
		return err
	}
	leads, err := a.Leads(ctx, by, id, mostLeadsServed)
	if err != nil {
		return err
	}
	web.NoStore(w)
	return web.JSON(w, r, http.StatusOK, wireOfHealth(h, days, leads))
}

type gapsParams struct {
	Locale string   `query:"locale" max:"35"`
	Reason Reason   `query:"reason" max:"40" doc:"\"empty\", \"unclicked\", \"refined\" or \"case\""`
	State  GapState `query:"state" max:"40" doc:"\"open\", \"handled\" or \"ignored\"; open if there is none"`
	After  string   `query:"after" max:"8192" doc:"token of the page before"`
	Limit  int      `query:"limit" default:"50" clamp:"1,200"`
}

func (a *Analyst) serveGaps(w http.ResponseWriter, r *http.Request) error {
	p, err := web.Query[gapsParams](r)
	if err != nil {
		return err
	}
	page, next, err := a.Gaps(r.Context(), profile.FromContext(r.Context()), GapList(p))
	if err != nil {
		return err
	}
	out := gapsWire{Gaps: make([]gapWire, 0, len(page)), Next: next}
	for _, g := range page {
		out.Gaps = append(out.Gaps, wireOfGap(g))
	}
	web.NoStore(w)
	return web.JSON(w, r, http.StatusOK, out)
}

// gapAsked returns what a path names.
func gapAsked(r *http.Request) (Query, error) {
	locale, err := web.PathValue(r, "locale")
	if err != nil {
		return Query{}, err
	}
	text, err := web.PathValue(r, "query")
	return report.NewQuery(locale, text), err
}

func (a *Analyst) serveGap(w http.ResponseWriter, r *http.Request) error {
	q, err := gapAsked(r)
	if err != nil {
		return err
	}
	g, err := a.Gap(r.Context(), profile.FromContext(r.Context()), q)
	return answer(w, r, wireOfGap(g), err)
}

func (a *Analyst) serveMarkGap(w http.ResponseWriter, r *http.Request) error {
	q, err := gapAsked(r)
	if err != nil {
		return err
	}
	in, err := web.Decode[gapStateWire](w, r, 0)
	if err != nil {
		return err
	}
	g, err := a.MarkGap(r.Context(), profile.FromContext(r.Context()), q, in.State)
	return answer(w, r, wireOfGap(g), err)
}

type candidatesParams struct {
	State CandidateState `query:"state" max:"40" doc:"\"open\", \"approved\" or \"dismissed\"; open if there is none"`
	After string         `query:"after" max:"8192" doc:"token of the page before"`
	Limit int            `query:"limit" default:"50" clamp:"1,200"`
}

func (a *Analyst) serveCandidates(w http.ResponseWriter, r *http.Request) error {
	p, err := web.Query[candidatesParams](r)
	if err != nil {
		return err
	}
	page, next, err := a.Candidates(r.Context(), profile.FromContext(r.Context()), CandidateList(p))
	if err != nil {
		return err
	}
	out := candidatesWire{Candidates: make([]candidateWire, 0, len(page)), Next: next}
	for _, c := range page {
		out.Candidates = append(out.Candidates, wireOfCandidate(c))
	}
	web.NoStore(w)
	return web.JSON(w, r, http.StatusOK, out)
}

func (a *Analyst) serveCandidate(w http.ResponseWriter, r *http.Request) error {
	id, err := web.PathValue(r, "id")
	if err != nil {
		return err
	}
	c, err := a.Candidate(r.Context(), profile.FromContext(r.Context()), id)
	return answer(w, r, wireOfCandidate(c), err)
}

func (a *Analyst) serveDecide(w http.ResponseWriter, r *http.Request) error {
	id, err := web.PathValue(r, "id")
	if err != nil {
		return err
	}
	in, err := web.Decode[candidateStateWire](w, r, 0)
	if err != nil {
		return err
	}
	c, err := a.DecideCandidate(r.Context(), profile.FromContext(r.Context()), id, in.State)
	return answer(w, r, wireOfCandidate(c), err)
}

// answer answers with one thing, unless there is an error.
func answer(w http.ResponseWriter, r *http.Request, out any, err error) error {
	if err != nil {
		return err
	}
	web.NoStore(w)
	return web.JSON(w, r, http.StatusOK, out)
}

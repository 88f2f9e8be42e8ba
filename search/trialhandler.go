package search

import (
	"net/http"
	"time"

	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/profile"
)

type trialWire struct {
	ID      string    `json:"id" doc:"what events and reports call it"`
	Number  int       `json:"number"`
	Kind    TrialKind `json:"kind"`
	Share   int       `json:"share" doc:"of visits that take part, in per cent"`
	By      string    `json:"by" doc:"ID of whoever began it"`
	At      time.Time `json:"at"`
	Stopped time.Time `json:"stopped,omitzero" doc:"missing while it runs"`
	Tuning  *Tuning   `json:"tuning,omitempty" doc:"that is tried, as it was when the trial began"`
}

type trialsWire struct {
	Trials []trialWire `json:"trials"`
}

type beginWire struct {
	Kind  TrialKind `json:"kind" doc:"\"tuning\" tries the draft of the tuning, \"plain\" results without what was learned"`
	Share int       `json:"share" doc:"of visits that take part, in per cent, from 1 to 100"`
}

type rankingsWire struct {
	Live  []string `json:"live" doc:"groups that the live ranking shows first"`
	Other []string `json:"other" doc:"those that the one that would be tried does"`
}

func wireTrial(t Trial) trialWire {
	out := trialWire{ID: t.ID(), Number: t.Number, Kind: t.Kind, Share: t.Share, By: t.By, At: t.At, Stopped: t.Stopped}
	if t.Kind == TrialTuning {
		tuning := t.Tuning.listed()
		out.Tuning = &tuning
	}
	return out
}

// serveTrials adds what those who compare rankings do. How people vote is told by
// package report.
func (e *Engine) serveTrials(api *web.API) {
	add := func(op web.Op, serve web.Func) {
		op.Policy, op.Errors = "needs "+string(profile.PermissionSearchTune), append(op.Errors, http.StatusServiceUnavailable)
		api.Handle(op, serve)
	}
	add(web.Op{
		Method: http.MethodGet, Path: "/trials", Name: "search.trials", Summary: "Lists the latest trials of two rankings, the newest first.", Params: trialsParams{}, Out: trialsWire{},
	}, e.serveListTrials)
	add(web.Op{
		Method: http.MethodPost, Path: "/trials", Name: "search.begin_trial", Summary: "Begins a trial in a share of visits; one runs at a time.",
		In: beginWire{}, Out: trialWire{}, Status: http.StatusCreated, Errors: []int{http.StatusConflict},
	}, e.serveBeginTrial)
	add(web.Op{
		Method: http.MethodPost, Path: "/trials/{number}/stop", Name: "search.stop_trial", Summary: "Stops a trial. One that has ended stays as it is.", Errors: []int{http.StatusNotFound},
	}, e.serveStopTrial)
	add(web.Op{
		Method: http.MethodGet, Path: "/trials/rankings", Name: "search.trial_rankings", Summary: "Returns what two rankings would show an anonymous visitor first, to replay searches of before.",
		Params: rankingsParams{}, Out: rankingsWire{},
	}, e.serveRankings)
}

type trialsParams struct {
	Limit int `query:"limit" default:"20" clamp:"1,50"`
}

func (e *Engine) serveListTrials(w http.ResponseWriter, r *http.Request) error {
	p, err := web.Query[trialsParams](r)
	if err != nil {
		return err
	}
	list, err := e.Trials(r.Context(), profile.FromContext(r.Context()), p.Limit)
	if err != nil {
		return err
	}
	out := trialsWire{Trials: make([]trialWire, 0, len(list))}
	for _, t := range list {
		out.Trials = append(out.Trials, wireTrial(t))
	}
	web.NoStore(w)
	return web.JSON(w, r, http.StatusOK, out)
}

func (e *Engine) serveBeginTrial(w http.ResponseWriter, r *http.Request) error {
	in, err := web.Decode[beginWire](w, r, 0)
	if err != nil {
		return err
	}
	t, err := e.BeginTrial(r.Context(), profile.FromContext(r.Context()), in.Kind, in.Share)
	if err != nil {
		return err
	}
	return web.JSON(w, r, http.StatusCreated, wireTrial(t))
}

func (e *Engine) serveStopTrial(w http.ResponseWriter, r *http.Request) error {
	ctx, by := r.Context(), profile.FromContext(r.Context())
	if _, err := e.trials(by); err != nil {
		return err
	}
	number, err := versionNumber(r)
	if err != nil {
		return err
	}
	if err := e.StopTrial(ctx, by, number); err != nil {
		return err
	}
	return web.NoContent(w)
}

type rankingsParams struct {
	Kind   TrialKind `query:"kind" max:"20"`
	Text   string    `query:"q"`
	Locale string    `query:"locale" max:"35"`
}

func (e *Engine) serveRankings(w http.ResponseWriter, r *http.Request) error {
	p, err := web.Query[rankingsParams](r)
	if err != nil {
		return err
	}
	live, other, err := e.Rankings(r.Context(), profile.FromContext(r.Context()), p.Kind, p.Text, p.Locale)
	if err != nil {
		return err
	}
	web.NoStore(w)
	return web.JSON(w, r, http.StatusOK, rankingsWire{append([]string{}, live...), append([]string{}, other...)})
}

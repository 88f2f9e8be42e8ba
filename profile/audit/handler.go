package audit

import (
	"net/http"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/profile"
)

// Handler serves the JSON API under any prefix:
//
//	GET /audit   who did what, the newest first
//
// The actor comes from [profile.FromContext]: mount it behind
// [profile.Middleware].
func (l *Log) Handler() http.Handler { return l.API().Handler() }

// API returns the operations that Handler serves, to be documented together with
// those of other capabilities.
func (l *Log) API() *web.API {
	api := web.NewAPI("audit", l.opts.Logger)
	api.Handle(web.Op{
		Method: http.MethodGet, Path: "/audit", Name: "audit.entries", Summary: "Who did what, the newest first.",
		Policy: string(profile.PermissionAuditRead), Params: entriesParams{}, Out: entriesWire{},
	}, l.serveEntries)
	return api
}

type entriesParams struct {
	Who     string  `query:"who" max:"200" doc:"Done by this person."`
	Whom    string  `query:"whom" max:"200" doc:"About this person."`
	Person  string  `query:"person" max:"200" doc:"Done by this person, in their place, or about them."`
	Action  string  `query:"action" max:"100" doc:"This action, or all of a kind: person.changed, person."`
	Outcome *string `query:"outcome" max:"20" doc:"How it ended: done, refused, failed."`
	From    string  `query:"from" max:"40" doc:"Not before this time (RFC 3339)."`
	To      string  `query:"to" max:"40" doc:"Before this time (RFC 3339)."`
	After   string  `query:"after" max:"8192" doc:"Token of the page before."`
	Limit   int     `query:"limit" default:"50" clamp:"1,200"`
}

type entriesWire struct {
	Entries []entryWire `json:"entries"`
	Next    string      `json:"next" doc:"Token of the next page, or empty."`
}

type entryWire struct {
	Seq     int64        `json:"seq" doc:"Its number; none is left out."`
	At      time.Time    `json:"at"`
	Action  string       `json:"action"`
	Outcome string       `json:"outcome" doc:"done, refused or failed."`
	Actor   string       `json:"actor" doc:"Who did it; a token for those who were erased."`
	As      Kind         `json:"as" doc:"customer, staff, system or empty."`
	Behalf  string       `json:"behalf" doc:"In whose place, or empty."`
	Person  string       `json:"person" doc:"Whom it is about, or empty."`
	Subject string       `json:"subject"`
	Account string       `json:"account"`
	Session string       `json:"session"`
	Network string       `json:"network"`
	Changes []changeWire `json:"changes"`
	Why     string       `json:"why"`
	Of      int64        `json:"of" doc:"The entry that this is the outcome of, or 0."`
	Hash    string       `json:"hash" doc:"Over the entry and the hash before it."`
}

type changeWire struct {
	Field string `json:"field"`
	From  string `json:"from"`
	To    string `json:"to"`
}

func (l *Log) serveEntries(w http.ResponseWriter, r *http.Request) error {
	p, err := web.Query[entriesParams](r)
	if err != nil {
		return err
	}
	q, err := p.query()
	if err != nil {
		return err
	}
	page, next, err := l.Entries(r.Context(), profile.FromContext(r.Context()), q)
	if err != nil {
		return err
	}
	out := entriesWire{Entries: []entryWire{}, Next: next}
	for _, e := range page {
		out.Entries = append(out.Entries, entryAsWire(e))
	}
	web.NoStore(w)
	return web.JSON(w, r, http.StatusOK, out)
}

// outcomes are what the wire calls the ends of deeds.
var outcomes = map[string]profile.Outcome{
	"done": profile.OutcomeDone, "refused": profile.OutcomeRefused, "failed": profile.OutcomeFailed,
}

func (p entriesParams) query() (Query, error) {
	q, f := Query{Who: p.Who, Whom: p.Whom, Anyone: p.Person, Action: p.Action, After: p.After, Limit: p.Limit}, errs.Fields{}
	for _, one := range []struct {
		name, text string
		into       *time.Time
	}{{"from", p.From, &q.From}, {"to", p.To, &q.To}} {
		at, err := time.Parse(time.RFC3339, one.text)
		if one.text != "" && err != nil {
			f.Add(one.name, "error.field.bad_time", nil)
		} else if one.text != "" {
			*one.into = at
		}
	}
	if p.Outcome != nil {
		outcome, known := outcomes[*p.Outcome]
		if !known {
			f.Add("outcome", "error.field.invalid", nil)
		}
		q.Outcome = &outcome
	}
	return q, f.Err()
}

func entryAsWire(e Entry) entryWire {
	w := entryWire{
		Seq: e.Seq, At: e.At, Action: e.Action, Actor: e.Actor, As: e.As, Behalf: e.Behalf, Person: e.Person, Subject: e.Subject,
		Account: e.Account, Session: e.Session, Network: e.Network, Changes: []changeWire{}, Why: e.Why, Of: e.Of, Hash: e.Hash,
	}
	for name, outcome := range outcomes {
		if e.Outcome == outcome {
			w.Outcome = name
		}
	}
	for _, c := range e.Changes {
		w.Changes = append(w.Changes, changeWire(c))
	}
	return w
}

package cases

import (
	"context"
	"net/http"

	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/profile"
)

// Handler serves the desk as JSON over HTTP. Its operations are those of
// [Desk.API]. The actor comes from [profile.FromContext]: mount it behind
// [profile.Middleware], under any prefix, with [http.StripPrefix].
func (d *Desk) Handler() http.Handler { return d.API().Handler() }

// Who may call operations, in the words of the documentation.
const (
	seers   = "who sees the case"
	takers  = "the requester, colleagues with " + string(profile.PermissionCasesColleaguesAct) + ", or " + string(profile.PermissionCasesAnswer)
	workers = string(profile.PermissionCasesAnswer)
)

// API returns the declarations of what Handler serves, for the documentation.
func (d *Desk) API() *web.API {
	api := web.NewAPI("cases", d.log)
	d.serveReading(api)
	d.serveTalking(api)
	d.serveWorking(api)
	return api
}

func (d *Desk) serveReading(api *web.API) {
	api.Handle(web.Op{
		Method: "GET", Path: "/kinds", Name: "cases.kinds", Summary: "Lists the kinds of case that can be opened, with their forms.",
		Policy: "signed in", Params: localeParams{}, Out: []kindWire{},
	}, d.serveKinds)
	api.Handle(web.Op{
		Method: "GET", Path: "/cases", Name: "cases.cases", Summary: "Lists cases.",
		Policy: seers, Params: casesParams{}, Out: casesWire{},
	}, d.serveCases)
	api.Handle(web.Op{
		Method: "POST", Path: "/cases", Name: "cases.open", Summary: "Opens a case.",
		Policy: "signed in; for somebody else " + workers, In: draftWire{}, Out: caseWire{}, Create: true,
	}, d.serveOpen)
	api.Handle(web.Op{
		Method: "GET", Path: "/cases/{id}", Name: "cases.case", Summary: "Returns a case, by its ID or its reference.",
		Policy: seers, Out: caseWire{},
	}, d.serveCase)
	api.Handle(web.Op{
		Method: "GET", Path: "/cases/{id}/entries", Name: "cases.entries", Summary: "Lists what was said and done about a case, in order.",
		Policy: seers, Params: pageParams{}, Out: entriesWire{},
	}, d.serveEntries)
}

func (d *Desk) serveTalking(api *web.API) {
	api.Handle(web.Op{
		Method: "POST", Path: "/cases/{id}/entries", Name: "cases.say", Summary: "Adds a reply, a proposed solution or an internal note.",
		Policy: takers + ", or who was asked to", In: messageWire{}, Out: entryWire{}, Create: true,
	}, d.serveSay)
	api.Handle(web.Op{
		Method: "PUT", Path: "/cases/{id}/solution", Name: "cases.decide", Summary: "Accepts or rejects the proposed solution.",
		Policy: "the requester, or colleagues with " + string(profile.PermissionCasesColleaguesAct), In: decisionWire{}, Out: caseWire{},
	}, on(d, func(ctx context.Context, by profile.Actor, id string, in decisionWire) (Case, error) {
		if in.Accepted {
			return d.Accept(ctx, by, id)
		}
		return d.Reject(ctx, by, id, in.Reason)
	}))
	api.Handle(web.Op{
		Method: "PUT", Path: "/cases/{id}/state", Name: "cases.state", Summary: "Closes a case, or opens it again.",
		Policy: takers, In: stateWire{}, Out: caseWire{},
	}, on(d, func(ctx context.Context, by profile.Actor, id string, in stateWire) (Case, error) {
		if in.Open {
			return d.Reopen(ctx, by, id, in.Reason)
		}
		return d.Close(ctx, by, id, in.Reason)
	}))
	api.Handle(web.Op{
		Method: "PUT", Path: "/cases/{id}/escalation", Name: "cases.escalate", Summary: "Asks for more attention.",
		Policy: "the requester, or colleagues with " + string(profile.PermissionCasesColleaguesAct), In: reasonWire{}, Out: caseWire{},
	}, on(d, func(ctx context.Context, by profile.Actor, id string, in reasonWire) (Case, error) {
		return d.Escalate(ctx, by, id, in.Reason)
	}))
	api.Handle(web.Op{
		Method: "PUT", Path: "/cases/{id}/people/{person}", Name: "cases.follow", Summary: "Has somebody follow a case.",
		Policy: takers, In: followWire{}, Out: caseWire{},
	}, d.serveFollow)
	api.Handle(web.Op{
		Method: "DELETE", Path: "/cases/{id}/people/{person}", Name: "cases.unfollow", Summary: "Ends that somebody follows a case.",
		Policy: takers + ", or oneself",
	}, d.serveUnfollow)
	api.Handle(web.Op{
		Method: "POST", Path: "/cases/{id}/articles", Name: "cases.link", Summary: "Adds a reference to what helps.",
		Policy: takers + ", or who was asked to", In: referenceWire{}, Out: caseWire{}, Status: http.StatusOK,
	}, on(d, func(ctx context.Context, by profile.Actor, id string, in referenceWire) (Case, error) {
		return d.Link(ctx, by, id, in.Reference)
	}))
	api.Handle(web.Op{
		Method: "DELETE", Path: "/cases/{id}/articles", Name: "cases.unlink", Summary: "Takes a reference away.",
		Policy: takers, Params: referenceParams{},
	}, d.serveUnlink)
}

func (d *Desk) serveWorking(api *web.API) {
	api.Handle(web.Op{
		Method: "PUT", Path: "/cases/{id}", Name: "cases.edit", Summary: "Changes what a case says.",
		Policy: takers + "; how it is worked on " + workers, In: editWire{}, Out: caseWire{}, Update: true,
	}, d.serveEdit)
	api.Handle(web.Op{
		Method: "PUT", Path: "/cases/{id}/status", Name: "cases.move", Summary: "Puts a case into a status.",
		Policy: workers, In: statusWire{}, Out: caseWire{},
	}, on(d, func(ctx context.Context, by profile.Actor, id string, in statusWire) (Case, error) {
		return d.Move(ctx, by, id, in.Status, in.Reason)
	}))
	api.Handle(web.Op{
		Method: "PUT", Path: "/cases/{id}/assignee", Name: "cases.assign", Summary: "Says who works on a case.",
		Policy: workers, In: assigneeWire{}, Out: caseWire{},
	}, on(d, func(ctx context.Context, by profile.Actor, id string, in assigneeWire) (Case, error) {
		return d.Assign(ctx, by, id, in.Person)
	}))
}

type localeParams struct {
	Locale string `query:"locale" max:"35" doc:"reader's language"`
}

type pageParams struct {
	After string `query:"after" doc:"token of the page before"`
	Limit int    `query:"limit" default:"50" clamp:"1,200"`
}

type referenceParams struct {
	Reference string `query:"reference" max:"128"`
}

type casesParams struct {
	Requester string     `query:"requester" max:"128" doc:"only of this person"`
	Follower  string     `query:"follower" max:"128" doc:"only followed by this person"`
	Account   string     `query:"account" max:"128" doc:"only of this organisation"`
	Assignee  string     `query:"assignee" max:"128" doc:"staff: only worked on by this person; \"none\" means by nobody"`
	Queue     []Key      `query:"queue" doc:"staff"`
	Kind      []Key      `query:"kind"`
	State     []State    `query:"state"`
	Status    []Key      `query:"status" doc:"staff"`
	Priority  []Priority `query:"priority"`
	Product   string     `query:"product" max:"120"`
	Tag       string     `query:"tag" max:"50" doc:"staff"`
	Article   string     `query:"article" max:"128" doc:"only linked to this reference"`
	Escalated bool       `query:"escalated"`
	Order     Order      `query:"order" doc:"empty for what changed last, created, oldest or urgent; staff: touched"`
	After     string     `query:"after" doc:"token of the page before"`
	Limit     int        `query:"limit" default:"50" clamp:"1,200"`
}

func (p casesParams) query() Query {
	q := Query{
		Requester: p.Requester, Follower: p.Follower, Account: p.Account, Queues: p.Queue, Kinds: p.Kind, States: p.State, Statuses: p.Status,
		Priority: p.Priority, Product: p.Product, Tag: p.Tag, Article: p.Article, Escalated: p.Escalated, Order: p.Order, After: p.After, Limit: p.Limit,
	}
	switch p.Assignee {
	case "":
	case "none":
		q.Assignee = new("")
	default:
		q.Assignee = &p.Assignee
	}
	return q
}

func (d *Desk) serveKinds(w http.ResponseWriter, r *http.Request) error {
	p, err := web.Query[localeParams](r)
	if err != nil {
		return err
	}
	by := profile.FromContext(r.Context())
	out := []kindWire{}
	for _, k := range d.Kinds(by) {
		out = append(out, wireOfKind(k, or(p.Locale, by.Locale)))
	}
	return web.JSON(w, r, http.StatusOK, out)
}

func (d *Desk) serveCases(w http.ResponseWriter, r *http.Request) error {
	p, err := web.Query[casesParams](r)
	if err != nil {
		return err
	}
	by := profile.FromContext(r.Context())
	page, next, err := d.Cases(r.Context(), by, p.query())
	if err != nil {
		return err
	}
	out := casesWire{Cases: []caseWire{}, Next: next}
	for _, c := range page {
		out.Cases = append(out.Cases, d.wire(by, c))
	}
	return web.JSON(w, r, http.StatusOK, out)
}

func (d *Desk) serveOpen(w http.ResponseWriter, r *http.Request) error {
	in, err := web.Decode[draftWire](w, r, 0)
	if err != nil {
		return err
	}
	key, err := web.IdempotencyKey(r)
	if err != nil {
		return err
	}
	draft := Draft{
		Kind: in.Kind, Subject: in.Subject, Body: in.Body, Fields: in.Fields, Product: in.Product, Urgency: in.Urgency, Private: in.Private,
		Requester: in.Requester, Articles: in.Articles, Follows: in.Follows, Channel: ChannelAPI, Locale: in.Locale, Key: key,
	}
	for _, p := range in.People {
		draft.People = append(draft.People, Participant{Person: p.Person, Comment: p.Comment})
	}
	by := profile.FromContext(r.Context())
	c, err := d.Open(r.Context(), by, draft)
	if err != nil {
		return err
	}
	return d.answer(w, r, http.StatusCreated, by, c)
}

// answer writes a case with its version.
func (d *Desk) answer(w http.ResponseWriter, r *http.Request, status int, by profile.Actor, c Case) error {
	w.Header().Set("ETag", web.ETag(c.Version))
	return web.JSON(w, r, status, d.wire(by, c))
}

func (d *Desk) serveCase(w http.ResponseWriter, r *http.Request) error {
	id, err := web.PathValue(r, "id")
	if err != nil {
		return err
	}
	by := profile.FromContext(r.Context())
	c, err := d.Case(r.Context(), by, id)
	if err != nil {
		return err
	}
	return d.answer(w, r, http.StatusOK, by, c)
}

func (d *Desk) serveEntries(w http.ResponseWriter, r *http.Request) error {
	id, err := web.PathValue(r, "id")
	if err != nil {
		return err
	}
	p, err := web.Query[pageParams](r)
	if err != nil {
		return err
	}
	page, next, err := d.Entries(r.Context(), profile.FromContext(r.Context()), id, p.After, p.Limit)
	if err != nil {
		return err
	}
	out := entriesWire{Entries: []entryWire{}, Next: next}
	for _, e := range page {
		out.Entries = append(out.Entries, wireOfEntry(e))
	}
	return web.JSON(w, r, http.StatusOK, out)
}

func (d *Desk) serveSay(w http.ResponseWriter, r *http.Request) error {
	id, err := web.PathValue(r, "id")
	if err != nil {
		return err
	}
	in, err := web.Decode[messageWire](w, r, 0)
	if err != nil {
		return err
	}
	key, err := web.IdempotencyKey(r)
	if err != nil {
		return err
	}
	e, err := d.Say(r.Context(), profile.FromContext(r.Context()), id, Message{
		Body: in.Body, Internal: in.Internal, Solution: in.Solution, Status: in.Status, Channel: ChannelAPI, Key: key,
	})
	if err != nil {
		return err
	}
	return web.JSON(w, r, http.StatusCreated, wireOfEntry(e))
}

// on serves an operation that changes a case, whatever version was seen of it.
func on[T any](d *Desk, do func(ctx context.Context, by profile.Actor, id string, in T) (Case, error)) web.Func {
	return func(w http.ResponseWriter, r *http.Request) error {
		id, err := web.PathValue(r, "id")
		if err != nil {
			return err
		}
		in, err := web.Decode[T](w, r, 0)
		if err != nil {
			return err
		}
		by := profile.FromContext(r.Context())
		c, err := do(r.Context(), by, id, in)
		if err != nil {
			return err
		}
		return d.answer(w, r, http.StatusOK, by, c)
	}
}

func (d *Desk) serveEdit(w http.ResponseWriter, r *http.Request) error {
	version, err := web.IfMatch(r)
	if err != nil {
		return err
	}
	return on(d, func(ctx context.Context, by profile.Actor, id string, in editWire) (Case, error) {
		c, err := d.Edit(ctx, by, id, Edit{
			Version: version, Subject: in.Subject, Product: in.Product, Urgency: in.Urgency, Private: in.Private, Fields: in.Fields,
			Kind: in.Kind, Impact: in.Impact, Priority: in.Priority, Queue: in.Queue, Tags: in.Tags, Escalated: in.Escalated,
		})
		return c, web.Stale(err)
	})(w, r)
}

func (d *Desk) serveFollow(w http.ResponseWriter, r *http.Request) error {
	person, err := web.PathValue(r, "person")
	if err != nil {
		return err
	}
	return on(d, func(ctx context.Context, by profile.Actor, id string, in followWire) (Case, error) {
		return d.Follow(ctx, by, id, Participant{Person: person, Comment: in.Comment})
	})(w, r)
}

func (d *Desk) serveUnfollow(w http.ResponseWriter, r *http.Request) error {
	id, err := web.PathValue(r, "id")
	if err != nil {
		return err
	}
	person, err := web.PathValue(r, "person")
	if err != nil {
		return err
	}
	if _, err := d.Unfollow(r.Context(), profile.FromContext(r.Context()), id, person); err != nil {
		return err
	}
	return web.NoContent(w)
}

func (d *Desk) serveUnlink(w http.ResponseWriter, r *http.Request) error {
	id, err := web.PathValue(r, "id")
	if err != nil {
		return err
	}
	p, err := web.Query[referenceParams](r)
	if err != nil {
		return err
	}
	if _, err := d.Unlink(r.Context(), profile.FromContext(r.Context()), id, p.Reference); err != nil {
		return err
	}
	return web.NoContent(w)
}

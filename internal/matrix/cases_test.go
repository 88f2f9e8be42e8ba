package matrix_test

import (
	"context"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/cases"
	"github.com/stoa-go/stoa/profile"
)

// requesters are whose the cases are, by state; one's own are everybody's who is
// signed in.
var requesters = map[string]string{"colleagues": "colleague", "private": "colleague", "followed": "stranger", "foreign": "stranger"}

// ask opens a case in each state, all with a proposed solution and being worked
// on, and makes the Desk that a build asks for.
func (w *world) ask(t *testing.T, b build) {
	t.Helper()
	everybody := map[string]profile.Actor{}
	var followers []cases.Participant
	for _, by := range people {
		if !by.Anonymous() {
			everybody[by.ID] = signedIn(by)
			followers = append(followers, cases.Participant{Person: by.ID, Comment: true})
		}
	}
	options := cases.Options{
		Now: w.now.time, Secret: []byte("0123456789abcdef"),
		Actor: func(_ context.Context, id string) (profile.Actor, error) {
			if a, ok := everybody[id]; ok {
				return a, nil
			}
			return profile.Actor{}, profile.ErrNotFound
		},
		Knows: func(context.Context, profile.Actor, string) (bool, error) { return true, nil },
	}
	desk := cases.NewDesk(w.folder, &options)
	admin := signedIn(people["admin"])
	keep := func(state string, by profile.Actor) {
		draft := cases.Draft{Kind: "question", Subject: "canary-case-" + state, Body: "canary-case-" + state, Private: state == "private" || state == "followed", Key: state}
		c, err := desk.Open(t.Context(), signedIn(by), draft)
		require.NoError(t, err)
		if state == "followed" {
			for _, p := range followers {
				_, err := desk.Follow(t.Context(), admin, c.ID, p)
				require.NoError(t, err)
			}
		}
		_, err = desk.Say(t.Context(), admin, c.ID, cases.Message{Body: "canary-note-" + state, Internal: true})
		require.NoError(t, err)
		_, err = desk.Say(t.Context(), admin, c.ID, cases.Message{Body: "Try this.", Solution: true, Status: "in-progress"})
		require.NoError(t, err)
		w.inquiry[state] = c.ID
	}
	w.inquiry = map[string]string{"missing": "missing"}
	for state, who := range requesters {
		keep(state, others[who])
	}
	for _, by := range everybody {
		keep("mine-"+by.ID, by)
	}
	options.Policy, options.Events = b.policy, w.events
	w.cases = cases.NewDesk(w.folder, &options)
}

func signedIn(by profile.Actor) profile.Actor {
	if !by.Anonymous() {
		by.Assurance = profile.AssuranceSignIn
	}
	return by
}

// inquiryOf returns the ID of the case in a state, as by has it.
func (w *world) inquiryOf(by profile.Actor, state string) string {
	if state == "mine" {
		state = "mine-" + by.ID
	}
	if id := w.inquiry[state]; id != "" {
		return id
	}
	return "missing"
}

// caseCanaries returns the words on cases that a role must never read.
func caseCanaries(p policy, role string) (out []string) {
	for state := range requesters {
		if !p.knows(role, state, "cases.Case") {
			out = append(out, "canary-case-"+state)
		}
		if !p.knows(role, state, "cases.Say/note") {
			out = append(out, "canary-note-"+state)
		}
	}
	return out
}

func caseOperations() []operation { return slices.Concat(casesRead(), casesChanged(), casesOpened()) }

// onCase is an operation on the case in each state.
func onCase(name string, call func(ctx context.Context, d *cases.Desk, by profile.Actor, id string) (any, bool, error), routes ...string) operation {
	return operation{name: "cases." + name, on: "case", routes: routes, call: func(ctx context.Context, w *world, by profile.Actor, state string) (any, bool, error) {
		return call(ctx, w.cases, signedIn(by), w.inquiryOf(by, state))
	}}
}

func casesRead() []operation {
	return []operation{
		onCase("Case", func(ctx context.Context, d *cases.Desk, by profile.Actor, id string) (any, bool, error) {
			c, err := d.Case(ctx, by, id)
			return c, err == nil, err
		}, "cases.case"),
		onCase("Entries", func(ctx context.Context, d *cases.Desk, by profile.Actor, id string) (any, bool, error) {
			page, _, err := d.Entries(ctx, by, id, "", 0)
			return page, err == nil, err
		}, "cases.entries"),
		onCase("Cases", func(ctx context.Context, d *cases.Desk, by profile.Actor, id string) (any, bool, error) {
			page, _, err := d.Cases(ctx, by, cases.Query{Limit: 200})
			return page, slices.ContainsFunc(page, func(c cases.Case) bool { return c.ID == id }), err
		}, "cases.cases"),
		onCase("All", func(ctx context.Context, d *cases.Desk, by profile.Actor, id string) (any, bool, error) {
			var all []cases.Case
			found := false
			for c, err := range d.All(ctx, by, cases.Query{Limit: 2}) {
				if err != nil {
					return all, false, err
				}
				all, found = append(all, c), found || c.ID == id
			}
			return all, found, nil
		}),
		onCase("Count", func(ctx context.Context, d *cases.Desk, by profile.Actor, id string) (any, bool, error) {
			n, err := d.Count(ctx, by, cases.Query{IDs: []string{id}}, 10)
			return n, n > 0, err
		}),
		{name: "cases.Rights", on: "case", call: func(ctx context.Context, w *world, by profile.Actor, state string) (any, bool, error) {
			c, err := w.folder.Case(ctx, w.inquiryOf(by, state))
			if err != nil {
				return nil, false, nil
			}
			r := w.cases.Rights(signedIn(by), c)
			return r, r.Comment, nil
		}},
	}
}

// changing is an operation that changes the case in each state.
func changing(name string, call func(ctx context.Context, d *cases.Desk, by profile.Actor, id string) (cases.Case, error), routes ...string) operation {
	return onCase(name, func(ctx context.Context, d *cases.Desk, by profile.Actor, id string) (any, bool, error) {
		c, err := call(ctx, d, by, id)
		return c, err == nil, err
	}, routes...)
}

func casesChanged() []operation {
	say := func(name string, m cases.Message, routes ...string) operation {
		return onCase(name, func(ctx context.Context, d *cases.Desk, by profile.Actor, id string) (any, bool, error) {
			e, err := d.Say(ctx, by, id, m)
			return e, err == nil, err
		}, routes...)
	}
	return []operation{
		say("Say", cases.Message{Body: "x"}, "cases.say"),
		say("Say/note", cases.Message{Body: "x", Internal: true}),
		say("Say/solution", cases.Message{Body: "x", Solution: true}),
		onCase("Say/viewing", func(ctx context.Context, d *cases.Desk, by profile.Actor, id string) (any, bool, error) {
			e, err := d.Say(ctx, viewing(by), id, cases.Message{Body: "x"})
			return e, err == nil, err
		}),
		changing("Accept", func(ctx context.Context, d *cases.Desk, by profile.Actor, id string) (cases.Case, error) {
			return d.Accept(ctx, by, id)
		}, "cases.decide"),
		changing("Reject", func(ctx context.Context, d *cases.Desk, by profile.Actor, id string) (cases.Case, error) {
			return d.Reject(ctx, by, id, "no")
		}),
		changing("Escalate", func(ctx context.Context, d *cases.Desk, by profile.Actor, id string) (cases.Case, error) {
			return d.Escalate(ctx, by, id, "now")
		}, "cases.escalate"),
		changing("Close", func(ctx context.Context, d *cases.Desk, by profile.Actor, id string) (cases.Case, error) {
			return d.Close(ctx, by, id, "")
		}, "cases.state"),
		changing("Reopen", func(ctx context.Context, d *cases.Desk, by profile.Actor, id string) (cases.Case, error) {
			return d.Reopen(ctx, by, id, "")
		}),
		changing("Move", func(ctx context.Context, d *cases.Desk, by profile.Actor, id string) (cases.Case, error) {
			return d.Move(ctx, by, id, "waiting", "")
		}, "cases.move"),
		changing("Assign", func(ctx context.Context, d *cases.Desk, by profile.Actor, id string) (cases.Case, error) {
			return d.Assign(ctx, by, id, by.ID)
		}, "cases.assign"),
		changing("Follow", func(ctx context.Context, d *cases.Desk, by profile.Actor, id string) (cases.Case, error) {
			c, err := d.Case(ctx, by, id)
			if err != nil {
				return c, err
			}
			return d.Follow(ctx, by, id, cases.Participant{Person: c.Requester})
		}, "cases.follow"),
		changing("Unfollow", func(ctx context.Context, d *cases.Desk, by profile.Actor, id string) (cases.Case, error) {
			return d.Unfollow(ctx, by, id, "zed")
		}, "cases.unfollow"),
		changing("Link", func(ctx context.Context, d *cases.Desk, by profile.Actor, id string) (cases.Case, error) {
			return d.Link(ctx, by, id, "article/x")
		}, "cases.link"),
		changing("Unlink", func(ctx context.Context, d *cases.Desk, by profile.Actor, id string) (cases.Case, error) {
			return d.Unlink(ctx, by, id, "article/y")
		}, "cases.unlink"),
		changing("Edit", func(ctx context.Context, d *cases.Desk, by profile.Actor, id string) (cases.Case, error) {
			c, err := d.Case(ctx, by, id)
			if err != nil {
				return c, err
			}
			subject := "changed"
			return d.Edit(ctx, by, id, cases.Edit{Version: c.Version, Subject: &subject})
		}, "cases.edit"),
		changing("Edit/work", func(ctx context.Context, d *cases.Desk, by profile.Actor, id string) (cases.Case, error) {
			c, err := d.Case(ctx, by, id)
			if err != nil {
				return c, err
			}
			return d.Edit(ctx, by, id, cases.Edit{Version: c.Version, Tags: &[]string{"x"}})
		}),
	}
}

func casesOpened() []operation {
	open := func(name string, draft cases.Draft, routes ...string) operation {
		return overall("cases."+name, func(ctx context.Context, w *world, by profile.Actor) error {
			draft.Kind, draft.Subject, draft.Body = "question", "x", "x"
			_, err := w.cases.Open(ctx, signedIn(by), draft)
			return err
		}, routes...)
	}
	return []operation{
		open("Open", cases.Draft{}, "cases.open"),
		open("Open/another", cases.Draft{Requester: "root"}),
		{name: "cases.Kinds", on: "portal", routes: []string{"cases.kinds"}, call: func(_ context.Context, w *world, by profile.Actor, _ string) (any, bool, error) {
			kinds := w.cases.Kinds(by)
			return len(kinds), len(kinds) > 0, nil
		}},
		{name: "cases.Sight", on: "portal", call: func(_ context.Context, w *world, by profile.Actor, _ string) (any, bool, error) {
			return nil, w.cases.Sight(by).Admits(profile.Public()), nil
		}},
	}
}

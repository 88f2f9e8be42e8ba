package cases_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/cases"
	"github.com/stoa-go/stoa/cases/memcases"
	"github.com/stoa-go/stoa/profile"
)

var t0 = time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)

// The people of the tests. Billing is a queue of its own, whose people are in the
// segment of the same name.
var (
	nobody  = profile.Actor{}
	ann     = person("ann", "acme", profile.RoleCustomer)
	bea     = person("bea", "acme", profile.RoleCustomer)
	mia     = person("mia", "acme", profile.RoleManager)
	gus     = person("gus", "globex", profile.RoleManager)
	bob     = person("bob", "stoa", profile.RoleAgent)
	kim     = person("kim", "stoa", profile.RoleAgent, "billing")
	ines    = person("ines", "stoa", profile.RoleAuthor)
	rex     = person("rex", "stoa", profile.RoleAdmin)
	viewing = func() profile.Actor { a := ann; a.Viewer = "rex"; return a }()
)

func person(id, account string, role profile.Role, segments ...string) profile.Actor {
	return profile.Actor{ID: id, Account: account, Roles: []profile.Role{role}, Segments: segments, Assurance: profile.AssuranceSignIn}
}

// A desk is what tests work on.
type desk struct {
	*cases.Desk
	store   cases.Store
	now     time.Time
	events  []analytics.Event
	notices []profile.Occurrence
}

func (d *desk) Record(_ context.Context, e analytics.Event) { d.events = append(d.events, e) }

func config() *cases.Config {
	c := cases.DefaultConfig()
	c.Queues = append(c.Queues, cases.Queue{Key: "billing", Names: cases.Words{"en": "Billing"}, Audience: profile.NewAudience("billing")})
	c.Kinds = append(c.Kinds, cases.Kind{
		Key: "refund", Names: cases.Words{"en": "A refund"}, Queue: "billing", Audience: profile.NewAudience("role:manager"),
		Fields: []cases.Field{
			{Name: "invoice", Label: cases.Words{"en": "Invoice"}, Required: true, Pattern: `INV-\d+`},
			{Name: "risk", Label: cases.Words{"en": "Risk"}, Only: profile.NewAudience("staff")},
		},
	})
	c.Statuses = append(c.Statuses, cases.Status{Key: "with-engineering", State: cases.StateProgress, Names: cases.Words{"en": "With engineering"}})
	return &c
}

func open(t *testing.T, change ...func(*cases.Options)) *desk {
	t.Helper()
	d := &desk{now: t0, store: memcases.New()}
	o := &cases.Options{
		Config: config(), Events: d, Now: func() time.Time { return d.now }, Secret: []byte(strings.Repeat("s", 32)),
		Actor:  actors(map[string]profile.Actor{"ann": ann, "bea": bea, "mia": mia, "gus": gus, "bob": bob, "kim": kim, "ines": ines, "rex": rex}),
		Knows:  func(_ context.Context, _ profile.Actor, ref string) (bool, error) { return ref == "article/reset", nil },
		Notify: func(_ context.Context, o profile.Occurrence) error { d.notices = append(d.notices, o); return nil },
	}
	for _, f := range change {
		f(o)
	}
	d.Desk = cases.NewDesk(d.store, o)
	return d
}

func question(change ...func(*cases.Draft)) cases.Draft {
	draft := cases.Draft{Kind: "question", Subject: "Where is my invoice?", Body: "I cannot find it."}
	for _, f := range change {
		f(&draft)
	}
	return draft
}

func (d *desk) opened(t *testing.T, by profile.Actor, change ...func(*cases.Draft)) cases.Case {
	t.Helper()
	c, err := d.Open(t.Context(), by, question(change...))
	require.NoError(t, err)
	return c
}

func (d *desk) refund(t *testing.T) cases.Case {
	t.Helper()
	return d.opened(t, mia, func(c *cases.Draft) { c.Kind, c.Fields = "refund", map[string][]string{"invoice": {"INV-7"}} })
}

func (d *desk) say(t *testing.T, by profile.Actor, id string, m cases.Message) cases.Entry {
	t.Helper()
	e, err := d.Say(t.Context(), by, id, m)
	require.NoError(t, err)
	return e
}

func (d *desk) case_(t *testing.T, by profile.Actor, id string) cases.Case {
	t.Helper()
	c, err := d.Case(t.Context(), by, id)
	require.NoError(t, err)
	return c
}

func (d *desk) timeline(t *testing.T, by profile.Actor, id string) []cases.Entry {
	t.Helper()
	page, next, err := d.Entries(t.Context(), by, id, "", 0)
	require.NoError(t, err)
	require.Empty(t, next)
	return page
}

func kindsOf(entries []cases.Entry) (out []cases.EntryKind) {
	for _, e := range entries {
		out = append(out, e.Kind)
	}
	return out
}

// sees reports whether somebody sees a case, and makes sure that reading, listing
// and counting agree.
func (d *desk) sees(t *testing.T, by profile.Actor, id string) bool {
	t.Helper()
	_, err := d.Case(t.Context(), by, id)
	if by.Anonymous() {
		require.ErrorIs(t, err, cases.ErrNotFound)
		return false
	}
	page, _, listErr := d.Cases(t.Context(), by, cases.Query{IDs: []string{id}})
	require.NoError(t, listErr)
	n, countErr := d.Count(t.Context(), by, cases.Query{IDs: []string{id}}, 10)
	require.NoError(t, countErr)
	require.Equal(t, err == nil, len(page) == 1, "%s: reading and listing", by.ID)
	require.Equal(t, len(page), n, "%s: listing and counting", by.ID)
	if err != nil {
		require.ErrorIs(t, err, cases.ErrNotFound)
	}
	return err == nil
}

func (d *desk) told(kind string) []string {
	i := slices.IndexFunc(d.notices, func(o profile.Occurrence) bool { return o.Kind == kind })
	if i < 0 {
		return nil
	}
	return d.notices[i].To
}

// stored returns a case as the store has it.
func (d *desk) stored(t *testing.T, id string) cases.Case {
	t.Helper()
	c, err := d.store.Case(t.Context(), id)
	require.NoError(t, err)
	return c
}

// linked returns a case that leads to another.
func linked(c cases.Case, to string) []cases.Case {
	c.Links = append(c.Links, cases.Link{Kind: cases.LinkRelated, Case: to})
	c.Version++
	return []cases.Case{c}
}

func contains(list, id string) bool { return id != "" && slices.Contains(strings.Fields(list), id) }

// actors knows some people.
func actors(people map[string]profile.Actor) func(context.Context, string) (profile.Actor, error) {
	return func(_ context.Context, id string) (profile.Actor, error) {
		if a, ok := people[id]; ok {
			return a, nil
		}
		return profile.Actor{}, profile.ErrNotFound
	}
}

package casestest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/cases"
	"github.com/stoa-go/stoa/profile"
)

func checkFilters(t *testing.T, s cases.Store) {
	other := full("b")
	other.Kind, other.Status, other.State, other.Priority, other.Requester, other.Queue = "problem", "stuck", cases.StateWaiting, cases.PriorityUrgent, "bob", "sales"
	other.CreatedAt = t0.Add(time.Hour)
	over := NewCase("c", func(c *cases.Case) {
		c.State, c.Status, c.Account, c.Priority = cases.StateClosed, "done", "acme", cases.PriorityLow
	})
	save(t, s, []cases.Case{NewCase("a"), other, over})
	text := func(s string) *string { return &s }
	for what, tt := range map[string]struct {
		q    cases.Query
		want []string
	}{
		"all":              {cases.Query{}, []string{"a", "b", "c"}},
		"IDs":              {cases.Query{IDs: []string{"c", "a", "none"}}, []string{"a", "c"}},
		"no IDs":           {cases.Query{IDs: []string{}}, nil},
		"requester":        {cases.Query{Requester: "bob"}, []string{"b"}},
		"other letters":    {cases.Query{Requester: "Bob"}, nil},
		"follower":         {cases.Query{Follower: "fay"}, []string{"b"}},
		"requester is not": {cases.Query{Follower: "bob"}, nil},
		"account":          {cases.Query{Account: "acme"}, []string{"b", "c"}},
		"assignee":         {cases.Query{Assignee: text("dan")}, []string{"b"}},
		"nobody":           {cases.Query{Assignee: text("")}, []string{"a", "c"}},
		"queue":            {cases.Query{Queues: []cases.Key{"support"}}, []string{"a", "c"}},
		"queues":           {cases.Query{Queues: []cases.Key{"support", "sales", "x"}}, []string{"a", "b", "c"}},
		"kinds":            {cases.Query{Kinds: []cases.Key{"problem", "x"}}, []string{"b"}},
		"states":           {cases.Query{States: []cases.State{cases.StateOpen, cases.StateClosed}}, []string{"a", "c"}},
		"a state":          {cases.Query{States: []cases.State{cases.StateWaiting}}, []string{"b"}},
		"statuses":         {cases.Query{Statuses: []cases.Key{"new", "done"}}, []string{"a", "c"}},
		"priority":         {cases.Query{Priority: []cases.Priority{cases.PriorityUrgent}}, []string{"b"}},
		"product":          {cases.Query{Product: "x-100"}, []string{"b"}},
		"tag":              {cases.Query{Tag: "loud"}, []string{"b"}},
		"article":          {cases.Query{Article: "article/b"}, []string{"b"}},
		"no such tag":      {cases.Query{Tag: "article/b"}, nil},
		"escalated":        {cases.Query{Escalated: true}, []string{"b"}},
		"since":            {cases.Query{Since: t0.Add(time.Hour)}, []string{"b"}},
		"since, exactly":   {cases.Query{Since: t0}, []string{"a", "b", "c"}},
		"until":            {cases.Query{Until: t0.Add(time.Hour)}, []string{"a", "c"}},
		"until, exactly":   {cases.Query{Until: t0}, nil},
		"all at once":      {cases.Query{IDs: []string{"a", "b"}, Requester: "bob", Account: "acme", Assignee: text("dan"), Tag: "vip", Kinds: []cases.Key{"problem"}}, []string{"b"}},
		"a contradiction":  {cases.Query{Requester: "bob", Queues: []cases.Key{"support"}}, nil},
	} {
		got := list(t, s, tt.q)
		slices.Sort(got)
		require.Equal(t, append([]string{}, tt.want...), got, what)
		n, err := s.Count(t.Context(), tt.q, 10)
		require.NoError(t, err)
		require.Equal(t, len(tt.want), n, what)
	}
}

// sight is one of segments, of somebody who has signed in.
func sight(person string, segments ...string) *profile.Sight {
	v := profile.Actor{ID: person}.Sight().With(segments...)
	return &v
}

func audience(terms ...string) func(*cases.Case) {
	return func(c *cases.Case) { c.Audience = profile.NewAudience(terms...) }
}

func checkSight(t *testing.T, s cases.Store) {
	save(t, s, []cases.Case{
		NewCase("own"), NewCase("both", audience("person:ann", "may:cases.queue.a", "may:cases.queue.b")), NewCase("worked", audience("may:cases.queue.a")),
		NewCase("bob", audience("person:bob")), NewCase("nobody", audience()), NewCase("all", audience("signed-in")), NewCase("Ann", audience("person:Ann")),
	})
	for what, tt := range map[string]struct {
		sight *profile.Sight
		want  []string
	}{
		"ann":       {sight("ann"), []string{"all", "both", "own"}},
		"bob":       {sight("bob"), []string{"all", "bob"}},
		"an agent":  {sight("cem", "may:cases.queue.a", "may:cases.queue.b", "may:cases.queue.c"), []string{"all", "both", "worked"}},
		"ann works": {sight("ann", "may:cases.queue.a"), []string{"all", "both", "own", "worked"}},
		"a guest":   {sight(""), []string{}},
	} {
		for _, limit := range []int{1, 50} {
			got := list(t, s, cases.Query{Sight: tt.sight, Limit: limit})
			slices.Sort(got)
			require.Equal(t, tt.want, got, what)
		}
		n, err := s.Count(t.Context(), cases.Query{Sight: tt.sight}, 10)
		require.NoError(t, err)
		require.Equal(t, len(tt.want), n, what)
		got := list(t, s, cases.Query{Sight: tt.sight, IDs: []string{"worked", "bob"}})
		require.Subset(t, tt.want, got, what)
	}
	require.Equal(t, []string{"own"}, list(t, s, cases.Query{Sight: sight("ann"), IDs: []string{"own", "bob", "nobody"}}))
	require.Empty(t, list(t, s, cases.Query{Sight: sight("bob"), Requester: "ann", Queues: []cases.Key{"support"}, IDs: []string{"own", "both"}}))
}

func checkMoved(t *testing.T, s cases.Store) {
	save(t, s, []cases.Case{full("c1")})
	require.Len(t, list(t, s, cases.Query{Sight: sight("eve")}), 1)
	next := NewCase("c1", audience("person:ann", "may:cases.queue.b"), func(c *cases.Case) {
		c.Version, c.Queue, c.State = 2, "b", cases.StateSolved
		c.People = []cases.Participant{{Person: "gil"}}
	})
	save(t, s, []cases.Case{next})
	for _, person := range []string{"eve", "fay"} {
		require.Empty(t, list(t, s, cases.Query{Sight: sight(person)}))
		require.Empty(t, list(t, s, cases.Query{Follower: person}))
	}
	require.Empty(t, list(t, s, cases.Query{Sight: sight("dan", "may:cases.queue.support")}))
	require.Empty(t, list(t, s, cases.Query{States: []cases.State{cases.StateOpen}}))
	require.Empty(t, list(t, s, cases.Query{Tag: "vip"}))
	for _, q := range []cases.Query{
		{Sight: sight("dan", "may:cases.queue.b")}, {Sight: sight("ann"), States: []cases.State{cases.StateSolved}}, {Follower: "gil"}, {Queues: []cases.Key{"b"}},
	} {
		require.Equal(t, []string{"c1"}, list(t, s, q))
	}
}

// many stores cases of which several stand at the same place of each order, and
// returns what orders make of them.
func many(t testing.TB, s cases.Store) map[cases.Order][]string {
	t.Helper()
	var all []cases.Case
	priorities := []cases.Priority{cases.PriorityLow, cases.PriorityUrgent, cases.PriorityNormal, cases.PriorityHigh}
	for n := range 24 {
		all = append(all, NewCase(fmt.Sprintf("c%02d", n), audience("person:ann", fmt.Sprint("may:cases.queue.q", n%3), "may:cases.queue.all"), func(c *cases.Case) {
			c.CreatedAt, c.UpdatedAt, c.TouchedAt = t0.Add(time.Duration(n/4)*time.Hour), t0.Add(time.Duration(n*7%5)*time.Minute), t0.Add(time.Duration(n*5%7)*time.Minute)
			c.Priority, c.State = priorities[n%4], cases.States()[n%5]
			if n < 2 {
				c.CreatedAt = time.Date(1960, 1, 1, 0, 0, 0, 0, time.UTC)
			}
		}))
	}
	save(t, s, all)
	return ordered(all)
}

func ordered(all []cases.Case) map[cases.Order][]string {
	rank := []cases.Priority{cases.PriorityUrgent, cases.PriorityHigh, cases.PriorityNormal, cases.PriorityLow}
	out := map[cases.Order][]string{}
	for o, key := range map[cases.Order]func(cases.Case) string{
		cases.OrderUpdated: func(c cases.Case) string { return c.UpdatedAt.Format(time.RFC3339) },
		cases.OrderTouched: func(c cases.Case) string { return c.TouchedAt.Format(time.RFC3339) },
		cases.OrderCreated: func(c cases.Case) string { return c.CreatedAt.Format(time.RFC3339) },
		cases.OrderOldest:  func(c cases.Case) string { return c.CreatedAt.Format(time.RFC3339) },
		cases.OrderUrgent: func(c cases.Case) string {
			return fmt.Sprint(slices.Index(rank, c.Priority), c.CreatedAt.Format(time.RFC3339))
		},
	} {
		var ids []string
		for _, c := range all {
			ids = append(ids, key(c)+" "+c.ID)
		}
		slices.Sort(ids)
		if o != cases.OrderOldest && o != cases.OrderUrgent {
			slices.Reverse(ids)
		}
		for i, id := range ids {
			ids[i] = id[len(id)-3:]
		}
		out[o] = ids
	}
	return out
}

func checkOrders(t *testing.T, s cases.Store) {
	for o, want := range many(t, s) {
		require.Equal(t, want, list(t, s, cases.Query{Order: o, Limit: 100}), "order %q", o)
		require.Equal(t, want, list(t, s, cases.Query{Order: o, Limit: 100, IDs: want}), "order %q of IDs", o)
		require.Equal(t, want, list(t, s, cases.Query{Order: o, Limit: 100, Sight: sight("ann", "may:cases.queue.q1", "may:cases.queue.all")}), "order %q of a sight", o)
	}
}

func checkPages(t *testing.T, s cases.Store) {
	orders := many(t, s)
	for o, all := range orders {
		for _, limit := range []int{1, 5, 24} {
			require.Equal(t, all, list(t, s, cases.Query{Order: o, Limit: limit}), "order %q, %d at a time", o, limit)
		}
		for what, q := range map[string]cases.Query{
			"sight":  {Sight: sight("cem", "may:cases.queue.q0", "may:cases.queue.q1")},
			"states": {States: []cases.State{cases.StateOpen, cases.StateClosed}},
			"both":   {Sight: sight("ann", "may:cases.queue.q2"), Priority: []cases.Priority{cases.PriorityLow, cases.PriorityHigh}, Queues: []cases.Key{"support"}},
			"IDs":    {IDs: all[:11]},
		} {
			q.Order, q.Limit = o, 100
			want := list(t, s, q)
			require.NotEmpty(t, want)
			for _, limit := range []int{1, 3, len(want)} {
				q.Limit = limit
				require.Equal(t, want, list(t, s, q), "%s, order %q, %d at a time", what, o, limit)
			}
		}
	}
	var more []cases.Case
	for n := range 51 {
		more = append(more, NewCase(fmt.Sprint("d", n), func(c *cases.Case) { c.Product = "p" }))
	}
	save(t, s, more)
	page, next, err := s.Cases(t.Context(), cases.Query{Product: "p"})
	require.NoError(t, err)
	require.Len(t, page, 50)
	require.NotEmpty(t, next)
}

func checkToken(t *testing.T, s cases.Store) {
	many(t, s)
	for _, q := range []cases.Query{{After: "x"}, {After: "a\x00"}, {Order: "sideways"}} {
		_, _, err := s.Cases(t.Context(), q)
		require.ErrorIs(t, err, cases.ErrInvalid)
	}
	_, next, err := s.Cases(t.Context(), cases.Query{Limit: 1})
	require.NoError(t, err)
	_, _, err = s.Cases(t.Context(), cases.Query{Order: cases.OrderUrgent, After: next})
	require.ErrorIs(t, err, cases.ErrInvalid)
}

func checkCount(t *testing.T, s cases.Store) {
	many(t, s)
	_, next, err := s.Cases(t.Context(), cases.Query{Limit: 20})
	require.NoError(t, err)
	for _, tt := range []struct {
		q    cases.Query
		most int
		want int
	}{
		{cases.Query{}, 100, 24},
		{cases.Query{}, 24, 24},
		{cases.Query{}, 23, 23},
		{cases.Query{}, 0, 0},
		{cases.Query{After: next, Limit: 1}, 100, 24},
		{cases.Query{Sight: sight("ann", "may:cases.queue.q0", "may:cases.queue.all")}, 100, 24},
		{cases.Query{Sight: sight("ann", "may:cases.queue.q0", "may:cases.queue.all")}, 5, 5},
		{cases.Query{Sight: sight("cem", "may:cases.queue.q0")}, 100, 8},
		{cases.Query{Sight: sight("cem")}, 100, 0},
		{cases.Query{States: []cases.State{cases.StateOpen}}, 100, 5},
		{cases.Query{IDs: []string{"c01", "c02"}}, 1, 1},
	} {
		n, err := s.Count(t.Context(), tt.q, tt.most)
		require.NoError(t, err)
		require.Equal(t, tt.want, n, "%+v, %d", tt.q, tt.most)
	}
}

package profile_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/memprofile"
)

// recorder keeps the events that happened.
type recorder struct {
	mu     sync.Mutex
	events []string
}

func (r *recorder) Record(_ context.Context, e analytics.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.events = append(r.events, e.Name+" "+e.Subject+" by "+e.User)
}

func (r *recorder) take() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := r.events
	r.events = nil
	return out
}

// portal is a directory with two organisations and the company itself.
type portal struct {
	*profile.Directory
	store  *memprofile.Store
	events *recorder
	now    time.Time
}

var day = time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC)

// root is who sets things up.
var root = profile.Actor{ID: "root", Roles: []profile.Role{profile.RoleAdmin}}

func newPortal(t *testing.T, change ...func(*profile.Options)) *portal {
	t.Helper()
	p := &portal{store: memprofile.New(), events: &recorder{}, now: day}
	o := &profile.Options{Events: p.events, Now: func() time.Time { return p.now }}
	for _, f := range change {
		f(o)
	}
	p.Directory = profile.NewDirectory(p.store, o)
	for _, a := range []profile.Account{
		{ID: "acme", Name: "Acme", Plan: "enterprise", Country: "AT", Attributes: map[string][]string{"risk": {"high"}}},
		{ID: "zeta", Name: "Zeta", Plan: "free"},
		{ID: "us", Name: "The company"},
	} {
		_, err := p.SaveAccount(t.Context(), root, a)
		require.NoError(t, err)
	}
	p.add(t, "root", "us", profile.RoleAdmin)
	p.add(t, "ann", "acme", profile.RoleCustomer, profile.RoleManager)
	p.add(t, "bob", "acme", profile.RoleCustomer)
	p.add(t, "carl", "zeta", profile.RoleCustomer)
	p.add(t, "pia", "acme", profile.RolePartner)
	p.add(t, "gus", "us", profile.RoleAgent)
	p.events.take()
	return p
}

func (p *portal) add(t *testing.T, id, account string, roles ...profile.Role) {
	t.Helper()
	_, err := p.SavePerson(t.Context(), root, profile.Person{
		ID: id, Name: "Name of " + id, Email: id + "@" + account + ".example", Account: account, Roles: roles,
		Attributes: map[string][]string{"note": {"secret of " + id}},
	})
	require.NoError(t, err)
}

func (p *portal) as(t *testing.T, id string) profile.Actor {
	t.Helper()
	if id == "" {
		return profile.Actor{}
	}
	a, err := p.Actor(t.Context(), id)
	require.NoError(t, err)
	return a
}

func TestAdv_14_WhoSeesWhom(t *testing.T) {
	p := newPortal(t)
	everybody := []string{"ann", "bob", "carl", "gus", "pia", "root"}
	for by, sees := range map[string][]string{
		"":     {},
		"bob":  {"bob"},
		"pia":  {"pia"},
		"ann":  {"ann", "bob", "pia"},
		"gus":  everybody,
		"root": everybody,
	} {
		t.Run("as "+by, func(t *testing.T) {
			actor := p.as(t, by)
			for _, id := range append(everybody, "nobody") {
				got, err := p.Person(t.Context(), actor, id)
				if !contains(sees, id) {
					require.ErrorIs(t, err, profile.ErrNotFound, id)
					require.Equal(t, `person "`+id+`": not found`, err.Error(), "the same text whether there is such a person or not")
					require.Zero(t, got)
					continue
				}
				require.NoError(t, err)
				require.Equal(t, id, got.ID)
				staff := by == "gus" || by == "root"
				require.Equal(t, staff, got.Attributes != nil, "only staff see attributes")
				require.Empty(t, got.Origin)
			}
			if by == "" {
				_, _, err := p.People(t.Context(), actor, profile.PersonQuery{})
				require.ErrorIs(t, err, profile.ErrForbidden)
				return
			}
			var ids []string
			for person, err := range p.AllPeople(t.Context(), actor, profile.PersonQuery{Limit: 1}) {
				require.NoError(t, err)
				require.Equal(t, by == "gus" || by == "root", person.Attributes != nil)
				ids = append(ids, person.ID)
			}
			require.ElementsMatch(t, sees, ids, "the list shows whom one sees one by one")
		})
	}
}

func contains(list []string, s string) bool {
	for _, v := range list {
		if v == s {
			return true
		}
	}
	return false
}

func TestAdv_41_PeopleFiltersAreNoOracle(t *testing.T) {
	p := newPortal(t)
	for _, q := range []profile.PersonQuery{{Account: "zeta"}, {Account: "nope"}} {
		page, next, err := p.People(t.Context(), p.as(t, "ann"), q)
		require.NoError(t, err)
		require.Empty(t, page)
		require.Empty(t, next)
		page, _, err = p.People(t.Context(), p.as(t, "bob"), q)
		require.NoError(t, err)
		require.Empty(t, page)
	}
	page, _, err := p.People(t.Context(), p.as(t, "bob"), profile.PersonQuery{Role: profile.RoleManager})
	require.NoError(t, err)
	require.Empty(t, page)
	page, _, err = p.People(t.Context(), p.as(t, "ann"), profile.PersonQuery{Role: profile.RoleManager})
	require.NoError(t, err)
	require.Len(t, page, 1)
}

func TestPageTokens(t *testing.T) {
	p := newPortal(t)
	ann, gus := p.as(t, "ann"), p.as(t, "gus")
	_, next, err := p.People(t.Context(), gus, profile.PersonQuery{Limit: 2})
	require.NoError(t, err)
	require.NotEmpty(t, next)
	for name, call := range map[string]func() error{
		"of somebody else": func() error { return second(p.People(t.Context(), ann, profile.PersonQuery{After: next})) },
		"of another list":  func() error { return second(p.Accounts(t.Context(), gus, profile.AccountQuery{After: next})) },
		"of another filter": func() error {
			return second(p.People(t.Context(), gus, profile.PersonQuery{After: next, Account: "acme"}))
		},
		"made up": func() error { return second(p.People(t.Context(), gus, profile.PersonQuery{After: "AAAA"})) },
	} {
		require.ErrorIs(t, call(), profile.ErrInvalid, name)
	}
}

func second[T any](_ []T, _ string, err error) error { return err }

func TestPagesAreBounded(t *testing.T) {
	p := newPortal(t)
	for i := range 210 {
		p.add(t, fmt.Sprintf("x%03d", i), "zeta")
	}
	page, next, err := p.People(t.Context(), root, profile.PersonQuery{Limit: 1_000_000})
	require.NoError(t, err)
	require.Len(t, page, 200)
	require.NotEmpty(t, next)
	n := 0
	for _, err := range p.AllPeople(t.Context(), root, profile.PersonQuery{}) {
		require.NoError(t, err)
		n++
	}
	require.Equal(t, 216, n)
}

func TestAllStopsAndFails(t *testing.T) {
	p := newPortal(t)
	for range p.AllPeople(t.Context(), root, profile.PersonQuery{}) {
		break // must not go on
	}
	var got error
	for _, err := range p.AllPeople(t.Context(), profile.Actor{}, profile.PersonQuery{}) {
		got = err
	}
	require.ErrorIs(t, got, profile.ErrForbidden)
}

func TestAccounts(t *testing.T) {
	p := newPortal(t)
	for by, sees := range map[string][]string{"": {}, "bob": {"acme"}, "ann": {"acme"}, "carl": {"zeta"}, "gus": {"acme", "us", "zeta"}} {
		actor := p.as(t, by)
		for _, id := range []string{"acme", "us", "zeta", "nope", ""} {
			a, err := p.Account(t.Context(), actor, id)
			if !contains(sees, id) {
				require.ErrorIs(t, err, profile.ErrNotFound, "%s reads %s", by, id)
				continue
			}
			require.NoError(t, err)
			require.Equal(t, by == "gus" && id == "acme", a.Attributes != nil, "only staff see attributes")
		}
		var ids []string
		for a, err := range p.AllAccounts(t.Context(), actor, profile.AccountQuery{Limit: 1}) {
			if by != "gus" {
				require.ErrorIs(t, err, profile.ErrForbidden)
				break
			}
			ids = append(ids, a.ID)
		}
		if by == "gus" {
			require.Equal(t, []string{"acme", "us", "zeta"}, ids)
		}
	}
}

func TestSaveAccount(t *testing.T) {
	p := newPortal(t)
	for _, by := range []string{"", "bob", "ann", "gus"} {
		_, err := p.SaveAccount(t.Context(), p.as(t, by), profile.Account{Name: "New"})
		require.ErrorIs(t, err, profile.ErrForbidden, "as %q", by)
	}
	draft := profile.Account{Name: "New", Key: "k1"}
	first, err := p.SaveAccount(t.Context(), root, draft)
	require.NoError(t, err)
	require.Equal(t, 1, first.Version)
	require.Equal(t, day, first.CreatedAt)
	again, err := p.SaveAccount(t.Context(), root, draft)
	require.NoError(t, err)
	require.Equal(t, first, again, "the same key and input are the same account")
	draft.Name = "Newer"
	_, err = p.SaveAccount(t.Context(), root, draft)
	require.ErrorIs(t, err, profile.ErrConflict, "the same key with other input is not")

	first.Name = "Renamed"
	second, err := p.SaveAccount(t.Context(), root, first)
	require.NoError(t, err)
	require.Equal(t, 2, second.Version)
	_, err = p.SaveAccount(t.Context(), root, first)
	require.ErrorIs(t, err, profile.ErrConflict, "somebody else was first")
	_, err = p.SaveAccount(t.Context(), root, profile.Account{ID: "nope", Name: "X", Version: 1})
	require.ErrorIs(t, err, profile.ErrNotFound)
	_, err = p.SaveAccount(t.Context(), root, profile.Account{ID: "bad id", Name: "", Country: "at"})
	require.ErrorIs(t, err, profile.ErrInvalid)
	require.Equal(t, []string{"account.saved account/" + first.ID + " by root", "account.saved account/" + first.ID + " by root"}, p.events.take())
}

func TestSegments(t *testing.T) {
	p := newPortal(t)
	partner := profile.Segment{Name: "partner", Title: "Partners", Rule: cond("role", profile.OpIn, "partner")}
	for _, by := range []string{"", "bob", "ann", "gus"} {
		_, err := p.SaveSegment(t.Context(), p.as(t, by), partner)
		require.ErrorIs(t, err, profile.ErrForbidden, "as %q", by)
		require.ErrorIs(t, p.RemoveSegment(t.Context(), p.as(t, by), "partner"), profile.ErrForbidden)
		_, err = p.Segments(t.Context(), p.as(t, by))
		require.Equal(t, by == "gus", err == nil, "as %q", by)
	}
	first, err := p.SaveSegment(t.Context(), root, partner)
	require.NoError(t, err)
	again, err := p.SaveSegment(t.Context(), root, partner)
	require.NoError(t, err)
	require.Equal(t, first, again)
	other := partner
	other.Title = "Others"
	_, err = p.SaveSegment(t.Context(), root, other)
	require.ErrorIs(t, err, profile.ErrConflict)

	require.Contains(t, p.as(t, "pia").Segments, "partner")
	require.NotContains(t, p.as(t, "bob").Segments, "partner")

	first.Rule = cond("plan", profile.OpIn, "enterprise")
	second, err := p.SaveSegment(t.Context(), root, first)
	require.NoError(t, err)
	require.Equal(t, 2, second.Version)
	require.Contains(t, p.as(t, "bob").Segments, "partner", "a changed rule counts at once")
	_, err = p.SaveSegment(t.Context(), root, first)
	require.ErrorIs(t, err, profile.ErrConflict)

	require.NoError(t, p.RemoveSegment(t.Context(), root, "partner"))
	require.ErrorIs(t, p.RemoveSegment(t.Context(), root, "partner"), profile.ErrNotFound)
	require.Empty(t, p.as(t, "bob").Segments)
	require.Equal(t, []string{
		"segment.saved segment/partner by root", "segment.saved segment/partner by root", "segment.removed segment/partner by root",
	}, p.events.take())
}

func TestBuiltInSegmentsCannotBeDefined(t *testing.T) {
	p := newPortal(t)
	for _, name := range []string{"public", "signed-in", "staff", "person:bob", "account:acme", "role:admin", "Bad", "a+b", "", "a b"} {
		_, err := p.SaveSegment(t.Context(), root, profile.Segment{Name: name, Title: "T", Rule: cond("id", profile.OpKnown)})
		require.ErrorIs(t, err, profile.ErrInvalid, "%q", name)
	}
	// Whoever writes into the store itself gains nothing either.
	for _, name := range []string{"staff", "role:admin"} {
		require.NoError(t, p.store.SaveSegment(t.Context(), profile.Segment{Name: name, Rule: cond("id", profile.OpKnown), Version: 1}))
	}
	p.now = p.now.Add(time.Minute)
	require.False(t, p.as(t, "bob").Sight().Admits(profile.NewAudience("staff", "role:admin")))
}

func TestThereIsAnEndToSegments(t *testing.T) {
	p := newPortal(t)
	segment := func(i int) profile.Segment {
		return profile.Segment{Name: fmt.Sprint("s", i), Title: "T", Rule: cond("id", profile.OpKnown)}
	}
	for i := range 500 {
		_, err := p.SaveSegment(t.Context(), root, segment(i))
		require.NoError(t, err)
	}
	_, err := p.SaveSegment(t.Context(), root, segment(500))
	require.ErrorIs(t, err, profile.ErrInvalid)
	_, err = p.SaveSegment(t.Context(), root, segment(499))
	require.NoError(t, err, "one that is there is still answered")
}

package profile_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/memprofile"
)

// ids returns whom a group shows, by name.
func ids(g profile.Group) (out []string) {
	for _, p := range g.Sample {
		out = append(out, p.ID)
	}
	return out
}

func (p *portal) try(t *testing.T, name string, rule profile.Rule) profile.Trial {
	t.Helper()
	got, err := p.TrySegment(t.Context(), root, profile.Segment{Name: name, Rule: rule})
	require.NoError(t, err)
	return got
}

func TestTrySegment(t *testing.T) {
	p := newPortal(t)
	acme, partners := cond("account", profile.OpIn, "acme"), cond("role", profile.OpIn, "partner")
	got := p.try(t, "gold", acme)
	require.True(t, got.Opens)
	require.False(t, got.Opened)
	require.Equal(t, []string{"ann", "bob", "pia"}, ids(got.In))
	require.Equal(t, [2]int{3, 1}, [2]int{got.In.People, got.In.Accounts})
	require.Equal(t, got.In, got.Joins)
	require.Equal(t, got.In, got.Gains())
	require.Zero(t, got.Loses())
	require.Equal(t, 6, got.Looked)
	require.False(t, got.More)
	segments, err := p.Segments(t.Context(), root)
	require.NoError(t, err)
	require.Empty(t, segments, "nothing is kept")

	_, err = p.SaveSegment(t.Context(), root, profile.Segment{Name: "gold", Title: "Gold", Rule: partners})
	require.NoError(t, err)
	got = p.try(t, "gold", anyOf(cond("id", profile.OpIn, "ann", "carl")))
	require.Equal(t, []string{"ann", "carl"}, ids(got.Gains()))
	require.Equal(t, 2, got.Gains().Accounts)
	require.Equal(t, []string{"pia"}, ids(got.Loses()))
	got = p.try(t, "gold", allOf(partners, cond("language", profile.OpIn, "de")))
	require.False(t, got.Opens)
	require.Zero(t, got.In.People)
	require.Equal(t, []string{"pia"}, ids(got.Loses()), "what people say of themselves opens nothing")
	require.Zero(t, p.try(t, "gold", partners).Leaves.People)
}

// Who may not sign in is in no segment.
func TestTrySegmentCountsThoseWhoMaySignIn(t *testing.T) {
	p := newPortal(t)
	known := cond("id", profile.OpKnown)
	_, err := p.DisablePerson(t.Context(), root, "bob")
	require.NoError(t, err)
	zeta, err := p.Account(t.Context(), root, "zeta")
	require.NoError(t, err)
	zeta.Disabled = true
	_, err = p.SaveAccount(t.Context(), root, zeta)
	require.NoError(t, err)
	require.Equal(t, []string{"ann", "gus", "pia", "root"}, ids(p.try(t, "x", known).In))
}

// A rule that a field turns into what people say of themselves loses whoever it
// opened content for.
func TestTrySegmentMindsFields(t *testing.T) {
	p := newPortal(t)
	rule := cond("person.note", profile.OpPrefix, "secret")
	require.True(t, p.try(t, "x", rule).Opens)
	_, err := p.SaveField(t.Context(), root, profile.Field{Name: "note", Label: map[string]string{"en": "Note"}, Edit: profile.FieldBySelf})
	require.NoError(t, err)
	require.False(t, p.try(t, "x", rule).Opens)
}

// Counting is a way of reading, and nobody reads more by it.
func TestTrySegmentTellsNoMoreThanReading(t *testing.T) {
	local := profile.Role("local")
	policy := profile.DefaultPolicy()
	policy[local] = []profile.Permission{profile.PermissionSegmentsRead, profile.PermissionSegmentsWrite, profile.PermissionMembersRead}
	policy["lonely"] = policy[local][:2]
	facts := profile.FactsFunc(func(_ context.Context, p profile.Person, _ []string) (map[string][]string, error) {
		return map[string][]string{"visits": {"9"}}, nil
	})
	p := newPortal(t, func(o *profile.Options) { o.Policy, o.Facts = policy, facts })
	by := profile.Actor{ID: "bob", Account: "acme", Roles: []profile.Role{local}}
	try := func(by profile.Actor, rule profile.Rule) (profile.Trial, error) {
		return p.TrySegment(t.Context(), by, profile.Segment{Name: "x", Rule: rule})
	}
	got, err := try(by, cond("id", profile.OpKnown))
	require.NoError(t, err)
	require.Equal(t, []string{"ann", "bob", "pia"}, ids(got.In), "those of their own organisation")
	require.Empty(t, got.In.Sample[0].Attributes)
	for _, hidden := range []profile.Rule{cond("person.note", profile.OpKnown), cond("account.risk", profile.OpKnown)} {
		got, err = try(by, hidden)
		require.NoError(t, err)
		require.Zero(t, got.In.People, "what they do not see they do not find out")
	}
	visits := cond("behaviour.visits", profile.OpAtLeast, "1")
	_, err = try(by, visits)
	require.ErrorIs(t, err, profile.ErrForbidden, "what people do takes a permission of its own")
	_, err = try(by, cond("owned.hub", profile.OpKnown))
	require.ErrorIs(t, err, profile.ErrForbidden, "and so does what they own")
	_, err = p.SaveSegment(t.Context(), root, profile.Segment{Name: "x", Title: "X", Rule: visits})
	require.NoError(t, err)
	_, err = try(by, cond("id", profile.OpKnown))
	require.ErrorIs(t, err, profile.ErrForbidden, "who would leave it is about what they did as well")
	require.Equal(t, 6, p.try(t, "x", visits).In.People)
	_, err = try(profile.Actor{ID: "bob", Account: "acme", Roles: []profile.Role{"lonely"}}, cond("id", profile.OpKnown))
	require.ErrorIs(t, err, profile.ErrForbidden)
	_, err = try(p.as(t, "gus"), cond("id", profile.OpKnown))
	require.ErrorIs(t, err, profile.ErrForbidden)
	_, err = try(root, profile.Rule{})
	require.ErrorIs(t, err, profile.ErrInvalid)
}

// pagesOnly is a store that never gives out more than a page.
type pagesOnly struct {
	*memprofile.Store
	t     *testing.T
	pages int
}

func (s *pagesOnly) People(ctx context.Context, q profile.PersonQuery) ([]profile.Person, string, error) {
	require.LessOrEqual(s.t, q.Limit, 200)
	s.pages++
	return s.Store.People(ctx, q)
}

func TestTrySegmentIsBounded(t *testing.T) {
	store := &pagesOnly{Store: memprofile.New(), t: t}
	d := profile.NewDirectory(store, &profile.Options{TryPeople: 450})
	for i := range 500 {
		_, err := d.SavePerson(t.Context(), root, profile.Person{ID: fmt.Sprint("p", i), Name: fmt.Sprintf("P %03d", i)})
		require.NoError(t, err)
	}
	got, err := d.TrySegment(t.Context(), root, profile.Segment{Name: "x", Rule: cond("id", profile.OpKnown)})
	require.NoError(t, err)
	require.Equal(t, 450, got.Looked)
	require.Equal(t, 450, got.In.People)
	require.Len(t, got.In.Sample, 10)
	require.True(t, got.More)
	require.Equal(t, 3, store.pages)
}

// lister is Facts that say what they know.
type lister struct {
	profile.FactsFunc
	names []string
}

func (l lister) Known() (out []profile.FactInfo) {
	for _, name := range l.names {
		out = append(out, profile.FactInfo{Name: name, Type: profile.FieldNumber})
	}
	return out
}

func answering(value string, asked *[]string, err error, names ...string) lister {
	return lister{func(_ context.Context, _ profile.Person, names []string) (map[string][]string, error) {
		*asked = append(*asked, names...)
		out := map[string][]string{}
		for _, name := range append(names, "unasked") {
			out[name] = []string{value}
		}
		return out, err
	}, names}
}

func TestJoinFacts(t *testing.T) {
	var first, second, broken, rest []string
	anything := answering("4", &rest, nil)
	joined := profile.JoinFacts(
		answering("0", &broken, errors.New("no answer"), "down"), nil,
		profile.JoinFacts(answering("1", &first, nil, "visits", "both"), answering("2", &second, nil, "orders", "both")), anything.FactsFunc)
	known, err := joined.Facts(t.Context(), profile.Person{ID: "ann"}, []string{"both", "down", "orders", "other", "visits"})
	require.ErrorContains(t, err, "no answer")
	require.Equal(t, map[string][]string{"both": {"1"}, "down": {"4"}, "orders": {"2"}, "other": {"4"}, "visits": {"1"}}, known)
	require.Equal(t, []string{"both", "visits"}, first)
	require.Equal(t, []string{"both", "orders"}, second)
	require.Len(t, joined.Known(), 5)

	p := newPortal(t, func(o *profile.Options) { o.Facts = joined })
	for name, rule := range map[string]profile.Rule{
		"one": cond("behaviour.visits", profile.OpIn, "1"), "two": cond("behaviour.orders", profile.OpIn, "2"),
	} {
		_, err := p.SaveSegment(t.Context(), root, profile.Segment{Name: name, Title: "T", Rule: rule})
		require.NoError(t, err)
	}
	require.Equal(t, []string{"one", "two"}, p.as(t, "bob").Declared)
	require.Empty(t, p.as(t, "bob").Segments)

	infos, err := p.RuleFacts(t.Context(), root)
	require.NoError(t, err)
	byName := map[string]profile.FactInfo{}
	for _, i := range infos {
		byName[i.Name] = i
		require.NoError(t, cond(i.Name, profile.OpKnown).Validate(), i.Name)
		require.Equal(t, cond(i.Name, profile.OpKnown).Declared(), i.Declared, i.Name)
	}
	require.Equal(t, profile.FieldNumber, byName["behaviour.orders"].Type)
	_, err = p.RuleFacts(t.Context(), p.as(t, "bob"))
	require.ErrorIs(t, err, profile.ErrForbidden)
}

package profile_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/memprofile"
)

func TestActor(t *testing.T) {
	p := newPortal(t)
	for _, s := range []profile.Segment{
		{Name: "austria", Title: "T", Rule: cond("country", profile.OpIn, "AT")},
		{Name: "free", Title: "T", Rule: cond("plan", profile.OpIn, "free")},
		{Name: "risky", Title: "T", Rule: allOf(cond("account.risk", profile.OpIn, "high"), cond("person.note", profile.OpPrefix, "secret"))},
	} {
		_, err := p.SaveSegment(t.Context(), root, s)
		require.NoError(t, err)
	}
	person, err := p.store.Person(t.Context(), "bob")
	require.NoError(t, err)
	person.Locale, person.Zone = "de-AT", "Europe/Vienna"
	_, err = p.SavePerson(t.Context(), root, person)
	require.NoError(t, err)
	got, err := p.Actor(t.Context(), "bob")
	require.NoError(t, err)
	require.Equal(t, profile.Actor{
		ID: "bob", Account: "acme", Roles: []profile.Role{"customer"}, Segments: []string{"austria", "risky"},
		Locale: "de-AT", Zone: "Europe/Vienna", Name: "Name of bob", Assurance: profile.AssuranceSignIn,
	}, got)
	require.Equal(t, []string{"free"}, p.as(t, "carl").Segments)
}

func TestActorIsReadAnew(t *testing.T) {
	p := newPortal(t)
	p.as(t, "bob")
	_, err := p.DisablePerson(t.Context(), root, "bob")
	require.NoError(t, err)
	_, err = p.Actor(t.Context(), "bob")
	require.ErrorIs(t, err, profile.ErrNotFound, "disabled")

	account, err := p.Account(t.Context(), root, "acme")
	require.NoError(t, err)
	account.Disabled = true
	_, err = p.SaveAccount(t.Context(), root, account)
	require.NoError(t, err)
	_, err = p.Actor(t.Context(), "ann")
	require.ErrorIs(t, err, profile.ErrNotFound, "of a disabled account")

	require.NoError(t, p.RemovePerson(t.Context(), root, "carl"))
	_, err = p.Actor(t.Context(), "carl")
	require.ErrorIs(t, err, profile.ErrNotFound, "removed")
	_, err = p.Actor(t.Context(), "never was")
	require.ErrorIs(t, err, profile.ErrNotFound)
}

func TestNobodyDisablesTheirOwnAccount(t *testing.T) {
	p := newPortal(t)
	us, err := p.Account(t.Context(), root, "us")
	require.NoError(t, err)
	us.Disabled = true
	_, err = p.SaveAccount(t.Context(), p.as(t, "root"), us)
	require.ErrorIs(t, err, profile.ErrForbidden)
}

// A rule that another instance changed counts here after Options.RulesFor.
func TestRulesAreReadAgain(t *testing.T) {
	p := newPortal(t)
	require.Empty(t, p.as(t, "bob").Segments)
	rule := cond("id", profile.OpKnown)
	require.NoError(t, p.store.SaveSegment(t.Context(), profile.Segment{Name: "new", Rule: rule, Version: 1}))
	p.now = p.now.Add(999 * time.Millisecond)
	require.Empty(t, p.as(t, "bob").Segments)
	p.now = p.now.Add(time.Millisecond)
	require.Equal(t, []string{"new"}, p.as(t, "bob").Segments)
}

func TestUnusableRulesPutNobodyIn(t *testing.T) {
	p := newPortal(t)
	for name, rule := range map[string]profile.Rule{
		"empty": {}, "future": cond("id", "resembles", "bob"), "good": cond("id", profile.OpIn, "bob"),
	} {
		require.NoError(t, p.store.SaveSegment(t.Context(), profile.Segment{Name: name, Rule: rule, Version: 1}))
	}
	require.Equal(t, []string{"good"}, p.as(t, "bob").Segments)
}

func TestBehaviour(t *testing.T) {
	asked := 0
	fails := false
	p := newPortal(t, func(o *profile.Options) {
		o.Facts = profile.FactsFunc(func(_ context.Context, p profile.Person, names []string) (map[string][]string, error) {
			asked++
			require.Equal(t, []string{"searches", "visits"}, names)
			if fails {
				return map[string][]string{"visits": {"9"}}, errors.New("no answer")
			}
			if p.ID != "bob" {
				return nil, nil
			}
			return map[string][]string{"visits": {"12"}, "role": {"admin"}, "unasked": {"1"}}, nil
		})
	})
	p.as(t, "bob")
	require.Zero(t, asked, "no rule needs to know")
	for name, rule := range map[string]profile.Rule{
		"regular": cond("behaviour.visits", profile.OpAtLeast, "10"),
		"lost":    anyOf(cond("behaviour.searches", profile.OpAtLeast, "5"), allOf(cond("behaviour.searches", profile.OpNotIn, "1"))),
	} {
		_, err := p.SaveSegment(t.Context(), root, profile.Segment{Name: name, Title: "T", Rule: rule})
		require.NoError(t, err)
	}
	require.Equal(t, []string{"regular"}, p.as(t, "bob").Declared)
	require.Empty(t, p.as(t, "carl").Declared)
	fails = true
	require.Empty(t, p.as(t, "bob").Declared, "what cannot be told is not known")
	require.Equal(t, 3, asked)
}

// What people say of themselves or do opens nothing, whatever else a rule asks.
func TestNobodyTalksThemselvesIntoASegment(t *testing.T) {
	p := newPortal(t)
	german := cond("language", profile.OpIn, "de")
	rules := map[string]profile.Rule{
		"german": german, "tyrolean": cond("zone", profile.OpIn, "Europe/Vienna"), "formal": cond("locale", profile.OpIn, "de-AT"),
		"either": anyOf(cond("account", profile.OpIn, "acme"), german),
		"nested": allOf(cond("account", profile.OpIn, "acme"), anyOf(cond("plan", profile.OpIn, "x"), german)),
		"proven": cond("account", profile.OpIn, "acme"),
	}
	for name, rule := range rules {
		_, err := p.SaveSegment(t.Context(), root, profile.Segment{Name: name, Title: "T", Rule: rule})
		require.NoError(t, err)
	}
	bob, err := p.Person(t.Context(), root, "bob")
	require.NoError(t, err)
	bob.Locale, bob.Zone = "de-AT", "Europe/Vienna"
	_, err = p.SavePerson(t.Context(), p.as(t, "bob"), bob)
	require.NoError(t, err)
	actor := p.as(t, "bob")
	require.Equal(t, []string{"proven"}, actor.Segments)
	require.ElementsMatch(t, []string{"german", "tyrolean", "formal", "either", "nested"}, actor.Declared)
	for name := range rules {
		require.True(t, actor.In(name), name)
		require.Equal(t, name == "proven", actor.Sight().Admits(profile.Audience{name}), name)
	}
	require.True(t, actor.In(profile.SegmentSignedIn))
	require.False(t, actor.In("partner"))
}

// failing is a store that cannot be reached.
type failing struct {
	*memprofile.Store
	people, accounts, segments error
}

func (f *failing) Person(ctx context.Context, id string) (profile.Person, error) {
	if f.people != nil {
		return profile.Person{}, f.people
	}
	return f.Store.Person(ctx, id)
}

func (f *failing) Account(ctx context.Context, id string) (profile.Account, error) {
	if f.accounts != nil {
		return profile.Account{}, f.accounts
	}
	return f.Store.Account(ctx, id)
}

func (f *failing) Segments(ctx context.Context) ([]profile.Segment, error) {
	if f.segments != nil {
		return nil, f.segments
	}
	return f.Store.Segments(ctx)
}

// Whatever part of the store fails, the answer is an error and not somebody
// with fewer, or more, rights.
func TestActorFailsWithTheStore(t *testing.T) {
	p := newPortal(t)
	down := errors.New("down")
	for i, store := range []*failing{{people: down}, {accounts: down}, {segments: down}} {
		store.Store = p.store
		got, err := profile.NewDirectory(store, nil).Actor(t.Context(), "bob")
		require.ErrorIs(t, err, down, "%d", i)
		require.NotErrorIs(t, err, profile.ErrNotFound)
		require.Zero(t, got)
	}
	// An account that the directory does not know gives no facts.
	store := &failing{Store: p.store, accounts: profile.ErrNotFound}
	got, err := profile.NewDirectory(store, nil).Actor(t.Context(), "bob")
	require.NoError(t, err)
	require.Equal(t, "acme", got.Account)
}

func BenchmarkActor(b *testing.B) {
	store := memprofile.New()
	d := profile.NewDirectory(store, nil)
	_, err := d.SaveAccount(b.Context(), root, profile.Account{ID: "acme", Name: "Acme", Plan: "enterprise", Country: "AT", Products: []string{"hub"}})
	require.NoError(b, err)
	_, err = d.SaveRole(b.Context(), root, named("member.buyer", "members.read", "members.write"))
	require.NoError(b, err)
	_, err = d.SavePerson(b.Context(), root, profile.Person{ID: "ann", Name: "Ann", Account: "acme", Roles: []profile.Role{"customer", "member.buyer"}})
	require.NoError(b, err)
	for i := range 50 {
		_, err := d.SaveSegment(b.Context(), root, profile.Segment{
			Name: fmt.Sprint("s", i), Title: "T",
			Rule: anyOf(cond("plan", profile.OpIn, "free"), allOf(cond("country", profile.OpIn, "AT", "DE"), cond("product", profile.OpIn, "hub"))),
		})
		require.NoError(b, err)
	}
	b.ReportAllocs()
	for b.Loop() {
		a, err := d.Actor(b.Context(), "ann")
		if err != nil || len(a.Segments) != 50 || len(a.Grants) != 2 {
			b.Fatal(err)
		}
	}
}

// What the company knows that people have opens content, unlike what they do.
func TestOwnedFactsOpenContent(t *testing.T) {
	p := newPortal(t, func(o *profile.Options) {
		o.Owned = profile.FactsFunc(func(_ context.Context, p profile.Person, names []string) (map[string][]string, error) {
			require.Equal(t, []string{"product"}, names, "without the prefix, and none of the others'")
			return map[string][]string{"product": {"of " + p.ID}}, nil
		})
	})
	owns := cond("owned.product", profile.OpIn, "of bob")
	for name, rule := range map[string]profile.Rule{"owner": owns, "visitor": allOf(owns, cond("behaviour.visits", profile.OpKnown))} {
		_, err := p.SaveSegment(t.Context(), root, profile.Segment{Name: name, Title: "T", Rule: rule})
		require.NoError(t, err)
	}
	require.Equal(t, []string{"owner"}, p.as(t, "bob").Segments)
	require.Empty(t, p.as(t, "bob").Declared)
	require.Empty(t, p.as(t, "carl").Segments)
}

package profile_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/memprofile"
)

const idp = "oidc:https://id.example"

func newIdentities(p *portal) (*profile.Identities, *profile.Sessions) {
	s := newSessions(p, profile.SessionOptions{})
	return profile.NewIdentities(p.store, p.Directory, s), s
}

func link(t *testing.T, ids *profile.Identities, subject, person string) profile.Identity {
	t.Helper()
	i, err := ids.Link(t.Context(), root, profile.Identity{Via: idp, Subject: subject, Person: person})
	require.NoError(t, err)
	return i
}

func TestLinkIdentity(t *testing.T) {
	p := newPortal(t)
	ids, _ := newIdentities(p)
	_, err := ids.Actor(t.Context(), idp, "s-bob")
	require.ErrorIs(t, err, profile.ErrNotFound)
	made := link(t, ids, "s-bob", "bob")
	require.Equal(t, profile.Identity{Via: idp, Subject: "s-bob", Person: "bob", LinkedAt: day}, made)
	require.Equal(t, []string{"identity.linked person/bob by root"}, p.events.take())
	a, err := ids.Actor(t.Context(), idp, "s-bob")
	require.NoError(t, err)
	require.Equal(t, p.as(t, "bob"), a)

	p.now = day.Add(time.Hour)
	require.Equal(t, made, link(t, ids, "s-bob", "bob"), "twice is once")
	require.Empty(t, p.events.take())
	_, err = ids.Link(t.Context(), root, profile.Identity{Via: idp, Subject: "s-bob", Person: "carl"})
	require.ErrorIs(t, err, profile.ErrConflict)
	require.NotContains(t, err.Error(), "s-bob", "subjects stay out of logs")
	for _, other := range [][2]string{{"oidc:https://other.example", "s-bob"}, {idp, "S-bob"}, {idp, "bob"}, {idp, "bob@acme.example"}} {
		_, err = ids.Actor(t.Context(), other[0], other[1])
		require.ErrorIs(t, err, profile.ErrNotFound, other)
	}
}

func TestLinkIdentityTakesPower(t *testing.T) {
	p := newPortal(t)
	ids, _ := newIdentities(p)
	helper := profile.Actor{ID: "helper", Roles: []profile.Role{"helper"}}
	p2 := newPortal(t, func(o *profile.Options) {
		o.Policy = profile.DefaultPolicy()
		o.Policy["helper"] = []profile.Permission{profile.PermissionDirectoryRead, profile.PermissionDirectoryWrite}
	})
	ids2, _ := newIdentities(p2)
	for _, by := range []profile.Actor{{}, p.as(t, "bob"), p.as(t, "ann"), p.as(t, "gus")} {
		_, err := ids.Link(t.Context(), by, profile.Identity{Via: idp, Subject: "s", Person: "bob"})
		require.ErrorIs(t, err, profile.ErrForbidden, by.ID)
	}
	// Whoever links an identity to an administrator becomes one.
	_, err := ids2.Link(t.Context(), helper, profile.Identity{Via: idp, Subject: "s", Person: "root"})
	require.ErrorIs(t, err, profile.ErrForbidden)
	_, err = ids2.Link(t.Context(), helper, profile.Identity{Via: idp, Subject: "s", Person: "bob"})
	require.NoError(t, err)

	_, err = ids.Link(t.Context(), root, profile.Identity{Via: idp, Subject: "s", Person: "nobody"})
	require.ErrorIs(t, err, profile.ErrNotFound)
	for _, bad := range []profile.Identity{
		{Subject: "s", Person: "bob"}, {Via: idp, Person: "bob"}, {Via: idp, Subject: "s"},
		{Via: idp, Subject: strings.Repeat("s", 256), Person: "bob"}, {Via: strings.Repeat("v", 513), Subject: "s", Person: "bob"},
		{Via: idp, Subject: "a\x00b", Person: "bob"}, {Via: idp, Subject: "\xff", Person: "bob"}, {Via: idp, Subject: "a\nb", Person: "bob"},
	} {
		_, err = ids.Link(t.Context(), root, bad)
		require.ErrorIs(t, err, profile.ErrInvalid, "%+v", bad)
	}
}

// An identity of somebody who has left is nobody else's, whoever gets their ID.
func TestIdentityOfOneWhoLeft(t *testing.T) {
	p := newPortal(t)
	ids, _ := newIdentities(p)
	ctx := t.Context()
	link(t, ids, "s-bob", "bob")
	_, err := p.DisablePerson(ctx, root, "bob")
	require.NoError(t, err)
	refused := func() {
		t.Helper()
		_, err := ids.Actor(ctx, idp, "s-bob")
		require.ErrorIs(t, err, profile.ErrForbidden)
	}
	refused()
	require.NoError(t, p.RemovePerson(ctx, root, "bob"))
	refused()
	p.now = day.Add(time.Hour)
	p.add(t, "bob", "zeta", profile.RoleCustomer)
	refused()
	_, err = ids.Link(ctx, root, profile.Identity{Via: idp, Subject: "s-bob", Person: "bob"})
	require.ErrorIs(t, err, profile.ErrConflict)
	require.NoError(t, ids.Unlink(ctx, root, idp, "s-bob"))
	link(t, ids, "s-bob", "bob")
	a, err := ids.Actor(ctx, idp, "s-bob")
	require.NoError(t, err)
	require.Equal(t, "zeta", a.Account)
}

// The instance that links may have a clock behind that of the one that added.
func TestIdentityAndClocks(t *testing.T) {
	p := newPortal(t)
	ids, _ := newIdentities(p)
	p.now = day.Add(-time.Minute)
	link(t, ids, "s-bob", "bob")
	_, err := ids.Actor(t.Context(), idp, "s-bob")
	require.NoError(t, err)
}

func TestListAndUnlinkIdentities(t *testing.T) {
	p := newPortal(t)
	ids, s := newIdentities(p)
	ctx := t.Context()
	mine, other := link(t, ids, "s-bob", "bob"), link(t, ids, "s-carl", "carl")
	through, direct, carl := newBrowser(t), newBrowser(t), newBrowser(t)
	signIn(t, s, through, profile.SignIn{Person: "bob", Via: idp, Subject: "s-bob"})
	signIn(t, s, direct, profile.SignIn{Person: "bob", Via: "demo"})
	signIn(t, s, carl, profile.SignIn{Person: "carl", Via: idp, Subject: "s-carl"})
	p.events.take()

	for _, by := range []profile.Actor{{}, p.as(t, "carl"), p.as(t, "ann"), p.as(t, "gus")} {
		_, err := ids.List(ctx, by, "bob")
		require.ErrorIs(t, err, profile.ErrNotFound)
		require.ErrorIs(t, ids.Unlink(ctx, by, idp, "s-bob"), profile.ErrNotFound)
	}
	_, err := ids.List(ctx, profile.Actor{}, "")
	require.ErrorIs(t, err, profile.ErrNotFound)
	require.Equal(t, "bob", who(t, s, through))
	list, err := ids.List(ctx, p.as(t, "bob"), "bob")
	require.NoError(t, err)
	require.Equal(t, []profile.Identity{mine}, list)

	require.NoError(t, ids.Unlink(ctx, p.as(t, "bob"), idp, "s-bob"))
	require.Equal(t, []string{"identity.unlinked person/bob by bob"}, p.events.take())
	require.ErrorIs(t, ids.Unlink(ctx, p.as(t, "bob"), idp, "s-bob"), profile.ErrNotFound)
	require.Equal(t, []string{"!", "bob", "carl"}, []string{who(t, s, through), who(t, s, direct), who(t, s, carl)})
	list, err = ids.List(ctx, root, "carl")
	require.NoError(t, err)
	require.Equal(t, []profile.Identity{other}, list)
	require.NoError(t, ids.Unlink(ctx, root, idp, "s-carl"))
	require.Equal(t, "!", who(t, s, carl))
	require.ErrorIs(t, ids.Unlink(ctx, root, idp, "s-nobody"), profile.ErrNotFound)

	hosts := profile.NewIdentities(p.store, p.Directory, nil)
	link(t, hosts, "s", "bob")
	require.NoError(t, hosts.Unlink(ctx, root, idp, "s"))
}

func TestWelcome(t *testing.T) {
	p := newPortal(t)
	ids, s := newIdentities(p)
	ctx := t.Context()
	a, err := ids.Welcome(ctx, root, profile.Person{Name: "New", Email: "bob@acme.example"}, idp, "s-new")
	require.NoError(t, err)
	require.NotEqual(t, "bob", a.ID, "an address makes nobody somebody else")
	again, err := ids.Actor(ctx, idp, "s-new")
	require.NoError(t, err)
	require.Equal(t, a, again)

	for _, bad := range []profile.Person{{ID: "bob", Name: "Name of bob"}, {ID: "fresh", Name: "F"}, {Name: "F", Key: "k"}, {}} {
		_, err = ids.Welcome(ctx, root, bad, idp, "s-bad")
		require.ErrorIs(t, err, profile.ErrInvalid, "%+v", bad)
	}
	_, err = ids.Welcome(ctx, profile.Actor{}, profile.Person{Name: "F"}, idp, "s-bad")
	require.ErrorIs(t, err, profile.ErrForbidden)

	old := newBrowser(t)
	signIn(t, s, old, profile.SignIn{Person: "bob", Via: "demo"})
	a, err = ids.Welcome(ctx, root, profile.Person{ID: "bob", Version: 1}, idp, "s-bob")
	require.NoError(t, err)
	require.Equal(t, "bob", a.ID)
	require.Equal(t, "!", who(t, s, old), "who was signed in as bob had not proved to be this subject")
	_, err = ids.Welcome(ctx, root, profile.Person{ID: "carl", Version: 1}, idp, "s-bob")
	require.ErrorIs(t, err, profile.ErrConflict)
	_, err = ids.Welcome(ctx, root, profile.Person{ID: "nobody", Version: 1}, idp, "s-nobody")
	require.ErrorIs(t, err, profile.ErrNotFound)
}

// TestWelcomeTakesTheRightToLink: whoever may add people to their own account and
// link nobody leaves nobody behind without an identity.
func TestWelcomeTakesTheRightToLink(t *testing.T) {
	p := newPortal(t)
	ids, _ := newIdentities(p)
	count := func() (n int) {
		for _, err := range p.AllPeople(t.Context(), root, profile.PersonQuery{}) {
			require.NoError(t, err)
			n++
		}
		return n
	}
	before := count()
	_, err := p.SavePerson(t.Context(), p.as(t, "ann"), profile.Person{Name: "New", Account: "acme"})
	require.NoError(t, err)
	_, err = ids.Welcome(t.Context(), p.as(t, "ann"), profile.Person{Name: "New", Account: "acme"}, idp, "s-new")
	require.ErrorIs(t, err, profile.ErrForbidden)
	require.Equal(t, before+1, count())
}

// Two tabs in which somebody signs in for the first time make one person.
func TestWelcomeTwiceAtOnce(t *testing.T) {
	p := newPortal(t)
	ids, _ := newIdentities(p)
	count := func() (n int) {
		for _, err := range p.AllPeople(t.Context(), root, profile.PersonQuery{}) {
			require.NoError(t, err)
			n++
		}
		return n
	}
	before := count()
	var wg sync.WaitGroup
	failures := make([]error, 8)
	for i := range failures {
		wg.Go(func() {
			_, failures[i] = ids.Welcome(t.Context(), root, profile.Person{Name: "New"}, idp, "s-new")
		})
	}
	wg.Wait()
	won := 0
	for _, err := range failures {
		if err == nil {
			won++
			continue
		}
		require.True(t, errors.Is(err, profile.ErrConflict), err)
	}
	require.Equal(t, 1, won)
	require.Equal(t, before+1, count())
}

// interrupted are the identities and the sessions of a store, in whose calls
// something else happens.
type interrupted struct {
	*memprofile.Store
	ending, unlinking func() error
}

func (s interrupted) EndSessions(ctx context.Context, q profile.SessionQuery) (int, error) {
	if err := s.ending(); err != nil {
		return 0, err
	}
	return s.Store.EndSessions(ctx, q)
}

func (s interrupted) Unlink(ctx context.Context, i profile.Identity) error {
	if err := s.unlinking(); err != nil {
		return err
	}
	return s.Store.Unlink(ctx, i)
}

func TestUnlinkIsWholeOrRepeatable(t *testing.T) {
	p := newPortal(t)
	none := func() error { return nil }
	store := &interrupted{p.store, none, none}
	s := profile.NewSessions(store, p.Directory, &profile.SessionOptions{Now: func() time.Time { return p.now }})
	ids := profile.NewIdentities(store, p.Directory, s)
	link(t, ids, "s-bob", "bob")
	first, second := newBrowser(t), newBrowser(t)
	signIn(t, s, first, profile.SignIn{Person: "bob", Via: idp, Subject: "s-bob"})

	store.ending = func() error { return errors.New("down") }
	require.ErrorContains(t, ids.Unlink(t.Context(), root, idp, "s-bob"), "down")
	store.ending = none
	_, err := ids.Actor(t.Context(), idp, "s-bob")
	require.NoError(t, err, "a link whose sessions go on is not gone, so that unlinking can be repeated")

	store.unlinking = func() error {
		signIn(t, s, second, profile.SignIn{Person: "bob", Via: idp, Subject: "s-bob"})
		return nil
	}
	require.NoError(t, ids.Unlink(t.Context(), root, idp, "s-bob"))
	require.Equal(t, []string{"!", "!"}, []string{who(t, s, first), who(t, s, second)}, "nor does one that began meanwhile")
}

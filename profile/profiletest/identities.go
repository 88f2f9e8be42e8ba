package profiletest

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/suitetest"
	"github.com/stoa-go/stoa/profile"
)

// TestIdentityStore runs the contract of [profile.IdentityStore] as subtests.
// open must return an empty store each time it is called.
func TestIdentityStore(t *testing.T, open func(t *testing.T) profile.IdentityStore) {
	suitetest.Run(t, identityContract(), open)
}

func identityContract() []suitetest.Promise[profile.IdentityStore] {
	return []suitetest.Promise[profile.IdentityStore]{
		{"RoundTrip", "Identity and Identities return what Link was given, with times in UTC", checkIdentityRoundTrip},
		{"Bytes", "what differs in a byte, in Via or in Subject, is somebody else", checkIdentityBytes},
		{"Taken", "Link returns ErrConflict for a subject that is somebody already, and changes nothing", checkIdentityTaken},
		{"Race", "of concurrent links of one subject exactly one succeeds", checkIdentityRace},
		{"List", "Identities returns one person's, the oldest first and then by Via and Subject, at most 100", checkIdentityList},
		{"Unlink", "Unlink forgets the one identity that matches in all three fields", checkIdentityUnlink},
		{"BadText", "a NUL or what is not UTF-8 is ErrInvalid and nothing is kept", checkIdentityText},
		{"Cancelled", "a cancelled context stops a call, which returns its error", checkIdentityCancelled},
	}
}

func newIdentity(subject string, change ...func(*profile.Identity)) profile.Identity {
	i := profile.Identity{Via: "oidc:https://id.example", Subject: subject, Person: "ann", LinkedAt: t0}
	for _, f := range change {
		f(&i)
	}
	return i
}

func link(t *testing.T, s profile.IdentityStore, list ...profile.Identity) {
	t.Helper()
	for _, i := range list {
		require.NoError(t, s.Link(t.Context(), i))
	}
}

func subjects(t *testing.T, s profile.IdentityStore, person string) []string {
	t.Helper()
	list, err := s.Identities(t.Context(), person)
	require.NoError(t, err)
	out := []string{}
	for _, i := range list {
		out = append(out, i.Subject)
	}
	return out
}

func checkIdentityRoundTrip(t *testing.T, s profile.IdentityStore) {
	want := newIdentity("sub'$1 %_ \U0001F600 ?")
	given := want
	given.LinkedAt = want.LinkedAt.In(somewhere())
	link(t, s, given, newIdentity("other", func(i *profile.Identity) { i.Person = "bob" }))
	got, err := s.Identity(t.Context(), want.Via, want.Subject)
	require.NoError(t, err)
	require.Equal(t, want, got)
	list, err := s.Identities(t.Context(), "ann")
	require.NoError(t, err)
	require.Equal(t, []profile.Identity{want}, list)
	require.Empty(t, subjects(t, s, "nobody"))
}

func checkIdentityBytes(t *testing.T, s profile.IdentityStore) {
	link(t, s, newIdentity("Sub"))
	for _, c := range [][2]string{
		{"oidc:https://id.example", "sub"}, {"oidc:https://id.example", "Sub "}, {"oidc:https://id.example", "Su"}, {"oidc:https://id.example", ""},
		{"oidc:https://ID.example", "Sub"}, {"oidc:https://id.example/", "Sub"}, {"", "Sub"}, {"oidc:https://id.exampleS", "ub"},
	} {
		_, err := s.Identity(t.Context(), c[0], c[1])
		require.ErrorIs(t, err, profile.ErrNotFound, "%q", c)
	}
	require.Empty(t, subjects(t, s, "Ann"))
	link(t, s, newIdentity("sub"), newIdentity("Sub", func(i *profile.Identity) { i.Via = strings.ToUpper(i.Via) }))
	require.Len(t, subjects(t, s, "ann"), 3)
}

func checkIdentityTaken(t *testing.T, s profile.IdentityStore) {
	link(t, s, newIdentity("one"))
	for _, person := range []string{"ann", "bob"} {
		again := newIdentity("one", func(i *profile.Identity) { i.Person, i.LinkedAt = person, t0.Add(time.Hour) })
		require.ErrorIs(t, s.Link(t.Context(), again), profile.ErrConflict)
	}
	got, err := s.Identity(t.Context(), "oidc:https://id.example", "one")
	require.NoError(t, err)
	require.Equal(t, newIdentity("one"), got)
}

func checkIdentityRace(t *testing.T, s profile.IdentityStore) {
	won := suitetest.Race(t, profile.ErrConflict, func(i int) error {
		return s.Link(t.Context(), newIdentity("one", func(id *profile.Identity) { id.Person = numbered("p", i) }))
	})
	got, err := s.Identity(t.Context(), "oidc:https://id.example", "one")
	require.NoError(t, err)
	require.Equal(t, numbered("p", won), got.Person)
}

func checkIdentityList(t *testing.T, s profile.IdentityStore) {
	at := func(minutes int, via string) func(*profile.Identity) {
		return func(i *profile.Identity) { i.LinkedAt, i.Via = t0.Add(time.Duration(minutes)*time.Minute), via }
	}
	link(t, s, newIdentity("b", at(1, "x")), newIdentity("new", at(2, "x")), newIdentity("a", at(1, "x")), newIdentity("old", at(0, "x")),
		newIdentity("c", at(1, "X")), newIdentity("B", at(1, "x")))
	require.Equal(t, []string{"old", "c", "B", "a", "b", "new"}, subjects(t, s, "ann"))
	for i := range 100 {
		link(t, s, newIdentity(numbered("more", i), at(3+i, "x")))
	}
	list := subjects(t, s, "ann")
	require.Len(t, list, 100)
	require.Equal(t, "old", list[0])
}

func checkIdentityUnlink(t *testing.T, s profile.IdentityStore) {
	link(t, s, newIdentity("one"), newIdentity("two"), newIdentity("one", func(i *profile.Identity) { i.Via = "other" }))
	for _, wrong := range []profile.Identity{
		{}, newIdentity("three"), newIdentity("one", func(i *profile.Identity) { i.Person = "bob" }),
		newIdentity("one", func(i *profile.Identity) { i.Person = "" }), newIdentity("one", func(i *profile.Identity) { i.Via = "" }),
		newIdentity(""), newIdentity("ONE"),
	} {
		require.ErrorIs(t, s.Unlink(t.Context(), wrong), profile.ErrNotFound, "%+v", wrong)
	}
	require.Len(t, subjects(t, s, "ann"), 3)
	require.NoError(t, s.Unlink(t.Context(), newIdentity("one", func(i *profile.Identity) { i.LinkedAt = t0.Add(time.Hour) })))
	require.ErrorIs(t, s.Unlink(t.Context(), newIdentity("one")), profile.ErrNotFound)
	_, err := s.Identity(t.Context(), "oidc:https://id.example", "one")
	require.ErrorIs(t, err, profile.ErrNotFound)
	_, err = s.Identity(t.Context(), "other", "one")
	require.NoError(t, err)
	require.Equal(t, []string{"two", "one"}, subjects(t, s, "ann"))
	link(t, s, newIdentity("one", func(i *profile.Identity) { i.Person = "bob" }))
}

func checkIdentityText(t *testing.T, s profile.IdentityStore) {
	for _, bad := range []string{"a\x00b", "\xff"} {
		for _, change := range []func(*profile.Identity){
			func(i *profile.Identity) { i.Via = bad }, func(i *profile.Identity) { i.Subject = bad }, func(i *profile.Identity) { i.Person = bad },
		} {
			require.ErrorIs(t, s.Link(t.Context(), newIdentity("one", change)), profile.ErrInvalid)
		}
	}
	require.Empty(t, subjects(t, s, "ann"))
}

func checkIdentityCancelled(t *testing.T, s profile.IdentityStore) {
	link(t, s, newIdentity("one"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := s.Identity(ctx, "oidc:https://id.example", "one")
	require.ErrorIs(t, err, context.Canceled)
	_, err = s.Identities(ctx, "ann")
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorIs(t, s.Link(ctx, newIdentity("two")), context.Canceled)
	require.ErrorIs(t, s.Unlink(ctx, newIdentity("one")), context.Canceled)
	require.Equal(t, []string{"one"}, subjects(t, s, "ann"))
}

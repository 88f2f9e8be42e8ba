package profiletest

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/suitetest"
	"github.com/stoa-go/stoa/profile"
)

// TestConnectionStore runs the contract of [profile.ConnectionStore] as
// subtests. open must return an empty store each time it is called.
func TestConnectionStore(t *testing.T, open func(t *testing.T) profile.ConnectionStore) {
	suitetest.Run(t, connectionContract(), open)
}

func connectionContract() []suitetest.Promise[profile.ConnectionStore] {
	return []suitetest.Promise[profile.ConnectionStore]{
		{"RoundTrip", "every field comes back as MakeConnection was given it, by ID, by Secret and in lists, with times in UTC", checkConnectionRoundTrip},
		{"Bytes", "an ID and a Secret are found to the byte", checkConnectionBytes},
		{"Taken", "MakeConnection returns ErrConflict for an ID or a Secret that is taken, and changes nothing", checkConnectionTaken},
		{"Race", "of concurrent connections with one Secret exactly one is made", checkConnectionRace},
		{"List", "Connections returns those that match every field that is set, the newest first and then by ID, at most 200", checkConnectionList},
		{"Use", "UseConnection sets UsedAt of one, and never to an earlier time", checkConnectionUse},
		{"End", "EndConnection ends one, once, and it is still found", checkConnectionEnd},
		{"Maker", "ForgetMaker empties MadeBy of what one person made, and nothing else", checkConnectionMaker},
		{"BadText", "a NUL or what is not UTF-8 is ErrInvalid and nothing is kept", checkConnectionText},
		{"Cancelled", "a cancelled context stops a call, which returns its error", checkConnectionCancelled},
	}
}

func newConnection(id string, change ...func(*profile.Connection)) profile.Connection {
	c := profile.Connection{
		ID: id, Kind: profile.ConnectionDirectory, Name: "Okta", Account: "acme", MadeBy: "ann", MadeAt: t0, Secret: "secret " + id,
	}
	for _, f := range change {
		f(&c)
	}
	return c
}

func connect(t *testing.T, s profile.ConnectionStore, list ...profile.Connection) {
	t.Helper()
	for _, c := range list {
		require.NoError(t, s.MakeConnection(t.Context(), c))
	}
}

func connected(t *testing.T, s profile.ConnectionStore, q profile.ConnectionQuery) []string {
	t.Helper()
	list, err := s.Connections(t.Context(), q)
	require.NoError(t, err)
	out := []string{}
	for _, c := range list {
		out = append(out, c.ID)
	}
	return out
}

func checkConnectionRoundTrip(t *testing.T, s profile.ConnectionStore) {
	bare := newConnection("bare")
	want := profile.Connection{
		ID: "id'$1", Kind: profile.ConnectionWidget, Name: "n %_ \U0001F600 ?", Account: "", Staff: true, MadeBy: "bob", MadeAt: t0.Add(time.Hour),
		UsedAt: t0.Add(2 * time.Hour), EndedAt: t0.Add(3 * time.Hour), Secret: "s\"'",
	}
	given := want
	given.MadeAt, given.UsedAt, given.EndedAt = want.MadeAt.In(somewhere()), want.UsedAt.In(somewhere()), want.EndedAt.In(somewhere())
	connect(t, s, given, bare)
	for _, c := range []profile.Connection{want, bare} {
		got, err := s.Connection(t.Context(), c.ID)
		require.NoError(t, err)
		require.Equal(t, c, got)
		got, err = s.ConnectionWith(t.Context(), c.Secret)
		require.NoError(t, err)
		require.Equal(t, c, got)
	}
	list, err := s.Connections(t.Context(), profile.ConnectionQuery{})
	require.NoError(t, err)
	require.Equal(t, []profile.Connection{want, bare}, list)
}

func checkConnectionBytes(t *testing.T, s profile.ConnectionStore) {
	connect(t, s, newConnection("One"))
	for _, wrong := range []string{"", "one", "One ", "On", "secret One", "%"} {
		_, err := s.Connection(t.Context(), wrong)
		require.ErrorIs(t, err, profile.ErrNotFound, "%q", wrong)
	}
	for _, wrong := range []string{"", "secret one", "secret One ", "One", "%"} {
		_, err := s.ConnectionWith(t.Context(), wrong)
		require.ErrorIs(t, err, profile.ErrNotFound, "%q", wrong)
	}
	connect(t, s, newConnection("one"))
}

func checkConnectionTaken(t *testing.T, s profile.ConnectionStore) {
	connect(t, s, newConnection("one"))
	sameID := newConnection("one", func(c *profile.Connection) { c.Secret, c.Name = "other", "Other" })
	sameSecret := newConnection("two", func(c *profile.Connection) { c.Secret = "secret one" })
	require.ErrorIs(t, s.MakeConnection(t.Context(), sameID), profile.ErrConflict)
	require.ErrorIs(t, s.MakeConnection(t.Context(), sameSecret), profile.ErrConflict)
	got, err := s.Connection(t.Context(), "one")
	require.NoError(t, err)
	require.Equal(t, newConnection("one"), got)
	require.Equal(t, []string{"one"}, connected(t, s, profile.ConnectionQuery{}))
}

func checkConnectionRace(t *testing.T, s profile.ConnectionStore) {
	won := suitetest.Race(t, profile.ErrConflict, func(i int) error {
		return s.MakeConnection(t.Context(), newConnection(numbered("c", i), func(c *profile.Connection) { c.Secret = "one" }))
	})
	got, err := s.ConnectionWith(t.Context(), "one")
	require.NoError(t, err)
	require.Equal(t, numbered("c", won), got.ID)
}

func checkConnectionList(t *testing.T, s profile.ConnectionStore) {
	at := func(minutes int) func(*profile.Connection) {
		return func(c *profile.Connection) { c.MadeAt = t0.Add(time.Duration(minutes) * time.Minute) }
	}
	widget := func(c *profile.Connection) { c.Kind = profile.ConnectionWidget }
	bobs := func(c *profile.Connection) { c.MadeBy = "bob" }
	ended := func(c *profile.Connection) { c.EndedAt = t0 }
	connect(t, s, newConnection("b", at(1)), newConnection("new", at(2), widget), newConnection("a", at(1), bobs), newConnection("old", at(0), ended), newConnection("B", at(1), bobs, widget, ended))
	require.Equal(t, []string{"new", "B", "a", "b", "old"}, connected(t, s, profile.ConnectionQuery{}))
	require.Equal(t, []string{"new", "B"}, connected(t, s, profile.ConnectionQuery{Kind: profile.ConnectionWidget}))
	require.Equal(t, []string{"B", "a"}, connected(t, s, profile.ConnectionQuery{MadeBy: "bob"}))
	require.Equal(t, []string{"new", "a", "b"}, connected(t, s, profile.ConnectionQuery{Open: true}))
	require.Equal(t, []string{"a"}, connected(t, s, profile.ConnectionQuery{Kind: profile.ConnectionDirectory, MadeBy: "bob", Open: true}))
	require.Empty(t, connected(t, s, profile.ConnectionQuery{MadeBy: "carl"}))
	for i := range 200 {
		connect(t, s, newConnection(numbered("more", i), at(3+i)))
	}
	list := connected(t, s, profile.ConnectionQuery{})
	require.Len(t, list, 200)
	require.Equal(t, numbered("more", 199), list[0])
}

func checkConnectionUse(t *testing.T, s profile.ConnectionStore) {
	connect(t, s, newConnection("one"), newConnection("two"))
	for _, minutes := range []int{1, 5, 3} {
		require.NoError(t, s.UseConnection(t.Context(), "one", t0.Add(time.Duration(minutes)*time.Minute).In(somewhere())))
	}
	require.NoError(t, s.UseConnection(t.Context(), "nobody", t0))
	got, err := s.Connection(t.Context(), "one")
	require.NoError(t, err)
	require.Equal(t, newConnection("one", func(c *profile.Connection) { c.UsedAt = t0.Add(5 * time.Minute) }), got)
	other, err := s.Connection(t.Context(), "two")
	require.NoError(t, err)
	require.Equal(t, newConnection("two"), other)
}

func checkConnectionEnd(t *testing.T, s profile.ConnectionStore) {
	connect(t, s, newConnection("one"), newConnection("two"))
	require.NoError(t, s.EndConnection(t.Context(), "one", t0.Add(time.Hour)))
	require.ErrorIs(t, s.EndConnection(t.Context(), "one", t0.Add(2*time.Hour)), profile.ErrNotFound)
	require.ErrorIs(t, s.EndConnection(t.Context(), "nobody", t0), profile.ErrNotFound)
	got, err := s.ConnectionWith(t.Context(), "secret one")
	require.NoError(t, err)
	require.Equal(t, newConnection("one", func(c *profile.Connection) { c.EndedAt = t0.Add(time.Hour) }), got)
	other, err := s.Connection(t.Context(), "two")
	require.NoError(t, err)
	require.Equal(t, newConnection("two"), other)
}

func checkConnectionMaker(t *testing.T, s profile.ConnectionStore) {
	bobs := newConnection("bobs", func(c *profile.Connection) { c.MadeBy = "bob" })
	connect(t, s, newConnection("one"), newConnection("two"), bobs)
	n, err := s.ForgetMaker(t.Context(), "ann")
	require.NoError(t, err)
	require.Equal(t, 2, n)
	for _, nobody := range []string{"ann", "", "Bob"} {
		n, err = s.ForgetMaker(t.Context(), nobody)
		require.NoError(t, err)
		require.Zero(t, n, "%q", nobody)
	}
	got, err := s.Connection(t.Context(), "one")
	require.NoError(t, err)
	require.Equal(t, newConnection("one", func(c *profile.Connection) { c.MadeBy = "" }), got)
	got, err = s.Connection(t.Context(), "bobs")
	require.NoError(t, err)
	require.Equal(t, bobs, got)
}

func checkConnectionText(t *testing.T, s profile.ConnectionStore) {
	for _, bad := range []string{"a\x00b", "\xff"} {
		for _, change := range []func(*profile.Connection){
			func(c *profile.Connection) { c.ID = bad }, func(c *profile.Connection) { c.Kind = profile.ConnectionKind(bad) },
			func(c *profile.Connection) { c.Name = bad }, func(c *profile.Connection) { c.Account = bad },
			func(c *profile.Connection) { c.MadeBy = bad }, func(c *profile.Connection) { c.Secret = bad },
		} {
			require.ErrorIs(t, s.MakeConnection(t.Context(), newConnection("one", change)), profile.ErrInvalid)
		}
	}
	require.Empty(t, connected(t, s, profile.ConnectionQuery{}))
}

func checkConnectionCancelled(t *testing.T, s profile.ConnectionStore) {
	connect(t, s, newConnection("one"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := s.Connection(ctx, "one")
	require.ErrorIs(t, err, context.Canceled)
	_, err = s.ConnectionWith(ctx, "secret one")
	require.ErrorIs(t, err, context.Canceled)
	_, err = s.Connections(ctx, profile.ConnectionQuery{})
	require.ErrorIs(t, err, context.Canceled)
	_, err = s.ForgetMaker(ctx, "ann")
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorIs(t, s.MakeConnection(ctx, newConnection("two")), context.Canceled)
	require.ErrorIs(t, s.UseConnection(ctx, "one", t0), context.Canceled)
	require.ErrorIs(t, s.EndConnection(ctx, "one", t0), context.Canceled)
	got, err := s.Connection(t.Context(), "one")
	require.NoError(t, err)
	require.Equal(t, newConnection("one"), got)
}

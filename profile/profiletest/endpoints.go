package profiletest

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/suitetest"
	"github.com/stoa-go/stoa/profile"
)

// TestEndpointStore runs the contract of [profile.EndpointStore] as subtests.
// open must return an empty store each time it is called.
func TestEndpointStore(t *testing.T, open func(t *testing.T) profile.EndpointStore) {
	suitetest.Run(t, endpointContract(), open)
}

func endpointContract() []suitetest.Promise[profile.EndpointStore] {
	return []suitetest.Promise[profile.EndpointStore]{
		{"RoundTrip", "Endpoints returns what SaveEndpoint was given, with times in UTC", checkEndpointRoundTrip},
		{"Moves", "SaveEndpoint replaces what has the ID, whoever it belonged to", checkEndpointMoves},
		{"List", "Endpoints returns one person's on one channel, the newest first and then by ID, at most 50", checkEndpointList},
		{"Remove", "RemoveEndpoints forgets what matches every field that is set, and nothing else", checkEndpointRemove},
		{"Sessions", "a store of sessions forgets what goes with one that ends, or has it go with the next one, and leaves the rest", checkEndpointSessions},
		{"Text", "a NUL or what is not UTF-8 is ErrInvalid and nothing is kept", checkEndpointText},
		{"Cancelled", "a cancelled context stops a call, which returns its error", checkEndpointCancelled},
	}
}

func newEndpoint(id string, change ...func(*profile.Endpoint)) profile.Endpoint {
	e := profile.Endpoint{
		ID: id, Person: "ann", Channel: "push", Address: "https://push.example/'$1?%_", Data: map[string]string{"auth": "x", "p256dh": "y"},
		Agent: "Browser \U0001F600", Session: "s1", CreatedAt: t0,
	}
	for _, f := range change {
		f(&e)
	}
	return e
}

func endpointIDs(t *testing.T, s profile.EndpointStore, person, channel string) []string {
	t.Helper()
	list, err := s.Endpoints(t.Context(), person, channel)
	require.NoError(t, err)
	out := []string{}
	for _, e := range list {
		out = append(out, e.ID)
	}
	return out
}

func saveEndpoints(t *testing.T, s profile.EndpointStore, list ...profile.Endpoint) {
	t.Helper()
	for _, e := range list {
		require.NoError(t, s.SaveEndpoint(t.Context(), e))
	}
}

func checkEndpointRoundTrip(t *testing.T, s profile.EndpointStore) {
	given := newEndpoint("e1", func(e *profile.Endpoint) { e.CreatedAt = t0.In(somewhere()) })
	saveEndpoints(t, s, given)
	given.Data["auth"] = "changed by the caller"
	for range 2 {
		list, err := s.Endpoints(t.Context(), "ann", "push")
		require.NoError(t, err)
		require.Equal(t, []profile.Endpoint{newEndpoint("e1")}, list)
		list[0].Data["auth"] = "changed by the reader"
	}
}

func checkEndpointMoves(t *testing.T, s profile.EndpointStore) {
	bobs := newEndpoint("e1", func(e *profile.Endpoint) {
		e.Person, e.Address, e.Data, e.Agent, e.Session, e.CreatedAt = "bob", "https://other.example", map[string]string{"auth": "z"}, "", "s2", t0.Add(time.Hour)
	})
	saveEndpoints(t, s, newEndpoint("e1"), bobs)
	require.Empty(t, endpointIDs(t, s, "ann", "push"))
	list, err := s.Endpoints(t.Context(), "bob", "push")
	require.NoError(t, err)
	require.Equal(t, []profile.Endpoint{bobs}, list)
}

func checkEndpointList(t *testing.T, s profile.EndpointStore) {
	made := func(minutes int) func(*profile.Endpoint) {
		return func(e *profile.Endpoint) { e.CreatedAt = t0.Add(time.Duration(minutes) * time.Minute) }
	}
	saveEndpoints(t, s, newEndpoint("b", made(1)), newEndpoint("old"), newEndpoint("new", made(2)), newEndpoint("B", made(1)),
		newEndpoint("sms", func(e *profile.Endpoint) { e.Channel = "sms" }), newEndpoint("bob", func(e *profile.Endpoint) { e.Person = "bob" }))
	require.Equal(t, []string{"new", "B", "b", "old"}, endpointIDs(t, s, "ann", "push"))
	for i := range 50 {
		saveEndpoints(t, s, newEndpoint(numbered("more", i), made(10+i)))
	}
	ids := endpointIDs(t, s, "ann", "push")
	require.Len(t, ids, 50)
	require.Equal(t, "more49", ids[0])
}

func checkEndpointRemove(t *testing.T, s profile.EndpointStore) {
	for _, c := range []struct {
		q    profile.EndpointQuery
		left []string
	}{
		{profile.EndpointQuery{ID: "a1"}, []string{"a2", "sms", "b1"}},
		{profile.EndpointQuery{ID: "a1", Person: "bob"}, []string{"a1", "a2", "sms", "b1"}},
		{profile.EndpointQuery{Person: "ann"}, []string{"b1"}},
		{profile.EndpointQuery{Channel: "push"}, []string{"sms"}},
		{profile.EndpointQuery{Person: "ann", Channel: "push"}, []string{"sms", "b1"}},
	} {
		saveEndpoints(t, s, newEndpoint("a1"), newEndpoint("a2"), newEndpoint("sms", func(e *profile.Endpoint) { e.Channel = "sms" }),
			newEndpoint("b1", func(e *profile.Endpoint) { e.Person = "bob" }))
		n, err := s.RemoveEndpoints(t.Context(), c.q)
		require.NoError(t, err)
		require.Equal(t, 4-len(c.left), n, "%+v", c.q)
		left := append(append(endpointIDs(t, s, "ann", "push"), endpointIDs(t, s, "ann", "sms")...), endpointIDs(t, s, "bob", "push")...)
		require.Equal(t, c.left, left, "%+v", c.q)
	}
	_, err := s.RemoveEndpoints(t.Context(), profile.EndpointQuery{})
	require.ErrorIs(t, err, profile.ErrInvalid)
}

func checkEndpointSessions(t *testing.T, s profile.EndpointStore) {
	sessions, ok := s.(profile.SessionStore)
	if !ok {
		t.Skip("the store keeps no sessions")
	}
	with := func(session string) func(*profile.Endpoint) { return func(e *profile.Endpoint) { e.Session = session } }
	for _, c := range []struct {
		q    profile.SessionQuery
		left []string
	}{
		{profile.SessionQuery{ID: "s1"}, []string{"e2", "none"}},
		{profile.SessionQuery{Person: "ann", Except: "s1"}, []string{"e1", "none"}},
		{profile.SessionQuery{Person: "ann"}, []string{"none"}},
		{profile.SessionQuery{Expired: t0}, []string{"e1", "e2", "none"}},
		{profile.SessionQuery{ID: "s1", Next: "s2"}, []string{"e1", "e2", "none"}},
	} {
		startSessions(t, sessions, newSession("s1"), newSession("s2"))
		saveEndpoints(t, s, newEndpoint("e1", with("s1")), newEndpoint("e2", with("s2")), newEndpoint("none", with("")))
		_, err := sessions.EndSessions(t.Context(), c.q)
		require.NoError(t, err)
		require.Equal(t, c.left, endpointIDs(t, s, "ann", "push"), "%+v", c.q)
		_, err = sessions.EndSessions(t.Context(), profile.SessionQuery{Person: "ann"})
		require.NoError(t, err)
		require.Equal(t, []string{"none"}, endpointIDs(t, s, "ann", "push"), "after %+v", c.q)
	}
}

func checkEndpointText(t *testing.T, s profile.EndpointStore) {
	for _, bad := range []string{"a\x00b", "\xff"} {
		require.ErrorIs(t, s.SaveEndpoint(t.Context(), newEndpoint("e1", func(e *profile.Endpoint) { e.Address = bad })), profile.ErrInvalid)
		require.ErrorIs(t, s.SaveEndpoint(t.Context(), newEndpoint("e1", func(e *profile.Endpoint) { e.Data = map[string]string{"k": bad} })), profile.ErrInvalid)
	}
	require.Empty(t, endpointIDs(t, s, "ann", "push"))
}

func checkEndpointCancelled(t *testing.T, s profile.EndpointStore) {
	saveEndpoints(t, s, newEndpoint("e1"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := s.Endpoints(ctx, "ann", "push")
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorIs(t, s.SaveEndpoint(ctx, newEndpoint("e2")), context.Canceled)
	_, err = s.RemoveEndpoints(ctx, profile.EndpointQuery{ID: "e1"})
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, []string{"e1"}, endpointIDs(t, s, "ann", "push"))
}

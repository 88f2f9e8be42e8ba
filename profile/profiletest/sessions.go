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

// TestSessionStore runs the contract of [profile.SessionStore] as subtests. open
// must return an empty store each time it is called.
func TestSessionStore(t *testing.T, open func(t *testing.T) profile.SessionStore) {
	suitetest.Run(t, sessionContract(), open)
}

func sessionContract() []suitetest.Promise[profile.SessionStore] {
	return []suitetest.Promise[profile.SessionStore]{
		{"RoundTrip", "Session and Sessions return what StartSession was given, with times in UTC", checkSessionRoundTrip},
		{"Taken", "StartSession returns ErrConflict for an ID or a Secret that exists, and changes nothing", checkSessionTaken},
		{"Race", "of concurrent sessions with one Secret exactly one starts", checkSessionRace},
		{"List", "Sessions returns one person's, the newest first and then by ID, at most 200", checkSessionList},
		{"See", "SeeSession moves SeenAt forward only, and only of the session with the ID", checkSessionSee},
		{"View", "ViewSession sets Viewing of the session with the ID and of no other, or returns ErrNotFound", checkSessionView},
		{"EndViews", "EndViews empties Viewing of all sessions that have the person there, and of no other", checkSessionEndViews},
		{"End", "EndSessions forgets what matches every field that is set, and nothing else", checkSessionEnd},
		{"EndNothing", "a query that would select everything is ErrInvalid and ends nothing", checkSessionEndNothing},
		{"BadText", "a NUL or what is not UTF-8 is ErrInvalid and nothing is kept", checkSessionText},
		{"Cancelled", "a cancelled context stops a call, which returns its error", checkSessionCancelled},
	}
}

func newSession(id string, change ...func(*profile.Session)) profile.Session {
	s := profile.Session{
		ID: id, Person: "ann", Via: "oidc:https://id.example", Subject: "sub'$1", Ticket: "sid-" + id, Assurance: profile.AssuranceSignIn,
		Agent: "Browser \U0001F600 %_", StartedAt: t0, SeenAt: t0.Add(time.Minute), ExpiresAt: t0.Add(time.Hour), Secret: "hash of " + id,
	}
	for _, f := range change {
		f(&s)
	}
	return s
}

func startSessions(t *testing.T, s profile.SessionStore, list ...profile.Session) {
	t.Helper()
	for _, one := range list {
		require.NoError(t, s.StartSession(t.Context(), one))
	}
}

func sessionIDs(t *testing.T, s profile.SessionStore, person string) []string {
	t.Helper()
	list, err := s.Sessions(t.Context(), person)
	require.NoError(t, err)
	out := []string{}
	for _, one := range list {
		out = append(out, one.ID)
	}
	return out
}

func checkSessionRoundTrip(t *testing.T, s profile.SessionStore) {
	want := newSession("s1", func(s *profile.Session) { s.Assurance, s.Viewing = profile.AssuranceStrong, "bob" })
	given := want
	given.StartedAt, given.SeenAt, given.ExpiresAt = want.StartedAt.In(somewhere()), want.SeenAt.In(somewhere()), want.ExpiresAt.In(somewhere())
	startSessions(t, s, given, newSession("s2", func(s *profile.Session) { s.Person = "bob" }))
	got, err := s.Session(t.Context(), want.Secret)
	require.NoError(t, err)
	require.Equal(t, want, got)
	list, err := s.Sessions(t.Context(), "ann")
	require.NoError(t, err)
	require.Equal(t, []profile.Session{want}, list)
	for _, unknown := range []string{"", "s1", strings.ToUpper(want.Secret)} {
		_, err = s.Session(t.Context(), unknown)
		require.ErrorIs(t, err, profile.ErrNotFound, unknown)
	}
	require.Empty(t, sessionIDs(t, s, "Ann"))
}

func checkSessionTaken(t *testing.T, s profile.SessionStore) {
	startSessions(t, s, newSession("s1"))
	require.ErrorIs(t, s.StartSession(t.Context(), newSession("s1", func(s *profile.Session) { s.Secret = "other" })), profile.ErrConflict)
	require.ErrorIs(t, s.StartSession(t.Context(), newSession("s2", func(s *profile.Session) { s.Secret = "hash of s1" })), profile.ErrConflict)
	got, err := s.Session(t.Context(), "hash of s1")
	require.NoError(t, err)
	require.Equal(t, newSession("s1"), got)
	require.Equal(t, []string{"s1"}, sessionIDs(t, s, "ann"))
}

func checkSessionRace(t *testing.T, s profile.SessionStore) {
	suitetest.Race(t, profile.ErrConflict, func(i int) error {
		return s.StartSession(t.Context(), newSession(numbered("s", i), func(s *profile.Session) { s.Secret = "same" }))
	})
	require.Len(t, sessionIDs(t, s, "ann"), 1)
}

func checkSessionList(t *testing.T, s profile.SessionStore) {
	at := func(minutes int) func(*profile.Session) {
		return func(s *profile.Session) { s.StartedAt = t0.Add(time.Duration(minutes) * time.Minute) }
	}
	startSessions(t, s, newSession("b", at(1)), newSession("old", at(0)), newSession("new", at(2)), newSession("a", at(1)), newSession("B", at(1)))
	require.Equal(t, []string{"new", "B", "a", "b", "old"}, sessionIDs(t, s, "ann"))
	for i := range 200 {
		startSessions(t, s, newSession(numbered("more", i), at(3+i)))
	}
	ids := sessionIDs(t, s, "ann")
	require.Len(t, ids, 200)
	require.Equal(t, "more199", ids[0])
}

func checkSessionSee(t *testing.T, s profile.SessionStore) {
	startSessions(t, s, newSession("s1"), newSession("s2"))
	later := t0.Add(30 * time.Minute)
	require.NoError(t, s.SeeSession(t.Context(), "s1", later.In(somewhere())))
	require.NoError(t, s.SeeSession(t.Context(), "s1", t0))
	require.NoError(t, s.SeeSession(t.Context(), "nobody", later))
	for id, want := range map[string]time.Time{"s1": later, "s2": newSession("s2").SeenAt} {
		got, err := s.Session(t.Context(), "hash of "+id)
		require.NoError(t, err)
		require.Equal(t, newSession(id, func(s *profile.Session) { s.SeenAt = want }), got)
	}
}

func checkSessionView(t *testing.T, s profile.SessionStore) {
	startSessions(t, s, newSession("s1"), newSession("s2"))
	require.NoError(t, s.ViewSession(t.Context(), "s1", "bob"))
	for id, want := range map[string]string{"s1": "bob", "s2": ""} {
		got, err := s.Session(t.Context(), "hash of "+id)
		require.NoError(t, err)
		require.Equal(t, newSession(id, func(s *profile.Session) { s.Viewing = want }), got)
	}
	require.NoError(t, s.ViewSession(t.Context(), "s1", ""))
	got, err := s.Session(t.Context(), "hash of s1")
	require.NoError(t, err)
	require.Equal(t, newSession("s1"), got)
	require.ErrorIs(t, s.ViewSession(t.Context(), "nobody", "bob"), profile.ErrNotFound)
	require.ErrorIs(t, s.ViewSession(t.Context(), "s1", "a\x00"), profile.ErrInvalid)
}

func checkSessionEndViews(t *testing.T, s profile.SessionStore) {
	as := func(person string) func(*profile.Session) { return func(s *profile.Session) { s.Viewing = person } }
	startSessions(t, s, newSession("s1", as("bob")), newSession("s2", as("bob2")), newSession("s3"), newSession("s4", as("bob")))
	for _, c := range []struct {
		person string
		want   int
	}{{"", 0}, {"bo", 0}, {"a\x00", 0}, {"bob", 2}, {"bob", 0}} {
		n, err := s.EndViews(t.Context(), c.person)
		require.NoError(t, err)
		require.Equal(t, c.want, n, c.person)
	}
	for id, want := range map[string]string{"s1": "", "s2": "bob2", "s3": "", "s4": ""} {
		got, err := s.Session(t.Context(), newSession(id).Secret)
		require.NoError(t, err)
		require.Equal(t, want, got.Viewing)
	}
}

func checkSessionEnd(t *testing.T, s profile.SessionStore) {
	all := []profile.Session{
		newSession("s1"), newSession("s2"), newSession("bob", func(s *profile.Session) { s.Person, s.Subject = "bob", "b" }),
		newSession("demo", func(s *profile.Session) { s.Via, s.Subject, s.Ticket = "demo", "", "" }),
		newSession("idle", func(s *profile.Session) { s.SeenAt = t0.Add(-time.Hour) }),
		newSession("over", func(s *profile.Session) { s.ExpiresAt = t0 }),
	}
	for _, c := range []struct {
		q    profile.SessionQuery
		want string
	}{
		{profile.SessionQuery{ID: "s1"}, "s1"},
		{profile.SessionQuery{ID: "s1", Person: "bob"}, ""},
		{profile.SessionQuery{Person: "ann"}, "demo idle over s1 s2"},
		{profile.SessionQuery{Person: "ann", Except: "s2"}, "demo idle over s1"},
		{profile.SessionQuery{Via: "demo"}, "demo"},
		{profile.SessionQuery{Via: "oidc:https://id.example", Subject: "b"}, "bob"},
		{profile.SessionQuery{Via: "oidc:https://id.example", Ticket: "sid-s2"}, "s2"},
		{profile.SessionQuery{Via: "oidc:https://id.example", Subject: "b", Ticket: "sid-s2"}, ""},
		{profile.SessionQuery{Unseen: t0}, "idle"},
		{profile.SessionQuery{Unseen: t0.Add(-time.Hour)}, ""},
		{profile.SessionQuery{Expired: t0}, "over"},
		{profile.SessionQuery{Expired: t0.Add(-time.Microsecond)}, ""},
	} {
		startSessions(t, s, all...)
		want := strings.Fields(c.want)
		n, err := s.EndSessions(t.Context(), c.q)
		require.NoError(t, err)
		require.Equal(t, len(want), n, "%+v", c.q)
		for _, one := range all {
			_, err := s.Session(t.Context(), one.Secret)
			if strings.Contains(" "+c.want+" ", " "+one.ID+" ") {
				require.ErrorIs(t, err, profile.ErrNotFound, "%s after %+v", one.ID, c.q)
			} else {
				require.NoError(t, err, "%s after %+v", one.ID, c.q)
			}
		}
		for _, person := range []string{"ann", "bob"} {
			_, err := s.EndSessions(t.Context(), profile.SessionQuery{Person: person})
			require.NoError(t, err)
		}
	}
}

func checkSessionEndNothing(t *testing.T, s profile.SessionStore) {
	startSessions(t, s, newSession("s1"))
	for _, q := range []profile.SessionQuery{{}, {Except: "s2"}} {
		n, err := s.EndSessions(t.Context(), q)
		require.ErrorIs(t, err, profile.ErrInvalid)
		require.Zero(t, n)
	}
	require.Equal(t, []string{"s1"}, sessionIDs(t, s, "ann"))
}

func checkSessionText(t *testing.T, s profile.SessionStore) {
	for _, bad := range []string{"a\x00b", "\xff"} {
		require.ErrorIs(t, s.StartSession(t.Context(), newSession("s1", func(s *profile.Session) { s.Agent = bad })), profile.ErrInvalid)
	}
	require.Empty(t, sessionIDs(t, s, "ann"))
}

func checkSessionCancelled(t *testing.T, s profile.SessionStore) {
	startSessions(t, s, newSession("s1"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := s.Session(ctx, "hash of s1")
	require.ErrorIs(t, err, context.Canceled)
	_, err = s.Sessions(ctx, "ann")
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorIs(t, s.StartSession(ctx, newSession("s2")), context.Canceled)
	require.ErrorIs(t, s.SeeSession(ctx, "s1", t0.Add(time.Hour)), context.Canceled)
	require.ErrorIs(t, s.ViewSession(ctx, "s1", "bob"), context.Canceled)
	_, err = s.EndViews(ctx, "bob")
	require.ErrorIs(t, err, context.Canceled)
	_, err = s.EndSessions(ctx, profile.SessionQuery{ID: "s1"})
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, []string{"s1"}, sessionIDs(t, s, "ann"))
}

package profiletest

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/suitetest"
	"github.com/stoa-go/stoa/profile"
)

// TestLinkStore runs the contract of [profile.LinkStore] as subtests. open must
// return an empty store each time it is called.
func TestLinkStore(t *testing.T, open func(t *testing.T) profile.LinkStore) {
	suitetest.Run(t, linkContract(), open)
}

func linkContract() []suitetest.Promise[profile.LinkStore] {
	return []suitetest.Promise[profile.LinkStore]{
		{"RoundTrip", "LinkWith and Links return what MakeLink was given, with times in UTC", checkLinkRoundTrip},
		{"Aliasing", "a store shares no map with its callers", checkLinkAliasing},
		{"Taken", "MakeLink returns ErrConflict for an ID or a Secret that exists, and changes nothing", checkLinkTaken},
		{"Replaced", "a new link ends the one with the same purpose, subject and address, and no other", checkLinkReplaced},
		{"MakeRace", "of concurrent links of one kind exactly one is open afterwards", checkLinkMakeRace},
		{"Use", "UseLink counts, and refuses what is used up, expired or ended", checkLinkUse},
		{"UseRace", "of a hundred concurrent uses of a link as many succeed as it has", checkLinkUseRace},
		{"Claim", "the same claim again changes nothing and succeeds while the link is open", checkLinkClaim},
		{"List", "Links returns what matches every field, the newest first and then by ID, at most 200", checkLinkList},
		{"End", "EndLinks ends what matches and has not ended, and says how many", checkLinkEnd},
		{"Remove", "RemoveLinks forgets what matches every field that is set, and nothing else", checkLinkRemove},
		{"Everything", "a query that would select everything is ErrInvalid and changes nothing", checkLinkEverything},
		{"BadText", "a NUL or what is not UTF-8 is ErrInvalid and nothing is kept", checkLinkText},
		{"Cancelled", "a cancelled context stops a call, which returns its error", checkLinkCancelled},
	}
}

// newLink returns a link about something of its own.
func newLink(id string, change ...func(*profile.Link)) profile.Link {
	l := profile.Link{
		ID: id, Purpose: "guest", Subject: "case/" + id, Address: "ann'$1@acme.example", MadeBy: "gus",
		Data: map[string]string{"note": "it's <&> \U0001F600 %_", "": ""}, Uses: 1,
		MadeAt: t0, ExpiresAt: t0.Add(time.Hour), Secret: "hash of " + id,
	}
	for _, f := range change {
		f(&l)
	}
	return l
}

func makeLinks(t *testing.T, s profile.LinkStore, list ...profile.Link) {
	t.Helper()
	for _, one := range list {
		require.NoError(t, s.MakeLink(t.Context(), one))
	}
}

func linkOf(t *testing.T, s profile.LinkStore, id string) profile.Link {
	t.Helper()
	l, err := s.LinkWith(t.Context(), "hash of "+id)
	require.NoError(t, err)
	return l
}

func linkIDs(t *testing.T, s profile.LinkStore, q profile.LinkQuery) string {
	t.Helper()
	list, err := s.Links(t.Context(), q)
	require.NoError(t, err)
	ids := []string{}
	for _, one := range list {
		ids = append(ids, one.ID)
	}
	return strings.Join(ids, " ")
}

func checkLinkRoundTrip(t *testing.T, s profile.LinkStore) {
	want := newLink("a", func(l *profile.Link) { l.Uses, l.Used, l.Claim, l.UsedAt = 3, 1, "me", t0.Add(time.Second) })
	given := want.Clone()
	given.MadeAt, given.ExpiresAt, given.UsedAt = want.MadeAt.In(somewhere()), want.ExpiresAt.In(somewhere()), want.UsedAt.In(somewhere())
	plain := newLink("b", func(l *profile.Link) { l.Data = nil })
	makeLinks(t, s, given, plain)
	require.Equal(t, want, linkOf(t, s, "a"))
	require.Equal(t, plain, linkOf(t, s, "b"))
	list, err := s.Links(t.Context(), profile.LinkQuery{Subject: "case/a"})
	require.NoError(t, err)
	require.Equal(t, []profile.Link{want}, list)
	for _, unknown := range []string{"", " ", "a", strings.ToUpper(want.Secret), want.Secret + " "} {
		_, err := s.LinkWith(t.Context(), unknown)
		require.ErrorIs(t, err, profile.ErrNotFound, "%q", unknown)
	}
}

func checkLinkAliasing(t *testing.T, s profile.LinkStore) {
	spoil := func(l profile.Link) {
		require.Equal(t, newLink("a").Data, l.Data)
		l.Data["note"], l.Data["new"] = "spoilt", "spoilt"
	}
	given := newLink("a")
	makeLinks(t, s, given)
	spoil(given)
	spoil(linkOf(t, s, "a"))
	list, err := s.Links(t.Context(), profile.LinkQuery{ID: "a"})
	require.NoError(t, err)
	spoil(list[0])
	used, err := s.UseLink(t.Context(), "a", "", t0)
	require.NoError(t, err)
	spoil(used)
	require.Equal(t, newLink("a").Data, linkOf(t, s, "a").Data)
}

func checkLinkTaken(t *testing.T, s profile.LinkStore) {
	makeLinks(t, s, newLink("a"), newLink("b"))
	for _, change := range []func(*profile.Link){
		func(l *profile.Link) { l.ID = "b" },
		func(l *profile.Link) { l.Secret = "hash of b" },
	} {
		taken := newLink("a", func(l *profile.Link) { l.ID, l.Secret = "new", "hash of new" }, change)
		require.ErrorIs(t, s.MakeLink(t.Context(), taken), profile.ErrConflict)
	}
	require.ErrorIs(t, s.MakeLink(t.Context(), newLink("a")), profile.ErrConflict)
	require.Equal(t, newLink("a"), linkOf(t, s, "a"), "what is not made replaces nothing")
	require.Equal(t, newLink("b"), linkOf(t, s, "b"))
}

func checkLinkReplaced(t *testing.T, s profile.LinkStore) {
	same := func(l *profile.Link) { l.Subject = "case/a" }
	makeLinks(t, s, newLink("a"), newLink("other"),
		newLink("purpose", same, func(l *profile.Link) { l.Purpose = "Guest" }),
		newLink("address", same, func(l *profile.Link) { l.Address = "bob@acme.example" }))
	makeLinks(t, s, newLink("a2", same))
	makeLinks(t, s, newLink("a3", same))
	for id, end := range map[string]profile.LinkEnd{
		"a": profile.LinkReplaced, "a2": profile.LinkReplaced, "a3": "", "other": "", "purpose": "", "address": "",
	} {
		require.Equal(t, end, linkOf(t, s, id).Ended, id)
	}
}

func checkLinkMakeRace(t *testing.T, s profile.LinkStore) {
	makeLinks(t, s, newLink("a"))
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			require.NoError(t, s.MakeLink(t.Context(), newLink(numbered("n", i), func(l *profile.Link) { l.Subject = "case/a" })))
		})
	}
	wg.Wait()
	open, err := s.Links(t.Context(), profile.LinkQuery{Subject: "case/a", Open: true})
	require.NoError(t, err)
	require.Len(t, open, 1)
	all, err := s.Links(t.Context(), profile.LinkQuery{Subject: "case/a"})
	require.NoError(t, err)
	require.Len(t, all, 9)
}

func checkLinkUse(t *testing.T, s profile.LinkStore) {
	twice := newLink("a", func(l *profile.Link) { l.Uses = 2 })
	makeLinks(t, s, twice, newLink("over"), newLink("ended", func(l *profile.Link) { l.Ended = profile.LinkRevoked }), newLink("kept"))
	at := t0.Add(time.Minute)
	for n := 1; n <= 2; n++ {
		used, err := s.UseLink(t.Context(), "a", "", at.In(somewhere()))
		require.NoError(t, err)
		twice.Used, twice.UsedAt = n, at
		require.Equal(t, twice, used)
		require.Equal(t, twice, linkOf(t, s, "a"))
		at = at.Add(time.Minute)
	}
	for id, at := range map[string]time.Time{"a": at, "over": t0.Add(time.Hour), "ended": at} {
		_, err := s.UseLink(t.Context(), id, "", at)
		require.ErrorIs(t, err, profile.ErrConflict, id)
	}
	require.Equal(t, twice, linkOf(t, s, "a"))
	require.Equal(t, newLink("over"), linkOf(t, s, "over"))
	require.Equal(t, newLink("kept"), linkOf(t, s, "kept"))
	_, err := s.UseLink(t.Context(), "over", "", t0.Add(time.Hour-time.Microsecond))
	require.NoError(t, err, "it is good until the moment it expires")
	for _, unknown := range []string{"", "A", "hash of a"} {
		_, err := s.UseLink(t.Context(), unknown, "", at)
		require.ErrorIs(t, err, profile.ErrNotFound, "%q", unknown)
	}
}

func checkLinkUseRace(t *testing.T, s profile.LinkStore) {
	makeLinks(t, s, newLink("once"), newLink("thrice", func(l *profile.Link) { l.Uses = 3 }))
	for id, want := range map[string]int64{"once": 1, "thrice": 3} {
		var wg sync.WaitGroup
		var won, lost atomic.Int64
		for range 100 {
			wg.Go(func() {
				switch _, err := s.UseLink(t.Context(), id, "", t0); {
				case err == nil:
					won.Add(1)
				case errors.Is(err, profile.ErrConflict):
					lost.Add(1)
				}
			})
		}
		wg.Wait()
		require.Equal(t, want, won.Load(), id)
		require.Equal(t, 100-want, lost.Load(), id)
		require.Equal(t, int(want), linkOf(t, s, id).Used)
	}
}

func checkLinkClaim(t *testing.T, s profile.LinkStore) {
	makeLinks(t, s, newLink("a"), newLink("b"))
	first, err := s.UseLink(t.Context(), "a", "me", t0)
	require.NoError(t, err)
	require.Equal(t, "me", first.Claim)
	again, err := s.UseLink(t.Context(), "a", "me", t0.Add(time.Minute))
	require.NoError(t, err)
	require.Equal(t, first, again)
	require.Equal(t, first, linkOf(t, s, "a"))
	for _, other := range []string{"", "Me", "you"} {
		_, err := s.UseLink(t.Context(), "a", other, t0)
		require.ErrorIs(t, err, profile.ErrConflict, "%q", other)
	}
	_, err = s.UseLink(t.Context(), "a", "me", t0.Add(time.Hour))
	require.ErrorIs(t, err, profile.ErrConflict, "expired")
	_, err = s.EndLinks(t.Context(), profile.LinkQuery{ID: "a"}, profile.LinkDone)
	require.NoError(t, err)
	_, err = s.UseLink(t.Context(), "a", "me", t0)
	require.ErrorIs(t, err, profile.ErrConflict, "ended")
	_, err = s.UseLink(t.Context(), "b", "", t0)
	require.NoError(t, err)
	_, err = s.UseLink(t.Context(), "b", "", t0)
	require.ErrorIs(t, err, profile.ErrConflict, "no claim is nobody's")
}

func linkZoo() []profile.Link {
	return []profile.Link{
		newLink("guest"),
		newLink("invite", func(l *profile.Link) { l.Purpose = "invitation" }),
		newLink("bob", func(l *profile.Link) { l.Address = "bob@acme.example" }),
		newLink("ann", func(l *profile.Link) { l.MadeBy = "ann" }),
		newLink("done", func(l *profile.Link) { l.Ended = profile.LinkDone }),
		newLink("late", func(l *profile.Link) { l.MadeAt = t0.Add(time.Minute) }),
		newLink("over", func(l *profile.Link) { l.ExpiresAt = t0.Add(time.Minute) }),
	}
}

// linkQueries lists what selects which of linkZoo, the newest first.
func linkQueries() []struct {
	q    profile.LinkQuery
	want string
} {
	return []struct {
		q    profile.LinkQuery
		want string
	}{
		{profile.LinkQuery{ID: "guest"}, "guest"},
		{profile.LinkQuery{ID: "guest", Purpose: "invitation"}, ""},
		{profile.LinkQuery{Purpose: "invitation"}, "invite"},
		{profile.LinkQuery{Purpose: "guest"}, "late ann bob done guest over"},
		{profile.LinkQuery{Purpose: "guest", Open: true}, "late ann bob guest over"},
		{profile.LinkQuery{Subject: "case/bob"}, "bob"},
		{profile.LinkQuery{Subject: "case/Bob"}, ""},
		{profile.LinkQuery{Address: "bob@acme.example"}, "bob"},
		{profile.LinkQuery{Address: "bob@acme.example", MadeBy: "ann"}, ""},
		{profile.LinkQuery{MadeBy: "ann"}, "ann"},
		{profile.LinkQuery{Since: t0.Add(time.Minute)}, "late"},
		{profile.LinkQuery{Since: t0.Add(time.Minute + time.Microsecond)}, ""},
		{profile.LinkQuery{Expired: t0.Add(time.Minute)}, "over"},
		{profile.LinkQuery{Expired: t0.Add(time.Minute - time.Microsecond)}, ""},
	}
}

func checkLinkList(t *testing.T, s profile.LinkStore) {
	makeLinks(t, s, linkZoo()...)
	for _, c := range linkQueries() {
		require.Equal(t, c.want, linkIDs(t, s, c.q), "%+v", c.q)
	}
	for i := range 201 {
		makeLinks(t, s, newLink(numbered("many", i), func(l *profile.Link) { l.MadeBy, l.MadeAt = "many", t0.Add(time.Duration(i)*time.Second) }))
	}
	ids := strings.Fields(linkIDs(t, s, profile.LinkQuery{MadeBy: "many"}))
	require.Len(t, ids, 200)
	require.Equal(t, []string{"many200", "many01"}, []string{ids[0], ids[199]})
}

func checkLinkEnd(t *testing.T, s profile.LinkStore) {
	makeLinks(t, s, linkZoo()...)
	n, err := s.EndLinks(t.Context(), profile.LinkQuery{Purpose: "guest", Address: "ann'$1@acme.example"}, profile.LinkRevoked)
	require.NoError(t, err)
	require.Equal(t, 4, n)
	for id, end := range map[string]profile.LinkEnd{
		"guest": profile.LinkRevoked, "late": profile.LinkRevoked, "done": profile.LinkDone, "bob": "", "invite": "",
	} {
		require.Equal(t, end, linkOf(t, s, id).Ended, id)
	}
	n, err = s.EndLinks(t.Context(), profile.LinkQuery{Purpose: "guest", MadeBy: "ann"}, profile.LinkDone)
	require.NoError(t, err)
	require.Zero(t, n)
	_, err = s.EndLinks(t.Context(), profile.LinkQuery{ID: "bob"}, "")
	require.ErrorIs(t, err, profile.ErrInvalid)
}

func checkLinkRemove(t *testing.T, s profile.LinkStore) {
	for _, c := range linkQueries() {
		makeLinks(t, s, linkZoo()...)
		n, err := s.RemoveLinks(t.Context(), c.q)
		require.NoError(t, err)
		require.Equal(t, len(strings.Fields(c.want)), n, "%+v", c.q)
		for _, l := range linkZoo() {
			_, err := s.LinkWith(t.Context(), l.Secret)
			if strings.Contains(" "+c.want+" ", " "+l.ID+" ") {
				require.ErrorIs(t, err, profile.ErrNotFound, "%s after %+v", l.ID, c.q)
			} else {
				require.NoError(t, err, "%s after %+v", l.ID, c.q)
			}
			_, err = s.RemoveLinks(t.Context(), profile.LinkQuery{ID: l.ID})
			require.NoError(t, err)
		}
	}
}

func checkLinkEverything(t *testing.T, s profile.LinkStore) {
	makeLinks(t, s, newLink("a"))
	for _, q := range []profile.LinkQuery{{}, {Open: true}} {
		list, err := s.Links(t.Context(), q)
		require.ErrorIs(t, err, profile.ErrInvalid)
		require.Empty(t, list)
		_, err = s.EndLinks(t.Context(), q, profile.LinkRevoked)
		require.ErrorIs(t, err, profile.ErrInvalid)
		_, err = s.RemoveLinks(t.Context(), q)
		require.ErrorIs(t, err, profile.ErrInvalid)
	}
	require.Equal(t, newLink("a"), linkOf(t, s, "a"))
}

func checkLinkText(t *testing.T, s profile.LinkStore) {
	for _, bad := range []string{"a\x00b", "\xff"} {
		for _, change := range []func(*profile.Link){
			func(l *profile.Link) { l.Address = bad },
			func(l *profile.Link) { l.Data["note"] = bad },
			func(l *profile.Link) { l.Data[bad] = "" },
		} {
			require.ErrorIs(t, s.MakeLink(t.Context(), newLink("a", change)), profile.ErrInvalid)
		}
	}
	_, err := s.LinkWith(t.Context(), "hash of a")
	require.ErrorIs(t, err, profile.ErrNotFound)
	makeLinks(t, s, newLink("a"))
	_, err = s.UseLink(t.Context(), "a", "a\x00b", t0)
	require.ErrorIs(t, err, profile.ErrInvalid)
	require.Equal(t, newLink("a"), linkOf(t, s, "a"))
}

func checkLinkCancelled(t *testing.T, s profile.LinkStore) {
	makeLinks(t, s, newLink("a"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := s.LinkWith(ctx, "hash of a")
	require.ErrorIs(t, err, context.Canceled)
	_, err = s.Links(ctx, profile.LinkQuery{ID: "a"})
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorIs(t, s.MakeLink(ctx, newLink("b")), context.Canceled)
	_, err = s.UseLink(ctx, "a", "", t0)
	require.ErrorIs(t, err, context.Canceled)
	_, err = s.EndLinks(ctx, profile.LinkQuery{ID: "a"}, profile.LinkRevoked)
	require.ErrorIs(t, err, context.Canceled)
	_, err = s.RemoveLinks(ctx, profile.LinkQuery{ID: "a"})
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, newLink("a"), linkOf(t, s, "a"))
}

package profiletest

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/suitetest"
	"github.com/stoa-go/stoa/profile"
)

// An ExpiringStore is what TestExpiryStore needs besides what it tests.
type ExpiringStore interface {
	profile.ExpiryStore
	profile.NoticeStore
	profile.ShelfStore
}

// TestExpiryStore runs the contract of [profile.ExpiryStore] as subtests. open
// must return an empty store each time it is called.
func TestExpiryStore(t *testing.T, open func(t *testing.T) ExpiringStore) {
	suitetest.Run(t, expiryContract(), open)
}

func expiryContract() []suitetest.Promise[ExpiringStore] {
	return []suitetest.Promise[ExpiringStore]{
		{"Expire/Notices", "ExpireNotices removes what is older, the oldest first, at most Limit, and nothing of who is held", checkExpireNotices},
		{"Expire/Digests", "a notice that expires leaves no place in a digest", checkExpireDigests},
		{"Expire/Items", "ExpireItems removes what is older of one list, the oldest first, at most Limit, and nothing of who is held", checkExpireItems},
		{"Expire/Tasks", "ExpireTasks forgets tasks that are done or given up, at most Limit, and none that wait or name who is held", checkExpireTasks},
		{"Expire/Cancelled", "no limit is ErrInvalid, and a cancelled context stops a call, which returns its error", checkExpireCancelled},
	}
}

// expired prunes until nothing is left to do, twice as a rehearsal first.
func expired(t *testing.T, prune func(context.Context, profile.Expiry) (int, error), e profile.Expiry) (n int) {
	t.Helper()
	for range 10 {
		e.Dry = true
		would, err := prune(t.Context(), e)
		require.NoError(t, err)
		again, err := prune(t.Context(), e)
		require.NoError(t, err)
		require.Equal(t, would, again, "a rehearsal removes nothing")
		e.Dry = false
		did, err := prune(t.Context(), e)
		require.NoError(t, err)
		require.Equal(t, would, did)
		require.LessOrEqual(t, did, e.Limit)
		if n += did; did == 0 {
			return n
		}
	}
	require.Fail(t, "it never ends")
	return n
}

func checkExpireNotices(t *testing.T, s ExpiringStore) {
	addNotices(t, s, newNotice("a0"), newNotice("a1", at(1)), newNotice("a2", at(2)), newNotice("b0", of("bob")), newNotice("b1", of("bob"), at(1), hidden))
	e := profile.Expiry{Before: t0.Add(2 * time.Minute), Held: []string{"bob", "anna"}, Limit: 1}
	_, err := s.ExpireNotices(t.Context(), e)
	require.NoError(t, err)
	require.Equal(t, []string{"a2", "a1", "b1", "b0"}, noticeIDs(t, s, profile.NoticeQuery{}), "the oldest first")
	require.Equal(t, 1, expired(t, s.ExpireNotices, e))
	require.Equal(t, []string{"a2", "b1", "b0"}, noticeIDs(t, s, profile.NoticeQuery{}))
	e.Held, e.Limit = nil, 10
	require.Equal(t, 2, expired(t, s.ExpireNotices, e))
	require.Equal(t, []string{"a2"}, noticeIDs(t, s, profile.NoticeQuery{}))
}

func checkExpireDigests(t *testing.T, s ExpiringStore) {
	waits := profile.NoticePost{Notice: newNotice("w"), Digests: []profile.NoticeDigest{{Channel: "mail", Until: t0}}}
	require.NoError(t, s.AddNotices(t.Context(), []profile.NoticePost{waits}))
	require.Equal(t, 1, expired(t, s.ExpireNotices, profile.Expiry{Before: t0.Add(time.Second), Limit: 10}))
	waits.Digests = nil
	require.NoError(t, s.AddNotices(t.Context(), []profile.NoticePost{waits}))
	list, err := s.DigestNotices(t.Context(), profile.NoticeDigest{Person: "ann", Channel: "mail", Key: "k", Until: t0})
	require.NoError(t, err)
	require.Empty(t, list)
}

func checkExpireItems(t *testing.T, s ExpiringStore) {
	for i, one := range []profile.ShelfItem{
		{Person: "ann", List: "viewed", Ref: "article/0"}, {Person: "ann", List: "viewed", Ref: "article/1"}, {Person: "bob", List: "viewed", Ref: "article/0"},
		{Person: "ann", List: "favourites", Ref: "article/0"}, {Person: "ann", List: "viewed", Ref: "article/2"},
	} {
		one.At = t0.Add(time.Duration(i) * time.Minute)
		require.NoError(t, s.PutItem(t.Context(), one, 10, false))
	}
	left := func(person string) (refs []string) {
		page, _, err := s.Items(t.Context(), profile.ShelfQuery{Person: person})
		require.NoError(t, err)
		for _, i := range page {
			refs = append(refs, i.List+" "+i.Ref)
		}
		return refs
	}
	prune := func(ctx context.Context, e profile.Expiry) (int, error) { return s.ExpireItems(ctx, "viewed", e) }
	e := profile.Expiry{Before: t0.Add(4 * time.Minute), Held: []string{"bob"}, Limit: 1}
	_, err := prune(t.Context(), e)
	require.NoError(t, err)
	require.Equal(t, []string{"viewed article/2", "favourites article/0", "viewed article/1"}, left("ann"))
	require.Equal(t, 1, expired(t, prune, e))
	require.Equal(t, []string{"viewed article/2", "favourites article/0"}, left("ann"))
	require.Equal(t, []string{"viewed article/0"}, left("bob"))
	e.Held = nil
	require.Equal(t, 1, expired(t, prune, e))
	require.Empty(t, left("bob"))
}

func checkExpireTasks(t *testing.T, s ExpiringStore) {
	naming := func(lane, payload string) profile.NoticeTask {
		return profile.NoticeTask{Lane: lane, Key: "1", Payload: json.RawMessage(payload)}
	}
	require.NoError(t, s.QueueNotices(t.Context(), naming("done", `{}`), naming("dead", `{}`), naming("of/ann", `{}`), naming("of", `{"to":["ann"]}`), naming("of/anna", `{"to":["anna"]}`)))
	_, err := s.DrainNotices(t.Context(), func(_ context.Context, task profile.NoticeTask) error {
		if task.Lane == "dead" {
			return profile.Permanent(context.DeadlineExceeded)
		}
		return nil
	})
	require.NoError(t, err)
	require.NoError(t, s.QueueNotices(t.Context(), naming("waits", `{}`)))
	require.Zero(t, expired(t, s.ExpireTasks, profile.Expiry{Before: time.Now().Add(-time.Hour), Limit: 10}))
	e := profile.Expiry{Before: time.Now().Add(time.Hour), Held: []string{"ann"}, Limit: 2}
	require.Equal(t, 3, expired(t, s.ExpireTasks, e))
	for _, known := range []string{"of/ann", "of", "waits"} {
		require.ErrorIs(t, s.QueueNotices(t.Context(), naming(known, `{"another":1}`)), profile.ErrConflict, known)
	}
	require.Equal(t, []string{"waits/1"}, drained(t, s), "what waits is done")
	require.NoError(t, s.QueueNotices(t.Context(), naming("done", `{"another":1}`), naming("dead", `{"another":1}`), naming("of/anna", `{"another":1}`)))
}

func checkExpireCancelled(t *testing.T, s ExpiringStore) {
	addNotices(t, s, newNotice("a0"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, prune := range []func(context.Context, profile.Expiry) (int, error){
		s.ExpireNotices, s.ExpireTasks, func(ctx context.Context, e profile.Expiry) (int, error) { return s.ExpireItems(ctx, "viewed", e) },
	} {
		_, err := prune(t.Context(), profile.Expiry{Before: t0.AddDate(1, 0, 0)})
		require.ErrorIs(t, err, profile.ErrInvalid)
		_, err = prune(ctx, profile.Expiry{Before: t0.AddDate(1, 0, 0), Limit: 10})
		require.ErrorIs(t, err, context.Canceled)
	}
	require.Equal(t, []string{"a0"}, noticeIDs(t, s, profile.NoticeQuery{}))
}

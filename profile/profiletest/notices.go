package profiletest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/suitetest"
	"github.com/stoa-go/stoa/profile"
)

// TestNoticeStore runs the contract of [profile.NoticeStore] as subtests. open
// must return an empty store each time it is called.
func TestNoticeStore(t *testing.T, open func(t *testing.T) profile.NoticeStore) {
	suitetest.Run(t, noticeContract(), open)
}

func noticeContract() []suitetest.Promise[profile.NoticeStore] {
	return []suitetest.Promise[profile.NoticeStore]{
		{"RoundTrip", "Notices returns what AddNotices was given, with times in UTC", checkNoticeRoundTrip},
		{"Taken", "a notice whose ID is there is left as it is, and nothing that comes with it is queued", checkNoticeTaken},
		{"Race", "of concurrent additions of one notice exactly one counts", checkNoticeRace},
		{"Filter", "Notices returns what matches every field that is set", checkNoticeFilter},
		{"Pages", "following positions visits every match once, the newest first and then by ID in byte order", checkNoticePages},
		{"Limit", "Notices returns at most Limit notices, 50 if it is 0", checkNoticeLimit},
		{"BadPosition", "a position that was not given out is ErrInvalid", checkNoticePosition},
		{"Count", "CountNotices counts what is in the centre of one person", checkNoticeCount},
		{"Read", "ReadNotices marks what is in the centre, not read and meant, once", checkNoticeRead},
		{"Remove", "RemoveNotices forgets what matches every field that is set, and nothing else", checkNoticeRemove},
		{"Remove/Tasks", "RemoveNotices of a person takes them out of tasks of others: those that are done are forgotten, those that wait go on without them", checkNoticeForget},
		{"NoQuery", "a mark or a removal that would mean everything is ErrInvalid and changes nothing", checkNoticeNoQuery},
		{"NoAliasing", "changing a map given to or got from a store changes nothing inside it", checkNoticeAliasing},
		{"Whole", "AddNotices adds all notices with their tasks, or none", checkNoticeWhole},
		{"OddText", "text survives as it is; a NUL or what is not UTF-8 is ErrInvalid", checkNoticeText},
		{"Digest", "a digest takes what waits for it once, the oldest first, and is the same from then on", checkNoticeDigest},
		{"Queue/Once", "tasks are done in the order of their lane; a key that a lane has seen is the same task", checkQueueOnce},
		{"Queue/Conflict", "a key with another payload is ErrConflict, and nothing of the call is queued", checkQueueConflict},
		{"Queue/Later", "a task that is not due is not done, and holds its lane up and no other", checkQueueLater},
		{"Queue/Fails", "a failed task is not done again at once and holds its lane up; a permanent failure ends it", checkQueueFails},
		{"Queue/Shared", "a task is one worker's at a time, however many there are", checkQueueShared},
		{"Queue/Run", "DeliverNotices does what is queued while it runs, until the context ends", checkQueueRun},
		{"Cancelled", "a cancelled context stops a call, which returns its error", checkNoticeCancelled},
	}
}

func newNotice(id string, change ...func(*profile.Notice)) profile.Notice {
	n := profile.Notice{
		ID: id, Person: "ann", Kind: "article.updated", Subject: "article/vpn", Data: map[string]string{"version": "7", "odd": "'$1 %_ ?"},
		Inbox: true, At: t0,
	}
	for _, f := range change {
		f(&n)
	}
	return n
}

func addNotices(t *testing.T, s profile.NoticeStore, list ...profile.Notice) {
	t.Helper()
	var posts []profile.NoticePost
	for _, n := range list {
		posts = append(posts, profile.NoticePost{Notice: n})
	}
	require.NoError(t, s.AddNotices(t.Context(), posts))
}

func noticeIDs(t *testing.T, s profile.NoticeStore, q profile.NoticeQuery) []string {
	t.Helper()
	page, _, err := s.Notices(t.Context(), q)
	require.NoError(t, err)
	return idsOf(page)
}

func idsOf(list []profile.Notice) []string {
	out := []string{}
	for _, n := range list {
		out = append(out, n.ID)
	}
	return out
}

func at(minutes int) func(*profile.Notice) {
	return func(n *profile.Notice) { n.At = t0.Add(time.Duration(minutes) * time.Minute) }
}

func of(person string) func(*profile.Notice) { return func(n *profile.Notice) { n.Person = person } }

func hidden(n *profile.Notice) { n.Inbox = false }

func read(n *profile.Notice) { n.ReadAt = t0.Add(time.Hour) }

func checkNoticeRoundTrip(t *testing.T, s profile.NoticeStore) {
	want := newNotice("n1", read)
	given := want
	given.At, given.ReadAt = want.At.In(somewhere()), want.ReadAt.In(somewhere())
	bare := profile.Notice{ID: "n0", Person: "bob", At: t0}
	addNotices(t, s, given, bare)
	page, next, err := s.Notices(t.Context(), profile.NoticeQuery{Person: "ann"})
	require.NoError(t, err)
	require.Empty(t, next)
	require.Equal(t, []profile.Notice{want}, page)
	page, _, err = s.Notices(t.Context(), profile.NoticeQuery{ID: "n0"})
	require.NoError(t, err)
	require.Len(t, page, 1)
	require.Empty(t, page[0].Data)
	page[0].Data = nil
	require.Equal(t, bare, page[0])
}

func checkNoticeTaken(t *testing.T, s profile.NoticeStore) {
	first := profile.NoticePost{Notice: newNotice("n1"), Tasks: []profile.NoticeTask{newTask("a", "1")}}
	require.NoError(t, s.AddNotices(t.Context(), []profile.NoticePost{first}))
	again := profile.NoticePost{
		Notice: newNotice("n1", of("bob")), Tasks: []profile.NoticeTask{newTask("a", "2")},
		Digests: []profile.NoticeDigest{{Channel: "mail", Until: t0}},
	}
	require.NoError(t, s.AddNotices(t.Context(), []profile.NoticePost{again}))
	require.NoError(t, s.AddNotices(t.Context(), []profile.NoticePost{first}))
	page, _, err := s.Notices(t.Context(), profile.NoticeQuery{})
	require.NoError(t, err)
	require.Equal(t, []profile.Notice{newNotice("n1")}, page)
	require.Equal(t, []string{"a/1"}, drained(t, s))
	for _, person := range []string{"ann", "bob"} {
		list, err := s.DigestNotices(t.Context(), profile.NoticeDigest{Person: person, Channel: "mail", Key: "k", Until: t0})
		require.NoError(t, err)
		require.Empty(t, list)
	}
}

func checkNoticeRace(t *testing.T, s profile.NoticeStore) {
	failures := make(chan error, 8)
	for i := range cap(failures) {
		go func() {
			failures <- s.AddNotices(t.Context(), []profile.NoticePost{{
				Notice: newNotice("n1"), Tasks: []profile.NoticeTask{newTask("lane", numbered("k", i))},
			}})
		}()
	}
	for range cap(failures) {
		require.NoError(t, <-failures)
	}
	require.Equal(t, []string{"n1"}, noticeIDs(t, s, profile.NoticeQuery{}))
	require.Len(t, drained(t, s), 1)
}

func checkNoticeFilter(t *testing.T, s profile.NoticeStore) {
	addNotices(t, s, newNotice("plain"), newNotice("hidden", hidden), newNotice("read", read), newNotice("bob", of("bob")), newNotice("both", hidden, read))
	for _, c := range []struct {
		q    profile.NoticeQuery
		want []string
	}{
		{profile.NoticeQuery{}, []string{"bob", "both", "hidden", "plain", "read"}},
		{profile.NoticeQuery{Person: "ann"}, []string{"both", "hidden", "plain", "read"}},
		{profile.NoticeQuery{Inbox: true}, []string{"bob", "plain", "read"}},
		{profile.NoticeQuery{Unread: true}, []string{"bob", "hidden", "plain"}},
		{profile.NoticeQuery{ID: "bob"}, []string{"bob"}},
		{profile.NoticeQuery{ID: "bob", Person: "ann"}, []string{}},
		{profile.NoticeQuery{Person: "ann", Inbox: true, Unread: true}, []string{"plain"}},
		{profile.NoticeQuery{Person: "Ann"}, []string{}},
	} {
		require.Equal(t, c.want, noticeIDs(t, s, c.q), "%+v", c.q)
	}
}

func checkNoticePages(t *testing.T, s profile.NoticeStore) {
	var want []string
	for i := range 4 {
		addNotices(t, s, newNotice(fmt.Sprint("b", i), at(9-i)), newNotice(fmt.Sprint("B", i), at(9-i)), newNotice(fmt.Sprint("a", i), at(9-i)), newNotice(fmt.Sprint("x", i), of("bob")))
		want = append(want, fmt.Sprint("B", i), fmt.Sprint("a", i), fmt.Sprint("b", i))
	}
	for _, limit := range []int{1, 2, 3, 12, 13} {
		got := follow(t, limit, func(after string) ([]profile.Notice, string, error) {
			return s.Notices(t.Context(), profile.NoticeQuery{Person: "ann", After: after, Limit: limit})
		})
		require.Equal(t, want, idsOf(got))
	}
}

func checkNoticeLimit(t *testing.T, s profile.NoticeStore) {
	for i := range 51 {
		addNotices(t, s, newNotice(numbered("n", i)))
	}
	page, next, err := s.Notices(t.Context(), profile.NoticeQuery{})
	require.NoError(t, err)
	require.Len(t, page, 50)
	require.NotEmpty(t, next)
}

func checkNoticePosition(t *testing.T, s profile.NoticeStore) {
	addNotices(t, s, newNotice("n1"))
	for _, bad := range []string{"x", "bm90IGEgcG9zaXRpb24", "🙂"} {
		_, _, err := s.Notices(t.Context(), profile.NoticeQuery{After: bad})
		require.ErrorIs(t, err, profile.ErrInvalid, bad)
	}
}

func checkNoticeCount(t *testing.T, s profile.NoticeStore) {
	c, err := s.CountNotices(t.Context(), "ann")
	require.NoError(t, err)
	require.Equal(t, profile.NoticeCount{}, c)
	addNotices(t, s, newNotice("b", at(3)), newNotice("a", at(3), read), newNotice("old"), newNotice("hidden", at(9), hidden), newNotice("bob", at(9), of("bob")))
	c, err = s.CountNotices(t.Context(), "ann")
	require.NoError(t, err)
	require.Equal(t, profile.NoticeCount{All: 3, Unread: 2, Newest: "a"}, c)
}

func checkNoticeRead(t *testing.T, s profile.NoticeStore) {
	addNotices(t, s, newNotice("one"), newNotice("two", at(1)), newNotice("new", at(2)), newNotice("hidden", hidden), newNotice("bob", of("bob")), newNotice("read", read))
	when := t0.Add(2 * time.Hour)
	for _, c := range []struct {
		m    profile.NoticeMark
		want int
	}{
		{profile.NoticeMark{Person: "bob", ID: "one"}, 0},
		{profile.NoticeMark{Person: "ann", ID: "hidden"}, 0},
		{profile.NoticeMark{Person: "ann", ID: "nothing"}, 0},
		{profile.NoticeMark{Person: "ann", ID: "one"}, 1},
		{profile.NoticeMark{Person: "ann", ID: "one"}, 0},
		{profile.NoticeMark{Person: "ann", Until: t0.Add(time.Minute).In(somewhere())}, 1},
		{profile.NoticeMark{Person: "ann", Until: t0.Add(time.Minute)}, 0},
	} {
		c.m.At = when.In(somewhere())
		n, err := s.ReadNotices(t.Context(), c.m)
		require.NoError(t, err)
		require.Equal(t, c.want, n, "%+v", c.m)
		when = when.Add(time.Minute)
	}
	page, _, err := s.Notices(t.Context(), profile.NoticeQuery{})
	require.NoError(t, err)
	got := map[string]time.Time{}
	for _, n := range page {
		got[n.ID] = n.ReadAt
	}
	two := t0.Add(2 * time.Hour)
	require.Equal(t, map[string]time.Time{
		"one": two.Add(3 * time.Minute), "two": two.Add(5 * time.Minute), "new": {}, "hidden": {}, "bob": {}, "read": t0.Add(time.Hour),
	}, got)
}

func checkNoticeRemove(t *testing.T, s profile.NoticeStore) {
	fill := func() {
		addNotices(t, s, newNotice("a0"), newNotice("a1", at(1)), newNotice("b0", of("bob")), newNotice("b1", of("bob"), at(1), hidden))
	}
	for _, c := range []struct {
		q    profile.NoticeRemoval
		left []string
	}{
		{profile.NoticeRemoval{Person: "bob"}, []string{"a1", "a0"}},
		{profile.NoticeRemoval{Before: t0.Add(time.Minute)}, []string{"a1", "b1"}},
		{profile.NoticeRemoval{Before: t0}, []string{"a1", "b1", "a0", "b0"}},
		{profile.NoticeRemoval{Person: "ann", Before: t0.Add(time.Minute)}, []string{"a1", "b1", "b0"}},
	} {
		fill()
		n, err := s.RemoveNotices(t.Context(), c.q)
		require.NoError(t, err)
		require.Equal(t, 4-len(c.left), n)
		require.Equal(t, c.left, noticeIDs(t, s, profile.NoticeQuery{}), "%+v", c.q)
	}
	require.NoError(t, s.QueueNotices(t.Context(), newTask("notice/mail/ann", "1"), newTask("notice/mail/ann/digest", "1"), newTask("notice/mail/anna", "1"), newTask("ann_", "1")))
	_, err := s.RemoveNotices(t.Context(), profile.NoticeRemoval{Person: "ann"})
	require.NoError(t, err)
	require.Equal(t, []string{"notice/mail/anna/1", "ann_/1"}, drained(t, s), "tasks for the person are forgotten, and nobody else's")
	waits := profile.NoticePost{Notice: newNotice("w"), Digests: []profile.NoticeDigest{{Channel: "mail", Until: t0}}}
	require.NoError(t, s.AddNotices(t.Context(), []profile.NoticePost{waits}))
	_, err = s.RemoveNotices(t.Context(), profile.NoticeRemoval{Person: "ann"})
	require.NoError(t, err)
	list, err := s.DigestNotices(t.Context(), profile.NoticeDigest{Person: "ann", Channel: "mail", Key: "k", Until: t0})
	require.NoError(t, err)
	require.Empty(t, list)
}

// checkNoticeForget: a task names people in its payload too.
func checkNoticeForget(t *testing.T, s profile.NoticeStore) {
	telling := func(key, payload string) profile.NoticeTask {
		return profile.NoticeTask{Lane: "notice/tell/" + key, Key: "0/", Payload: json.RawMessage(payload)}
	}
	require.NoError(t, s.QueueNotices(t.Context(), telling("done", `{"to":["ann","bob"]}`), telling("given-up", `{"by":"ann"}`), telling("others", `{"to":["anna"],"ann":"x"}`)))
	w := &worker{fail: func(task profile.NoticeTask) error {
		if task.Lane == "notice/tell/given-up" {
			return profile.Permanent(errors.New("no such kind"))
		}
		return nil
	}}
	_, err := s.DrainNotices(t.Context(), w.do)
	require.NoError(t, err)
	require.NoError(t, s.QueueNotices(t.Context(), telling("waits", `{"tell":{"to":["bob","ann"],"n":12345678901234567890}}`)))
	_, err = s.RemoveNotices(t.Context(), profile.NoticeRemoval{Person: "ann"})
	require.NoError(t, err)
	require.ErrorIs(t, s.QueueNotices(t.Context(), telling("others", `{}`)), profile.ErrConflict, "tasks of others are still known")
	require.NoError(t, s.QueueNotices(t.Context(), telling("done", `{}`), telling("given-up", `{}`)), "those that named the person are not")
	got := map[string]string{}
	_, err = s.DrainNotices(t.Context(), func(_ context.Context, task profile.NoticeTask) error {
		got[task.Lane] = string(task.Payload)
		return nil
	})
	require.NoError(t, err)
	require.JSONEq(t, `{"tell":{"to":["bob",""],"n":12345678901234567890}}`, got["notice/tell/waits"])
	require.Contains(t, got["notice/tell/waits"], "12345678901234567890")
}

func checkNoticeNoQuery(t *testing.T, s profile.NoticeStore) {
	addNotices(t, s, newNotice("n1"))
	_, err := s.ReadNotices(t.Context(), profile.NoticeMark{Person: "ann", At: t0})
	require.ErrorIs(t, err, profile.ErrInvalid)
	_, err = s.RemoveNotices(t.Context(), profile.NoticeRemoval{})
	require.ErrorIs(t, err, profile.ErrInvalid)
	_, err = s.DigestNotices(t.Context(), profile.NoticeDigest{Person: "ann", Channel: "mail", Until: t0})
	require.ErrorIs(t, err, profile.ErrInvalid)
	require.Equal(t, []string{"n1"}, noticeIDs(t, s, profile.NoticeQuery{Unread: true}))
}

func checkNoticeAliasing(t *testing.T, s profile.NoticeStore) {
	given := newNotice("n1")
	require.NoError(t, s.AddNotices(t.Context(), []profile.NoticePost{{
		Notice: given, Digests: []profile.NoticeDigest{{Channel: "mail", Until: t0}},
	}}))
	given.Data["version"] = "8"
	for range 2 {
		page, _, err := s.Notices(t.Context(), profile.NoticeQuery{})
		require.NoError(t, err)
		require.Len(t, page, 1)
		require.Equal(t, newNotice("n1"), page[0])
		page[0].Data["version"] = "9"
		list, err := s.DigestNotices(t.Context(), profile.NoticeDigest{Person: "ann", Channel: "mail", Key: "k", Until: t0})
		require.NoError(t, err)
		require.Len(t, list, 1)
		require.Equal(t, newNotice("n1"), list[0])
		list[0].Data["version"] = "9"
	}
	task := newTask("a", "1")
	require.NoError(t, s.QueueNotices(t.Context(), task))
	task.Payload[0] = '!'
	_, err := s.DrainNotices(t.Context(), func(_ context.Context, got profile.NoticeTask) error {
		require.Equal(t, string(newTask("a", "1").Payload), string(got.Payload))
		return nil
	})
	require.NoError(t, err)
}

func checkNoticeWhole(t *testing.T, s profile.NoticeStore) {
	good := profile.NoticePost{Notice: newNotice("good"), Tasks: []profile.NoticeTask{newTask("a", "1")}}
	for _, bad := range []profile.NoticePost{
		{Notice: newNotice("bad", func(n *profile.Notice) { n.Subject = "a\x00b" })},
		{Notice: newNotice("bad"), Tasks: []profile.NoticeTask{newTask("a\x00", "1")}},
	} {
		require.ErrorIs(t, s.AddNotices(t.Context(), []profile.NoticePost{good, bad}), profile.ErrInvalid)
		require.Empty(t, noticeIDs(t, s, profile.NoticeQuery{}))
		require.Empty(t, drained(t, s))
	}
	require.NoError(t, s.QueueNotices(t.Context(), newTask("b", "1")))
	clash := profile.NoticePost{Notice: newNotice("clash"), Tasks: []profile.NoticeTask{{Lane: "b", Key: "1", Payload: json.RawMessage(`{}`)}}}
	require.ErrorIs(t, s.AddNotices(t.Context(), []profile.NoticePost{good, clash}), profile.ErrConflict)
	require.Empty(t, noticeIDs(t, s, profile.NoticeQuery{}))
}

func checkNoticeText(t *testing.T, s profile.NoticeStore) {
	odd := "it's \"?\" $1 %_ \U0001F600 \u202e <b>&amp; "
	want := newNotice("n1", func(n *profile.Notice) { n.Kind, n.Subject, n.Data = odd, odd, map[string]string{odd: odd} })
	addNotices(t, s, want)
	page, _, err := s.Notices(t.Context(), profile.NoticeQuery{})
	require.NoError(t, err)
	require.Equal(t, []profile.Notice{want}, page)
	for _, bad := range []string{"a\x00b", "\xff"} {
		for _, change := range []func(*profile.Notice){
			func(n *profile.Notice) { n.ID = bad }, func(n *profile.Notice) { n.Data = map[string]string{"k": bad} }, func(n *profile.Notice) { n.Data = map[string]string{bad: "v"} },
		} {
			require.ErrorIs(t, s.AddNotices(t.Context(), []profile.NoticePost{{Notice: newNotice("n2", change)}}), profile.ErrInvalid)
		}
	}
	require.Equal(t, []string{"n1"}, noticeIDs(t, s, profile.NoticeQuery{}))
}

func checkNoticeDigest(t *testing.T, s profile.NoticeStore) {
	add := func(id string, minutes int, until time.Time, channels ...string) {
		p := profile.NoticePost{Notice: newNotice(id, at(minutes), hidden)}
		for _, c := range channels {
			p.Digests = append(p.Digests, profile.NoticeDigest{Channel: c, Until: until})
		}
		require.NoError(t, s.AddNotices(t.Context(), []profile.NoticePost{p}))
	}
	digest := func(channel, key string, until time.Time) []string {
		list, err := s.DigestNotices(t.Context(), profile.NoticeDigest{Person: "ann", Channel: channel, Key: key, Until: until})
		require.NoError(t, err)
		return idsOf(list)
	}
	today, tomorrow := t0.Add(time.Hour), t0.Add(25*time.Hour)
	add("b", 2, today.In(somewhere()), "mail")
	add("a", 2, today, "mail", "sms")
	add("first", 1, today, "mail")
	add("late", 3, tomorrow, "mail")
	require.NoError(t, s.AddNotices(t.Context(), []profile.NoticePost{{Notice: newNotice("bob", of("bob")), Digests: []profile.NoticeDigest{{Channel: "mail", Until: today}}}}))
	require.Empty(t, digest("mail", "k0", today.Add(-time.Microsecond)))
	require.Equal(t, []string{"first", "a", "b"}, digest("mail", "k1", today.In(somewhere())))
	add("straggler", 1, today, "mail")
	require.Equal(t, []string{"first", "a", "b"}, digest("mail", "k1", today), "what was put together is not joined")
	require.Equal(t, []string{"a"}, digest("sms", "k1", today), "channels have digests of their own")
	require.Equal(t, []string{"straggler", "late"}, digest("mail", "k2", tomorrow), "nothing is left behind, and nothing is in two")
	require.Empty(t, digest("mail", "k3", tomorrow))
	for i := range 201 {
		add(fmt.Sprintf("n%03d", i), 10+i, today, "push")
	}
	require.Len(t, digest("push", "k1", today), 200)
	require.Equal(t, []string{"n200"}, digest("push", "k2", today))
}

func checkNoticeCancelled(t *testing.T, s profile.NoticeStore) {
	addNotices(t, s, newNotice("n1"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, _, err := s.Notices(ctx, profile.NoticeQuery{})
	require.ErrorIs(t, err, context.Canceled)
	_, err = s.CountNotices(ctx, "ann")
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorIs(t, s.AddNotices(ctx, []profile.NoticePost{{Notice: newNotice("n2")}}), context.Canceled)
	_, err = s.ReadNotices(ctx, profile.NoticeMark{Person: "ann", ID: "n1", At: t0})
	require.ErrorIs(t, err, context.Canceled)
	_, err = s.RemoveNotices(ctx, profile.NoticeRemoval{Person: "ann"})
	require.ErrorIs(t, err, context.Canceled)
	_, err = s.DigestNotices(ctx, profile.NoticeDigest{Person: "ann", Channel: "mail", Key: "k", Until: t0})
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorIs(t, s.QueueNotices(ctx, newTask("a", "1")), context.Canceled)
	require.Equal(t, []string{"n1"}, noticeIDs(t, s, profile.NoticeQuery{Unread: true}))
	require.Empty(t, drained(t, s))
}

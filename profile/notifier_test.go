package profile_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/memprofile"
)

func TestTellsWhoWantsToKnow(t *testing.T) {
	inWorlds(t, func(w *world) {
		w.person("dee")
		w.person("eve")
		w.follow("eve", "article/vpn", profile.LevelAll)
		w.follow("bob", "article/vpn", profile.LevelImportant)
		w.follow("cy", "article/vpn", profile.LevelAll)
		w.follow("dee", "category/net", profile.LevelAll)
		w.follow("dee", "article/vpn", profile.LevelNone)
		w.follow("ann", "article/disk", profile.LevelAll)
		o := updated("vpn", "1", "ann", "cy", "nobody", "eve")
		o.By, o.Follow = "eve", []string{"category/net"}
		for range 3 {
			w.notify(o)
			w.drain()
		}
		for id, want := range map[string]int{"ann": 1, "bob": 1, "cy": 1, "dee": 0, "eve": 0} {
			require.Len(w, w.inbox(id), want, id)
			require.Equal(w, want, w.unread(id), id)
			require.Len(w, w.mail.titles(id), want, id)
			require.Len(w, w.push.titles(id), want, id)
		}
		m := w.mail.sent[slices.IndexFunc(w.mail.sent, func(m profile.Message) bool { return m.To.ID == "ann" })]
		require.Equal(w, profile.Recipient{ID: "ann", Name: "Name of ann", Email: "ann@acme.example", Locale: "en", Zone: "Europe/Vienna"}, m.To)
		require.Equal(w, "Canary-VPN", m.Line)
		require.Equal(w, "https://help.example/articles/vpn", m.Items[0].URL)
		require.Equal(w, "by version 1", m.Items[0].Body)

		w.notify(profile.Occurrence{Kind: "article.touched", Subject: "article/vpn", Key: "t1"})
		private := updated("vpn", "2", "ann")
		private.Private = true
		w.notify(private)
		w.drain()
		require.Len(w, w.inbox("bob"), 1, "what is minor is for those who want to hear everything")
		require.Len(w, w.inbox("cy"), 2)
		require.Len(w, w.inbox("ann"), 2)
		require.Len(w, w.mail.titles("cy"), 1, "a kind without channels stays in the portal")
	})
}

func TestNotifyRefuses(t *testing.T) {
	w := newWorld(t, memprofile.New(), nil)
	for name, change := range map[string]func(*profile.Occurrence){
		"kind":    func(o *profile.Occurrence) { o.Kind = "article.unknown" },
		"key":     func(o *profile.Occurrence) { o.Key = "" },
		"subject": func(o *profile.Occurrence) { o.Subject = "" },
		"content": func(o *profile.Occurrence) { o.Data = map[string]string{"body": string(make([]byte, 300))} },
		"data": func(o *profile.Occurrence) {
			o.Data = map[string]string{}
			for i := range 17 {
				o.Data[fmt.Sprint("k", i)] = "v"
			}
		},
		"people": func(o *profile.Occurrence) { o.To = make([]string, 1001) },
	} {
		o := updated("vpn", "1", "ann")
		change(&o)
		require.ErrorIs(t, w.notifier.Notify(t.Context(), o), profile.ErrInvalid, name)
	}
	w.notify(updated("vpn", "1", "ann"))
	require.ErrorIs(t, w.notifier.Notify(t.Context(), updated("vpn", "1", "bob")), profile.ErrConflict)
	for name, change := range map[string]func(*profile.NotifierOptions){
		"no base":        func(o *profile.NotifierOptions) { o.Base = "" },
		"channel twice":  func(o *profile.NotifierOptions) { o.Channels = append(o.Channels, w.mail) },
		"channel inbox":  func(o *profile.NotifierOptions) { o.Channels = []profile.Channel{&pigeonry{name: "inbox"}} },
		"kind twice":     func(o *profile.NotifierOptions) { o.Kinds = append(o.Kinds, o.Kinds[0]) },
		"no resolver":    func(o *profile.NotifierOptions) { o.Kinds = []profile.NoticeKind{{Name: "a", Title: "b"}} },
		"kind no title":  func(o *profile.NotifierOptions) { o.Kinds[0].Title = "" },
		"channel a/path": func(o *profile.NotifierOptions) { o.Channels = []profile.Channel{&pigeonry{name: "a/b"}} },
	} {
		o := w.opts
		o.Kinds, o.Channels = slices.Clone(o.Kinds), slices.Clone(o.Channels)
		change(&o)
		_, err := profile.NewNotifier(w.store, w.people, &o)
		require.ErrorIs(t, err, profile.ErrInvalid, name)
	}
}

// Whoever loses the right between the event and the message, or reads late,
// hears nothing, and nothing was kept from which they could.
func TestRightsAreCheckedWhenItIsSent(t *testing.T) {
	inWorlds(t, func(w *world) {
		w.prefer("bob", func(p *profile.Preferences) { p.Digests = map[string]profile.Digest{"mail": profile.DigestDaily} })
		down := errors.New("smtp: down")
		w.mail.fail = func(profile.Message) (error, error) { return down, nil }
		w.push.fail = w.mail.fail
		w.notify(updated("vpn", "1", "ann", "bob", "cy"))
		w.notify(updated("disk", "1", "bob"))
		w.drain()
		w.articles.hidden["ann vpn"], w.articles.hidden["bob vpn"] = true, true
		w.mail.fail, w.push.fail = nil, nil
		w.at("08:00")
		w.drain()
		require.Empty(w, w.mail.titles("ann"))
		require.Empty(w, w.push.titles("ann"))
		require.Equal(w, []string{"Canary-Disk"}, w.mail.titles("bob"), "a digest is checked item by item")
		require.Equal(w, []string{"Canary-VPN"}, w.mail.titles("cy"))
		require.Empty(w, w.inbox("ann"))
		require.Equal(w, []string{"Canary-Disk"}, w.inbox("bob"))
		require.Zero(w, w.unread("ann"))
		require.Equal(w, 1, w.unread("bob"))
		require.NotContains(w, w.kept(), "Canary")
		require.NotContains(w, w.kept(), "by version")

		w.notify(updated("vpn", "2", "ann"))
		w.drain()
		delete(w.articles.hidden, "ann vpn")
		require.Len(w, w.inbox("ann"), 1, "what they could not see when it happened is no news later")
	})
}

// A source that is down delays messages and loses none.
func TestSourceIsDown(t *testing.T) {
	inWorlds(t, func(w *world) {
		w.articles.down = true
		w.notify(updated("vpn", "1", "ann"))
		w.drain()
		require.Empty(w, w.mail.titles("ann"))
		require.Empty(w, w.inbox("ann"))
		w.articles.down = false
		require.Len(w, w.inbox("ann"), 1)
		w.pass(time.Minute)
		w.drain()
		require.Equal(w, []string{"Canary-VPN"}, w.mail.titles("ann"))
		require.Equal(w, []string{"Canary-VPN"}, w.push.titles("ann"))
	})
}

func TestSomebodyWhoLeft(t *testing.T) {
	inWorlds(t, func(w *world) {
		w.follow("bob", "article/vpn", profile.LevelAll)
		w.notify(updated("vpn", "1", "ann"))
		w.mail.fail = func(profile.Message) (error, error) { return errors.New("down"), nil }
		w.drain()
		for _, id := range []string{"ann", "bob"} {
			w.change(id, func(p *profile.Person) { p.Disabled = true })
		}
		w.mail.fail, w.mail.sent, w.push.sent = nil, nil, nil
		w.pass(time.Hour)
		w.notify(updated("vpn", "2", "ann"))
		w.drain()
		require.Empty(w, w.mail.sent)
		require.Empty(w, w.push.sent)
		for _, id := range []string{"ann", "bob"} {
			w.change(id, func(p *profile.Person) { p.Disabled = false })
			require.Len(w, w.inbox(id), 1, "what happened while they were away is not for them")
		}
	})
}

func TestOptOut(t *testing.T) {
	inWorlds(t, func(w *world) {
		w.prefer("ann", func(p *profile.Preferences) { p.Notices = map[string][]string{"article.updated": {"push"}} })
		w.prefer("bob", func(p *profile.Preferences) {
			p.Notices = map[string][]string{"article.updated": {}, "sign-in.new": {}}
		})
		w.notify(updated("vpn", "1", "ann", "bob", "cy"))
		w.notify(profile.Occurrence{Kind: "sign-in.new", Subject: "article/disk", Key: "s1", To: []string{"bob"}})
		w.drain()
		require.Empty(w, w.mail.titles("ann"))
		require.Empty(w, w.inbox("ann"))
		require.Zero(w, w.unread("ann"))
		require.Equal(w, []string{"Canary-VPN"}, w.push.titles("ann"))
		require.Equal(w, []string{"Canary-Disk"}, w.mail.titles("bob"), "what is about security comes through")
		require.Equal(w, []string{"Canary-Disk"}, w.inbox("bob"))
		require.Empty(w, w.push.titles("bob"))

		w.mail.fail = func(profile.Message) (error, error) { return errors.New("down"), nil }
		w.notify(updated("vpn", "2", "cy"))
		w.drain()
		w.mail.fail = nil
		w.prefer("cy", func(p *profile.Preferences) { p.Notices = map[string][]string{"article.updated": {"inbox"}} })
		w.pass(time.Hour)
		w.drain()
		require.Len(w, w.mail.titles("cy"), 1, "who opts out meanwhile gets nothing more")
	})
}

func TestNoticesKeepQuietHours(t *testing.T) {
	inWorlds(t, func(w *world) {
		w.prefer("ann", func(p *profile.Preferences) { p.Quiet = profile.Quiet{From: "22:00", To: "07:30"} })
		w.at("23:00")
		w.notify(updated("vpn", "1", "ann", "bob"))
		w.notify(profile.Occurrence{Kind: "sign-in.new", Subject: "article/disk", Key: "s1", To: []string{"ann"}})
		w.drain()
		require.Len(w, w.mail.titles("bob"), 1)
		require.Equal(w, []string{"Canary-Disk"}, w.mail.titles("ann"), "what is urgent does not wait")
		require.Len(w, w.inbox("ann"), 2, "the centre makes no noise")
		w.at("07:29")
		w.drain()
		require.Len(w, w.mail.titles("ann"), 1)
		w.at("07:30")
		w.drain()
		require.Equal(w, []string{"Canary-Disk", "Canary-VPN"}, w.mail.titles("ann"))

		w.at("21:59")
		w.mail.fail = func(profile.Message) (error, error) { return errors.New("down"), nil }
		w.notify(updated("vpn", "2", "ann"))
		w.drain()
		w.mail.fail = nil
		w.pass(10 * time.Minute)
		w.drain()
		require.Len(w, w.mail.titles("ann"), 2, "nor does a late attempt come into the night")
		w.at("07:30")
		w.drain()
		require.Len(w, w.mail.titles("ann"), 3)
	})
}

func TestDigests(t *testing.T) {
	inWorlds(t, func(w *world) {
		w.prefer("ann", func(p *profile.Preferences) { p.Digests = map[string]profile.Digest{"mail": profile.DigestDaily} })
		w.at("12:00")
		w.notify(updated("vpn", "1", "ann"))
		w.drain()
		w.pass(time.Minute)
		w.notify(updated("disk", "1", "ann"))
		w.notify(profile.Occurrence{Kind: "sign-in.new", Subject: "article/disk", Key: "s1", To: []string{"ann"}})
		w.drain()
		require.Equal(w, []string{"Canary-Disk"}, w.mail.titles("ann"), "what is urgent is in no digest")
		require.Len(w, w.push.titles("ann"), 2, "each channel has its own")
		w.at("07:59")
		w.drain()
		require.Len(w, w.mail.sent, 1)
		w.at("08:00")
		w.drain()
		require.Equal(w, "Canary-VPN+Canary-Disk", w.mail.titles("ann")[1])
		m := w.mail.sent[1]
		require.Equal(w, "Your daily summary (2)", m.Line)
		require.Equal(w, profile.DigestDaily, m.Digest)

		w.at("12:00")
		w.at("08:00")
		require.Zero(w, w.drain(), "nothing new, nothing to do")
		w.notify(updated("vpn", "2", "ann"))
		w.drain()
		page, _, err := w.notifier.Inbox(w.Context(), w.actor("ann"), profile.NoticeQuery{})
		require.NoError(w, err)
		require.NoError(w, w.notifier.MarkRead(w.Context(), w.actor("ann"), page[0].ID))
		w.at("08:00")
		w.drain()
		require.Len(w, w.mail.sent, 2, "what was read is no news, and an empty digest is not sent")
	})
}

// A digest that was sent but not written down is sent again as it was: what came
// in between is in the next one.
func TestDigestAfterACrash(t *testing.T) {
	inWorlds(t, func(w *world) {
		w.prefer("ann", func(p *profile.Preferences) {
			p.Digests = map[string]profile.Digest{"mail": profile.DigestWeekly}
			p.Notices = map[string][]string{"article.updated": {"mail"}}
		})
		w.notify(updated("vpn", "1", "ann"))
		w.drain()
		w.mail.fail = func(profile.Message) (error, error) { return nil, errors.New("died after it was sent") }
		for range 8 {
			w.at("08:00")
			w.drain()
		}
		require.NotEmpty(w, w.mail.sent)
		w.mail.fail = nil
		w.notify(updated("disk", "1", "ann"))
		w.drain()
		w.pass(2 * time.Hour)
		w.drain()
		require.Len(w, w.mail.keys, 1)
		for _, titles := range w.mail.titles("ann") {
			require.Equal(w, "Canary-VPN", titles)
		}
		for range 8 {
			w.at("08:00")
			w.drain()
		}
		require.Len(w, w.mail.keys, 2)
		require.Equal(w, "Canary-Disk", w.mail.titles("ann")[len(w.mail.sent)-1])
		require.Equal(w, "Your weekly summary (1)", w.mail.sent[0].Line)
	})
}

func TestTwoInstancesSendOnce(t *testing.T) {
	inWorlds(t, func(w *world) {
		const n = 25
		others := []*profile.Notifier{w.instance(), w.instance()}
		for i := range n {
			w.notify(updated("vpn", fmt.Sprint(i), "ann", "bob"))
			for _, o := range others {
				require.NoError(w, o.Notify(w.Context(), updated("vpn", fmt.Sprint(i), "ann", "bob")))
			}
		}
		var wg sync.WaitGroup
		failures := make([]error, len(others))
		for i, o := range others {
			wg.Go(func() { _, failures[i] = o.Drain(context.WithoutCancel(w.Context())) })
		}
		wg.Wait()
		require.NoError(w, errors.Join(failures...))
		w.drain()
		require.Len(w, w.mail.sent, 2*n)
		require.Len(w, w.mail.keys, 2*n)
		require.Len(w, w.push.sent, 2*n)
		require.Len(w, w.inbox("ann"), n)
	})
}

// A channel that fails, dies before or after it has sent, in any order: each
// message arrives, and once for a receiver that knows its key.
func TestCrashes(t *testing.T) {
	inWorlds(t, func(w *world) {
		seed := uint64(time.Now().UnixNano())
		dice := rand.New(rand.NewPCG(seed, 1))
		faults, of := 0, map[string]int{}
		fail := func(m profile.Message) (error, error) {
			// After twelve a message is dead, which is not what is tried here.
			if faults >= 200 || of[m.Key] >= 8 {
				return nil, nil
			}
			before := faults
			defer func() { of[m.Key] += faults - before }()
			switch dice.IntN(4) {
			case 0:
				faults++
				return errors.New("failed"), nil
			case 1:
				faults++
				return nil, errors.New("died after it was sent")
			case 2:
				faults++
				panic("died")
			}
			return nil, nil
		}
		w.mail.fail, w.push.fail = fail, fail
		const n = 60
		for i := range n {
			w.notify(updated("vpn", fmt.Sprint(i), []string{"ann", "bob", "cy"}[i%3]))
		}
		for range 400 {
			w.drain()
			w.pass(90 * time.Minute)
			if len(w.mail.keys) == n && len(w.push.keys) == n && faults >= 200 {
				break
			}
		}
		w.drain()
		require.Equal(w, 200, faults, "seed %d", seed)
		require.Len(w, w.mail.keys, n, "seed %d", seed)
		require.Len(w, w.push.keys, n, "seed %d", seed)
		require.Less(w, n, len(w.mail.sent), "without repeated ones this says nothing")
		w.pass(24 * time.Hour)
		require.Zero(w, w.drain())
	})
}

func TestManyFollowers(t *testing.T) {
	inWorlds(t, func(w *world) {
		const n = 250
		for i := range n {
			id := fmt.Sprintf("f%03d", i)
			w.person(id)
			w.follow(id, "article/vpn", profile.LevelAll)
		}
		start := time.Now()
		w.notify(updated("vpn", "1", "f001", "ann"))
		w.drain()
		w.Logf("%d followers told and %d messages sent in %v", n, len(w.mail.sent)+len(w.push.sent), time.Since(start).Round(time.Millisecond))
		require.Len(w, w.mail.sent, n+1)
		require.Len(w, w.mail.keys, n+1)
		require.Len(w, w.inbox("f249"), 1)
	})
}

func TestCentre(t *testing.T) {
	inWorlds(t, func(w *world) {
		ann := w.actor("ann")
		for i := range 5 {
			w.articles.titles[fmt.Sprint("a", i)] = fmt.Sprint("Article ", i)
			o := updated(fmt.Sprint("a", i), "1", "ann")
			o.At = w.now().Add(time.Duration(i) * time.Second)
			w.notify(o)
		}
		w.drain()
		seen, err := w.notifier.State(w.Context(), ann)
		require.NoError(w, err)
		var titles []string
		after, times := "", []time.Time{}
		for {
			page, next, err := w.notifier.Inbox(w.Context(), ann, profile.NoticeQuery{After: after, Limit: 2})
			require.NoError(w, err)
			for _, i := range page {
				titles, times = append(titles, i.Title), append(times, i.At)
				require.False(w, i.Read)
			}
			if after = next; next == "" {
				break
			}
			_, _, err = w.notifier.Inbox(w.Context(), w.actor("bob"), profile.NoticeQuery{After: next})
			require.ErrorIs(w, err, profile.ErrInvalid, "a page belongs to its reader")
		}
		require.Equal(w, []string{"Article 4", "Article 3", "Article 2", "Article 1", "Article 0"}, titles)
		w.articles.hidden["ann a3"] = true
		require.Equal(w, 4, w.unread("ann"))
		n, err := w.notifier.MarkAllRead(w.Context(), ann, times[3])
		require.NoError(w, err)
		require.Equal(w, 2, n)
		require.Equal(w, 2, w.unread("ann"))
		now, err := w.notifier.State(w.Context(), ann)
		require.NoError(w, err)
		require.NotEqual(w, seen, now)

		viewer := ann
		viewer.Viewer = "root"
		_, err = w.notifier.MarkAllRead(w.Context(), viewer, times[0])
		require.ErrorIs(w, err, profile.ErrForbidden)
		require.ErrorIs(w, w.notifier.MarkRead(w.Context(), profile.Actor{}, "x"), profile.ErrForbidden)
		_, _, err = w.notifier.Inbox(w.Context(), profile.Actor{}, profile.NoticeQuery{})
		require.ErrorIs(w, err, profile.ErrForbidden)
	})
}

func TestWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, memprofile.New(), nil)
		ann := w.actor("ann")
		seen, err := w.notifier.State(t.Context(), ann)
		require.NoError(t, err)
		changed := make(chan string, 1)
		go func() {
			state, _ := w.notifier.Wait(t.Context(), ann, seen)
			changed <- state
		}()
		time.Sleep(time.Hour)
		require.Empty(t, changed)
		w.notify(updated("vpn", "1", "ann", "bob"))
		w.drain()
		start := time.Now()
		require.NotEqual(t, seen, <-changed)
		require.LessOrEqual(t, time.Since(start), time.Second)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		now, err := w.notifier.State(t.Context(), ann)
		require.NoError(t, err)
		_, err = w.notifier.Wait(ctx, ann, now)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		_, err = w.notifier.Wait(t.Context(), profile.Actor{}, "")
		require.ErrorIs(t, err, profile.ErrForbidden, "nobody waits for what never comes")
	})
}

func TestRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, memprofile.New(), nil)
		w.opts.Keep = 24 * time.Hour
		w.notifier = w.instance()
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- w.notifier.Run(ctx) }()
		w.notify(updated("vpn", "1", "ann"))
		time.Sleep(time.Minute)
		require.Len(t, w.mail.titles("ann"), 1)
		require.Len(t, w.inbox("ann"), 1)
		time.Sleep(26 * time.Hour)
		require.Empty(t, w.inbox("ann"), "old notices are forgotten")
		cancel()
		require.NoError(t, <-done)
	})
}

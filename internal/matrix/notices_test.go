package matrix_test

import (
	"context"
	"crypto/ecdh"
	"crypto/rand"
	"encoding/base64"
	"slices"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/pushprofile"
)

func noticeOperations() []operation {
	return slices.Concat(inboxOperations(), noticeReading(), channelOperations(), phoneOperations(), addressOperations(), bounceOperations())
}

func inboxOperations() []operation {
	return []operation{
		regarding("Notifier.Inbox", func(ctx context.Context, w *world, by profile.Actor, id string) (any, bool, error) {
			list, _, err := w.notifier.Inbox(ctx, by, profile.NoticeQuery{Person: id, Limit: 100})
			return list, lists(list, func(i profile.InboxItem) bool { return i.ID == "note-"+id }), err
		}, "profile.notices"),
		{name: "profile.Notifier.Inbox/article", on: "article", call: func(ctx context.Context, w *world, by profile.Actor, state string) (any, bool, error) {
			list, _, err := w.notifier.Inbox(ctx, by, profile.NoticeQuery{Limit: 100})
			return list, lists(list, func(i profile.InboxItem) bool { return i.ID == "about-"+state+"-"+by.ID }), err
		}},
	}
}

// read reports whether a notice is kept as read by whom it is for.
func (w *world) read(ctx context.Context, person, id string) bool {
	list, _, _ := w.keeping.Notices(ctx, profile.NoticeQuery{Person: person, ID: id})
	return len(list) == 1 && !list[0].ReadAt.IsZero()
}

func noticeReading() []operation {
	return []operation{
		regarding("Notifier.MarkRead", func(ctx context.Context, w *world, by profile.Actor, id string) (any, bool, error) {
			err := w.notifier.MarkRead(ctx, by, "note-"+id)
			return nil, w.read(ctx, id, "note-"+id), err
		}, "profile.notices.read"),
		{name: "profile.Notifier.MarkAllRead", on: "portal", routes: []string{"profile.notices.read"}, call: func(ctx context.Context, w *world, by profile.Actor, _ string) (any, bool, error) {
			n, err := w.notifier.MarkAllRead(ctx, by, w.now.time())
			return n, w.read(ctx, by.ID, "note-"+by.ID) && !w.read(ctx, "bob", "note-bob"), err
		}},
		{name: "profile.Notifier.Unread", on: "portal", routes: []string{"profile.notices.unread"}, call: func(ctx context.Context, w *world, by profile.Actor, _ string) (any, bool, error) {
			n, _, err := w.notifier.Unread(ctx, by)
			return n, n > 0, err
		}},
		{name: "profile.Notifier.State", on: "portal", routes: []string{"profile.notices.unread"}, call: func(ctx context.Context, w *world, by profile.Actor, _ string) (any, bool, error) {
			state, err := w.notifier.State(ctx, by)
			return state, state != "", err
		}},
		{name: "profile.Notifier.Wait", on: "portal", call: func(ctx context.Context, w *world, by profile.Actor, _ string) (any, bool, error) {
			state, err := w.notifier.Wait(ctx, by, "")
			return state, state != "", err
		}},
	}
}

func bounceOperations() []operation {
	return []operation{
		{name: "profile.Bounces.Mine", on: "portal", call: func(ctx context.Context, w *world, by profile.Actor, _ string) (any, bool, error) {
			w.bounced(ctx, by)
			mine, err := w.bounces.Mine(ctx, by)
			return mine, mine.Held, err
		}},
		{name: "profile.Bounces.Retry", on: "portal", call: func(ctx context.Context, w *world, by profile.Actor, _ string) (any, bool, error) {
			address := w.bounced(ctx, by)
			err := w.bounces.Retry(ctx, by)
			held, _ := w.bounces.Held(ctx, address)
			return nil, address != "" && !held, err
		}},
	}
}

// bounced has mails to the actor's address held, and to another's. Nobody has
// no address, and a call of theirs is to change nothing.
func (w *world) bounced(ctx context.Context, by profile.Actor) (address string) {
	if by.Anonymous() {
		return ""
	}
	p, err := w.keeping.Person(ctx, by.ID)
	if err == nil && p.Email == "" {
		p.Email = by.ID + "@example.com"
		p.Version++
		_ = w.keeping.SavePerson(ctx, p)
	}
	for _, a := range []string{p.Email, "another@example.com"} {
		_ = w.bounces.Note(ctx, profile.BounceReport{Address: a, Kind: profile.BounceHard})
	}
	return p.Email
}

// sendsTo reports whether an address of somebody's is kept.
func (w *world) sendsTo(ctx context.Context, person, channel, address string) bool {
	list, _ := w.keeping.Endpoints(ctx, person, channel)
	return lists(list, func(e profile.Endpoint) bool { return e.Address == address })
}

func hookOf(id string) string { return "https://hooks.example.com/" + id }
func pushOf(id string) string { return "https://push.example.com/" + id }

func channelOperations() []operation {
	apart := func(name string, on func(ctx context.Context, w *world, by profile.Actor, id string) (any, bool, error), routes ...string) operation {
		op := regarding("", on, routes...)
		op.name = name
		return op
	}
	return []operation{
		apart("webhookprofile.List", func(ctx context.Context, w *world, by profile.Actor, id string) (any, bool, error) {
			list, err := w.hooks.List(ctx, by)
			return list, lists(list, func(e profile.Endpoint) bool { return e.ID == "hook-"+id }), err
		}),
		apart("webhookprofile.Remove", func(ctx context.Context, w *world, by profile.Actor, id string) (any, bool, error) {
			return nil, true, w.hooks.Remove(ctx, by, "hook-"+id)
		}),
		{name: "webhookprofile.Add", on: "portal", call: func(ctx context.Context, w *world, by profile.Actor, _ string) (any, bool, error) {
			e, err := w.hooks.Add(ctx, by, hookOf("bob"))
			return e, e.Person == by.ID && w.sendsTo(ctx, "bob", profile.ChannelWebhook, hookOf("bob")), err
		}},
		overall("pushprofile.Subscribe", func(ctx context.Context, w *world, by profile.Actor) error {
			return w.push.Subscribe(ctx, by, newSubscription())
		}, "profile.push.subscribe"),
		apart("pushprofile.Unsubscribe", func(ctx context.Context, w *world, by profile.Actor, id string) (any, bool, error) {
			had := w.sendsTo(ctx, id, profile.ChannelPush, pushOf(id))
			err := w.push.Unsubscribe(ctx, by, pushOf(id))
			return nil, had && !w.sendsTo(ctx, id, profile.ChannelPush, pushOf(id)), err
		}, "profile.push.unsubscribe"),
	}
}

// newSubscription returns what a browser that nobody uses yet says of itself.
func newSubscription() pushprofile.Subscription {
	key, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		panic(err)
	}
	b64 := base64.RawURLEncoding.EncodeToString
	return pushprofile.Subscription{Endpoint: pushOf("new"), P256DH: b64(key.PublicKey().Bytes()), Auth: b64(make([]byte, 16))}
}

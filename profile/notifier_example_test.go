package profile_test

import (
	"context"
	"fmt"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/memprofile"
)

// A letterbox is a channel of the host's own.
type letterbox struct{}

func (letterbox) Name() string { return "letter" }

func (letterbox) Send(_ context.Context, m profile.Message) error {
	fmt.Printf("to %s: %s, see %s\n", m.To.Name, m.Line, m.Items[0].URL)
	return nil
}

// An article changed. Its followers are told, if they may still read it when the
// message goes out.
func ExampleNotifier() {
	ctx, store := context.Background(), memprofile.New()
	people := profile.NewDirectory(store, nil)
	root := profile.Actor{ID: "root", Roles: []profile.Role{profile.RoleAdmin}}
	for _, name := range []string{"Ann", "Bob"} {
		p, err := people.SavePerson(ctx, root, profile.Person{ID: name, Name: name})
		if err != nil {
			panic(err)
		}
		_, err = people.Shelve(ctx, profile.Actor{ID: p.ID}, profile.ShelfItem{List: profile.ListFollows, Ref: "article/vpn"})
		if err != nil {
			panic(err)
		}
	}
	notifier, err := profile.NewNotifier(store, people, &profile.NotifierOptions{
		Base:     "https://help.example",
		Channels: []profile.Channel{letterbox{}},
		Kinds: []profile.NoticeKind{{
			Name: "article.updated", Title: "notice.article.updated.title", Channels: []string{profile.ChannelInbox, "letter"},
			Resolve: func(_ context.Context, to profile.Actor, n profile.Notice) (profile.NoticeText, error) {
				if to.ID == "Bob" {
					return profile.NoticeText{}, profile.ErrNotFound // he may not read it any more
				}
				return profile.NoticeText{Title: "Set up the VPN", Path: "/articles/vpn"}, nil
			},
		}},
	})
	if err != nil {
		panic(err)
	}
	err = notifier.Notify(ctx, profile.Occurrence{Kind: "article.updated", Subject: "article/vpn", Key: "vpn@7"})
	if err != nil {
		panic(err)
	}
	if _, err := notifier.Drain(ctx); err != nil { // a program calls Run instead
		panic(err)
	}
	ann, err := people.Actor(ctx, "Ann")
	if err != nil {
		panic(err)
	}
	unread, _, err := notifier.Unread(ctx, ann)
	fmt.Println(unread, err)
	// Output:
	// to Ann: Set up the VPN, see https://help.example/articles/vpn
	// 1 <nil>
}

package profile_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/memprofile"
)

// TestNoticesOfBrands: a message is in the name of what it is about, of the
// reader's own brand where that does not say, and so are its links.
func TestNoticesOfBrands(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, memprofile.New(), nil)
		resolve, down := w.articles.resolve, false
		for i := range w.opts.Kinds {
			w.opts.Kinds[i].Resolve = func(ctx context.Context, to profile.Actor, n profile.Notice) (profile.NoticeText, error) {
				text, err := resolve(ctx, to, n)
				if n.Subject == "article/disk" {
					text.Brand = "south"
				}
				return text, err
			}
		}
		w.opts.Brand = func(_ context.Context, to profile.Actor) (string, error) {
			if down {
				return "", errors.New("down")
			}
			return map[string]string{"ann": "north"}[to.ID], nil
		}
		w.opts.BrandLink = func(_ profile.Actor, brand, path string) string { return "https://" + brand + ".example" + path }
		w.notifier = w.instance()
		w.notify(updated("vpn", "1", "ann", "bob"))
		w.notify(updated("disk", "1", "ann"))
		w.drain()
		var got []string
		for _, m := range w.mail.sent {
			got = append(got, m.To.ID+" "+m.Brand+" "+m.Items[0].URL+" "+m.Settings)
			require.Contains(t, m.Unsubscribe, "https://"+m.Brand+".example/")
		}
		require.ElementsMatch(t, []string{
			"ann north https://north.example/articles/vpn https://north.example/account/preferences",
			"ann south https://south.example/articles/disk https://south.example/account/preferences",
			"bob  https://.example/articles/vpn https://.example/account/preferences",
		}, got)

		w.mail.sent = nil
		w.prefer("ann", func(p *profile.Preferences) { p.Digests = map[string]profile.Digest{"mail": profile.DigestDaily} })
		for _, version := range []string{"2", "3"} { // one digest of both, and one of the other brand alone
			if version == "2" {
				w.notify(updated("vpn", version, "ann"))
			}
			w.notify(updated("disk", version, "ann"))
			w.drain()
			w.pass(24 * time.Hour)
			w.drain()
		}
		require.Len(t, w.mail.sent, 2)
		require.Equal(t, "north", w.mail.sent[0].Brand, "several brands in one digest")
		require.Equal(t, "south", w.mail.sent[1].Brand)
		items, _, err := w.notifier.Inbox(t.Context(), w.actor("ann"), profile.NoticeQuery{})
		require.NoError(t, err)
		require.Equal(t, "https://south.example/articles/disk", items[0].URL)

		down = true
		w.notify(updated("vpn", "9", "bob"))
		w.drain()
		require.Len(t, w.mail.sent, 2, "in whose name cannot be told: it waits")
		down = false
		w.pass(time.Hour)
		w.drain()
		require.Len(t, w.mail.sent, 3)
	})
}

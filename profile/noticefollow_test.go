package profile_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
)

// Whoever comes later is not told of what was so when they came.
func TestLaterFollowersAreNotTold(t *testing.T) {
	inWorlds(t, func(w *world) {
		w.follow("ann", "article/vpn", profile.LevelAll)
		o := updated("vpn", "1")
		o.At = w.now()
		w.pass(time.Minute)
		w.follow("bob", "article/vpn", profile.LevelAll)
		w.notify(o)
		w.drain()
		require.Len(w, w.inbox("ann"), 1)
		require.Empty(w, w.inbox("bob"))
		o = updated("vpn", "2")
		o.At = w.now()
		w.notify(o)
		w.drain()
		require.Len(w, w.inbox("bob"), 1)
	})
}

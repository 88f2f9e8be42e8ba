package kbtest_test

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb/kbtest"
	"github.com/stoa-go/stoa/kb/memkb"
	"github.com/stoa-go/stoa/profile"
)

// A hasty store is a good one that takes something of what it is to remove
// otherwise.
type hasty struct {
	*memkb.Store
	change func(*profile.Expiry)
}

func (h hasty) ExpireFeedback(ctx context.Context, e profile.Expiry) (int, error) {
	h.change(&e)
	return h.Store.ExpireFeedback(ctx, e)
}

func (h hasty) ExpireRevisions(ctx context.Context, e profile.Expiry) (int, error) {
	h.change(&e)
	return h.Store.ExpireRevisions(ctx, e)
}

var hastes = map[string]func(*profile.Expiry){
	"removes what is held":      func(e *profile.Expiry) { e.Held = nil },
	"removes in a rehearsal":    func(e *profile.Expiry) { e.Dry = false },
	"removes nothing":           func(e *profile.Expiry) { e.Dry = true },
	"removes more":              func(e *profile.Expiry) { e.Limit *= 100 },
	"removes what is not older": func(e *profile.Expiry) { e.Before = e.Before.Add(time.Microsecond) },
}

const whichHaste = "KBTEST_HASTE"

// TestHasty runs the suite on one faulty store, and fails; TestExpirySuiteCatches
// starts it.
func TestHasty(t *testing.T) {
	change := hastes[os.Getenv(whichHaste)]
	if change == nil {
		t.Skip("it is run by TestExpirySuiteCatches")
	}
	kbtest.TestExpiryStore(t, func(*testing.T) kbtest.ExpiryStore { return hasty{memkb.New(), change} })
}

func TestExpirySuiteCatches(t *testing.T) {
	self, err := os.Executable()
	require.NoError(t, err)
	for name := range hastes {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			cmd := exec.CommandContext(t.Context(), self, "-test.run=^TestHasty$", "-test.count=1")
			cmd.Env = append(os.Environ(), whichHaste+"="+name)
			out, err := cmd.CombinedOutput()
			require.Error(t, err, "the suite lets it pass")
			require.Contains(t, string(out), "contract: ")
		})
	}
}

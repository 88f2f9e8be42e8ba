package audit_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/audit"
)

// TestPruner: what retention asks for is counted before it is removed, stops
// before whoever is held, and leaves a whole chain.
func TestPruner(t *testing.T) {
	w := newWorld()
	for _, person := range []string{"bob", "bob", "carl", "bob", "dora"} {
		w.write(t, root, profile.Deed{Action: "person.changed", Person: person})
		w.now = w.now.Add(time.Hour)
	}
	p := w.Pruner()
	begun := w.now.Add(-5 * time.Hour)
	prune := func(e profile.Expiry) int {
		n, err := p.Prune(t.Context(), e)
		require.NoError(t, err)
		return n
	}
	left := func() int {
		list, _, err := w.Entries(t.Context(), root, audit.Query{})
		require.NoError(t, err)
		return len(list)
	}
	for _, c := range []struct {
		name string
		e    profile.Expiry
		want int
	}{
		{"nothing is older", profile.Expiry{Before: begun, Limit: 10}, 0},
		{"what is older alone", profile.Expiry{Before: begun.Add(90 * time.Minute), Limit: 10}, 2},
		{"up to whoever is held, in whatever entries come after", profile.Expiry{Before: w.now, Held: []string{"carl"}, Limit: 10}, 2},
		{"the first is held", profile.Expiry{Before: w.now, Held: []string{"bob"}, Limit: 10}, 0},
		{"who is held did all of it", profile.Expiry{Before: w.now, Held: []string{"root"}, Limit: 10}, 0},
		{"nobody is held that is there", profile.Expiry{Before: w.now, Held: []string{"nobody"}, Limit: 10}, 5},
		{"a batch", profile.Expiry{Before: w.now, Limit: 3}, 3},
	} {
		c.e.Dry = true
		require.Equal(t, c.want, prune(c.e), c.name)
		require.Equal(t, 5, left(), "%s: counting removes nothing", c.name)
	}
	for _, limit := range []int{0, -1} {
		_, err := p.Prune(t.Context(), profile.Expiry{Before: w.now, Limit: limit})
		require.ErrorIs(t, err, profile.ErrInvalid)
	}
	require.Equal(t, 1, prune(profile.Expiry{Before: w.now, Held: []string{"carl"}, Limit: 1}))
	require.Equal(t, 1, prune(profile.Expiry{Before: w.now, Held: []string{"carl"}, Limit: 10}), "the rest of what is before carl")
	require.Zero(t, prune(profile.Expiry{Before: w.now, Held: []string{"carl"}, Limit: 10}))
	require.Equal(t, 3, left())
	oldest, err := w.Oldest(t.Context())
	require.NoError(t, err)
	require.Equal(t, begun.Add(2*time.Hour), oldest)
	report, err := w.Verify(t.Context(), root)
	require.NoError(t, err)
	require.Empty(t, report.Faults)
	require.Equal(t, 3, prune(profile.Expiry{Before: w.now, Limit: 10}))
	require.Zero(t, left())
}

package analyticstest

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/analytics"
)

// checkLatest compares with a scan, over random events of which many happened
// at one moment.
func checkLatest(t *testing.T, s analytics.Rememberer) {
	r := rand.New(rand.NewPCG(3, 4))
	events := make([]analytics.Event, 300)
	at := func() time.Time { return t0.Add(time.Duration(r.IntN(20)-10) * time.Second) }
	for i := range events {
		events[i] = newEvent(numbered("e", i), func(e *analytics.Event) {
			e.User, e.Session, e.At = []string{"ann", "Ann", "bob", ""}[r.IntN(4)], []string{"s1", "s2", ""}[r.IntN(3)], at()
		})
	}
	add(t, s, events...)
	found := 0
	for range 80 {
		q := analytics.LatestQuery{User: []string{"ann", "Ann", "bob", "nobody", ""}[r.IntN(5)], Limit: r.IntN(40)}
		if r.IntN(2) == 0 {
			q.From = at().In(time.FixedZone("somewhere", 5*3600))
		}
		if r.IntN(2) == 0 {
			q.To = at()
		}
		want, err := analytics.LatestOf(t.Context(), s, q)
		require.NoError(t, err)
		got, err := s.Latest(t.Context(), q)
		require.NoError(t, err)
		require.Equal(t, ids(want), ids(got), "%+v", q)
		same(t, want, got)
		found += len(got)
	}
	require.Greater(t, found, 100)
	all, err := s.Latest(t.Context(), analytics.LatestQuery{User: "ann", Limit: 1000})
	require.NoError(t, err)
	first, err := s.Latest(t.Context(), analytics.LatestQuery{User: "ann", Limit: 5})
	require.NoError(t, err)
	same(t, all[:5], first)
	require.False(t, all[len(all)-1].At.After(all[0].At))
}

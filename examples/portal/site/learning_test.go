package site

import (
	"encoding/json"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestSearchLearns: what several visitors were looking for stands higher when the
// next one asks, and not when they ask for results without it.
func TestSearchLearns(t *testing.T) {
	var ahead atomic.Int64
	s := open(t, behindProxy, func(c *Config) { c.Now = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) } })
	c := serve(t, s)("")
	browser := []string{"User-Agent", "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"}
	from := func(visitor int) []string {
		return append(slices.Clone(browser), "X-Forwarded-For", fmt.Sprintf("198.51.100.%d", visitor))
	}
	type results struct {
		Hits []struct{ Group, Click string }
	}
	ask := func(visitor int, more string) (r results, groups []string) {
		a := c.get("/api/v1/search?q=hub&locale=en"+more, from(visitor)...)
		require.Equal(t, 200, a.Status, a.Body)
		require.NoError(t, json.Unmarshal([]byte(a.Body), &r))
		for _, h := range r.Hits {
			groups = append(groups, h.Group)
		}
		return r, groups
	}
	require.NoError(t, s.learner.Catch(t.Context()))
	_, before := ask(1, "")
	require.Greater(t, len(before), 5)
	for visitor := range 8 {
		r, _ := ask(visitor, "")
		a := c.do("POST", "/api/v1/search/clicks", `{"token":"`+r.Hits[5].Click+`"}`, append(from(visitor), "Content-Type", "application/json")...)
		require.Equal(t, 204, a.Status, a.Body)
	}
	require.NoError(t, s.ledger.Flush(t.Context()))
	require.NoError(t, s.learner.Catch(t.Context()))
	_, now := ask(1, "")
	require.Equal(t, before, now, "these visits have not ended")
	ahead.Store(int64(3 * time.Hour))
	require.NoError(t, s.learner.Catch(t.Context()))
	_, now = ask(1, "")
	require.Less(t, slices.Index(now, before[5]), 5, "of %v", now)
	_, plain := ask(1, "&plain=true")
	require.Contains(t, plain[5:], before[5])
}

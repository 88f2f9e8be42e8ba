package site

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

// TestClosedIsNotFound: what was closed is in no result and no suggestion, even
// while the index does not follow the library.
func TestClosedIsNotFound(t *testing.T) {
	var ahead atomic.Int64
	s := open(t, func(c *Config) { // and not running
		c.Now = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	})
	d := draft("Quagga xylograph", profile.Public(), anyCategory(t, s))
	a := write(t, s, d)
	write(t, s, draft("Anotherzebra quagga", profile.Public(), d.Category))
	require.NoError(t, s.engine.Refresh(t.Context()))
	c := serve(t, s)("")
	places := []string{"/en/search?q=quagga", "/api/v1/search?q=quagga", "/api/v1/search/suggestions?q=quagga", "/en/articles/anotherzebra-quagga"}
	for _, path := range places[:3] {
		require.Contains(t, c.get(path).Body, "xylograph", path)
	}
	_, err := s.library.Arrange(t.Context(), system, a.ID, a.Version, kb.Meta{Category: a.Category, Kind: a.Kind, Audience: profile.NewAudience(profile.SegmentStaff)})
	require.NoError(t, err)
	ahead.Store(int64(10 * time.Minute))
	for _, path := range places {
		got := c.get(path)
		require.Equal(t, 200, got.Status, path)
		require.NotContains(t, got.Body, "xylograph", path)
	}
	require.Contains(t, c.get("/en/search?q=quagga").Body, "Anotherzebra")
}

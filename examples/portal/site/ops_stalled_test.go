package site

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

// TestClosedIsNotFound: what was closed is in no result and no suggestion, even
// while the index does not follow the library.
func TestClosedIsNotFound(t *testing.T) {
	s := open(t) // and not running
	d := draft("Quagga xylograph", profile.Public(), anyCategory(t, s))
	a := write(t, s, d)
	write(t, s, draft("Anotherzebra quagga", profile.Public(), d.Category))
	require.NoError(t, s.engine.Refresh(t.Context()))
	c := serve(t, s)("")
	places := []string{"/en/search?q=quagga", "/api/v1/search?q=quagga", "/api/v1/suggestions?q=quagga", "/en/articles/anotherzebra-quagga"}
	for _, path := range places[:3] {
		require.Contains(t, c.get(path).Body, "xylograph", path)
	}
	_, err := s.library.Arrange(t.Context(), system, a.ID, a.Version, kb.Meta{Category: a.Category, Kind: a.Kind, Audience: profile.NewAudience(profile.SegmentStaff)})
	require.NoError(t, err)
	for _, path := range places {
		got := c.get(path)
		require.Equal(t, 200, got.Status, path)
		require.NotContains(t, got.Body, "xylograph", path)
	}
	require.Contains(t, c.get("/en/search?q=quagga").Body, "Anotherzebra")
}

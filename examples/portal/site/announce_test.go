package site

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
)

// A crawler is a search engine that is told of changes.
type crawler struct {
	status int
	heard  []string
}

func (l *crawler) RoundTrip(r *http.Request) (*http.Response, error) {
	var told struct{ URLList []string }
	if err := json.NewDecoder(r.Body).Decode(&told); err != nil {
		return nil, err
	}
	l.heard = append(l.heard, told.URLList...)
	return &http.Response{StatusCode: l.status, Header: http.Header{"Retry-After": {"90"}}, Body: io.NopCloser(strings.NewReader("")), Request: r}, nil
}

// TestEnginesAreTold of what everybody may read, when it changes and when it goes,
// and of nothing else.
func TestEnginesAreTold(t *testing.T) {
	l := &crawler{status: 200}
	s := open(t, func(c *Config) {
		c.IndexNow, c.BaseURL, c.outside = "0123456789abcdef", "https://help.example", &http.Client{Transport: l}
	})
	require.Equal(t, "0123456789abcdef", serve(t, s)("").get("/0123456789abcdef.txt").Body)
	tell := func() (seen string) {
		t.Helper()
		l.heard = nil
		for seen == "" {
			var err error
			seen, _, err = s.announceSome(t.Context())
			require.NoError(t, err)
		}
		return seen
	}
	tell()
	require.Contains(t, l.heard, "https://help.example/en/articles/sensor-shows-offline", "what there was before")
	for _, closed := range []string{"runbook", "partner", "change-your-plan"} {
		for _, address := range l.heard {
			require.NotContains(t, address, closed)
		}
	}
	tell()
	require.Empty(t, l.heard, "once")

	place := anyCategory(t, s)
	a := write(t, s, draft("Zq open", profile.Public(), place))
	write(t, s, draft("Zq closed", profile.NewAudience("staff"), place))
	_, err := s.library.Create(t.Context(), system, draft("Zq draft", profile.Public(), place))
	require.NoError(t, err)
	l.status = 503
	_, after, err := s.announceSome(t.Context())
	require.Error(t, err)
	require.Equal(t, "1m30s", after.String())
	l.status = 200
	tell()
	require.Equal(t, []string{"https://help.example/en/articles/zq-open"}, l.heard, "what was not taken is told again")

	_, err = s.library.Archive(t.Context(), system, a.ID, "en", a.Version)
	require.NoError(t, err)
	l.status = 403
	tell()
	require.Equal(t, []string{"https://help.example/en/articles/zq-open"}, l.heard, "that it is gone, once")
	tell()
	require.Empty(t, l.heard)

	_, err = Open(t.Context(), Config{Data: t.TempDir(), IndexNow: "0123456789abcdef"})
	require.ErrorContains(t, err, "-base-url")
	_, err = Open(t.Context(), Config{Data: t.TempDir(), IndexNow: "short", BaseURL: "https://help.example"})
	require.ErrorContains(t, err, "8 to 128")
}

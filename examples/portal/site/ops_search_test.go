package site

import (
	"bytes"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/opensearchtest"
)

// TestSearchServer: the index may be on a server, and while that is away titles are
// searched and it is said what to do.
func TestSearchServer(t *testing.T) {
	server := opensearchtest.New(t)
	address := "opensearch:" + strings.Replace(server.URL, "http://", "http://stoa@", 1) + "/portal"
	s := open(t, func(c *Config) { c.Search = Search{Server: address, Password: "s3cret"} })
	c := serve(t, s)("")
	require.Equal(t, "ready (OpenSearch)\n", c.get("/readyz").Body)
	require.Len(t, server.Indexes(), 1)
	require.Contains(t, c.get("/en/search?q=sensors+offline").Body, "<mark>Sensor</mark> shows <mark>offline</mark>")

	server.Misbehave(func(w http.ResponseWriter, _ *http.Request, _ *opensearchtest.Server) bool {
		opensearchtest.Answer(w, http.StatusUnauthorized, map[string]any{"error": map[string]any{"type": "security_exception"}})
		return true
	})
	require.Equal(t, "ready; search: no answer (OpenSearch)\n", c.get("/readyz").Body)
	require.Contains(t, c.get("/en/search?q=sensor+offline").Body, "Sensor shows offline", "titles are searched instead")

	var log bytes.Buffer
	other, err := Open(t.Context(), Config{
		Data: t.TempDir(), Demo: true, Search: Search{Server: address, Password: "s3cret"}, Log: slog.New(slog.NewTextHandler(&log, nil)),
	})
	require.NoError(t, err)
	require.NoError(t, other.Close())
	require.Contains(t, log.String(), "check name, password and rights")
	require.NotContains(t, log.String(), "s3cret")
}

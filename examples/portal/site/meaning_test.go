package site

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/search/searchtest"
)

// TestMeaning has a service embed the library and what is searched for.
func TestMeaning(t *testing.T) {
	var asked atomic.Int64
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var q struct{ Input []string }
		if json.NewDecoder(r.Body).Decode(&q) != nil {
			return
		}
		asked.Add(1)
		list, err := searchtest.NGrams{Dimension: 64}.Embed(r.Context(), q.Input)
		if err == nil {
			_ = json.NewEncoder(w).Encode(map[string]any{"embeddings": list})
		}
	}))
	t.Cleanup(service.Close)
	s := open(t, func(c *Config) { c.Embed = Embed{URL: service.URL, Model: "letters", Inside: true} })
	require.NoError(t, s.meaning.Refresh(t.Context()))
	require.Positive(t, s.engine.Status(t.Context()).Semantic.Texts)
	before := asked.Load()
	require.Equal(t, http.StatusOK, serve(t, s)("").get("/en/search?q=zqzq").Status)
	require.Equal(t, before+1, asked.Load())
	require.Empty(t, s.engine.Status(t.Context()).Semantic.Searches)

	_, err := Open(t.Context(), Config{Data: t.TempDir(), DB: "sqlite:x.db", Embed: Embed{URL: "http://embed.example", Model: "m"}})
	require.ErrorContains(t, err, "-embed-url")
}

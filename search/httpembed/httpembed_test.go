package httpembed_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/httpembed"
	"github.com/stoa-go/stoa/search/searchtest"
)

// service answers in one of both forms, with vectors of letters.
func service(t *testing.T, ollama bool, before http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if before != nil {
			if before(w, r); w.Header().Get("Done") != "" {
				return
			}
		}
		var q struct {
			Model string
			Input []string
		}
		if json.NewDecoder(r.Body).Decode(&q) != nil || q.Model != "m" || len(q.Input) == 0 || slices.Contains(q.Input, "") {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		list, err := searchtest.NGrams{Dimension: 32}.Embed(r.Context(), q.Input)
		if err != nil {
			return
		}
		if ollama {
			_ = json.NewEncoder(w).Encode(map[string]any{"embeddings": list})
			return
		}
		var data []map[string]any
		for i, v := range list {
			data = append([]map[string]any{{"index": i, "embedding": v}}, data...) // in no order
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"data": data})
	}))
	t.Cleanup(s.Close)
	return s
}

func embedder(t *testing.T, s *httptest.Server, change ...func(*httpembed.Options)) *httpembed.Embedder {
	t.Helper()
	o := httpembed.Options{URL: s.URL, Model: "m", Inside: true, Wait: time.Millisecond}
	for _, f := range change {
		f(&o)
	}
	e, err := httpembed.New(o)
	require.NoError(t, err)
	return e
}

func TestEmbedder(t *testing.T) {
	for name, ollama := range map[string]bool{"openai": false, "ollama": true} {
		t.Run(name, func(t *testing.T) {
			searchtest.TestEmbedder(t, func(t *testing.T) search.Embedder { return embedder(t, service(t, ollama, nil)) })
		})
	}
}

func TestRequest(t *testing.T) {
	var auth, path string
	s := service(t, false, func(_ http.ResponseWriter, r *http.Request) { auth, path = r.Header.Get("Authorization"), r.URL.Path })
	e := embedder(t, s, func(o *httpembed.Options) { o.Key, o.URL, o.Longest = "k", o.URL+"/v1/embeddings", 5 })
	list, err := e.Embed(t.Context(), []string{"abcdefgh", "", "abcdü"})
	require.NoError(t, err)
	require.Len(t, list, 3)
	require.Equal(t, []string{"Bearer k", "/v1/embeddings"}, []string{auth, path})
}

func TestTriesAgain(t *testing.T) {
	for name, c := range map[string]struct {
		status, fails int
		want          error
		asked         int64
	}{
		"busy":            {http.StatusTooManyRequests, 2, nil, 3},
		"broken":          {http.StatusBadGateway, 9, errs.Unavailable, 3},
		"wrong key":       {http.StatusUnauthorized, 9, errs.Invalid, 1},
		"sent elsewhere":  {http.StatusFound, 9, errs.Invalid, 1},
		"nothing to read": {http.StatusOK, 1, nil, 2},
	} {
		t.Run(name, func(t *testing.T) {
			var asked atomic.Int64
			s := service(t, true, func(w http.ResponseWriter, _ *http.Request) {
				if int(asked.Add(1)) <= c.fails {
					w.Header().Set("Done", "yes")
					w.WriteHeader(c.status)
				}
			})
			_, err := embedder(t, s).Embed(t.Context(), []string{"a"})
			require.ErrorIs(t, err, c.want)
			require.Equal(t, c.asked, asked.Load())
		})
	}
}

func TestBadAnswers(t *testing.T) {
	for _, body := range []string{
		`{}`, `{"embeddings":[[1],[2]]}`, `{"embeddings":[[]]}`, `{"data":[{"index":1,"embedding":[1]}]}`, `{"data":[{"index":-1,"embedding":[1]}]}`,
	} {
		s := service(t, true, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Done", "yes")
			_, _ = w.Write([]byte(body))
		})
		_, err := embedder(t, s).Embed(t.Context(), []string{"a"})
		require.ErrorIs(t, err, errs.Invalid, body)
	}
}

func TestDoesNotWaitForWhatIsTooLate(t *testing.T) {
	s := service(t, true, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Done", "yes")
		w.Header().Set("Retry-After", "3600")
		w.WriteHeader(http.StatusServiceUnavailable)
	})
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	_, err := embedder(t, s).Embed(ctx, []string{"a"})
	require.ErrorIs(t, err, errs.Unavailable)
}

func TestAddresses(t *testing.T) {
	for _, o := range []httpembed.Options{
		{URL: "http://embed.example", Model: "m"}, {URL: "ftp://embed.example", Model: "m", Inside: true}, {URL: "", Model: "m"},
		{URL: "https://embed.example"}, {URL: "https:///x", Model: "m"},
	} {
		_, err := httpembed.New(o)
		require.ErrorIs(t, err, errs.Invalid, o.URL)
	}
	s := service(t, true, nil)
	e, err := httpembed.New(httpembed.Options{URL: strings.Replace(s.URL, "http:", "https:", 1), Model: "m", Tries: 1})
	require.NoError(t, err)
	_, err = e.Embed(t.Context(), []string{"a"})
	require.ErrorIs(t, err, errs.Unavailable, "what is inside is not reached unasked")
	require.NotContains(t, err.Error(), "127.0.0.1")
}

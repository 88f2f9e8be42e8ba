package seo_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/search/seo"
)

// An engine takes notices and answers with what it is told to.
type engine struct {
	mu      sync.Mutex
	answers []int // 0 for none at all; when they run out, 200
	after   string
	heard   []heard
}

type heard struct {
	At          time.Time
	Address     string
	Host        string   `json:"host"`
	Key         string   `json:"key"`
	KeyLocation string   `json:"keyLocation"`
	URLs        []string `json:"urlList"`
}

func (e *engine) RoundTrip(r *http.Request) (*http.Response, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	h := heard{At: time.Now(), Address: r.URL.String()}
	if err := json.NewDecoder(r.Body).Decode(&h); err != nil {
		return nil, err
	}
	e.heard = append(e.heard, h)
	status := 200
	if len(e.answers) > 0 {
		status, e.answers = e.answers[0], e.answers[1:]
	}
	if status == 0 {
		return nil, io.ErrUnexpectedEOF
	}
	return &http.Response{StatusCode: status, Header: http.Header{"Retry-After": {e.after}}, Body: io.NopCloser(bytes.NewReader(nil)), Request: r}, nil
}

func (e *engine) said() []heard {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([]heard(nil), e.heard...)
}

func running(t *testing.T, e *engine, o seo.IndexNowOptions) *seo.IndexNow {
	t.Helper()
	o.Client = &http.Client{Transport: e}
	n, err := seo.NewIndexNow("0123456789abcdef", &o)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	go func() { _ = n.Run(ctx) }()
	return n
}

func TestIndexNowGathers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &engine{}
		n := running(t, e, seo.IndexNowOptions{Batch: 3})
		begun := time.Now()
		for i := range 4 {
			require.Zero(t, n.Add(fmt.Sprintf("https://a.example/%d", i), "https://a.example/0", "https://b.example/"))
		}
		require.Equal(t, 2, n.Add("/relative", "ftp://a.example/"))
		time.Sleep(time.Minute)
		synctest.Wait()
		said := e.said()
		require.Len(t, said, 3, "three of one host, the other host, the rest")
		require.Equal(t, begun.Add(10*time.Second), said[0].At)
		require.Equal(t, "https://api.indexnow.org/indexnow", said[0].Address)
		require.Equal(t, []string{"https://a.example/0", "https://a.example/1", "https://a.example/2"}, said[0].URLs)
		require.Equal(t, "a.example", said[0].Host)
		require.Equal(t, "https://a.example/0123456789abcdef.txt", said[0].KeyLocation)
		require.Equal(t, []string{"https://b.example/"}, said[1].URLs)
		require.Equal(t, []string{"https://a.example/3"}, said[2].URLs)
		require.Zero(t, n.Waiting())
		n.Add("https://a.example/0")
		time.Sleep(time.Minute)
		synctest.Wait()
		require.Len(t, e.said(), 4, "what was told of may change again")
	})
}

func TestIndexNowInsists(t *testing.T) {
	for name, tc := range map[string]struct {
		answers []int
		after   string
		want    []time.Duration // between requests
	}{
		"taken":             {[]int{202}, "", nil},
		"after a while":     {[]int{500, 0, 200}, "", []time.Duration{30 * time.Second, time.Minute}},
		"as it asks":        {[]int{429, 200}, "300", []time.Duration{5 * time.Minute}},
		"given up":          {[]int{503, 503, 503, 503, 503, 503}, "", []time.Duration{30 * time.Second, time.Minute, 2 * time.Minute, 4 * time.Minute}},
		"key not believed":  {[]int{403, 200}, "", nil},
		"addresses refused": {[]int{422, 200}, "", nil},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := &engine{answers: tc.answers, after: tc.after}
				n := running(t, e, seo.IndexNowOptions{})
				n.Add("https://a.example/")
				time.Sleep(time.Hour)
				synctest.Wait()
				said := e.said()
				require.Len(t, said, len(tc.want)+1)
				for i, d := range tc.want {
					require.Equal(t, d, said[i+1].At.Sub(said[i].At))
				}
			})
		})
	}
}

func TestIndexNowIsBounded(t *testing.T) {
	n, err := seo.NewIndexNow("0123456789abcdef", &seo.IndexNowOptions{Most: 2, Client: &http.Client{Transport: &engine{}}})
	require.NoError(t, err)
	require.Equal(t, 1, n.Add("https://a.example/1", "https://a.example/2", "https://a.example/3"))
	require.Equal(t, 2, n.Waiting())
	_, err = n.Send(t.Context(), nil)
	require.Error(t, err)
	_, err = n.Send(t.Context(), make([]string, seo.MaxNotices+1))
	require.Error(t, err)
}

// TestIndexNowReachesNobodyInside: without a client of the caller's, addresses of
// this machine are not dialled.
func TestIndexNowReachesNobodyInside(t *testing.T) {
	inside := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("it was reached") }))
	defer inside.Close()
	n, err := seo.NewIndexNow("0123456789abcdef", &seo.IndexNowOptions{Endpoint: inside.URL})
	require.NoError(t, err)
	_, err = n.Send(t.Context(), []string{"https://a.example/"})
	require.ErrorContains(t, err, "public internet")
}

func TestIndexNowKey(t *testing.T) {
	for _, key := range []string{"", "short", "with space", "a/../../etc", strings.Repeat("a", 129), "with\nline12"} {
		_, err := seo.NewIndexNow(key, nil)
		require.Error(t, err, "%q", key)
	}
	n, err := seo.NewIndexNow("0123456789abcdef", nil)
	require.NoError(t, err)
	w := httptest.NewRecorder()
	n.ServeHTTP(w, httptest.NewRequest(http.MethodGet, n.KeyPath(), nil))
	require.Equal(t, "0123456789abcdef", w.Body.String())
	require.Equal(t, "/0123456789abcdef.txt", n.KeyPath())
}

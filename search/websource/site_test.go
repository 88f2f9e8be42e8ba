package websource_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/gathered"
	"github.com/stoa-go/stoa/search/websource"
)

// A page is what a host answers with.
type page struct {
	status int // 0 means 200
	header map[string]string
	body   string
	tag    string           // ETag
	serve  func(n int) page // instead, the n-th time from 1
	err    error            // of the connection
	hook   func(*http.Request)
}

// A web is a network of hosts, which notes who asked for what, and when.
type web struct {
	mu    sync.Mutex
	pages map[string]page // by host and path
	times map[string]int
	asked []string
	at    []time.Time
	agent string
	busy  map[string]int // requests that a host has at a time
	most  int
}

func newWeb(pages map[string]page) *web {
	return &web{pages: pages, times: map[string]int{}, busy: map[string]int{}}
}

// RoundTrip implements [http.RoundTripper].
func (w *web) RoundTrip(r *http.Request) (*http.Response, error) {
	w.mu.Lock()
	key := r.URL.Host + r.URL.RequestURI()
	w.times[key]++
	w.asked, w.at, w.agent = append(w.asked, key), append(w.at, time.Now()), r.Header.Get("User-Agent")
	w.busy[r.URL.Host]++
	w.most = max(w.most, w.busy[r.URL.Host])
	p, ok := w.pages[key]
	if ok && p.serve != nil {
		p = p.serve(w.times[key])
	}
	w.mu.Unlock()
	defer func() {
		w.mu.Lock()
		w.busy[r.URL.Host]--
		w.mu.Unlock()
	}()
	if p.hook != nil {
		p.hook(r)
	}
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	if p.err != nil {
		return nil, p.err
	}
	return p.response(r, ok), nil
}

func (p page) response(r *http.Request, ok bool) *http.Response {
	h := http.Header{"Content-Type": {"text/html; charset=utf-8"}}
	for name, value := range p.header {
		h.Set(name, value)
	}
	status := p.status
	switch {
	case !ok:
		status = http.StatusNotFound
	case status == 0:
		status = http.StatusOK
	}
	if p.tag != "" {
		if h.Set("ETag", p.tag); r.Header.Get("If-None-Match") == p.tag {
			status, p.body = http.StatusNotModified, ""
		}
	}
	return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(p.body)), Request: r, ProtoMajor: 1, ProtoMinor: 1}
}

// set changes a page, or takes it away.
func (w *web) set(key string, p *page) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if delete(w.pages, key); p != nil {
		w.pages[key] = *p
	}
}

// took returns what was asked for since it was last called.
func (w *web) took() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := w.asked
	w.asked, w.at = nil, nil
	return out
}

func text(title, body string) page {
	return page{body: fmt.Sprintf(`<!doctype html><html lang="en"><title>%s</title><main><h1>%s</h1><p>%s</p></main>`, title, title, body)}
}

func sitemap(paths ...string) page {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">`)
	for _, p := range paths {
		if !strings.Contains(p, "://") {
			p = "https://docs.example" + p
		}
		fmt.Fprintf(&b, "<url><loc>%s</loc></url>", p)
	}
	b.WriteString("</urlset>")
	return page{body: b.String(), header: map[string]string{"Content-Type": "application/xml"}}
}

func packed(t testing.TB, text string) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, err := io.WriteString(z, text)
	require.NoError(t, err)
	require.NoError(t, z.Close())
	return b.String()
}

// source returns a source of docs.example that hardly waits.
func source(t testing.TB, w *web, store gathered.Store, start string, change ...func(*websource.Options)) *websource.Source {
	t.Helper()
	opts := &websource.Options{Client: &http.Client{Transport: w}, Delay: time.Nanosecond}
	for _, f := range change {
		f(opts)
	}
	s, err := websource.New("docs", []string{start}, store, opts)
	require.NoError(t, err)
	return s
}

// A reader has read a source as an engine does.
type reader struct {
	cursor string
	found  map[string]search.Document // by path
	groups map[string][]search.Document
}

// read reads to the end, and returns how many groups were told of.
func (r *reader) read(t testing.TB, s search.Source) int {
	t.Helper()
	if r.groups == nil {
		r.groups = map[string][]search.Document{}
	}
	n := 0
	for {
		changes, next, err := s.Changes(t.Context(), r.cursor, 100)
		require.NoError(t, err)
		for _, c := range changes {
			r.groups[c.Group] = c.Documents
		}
		r.cursor = next
		if n += len(changes); len(changes) == 0 {
			break
		}
	}
	r.found = map[string]search.Document{}
	for _, docs := range r.groups {
		for _, d := range docs {
			r.found[d.Path] = d
		}
	}
	return n
}

// paths returns the paths that are found, in order.
func (r *reader) paths() []string {
	var out []string
	for _, p := range slices.Sorted(maps.Keys(r.found)) {
		out = append(out, strings.TrimPrefix(p, "https://docs.example"))
	}
	return out
}

func crawl(t testing.TB, s *websource.Source) websource.Report {
	t.Helper()
	report, err := s.Crawl(t.Context())
	require.NoError(t, err)
	return report
}

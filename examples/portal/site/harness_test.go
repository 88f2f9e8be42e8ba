package site

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/internal/browser"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

// demoFolder is the folder of a portal with the demo in it and in its index. It
// is made once: tests take copies.
var demoFolder = sync.OnceValues(func() (dir string, err error) {
	if dir, err = os.MkdirTemp("", "portal-site-"); err != nil {
		return "", err
	}
	s, err := Open(context.Background(), Config{Data: dir, Demo: true})
	if err != nil {
		return dir, err
	}
	err = s.engine.Refresh(context.Background())
	awaitMerge(dir)
	return dir, errors.Join(err, s.Close())
})

// awaitMerge gives the index in a folder time to become one file. It is written
// in steps, which are put together in the background; what is not done here every
// copy would do anew.
func awaitMerge(dir string) {
	deadline := time.Now().Add(5 * time.Second)
	for time.Now().Before(deadline) {
		if files, err := filepath.Glob(filepath.Join(dir, "index", "*", "*.zap")); err != nil || len(files) == 1 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// portalTexts are the texts of the interface, which nobody changes. They are read
// once: to read them takes a third of the time of opening a portal.
var portalTexts = sync.OnceValues(func() (*i18n.Catalog, error) {
	return i18n.New(&i18n.Options{Layers: Texts(), Log: slog.New(slog.DiscardHandler)})
})

// copied is set when there is a folder to remove in the end.
var copied atomic.Bool

func TestMain(m *testing.M) {
	code := browser.Main(m)
	if copied.Load() {
		dir, _ := demoFolder()
		os.RemoveAll(dir)
	}
	os.Exit(code)
}

// open returns a portal on SQLite in a folder of its own, with everything in
// its index.
func open(t testing.TB, change ...func(*Config)) *Site {
	t.Helper()
	own := t.TempDir()
	cfg := Config{Data: own, Demo: true}
	for _, f := range change {
		f(&cfg)
	}
	if cfg.Demo && cfg.DB == "" && cfg.Data == own && cfg.Locales == nil {
		copied.Store(true)
		from, err := demoFolder()
		require.NoError(t, err)
		require.NoError(t, os.CopyFS(own, os.DirFS(from)))
	}
	if cfg.Log == nil { // otherwise the texts tell the log of their faults
		texts, err := portalTexts()
		require.NoError(t, err)
		cfg.catalog = texts
	}
	s, err := Open(t.Context(), cfg)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	require.NoError(t, s.engine.Refresh(t.Context()))
	return s
}

// A client is a browser, or a program, of one person.
type client struct {
	t      testing.TB
	server *httptest.Server
	person string
	http   *http.Client
}

// serve starts a server for s and returns a function that makes clients.
func serve(t testing.TB, s *Site) func(person string) *client {
	server := httptest.NewServer(s.Handler())
	t.Cleanup(server.Close)
	return func(person string) *client {
		return &client{t: t, server: server, person: person, http: &http.Client{
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		}}
	}
}

// An answer is all of a response.
type answer struct {
	Status int
	Header http.Header
	Body   string
}

// All is what could be seen of an answer: its headers and its body.
func (a answer) All() string {
	var b strings.Builder
	_ = a.Header.Write(&b)
	return b.String() + "\n" + a.Body
}

func (c *client) do(method, path, body string, header ...string) answer {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), method, c.server.URL+path, strings.NewReader(body))
	require.NoError(c.t, err)
	if c.person != "" {
		r.Header.Set("Authorization", bearerPrefix+c.person)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	if host := r.Header.Get("Host"); host != "" {
		r.Host = host
	}
	res, err := c.http.Do(r)
	require.NoError(c.t, err)
	return read(c.t, res)
}

// behindProxy makes a portal believe where requests come from, for tests that
// ask more than one visitor may.
func behindProxy(c *Config) { c.Proxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")} }

// visitors counts the requests that came from addresses of their own.
var visitors atomic.Uint32

// from asks from an address that nobody has asked from. It is a mistake to be
// told to wait: whoever looks for something would not find it.
func (c *client) from(path string) answer {
	c.t.Helper()
	n := visitors.Add(1)
	a := c.get(path, "X-Forwarded-For", fmt.Sprintf("198.%d.%d.%d", 18+n>>16&1, n>>8&255, n&255))
	require.NotEqual(c.t, http.StatusTooManyRequests, a.Status, path)
	return a
}

// refusal is how a form of the desk is answered for somebody who may not send it.
// Nobody who is signed in learns that it is there; what was written by somebody
// whom nobody knows any more is given back, whether it is there or not.
func refusal(person string) int {
	if person == "" {
		return http.StatusForbidden
	}
	return http.StatusNotFound
}

// unseen is how a page of the desk is answered for somebody to whom it is none:
// whoever is not signed in is asked to, whether it is there or not.
func unseen(person string) int {
	if person == "" {
		return http.StatusSeeOther
	}
	return http.StatusNotFound
}

func read(t testing.TB, res *http.Response) answer {
	t.Helper()
	defer func() { _ = res.Body.Close() }()
	data, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	return answer{res.StatusCode, res.Header, string(data)}
}

// at asks for a page at another host than the server's own.
func (c *client) at(host, path string, header ...string) answer {
	c.t.Helper()
	return c.do(http.MethodGet, path, "", append(header, "Host", host)...)
}

func (c *client) get(path string, header ...string) answer {
	c.t.Helper()
	return c.do(http.MethodGet, path, "", header...)
}

func (c *client) post(path string, form url.Values, header ...string) answer {
	c.t.Helper()
	return c.do(http.MethodPost, path, form.Encode(), append(header, "Content-Type", "application/x-www-form-urlencoded")...)
}

// write makes an article that readers see, as the system.
func write(t testing.TB, s *Site, d kb.Draft) kb.Article {
	t.Helper()
	a, err := s.library.Create(t.Context(), system, d)
	require.NoError(t, err)
	return publish(t, s, a)
}

func publish(t testing.TB, s *Site, a kb.Article) kb.Article {
	t.Helper()
	a, err := s.library.Publish(t.Context(), system, a.ID, a.Source, a.Version)
	require.NoError(t, err)
	return a
}

func draft(title string, audience profile.Audience, category string) kb.Draft {
	return kb.Draft{
		Text: kb.Text{Title: title, Summary: "Summary of " + title, Body: "## Steps\n\nText of " + title},
		Meta: kb.Meta{Category: category, Kind: kb.KindHowTo, Audience: audience},
		Key:  title,
	}
}

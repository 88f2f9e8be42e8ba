package samlprofile_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/memprofile"
	"github.com/stoa-go/stoa/profile/samlprofile"
)

var (
	// Far ahead, for the browser's jar has a clock of its own and forgets what has
	// expired by that.
	day    = time.Date(2126, 3, 1, 9, 30, 0, 0, time.UTC)
	system = profile.Actor{ID: "sign-in", Roles: []profile.Role{profile.RoleAdmin}}
)

// A world is a portal, its people and a provider of identities.
type world struct {
	t         *testing.T
	fake      *fake
	store     *memprofile.Store
	directory *profile.Directory
	sessions  *profile.Sessions
	people    *profile.Identities
	options   samlprofile.Options
	config    samlprofile.Config
	provider  *samlprofile.Provider
	server    *httptest.Server
	mux       *http.ServeMux
	logs      *journal
	events    *journal

	mu sync.Mutex
	at time.Time
}

// A journal keeps what was said.
type journal struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.buf.Write(p)
}

func (j *journal) Record(_ context.Context, e analytics.Event) {
	_, _ = fmt.Fprintln(j, e.Name, e.Props["why"])
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.buf.String()
}

func (w *world) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.at
}

func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.at = w.at.Add(d)
}

func newWorld(t *testing.T, change ...func(*world)) *world {
	t.Helper()
	w := &world{t: t, at: day, store: memprofile.New(), logs: &journal{}, events: &journal{}, mux: http.NewServeMux()}
	log := slog.New(slog.NewTextHandler(w.logs, &slog.HandlerOptions{Level: slog.LevelDebug}))
	w.fake = newFake(t, w.now)
	w.directory = profile.NewDirectory(w.store, &profile.Options{Now: w.now, Logger: log})
	w.sessions = profile.NewSessions(w.store, w.directory, &profile.SessionOptions{Now: w.now, Logger: log})
	w.people = profile.NewIdentities(w.store, w.directory, w.sessions)
	for _, id := range []string{"ann", "bob"} {
		_, err := w.directory.SavePerson(t.Context(), system, profile.Person{ID: id, Name: id, Email: id + "@acme.example"})
		require.NoError(t, err)
	}
	w.options = samlprofile.Options{Now: w.now, Logger: log, Events: w.events, Strong: []string{mfa}}
	w.config.Keys = []tls.Certificate{ours().tls()}
	for _, f := range change {
		f(w)
	}
	w.server = httptest.NewServer(profile.Middleware(w.sessions, &profile.MiddlewareOptions{Refused: w.sessions.Refused()})(w.mux))
	t.Cleanup(w.server.Close)
	w.mux.HandleFunc("/who", func(rw http.ResponseWriter, r *http.Request) {
		a := profile.FromContext(r.Context())
		_, _ = fmt.Fprintf(rw, "%s %d", a.ID, a.Assurance)
	})
	w.provider = w.mount("/saml")
	w.link("n-ann", "ann")
	w.link("n-bob", "bob")
	return w
}

// mount adds the provider under a prefix.
func (w *world) mount(prefix string) *samlprofile.Provider {
	w.t.Helper()
	c := w.config
	c.Address = w.server.URL + prefix
	if c.MetadataURL == "" && c.Metadata == nil {
		c.Metadata = []byte(w.fake.describe())
	}
	p, err := samlprofile.New(w.people, w.sessions, c, &w.options)
	require.NoError(w.t, err, w.logs.String())
	w.mux.Handle(prefix+"/", http.StripPrefix(prefix, p.Handler()))
	return p
}

func (w *world) link(subject, person string) {
	w.t.Helper()
	_, err := w.people.Link(w.t.Context(), system, profile.Identity{Via: w.provider.Via(), Subject: subject, Person: person})
	require.NoError(w.t, err)
}

// allSessions returns the sessions of everybody there is.
func (w *world) allSessions() (list []profile.Session) {
	w.t.Helper()
	for person, err := range w.directory.AllPeople(w.t.Context(), system, profile.PersonQuery{}) {
		require.NoError(w.t, err)
		some, err := w.store.Sessions(w.t.Context(), person.ID)
		require.NoError(w.t, err)
		list = append(list, some...)
	}
	return list
}

// A browser keeps cookies and follows no redirects by itself.
type browser struct {
	*http.Client
	w *world
}

func (w *world) browser() *browser {
	jar, err := cookiejar.New(nil)
	require.NoError(w.t, err)
	return &browser{w: w, Client: &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// A page is an answer as a browser has it.
type page struct {
	status   int
	location string
	body     string
	header   http.Header
}

func (b *browser) open(address string, header ...string) page {
	b.w.t.Helper()
	return b.send(http.MethodGet, address, nil, header...)
}

func (b *browser) post(address string, form url.Values, header ...string) page {
	b.w.t.Helper()
	return b.send(http.MethodPost, address, strings.NewReader(form.Encode()), append([]string{"Content-Type", "application/x-www-form-urlencoded"}, header...)...)
}

// fromElsewhere posts a form from another site: it brings no cookies, for all of
// the portal's are Lax, and takes those that it gets.
func (b *browser) fromElsewhere(address string, form url.Values, header ...string) page {
	b.w.t.Helper()
	bare := &browser{w: b.w, Client: &http.Client{CheckRedirect: b.CheckRedirect}}
	got := bare.post(address, form, append([]string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Dest", "document"}, header...)...)
	u, err := url.Parse(b.w.server.URL)
	require.NoError(b.w.t, err)
	b.Jar.SetCookies(u, (&http.Response{Header: got.header}).Cookies())
	return got
}

func (b *browser) send(method, address string, body io.Reader, header ...string) page {
	t := b.w.t
	t.Helper()
	if strings.HasPrefix(address, "/") {
		address = b.w.server.URL + address
	}
	r, err := http.NewRequestWithContext(t.Context(), method, address, body)
	require.NoError(t, err)
	r.Header.Set("Accept", "text/html")
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	resp, err := b.Do(r)
	require.NoError(t, err)
	defer func() { _ = resp.Body.Close() }()
	data, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return page{resp.StatusCode, resp.Header.Get("Location"), string(data), resp.Header}
}

// who is whom the portal takes the browser for, and how surely.
func (b *browser) who() string {
	b.w.t.Helper()
	return b.open("/who").body
}

// ask begins to sign in and returns the ID of the request.
func (b *browser) ask(login string) string {
	b.w.t.Helper()
	there := b.open(login)
	require.Equal(b.w.t, http.StatusSeeOther, there.status, there.body)
	return b.w.fake.read(there.location, "SAMLRequest").el.SelectAttrValue("ID", "")
}

// answer is the provider's answer to a request.
func (b *browser) answer(id string) url.Values {
	return b.w.fake.answer(id, b.w.server.URL+"/saml/acs", b.w.server.URL+"/saml/metadata")
}

// deliver sends an answer, and goes where it leads.
func (b *browser) deliver(form url.Values) page {
	b.w.t.Helper()
	got := b.fromElsewhere("/saml/acs", form)
	if got.status == http.StatusSeeOther {
		got = b.open(got.location)
	}
	return got
}

// signIn signs in the usual way.
func (b *browser) signIn() page {
	b.w.t.Helper()
	return b.deliver(b.answer(b.ask("/saml/login?return=/after")))
}

// cookies returns the portal's cookies in the browser.
func (b *browser) cookies() map[string]string {
	u, err := url.Parse(b.w.server.URL)
	require.NoError(b.w.t, err)
	out := map[string]string{}
	for _, c := range b.Jar.Cookies(u) {
		out[c.Name] = c.Value
	}
	return out
}

// requireNobody fails if anybody was signed in, anything was promised or
// anything secret was told.
func (w *world) requireNobody(got page, b *browser) {
	t := w.t
	t.Helper()
	require.GreaterOrEqual(t, got.status, 400, "%s", got.body)
	require.NotEqual(t, http.StatusInternalServerError, got.status, "what is refused is explained: %s", got.body)
	require.Empty(t, got.location)
	require.Empty(t, w.allSessions())
	require.Equal(t, " 0", b.who())
	require.NotContains(t, b.cookies(), "stoa_session")
	said := w.logs.String() + w.events.String() + got.body
	for _, s := range append([]string{"n-ann", "n-bob", "ann@acme.example"}, w.fake.issued...) {
		require.NotContains(t, said, s)
	}
}

package oidcprofile_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"maps"
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
	"github.com/stoa-go/stoa/profile/oidcprofile"
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
	options   oidcprofile.Options
	provider  *oidcprofile.Provider
	server    *httptest.Server
	mux       *http.ServeMux
	logs      *journal
	events    *journal
	other     bool // the session came another way

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

func newWorld(t *testing.T, change ...func(*oidcprofile.Options)) *world {
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
	w.options = oidcprofile.Options{Now: w.now, Logger: log, Events: w.events}
	for _, f := range change {
		f(&w.options)
	}
	w.server = httptest.NewServer(profile.Middleware(w.sessions, &profile.MiddlewareOptions{Refused: w.sessions.Refused()})(w.mux))
	t.Cleanup(w.server.Close)
	w.mux.HandleFunc("/who", func(rw http.ResponseWriter, r *http.Request) {
		a := profile.FromContext(r.Context())
		_, _ = fmt.Fprintf(rw, "%s %d", a.ID, a.Assurance)
	})
	w.provider = w.mount("/sign-in", w.fake)
	w.link("s-ann", "ann")
	return w
}

// mount adds a provider under a prefix.
func (w *world) mount(prefix string, f *fake) *oidcprofile.Provider {
	w.t.Helper()
	p, err := oidcprofile.New(w.people, w.sessions, oidcprofile.Config{
		Issuer: f.issuer(), Client: client, Secret: secret, Callback: w.server.URL + prefix + "/callback",
	}, &w.options)
	require.NoError(w.t, err)
	w.mux.Handle(prefix+"/", http.StripPrefix(prefix, p.Handler()))
	return p
}

func (w *world) link(subject, person string) {
	w.t.Helper()
	_, err := w.people.Link(w.t.Context(), system, profile.Identity{Via: w.provider.Via(), Subject: subject, Person: person})
	require.NoError(w.t, err)
}

// sessionsOf counts the sessions there are, of everybody there is.
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

// toProvider begins to sign in and returns where the provider sends the browser
// back to.
func (b *browser) toProvider(login string) string {
	b.w.t.Helper()
	there := b.open(login)
	require.Equal(b.w.t, http.StatusSeeOther, there.status, there.body)
	back := b.open(there.location)
	require.Equal(b.w.t, http.StatusFound, back.status, back.body)
	return back.location
}

// signIn signs in the usual way.
func (b *browser) signIn() page {
	b.w.t.Helper()
	return b.open(b.toProvider("/sign-in/login?return=/after"))
}

// cookies returns the names of the portal's cookies in the browser.
func (b *browser) cookies() map[string]string {
	u, err := url.Parse(b.w.server.URL)
	require.NoError(b.w.t, err)
	out := map[string]string{}
	for _, c := range b.Jar.Cookies(u) {
		out[c.Name] = c.Value
	}
	return out
}

func (b *browser) setCookies(cookies map[string]string) {
	u, err := url.Parse(b.w.server.URL)
	require.NoError(b.w.t, err)
	var list []*http.Cookie
	for name, value := range cookies {
		list = append(list, &http.Cookie{Name: name, Value: value, Path: "/"})
	}
	b.Jar.SetCookies(u, list)
}

// requireNobody fails if anybody was signed in, anything was promised or
// anything secret was told.
func (w *world) requireNobody(got page, bs ...*browser) {
	t := w.t
	t.Helper()
	require.GreaterOrEqual(t, got.status, 400, "%s", got.body)
	require.Less(t, got.status, 600)
	require.NotEqual(t, http.StatusInternalServerError, got.status, "what is refused is explained: %s", got.body)
	require.Empty(t, got.location)
	require.Empty(t, w.allSessions())
	for _, b := range bs {
		require.Equal(t, " 0", b.who())
		require.NotContains(t, b.cookies(), "stoa_session")
	}
	w.requireNoSecrets(got.body)
}

func (w *world) requireNoSecrets(body string) {
	t := w.t
	t.Helper()
	w.fake.mu.Lock()
	defer w.fake.mu.Unlock()
	said := w.logs.String() + w.events.String() + body
	for _, s := range append([]string{secret, "s-ann", "ann@acme.example"}, w.fake.issued...) {
		if s != "" {
			require.NotContains(t, said, s)
		}
	}
}

func with(pairs ...string) url.Values {
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return v
}

// change returns an address with some of its parameters replaced.
func change(address string, values url.Values) string {
	u, err := url.Parse(address)
	if err != nil {
		panic(err)
	}
	q := u.Query()
	maps.Copy(q, values)
	for name, v := range q {
		if len(v) == 1 && v[0] == "-" {
			q.Del(name)
		}
	}
	u.RawQuery = q.Encode()
	return u.String()
}

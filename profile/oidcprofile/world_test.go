package oidcprofile_test

import (
	"maps"
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/internal/signintest"
	"github.com/stoa-go/stoa/profile/oidcprofile"
)

var (
	day    = signintest.Day()
	system = signintest.System()
)

type page = signintest.Page

// A world is a portal, its people and a provider of identities.
type world struct {
	*signintest.World
	fake     *fake
	options  oidcprofile.Options
	provider *oidcprofile.Provider
	other    bool // the session came another way
}

func newWorld(t *testing.T, change ...func(*oidcprofile.Options)) *world {
	t.Helper()
	w := &world{World: signintest.New(t)}
	w.fake = newFake(t, w.Now)
	w.options = oidcprofile.Options{Now: w.Now, Logger: w.Logger(), Events: w.Events}
	for _, f := range change {
		f(&w.options)
	}
	w.provider = w.mount("/sign-in", w.fake)
	w.link("s-ann", "ann")
	return w
}

// mount adds a provider under a prefix.
func (w *world) mount(prefix string, f *fake) *oidcprofile.Provider {
	w.T.Helper()
	p, err := oidcprofile.New(w.People, w.Sessions, oidcprofile.Config{
		Issuer: f.issuer(), Client: client, Secret: secret, Callback: w.Server.URL + prefix + "/callback",
	}, &w.options)
	require.NoError(w.T, err)
	w.Mux.Handle(prefix+"/", http.StripPrefix(prefix, p.Handler()))
	return p
}

func (w *world) link(subject, person string) {
	w.T.Helper()
	_, err := w.People.Link(w.T.Context(), system, profile.Identity{Via: w.provider.Via(), Subject: subject, Person: person})
	require.NoError(w.T, err)
}

// A browser is somebody's who may sign in with the provider.
type browser struct {
	*signintest.Browser
	w *world
}

func (w *world) browser() *browser { return &browser{w.Browser(), w} }

// toProvider begins to sign in and returns where the provider sends the browser
// back to.
func (b *browser) toProvider(login string) string {
	b.w.T.Helper()
	there := b.Open(login)
	require.Equal(b.w.T, http.StatusSeeOther, there.Status, there.Body)
	back := b.Open(there.Location)
	require.Equal(b.w.T, http.StatusFound, back.Status, back.Body)
	return back.Location
}

// signIn signs in the usual way.
func (b *browser) signIn() page {
	b.w.T.Helper()
	return b.Open(b.toProvider("/sign-in/login?return=/after"))
}

// requireNobody fails if anybody was signed in, anything was promised or
// anything secret was told.
func (w *world) requireNobody(got page, b *browser) {
	w.T.Helper()
	w.RequireNobody(got, b.Browser)
	w.requireNoSecrets(got)
}

func (w *world) requireNoSecrets(got page) {
	w.T.Helper()
	w.fake.mu.Lock()
	defer w.fake.mu.Unlock()
	w.RequireUnsaid(got, append([]string{secret, "s-ann", "ann@acme.example"}, w.fake.issued...)...)
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

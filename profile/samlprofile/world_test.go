package samlprofile_test

import (
	"crypto/tls"
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/internal/signintest"
	"github.com/stoa-go/stoa/profile/samlprofile"
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
	options  samlprofile.Options
	config   samlprofile.Config
	provider *samlprofile.Provider
}

func newWorld(t *testing.T, change ...func(*world)) *world {
	t.Helper()
	w := &world{World: signintest.New(t)}
	w.fake = newFake(t, w.Now)
	w.options = samlprofile.Options{Now: w.Now, Logger: w.Logger(), Events: w.Events, Strong: []string{mfa}}
	w.config.Keys = []tls.Certificate{ours().tls()}
	for _, f := range change {
		f(w)
	}
	w.provider = w.mount("/saml")
	w.link("n-ann", "ann")
	w.link("n-bob", "bob")
	return w
}

// mount adds the provider under a prefix.
func (w *world) mount(prefix string) *samlprofile.Provider {
	w.T.Helper()
	c := w.config
	c.Address = w.Server.URL + prefix
	if c.MetadataURL == "" && c.Metadata == nil {
		c.Metadata = []byte(w.fake.describe())
	}
	p, err := samlprofile.New(w.People, w.Sessions, c, &w.options)
	require.NoError(w.T, err, w.Logs.String())
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

// ask begins to sign in and returns the ID of the request.
func (b *browser) ask(login string) string {
	b.w.T.Helper()
	there := b.Open(login)
	require.Equal(b.w.T, http.StatusSeeOther, there.Status, there.Body)
	return b.w.fake.read(there.Location, "SAMLRequest").el.SelectAttrValue("ID", "")
}

// answer is the provider's answer to a request.
func (b *browser) answer(id string) url.Values {
	return b.w.fake.answer(id, b.w.Server.URL+"/saml/acs", b.w.Server.URL+"/saml/metadata")
}

// deliver sends an answer, and goes where it leads.
func (b *browser) deliver(form url.Values) page {
	b.w.T.Helper()
	got := b.FromElsewhere("/saml/acs", form)
	if got.Status == http.StatusSeeOther {
		got = b.Open(got.Location)
	}
	return got
}

// signIn signs in the usual way.
func (b *browser) signIn() page {
	b.w.T.Helper()
	return b.deliver(b.answer(b.ask("/saml/login?return=/after")))
}

// requireNobody fails if anybody was signed in, anything was promised or
// anything secret was told.
func (w *world) requireNobody(got page, b *browser) {
	w.T.Helper()
	w.RequireNobody(got, b.Browser)
	w.RequireUnsaid(got, append([]string{"n-ann", "n-bob", "ann@acme.example"}, w.fake.issued...)...)
}

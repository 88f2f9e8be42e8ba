package samlprofile_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/samlprofile"
)

// served is a world whose provider says at an address what it is.
func served(t *testing.T, serve http.HandlerFunc) (*world, *httptest.Server) {
	t.Helper()
	var w *world
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if serve != nil {
			serve(rw, r)
			return
		}
		_, _ = rw.Write([]byte(w.fake.describe()))
	}))
	t.Cleanup(server.Close)
	w = newWorld(t, func(w *world) {
		w.config.MetadataURL, w.config.Issuer, w.options.HTTP = server.URL+"/metadata", issuer, server.Client()
	})
	return w, server
}

// A key that nobody announced is found by reading the description again.
func TestMetadataAreReadAgain(t *testing.T) {
	w, server := served(t, nil)
	require.NoError(t, w.provider.Check(t.Context()))
	require.Equal(t, "/after", w.browser().signIn().Location)
	w.fake.certs, w.fake.signs = []pair{next()}, next()
	require.Contains(t, w.browser().signIn().Body, untrusted, "not more often than every ten seconds")
	w.Pass(11 * time.Second)
	require.Equal(t, "/after", w.browser().signIn().Location, w.Logs.String())
	w.fake.signs = theirs()
	w.Pass(11 * time.Second)
	require.Contains(t, w.browser().signIn().Body, untrusted, "and the old key is forgotten")
	w.fake.signs = next()
	server.Close()
	w.Pass(2 * time.Hour) // what it says is read in the background from here on
	require.Equal(t, "/after", w.browser().signIn().Location, "a day without the provider's description")
	w.Pass(23 * time.Hour)
	require.Contains(t, w.browser().Open("/saml/login").Body, unavailable)
	require.Error(t, w.provider.Check(t.Context()))
}

// A provider that hangs keeps nobody waiting, except for what only it can say.
func TestMetadataThatHang(t *testing.T) {
	var asked, gaveUp atomic.Int64
	hang := make(chan struct{})
	w, _ := served(t, nil)
	said := w.fake.describe()
	w.options.HTTP = hanging(func(r *http.Request) (*http.Response, error) {
		if asked.Add(1) == 1 {
			return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader(said)), Request: r}, nil
		}
		select {
		case <-hang:
			return nil, errors.New("away")
		case <-r.Context().Done():
			gaveUp.Add(1)
			return nil, r.Context().Err()
		}
	})
	w.provider = w.mount("/other")
	require.NoError(t, w.provider.Check(t.Context()))
	w.Pass(2 * time.Hour)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if err := w.provider.Check(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	require.Equal(t, http.StatusSeeOther, w.browser().Open("/other/login").Status)
	require.Zero(t, gaveUp.Load(), "nobody waited until the end")
	close(hang)
	require.NoError(t, w.provider.Settle(t.Context()))
	require.EqualValues(t, 2, asked.Load(), "and one asked for all")
	w.fake.signs = next()
	for range 5 {
		b := w.browser()
		got := b.FromElsewhere("/other/acs", w.fake.answer("_x", w.Server.URL+"/other/acs", w.Server.URL+"/other/metadata"))
		require.Contains(t, got.Body, untrusted)
	}
	require.EqualValues(t, 2, asked.Load(), "made-up signatures do not ask again so soon")
}

func hanging(f func(*http.Request) (*http.Response, error)) *http.Client {
	return &http.Client{Transport: roundTrip(f)}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestAdv_SAML_MetadataMisbehaviours(t *testing.T) {
	say := func(status int, body string) http.HandlerFunc {
		return func(rw http.ResponseWriter, _ *http.Request) {
			rw.WriteHeader(status)
			_, _ = rw.Write([]byte(body))
		}
	}
	for name, c := range map[string]struct {
		serve http.HandlerFunc
		why   string
	}{
		"missing":   {say(404, ""), "status 404"},
		"elsewhere": {func(rw http.ResponseWriter, r *http.Request) { http.Redirect(rw, r, "/other", http.StatusFound) }, "status 302"},
		"a page":    {say(200, "<p>hello</p>"), "not about one provider"},
		"huge":      {say(200, "<a>"+strings.Repeat(" ", 5<<20)+"</a>"), "too large"},
		"a dtd":     {say(200, "<!DOCTYPE x><a/>"), "document type"},
	} {
		t.Run(name, func(t *testing.T) {
			w, _ := served(t, c.serve)
			b := w.browser()
			got := b.Open("/saml/login")
			require.Equal(t, http.StatusServiceUnavailable, got.Status)
			require.Contains(t, got.Body, unavailable)
			require.Contains(t, w.Logs.String(), c.why)
			require.Equal(t, http.StatusServiceUnavailable, b.FromElsewhere("/saml/acs", b.answer("_x")).Status)
			require.Error(t, w.provider.Check(t.Context()))
		})
	}
	t.Run("an address within", func(t *testing.T) {
		server := httptest.NewServer(say(200, ""))
		t.Cleanup(server.Close)
		w := newWorld(t, func(w *world) { w.config.MetadataURL, w.config.Issuer = server.URL, issuer })
		require.Error(t, w.provider.Check(t.Context()))
		require.Contains(t, w.Logs.String(), "public internet", "without a client of one's own")
	})
}

// What trusts nobody, or everybody, is refused when the portal starts.
func TestMetadataThatCannotBeUsed(t *testing.T) {
	replace := func(old, with string) func(string) string {
		return func(s string) string { return strings.ReplaceAll(s, old, with) }
	}
	for name, c := range map[string]struct {
		certs  []pair
		change func(string) string
		config func(*samlprofile.Config)
		why    string
	}{
		"no certificate":              {certs: []pair{}, why: "no certificate"},
		"only a weak one":             {certs: []pair{weak()}, why: "no certificate"},
		"only an expired one":         {certs: []pair{expired()}, why: "has expired"},
		"only one for encryption":     {change: replace(`use="signing"`, `use="encryption"`), why: "no certificate"},
		"an empty certificate":        {change: func(s string) string { return cutBetween(s, "<ds:X509Certificate>", "</ds:X509Certificate>") }, why: "cannot be read"},
		"no way in":                   {change: replace("HTTP-Redirect", "HTTP-Artifact"), why: "no requests by redirect"},
		"a way in that is a script":   {change: replace("https://id.example/sso?tenant=1", "javascript:alert(1)"), why: "cannot be used"},
		"a way in without https":      {change: replace("https://id.example/sso?tenant=1", "http://id.example/sso"), why: "cannot be used"},
		"no name":                     {change: replace(issuer, ""), why: "no name"},
		"another name":                {config: func(c *samlprofile.Config) { c.Issuer = "https://other.example" }, why: "another provider"},
		"a portal's":                  {change: replace("IDPSSODescriptor", "SPSSODescriptor"), why: "not about a provider"},
		"another protocol":            {change: replace(samlp, "urn:oasis:names:tc:SAML:1.1:protocol"), why: "not about a provider"},
		"valid no longer":             {change: replace("<md:EntityDescriptor ", `<md:EntityDescriptor validUntil="2126-02-01T00:00:00Z" `), why: "valid no longer"},
		"valid until no time":         {change: replace("<md:EntityDescriptor ", `<md:EntityDescriptor validUntil="soon" `), why: "is no time"},
		"wants what we have not":      {change: replace("<md:IDPSSODescriptor ", `<md:IDPSSODescriptor WantAuthnRequestsSigned="true" `), config: func(c *samlprofile.Config) { c.Keys = nil }, why: "wants signed requests"},
		"an empty file":               {change: func(string) string { return " " }, why: "is empty"},
		"many, and none of them ours": {change: replace("EntityDescriptor", "EntitiesDescriptor"), config: func(c *samlprofile.Config) { c.Issuer = "https://other.example" }, why: "other providers"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			if c.certs != nil {
				w.fake.certs = c.certs
			}
			w.fake.metadata = c.change
			config := samlprofile.Config{Address: "https://portal.example/saml", Metadata: []byte(w.fake.describe()), Keys: w.config.Keys}
			if c.config != nil {
				c.config(&config)
			}
			_, err := samlprofile.New(w.People, w.Sessions, config, &w.options)
			require.ErrorIs(t, err, profile.ErrInvalid)
			require.ErrorContains(t, err, "metadata")
			require.ErrorContains(t, err, c.why)
		})
	}
}

func cutBetween(s, from, to string) string {
	before, rest, _ := strings.Cut(s, from)
	_, after, _ := strings.Cut(rest, to)
	return before + from + to + after
}

// One of many is found by its name.
func TestMetadataOfMany(t *testing.T) {
	w := newWorld(t)
	_, one, _ := strings.Cut(w.fake.describe(), "-->")
	many := `<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata"><md:EntityDescriptor entityID="https://other.example"/>` + one + `</md:EntitiesDescriptor>`
	p, err := samlprofile.New(w.People, w.Sessions, samlprofile.Config{Address: "https://portal.example/saml", Issuer: issuer, Metadata: []byte(many)}, &w.options)
	require.NoError(t, err)
	require.Equal(t, "saml:"+issuer, p.Via())
}

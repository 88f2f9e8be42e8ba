package samlprofile_test

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/beevik/etree"
	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/samlprofile"
)

func TestSignIn(t *testing.T) {
	for name, change := range map[string]func(*fake){
		"the assertion is signed":               func(*fake) {},
		"the response is signed":                func(f *fake) { f.plainAssertion, f.signResponse = true, true },
		"both are signed":                       func(f *fake) { f.signResponse = true },
		"signed and encrypted":                  func(f *fake) { f.encrypt = "gcm" },
		"signed, encrypted and signed":          func(f *fake) { f.encrypt, f.signResponse = "gcm", true },
		"encrypted in a signed response":        func(f *fake) { f.encrypt, f.signResponse, f.plainAssertion = "gcm", true, true },
		"encrypted with CBC, in what is signed": func(f *fake) { f.encrypt, f.signResponse = "cbc", true },
		"signed without saying with what":       func(f *fake) { f.keyInfo = false },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			change(w.fake)
			b := w.browser()
			got := b.signIn()
			require.Equal(t, http.StatusSeeOther, got.Status, got.Body+w.Logs.String())
			require.Equal(t, "/after", got.Location)
			require.Equal(t, "ann 2", b.Who())
			require.Equal(t, "no-store", got.Header.Get("Cache-Control"))
			all := w.AllSessions()
			require.Len(t, all, 1)
			require.Equal(t, "saml:"+issuer, all[0].Via)
			require.Equal(t, "n-ann", all[0].Subject)
			require.Equal(t, "s-1", all[0].Ticket)
		})
	}
}

// What is asked of the provider.
func TestRequest(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	there := b.Open("/saml/login?return=/after")
	require.True(t, strings.HasPrefix(there.Location, "https://id.example/sso?tenant=1&SAMLRequest="), there.Location)
	r := w.fake.read(there.Location, "SAMLRequest")
	require.Equal(t, "https://id.example/sso?tenant=1", r.el.SelectAttrValue("Destination", ""))
	require.Equal(t, w.Server.URL+"/saml/acs", r.el.SelectAttrValue("AssertionConsumerServiceURL", ""))
	require.Equal(t, w.Server.URL+"/saml/metadata", r.el.FindElement("./Issuer").Text())
	require.Equal(t, persistent, r.el.FindElement("./NameIDPolicy").SelectAttrValue("Format", ""))
	require.Empty(t, r.el.SelectAttrValue("ForceAuthn", ""))
	require.Nil(t, r.el.FindElement("./RequestedAuthnContext"))
	require.NotContains(t, there.Location, "after", "where they go then is nobody's business")
	requireSigned(t, there.Location)

	strong := w.fake.read(b.Open("/saml/login?strong=1").Location, "SAMLRequest").el
	require.Equal(t, "true", strong.SelectAttrValue("ForceAuthn", ""))
	require.Equal(t, mfa, strong.FindElement("./RequestedAuthnContext/AuthnContextClassRef").Text())

	without := newWorld(t, func(w *world) { w.config.Keys = nil; w.options.NameID = samlprofile.NameIDUnspecified })
	there = without.browser().Open("/saml/login")
	require.NotContains(t, there.Location, "Signature")
	require.Empty(t, w.fake.read(there.Location, "SAMLRequest").el.FindElement("./NameIDPolicy").SelectAttrValue("Format", ""))
}

// requireSigned checks the portal's signature in an address, as providers do.
func requireSigned(t *testing.T, location string) {
	t.Helper()
	u, err := url.Parse(location)
	require.NoError(t, err)
	raw := u.RawQuery[strings.Index(u.RawQuery, "SAMLRe"):]
	signed, sig, ok := strings.Cut(raw, "&Signature=")
	require.True(t, ok, "it is signed")
	require.NoError(t, ours().cert.CheckSignature(sha256WithRSA, []byte(signed), unquoted(t, sig)))
}

// An answer counts once, in one browser, on all instances.
func TestAnswersCountOnce(t *testing.T) {
	w := newWorld(t, func(w *world) { w.options.Once, w.options.Secret = w.Store, []byte("a secret that instances share") })
	b := w.browser()
	form := b.answer(b.ask("/saml/login?return=/after"))
	first := b.FromElsewhere("/saml/acs", form)
	require.Equal(t, http.StatusSeeOther, first.Status)
	cookies := b.Cookies()
	require.Equal(t, "/after", b.Open(first.Location).Location)
	w.forget(b)

	again := b.FromElsewhere("/saml/acs", form)
	require.Equal(t, http.StatusGone, again.Status)
	require.Contains(t, again.Body, over)
	require.Contains(t, w.Logs.String(), "used before")
	// With a copy of the cookies from before, too.
	thief := w.browser()
	thief.setCookies(cookies)
	require.Contains(t, thief.Open(first.Location).Body, over)
	require.Empty(t, w.AllSessions())
	w.Pass(5*time.Minute + 30*time.Second)
	require.Contains(t, b.deliver(form).Body, over, "for as long as it is good")

	// A second assertion for a request that was answered.
	id := b.ask("/saml/login")
	require.Equal(t, http.StatusSeeOther, b.deliver(b.answer(id)).Status)
	w.forget(b)
	require.Contains(t, b.deliver(b.answer(id)).Body, over)
	require.Empty(t, w.AllSessions())
}

func (w *world) forget(b *browser) {
	w.T.Helper()
	_, err := w.Sessions.Forget(w.T.Context(), w.provider.Via(), "n-ann", "")
	require.NoError(w.T, err)
	b.Open("/who") // which takes the cookie away
}

func (b *browser) setCookies(cookies map[string]string) {
	u, err := url.Parse(b.w.Server.URL)
	require.NoError(b.w.T, err)
	var list []*http.Cookie
	for name, value := range cookies {
		list = append(list, &http.Cookie{Name: name, Value: value, Path: "/"})
	}
	b.Jar.SetCookies(u, list)
}

// A sign-in may begin on one instance, be answered on another and end on a third.
func TestInstancesShareASignIn(t *testing.T) {
	one := newWorld(t, func(w *world) { w.options.Once, w.options.Secret = w.Store, []byte("a secret that instances share") })
	config := samlprofile.Config{Address: one.Server.URL + "/saml", Metadata: []byte(one.fake.describe()), Keys: one.config.Keys}
	handler := func(secret string) http.Handler {
		o := one.options
		o.Secret = []byte(secret)
		p, err := samlprofile.New(one.People, one.Sessions, config, &o)
		require.NoError(t, err)
		return p.Handler()
	}
	one.Mux.Handle("/two/", http.StripPrefix("/two", handler("a secret that instances share")))
	one.Mux.Handle("/three/", http.StripPrefix("/three", handler("another secret, so not ours")))
	b := one.browser()
	form := b.answer(b.ask("/saml/login?return=/after"))
	got := b.FromElsewhere("/two/acs", form)
	require.Equal(t, http.StatusSeeOther, got.Status)
	_, query, _ := strings.Cut(got.Location, "?")
	require.Contains(t, b.Open("/three/done?"+query).Body, over, "it has another secret")
	got = b.FromElsewhere("/two/acs", b.answer(b.ask("/saml/login?return=/after")))
	require.Equal(t, "/after", b.Open(got.Location).Location)
	require.Equal(t, "ann 2", b.Who())
	require.Contains(t, b.FromElsewhere("/saml/acs", form).Body, over, "what one has used, none uses")
}

func TestSecondFactor(t *testing.T) {
	w := newWorld(t)
	w.fake.say["context"] = mfa
	b := w.browser()
	require.Equal(t, http.StatusSeeOther, b.deliver(b.answer(b.ask("/saml/login?strong=1"))).Status, w.Logs.String())
	require.Equal(t, "ann 3", b.Who())
	w.fake.say["context"] = password
	b.signIn()
	require.Equal(t, "ann 2", b.Who())
	require.Len(t, w.AllSessions(), 1, "the one from before has ended")
	w.fake.say["context"], w.fake.say["signed-in"] = mfa, stamp(day.Add(-2*time.Hour))
	b.signIn()
	require.Equal(t, "ann 2", b.Who(), "what the provider remembered proves no second factor now")
}

// What nobody asked for is taken where that was switched on, and leads nowhere
// but to this site.
func TestUnasked(t *testing.T) {
	for relay, want := range map[string]string{
		"": "/home", "/cases/7": "/cases/7", "https://evil.example/": "/home", "//evil.example": "/home", "/\\evil.example": "/home",
		"javascript:alert(1)": "/home", "/" + strings.Repeat("x", 1100): "/home",
	} {
		t.Run(relay[:min(len(relay), 20)], func(t *testing.T) {
			w := newWorld(t, func(w *world) { w.options.Unasked, w.options.Home = true, "/home" })
			w.fake.say["request"], w.fake.say["assertion-request"], w.fake.say["context"] = "-", "-", mfa
			b := w.browser()
			form := b.answer("x")
			form.Set("RelayState", relay)
			require.Equal(t, want, b.deliver(form).Location, w.Logs.String())
			require.Equal(t, "ann 2", b.Who(), "and proves no second factor")
			require.Contains(t, b.deliver(form).Body, over)
		})
	}
}

// The page to go to is the one that was asked for here, whatever the provider
// says.
func TestRelayStateIsNotBelieved(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	form := b.answer(b.ask("/saml/login?return=//evil.example"))
	form.Set("RelayState", "https://evil.example/")
	require.Equal(t, "/", b.deliver(form).Location)
}

func TestSessionEndsWhenTheProviderSays(t *testing.T) {
	w := newWorld(t)
	w.fake.assertion = func(a *etree.Element) {
		a.FindElement("./AuthnStatement").CreateAttr("SessionNotOnOrAfter", stamp(day.Add(time.Hour)))
	}
	b := w.browser()
	b.signIn()
	require.Equal(t, "ann 2", b.Who())
	w.Pass(time.Hour)
	require.Equal(t, http.StatusSeeOther, b.Open("/who").Status)
}

func TestWelcome(t *testing.T) {
	var seen samlprofile.Claims
	w := newWorld(t, func(w *world) {
		w.options.System, w.options.Domains = system, []string{"Acme.example"}
		w.options.Welcome = func(_ context.Context, c samlprofile.Claims) (profile.Person, error) {
			seen = c
			return profile.Person{Name: c.Name, Email: c.Email, Roles: []profile.Role{profile.RoleCustomer}}, nil
		}
	})
	w.fake.say["name"] = "n-new"
	b := w.browser()
	require.Equal(t, "/after", b.signIn().Location, w.Logs.String())
	require.Equal(t, samlprofile.Claims{
		Via: "saml:" + issuer, Subject: "n-new", Name: "Ann Ash", Email: "ann@acme.example", Context: password, SignedInAt: day, Ticket: "s-1",
		All: map[string][]string{"displayName": {"Ann Ash"}, "mail": {"ann@acme.example"}, "groups": {"a", "b"}},
	}, seen)
	made := w.AllSessions()[0].Person
	require.NotEqual(t, "ann", made, "an address makes nobody somebody who is known")
	person, err := w.Directory.Person(t.Context(), system, made)
	require.NoError(t, err)
	require.Equal(t, []profile.Role{profile.RoleCustomer}, person.Roles)
	seen = samlprofile.Claims{}
	b.signIn()
	require.Equal(t, made, w.AllSessions()[0].Person, "and the second time they are known")
	require.Empty(t, seen)
}

// Hundreds of groups are not too many.
func TestManyGroups(t *testing.T) {
	var got int
	w := newWorld(t, func(w *world) {
		w.options.System = system
		w.options.Welcome = func(_ context.Context, c samlprofile.Claims) (profile.Person, error) {
			got = len(c.All["groups"])
			return profile.Person{Name: "New"}, nil
		}
	})
	var groups strings.Builder
	for i := range 300 {
		_, _ = fmt.Fprintf(&groups, `<saml:AttributeValue>CN=Team %d,OU=Groups,DC=acme,DC=example</saml:AttributeValue>`, i)
	}
	w.fake.say["name"] = "n-new"
	w.fake.attributes = `<saml:AttributeStatement><saml:Attribute Name="groups">` + groups.String() + `</saml:Attribute></saml:AttributeStatement>`
	require.Equal(t, "/after", w.browser().signIn().Location, w.Logs.String())
	require.Equal(t, 300, got)
}

// A provider vouches for the addresses of its own domains.
func TestAddressesOfOthers(t *testing.T) {
	for address, want := range map[string]string{
		"eve@acme.example": "eve@acme.example", "eve@other.example": "", "eve@evil@acme.example": "", "eve": "", "eve@sub.acme.example": "",
	} {
		var got string
		w := newWorld(t, func(w *world) {
			w.options.System, w.options.Domains = system, []string{"acme.example"}
			w.options.Welcome = func(_ context.Context, c samlprofile.Claims) (profile.Person, error) {
				got = c.Email
				return profile.Person{}, profile.ErrForbidden
			}
		})
		w.fake.say["name"] = "n-new"
		w.fake.attributes = `<saml:AttributeStatement><saml:Attribute Name="mail"><saml:AttributeValue>` + address + `</saml:AttributeValue></saml:Attribute></saml:AttributeStatement>`
		w.browser().signIn()
		require.Equal(t, want, got)
	}
}

// Two certificates are known while the provider changes from one to the other.
func TestCertificatesRollOver(t *testing.T) {
	w := newWorld(t, func(w *world) { w.fake.certs = []pair{theirs(), next()} })
	for _, with := range []pair{theirs(), next()} {
		for _, says := range []bool{true, false} {
			w.fake.signs, w.fake.keyInfo = with, says
			require.Equal(t, "/after", w.browser().signIn().Location, w.Logs.String())
		}
	}
}

func TestNewRefuses(t *testing.T) {
	w := newWorld(t)
	good := samlprofile.Config{Address: "https://portal.example/saml", Metadata: []byte(w.fake.describe())}
	for name, change := range map[string]func(*samlprofile.Config, *samlprofile.Options){
		"address":  func(c *samlprofile.Config, _ *samlprofile.Options) { c.Address = "http://portal.example/saml" },
		"metadata": func(c *samlprofile.Config, _ *samlprofile.Options) { c.Metadata = nil },
		"metadata_url": func(c *samlprofile.Config, _ *samlprofile.Options) {
			c.Metadata, c.MetadataURL, c.Issuer = nil, "http://id.example", "x"
		},
		"issuer": func(c *samlprofile.Config, _ *samlprofile.Options) {
			c.Metadata, c.MetadataURL = nil, "https://id.example"
		},
		"entity":        func(c *samlprofile.Config, _ *samlprofile.Options) { c.Entity = strings.Repeat("x", 600) },
		"keys":          func(c *samlprofile.Config, _ *samlprofile.Options) { c.Keys = []tls.Certificate{weak().tls()} },
		"cookie_secret": func(_ *samlprofile.Config, o *samlprofile.Options) { o.Secret = []byte("short") },
		"name_id": func(_ *samlprofile.Config, o *samlprofile.Options) {
			o.NameID = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
		},
		"system": func(_ *samlprofile.Config, o *samlprofile.Options) {
			o.Welcome = func(context.Context, samlprofile.Claims) (profile.Person, error) { return profile.Person{}, nil }
		},
	} {
		config, options := good, samlprofile.Options{Now: w.Now}
		_, err := samlprofile.New(w.People, w.Sessions, config, &options)
		require.NoError(t, err)
		change(&config, &options)
		_, err = samlprofile.New(w.People, w.Sessions, config, &options)
		require.ErrorIs(t, err, profile.ErrInvalid, name)
		require.ErrorContains(t, err, name+":")
	}
}

// What the portal says of itself is something a provider can use.
func TestOwnMetadata(t *testing.T) {
	w := newWorld(t)
	got := w.browser().Open("/saml/metadata")
	require.Equal(t, "application/samlmetadata+xml", got.Header.Get("Content-Type"))
	doc := etree.NewDocument()
	require.NoError(t, doc.ReadFromString(got.Body))
	el := doc.Root()
	require.Equal(t, w.Server.URL+"/saml/metadata", el.SelectAttrValue("entityID", ""))
	role := el.FindElement("./SPSSODescriptor")
	require.Equal(t, "true", role.SelectAttrValue("WantAssertionsSigned", ""))
	require.Equal(t, "true", role.SelectAttrValue("AuthnRequestsSigned", ""))
	require.Equal(t, w.Server.URL+"/saml/acs", role.FindElement("./AssertionConsumerService").SelectAttrValue("Location", ""))
	require.Len(t, role.FindElements("./SingleLogoutService"), 2)
	require.Len(t, role.FindElements("./KeyDescriptor"), 2)
	require.NotContains(t, got.Body, "PRIVATE")
}

// failing is a store of what happens once that answers nothing.
type failing struct{}

func (failing) Once(context.Context, string, time.Time, time.Time) error { return errors.New("down") }
func (failing) Again(context.Context, string) error                      { return errors.New("down") }

func TestNobodyGetsInWhileItCannotBeKnown(t *testing.T) {
	w := newWorld(t, func(w *world) { w.options.Once = failing{} })
	b := w.browser()
	got := b.signIn()
	require.Equal(t, http.StatusServiceUnavailable, got.Status)
	w.requireNobody(got, b)
}

package samlprofile

import (
	"context"
	"crypto/rsa"
	"crypto/tls"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/outbound"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/internal/signin"
)

// A Config is what a portal and its provider agreed upon.
type Config struct {
	Address     string            // where the handler is: absolute, https, or http on this machine
	Metadata    []byte            // what the provider says of itself; nil means that MetadataURL is read
	MetadataURL string            // where it says so, by https; "" means that Metadata has it. One of the two is needed
	Issuer      string            // the provider, to the letter as it calls itself; "" means the one of Metadata. MetadataURL needs it
	Entity      string            // what the portal is called there; "" means the address of its own metadata
	Keys        []tls.Certificate // RSA keys of the portal: the first signs what it asks, any opens what was encrypted; nil means that neither happens
}

// Options adjust a Provider. The zero value is ready to use.
type Options struct {
	// Welcome says who somebody is that signs in for the first time: somebody
	// known, with their ID and Version, or somebody new, without either. To
	// refuse them it returns ErrForbidden, or what [profile.Invitations.Accept]
	// said: they are told that. Nil means that only people who were linked may
	// sign in. A policy that goes by the address should know that Claims has it
	// only if it is of one of Domains.
	Welcome func(ctx context.Context, c Claims) (profile.Person, error)

	// System is who adds and links those whom Welcome names. It is needed with
	// Welcome, and can make nobody what it could not make others.
	System profile.Actor

	// Strong names the authentication contexts that prove a second factor, the
	// best first. The provider is asked for them when a page wants one. Nil
	// means that nobody proves one. They count only when somebody signed in just
	// now, and not when the provider remembered them.
	Strong []string

	NameID    string             // the format of the NameID, asked for and insisted upon; "" means persistent
	NameFrom  []string           // attributes that have the name, the best first; nil means the usual ones
	EmailFrom []string           // attributes that have the address, the best first; nil means the usual ones
	Domains   []string           // whose addresses this provider may vouch for; nil means none, so that Claims.Email is empty
	Unasked   bool               // take assertions that nobody asked for (IdP-initiated); false refuses them
	Home      string             // path of the page after signing in or out, where no other is asked for; "" means "/"
	StayThere bool               // signing out leaves the provider alone; false means people are signed out there too
	Secret    []byte             // seals cookies, the same on every instance; nil means random, so that a sign-in must end where it began
	Once      profile.OnceStore  // remembers what was used, for all instances; nil means this process only
	HTTP      *http.Client       // reads MetadataURL; nil means one that reaches the public internet only
	Skew      time.Duration      // how much the clocks may differ; 0 means a minute
	Events    analytics.Recorder // nil discards events
	Logger    *slog.Logger       // nil discards logs
	Now       func() time.Time   // nil means time.Now
}

// Formats of a NameID that name the same person for good.
const (
	NameIDPersistent  = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"   // made for this portal, and nobody else's ever
	NameIDUnspecified = unspecified                                              // whatever the provider was told to send
	NameIDEmail       = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress" // which may be given to somebody else one day
)

const transient = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"

// A Provider signs people in who have an account with a SAML identity provider.
// Its methods may be called concurrently.
type Provider struct {
	door        signin.Door
	config      Config
	opts        Options
	via         string
	keys        []*rsa.PrivateKey
	flows, done *signin.Jar
	given       *description              // what the configuration says; nil if it is at an address
	metadata    *signin.Kept[description] // what is there
}

// New returns a Provider for the people of identities, whose sign-ins become
// sessions. Metadata that can be used by nobody is refused; MetadataURL is not
// asked yet: a portal can start while the provider is away. A nil opts means the
// defaults.
func New(people *profile.Identities, sessions *profile.Sessions, c Config, opts *Options) (*Provider, error) {
	var o Options
	if opts != nil {
		o = *opts
	}
	o.fill()
	if c.Entity == "" {
		c.Entity = c.Address + "/metadata"
	}
	p := &Provider{door: signin.Door{People: people, Sessions: sessions, System: o.System}, config: c, opts: o}
	p.metadata = p.keep()
	if err := p.check(); err != nil {
		return nil, err
	}
	p.via = "saml:" + p.config.Issuer
	seal := signin.Sealer(o.Secret)
	jar := func(name string, life time.Duration) *signin.Jar {
		return &signin.Jar{
			Name: name, Via: p.via, Scope: strings.Join([]string{name, p.via, p.config.Entity, c.Address}, "\x00"), Secure: strings.HasPrefix(c.Address, "https:"),
			Life: life, Skew: o.Skew, Seal: seal, Once: o.Once, Now: p.clock,
		}
	}
	p.flows, p.done = jar("stoa_saml_", flowLife), jar("stoa_samldone_", doneLife)
	return p, nil
}

func (o *Options) fill() {
	if o.NameID == "" {
		o.NameID = NameIDPersistent
	}
	if o.NameFrom == nil {
		o.NameFrom = usualNames()
	}
	if o.EmailFrom == nil {
		o.EmailFrom = usualAddresses()
	}
	if o.Home == "" {
		o.Home = "/"
	}
	if o.Once == nil {
		o.Once = &signin.Memory{}
	}
	if o.HTTP == nil {
		o.HTTP = outbound.NewClient(nil)
	}
	if o.Skew == 0 {
		o.Skew = time.Minute
	}
	if o.Events == nil {
		o.Events = analytics.Discard
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
}

func usualNames() []string {
	return []string{
		"displayName", "urn:oid:2.16.840.1.113730.3.1.241", "http://schemas.microsoft.com/identity/claims/displayname",
		"cn", "urn:oid:2.5.4.3", "name",
	}
}

func usualAddresses() []string {
	return []string{
		"mail", "urn:oid:0.9.2342.19200300.100.1.3", "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
		"email", "emailAddress",
	}
}

const (
	minSecret = 16  // bytes
	maxEntity = 500 // bytes of a provider's name, which is part of every identity
)

// check finds what would let in the wrong people, or nobody.
func (p *Provider) check() error {
	f := errs.Fields{}
	c, o := &p.config, p.opts
	p.checkAddresses(f)
	for _, pair := range c.Keys {
		key, ok := pair.PrivateKey.(*rsa.PrivateKey)
		if !ok || key.N.BitLen() < minKey || len(pair.Certificate) == 0 {
			f.Add("keys", "error.field.format", nil)
			continue
		}
		p.keys = append(p.keys, key)
	}
	if len(o.Secret) > 0 && len(o.Secret) < minSecret {
		f.Add("cookie_secret", "error.field.too_short", map[string]any{"min": minSecret})
	}
	if o.Welcome != nil && o.System.Anonymous() {
		f.Add("system", "error.field.required", nil)
	}
	if o.NameID == transient {
		f.Add("name_id", "error.field.format", nil)
	}
	if err := f.Err(); err != nil || c.Metadata == nil {
		return err
	}
	d, err := p.describeFrom(c.Metadata, p.clock())
	if err != nil {
		f.Add("metadata", "error.field.format", nil)
		return fmt.Errorf("%w: %s", f.Err(), signin.Brief(err.Error()))
	}
	c.Issuer, p.given = d.issuer, d
	return nil
}

func (p *Provider) checkAddresses(f errs.Fields) {
	c := p.config
	if u, err := url.Parse(c.Address); err != nil || !signin.Private(u) || u.RawQuery != "" || u.ForceQuery || strings.HasSuffix(c.Address, "/") {
		f.Add("address", "error.field.url", nil)
	}
	switch u, err := url.Parse(c.MetadataURL); {
	case (len(c.Metadata) == 0) == (c.MetadataURL == ""):
		f.Add("metadata", "error.field.required", nil)
	case c.MetadataURL != "" && (err != nil || !signin.Private(u)):
		f.Add("metadata_url", "error.field.url", nil)
	case c.MetadataURL != "" && strings.TrimSpace(c.Issuer) == "":
		f.Add("issuer", "error.field.required", nil)
	}
	for name, s := range map[string]string{"issuer": c.Issuer, "entity": c.Entity} {
		if len(s) > maxEntity {
			f.Add(name, "error.field.too_long", map[string]any{"max": maxEntity})
		}
	}
}

// Via is what sessions and identities of this provider carry as Via.
func (p *Provider) Via() string { return p.via }

// Check reads the provider's description, and returns ErrUnavailable if there is
// none to be had or it cannot be used. Nobody needs to call it, but a program
// may want to know when it starts.
func (p *Provider) Check(ctx context.Context) error {
	if _, err := p.describe(ctx); err != nil {
		p.opts.Logger.WarnContext(ctx, "provider of identities cannot be used", "via", p.via, "error", signin.Brief(err.Error()))
		return signin.Unavailable()
	}
	return nil
}

// Handler serves, under the path of [Config].Address:
//
//	GET  /login     goes to the provider; return=PATH says where to go afterwards, strong=1 asks for a second factor
//	POST /acs       the provider's answer
//	GET  /done      ends a sign-in, in the browser that began it
//	POST /logout    signs out
//	GET  /slo       the provider says that somebody has signed out, or that it has signed them out; POST too
//	GET  /metadata  what the portal says of itself
//
// The provider's forms come from another site. A host that refuses those, as
// [http.CrossOriginProtection] does, lets through POST to /acs and /slo, which
// believe nothing that is not signed.
func (p *Provider) Handler() http.Handler {
	mux := http.NewServeMux()
	for pattern, serve := range map[string]web.Func{
		"GET /login": p.serveLogin, "POST /acs": p.serveAnswer, "GET /done": p.serveDone,
		"POST /logout": p.serveLogout, "GET /slo": p.serveSLO, "POST /slo": p.serveSLO, "GET /metadata": p.serveMetadata,
	} {
		mux.Handle(pattern, web.Handler(p.opts.Logger, func(w http.ResponseWriter, r *http.Request) error {
			w.Header().Set("Cache-Control", "no-store")
			w.Header().Set("Referrer-Policy", "no-referrer")
			return serve(w, r)
		}))
	}
	return mux
}

// address is where one of the handler's paths is.
func (p *Provider) address(path string) string { return p.config.Address + path }

func (p *Provider) clock() time.Time { return p.opts.Now().UTC().Truncate(time.Microsecond) }

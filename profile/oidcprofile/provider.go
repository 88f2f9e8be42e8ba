package oidcprofile

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/internal/signin"
)

// A Config is what a portal and its provider agreed upon. Every field is needed.
type Config struct {
	Issuer   string // the provider, to the letter as it calls itself; https, or http on this machine
	Client   string // what the provider calls the portal
	Secret   string // what proves to the provider that it talks to the portal
	Callback string // where the provider sends browsers back to: the absolute address of the handler's /callback
}

// Options adjust a Provider. The zero value is ready to use.
type Options struct {
	// Welcome says who somebody is that signs in for the first time: somebody
	// known, with their ID and Version, or somebody new, without either. To
	// refuse them it returns ErrForbidden, or what [profile.Invitations.Accept]
	// said: they are told that. Nil means that only people who were linked may
	// sign in. A policy that goes by the address should know that
	// Claims has it only if the provider says that it is theirs, and whether
	// this provider is to be believed about it.
	Welcome func(ctx context.Context, c Claims) (profile.Person, error)

	// System is who adds and links those whom Welcome names. It is needed with
	// Welcome, and can make nobody what it could not make others.
	System profile.Actor

	// Strong reports whether somebody signed in with a second factor, usually
	// from ACR or AMR. Nil means that nobody did. It counts only when they
	// signed in just now, and not when the provider remembered them.
	Strong func(c Claims) bool

	ACR       []string           // what the provider is asked for when a page wants a second factor, the best first; nil means nothing
	MaxAge    time.Duration      // how long ago somebody may have signed in at the provider; 0 means any time
	Scopes    []string           // what is asked for besides "openid"; nil means "profile" and "email"
	UserInfo  bool               // ask the provider's userinfo for claims too; false means that the ID token has them all
	Home      string             // path of the page after signing in or out, where no other is asked for; "" means "/"
	SignedOut string             // absolute address that the provider sends people to after signing out there, known to it; "" means they stay there
	StayThere bool               // signing out leaves the provider alone; false means people are signed out there too
	Secret    []byte             // seals cookies, the same on every instance; nil means random, so that a sign-in must end where it began
	Once      profile.OnceStore  // remembers what was used, for all instances; nil means this process only
	HTTP      *http.Client       // reaches the provider, with limits of our own; nil means a client of its own
	Skew      time.Duration      // how much the clocks may differ; 0 means a minute
	Events    analytics.Recorder // nil discards events
	Logger    *slog.Logger       // nil discards logs
	Now       func() time.Time   // nil means time.Now
}

// A Provider signs people in who have an account with an OpenID Connect
// provider. Its methods may be called concurrently.
type Provider struct {
	door     signin.Door
	config   Config
	opts     Options
	via      string
	flows    *signin.Jar
	http     *http.Client
	metadata *signin.Kept[description]
}

// New returns a Provider for the people of identities, whose sign-ins become
// sessions. It asks the provider nothing yet: a portal can start while the
// provider is away. A nil opts means the defaults.
func New(people *profile.Identities, sessions *profile.Sessions, c Config, opts *Options) (*Provider, error) {
	var o Options
	if opts != nil {
		o = *opts
	}
	o.fill()
	if err := check(c, o); err != nil {
		return nil, err
	}
	p := &Provider{door: signin.Door{People: people, Sessions: sessions, System: o.System}, config: c, opts: o, via: "oidc:" + c.Issuer, http: bound(o.HTTP)}
	p.flows = p.jar()
	p.metadata = p.keep()
	return p, nil
}

func (o *Options) fill() {
	if o.Scopes == nil {
		o.Scopes = []string{"profile", "email"}
	}
	if o.Home == "" {
		o.Home = "/"
	}
	if o.Once == nil {
		o.Once = &signin.Memory{}
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

const minSecret = 16 // bytes

// check finds what would let in the wrong people, or nobody.
func check(c Config, o Options) error {
	f := errs.Fields{}
	for name, address := range map[string]string{"issuer": c.Issuer, "callback": c.Callback} {
		if u, err := url.Parse(address); err != nil || !signin.Private(u) || u.RawQuery != "" || u.ForceQuery {
			f.Add(name, "error.field.url", nil)
		}
	}
	if !strings.HasSuffix(c.Callback, "/callback") {
		f.Add("callback", "error.field.url", nil)
	}
	if o.SignedOut != "" {
		if u, err := url.Parse(o.SignedOut); err != nil || !signin.Private(u) {
			f.Add("signed_out", "error.field.url", nil)
		}
	}
	for name, value := range map[string]string{"client": c.Client, "secret": c.Secret} {
		if strings.TrimSpace(value) == "" {
			f.Add(name, "error.field.required", nil)
		}
	}
	if len(o.Secret) > 0 && len(o.Secret) < minSecret {
		f.Add("cookie_secret", "error.field.too_short", map[string]any{"min": minSecret})
	}
	if o.Welcome != nil && o.System.Anonymous() {
		f.Add("system", "error.field.required", nil)
	}
	return f.Err()
}

// Via is what sessions and identities of this provider carry as Via.
func (p *Provider) Via() string { return p.via }

// Check asks the provider for its description, and returns ErrUnavailable if
// there is none to be had or it cannot be used. Nobody needs to call it, but a
// program may want to know when it starts.
func (p *Provider) Check(ctx context.Context) error {
	_, err := p.describe(ctx)
	if err != nil {
		p.opts.Logger.WarnContext(ctx, "provider of identities cannot be used", "via", p.via, "error", brief(err))
		return signin.Unavailable()
	}
	return nil
}

// Handler serves, under any prefix:
//
//	GET  /login        goes to the provider; return=PATH says where to go afterwards, strong=1 asks for a second factor
//	GET  /callback     where the provider sends the browser back to
//	POST /logout       signs out
//	POST /backchannel  the provider says that somebody has signed out
//
// Signing in begins with a link and not a form: Content-Security-Policy lets no
// form lead to another site. Whoever gets somebody to follow the link has signed
// them in as themselves.
func (p *Provider) Handler() http.Handler {
	mux := http.NewServeMux()
	for pattern, serve := range map[string]web.Func{
		"GET /login": p.serveLogin, "GET /callback": p.serveCallback,
		"POST /logout": p.serveLogout, "POST /backchannel": p.serveBackchannel,
	} {
		mux.Handle(pattern, web.Handler(p.opts.Logger, func(w http.ResponseWriter, r *http.Request) error {
			w.Header().Set("Cache-Control", "no-store")
			w.Header().Set("Referrer-Policy", "no-referrer")
			return serve(w, r)
		}))
	}
	return mux
}

func (p *Provider) clock() time.Time { return p.opts.Now().UTC().Truncate(time.Microsecond) }

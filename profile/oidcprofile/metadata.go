package oidcprofile

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/stoa-go/stoa/profile/internal/signin"
)

const (
	describedFor = time.Hour       // how long a description is used before it is read again
	describedMax = 24 * time.Hour  // how long it is used while a new one is not to be had
	retryAfter   = 5 * time.Second // how long nobody asks again after a failure
)

// A description is what a provider says of itself, in a form that can be used.
type description struct {
	provider   *oidc.Provider
	verifier   *oidc.IDTokenVerifier
	oauth      oauth2.Config
	endSession *url.URL // nil if there is none
	namesIss   bool     // it names itself in answers
	namesSID   bool     // its tokens say which session they are about
}

// keep returns what reads the description when it is needed.
func (p *Provider) keep() *signin.Kept[description] {
	return &signin.Kept[description]{
		Fetch: func(ctx context.Context, old *description) (*description, error) {
			d, err := p.discover(ctx, old)
			if err != nil {
				p.opts.Logger.WarnContext(ctx, "description of a provider of identities cannot be read", "via", p.via, "error", brief(err))
			}
			return d, err
		},
		Now: p.clock, Fresh: describedFor, Max: describedMax, Pause: retryAfter, Limit: p.http.Timeout,
	}
}

// describe returns what the provider says of itself.
func (p *Provider) describe(ctx context.Context) (*description, error) {
	return p.metadata.Value(ctx)
}

// metadata is what is read of a description besides what package oidc reads.
type metadata struct {
	AuthURL     string   `json:"authorization_endpoint"`
	TokenURL    string   `json:"token_endpoint"`
	KeysURL     string   `json:"jwks_uri"`
	UserInfoURL string   `json:"userinfo_endpoint"`
	EndSession  string   `json:"end_session_endpoint"`
	NamesIss    bool     `json:"authorization_response_iss_parameter_supported"`
	NamesSID    bool     `json:"backchannel_logout_session_supported"`
	Challenges  []string `json:"code_challenge_methods_supported"`
	TokenAuth   []string `json:"token_endpoint_auth_methods_supported"`
}

func (p *Provider) discover(ctx context.Context, old *description) (*description, error) {
	provider, err := oidc.NewProvider(oidc.ClientContext(ctx, p.http), p.config.Issuer)
	if err != nil {
		return nil, err
	}
	var m metadata
	if err := provider.Claims(&m); err != nil {
		return nil, err
	}
	if err := p.checkMetadata(m); err != nil {
		return nil, err
	}
	d := &description{provider: provider, namesIss: m.NamesIss, namesSID: m.NamesSID}
	if m.EndSession != "" {
		d.endSession, _ = url.Parse(m.EndSession) // checked
	}
	d.oauth = oauth2.Config{
		ClientID: p.config.Client, ClientSecret: p.config.Secret, RedirectURL: p.config.Callback,
		Scopes: append([]string{oidc.ScopeOpenID}, p.opts.Scopes...), Endpoint: provider.Endpoint(),
	}
	// Left to itself the client would try both ways, and send a code twice.
	d.oauth.Endpoint.AuthStyle = oauth2.AuthStyleInHeader
	if len(m.TokenAuth) > 0 && !slices.Contains(m.TokenAuth, "client_secret_basic") {
		d.oauth.Endpoint.AuthStyle = oauth2.AuthStyleInParams
	}
	keys := *p.http
	keys.Transport = &keyTransport{base: p.http.Transport, now: p.opts.Now}
	set := oidc.NewRemoteKeySet(oidc.ClientContext(ctx, &keys), m.KeysURL)
	if old != nil {
		// Who has keys goes on with them until there are others.
		if err := prime(ctx, set); err != nil {
			return nil, err
		}
	}
	d.verifier = oidc.NewVerifier(p.config.Issuer, set, &oidc.Config{
		ClientID: p.config.Client, SupportedSigningAlgs: []string{oidc.RS256, oidc.ES256, oidc.PS256},
		SkipExpiryCheck: true, // which has no patience with clocks: checkTimes does it
	})
	return d, nil
}

// unsigned is a token by a key that nobody has.
const unsigned = "eyJhbGciOiJSUzI1NiIsImtpZCI6Ii0ifQ.e30.AA"

// prime has a set fetch its keys. It fetches them for want of one for a token, and
// what it says then has a cause only if that failed.
func prime(ctx context.Context, set *oidc.RemoteKeySet) error {
	_, err := set.VerifySignature(ctx, unsigned)
	return errors.Unwrap(err)
}

func (p *Provider) checkMetadata(m metadata) error {
	for name, address := range map[string]string{
		"authorization_endpoint": m.AuthURL, "token_endpoint": m.TokenURL, "jwks_uri": m.KeysURL,
		"userinfo_endpoint": m.UserInfoURL, "end_session_endpoint": m.EndSession,
	} {
		optional := name == "userinfo_endpoint" && !p.opts.UserInfo || name == "end_session_endpoint"
		if address == "" && optional {
			continue
		}
		u, err := url.Parse(address)
		if err != nil || !signin.Private(u) || u.Scheme != "https" && strings.HasPrefix(p.config.Issuer, "https:") {
			return fmt.Errorf("the %s is no address that can be used", name)
		}
	}
	if len(m.Challenges) > 0 && !slices.Contains(m.Challenges, "S256") {
		return errors.New("the provider does not know PKCE with S256")
	}
	return nil
}

// secure reports whether the portal is reached by https.
func (p *Provider) secure() bool {
	u, err := url.Parse(p.config.Callback)
	return err == nil && u.Scheme == "https"
}

// with returns a context for package oidc and package oauth2, whose requests go
// through the bounded client.
func (p *Provider) with(r *http.Request) context.Context {
	return oidc.ClientContext(r.Context(), p.http)
}

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
	read       time.Time
}

// metadataCache has the description that was read last. Whoever has the turn
// reads it anew while the others wait.
type metadataCache struct {
	turn   chan struct{}
	last   *description
	failed time.Time
	err    error
}

// describe returns what the provider says of itself.
func (p *Provider) describe(ctx context.Context) (*description, error) {
	select {
	case p.metadata.turn <- struct{}{}:
		defer func() { <-p.metadata.turn }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	m, now := &p.metadata, p.clock()
	if m.last != nil && now.Sub(m.last.read) < describedFor {
		return m.last, nil
	}
	if m.err == nil || now.Sub(m.failed) >= retryAfter {
		// Others wait for this too: it does not end with the request that began it.
		found, err := p.discover(context.WithoutCancel(ctx), now)
		if m.err, m.failed = err, now; err == nil {
			m.last = found
		}
	}
	if m.err != nil && m.last != nil && now.Sub(m.last.read) < describedMax {
		return m.last, nil
	}
	if m.err != nil {
		return nil, m.err
	}
	return m.last, nil
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

func (p *Provider) discover(ctx context.Context, now time.Time) (*description, error) {
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
	d := &description{provider: provider, namesIss: m.NamesIss, namesSID: m.NamesSID, read: now}
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
	d.verifier = oidc.NewVerifier(p.config.Issuer, oidc.NewRemoteKeySet(oidc.ClientContext(ctx, &keys), m.KeysURL), &oidc.Config{
		ClientID: p.config.Client, SupportedSigningAlgs: []string{oidc.RS256, oidc.ES256, oidc.PS256},
		SkipExpiryCheck: true, // which has no patience with clocks: checkTimes does it
	})
	return d, nil
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

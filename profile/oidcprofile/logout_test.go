package oidcprofile_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/oidcprofile"
)

func TestSignOut(t *testing.T) {
	w := newWorld(t, func(o *oidcprofile.Options) { o.SignedOut = "https://portal.example/bye" })
	b := w.browser()
	b.signIn()
	require.Equal(t, "ann 2", b.Who())
	for _, header := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Origin", "https://evil.example"}} {
		require.Equal(t, http.StatusForbidden, b.Submit("/sign-in/logout", nil, header...).Status)
		require.Equal(t, "ann 2", b.Who(), "another site signs nobody out")
	}
	require.Equal(t, http.StatusMethodNotAllowed, b.Open("/sign-in/logout").Status)
	require.Equal(t, "ann 2", b.Who())

	got := b.Submit("/sign-in/logout", nil, "Sec-Fetch-Site", "same-origin")
	require.Equal(t, http.StatusOK, got.Status)
	require.Empty(t, w.AllSessions())
	require.Equal(t, " 0", b.Who())
	address, ok := strings.CutPrefix(got.Header.Get("Refresh"), "0; url=")
	require.True(t, ok)
	u, err := url.Parse(address)
	require.NoError(t, err)
	require.Equal(t, w.fake.issuer()+"/bye", u.Scheme+"://"+u.Host+u.Path)
	require.Equal(t, with("a", "b", "client_id", client, "post_logout_redirect_uri", "https://portal.example/bye"), u.Query())
	require.NotContains(t, got.Body, address, "an address is escaped in a page")
	require.Contains(t, got.Body, strings.ReplaceAll(address, "&", "&amp;"))

	// Who is not signed in, or not by this provider, has nothing to end there.
	require.Equal(t, "/", b.Submit("/sign-in/logout", nil).Location)
}

func TestSignOutHereOnly(t *testing.T) {
	for name, c := range map[string]struct {
		options func(*oidcprofile.Options)
		fake    func(*world)
	}{
		"on purpose":        {func(o *oidcprofile.Options) { o.StayThere, o.Home = true, "/home" }, func(*world) {}},
		"for want of it":    {func(o *oidcprofile.Options) { o.Home = "/home" }, described("end_session_endpoint", "")},
		"provider is away":  {func(o *oidcprofile.Options) { o.Home = "/home" }, func(w *world) { away(w) }},
		"by another's word": {func(o *oidcprofile.Options) { o.Home = "/home" }, func(w *world) { w.other = true }},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, c.options)
			if name == "for want of it" {
				c.fake(w)
			}
			b := w.browser()
			b.signIn()
			if name != "for want of it" {
				c.fake(w)
			}
			if w.other {
				for _, s := range w.AllSessions() {
					_, err := w.Store.EndSessions(t.Context(), profile.SessionQuery{ID: s.ID})
					require.NoError(t, err)
					s.Via = "demo"
					require.NoError(t, w.Store.StartSession(t.Context(), s))
				}
			}
			got := b.Submit("/sign-in/logout", nil)
			require.Equal(t, http.StatusSeeOther, got.Status)
			require.Equal(t, "/home", got.Location)
			require.Empty(t, w.AllSessions())
		})
	}
}

// away takes the provider away for longer than its description is used.
func away(w *world) {
	document("/.well-known/openid-configuration", status(503, "text/plain", "away"))(w)
	w.Pass(25 * time.Hour)
}

const event = "http://schemas.openid.net/event/backchannel-logout"

func logoutClaims(w *world, n int) map[string]any {
	return map[string]any{
		"iss": w.fake.issuer(), "aud": client, "iat": w.Now().Unix(), "exp": w.Now().Add(2 * time.Minute).Unix(),
		"jti": fmt.Sprint("jti-", n), "sub": "s-ann", "sid": "sid-1", "events": map[string]any{event: map[string]any{}},
	}
}

func (w *world) backchannel(token string) page {
	w.T.Helper()
	return w.browser().Submit("/sign-in/backchannel", with("logout_token", token))
}

func TestBackchannelLogout(t *testing.T) {
	w := newWorld(t)
	w.link("s-bob", "bob")
	in := func(sub, sid string) *browser {
		w.fake.user = map[string]any{"sub": sub, "sid": sid}
		b := w.browser()
		require.Equal(t, "/after", b.signIn().Location, w.Logs.String())
		return b
	}
	one, two, bob := in("s-ann", "sid-1"), in("s-ann", "sid-2"), in("s-bob", "sid-3")
	left := func() (out []string) {
		for _, s := range w.AllSessions() {
			out = append(out, s.Ticket)
		}
		return out
	}
	require.ElementsMatch(t, []string{"sid-1", "sid-2", "sid-3"}, left())

	got := w.backchannel(w.fake.signed(logoutClaims(w, 1)))
	require.Equal(t, http.StatusOK, got.Status, w.Logs.String())
	require.Equal(t, "no-store", got.Header.Get("Cache-Control"))
	require.ElementsMatch(t, []string{"sid-2", "sid-3"}, left(), "the one session and no other")
	require.Equal(t, http.StatusSeeOther, one.Open("/who").Status)
	require.Equal(t, "ann 2", two.Who())
	require.Equal(t, "bob 2", bob.Who())

	by := func(n int, change func(map[string]any)) page {
		c := logoutClaims(w, n)
		change(c)
		return w.backchannel(w.fake.signed(c))
	}
	require.Equal(t, http.StatusOK, by(2, func(c map[string]any) { delete(c, "sub"); c["sid"] = "sid-3" }).Status)
	require.ElementsMatch(t, []string{"sid-2"}, left())
	in("s-ann", "sid-4")
	require.Equal(t, http.StatusOK, by(3, func(c map[string]any) { delete(c, "sid") }).Status)
	require.Empty(t, left(), "all of the subject")
	require.Equal(t, http.StatusOK, by(4, func(map[string]any) {}).Status, "nobody is left, which is what was asked for")
}

// A provider that does not promise to name sessions means all of the subject.
func TestBackchannelLogoutWithoutSessions(t *testing.T) {
	w := newWorld(t)
	described("backchannel_logout_session_supported", false)(w)
	delete(w.fake.user, "sid")
	w.browser().signIn()
	require.Len(t, w.AllSessions(), 1)
	require.Equal(t, http.StatusOK, w.backchannel(w.fake.signed(logoutClaims(w, 1))).Status)
	require.Empty(t, w.AllSessions())
}

func TestAdv_OIDC_LogoutMisbehaviours(t *testing.T) {
	set := func(name string, value any) func(*world, map[string]any) string {
		return func(w *world, c map[string]any) string {
			c[name] = value
			if value == nil {
				delete(c, name)
			}
			return w.fake.signed(c)
		}
	}
	typed := func(typ string) func(*world, map[string]any) string {
		return func(w *world, c map[string]any) string { return w.fake.signedAs(typ, c) }
	}
	at := func(d time.Duration) int64 { return day.Add(d).Unix() }
	for name, c := range map[string]struct {
		token func(*world, map[string]any) string
		why   string
	}{
		"aud of another client":  {set("aud", "other"), "audience"},
		"aud of others too":      {set("aud", []string{client, "other"}), "for others"},
		"aud missing":            {set("aud", nil), "audience"},
		"iss of another":         {set("iss", "https://evil.example"), "different provider"},
		"iss missing":            {set("iss", nil), "different provider"},
		"expired":                {set("exp", at(-2*time.Minute)), "has expired"},
		"exp missing":            {set("exp", nil), "exp"},
		"lives for a year":       {set("exp", at(365*24*time.Hour)), "lives too long"},
		"iat missing":            {set("iat", nil), "not issued yet"},
		"iat in the future":      {set("iat", at(2*time.Minute)), "not issued yet"},
		"jti missing":            {set("jti", nil), "jti"},
		"jti too long":           {set("jti", strings.Repeat("j", 256)), "jti"},
		"nonce there":            {set("nonce", "n"), "nonce"},
		"nonce there, null":      {set("nonce", "null"), "nonce"},
		"events missing":         {set("events", nil), "backchannel-logout"},
		"events of another kind": {set("events", map[string]any{"urn:other": map[string]any{}}), "backchannel-logout"},
		"event is no object":     {set("events", map[string]any{event: true}), "another event"},
		"sub too long":           {set("sub", strings.Repeat("s", 256)), "the sub is"},
		"sub with a NUL":         {set("sub", "s\x00"), "the sub is"},
		"sid with a NUL":         {set("sid", "s\x00"), "the sid is"},
		"neither sub nor sid":    {func(w *world, c map[string]any) string { delete(c, "sub"); return set("sid", nil)(w, c) }, "'sub' claim"},
		"alg none":               {func(w *world, c map[string]any) string { return none(w.fake, c) }, "unexpected signature algorithm"},
		"HS256 with public key":  {func(w *world, c map[string]any) string { return hmacWithPublicKey(w.fake, c) }, "unexpected signature algorithm"},
		"signed by another":      {func(w *world, c map[string]any) string { return foreignKey("key-1")(w.fake, c) }, "failed to verify"},
		"unknown kid":            {func(w *world, c map[string]any) string { return foreignKey("key-9")(w.fake, c) }, "failed to verify"},
		"an access token":        {typed("at+jwt"), "another type"},
		"no token":               {func(*world, map[string]any) string { return "" }, "cannot be read"},
		"not a token":            {func(*world, map[string]any) string { return "a.b.c" }, "cannot be read"},
		"an ID token":            {func(w *world, _ map[string]any) string { return w.fake.idToken("n") }, "backchannel-logout"},
		"too long":               {func(w *world, c map[string]any) string { return w.fake.signed(c) + strings.Repeat("a", 70<<10) }, "large"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			b := w.browser()
			b.signIn()
			got := w.backchannel(c.token(w, logoutClaims(w, 1)))
			require.Equal(t, http.StatusBadRequest, got.Status, w.Logs.String())
			require.JSONEq(t, `{"error":"invalid_request"}`, got.Body)
			require.Contains(t, strings.ToLower(w.Logs.String()), strings.ToLower(c.why))
			require.Equal(t, "ann 2", b.Who(), "nobody was signed out")
			w.requireNoSecrets(got)
		})
	}
	t.Run("used before", func(t *testing.T) {
		w := newWorld(t)
		token := w.fake.signed(logoutClaims(w, 1))
		require.Equal(t, http.StatusOK, w.backchannel(token).Status)
		b := w.browser()
		b.signIn()
		require.Equal(t, http.StatusBadRequest, w.backchannel(token).Status)
		w.Pass(2*time.Minute + 59*time.Second)
		require.Equal(t, http.StatusBadRequest, w.backchannel(token).Status)
		require.Equal(t, "ann 2", b.Who())
	})
	t.Run("no form", func(t *testing.T) {
		w := newWorld(t)
		b := w.browser()
		b.signIn()
		token := w.fake.signed(logoutClaims(w, 1))
		require.Equal(t, http.StatusBadRequest, w.browser().Submit("/sign-in/backchannel?logout_token="+token, nil).Status)
		require.Equal(t, http.StatusMethodNotAllowed, w.browser().Open("/sign-in/backchannel?logout_token="+token).Status)
		require.Equal(t, "ann 2", b.Who())
	})
}

// Nothing but a type that a logout token may have is taken for one.
func TestLogoutTokenTypes(t *testing.T) {
	w := newWorld(t)
	for i, typ := range []string{"logout+jwt", "JWT", "application/logout+jwt"} {
		require.Equal(t, http.StatusOK, w.backchannel(w.fake.signedAs(typ, logoutClaims(w, i))).Status, "%s %s", typ, w.Logs.String())
	}
}

// failing is a store of sessions that ends none, for a while.
type failingStore struct {
	profile.SessionStore
	down *bool
}

func (f failingStore) EndSessions(ctx context.Context, q profile.SessionQuery) (int, error) {
	if *f.down {
		return 0, errors.New("down")
	}
	return f.SessionStore.EndSessions(ctx, q)
}

// A provider that is told that it did not work may say it again.
func TestBackchannelLogoutCanBeRepeatedAfterAFailure(t *testing.T) {
	w := newWorld(t)
	w.browser().signIn()
	down := true
	sessions := profile.NewSessions(failingStore{w.Store, &down}, w.Directory, &profile.SessionOptions{Now: w.Now})
	p, err := oidcprofile.New(profile.NewIdentities(w.Store, w.Directory, sessions), sessions, oidcprofile.Config{
		Issuer: w.fake.issuer(), Client: client, Secret: secret, Callback: w.Server.URL + "/third/callback",
	}, &w.options)
	require.NoError(t, err)
	w.Mux.Handle("/third/", http.StripPrefix("/third", p.Handler()))
	token := w.fake.signed(logoutClaims(w, 1))
	send := func() int { return w.browser().Submit("/third/backchannel", with("logout_token", token)).Status }
	require.Equal(t, http.StatusServiceUnavailable, send())
	require.Len(t, w.AllSessions(), 1)
	down = false
	require.Equal(t, http.StatusOK, send())
	require.Empty(t, w.AllSessions())
	require.Equal(t, http.StatusBadRequest, send())
}

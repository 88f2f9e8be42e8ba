package site

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
)

// A signer is a product that vouches for who uses a widget.
type signer struct{ key, secret string }

// token returns what the product's server hands to its page.
func (s signer) token(t *testing.T, sub string, change ...func(head, claims map[string]any)) string {
	t.Helper()
	head := map[string]any{"alg": "HS256", "typ": "JWT", "kid": s.key}
	claims := map[string]any{"iss": s.key, "aud": "portal", "sub": sub, "iat": time.Now().Unix(), "exp": time.Now().Add(10 * time.Minute).Unix()}
	for _, f := range change {
		f(head, claims)
	}
	part := func(v any) string {
		text, err := json.Marshal(v)
		require.NoError(t, err)
		return base64.RawURLEncoding.EncodeToString(text)
	}
	signed := part(head) + "." + part(claims)
	mac := hmac.New(sha256.New, []byte(s.secret))
	mac.Write([]byte(signed))
	return signed + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// signs makes a connection for a widget.
func signs(t *testing.T, s *Site, c *client, form url.Values) signer {
	t.Helper()
	form.Set("kind", "widget")
	secret := connectAs(t, c, form)
	list, err := s.connected.List(t.Context(), system)
	require.NoError(t, err)
	return signer{list[0].ID, secret}
}

func TestWidgetUsers(t *testing.T) {
	s := open(t)
	as := serve(t, s)
	c := as("")
	shop := signs(t, s, as("ruth"), url.Values{"name": {"Shop"}, "account": {"aldergate"}})
	other := signs(t, s, as("ruth"), url.Values{"name": {"Other"}, "account": {"brisa"}})
	ours := signs(t, s, as("ruth"), url.Values{"name": {"Ours"}, "staff": {"yes"}})
	me := func(token string) answer { return c.get("/api/v1/me", "Authorization", "Bearer "+token) }

	a := me(shop.token(t, "tom"))
	require.Equal(t, 200, a.Status, a.Body)
	require.Contains(t, a.Body, `"id":"tom"`)
	saved := c.do(http.MethodGet, "/api/v1/me/preferences", "", "Authorization", "Bearer "+shop.token(t, "tom"))
	require.Equal(t, 200, saved.Status)
	require.NotContains(t, c.get("/en/account", "Authorization", "Bearer "+shop.token(t, "tom")).Body, "Tom Whitlock", "it is for the API")
	require.Contains(t, me(other.token(t, "lucia")).Body, `"id":"lucia"`)
	require.Contains(t, me(ours.token(t, "jonas")).Body, `"id":"jonas"`)
	require.Contains(t, as("ruth").get("/en/admin/connections").Body, "Last used")

	type parts = map[string]any
	ago := func(d time.Duration) int64 { return time.Now().Add(-d).Unix() }
	good := shop.token(t, "tom")
	head, rest, _ := strings.Cut(good, ".")
	body, tail, _ := strings.Cut(rest, ".")
	_, foreign, _ := strings.Cut(shop.token(t, "priya"), ".")
	foreignBody, _, _ := strings.Cut(foreign, ".")
	for name, token := range map[string]string{
		"no algorithm":      shop.token(t, "tom", func(h, _ parts) { h["alg"] = "none" }),
		"no signature":      head + "." + body + ".",
		"another algorithm": shop.token(t, "tom", func(h, _ parts) { h["alg"] = "RS256" }),
		"another's body":    head + "." + foreignBody + "." + tail,
		"another's secret":  signer{shop.key, other.secret}.token(t, "tom"),
		"another's key":     shop.token(t, "tom", func(h, _ parts) { h["kid"] = other.key }),
		"an unknown key":    shop.token(t, "tom", func(h, _ parts) { h["kid"] = "nobody" }),
		"no key":            shop.token(t, "tom", func(h, _ parts) { delete(h, "kid") }),
		"a key with a path": shop.token(t, "tom", func(h, _ parts) { h["kid"] = "../" + shop.key }),
		"a key of its own":  shop.token(t, "tom", func(h, _ parts) { h["jwk"] = parts{"kty": "oct", "k": "AAAA"} }),
		"expired":           shop.token(t, "tom", func(_, c parts) { c["iat"], c["exp"] = ago(time.Hour), ago(2*time.Minute) }),
		"for years":         shop.token(t, "tom", func(_, c parts) { c["exp"] = ago(-24 * 365 * time.Hour) }),
		"without an end":    shop.token(t, "tom", func(_, c parts) { delete(c, "exp") }),
		"from the future":   shop.token(t, "tom", func(_, c parts) { c["iat"], c["nbf"] = ago(-time.Hour), ago(-time.Hour) }),
		"another audience":  shop.token(t, "tom", func(_, c parts) { c["aud"] = "https://shop.example" }),
		"another issuer":    shop.token(t, "tom", func(_, c parts) { c["iss"] = other.key }),
		"nobody":            shop.token(t, "nobody"),
		"somebody else's":   shop.token(t, "lucia"),
		"staff":             shop.token(t, "ruth"),
		"the system":        ours.token(t, "system"),
		"with a tail":       good + "A",
	} {
		a := me(token)
		require.Equal(t, 401, a.Status, name+": "+a.Body)
		require.NotContains(t, a.Body, `"id"`, name)
		require.NotContains(t, a.All(), shop.secret, name)
	}

	// A secret is replaced while the old one works, and then ended.
	renewed := as("ruth").post("/en/admin/connections/"+shop.key+"/renew", url.Values{"key": {"r1"}})
	require.Equal(t, 200, renewed.Status)
	list, err := s.connected.List(t.Context(), system)
	require.NoError(t, err)
	next := signer{list[0].ID, secretIn(t, renewed.Body)}
	require.Equal(t, []string{"Shop", "aldergate"}, []string{list[0].Name, list[0].Account})
	require.Equal(t, profile.ConnectionWidget, list[0].Kind)
	require.Equal(t, 409, as("ruth").post("/en/admin/connections/"+shop.key+"/renew", url.Values{"key": {"r1"}}).Status, "once")
	require.Equal(t, 200, me(good).Status)
	require.Equal(t, 200, me(next.token(t, "tom")).Status)
	stream := listenWithToken(t, c, "/api/v1/live?article=none", good)
	require.Equal(t, 303, as("ruth").post("/en/admin/connections/"+shop.key+"/end", nil).Status)
	require.Equal(t, 401, me(good).Status)
	require.Equal(t, 200, me(next.token(t, "tom")).Status)
	stream.ends(t)
	require.Equal(t, 404, as("ruth").post("/en/admin/connections/"+shop.key+"/renew", nil).Status)
	require.Equal(t, 404, as("tom").post("/en/admin/connections/"+next.key+"/renew", nil).Status)
	_, err = s.people.DisablePerson(t.Context(), system, "tom")
	require.NoError(t, err)
	require.Equal(t, 401, me(next.token(t, "tom")).Status, "who has left is nobody, whoever vouches")
}

func listenWithToken(t *testing.T, c *client, path, token string) listener {
	t.Helper()
	return listenAs(t, c, path, "Authorization", "Bearer "+token)
}

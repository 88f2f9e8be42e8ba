package site

import (
	"crypto/ecdh"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/browser"
	"github.com/stoa-go/stoa/internal/testdb"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/webhookprofile"
)

// An outside is a push service and a receiver of webhooks.
type outside struct {
	*httptest.Server
	mu  sync.Mutex
	got []*http.Request // with their bodies in the header "Body"
}

func serveOutside(t *testing.T) *outside {
	o := &outside{}
	o.Server = httptest.NewTLSServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		r.Header.Set("Body", base64.StdEncoding.EncodeToString(body))
		o.mu.Lock()
		defer o.mu.Unlock()
		o.got = append(o.got, r)
	}))
	t.Cleanup(o.Close)
	return o
}

func (o *outside) to(path string) (list []*http.Request) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, r := range o.got {
		if r.URL.Path == path {
			list = append(list, r)
		}
	}
	return list
}

// reaching has a portal reach an outside that is on this machine. Addresses are
// still checked as they are typed.
func reaching(o *outside) func(*Config) {
	return func(c *Config) {
		transport := o.Client().Transport.(*http.Transport).Clone()
		c.Push, c.BaseURL = true, "https://help.kelvane.example"
		c.outside = &http.Client{Transport: redirected{o.URL, transport}}
	}
}

// redirected has every request go to one server, whatever its address says.
type redirected struct {
	to   string
	next http.RoundTripper
}

func (d redirected) RoundTrip(r *http.Request) (*http.Response, error) {
	at, err := url.Parse(d.to)
	if err != nil {
		return nil, err
	}
	r = r.Clone(r.Context())
	r.URL.Host, r.Host = at.Host, at.Host
	return d.next.RoundTrip(r)
}

// subscription is what a browser says of itself.
func subscription(t *testing.T, endpoint string) string {
	key, err := ecdh.P256().GenerateKey(rand.Reader)
	require.NoError(t, err)
	b64 := base64.RawURLEncoding.EncodeToString
	body, err := json.Marshal(map[string]any{"endpoint": endpoint, "expirationTime": nil, "keys": map[string]string{
		"p256dh": b64(key.PublicKey().Bytes()), "auth": b64([]byte("sixteen bytes...")),
	}})
	require.NoError(t, err)
	return string(body)
}

// TestBrowsersAndWebhooks: both are added, told of a change once though two
// instances are at it, listed for nobody else, and removed.
func TestBrowsersAndWebhooks(t *testing.T) {
	o := serveOutside(t)
	dsn := testdb.PostgresDSN(t)
	s := running(t, on(dsn), reaching(o))
	as := serve(t, s)
	second := serve(t, running(t, on(dsn), reaching(o)))
	var first, other struct{ Key string }
	require.NoError(t, json.Unmarshal([]byte(as("").get("/api/v1/me/push").Body), &first))
	require.NoError(t, json.Unmarshal([]byte(second("").get("/api/v1/me/push").Body), &other))
	require.NotEmpty(t, first.Key)
	require.Equal(t, first.Key, other.Key, "browsers know all instances by one key")

	edit := followed(t, s, as, "The quagga handbook", "tom", "priya")
	phone := "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X)"
	_, cookie := signIn(t, second(""), "tom")
	added := second("").do(http.MethodPost, "/api/v1/me/push", subscription(t, "https://push.example/tom"), "Content-Type", "application/json", "User-Agent", phone, "Cookie", cookie)
	require.Equal(t, 204, added.Status, added.Body)
	require.Equal(t, 401, as("").do(http.MethodPost, "/api/v1/me/push", subscription(t, "https://push.example/x"), "Content-Type", "application/json").Status)
	for _, bad := range []string{"http://push.example/tom", "https://127.0.0.1/x", "https://[::1]/x"} {
		require.Equal(t, 422, as("").do(http.MethodPost, "/api/v1/me/push", subscription(t, bad), "Content-Type", "application/json", "Cookie", cookie).Status, bad)
	}
	page := as("tom").get("/en/account/preferences").Body
	require.Contains(t, page, `data-key="`+first.Key+`"`)
	require.Contains(t, page, "iPhone")
	require.NotContains(t, page, "push.example/tom", "whoever has the address can send there")
	require.NotContains(t, as("priya").get("/en/account/preferences").Body, "iPhone")

	// Who looks after an organisation has webhooks, others have not.
	manager := "priya"
	require.Equal(t, 303, as(manager).post("/en/articles/the-quagga-handbook/keep", url.Values{"list": {"follows"}}).Status)
	hook := as(manager).post("/en/account/preferences/webhooks", url.Values{"url": {"https://hooks.example/stoa"}})
	require.Equal(t, 200, hook.Status, hook.Body)
	secret := regexp.MustCompile(`whsec_[A-Z0-9]+`).FindString(hook.Body)
	require.NotEmpty(t, secret)
	require.NotContains(t, as(manager).get("/en/account/preferences").Body, secret)
	for _, bad := range []string{"", "http://hooks.example", "https://10.0.0.1/", "javascript:alert(1)"} {
		a := as(manager).post("/en/account/preferences/webhooks", url.Values{"url": {bad}})
		require.Equal(t, 422, a.Status, bad)
		require.Contains(t, a.Body, `id="f-url-fault"`)
	}
	require.NotContains(t, as("owen").get("/en/account/preferences").Body, "ebhook")

	edit("New words.")
	until(t, "all is sent", func() bool {
		return told(t, s)() && len(o.to("/tom")) > 0 && len(o.to("/stoa")) > 0 && waiting(t, s) == 0
	})
	require.Len(t, o.to("/tom"), 1)
	require.Len(t, o.to("/stoa"), 1)
	sent := o.to("/tom")[0]
	require.Equal(t, "aes128gcm", sent.Header.Get("Content-Encoding"))
	require.True(t, strings.HasPrefix(sent.Header.Get("Authorization"), "vapid "))
	called := o.to("/stoa")[0]
	body, err := base64.StdEncoding.DecodeString(called.Header.Get("Body"))
	require.NoError(t, err)
	require.NoError(t, webhookprofile.Verify(secret, called.Header.Get("Stoa-Signature"), body, s.cfg.Now()))
	require.Contains(t, string(body), `"url":"https://help.kelvane.example/`)

	id := regexp.MustCompile(`name="id" value="([^"]+)"`).FindStringSubmatch(page)[1]
	remove := func(person, id, channel string) int {
		return as(person).post("/en/account/preferences/remove", url.Values{"id": {id}, "channel": {channel}}).Status
	}
	require.Equal(t, 303, remove("priya", id, "push"))
	require.Contains(t, as("tom").get("/en/account/preferences").Body, "iPhone", "nobody removes what is somebody else's")
	require.Equal(t, 422, remove("tom", "", "push"))
	require.Equal(t, 422, remove("tom", id, "pigeon"))
	require.Equal(t, 303, remove("tom", id, "push"))
	require.Equal(t, 303, remove("tom", id, "push"), "again is no fault")
	require.NotContains(t, as("tom").get("/en/account/preferences").Body, "iPhone")
}

// TestBrowsersGoWithTheirSession: a browser shows nothing more once it is signed
// out, by whomever, and none is added without a session.
func TestBrowsersGoWithTheirSession(t *testing.T) {
	s := open(t, reaching(serveOutside(t)))
	as := serve(t, s)
	add := func(address string, header ...string) int {
		return as("").do(http.MethodPost, "/api/v1/me/push", subscription(t, address), append(header, "Content-Type", "application/json")...).Status
	}
	browsers := func() int {
		list, err := s.keeping.Endpoints(t.Context(), "tom", "push")
		require.NoError(t, err)
		return len(list)
	}
	shop := signs(t, s, as("ruth"), url.Values{"name": {"Shop"}, "account": {"aldergate"}})
	require.Equal(t, 401, add("https://push.example/w", "Authorization", "Bearer "+shop.token(t, "tom")), "a token that is good for minutes")
	require.Zero(t, browsers())
	_, one := signIn(t, as(""), "tom")
	_, other := signIn(t, as(""), "tom")
	require.Equal(t, 204, add("https://push.example/1", "Cookie", one))
	require.Equal(t, 204, add("https://push.example/2", "Cookie", other))
	require.Equal(t, 303, as("").post("/en/sign-out", url.Values{}, "Cookie", one).Status)
	require.Equal(t, 1, browsers())
	_, err := s.sessions.RevokeAll(t.Context(), system, "tom", "")
	require.NoError(t, err)
	require.Zero(t, browsers())
}

// TestWebhooksOfNoManager: what somebody added who may not any more is shown to
// them, removed by them, and not called.
func TestWebhooksOfNoManager(t *testing.T) {
	s := open(t, reaching(serveOutside(t)))
	as := serve(t, s)
	made, err := s.hooks.Add(t.Context(), profile.Actor{ID: "owen"}, "https://hooks.example/owen")
	require.NoError(t, err)
	page := as("owen").get("/en/account/preferences").Body
	require.Contains(t, page, "https://hooks.example/owen")
	require.NotContains(t, page, "/account/preferences/webhooks", "none is added")
	err = s.hooks.Send(t.Context(), profile.Message{Key: "k", To: profile.Recipient{ID: "owen"}, Items: []profile.MessageItem{{ID: "1"}}})
	require.True(t, profile.IsPermanent(err))
	require.Equal(t, 303, as("owen").post("/en/account/preferences/remove", url.Values{"id": {made.ID}, "channel": {"webhook"}}).Status)
	require.NotContains(t, as("owen").get("/en/account/preferences").Body, "hooks.example/owen")
}

// TestPushInTheBrowser subscribes in a real browser whose push service is not
// there: it is put in its place.
func TestPushInTheBrowser(t *testing.T) {
	slow(t)
	s := open(t, func(c *Config) { c.Push, c.Served = true, "http://127.0.0.1:8080" })
	base := serve(t, s)("").server.URL
	p := browser.Open(t, still(390))
	var given struct {
		Endpoint string
		Keys     map[string]string
	}
	require.NoError(t, json.Unmarshal([]byte(subscription(t, "https://push.example/tom")), &given))
	keys, err := json.Marshal(given)
	require.NoError(t, err)
	p.OnNewDocument(`
		Notification.requestPermission = async () => window.answer || "granted";
		PushManager.prototype.subscribe = async function (o) {
			if (!o.userVisibleOnly || o.applicationServerKey.length < 80) throw new Error("asked for something else");
			const given = ` + string(keys) + `;
			return { toJSON: () => ({ endpoint: given.Endpoint, keys: given.Keys, expirationTime: null }) };
		};`)
	p.Go(base + "/en/demo")
	p.Follow(`form:has(input[value="tom"]) button`)
	p.Go(base + "/en/account/preferences")
	p.WaitVisible("[data-push] button")
	require.Empty(t, p.Axe())
	p.Eval(`window.answer = "denied"`, nil)
	p.Click("[data-push] button")
	p.Until(`document.querySelector("[data-push] [role=status]").textContent.includes("does not allow")`)
	p.Eval(`window.answer = "granted"`, nil)
	require.Equal(t, 200, p.Follow("[data-push] button"))
	p.WaitVisible("#reach .row")
	require.Empty(t, p.Axe())
	screenshot(p, "reach.png")
	var scope string
	p.Eval(`navigator.serviceWorker.ready.then(r => new URL(r.scope).pathname)`, &scope)
	require.Equal(t, "/", scope, "it speaks for pages in every language")
	require.Empty(t, p.CSPViolations())
	require.Equal(t, 200, p.Follow("#reach .row button"))
	require.Contains(t, p.Text("#reach"), "No browser shows notices yet")
}

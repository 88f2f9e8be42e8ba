package pushprofile_test

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/memprofile"
	"github.com/stoa-go/stoa/profile/profiletest"
	"github.com/stoa-go/stoa/profile/pushprofile"
)

var b64 = base64.RawURLEncoding

func decode(t *testing.T, s string) []byte {
	t.Helper()
	b, err := b64.DecodeString(s)
	require.NoError(t, err)
	return b
}

// The example of RFC 8291, section 5.
func TestRFC8291(t *testing.T) {
	own, err := ecdh.P256().NewPrivateKey(decode(t, "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"))
	require.NoError(t, err)
	body, err := pushprofile.Encrypt([]byte("When I grow up, I want to be a watermelon"),
		decode(t, "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"),
		decode(t, "BTBZMqHH6r4Tts7J_aSIgg"), own, decode(t, "DGv6ra1nlYgDCS1FRnbzlw"))
	require.NoError(t, err)
	require.Equal(t, "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN", b64.EncodeToString(body))
}

func TestEncryptRefuses(t *testing.T) {
	own, err := ecdh.P256().GenerateKey(rand.Reader)
	require.NoError(t, err)
	good, auth, salt := own.PublicKey().Bytes(), make([]byte, 16), make([]byte, 16)
	_, err = pushprofile.Encrypt(make([]byte, 3993), good, auth, own, salt)
	require.NoError(t, err)
	offCurve := append([]byte(nil), good...)
	offCurve[64] ^= 1
	for name, f := range map[string]func() ([]byte, error){
		"too long":       func() ([]byte, error) { return pushprofile.Encrypt(make([]byte, 3994), good, auth, own, salt) },
		"off the curve":  func() ([]byte, error) { return pushprofile.Encrypt(nil, offCurve, auth, own, salt) },
		"no key":         func() ([]byte, error) { return pushprofile.Encrypt(nil, nil, auth, own, salt) },
		"a short secret": func() ([]byte, error) { return pushprofile.Encrypt(nil, good, auth[:15], own, salt) },
	} {
		_, err := f()
		require.ErrorIs(t, err, profile.ErrInvalid, name)
	}
}

// A browser can read what it is sent.
type browser struct {
	key  *ecdh.PrivateKey
	auth []byte
}

func newBrowser(t *testing.T) *browser {
	key, err := ecdh.P256().GenerateKey(rand.Reader)
	require.NoError(t, err)
	b := &browser{key, make([]byte, 16)}
	rand.Read(b.auth)
	return b
}

func (b *browser) open(body []byte) ([]byte, error) {
	salt, size, public := body[:16], binary.BigEndian.Uint32(body[16:20]), body[21:21+int(body[20])]
	if size != 4096 || len(body) > 4096 {
		return nil, fmt.Errorf("a record of %d, a body of %d", size, len(body))
	}
	theirs, err := ecdh.P256().NewPublicKey(public)
	if err != nil {
		return nil, err
	}
	shared, err := b.key.ECDH(theirs)
	if err != nil {
		return nil, err
	}
	secret, _ := hkdf.Key(sha256.New, shared, b.auth, "WebPush: info\x00"+string(b.key.PublicKey().Bytes())+string(public), 32)
	key, _ := hkdf.Key(sha256.New, secret, salt, "Content-Encoding: aes128gcm\x00", 16)
	nonce, _ := hkdf.Key(sha256.New, secret, salt, "Content-Encoding: nonce\x00", 12)
	block, _ := aes.NewCipher(key)
	gcm, _ := cipher.NewGCM(block)
	plain, err := gcm.Open(nil, nonce, body[86:], nil)
	if err != nil || plain[len(plain)-1] != 2 {
		return nil, fmt.Errorf("cannot be read: %w", err)
	}
	return plain[:len(plain)-1], nil
}

// A service is the push service of some browsers, by path.
type service struct {
	*httptest.Server
	browsers map[string]*browser

	mu       sync.Mutex
	trouble  profiletest.Trouble
	status   map[string]int // by path
	header   http.Header
	requests []*http.Request
	got      []profiletest.Received
}

func newService(t *testing.T) *service {
	s := &service{browsers: map[string]*browser{}, status: map[string]int{}, header: http.Header{}}
	stop := make(chan struct{})
	s.Server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		s.mu.Lock()
		defer s.mu.Unlock()
		s.requests = append(s.requests, r)
		plain, err := s.browsers[r.URL.Path].open(body)
		if err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		status := s.status[r.URL.Path]
		switch s.trouble {
		case profiletest.TroubleLater:
			status = http.StatusServiceUnavailable
		case profiletest.TroubleForGood:
			status = http.StatusBadRequest
		case profiletest.TroubleHang:
			s.mu.Unlock()
			<-stop
			s.mu.Lock()
		}
		for name, values := range s.header {
			w.Header()[name] = values
		}
		if status != 0 {
			w.WriteHeader(status)
			_, _ = w.Write(plain)
			return
		}
		var m struct{ Key, Title, Body, URL string }
		_ = json.Unmarshal(plain, &m)
		s.got = append(s.got, profiletest.Received{Key: m.Key, Text: m.Title + "\n" + m.Body + "\n" + m.URL})
		w.WriteHeader(http.StatusCreated)
	}))
	s.Client().CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	t.Cleanup(s.Close)
	t.Cleanup(func() { close(stop) })
	return s
}

// add gives a person a browser, past the check of addresses.
func (s *service) add(t *testing.T, store profile.EndpointStore, person, path string) *browser {
	b := newBrowser(t)
	s.browsers[path] = b
	_, err := profile.AddEndpoint(t.Context(), store, profile.Endpoint{Person: person, Channel: "push", Address: s.URL + path, Data: map[string]string{
		"p256dh": b64.EncodeToString(b.key.PublicKey().Bytes()), "auth": b64.EncodeToString(b.auth),
	}})
	require.NoError(t, err)
	return b
}

var now = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

func (s *service) channel(t *testing.T, store profile.EndpointStore) (*pushprofile.Channel, string) {
	key := pushprofile.GenerateKey()
	c, err := pushprofile.New(store, key, "mailto:ops@portal.example", &pushprofile.Options{Client: s.Client(), Now: func() time.Time { return now }})
	require.NoError(t, err)
	return c, key
}

func message(key string) profile.Message {
	return profile.Message{
		Key: key, To: profile.Recipient{ID: "ann"}, Line: "Changed: VPN", Urgency: profile.UrgencyHigh,
		Items: []profile.MessageItem{{Title: "VPN", Body: "New", URL: "https://help.example/articles/vpn"}},
	}
}

func TestChannel(t *testing.T) {
	profiletest.TestChannel(t, func(t *testing.T) profiletest.ChannelEnd {
		store, s := memprofile.New(), newService(t)
		s.add(t, store, "ann", "/1")
		c, _ := s.channel(t, store)
		return profiletest.ChannelEnd{
			Channel: c, To: profile.Recipient{ID: "ann"}, Nowhere: profile.Recipient{ID: "bob"},
			Trouble: func(trouble profiletest.Trouble) {
				s.mu.Lock()
				defer s.mu.Unlock()
				s.trouble = trouble
			},
			Got: func() []profiletest.Received {
				s.mu.Lock()
				defer s.mu.Unlock()
				return append([]profiletest.Received(nil), s.got...)
			},
		}
	})
}

// RFC 8292: the token is for this service, for less than a day, and signed with
// the key that the browser subscribed to.
func TestVAPID(t *testing.T) {
	store, s := memprofile.New(), newService(t)
	s.add(t, store, "ann", "/1")
	c, _ := s.channel(t, store)
	for range 2 {
		require.NoError(t, c.Send(t.Context(), message("K1")))
	}
	require.Len(t, s.requests, 2)
	tokens := map[string]bool{}
	for _, r := range s.requests {
		require.Equal(t, "aes128gcm", r.Header.Get("Content-Encoding"))
		require.Equal(t, "86400", r.Header.Get("TTL"))
		require.Equal(t, "high", r.Header.Get("Urgency"))
		require.Regexp(t, `^[A-Za-z0-9_-]{8,32}$`, r.Header.Get("Topic"))
		require.Equal(t, s.requests[0].Header.Get("Topic"), r.Header.Get("Topic"))
		var token, public string
		_, err := fmt.Sscanf(strings.ReplaceAll(r.Header.Get("Authorization"), ",", " "), "vapid t=%s k=%s", &token, &public)
		require.NoError(t, err)
		require.Equal(t, c.PublicKey(), public)
		parts := strings.Split(token, ".")
		require.Len(t, parts, 3)
		require.JSONEq(t, `{"typ":"JWT","alg":"ES256"}`, string(decode(t, parts[0])))
		require.JSONEq(t, fmt.Sprintf(`{"aud":%q,"exp":%d,"sub":"mailto:ops@portal.example"}`, s.URL, now.Add(12*time.Hour).Unix()), string(decode(t, parts[1])))
		raw, signature := decode(t, public), decode(t, parts[2])
		require.Len(t, signature, 64)
		key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), raw)
		require.NoError(t, err)
		sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
		require.True(t, ecdsa.Verify(key, sum[:], new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])))
		tokens[token] = true
	}
	require.Len(t, tokens, 2, "each attempt is signed anew")
}

func TestGoneBrowsersAreForgotten(t *testing.T) {
	for _, status := range []int{http.StatusNotFound, http.StatusGone} {
		store, s := memprofile.New(), newService(t)
		s.add(t, store, "ann", "/gone")
		s.add(t, store, "ann", "/here")
		s.add(t, store, "bob", "/bob")
		s.status["/gone"] = status
		c, _ := s.channel(t, store)
		require.NoError(t, c.Send(t.Context(), message("K1")))
		require.Len(t, s.got, 1)
		list, err := store.Endpoints(t.Context(), "ann", "push")
		require.NoError(t, err)
		require.Len(t, list, 1)
		require.True(t, strings.HasSuffix(list[0].Address, "/here"))
		require.NoError(t, c.Send(t.Context(), message("K2")))
		require.Len(t, s.requests, 3, "nobody asks for it again")
	}
}

func TestAnswers(t *testing.T) {
	store, s := memprofile.New(), newService(t)
	s.add(t, store, "ann", "/1")
	s.add(t, store, "ann", "/2")
	c, _ := s.channel(t, store)
	s.status["/1"] = http.StatusRequestEntityTooLarge
	require.NoError(t, c.Send(t.Context(), message("K1")), "one of two got it, and the other never will")
	s.status["/2"] = http.StatusRequestEntityTooLarge
	require.True(t, profile.IsPermanent(c.Send(t.Context(), message("K1"))))
	s.status["/2"] = http.StatusTooManyRequests
	s.header.Set("Retry-After", "120")
	err := c.Send(t.Context(), message("K1"))
	var later *profile.SendError
	require.ErrorAs(t, err, &later)
	require.Equal(t, 2*time.Minute, later.After)
	require.NotContains(t, err.Error(), "127.0.0.1", "an endpoint is a secret")
	s.header.Set("Location", "https://elsewhere.example/")
	s.status["/2"] = http.StatusTemporaryRedirect
	require.True(t, profile.IsPermanent(c.Send(t.Context(), message("K1"))))
}

func TestSubscribe(t *testing.T) {
	store := memprofile.New()
	c, err := pushprofile.New(store, pushprofile.GenerateKey(), "mailto:ops@portal.example", nil)
	require.NoError(t, err)
	ann, bob := profile.Actor{ID: "ann"}, profile.Actor{ID: "bob"}
	b := newBrowser(t)
	good := pushprofile.Subscription{
		Endpoint: "https://push.example.com/abc", P256DH: base64.URLEncoding.EncodeToString(b.key.PublicKey().Bytes()),
		Auth: base64.StdEncoding.EncodeToString(b.auth), Agent: strings.Repeat("é", 150) + "\x00\xff",
	}
	count := func(person string) int {
		list, err := store.Endpoints(t.Context(), person, "push")
		require.NoError(t, err)
		return len(list)
	}
	require.ErrorIs(t, c.Subscribe(t.Context(), profile.Actor{}, good), profile.ErrForbidden)
	for range 2 {
		require.NoError(t, c.Subscribe(t.Context(), ann, good))
	}
	require.Equal(t, 1, count("ann"))
	require.NoError(t, c.Subscribe(t.Context(), bob, good), "the browser has another user")
	require.Equal(t, 0, count("ann"))
	require.Equal(t, 1, count("bob"))
	require.NoError(t, c.Unsubscribe(t.Context(), ann, good.Endpoint))
	require.Equal(t, 1, count("bob"), "nobody ends somebody else's")
	require.NoError(t, c.Unsubscribe(t.Context(), bob, good.Endpoint))
	require.Zero(t, count("bob"))
	for name, change := range map[string]func(*pushprofile.Subscription){
		"http":      func(s *pushprofile.Subscription) { s.Endpoint = "http://push.example.com/abc" },
		"inside":    func(s *pushprofile.Subscription) { s.Endpoint = "https://169.254.169.254/abc" },
		"localhost": func(s *pushprofile.Subscription) { s.Endpoint = "https://localhost/abc" },
		"long":      func(s *pushprofile.Subscription) { s.Endpoint += strings.Repeat("a", 1024) },
		"no key":    func(s *pushprofile.Subscription) { s.P256DH = "" },
		"short key": func(s *pushprofile.Subscription) { s.P256DH = s.P256DH[:20] },
		"no secret": func(s *pushprofile.Subscription) { s.Auth = "" },
		"no base64": func(s *pushprofile.Subscription) { s.Auth = "!!" },
	} {
		bad := good
		change(&bad)
		require.ErrorIs(t, c.Subscribe(t.Context(), ann, bad), profile.ErrInvalid, name)
	}
	for i := range 21 {
		s := good
		s.Endpoint += fmt.Sprint(i)
		err = c.Subscribe(t.Context(), ann, s)
	}
	require.ErrorIs(t, err, profile.ErrInvalid)
	require.Equal(t, 20, count("ann"))
}

// The channel's own client does not go where addresses of this machine are.
func TestGuard(t *testing.T) {
	store, s := memprofile.New(), newService(t)
	s.add(t, store, "ann", "/1")
	c, err := pushprofile.New(store, pushprofile.GenerateKey(), "mailto:ops@portal.example", nil)
	require.NoError(t, err)
	err = c.Send(t.Context(), message("K1"))
	require.ErrorIs(t, err, profile.ErrUnavailable)
	require.Empty(t, s.requests)
}

func TestNew(t *testing.T) {
	key := pushprofile.GenerateKey()
	for _, bad := range [][2]string{{"", "mailto:a@b.example"}, {key[:20], "mailto:a@b.example"}, {strings.Repeat("A", 43), "mailto:a@b.example"}, {key, ""}, {key, "ops"}} {
		_, err := pushprofile.New(memprofile.New(), bad[0], bad[1], nil)
		require.ErrorIs(t, err, profile.ErrInvalid)
	}
	one, err := pushprofile.New(memprofile.New(), key, "mailto:a@b.example", nil)
	require.NoError(t, err)
	two, err := pushprofile.New(memprofile.New(), key, "https://b.example", nil)
	require.NoError(t, err)
	require.Equal(t, one.PublicKey(), two.PublicKey())
	require.Len(t, one.PublicKey(), 87)
}

func TestHandler(t *testing.T) {
	store := memprofile.New()
	c, err := pushprofile.New(store, pushprofile.GenerateKey(), "mailto:ops@portal.example", nil)
	require.NoError(t, err)
	b := newBrowser(t)
	body := fmt.Sprintf(`{"endpoint":"https://push.example.com/abc","expirationTime":null,"keys":{"p256dh":%q,"auth":%q}}`,
		b64.EncodeToString(b.key.PublicKey().Bytes()), b64.EncodeToString(b.auth))
	ask := func(method, path, body string, by profile.Actor) *httptest.ResponseRecorder {
		r := httptest.NewRequestWithContext(profile.NewContext(context.WithoutCancel(t.Context()), by), method, path, strings.NewReader(body))
		if body != "" {
			r.Header.Set("Content-Type", "application/json")
		}
		w := httptest.NewRecorder()
		c.Handler().ServeHTTP(w, r)
		return w
	}
	ann := profile.Actor{ID: "ann"}
	require.JSONEq(t, fmt.Sprintf(`{"key":%q}`, c.PublicKey()), ask("GET", "/me/push", "", profile.Actor{}).Body.String())
	require.Equal(t, 401, ask("POST", "/me/push", body, profile.Actor{}).Code)
	require.Equal(t, 204, ask("POST", "/me/push", body, ann).Code)
	list, err := store.Endpoints(t.Context(), "ann", "push")
	require.NoError(t, err)
	require.Len(t, list, 1)
	require.GreaterOrEqual(t, ask("POST", "/me/push", `{"endpoint":"https://127.0.0.1/","keys":{"p256dh":"","auth":""}}`, ann).Code, 400)
	require.Equal(t, 401, ask("POST", "/me/push/unsubscribe", `{"endpoint":"https://push.example.com/abc"}`, profile.Actor{}).Code)
	require.Equal(t, 204, ask("POST", "/me/push/unsubscribe", `{"endpoint":"https://push.example.com/abc"}`, ann).Code)
	list, err = store.Endpoints(t.Context(), "ann", "push")
	require.NoError(t, err)
	require.Empty(t, list)
}

// A browser goes with the session that it was added in; a token that is good for
// minutes adds none where sessions are asked for.
func TestInSession(t *testing.T) {
	store, b := memprofile.New(), newBrowser(t)
	c, err := pushprofile.New(store, pushprofile.GenerateKey(), "mailto:ops@portal.example", &pushprofile.Options{InSession: true})
	require.NoError(t, err)
	s := pushprofile.Subscription{Endpoint: "https://push.example.com/abc", P256DH: b64.EncodeToString(b.key.PublicKey().Bytes()), Auth: b64.EncodeToString(b.auth)}
	require.ErrorIs(t, c.Subscribe(t.Context(), profile.Actor{ID: "ann"}, s), profile.ErrForbidden)
	list, err := store.Endpoints(t.Context(), "ann", "push")
	require.NoError(t, err)
	require.Empty(t, list)
	require.NoError(t, c.Subscribe(t.Context(), profile.Actor{ID: "ann", Session: "s1"}, s))
	list, err = store.Endpoints(t.Context(), "ann", "push")
	require.NoError(t, err)
	require.Equal(t, "s1", list[0].Session)
}

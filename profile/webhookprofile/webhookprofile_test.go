package webhookprofile_test

import (
	"context"
	"fmt"
	"io"
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
	"github.com/stoa-go/stoa/profile/webhookprofile"
)

// A receiver is what people run themselves.
type receiver struct {
	*httptest.Server
	clock func() time.Time

	mu         sync.Mutex
	trouble    profiletest.Trouble
	status     int
	header     http.Header
	got        []profiletest.Received
	signatures []string
}

func newReceiver(t *testing.T, clock func() time.Time) *receiver {
	s, stop := &receiver{clock: clock, header: http.Header{}}, make(chan struct{})
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		s.mu.Lock()
		trouble, status := s.trouble, s.status
		s.signatures = append(s.signatures, r.Header.Get("Stoa-Signature"))
		s.mu.Unlock()
		switch trouble {
		case profiletest.TroubleHang:
			<-stop
		case profiletest.TroubleLater:
			status = 503
		case profiletest.TroubleForGood:
			status = 400
		}
		if webhookprofile.Verify("whsec_1", r.Header.Get("Stoa-Signature"), body, clock()) != nil {
			status = 401
		}
		for name, values := range s.header {
			w.Header()[name] = values
		}
		if status != 0 {
			w.WriteHeader(status)
			_, _ = w.Write(body)
			return
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.got = append(s.got, profiletest.Received{Key: r.Header.Get("Stoa-Delivery"), Text: string(body)})
	}))
	s.Client().CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	t.Cleanup(s.Close)
	t.Cleanup(func() { close(stop) })
	return s
}

// add is past the check of addresses.
func (s *receiver) add(t *testing.T, store profile.EndpointStore, secret string) {
	_, err := profile.AddEndpoint(t.Context(), store, profile.Endpoint{Person: "ann", Channel: "webhook", Address: s.URL, Data: map[string]string{"secret": secret}})
	require.NoError(t, err)
}

func message() profile.Message {
	return profile.Message{Key: "K1", To: profile.Recipient{ID: "ann"}, Line: "Changed", Items: []profile.MessageItem{{ID: "n1", Kind: "article.updated", Title: "VPN", URL: "https://h.example/"}}}
}

func TestChannel(t *testing.T) {
	profiletest.TestChannel(t, func(t *testing.T) profiletest.ChannelEnd {
		store, s := memprofile.New(), newReceiver(t, time.Now)
		s.add(t, store, "whsec_1")
		return profiletest.ChannelEnd{
			Channel: webhookprofile.New(store, &webhookprofile.Options{Client: s.Client()}),
			To:      profile.Recipient{ID: "ann"}, Nowhere: profile.Recipient{ID: "bob"},
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

func TestSignature(t *testing.T) {
	at := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	body := []byte(`{"a":1}`)
	good := webhookprofile.Sign("secret", body, at)
	require.Equal(t, "t=1772355600,v1=", good[:16])
	require.NoError(t, webhookprofile.Verify("secret", good, body, at))
	require.NoError(t, webhookprofile.Verify("secret", good, body, at.Add(webhookprofile.Window)))
	require.NoError(t, webhookprofile.Verify("secret", good, body, at.Add(-webhookprofile.Window)))
	for name, err := range map[string]error{
		"late":       webhookprofile.Verify("secret", good, body, at.Add(webhookprofile.Window+time.Second)),
		"early":      webhookprofile.Verify("secret", good, body, at.Add(-webhookprofile.Window-time.Second)),
		"other body": webhookprofile.Verify("secret", good, []byte(`{"a":2}`), at),
		"other key":  webhookprofile.Verify("Secret", good, body, at),
		"no key":     webhookprofile.Verify("", webhookprofile.Sign("", body, at), body, at),
		"other time": webhookprofile.Verify("secret", strings.Replace(good, "t=1772355600", "t=1772355601", 1), body, at),
		"empty":      webhookprofile.Verify("secret", "", body, at),
		"no stamp":   webhookprofile.Verify("secret", good[13:], body, at),
		"no sum":     webhookprofile.Verify("secret", "t=1772355600,v1=", body, at),
		"no hex":     webhookprofile.Verify("secret", "t=1772355600,v1=xyz", body, at),
	} {
		require.ErrorIs(t, err, profile.ErrForbidden, name)
	}
}

func TestSignsEachAttempt(t *testing.T) {
	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	store, s := memprofile.New(), newReceiver(t, clock)
	s.add(t, store, "whsec_1")
	c := webhookprofile.New(store, &webhookprofile.Options{Client: s.Client(), Now: clock})
	s.status = 500
	for range 3 {
		require.Error(t, c.Send(t.Context(), message()))
		now = now.Add(time.Hour)
	}
	s.status = 0
	require.NoError(t, c.Send(t.Context(), message()))
	require.Len(t, s.signatures, 4)
	require.NotEqual(t, s.signatures[0], s.signatures[3])
	require.Len(t, s.got, 1)
}

func TestAnswers(t *testing.T) {
	for _, c := range []struct {
		status    int
		permanent bool
	}{{429, false}, {500, false}, {502, false}, {408, false}, {400, true}, {401, true}, {404, true}, {302, true}, {307, true}} {
		store, s := memprofile.New(), newReceiver(t, time.Now)
		s.add(t, store, "whsec_1")
		s.status = c.status
		s.header.Set("Location", "http://169.254.169.254/")
		err := webhookprofile.New(store, &webhookprofile.Options{Client: s.Client()}).Send(t.Context(), message())
		require.Error(t, err)
		require.Equal(t, c.permanent, profile.IsPermanent(err), "%d: %v", c.status, err)
		require.NotContains(t, err.Error(), "127.0.0.1")
	}
	store, s := memprofile.New(), newReceiver(t, time.Now)
	s.add(t, store, "whsec_1")
	s.status = 503
	s.header.Set("Retry-After", "60")
	c := webhookprofile.New(store, &webhookprofile.Options{Client: s.Client()})
	var later *profile.SendError
	require.ErrorAs(t, c.Send(t.Context(), message()), &later)
	require.Equal(t, time.Minute, later.After)
	s.status = 410
	require.NoError(t, c.Send(t.Context(), message()))
	list, err := c.List(t.Context(), profile.Actor{ID: "ann"})
	require.NoError(t, err)
	require.Empty(t, list, "a receiver that is gone is forgotten")
}

func TestAdd(t *testing.T) {
	c := webhookprofile.New(memprofile.New(), nil)
	ann, bob := profile.Actor{ID: "ann"}, profile.Actor{ID: "bob"}
	one, err := c.Add(t.Context(), ann, "https://Hooks.example.com/a")
	require.NoError(t, err)
	require.Equal(t, "https://hooks.example.com/a", one.Address)
	require.Greater(t, len(one.Data["secret"]), 50)
	list, err := c.List(t.Context(), ann)
	require.NoError(t, err)
	require.Len(t, list, 1)
	require.Empty(t, list[0].Data, "a secret is shown once")
	require.ErrorIs(t, c.Remove(t.Context(), bob, one.ID), profile.ErrNotFound)
	require.NoError(t, c.Remove(t.Context(), ann, one.ID))
	require.ErrorIs(t, c.Remove(t.Context(), ann, one.ID), profile.ErrNotFound)
	for _, bad := range []string{"", "http://hooks.example.com/", "https://localhost/", "https://127.0.0.1/", "https://[::1]/", "https://a@hooks.example.com/", "https://x.example/" + strings.Repeat("a", 1024)} {
		_, err := c.Add(t.Context(), ann, bad)
		require.ErrorIs(t, err, profile.ErrInvalid, bad)
	}
	_, err = c.Add(t.Context(), profile.Actor{}, "https://hooks.example.com/a")
	require.ErrorIs(t, err, profile.ErrForbidden)
}

// One person cannot take over what another one receives.
func TestAddressesArePersonal(t *testing.T) {
	store := memprofile.New()
	c := webhookprofile.New(store, nil)
	for _, person := range []string{"ann", "bob"} {
		_, err := c.Add(t.Context(), profile.Actor{ID: person}, "https://hooks.example.com/same")
		require.NoError(t, err, fmt.Sprint(person))
	}
	for _, person := range []string{"ann", "bob"} {
		list, err := c.List(t.Context(), profile.Actor{ID: person})
		require.NoError(t, err)
		require.Len(t, list, 1, person)
	}
}

func TestGuard(t *testing.T) {
	store, s := memprofile.New(), newReceiver(t, time.Now)
	s.add(t, store, "whsec_1")
	require.ErrorIs(t, webhookprofile.New(store, nil).Send(t.Context(), message()), profile.ErrUnavailable)
	require.Empty(t, s.signatures)
}

// Whoever may have no webhooks any more is not called, and keeps what they added.
func TestMay(t *testing.T) {
	store, s := memprofile.New(), newReceiver(t, time.Now)
	s.add(t, store, "whsec_1")
	may := false
	c := webhookprofile.New(store, &webhookprofile.Options{Client: s.Client(), May: func(context.Context, string) (bool, error) { return may, nil }})
	require.True(t, profile.IsPermanent(c.Send(t.Context(), message())))
	require.Empty(t, s.signatures)
	may = true
	require.NoError(t, c.Send(t.Context(), message()))
	require.Len(t, s.signatures, 1)
}

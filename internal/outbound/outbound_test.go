package outbound_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/outbound"
)

func TestPublic(t *testing.T) {
	for _, public := range []string{"1.1.1.1", "93.184.216.34", "2606:4700::1111", "172.32.0.1", "100.128.0.1", "::ffff:8.8.8.8"} {
		require.True(t, outbound.Public(netip.MustParseAddr(public)), public)
	}
	for _, private := range []string{
		"127.0.0.1", "127.9.9.9", "0.0.0.0", "0.1.2.3", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254",
		"100.64.0.1", "100.127.255.255", "192.0.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.1.1.1",
		"240.0.0.1", "255.255.255.255", "::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1",
		"64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::", "2001::1", "2001:db8::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254",
		"ff02::1", "100::1", "3fff::1", "5f00::1", "192.88.99.1",
	} {
		require.False(t, outbound.Public(netip.MustParseAddr(private)), private)
	}
	require.False(t, outbound.Public(netip.Addr{}))
}

// Each is a way to write, or to get to, this machine.
func TestReachesNothingInside(t *testing.T) {
	var reached atomic.Int32
	inside := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Add(1) }))
	defer inside.Close()
	u, err := url.Parse(inside.URL)
	require.NoError(t, err)
	c, tried := outbound.NewClient(nil), 0
	for _, host := range []string{
		"127.0.0.1", "localhost", "localhost.", "LOCALHOST", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0.0.0.0", "0", "[::1]", "[::]",
		"[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:7f00:0001]", "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]",
		"user@127.0.0.1", "example.com@127.0.0.1", "127.0.0.1.", "127.255.255.254", "169.254.169.254", "10.0.0.1", "192.168.0.1", "100.64.0.1",
	} {
		for _, scheme := range []string{"http", "https"} {
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
			r, err := http.NewRequestWithContext(ctx, http.MethodPost, scheme+"://"+host+":"+u.Port()+"/", nil)
			if err == nil {
				tried++
				_, _, err = outbound.Do(c, r)
				require.ErrorIs(t, err, errs.Unavailable, host)
				require.NotContains(t, err.Error(), host)
			}
			cancel()
			_, err = outbound.CheckURL(scheme + "://" + host + ":" + u.Port() + "/")
			require.Error(t, err, "%s is not even kept", host)
		}
	}
	require.Zero(t, reached.Load())
	require.Greater(t, tried, 40)
}

// What a name resolves to is judged when it is dialled, each time.
func TestJudgesWhatIsDialled(t *testing.T) {
	var reached, asked atomic.Int32
	inside := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Add(1) }))
	defer inside.Close()
	u, err := url.Parse(inside.URL)
	require.NoError(t, err)
	c := outbound.NewClient(&outbound.Options{Allow: func(a netip.Addr) bool {
		require.True(t, a.IsLoopback())
		return asked.Add(1) == 1
	}})
	c.Transport.(*http.Transport).DisableKeepAlives = true
	for i := range 3 {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://127.0.0.1:"+u.Port(), nil)
		require.NoError(t, err)
		_, _, err = outbound.Do(c, r)
		require.Equal(t, i == 0, err == nil)
	}
	require.EqualValues(t, 1, reached.Load())
	require.EqualValues(t, 3, asked.Load())
}

func loopback() *http.Client {
	return outbound.NewClient(&outbound.Options{Timeout: time.Second, Allow: func(a netip.Addr) bool { return a.IsLoopback() }})
}

func TestFollowsNoRedirects(t *testing.T) {
	var reached atomic.Int32
	inside := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Add(1) }))
	defer inside.Close()
	for _, status := range []int{301, 302, 303, 307, 308} {
		outside := httptest.NewServer(http.RedirectHandler(inside.URL, status))
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, outside.URL, strings.NewReader("body"))
		require.NoError(t, err)
		got, _, err := outbound.Do(loopback(), r)
		require.NoError(t, err)
		require.Equal(t, status, got)
		outside.Close()
	}
	require.Zero(t, reached.Load())
}

func TestIsBounded(t *testing.T) {
	stop := make(chan struct{})
	slow := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/endless" {
			for {
				if _, err := w.Write(make([]byte, 1<<10)); err != nil {
					return
				}
			}
		}
		<-stop
	}))
	defer slow.Close()
	defer close(stop)
	start := time.Now()
	r, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, slow.URL, nil)
	_, _, err := outbound.Do(loopback(), r)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.NotContains(t, err.Error(), "127.0.0.1")
	r, _ = http.NewRequestWithContext(t.Context(), http.MethodGet, slow.URL+"/endless", nil)
	status, _, err := outbound.Do(loopback(), r)
	require.NoError(t, err)
	require.Equal(t, 200, status)
	require.Less(t, time.Since(start), 5*time.Second)
}

func TestCheckURL(t *testing.T) {
	got, err := outbound.CheckURL("https://Hooks.Example.com:8443/a?b=c")
	require.NoError(t, err)
	require.Equal(t, "https://hooks.example.com:8443/a?b=c", got)
	for _, bad := range []string{
		"", "/path", "http://example.com/", "ftp://example.com", "https://", "https://a@example.com/", "https://example.com/#x", "https://intranet/",
		"https://[::1]/", "https://10.0.0.1/", "https://example.com\\@evil/", "javascript:alert(1)", "https://exa mple.com/",
	} {
		_, err := outbound.CheckURL(bad)
		require.ErrorIs(t, err, errs.Invalid, bad)
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Duration{
		"": 0, "x": 0, "-5": 0, "120": 2 * time.Minute, "99999999": 24 * time.Hour,
		now.Add(time.Hour).Format(http.TimeFormat): time.Hour, now.Add(-time.Hour).Format(http.TimeFormat): 0, now.AddDate(1, 0, 0).Format(http.TimeFormat): 24 * time.Hour,
	} {
		require.Equal(t, want, outbound.RetryAfter(http.Header{"Retry-After": {text}}, now), text)
	}
}

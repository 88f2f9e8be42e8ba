package analytics_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/analytics"
)

const firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"

// page is a request for a page from an address; more headers come in pairs.
func page(address string, headers ...string) *http.Request {
	r := httptest.NewRequest("GET", "https://help.example.com/en/articles/a?token=secret", nil)
	r.RemoteAddr = address + ":1234"
	r.Header.Set("User-Agent", firefox)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return r
}

// clock is a moved clock and a set of visits that reads it.
func clocked(change ...func(*analytics.VisitOptions)) (*analytics.Visits, *time.Time) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	o := &analytics.VisitOptions{Now: func() time.Time { return now }}
	for _, f := range change {
		f(o)
	}
	return analytics.NewVisits(o), &now
}

func TestVisit(t *testing.T) {
	v, _ := clocked()
	got := v.Visit(page("192.0.2.1", "Referer", "https://www.Search.example/find?q=secret"))
	require.Regexp(t, "^[0-9a-f]{32}$", got.Visitor)
	require.Regexp(t, "^[0-9a-f]{32}$", got.Session)
	require.NotEqual(t, got.Visitor, got.Session, "a session is not made from who it is")
	got.Visitor, got.Session = "", ""
	require.Equal(t, analytics.Event{
		Path: "/en/articles/a", Referrer: "https://www.search.example", Device: analytics.DeviceDesktop, Channel: analytics.ChannelWeb,
	}, got)
}

func TestVisitReferrer(t *testing.T) {
	v, _ := clocked()
	for referrer, want := range map[string]string{
		"":                                      "",
		"https://other.example/secret/path?x#y": "https://other.example",
		"https://help.example.com/en/start?t=1#x": "https://help.example.com/en/start",
		"android-app://com.example/":              "",
		"javascript:alert(1)":                     "",
		"https://user:pass@other.example/":        "https://other.example",
		"::not a url":                             "",
	} {
		require.Equal(t, want, v.Visit(page("192.0.2.1", "Referer", referrer)).Referrer, referrer)
	}
}

func TestVisitsAreTold(t *testing.T) {
	v, now := clocked()
	first := v.Visit(page("192.0.2.1"))
	require.Equal(t, first, v.Visit(page("192.0.2.1")))
	for name, r := range map[string]*http.Request{
		"another address": page("192.0.2.2"),
		"another browser": page("192.0.2.1", "User-Agent", firefox+" x"),
	} {
		other := v.Visit(r)
		require.NotEqual(t, first.Visitor, other.Visitor, name)
		require.NotEqual(t, first.Session, other.Session, name)
	}
	*now = now.Add(29 * time.Minute)
	require.Equal(t, first.Session, v.Visit(page("192.0.2.1")).Session)
	*now = now.Add(29 * time.Minute)
	require.Equal(t, first.Session, v.Visit(page("192.0.2.1")).Session, "every page keeps it alive")
	*now = now.Add(30 * time.Minute)
	second := v.Visit(page("192.0.2.1"))
	require.NotEqual(t, first.Session, second.Session, "a pause ends it")
	require.Equal(t, first.Visitor, second.Visitor, "the browser is the same all day")
}

func TestVisitOverMidnight(t *testing.T) {
	v, now := clocked()
	*now = time.Date(2026, 3, 1, 23, 50, 0, 0, time.UTC)
	before, other := v.Visit(page("192.0.2.1")), v.Visit(page("192.0.2.9"))
	*now = time.Date(2026, 3, 2, 0, 10, 0, 0, time.UTC)
	after := v.Visit(page("192.0.2.1"))
	require.Equal(t, before, after, "one visit of one visitor")
	*now = now.Add(20 * time.Minute)
	require.Equal(t, before, v.Visit(page("192.0.2.1")))
	require.NotEqual(t, other.Visitor, v.Visit(page("192.0.2.9")).Visitor, "who comes back later is not known again")
	*now = now.Add(2 * time.Hour)
	next := v.Visit(page("192.0.2.1"))
	require.NotEqual(t, before.Visitor, next.Visitor)
	require.NotEqual(t, before.Session, next.Session)
}

func TestVisitEndsSometime(t *testing.T) {
	v, now := clocked()
	first := v.Visit(page("192.0.2.1"))
	for range 95 { // every 15 minutes, for 23 hours and 45 minutes
		*now = now.Add(15 * time.Minute)
		require.Equal(t, first.Session, v.Visit(page("192.0.2.1")).Session)
	}
	*now = now.Add(15 * time.Minute)
	require.NotEqual(t, first.Session, v.Visit(page("192.0.2.1")).Session)
}

func TestVisitRespectsPrivacy(t *testing.T) {
	v, _ := clocked()
	for _, header := range []string{"DNT", "Sec-GPC"} {
		a, b := v.Visit(page("192.0.2.1", header, "1")), v.Visit(page("192.0.2.1", header, "1"))
		require.Empty(t, a.Visitor)
		require.NotEmpty(t, a.Session, "the events of one request belong together")
		require.NotEqual(t, a.Session, b.Session, "those of two do not")
		require.NotEmpty(t, v.Visit(page("192.0.2.1", header, "0")).Visitor)
	}
	loud, _ := clocked(func(o *analytics.VisitOptions) { o.Quiet = func(*http.Request) bool { return false } })
	require.NotEmpty(t, loud.Visit(page("192.0.2.1", "DNT", "1")).Visitor, "a host may have asked for consent")
}

func TestVisitOfBots(t *testing.T) {
	v, _ := clocked()
	got := v.Visit(page("192.0.2.1", "User-Agent", "Mozilla/5.0 (compatible; Examplebot/1.0; +https://example.com)"))
	require.Equal(t, analytics.DeviceBot, got.Device)
	require.Empty(t, got.Visitor)
	require.Empty(t, got.Session)
}

// Headers that anybody can send do not make somebody else of a visitor.
func TestAdv_61_VisitTrustsNoProxy(t *testing.T) {
	v, _ := clocked()
	require.Equal(t, v.Visit(page("192.0.2.1")).Visitor, v.Visit(page("192.0.2.1", "X-Forwarded-For", "203.0.113.7")).Visitor)
	v, _ = clocked(func(o *analytics.VisitOptions) {
		o.Address = func(r *http.Request) string { return r.Header.Get("X-Real-IP") }
	})
	require.NotEqual(t, v.Visit(page("192.0.2.1", "X-Real-IP", "a")).Visitor, v.Visit(page("192.0.2.1", "X-Real-IP", "b")).Visitor)
}

func TestVisitsAreBounded(t *testing.T) {
	v, _ := clocked(func(o *analytics.VisitOptions) { o.Size = 10 })
	first := v.Visit(page("192.0.2.1"))
	for i := range 9 {
		v.Visit(page(fmt.Sprint("198.51.100.", i)))
	}
	require.Equal(t, first.Session, v.Visit(page("192.0.2.1")).Session)
	for i := range 10 {
		v.Visit(page(fmt.Sprint("203.0.113.", i)))
	}
	require.NotEqual(t, first.Session, v.Visit(page("192.0.2.1")).Session, "the one that was longest quiet is forgotten")
}

// salts are shared by the instances of a test.
type salts struct {
	mu   sync.Mutex
	kept map[string][]byte
	fail bool
	n    int
}

func (s *salts) Salt(_ context.Context, day string) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.n++; s.fail {
		return nil, errors.New("down")
	}
	if s.kept[day] == nil {
		s.kept[day] = []byte("salt of " + day)
	}
	return s.kept[day], nil
}

func TestVisitorsAreTheSameOnAllInstances(t *testing.T) {
	shared := &salts{kept: map[string][]byte{}}
	use := func(o *analytics.VisitOptions) { o.Salts = shared }
	a, now := clocked(use)
	b, _ := clocked(use)
	require.Equal(t, a.Visit(page("192.0.2.1")).Visitor, b.Visit(page("192.0.2.1")).Visitor)
	own, _ := clocked()
	require.NotEqual(t, a.Visit(page("192.0.2.1")).Visitor, own.Visit(page("192.0.2.1")).Visitor)
	asked := shared.n
	for i := range 100 {
		a.Visit(page(fmt.Sprint("192.0.2.", i)))
	}
	require.Equal(t, asked, shared.n, "they are asked once a day")
	*now = now.AddDate(0, 0, 1)
	a.Visit(page("192.0.2.1"))
	require.Equal(t, asked+1, shared.n, "of yesterday it knows")
}

func TestVisitWithoutSalts(t *testing.T) {
	v, _ := clocked(func(o *analytics.VisitOptions) { o.Salts = &salts{fail: true} })
	a, b := v.Visit(page("192.0.2.1")), v.Visit(page("192.0.2.1"))
	require.Empty(t, a.Visitor)
	require.NotEmpty(t, a.Session)
	require.NotEqual(t, a.Session, b.Session)
}

func TestVisitsAtOnce(t *testing.T) {
	v, now := clocked()
	*now = time.Date(2026, 3, 1, 23, 59, 0, 0, time.UTC)
	want := v.Visit(page("192.0.2.1")).Session
	*now = now.Add(2 * time.Minute)
	got := make([]string, 50)
	fresh := make([]string, 50)
	var wg sync.WaitGroup
	for i := range got {
		wg.Go(func() {
			got[i] = v.Visit(page("192.0.2.1")).Session
			fresh[i] = v.Visit(page("192.0.2.2")).Session
		})
	}
	wg.Wait()
	for i := range got {
		require.Equal(t, want, got[i])
		require.Equal(t, fresh[0], fresh[i], "requests at once are one visit")
	}
}

func TestVisitMiddleware(t *testing.T) {
	v, _ := clocked()
	var got analytics.Event
	h := v.Middleware(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = analytics.FromContext(r.Context()) }))
	h.ServeHTTP(httptest.NewRecorder(), page("192.0.2.1"))
	require.Equal(t, v.Visit(page("192.0.2.1")), got)
}

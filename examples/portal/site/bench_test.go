package site

import (
	"context"
	"fmt"
	"html/template"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/layout"
	"github.com/stoa-go/stoa/profile/layout/sqllayout"
)

// bigLibrary is a help centre of n articles of about 3,000 characters in 14
// categories.
func bigLibrary(n int) kb.Bundle {
	b := kb.Bundle{Name: "big"}
	for i := range n {
		b.Items = append(b.Items, kb.Item{
			File: "big", Line: i + 1, External: fmt.Sprint(i), Locale: "en", Category: fmt.Sprintf("topic-%d", i%14), Kind: kb.KindHowTo,
			Title: fmt.Sprintf("How to set up device number %d", i), Slug: fmt.Sprintf("device-%d", i), Body: bigText(i),
			Updated: time.Date(2026, 1, 1, 0, i, 0, 0, time.UTC),
		})
	}
	return b
}

func bigText(n int) string {
	var b strings.Builder
	for i := range 6 {
		fmt.Fprintf(&b, "## Step %d of device %d\n\nOpen **Settings** and choose *Devices*, then wait until [the light](article:%d) is green. ", i+1, n, (n+1)%1400)
		b.WriteString(strings.Repeat("The device asks the hub for its place in the network and shows what it measures. ", 3))
		b.WriteString("\n\n1. Hold the button.\n2. Count to five.\n3. Let go and wait for `OK`.\n\n")
	}
	return b.String()
}

// benchSite returns a portal with the big library, and what goes on behind it.
func benchSite(b *testing.B) *Site {
	b.Helper()
	s := open(b, func(c *Config) { c.Demo = false })
	_, err := s.Import(b.Context(), bigLibrary(1400), nil)
	require.NoError(b, err)
	require.NoError(b, s.engine.Refresh(b.Context()))
	ctx, cancel := context.WithCancel(b.Context())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	b.Cleanup(func() {
		cancel()
		require.NoError(b, <-done)
	})
	return s
}

// ask asks a handler for a page as a visitor of its own, and returns the page.
func ask(b *testing.B, h http.Handler, n int, path string) *httptest.ResponseRecorder {
	b.Helper()
	r := httptest.NewRequestWithContext(b.Context(), http.MethodGet, path, nil)
	r.RemoteAddr = fmt.Sprintf("198.51.%d.%d:4711", n/250%250, n%250)
	r.Header.Set("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
	r.Header.Set("Accept-Language", "en-GB,en;q=0.7,de;q=0.3")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		require.FailNow(b, "no page", "%s: %d %s", path, w.Code, w.Body)
	}
	return w
}

// bare returns the floor: a page of the same size that html/template fills in
// with a title, sixty links and a text, and nothing else.
func bare(b *testing.B, size int) http.Handler {
	b.Helper()
	page := template.Must(template.New("").Parse(`<!doctype html><html lang="{{.Lang}}"><head><title>{{.Title}}</title></head>
<body><nav>{{range .Links}}<a href="{{.Href}}">{{.Title}}</a>
{{end}}</nav><main><h1>{{.Title}}</h1>{{.Text}}</main></body></html>`))
	type link struct{ Href, Title string }
	data := struct {
		Lang, Title string
		Links       []link
		Text        template.HTML
	}{Lang: "en", Title: "How to set up a device"}
	for i := range 60 {
		data.Links = append(data.Links, link{fmt.Sprintf("/en/categories/topic-%d?page=%d", i, i), "Topic & more"})
	}
	h := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_ = page.Execute(w, data)
	})
	empty := ask(b, h, 0, "/").Body.Len()
	data.Text = template.HTML(strings.Repeat("x", max(0, size-empty))) //nolint:gosec // ours
	return h
}

// BenchmarkPage compares pages with the floor of the same size, one of each in
// turn. "ratio" is the throughput as a part of the floor's.
//
//	go test -run - -bench BenchmarkPage ./examples/portal/site
func BenchmarkPage(b *testing.B) {
	s := benchSite(b)
	for _, tt := range []struct {
		name string
		path func(n int) string
	}{
		{"article", func(int) string { return "/en/articles/device-7" }},
		{"article built anew", func(n int) string { return fmt.Sprintf("/en/articles/device-%d", n%1400) }},
		{"home", func(int) string { return "/en/" }},
		{"category", func(int) string { return "/en/categories/topic-3" }},
		{"search", func(n int) string {
			return "/en/search?" + url.Values{"q": {fmt.Sprintf("device %d light", n%1400)}}.Encode()
		}},
		{"suggestions", func(n int) string { return fmt.Sprintf("/en/search/suggestions?q=how+to+set+%d", n%14) }},
	} {
		b.Run(tt.name, func(b *testing.B) {
			floor := bare(b, ask(b, s.Handler(), 0, tt.path(0)).Body.Len())
			compare(b, floor, s.Handler(), tt.path)
		})
	}
}

// A race times the floor and a page in turn. What it reports are medians: on a
// busy machine the slower of two is interrupted more often.
type race [2][]time.Duration

func (r *race) time(i int, f func()) {
	at := time.Now()
	f()
	r[i] = append(r[i], time.Since(at))
}

func (r *race) report(b *testing.B) {
	b.Helper()
	floor, page := median(r[0]), median(r[1])
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(floor.Microseconds()), "floor-µs")
	b.ReportMetric(float64(page.Microseconds()), "page-µs")
	b.ReportMetric(float64(floor)/float64(page), "ratio")
}

func median(took []time.Duration) time.Duration {
	slices.Sort(took)
	return took[len(took)/2]
}

// compare asks floor and page in turn.
func compare(b *testing.B, floor, page http.Handler, path func(n int) string) {
	b.Helper()
	var r race
	n, size := 0, 0
	for b.Loop() {
		n++
		r.time(0, func() { ask(b, floor, n, "/") })
		r.time(1, func() { size = ask(b, page, n, path(n)).Body.Len() })
	}
	r.report(b)
	b.ReportMetric(float64(size), "B/page")
}

// BenchmarkPersonalHome compares the home page of somebody in 50 segments, for
// whom rules and what they use arrange it and who is shown a promotion, with that
// of somebody for whom nothing is arranged, both signed in, and the floor, in
// turn. "times-plain" is what the first costs as a multiple of the second.
//
//	go test -run - -bench BenchmarkPersonalHome ./examples/portal/site
func BenchmarkPersonalHome(b *testing.B) {
	s := benchSite(b)
	personal, plain := benchPeople(b, s)
	for cookies, is := range map[string]bool{personal: true, plain: false} {
		page := askAs(b, s.Handler(), cookies).Body.String()
		for _, sign := range []string{"For you", "/promotions/offer/dismissal", "Here because you use it often"} {
			require.Equal(b, is, strings.Contains(page, sign), sign)
		}
	}
	floor := bare(b, askAs(b, s.Handler(), plain).Body.Len())
	var r [3][]time.Duration
	for b.Loop() {
		for i, one := range []func(){
			func() { ask(b, floor, 1, "/") }, func() { askAs(b, s.Handler(), plain) }, func() { askAs(b, s.Handler(), personal) },
		} {
			at := time.Now()
			one()
			r[i] = append(r[i], time.Since(at))
		}
	}
	b.ReportMetric(0, "ns/op")
	for i, unit := range []string{"floor-µs", "plain-µs", "personal-µs"} {
		b.ReportMetric(float64(median(r[i]).Microseconds()), unit)
	}
	b.ReportMetric(float64(median(r[2]))/float64(median(r[1])), "times-plain")
}

// benchPeople returns the cookies of two people, for one of whom pages are
// arranged in every way there is.
func benchPeople(b *testing.B, s *Site) (personal, plain string) {
	b.Helper()
	var mine []string
	for i := range 50 {
		name := fmt.Sprintf("segment-%d", i)
		mine = append(mine, name)
		_, err := s.people.SaveSegment(b.Context(), system, profile.Segment{
			Name: name, Title: name, Rule: profile.Rule{Fact: profile.FactID, Op: profile.OpIn, Values: []string{"ann"}},
		})
		require.NoError(b, err)
	}
	places, err := s.library.Categories(b.Context(), system, "en")
	require.NoError(b, err)
	for i := range 20 {
		ref := categoryRef + places[i%len(places)].ID
		if i > 15 {
			ref = "recent"
		}
		_, err := s.arranger.SaveRule(b.Context(), system, layout.Rule{
			ID: fmt.Sprintf("rule-%d", i), Do: layout.ActionPromote, Ref: ref, For: layout.Match{Any: mine[i : i+2]}, Reason: map[string]string{"en": "For you"},
		})
		require.NoError(b, err)
	}
	_, err = s.arranger.SavePromotion(b.Context(), system, layout.Promotion{
		ID: "offer", Slot: "home/offers", Title: map[string]string{"en": "New"}, Audience: profile.Public(), For: layout.Match{Any: mine[:2]}, PerPerson: 1000,
	})
	require.NoError(b, err)
	for _, id := range []string{"ann", "bob"} {
		_, err := s.people.SavePerson(b.Context(), system, profile.Person{ID: id, Name: id, Roles: []profile.Role{profile.RoleCustomer}})
		require.NoError(b, err)
	}
	_, err = s.arranger.Personal(b.Context(), profile.Actor{ID: "bob"}, false)
	require.NoError(b, err)
	store := sqllayout.New(s.db.write)
	require.NoError(b, store.AddUses(b.Context(), []layout.Use{
		{Who: layout.WhoPerson("ann"), Ref: "popular", Day: time.Now().AddDate(0, 0, -2).UTC().Format(time.DateOnly), N: 9},
		{Who: layout.WhoPerson("ann"), Ref: "main-saved", Day: time.Now().AddDate(0, 0, -2).UTC().Format(time.DateOnly), N: 9},
	}))
	time.Sleep(6 * time.Second) // rules come into force
	return session(b, s, "ann"), session(b, s, "bob")
}

// session signs somebody in and returns their cookies, that of the visit too.
func session(b *testing.B, s *Site, person string) string {
	b.Helper()
	w := httptest.NewRecorder()
	_, err := s.sessions.Start(w, httptest.NewRequestWithContext(b.Context(), http.MethodPost, "/", nil), profile.SignIn{Person: person, Via: "bench"})
	require.NoError(b, err)
	cookie, _, _ := strings.Cut(w.Header().Get("Set-Cookie"), ";")
	visit, _, _ := strings.Cut(askAs(b, s.Handler(), cookie).Header().Get("Set-Cookie"), ";")
	return cookie + "; " + visit
}

// askAs asks for the home page with cookies.
func askAs(b *testing.B, h http.Handler, cookies string) *httptest.ResponseRecorder {
	b.Helper()
	r := httptest.NewRequestWithContext(b.Context(), http.MethodGet, "/en/", nil)
	r.RemoteAddr = fmt.Sprintf("198.51.%d.%d:4711", rand.IntN(250), rand.IntN(250))
	r.Header.Set("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
	r.Header.Set("Cookie", cookies)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	require.Equal(b, http.StatusOK, w.Code)
	return w
}

// BenchmarkPageServed is the same through a server and connections that stay
// open, as browsers meet it.
func BenchmarkPageServed(b *testing.B) {
	s := benchSite(b)
	size := ask(b, s.Handler(), 0, "/en/articles/device-7").Body.Len()
	mux := http.NewServeMux()
	mux.Handle("/bare", bare(b, size))
	mux.Handle("/", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.RemoteAddr = r.Header.Get("X-From")
		s.Handler().ServeHTTP(w, r)
	}))
	server := httptest.NewServer(mux)
	b.Cleanup(server.Close)
	var r race
	n := 0
	for b.Loop() {
		n++
		for i, path := range []string{"/bare", "/en/articles/device-7"} {
			r.time(i, func() { fetch(b, server.URL+path, n) })
		}
	}
	r.report(b)
}

func fetch(b *testing.B, address string, n int) {
	b.Helper()
	r, err := http.NewRequestWithContext(b.Context(), http.MethodGet, address, nil)
	require.NoError(b, err)
	r.Header.Set("User-Agent", "Mozilla/5.0 Firefox/140.0")
	r.Header.Set("X-From", fmt.Sprintf("198.51.%d.%d:4711", n/250%250, n%250))
	res, err := http.DefaultClient.Do(r)
	require.NoError(b, err)
	_, err = io.Copy(io.Discard, res.Body)
	require.NoError(b, err)
	require.NoError(b, res.Body.Close())
	require.Equal(b, http.StatusOK, res.StatusCode)
}

// BenchmarkStart opens a portal whose library and index are there, and asks for
// the home page, an article and a search. The time to each is from the start.
func BenchmarkStart(b *testing.B) {
	cfg := Config{Data: b.TempDir()}
	s, err := Open(b.Context(), cfg)
	require.NoError(b, err)
	_, err = s.Import(b.Context(), bigLibrary(1400), nil)
	require.NoError(b, err)
	require.NoError(b, s.engine.Refresh(b.Context()))
	require.NoError(b, s.Close())
	b.ResetTimer()
	var to [4][]time.Duration
	n := 0
	for b.Loop() {
		n++
		at := time.Now()
		s, err := Open(b.Context(), cfg)
		require.NoError(b, err)
		to[0] = append(to[0], time.Since(at))
		for i, path := range []string{"/en/", "/en/articles/device-7", "/en/search?q=device+light"} {
			ask(b, s.Handler(), n, path)
			to[i+1] = append(to[i+1], time.Since(at))
		}
		require.NoError(b, s.Close())
	}
	b.ReportMetric(0, "ns/op")
	for i, unit := range []string{"ms-to-open", "ms-to-home", "ms-to-article", "ms-to-search"} {
		b.ReportMetric(float64(median(to[i]).Microseconds())/1000, unit)
	}
}

package kb_test

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/outbound"
	"github.com/stoa-go/stoa/kb"
)

// An elsewhere is a server that texts lead to.
type elsewhere struct {
	*httptest.Server
	mu    sync.Mutex
	asked []string
	now   int // requests that are being answered
	most  int
}

func newElsewhere(t *testing.T, answer func(w http.ResponseWriter, r *http.Request)) *elsewhere {
	e := &elsewhere{}
	e.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		e.mu.Lock()
		e.asked = append(e.asked, r.Method+" "+r.URL.Path)
		e.now++
		e.most = max(e.most, e.now)
		e.mu.Unlock()
		answer(w, r)
		e.mu.Lock()
		e.now--
		e.mu.Unlock()
	}))
	t.Cleanup(e.Close)
	return e
}

func (e *elsewhere) take() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	out := e.asked
	e.asked = nil
	return out
}

// checking makes a world whose library checks addresses on this machine.
func checking(t *testing.T) *world {
	w := newWorld(t)
	o := w.options()
	o.Checker = outbound.NewClient(&outbound.Options{Timeout: 5 * time.Second, Allow: netip.Addr.IsLoopback})
	w.Library = kb.NewLibrary(w.store, o)
	w.place("c", "", "public")
	return w
}

func (w *world) check() {
	w.t.Helper()
	require.NoError(w.t, w.CheckAddresses(w.ctx()))
}

func (w *world) unreached() map[string]int {
	w.t.Helper()
	out := map[string]int{}
	page, _, err := w.BrokenLinks(w.ctx(), reviewer, kb.BrokenQuery{States: []kb.LinkState{kb.LinkUnreachable}})
	require.NoError(w.t, err)
	for _, b := range page {
		out[b.To[strings.LastIndexByte(b.To, '/'):]] = b.Status
	}
	return out
}

func TestCheckAddresses(t *testing.T) {
	w := checking(t)
	gone := true
	e := newElsewhere(t, func(rw http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/gone":
			if gone {
				rw.WriteHeader(http.StatusNotFound)
			}
		case "/headless":
			if r.Method == http.MethodHead {
				rw.WriteHeader(http.StatusMethodNotAllowed)
			}
		case "/moved":
			http.Redirect(rw, r, "/gone", http.StatusMovedPermanently)
		case "/round":
			http.Redirect(rw, r, "/round", http.StatusFound)
		case "/closed":
			rw.WriteHeader(http.StatusForbidden)
		}
	})
	body := ""
	for _, p := range []string{"fine", "gone", "headless", "moved", "closed"} {
		body += "[x](" + e.URL + "/" + p + "#part) "
	}
	a := w.show(leadingTo("a", body))
	require.NoError(t, kb.NewLibrary(w.store, w.options()).CheckAddresses(w.ctx()))
	require.Empty(t, e.take(), "nobody said that it should be checked")
	w.check()
	require.Equal(t, map[string]int{"/gone": 404, "/moved": 404}, w.unreached())
	asked := e.take()
	require.Contains(t, asked, "HEAD /fine")
	require.NotContains(t, asked, "GET /fine")
	require.Contains(t, asked, "GET /headless")
	require.Equal(t, 1, e.most, "one request at a time")
	findings, err := w.Findings(w.ctx(), reviewer, a.ID, "en")
	require.NoError(t, err)
	require.Equal(t, []string{"link_broken " + e.URL + "/gone", "link_broken " + e.URL + "/moved"}, codes(findings))
	w.check()
	require.Empty(t, e.take(), "it is known")
	gone = false
	w.now = w.now.Add(25 * time.Hour)
	w.check()
	require.Empty(t, w.unreached())
	require.Equal(t, []string{"HEAD /gone", "HEAD /moved", "HEAD /gone"}, e.take())
	w.now = w.now.Add(6 * 24 * time.Hour)
	w.check()
	require.NotEmpty(t, e.take(), "what was found is asked for again, after days")
	w.edit(a, "[x]("+e.URL+"/round)")
	w.check()
	require.Equal(t, []string{"HEAD /round", "HEAD /round", "HEAD /round", "HEAD /round", "HEAD /round"}, e.take()[:5])
	w.now = w.now.Add(30 * 24 * time.Hour)
	w.check()
	require.NotContains(t, strings.Join(e.take(), " "), "/fine", "no text leads there any more")
}

// TestCheckAddressesBacksOff: a server in trouble is asked again later, and said
// to be gone only when it stays so.
func TestCheckAddressesBacksOff(t *testing.T) {
	w := checking(t)
	status := http.StatusTooManyRequests
	e := newElsewhere(t, func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Retry-After", "7200")
		rw.WriteHeader(status)
	})
	w.show(leadingTo("a", "[x]("+e.URL+"/a) [x]("+e.URL+"/b)"))
	w.check()
	require.Equal(t, []string{"HEAD /a"}, e.take(), "the others wait")
	w.now = w.now.Add(119 * time.Minute)
	w.check()
	require.Empty(t, e.take(), "it asked for two hours")
	status = http.StatusInternalServerError
	for range 2 {
		w.now = w.now.Add(24 * time.Hour)
		w.check()
		require.Empty(t, w.unreached(), "it may come back")
	}
	w.now = w.now.Add(24 * time.Hour)
	w.check()
	require.Equal(t, map[string]int{"/a": 500, "/b": 500}, w.unreached())
	status = http.StatusOK
	w.now = w.now.Add(25 * time.Hour)
	w.check()
	require.Empty(t, w.unreached())
}

// TestCheckAddressesReachesNothingInside: what is checked goes through a client
// that reaches the public internet alone.
func TestCheckAddressesReachesNothingInside(t *testing.T) {
	w := checking(t)
	e := newElsewhere(t, func(http.ResponseWriter, *http.Request) {})
	o := w.options()
	o.Checker = outbound.NewClient(nil)
	l := kb.NewLibrary(w.store, o)
	w.show(leadingTo("a", "[x]("+e.URL+"/a)"))
	for range 3 {
		require.NoError(t, l.CheckAddresses(w.ctx()))
		w.now = w.now.Add(24 * time.Hour)
	}
	require.Empty(t, e.take())
	require.Equal(t, map[string]int{"/a": 0}, w.unreached())
}

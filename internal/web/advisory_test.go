package web_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/internal/web/webtest"
)

// Regressions for mistakes that other portals published, by the numbers of the
// project's list of advisories.

// A check looked at one of two repeated parameters, the action at the other.
func TestAdv_10_RepeatedParametersAreRefused(t *testing.T) {
	type vote struct {
		Post string `query:"post_id"`
	}
	for _, raw := range []string{"post_id=a&post_id=b", "post_id=a&post_id=a"} {
		_, err := query[vote](raw)
		require.Equal(t, errs.Fields{"post_id": {Key: "error.field.repeated", Args: map[string]any{"max": 1024}}}, err)
	}
	v, err := query[vote]("post_id[]=a&post_id=b&post_id[0]=c")
	require.NoError(t, err)
	require.Equal(t, "b", v.Post, "other spellings are other parameters")
	_, err = decode[map[string]string](`{"post_id":"a","post_id":"b"}`, "application/json")
	require.ErrorIs(t, err, errs.Invalid)
}

// The page that refused was sent, and the data behind it.
func TestAdv_23_ARefusalIsTheWholeAnswer(t *testing.T) {
	for name, f := range map[string]web.Func{
		"returned": func(http.ResponseWriter, *http.Request) error { return errs.Forbidden },
		"with a value": func(w http.ResponseWriter, r *http.Request) error {
			return errors.Join(errs.Forbidden, errors.New("canary"))
		},
	} {
		webtest.Run(t, web.Handler(nil, f), []webtest.Scenario{{Name: name, URL: "/", Status: 403, Not: []string{"canary"}}})
	}
	reached := false
	api := web.NewAPI("x", nil)
	api.Handle(web.Op{Method: "DELETE", Path: "/a", Name: "a", Summary: "A.", Policy: "p", Update: true}, func(http.ResponseWriter, *http.Request) error {
		reached = true
		return nil
	})
	webtest.Run(t, api.Handler(), []webtest.Scenario{{Name: "guarded", Method: "DELETE", URL: "/a", Status: 428}})
	require.False(t, reached)
}

// One of five routes was without the check that the others had.
func TestAdv_24_NoRouteWithoutAPolicy(t *testing.T) {
	require.PanicsWithValue(t, `web: operation "a" GET /a: needs a name, a summary and a policy`, func() {
		web.NewAPI("x", nil).Handle(web.Op{Method: "GET", Path: "/a", Name: "a", Summary: "A."}, failing(nil))
	})
	for _, op := range notes().Ops() {
		require.NotEmpty(t, op.Policy)
	}
}

// An anonymous visitor's cache was filled with errors and other people's pages.
func TestAdv_49_NothingIsKeptThatWasNotAllowed(t *testing.T) {
	public := func(err error) web.Func {
		return func(w http.ResponseWriter, r *http.Request) error {
			w.Header().Set("Cache-Control", "public, max-age=3600")
			if err != nil {
				return err
			}
			return web.JSON(w, r, 200, 1)
		}
	}
	webtest.Run(t, web.Handler(nil, public(nil)), []webtest.Scenario{{Name: "answer", URL: "/", Status: 200, WantHeader: map[string]string{"Cache-Control": "public, max-age=3600"}}})
	for _, err := range []error{errs.NotFound, errs.Invalid, errs.TooMany, errors.New("odd")} {
		webtest.Run(t, web.Handler(nil, public(err)), []webtest.Scenario{{Name: err.Error(), URL: "/", Status: web.Status(err), WantHeader: map[string]string{"Cache-Control": "no-store"}}})
	}
	w := httptest.NewRecorder()
	web.NoStore(w)
	require.Equal(t, "no-store", w.Header().Get("Cache-Control"))
}

// A page outside the main templates came without a policy.
func TestAdv_95_EveryAnswerHasAPolicy(t *testing.T) {
	mux := http.NewServeMux()
	mux.Handle("/api/", http.StripPrefix("/api", notes().Handler()))
	mux.Handle("/panic", web.Handler(nil, func(http.ResponseWriter, *http.Request) error { panic("x") }))
	h := web.SecurityHeaders(nil)(web.Recover(nil)(mux))
	for _, url := range []string{"/api/notes/1", "/api/notes/9", "/api/nowhere", "/nowhere", "/panic"} {
		w := webtest.Scenario{URL: url}.Serve(h)
		require.Contains(t, w.Header().Get("Content-Security-Policy"), "default-src 'none'", url)
		require.Equal(t, "nosniff", w.Header().Get("X-Content-Type-Options"), url)
	}
}

// The limit on signing in was by an address that the visitor wrote himself.
func TestAdv_98_AForgedAddressDoesNotHelp(t *testing.T) {
	l := web.NewLimiter(web.Rate{Events: 5, Per: 3600e9}, nil)
	h := web.ClientIP(nil)(web.RateLimit(l, func(r *http.Request) string { return web.LimitKey(web.ClientIPFrom(r)) })(web.Handler(nil, func(w http.ResponseWriter, _ *http.Request) error { return web.NoContent(w) })))
	passed := 0
	for i := range 1000 {
		remote := "192.0.2.1:" + strings.Repeat("1", 1+i%4)
		if i%2 == 1 { // the same subscriber over IPv6 is one more source, not hundreds
			remote = "[2001:db8::" + string("0123456789abcdef"[i%16]) + "]:9"
		}
		s := webtest.Scenario{URL: "/", Prepare: from(remote, "X-Forwarded-For", strings.Repeat("1", 1+i%3)+".1.1.1", "X-Real-Ip", "1.1.1.1", "Forwarded", "for=1.1.1.1")}
		if s.Serve(h).Code == http.StatusNoContent {
			passed++
		}
	}
	require.Equal(t, 10, passed)
}

// Somebody asked for everything at once and got it.
func TestAdv_99_LimitsAreClamped(t *testing.T) {
	for _, raw := range []string{"limit=1000000000", "limit=101", "limit=9223372036854775808"} {
		q, err := query[paging](raw)
		require.NoError(t, err)
		require.Equal(t, 100, q.Limit)
	}
}

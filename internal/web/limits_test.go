package web_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/internal/web/webtest"
)

func never() time.Time { return time.Time{} }

// A clock that tests move.
type clock struct{ now time.Time }

func (c *clock) Now() time.Time { return c.now }

func TestLimiterLetsThroughWhatIsConfigured(t *testing.T) {
	for _, tt := range []struct {
		rate  web.Rate
		every time.Duration // between attempts
		total time.Duration
		want  int
	}{
		{web.Rate{Events: 5, Per: time.Minute}, 0, 0, 5},
		{web.Rate{Events: 5, Per: time.Minute}, time.Millisecond, 10 * time.Second, 5},
		{web.Rate{Events: 60, Per: time.Minute, Burst: 1}, 10 * time.Millisecond, 100 * time.Second, 101},
		{web.Rate{Events: 10, Per: time.Second}, time.Millisecond, 10 * time.Second, 10 + 100},
		{web.Rate{Events: 10, Per: time.Second, Burst: 100}, time.Millisecond, 10 * time.Second, 100 + 100},
	} {
		c := &clock{time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
		l := web.NewLimiter(tt.rate, &web.LimiterOptions{Now: c.Now})
		passed, attempts := 0, 10_000
		if tt.every > 0 {
			attempts = int(tt.total/tt.every) + 1
		}
		for range attempts {
			if _, ok := l.Allow("k"); ok {
				passed++
			}
			c.now = c.now.Add(tt.every)
		}
		require.InDelta(t, tt.want, passed, 1, "%+v", tt)
	}
}

func TestLimiterSaysWhenToComeBack(t *testing.T) {
	c := &clock{time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	l := web.NewLimiter(web.Rate{Events: 2, Per: 10 * time.Second}, &web.LimiterOptions{Now: c.Now})
	for range 2 {
		_, ok := l.Allow("a")
		require.True(t, ok)
	}
	for range 1000 { // knocking does not make the wait longer
		wait, ok := l.Allow("a")
		require.False(t, ok)
		require.Equal(t, 5*time.Second, wait)
	}
	_, ok := l.Allow("b")
	require.True(t, ok, "another key is not concerned")
	c.now = c.now.Add(5*time.Second - 1)
	_, ok = l.Allow("a")
	require.False(t, ok)
	c.now = c.now.Add(1)
	_, ok = l.Allow("a")
	require.True(t, ok)
	c.now = c.now.Add(-time.Hour)
	_, ok = l.Allow("c")
	require.True(t, ok, "a clock set back does no harm to others")
}

func TestAFloodOfKeysFreesNobody(t *testing.T) {
	c := &clock{time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	l := web.NewLimiter(web.Rate{Events: 5, Per: time.Minute}, &web.LimiterOptions{Now: c.Now, Keys: 100})
	for range 5 {
		_, _ = l.Allow("guesser")
	}
	passed := 0
	for i := range 10_000 {
		if _, ok := l.Allow(strconv.Itoa(i)); ok {
			passed++
		}
	}
	require.Equal(t, 99+5, passed, "those that fit, then five for all others together")
	_, ok := l.Allow("guesser")
	require.False(t, ok)
	c.now = c.now.Add(2 * time.Minute)
	_, ok = l.Allow("later")
	require.True(t, ok, "full buckets are forgotten and make room")
	for i := range 90 {
		_, ok := l.Allow("new" + strconv.Itoa(i))
		require.True(t, ok)
	}
}

func TestRateLimit(t *testing.T) {
	done := 0
	l := web.NewLimiter(web.Rate{Events: 1, Per: 30 * time.Second}, nil)
	h := web.RateLimit(l, func(r *http.Request) string { return r.Header.Get("Who") })(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { done++ }))
	ann := map[string]string{"Who": "ann"}
	webtest.Run(t, h, []webtest.Scenario{
		{Name: "first", URL: "/", Header: ann, Status: 200},
		{Name: "second", URL: "/", Header: ann, Status: 429, Want: []string{"Try again in 30 seconds."}, WantHeader: map[string]string{"Retry-After": "30"}},
		{Name: "not limited", URL: "/", Status: 200},
		{Name: "not limited again", URL: "/", Status: 200},
	})
	require.Equal(t, 3, done)
	for _, bad := range []web.Rate{{}, {Events: 1}, {Per: 1}, {Events: -1, Per: 1}, {Events: 1, Per: 1, Burst: -1}} {
		require.Panics(t, func() { web.NewLimiter(bad, nil) })
	}
}

func TestTimeoutEndsWhatWatchesItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log, lines := logTo()
		h := web.Timeout(3 * time.Second)(web.Handler(log, func(_ http.ResponseWriter, r *http.Request) error {
			<-r.Context().Done()
			return fmt.Errorf("query: %w", r.Context().Err())
		}))
		at := time.Now()
		w := webtest.Scenario{URL: "/"}.Serve(h)
		require.Equal(t, 3*time.Second, time.Since(at))
		require.Equal(t, http.StatusServiceUnavailable, w.Code)
		require.NotEmpty(t, w.Header().Get("Retry-After"))
		require.Contains(t, lines.String(), "query: context canceled")

		quick := web.Timeout(3 * time.Second)(web.Handler(nil, func(w http.ResponseWriter, _ *http.Request) error { return web.NoContent(w) }))
		require.Equal(t, http.StatusNoContent, webtest.Scenario{URL: "/"}.Serve(quick).Code)
	})
}

// Bodies that trickle in for ever, and bodies shorter than announced, end with
// the timeout; honest requests before and after on the same server do not.
func TestSlowBodiesAreCutOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var handlers atomic.Int64
		h := web.Timeout(10 * time.Second)(web.Handler(nil, func(w http.ResponseWriter, r *http.Request) error {
			handlers.Add(1)
			defer handlers.Add(-1)
			in, err := web.Decode[map[string]string](w, r, 0)
			if err != nil {
				return err
			}
			return web.JSON(w, r, 200, in)
		}))
		serving(t, h, func(p *pipes) {
			send := func(c net.Conn, length int, body string) {
				_, err := fmt.Fprintf(c, "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", length, body)
				require.NoError(t, err)
			}
			liar, slow, honest := p.dial(), p.dial(), p.dial()
			send(liar, 1000, `{"a":"b"}`)
			send(slow, 1000, `{`)
			go func() {
				for {
					time.Sleep(time.Second)
					if _, err := slow.Write([]byte(" ")); err != nil {
						return
					}
				}
			}()
			statuses := make(chan int, 2)
			for _, c := range []net.Conn{liar, slow} {
				go func() { statuses <- statusOf(t, c) }()
			}
			for range 3 { // one connection, requests before and after the others' end
				send(honest, 9, `{"a":"b"}`)
				require.Equal(t, 200, statusOf(t, honest))
				time.Sleep(9 * time.Second)
			}
			require.Equal(t, http.StatusRequestTimeout, <-statuses)
			require.Equal(t, http.StatusRequestTimeout, <-statuses)
			liar.Close()
			slow.Close()
			synctest.Wait()
			require.Zero(t, handlers.Load())
			honest.Close()
		})
	})
}

func statusOf(t *testing.T, c net.Conn) int {
	t.Helper()
	res, err := http.ReadResponse(bufio.NewReader(c), nil)
	require.NoError(t, err)
	_, _ = io.Copy(io.Discard, res.Body)
	return res.StatusCode
}

// A client that stops reading in the middle of an ordinary answer is cut off too.
func TestSlowReadersOfAnswersAreCutOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var handlers atomic.Int64
		h := web.Timeout(10 * time.Second)(web.Handler(nil, func(w http.ResponseWriter, r *http.Request) error {
			handlers.Add(1)
			defer handlers.Add(-1)
			return web.JSON(w, r, 200, strings.Repeat("x", 1<<20))
		}))
		serving(t, h, func(p *pipes) {
			hangUp := stuffed(t, p, 20)
			synctest.Wait()
			require.EqualValues(t, 20, handlers.Load())
			time.Sleep(16 * time.Second)
			synctest.Wait()
			require.Zero(t, handlers.Load())
			hangUp()
		})
	})
}

// The client learns 413 although it has not sent all, and the server does not
// read on.
func TestAFloodIsRefusedOnARealSocket(t *testing.T) {
	server := httptest.NewServer(web.MaxBytes(1 << 20)(web.Handler(nil, func(w http.ResponseWriter, r *http.Request) error {
		_, err := web.Decode[map[string]string](w, r, 0)
		return err
	})))
	defer server.Close()
	for name, header := range map[string]string{"announced": "Content-Length: 1000000000", "chunked": "Transfer-Encoding: chunked"} {
		t.Run(name, func(t *testing.T) {
			c, err := net.Dial("tcp", server.Listener.Addr().String())
			require.NoError(t, err)
			defer c.Close()
			_, err = io.WriteString(c, "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"+header+"\r\n\r\n")
			require.NoError(t, err)
			sent := 0
			go func() {
				chunk := fmt.Sprintf("%x\r\n%s\r\n", 1<<16, strings.Repeat(" ", 1<<16))
				for ; sent < 1000; sent++ {
					if _, err := io.WriteString(c, chunk); err != nil {
						return
					}
				}
			}()
			require.NoError(t, c.SetReadDeadline(time.Now().Add(10*time.Second)))
			require.Equal(t, http.StatusRequestEntityTooLarge, statusOf(t, c))
		})
	}
}

func TestServeDrains(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPipes()
		ctx, stop := context.WithCancel(t.Context())
		started := make(chan struct{})
		h := web.Handler(nil, func(w http.ResponseWriter, r *http.Request) error {
			close(started)
			time.Sleep(4 * time.Second)
			if err := r.Context().Err(); err != nil {
				return err
			}
			return web.JSON(w, r, 200, "finished")
		})
		srv := &http.Server{Handler: h}
		served := make(chan error)
		go func() { served <- web.Serve(ctx, srv, p, 10*time.Second) }()
		c := p.dial()
		_, err := io.WriteString(c, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
		require.NoError(t, err)
		<-started
		stop()
		res, err := http.ReadResponse(bufio.NewReader(c), nil)
		require.NoError(t, err)
		body, err := io.ReadAll(res.Body)
		require.NoError(t, err)
		require.Equal(t, "\"finished\"\n", string(body), "what was under way is finished")
		require.NoError(t, <-served)
		require.Positive(t, srv.ReadHeaderTimeout)
		require.Positive(t, srv.IdleTimeout)
		c.Close()
	})
}

func TestServeCutsWhatDoesNotEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPipes()
		ctx, stop := context.WithCancel(t.Context())
		started, ended := make(chan struct{}), make(chan error, 1)
		type key struct{}
		srv := &http.Server{
			BaseContext: func(net.Listener) context.Context { return context.WithValue(context.Background(), key{}, "host") },
			Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				if r.Context().Value(key{}) != "host" || web.Draining(r.Context()) == nil {
					ended <- errors.New("the host's own context is kept, and draining is in it")
					return
				}
				close(started)
				<-r.Context().Done()
				ended <- nil
			}),
		}
		served := make(chan error)
		go func() { served <- web.Serve(ctx, srv, p, 10*time.Second) }()
		c := p.dial()
		_, err := io.WriteString(c, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
		require.NoError(t, err)
		<-started
		at := time.Now()
		stop()
		require.ErrorIs(t, <-served, context.DeadlineExceeded)
		require.GreaterOrEqual(t, time.Since(at), 10*time.Second)
		require.NoError(t, <-ended)
		c.Close()
	})
}

func TestServeReportsAFailedListener(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ln.Close()
	require.ErrorIs(t, web.Serve(t.Context(), &http.Server{}, ln, time.Second), net.ErrClosed)
	require.Nil(t, web.Draining(t.Context()))
}

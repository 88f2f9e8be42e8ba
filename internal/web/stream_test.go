package web_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/web"
)

// pipes is a listener whose connections are in-process pipes, so that a server
// runs on a bubble's clock. A pipe holds nothing: what is not read blocks.
type pipes struct {
	conns chan net.Conn
	once  sync.Once
	done  chan struct{}
}

func newPipes() *pipes { return &pipes{conns: make(chan net.Conn), done: make(chan struct{})} }

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error   { p.once.Do(func() { close(p.done) }); return nil }
func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipe"} }

func (p *pipes) dial() net.Conn {
	client, server := net.Pipe()
	p.conns <- server
	return client
}

func (p *pipes) client() *http.Client {
	return &http.Client{Transport: &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) { return p.dial(), nil }}}
}

// serving runs f with a server of h inside a bubble and stops the server after.
func serving(t *testing.T, h http.Handler, f func(*pipes)) {
	t.Helper()
	p := newPipes()
	srv := &http.Server{Handler: h}
	go srv.Serve(p) //nolint:errcheck // ends with ErrServerClosed
	f(p)
	require.NoError(t, srv.Close())
	synctest.Wait()
}

// stuffed dials n clients that ask for a stream and never read.
func stuffed(t *testing.T, p *pipes, n int) (closeAll func()) {
	t.Helper()
	var conns []net.Conn
	for range n {
		c := p.dial()
		_, err := io.WriteString(c, "GET /events HTTP/1.1\r\nHost: x\r\n\r\n")
		require.NoError(t, err)
		conns = append(conns, c)
	}
	return func() {
		for _, c := range conns {
			c.Close()
		}
	}
}

func TestClientsThatNeverReadLeaveNoHandlers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var handlers atomic.Int64
		h := web.Handler(nil, func(w http.ResponseWriter, r *http.Request) error {
			handlers.Add(1)
			defer handlers.Add(-1)
			s, err := web.Stream(w, r, &web.StreamOptions{WriteTimeout: 2 * time.Second})
			if err != nil {
				return err
			}
			s.Run()
			return nil
		})
		serving(t, h, func(p *pipes) {
			hangUp := stuffed(t, p, 200)
			synctest.Wait()
			require.EqualValues(t, 200, handlers.Load())
			time.Sleep(2*time.Second + time.Millisecond)
			synctest.Wait()
			require.Zero(t, handlers.Load())
			hangUp()
		})
	})
}

// The twin of the test above: without deadlines the same clients hold every
// handler, so the harness can tell.
func TestWithoutDeadlinesTheyAreStuck(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var handlers atomic.Int64
		h := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			handlers.Add(1)
			defer handlers.Add(-1)
			_, _ = io.WriteString(w, "data: x\n\n")
			_ = http.NewResponseController(w).Flush()
		})
		serving(t, h, func(p *pipes) {
			hangUp := stuffed(t, p, 200)
			time.Sleep(30 * time.Second)
			synctest.Wait()
			require.EqualValues(t, 200, handlers.Load())
			hangUp()
		})
	})
}

// The same on real sockets, whose kernel buffers must fill first.
func TestRealClientsThatNeverReadLeaveNoHandlers(t *testing.T) {
	const clients = 200
	var handlers sync.WaitGroup
	handlers.Add(clients)
	h := web.Handler(nil, func(w http.ResponseWriter, r *http.Request) error {
		defer handlers.Done()
		s, err := web.Stream(w, r, &web.StreamOptions{WriteTimeout: 500 * time.Millisecond})
		if err != nil {
			return err
		}
		for range 8 { // far more than the buffers below hold, far less than the queue
			s.Send(web.Event{Data: strings.Repeat("x", 32<<10)})
		}
		s.Run()
		return nil
	})
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	srv := &http.Server{Handler: h, ConnContext: func(ctx context.Context, c net.Conn) context.Context {
		_ = c.(*net.TCPConn).SetWriteBuffer(4096)
		return ctx
	}}
	go srv.Serve(ln) //nolint:errcheck // ends with ErrServerClosed
	defer srv.Close()
	for range clients {
		c, err := net.Dial("tcp", ln.Addr().String())
		require.NoError(t, err)
		defer c.Close()
		require.NoError(t, c.(*net.TCPConn).SetReadBuffer(4096))
		_, err = io.WriteString(c, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
		require.NoError(t, err)
	}
	all := make(chan struct{})
	go func() { handlers.Wait(); close(all) }()
	select {
	case <-all:
	case <-time.After(20 * time.Second):
		t.Fatal("handlers are stuck")
	}
}

// events reads a stream and hands over each of its blocks.
func events(body io.Reader) <-chan string {
	out := make(chan string, 100)
	go func() {
		defer close(out)
		var block strings.Builder
		lines := bufio.NewScanner(body)
		for lines.Scan() {
			if lines.Text() == "" {
				out <- block.String()
				block.Reset()
				continue
			}
			block.WriteString(lines.Text() + "\n")
		}
	}()
	return out
}

func TestEventsArrive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		streams := make(chan *web.EventStream, 1)
		h := web.Access(nil, nil)(web.Timeout(10 * time.Second)(web.Handler(nil, func(w http.ResponseWriter, r *http.Request) error {
			s, err := web.Stream(w, r, nil)
			if err != nil {
				return err
			}
			streams <- s
			s.Run()
			return nil
		})))
		serving(t, h, func(p *pipes) {
			req, err := http.NewRequestWithContext(t.Context(), "GET", "http://x/events", nil)
			require.NoError(t, err)
			req.Header.Set("Last-Event-ID", "41")
			client := p.client()
			res, err := client.Do(req)
			require.NoError(t, err)
			require.Equal(t, "text/event-stream", res.Header.Get("Content-Type"))
			require.Equal(t, "no-store", res.Header.Get("Cache-Control"))
			require.Equal(t, "no", res.Header.Get("X-Accel-Buffering"))
			in, s := events(res.Body), <-streams
			require.Equal(t, "41", s.LastEventID())
			require.Regexp(t, `^retry: [345]\d\d\d\n$`, <-in)

			require.True(t, s.Send(web.Event{ID: "42", Name: "case.updated", Data: `{"id":"c1"}`}))
			require.Equal(t, "id: 42\nevent: case.updated\ndata: {\"id\":\"c1\"}\n", <-in)
			require.True(t, s.Send(web.Event{ID: "4\n3", Name: "x\r\ndata: forged", Data: "one\r\ntwo\rthree\n\nid: 9"}))
			require.Equal(t, "id: 43\nevent: xdata: forged\ndata: one\ndata: two\ndata: three\ndata: \ndata: id: 9\n", <-in)

			start := time.Now()
			require.Equal(t, ": ping\n", <-in, "and the timeout of ordinary requests does not end the stream")
			require.GreaterOrEqual(t, time.Since(start), 19*time.Second)

			res.Body.Close()
			client.CloseIdleConnections()
			<-s.Done()
			require.False(t, s.Send(web.Event{Data: "late"}))
		})
	})
}

func TestLastEventIDsAreChecked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		got := make(chan string, 1)
		h := web.Handler(nil, func(w http.ResponseWriter, r *http.Request) error {
			s, err := web.Stream(w, r, nil)
			if err == nil {
				got <- s.LastEventID()
			}
			return err
		})
		serving(t, h, func(p *pipes) {
			client := p.client()
			for in, want := range map[string]string{"": "", "7": "7", strings.Repeat("a", 257): "", "é": ""} {
				req, err := http.NewRequestWithContext(t.Context(), "GET", "http://x/", nil)
				require.NoError(t, err)
				req.Header.Set("Last-Event-ID", in)
				res, err := client.Do(req)
				require.NoError(t, err)
				require.Equal(t, want, <-got)
				_, _ = io.Copy(io.Discard, res.Body)
				res.Body.Close()
			}
			client.CloseIdleConnections()
		})
	})
}

func TestAdv_47_WhoIsRemovedStopsHearing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var removed atomic.Bool
		streams := make(chan *web.EventStream, 1)
		h := web.Handler(nil, func(w http.ResponseWriter, r *http.Request) error {
			s, err := web.Stream(w, r, &web.StreamOptions{Recheck: func(context.Context) error {
				if removed.Load() {
					return errs.Forbidden
				}
				return nil
			}})
			if err != nil {
				return err
			}
			streams <- s
			s.Run()
			return nil
		})
		serving(t, h, func(p *pipes) {
			client := p.client()
			res, err := client.Get("http://x/")
			require.NoError(t, err)
			in, s := events(res.Body), <-streams
			<-in
			time.Sleep(10500 * time.Millisecond)
			require.True(t, s.Send(web.Event{Data: "before"}))
			require.Equal(t, "data: before\n", <-in)

			removed.Store(true)
			at := time.Now()
			<-s.Done()
			require.LessOrEqual(t, time.Since(at), time.Second)
			require.False(t, s.Send(web.Event{Data: "after"}))
			_, open := <-in
			require.False(t, open, "the connection's stream is over")
			client.CloseIdleConnections()
		})
	})
}

func TestEventsInARowAreCheckedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asked atomic.Int64
		streams := make(chan *web.EventStream, 1)
		h := web.Handler(nil, func(w http.ResponseWriter, r *http.Request) error {
			s, err := web.Stream(w, r, &web.StreamOptions{Recheck: func(context.Context) error { asked.Add(1); return nil }})
			if err != nil {
				return err
			}
			streams <- s
			s.Run()
			return nil
		})
		serving(t, h, func(p *pipes) {
			client := p.client()
			res, err := client.Get("http://x/")
			require.NoError(t, err)
			in, s := events(res.Body), <-streams
			<-in
			time.Sleep(5*time.Second + time.Millisecond)
			for range 50 {
				require.True(t, s.Send(web.Event{Data: "x"}))
				<-in
			}
			require.EqualValues(t, 5, asked.Load())
			res.Body.Close()
			client.CloseIdleConnections()
			<-s.Done()
		})
	})
}

// An answer older than the interval is asked for again before anything is
// written, even if the clock that asks regularly was held up.
func TestNothingIsWrittenOnAnOldAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		streams := make(chan *web.EventStream, 1)
		h := web.Handler(nil, func(w http.ResponseWriter, r *http.Request) error {
			s, err := web.Stream(w, r, &web.StreamOptions{WriteTimeout: time.Minute, Recheck: func(context.Context) error { return errs.NotFound }})
			if err != nil {
				return err
			}
			streams <- s
			s.Run()
			return nil
		})
		serving(t, h, func(p *pipes) {
			conn := p.dial()
			_, err := io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
			require.NoError(t, err)
			in := bufio.NewReader(conn)
			res, err := http.ReadResponse(in, nil)
			require.NoError(t, err)
			block := bufio.NewReader(res.Body)
			_, err = block.ReadString('\n')
			require.NoError(t, err)
			s := <-streams
			// The first write blocks for three seconds, during which nobody asks.
			require.True(t, s.Send(web.Event{Data: "first"}))
			require.True(t, s.Send(web.Event{Data: "second"}))
			time.Sleep(3 * time.Second)
			rest, _ := io.ReadAll(block)
			require.Contains(t, string(rest), "first")
			require.NotContains(t, string(rest), "second")
			conn.Close()
		})
	})
}

func TestAClientTooSlowIsDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		streams := make(chan *web.EventStream, 1)
		h := web.Handler(nil, func(w http.ResponseWriter, r *http.Request) error {
			s, err := web.Stream(w, r, &web.StreamOptions{Queue: 3, WriteTimeout: time.Minute})
			if err != nil {
				return err
			}
			streams <- s
			s.Run()
			return nil
		})
		serving(t, h, func(p *pipes) {
			client := p.client()
			res, err := client.Get("http://x/")
			require.NoError(t, err)
			s := <-streams
			synctest.Wait()
			sent := 0
			for s.Send(web.Event{Data: strings.Repeat("x", 64<<10)}) {
				sent++
				synctest.Wait()
				require.Less(t, sent, 10, "sending never blocks and never queues without end")
			}
			at := time.Now()
			<-s.Done()
			require.Zero(t, time.Since(at), "it is over at once, whatever the write that hangs still takes")
			res.Body.Close()
			client.CloseIdleConnections()
		})
	})
}

func TestAStreamNeedsDeadlines(t *testing.T) {
	h := web.Handler(nil, func(w http.ResponseWriter, r *http.Request) error {
		_, err := web.Stream(w, r, nil)
		return err
	})
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	require.Equal(t, http.StatusNotImplemented, w.Code)
	require.NotContains(t, w.Body.String(), "retry:")
}

func TestStreamsEndWhenTheServerDrains(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPipes()
		ctx, stop := context.WithCancel(t.Context())
		h := web.Handler(nil, func(w http.ResponseWriter, r *http.Request) error {
			s, err := web.Stream(w, r, nil)
			if err == nil {
				s.Run()
			}
			return err
		})
		served := make(chan error)
		go func() { served <- web.Serve(ctx, &http.Server{Handler: h}, p, 10*time.Second) }()
		client := p.client()
		res, err := client.Get("http://x/")
		require.NoError(t, err)
		in := events(res.Body)
		<-in
		at := time.Now()
		stop()
		_, open := <-in
		require.False(t, open)
		require.NoError(t, <-served)
		require.Less(t, time.Since(at), time.Second)
		client.CloseIdleConnections()
	})
}

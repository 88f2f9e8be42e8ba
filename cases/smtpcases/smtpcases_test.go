package smtpcases_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/stoa-go/stoa/cases/smtpcases"
	"github.com/stoa-go/stoa/internal/errs"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// taken is a mail that came.
type taken struct {
	smtpcases.Envelope
	raw string
}

// A world is a server with what it has taken.
type world struct {
	addr  string
	mails chan taken
	dir   string
	stop  func() error
}

// serve starts a server. What receive does with a mail is for answer to say; nil
// takes everything.
func serve(t *testing.T, o smtpcases.Options, answer func(taken) error) *world {
	t.Helper()
	w := &world{mails: make(chan taken, 100), dir: t.TempDir()}
	o.Domain, o.Dir = "mx.portal.example", w.dir
	if o.Accepts == nil {
		o.Accepts = func(_ context.Context, address string) (bool, error) {
			if address == "broken@portal.example" {
				return false, errors.New("database is away")
			}
			return strings.HasPrefix(address, "support") && strings.HasSuffix(address, "@portal.example"), nil
		}
	}
	s, err := smtpcases.New(func(_ context.Context, raw io.Reader, e smtpcases.Envelope) error {
		data, err := io.ReadAll(raw)
		if err != nil {
			return err
		}
		mail := taken{e, string(data)}
		if answer != nil {
			if err := answer(mail); err != nil {
				return err
			}
		}
		w.mails <- mail
		return nil
	}, o)
	require.NoError(t, err)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	w.addr = l.Addr().String()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx, l) }()
	w.stop = func() error { cancel(); err := <-done; done <- err; return err }
	t.Cleanup(func() { w.stop() })
	return w
}

// A client speaks SMTP by hand, so that it can do so badly.
type client struct {
	t *testing.T
	net.Conn
	in *bufio.Reader
}

func (w *world) dial(t *testing.T) *client {
	t.Helper()
	c, err := net.Dial("tcp", w.addr)
	require.NoError(t, err)
	t.Cleanup(func() { c.Close() })
	return &client{t, c, bufio.NewReader(c)}
}

// says reads an answer and wants its code.
func (c *client) says(code string) string {
	c.t.Helper()
	for {
		line, err := c.in.ReadString('\n')
		require.NoError(c.t, err)
		if len(line) > 3 && line[3] == ' ' {
			require.True(c.t, strings.HasPrefix(line, code), "%s, not %s", line, code)
			return line
		}
	}
}

func (c *client) do(code, format string, args ...any) string {
	c.t.Helper()
	fmt.Fprintf(c, format+"\r\n", args...)
	return c.says(code)
}

func (c *client) hello() *client {
	c.t.Helper()
	c.says("220")
	c.do("250", "EHLO client.example")
	return c
}

// begin sends all of a mail but its text.
func (c *client) begin() {
	c.t.Helper()
	c.do("250", "MAIL FROM:<ann@acme.example>")
	c.do("250", "RCPT TO:<Support+x@portal.example>")
	c.do("354", "DATA")
}

const mail = "From: ann@acme.example\r\nSubject: Help\r\n\r\nIt burns.\r\n..\r\n"

func TestTakes(t *testing.T) {
	w := serve(t, smtpcases.Options{}, nil)
	c := w.dial(t).hello()
	for range 2 {
		c.begin()
		c.do("250", mail+".")
	}
	c.do("250", "MAIL FROM:<>")
	c.do("250", "RCPT TO:<support@portal.example>")
	c.do("250", "RCPT TO:<SUPPORT@portal.example>")
	c.do("354", "DATA")
	c.do("250", mail+".")
	c.do("221", "QUIT")
	first, again, other := <-w.mails, <-w.mails, <-w.mails
	require.Equal(t, strings.Replace(mail, "\n..", "\n.", 1), first.raw)
	require.Equal(t, "ann@acme.example", first.From)
	require.Equal(t, []string{"support+x@portal.example"}, first.To)
	require.Equal(t, "smtp", first.Driver)
	require.NotEmpty(t, first.Remote)
	require.Equal(t, first.Key, again.Key, "what is sent again is the same mail")
	require.NotEqual(t, first.Key, other.Key)
	require.Equal(t, []string{"support@portal.example"}, other.To)
	require.NoError(t, w.stop())
}

func TestRelaysNothing(t *testing.T) {
	w := serve(t, smtpcases.Options{MaxRecipients: 2}, nil)
	c := w.dial(t).hello()
	c.do("250", "MAIL FROM:<ann@acme.example>")
	for _, to := range []string{
		"bob@elsewhere.example", "bob%elsewhere.example@portal.example", `"bob@elsewhere.example"@portal.example`, "support@portal.example.evil.example",
		"@portal.example:bob@elsewhere.example", "bob!support@portal.example", "postmaster",
	} {
		fmt.Fprintf(c, "RCPT TO:<%s>\r\n", to)
		line, err := c.in.ReadString('\n')
		require.NoError(t, err)
		require.Equal(t, "5", line[:1], "%s: %s", to, line)
	}
	c.do("451", "RCPT TO:<broken@portal.example>")
	c.do("502", "DATA")
	c.do("250", "RCPT TO:<support@portal.example>")
	c.do("250", "RCPT TO:<support1@portal.example>")
	c.do("452", "RCPT TO:<support2@portal.example>")
	c.do("5", "AUTH PLAIN AGEAYg==")
	require.Empty(t, w.mails)

	near := serve(t, smtpcases.Options{Peers: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}}, nil)
	c = near.dial(t)
	c.says("220")
	c.do("554", "EHLO client.example")
}

// TestFaults breaks connections and mails in every way that servers have.
func TestFaults(t *testing.T) {
	fails := 2
	w := serve(t, smtpcases.Options{MaxSize: 600 << 10}, func(m taken) error {
		switch {
		case strings.Contains(m.raw, "poison"):
			return errs.Invalid
		case strings.Contains(m.raw, "panic"):
			panic("receive panics")
		case strings.Contains(m.raw, "later") && fails > 0:
			fails--
			return errors.New("secret reason")
		}
		return nil
	})
	t.Run("cut in the middle", func(t *testing.T) {
		for _, sent := range []int{0, 10, len(mail), 300 << 10} {
			c := w.dial(t).hello()
			c.begin()
			io.WriteString(c, (mail + strings.Repeat("line\r\n", 100<<10))[:sent])
			c.Close()
		}
	})
	t.Run("too large", func(t *testing.T) {
		c := w.dial(t).hello()
		c.do("552", "MAIL FROM:<ann@acme.example> SIZE=10000000")
		c.begin()
		c.do("552", "%s.", mail+strings.Repeat("line\r\n", 110<<10))
		c.do("250", "NOOP")
	})
	t.Run("not for now", func(t *testing.T) {
		c := w.dial(t).hello()
		for _, code := range []string{"451", "451", "250"} {
			c.begin()
			require.NotContains(t, c.do(code, "Subject: later\r\n\r\n."), "secret")
		}
	})
	t.Run("never", func(t *testing.T) {
		c := w.dial(t).hello()
		c.begin()
		c.do("554", "Subject: poison\r\n\r\n.")
	})
	t.Run("panics", func(t *testing.T) {
		c := w.dial(t).hello()
		c.begin()
		c.do("421", "Subject: panic\r\n\r\n.")
	})
	t.Run("a dot that ends nothing", func(t *testing.T) {
		c := w.dial(t).hello()
		c.begin()
		c.do("250", "Subject: smuggled\n.\nMAIL FROM:<eve@evil.example>\r\n.\r.\r\nx\r\n.")
	})
	c := w.dial(t).hello()
	c.begin()
	c.do("250", mail+".")
	require.Contains(t, (<-w.mails).raw, "later")
	require.Contains(t, (<-w.mails).raw, "eve@evil.example", "it is one mail")
	require.Contains(t, (<-w.mails).raw, "It burns.")
	require.NoError(t, w.stop())
	require.Empty(t, w.mails, "nothing of what was cut off or refused came through")
	left, err := os.ReadDir(w.dir)
	require.NoError(t, err)
	require.Empty(t, left)
}

// TestSlow ends what takes too long, and what goes on for ever.
func TestSlow(t *testing.T) {
	w := serve(t, smtpcases.Options{Timeout: 100 * time.Millisecond}, nil)
	c := w.dial(t).hello()
	c.begin()
	rest, err := io.ReadAll(c)
	require.NoError(t, err)
	require.NotContains(t, string(rest), "250")

	w = serve(t, smtpcases.Options{MaxLife: 100 * time.Millisecond}, nil)
	c = w.dial(t).hello()
	for err == nil {
		fmt.Fprint(c, "NOOP\r\n")
		_, err = c.in.ReadString('\n')
	}
	require.Empty(t, w.mails)
}

// TestStops lets a mail end that is just being taken.
func TestStops(t *testing.T) {
	began, let := make(chan struct{}), make(chan struct{})
	w := serve(t, smtpcases.Options{}, func(taken) error { close(began); <-let; return nil })
	c := w.dial(t).hello()
	c.begin()
	fmt.Fprint(c, mail+".\r\nQUIT\r\n")
	<-began
	stopped := make(chan error)
	go func() { stopped <- w.stop() }()
	close(let)
	c.says("250")
	require.NoError(t, <-stopped)
	require.Len(t, w.mails, 1)
	_, err := net.Dial("tcp", w.addr)
	require.Error(t, err)
}

func TestNewRefuses(t *testing.T) {
	take := func(context.Context, io.Reader, smtpcases.Envelope) error { return nil }
	for _, o := range []smtpcases.Options{{}, {Domain: "mx.portal.example"}} {
		_, err := smtpcases.New(take, o)
		require.Error(t, err)
	}
}

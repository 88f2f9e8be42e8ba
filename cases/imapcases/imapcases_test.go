package imapcases_test

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/cases/imapcases"
	"github.com/stoa-go/stoa/internal/errs"
)

// A world is a mailbox on a server, and what was fetched from it.
type world struct {
	t    *testing.T
	user *imapmemserver.User
	addr string
	dir  string

	mu     sync.Mutex
	taken  []string // texts of mails, in order
	keys   []string
	answer func(text string) error
}

func start(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, user: imapmemserver.NewUser("support", "secret"), dir: t.TempDir(), answer: func(string) error { return nil }}
	require.NoError(t, w.user.Create("INBOX", nil))
	mem := imapmemserver.New()
	mem.AddUser(w.user)
	server := imapserver.New(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return mem.NewSession(), nil, nil
		},
		Caps: imap.CapSet{imap.CapIMAP4rev1: {}, imap.CapIMAP4rev2: {}}, InsecureAuth: true, Logger: silent{},
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	w.addr = l.Addr().String()
	done := make(chan error, 1)
	go func() { done <- server.Serve(l) }()
	t.Cleanup(func() { server.Close(); <-done })
	return w
}

type silent struct{}

func (silent) Printf(string, ...any) {}

func (w *world) dial(ctx context.Context) (net.Conn, error) {
	return new(net.Dialer).DialContext(ctx, "tcp", w.addr)
}

func (w *world) poller(o imapcases.Options) *imapcases.Poller {
	w.t.Helper()
	o.User, o.Password, o.Dir = "support", "secret", w.dir
	if o.Dial == nil {
		o.Dial = w.dial
	}
	p, err := imapcases.New(func(_ context.Context, raw io.Reader, e imapcases.Envelope) error {
		data, err := io.ReadAll(raw)
		if err != nil {
			return err
		}
		if err := w.answer(string(data)); err != nil {
			return err
		}
		w.mu.Lock()
		defer w.mu.Unlock()
		w.taken, w.keys = append(w.taken, string(data)), append(w.keys, e.Key)
		return nil
	}, o)
	require.NoError(w.t, err)
	return p
}

func (w *world) put(texts ...string) {
	w.t.Helper()
	for _, text := range texts {
		_, err := w.user.Append("INBOX", literal{strings.NewReader(text), int64(len(text))}, &imap.AppendOptions{})
		require.NoError(w.t, err)
	}
}

type literal struct {
	io.Reader
	size int64
}

func (l literal) Size() int64 { return l.size }

// count returns how many mails a mailbox has, and how many of them nobody has seen.
func (w *world) count(mailbox string) (all, unseen uint32) {
	w.t.Helper()
	s, err := w.user.Status(mailbox, &imap.StatusOptions{NumMessages: true, NumUnseen: true})
	require.NoError(w.t, err)
	return *s.NumMessages, *s.NumUnseen
}

func mail(text string) string {
	return "From: ann@acme.example\r\nSubject: Help\r\n\r\n" + text + "\r\n"
}

func TestTakes(t *testing.T) {
	w := start(t)
	large := mail(strings.Repeat("line\r\n", 60<<10))
	w.put(mail("one"), large, mail("three"), mail("four"))
	p := w.poller(imapcases.Options{AtOnce: 3})
	for range 3 {
		require.NoError(t, p.Poll(t.Context()))
	}
	require.Equal(t, []string{mail("one"), large, mail("three"), mail("four")}, w.taken)
	all, unseen := w.count("INBOX")
	require.EqualValues(t, 4, all, "nothing is removed")
	require.Zero(t, unseen)

	w.put(mail("one"))
	require.NoError(t, p.Poll(t.Context()))
	require.Equal(t, w.keys[0], w.keys[4], "the same mail has the same key")
	require.NotEqual(t, w.keys[0], w.keys[1])
}

// TestPoison puts aside what cannot be taken, and lets the others through.
func TestPoison(t *testing.T) {
	w := start(t)
	w.answer = func(text string) error {
		switch {
		case strings.Contains(text, "poison"):
			return errors.New("no idea what this is")
		case strings.Contains(text, "panic"):
			panic("no idea at all")
		case strings.Contains(text, "never"):
			return errs.Invalid
		}
		return nil
	}
	w.put(mail("poison"), mail("panic"), mail("never"), mail(strings.Repeat("large", 1000)), mail("good"))
	p := w.poller(imapcases.Options{Attempts: 3, Aside: "Aside", MaxSize: 3000})
	for i, left := range []uint32{2, 2, 0} {
		require.NoError(t, p.Poll(t.Context()))
		_, unseen := w.count("INBOX")
		require.Equal(t, left, unseen, i)
	}
	require.Equal(t, []string{mail("good")}, w.taken)
	all, _ := w.count("Aside")
	require.EqualValues(t, 4, all)

	w.put(mail("never again"))
	require.NoError(t, w.poller(imapcases.Options{}).Poll(t.Context()))
	all, unseen := w.count("INBOX")
	require.EqualValues(t, 2, all, "without a place aside it stays, seen")
	require.Zero(t, unseen)
}

// TestUnavailable counts for no mail, however long it takes.
func TestUnavailable(t *testing.T) {
	w := start(t)
	down := true
	w.answer = func(string) error {
		if down {
			return errs.Unavailable
		}
		return nil
	}
	w.put(mail("one"), mail("two"))
	p := w.poller(imapcases.Options{Attempts: 1})
	for range 3 {
		require.ErrorIs(t, p.Poll(t.Context()), errs.Unavailable)
	}
	down = false
	require.NoError(t, p.Poll(t.Context()))
	require.Equal(t, []string{mail("one"), mail("two")}, w.taken)
}

// A frail connection breaks after so many bytes.
type frail struct {
	net.Conn
	left int
}

func (f *frail) Read(p []byte) (int, error) {
	if f.left <= 0 {
		f.Conn.Close()
		return 0, io.ErrUnexpectedEOF
	}
	n, err := f.Conn.Read(p[:min(len(p), f.left)])
	f.left -= n
	return n, err
}

// TestCutOff breaks the connection at more and more places until a poll is through:
// every mail came whole, and what came twice has the same key.
func TestCutOff(t *testing.T) {
	w := start(t)
	texts := []string{mail("one"), mail(strings.Repeat("line\r\n", 500)), mail("three")}
	w.put(texts...)
	cuts := 0
	for after := 1; ; after += 97 {
		p := w.poller(imapcases.Options{Dial: func(ctx context.Context) (net.Conn, error) {
			c, err := w.dial(ctx)
			return &frail{c, after}, err
		}})
		if p.Poll(t.Context()) == nil {
			break
		}
		cuts++
	}
	require.Greater(t, cuts, 10)
	_, unseen := w.count("INBOX")
	require.Zero(t, unseen)
	seen := map[string]string{}
	for i, text := range w.taken {
		require.Contains(t, texts, text, "no mail in pieces")
		if seen[text] == "" {
			seen[text] = w.keys[i]
		}
		require.Equal(t, seen[text], w.keys[i])
	}
	require.Len(t, seen, 3)
	left, err := os.ReadDir(w.dir)
	require.NoError(t, err)
	require.Empty(t, left)
}

func TestEnds(t *testing.T) {
	w := start(t)
	w.put(mail("one"))
	ctx, cancel := context.WithCancel(t.Context())
	w.answer = func(string) error { cancel(); return nil }
	require.NoError(t, w.poller(imapcases.Options{}).Run(ctx))

	wrong, err := imapcases.New(func(context.Context, io.Reader, imapcases.Envelope) error { return nil }, imapcases.Options{Dial: w.dial, User: "support", Password: "wrong"})
	require.NoError(t, err)
	require.Error(t, wrong.Poll(t.Context()))
	for _, o := range []imapcases.Options{{}, {Address: "imap.example.com:993"}, {User: "support"}} {
		_, err := imapcases.New(func(context.Context, io.Reader, imapcases.Envelope) error { return nil }, o)
		require.Error(t, err)
	}
}

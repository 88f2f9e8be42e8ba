package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
)

// StreamOptions configure an EventStream.
type StreamOptions struct {
	// Recheck is asked every RecheckEvery, and before an event is written if
	// the last answer is older than that; its error ends the stream. Here is
	// where a person who was removed stops hearing. Nil means no check.
	Recheck      func(context.Context) error
	RecheckEvery time.Duration // zero means 1 s
	Queue        int           // events that may wait for a slow client before it is dropped; zero means 64
	WriteTimeout time.Duration // for each write; zero means 5 s
	Ping         time.Duration // between comments that keep the connection open; zero means 20 s
	Retry        time.Duration // clients come back after one to two times this; zero means 3 s
	Log          *slog.Logger  // nil discards
}

func (o StreamOptions) withDefaults() StreamOptions {
	o.RecheckEvery = orDuration(o.RecheckEvery, time.Second)
	o.WriteTimeout = orDuration(o.WriteTimeout, 5*time.Second)
	o.Ping = orDuration(o.Ping, 20*time.Second)
	o.Retry = orDuration(o.Retry, 3*time.Second)
	o.Log = orDiscard(o.Log)
	if o.Queue <= 0 {
		o.Queue = 64
	}
	return o
}

func orDuration(d, fallback time.Duration) time.Duration {
	if d <= 0 {
		return fallback
	}
	return d
}

// recheckTimeout bounds one Recheck, during which nothing is written.
const recheckTimeout = 5 * time.Second

// maxEventID is the longest event id that is taken back from a client, in bytes.
const maxEventID = 256

// An Event is one message of a stream. Events go to whoever listens: put ids
// into them and let the client fetch, with its own rights, what they name.
type Event struct {
	ID   string // comes back as LastEventID; "" for none
	Name string // "" means "message"
	Data string // any text, usually JSON
}

// An EventStream is an open stream of server-sent events to one client. Send
// is safe for concurrent use; Run belongs to the handler.
type EventStream struct {
	control *http.ResponseController
	w       http.ResponseWriter
	r       *http.Request
	opts    StreamOptions

	queue   chan []byte
	checked time.Time

	once  sync.Once
	ended chan struct{}
}

// Stream begins a stream of events. The handler then subscribes the stream to
// whatever makes events, calls Run, and unsubscribes it after:
//
//	s, err := web.Stream(w, r, &web.StreamOptions{Recheck: mayStillListen})
//	if err != nil {
//		return err
//	}
//	defer hub.Subscribe(s.Send)()
//	s.Run()
//	return nil
//
// A writer that knows no write deadlines or cannot flush is errs.Unsupported:
// without deadlines a client that stops reading holds its handler for ever.
// Nil opts mean the defaults.
func Stream(w http.ResponseWriter, r *http.Request, opts *StreamOptions) (*EventStream, error) {
	if opts == nil {
		opts = &StreamOptions{}
	}
	s := &EventStream{control: http.NewResponseController(w), w: w, r: r, opts: opts.withDefaults(), ended: make(chan struct{})}
	s.queue, s.checked = make(chan []byte, s.opts.Queue), time.Now()
	lift(r)
	if err := errors.Join(s.control.SetReadDeadline(time.Time{}), s.deadline()); err != nil {
		return nil, fmt.Errorf("event stream: %w: %w", errs.Unsupported, err)
	}
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Accel-Buffering", "no") // or nginx keeps the events until it has enough of them
	w.WriteHeader(http.StatusOK)
	// Spread out, or all clients of a stopped server come back in one moment.
	retry := s.opts.Retry + rand.N(s.opts.Retry)
	err := s.write([]byte("retry: " + strconv.FormatInt(retry.Milliseconds(), 10) + "\n\n"))
	switch {
	case errors.Is(err, http.ErrNotSupported):
		return nil, fmt.Errorf("event stream: %w: %w", errs.Unsupported, err)
	case err != nil:
		return nil, fmt.Errorf("event stream: %w: %w", errGone, err)
	}
	return s, nil
}

// LastEventID returns the id of the last event that the client has from an
// earlier stream, "" if there is none or it is nothing that was ever sent.
func (s *EventStream) LastEventID() string {
	id := s.r.Header.Get("Last-Event-ID")
	if len(id) > maxEventID || !printable(id) {
		return ""
	}
	return id
}

// Done returns a channel that closes when the stream ends.
func (s *EventStream) Done() <-chan struct{} { return s.ended }

// Send queues an event and never blocks. It returns false if the stream has
// ended, or ends now because its client is too slow to keep up.
func (s *EventStream) Send(e Event) bool {
	select {
	case <-s.ended:
		return false
	default:
	}
	select {
	case s.queue <- e.encode():
		return true
	default:
		s.end("client is too slow")
		return false
	}
}

// Run writes events until the client leaves or is too slow, Recheck fails, the
// request's context ends or the server drains.
func (s *EventStream) Run() {
	defer s.end("handler left")
	ping, recheck := time.NewTicker(s.opts.Ping), time.NewTicker(s.opts.RecheckEvery)
	defer ping.Stop()
	defer recheck.Stop()
	for {
		select {
		case <-s.ended:
		case <-s.r.Context().Done():
			s.end("request ended")
		case <-Draining(s.r.Context()):
			s.end("server drains")
		case <-recheck.C:
			s.recheck()
		case <-ping.C:
			s.send([]byte(": ping\n\n"))
		case frame := <-s.queue:
			s.send(frame)
		}
		if s.over() {
			return
		}
	}
}

// send writes a frame if the client may still have it.
func (s *EventStream) send(frame []byte) {
	if time.Since(s.checked) >= s.opts.RecheckEvery {
		s.recheck()
	}
	if s.over() {
		return
	}
	if err := s.write(frame); err != nil {
		s.end("client does not read")
	}
}

func (s *EventStream) recheck() {
	if s.opts.Recheck == nil {
		return
	}
	ctx, cancel := context.WithTimeout(s.r.Context(), recheckTimeout)
	defer cancel()
	if err := s.opts.Recheck(ctx); err != nil {
		s.end("not permitted any more")
	}
	s.checked = time.Now()
}

func (s *EventStream) write(p []byte) error {
	if err := s.deadline(); err != nil {
		return err
	}
	if _, err := s.w.Write(p); err != nil {
		return err
	}
	return s.control.Flush()
}

func (s *EventStream) deadline() error {
	return s.control.SetWriteDeadline(time.Now().Add(s.opts.WriteTimeout))
}

func (s *EventStream) end(why string) {
	s.once.Do(func() {
		close(s.ended)
		s.opts.Log.DebugContext(s.r.Context(), "event stream ended", "why", why)
	})
}

func (s *EventStream) over() bool {
	select {
	case <-s.ended:
		return true
	default:
		return false
	}
}

// encode writes an event in the stream's format. Line breaks in the id or the
// name would begin another field, so they are left out.
func (e Event) encode() []byte {
	var b bytes.Buffer
	field := func(name, value string) {
		b.WriteString(name + ": " + value + "\n")
	}
	if id := oneLine(e.ID); id != "" {
		field("id", id)
	}
	if name := oneLine(e.Name); name != "" {
		field("event", name)
	}
	data := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(e.Data)
	for line := range strings.SplitSeq(data, "\n") {
		field("data", line)
	}
	b.WriteByte('\n')
	return b.Bytes()
}

func oneLine(s string) string {
	return strings.NewReplacer("\r", "", "\n", "", "\x00", "").Replace(s)
}

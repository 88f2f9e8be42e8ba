package smtpcases

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"time"
)

// A door lets connections in, each for a life, and knows who is inside.
type door struct {
	net.Listener
	life time.Duration

	mu     sync.Mutex
	inside map[*conn]bool
	shut   bool
}

// Accept implements [net.Listener].
func (d *door) Accept() (net.Conn, error) {
	c, err := d.Listener.Accept()
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	in := &conn{Conn: c, door: d, end: time.Now().Add(d.life)}
	d.inside[in] = true
	return in, nil
}

// close has nobody say any more; what was said is still answered.
func (d *door) close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.shut = true
	for c := range d.inside {
		c.Conn.SetReadDeadline(time.Now()) //nolint:errcheck // whoever is gone says nothing either
	}
}

// A conn waits no longer than to its end.
type conn struct {
	net.Conn
	door *door
	end  time.Time
}

func (c *conn) clip(t time.Time) time.Time {
	if t.IsZero() || t.After(c.end) {
		return c.end
	}
	return t
}

// SetDeadline implements [net.Conn], like what follows.
func (c *conn) SetDeadline(t time.Time) error {
	return errors.Join(c.SetReadDeadline(t), c.SetWriteDeadline(t))
}

// SetReadDeadline sets when a read ends.
func (c *conn) SetReadDeadline(t time.Time) error {
	c.door.mu.Lock()
	defer c.door.mu.Unlock()
	if c.door.shut {
		t = time.Now()
	}
	return c.Conn.SetReadDeadline(c.clip(t))
}

// SetWriteDeadline sets when a write ends.
func (c *conn) SetWriteDeadline(t time.Time) error { return c.Conn.SetWriteDeadline(c.clip(t)) }

// Close ends the connection.
func (c *conn) Close() error {
	c.door.mu.Lock()
	delete(c.door.inside, c)
	c.door.mu.Unlock()
	return c.Conn.Close()
}

// quiet writes what the protocol's library has to say where everything is.
type quiet struct{ log *slog.Logger }

// Printf implements [smtp.Logger], like what follows.
func (q quiet) Printf(format string, v ...any) {
	q.log.Warn("smtp", "said", fmt.Sprintf(format, v...))
}

// Println writes a line.
func (q quiet) Println(v ...any) { q.log.Warn("smtp", "said", fmt.Sprint(v...)) }

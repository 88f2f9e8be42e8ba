// Package cutproxy is a TCP proxy that cuts connections at the worst moment:
// when the client has sent something of which it then cannot know whether the
// server got it.
package cutproxy

import (
	"bytes"
	"net"
	"sync"
)

// A When says on which side of the server's work the cut is.
type When string

// The sides.
const (
	Before When = "before" // the server never gets it
	After  When = "after"  // the server gets it and answers, the client does not hear it
)

// A Proxy forwards connections to a server. It is safe for concurrent use.
type Proxy struct {
	listener net.Listener
	server   string

	mu     sync.Mutex
	needle []byte // upper case; nil: nothing is cut
	when   When
	cuts   int
	open   map[net.Conn]bool
	wg     sync.WaitGroup
}

// Start returns a proxy to the server, an address of TCP. Close it.
func Start(server string) (*Proxy, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &Proxy{listener: l, server: server, open: map[net.Conn]bool{}}
	p.wg.Go(p.accept)
	return p, nil
}

// Addr returns where the proxy listens.
func (p *Proxy) Addr() string { return p.listener.Addr().String() }

// Cut arms the proxy: the next connection whose client sends text that
// contains needle, in any case, is cut then, once.
func (p *Proxy) Cut(when When, needle string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.when, p.needle = when, bytes.ToUpper([]byte(needle))
}

// Cuts returns how many connections were cut.
func (p *Proxy) Cuts() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.cuts
}

// Close stops the proxy, with all connections.
func (p *Proxy) Close() error {
	err := p.listener.Close()
	p.mu.Lock()
	for c := range p.open {
		_ = c.Close()
	}
	p.mu.Unlock()
	p.wg.Wait()
	return err
}

func (p *Proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return // closed
		}
		p.wg.Go(func() { p.serve(client) })
	}
}

func (p *Proxy) serve(client net.Conn) {
	defer p.hold(client)()
	server, err := net.Dial("tcp", p.server)
	if err != nil {
		return
	}
	defer p.hold(server)()
	answers := make(chan []byte)
	gone := make(chan struct{})
	defer close(gone)
	p.wg.Go(func() { pump(server, answers, gone) })
	requests := make(chan []byte)
	p.wg.Go(func() { pump(client, requests, gone) })
	p.relay(client, server, requests, answers)
}

// hold registers a connection; the function it returns closes it.
func (p *Proxy) hold(c net.Conn) func() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.open[c] = true
	return func() {
		_ = c.Close()
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.open, c)
	}
}

// pump reads c until it ends, and then closes to.
func pump(c net.Conn, to chan<- []byte, gone <-chan struct{}) {
	defer close(to)
	for {
		buf := make([]byte, 32<<10)
		n, err := c.Read(buf)
		if n > 0 {
			select {
			case to <- buf[:n]:
			case <-gone:
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// relay passes both directions on until one ends or the cut comes.
func (p *Proxy) relay(client, server net.Conn, requests, answers <-chan []byte) {
	for {
		select {
		case data, ok := <-answers:
			if !ok {
				return
			}
			if _, err := client.Write(data); err != nil {
				return
			}
		case data, ok := <-requests:
			if !ok {
				return
			}
			when := p.strike(data)
			if when == Before {
				return
			}
			if _, err := server.Write(data); err != nil {
				return
			}
			if when == After {
				<-answers // the server has done it
				return
			}
		}
	}
}

// strike reports whether data is what to cut at, and disarms the proxy then.
func (p *Proxy) strike(data []byte) When {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.needle == nil || !bytes.Contains(bytes.ToUpper(data), p.needle) {
		return ""
	}
	p.needle = nil
	p.cuts++
	return p.when
}

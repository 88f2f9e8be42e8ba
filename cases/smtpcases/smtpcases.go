// Package smtpcases takes mail from other servers by SMTP.
//
//	server, err := smtpcases.New(receive, smtpcases.Options{
//		Domain:  "mx.portal.example",
//		Accepts: func(ctx context.Context, address string) (bool, error) { return address == "support@portal.example", nil },
//	})
//	l, err := net.Listen("tcp", ":25")
//	err = server.Serve(ctx, l)
//
// It takes mail for the addresses that Options.Accepts and for no others: it relays
// nothing and sends nothing. A mail is taken once receive has returned nil; what
// fails is refused for now, and the sending server tries again, with the same
// [Envelope] Key. That may also happen to a mail that was taken, if the connection
// broke at the wrong moment: receive has to know keys again.
//
// The server looks at no spam, and does not check who sent a mail. Best it stands
// behind one that does and that writes Authentication-Results; Options.Peers then
// keeps others away.
package smtpcases

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-smtp"
	"golang.org/x/net/netutil"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/mailin"
)

// Receive takes a mail as it came; an errs.Invalid error refuses it for good.
type Receive = mailin.Receive

// Envelope is what is known of a mail beside what is in it.
type Envelope = mailin.Envelope

// Options say what a Server takes.
type Options struct {
	Domain string // name of this server: required

	// Accepts reports whether mail to an address, in small letters, is taken:
	// required. An error refuses it for now.
	Accepts func(ctx context.Context, address string) (bool, error)

	Peers []netip.Prefix // networks that may send; nil means everywhere
	TLS   *tls.Config    // for STARTTLS; nil means none

	MaxSize       int64         // bytes of a mail; 0 means 25 MiB
	MaxRecipients int           // of one; 0 means 50
	MaxConns      int           // at once; others wait; 0 means 50
	Timeout       time.Duration // for a command, and for a mail; 0 means 5 min
	MaxLife       time.Duration // of a connection; 0 means 30 min
	Dir           string        // where large mails are while they are taken; empty means the system's folder for that

	Logger *slog.Logger // nil discards logs
}

// A Server takes mail. Make one with [New].
type Server struct {
	receive Receive
	opts    Options
}

// New returns a Server that hands mails to receive.
func New(receive Receive, o Options) (*Server, error) {
	if receive == nil || o.Domain == "" || o.Accepts == nil {
		return nil, errors.New("smtpcases: whom to give mails, a domain and the addresses that are ours are required")
	}
	orElse(&o.MaxSize, 25<<20)
	orElse(&o.MaxRecipients, 50)
	orElse(&o.MaxConns, 50)
	orElse(&o.Timeout, 5*time.Minute)
	orElse(&o.MaxLife, 30*time.Minute)
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return &Server{receive, o}, nil
}

func orElse[T int | int64 | time.Duration](v *T, otherwise T) {
	if *v == 0 {
		*v = otherwise
	}
}

// Serve takes mail from connections until ctx is done. It then waits for the mails
// that are just being taken, as long as Options.Timeout.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	taking, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	server := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) { return s.session(taking, c) }))
	server.Domain, server.TLSConfig = s.opts.Domain, s.opts.TLS
	server.MaxMessageBytes, server.MaxRecipients = s.opts.MaxSize, s.opts.MaxRecipients
	server.ReadTimeout, server.WriteTimeout = s.opts.Timeout, s.opts.Timeout
	server.ErrorLog = quiet{s.opts.Logger}

	door := &door{Listener: l, life: s.opts.MaxLife, inside: map[*conn]bool{}}
	served := make(chan error, 1)
	go func() { served <- server.Serve(netutil.LimitListener(door, s.opts.MaxConns)) }()
	select {
	case err := <-served:
		return fmt.Errorf("smtp server: %w", err)
	case <-ctx.Done():
	}
	door.close()
	waiting, cancel := context.WithTimeout(taking, s.opts.Timeout)
	defer cancel()
	if err := server.Shutdown(waiting); err != nil {
		s.opts.Logger.Warn("smtp connections are cut", "err", err)
		return server.Close()
	}
	return nil
}

func (s *Server) session(ctx context.Context, c *smtp.Conn) (smtp.Session, error) {
	from := c.Conn().RemoteAddr().String()
	peer, err := netip.ParseAddrPort(from)
	welcome := func(p netip.Prefix) bool { return err == nil && p.Contains(peer.Addr().Unmap()) }
	if s.opts.Peers != nil && !slices.ContainsFunc(s.opts.Peers, welcome) {
		return nil, &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 7, 1}, Message: "not for you"}
	}
	return &session{s: s, ctx: ctx, remote: from}, nil
}

// A session is a connection's mail.
type session struct {
	s      *Server
	ctx    context.Context
	remote string
	from   string
	to     []string
}

// Reset implements [smtp.Session], like what follows.
func (c *session) Reset() { c.from, c.to = "", nil }

// Logout does nothing.
func (c *session) Logout() error { return nil }

// Mail begins a mail.
func (c *session) Mail(from string, _ *smtp.MailOptions) error {
	c.from = from
	return nil
}

// Rcpt adds who it is for, if that is somebody here.
func (c *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	a, ok := mailin.ParseAddress(to)
	if ok {
		var err error
		if ok, err = c.s.opts.Accepts(c.ctx, a.Key()); err != nil {
			return c.later("recipient", err)
		}
	}
	if !ok {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "nobody here has that address"}
	}
	if !slices.Contains(c.to, a.Key()) {
		c.to = append(c.to, a.Key())
	}
	return nil
}

// Data takes the mail, once it is here.
func (c *session) Data(r io.Reader) error {
	spool, err := mailin.NewSpool(r, c.s.opts.MaxSize, c.s.opts.Dir)
	if _, said := errors.AsType[*smtp.SMTPError](err); said {
		return err
	}
	if err != nil {
		return c.later("mail", err)
	}
	defer spool.Close() //nolint:errcheck // it was only read
	to := slices.Sorted(slices.Values(c.to))
	e := Envelope{
		Key:    mailin.KeyOf("smtp", strings.Join(append([]string{spool.Sum, c.from}, to...), "\n")),
		Driver: "smtp", From: c.from, To: to, Remote: c.remote,
	}
	switch err := c.s.receive(c.ctx, spool.Reader(), e); {
	case errors.Is(err, errs.Invalid):
		c.s.opts.Logger.Warn("mail refused", "key", e.Key, "err", err)
		return &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 6, 0}, Message: "this mail is not taken"}
	case err != nil:
		return c.later("mail", err)
	}
	return nil
}

// later refuses for now what we are to blame for. The reason is not the sender's
// to know.
func (c *session) later(what string, err error) error {
	c.s.opts.Logger.Error("mail refused for now", "what", what, "err", err)
	return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "please try again later"}
}

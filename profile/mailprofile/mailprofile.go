// Package mailprofile brings notices to people by mail, through any SMTP server.
//
//	mail, err := mailprofile.New("smtp.example.com", "Help <help@example.com>", &mailprofile.Options{
//		Username: "help", Password: secret,
//	})
//	notifier, err := profile.NewNotifier(store, directory, &profile.NotifierOptions{Channels: []profile.Channel{mail}, ...})
//
// A mail has a plain text and an HTML part, says that a program wrote it, and
// can be unsubscribed from with one click in the mail program (RFC 8058). Its
// Message-ID is the same at every attempt.
//
// [NewFunc] hands mails to a function instead, such as one that calls the
// service of a mail provider, or [Folder].
package mailprofile

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"
	"unicode"

	gomail "github.com/wneessen/go-mail"

	"github.com/stoa-go/stoa/profile"
)

// Options adjust a Channel. The zero value is ready to use with a server that
// speaks TLS and asks for no password.
type Options struct {
	Port     int           // 0 means 587, with SecurityImplicit 465, with SecurityNone 25
	Username string        // "" means that the server asks for none
	Password string        // of Username
	Security Security      // "" means SecurityRequired
	TLS      *tls.Config   // nil means the system's roots and the host's name
	Hello    string        // how this machine calls itself; "" means its name
	ReplyTo  string        // where answers go; "" means to the sender
	Brand    Brand         // whose mails these are; the zero value shows nothing of it
	Timeout  time.Duration // for one mail; 0 means 20 s

	// Brands are the senders of messages that are sent in the name of a brand
	// (profile.Message.Brand). Nil, or a brand that is not among them, means the
	// channel's own sender and Brand.
	Brands map[string]Sender

	// Dial opens connections. Nil means net.Dialer.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
}

// String leaves out what must not be read in logs.
func (o Options) String() string { return fmt.Sprintf("{mail as %q}", o.Username) }

// GoString is like String.
func (o Options) GoString() string { return o.String() }

// A Security is how the connection to the server is kept private.
type Security string

// The securities.
const (
	SecurityRequired Security = ""         // STARTTLS, or nothing is sent
	SecurityImplicit Security = "implicit" // TLS from the first byte
	SecurityNone     Security = "none"     // for a server on this machine
)

// A Channel is a [profile.Channel] that sends mail.
type Channel struct {
	host    string
	deliver DeliverFunc // in place of the host
	own     sender
	brands  map[string]sender
	opts    Options
}

var _ profile.Channel = (*Channel)(nil)

// New returns a Channel that sends through the server of the host, in the name
// of from, "Help <help@example.com>". A from or a ReplyTo that is no address is
// profile.ErrInvalid. Nil opts mean the defaults.
func New(host, from string, opts *Options) (*Channel, error) {
	c, err := newChannel(from, opts)
	if err != nil || host == "" {
		return nil, fmt.Errorf("mail: needs a server and the sender's address: %w", errors.Join(err, profile.ErrInvalid))
	}
	c.host = host
	_, err = c.client(context.Background())
	return c, err
}

// newChannel is what all channels have in common.
func newChannel(from string, opts *Options) (*Channel, error) {
	c := &Channel{}
	if opts != nil {
		c.opts = *opts
	}
	if c.opts.Timeout == 0 {
		c.opts.Timeout = 20 * time.Second
	}
	if c.opts.Dial == nil {
		c.opts.Dial = (&net.Dialer{}).DialContext
	}
	var err error
	if c.own, err = (Sender{From: from, ReplyTo: c.opts.ReplyTo, Brand: c.opts.Brand}).ready(); err != nil {
		return nil, err
	}
	c.brands = map[string]sender{}
	for id, s := range c.opts.Brands {
		if c.brands[id], err = s.ready(); err != nil {
			return nil, fmt.Errorf("brand %q: %w", id, err)
		}
	}
	return c, nil
}

// Name implements [profile.Channel].
func (c *Channel) Name() string { return profile.ChannelMail }

// Send implements [profile.Channel].
func (c *Channel) Send(ctx context.Context, m profile.Message) error {
	if m.To.Email == "" {
		return nil
	}
	letter, err := c.letter(m)
	if err != nil {
		return profile.Permanent(errors.New("mail: cannot be written: the address or the links are not valid"))
	}
	ctx, cancel := context.WithTimeout(ctx, c.opts.Timeout)
	defer cancel()
	if c.deliver != nil {
		return c.hand(ctx, m, letter)
	}
	client, err := c.client(ctx)
	if err != nil {
		return err
	}
	err = client.DialAndSendWithContext(ctx, letter)
	if err == nil || letter.IsDelivered() { // what fails after that is the goodbye
		return nil
	}
	return fault(ctx, err)
}

// client returns a client for one mail, whose connection ends with ctx.
func (c *Channel) client(ctx context.Context) (*gomail.Client, error) {
	policy, port := gomail.TLSMandatory, 587
	switch c.opts.Security {
	case SecurityImplicit:
		policy, port = gomail.TLSOpportunistic, 465 // the dialler has begun it
	case SecurityNone:
		policy, port = gomail.NoTLS, 25
	}
	options := []gomail.Option{
		gomail.WithTimeout(c.opts.Timeout), gomail.WithTLSPolicy(policy), gomail.WithPort(cmp.Or(c.opts.Port, port)), gomail.WithTLSConfig(c.tls()),
		gomail.WithDialContextFunc(func(dialling context.Context, network, address string) (net.Conn, error) {
			return c.dial(ctx, dialling, network, address)
		}),
	}
	if c.opts.Hello != "" {
		options = append(options, gomail.WithHELO(c.opts.Hello))
	}
	if c.opts.Username != "" {
		options = append(options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover),
			gomail.WithUsername(c.opts.Username), gomail.WithPassword(c.opts.Password))
	}
	client, err := gomail.NewClient(c.host, options...)
	if err != nil {
		return nil, fmt.Errorf("mail: %w: %w", profile.ErrInvalid, err)
	}
	return client, nil
}

func (c *Channel) tls() *tls.Config {
	if c.opts.TLS == nil {
		return &tls.Config{ServerName: c.host, MinVersion: tls.VersionTLS12}
	}
	return c.opts.TLS.Clone()
}

// dial opens a connection that ends with ctx.
func (c *Channel) dial(ctx, dialling context.Context, network, address string) (net.Conn, error) {
	conn, err := c.opts.Dial(dialling, network, address)
	if err != nil {
		return nil, err
	}
	talk := &conversation{Conn: conn, stop: context.AfterFunc(ctx, func() { _ = conn.Close() })}
	if c.opts.Security != SecurityImplicit {
		return talk, nil
	}
	secure := tls.Client(talk, c.tls())
	if err := secure.HandshakeContext(dialling); err != nil {
		return nil, errors.Join(err, talk.Close())
	}
	return secure, nil
}

// A conversation is a connection that is closed when nobody waits for it.
type conversation struct {
	net.Conn
	stop func() bool
}

// Close ends the connection.
func (c *conversation) Close() error {
	c.stop()
	return c.Conn.Close()
}

// fault says what went wrong without the words of the server, which may quote
// the mail or its recipient.
func fault(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("mail: %w", ctx.Err())
	}
	e, ok := errors.AsType[*gomail.SendError](err)
	if !ok || e.ErrorCode() == 0 {
		return fmt.Errorf("mail: the server cannot be reached, broke off or does not let us in: %w", profile.ErrUnavailable)
	}
	said := fmt.Errorf("mail: the server refused it with status %d %s", e.ErrorCode(), digits(e.EnhancedStatusCode()))
	if e.ErrorCode() >= 500 && !e.IsTemp() {
		status := digits(e.EnhancedStatusCode())
		return &profile.SendError{Err: said, Permanent: true, Status: status, Address: unknownAddress(e, status)}
	}
	return said
}

// unknownAddress reports whether a server refused the recipient for what they
// are, and not for who writes or what.
func unknownAddress(e *gomail.SendError, status string) bool {
	if e.Reason != gomail.ErrSMTPRcptTo {
		return false
	}
	if status == "" {
		return e.ErrorCode() == 550 || e.ErrorCode() == 551 || e.ErrorCode() == 553
	}
	return strings.HasPrefix(status, "5.1.") || status == "5.2.1"
}

// digits keeps of an enhanced status what one may have.
func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) || r == '.' {
			return r
		}
		return -1
	}, s)
}

// Package imapcases fetches mail from a mailbox by IMAP.
//
//	poller, err := imapcases.New(receive, imapcases.Options{Address: "imap.example.com:993", User: "support", Password: password})
//	g.Go(func() error { return poller.Run(ctx) })
//
// The mailbox belongs to the poller: it takes what nobody has seen, and marks it as
// seen once receive has returned nil. What was cut off before that comes again, with
// the same [Envelope] Key, which is made of the mail's content; receive has to know
// keys again. Nothing is removed.
//
// A mail that receive cannot take is tried again at each poll, and put aside after
// Options.Attempts, or at once if the error is errs.Invalid. While the reason is
// not the mail (a database is away) the error has to be errs.Unavailable: it ends the poll
// and counts for no mail.
package imapcases

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"github.com/stoa-go/stoa/internal/again"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/mailin"
)

// Receive takes a mail as it came; an errs.Invalid error refuses it for good.
type Receive = mailin.Receive

// Envelope is what is known of a mail beside what is in it.
type Envelope = mailin.Envelope

// Options say where the mailbox is.
type Options struct {
	Address string // of the server, with its port, which speaks TLS: required unless Dial is set

	User, Password string // required unless Login is set

	// Dial connects to the server; nil means TLS to Address.
	Dial func(ctx context.Context) (net.Conn, error)

	// Login signs in where a password does not, as with OAuth; nil means User and Password.
	Login func(ctx context.Context, c *imapclient.Client) error

	Mailbox  string        // empty means INBOX
	Aside    string        // mailbox to which mails are moved that cannot be taken; empty leaves them, seen and flagged
	Attempts int           // after which a mail is put aside; 0 means 10
	AtOnce   int           // mails of one poll; 0 means 100
	MaxSize  int64         // bytes of a mail; a larger one is put aside; 0 means 25 MiB
	Every    time.Duration // 0 means a minute
	Timeout  time.Duration // for one poll; 0 means 15 min
	Dir      string        // where large mails are while they are taken; empty means the system's folder for that

	Logger *slog.Logger // nil discards logs
}

// A Poller fetches mail. Make one with [New]. One poll at a time is what it can do.
type Poller struct {
	receive Receive
	opts    Options
	failed  map[string]int // attempts, by key
}

// New returns a Poller that hands mails to receive.
func New(receive Receive, o Options) (*Poller, error) {
	if receive == nil || o.Address == "" && o.Dial == nil || o.User == "" && o.Login == nil {
		return nil, errors.New("imapcases: whom to give mails, an address and a user are required")
	}
	if o.Dial == nil {
		o.Dial = func(ctx context.Context) (net.Conn, error) {
			return new(tls.Dialer).DialContext(ctx, "tcp", o.Address)
		}
	}
	if o.Login == nil {
		o.Login = func(_ context.Context, c *imapclient.Client) error { return c.Login(o.User, o.Password).Wait() }
	}
	if o.Mailbox == "" {
		o.Mailbox = "INBOX"
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	orElse(&o.Attempts, 10)
	orElse(&o.AtOnce, 100)
	orElse(&o.MaxSize, 25<<20)
	orElse(&o.Every, time.Minute)
	orElse(&o.Timeout, 15*time.Minute)
	return &Poller{receive: receive, opts: o, failed: map[string]int{}}, nil
}

func orElse[T int | int64 | time.Duration](v *T, otherwise T) {
	if *v == 0 {
		*v = otherwise
	}
}

// Run polls until ctx is done.
func (p *Poller) Run(ctx context.Context) error {
	again.Every(ctx, p.opts.Every, p.opts.Logger, "mail not fetched", p.Poll)
	return nil
}

// Poll takes what is new in the mailbox, as much as one poll may.
func (p *Poller) Poll(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, p.opts.Timeout)
	defer cancel()
	conn, err := p.opts.Dial(ctx)
	if err != nil {
		return fmt.Errorf("imap: %w", err)
	}
	c := imapclient.New(conn, nil)
	defer c.Close() //nolint:errcheck // whatever had to be done was answered
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	if err := p.poll(ctx, c); err != nil {
		return fmt.Errorf("imap: %w", errors.Join(err, ctx.Err()))
	}
	return nil
}

func (p *Poller) poll(ctx context.Context, c *imapclient.Client) error {
	if err := p.opts.Login(ctx, c); err != nil {
		return err
	}
	if _, err := c.Select(p.opts.Mailbox, nil).Wait(); err != nil {
		return err
	}
	found, err := c.UIDSearch(&imap.SearchCriteria{NotFlag: []imap.Flag{imap.FlagSeen, imap.FlagDeleted}}, nil).Wait()
	if err != nil {
		return err
	}
	uids := found.AllUIDs()
	if uids = uids[:min(len(uids), p.opts.AtOnce)]; len(uids) == 0 {
		return nil
	}
	sizes, err := c.Fetch(imap.UIDSetNum(uids...), &imap.FetchOptions{UID: true, RFC822Size: true}).Collect()
	if err != nil {
		return err
	}
	for _, m := range sizes {
		if err := p.mail(ctx, c, m.UID, m.RFC822Size); err != nil {
			return err
		}
	}
	return c.Logout().Wait()
}

// mail takes one mail. Its error is that of the connection, or of what is not the
// mail's fault.
func (p *Poller) mail(ctx context.Context, c *imapclient.Client, uid imap.UID, size int64) error {
	if size > p.opts.MaxSize {
		return p.aside(ctx, c, uid, mailin.ErrTooLarge)
	}
	spool, err := p.fetch(c, uid)
	if errors.Is(err, errGone) {
		return nil
	}
	if errors.Is(err, mailin.ErrTooLarge) {
		return p.aside(ctx, c, uid, err)
	}
	if err != nil {
		return err
	}
	defer spool.Close() //nolint:errcheck // it was only read
	e := Envelope{Key: mailin.KeyOf("imap", p.opts.User+"\n"+spool.Sum), Driver: "imap"}
	err = p.take(ctx, spool, e)
	switch {
	case err == nil:
		delete(p.failed, e.Key)
		return c.Store(imap.UIDSetNum(uid), &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{imap.FlagSeen}}, nil).Close()
	case errors.Is(err, errs.Unavailable), ctx.Err() != nil:
		return err
	}
	if p.failed[e.Key]++; p.failed[e.Key] >= p.opts.Attempts || errors.Is(err, errs.Invalid) {
		delete(p.failed, e.Key)
		return p.aside(ctx, c, uid, err)
	}
	p.opts.Logger.WarnContext(ctx, "mail not taken", "key", e.Key, "attempt", p.failed[e.Key], "err", err)
	return nil
}

// take hands over a mail. That one of them makes receive panic is no reason for
// the others to wait.
func (p *Poller) take(ctx context.Context, spool *mailin.Spool, e Envelope) (err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("receive panicked: %v", fault)
		}
	}()
	return p.receive(ctx, spool.Reader(), e)
}

// errGone is for mails that are not there any more.
var errGone = errors.New("somebody else has removed the mail")

// fetch reads a mail without marking it.
func (p *Poller) fetch(c *imapclient.Client, uid imap.UID) (spool *mailin.Spool, err error) {
	whole := &imap.FetchItemBodySection{Peek: true}
	cmd := c.Fetch(imap.UIDSetNum(uid), &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{whole}})
	if m := cmd.Next(); m != nil {
		for item := m.Next(); item != nil && spool == nil && err == nil; item = m.Next() {
			if body, ok := item.(imapclient.FetchItemDataBodySection); ok && body.Literal != nil {
				if spool, err = p.spool(body.Literal); errors.Is(err, errCut) {
					return nil, err // the client reads on by itself: nobody else may
				}
			}
		}
	}
	if closed := cmd.Close(); err == nil {
		err = closed
	}
	if err == nil && spool == nil {
		err = errGone
	}
	if err != nil && spool != nil {
		err, spool = errors.Join(err, spool.Close()), nil
	}
	return spool, err
}

// errCut is for mails that ended before they should.
var errCut = errors.New("the mail was cut off")

// spool reads a literal, which says how long it is.
func (p *Poller) spool(r imap.LiteralReader) (*mailin.Spool, error) {
	in := &watched{r: r}
	spool, err := mailin.NewSpool(in, p.opts.MaxSize, p.opts.Dir)
	if in.ended && in.n < r.Size() {
		if spool != nil {
			err = spool.Close()
		}
		return nil, errors.Join(errCut, err)
	}
	return spool, err
}

// watched notes how a reader ends.
type watched struct {
	r     io.Reader
	n     int64
	ended bool
}

func (w *watched) Read(p []byte) (int, error) {
	n, err := w.r.Read(p)
	w.n += int64(n)
	w.ended = w.ended || err != nil
	return n, err
}

// aside puts away a mail that is never going to be taken.
func (p *Poller) aside(ctx context.Context, c *imapclient.Client, uid imap.UID, why error) error {
	p.opts.Logger.ErrorContext(ctx, "mail put aside", "uid", uid, "to", p.opts.Aside, "err", why)
	if p.opts.Aside == "" {
		flags := []imap.Flag{imap.FlagSeen, imap.FlagFlagged}
		return c.Store(imap.UIDSetNum(uid), &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: flags}, nil).Close()
	}
	_ = c.Create(p.opts.Aside, nil).Wait() // it may be there; whether it is shows next
	_, err := c.Move(imap.UIDSetNum(uid), p.opts.Aside).Wait()
	return err
}

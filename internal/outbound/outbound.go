// Package outbound makes HTTP requests to addresses that people gave: webhooks
// and push services. They reach the public internet and nothing else, whatever
// a name resolves to at the moment of dialling.
package outbound

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/valid"
)

// Options adjust a Client.
type Options struct {
	Timeout time.Duration         // for a request and its answer; zero means 10 s
	Allow   func(netip.Addr) bool // which addresses may be dialled; nil means Public
}

// errRefused is all that is said of an address that may not be dialled: whoever
// gave it shall not learn what is there.
var errRefused = errors.New("the address is not one of the public internet")

// NewClient returns a client that follows no redirects, uses no proxy of the
// environment, keeps no cookies and dials only what o allows. Nil options are
// the zero ones.
func NewClient(o *Options) *http.Client {
	var opts Options
	if o != nil {
		opts = *o
	}
	if opts.Timeout == 0 {
		opts.Timeout = 10 * time.Second
	}
	if opts.Allow == nil {
		opts.Allow = Public
	}
	dialer := &net.Dialer{Timeout: opts.Timeout, ControlContext: func(_ context.Context, network, address string, _ syscall.RawConn) error {
		// Here the name has been resolved: what it resolves to later does not
		// matter any more.
		at, err := netip.ParseAddrPort(address)
		if err != nil || network != "tcp4" && network != "tcp6" || !opts.Allow(at.Addr().Unmap()) {
			return errRefused
		}
		return nil
	}}
	return &http.Client{
		Timeout:       opts.Timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			DialContext: dialer.DialContext, ForceAttemptHTTP2: true, TLSHandshakeTimeout: opts.Timeout, ResponseHeaderTimeout: opts.Timeout,
			MaxResponseHeaderBytes: 64 << 10, MaxIdleConns: 50, MaxIdleConnsPerHost: 4, IdleConnTimeout: 30 * time.Second,
		},
	}
}

// CheckURL returns an address that a person gave as it is used, if it is an
// absolute one with https and a name or a public number as its host.
func CheckURL(s string) (string, error) {
	plain, err := valid.SafeURL(s)
	if err != nil {
		return "", err
	}
	u, err := url.Parse(plain)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.Fragment != "" || !strings.Contains(strings.Trim(u.Hostname(), "."), ".") && !strings.Contains(u.Hostname(), ":") {
		return "", errs.Say(errs.Invalid, "error.field.url", nil)
	}
	if at, err := netip.ParseAddr(u.Hostname()); err == nil && !Public(at.Unmap()) {
		return "", errs.Say(errs.Invalid, "error.field.url", nil)
	}
	return plain, nil
}

// Public reports whether an address is one of the public internet.
func Public(a netip.Addr) bool {
	a = a.Unmap()
	if !a.IsValid() || a.Zone() != "" || !a.IsGlobalUnicast() || a.IsPrivate() {
		return false
	}
	for _, p := range special() {
		if p.Contains(a) {
			return false
		}
	}
	return a.Is4() || netip.MustParsePrefix("2000::/3").Contains(a)
}

// special are the ranges that net/netip takes for ordinary ones: carriers' and
// tests' networks, examples, and those that hold an IPv4 address of any kind.
func special() []netip.Prefix {
	var list []netip.Prefix
	for _, p := range []string{
		"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24",
		"203.0.113.0/24", "240.0.0.0/4", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
	} {
		list = append(list, netip.MustParsePrefix(p))
	}
	return list
}

// Do sends a request and returns the status and the headers of the answer, of
// whose body nothing is kept. Errors do not name the address, which may be as
// good as a password.
func Do(c *http.Client, r *http.Request) (int, http.Header, error) {
	res, err := c.Do(r)
	if err != nil {
		if e, ok := errors.AsType[*url.Error](err); ok {
			err = e.Err
		}
		return 0, nil, fmt.Errorf("%w: %w", errs.Unavailable, plain(err))
	}
	defer res.Body.Close()
	// A short answer is read so that the connection can be used again.
	_, _ = io.CopyN(io.Discard, res.Body, 4<<10)
	return res.StatusCode, res.Header, nil
}

// plain says what kind of error it was. Those of resolvers and dialers name the
// host.
func plain(err error) error {
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return context.DeadlineExceeded
	case errors.Is(err, context.Canceled):
		return context.Canceled
	case errors.Is(err, errRefused):
		return errRefused
	}
	if e, ok := errors.AsType[net.Error](err); ok && e.Timeout() {
		return context.DeadlineExceeded
	}
	return errors.New("the receiver cannot be reached")
}

// RetryAfter returns how long an answer asks to wait, zero if it does not say.
func RetryAfter(h http.Header, now time.Time) time.Duration {
	text := h.Get("Retry-After")
	if seconds, err := strconv.Atoi(text); err == nil && seconds > 0 {
		return time.Duration(min(seconds, 24*60*60)) * time.Second
	}
	if at, err := http.ParseTime(text); err == nil {
		return min(max(0, at.Sub(now)), 24*time.Hour)
	}
	return 0
}

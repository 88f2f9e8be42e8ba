package websource

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/stoa-go/stoa/internal/outbound"
)

// How long a server that is busy is waited for.
const (
	busyTries = 3
	busyFirst = 30 * time.Second
	busyMost  = 5 * time.Minute // longer ends a crawl
	busyAfter = time.Hour       // until the next one, if the server does not say
)

// A busyError is of a server that wants to be left alone for longer than a crawl
// waits.
type busyError struct{ wait time.Duration }

func (b *busyError) Error() string { return fmt.Sprintf("the server asks to come back in %s", b.wait) }

var errLarge = errors.New("it is too long")

// An answer is what a server said.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// ask asks for an address when it is its host's turn, and again if the server is
// busy. It reads at most so many bytes.
func (c *crawl) ask(ctx context.Context, u *url.URL, header http.Header, most int64) (answer, error) {
	for try := range busyTries {
		leave, err := c.opts.Hosts.enter(ctx, u.Host)
		if err != nil {
			return answer{}, err
		}
		a, err := c.request(ctx, u, header, most)
		busy := err == nil && (a.status == http.StatusTooManyRequests || a.status == http.StatusServiceUnavailable)
		if !busy {
			leave(max(c.opts.Delay, c.robots[u.Host].delay))
			return a, err
		}
		said := outbound.RetryAfter(a.header, c.opts.Now())
		wait := max(said, busyFirst<<try)
		leave(min(wait, busyMost))
		if wait > busyMost {
			return answer{}, &busyError{said}
		}
	}
	return answer{}, &busyError{busyAfter}
}

func (c *crawl) request(ctx context.Context, u *url.URL, header http.Header, most int64) (answer, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return answer{}, err
	}
	for name, values := range header {
		r.Header[name] = values
	}
	r.Header.Set("User-Agent", c.calledAs())
	res, err := c.client.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer res.Body.Close()
	a := answer{status: res.StatusCode, header: res.Header}
	if res.StatusCode != http.StatusOK {
		return a, nil
	}
	// What is packed on its way counts as it is unpacked.
	a.body, err = io.ReadAll(io.LimitReader(res.Body, most+1))
	if err == nil && int64(len(a.body)) > most {
		err = errLarge
	}
	return a, err
}

// calledAs is what servers are told about who asks.
func (s *Source) calledAs() string {
	if s.opts.Contact == "" {
		return "Mozilla/5.0 (compatible; " + Agent + ")"
	}
	return "Mozilla/5.0 (compatible; " + Agent + "; +" + s.opts.Contact + ")"
}

// mostHops is how often one address may lead to another.
const mostHops = 5

// follow asks for a file of the site, and for where it leads within the site's
// hosts.
func (c *crawl) follow(ctx context.Context, u *url.URL, most int64) (answer, error) {
	for range mostHops + 1 {
		a, err := c.ask(ctx, u, nil, most)
		if err != nil || a.status < 300 || a.status >= 400 {
			return a, err
		}
		to, ok := address(u, a.header.Get("Location"))
		if !ok || !c.scope.host(to) {
			return a, errors.New("it leads to a host that is not the site's")
		}
		u = to
	}
	return answer{}, errors.New("it leads on and on")
}

// learnRobots reads robots.txt of a host. What cannot be read allows nothing.
func (c *crawl) learnRobots(ctx context.Context, u *url.URL) error {
	if _, known := c.robots[u.Host]; known {
		return nil
	}
	a, err := c.follow(ctx, &url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/robots.txt"}, mostRobots)
	switch {
	case errors.Is(err, errLarge): // the rest is not read
	case err != nil:
		return err
	case a.status >= 400 && a.status < 500:
		a.body = nil
	case a.status != http.StatusOK:
		return fmt.Errorf("robots.txt: the server answers %d", a.status)
	}
	c.robots[u.Host] = parseRobots(string(a.body[:min(len(a.body), mostRobots)]), Agent)
	return nil
}

// allowed reports whether robots.txt allows an address to be asked for.
func (c *crawl) allowed(u *url.URL) bool {
	r, known := c.robots[u.Host]
	return known && r.allows(u.RequestURI())
}

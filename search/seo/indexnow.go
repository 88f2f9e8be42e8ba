package seo

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"sync"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/outbound"
)

// What IndexNow takes.
const (
	IndexNowEndpoint = "https://api.indexnow.org/indexnow" // passes on to all engines that take part
	MaxNotices       = 10_000                              // addresses in one request
)

// IndexNow tells search engines which pages are new, changed or gone. It sends
// nothing before [IndexNow.Run], and only what everybody may see should be added.
type IndexNow struct {
	key  string
	opts IndexNowOptions

	mu      sync.Mutex
	waiting []string // in order, each once
	known   map[string]bool
	wake    chan struct{}
}

// IndexNowOptions adjust an [IndexNow].
type IndexNowOptions struct {
	Endpoint string           // where notices go; empty means IndexNowEndpoint
	Batch    int              // addresses in one request; zero means MaxNotices
	Most     int              // addresses that wait; zero means 100,000; further ones are left out, which a sitemap makes good
	Gather   time.Duration    // how long more is waited for before a request; zero means 10 s
	Tries    int              // how often a request is tried; zero means 5
	Wait     time.Duration    // before the second try, doubled for each further one; zero means 30 s
	Client   *http.Client     // nil means one that reaches nothing but the public internet
	Logger   *slog.Logger     // nil means none
	Now      func() time.Time // nil means time.Now
}

func (o *IndexNowOptions) defaults() {
	set := func(n *int, d int) {
		if *n <= 0 {
			*n = d
		}
	}
	set(&o.Batch, MaxNotices)
	set(&o.Most, 100_000)
	set(&o.Tries, 5)
	o.Batch = min(o.Batch, MaxNotices)
	if o.Endpoint == "" {
		o.Endpoint = IndexNowEndpoint
	}
	if o.Gather <= 0 {
		o.Gather = 10 * time.Second
	}
	if o.Wait <= 0 {
		o.Wait = 30 * time.Second
	}
	if o.Client == nil {
		o.Client = outbound.NewClient(nil)
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
}

var indexNowKey = regexp.MustCompile(`^[a-zA-Z0-9-]{8,128}$`)

// NewIndexNow returns an IndexNow for a key that the site chose: 8 to 128 letters,
// digits and hyphens. It is no secret: the site serves it.
func NewIndexNow(key string, opts *IndexNowOptions) (*IndexNow, error) {
	if !indexNowKey.MatchString(key) {
		return nil, fmt.Errorf("IndexNow: %w: a key is 8 to 128 letters, digits and hyphens", errs.Invalid)
	}
	var o IndexNowOptions
	if opts != nil {
		o = *opts
	}
	o.defaults()
	return &IndexNow{key: key, opts: o, known: map[string]bool{}, wake: make(chan struct{}, 1)}, nil
}

// KeyPath is where the site serves the key, from the root of each of its hosts.
func (n *IndexNow) KeyPath() string { return "/" + n.key + ".txt" }

// ServeHTTP serves the key.
func (n *IndexNow) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = io.WriteString(w, n.key)
}

// Add has addresses told of. It never waits. It returns how many were left out:
// those that are no addresses of the web, and those that too many wait before.
func (n *IndexNow) Add(addresses ...string) (left int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, a := range addresses {
		switch {
		case n.known[a]:
		case !allowed(a) || len(n.waiting) >= n.opts.Most:
			left++
		default:
			n.known[a] = true
			n.waiting = append(n.waiting, a)
		}
	}
	select {
	case n.wake <- struct{}{}:
	default:
	}
	return left
}

// Waiting returns how many addresses wait.
func (n *IndexNow) Waiting() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return len(n.waiting)
}

// Run sends what is added until ctx ends. What then still waits is not sent.
func (n *IndexNow) Run(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-n.wake:
		}
		if !sleep(ctx, n.opts.Gather) {
			return nil
		}
		for batch := n.take(); len(batch) > 0; batch = n.take() {
			if err := n.insist(ctx, batch); err != nil && ctx.Err() == nil {
				n.opts.Logger.WarnContext(ctx, "search engines not told of changes", "addresses", len(batch), "err", err)
			}
		}
	}
}

// take returns the next addresses of one host, which a request is about.
func (n *IndexNow) take() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	var out, rest []string
	for _, a := range n.waiting {
		if len(out) < n.opts.Batch && (len(out) == 0 || siteOf(a) == siteOf(out[0])) {
			out = append(out, a)
			delete(n.known, a)
		} else {
			rest = append(rest, a)
		}
	}
	n.waiting = rest
	return out
}

// siteOf returns the scheme and the host of an address.
func siteOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

// ErrRefused says that the receiver does not take a request, and would not if it
// were sent again: it does not believe the key, or the addresses are of others.
var ErrRefused = errors.New("refused")

// insist sends addresses, again where that may help.
func (n *IndexNow) insist(ctx context.Context, batch []string) error {
	wait := n.opts.Wait
	for try := 1; ; try++ {
		after, err := n.Send(ctx, batch)
		if err == nil || errors.Is(err, ErrRefused) || try == n.opts.Tries {
			return err
		}
		if !sleep(ctx, max(wait, after)) {
			return ctx.Err()
		}
		wait *= 2
	}
}

type notice struct {
	Host        string   `json:"host"`
	Key         string   `json:"key"`
	KeyLocation string   `json:"keyLocation"`
	URLs        []string `json:"urlList"`
}

// Send sends one request about addresses of one host, at once and once. If it
// fails, after is how long the receiver asks to wait.
func (n *IndexNow) Send(ctx context.Context, addresses []string) (after time.Duration, err error) {
	if len(addresses) == 0 || len(addresses) > MaxNotices {
		return 0, fmt.Errorf("IndexNow: %w: %d addresses", errs.Invalid, len(addresses))
	}
	site := siteOf(addresses[0])
	u, err := url.Parse(site)
	if err != nil {
		return 0, fmt.Errorf("IndexNow: %w: %w", errs.Invalid, err)
	}
	body, err := json.Marshal(notice{u.Host, n.key, site + n.KeyPath(), addresses})
	if err != nil {
		return 0, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, n.opts.Endpoint, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	r.Header.Set("Content-Type", "application/json; charset=utf-8")
	status, header, err := outbound.Do(n.opts.Client, r)
	switch {
	case err != nil:
		return 0, fmt.Errorf("IndexNow: %w", err)
	case status == http.StatusOK || status == http.StatusAccepted:
		return 0, nil
	case status == http.StatusTooManyRequests || status >= 500:
		return outbound.RetryAfter(header, n.opts.Now()), fmt.Errorf("IndexNow: %w: status %d", errs.Unavailable, status)
	}
	return 0, fmt.Errorf("IndexNow: %w: status %d", ErrRefused, status)
}

// sleep waits, and reports whether ctx let it.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

package oidcprofile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
)

const (
	maxDocument    = 1 << 20 // bytes of one answer of the provider
	maxWait        = 10 * time.Second
	keysAtMostEach = 10 * time.Second
)

var (
	errTooLarge = errors.New("the answer is larger than 1 MiB")
	errRedirect = errors.New("the answer is a redirect")
)

// bound returns a client like c that cannot be kept waiting, fed without end or
// led elsewhere.
func bound(c *http.Client) *http.Client {
	var out http.Client
	if c != nil {
		out = *c
	}
	if out.Timeout == 0 {
		out.Timeout = maxWait
	}
	base := out.Transport
	if base == nil {
		base = http.DefaultTransport
	}
	out.Transport = limited{base}
	out.CheckRedirect = func(*http.Request, []*http.Request) error { return errRedirect }
	out.Jar = nil
	return &out
}

// limited is a transport that ends answers which are too large.
type limited struct{ base http.RoundTripper }

func (l limited) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := l.base.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	resp.Body = &limitedBody{body: resp.Body, left: maxDocument}
	return resp, nil
}

type limitedBody struct {
	body io.ReadCloser
	left int64
}

// Read fails where the end is not in reach, so that half a document is not taken
// for a whole one.
func (b *limitedBody) Read(data []byte) (int, error) {
	n, err := b.body.Read(data)
	if b.left -= int64(n); b.left < 0 {
		return 0, errTooLarge
	}
	return n, err
}

func (b *limitedBody) Close() error { return b.body.Close() }

// keyTransport fetches the provider's keys at most every ten seconds: tokens
// that name unknown keys can be sent by anybody, and each asks for a look.
type keyTransport struct {
	base http.RoundTripper
	now  func() time.Time

	mu   sync.Mutex
	at   time.Time
	code int
	body []byte
	err  error
}

func (k *keyTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if now := k.now(); k.at.IsZero() || now.Sub(k.at) >= keysAtMostEach || now.Before(k.at) {
		k.code, k.body, k.err = fetch(k.base, r)
		k.at = k.now() // a provider that hangs is not asked again as soon as it did
	}
	if k.err != nil {
		return nil, k.err
	}
	return &http.Response{
		StatusCode: k.code, Status: http.StatusText(k.code), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Content-Type": {"application/json"}}, Request: r,
		Body: io.NopCloser(bytes.NewReader(k.body)), ContentLength: int64(len(k.body)),
	}, nil
}

func fetch(base http.RoundTripper, r *http.Request) (int, []byte, error) {
	resp, err := base.RoundTrip(r)
	if err != nil {
		return 0, nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return 0, nil, fmt.Errorf("the keys are answered with status %d", resp.StatusCode)
	}
	body, err := io.ReadAll(resp.Body)
	return resp.StatusCode, body, err
}

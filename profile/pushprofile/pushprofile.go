// Package pushprofile brings notices to browsers by Web Push (RFC 8030),
// encrypted for the browser (RFC 8291) and signed by the portal (RFC 8292).
//
//	push, err := pushprofile.New(store, key, "mailto:ops@example.com", nil)
//	notifier, err := profile.NewNotifier(store, directory, &profile.NotifierOptions{Channels: []profile.Channel{push}, ...})
//	mux.Handle("/api/v1/", http.StripPrefix("/api/v1", push.Handler()))
//
// A page asks for the key with GET /me/push, has the browser subscribe, and
// posts the subscription there. The service worker gets a JSON object with key,
// title, body and url; it should use key as the tag of the notification, so that
// a repeated one replaces itself.
package pushprofile

import (
	"bytes"
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/outbound"
	"github.com/stoa-go/stoa/profile"
)

// Options adjust a Channel. The zero value is ready to use.
type Options struct {
	Client *http.Client     // nil means one that reaches the public internet only
	TTL    time.Duration    // how long push services try; 0 means a day
	Now    func() time.Time // nil means time.Now

	// InSession lets only those add a browser who come with a session, which
	// the browser is forgotten with: whoever holds a token that is good for
	// minutes must not go on hearing for months. False means everybody signed in.
	InSession bool
}

// A Channel is a [profile.Channel] that reaches browsers.
type Channel struct {
	store profile.EndpointStore
	vapid *vapid
	opts  Options
}

var _ profile.Channel = (*Channel)(nil)

// New returns a Channel to the browsers in store. The key is one of
// [GenerateKey]; contact, a mailto or https address, is where push services
// write to if there is trouble. Nil opts mean the defaults.
func New(store profile.EndpointStore, key, contact string, opts *Options) (*Channel, error) {
	c := &Channel{store: store}
	if opts != nil {
		c.opts = *opts
	}
	c.opts.TTL = cmp.Or(c.opts.TTL, 24*time.Hour)
	if c.opts.Client == nil {
		c.opts.Client = outbound.NewClient(nil)
	}
	if c.opts.Now == nil {
		c.opts.Now = time.Now
	}
	if !strings.HasPrefix(contact, "mailto:") && !strings.HasPrefix(contact, "https://") {
		return nil, fmt.Errorf("push: needs a mailto or https address to be reached at: %w", profile.ErrInvalid)
	}
	v, err := newVAPID(key, contact)
	if err != nil {
		return nil, fmt.Errorf("push: the key is none of GenerateKey: %w", err)
	}
	c.vapid = v
	return c, nil
}

// Name implements [profile.Channel].
func (c *Channel) Name() string { return profile.ChannelPush }

// PublicKey returns what a page hands to the browser as applicationServerKey.
func (c *Channel) PublicKey() string { return c.vapid.public }

// A Subscription is what a browser says of itself.
type Subscription struct {
	Endpoint string // address at its push service
	P256DH   string // its public key, base64url
	Auth     string // its secret, base64url
	Agent    string // what it is in its own words, or empty
}

// Subscribe has notices for the actor shown by a browser. A browser that was
// somebody else's is the actor's from then on: they sit in front of it. It goes
// with the session that the actor comes with, if any.
func (c *Channel) Subscribe(ctx context.Context, by profile.Actor, s Subscription) error {
	if by.Anonymous() || c.opts.InSession && by.Session == "" {
		return fmt.Errorf("push: %w", profile.ErrForbidden)
	}
	f := errs.Fields{}
	address, err := outbound.CheckURL(s.Endpoint)
	if err != nil || len(s.Endpoint) > 1024 {
		f.Add("endpoint", "error.field.url", nil)
	}
	browser, auth, err := keys(s.P256DH, s.Auth)
	if err != nil {
		f.Add("keys", "error.field.invalid", nil)
	}
	if err := f.Err(); err != nil {
		return fmt.Errorf("push: %w", err)
	}
	if _, err := seal(nil, browser, auth); err != nil {
		return fmt.Errorf("push: %w", errs.Field("keys", "error.field.invalid", nil))
	}
	_, err = profile.AddEndpoint(ctx, c.store, profile.Endpoint{
		Person: by.ID, Channel: c.Name(), Address: address, Data: map[string]string{"p256dh": b64(browser), "auth": b64(auth)},
		Agent: clip(s.Agent, 200), Session: by.Session, CreatedAt: c.opts.Now().UTC().Truncate(time.Microsecond),
	})
	return err
}

// Unsubscribe forgets a browser of the actor. One that is not there is no error.
func (c *Channel) Unsubscribe(ctx context.Context, by profile.Actor, endpoint string) error {
	if by.Anonymous() {
		return fmt.Errorf("push: %w", profile.ErrForbidden)
	}
	address, err := outbound.CheckURL(endpoint)
	if err != nil {
		return nil
	}
	_, err = c.store.RemoveEndpoints(ctx, profile.EndpointQuery{ID: profile.EndpointID(c.Name(), address), Person: by.ID})
	return err
}

func keys(p256dh, auth string) (browser, secret []byte, err error) {
	decode := func(s string) []byte {
		b, e := base64.RawURLEncoding.DecodeString(strings.TrimRight(strings.NewReplacer("+", "-", "/", "_").Replace(s), "="))
		err = errors.Join(err, e)
		return b
	}
	browser, secret = decode(p256dh), decode(auth)
	return browser, secret, err
}

// clip cuts a text to so many bytes at most.
func clip(s string, most int) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\x00", "")
	if len(s) <= most {
		return s
	}
	for most > 0 && !utf8.RuneStart(s[most]) {
		most--
	}
	return s[:most]
}

// Send implements [profile.Channel].
func (c *Channel) Send(ctx context.Context, m profile.Message) error {
	plain, err := payload(m)
	if err != nil {
		return profile.Permanent(errors.New("push: the message cannot be written"))
	}
	return profile.SendEach(ctx, c.store, m.To.ID, c.Name(), func(e profile.Endpoint) error { return c.push(ctx, e, m, plain) })
}

// payload is what the service worker gets, cut so that it fits.
func payload(m profile.Message) ([]byte, error) {
	if len(m.Items) == 0 {
		return nil, profile.ErrInvalid
	}
	out := struct {
		Key   string `json:"key"`
		Title string `json:"title"`
		Body  string `json:"body,omitempty"`
		URL   string `json:"url"`
		Count int    `json:"count"`
	}{m.Key, clip(profile.OneLine(m.Line), 1000), profile.OneLine(m.Items[0].Body), m.Items[0].URL, len(m.Items)}
	if len(m.Items) > 1 {
		var titles []string
		for _, i := range m.Items {
			titles = append(titles, profile.OneLine(i.Title))
		}
		out.Body = strings.Join(titles, " · ")
	}
	// How long it is in JSON depends on what it is.
	for room := 2000; ; room /= 2 {
		out.Body = clip(out.Body, room)
		var b bytes.Buffer
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(out); err != nil {
			return nil, err
		}
		if text := bytes.TrimSpace(b.Bytes()); len(text) <= maxPlain {
			return text, nil
		}
		if room == 0 {
			return nil, profile.ErrInvalid
		}
	}
}

func (c *Channel) push(ctx context.Context, e profile.Endpoint, m profile.Message, plain []byte) error {
	request, err := c.request(ctx, e, m, plain)
	if err != nil {
		return profile.Permanent(errors.New("push: the subscription is not valid"))
	}
	status, header, err := outbound.Do(c.opts.Client, request)
	if err != nil {
		return fmt.Errorf("push: %w", err)
	}
	fault := fmt.Errorf("push: the service answered with status %d", status)
	switch {
	case status >= 200 && status < 300:
		return nil
	case status == http.StatusNotFound, status == http.StatusGone:
		return fmt.Errorf("push: the browser has unsubscribed: %w", profile.ErrNotFound)
	case status == http.StatusBadRequest, status == http.StatusRequestEntityTooLarge, status >= 300 && status < 400:
		return profile.Permanent(fault)
	}
	if wait := outbound.RetryAfter(header, c.opts.Now()); wait > 0 {
		return profile.RetryAfter(fault, wait)
	}
	return fault
}

func (c *Channel) request(ctx context.Context, e profile.Endpoint, m profile.Message, plain []byte) (*http.Request, error) {
	browser, auth, err := keys(e.Data["p256dh"], e.Data["auth"])
	if err != nil {
		return nil, err
	}
	body, err := seal(plain, browser, auth)
	if err != nil {
		return nil, err
	}
	at, err := url.Parse(e.Address)
	if err != nil {
		return nil, err
	}
	signed, err := c.vapid.authorization(at, c.opts.Now())
	if err != nil {
		return nil, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, e.Address, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Authorization", signed)
	r.Header.Set("Content-Type", "application/octet-stream")
	r.Header.Set("Content-Encoding", "aes128gcm")
	r.Header.Set("TTL", fmt.Sprint(int(c.opts.TTL.Seconds())))
	r.Header.Set("Urgency", cmp.Or(string(m.Urgency), "normal"))
	r.Header.Set("Topic", topic(m.Key)) // a repeated message replaces the one that still waits
	return r, nil
}

// topic is the key in the 32 characters that RFC 8030 allows.
func topic(key string) string { return profile.EndpointID("topic", key) }

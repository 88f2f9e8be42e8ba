// Package webhookprofile brings notices to receivers that people run
// themselves, as signed JSON.
//
//	hooks := webhookprofile.New(store, nil)
//	added, err := hooks.Add(ctx, by, "https://hooks.example.com/stoa")
//	// show added.Data["secret"] to the person, once
//
// A request has the key of the message in Stoa-Delivery, which is the same at
// every attempt, and in Stoa-Signature the time and an HMAC of it and the body,
// made anew for each. A receiver checks it with [Verify] and remembers keys.
package webhookprofile

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/outbound"
	"github.com/stoa-go/stoa/profile"
)

// Options adjust a Channel. The zero value is ready to use.
type Options struct {
	Client *http.Client     // nil means one that reaches the public internet only
	Now    func() time.Time // nil means time.Now

	// May reports whether a person may have webhooks now; those of whoever may
	// not any more are kept, and not called. Nil means everybody.
	May func(ctx context.Context, person string) (bool, error)
}

// A Channel is a [profile.Channel] that calls webhooks.
type Channel struct {
	store profile.EndpointStore
	opts  Options
}

var _ profile.Channel = (*Channel)(nil)

// New returns a Channel to the webhooks in store. Nil opts mean the defaults.
func New(store profile.EndpointStore, opts *Options) *Channel {
	c := &Channel{store: store}
	if opts != nil {
		c.opts = *opts
	}
	if c.opts.Client == nil {
		c.opts.Client = outbound.NewClient(nil)
	}
	if c.opts.Now == nil {
		c.opts.Now = time.Now
	}
	return c
}

// Name implements [profile.Channel].
func (c *Channel) Name() string { return profile.ChannelWebhook }

// Add has notices for the actor sent to an address. Its Data has the secret that
// requests are signed with, another one if the address is added again. What others
// have sent to the same address is left alone.
func (c *Channel) Add(ctx context.Context, by profile.Actor, address string) (profile.Endpoint, error) {
	if by.Anonymous() {
		return profile.Endpoint{}, fmt.Errorf("webhook: %w", profile.ErrForbidden)
	}
	plain, err := outbound.CheckURL(address)
	if err != nil || len(address) > 1024 {
		return profile.Endpoint{}, fmt.Errorf("webhook: %w", errs.Field("url", "error.field.url", nil))
	}
	return profile.AddEndpoint(ctx, c.store, profile.Endpoint{
		ID:     profile.EndpointID(c.Name(), by.ID+" "+plain),
		Person: by.ID, Channel: c.Name(), Address: plain, Data: map[string]string{"secret": "whsec_" + rand.Text() + rand.Text()},
		CreatedAt: c.opts.Now().UTC().Truncate(time.Microsecond),
	})
}

// List returns the webhooks of the actor, without their secrets.
func (c *Channel) List(ctx context.Context, by profile.Actor) ([]profile.Endpoint, error) {
	if by.Anonymous() {
		return nil, fmt.Errorf("webhook: %w", profile.ErrForbidden)
	}
	list, err := c.store.Endpoints(ctx, by.ID, c.Name())
	for i := range list {
		list[i].Data = nil
	}
	return list, err
}

// Remove ends a webhook of the actor.
func (c *Channel) Remove(ctx context.Context, by profile.Actor, id string) error {
	if by.Anonymous() || id == "" {
		return fmt.Errorf("webhook %q: %w", id, profile.ErrNotFound)
	}
	n, err := c.store.RemoveEndpoints(ctx, profile.EndpointQuery{ID: id, Person: by.ID, Channel: c.Name()})
	if err == nil && n == 0 {
		err = profile.ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("webhook %q: %w", id, err)
	}
	return nil
}

type wireMessage struct {
	Key    string     `json:"key"`
	Line   string     `json:"line"`
	Digest string     `json:"digest,omitempty"`
	Items  []wireItem `json:"items"`
}

type wireItem struct {
	ID    string    `json:"id"`
	Kind  string    `json:"kind"`
	Title string    `json:"title"`
	Body  string    `json:"body,omitempty"`
	URL   string    `json:"url"`
	At    time.Time `json:"at"`
}

// Send implements [profile.Channel].
func (c *Channel) Send(ctx context.Context, m profile.Message) error {
	if c.opts.May != nil {
		may, err := c.opts.May(ctx, m.To.ID)
		if err != nil {
			return fmt.Errorf("webhook: %w", err)
		}
		if !may {
			return profile.Permanent(fmt.Errorf("webhook: of somebody who may have none any more: %w", profile.ErrForbidden))
		}
	}
	out := wireMessage{Key: m.Key, Line: profile.OneLine(m.Line), Digest: string(m.Digest)}
	for _, i := range m.Items {
		out.Items = append(out.Items, wireItem{i.ID, i.Kind, profile.OneLine(i.Title), profile.OneLine(i.Body), i.URL, i.At})
	}
	body, err := json.Marshal(out)
	if err != nil {
		return profile.Permanent(errors.New("webhook: the message cannot be written"))
	}
	return profile.SendEach(ctx, c.store, m.To.ID, c.Name(), func(e profile.Endpoint) error { return c.call(ctx, e, m.Key, body) })
}

func (c *Channel) call(ctx context.Context, e profile.Endpoint, key string, body []byte) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, e.Address, bytes.NewReader(body))
	if err != nil {
		return profile.Permanent(errors.New("webhook: the address is not valid"))
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "stoa-webhook/1")
	r.Header.Set("Stoa-Delivery", key)
	r.Header.Set("Stoa-Signature", Sign(e.Data["secret"], body, c.opts.Now()))
	status, header, err := outbound.Do(c.opts.Client, r)
	if err != nil {
		return fmt.Errorf("webhook: %w", err)
	}
	return judge(status, outbound.RetryAfter(header, c.opts.Now()))
}

// judge is what an answer means. An address that is gone is forgotten.
func judge(status int, wait time.Duration) error {
	fault := fmt.Errorf("webhook: the receiver answered with status %d", status)
	switch {
	case status >= 200 && status < 300:
		return nil
	case status == http.StatusGone:
		return fmt.Errorf("%w: %w", fault, profile.ErrNotFound)
	case wait > 0:
		return profile.RetryAfter(fault, wait)
	case status == http.StatusRequestTimeout, status == http.StatusTooEarly, status == http.StatusTooManyRequests, status >= 500:
		return fault
	}
	return profile.Permanent(fault)
}

// Sign returns the Stoa-Signature of a body: "t=UNIX,v1=HEX", the HMAC-SHA-256
// of the seconds since 1970, a dot and the body.
func Sign(secret string, body []byte, at time.Time) string {
	seconds := strconv.FormatInt(at.Unix(), 10)
	sum, _ := mac(secret, seconds, bytes.NewReader(body)) // which cannot fail
	return "t=" + seconds + ",v1=" + hex.EncodeToString(sum)
}

func mac(secret, seconds string, body io.Reader) ([]byte, error) {
	h := hmac.New(sha256.New, []byte(secret))
	h.Write([]byte(seconds + "."))
	_, err := io.Copy(h, body)
	return h.Sum(nil), err
}

// Window is how far the clocks of a sender and a receiver may be apart.
const Window = 5 * time.Minute

// Verify is for receivers: it returns profile.ErrForbidden unless the signature
// is that of the body, made with the secret within [Window] of now.
func Verify(secret, signature string, body []byte, now time.Time) error {
	return VerifyReader(secret, signature, bytes.NewReader(body), now)
}

// VerifyReader is [Verify] for a body that is not in memory.
func VerifyReader(secret, signature string, body io.Reader, now time.Time) error {
	fault := fmt.Errorf("webhook signature: %w", profile.ErrForbidden)
	stamp, sum, ok := strings.Cut(signature, ",")
	seconds, stamped := strings.CutPrefix(stamp, "t=")
	text, versioned := strings.CutPrefix(sum, "v1=")
	given, err := hex.DecodeString(text)
	if !ok || !stamped || !versioned || err != nil || secret == "" {
		return fault
	}
	at, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil || now.Sub(time.Unix(at, 0)).Abs() > Window {
		return fault
	}
	right, err := mac(secret, seconds, body)
	if err != nil {
		return fmt.Errorf("webhook signature: %w", err)
	}
	if !hmac.Equal(given, right) {
		return fault
	}
	return nil
}

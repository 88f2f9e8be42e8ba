// Package mailhookcases takes mail that somebody else received, by HTTP.
//
//	hook, err := mailhookcases.NewSigned(receive, mailhookcases.Options{Secrets: []string{secret}})
//	mux.Handle("POST /hooks/mail", hook)
//
// There are three forms: our own, for a mail server's script ([NewSigned]), and the
// raw ones of Mailgun's routes ([NewMailgun]) and of Postmark's inbound streams
// ([NewPostmark]). Each proves that it knows the secret. What was taken is answered
// with 200 once receive has returned nil; what fails with 503, after which the
// sender tries again, with the same [Envelope] Key. What receive calls errs.Invalid
// is refused in the way that has the sender not try again.
//
// The hooks belong on a server with TLS: who can read a request can send it again,
// to no effect but what receive makes of a key that it knows.
package mailhookcases

import (
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/mailin"
	"github.com/stoa-go/stoa/profile/webhookprofile"
)

// Receive takes a mail as it came; an errs.Invalid error refuses it for good.
type Receive = mailin.Receive

// Envelope is what is known of a mail beside what is in it.
type Envelope = mailin.Envelope

// Options adjust a hook.
type Options struct {
	// Secrets are what requests may be proved with, each at least 16 bytes:
	// required, several while one replaces another.
	Secrets []string

	MaxSize int64            // bytes of a mail; 0 means 25 MiB
	AtOnce  int              // requests; the others are told to come back; 0 means 10
	Dir     string           // where large mails are while they are taken; empty means the system's folder for that
	Now     func() time.Time // nil means time.Now
	Logger  *slog.Logger     // nil discards logs
}

// A hook takes mails in some form.
type hook struct {
	opts    Options
	receive Receive
	busy    chan struct{}
	never   int // status that has the sender not try again
	open    func(h *hook, r *http.Request) (*mailin.Spool, Envelope, error)
}

// What is wrong with a request.
var (
	errProof = errors.New("the request does not prove that it knows the secret")
	errForm  = errors.New("the request has no mail in it")
)

const minSecret = 16

func newHook(receive Receive, o Options, never int, open func(*hook, *http.Request) (*mailin.Spool, Envelope, error)) (http.Handler, error) {
	short := func(s string) bool { return len(s) < minSecret }
	if receive == nil || len(o.Secrets) == 0 || slices.ContainsFunc(o.Secrets, short) {
		return nil, errors.New("mailhookcases: whom to give mails, and secrets of 16 bytes, are required")
	}
	if o.MaxSize == 0 {
		o.MaxSize = 25 << 20
	}
	if o.AtOnce == 0 {
		o.AtOnce = 10
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	o.Secrets = slices.Clone(o.Secrets)
	return &hook{o, receive, make(chan struct{}, o.AtOnce), never, open}, nil
}

// ServeHTTP implements [http.Handler].
func (h *hook) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		http.Error(w, "", http.StatusMethodNotAllowed)
		return
	}
	select {
	case h.busy <- struct{}{}:
		defer func() { <-h.busy }()
	default:
		w.Header().Set("Retry-After", "30")
		http.Error(w, "", http.StatusServiceUnavailable)
		return
	}
	status, err := h.take(w, r)
	if err != nil {
		h.opts.Logger.WarnContext(r.Context(), "mail not taken", "status", status, "err", err)
		http.Error(w, http.StatusText(status), status)
	}
}

func (h *hook) take(w http.ResponseWriter, r *http.Request) (int, error) {
	// Encoded as JSON or as a form, a mail is at most so much larger, as a rule.
	r.Body = http.MaxBytesReader(w, r.Body, 2*h.opts.MaxSize+64<<10)
	spool, e, err := h.open(h, r)
	if err != nil {
		return h.status(err), err
	}
	defer spool.Close() //nolint:errcheck // it was only read
	if err := h.receive(r.Context(), spool.Reader(), e); err != nil {
		if errors.Is(err, errs.Invalid) {
			return h.never, err
		}
		return http.StatusServiceUnavailable, err
	}
	return http.StatusOK, nil
}

func (h *hook) status(err error) int {
	_, tooMuch := errors.AsType[*http.MaxBytesError](err)
	switch {
	case errors.Is(err, errProof):
		return http.StatusUnauthorized
	case tooMuch, errors.Is(err, mailin.ErrTooLarge):
		return http.StatusRequestEntityTooLarge
	case errors.Is(err, errForm):
		return http.StatusBadRequest
	}
	return http.StatusServiceUnavailable
}

func (h *hook) spool(r io.Reader) (*mailin.Spool, error) {
	return mailin.NewSpool(r, h.opts.MaxSize, h.opts.Dir)
}

// knows reports whether a secret is one of ours, in the same time for any.
func (h *hook) knows(secret string) bool {
	given, found := sha256.Sum256([]byte(secret)), 0
	for _, s := range h.opts.Secrets {
		sum := sha256.Sum256([]byte(s))
		found |= subtle.ConstantTimeCompare(given[:], sum[:])
	}
	return found == 1
}

// NewSigned returns a hook whose requests are a mail and nothing else, signed in
// their header Stoa-Signature as [webhookprofile.Sign] does, within
// [webhookprofile.Window]. A mail that is sent again is known by its content. A
// refusal for good has status 422.
func NewSigned(receive Receive, o Options) (http.Handler, error) {
	return newHook(receive, o, http.StatusUnprocessableEntity, signed)
}

func signed(h *hook, r *http.Request) (*mailin.Spool, Envelope, error) {
	signature := r.Header.Get("Stoa-Signature")
	if signature == "" {
		return nil, Envelope{}, errProof
	}
	spool, err := h.spool(r.Body)
	if err != nil {
		return nil, Envelope{}, err
	}
	for _, secret := range h.opts.Secrets {
		if webhookprofile.VerifyReader(secret, signature, spool.Reader(), h.opts.Now()) == nil {
			return spool, Envelope{Key: mailin.KeyOf("webhook", spool.Sum), Driver: "webhook", Remote: r.RemoteAddr}, nil
		}
	}
	return nil, Envelope{}, errors.Join(errProof, spool.Close())
}

// Package httpembed has texts embedded by a service that speaks HTTP: OpenAI's
// form (https://api.openai.com/v1/embeddings and the many that do the same) or
// that of Ollama (http://localhost:11434/api/embed).
package httpembed

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/outbound"
	"github.com/stoa-go/stoa/search"
)

// Options say where texts are embedded.
type Options struct {
	URL       string        // of the endpoint itself; https unless Inside
	Model     string        // its name there
	Dimension int           // numbers of a vector; 0 means as many as come
	Key       string        // sent as a bearer token; empty means none
	Inside    bool          // the service is in one's own network or on this machine
	Timeout   time.Duration // of one request; 0 means 30 seconds
	Tries     int           // how often a request is tried that the service may take later; 0 means 3
	Wait      time.Duration // before the second try, doubled for each further one; 0 means a second
	Longest   int           // bytes of a text that are sent; 0 means 8,000
	Client    *http.Client  // nil means one that reaches the public internet, or anything if Inside
}

// An Embedder asks one endpoint. It is safe for concurrent use.
type Embedder struct {
	opts Options
}

var _ search.Embedder = (*Embedder)(nil)

// maxAnswer is how long an answer may be.
const maxAnswer = 64 << 20

// New returns an embedder. Nothing is sent before it is asked to embed.
func New(o Options) (*Embedder, error) {
	u, err := url.Parse(o.URL)
	if err != nil || u.Host == "" || u.Scheme != "https" && !(o.Inside && u.Scheme == "http") {
		return nil, fmt.Errorf("address of the service that embeds: https, or http in one's own network: %w", errs.Invalid)
	}
	if o.Model == "" {
		return nil, fmt.Errorf("a service that embeds needs the name of a model: %w", errs.Invalid)
	}
	set := func(d *time.Duration, v time.Duration) {
		if *d <= 0 {
			*d = v
		}
	}
	set(&o.Timeout, 30*time.Second)
	set(&o.Wait, time.Second)
	if o.Tries <= 0 {
		o.Tries = 3
	}
	if o.Longest <= 0 {
		o.Longest = 8000
	}
	if o.Client == nil {
		to := &outbound.Options{Timeout: o.Timeout}
		if o.Inside {
			to.Allow = func(netip.Addr) bool { return true }
		}
		o.Client = outbound.NewClient(to)
	}
	return &Embedder{opts: o}, nil
}

// Model implements [search.Embedder].
func (e *Embedder) Model() (string, int) { return e.opts.Model, e.opts.Dimension }

// Embed implements [search.Embedder].
func (e *Embedder) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	if err := ctx.Err(); err != nil || len(texts) == 0 {
		return nil, err
	}
	body, err := json.Marshal(e.request(texts))
	if err != nil {
		return nil, fmt.Errorf("embed: %w", err)
	}
	wait := e.opts.Wait
	for try := 1; ; try++ {
		out, after, err := e.once(ctx, body, len(texts))
		if err == nil {
			return out, nil
		}
		if try == e.opts.Tries || !errors.Is(err, errs.Unavailable) {
			return nil, err
		}
		if err := rest(ctx, max(wait, after)); err != nil {
			return nil, err
		}
		wait *= 2
	}
}

// A request is what both forms ask for.
type request struct {
	Model     string   `json:"model"`
	Input     []string `json:"input"`
	Dimension int      `json:"dimensions,omitempty"`
}

func (e *Embedder) request(texts []string) request {
	r := request{Model: e.opts.Model, Dimension: e.opts.Dimension}
	for _, text := range texts {
		if len(text) > e.opts.Longest {
			end := e.opts.Longest
			for end > 0 && !utf8.RuneStart(text[end]) {
				end--
			}
			text = text[:end]
		}
		if text == "" {
			text = " " // nothing is refused by some
		}
		r.Input = append(r.Input, text)
	}
	return r
}

// once sends a request. The error matches Unavailable if it may be sent again,
// after a time that the service may have named.
func (e *Embedder) once(ctx context.Context, body []byte, n int) ([][]float32, time.Duration, error) {
	bounded, cancel := context.WithTimeout(ctx, e.opts.Timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(bounded, http.MethodPost, e.opts.URL, bytes.NewReader(body))
	if err != nil {
		return nil, 0, fmt.Errorf("embed: %w", errs.Invalid)
	}
	req.Header.Set("Content-Type", "application/json")
	if e.opts.Key != "" {
		req.Header.Set("Authorization", "Bearer "+e.opts.Key)
	}
	res, err := e.opts.Client.Do(req)
	if err != nil {
		if ctx.Err() != nil {
			return nil, 0, ctx.Err()
		}
		return nil, 0, fmt.Errorf("the service that embeds cannot be reached: %w", errs.Unavailable) // its address may be a secret
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		class := errs.Invalid
		if res.StatusCode == http.StatusTooManyRequests || res.StatusCode >= http.StatusInternalServerError {
			class = errs.Unavailable
		}
		return nil, outbound.RetryAfter(res.Header, time.Now()), fmt.Errorf("the service that embeds answers %d: %w", res.StatusCode, class)
	}
	out, err := read(io.LimitReader(res.Body, maxAnswer), n)
	if err != nil && ctx.Err() != nil {
		err = ctx.Err()
	}
	return out, 0, err
}

// An answer is one of either form.
type answer struct {
	Data []struct {
		Index     int       `json:"index"`
		Embedding []float32 `json:"embedding"`
	} `json:"data"`
	Embeddings [][]float32 `json:"embeddings"`
}

func read(r io.Reader, n int) ([][]float32, error) {
	var a answer
	if err := json.NewDecoder(r).Decode(&a); err != nil {
		return nil, fmt.Errorf("the service that embeds sends what cannot be read: %w", errs.Unavailable)
	}
	out := a.Embeddings
	if len(a.Data) > 0 {
		out = make([][]float32, n)
		for _, d := range a.Data {
			if d.Index < 0 || d.Index >= n {
				return nil, fmt.Errorf("the service that embeds sends vector %d of %d: %w", d.Index, n, errs.Invalid)
			}
			out[d.Index] = d.Embedding
		}
	}
	if len(out) != n || slices.ContainsFunc(out, func(v []float32) bool { return len(v) == 0 || len(v) != len(out[0]) }) {
		return nil, fmt.Errorf("the service that embeds sends other than %d vectors of one dimension: %w", n, errs.Invalid)
	}
	return out, nil
}

// rest waits, but not for what the context will not see the end of.
func rest(ctx context.Context, d time.Duration) error {
	if end, ok := ctx.Deadline(); ok && time.Until(end) < d {
		return fmt.Errorf("the service that embeds is busy for longer than there is time: %w", errs.Unavailable)
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

package opensearchsearch

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/opensearch-project/opensearch-go/v4"

	"github.com/stoa-go/stoa/search"
)

// maxAnswer is how many bytes of an answer are read: more than fifty of the
// longest documents.
const maxAnswer = 256 << 20

// A client speaks with the server.
type client struct {
	*opensearch.Client

	limit time.Duration // how long one request may take
}

func newClient(o Options) (client, error) {
	no := false
	c, err := opensearch.NewClient(opensearch.Config{
		Addresses: o.Addresses, Username: o.Username, Password: o.Password, CACert: o.CACert, Transport: o.Transport,
		// Whoever called tries again, and knows for how long that makes sense.
		DisableRetry: true, DiscoverNodesOnStart: &no, HealthCheckMaxRetries: -1,
	})
	if err != nil {
		return client{}, fmt.Errorf("opensearchsearch: %w: %w", err, search.ErrInvalid)
	}
	return client{c, o.Write}, nil
}

// A refusal is what the server says instead of doing what it was asked to.
type refusal struct {
	status int
	kind   string // such as "index_not_found_exception"
	reason string
}

func (r *refusal) Error() string {
	return fmt.Sprintf("the server says %d %s: %s", r.status, r.kind, r.reason)
}

// Unwrap returns the class of the refusal: what the caller can do about it.
func (r *refusal) Unwrap() error {
	switch {
	case r.status == http.StatusTooManyRequests, r.kind == "circuit_breaking_exception":
		return search.ErrTooMany
	case r.missing():
		return search.ErrRebuild
	case r.status == http.StatusConflict:
		return search.ErrConflict
	case r.status == http.StatusBadRequest, r.status == http.StatusRequestEntityTooLarge:
		return search.ErrInvalid
	}
	return search.ErrUnavailable // credentials that are not taken included: somebody has to mend them
}

// missing reports whether there is no such index or alias.
func (r *refusal) missing() bool {
	return r.kind == "index_not_found_exception" || r.kind == "aliases_not_found_exception"
}

// refused returns the refusal that an error is, or nil.
func refused(err error) *refusal {
	r, _ := errors.AsType[*refusal](err)
	return r
}

// call sends a request and reads the JSON of the answer into out. Errors are of
// a class of package search, or the context's.
func (c client) call(ctx context.Context, method, path string, query url.Values, body []byte, out any) error {
	bounded, cancel := context.WithTimeout(ctx, c.limit)
	defer cancel()
	status, data, err := c.exchange(bounded, method, path, query, body)
	if ctx.Err() != nil {
		return fmt.Errorf("%s %s: %w", method, path, ctx.Err())
	}
	if err == nil && status >= http.StatusBadRequest {
		err = refusalOf(status, data)
	} else if err == nil {
		err = decode(data, out)
	}
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	return nil
}

func (c client) exchange(ctx context.Context, method, path string, query url.Values, body []byte) (status int, data []byte, err error) {
	req, err := http.NewRequestWithContext(ctx, method, path, bytes.NewReader(body))
	if err != nil {
		return 0, nil, fmt.Errorf("request: %w", err)
	}
	req.URL.RawQuery = query.Encode()
	if len(body) > 0 {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := c.Stream(req)
	if resp == nil {
		return 0, nil, fmt.Errorf("%w: %w", search.ErrUnavailable, err)
	}
	defer func() { _ = resp.Body.Close() }() // it was read or is of no use
	data, err = io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err == nil && len(data) > maxAnswer {
		err = errors.New("the answer is too long")
	}
	if err != nil {
		return 0, nil, fmt.Errorf("%w: %w", search.ErrUnavailable, err)
	}
	return resp.StatusCode, data, nil
}

// decode reads an answer. One that is not what the server sends, perhaps a page
// of a proxy before it, is as good as none.
func decode(data []byte, out any) error {
	if err := json.Unmarshal(data, out); err != nil {
		return fmt.Errorf("%w: an answer that is not understood: %w", search.ErrUnavailable, err)
	}
	return nil
}

func refusalOf(status int, data []byte) error {
	var told struct {
		Error struct {
			Type   string `json:"type"`
			Reason string `json:"reason"`
		} `json:"error"`
	}
	_ = json.Unmarshal(data, &told) // what says nothing is told apart by its status
	return &refusal{status: status, kind: told.Error.Type, reason: told.Error.Reason}
}

// An object is a part of a request. Whatever a person typed is a value in one
// and never part of a language.
type object map[string]any

func (o object) bytes() ([]byte, error) {
	data, err := json.Marshal(o)
	if err != nil {
		return nil, fmt.Errorf("request: %w: %w", search.ErrInvalid, err)
	}
	return data, nil
}

// send is call with an object for a body.
func (c client) send(ctx context.Context, method, path string, query url.Values, body object, out any) error {
	data, err := body.bytes()
	if err != nil {
		return err
	}
	return c.call(ctx, method, path, query, data, out)
}

// shards is what the server says of the parts of an index that it asked.
type shards struct {
	Total      int `json:"total"`
	Successful int `json:"successful"`
	Failed     int `json:"failed"`
}

// check returns an error if not all of an index was asked.
func (s *shards) check() error {
	if s == nil || s.Failed > 0 || s.Successful == 0 {
		return fmt.Errorf("%w: a part of the index did not answer", search.ErrUnavailable)
	}
	return nil
}

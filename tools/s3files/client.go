package s3files

import (
	"cmp"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
)

// The errors of Files match one of these, fs.ErrNotExist or fs.ErrInvalid.
var (
	ErrUnavailable = errs.Unavailable // the server did not do it
	ErrInvalid     = errs.Invalid     // the address is none
)

// Options say who asks, and how.
type Options struct {
	Region string       // "eu-central-1"; empty means "us-east-1", which servers other than Amazon's take
	Key    string       // the access key's ID
	Secret string       // the secret access key
	Token  string       // of temporary credentials; empty means none
	Client *http.Client // nil means one that waits a minute for a server to answer

	Now func() time.Time // nil means time.Now; servers refuse requests a quarter of an hour off
}

// A client speaks with one bucket.
type client struct {
	base   url.URL // of the bucket, with a slash at the end
	prefix string  // what names of objects begin with
	signer signer
	http   *http.Client
	now    func() time.Time
}

// newClient reads the address of a bucket.
func newClient(address string, o Options) (*client, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, fmt.Errorf("s3: the address of a bucket is https://HOST/BUCKET/PREFIX: %w", ErrInvalid)
	}
	bucket, prefix, _ := strings.Cut(strings.TrimPrefix(u.Path, "/"), "/")
	if bucket == "" {
		return nil, fmt.Errorf("s3: no bucket in %q: %w", address, ErrInvalid)
	}
	if prefix != "" && !strings.HasSuffix(prefix, "/") {
		prefix += "/"
	}
	if o.Client == nil {
		t := http.DefaultTransport.(*http.Transport).Clone()
		t.ResponseHeaderTimeout = time.Minute
		o.Client = &http.Client{Transport: t, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &client{
		base: url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/" + bucket}, prefix: prefix, http: o.Client, now: o.Now,
		signer: signer{cmp.Or(o.Region, "us-east-1"), "s3", o.Key, o.Secret, o.Token},
	}, nil
}

// A request is one of the few that there are.
type request struct {
	method, object string // the object's name without the prefix; empty is the bucket
	query          url.Values
	body           io.Reader
	size           int64
	sum            string // of the body, in hex; empty means that there is none
	from           int64  // of the object
}

// do sends a request. Who gets an answer closes its body.
func (c *client) do(ctx context.Context, q request) (*http.Response, error) {
	u := c.base
	if q.object != "" {
		u.Path += "/" + c.prefix + q.object
	}
	u.RawPath = escape(u.Path, true)
	u.RawQuery = query(q.query)
	r, err := http.NewRequestWithContext(ctx, q.method, u.String(), q.body)
	if err != nil {
		return nil, err
	}
	if r.ContentLength = q.size; q.size == 0 {
		r.Body = nil
	}
	if q.from > 0 {
		r.Header.Set("Range", "bytes="+strconv.FormatInt(q.from, 10)+"-")
	}
	c.signer.sign(r, cmp.Or(q.sum, noBody), c.now())
	answer, err := c.http.Do(r)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, fmt.Errorf("s3: %w: %w", ErrUnavailable, err)
	}
	want := http.StatusOK
	if q.from > 0 {
		want = http.StatusPartialContent
	}
	if answer.StatusCode == want || q.method == http.MethodDelete && answer.StatusCode == http.StatusNoContent {
		return answer, nil
	}
	defer answer.Body.Close() //nolint:errcheck // it was only read
	return nil, c.refused(q, answer)
}

// refused says what became of a request in an error.
func (c *client) refused(q request, answer *http.Response) error {
	var said struct{ Code, Message string }
	_ = xml.NewDecoder(io.LimitReader(answer.Body, 64<<10)).Decode(&said) // the status says enough
	class := ErrUnavailable
	if answer.StatusCode == http.StatusNotFound && said.Code != "NoSuchBucket" && q.object != "" {
		class = fs.ErrNotExist
	}
	return fmt.Errorf("s3: %s %s: %s %s: %w", q.method, q.object, answer.Status, said.Code, class)
}

// An object is what a list tells of one.
type object struct {
	Key          string
	LastModified time.Time
	Size         int64
}

// list yields the objects whose names begin with prefix, above after, in order.
func (c *client) list(ctx context.Context, prefix, after string, page int, yield func(object) bool) error {
	q := url.Values{"list-type": {"2"}, "prefix": {c.prefix + prefix}, "max-keys": {strconv.Itoa(page)}}
	if after != "" {
		q.Set("start-after", c.prefix+after)
	}
	for {
		var found struct {
			Contents              []object
			IsTruncated           bool
			NextContinuationToken string
		}
		answer, err := c.do(ctx, request{method: http.MethodGet, query: q})
		if err != nil {
			return err
		}
		err = xml.NewDecoder(io.LimitReader(answer.Body, 8<<20)).Decode(&found)
		if err = errors.Join(err, answer.Body.Close()); err != nil {
			return fmt.Errorf("s3: list: %w: %w", ErrUnavailable, err)
		}
		for _, o := range found.Contents {
			name, ok := strings.CutPrefix(o.Key, c.prefix)
			if o.Key = name; ok && !yield(o) {
				return nil
			}
		}
		if !found.IsTruncated || found.NextContinuationToken == "" {
			return nil
		}
		q.Set("continuation-token", found.NextContinuationToken)
	}
}

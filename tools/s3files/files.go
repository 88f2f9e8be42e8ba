package s3files

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/stoa-go/stoa/internal/blob"
)

// Files are files in a bucket.
type Files struct{ c *client }

var _ blob.Files = (*Files)(nil)

// New returns the files in the bucket at an address,
// "https://HOST/BUCKET/PREFIX/". It asks the server nothing yet.
func New(address string, opts Options) (*Files, error) {
	c, err := newClient(address, opts)
	if err != nil {
		return nil, err
	}
	return &Files{c}, nil
}

// Check returns an error that says why the bucket cannot be used, if so.
func (f *Files) Check(ctx context.Context) error {
	return f.c.list(ctx, "", "", 1, func(object) bool { return false })
}

// Names of objects are KEY!TIME-RANDOM, in the order of keys, and then of time:
// what is between comes before all that keys are made of.
const (
	mark     = "!"
	timeForm = "20060102t150405.000000"
)

func name(key string, at time.Time) string {
	return key + mark + at.UTC().Format(timeForm) + "-" + strings.ToLower(rand.Text())
}

// putAt returns when an object was put under which key.
func putAt(name string) (key string, at time.Time, ok bool) {
	key, rest, _ := strings.Cut(name, mark)
	stamp, _, _ := strings.Cut(rest, "-")
	at, err := time.Parse(timeForm, stamp)
	return key, at, err == nil && blob.IsKey(key)
}

// Put implements [blob.Files]. The content goes through a file of the system's,
// as the server must be told beforehand how much it is and what its sum.
func (f *Files) Put(ctx context.Context, key string, r io.Reader) error {
	if !blob.IsKey(key) {
		return fmt.Errorf("put %q: %w", key, fs.ErrInvalid)
	}
	spool, err := os.CreateTemp("", "s3-*")
	if err != nil {
		return err
	}
	defer os.Remove(spool.Name()) //nolint:errcheck // where the system allows it, it is gone already
	defer spool.Close()           //nolint:errcheck // what was sent was whole
	sum := sha256.New()
	size, err := io.Copy(io.MultiWriter(spool, sum), r)
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return err
	}
	answer, err := f.c.do(ctx, request{
		method: http.MethodPut, object: name(key, f.c.now()),
		body: io.NewSectionReader(spool, 0, size), size: size, sum: hex.EncodeToString(sum.Sum(nil)),
	})
	if err != nil {
		return err
	}
	return answer.Body.Close()
}

// versions returns what was put under a key, and of it the newest.
func (f *Files) versions(ctx context.Context, key string) (all []object, newest object, err error) {
	if !blob.IsKey(key) {
		return nil, object{}, nil
	}
	err = f.c.list(ctx, key+mark, "", 1000, func(o object) bool {
		if _, _, ok := putAt(o.Key); !ok {
			return true
		}
		if all = append(all, o); !o.LastModified.Before(newest.LastModified) {
			newest = o // of a second, by name
		}
		return true
	})
	return all, newest, err
}

// Open implements [blob.Files].
func (f *Files) Open(ctx context.Context, key string) (io.ReadSeekCloser, error) {
	_, newest, err := f.versions(ctx, key)
	if err != nil {
		return nil, err
	}
	if newest.Key == "" {
		return nil, fmt.Errorf("open %q: %w", key, fs.ErrNotExist)
	}
	r := &reader{ctx: ctx, c: f.c, object: newest}
	return r, r.begin()
}

// Remove implements [blob.Files]. Nothing is overwritten, so what is there since
// is another object.
func (f *Files) Remove(ctx context.Context, key string, before time.Time) error {
	all, _, err := f.versions(ctx, key)
	if err != nil {
		return err
	}
	for _, o := range all {
		if _, at, _ := putAt(o.Key); !at.Before(before) {
			continue
		}
		if err := f.remove(ctx, o.Key); err != nil {
			return err
		}
	}
	return nil
}

func (f *Files) remove(ctx context.Context, name string) error {
	answer, err := f.c.do(ctx, request{method: http.MethodDelete, object: name})
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return answer.Body.Close()
}

// Keys implements [blob.Files]. A key is listed if the newest that was put under
// it is old enough.
func (f *Files) Keys(ctx context.Context, before time.Time, after string, limit int) ([]string, error) {
	var out []string
	key, newest := "", time.Time{}
	done := func() bool {
		if key != "" && newest.Before(before) {
			out = append(out, key)
		}
		return len(out) >= limit
	}
	if limit <= 0 {
		return nil, nil
	}
	if after != "" {
		after += mark + "~" // comes after every time
	}
	full := false
	err := f.c.list(ctx, "", after, 1000, func(o object) bool {
		k, at, ok := putAt(o.Key)
		if !ok {
			return true
		}
		if k != key {
			if full = done(); full {
				return false
			}
			key, newest = k, at
		}
		newest = at // names are in the order of time
		return true
	})
	if err != nil {
		return nil, err
	}
	if !full {
		done()
	}
	return out, nil
}

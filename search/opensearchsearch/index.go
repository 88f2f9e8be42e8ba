package opensearchsearch

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/internal/lexis"
)

// An Index is a [search.Index] on a server. Make one with [Open].
type Index struct {
	opts    Options // filled
	client  client
	library lexis.Library
	form    string
	name    string        // what it is addressed by: the alias, or an index that is being filled
	owner   string        // this instance among those that write
	parent  *Index        // whom Fresh was called on, nil if that is none
	writing chan struct{} // holds a value while somebody writes
	known   *known
	closed  atomic.Bool

	starting chan struct{} // holds a value while the index is made
	started  atomic.Bool   // whether the alias was there once

	mu       sync.Mutex // guards what follows
	outline  *outline   // nil if it is to be asked for
	outlines int        // how often it was forgotten
	retired  []retired  // indexes that are removed when no search can be in them
}

var (
	_ search.Index   = (*Index)(nil)
	_ search.Stemmer = (*Index)(nil)
)

// Open returns the index at a server, which it does not ask for anything yet:
// until the server answers, calls return errors that match
// [search.ErrUnavailable], and the first that it answers makes an empty index if
// there is none.
func Open(opts Options) (*Index, error) {
	o, err := opts.filled()
	if err != nil {
		return nil, err
	}
	c, err := newClient(o)
	if err != nil {
		return nil, err
	}
	lib, err := lexis.NewLibrary()
	if err != nil {
		return nil, fmt.Errorf("opensearchsearch: %w", err)
	}
	return newIndex(&Index{opts: o, client: c, library: lib, form: form(lib), name: o.Prefix, owner: token()}), nil
}

func newIndex(x *Index) *Index {
	x.writing, x.starting = make(chan struct{}, 1), make(chan struct{}, 1)
	x.known = &known{places: map[string]place{}}
	return x
}

// token returns what nobody else has.
func token() string {
	var b [4]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// ready returns an error if the index cannot be asked, and makes it if there was
// none when this instance first came.
func (x *Index) ready(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if x.closed.Load() {
		return fmt.Errorf("opensearchsearch: closed: %w", search.ErrUnavailable)
	}
	if x.parent != nil || x.started.Load() {
		return nil
	}
	select {
	case x.starting <- struct{}{}:
		defer func() { <-x.starting }()
	case <-ctx.Done():
		return ctx.Err()
	}
	if x.started.Load() {
		return nil
	}
	if err := x.start(ctx); err != nil {
		return x.say(err)
	}
	x.started.Store(true)
	return nil
}

// start makes the first index, with its alias, unless there is one.
func (x *Index) start(ctx context.Context) error {
	holders, err := x.holders(ctx, x.name)
	if slices.Contains(holders, x.name) {
		return fmt.Errorf("%w: %q is the name of an index where an alias should be: choose another prefix or delete that index", search.ErrConflict, x.name)
	}
	if err != nil || len(holders) > 0 {
		return err
	}
	body := schema()
	body["aliases"] = object{x.name: object{}}
	err = x.create(ctx, x.name+"-"+firstName, body)
	if r := refused(err); r == nil || r.kind != "resource_already_exists_exception" {
		return err
	}
	holders, err = x.holders(ctx, x.name) // another instance may have made it
	if err == nil && len(holders) == 0 {
		x.opts.Logger.WarnContext(ctx, "there are indexes but no alias: the search index is filled anew", "alias", x.name)
	}
	return err
}

func (x *Index) create(ctx context.Context, name string, body object) error {
	var got struct {
		Acknowledged bool `json:"acknowledged"`
	}
	if err := x.client.send(ctx, http.MethodPut, "/"+name, nil, body, &got); err != nil {
		return err
	}
	if !got.Acknowledged {
		return fmt.Errorf("%w: the index %s was not made in time", search.ErrUnavailable, name)
	}
	return nil
}

// firstName is the name of the first index after its prefix: the same for all
// instances that come at once.
const firstName = "first"

// ours reports whether an index of some name was made under this prefix.
func (x *Index) ours(name string) bool {
	return regexp.MustCompile(`^` + regexp.QuoteMeta(x.opts.Prefix) + `-(` + firstName + `|[0-9]{14}-[0-9a-f]{8})$`).MatchString(name)
}

// holders returns the indexes that an alias is of, or an index itself.
func (x *Index) holders(ctx context.Context, name string) ([]string, error) {
	var got map[string]struct{}
	err := x.client.call(ctx, http.MethodGet, "/"+name+"/_alias", nil, nil, &got)
	if r := refused(err); r != nil && r.status == http.StatusNotFound {
		return nil, nil
	}
	return slices.Sorted(maps.Keys(got)), err
}

// say adds to an error what somebody can do about it.
func (x *Index) say(err error) error {
	r := refused(err)
	switch {
	case err == nil:
		return nil
	case r != nil && (r.status == http.StatusUnauthorized || r.status == http.StatusForbidden && r.kind != "cluster_block_exception"):
		return fmt.Errorf("opensearchsearch: %v does not accept the user %q: check name, password and rights on %s and %s-*: %w",
			x.opts.Addresses, x.opts.Username, x.opts.Prefix, x.opts.Prefix, err)
	case r == nil && errors.Is(err, search.ErrUnavailable):
		return fmt.Errorf("opensearchsearch: no OpenSearch or Elasticsearch answers at %v: check the address and that the server runs: %w", x.opts.Addresses, err)
	}
	return fmt.Errorf("opensearchsearch: %w", err)
}

// bounded calls f with as long as a search may take. What takes longer is
// unavailable, unless the caller would not have waited for it either.
func (x *Index) bounded(ctx context.Context, f func(context.Context) error) error {
	if err := x.ready(ctx); err != nil {
		return err
	}
	short, cancel := context.WithTimeout(ctx, x.opts.Timeout)
	defer cancel()
	err := f(short)
	if ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded) {
		err = fmt.Errorf("%w: no answer in %s: %w", search.ErrUnavailable, x.opts.Timeout, err)
	}
	return x.say(err)
}

// enter waits for a turn to write among the goroutines of this instance.
func (x *Index) enter(ctx context.Context) error {
	if err := x.ready(ctx); err != nil {
		return err
	}
	select {
	case x.writing <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (x *Index) leave() { <-x.writing }

// Cursors implements [search.Index].
func (x *Index) Cursors(ctx context.Context) (map[string]string, error) {
	out := map[string]string{}
	err := x.bounded(ctx, func(ctx context.Context) error {
		s, at, err := x.readState(ctx, x.name)
		if err != nil {
			return err
		}
		x.known.learn(at.Index, s.Cursors)
		maps.Copy(out, s.Cursors)
		return nil
	})
	return out, err
}

// Count implements [search.Index].
func (x *Index) Count(ctx context.Context) (int, error) {
	n := 0
	err := x.bounded(ctx, func(ctx context.Context) (err error) {
		n, err = x.count(ctx, x.name)
		return err
	})
	return n, err
}

func (x *Index) count(ctx context.Context, index string) (int, error) {
	var got struct {
		Count  *int    `json:"count"`
		Shards *shards `json:"_shards"`
	}
	// A document without a group is none, but the state.
	body := object{"query": object{"exists": object{"field": fieldGroup}}}
	if err := x.client.send(ctx, http.MethodPost, "/"+index+"/_count", nil, body, &got); err != nil {
		return 0, err
	}
	if got.Count == nil {
		return 0, fmt.Errorf("%w: a count that is not understood", search.ErrUnavailable)
	}
	return *got.Count, got.Shards.check()
}

// Close implements [search.Index]. A fresh index that was not swapped is removed.
func (x *Index) Close() error {
	if x.closed.Swap(true) {
		return nil
	}
	if x.parent == nil {
		if err := x.client.Close(); err != nil {
			return fmt.Errorf("opensearchsearch: close: %w", err)
		}
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	return x.say(x.remove(ctx, x.name))
}

// remove deletes an index, if it is there.
func (x *Index) remove(ctx context.Context, name string) error {
	var got struct{}
	err := x.client.call(ctx, http.MethodDelete, "/"+name, nil, nil, &got)
	if r := refused(err); r != nil && r.missing() {
		return nil
	}
	return err
}

// Stem implements [search.Stemmer].
func (x *Index) Stem(locale, word string) string { return x.library.Stem(locale, word) }

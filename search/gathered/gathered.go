// Package gathered keeps what a source has gathered elsewhere, such as the pages
// of a site or the files of a folder, and hands it to a search.
//
// Whoever gathers calls [Log.Keep] for each place that it has looked at. A [Log]
// tells a [search.Engine] only what is another than before, over restarts too. It
// is what a [search.Source] consists of but for its name: see websource and
// foldersource.
//
// # Stores
//
// A [Store] is where entries are: [Memory], or [File] for one file of which only
// an index is in memory. One process writes to a store at a time. Prove your own
// with gatheredtest.
package gathered

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/search"
)

// ErrNotFound is for keys that nothing is kept under.
var ErrNotFound = errs.NotFound

// An Entry is what was gathered at one place.
type Entry struct {
	Key      string          `json:"key"`      // the place: an address, a path
	Document search.Document `json:"document"` // what is found there; without an ID nothing is
	Note     string          `json:"note"`     // what whoever gathers wants to know the next time
}

// Empty reports whether there is nothing to keep.
func (e Entry) Empty() bool { return e.Document.ID == "" && e.Note == "" }

// A Touch says when a group last became another.
type Touch struct {
	Group  string
	Number int64 // from 1
}

// A Store keeps entries. Implementations must
//   - be safe for concurrent use, by one process;
//   - keep an entry and the numbers of what it touches together or not at all;
//   - give what is touched numbers above all before, each its own;
//   - pass the suite in package gatheredtest.
type Store interface {
	// Epoch returns the name of this store's past: a store that has lost
	// something has another.
	Epoch(ctx context.Context) (string, error)

	// Put keeps an entry in the place of the one with its key, and gives the
	// groups the next numbers, in their order. One with neither a document nor a
	// note only takes away what was there.
	Put(ctx context.Context, e Entry, groups ...string) error

	// Entry returns what is kept under a key, or an error that matches
	// ErrNotFound.
	Entry(ctx context.Context, key string) (Entry, error)

	// Notes returns the notes of all keys.
	Notes(ctx context.Context) (map[string]string, error)

	// Group returns the entries whose documents are of a group, by key.
	Group(ctx context.Context, group string) ([]Entry, error)

	// Touched returns up to limit groups whose last number is above another, by
	// number, and the highest number that there is. What it has returned is not
	// lost any more.
	Touched(ctx context.Context, above int64, limit int) (list []Touch, last int64, err error)
}

// Options adjust a Log.
type Options struct {
	// Locales are the languages of readers. Those that nobody wrote a document of
	// a group in are served by its first in their order. nil means that a document
	// serves its own alone.
	Locales []string

	// Finish completes a document before it is handed out. nil means that it is
	// complete.
	Finish func(*search.Document)

	// Stamp changes when Finish or Locales do: what was handed out before is then
	// handed out again.
	Stamp string
}

// A Log hands out what has changed in a [Store]. It is safe for concurrent use.
type Log struct {
	store Store
	opts  Options

	keeping sync.Mutex // held while something is kept
	mu      sync.Mutex
	changed chan struct{} // closed at the next change
}

// NewLog returns a log over a store. nil options are the zero ones.
func NewLog(store Store, opts *Options) *Log {
	l := &Log{store: store, changed: make(chan struct{})}
	if opts != nil {
		l.opts = *opts
	}
	if l.opts.Finish == nil {
		l.opts.Finish = func(*search.Document) {}
	}
	return l
}

// Notes returns the notes of all that is kept, by key.
func (l *Log) Notes(ctx context.Context) (map[string]string, error) { return l.store.Notes(ctx) }

// Entry returns what is kept under a key, or an error that matches ErrNotFound.
func (l *Log) Entry(ctx context.Context, key string) (Entry, error) { return l.store.Entry(ctx, key) }

// Keep keeps an entry, and reports whether its document is another than before.
func (l *Log) Keep(ctx context.Context, e Entry) (changed bool, err error) {
	l.keeping.Lock()
	defer l.keeping.Unlock()
	old, err := l.store.Entry(ctx, e.Key)
	known := err == nil
	if err != nil && !errors.Is(err, ErrNotFound) {
		return false, err
	}
	same, err := Alike(old.Document, e.Document)
	if err != nil || known && same && old.Note == e.Note {
		return false, err
	}
	var groups []string
	if !same {
		groups = slices.DeleteFunc([]string{old.Document.Group, e.Document.Group}, func(g string) bool { return g == "" })
		slices.Sort(groups)
		groups = slices.Compact(groups)
	}
	if err := l.store.Put(ctx, e, groups...); err != nil {
		return false, err
	}
	if len(groups) > 0 {
		l.mu.Lock()
		close(l.changed)
		l.changed = make(chan struct{})
		l.mu.Unlock()
	}
	return len(groups) > 0, nil
}

// Changes is [search.Source.Changes].
func (l *Log) Changes(ctx context.Context, after string, limit int) ([]search.Change, string, error) {
	if err := ctx.Err(); err != nil {
		return nil, "", err
	}
	prefix, err := l.prefix(ctx)
	if err != nil {
		return nil, "", err
	}
	above, err := place(prefix, after)
	if err != nil {
		return nil, "", err
	}
	touched, last, err := l.store.Touched(ctx, above, limit)
	if err != nil {
		return nil, "", err
	}
	if above > last {
		return nil, "", fmt.Errorf("cursor %q is of another past: %w", after, search.ErrRebuild)
	}
	changes := make([]search.Change, 0, len(touched))
	for _, t := range touched {
		docs, err := l.documents(ctx, t.Group)
		if err != nil {
			return nil, "", err
		}
		changes, above = append(changes, search.Change{Group: t.Group, Documents: docs}), t.Number
	}
	return changes, prefix + strconv.FormatInt(above, 10), nil
}

// place returns the number that a cursor stands at.
func place(prefix, cursor string) (int64, error) {
	if cursor == "" {
		return 0, nil
	}
	number, ok := strings.CutPrefix(cursor, prefix)
	n, err := strconv.ParseInt(number, 10, 64)
	if !ok || err != nil || n < 0 || strconv.FormatInt(n, 10) != number {
		return 0, fmt.Errorf("cursor %q: %w", cursor, search.ErrRebuild)
	}
	return n, nil
}

func (l *Log) prefix(ctx context.Context) (string, error) {
	epoch, err := l.store.Epoch(ctx)
	stamp := sha256.Sum256(fmt.Append(nil, l.opts.Stamp, l.opts.Locales))
	return epoch + "." + hex.EncodeToString(stamp[:6]) + "/", err
}

// Wait is [search.Source.Wait].
func (l *Log) Wait(ctx context.Context, after string) error {
	l.mu.Lock()
	changed := l.changed
	l.mu.Unlock()
	list, _, err := l.Changes(ctx, after, 1)
	if err != nil || len(list) > 0 {
		return ctx.Err() // whatever is wrong, reading again will say it
	}
	select {
	case <-changed:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// documents returns the versions of a group, each for the readers it serves. Of
// two in one language the first is taken.
func (l *Log) documents(ctx context.Context, group string) (docs []search.Document, err error) {
	entries, err := l.store.Group(ctx, group)
	if err != nil {
		return nil, err
	}
	at := map[string]int{}
	for _, e := range entries {
		d := e.Document
		if _, taken := at[d.Locale]; taken {
			continue
		}
		at[d.Locale] = len(docs)
		l.opts.Finish(&d)
		d.Serves = []string{d.Locale}
		docs = append(docs, d)
	}
	for _, reader := range l.opts.Locales {
		if _, own := at[reader]; !own && len(docs) > 0 {
			i := at[first(l.opts.Locales, at)]
			docs[i].Serves = append(docs[i].Serves, reader)
		}
	}
	return docs, nil
}

// first returns the first of the languages that there is, or "", which none is
// at and so stands for the first of all.
func first(locales []string, at map[string]int) string {
	for _, l := range locales {
		if _, ok := at[l]; ok {
			return l
		}
	}
	return ""
}

// Alike reports whether documents are the same once they were stored.
func Alike(a, b search.Document) (bool, error) {
	x, err := stored(a)
	if err != nil {
		return false, err
	}
	y, err := stored(b)
	return bytes.Equal(x, y), err
}

// stored returns a document as it is stored. That there is nothing in a list is
// written in one way.
func stored(d search.Document) ([]byte, error) {
	if len(d.Audience) == 0 {
		d.Audience = nil
	}
	if len(d.Serves) == 0 {
		d.Serves = nil
	}
	if len(d.Keywords) == 0 {
		d.Keywords = nil
	}
	return json.Marshal(d)
}

package opensearchsearch

import (
	"fmt"
	"sync"

	"github.com/stoa-go/stoa/search"
)

// Several instances may keep one index fresh, each from the cursor that it last
// knew of. Whoever is behind another reads what that has written already, as it
// was when it read it, and must not write it. So each remembers the cursors that
// its batches go on from, and a batch is refused if the index stands elsewhere:
// the engine then asks where.

// A place is where this instance has left a source, and in which index.
type place struct{ index, cursor string }

type known struct {
	mu     sync.Mutex
	asked  string           // the index that was first asked for cursors: what it did not name began there
	places map[string]place // by source
}

// learn remembers the cursors of sources that nothing is known of.
func (k *known) learn(index string, cursors map[string]string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.asked == "" {
		k.asked = index
	}
	for source, cursor := range cursors {
		if _, ok := k.places[source]; !ok {
			k.places[source] = place{index, cursor}
		}
	}
}

// check returns an error that matches [search.ErrConflict] if the index does not
// stand where a batch goes on from. It reports whether it stands where the batch
// ends: another instance has written the same, or this one has and was not told.
func (k *known) check(t turn, b search.Batch) (done bool, err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(b.Cursors) == 0 && t.was.Owner != "" && t.was.Owner != t.Owner {
		return false, fmt.Errorf("another instance wrote to the index: %w", search.ErrConflict)
	}
	done = len(b.Cursors) > 0
	for source, next := range b.Cursors {
		at := place{t.at.Index, t.was.Cursors[source]}
		before, ok := k.places[source]
		if !ok && k.asked != "" {
			before, ok = place{index: k.asked}, true
		}
		elsewhere := ok && before != at
		if elsewhere {
			k.places[source] = at
			err = fmt.Errorf("another instance read the source %s on: %w", source, search.ErrConflict)
		}
		done = done && elsewhere && at.cursor == next
	}
	if done {
		return true, nil
	}
	return false, err
}

// moved remembers where a batch has brought the index.
func (k *known) moved(index string, cursors map[string]string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for source, cursor := range cursors {
		k.places[source] = place{index, cursor}
	}
}

// swapped remembers that another index is in the place of the old one, which was
// filled by this instance up to these cursors.
func (k *known) swapped(index string, cursors map[string]string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.asked, k.places = index, map[string]place{}
	for source, cursor := range cursors {
		k.places[source] = place{index, cursor}
	}
}

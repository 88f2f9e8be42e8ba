package blevesearch

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/blevesearch/bleve/v2/index/scorch"
	index "github.com/blevesearch/bleve_index_api"

	"github.com/stoa-go/stoa/search"
)

// A generation is one index of bleve's in a directory of its own. A rebuild
// makes another one.
type generation struct {
	dir   string
	index *scorch.Scorch
	queue *index.AnalysisQueue
	view  atomic.Pointer[view]

	mu      sync.Mutex
	users   int           // calls that read or write it now
	retired bool          // nobody may begin to
	idle    chan struct{} // closed when retired and without users
}

const (
	lockTimeout  = 2 * time.Second  // how long to wait for a process that holds the directory
	openPatience = 2 * time.Minute  // how long opening may take, checksums of all files included
	stopPatience = 10 * time.Second // how long closing may take
)

// newGeneration makes a new index in a new directory, and writes into it what
// it is.
func newGeneration(dir, schema string, bulk bool) (*generation, error) {
	if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, err
	}
	g, err := startGeneration(dir, bulk)
	if err != nil {
		return nil, err
	}
	batch := index.NewBatch()
	setInternal(batch, internalSchema, schema)
	setInternal(batch, internalCount, "0")
	if err := g.commit(batch, openPatience, true); err != nil {
		return nil, errors.Join(err, g.stop())
	}
	return g, syncDir(dir)
}

// openGeneration opens an index after having read and checked all of it.
func openGeneration(dir, schema string) (*generation, error) {
	if err := inspect(dir, schema); err != nil {
		return nil, err
	}
	g, err := startGeneration(dir, false)
	return g, damaged(err)
}

func startGeneration(dir string, bulk bool) (*generation, error) {
	g := &generation{dir: dir, idle: make(chan struct{})}
	err := guarded(openPatience, func() error {
		s, q, err := openScorch(dir, map[string]any{"unsafe_batch": bulk})
		g.index, g.queue = s, q
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", dir, err)
	}
	return g, nil
}

// openScorch opens bleve's index itself. Nothing above it in bleve is used: we
// analyze, score and count ourselves.
func openScorch(dir string, config map[string]any) (*scorch.Scorch, *index.AnalysisQueue, error) {
	heedFaults()
	config["path"], config["bolt_timeout"], config["eventCallbackName"] = dir, lockTimeout.String(), background
	q := index.NewAnalysisQueue(1)
	x, err := scorch.NewScorch(scorch.Name, config, q)
	if err == nil {
		err = x.Open()
	}
	if err != nil {
		q.Close()
		return nil, nil, err
	}
	s, ok := x.(*scorch.Scorch)
	if !ok {
		return nil, nil, fmt.Errorf("index of type %T", x)
	}
	return s, q, nil
}

// enter notes a user, unless the generation is retired.
func (g *generation) enter() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.retired {
		return false
	}
	g.users++
	return true
}

func (g *generation) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.users--; g.users == 0 && g.retired {
		close(g.idle)
	}
}

// retire lets nobody in any more and waits for those who are in, as long as
// patience lasts, before it stops.
func (g *generation) retire(patience time.Duration) error {
	g.mu.Lock()
	first := !g.retired
	if g.retired = true; first && g.users == 0 {
		close(g.idle)
	}
	g.mu.Unlock()
	if !first {
		return nil
	}
	late := time.NewTimer(patience)
	defer late.Stop()
	select {
	case <-g.idle:
	case <-late.C: // whoever still reads holds what it reads; bleve counts references
	}
	return g.stop()
}

func (g *generation) stop() error {
	err := guarded(stopPatience, g.index.Close)
	g.queue.Close()
	if err == nil {
		err = seal(g.dir)
	}
	if err != nil {
		return fmt.Errorf("close %s: %w", g.dir, err)
	}
	return nil
}

// read calls f with the state of the index now.
func (g *generation) read(f func(*view) error) error {
	reader, err := g.index.Reader()
	if err != nil {
		return err
	}
	snapshot, ok := reader.(*scorch.IndexSnapshot)
	if !ok || snapshot == nil {
		return errShut
	}
	defer func() { _ = snapshot.Close() }()
	return f(g.viewOf(snapshot))
}

// errShut says that bleve's index is closed though nobody asked for it.
var errShut = fmt.Errorf("index is shut: %w", search.ErrUnavailable)

// viewOf returns what is known of a snapshot, and forgets older ones.
func (g *generation) viewOf(s *scorch.IndexSnapshot) *view {
	if v := g.view.Load(); v != nil && v.snapshot == s {
		return v
	}
	v := &view{snapshot: s, dir: g.dir, censuses: map[string]*census{}}
	g.view.Store(v)
	return v
}

// commit applies a batch, and returns when it is on disk if durable is true.
// The caller must know that without bulk mode it always is.
func (g *generation) commit(batch *index.Batch, patience time.Duration, durable bool) error {
	return guarded(patience, func() error {
		if !durable {
			return g.index.Batch(batch)
		}
		persisted := make(chan error, 1)
		batch.SetPersistedCallback(func(err error) { persisted <- err })
		if err := g.index.Batch(batch); err != nil {
			return err
		}
		select {
		case err := <-persisted:
			return err
		case <-time.After(patience):
			return context.DeadlineExceeded
		}
	})
}

// syncDir makes the names in a directory durable, which bleve leaves to chance.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil // directories cannot be synced there
	}
	f, err := os.Open(filepath.Clean(dir))
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// Package memfeed is a log of changes for stores in memory, as package feed is
// one for stores in databases.
package memfeed

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"sync"
)

// A Log says which rows changed, in order. Make one with [New]. It is safe for
// concurrent use; append to it while the rows are locked, so that whoever reads
// of a change finds what changed.
type Log struct {
	lost  error
	mu    sync.Mutex
	ids   []string
	woken chan struct{} // closed at the next change
}

// New returns an empty Log, which answers cursors that are not its own with lost.
func New(lost error) *Log { return &Log{lost: lost, woken: make(chan struct{})} }

// Append notes rows as changed and wakes whoever waits.
func (l *Log) Append(ids ...string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ids = append(l.ids, ids...)
	close(l.woken)
	l.woken = make(chan struct{})
}

// Changes returns which rows changed after a cursor, each once, from at most
// limit changes, and the cursor behind them.
func (l *Log) Changes(ctx context.Context, after string, limit int) ([]string, string, error) {
	if err := ctx.Err(); err != nil {
		return nil, "", err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	from, err := l.position(after)
	if err != nil {
		return nil, "", err
	}
	to := min(from+max(limit, 1), len(l.ids))
	var ids []string
	for i, id := range l.ids[from:to] {
		if !slices.Contains(l.ids[from+i+1:to], id) {
			ids = append(ids, id)
		}
	}
	return ids, strconv.Itoa(to), nil
}

func (l *Log) position(cursor string) (int, error) {
	if cursor == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(cursor)
	if err != nil || n < 0 || n > len(l.ids) {
		return 0, fmt.Errorf("cursor %q: %w", cursor, l.lost)
	}
	return n, nil
}

// Wait returns when something changed after a cursor, or ctx is done.
func (l *Log) Wait(ctx context.Context, after string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	l.mu.Lock()
	from, err := l.position(after)
	woken, news := l.woken, from < len(l.ids)
	l.mu.Unlock()
	if err != nil || news {
		return err
	}
	select {
	case <-woken:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

package feed

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"sort"
	"strings"
	"sync"
	"time"

	"github.com/stoa-go/stoa/internal/sqldb"
)

// A Memory is a feed that lasts as long as the program, for stores that do too.
// It is safe for concurrent use. Its epoch is new with each, so that a reader
// that kept its cursor in a file rebuilds.
type Memory struct {
	now    func() time.Time
	epoch  string
	signal sqldb.Signal

	mu      sync.RWMutex
	entries []Entry
	pruned  position
	seq     uint64
}

var _ Reader = (*Memory)(nil)

// NewMemory returns an empty feed by the clock now; nil means time.Now.
func NewMemory(now func() time.Time) *Memory {
	if now == nil {
		now = time.Now
	}
	return &Memory{now: now, epoch: strings.ToLower(rand.Text())}
}

// Append adds changes. A store calls it while it still holds the lock under
// which it made them, so that the order is right.
func (m *Memory) Append(changes ...Change) {
	if len(changes) == 0 {
		return
	}
	defer m.signal.Wake()
	m.mu.Lock()
	defer m.mu.Unlock()
	at := m.now().UTC().Truncate(time.Microsecond)
	for _, c := range changes {
		c.Op = c.op()
		m.seq++
		p := position{seq: m.seq, hash: hash(0, m.seq, c, at)}
		m.entries = append(m.entries, Entry{Change: c, At: at, Cursor: Cursor{epoch: m.epoch, at: p}})
	}
}

// Head implements [Reader].
func (m *Memory) Head(ctx context.Context) (Cursor, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.head(), ctx.Err()
}

func (m *Memory) head() Cursor {
	if len(m.entries) == 0 {
		return Cursor{epoch: m.epoch, at: m.pruned}
	}
	return m.entries[len(m.entries)-1].Cursor
}

// Read implements [Reader].
func (m *Memory) Read(ctx context.Context, after Cursor, topics []string, limit int) ([]Entry, Cursor, error) {
	if err := ctx.Err(); err != nil {
		return nil, after, err
	}
	m.mu.RLock()
	defer m.mu.RUnlock()
	i := sort.Search(len(m.entries), func(i int) bool { return after.at.precedes(m.entries[i].Cursor.at) })
	if !m.knows(after, i) {
		return nil, after, fmt.Errorf("no such entry at the cursor: %w", ErrRebuild)
	}
	limit = cmp.Or(limit, defaultLimit)
	var found []Entry
	for _, e := range m.entries[i:] {
		if len(topics) > 0 && !slices.Contains(topics, e.Topic) {
			continue
		}
		found = append(found, e)
		if len(found) == limit {
			return found, e.Cursor, nil
		}
	}
	return found, m.head(), nil
}

// knows reports whether c, after which entry i comes, is a place in this feed.
func (m *Memory) knows(c Cursor, i int) bool {
	if !c.IsZero() && c.epoch != m.epoch {
		return false
	}
	return c.at == m.pruned || i > 0 && m.entries[i-1].Cursor.at == c.at
}

// Wait implements [Reader].
func (m *Memory) Wait(ctx context.Context, after Cursor) error {
	for {
		woken := m.signal.Next()
		head, err := m.Head(ctx)
		if err != nil || head != after {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-woken:
		}
	}
}

// Prune removes the entries from before the time and returns how many.
func (m *Memory) Prune(before time.Time) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := slices.IndexFunc(m.entries, func(e Entry) bool { return !e.At.Before(before) })
	if n < 0 {
		n = len(m.entries)
	}
	if n == 0 {
		return 0
	}
	m.pruned = m.entries[n-1].Cursor.at
	m.entries = slices.Delete(m.entries, 0, n)
	return n
}

package signin

import (
	"context"
	"maps"
	"sync"
	"time"

	"github.com/stoa-go/stoa/profile"
)

// Memory is the [profile.OnceStore] of one process.
type Memory struct {
	mu   sync.Mutex
	ends map[string]time.Time
}

// Once implements [profile.OnceStore].
func (m *Memory) Once(ctx context.Context, key string, now, until time.Time) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	maps.DeleteFunc(m.ends, func(_ string, end time.Time) bool { return !now.Before(end) })
	if _, ok := m.ends[key]; ok {
		return profile.ErrConflict
	}
	if m.ends == nil {
		m.ends = map[string]time.Time{}
	}
	m.ends[key] = until
	return nil
}

// Again implements [profile.OnceStore].
func (m *Memory) Again(_ context.Context, key string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.ends, key)
	return nil
}

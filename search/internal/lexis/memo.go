package lexis

import (
	"maps"
	"sync"
	"sync/atomic"
)

// A memo remembers what became of words. Most are found without a lock, which
// processors that analyze at once would wait for more than for the words.
type memo struct {
	known atomic.Pointer[map[string]Word] // never changed

	mu    sync.Mutex
	fresh map[string]Word // learned since, not in known
}

const (
	maxMemo  = 1 << 16 // words of a language that are remembered
	minFresh = 1 << 8  // new ones that are worth a new map
)

func (m *memo) load(raw string) (Word, bool) {
	known := m.known.Load()
	if known != nil {
		if w, ok := (*known)[raw]; ok {
			return w, true
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	w, ok := m.fresh[raw]
	return w, ok
}

func (m *memo) store(raw string, w Word) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fresh == nil {
		m.fresh = map[string]Word{}
	}
	m.fresh[raw] = w
	known := map[string]Word{}
	if old := m.known.Load(); old != nil {
		known = *old
	}
	if len(m.fresh) < max(minFresh, len(known)/4) {
		return
	}
	if len(known)+len(m.fresh) > maxMemo {
		known = nil
	}
	all := make(map[string]Word, len(known)+len(m.fresh))
	maps.Copy(all, known)
	maps.Copy(all, m.fresh)
	m.known.Store(&all)
	clear(m.fresh)
}

package web

import "sync"

// Slots limit how much of something that lasts, such as streams, is open at one
// time: for each key, so that nobody takes all of it, and altogether. They are
// safe for concurrent use and count for their process only.
type Slots struct {
	perKey, all int

	mu    sync.Mutex
	taken map[string]int
	total int
}

// NewSlots returns Slots of which one key may hold perKey, and all keys together
// total. Limits below one panic.
func NewSlots(perKey, total int) *Slots {
	if perKey < 1 || total < 1 {
		panic("web: slots need limits of one or more")
	}
	return &Slots{perKey: perKey, all: total, taken: map[string]int{}}
}

// Take takes a slot for the key, if one is free. Whoever has it calls free in
// the end; more than once does no harm.
func (s *Slots) Take(key string) (free func(), ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.total >= s.all || s.taken[key] >= s.perKey {
		return nil, false
	}
	s.total++
	s.taken[key]++
	return sync.OnceFunc(func() { s.free(key) }), true
}

func (s *Slots) free(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.total--
	if s.taken[key]--; s.taken[key] == 0 {
		delete(s.taken, key)
	}
}

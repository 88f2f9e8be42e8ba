package web

import "sync"

// Slots limit how much of something that lasts, such as streams, is open at one
// time: for each key, so that nobody takes all of it, and altogether. They are
// safe for concurrent use and count for their process only.
type Slots struct {
	each, all int

	mu    sync.Mutex
	taken map[string]int
	total int
}

// NewSlots returns Slots of which each key may hold some, and all keys together
// no more than all. Limits below one panic.
func NewSlots(each, all int) *Slots {
	if each < 1 || all < 1 {
		panic("web: slots need a limit of one or more")
	}
	return &Slots{each: each, all: all, taken: map[string]int{}}
}

// Take takes a slot for the key, if one is free. Whoever has it calls free in
// the end; more than once does no harm.
func (s *Slots) Take(key string) (free func(), ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.total >= s.all || s.taken[key] >= s.each {
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

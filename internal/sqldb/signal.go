package sqldb

import "sync"

// A Signal wakes everybody who waits for the next one. The zero Signal works.
type Signal struct {
	mu sync.Mutex
	ch chan struct{} // nil: nobody waits
}

// Next returns a channel that closes at the next Wake. Take it before looking
// for what to wait for, so that nothing slips in between.
func (s *Signal) Next() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ch == nil {
		s.ch = make(chan struct{})
	}
	return s.ch
}

// Wake closes the channels that Next returned.
func (s *Signal) Wake() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ch != nil {
		close(s.ch)
		s.ch = nil
	}
}

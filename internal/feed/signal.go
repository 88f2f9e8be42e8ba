package feed

import "sync"

// A signal wakes everybody who waits for the next one.
type signal struct {
	mu sync.Mutex
	ch chan struct{} // nil: nobody waits
}

// next returns a channel that closes at the next wake.
func (s *signal) next() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ch == nil {
		s.ch = make(chan struct{})
	}
	return s.ch
}

func (s *signal) wake() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ch != nil {
		close(s.ch)
		s.ch = nil
	}
}

package suitetest

import (
	"runtime"
	"sync"
	"testing"
)

// Fails reports whether a check finds fault, or panics, and keeps to itself what
// it says. It is for checks that take a [testing.TB]: unlike those of a
// [Promise] they need no process of their own.
func Fails(t testing.TB, check func(testing.TB)) bool {
	t.Helper()
	s := &silent{TB: t}
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() {
			if recover() != nil {
				s.Fail()
			}
		}()
		check(s)
	}()
	<-done
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.failed
}

// A silent test notes that a check has failed.
type silent struct {
	testing.TB

	mu     sync.Mutex
	failed bool
}

// Fail implements [testing.TB], like what follows.
func (s *silent) Fail() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failed = true
}

// FailNow ends the check.
func (s *silent) FailNow() {
	s.Fail()
	runtime.Goexit()
}

// Errorf fails without a word.
func (s *silent) Errorf(string, ...any) { s.Fail() }

// Error fails without a word.
func (s *silent) Error(...any) { s.Fail() }

// Fatalf fails without a word and ends the check.
func (s *silent) Fatalf(string, ...any) { s.FailNow() }

// Fatal fails without a word and ends the check.
func (s *silent) Fatal(...any) { s.FailNow() }

// Logf says nothing.
func (s *silent) Logf(string, ...any) {}

// Log says nothing.
func (s *silent) Log(...any) {}

// Helper does nothing.
func (s *silent) Helper() {}

package i18n

import (
	"fmt"
	"sync"
)

// A FaultKind says what is wrong in the use of a text.
type FaultKind int

// The kinds of Fault.
const (
	FaultMissingKey FaultKind = iota // the locale's language has no such text
	FaultMissingArg                  // the text takes an argument that was not given
	FaultBadArg                      // an argument is not what its type needs, or arguments do not pair up
)

// A Fault is a text that could not be shown as it should.
type Fault struct {
	Kind   FaultKind
	Locale Locale // asked for
	Key    string
	Used   Locale // of a missing key: the language shown instead, "" when no language has it
	Arg    string // of a missing or bad argument: its name
}

// String returns a line for a log.
func (f Fault) String() string {
	switch {
	case f.Kind == FaultMissingArg:
		return fmt.Sprintf("%s: %s: argument %q is missing", f.Locale, f.Key, f.Arg)
	case f.Kind == FaultBadArg:
		return fmt.Sprintf("%s: %s: argument %q does not fit its type", f.Locale, f.Key, f.Arg)
	case f.Used == "":
		return fmt.Sprintf("%s: %s: no such key", f.Locale, f.Key)
	}
	return fmt.Sprintf("%s: %s: missing, shown in %s", f.Locale, f.Key, f.Used)
}

// maxFaults bounds what is remembered of faults already reported.
const maxFaults = 10_000

// faults remembers what was reported.
type faults struct {
	mu   sync.RWMutex
	seen map[Fault]struct{}
}

// first reports whether f is new.
func (s *faults) first(f Fault) bool {
	s.mu.RLock()
	_, old := s.seen[f]
	full := len(s.seen) >= maxFaults
	s.mu.RUnlock()
	if old || full {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, old = s.seen[f]; old {
		return false
	}
	if s.seen == nil {
		s.seen = map[Fault]struct{}{}
	}
	s.seen[f] = struct{}{}
	return true
}

func (c *Catalog) report(f Fault) {
	if c.faults.first(f) {
		c.opts.Report(f)
	}
}

package search

import (
	"context"
	"time"
)

// Status is how an engine is doing, for health checks and metrics.
type Status struct {
	Documents int            // in the index
	Sources   []SourceStatus // in the order of Options
	Rebuild   *Progress      // nil unless one is under way
	Searching int            // searches under way
	Error     string         // why the index does not answer, or empty
	Semantic  SemanticStatus // its zero value without
}

// CaughtUp reports whether every source was read to its end.
func (s Status) CaughtUp() bool {
	for _, source := range s.Sources {
		if !source.CaughtUp {
			return false
		}
	}
	return true
}

// SourceStatus is how far one source has come.
type SourceStatus struct {
	Name      string
	CaughtUp  bool          // it was read to its end at least once
	Changes   int           // changes applied since the start
	Skipped   int           // changes that the index would not take
	Lag       time.Duration // for how long there has been something unread, 0 if there is nothing
	Stalled   time.Duration // how long its oldest change has waited to become readable, if it can tell
	Error     string        // why the last attempt to read it failed, or empty
	CheckedAt time.Time     // when it was last read

	behind time.Time // since when there is something unread
}

// Status returns how the engine is doing. It does not fail: what cannot be
// found out is said in the fields named Error.
func (e *Engine) Status(ctx context.Context) Status {
	s := Status{Searching: len(e.slots)}
	n, err := e.index.Count(ctx)
	if s.Documents = n; err != nil {
		s.Error = err.Error()
	}
	for _, f := range e.feeds {
		s.Sources = append(s.Sources, e.sourceStatus(ctx, f))
	}
	if t, ok := e.opts.Semantic.(SemanticTeller); ok {
		s.Semantic = t.SemanticStatus()
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	s.Semantic.Searches = e.meaningless
	if e.progress != nil {
		p := *e.progress
		s.Rebuild = &p
	}
	return s
}

func (e *Engine) sourceStatus(ctx context.Context, f *feed) SourceStatus {
	f.mu.Lock()
	s := f.state
	f.mu.Unlock()
	s.Name = f.source.Name()
	if !s.behind.IsZero() {
		s.Lag, s.behind = e.now().Sub(s.behind), time.Time{}
	}
	if l, ok := f.source.(Laggard); ok {
		stalled, err := l.Stalled(ctx)
		if s.Stalled = stalled; err != nil {
			s.Error = or(s.Error, err.Error())
		}
	}
	return s
}

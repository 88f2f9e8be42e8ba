package site

import (
	"github.com/stoa-go/stoa/analytics/sqlanalytics"
	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/learning"
)

// openLearning opens what learns from searches. Each instance learns by itself
// from the ledger, and keeps nothing.
func (s *Site) openLearning() {
	s.learned = learning.NewModel(&learning.Options{Now: s.cfg.Now, Events: []string{contactOpened}})
	events := sqlanalytics.New(s.db.write).WithReader(s.db.read)
	s.learner = learning.NewFollower(s.learned, events, s.cfg.Log)
	o := learning.SolvedOptions{Sources: []learning.Source{learning.SolvedSearches(events, s.cfg.Now, contactOpened)}, Now: s.cfg.Now, Logger: s.cfg.Log}
	if l, ok := s.index.(search.Linguist); ok {
		o.Terms = l.Terms
	}
	s.solved = learning.NewSolved(&o)
	s.people.Register(s.solved.Keeper())
}

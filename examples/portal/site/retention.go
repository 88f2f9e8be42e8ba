package site

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/stoa-go/stoa/analytics/sqlanalytics"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/kb/sqlkb"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/retention"
	"github.com/stoa-go/stoa/profile/retention/sqlretention"
)

// openRetention says how long each class of data is kept. What is not listed is
// kept as long as the person it is about is here.
func (s *Site) openRetention(context.Context) error {
	store := sqlretention.New(s.db.write).WithReader(s.db.read)
	s.holds = retention.NewHolds(store, s.people, &retention.HoldOptions{Policy: s.policy, Audit: s.audit, Logger: s.cfg.Log, Now: s.cfg.Now})
	s.held = func(ctx context.Context) ([]string, error) { return store.Held(ctx, s.cfg.Now()) }
	s.people.Register(s.holds.Keeper())
	s.schedule = retention.NewSchedule(store, &retention.ScheduleOptions{Policy: s.policy, Audit: s.audit, System: system, Logger: s.cfg.Log, Now: s.cfg.Now})
	texts := sqlkb.New(s.db.write).WithReader(s.db.read)
	classes := []retention.Class{
		{Name: "audit", Days: 5 * 365, Min: 365, Max: 10 * 365, Pruner: s.audit.Pruner()},
		{Name: "events", Days: 400, Min: 30, Max: 1200, Pruner: profile.EventPruner(sqlanalytics.New(s.db.write).WithReader(s.db.read))},
		{Name: "feedback", Days: 3 * 365, Min: 90, Max: 10 * 365, Pruner: kb.FeedbackPruner(texts)},
		{Name: "holds", Days: 5 * 365, Min: 365, Max: 10 * 365, Pruner: s.holds.Pruner()},
		{Name: "imports", Days: 30, Min: 1, Max: 365, Pruner: profile.PrunerFunc(s.db.expireImports)},
		{Name: "notices", Days: 180, Min: 7, Max: 3 * 365, Pruner: profile.NoticePruner(s.keeping)},
		{Name: "people", Days: 2 * 365, Min: 30, Max: 10 * 365, Pruner: profile.PeoplePruner(s.people, system)},
		{Name: "revisions", Days: 3 * 365, Min: 90, Max: 10 * 365, Pruner: kb.RevisionPruner(texts)},
		{Name: "tasks", Days: 30, Min: 7, Max: 365, Pruner: profile.TaskPruner(s.keeping)},
		{Name: "viewed", Days: 365, Min: 7, Max: 3 * 365, Pruner: profile.ItemPruner(s.keeping, profile.ListViewed)},
	}
	for _, name := range slices.Sorted(maps.Keys(s.cfg.Keep)) {
		i := slices.IndexFunc(classes, func(c retention.Class) bool { return c.Name == name })
		if i < 0 {
			return fmt.Errorf("-keep %s: there is no such class", name)
		}
		c := &classes[i]
		if c.Days = s.cfg.Keep[name]; c.Days < c.Min || c.Days > c.Max {
			return fmt.Errorf("-keep %s=%d: want %d to %d days", name, c.Days, c.Min, c.Max)
		}
	}
	return s.schedule.Register(classes...)
}

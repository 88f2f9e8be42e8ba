package sqlcourses

import (
	"context"
	"time"

	"github.com/stoa-go/stoa/internal/feed"
	"github.com/stoa-go/stoa/search"
)

// listing tells of courses.
func (s *Store) listing() feed.Listing {
	return feed.Listing{Log: s.log, Topic: topic, Lost: search.ErrRebuild, All: func(ctx context.Context, above string, limit int) (ids []string, err error) {
		err = s.db.Select(ctx, &ids, `select id from stoa_course where id > $1 order by id limit $2`, above, limit)
		return ids, err
	}}
}

// Changes implements [courses.CourseStore].
func (s *Store) Changes(ctx context.Context, after string, limit int) ([]string, string, error) {
	return s.listing().Changes(ctx, after, limit)
}

// WaitChanges implements [courses.CourseStore].
func (s *Store) WaitChanges(ctx context.Context, after string) error {
	return s.listing().Wait(ctx, after)
}

// Stalled returns how long the oldest change has been waiting to become
// readable: in PostgreSQL, a transaction left open holds up the log.
func (s *Store) Stalled(ctx context.Context) (time.Duration, error) { return s.log.Stalled(ctx) }

package sqlcourses

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/stoa-go/stoa/internal/feed"
	"github.com/stoa-go/stoa/search"
)

// A cursor of Changes has two forms. Somebody new goes through all courses by
// ID first, "all ID FEED", where FEED is the end of the log when they began;
// then they follow the log from there, "log FEED". So the log may be pruned.
type position struct {
	all  bool
	id   string // last course of those gone through
	feed feed.Cursor
}

// String returns the cursor that parsePosition reads.
func (p position) String() string {
	if p.all {
		return "all " + p.id + " " + p.feed.String()
	}
	return "log " + p.feed.String()
}

func parsePosition(cursor string) (position, error) {
	kind, rest, _ := strings.Cut(cursor, " ")
	p := position{all: kind == "all"}
	if p.all {
		p.id, rest, _ = strings.Cut(rest, " ")
	}
	var err error
	p.feed, err = feed.ParseCursor(rest)
	if err != nil || (kind != "all" && kind != "log") {
		return p, fmt.Errorf("cursor %q: %w", cursor, search.ErrRebuild)
	}
	return p, nil
}

// Changes implements [courses.CourseStore].
func (s *Store) Changes(ctx context.Context, after string, limit int) ([]string, string, error) {
	p := position{all: true}
	var err error
	if after == "" {
		p.feed, err = s.log.Head(ctx)
	} else {
		p, err = parsePosition(after)
	}
	if err != nil {
		return nil, "", err
	}
	if p.all {
		return s.goThrough(ctx, p, max(limit, 1))
	}
	return s.follow(ctx, p, max(limit, 1))
}

// goThrough returns the next courses by ID.
func (s *Store) goThrough(ctx context.Context, p position, limit int) ([]string, string, error) {
	var ids []string
	err := s.db.Select(ctx, &ids, `select id from stoa_course where id > $1 order by id limit $2`, p.id, limit)
	if err != nil {
		return nil, "", err
	}
	if len(ids) < limit {
		return ids, position{feed: p.feed}.String(), nil
	}
	p.id = ids[len(ids)-1]
	return ids, p.String(), nil
}

// follow returns the courses that changed since.
func (s *Store) follow(ctx context.Context, p position, limit int) ([]string, string, error) {
	entries, next, err := s.log.Read(ctx, p.feed, []string{line}, limit)
	if err != nil {
		return nil, "", rebuild(err)
	}
	var ids []string
	seen := map[string]bool{}
	for _, e := range slices.Backward(entries) { // a course is told of where it changed last
		if !seen[e.Ref] {
			seen[e.Ref] = true
			ids = append(ids, e.Ref)
		}
	}
	slices.Reverse(ids)
	return ids, position{feed: next}.String(), nil
}

// rebuild says in the words of search that a cursor leads nowhere.
func rebuild(err error) error {
	if errors.Is(err, feed.ErrRebuild) {
		return fmt.Errorf("%w: %w", search.ErrRebuild, err)
	}
	return err
}

// WaitChanges implements [courses.CourseStore].
func (s *Store) WaitChanges(ctx context.Context, after string) error {
	if after == "" {
		return nil
	}
	p, err := parsePosition(after)
	if err != nil || p.all {
		return err
	}
	return rebuild(s.log.Wait(ctx, p.feed))
}

// Stalled returns how long the oldest change has been waiting to become
// readable: in PostgreSQL, a transaction left open holds up the log.
func (s *Store) Stalled(ctx context.Context) (time.Duration, error) { return s.log.Stalled(ctx) }

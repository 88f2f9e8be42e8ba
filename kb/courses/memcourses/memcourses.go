// Package memcourses keeps a [courses.School] in memory, for tests and for
// programs that may forget it.
package memcourses

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/stoa-go/stoa/internal/cursor"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/memfeed"
	"github.com/stoa-go/stoa/internal/stored"
	"github.com/stoa-go/stoa/kb/courses"
	"github.com/stoa-go/stoa/search"
)

// A Store is a [courses.Store] in memory. Make one with [New].
type Store struct {
	mu         sync.Mutex
	courses    map[string]courses.Course
	slugs      map[string]string // to the IDs of courses, of now and before
	revisions  map[revisionKey]courses.Revision
	enrolments map[string]courses.Enrolment
	sessions   map[string]courses.Session
	lines      map[string]int // places in line that a session has given
	bookings   map[bookingKey]courses.Booking
	log        *memfeed.Log // of courses that changed
}

type revisionKey struct {
	course string
	number int
}

type bookingKey struct{ session, person string }

var _ courses.Store = (*Store)(nil)

// New returns an empty Store.
func New() *Store {
	return &Store{
		courses: map[string]courses.Course{}, slugs: map[string]string{}, revisions: map[revisionKey]courses.Revision{}, enrolments: map[string]courses.Enrolment{},
		sessions: map[string]courses.Session{}, lines: map[string]int{}, bookings: map[bookingKey]courses.Booking{}, log: memfeed.New(search.ErrRebuild),
	}
}

// enter locks s, unless ctx is done or a text is one that no store keeps. The
// caller unlocks.
func (s *Store) enter(ctx context.Context, texts ...string) error {
	return stored.Enter(ctx, &s.mu, texts...)
}

// A row is a value in a list, by the two parts that the list goes by.
type row[T any] struct {
	key []string
	v   T
}

// page returns the rows after a position, in the order of their keys.
func page[T any](rows []row[T], after string, limit int) ([]T, string, error) {
	slices.SortFunc(rows, func(a, b row[T]) int { return slices.Compare(a.key, b.key) })
	if after != "" {
		parts, err := cursor.Decode(after, 2)
		if err != nil {
			return nil, "", err
		}
		rows = slices.DeleteFunc(rows, func(r row[T]) bool { return slices.Compare(r.key, parts) <= 0 })
	}
	if limit <= 0 {
		limit = courses.DefaultLimit
	}
	next := ""
	if len(rows) > limit {
		next = cursor.Encode(rows[limit-1].key...)
		rows = rows[:limit]
	}
	var out []T
	for _, r := range rows {
		out = append(out, r.v)
	}
	return out, next, nil
}

// sortable is a number as a text that sorts as it does.
func sortable(n int64) string { return fmt.Sprintf("%020d", uint64(n)^(1<<63)) }

// Course implements [courses.CourseStore].
func (s *Store) Course(ctx context.Context, id string) (courses.Course, error) {
	if err := s.enter(ctx); err != nil {
		return courses.Course{}, err
	}
	defer s.mu.Unlock()
	c, ok := s.courses[id]
	if !ok {
		return c, errs.NotFound
	}
	return c.Clone(), nil
}

// CourseAt implements [courses.CourseStore].
func (s *Store) CourseAt(ctx context.Context, slug string) (string, error) {
	if err := s.enter(ctx); err != nil {
		return "", err
	}
	defer s.mu.Unlock()
	id, ok := s.slugs[slug]
	if !ok {
		return "", errs.NotFound
	}
	return id, nil
}

// Courses implements [courses.CourseStore].
func (s *Store) Courses(ctx context.Context, q courses.CourseQuery) ([]courses.Course, string, error) {
	if err := s.enter(ctx); err != nil {
		return nil, "", err
	}
	defer s.mu.Unlock()
	var rows []row[courses.Course]
	for _, c := range s.courses {
		if matches(c, q) && s.leads(c, q.Article) {
			rows = append(rows, row[courses.Course]{[]string{sortable(int64(c.Rank)), c.ID}, c.Clone()})
		}
	}
	return page(rows, q.After, q.Limit)
}

func matches(c courses.Course, q courses.CourseQuery) bool {
	switch {
	case q.Sight != nil && !q.Sight.Admits(c.Audience) && (q.Owner == "" || q.Owner != c.Owner),
		q.Statuses != nil && !slices.Contains(q.Statuses, c.Status),
		q.IDs != nil && !slices.Contains(q.IDs, c.ID),
		q.Topic != "" && !slices.Contains(c.Topics, q.Topic),
		q.Language != "" && !slices.Contains(c.Languages(), q.Language),
		q.Free != nil && c.Free() != *q.Free:
		return false
	}
	return true
}

// leads reports whether a course shows an article or leads to it.
func (s *Store) leads(c courses.Course, article string) bool {
	for _, number := range []int{c.Head, c.Live} {
		leads := s.revisions[revisionKey{c.ID, number}].Leading()
		if slices.ContainsFunc(leads, func(l courses.Lead) bool { return l.Article == article }) {
			return true
		}
	}
	return article == ""
}

// Tags implements [courses.CourseStore].
func (s *Store) Tags(ctx context.Context, q courses.CourseQuery) ([]courses.Tag, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	q.Topic, q.Language = "", ""
	counts := map[courses.Tag]int{}
	for _, c := range s.courses {
		if !matches(c, q) || !s.leads(c, q.Article) {
			continue
		}
		for _, topic := range c.Topics {
			counts[courses.Tag{Kind: courses.TagTopic, Value: topic}]++
		}
		for _, language := range c.Languages() {
			counts[courses.Tag{Kind: courses.TagLanguage, Value: language}]++
		}
	}
	var out []courses.Tag
	for tag, n := range counts {
		tag.N = n
		out = append(out, tag)
	}
	slices.SortFunc(out, func(a, b courses.Tag) int { return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Value, b.Value)) })
	return out, nil
}

// SaveCourse implements [courses.CourseStore].
func (s *Store) SaveCourse(ctx context.Context, c courses.Course, rev *courses.Revision) error {
	texts := c.Texts()
	if rev != nil {
		texts = append(texts, rev.Texts()...)
	}
	if err := s.enter(ctx, texts...); err != nil {
		return err
	}
	defer s.mu.Unlock()
	old, found := s.courses[c.ID]
	if err := stored.Version(found, old.Version, c.Version); err != nil {
		return err
	}
	if owner, taken := s.slugs[c.Slug]; taken && owner != c.ID {
		return errs.Conflict
	}
	if circle, _ := courses.Circle(c.ID, c.NewNeeds(old), func(id string) ([]string, error) { return s.courses[id].Needs, nil }); circle {
		return errs.Conflict
	}
	if rev != nil {
		key := revisionKey{rev.Course, rev.Number}
		if _, there := s.revisions[key]; there {
			return errs.Conflict
		}
		kept := rev.Clone()
		kept.At = stored.Time(kept.At)
		s.revisions[key] = kept
	}
	c = c.Clone()
	c.Created, c.Updated, c.Since = stored.Time(c.Created), stored.Time(c.Updated), stored.Time(c.Since)
	s.courses[c.ID], s.slugs[c.Slug] = c, c.ID
	s.log.Append(c.ID)
	return nil
}

// Revision implements [courses.CourseStore].
func (s *Store) Revision(ctx context.Context, course string, number int) (courses.Revision, error) {
	if err := s.enter(ctx); err != nil {
		return courses.Revision{}, err
	}
	defer s.mu.Unlock()
	rev, ok := s.revisions[revisionKey{course, number}]
	if !ok {
		return rev, errs.NotFound
	}
	return rev.Clone(), nil
}

// Changes implements [courses.CourseStore].
func (s *Store) Changes(ctx context.Context, after string, limit int) ([]string, string, error) {
	return s.log.Changes(ctx, after, limit)
}

// WaitChanges implements [courses.CourseStore].
func (s *Store) WaitChanges(ctx context.Context, after string) error { return s.log.Wait(ctx, after) }

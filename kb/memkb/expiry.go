package memkb

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

var _ kb.ExpiryStore = (*Store)(nil)

// ExpireFeedback implements [kb.ExpiryStore].
func (s *Store) ExpireFeedback(ctx context.Context, e profile.Expiry) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return expire(ctx, s, e, slices.Collect(maps.Values(s.feedback)),
		func(f kb.Feedback) bool { return !f.At.Before(e.Before) || slices.Contains(e.Held, f.Person) },
		func(a, b kb.Feedback) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID)) },
		func(f kb.Feedback) { delete(s.feedback, f.ID) })
}

// ExpireRevisions implements [kb.ExpiryStore].
func (s *Store) ExpireRevisions(ctx context.Context, e profile.Expiry) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return expire(ctx, s, e, slices.Collect(maps.Values(s.revisions)),
		func(r kb.Revision) bool {
			t, _ := s.articles[r.Article].In(r.Locale)
			return !r.At.Before(e.Before) || slices.Contains(e.Held, r.Author) || t.Live == r.Number || t.Head == r.Number
		},
		func(a, b kb.Revision) int { return cmp.Or(a.At.Compare(b.At), inOrder(a, b)) },
		func(r kb.Revision) {
			key := revisionKey{r.Article, r.Locale, r.Number}
			delete(s.revisions, key)
			for _, name := range r.Media {
				s.uses[name] = slices.DeleteFunc(s.uses[name], func(k revisionKey) bool { return k == key })
			}
		})
}

// expire drops the first of what is not kept. The caller holds the lock.
func expire[T any](ctx context.Context, s *Store, e profile.Expiry, all []T, keep func(T) bool, order func(a, b T) int, drop func(T)) (int, error) {
	if e.Limit <= 0 {
		return 0, kb.ErrInvalid
	}
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	old := slices.DeleteFunc(all, keep)
	slices.SortFunc(old, order)
	old = old[:min(len(old), e.Limit)]
	if e.Dry || len(old) == 0 {
		return len(old), nil
	}
	for _, one := range old {
		drop(one)
	}
	s.changed()
	return len(old), nil
}

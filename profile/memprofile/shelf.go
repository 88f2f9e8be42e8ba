package memprofile

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/stoa-go/stoa/internal/cursor"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/stored"
	"github.com/stoa-go/stoa/profile"
)

// PutItem implements [profile.ShelfStore].
func (s *Store) PutItem(ctx context.Context, item profile.ShelfItem, most int, viewed bool) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	item = item.Clone()
	item.At = stored.Time(item.At)
	texts := []string{item.Person, item.List, item.Ref, item.Title, item.Level}
	for key, value := range item.Data {
		texts = append(texts, key, value)
	}
	if err := stored.CheckText(texts...); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.habits.shelf == nil {
		s.habits.shelf = map[place]profile.ShelfItem{}
	}
	at := place{item.Person, item.List, item.Ref}
	old, ok := s.habits.shelf[at]
	there := s.items(profile.ShelfQuery{Person: item.Person, List: item.List})
	if !ok && !viewed && len(there) >= most {
		return errs.TooMany
	}
	if ok && (!viewed || old.At.After(item.At)) {
		item.At = old.At
	}
	s.habits.shelf[at] = item
	if viewed {
		there = s.items(profile.ShelfQuery{Person: item.Person, List: item.List})
		for _, gone := range there[min(most, len(there)):] {
			delete(s.habits.shelf, place{gone.Person, gone.List, gone.Ref})
		}
	}
	return nil
}

// items returns what matches q, in order. The caller holds the lock.
func (s *Store) items(q profile.ShelfQuery) []profile.ShelfItem {
	var found []profile.ShelfItem
	for _, i := range s.habits.shelf {
		if i.Person == q.Person && (q.List == "" || i.List == q.List) && (q.Ref == "" || i.Ref == q.Ref) {
			found = append(found, i)
		}
	}
	slices.SortFunc(found, inOrder)
	return found
}

func inOrder(a, b profile.ShelfItem) int {
	return cmp.Or(b.At.Compare(a.At), strings.Compare(a.List, b.List), strings.Compare(a.Ref, b.Ref))
}

// Items implements [profile.ShelfStore].
func (s *Store) Items(ctx context.Context, q profile.ShelfQuery) ([]profile.ShelfItem, string, error) {
	if err := ctx.Err(); err != nil {
		return nil, "", err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	rows := s.items(q)
	if q.After != "" {
		at, err := cursor.Decode(q.After, 3)
		if err != nil {
			return nil, "", err
		}
		t, err := cursor.ParseTime(at[0])
		if err != nil {
			return nil, "", err
		}
		from := profile.ShelfItem{At: t, List: at[1], Ref: at[2]}
		rows = slices.DeleteFunc(rows, func(i profile.ShelfItem) bool { return inOrder(i, from) <= 0 })
	}
	rows, next := first(rows, q.Limit, func(i profile.ShelfItem) string {
		return cursor.Encode(cursor.FormatTime(i.At), i.List, i.Ref)
	})
	for i, item := range rows {
		rows[i] = item.Clone()
	}
	return rows, next, nil
}

// RemoveItems implements [profile.ShelfStore].
func (s *Store) RemoveItems(ctx context.Context, q profile.ShelfQuery) (n int, err error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	if q.Person == "" {
		return 0, errs.Invalid
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	gone := s.items(q)
	for _, i := range gone {
		delete(s.habits.shelf, place{i.Person, i.List, i.Ref})
	}
	return len(gone), nil
}

// Followers implements [profile.ShelfStore].
func (s *Store) Followers(ctx context.Context, q profile.FollowerQuery) ([]profile.Follower, string, error) {
	if err := ctx.Err(); err != nil {
		return nil, "", err
	}
	after := ""
	if q.After != "" {
		at, err := cursor.Decode(q.After, 1)
		if err != nil {
			return nil, "", err
		}
		after = at[0]
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	var found []profile.Follower
	for at, i := range s.habits.shelf {
		if at.list == q.List && at.ref == q.Ref && i.Level != profile.LevelNone && at.person > after {
			found = append(found, profile.Follower{Person: at.person, Level: i.Level, Since: i.At})
		}
	}
	slices.SortFunc(found, func(a, b profile.Follower) int { return strings.Compare(a.Person, b.Person) })
	page, next := first(found, q.Limit, func(f profile.Follower) string { return cursor.Encode(f.Person) })
	return page, next, nil
}

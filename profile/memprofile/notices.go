package memprofile

import (
	"cmp"
	"context"
	"slices"

	"github.com/stoa-go/stoa/internal/cursor"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/stored"
	"github.com/stoa-go/stoa/profile"
)

var _ profile.NoticeStore = (*Store)(nil)

// notices are what people were told. Its zero value is ready to use; the lock
// is that of the Store.
type notices struct {
	byID    map[string]profile.Notice
	waiting []waiting
	queue   queue
}

// A waiting notice is one in a digest, or for one.
type waiting struct {
	profile.NoticeDigest // Key is that of the digest that took it
	notice               string
}

const maxDigest = 200

// Notices implements [profile.NoticeStore].
func (s *Store) Notices(ctx context.Context, q profile.NoticeQuery) ([]profile.Notice, string, error) {
	if err := ctx.Err(); err != nil {
		return nil, "", err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	var found []profile.Notice
	for _, n := range s.notices.byID {
		if like(q, n) {
			found = append(found, n)
		}
	}
	slices.SortFunc(found, newestFirst)
	if q.After != "" {
		at, err := position(q.After)
		if err != nil {
			return nil, "", err
		}
		found = slices.DeleteFunc(found, func(n profile.Notice) bool { return newestFirst(n, at) <= 0 })
	}
	limit, next := cmp.Or(q.Limit, profile.DefaultLimit), ""
	if len(found) > limit {
		found = found[:limit]
		next = cursor.Encode(cursor.FormatTime(found[limit-1].At), found[limit-1].ID)
	}
	for i, n := range found {
		found[i] = n.Clone()
	}
	return found, next, nil
}

func position(after string) (at profile.Notice, err error) {
	parts, err := cursor.Decode(after, 2)
	if err != nil {
		return at, err
	}
	at.ID = parts[1]
	at.At, err = cursor.ParseTime(parts[0])
	return at, err
}

func like(q profile.NoticeQuery, n profile.Notice) bool {
	return (q.Person == "" || q.Person == n.Person) && (q.ID == "" || q.ID == n.ID) &&
		(!q.Inbox || n.Inbox) && (!q.Unread || n.ReadAt.IsZero())
}

func newestFirst(a, b profile.Notice) int { return cmp.Or(b.At.Compare(a.At), cmp.Compare(a.ID, b.ID)) }

func oldestFirst(a, b profile.Notice) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID)) }

// CountNotices implements [profile.NoticeStore].
func (s *Store) CountNotices(ctx context.Context, person string) (profile.NoticeCount, error) {
	if err := ctx.Err(); err != nil {
		return profile.NoticeCount{}, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	var c profile.NoticeCount
	var newest profile.Notice
	for _, n := range s.notices.byID {
		if n.Person != person || !n.Inbox {
			continue
		}
		c.All++
		if n.ReadAt.IsZero() {
			c.Unread++
		}
		if newest.ID == "" || newestFirst(n, newest) < 0 {
			newest = n
		}
	}
	c.Newest = newest.ID
	return c, nil
}

// AddNotices implements [profile.NoticeStore].
func (s *Store) AddNotices(ctx context.Context, posts []profile.NoticePost) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var added []profile.NoticePost
	var tasks []profile.NoticeTask
	for _, p := range posts {
		n := p.Notice
		texts := []string{n.ID, n.Person, n.Kind, n.Subject}
		for key, value := range n.Data {
			texts = append(texts, key, value)
		}
		if err := stored.CheckText(texts...); err != nil {
			return err
		}
		taken := slices.ContainsFunc(added, func(a profile.NoticePost) bool { return a.Notice.ID == n.ID })
		if _, there := s.notices.byID[n.ID]; !there && !taken {
			added, tasks = append(added, p), append(tasks, p.Tasks...)
		}
	}
	if err := s.notices.queue.add(tasks); err != nil {
		return err
	}
	for _, p := range added {
		s.keepNotice(p)
	}
	return nil
}

func (s *Store) keepNotice(p profile.NoticePost) {
	n := p.Notice.Clone()
	n.At, n.ReadAt = stored.Time(n.At), stored.Time(n.ReadAt)
	if s.notices.byID == nil {
		s.notices.byID = map[string]profile.Notice{}
	}
	s.notices.byID[n.ID] = n
	for _, d := range p.Digests {
		d.Person, d.Key, d.Until = n.Person, "", stored.Time(d.Until)
		s.notices.waiting = append(s.notices.waiting, waiting{d, n.ID})
	}
}

// ReadNotices implements [profile.NoticeStore].
func (s *Store) ReadNotices(ctx context.Context, m profile.NoticeMark) (count int, err error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	if m.ID == "" && m.Until.IsZero() {
		return 0, errs.Invalid
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, n := range s.notices.byID {
		meant := m.ID == id || m.ID == "" && !n.At.After(m.Until)
		if meant && n.Inbox && n.Person == m.Person && n.ReadAt.IsZero() {
			n.ReadAt = stored.Time(m.At)
			s.notices.byID[id] = n
			count++
		}
	}
	return count, nil
}

// RemoveNotices implements [profile.NoticeStore].
func (s *Store) RemoveNotices(ctx context.Context, q profile.NoticeRemoval) (count int, err error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	if q == (profile.NoticeRemoval{}) {
		return 0, errs.Invalid
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, n := range s.notices.byID {
		if (q.Person == "" || q.Person == n.Person) && (q.Before.IsZero() || n.At.Before(q.Before)) {
			delete(s.notices.byID, id)
			count++
		}
	}
	s.notices.waiting = slices.DeleteFunc(s.notices.waiting, func(w waiting) bool {
		_, there := s.notices.byID[w.notice]
		return !there
	})
	if q.Person != "" && q.Before.IsZero() {
		s.notices.queue.forget(q.Person)
	}
	return count, nil
}

// DigestNotices implements [profile.NoticeStore].
func (s *Store) DigestNotices(ctx context.Context, d profile.NoticeDigest) ([]profile.Notice, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if d.Key == "" {
		return nil, errs.Invalid
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	list := s.inDigest(d, d.Key)
	if len(list) == 0 {
		list = s.inDigest(d, "")
		list = list[:min(len(list), maxDigest)]
		s.take(d, list)
	}
	out := make([]profile.Notice, len(list))
	for i, n := range list {
		out[i] = n.Clone()
	}
	return out, nil
}

// inDigest returns what the digest with the key took, or for the empty key what
// may be taken.
func (s *Store) inDigest(d profile.NoticeDigest, key string) (list []profile.Notice) {
	for _, w := range s.notices.waiting {
		if w.Person == d.Person && w.Channel == d.Channel && w.Key == key && (key != "" || !w.Until.After(d.Until)) {
			list = append(list, s.notices.byID[w.notice])
		}
	}
	slices.SortFunc(list, oldestFirst)
	return list
}

func (s *Store) take(d profile.NoticeDigest, list []profile.Notice) {
	for i, w := range s.notices.waiting {
		taken := slices.ContainsFunc(list, func(n profile.Notice) bool { return n.ID == w.notice })
		if taken && w.Channel == d.Channel && w.Key == "" {
			s.notices.waiting[i].Key = d.Key
		}
	}
}

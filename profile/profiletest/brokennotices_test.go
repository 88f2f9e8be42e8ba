package profiletest_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/stoa-go/stoa/internal/suitetest"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/memprofile"
	"github.com/stoa-go/stoa/profile/profiletest"
)

type do = func(context.Context, profile.NoticeTask) error

// faultyNotices is a good store with one fault: whatever is set replaces it.
type faultyNotices struct {
	profile.NoticeStore
	profile.EndpointStore
	profile.SessionStore
	notices func(ctx context.Context, q profile.NoticeQuery) ([]profile.Notice, string, error)
	count   func(ctx context.Context, person string) (profile.NoticeCount, error)
	add     func(ctx context.Context, posts []profile.NoticePost) error
	read    func(ctx context.Context, m profile.NoticeMark) (int, error)
	remove  func(ctx context.Context, q profile.NoticeRemoval) (int, error)
	digest  func(ctx context.Context, d profile.NoticeDigest) ([]profile.Notice, error)
	queue   func(ctx context.Context, tasks ...profile.NoticeTask) error
	drain   func(ctx context.Context, f do) (int, error)

	endpoints       func(ctx context.Context, person, channel string) ([]profile.Endpoint, error)
	saveEndpoint    func(ctx context.Context, e profile.Endpoint) error
	removeEndpoints func(ctx context.Context, q profile.EndpointQuery) (int, error)
	endSessions     func(ctx context.Context, q profile.SessionQuery) (int, error)
}

func (f faultyNotices) Notices(ctx context.Context, q profile.NoticeQuery) ([]profile.Notice, string, error) {
	if f.notices != nil {
		return f.notices(ctx, q)
	}
	return f.NoticeStore.Notices(ctx, q)
}

func (f faultyNotices) CountNotices(ctx context.Context, person string) (profile.NoticeCount, error) {
	if f.count != nil {
		return f.count(ctx, person)
	}
	return f.NoticeStore.CountNotices(ctx, person)
}

func (f faultyNotices) AddNotices(ctx context.Context, posts []profile.NoticePost) error {
	if f.add != nil {
		return f.add(ctx, posts)
	}
	return f.NoticeStore.AddNotices(ctx, posts)
}

func (f faultyNotices) ReadNotices(ctx context.Context, m profile.NoticeMark) (int, error) {
	if f.read != nil {
		return f.read(ctx, m)
	}
	return f.NoticeStore.ReadNotices(ctx, m)
}

func (f faultyNotices) RemoveNotices(ctx context.Context, q profile.NoticeRemoval) (int, error) {
	if f.remove != nil {
		return f.remove(ctx, q)
	}
	return f.NoticeStore.RemoveNotices(ctx, q)
}

func (f faultyNotices) DigestNotices(ctx context.Context, d profile.NoticeDigest) ([]profile.Notice, error) {
	if f.digest != nil {
		return f.digest(ctx, d)
	}
	return f.NoticeStore.DigestNotices(ctx, d)
}

func (f faultyNotices) QueueNotices(ctx context.Context, tasks ...profile.NoticeTask) error {
	if f.queue != nil {
		return f.queue(ctx, tasks...)
	}
	return f.NoticeStore.QueueNotices(ctx, tasks...)
}

func (f faultyNotices) DrainNotices(ctx context.Context, g do) (int, error) {
	if f.drain != nil {
		return f.drain(ctx, g)
	}
	return f.NoticeStore.DrainNotices(ctx, g)
}

func (f faultyNotices) Endpoints(ctx context.Context, person, channel string) ([]profile.Endpoint, error) {
	if f.endpoints != nil {
		return f.endpoints(ctx, person, channel)
	}
	return f.EndpointStore.Endpoints(ctx, person, channel)
}

func (f faultyNotices) SaveEndpoint(ctx context.Context, e profile.Endpoint) error {
	if f.saveEndpoint != nil {
		return f.saveEndpoint(ctx, e)
	}
	return f.EndpointStore.SaveEndpoint(ctx, e)
}

func (f faultyNotices) RemoveEndpoints(ctx context.Context, q profile.EndpointQuery) (int, error) {
	if f.removeEndpoints != nil {
		return f.removeEndpoints(ctx, q)
	}
	return f.EndpointStore.RemoveEndpoints(ctx, q)
}

func (f faultyNotices) EndSessions(ctx context.Context, q profile.SessionQuery) (int, error) {
	if f.endSessions != nil {
		return f.endSessions(ctx, q)
	}
	return f.SessionStore.EndSessions(ctx, q)
}

func added(change func(*profile.NoticePost)) func(*memprofile.Store) faultyNotices {
	return func(s *memprofile.Store) faultyNotices {
		return faultyNotices{add: func(ctx context.Context, posts []profile.NoticePost) error {
			posts = slices.Clone(posts)
			for i := range posts {
				change(&posts[i])
			}
			return s.AddNotices(ctx, posts)
		}}
	}
}

func askedNotices(change func(*profile.NoticeQuery)) func(*memprofile.Store) faultyNotices {
	return func(s *memprofile.Store) faultyNotices {
		return faultyNotices{notices: func(ctx context.Context, q profile.NoticeQuery) ([]profile.Notice, string, error) {
			change(&q)
			return s.Notices(ctx, q)
		}}
	}
}

func marked(change func(*profile.NoticeMark)) func(*memprofile.Store) faultyNotices {
	return func(s *memprofile.Store) faultyNotices {
		return faultyNotices{read: func(ctx context.Context, m profile.NoticeMark) (int, error) {
			change(&m)
			return s.ReadNotices(ctx, m)
		}}
	}
}

func digested(change func(*profile.NoticeDigest)) func(*memprofile.Store) faultyNotices {
	return func(s *memprofile.Store) faultyNotices {
		return faultyNotices{digest: func(ctx context.Context, d profile.NoticeDigest) ([]profile.Notice, error) {
			change(&d)
			return s.DigestNotices(ctx, d)
		}}
	}
}

func drainedBy(wrap func(do) do) func(*memprofile.Store) faultyNotices {
	return func(s *memprofile.Store) faultyNotices {
		return faultyNotices{drain: func(ctx context.Context, f do) (int, error) { return s.DrainNotices(ctx, wrap(f)) }}
	}
}

// brokenNotices lists the faults that the suites of notices must catch.
var brokenNotices = map[string]func(*memprofile.Store) faultyNotices{
	"notices: drops the data":       added(func(p *profile.NoticePost) { p.Notice.Data = nil }),
	"notices: drops the subject":    added(func(p *profile.NoticePost) { p.Notice.Subject = "" }),
	"notices: all in the centre":    added(func(p *profile.NoticePost) { p.Notice.Inbox = true }),
	"notices: forgets it was read":  added(func(p *profile.NoticePost) { p.Notice.ReadAt = time.Time{} }),
	"notices: drops the tasks":      added(func(p *profile.NoticePost) { p.Tasks = nil }),
	"notices: drops the digests":    added(func(p *profile.NoticePost) { p.Digests = nil }),
	"notices: cuts times":           added(func(p *profile.NoticePost) { p.Notice.At = p.Notice.At.Truncate(time.Second) }),
	"notices: ignores the person":   askedNotices(func(q *profile.NoticeQuery) { q.Person = "" }),
	"notices: ignores the ID":       askedNotices(func(q *profile.NoticeQuery) { q.ID = "" }),
	"notices: ignores the centre":   askedNotices(func(q *profile.NoticeQuery) { q.Inbox = false }),
	"notices: ignores unread":       askedNotices(func(q *profile.NoticeQuery) { q.Unread = false }),
	"notices: one more on a page":   askedNotices(func(q *profile.NoticeQuery) { q.Limit = max(q.Limit, 50) + 1 }),
	"notices: reads all":            marked(func(m *profile.NoticeMark) { m.ID, m.Until = "", time.Now() }),
	"notices: reads a moment less":  marked(func(m *profile.NoticeMark) { m.Until = m.Until.Add(-time.Microsecond) }),
	"notices: reads without a mark": marked(func(m *profile.NoticeMark) { m.ID += "x" }),
	"notices: digest of everything": digested(func(d *profile.NoticeDigest) { d.Until = d.Until.AddDate(1, 0, 0) }),
	"notices: digest of one name": digested(func(d *profile.NoticeDigest) {
		if d.Key != "" {
			d.Key = "same"
		}
	}),
	"notices: digest of one channel": digested(func(d *profile.NoticeDigest) { d.Channel = "mail" }),
	"notices: tells of who is gone": func(s *memprofile.Store) faultyNotices {
		kept := map[string]json.RawMessage{}
		return faultyNotices{
			queue: func(ctx context.Context, tasks ...profile.NoticeTask) error {
				for _, t := range tasks {
					kept[t.Lane+t.Key] = t.Payload
				}
				return s.QueueNotices(ctx, tasks...)
			},
			drain: func(ctx context.Context, f do) (int, error) {
				return s.DrainNotices(ctx, func(ctx context.Context, t profile.NoticeTask) error {
					t.Payload = kept[t.Lane+t.Key]
					return f(ctx, t)
				})
			},
		}
	},
	"notices: adds the one in two": func(s *memprofile.Store) faultyNotices {
		return faultyNotices{add: func(ctx context.Context, posts []profile.NoticePost) error {
			for _, p := range posts {
				if err := s.AddNotices(ctx, []profile.NoticePost{p}); err != nil {
					return err
				}
			}
			return nil
		}}
	},
	"notices: queues what comes with a known one": func(s *memprofile.Store) faultyNotices {
		return faultyNotices{add: func(ctx context.Context, posts []profile.NoticePost) error {
			if err := s.AddNotices(ctx, posts); err != nil {
				return err
			}
			for _, p := range posts {
				_ = s.QueueNotices(ctx, p.Tasks...)
			}
			return nil
		}}
	},
	"notices: oldest first": func(s *memprofile.Store) faultyNotices {
		return faultyNotices{notices: func(ctx context.Context, q profile.NoticeQuery) ([]profile.Notice, string, error) {
			page, next, err := s.Notices(ctx, q)
			slices.Reverse(page)
			return page, next, err
		}}
	},
	"notices: takes any position": func(s *memprofile.Store) faultyNotices {
		return faultyNotices{notices: func(ctx context.Context, q profile.NoticeQuery) ([]profile.Notice, string, error) {
			page, next, err := s.Notices(ctx, q)
			if errors.Is(err, profile.ErrInvalid) {
				return nil, "", nil
			}
			return page, next, err
		}}
	},
	"notices: counts what is not in the centre": func(s *memprofile.Store) faultyNotices {
		return faultyNotices{count: func(ctx context.Context, person string) (profile.NoticeCount, error) {
			c, err := s.CountNotices(ctx, person)
			page, _, _ := s.Notices(ctx, profile.NoticeQuery{Person: person})
			c.All = len(page)
			return c, err
		}}
	},
	"notices: removes everything": func(s *memprofile.Store) faultyNotices {
		return faultyNotices{remove: func(ctx context.Context, q profile.NoticeRemoval) (int, error) {
			if q == (profile.NoticeRemoval{}) {
				q.Before = time.Now().AddDate(100, 0, 0)
			}
			return s.RemoveNotices(ctx, q)
		}}
	},
	"notices: removes anybody's": func(s *memprofile.Store) faultyNotices {
		return faultyNotices{remove: func(ctx context.Context, q profile.NoticeRemoval) (int, error) {
			if !q.Before.IsZero() {
				q.Person = ""
			}
			return s.RemoveNotices(ctx, q)
		}}
	},
	"notices: keeps the tasks of those who left": func(s *memprofile.Store) faultyNotices {
		return faultyNotices{remove: func(ctx context.Context, q profile.NoticeRemoval) (int, error) {
			if q.Person != "" && q.Before.IsZero() {
				q.Before = time.Now().AddDate(100, 0, 0)
			}
			return s.RemoveNotices(ctx, q)
		}}
	},
	"notices: shares maps": func(s *memprofile.Store) faultyNotices {
		kept := map[string]map[string]string{}
		return faultyNotices{notices: func(ctx context.Context, q profile.NoticeQuery) ([]profile.Notice, string, error) {
			page, next, err := s.Notices(ctx, q)
			for i, n := range page {
				if kept[n.ID] == nil {
					kept[n.ID] = n.Data
				}
				page[i].Data = kept[n.ID]
			}
			return page, next, err
		}}
	},
	"notices: does a task twice": drainedBy(func(f do) do {
		return func(ctx context.Context, t profile.NoticeTask) error { return errors.Join(f(ctx, t), f(ctx, t)) }
	}),
	"notices: no failure counts": drainedBy(func(f do) do {
		return func(ctx context.Context, t profile.NoticeTask) error {
			_ = f(ctx, t)
			return nil
		}
	}),
	"notices: every failure is for good": drainedBy(func(f do) do {
		return func(ctx context.Context, t profile.NoticeTask) error {
			if err := f(ctx, t); err != nil {
				return profile.Permanent(err)
			}
			return nil
		}
	}),
	"notices: permanent means later": drainedBy(func(f do) do {
		return func(ctx context.Context, t profile.NoticeTask) error {
			if f(ctx, t) != nil {
				return errors.New("failed")
			}
			return nil
		}
	}),
	"notices: forgets the lane": func(s *memprofile.Store) faultyNotices {
		return faultyNotices{queue: func(ctx context.Context, tasks ...profile.NoticeTask) error {
			tasks = slices.Clone(tasks)
			for i := range tasks {
				tasks[i].Lane = "one"
			}
			return s.QueueNotices(ctx, tasks...)
		}}
	},
	"notices: everything is due": func(s *memprofile.Store) faultyNotices {
		return faultyNotices{queue: func(ctx context.Context, tasks ...profile.NoticeTask) error {
			tasks = slices.Clone(tasks)
			for i := range tasks {
				tasks[i].DueAt = time.Time{}
			}
			return s.QueueNotices(ctx, tasks...)
		}}
	},
	"notices: swallows conflicts": func(s *memprofile.Store) faultyNotices {
		return faultyNotices{queue: func(ctx context.Context, tasks ...profile.NoticeTask) error {
			if err := s.QueueNotices(ctx, tasks...); !errors.Is(err, profile.ErrConflict) {
				return err
			}
			return nil
		}}
	},
	"notices: does not notice a cancelled context": func(s *memprofile.Store) faultyNotices {
		return faultyNotices{queue: func(ctx context.Context, tasks ...profile.NoticeTask) error {
			return s.QueueNotices(context.WithoutCancel(ctx), tasks...)
		}}
	},
	"endpoints: drops the keys": func(s *memprofile.Store) faultyNotices {
		return faultyNotices{saveEndpoint: func(ctx context.Context, e profile.Endpoint) error {
			e.Data = nil
			return s.SaveEndpoint(ctx, e)
		}}
	},
	"endpoints: stays with the first": func(s *memprofile.Store) faultyNotices {
		owner := map[string]string{}
		return faultyNotices{saveEndpoint: func(ctx context.Context, e profile.Endpoint) error {
			if owner[e.ID] == "" {
				owner[e.ID] = e.Person
			}
			e.Person = owner[e.ID]
			return s.SaveEndpoint(ctx, e)
		}}
	},
	"endpoints: ignores the channel": func(s *memprofile.Store) faultyNotices {
		return faultyNotices{endpoints: func(ctx context.Context, person, channel string) ([]profile.Endpoint, error) {
			push, err := s.Endpoints(ctx, person, "push")
			sms, _ := s.Endpoints(ctx, person, "sms")
			return append(push, sms...), err
		}}
	},
	"endpoints: drops the session": func(s *memprofile.Store) faultyNotices {
		return faultyNotices{saveEndpoint: func(ctx context.Context, e profile.Endpoint) error {
			e.Session = ""
			return s.SaveEndpoint(ctx, e)
		}}
	},
	"endpoints: forgets the next session": func(s *memprofile.Store) faultyNotices {
		return faultyNotices{endSessions: func(ctx context.Context, q profile.SessionQuery) (int, error) {
			q.Next = ""
			return s.EndSessions(ctx, q)
		}}
	},
	"endpoints: outlives its session": func(s *memprofile.Store) faultyNotices {
		return faultyNotices{endSessions: func(ctx context.Context, q profile.SessionQuery) (int, error) {
			q.Next = "nowhere"
			return s.EndSessions(ctx, q)
		}}
	},
	"endpoints: oldest first": func(s *memprofile.Store) faultyNotices {
		return faultyNotices{endpoints: func(ctx context.Context, person, channel string) ([]profile.Endpoint, error) {
			list, err := s.Endpoints(ctx, person, channel)
			slices.Reverse(list)
			return list, err
		}}
	},
	"endpoints: removes anybody's": func(s *memprofile.Store) faultyNotices {
		return faultyNotices{removeEndpoints: func(ctx context.Context, q profile.EndpointQuery) (int, error) {
			if q.ID != "" {
				q.Person = ""
			}
			return s.RemoveEndpoints(ctx, q)
		}}
	},
}

// TestSuiteCatchesNotices runs the suite on every broken store and wants it to fail.
func TestSuiteCatchesNotices(t *testing.T) {
	suitetest.Catches(t, brokenNotices, func(t *testing.T, fault func(*memprofile.Store) faultyNotices) {
		open := func() faultyNotices {
			good := memprofile.New()
			f := fault(good)
			f.NoticeStore, f.EndpointStore, f.SessionStore = good, good, good
			return f
		}
		profiletest.TestNoticeStore(t, func(*testing.T) profile.NoticeStore { return open() })
		profiletest.TestEndpointStore(t, func(*testing.T) profile.EndpointStore { return open() })
	})
}

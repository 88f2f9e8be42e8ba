package memprofile

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/stoa-go/stoa/internal/cursor"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/stored"
	"github.com/stoa-go/stoa/profile"
)

// How tasks are done, as an outbox does them.
const (
	maxAttempts = 12
	minBackoff  = 5 * time.Second
	maxBackoff  = time.Hour
	maxAfter    = 24 * time.Hour
	taskTimeout = time.Minute
	pollQueue   = 500 * time.Millisecond
)

// A queue does tasks in this process. Its zero value is ready to use; the lock
// is that of the Store.
type queue struct {
	pending []*task
	seen    map[[2]string][]byte    // payloads by lane and key
	doneAt  map[[2]string]time.Time // of those that are done or given up
}

type task struct {
	profile.NoticeTask
	attempts int
	busy     bool
}

// add queues tasks, or none of them.
func (q *queue) add(tasks []profile.NoticeTask) error {
	for _, t := range tasks {
		if err := stored.CheckText(t.Lane, t.Key, string(t.Payload)); err != nil {
			return err
		}
		if old, seen := q.seen[[2]string{t.Lane, t.Key}]; seen && !bytes.Equal(old, t.Payload) {
			return errs.Conflict
		}
	}
	if q.seen == nil {
		q.seen = map[[2]string][]byte{}
	}
	for _, t := range tasks {
		name := [2]string{t.Lane, t.Key}
		if _, seen := q.seen[name]; seen {
			continue
		}
		t.Payload = bytes.Clone(t.Payload)
		q.seen[name] = t.Payload
		q.pending = append(q.pending, &task{NoticeTask: t})
	}
	return nil
}

// forget forgets the tasks of lanes that name a person, except what somebody is
// at, and takes the person out of the others: those that are done go, those that
// wait go on without them.
func (q *queue) forget(person string) {
	waits, busy := map[[2]string]*task{}, map[[2]string]bool{}
	q.pending = slices.DeleteFunc(q.pending, func(t *task) bool {
		busy[[2]string{t.Lane, t.Key}] = t.busy
		return !t.busy && names(t.Lane, person)
	})
	for _, t := range q.pending {
		waits[[2]string{t.Lane, t.Key}] = t
	}
	maps.DeleteFunc(q.seen, func(task [2]string, payload []byte) bool {
		if !busy[task] && names(task[0], person) {
			return true
		}
		left, named := profile.NoticeTask{Payload: payload}.Without(person)
		if named && waits[task] != nil {
			q.seen[task], waits[task].Payload = left.Payload, left.Payload
		}
		return waits[task] == nil && (named || bytes.Contains(payload, []byte(`"`+cursor.Encode(person)+`"`)))
	})
	maps.DeleteFunc(q.doneAt, func(task [2]string, _ time.Time) bool { _, there := q.seen[task]; return !there })
}

func names(lane, person string) bool { return strings.Contains("/"+lane+"/", "/"+person+"/") }

// claim takes the first task that is due and first in its lane, or none.
func (q *queue) claim() *task {
	lanes, now := map[string]bool{}, time.Now()
	for _, t := range q.pending {
		if !lanes[t.Lane] && !t.busy && !t.DueAt.After(now) {
			t.busy = true
			t.attempts++
			return t
		}
		lanes[t.Lane] = true
	}
	return nil
}

// settle is the end of an attempt.
func (q *queue) settle(ctx context.Context, t *task, err error) {
	t.busy = false
	switch {
	case err == nil, profile.IsPermanent(err), ctx.Err() == nil && t.attempts >= maxAttempts:
		q.pending = slices.DeleteFunc(q.pending, func(other *task) bool { return other == t })
		if q.doneAt == nil {
			q.doneAt = map[[2]string]time.Time{}
		}
		q.doneAt[[2]string{t.Lane, t.Key}] = time.Now()
	case ctx.Err() == nil:
		wait := min(maxBackoff, minBackoff<<(t.attempts-1))
		if e, ok := errors.AsType[*profile.SendError](err); ok {
			wait = max(wait, min(e.After, maxAfter))
		}
		t.DueAt = time.Now().Add(wait)
	}
}

// QueueNotices implements [profile.NoticeQueue].
func (s *Store) QueueNotices(ctx context.Context, tasks ...profile.NoticeTask) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.notices.queue.add(tasks)
}

// DeliverNotices implements [profile.NoticeQueue].
func (s *Store) DeliverNotices(ctx context.Context, do func(context.Context, profile.NoticeTask) error) error {
	ticker := time.NewTicker(pollQueue)
	defer ticker.Stop()
	for {
		if _, err := s.DrainNotices(ctx, do); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
	}
}

// DrainNotices implements [profile.NoticeQueue].
func (s *Store) DrainNotices(ctx context.Context, do func(context.Context, profile.NoticeTask) error) (attempts int, err error) {
	for {
		if err := ctx.Err(); err != nil {
			return attempts, err
		}
		s.mu.Lock()
		t := s.notices.queue.claim()
		s.mu.Unlock()
		if t == nil {
			return attempts, nil
		}
		attempts++
		err := attempt(ctx, t.NoticeTask, do)
		s.mu.Lock()
		s.notices.queue.settle(ctx, t, err)
		s.mu.Unlock()
	}
}

func attempt(ctx context.Context, t profile.NoticeTask, do func(context.Context, profile.NoticeTask) error) (err error) {
	ctx, cancel := context.WithTimeout(ctx, taskTimeout)
	defer cancel()
	defer func() {
		if recover() != nil {
			err = errors.New("panic")
		}
	}()
	return do(ctx, profile.NoticeTask{Lane: t.Lane, Key: t.Key, Payload: bytes.Clone(t.Payload)})
}

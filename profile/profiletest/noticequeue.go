package profiletest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
)

func newTask(lane, key string) profile.NoticeTask {
	return profile.NoticeTask{Lane: lane, Key: key, Payload: json.RawMessage(`{"of":"` + lane + key + `"}`)}
}

// worker notes what it is given, as "lane/key", and fails as told.
type worker struct {
	did  []string
	fail func(profile.NoticeTask) error
}

func (w *worker) do(_ context.Context, task profile.NoticeTask) error {
	w.did = append(w.did, task.Lane+"/"+task.Key)
	if w.fail == nil {
		return nil
	}
	return w.fail(task)
}

func drained(t *testing.T, s profile.NoticeStore) []string {
	t.Helper()
	w := &worker{did: []string{}}
	n, err := s.DrainNotices(t.Context(), w.do)
	require.NoError(t, err)
	require.Equal(t, len(w.did), n)
	return w.did
}

func checkQueueOnce(t *testing.T, s profile.NoticeStore) {
	require.NoError(t, s.QueueNotices(t.Context(), newTask("a", "2"), newTask("b", "1"), newTask("a", "1"), newTask("a", "2")))
	require.NoError(t, s.QueueNotices(t.Context(), newTask("a", "1")))
	require.Equal(t, []string{"a/2", "b/1", "a/1"}, drained(t, s))
	require.NoError(t, s.QueueNotices(t.Context(), newTask("a", "1"), newTask("a", "3")))
	require.Equal(t, []string{"a/3"}, drained(t, s))
}

func checkQueueConflict(t *testing.T, s profile.NoticeStore) {
	require.NoError(t, s.QueueNotices(t.Context(), newTask("a", "1")))
	other := newTask("a", "1")
	other.Payload = json.RawMessage(`{"of":"something else"}`)
	require.ErrorIs(t, s.QueueNotices(t.Context(), newTask("b", "1"), other), profile.ErrConflict)
	require.Equal(t, []string{"a/1"}, drained(t, s))
}

func checkQueueLater(t *testing.T, s profile.NoticeStore) {
	later := newTask("a", "1")
	later.DueAt = time.Now().Add(time.Hour)
	past := newTask("b", "1")
	past.DueAt = time.Now().Add(-time.Hour).In(somewhere())
	require.NoError(t, s.QueueNotices(t.Context(), later, newTask("a", "2"), past))
	require.Equal(t, []string{"b/1"}, drained(t, s))
}

func checkQueueFails(t *testing.T, s profile.NoticeStore) {
	require.NoError(t, s.QueueNotices(t.Context(), newTask("a", "1"), newTask("a", "2"), newTask("b", "1"), newTask("b", "2"), newTask("c", "1")))
	down := errors.New("receiver is down")
	w := &worker{fail: func(task profile.NoticeTask) error {
		switch task.Lane + task.Key {
		case "a1":
			return down
		case "b1":
			return fmt.Errorf("wrapped: %w", profile.Permanent(down))
		case "c1":
			return profile.RetryAfter(down, time.Hour)
		}
		return nil
	}}
	n, err := s.DrainNotices(t.Context(), w.do)
	require.NoError(t, err)
	slices.Sort(w.did)
	require.Equal(t, []string{"a/1", "b/1", "b/2", "c/1"}, w.did)
	require.Equal(t, 4, n)
	require.Empty(t, drained(t, s))
}

func checkQueueShared(t *testing.T, s profile.NoticeStore) {
	const tasks, workers = 40, 4
	for i := range tasks {
		require.NoError(t, s.QueueNotices(t.Context(), newTask(numbered("lane", i%7), numbered("k", i))))
	}
	did, failed := make(chan string, 2*tasks), make(chan error, workers)
	for range workers {
		go func() {
			_, err := s.DrainNotices(t.Context(), func(_ context.Context, task profile.NoticeTask) error {
				did <- task.Key
				return nil
			})
			failed <- err
		}()
	}
	for range workers {
		require.NoError(t, <-failed)
	}
	require.Equal(t, 0, len(drained(t, s)), "a worker ends when nothing is left")
	close(did)
	seen := map[string]int{}
	for key := range did {
		seen[key]++
	}
	require.Len(t, seen, tasks)
	for key, n := range seen {
		require.Equal(t, 1, n, key)
	}
}

func checkQueueRun(t *testing.T, s profile.NoticeStore) {
	ctx, cancel := context.WithCancel(t.Context())
	did, done := make(chan string, 4), make(chan error, 1)
	go func() {
		done <- s.DeliverNotices(ctx, func(_ context.Context, task profile.NoticeTask) error {
			did <- task.Key
			return nil
		})
	}()
	require.NoError(t, s.QueueNotices(t.Context(), newTask("a", "1")))
	require.Equal(t, "1", <-did)
	require.NoError(t, s.QueueNotices(t.Context(), newTask("a", "2")))
	require.Equal(t, "2", <-did)
	cancel()
	require.ErrorIs(t, <-done, context.Canceled)
}

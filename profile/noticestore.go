package profile

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"time"
)

// A NoticeStore keeps notices and what is to be done with them. It applies no
// rules of its own: a [Notifier] does.
//
// Implementations
//
//   - must be safe for concurrent use and do each call whole or not at all;
//   - must keep every field, times as UTC to the microsecond, text as it is, and
//     may treat empty maps as nil;
//   - must not share maps with their callers;
//   - must return ErrInvalid for text that is not UTF-8 or holds a NUL;
//   - must pass profiletest.TestNoticeStore.
type NoticeStore interface {
	// Notices returns the notices that match q, the newest first and then by
	// ID, and the position of the next page, empty on the last. A position that
	// it did not give out is ErrInvalid.
	Notices(ctx context.Context, q NoticeQuery) (page []Notice, next string, err error)

	// CountNotices returns what is in the centre of a person.
	CountNotices(ctx context.Context, person string) (NoticeCount, error)

	// AddNotices keeps notices and queues their tasks. One whose ID is there is
	// left as it is, and what comes with it is not queued.
	AddNotices(ctx context.Context, posts []NoticePost) error

	// ReadNotices sets ReadAt of notices that are in the centre of a person and
	// not read, and returns how many: of the one with the ID, or of all up to a
	// time. A mark without either is ErrInvalid.
	ReadNotices(ctx context.Context, m NoticeMark) (n int, err error)

	// RemoveNotices forgets the notices of a person, or all that are older than
	// a time, with their places in digests, and returns how many. Of a person it
	// forgets the tasks too whose lane has their ID between slashes, and takes
	// them out of the others: those that are done or given up and have the ID as
	// a value in their payload are forgotten, those that wait are left as
	// [NoticeTask.Without] says. It may forget tasks that were done or given up
	// before the time. A zero query is ErrInvalid.
	RemoveNotices(ctx context.Context, q NoticeRemoval) (n int, err error)

	// DigestNotices returns what belongs into a digest, the oldest first and
	// then by ID. The first time that it is asked for a key, these are the
	// notices that wait for the person and the channel until the time and are in
	// no digest yet, 200 at most; each time after, the same again without those
	// that are forgotten.
	DigestNotices(ctx context.Context, d NoticeDigest) ([]Notice, error)

	NoticeQueue
}

// A NoticeQueue does tasks later.
//
//   - Each is done at least once, and by one at a time, however many programs
//     share the store.
//   - Those of a lane are done in the order in which they were queued.
//   - A failed one is tried again after a growing time, at least as long as a
//     [SendError] says, and given up after some hours or when the SendError is
//     permanent.
//   - A key that a lane has seen is the same task: it is not queued again.
type NoticeQueue interface {
	// QueueNotices adds tasks. A key that its lane has seen with another
	// payload is ErrConflict.
	QueueNotices(ctx context.Context, tasks ...NoticeTask) error

	// DeliverNotices has tasks done until ctx ends, and returns its error.
	DeliverNotices(ctx context.Context, do func(context.Context, NoticeTask) error) error

	// DrainNotices has the tasks done that are due, one after the other, until
	// there are none, and returns how many attempts it took.
	DrainNotices(ctx context.Context, do func(context.Context, NoticeTask) error) (attempts int, err error)
}

// A NoticeTask is something to do later.
type NoticeTask struct {
	Lane    string          // tasks of a lane wait for each other
	Key     string          // says which task of the lane it is
	DueAt   time.Time       // zero means at once
	Payload json.RawMessage // what the Notifier needs to know
}

// Without returns the task with empty text wherever a value of its payload is
// the ID of a person, and reports whether there was one.
func (t NoticeTask) Without(person string) (NoticeTask, bool) {
	d := json.NewDecoder(bytes.NewReader(t.Payload))
	d.UseNumber()
	var v any
	if person == "" || d.Decode(&v) != nil {
		return t, false
	}
	named := false
	v = blanked(v, person, &named)
	if !named {
		return t, false
	}
	text, err := json.Marshal(v)
	if err != nil {
		return t, false
	}
	t.Payload = text
	return t, true
}

func blanked(v any, person string, named *bool) any {
	switch v := v.(type) {
	case string:
		if v == person {
			*named = true
			return ""
		}
	case []any:
		for i := range v {
			v[i] = blanked(v[i], person, named)
		}
	case map[string]any:
		for key := range v {
			v[key] = blanked(v[key], person, named)
		}
	}
	return v
}

// A NoticePost is a new notice and what follows from it.
type NoticePost struct {
	Notice  Notice
	Tasks   []NoticeTask
	Digests []NoticeDigest // those it waits for; only Channel and Until count
}

// A NoticeDigest names one digest.
type NoticeDigest struct {
	Person  string
	Channel string
	Key     string
	Until   time.Time // what waits for this time or an earlier one belongs into it
}

// A NoticeQuery selects notices that match every field that is set.
type NoticeQuery struct {
	Person string
	ID     string
	Inbox  bool // only what is in the centre
	Unread bool // only what is not read
	After  string
	Limit  int // 0 means 50
}

// A NoticeCount is what is in somebody's centre.
type NoticeCount struct {
	All    int
	Unread int
	Newest string // ID of the newest one, or empty
}

// A NoticeMark says what somebody has read.
type NoticeMark struct {
	Person string
	ID     string    // this one
	Until  time.Time // all that happened at this time or before
	At     time.Time // when they read it
}

// A NoticeRemoval selects the notices that match every field that is set.
type NoticeRemoval struct {
	Person string
	Before time.Time // that happened before this time
}

// A SendError tells the queue more about a failed task than that it failed.
type SendError struct {
	Err       error
	Permanent bool          // trying again is no use
	After     time.Duration // not earlier than this
	Address   bool          // it is the address that cannot be reached, not the message or the sender
	Status    string        // enhanced status of a mail server, "5.1.1", or empty
}

func (e *SendError) Error() string { return e.Err.Error() }

// Unwrap returns what went wrong.
func (e *SendError) Unwrap() error { return e.Err }

// Permanent returns err such that nobody tries again: the address does not
// exist. A receiver that is down is not such a case.
func Permanent(err error) error { return &SendError{Err: err, Permanent: true} }

// RetryAfter returns err such that the next attempt waits for at least d.
func RetryAfter(err error, d time.Duration) error { return &SendError{Err: err, After: d} }

// IsPermanent reports whether trying again is no use.
func IsPermanent(err error) bool {
	e, ok := errors.AsType[*SendError](err)
	return ok && e.Permanent
}

package feed

import (
	"context"
	"errors"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/stoa-go/stoa/internal/sqldb"
)

// ErrRebuild means that a cursor cannot be continued from: take the head, read
// all content, go on from that head.
var ErrRebuild = errors.New("feed: the cursor is of another past; rebuild")

// An Op is what happened to the thing that an entry names.
type Op string

// The operations.
const (
	OpPut    Op = "put"    // it is new or different
	OpDelete Op = "delete" // it is gone
)

// A Change is what a store tells the feed.
type Change struct {
	Topic string // the kind of thing, "article"
	Ref   string // which one, its id
	Op    Op     // zero means OpPut
}

// An Entry is a change in its place.
type Entry struct {
	Change
	At     time.Time // by the clock of the database
	Cursor Cursor    // to continue after this entry
}

// A Reader is a feed as its readers see it. [Log] and [Memory] are ones.
type Reader interface {
	// Read returns up to limit entries after the cursor, in order, and the
	// cursor to continue from, which has moved on even if none of the topics
	// occurred. No topics means all; a limit of zero means 500. The zero
	// cursor reads from the beginning.
	Read(ctx context.Context, after Cursor, topics []string, limit int) ([]Entry, Cursor, error)

	// Head returns the cursor after the last entry.
	Head(ctx context.Context) (Cursor, error)

	// Wait returns when there is more after the cursor, or with the error of
	// ctx or the database. It does not look at the cursor's past: Read does.
	Wait(ctx context.Context, after Cursor) error
}

const defaultLimit = 500

// chunk keeps the placeholders of one insert within what SQLite takes.
const chunk = 1000

// Append adds changes to the feed inside the transaction that made them.
func Append(ctx context.Context, tx sqlx.ExtContext, changes ...Change) error {
	for len(changes) > 0 {
		n := min(len(changes), chunk)
		if err := appendChunk(ctx, tx, changes[:n]); err != nil {
			return err
		}
		changes = changes[n:]
	}
	return nil
}

func appendChunk(ctx context.Context, tx sqlx.ExtContext, changes []Change) error {
	args := make([]any, 0, 3*len(changes))
	for _, c := range changes {
		if err := sqldb.CheckText(c.Topic, c.Ref); err != nil {
			return err
		}
		args = append(args, c.Topic, c.Ref, string(c.op()))
	}
	_, err := sqldb.Exec(ctx, tx, `insert into stoa_feed (topic, ref, op) values `+sqldb.Tuples(len(changes), 3), args...)
	return err
}

func (c Change) op() Op {
	if c.Op == "" {
		return OpPut
	}
	return c.Op
}

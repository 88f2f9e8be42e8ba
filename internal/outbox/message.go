package outbox

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/sqldb"
)

// A Message is what is to be delivered.
type Message struct {
	Destination string    // the lane it waits in, "webhook:42"
	Kind        string    // which handler takes it, "case.opened"
	Key         string    // says within the destination which message it is; empty means a random one
	Payload     any       // anything that encoding/json takes
	NotBefore   time.Time // zero means at once
}

// Enqueue adds messages in the transaction that causes them. A key that the
// destination has seen is the same message: adding it again does nothing if the
// kind and the payload are the same too, and is a Conflict otherwise.
func Enqueue(ctx context.Context, tx sqlx.ExtContext, messages ...Message) error {
	for _, m := range messages {
		if err := enqueue(ctx, tx, m); err != nil {
			return fmt.Errorf("enqueue %s for %s: %w", m.Kind, m.Destination, err)
		}
	}
	return nil
}

func enqueue(ctx context.Context, tx sqlx.ExtContext, m Message) error {
	if m.Destination == "" || m.Kind == "" {
		return fmt.Errorf("a message without destination or kind: %w", errs.Invalid)
	}
	if err := sqldb.CheckText(m.Destination, m.Kind, m.Key); err != nil {
		return err
	}
	payload, err := json.Marshal(m.Payload)
	if err != nil {
		return fmt.Errorf("payload: %w: %w", errs.Invalid, err)
	}
	if m.Key == "" {
		m.Key = rand.Text()
	}
	res, err := sqldb.Exec(ctx, tx, `
		insert into stoa_outbox (destination, kind, key, payload, due_at) values ($1, $2, $3, $4, $5)
		on conflict (destination, key) do nothing`,
		m.Destination, m.Kind, m.Key, string(payload), sqldb.At(m.NotBefore))
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n == 1 {
		return err
	}
	return compare(ctx, tx, m, string(payload))
}

// compare returns a Conflict unless the message under m's key is m.
func compare(ctx context.Context, tx sqlx.ExtContext, m Message, payload string) error {
	var old struct{ Kind, Payload string }
	err := sqldb.Get(ctx, tx, &old, "message "+m.Key, `select kind, payload from stoa_outbox where destination = $1 and key = $2`, m.Destination, m.Key)
	if err != nil {
		return err
	}
	if old.Kind != m.Kind || old.Payload != payload {
		return fmt.Errorf("message %s is another one: %w", m.Key, errs.Conflict)
	}
	return nil
}

// A Delivery is one attempt at a message.
type Delivery struct {
	ID          int64
	Destination string
	Kind        string
	Key         string // the same at each attempt
	Payload     json.RawMessage
	Attempt     int // from 1, so that each can be signed afresh
	CreatedAt   time.Time
}

// A Handler delivers a message, or says why it could not. The context ends
// before the lease does. A panic counts as a failed attempt.
type Handler func(ctx context.Context, d Delivery) error

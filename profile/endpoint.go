package profile

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/idem"
)

// An Endpoint is an address on a channel that a person added: a browser, a
// telephone, a receiver of webhooks.
type Endpoint struct {
	ID        string // see [AddEndpoint]
	Person    string
	Channel   string
	Address   string
	Data      map[string]string // keys and secrets that sending takes
	Agent     string            // what it is in its own words, or empty
	Session   string            // ID of the session that it goes with, or empty if it goes with none
	CreatedAt time.Time
}

// An EndpointStore keeps endpoints.
//
// Implementations
//
//   - must be safe for concurrent use and do each call whole or not at all;
//   - must keep every field, times as UTC to the microsecond, and text as it is;
//   - must not share maps with their callers;
//   - must return ErrInvalid for text that is not UTF-8 or holds a NUL;
//   - must pass profiletest.TestEndpointStore.
type EndpointStore interface {
	// Endpoints returns those of a person on a channel, the newest first and
	// then by ID, 50 at most.
	Endpoints(ctx context.Context, person, channel string) ([]Endpoint, error)

	// SaveEndpoint keeps e in place of what has its ID, whoever it belonged to.
	SaveEndpoint(ctx context.Context, e Endpoint) error

	// RemoveEndpoints forgets the endpoints that match q, and returns how many.
	// A zero q is ErrInvalid.
	RemoveEndpoints(ctx context.Context, q EndpointQuery) (n int, err error)
}

// An EndpointQuery selects the endpoints that match every field that is set.
type EndpointQuery struct {
	ID      string
	Person  string
	Channel string
}

// EndpointID returns the ID of an address on a channel.
func EndpointID(channel, address string) string { return idem.ID("profile.endpoint", channel, address) }

// maxEndpoints is how many addresses a person may have on one channel.
const maxEndpoints = 20

// AddEndpoint keeps an address for e.Person. Without an e.ID it is that of the
// address, which is nobody else's from then on: of a browser, only who sits in
// front of it knows the address. Those who have 20 are told that these are too
// many.
func AddEndpoint(ctx context.Context, store EndpointStore, e Endpoint) (Endpoint, error) {
	if e.Person == "" {
		return Endpoint{}, fmt.Errorf("add endpoint: %w", ErrForbidden)
	}
	if e.ID == "" {
		e.ID = EndpointID(e.Channel, e.Address)
	}
	list, err := store.Endpoints(ctx, e.Person, e.Channel)
	if err != nil {
		return Endpoint{}, fmt.Errorf("add endpoint: %w", err)
	}
	others := 0
	for _, old := range list {
		if old.ID != e.ID {
			others++
		}
	}
	if others >= maxEndpoints {
		return Endpoint{}, fmt.Errorf("add endpoint: %w", errs.Field("url", "error.field.too_many", map[string]any{"max": maxEndpoints}))
	}
	if err := store.SaveEndpoint(ctx, e); err != nil {
		return Endpoint{}, fmt.Errorf("add endpoint: %w", err)
	}
	return e, nil
}

// SendEach sends to each endpoint of a person on a channel. One that is
// ErrNotFound is forgotten. It fails if one failed that may work later, since
// trying again does the others no harm: they know the key; and for good only if
// nobody got it.
func SendEach(ctx context.Context, store EndpointStore, person, channel string, send func(Endpoint) error) error {
	list, err := store.Endpoints(ctx, person, channel)
	if err != nil {
		return fmt.Errorf("endpoints: %w", err)
	}
	var later, never error
	sent := false
	for _, e := range list {
		switch err := send(e); {
		case err == nil:
			sent = true
		case errors.Is(err, ErrNotFound):
			if _, err := store.RemoveEndpoints(ctx, EndpointQuery{ID: e.ID, Person: e.Person}); err != nil {
				later = err
			}
		case IsPermanent(err):
			never = err
		default:
			later = err
		}
	}
	if later != nil || sent {
		return later
	}
	return never
}

package profile

import (
	"context"
	"errors"
	"iter"
	"time"

	"github.com/stoa-go/stoa/analytics"
)

// A sessionRecord is a session in an export. What lets a browser in is not
// handed out.
type sessionRecord struct {
	Via       string    `json:"via"`
	Subject   string    `json:"subject"`
	Agent     string    `json:"agent"`
	StartedAt time.Time `json:"started_at"`
	SeenAt    time.Time `json:"seen_at"`
	ExpiresAt time.Time `json:"expires_at"`
}

// SessionKeeper returns the Keeper of sessions, named "sessions". This one and
// those below are registered already for the stores that are one with the
// Directory's; a program registers them for stores that are apart.
func SessionKeeper(store SessionStore) Keeper {
	return NewKeeper("sessions",
		func(ctx context.Context, person string) iter.Seq2[any, error] {
			list, err := store.Sessions(ctx, person)
			return listed(func(s Session) any {
				return sessionRecord{s.Via, s.Subject, s.Agent, s.StartedAt, s.SeenAt, s.ExpiresAt}
			}, list, err)
		},
		func(ctx context.Context, person string, _ Erasure) (Erased, error) {
			n, err := store.EndSessions(ctx, SessionQuery{Person: person})
			if err != nil {
				return Erased{Removed: n}, err
			}
			// Others may be looking at the portal as them.
			views, err := store.EndViews(ctx, person)
			return Erased{Removed: n, Renamed: views}, err
		})
}

// listed ranges over a list that is read already, or its error.
func listed[T any](wire func(T) any, list []T, err error) iter.Seq2[any, error] {
	return records(wire, func(string) ([]T, string, error) { return list, "", err })
}

// An identityRecord is an identity in an export.
type identityRecord struct {
	Via      string    `json:"via"`
	Subject  string    `json:"subject"`
	LinkedAt time.Time `json:"linked_at"`
}

// IdentityKeeper returns the Keeper of identities, named "identities".
func IdentityKeeper(store IdentityStore) Keeper {
	return NewKeeper(keeperIdentities,
		func(ctx context.Context, person string) iter.Seq2[any, error] {
			list, err := store.Identities(ctx, person)
			return listed(func(i Identity) any { return identityRecord{i.Via, i.Subject, i.LinkedAt} }, list, err)
		},
		func(ctx context.Context, person string, _ Erasure) (Erased, error) {
			return unlinkAll(ctx, store, person)
		})
}

// unlinkAll forgets identities list by list: one has a hundred at most.
func unlinkAll(ctx context.Context, store IdentityStore, person string) (done Erased, err error) {
	for {
		list, err := store.Identities(ctx, person)
		if err != nil || len(list) == 0 {
			return done, err
		}
		for _, i := range list {
			// Somebody may have unlinked it meanwhile.
			if err := store.Unlink(ctx, i); err != nil && !errors.Is(err, ErrNotFound) {
				return done, err
			}
			done.Removed++
		}
	}
}

// A noticeRecord is a notice in an export.
type noticeRecord struct {
	Kind    string            `json:"kind"`
	Subject string            `json:"subject"`
	Data    map[string]string `json:"data"`
	At      time.Time         `json:"at"`
	ReadAt  *time.Time        `json:"read_at"`
}

// NoticeKeeper returns the Keeper of notices, named "notices". It is a
// [PrivateKeeper]: what somebody is told of is what they follow.
func NoticeKeeper(store NoticeStore) Keeper {
	return privateKeeper{NewKeeper("notices",
		func(ctx context.Context, person string) iter.Seq2[any, error] {
			return records(func(n Notice) any {
				r := noticeRecord{Kind: n.Kind, Subject: n.Subject, Data: n.Data, At: n.At}
				if !n.ReadAt.IsZero() {
					r.ReadAt = &n.ReadAt
				}
				return r
			}, func(after string) ([]Notice, string, error) {
				return store.Notices(ctx, NoticeQuery{Person: person, After: after, Limit: maxLimit})
			})
		},
		func(ctx context.Context, person string, _ Erasure) (Erased, error) {
			n, err := store.RemoveNotices(ctx, NoticeRemoval{Person: person})
			return Erased{Removed: n}, err
		})}
}

// An endpointRecord is an endpoint in an export, without what it takes to write
// there.
type endpointRecord struct {
	Channel   string    `json:"channel"`
	Address   string    `json:"address"`
	Agent     string    `json:"agent"`
	CreatedAt time.Time `json:"created_at"`
}

// EndpointKeeper returns the Keeper of the addresses that people added to
// channels, named "endpoints". It exports those of the channels with the given
// names, and erases all of them.
func EndpointKeeper(store EndpointStore, channels ...string) Keeper {
	return NewKeeper("endpoints",
		func(ctx context.Context, person string) iter.Seq2[any, error] {
			var all []Endpoint
			for _, channel := range channels {
				list, err := store.Endpoints(ctx, person, channel)
				if err != nil {
					return one(nil, err)
				}
				all = append(all, list...)
			}
			return listed(func(e Endpoint) any { return endpointRecord{e.Channel, e.Address, e.Agent, e.CreatedAt} }, all, nil)
		},
		func(ctx context.Context, person string, _ Erasure) (Erased, error) {
			n, err := store.RemoveEndpoints(ctx, EndpointQuery{Person: person})
			return Erased{Removed: n}, err
		})
}

// An eventRecord is an event in an export.
type eventRecord struct {
	Name    string    `json:"name"`
	At      time.Time `json:"at"`
	Subject string    `json:"subject,omitempty"`
	Text    string    `json:"text,omitempty"`
	Path    string    `json:"path,omitempty"`
	Locale  string    `json:"locale,omitempty"`
	Device  string    `json:"device,omitempty"`
	Channel string    `json:"channel,omitempty"`
}

// EventKeeper returns the Keeper of what people did, named "events": of a
// ledger, and of the store that it writes to.
func EventKeeper(ledger *analytics.Ledger, store analytics.Store) Keeper {
	return NewKeeper("events",
		func(ctx context.Context, person string) iter.Seq2[any, error] {
			return func(yield func(any, error) bool) {
				if err := ledger.Flush(ctx); err != nil {
					yield(nil, err)
					return
				}
				for e, err := range store.Scan(ctx, analytics.Range{User: person}) {
					if !yield(eventRecord{e.Name, e.At, e.Subject, e.Text, e.Path, e.Locale, e.Device, e.Channel}, err) || err != nil {
						return
					}
				}
			}
		},
		func(ctx context.Context, person string, _ Erasure) (Erased, error) {
			n, err := ledger.Erase(ctx, analytics.Who{User: person})
			return Erased{Removed: n}, err
		})
}

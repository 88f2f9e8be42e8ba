package profile

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/stoa-go/stoa/internal/cursor"
)

// An Unsubscription is what a link at the end of a message ends.
type Unsubscription struct {
	Person  string
	Channel string
	Kind    string // "" means everything on the channel that may be turned off
}

const unsubScope = "profile.unsubscribe"

// unsubToken lets whoever holds it end these messages, and nothing else. It does
// not expire: so does the mail it is in.
func (n *Notifier) unsubToken(person, channel, kind string) string {
	return n.tokens.Seal(unsubScope, cursor.Encode(person, channel, kind))
}

// Unsubscription returns what a token from a message ends, without ending it.
// Any other token is ErrInvalid.
func (n *Notifier) Unsubscription(token string) (Unsubscription, error) {
	position, err := n.tokens.Open(unsubScope, token)
	if err != nil || position == "" {
		return Unsubscription{}, fmt.Errorf("unsubscribe: %w", ErrInvalid)
	}
	parts, err := cursor.Decode(position, 3)
	if err != nil {
		return Unsubscription{}, fmt.Errorf("unsubscribe: %w", ErrInvalid)
	}
	return Unsubscription{Person: parts[0], Channel: parts[1], Kind: parts[2]}, nil
}

// Unsubscribe ends what a token from a message names. It may be repeated, and
// tells nobody whether the person is still there.
func (n *Notifier) Unsubscribe(ctx context.Context, token string) error {
	u, err := n.Unsubscription(token)
	if err != nil {
		return err
	}
	if n.people.own.preferences == nil {
		return fmt.Errorf("unsubscribe: %w", ErrUnsupported)
	}
	const attempts = 5 // against changes at the same time
	for range attempts {
		if err = n.unsubscribe(ctx, u); !errors.Is(err, ErrConflict) {
			break
		}
	}
	if err != nil && !errors.Is(err, ErrNotFound) {
		return fmt.Errorf("unsubscribe: %w", err)
	}
	return nil
}

func (n *Notifier) unsubscribe(ctx context.Context, u Unsubscription) error {
	if _, err := n.people.store.Person(ctx, u.Person); err != nil {
		return err // nothing is written of those who were forgotten
	}
	p, err := n.people.preferences(ctx, u.Person)
	if err != nil {
		return err
	}
	p = p.Clone()
	if p.Notices == nil {
		p.Notices = map[string][]string{}
	}
	changed := false
	for name, k := range n.kinds {
		channels := n.channelsFor(k, p)
		if k.Fixed || u.Kind != "" && u.Kind != name || !slices.Contains(channels, u.Channel) {
			continue
		}
		p.Notices[name] = slices.DeleteFunc(slices.Clone(channels), func(c string) bool { return c == u.Channel })
		changed = true
	}
	if !changed {
		return nil
	}
	_, err = n.people.SavePreferences(ctx, Actor{ID: u.Person}, u.Person, p)
	return err
}

package profile

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/stoa-go/stoa/internal/idem"
)

// An InboxItem is a notice in the centre, as its reader may read it now.
type InboxItem struct {
	MessageItem
	Read bool
}

// emptyPages is how many pages of nothing but what the reader may not know of
// are passed over at once.
const emptyPages = 10

// Inbox returns a page of the actor's own notices, the newest first, in their
// language. What they may not know of any more is left out; what cannot be read
// at the moment is too, and comes back.
func (n *Notifier) Inbox(ctx context.Context, by Actor, q NoticeQuery) (items []InboxItem, next string, err error) {
	if by.Anonymous() {
		return nil, "", fmt.Errorf("notices: %w", ErrForbidden)
	}
	q.Person, q.Inbox, q.Limit = by.ID, true, limit(q.Limit)
	scope := fmt.Sprintf("profile.notices|%s|%t", by.ID, q.Unread)
	if q.After, err = n.tokens.Open(scope, q.After); err != nil {
		return nil, "", fmt.Errorf("notices: %w", err)
	}
	items = []InboxItem{}
	for range emptyPages {
		page, after, err := n.store.Notices(ctx, q)
		if err != nil {
			return nil, "", fmt.Errorf("notices: %w", err)
		}
		items, q.After = append(items, n.shown(ctx, by, page)...), after
		if len(items) > 0 || after == "" {
			break
		}
	}
	return items, n.tokens.Seal(scope, q.After), nil
}

// shown returns what of a page the reader may know of.
func (n *Notifier) shown(ctx context.Context, by Actor, page []Notice) []InboxItem {
	var items []InboxItem
	own, err := n.opts.Brand(ctx, by)
	if err != nil {
		n.opts.Logger.WarnContext(ctx, "brand not known", "person", by.ID, "error", err)
	}
	for _, note := range page {
		item, _, err := n.item(ctx, by, own, note)
		if err != nil {
			if !errors.Is(err, ErrNotFound) {
				n.opts.Logger.WarnContext(ctx, "notice not shown", "notice", note.ID, "kind", note.Kind, "error", err)
			}
			continue
		}
		items = append(items, InboxItem{MessageItem: item, Read: !note.ReadAt.IsZero()})
	}
	return items
}

// maxUnread is how far unread notices are counted.
const maxUnread = 100

// Unread returns how many notices the actor has not read, of those that they
// may know of, and whether there are more than were counted.
func (n *Notifier) Unread(ctx context.Context, by Actor) (count int, more bool, err error) {
	if by.Anonymous() {
		return 0, false, nil
	}
	page, next, err := n.store.Notices(ctx, NoticeQuery{Person: by.ID, Inbox: true, Unread: true, Limit: maxUnread})
	if err != nil {
		return 0, false, fmt.Errorf("unread notices: %w", err)
	}
	return len(n.shown(ctx, by, page)), next != "", nil
}

// MarkRead notes that the actor has read one of their notices. One that is read
// already, or is not theirs, is no error.
func (n *Notifier) MarkRead(ctx context.Context, by Actor, id string) error {
	if by.Anonymous() || by.Viewer != "" {
		return wrap(ErrForbidden, "notice", id)
	}
	if id == "" {
		return wrap(ErrNotFound, "notice", id)
	}
	_, err := n.store.ReadNotices(ctx, NoticeMark{Person: by.ID, ID: id, At: n.clock()})
	return wrap(err, "notice", id)
}

// MarkAllRead notes that the actor has read all notices of things that happened
// up to a time, that of the newest one on their page, and returns how many.
func (n *Notifier) MarkAllRead(ctx context.Context, by Actor, until time.Time) (int, error) {
	if by.Anonymous() || by.Viewer != "" {
		return 0, fmt.Errorf("notices: %w", ErrForbidden)
	}
	if until.IsZero() {
		return 0, fmt.Errorf("notices: %w", ErrInvalid)
	}
	count, err := n.store.ReadNotices(ctx, NoticeMark{Person: by.ID, Until: until, At: n.clock()})
	if err != nil {
		return 0, fmt.Errorf("notices: %w", err)
	}
	return count, nil
}

// State returns a text that changes when the actor's centre does: something is
// new, or was read elsewhere. It says nothing else.
func (n *Notifier) State(ctx context.Context, by Actor) (string, error) {
	if by.Anonymous() {
		return "", nil
	}
	c, err := n.store.CountNotices(ctx, by.ID)
	if err != nil {
		return "", fmt.Errorf("notices: %w", err)
	}
	return idem.Hash(c), nil
}

// Wait returns the state as soon as it is another one than seen, or the error of
// ctx when that ends. It is for streams: whoever hears of a change asks again,
// and is shown what they may see. A store that fails for a while is asked again.
// Those who have not signed in have nothing to wait for: that is ErrForbidden.
func (n *Notifier) Wait(ctx context.Context, by Actor, seen string) (string, error) {
	if by.Anonymous() {
		return "", fmt.Errorf("notices: %w", ErrForbidden)
	}
	ticker := time.NewTicker(n.opts.Poll)
	defer ticker.Stop()
	for {
		if state, err := n.State(ctx, by); err == nil && state != seen {
			return state, nil
		}
		select {
		case <-ctx.Done():
			return seen, ctx.Err()
		case <-ticker.C:
		}
	}
}

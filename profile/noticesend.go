package profile

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/stoa-go/stoa/internal/idem"
)

// send sends one notice through one channel, if its recipient is still there,
// still wants it, has not read it, and may still know of it.
func (n *Notifier) send(ctx context.Context, s noticeSend) error {
	page, _, err := n.store.Notices(ctx, NoticeQuery{Person: s.Person, ID: s.Notice, Limit: 1})
	if err != nil || len(page) == 0 {
		return wrap(err, "notice", s.Notice)
	}
	return n.deliver(ctx, s, idem.ID("profile.send", s.Channel, s.Notice), "", page)
}

// digest sends what has come together, if there is anything left of it.
func (n *Notifier) digest(ctx context.Context, s noticeSend) error {
	key := idem.ID("profile.digest", s.Person, s.Channel+"|"+s.Until.UTC().Format(time.RFC3339Nano))
	list, err := n.store.DigestNotices(ctx, NoticeDigest{Person: s.Person, Channel: s.Channel, Key: key, Until: s.Until})
	if err != nil || len(list) == 0 {
		return wrap(err, "digest for", s.Person)
	}
	return n.deliver(ctx, s, key, DigestDaily, list)
}

// errQuiet is no failure: the task waits.
var errQuiet = errors.New("the reader does not want to be disturbed now")

// deliver sends what is left of list to the reader as they are now.
func (n *Notifier) deliver(ctx context.Context, s noticeSend, key string, digest Digest, list []Notice) error {
	channel := n.channels[s.Channel]
	if channel == nil {
		return Permanent(fmt.Errorf("channel %s: is not there any more", s.Channel))
	}
	to, prefs, err := n.reader(ctx, s.Person)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if list, err = n.wanted(ctx, s.Channel, prefs, list); err != nil || len(list) == 0 {
		return err
	}
	urgency := n.kinds[list[0].Kind].Urgency
	if until, quiet := prefs.Quiet.Until(n.clock(), n.zoneOf(to)); quiet && urgency != UrgencyHigh {
		return RetryAfter(errQuiet, until.Sub(n.clock()))
	}
	if digest != "" && prefs.Digests[s.Channel] != "" {
		digest = prefs.Digests[s.Channel]
	}
	m, err := n.message(ctx, to, s.Channel, digest, list)
	if err != nil || len(m.Items) == 0 {
		return err
	}
	m.Key, m.Urgency = key, urgency
	if err := n.address(ctx, &m); err != nil {
		return err
	}
	if err := channel.Send(ctx, m); err != nil {
		n.refused(ctx, m, err)
		return fmt.Errorf("channel %s: %w", s.Channel, err)
	}
	return nil
}

// refused notes an address that a server does not know.
func (n *Notifier) refused(ctx context.Context, m Message, err error) {
	e, ok := errors.AsType[*SendError](err)
	if !ok || !e.Address || !e.Permanent || n.opts.Bounces == nil {
		return
	}
	if err := n.opts.Bounces.Note(ctx, BounceReport{Address: m.To.Email, Kind: BounceHard, Status: e.Status, Key: m.Key}); err != nil {
		n.opts.Logger.WarnContext(ctx, "refused address not noted", "error", err)
	}
}

// wanted returns what of list is not read yet and the reader still wants to
// hear of through the channel.
func (n *Notifier) wanted(ctx context.Context, channel string, prefs Preferences, list []Notice) (out []Notice, err error) {
	for _, note := range list {
		k, known := n.kinds[note.Kind]
		if !known || !note.ReadAt.IsZero() || !slices.Contains(n.channelsFor(k, prefs), channel) {
			continue
		}
		muted, err := n.muted(ctx, k, note)
		if err != nil {
			return nil, err
		}
		if !muted {
			out = append(out, note)
		}
	}
	return out, nil
}

// message puts together what the reader may know of.
func (n *Notifier) message(ctx context.Context, to Actor, channel string, digest Digest, list []Notice) (Message, error) {
	locale := n.localeOf(to)
	m := Message{
		To: Recipient{ID: to.ID, Name: to.Name, Locale: locale, Zone: n.zoneOf(to).String()}, Digest: digest,
		Why: n.text(locale, "notice.why", nil), Open: n.text(locale, "notice.open", nil),
		SettingsAs: n.text(locale, "notice.settings", nil), UnsubAs: n.text(locale, "notice.unsubscribe", nil),
		Settings: n.opts.Link(to, n.opts.Settings),
	}
	for _, note := range list {
		item, line, err := n.item(ctx, to, note)
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return Message{}, err
		}
		m.Items, m.Line, m.At = append(m.Items, item), line, note.At
	}
	kind := list[0].Kind
	if digest != "" {
		m.Line = n.text(locale, "notice.digest."+string(digest), map[string]any{"n": len(m.Items)})
		kind = ""
	}
	if n.people.own.preferences != nil && !n.kinds[kind].Fixed {
		m.Unsubscribe = n.opts.Link(to, cmp.Or(n.opts.Stop, n.opts.API+"/me/notices/unsubscribe")+"?token="+n.unsubToken(to.ID, channel, kind))
	}
	return m, nil
}

// item reads what a notice is about.
func (n *Notifier) item(ctx context.Context, to Actor, note Notice) (item MessageItem, line string, err error) {
	k, known := n.kinds[note.Kind]
	if !known {
		return item, "", wrap(ErrNotFound, "notice", note.ID)
	}
	text, err := k.Resolve(ctx, to, note.Clone())
	if err != nil {
		return item, "", wrap(err, note.Kind+" notice", note.ID)
	}
	locale, args := n.localeOf(to), text.args(note)
	item = MessageItem{
		ID: note.ID, Kind: note.Kind, At: note.At, Title: flat(n.text(locale, k.Title, args), maxNoticeTitle),
		Body: flat(text.Body, maxNoticeBody), URL: n.opts.Link(to, text.Path),
	}
	line = item.Title
	if k.Line != "" {
		line = flat(n.text(locale, k.Line, args), maxNoticeTitle)
	}
	if k.Body != "" {
		item.Body = flat(n.text(locale, k.Body, args), maxNoticeBody)
	}
	if k.Group != "" {
		item.Group = n.text(locale, k.Group, nil)
	}
	if text.Path == "" {
		item.URL = n.opts.Link(to, n.opts.Centre)
	}
	return item, line, nil
}

// address adds where to write to, unless it cannot be reached.
func (n *Notifier) address(ctx context.Context, m *Message) error {
	p, err := n.people.store.Person(ctx, m.To.ID)
	if err != nil {
		return wrap(err, "person", m.To.ID)
	}
	if n.opts.Bounces != nil && p.Email != "" {
		if held, err := n.opts.Bounces.Held(ctx, p.Email); err != nil || held {
			return err
		}
	}
	m.To.Email = p.Email
	return nil
}

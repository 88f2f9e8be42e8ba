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
	own, err := n.opts.Brand(ctx, to)
	if err != nil {
		return Message{}, fmt.Errorf("brand of %q: %w", to.ID, err)
	}
	m := Message{
		To: Recipient{ID: to.ID, Name: to.Name, Locale: locale, Zone: n.zoneOf(to).String()}, Digest: digest,
		Why: n.text(locale, "notice.why", nil), Open: n.text(locale, "notice.open", nil),
		SettingsAs: n.text(locale, "notice.settings", nil), UnsubAs: n.text(locale, "notice.unsubscribe", nil),
	}
	brands := []string{}
	for _, note := range list {
		item, told, err := n.item(ctx, to, own, note)
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return Message{}, err
		}
		m.Items, m.Line, m.At = append(m.Items, item), told.line, note.At
		brands = append(brands, told.brand)
	}
	m.Brand = nameOf(brands, own)
	n.ends(&m, to, channel, digest, list[0].Kind)
	return m, nil
}

// nameOf returns in whose name things are told together: in that of the brand
// that they are all of, and otherwise in the reader's own.
func nameOf(brands []string, own string) string {
	if slices.Sort(brands); len(slices.Compact(brands)) == 1 {
		return brands[0]
	}
	return own
}

// ends adds how a message ends: with links to what is sent and to its end.
func (n *Notifier) ends(m *Message, to Actor, channel string, digest Digest, kind string) {
	if digest != "" {
		m.Line = n.text(m.To.Locale, "notice.digest."+string(digest), map[string]any{"n": len(m.Items)})
		kind = ""
	}
	m.Settings = n.opts.BrandLink(to, m.Brand, n.opts.Settings)
	if n.people.own.preferences != nil && !n.kinds[kind].Fixed {
		m.Unsubscribe = n.opts.BrandLink(to, m.Brand, cmp.Or(n.opts.Stop, n.opts.API+"/me/notices/unsubscribe")+"?token="+n.unsubToken(to.ID, channel, kind))
	}
}

// A told is how a message tells of an item.
type told struct{ line, brand string }

// item reads what a notice is about. It is told in the name of the reader's own
// brand unless its resolver says another.
func (n *Notifier) item(ctx context.Context, to Actor, own string, note Notice) (item MessageItem, as told, err error) {
	k, known := n.kinds[note.Kind]
	if !known {
		return item, as, wrap(ErrNotFound, "notice", note.ID)
	}
	text, err := k.Resolve(ctx, to, note.Clone())
	if err != nil {
		return item, as, wrap(err, note.Kind+" notice", note.ID)
	}
	as.brand = cmp.Or(text.Brand, own)
	locale, args := n.localeOf(to), text.args(note)
	item = MessageItem{
		ID: note.ID, Kind: note.Kind, At: note.At, Title: flat(n.text(locale, k.Title, args), maxNoticeTitle),
		Body: flat(text.Body, maxNoticeBody), URL: n.opts.BrandLink(to, as.brand, cmp.Or(text.Path, n.opts.Centre)),
	}
	as.line = item.Title
	if k.Line != "" {
		as.line = flat(n.text(locale, k.Line, args), maxNoticeTitle)
	}
	if k.Body != "" {
		item.Body = flat(n.text(locale, k.Body, args), maxNoticeBody)
	}
	if k.Group != "" {
		item.Group = n.text(locale, k.Group, nil)
	}
	return item, as, nil
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

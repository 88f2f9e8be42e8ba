package profile

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"
)

// tellAtOnce is how many people one task tells.
const tellAtOnce = 100

// tell finds a page of people who are told, and makes their notices. It may be
// repeated after any part of it: notices and tasks have the same IDs again.
func (n *Notifier) tell(ctx context.Context, w noticeWork) error {
	o := *w.Tell
	kind, known := n.kinds[o.Kind]
	if !known {
		return Permanent(fmt.Errorf("tell of %s: no such kind any more", o.Kind))
	}
	people, next, err := n.audience(ctx, w)
	if err != nil {
		return fmt.Errorf("tell of %s: %w", o.Kind, err)
	}
	var posts []NoticePost
	for _, person := range people {
		if person == "" || person == o.By {
			continue
		}
		post, told, err := n.post(ctx, kind, o.notice(person, n.clock()))
		if err != nil {
			return fmt.Errorf("tell %q of %s: %w", person, o.Kind, err)
		}
		if told {
			posts = append(posts, post)
		}
	}
	if len(posts) > 0 {
		if err := n.store.AddNotices(ctx, posts); err != nil {
			return fmt.Errorf("tell of %s: %w", o.Kind, err)
		}
	}
	if next == nil {
		return nil
	}
	task, err := next.task()
	if err != nil {
		return err
	}
	return n.store.QueueNotices(ctx, task)
}

// audience returns a page of people and what comes after it.
func (n *Notifier) audience(ctx context.Context, w noticeWork) ([]string, *noticeWork, error) {
	refs := []string{}
	if !w.Tell.Private {
		refs = append(append(refs, w.Tell.Subject), w.Tell.Follow...)
	}
	var people []string
	var after string
	if w.Stage == 0 {
		from, _ := strconv.Atoi(cmp.Or(w.After, "0"))
		to := min(len(w.Tell.To), from+tellAtOnce)
		people = w.Tell.To[from:to]
		if to < len(w.Tell.To) {
			after = strconv.Itoa(to)
		}
	} else {
		page, next, err := n.opts.Followers.Followers(ctx, refs[w.Stage-1], w.After, tellAtOnce)
		if err != nil && !errors.Is(err, ErrUnsupported) { // without shelves nobody follows anything
			return nil, nil, err
		}
		for _, f := range page {
			if at := w.Tell.At; !at.IsZero() && f.Since.After(at) {
				continue // it was so when they came
			}
			if f.Level == LevelAll || !n.kinds[w.Tell.Kind].Minor {
				people = append(people, f.Person)
			}
		}
		after = next
	}
	switch {
	case after != "":
		return people, &noticeWork{Tell: w.Tell, Stage: w.Stage, After: after}, nil
	case w.Stage < len(refs):
		return people, &noticeWork{Tell: w.Tell, Stage: w.Stage + 1}, nil
	}
	return people, nil, nil
}

// post is how one person hears of it, if they do at all.
func (n *Notifier) post(ctx context.Context, k NoticeKind, note Notice) (NoticePost, bool, error) {
	to, prefs, err := n.reader(ctx, note.Person)
	if errors.Is(err, ErrNotFound) {
		return NoticePost{}, false, nil
	}
	if err != nil {
		return NoticePost{}, false, err
	}
	channels := n.channelsFor(k, prefs)
	if len(channels) == 0 {
		return NoticePost{}, false, nil
	}
	if muted, err := n.muted(ctx, k, note); err != nil || muted {
		return NoticePost{}, false, err
	}
	// Whoever may not know of it now has not missed anything. A source that
	// cannot tell holds nobody up: it is asked again before anything is shown.
	if _, err := k.Resolve(ctx, to, note); errors.Is(err, ErrNotFound) {
		return NoticePost{}, false, nil
	}
	if news, err := k.concerns(ctx, to, note); err != nil || !news {
		return NoticePost{}, false, err
	}
	p := NoticePost{Notice: note}
	for _, c := range channels {
		if c == ChannelInbox {
			p.Notice.Inbox = true
			continue
		}
		if err := n.plan(&p, k, to, prefs, c); err != nil {
			return NoticePost{}, false, err
		}
	}
	return p, true, nil
}

// concerns reports whether a notice is news to its reader.
func (k NoticeKind) concerns(ctx context.Context, to Actor, n Notice) (bool, error) {
	if k.Concerns == nil {
		return true, nil
	}
	news, err := k.Concerns(ctx, to, n)
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	return news, err
}

// digestMargin keeps a digest that is being put together from being joined by
// instances whose clocks are behind.
const digestMargin = time.Minute

// plan adds what one channel has to do.
func (n *Notifier) plan(p *NoticePost, k NoticeKind, to Actor, prefs Preferences, channel string) error {
	w := noticeWork{Send: &noticeSend{Person: p.Notice.Person, Channel: channel, Notice: p.Notice.ID}}
	due, zone := n.clock(), n.zoneOf(to)
	if every := prefs.Digests[channel]; every != "" && k.Urgency != UrgencyHigh {
		due = every.Next(due.Add(digestMargin), zone, n.opts.FirstDay(n.localeOf(to)))
		w = noticeWork{Digest: &noticeSend{Person: p.Notice.Person, Channel: channel, Until: due}}
		p.Digests = append(p.Digests, NoticeDigest{Channel: channel, Until: due})
	}
	task, err := w.task()
	if err != nil {
		return err
	}
	task.DueAt = due
	if until, quiet := prefs.Quiet.Until(due, zone); quiet && k.Urgency != UrgencyHigh {
		task.DueAt = until.UTC()
		if w.Send != nil {
			task.Lane += "/" + task.DueAt.Format(time.RFC3339)
		}
	}
	if w.Send != nil && !task.DueAt.After(n.clock()) {
		task.DueAt = time.Time{}
	}
	p.Tasks = append(p.Tasks, task)
	return nil
}

// reader returns a person as they are now. One who has left is ErrNotFound.
func (n *Notifier) reader(ctx context.Context, person string) (Actor, Preferences, error) {
	to, err := n.people.Actor(ctx, person)
	if err != nil {
		return Actor{}, Preferences{}, err
	}
	prefs, err := n.people.preferences(ctx, person)
	if errors.Is(err, ErrUnsupported) { // nobody can choose
		return to, Preferences{}, nil
	}
	if err != nil {
		return Actor{}, Preferences{}, fmt.Errorf("preferences of %q: %w", person, err)
	}
	return to, prefs, nil
}

// muted reports whether the reader wants to hear nothing of a thing, whatever
// else would have them told.
func (n *Notifier) muted(ctx context.Context, k NoticeKind, note Notice) (bool, error) {
	shelf := n.people.own.shelf
	if shelf == nil || k.Fixed {
		return false, nil
	}
	page, _, err := shelf.Items(ctx, ShelfQuery{Person: note.Person, List: ListFollows, Ref: note.Subject, Limit: 1})
	return len(page) > 0 && page[0].Level == LevelNone, wrap(err, "follows of", note.Person)
}

// channelsFor returns where somebody hears of a kind.
func (n *Notifier) channelsFor(k NoticeKind, p Preferences) []string {
	chosen, said := p.Notices[k.Name]
	if !said {
		return k.Channels
	}
	var out []string
	if k.Fixed {
		out = slices.Clone(k.Channels)
	}
	for _, c := range chosen {
		if (c == ChannelInbox || n.channels[c] != nil) && !slices.Contains(out, c) {
			out = append(out, c)
		}
	}
	return out
}

func (n *Notifier) zoneOf(a Actor) *time.Location {
	if a.Zone != "" {
		if zone, err := time.LoadLocation(a.Zone); err == nil {
			return zone
		}
	}
	return n.opts.Zone
}

func (n *Notifier) localeOf(a Actor) string { return cmp.Or(a.Locale, n.opts.Locale) }

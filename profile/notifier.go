package profile

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/stoa-go/stoa/internal/cursor"
	"github.com/stoa-go/stoa/internal/idem"
)

// A Notifier tells people what happened. Capabilities say what and to whom; the
// Notifier decides through which channels, in which language and when, and asks
// at the moment of showing and of sending whether the recipient may still know.
// Its methods may be called concurrently.
type Notifier struct {
	store    NoticeStore
	people   *Directory
	opts     NotifierOptions
	kinds    map[string]NoticeKind
	channels map[string]Channel
	tokens   cursor.Key
}

// NotifierOptions adjust a Notifier.
type NotifierOptions struct {
	Kinds     []NoticeKind // what can be told; a notice of another kind is ErrInvalid
	Channels  []Channel    // ways out of the portal; nil means that there is the centre only
	Followers Followers    // nil means the Directory
	Bounces   *Bounces     // addresses that no mail goes to any more; nil means that there are none

	// Text returns a text in a language. Nil means plain English.
	Text func(locale, key string, args map[string]any) string

	// FirstDay returns the first day of the week in a language. Nil means
	// Monday.
	FirstDay func(locale string) time.Weekday

	// Link returns the address of a page of the portal for a reader. Nil means
	// Base and the path.
	Link func(to Actor, path string) string

	// Brand returns in whose name a reader is written to, where several brands
	// share a portal; what a [NoticeText] says comes first. Nil means that there
	// is one.
	Brand func(ctx context.Context, to Actor) (string, error)

	// BrandLink is Link for what is told in the name of a brand. Nil means Link.
	BrandLink func(to Actor, brand, path string) string

	Base     string           // where the portal is for the world, "https://help.example"; needed for channels without Link
	API      string           // path below which Handler is mounted; "" means "/api/v1"
	Centre   string           // path of the page with all notices; "" means "/account/notices"
	Settings string           // path of the page of preferences; "" means "/account/preferences"
	Stop     string           // path of the page that ends messages, which gets ?token= and takes POST too (RFC 8058); "" means that of Handler
	Locale   string           // language of people who have not said; "" means "en"
	Zone     *time.Location   // time zone of people who have not said; nil means UTC
	Secret   []byte           // signs links and page tokens, the same on every instance; nil means random
	Keep     time.Duration    // how long notices are kept; 0 means 180 days, below zero that something else removes them: see NoticePruner
	Poll     time.Duration    // how often Wait looks; 0 means a second
	Logger   *slog.Logger     // nil discards logs
	Now      func() time.Time // nil means time.Now
}

// NewNotifier returns a Notifier for the people of a directory. ErrInvalid says
// which option is missing or contradicts another.
func NewNotifier(store NoticeStore, people *Directory, opts *NotifierOptions) (*Notifier, error) {
	var o NotifierOptions
	if opts != nil {
		o = *opts
	}
	if u, err := url.Parse(o.Base); len(o.Channels) > 0 && o.Link == nil && (err != nil || u.Host == "") {
		return nil, fmt.Errorf("notifier: channels need Base, the address of the portal: %w", ErrInvalid)
	}
	o.fill()
	if o.Followers == nil {
		o.Followers = people
	}
	n := &Notifier{store: store, people: people, opts: o, channels: map[string]Channel{}, tokens: cursor.NewKey(o.Secret)}
	for _, c := range o.Channels {
		name := c.Name()
		if name == "" || name == ChannelInbox || strings.ContainsAny(name, "/|") || n.channels[name] != nil {
			return nil, fmt.Errorf("channel %q: has a name that is taken or cannot be one: %w", name, ErrInvalid)
		}
		n.channels[name] = c
	}
	kinds, err := checkKinds(o.Kinds, n.channels)
	n.kinds = kinds
	return n, err
}

func (o *NotifierOptions) fill() {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	if o.Keep == 0 {
		o.Keep = 180 * 24 * time.Hour
	}
	if o.Poll == 0 {
		o.Poll = time.Second
	}
	for _, d := range []struct {
		at   *string
		mean string
	}{{&o.API, "/api/v1"}, {&o.Centre, "/account/notices"}, {&o.Settings, "/account/preferences"}, {&o.Locale, "en"}} {
		if *d.at == "" {
			*d.at = d.mean
		}
	}
	if o.FirstDay == nil {
		o.FirstDay = func(string) time.Weekday { return time.Monday }
	}
	if base := strings.TrimSuffix(o.Base, "/"); o.Link == nil {
		o.Link = func(_ Actor, path string) string { return base + path }
	}
	if link := o.Link; o.BrandLink == nil {
		o.BrandLink = func(to Actor, _, path string) string { return link(to, path) }
	}
	if o.Brand == nil {
		o.Brand = func(context.Context, Actor) (string, error) { return "", nil }
	}
}

// Within returns a Notifier that tells through another store, such as one that
// takes part in the transaction of what happened:
//
//	err := notifier.Within(sqlprofile.New(tx)).Notify(ctx, occurrence)
func (n *Notifier) Within(store NoticeStore) *Notifier {
	within := *n
	within.store = store
	return &within
}

// Kinds returns what can be told, by name, for a page of preferences.
func (n *Notifier) Kinds() []NoticeKind {
	var list []NoticeKind
	for _, name := range slices.Sorted(maps.Keys(n.kinds)) {
		k := n.kinds[name]
		k.Channels = slices.Clone(k.Channels)
		list = append(list, k)
	}
	return list
}

// Channels returns the names of all channels, the centre first.
func (n *Notifier) Channels() []string {
	return append([]string{ChannelInbox}, slices.Sorted(maps.Keys(n.channels))...)
}

// Notify tells people that something happened: those named in o.To and, unless
// it is Private, the followers of its Subject and of o.Follow. It writes down
// one task; who they are and how each hears of it is found out by [Notifier.Run].
// Repeating it is safe: the same Kind and Key reach each person once. The same
// with other fields is ErrConflict.
func (n *Notifier) Notify(ctx context.Context, o Occurrence) error {
	if _, known := n.kinds[o.Kind]; !known {
		return fmt.Errorf("notify of %q: no such kind: %w", o.Kind, ErrInvalid)
	}
	if err := o.check(); err != nil {
		return fmt.Errorf("notify of %s %s: %w", o.Kind, o.Key, err)
	}
	task, err := noticeWork{Tell: &o}.task()
	if err == nil {
		err = n.store.QueueNotices(ctx, task)
	}
	if err != nil {
		return fmt.Errorf("notify of %s %s: %w", o.Kind, o.Key, err)
	}
	return nil
}

// noticeWork is what a task is: one of its parts.
type noticeWork struct {
	Tell   *Occurrence `json:"tell,omitempty"`  // find out who is told
	Stage  int         `json:"stage,omitempty"` // of Tell: 0 is To, then one for each reference
	After  string      `json:"after,omitempty"` // of Tell: position in the stage
	Send   *noticeSend `json:"send,omitempty"`
	Digest *noticeSend `json:"digest,omitempty"`
}

type noticeSend struct {
	Person  string    `json:"person"`
	Channel string    `json:"channel"`
	Notice  string    `json:"notice,omitempty"`
	Until   time.Time `json:"until,omitzero"`
}

// task names the lane so that work waits only for what it must come after: what
// goes to one person on one channel at once, and never for what goes later.
func (w noticeWork) task() (NoticeTask, error) {
	payload, err := json.Marshal(w)
	t := NoticeTask{Payload: payload}
	switch {
	case w.Tell != nil:
		t.Lane = "notice/tell/" + idem.ID("profile.notice", w.Tell.Kind, w.Tell.Key)
		t.Key = fmt.Sprintf("%d/%s", w.Stage, w.After)
	case w.Send != nil:
		t.Lane, t.Key = "notice/"+w.Send.Channel+"/"+w.Send.Person, w.Send.Notice
	default:
		t.Key = w.Digest.Until.UTC().Format(time.RFC3339)
		t.Lane = "notice/" + w.Digest.Channel + "/" + w.Digest.Person + "/digest/" + t.Key
	}
	return t, err
}

// do does one task, and says so if it fails.
func (n *Notifier) do(ctx context.Context, t NoticeTask) error {
	err := n.work(ctx, t)
	if err != nil && !errors.Is(err, errQuiet) {
		n.opts.Logger.WarnContext(ctx, "notice task failed", "lane", t.Lane, "key", t.Key, "permanent", IsPermanent(err), "error", err)
	}
	return err
}

func (n *Notifier) work(ctx context.Context, t NoticeTask) error {
	var w noticeWork
	if err := json.Unmarshal(t.Payload, &w); err != nil {
		return Permanent(fmt.Errorf("notice task: %w", err))
	}
	switch {
	case w.Tell != nil:
		return n.tell(ctx, w)
	case w.Send != nil:
		return n.send(ctx, *w.Send)
	case w.Digest != nil:
		return n.digest(ctx, *w.Digest)
	}
	return Permanent(errors.New("notice task: nothing that this version does"))
}

// sweepNoticesEvery is how often old notices are removed.
const sweepNoticesEvery = time.Hour

// Run tells people and sends until ctx ends, and forgets old notices. Any number
// of instances may run it.
func (n *Notifier) Run(ctx context.Context) error {
	done := make(chan error, 1)
	go func() { done <- n.store.DeliverNotices(ctx, n.do) }()
	ticker := time.NewTicker(sweepNoticesEvery)
	defer ticker.Stop()
	for {
		if err := n.sweep(ctx); err != nil && ctx.Err() == nil {
			n.opts.Logger.WarnContext(ctx, "old notices not removed", "error", err)
		}
		select {
		case err := <-done:
			if ctx.Err() != nil {
				return nil
			}
			return fmt.Errorf("deliver notices: %w", err)
		case <-ticker.C:
		}
	}
}

// Drain does what is due now, for programs that are told when to work, and
// returns how many attempts it made.
func (n *Notifier) Drain(ctx context.Context) (int, error) { return n.store.DrainNotices(ctx, n.do) }

func (n *Notifier) sweep(ctx context.Context) error {
	if n.opts.Keep < 0 {
		return nil
	}
	_, err := n.store.RemoveNotices(ctx, NoticeRemoval{Before: n.clock().Add(-n.opts.Keep)})
	return err
}

func (n *Notifier) clock() time.Time { return n.opts.Now().UTC().Truncate(time.Microsecond) }

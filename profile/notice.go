package profile

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/idem"
	"github.com/stoa-go/stoa/internal/valid"
)

// A Notice says to one person that something happened. It names what it is
// about and holds none of it: what it says is read when it is shown or sent, as
// the person may read it then.
type Notice struct {
	ID      string            // the same for the same event and person
	Person  string            // whom it is for
	Kind    string            // "article.updated", see [NoticeKind]
	Subject string            // what it is about, "article/ID"
	Data    map[string]string // ids and numbers that the texts need, nothing of the content
	Inbox   bool              // whether it is in the centre of the portal, or only sent
	At      time.Time         // when it happened
	ReadAt  time.Time         // when the person read it; zero means not yet
}

// Clone returns a copy that shares no map with n.
func (n Notice) Clone() Notice {
	n.Data = maps.Clone(n.Data)
	return n
}

// An Urgency is how much a notice may disturb.
type Urgency string

// The urgencies.
const (
	UrgencyNormal Urgency = ""     // waits for quiet hours and digests
	UrgencyHigh   Urgency = "high" // goes out at once: somebody signed in from a new place
)

// A NoticeKind declares one kind of notice. Its texts are message keys, whose
// arguments are those of the [NoticeText] and the Data of the notice.
type NoticeKind struct {
	Name     string   // "article.updated"
	Title    string   // message key of the line in lists, {title}
	Body     string   // message key of what stands below it, {title} and {body}; "" means the Body of the text as it is
	Line     string   // message key of a mail's subject line; "" means Title
	Group    string   // message key of the heading it has in digests; "" means none
	Channels []string // where it goes for people who have not said; nil means ChannelInbox
	Fixed    bool     // goes there whatever they say: it is about their security
	Minor    bool     // tells only followers who want to hear of every change
	Urgency  Urgency
	Resolve  Resolver // needed

	// Concerns says whether what happened is news to somebody who is to be told.
	// It is asked once, before they are: what they were told stays. Nil means that
	// it is; ErrNotFound that it is not.
	Concerns func(ctx context.Context, to Actor, n Notice) (bool, error)
}

// A Resolver reads what a notice is about as its recipient may read it now.
// ErrNotFound drops the notice without a word, with every other error it is
// tried again later. Errors must not quote what was read.
type Resolver func(ctx context.Context, to Actor, n Notice) (NoticeText, error)

// A NoticeText is what a notice says.
type NoticeText struct {
	Title string            // plain text, one line
	Body  string            // plain text, or empty
	Path  string            // where to read on, "/articles/vpn"; "" means the centre
	Args  map[string]string // more arguments of the texts
	Brand string            // in whose name it is told, where there are several; "" means the reader's own
}

// An Occurrence is something that happened and that people want to hear of.
type Occurrence struct {
	Kind    string            `json:"kind"`
	Subject string            `json:"subject"` // "article/ID"
	Key     string            `json:"key"`     // says which event of the kind it is: "ID@7"; the same twice is one
	Data    map[string]string `json:"data,omitempty"`
	By      string            `json:"by,omitempty"`      // who did it: they know
	To      []string          `json:"to,omitempty"`      // people to tell
	Follow  []string          `json:"follow,omitempty"`  // what else they may follow to be told; the Subject counts too
	Private bool              `json:"private,omitempty"` // tells those in To only, and no followers
	At      time.Time         `json:"at,omitzero"`       // zero means when it is told
}

// Followers know who follows something.
type Followers interface {
	// Followers returns a page of n of the people who want to hear of changes to
	// a reference such as "article/ID", and the position of the next page, empty
	// on the last. Whose Since is after a thing happened is not told of it.
	Followers(ctx context.Context, ref, after string, n int) (page []Follower, next string, err error)
}

// FollowersFunc is a function that is [Followers].
type FollowersFunc func(ctx context.Context, ref, after string, n int) (page []Follower, next string, err error)

// Followers calls f.
func (f FollowersFunc) Followers(ctx context.Context, ref, after string, n int) ([]Follower, string, error) {
	return f(ctx, ref, after, n)
}

// Limits of what an occurrence carries. They leave no room for content.
const (
	maxNoticeData  = 16
	maxNoticeValue = 256 // bytes
	maxNoticeTo    = 1000
	maxNoticeRefs  = 16
)

// check returns what is wrong with an occurrence, which is a mistake of the
// program.
func (o Occurrence) check() error {
	f := errs.Fields{}
	if o.Kind == "" {
		f.Add("kind", "error.field.required", nil)
	}
	if err := idem.CheckKey(o.Key); err != nil {
		f.Add("key", "error.field.invalid", nil)
	}
	for _, ref := range append(slices.Clone(o.Follow), o.Subject) {
		checkShort(f, "subject", ref)
	}
	for _, id := range append(slices.Clone(o.To), o.By) {
		if id != "" {
			checkShort(f, "to", id)
		}
	}
	for key, value := range o.Data {
		if !validKey(key) || len(value) > maxNoticeValue || valid.Text(value, valid.TextSummary) != nil {
			f.Add("data", "error.field.invalid", nil)
		}
	}
	for _, l := range []struct {
		field  string
		n, max int
	}{{"data", len(o.Data), maxNoticeData}, {"to", len(o.To), maxNoticeTo}, {"follow", len(o.Follow), maxNoticeRefs}} {
		if l.n > l.max {
			f.Add(l.field, "error.field.too_many", map[string]any{"max": l.max})
		}
	}
	return f.Err()
}

func checkShort(f errs.Fields, field, value string) {
	if value == "" || len(value) > maxNoticeValue || valid.Text(value, valid.TextSummary) != nil {
		f.Add(field, "error.field.invalid", nil)
	}
}

// notice is what one person is told.
func (o Occurrence) notice(person string, at time.Time) Notice {
	if !o.At.IsZero() {
		at = o.At
	}
	return Notice{
		ID:     idem.ID("profile.notice", person, o.Kind+"|"+o.Key),
		Person: person, Kind: o.Kind, Subject: o.Subject, Data: maps.Clone(o.Data), At: at.UTC().Truncate(time.Microsecond),
	}
}

// checkKinds returns the kinds by name, or what is wrong with their
// declarations.
func checkKinds(list []NoticeKind, channels map[string]Channel) (map[string]NoticeKind, error) {
	kinds := map[string]NoticeKind{}
	for _, k := range list {
		if k.Channels == nil {
			k.Channels = []string{ChannelInbox}
		}
		if k.Name == "" || k.Title == "" || k.Resolve == nil {
			return nil, fmt.Errorf("notice kind %q: needs a name, a title and a resolver: %w", k.Name, ErrInvalid)
		}
		if _, twice := kinds[k.Name]; twice {
			return nil, fmt.Errorf("notice kind %q: is there twice: %w", k.Name, ErrInvalid)
		}
		// A channel that this portal does not run is no fault of the capability
		// that would use it.
		k.Channels = slices.DeleteFunc(slices.Clone(k.Channels), func(c string) bool { return c != ChannelInbox && channels[c] == nil })
		kinds[k.Name] = k
	}
	return kinds, nil
}

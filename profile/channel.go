package profile

import (
	"context"
	"time"
)

// The channels that the library knows. The inbox is the centre of the portal
// itself and always there; the others are what [NotifierOptions] lists.
const (
	ChannelInbox   = "inbox"
	ChannelMail    = "mail"
	ChannelPush    = "push"
	ChannelSMS     = "sms"
	ChannelWebhook = "webhook"
)

// A Channel brings messages to people outside of the portal. The packages
// mailprofile, pushprofile, smsprofile and webhookprofile have some.
//
// Implementations
//
//   - must be safe for concurrent use;
//   - must hand the Key of a message on, so that a receiver can tell a repeated
//     one: a message that was sent may come again;
//   - must return nil if the recipient has no address on the channel: there is
//     nothing to do, now or later;
//   - must return [Permanent] if the receiver refuses for good, [RetryAfter] if
//     it says when to come back, and any other error for what may work later;
//   - must return soon after the context ends;
//   - must not put anything of the message into their errors, which are logged
//     and kept, nor what the receiver said, which may quote it;
//   - must pass profiletest.TestChannel.
type Channel interface {
	// Name says which channel it is, "mail", in preferences and in lanes.
	Name() string

	// Send delivers one message to one person.
	Send(ctx context.Context, m Message) error
}

// A Message is what one person is told through one channel, in their language.
type Message struct {
	Key         string        // the same at every attempt
	To          Recipient     // who they are now
	Line        string        // what it is about, in one line
	Items       []MessageItem // one, or those of a digest
	Digest      Digest        // "" unless it is one
	Urgency     Urgency
	At          time.Time // of the newest item
	Why         string    // why they get this, for the end of a mail
	Open        string    // what the link to an item says
	Settings    string    // address of the page of their preferences, or empty
	SettingsAs  string    // what the link to it says
	Unsubscribe string    // address that ends this with one click (RFC 8058), empty if it cannot be ended
	UnsubAs     string    // what the link to it says
}

// A Recipient is whom a message goes to.
type Recipient struct {
	ID     string
	Name   string
	Email  string // or empty
	Locale string // language of the message
	Zone   string // IANA time zone, or empty
}

// A MessageItem is one notice as its recipient reads it.
type MessageItem struct {
	ID    string // of the notice
	Kind  string
	Group string // heading in a digest, or empty
	Title string
	Body  string // or empty
	URL   string // where to read on
	At    time.Time
}

// An Endpoint is an address on a channel that a person added: a browser, a
// telephone, a receiver of webhooks.
type Endpoint struct {
	ID        string // from the channel and the address, so that one address is one person's
	Person    string
	Channel   string
	Address   string
	Data      map[string]string // keys and secrets that sending takes
	Agent     string            // what it is in its own words, or empty
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

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
	Brand       string        // in whose name it is sent, "" where there is one
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

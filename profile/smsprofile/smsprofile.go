// Package smsprofile brings notices to telephones, through whatever service the
// host has: it brings two functions.
//
//	sms, err := smsprofile.New(numbersOf, func(ctx context.Context, s smsprofile.SMS) error {
//		return gateway.Send(ctx, s.To, s.Text, s.Key)
//	}, nil)
//
// A host that knows no numbers has [Phones] ask people for theirs, which they
// show to be theirs with a code; [Phones.Numbers] is the first function then.
// [Service] and [Folder] are the second where there is no gateway to call.
package smsprofile

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode/utf16"

	"github.com/stoa-go/stoa/profile"
)

// An SMS is a short text for one telephone.
type SMS struct {
	To   string // E.164, "+4366012345"
	Text string // one line, no longer than the segments allow
	Key  string // the same at every attempt; services that take one send it once

	Person string // whom it is for; not for the service's eyes
}

// An SMSFunc sends. It returns profile.Permanent for a number that cannot be
// reached, profile.RetryAfter if the service says so, and may say anything else
// in its errors: only their class goes on.
type SMSFunc func(ctx context.Context, s SMS) error

// A NumbersFunc returns the telephones of a person that the host knows to be
// theirs, none if there are none.
type NumbersFunc func(ctx context.Context, person string) ([]string, error)

// Options adjust a Channel. The zero value is ready to use.
type Options struct {
	Segments int // how many parts a text may have, each of which costs; 0 means 2
}

// A Channel is a [profile.Channel] that sends short messages.
type Channel struct {
	numbers  NumbersFunc
	send     SMSFunc
	segments int
}

var _ profile.Channel = (*Channel)(nil)

// New returns a Channel. Nil opts mean the defaults; without both functions it
// is profile.ErrInvalid.
func New(numbers NumbersFunc, send SMSFunc, opts *Options) (*Channel, error) {
	if numbers == nil || send == nil {
		return nil, fmt.Errorf("sms: needs to know numbers and how to send: %w", profile.ErrInvalid)
	}
	if opts == nil {
		opts = &Options{}
	}
	return &Channel{numbers, send, cmp.Or(opts.Segments, 2)}, nil
}

// Name implements [profile.Channel].
func (c *Channel) Name() string { return profile.ChannelSMS }

// Send implements [profile.Channel].
func (c *Channel) Send(ctx context.Context, m profile.Message) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("sms: %w", err)
	}
	numbers, err := c.numbers(ctx, m.To.ID)
	if err != nil {
		return fmt.Errorf("sms: numbers: %w", profile.ErrUnavailable)
	}
	address := m.Settings
	if len(m.Items) == 1 {
		address = m.Items[0].URL
	}
	text := Fit(m.Line, address, c.segments)
	var later, never error
	sent := false
	for i, number := range numbers {
		switch err := c.sendTo(ctx, SMS{To: number, Text: text, Key: fmt.Sprintf("%s-%d", m.Key, i), Person: m.To.ID}); {
		case err == nil:
			sent = true
		case profile.IsPermanent(err):
			never = err
		default:
			later = err
		}
	}
	if later != nil || sent {
		return later
	}
	return never
}

func (c *Channel) sendTo(ctx context.Context, s SMS) error {
	if !e164(s.To) {
		return profile.Permanent(errors.New("sms: the number is not valid"))
	}
	err := c.send(ctx, s)
	if err == nil {
		return nil
	}
	told, _ := errors.AsType[*profile.SendError](err)
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("sms: %w", ctx.Err())
	case told != nil:
		return &profile.SendError{Err: errors.New("sms: the service refused it"), Permanent: told.Permanent, After: told.After}
	}
	return errors.New("sms: the service failed")
}

func e164(s string) bool {
	digits, ok := strings.CutPrefix(s, "+")
	return ok && len(digits) >= 7 && len(digits) <= 15 && digits[0] != '0' && strings.Trim(digits, "0123456789") == ""
}

// Fit returns a text and an address as one message of so many segments at most.
// The text is cut where it has to be, the address never: half of one leads
// nowhere.
func Fit(text, address string, segments int) string {
	runes := []rune(profile.OneLine(text))
	for cut := len(runes); ; cut-- {
		short := string(runes[:cut])
		if cut < len(runes) {
			short = strings.TrimSpace(short) + "..."
		}
		whole := strings.TrimSpace(short + " " + address)
		if cut == 0 {
			return address
		}
		if Segments(whole) <= segments {
			return whole
		}
	}
}

// Segments returns how many parts a text has on its way: one of 160 letters of
// the GSM alphabet or of 70 others, and else many of 153 or 67.
func Segments(text string) int {
	size, one, many := gsm(text)
	if size < 0 {
		size, one, many = len(utf16.Encode([]rune(text))), 70, 67
	}
	if size <= one {
		return 1
	}
	return (size + many - 1) / many
}

const (
	gsmBasic    = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
	gsmExtended = "^{}\\[~]|€" // take two places each
)

// gsm returns how long a text is in the GSM alphabet, -1 if it is not in it.
func gsm(text string) (size, one, many int) {
	for _, r := range text {
		switch {
		case strings.ContainsRune(gsmBasic, r):
			size++
		case strings.ContainsRune(gsmExtended, r):
			size += 2
		default:
			return -1, 0, 0
		}
	}
	return size, 160, 153
}

package mailprofile

import (
	"net/mail"
	"strings"

	"github.com/stoa-go/stoa/profile"
)

// A Sender is whom mails are from, and what they show of it.
type Sender struct {
	From    string // "Help <help@example.com>"
	ReplyTo string // where answers go; "" means to From
	Brand   Brand
}

// A sender is a Sender that has been checked.
type sender struct {
	address *mail.Address
	domain  string
	replyTo string
	look    look
}

func (s Sender) ready() (sender, error) {
	address, err := mail.ParseAddress(s.From)
	if err == nil && s.ReplyTo != "" {
		_, err = mail.ParseAddress(s.ReplyTo)
	}
	if err == nil {
		err = s.Brand.check()
	}
	if err != nil {
		return sender{}, err
	}
	return sender{address, address.Address[strings.LastIndexByte(address.Address, '@')+1:], s.ReplyTo, s.Brand.look()}, nil
}

// senderOf returns whom a message is from.
func (c *Channel) senderOf(m profile.Message) sender {
	if s, ok := c.brands[m.Brand]; ok {
		return s
	}
	return c.own
}

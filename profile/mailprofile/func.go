package mailprofile

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	gomail "github.com/wneessen/go-mail"

	"github.com/stoa-go/stoa/profile"
)

// A Letter is a mail on its way.
type Letter struct {
	Key  string // the same at every attempt, of letters and digits; providers that take one send it once
	From string // the sender's address alone
	To   string // the recipient's address alone
	EML  []byte // the whole mail with its headers (RFC 5322)
}

// A DeliverFunc takes a mail to where it goes. It returns profile.Permanent for
// an address that cannot be reached, profile.RetryAfter if it is told when to
// come back, and may say anything else in its errors: only their class goes on.
type DeliverFunc func(ctx context.Context, l Letter) error

// NewFunc returns a Channel that hands mails in the name of from to a function.
// Of the options, those about a server mean nothing. A from that is no address,
// or no function, is profile.ErrInvalid.
func NewFunc(from string, deliver DeliverFunc, opts *Options) (*Channel, error) {
	c, err := newChannel(from, opts)
	if err != nil || deliver == nil {
		return nil, fmt.Errorf("mail: needs the sender's address and what delivers: %w", errors.Join(err, profile.ErrInvalid))
	}
	c.deliver = deliver
	return c, nil
}

// hand gives a letter to the function.
func (c *Channel) hand(ctx context.Context, m profile.Message, letter *gomail.Msg) error {
	var b bytes.Buffer
	if _, err := letter.WriteTo(&b); err != nil {
		return profile.Permanent(errors.New("mail: cannot be written"))
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("mail: %w", err)
	}
	err := c.deliver(ctx, Letter{Key: plainKey(m.Key), From: c.senderOf(m).address.Address, To: m.To.Email, EML: b.Bytes()})
	if err == nil {
		return nil
	}
	told, _ := errors.AsType[*profile.SendError](err)
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("mail: %w", ctx.Err())
	case told != nil:
		return &profile.SendError{Err: errors.New("mail: it was refused"), Permanent: told.Permanent, After: told.After}
	}
	return errors.New("mail: it could not be delivered")
}

// Folder returns a DeliverFunc that writes mails into a folder, KEY.eml, so that
// they can be looked at without a server. It makes the folder. One that comes
// again takes its own place.
func Folder(dir string) DeliverFunc {
	return func(_ context.Context, l Letter) error {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return err
		}
		root, err := os.OpenRoot(dir)
		if err != nil {
			return err
		}
		defer func() { _ = root.Close() }()
		return writeWhole(root, l.Key+".eml", l.EML)
	}
}

// writeWhole writes a file that is there whole or not at all.
func writeWhole(root *os.Root, name string, content []byte) error {
	part := filepath.Base(name) + ".part"
	err := root.WriteFile(part, content, fs.FileMode(0o600))
	if err == nil {
		err = root.Rename(part, name)
	}
	return err
}

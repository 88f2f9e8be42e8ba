package site

import (
	"context"
	"errors"
	"fmt"
	"net/url"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/smsprofile"
)

// An SMS is how text messages go out: by a service, or into a folder where
// newcomers can look at what would have been sent. The zero value is not at all.
type SMS struct {
	Service string // address of a service as smsprofile.Service asks it
	Token   string // for it; "" is none
	Folder  string // where texts are written in place of a service, KEY.json
}

func (m SMS) on() bool { return m.Service != "" || m.Folder != "" }

func (m SMS) check(c *Config) error {
	switch {
	case m == SMS{}:
		return nil
	case m.Service != "" && m.Folder != "":
		return errors.New("-sms-service and -sms-folder: say one of them; text messages go to a service or into a folder")
	case m.Token != "" && m.Service == "":
		return errors.New("-sms-token-file: say with -sms-service whom the token is for")
	case c.links() == "", c.BaseURL == "" && m.Service != "":
		return errors.New("-sms-service and -sms-folder need -base-url: a link in a text has to say where the portal is, such as https://support.example.com")
	}
	_, err := m.send()
	return err
}

// send returns what hands a text on.
func (m SMS) send() (smsprofile.SMSFunc, error) {
	if m.Folder != "" {
		return smsprofile.Folder(m.Folder), nil
	}
	send, err := smsprofile.Service(m.Service, &smsprofile.ServiceOptions{Token: m.Token})
	if err != nil {
		return nil, fmt.Errorf("-sms-service: %w", err)
	}
	return send, nil
}

// where says where texts go, and nothing that the address has besides.
func (m SMS) where() string {
	if u, err := url.Parse(m.Service); err == nil && m.Folder == "" {
		return u.Host
	}
	return m.Folder
}

// openTexts makes the way of text messages, to the telephones that people have
// shown to be theirs.
func (s *Site) openTexts() (profile.Channel, error) {
	send, err := s.cfg.SMS.send()
	if err != nil {
		return nil, err
	}
	s.phones, err = smsprofile.NewPhones(s.keeping, s.keeping, send, smsprofile.PhoneOptions{Secret: s.secret, Now: s.cfg.Now, Text: s.codeText})
	if err != nil {
		return nil, err
	}
	s.cfg.Log.Info("text messages go out", "to", s.cfg.SMS.where())
	if s.cfg.SMS.Folder != "" {
		s.people.Register(smsprofile.FolderKeeper(s.cfg.SMS.Folder))
	}
	return smsprofile.New(s.phones.Numbers, send, nil)
}

// codeText is what a text with a code says, in the language of the page that it
// was asked for on.
func (s *Site) codeText(ctx context.Context, _ profile.Actor, code string) string {
	v := visitOf(ctx)
	return v.P.T("phone.text", "brand", s.cfg.Brand, "code", code)
}

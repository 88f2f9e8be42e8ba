package site

import (
	"errors"
	"fmt"
	"net/mail"
	"net/url"
	"strconv"
	"strings"

	"github.com/stoa-go/stoa/profile/mailprofile"
)

// A Mail is how the portal writes to people: through a server, or into a folder
// where newcomers can look at what would have been sent. The zero value is not
// at all.
type Mail struct {
	Server   string // "smtp://USER@HOST:PORT" goes over to TLS before anything is said, "smtps://" begins with it, "smtp+plain://" does without
	Password string // of the user
	From     string // "Help <help@example.com>"; a folder needs none
	Hook     string // what those who report bounces prove themselves with; empty means that nobody reports any
	Folder   string // where mails are written in place of a server, KEY.eml
}

func (m Mail) on() bool { return m.Server != "" || m.Folder != "" }

// where says where mails go, without the user.
func (m Mail) where() string {
	if u, err := url.Parse(m.Server); err == nil && m.Folder == "" {
		return u.Host
	}
	return m.Folder
}

// links is what links in messages begin with, or "" if nobody has said.
func (c *Config) links() string {
	if c.BaseURL == "" && c.Demo {
		return c.Served
	}
	return c.BaseURL
}

func (m Mail) check(c *Config) error {
	switch {
	case m == Mail{}:
		return nil
	case !m.on():
		return errors.New("-mail-from, -mail-password-file, -mail-hook-file: say with -mail or -mail-folder where mails go")
	case m.Server != "" && m.Folder != "":
		return errors.New("-mail and -mail-folder: say one of them; mails go to a server or into a folder")
	case c.links() == "", c.BaseURL == "" && m.Server != "":
		return errors.New("-mail and -mail-folder need -base-url: a link in a mail has to say where the portal is, such as https://support.example.com")
	case m.Server != "" && m.From == "":
		return errors.New("-mail needs -mail-from: whom mails are from, such as help@example.com")
	}
	if m.From != "" {
		if _, err := mail.ParseAddress(m.From); err != nil {
			return fmt.Errorf("-mail-from %s: want an address, such as help@example.com", m.From)
		}
	}
	if m.Server == "" {
		return nil
	}
	_, _, err := m.server()
	return err
}

// securities are the schemes of servers.
var securities = map[string]mailprofile.Security{
	"smtp": mailprofile.SecurityRequired, "smtps": mailprofile.SecurityImplicit, "smtp+plain": mailprofile.SecurityNone,
}

// server reads the address of the server.
func (m Mail) server() (host string, o mailprofile.Options, err error) {
	u, err := url.Parse(m.Server)
	if err != nil {
		// What is wrong with it cannot be said without a password that may be in it.
		return "", o, errors.New("-mail: this is no address of a server: want smtp://USER@HOST:PORT")
	}
	security, known := securities[u.Scheme]
	if _, inside := u.User.Password(); inside {
		return "", o, errors.New("-mail: others on the machine see what is on the command line; put the password into a file and say -mail-password-file")
	}
	if !known || u.Hostname() == "" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" {
		return "", o, fmt.Errorf("-mail %s: want smtp://USER@HOST:PORT, or smtps:// or smtp+plain:// before it", m.Server)
	}
	o = mailprofile.Options{Security: security, Username: u.User.Username(), Password: m.Password}
	switch {
	case (o.Username == "") != (m.Password == ""):
		return "", o, errors.New("-mail: a user in the address and -mail-password-file belong together: say both or neither")
	case security == mailprofile.SecurityNone && o.Username != "":
		return "", o, errors.New("-mail smtp+plain://: a password is not sent in the clear; use smtp:// or smtps://")
	}
	if u.Port() != "" {
		if o.Port, err = strconv.Atoi(u.Port()); err != nil || o.Port < 1 || o.Port > 65535 {
			return "", o, fmt.Errorf("-mail %s: want a port from 1 to 65535", m.Server)
		}
	}
	return u.Hostname(), o, nil
}

// channel returns the way mails go.
func (m Mail) channel(cfg Config, brands map[string]mailprofile.Sender) (*mailprofile.Channel, error) {
	brand := mailprofile.Brand{Name: cfg.Brand, Home: cfg.links(), Colour: brandColour}
	if m.Folder != "" {
		return mailprofile.NewFunc(m.sender(cfg.Brand), mailprofile.Folder(m.Folder), &mailprofile.Options{Brand: brand, Brands: brands})
	}
	host, o, err := m.server()
	if err != nil {
		return nil, err
	}
	o.Brand, o.Brands, o.TLS = brand, brands, cfg.mailTLS
	return mailprofile.New(host, m.sender(cfg.Brand), &o)
}

// brandColour is that of the portal's own pages.
const brandColour = "#0a3c37"

// sender is whom mails are from: in the name of the portal unless it has another.
func (m Mail) sender(brand string) string {
	a, err := mail.ParseAddress(m.From)
	if err != nil {
		a = &mail.Address{Address: "portal@localhost"} // nobody answers to a file
	}
	if a.Name == "" {
		a.Name = brand
	}
	return a.String()
}

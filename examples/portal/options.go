package main

import (
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/stoa-go/stoa/examples/portal/site"
)

// options are what the command line says.
type options struct {
	addr, imported string
	metrics        string
	logs           string
	drain          time.Duration
	cfg            site.Config

	locales, proxies                string
	oidcSecret, oidcAdmins, oidcACR string
	auditKey, keep                  string
	mailPassword, mailHook          string
	smsToken, addressToken          string
	searchPassword, embedToken      string
	filesSecret                     string
	saml                            samlOptions
}

func usage(out io.Writer) {
	var o options
	f := o.flags()
	f.SetOutput(out)
	fmt.Fprint(out, `Portal serves a self-service support portal.

Usage: portal [flags]

It prints one line, "ready http://HOST:PORT", when it serves. Until then, as
while it waits for its database, /healthz says ok and all else that it is
starting. Ctrl-C ends it after the requests under way; a second one ends it at
once.

`)
	f.PrintDefaults()
}

func parse(args []string) (options, error) {
	var o options
	f := o.flags()
	if err := f.Parse(args); err != nil {
		return o, fmt.Errorf("%w; -h explains the flags", err)
	}
	if f.NArg() > 0 {
		return o, fmt.Errorf("unexpected argument %q; -h explains the flags", f.Arg(0))
	}
	if o.drain <= 0 {
		return o, fmt.Errorf("-drain %s: want more than nothing, such as 10s", o.drain)
	}
	o.cfg.Locales, o.cfg.OIDC.Admins = list(o.locales), list(o.oidcAdmins)
	o.cfg.OIDC.ACR = list(o.oidcACR)
	o.cfg.Past = o.cfg.Demo
	o.cfg.MetricsElsewhere = o.metrics != ""
	return o, errors.Join(o.networks(), secretIn("-oidc-secret-file", o.oidcSecret, &o.cfg.OIDC.Secret), o.saml.read(&o.cfg.SAML), o.keyIn(), o.mail(), o.texts(), o.kept(),
		secretIn("-address-token-file", o.addressToken, &o.cfg.AddressToken), secretIn("-search-password-file", o.searchPassword, &o.cfg.Search.Password),
		secretIn("-files-secret-file", o.filesSecret, &o.cfg.Files.Secret),
		secretIn("-embed-token-file", o.embedToken, &o.cfg.Embed.Token))
}

// kept reads how long classes of data are kept.
func (o *options) kept() error {
	for _, part := range list(o.keep) {
		class, days, _ := strings.Cut(part, "=")
		n, err := strconv.Atoi(days)
		if err != nil || class == "" {
			return fmt.Errorf("-keep %s: want a class and a number of days, such as notices=90", part)
		}
		if o.cfg.Keep == nil {
			o.cfg.Keep = map[string]int{}
		}
		o.cfg.Keep[class] = n
	}
	return nil
}

// keyIn reads the key of the audit.
func (o *options) keyIn() error {
	var key string
	err := secretIn("-audit-key-file", o.auditKey, &key)
	if err == nil && o.auditKey != "" && len(key) < 16 {
		err = fmt.Errorf("-audit-key-file: want 16 characters or more")
	}
	o.cfg.AuditKey = []byte(key)
	return err
}

// mail has a demo write its mails where newcomers find them.
func (o *options) mail() error {
	m := &o.cfg.Mail
	if o.cfg.Demo && *m == (site.Mail{}) && o.mailPassword == "" {
		m.Folder = filepath.Join(o.cfg.Data, "outbox")
	}
	return errors.Join(secretIn("-mail-password-file", o.mailPassword, &m.Password), secretIn("-mail-hook-file", o.mailHook, &m.Hook))
}

// texts has a demo write its text messages where newcomers find them.
func (o *options) texts() error {
	t := &o.cfg.SMS
	if o.cfg.Demo && *t == (site.SMS{}) && o.smsToken == "" {
		t.Folder = filepath.Join(o.cfg.Data, "texts")
	}
	return secretIn("-sms-token-file", o.smsToken, &t.Token)
}

// list returns the parts of a list with commas.
func list(text string) []string {
	var out []string
	for part := range strings.SplitSeq(text, ",") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

// secretIn reads what a file keeps, if one is named.
func secretIn(name, file string, into *string) error {
	if file == "" {
		return nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	*into = strings.TrimSpace(string(text))
	return nil
}

func (o *options) networks() error {
	for _, part := range list(o.proxies) {
		network, err := network(part)
		if err != nil {
			return fmt.Errorf("-proxies %s: want networks such as 10.0.0.0/8, or addresses", part)
		}
		o.cfg.Proxies = append(o.cfg.Proxies, network)
	}
	return nil
}

// network reads a network, or an address as the network of it alone.
func network(s string) (netip.Prefix, error) {
	if !strings.Contains(s, "/") {
		addr, err := netip.ParseAddr(s)
		return netip.PrefixFrom(addr, addr.BitLen()), err
	}
	return netip.ParsePrefix(s)
}

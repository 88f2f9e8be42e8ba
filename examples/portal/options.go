package main

import (
	"errors"
	"flag"
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
	saml                            samlOptions
}

// flags declares the flags of o.
func (o *options) flags() *flag.FlagSet {
	f := flag.NewFlagSet("portal", flag.ContinueOnError)
	f.StringVar(&o.addr, "addr", "127.0.0.1:8080", "`address` to serve on; port 0 takes a free one")
	f.StringVar(&o.cfg.DB, "db", "sqlite:portal.db", "`database`: sqlite:FILE, relative to -data, or postgres://USER:PASSWORD@HOST/NAME")
	f.StringVar(&o.cfg.Data, "data", "portal-data", "`folder` for the search index and the SQLite file, for this portal alone; it is made if missing")
	f.StringVar(&o.cfg.Search.Server, "search", "", "`server` that keeps the search index, opensearch:https://USER@HOST:9200/PREFIX, for several portals on one database; empty keeps it in -data")
	f.StringVar(&o.searchPassword, "search-password-file", "", "`file` with the password for the search server")
	f.StringVar(&o.imported, "import", "", "`path` of a folder of Markdown with front matter, or of an articles.jsonl, to take into the library before serving")
	f.BoolVar(&o.cfg.Demo, "demo", true, "demo content and people to sign in as; -demo=false starts empty, without either")
	f.StringVar(&o.cfg.BaseURL, "base-url", "", "`address` that links from outside begin with, such as https://support.example.com; empty takes the request's host")
	f.StringVar(&o.cfg.Brand, "brand", "", "`name` of the portal; empty means the demo's company, or Support")
	f.StringVar(&o.cfg.Site, "site", "", "`file` that says what the portal consists of: menus, blocks of pages, places for promotions, look; empty takes the portal's own")
	f.StringVar(&o.cfg.Types, "types", "", "`file` that says what types of content there are, with their sections, fields and templates; empty takes those of the library")
	f.StringVar(&o.cfg.Sync, "sync", "", "`folder` of Markdown files, maybe a checkout of Git, that articles are kept as: what changes there is taken, and what is gone is archived")
	f.Func("crawl", "`address` of a sitemap of a site elsewhere, or of a page of it to follow links from, such as docs=https://docs.example.com/sitemap.xml: its pages are searched too; say it once for each site, with a name or without", func(text string) error {
		o.cfg.Crawl = append(o.cfg.Crawl, text)
		return nil
	})
	f.Func("folder", "`folder` of files that are published elsewhere, maybe a checkout of Git, and after a comma where each is read, such as docs=/srv/docs,https://docs.example.com/{page}: they are searched too; say it once for each", func(text string) error {
		o.cfg.Folders = append(o.cfg.Folders, text)
		return nil
	})
	f.StringVar(&o.cfg.Processes, "processes", "", "`file` that says what it takes to publish: reviews, verification, by type or category")
	f.StringVar(&o.cfg.Redact, "redact", "", "`file` with patterns of your own for what says who somebody is, such as customer numbers: [{\"kind\": \"customer-number\", \"pattern\": \"\\\\bK-\\\\d{6}\\\\b\"}]; they are taken out of drafts from conversations, and of searches before these are kept")
	f.IntVar(&o.cfg.Holdout, "holdout", 0, "`share` of visitors, per cent, whose pages stay as declared; events tell them apart, so that it shows what arranging brings about")
	f.StringVar(&o.cfg.Brands, "brands", "", "`file` with several portals over this one store, by host: name, look, menus and languages of each; brands.json is an example")
	f.StringVar(&o.cfg.OIDC.Name, "oidc-name", "", "`name` of the identity provider where people choose between several; empty takes its host")
	f.StringVar(&o.cfg.OIDC.Issuer, "oidc-issuer", "", "`address` of the identity provider that people sign in with; needs -base-url, whose /sign-in/callback the provider must know")
	f.StringVar(&o.cfg.OIDC.Client, "oidc-client", "", "what the identity provider calls the portal")
	f.StringVar(&o.oidcSecret, "oidc-secret-file", "", "`file` with what the portal proves itself to the identity provider with")
	f.StringVar(&o.auditKey, "audit-key-file", "", "`file` with the key of the record of who did what; empty takes one that is in the database")
	f.StringVar(&o.oidcAdmins, "oidc-admins", "", "`addresses` of people who become administrators when they first sign in, if the provider vouches for the address")
	f.StringVar(&o.oidcACR, "oidc-acr", "", "`values` of acr that the identity provider is asked for before what cannot be undone, and must answer with; empty takes any fresh sign-in")
	f.StringVar(&o.cfg.OIDC.SignedOut, "oidc-signed-out", "", "`address`, known to the identity provider, that it sends people back to after signing out there")
	f.BoolVar(&o.cfg.OIDC.Open, "oidc-open", false, "whoever the identity provider knows becomes a customer; otherwise people must have been linked")
	o.saml.flags(f, &o.cfg.SAML)
	f.StringVar(&o.keep, "keep", "", "`days` that data is kept, by class, such as events=200,notices=90; the page /admin/retention names all classes")
	f.StringVar(&o.cfg.Mail.Server, "mail", "", "`server` that mails go out by, smtp://USER@HOST:PORT; smtps:// begins with TLS, smtp+plain:// does without; needs -mail-from and -base-url")
	f.StringVar(&o.mailPassword, "mail-password-file", "", "`file` with the password for the mail server")
	f.StringVar(&o.mailHook, "mail-hook-file", "", "`file` with the token that mail providers report bounces with, to POST /hooks/mail")
	f.StringVar(&o.cfg.Mail.From, "mail-from", "", "`address` that mails are from, such as help@example.com")
	f.StringVar(&o.cfg.Mail.Folder, "mail-folder", "", "`folder` that mails are written into in place of a server, as .eml files; a demo without -mail uses outbox in -data")
	f.StringVar(&o.cfg.SMS.Service, "sms-service", "", "`address` of a service of yours that text messages are handed to, as profile/smsprofile says")
	f.StringVar(&o.smsToken, "sms-token-file", "", "`file` with the token for the service of text messages")
	f.StringVar(&o.cfg.SMS.Folder, "sms-folder", "", "`folder` that text messages are written into in place of a service, as .json files; a demo without -sms-service uses texts in -data")
	f.StringVar(&o.cfg.AddressService, "address-service", "", "`address` of a service of yours that finds postal addresses, as profile/addressprofile says; a demo without has a list of a few")
	f.StringVar(&o.addressToken, "address-token-file", "", "`file` with the token for the service that finds postal addresses")
	f.StringVar(&o.cfg.IndexNow, "indexnow", "", "`key` of your choice, 8 to 128 letters and digits, by which search engines that take part in IndexNow are told of changes of what everybody may read; needs -base-url; empty tells nobody")
	f.StringVar(&o.cfg.Embed.URL, "embed-url", "", "`address` of a service that turns texts into vectors, in OpenAI's form or Ollama's, by which searches also find by meaning; it is sent what is in the library, also what only some may read, and what people search for; empty sends nothing anywhere")
	f.StringVar(&o.cfg.Embed.Model, "embed-model", "", "`name` of the model at -embed-url")
	f.StringVar(&o.embedToken, "embed-token-file", "", "`file` with the token for the service at -embed-url")
	f.BoolVar(&o.cfg.Embed.Inside, "embed-inside", false, "the service at -embed-url is in your own network or on this machine, and may speak http")
	f.BoolVar(&o.cfg.CheckLinks, "check-links", false, "ask servers elsewhere whether there is anything at the addresses that articles lead to")
	f.BoolVar(&o.cfg.Push, "push", true, "notices go to people's browsers and webhooks too; needs -base-url, except in a demo")
	f.StringVar(&o.cfg.Country, "country-header", "", "`header` in which the -proxies name the visitor's country")
	f.StringVar(&o.metrics, "metrics", "", "`address` to serve /metrics on, such as 10.0.0.5:9100; empty serves it with the pages, for programs on this machine alone")
	f.StringVar(&o.logs, "log", "text", "`form` of the log on standard error: text, json or off")
	f.DurationVar(&o.drain, "drain", 10*time.Second, "`time` that requests under way have to finish when the portal is told to stop")
	f.StringVar(&o.locales, "locales", "", "`languages` of the interface, the default first, such as en,de; empty offers all there are texts for")
	f.StringVar(&o.proxies, "proxies", "", "`networks` of proxies whose word on the client's address is taken, such as 10.0.0.0/8,192.0.2.7")
	f.SetOutput(io.Discard)
	return f
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

package main

import (
	"flag"
	"io"
	"time"
)

// flags declares the flags of o.
func (o *options) flags() *flag.FlagSet {
	f := flag.NewFlagSet("portal", flag.ContinueOnError)
	for _, declare := range []func(*flag.FlagSet){o.serving, o.storing, o.showing, o.filling, o.finding, o.admitting, o.reaching} {
		declare(f)
	}
	f.SetOutput(io.Discard)
	return f
}

// serving declares the flags of where the portal serves and what is seen of that.
func (o *options) serving(f *flag.FlagSet) {
	f.StringVar(&o.addr, "addr", "127.0.0.1:8080", "`address` to serve on; port 0 takes a free one")
	f.StringVar(&o.cfg.BaseURL, "base-url", "", "`address` that links from outside begin with, such as https://support.example.com; empty takes the request's host")
	f.StringVar(&o.proxies, "proxies", "", "`networks` of proxies whose word on the client's address is taken, such as 10.0.0.0/8,192.0.2.7")
	f.StringVar(&o.cfg.Country, "country-header", "", "`header` in which the -proxies name the visitor's country")
	f.StringVar(&o.metrics, "metrics", "", "`address` to serve /metrics on, such as 10.0.0.5:9100; empty serves it with the pages, for programs on this machine alone")
	f.StringVar(&o.logs, "log", "text", "`form` of the log on standard error: text, json or off")
	f.DurationVar(&o.drain, "drain", 10*time.Second, "`time` that requests under way have to finish when the portal is told to stop")
}

// storing declares the flags of where everything is kept, and for how long.
func (o *options) storing(f *flag.FlagSet) {
	f.StringVar(&o.cfg.DB, "db", "sqlite:portal.db", "`database`: sqlite:FILE, relative to -data, or postgres://USER:PASSWORD@HOST/NAME")
	f.StringVar(&o.cfg.Data, "data", "portal-data", "`folder` for the search index and the SQLite file, for this portal alone; it is made if missing")
	f.StringVar(&o.cfg.Search.Server, "search", "", "`server` that keeps the search index, opensearch:https://USER@HOST:9200/PREFIX, for several portals on one database; empty keeps it in -data")
	f.StringVar(&o.searchPassword, "search-password-file", "", "`file` with the password for the search server")
	f.StringVar(&o.cfg.Files.Bucket, "files", "", "`bucket` that keeps large media, s3://KEY@HOST/BUCKET/PREFIX, for several portals on one database; s3+plain:// goes without TLS; empty keeps them in -data")
	f.StringVar(&o.cfg.Files.Region, "files-region", "", "`region` of the bucket, such as eu-central-1; empty takes us-east-1, which servers other than Amazon's expect")
	f.StringVar(&o.filesSecret, "files-secret-file", "", "`file` with the secret of the bucket's KEY")
	f.StringVar(&o.cfg.Clamd, "clamd", "", "`address` of ClamAV's clamd, HOST:PORT or unix:PATH, that looks at what is uploaded before it is kept; while it is down nothing is; empty has nobody look")
	f.StringVar(&o.auditKey, "audit-key-file", "", "`file` with the key of the record of who did what; empty takes one that is in the database")
	f.StringVar(&o.keep, "keep", "", "`days` that data is kept, by class, such as events=200,notices=90; the page /admin/retention names all classes")
}

// showing declares the flags of what the portal looks like, to whom.
func (o *options) showing(f *flag.FlagSet) {
	f.StringVar(&o.cfg.Brand, "brand", "", "`name` of the portal; empty means the demo's company, or Support")
	f.StringVar(&o.cfg.Site, "site", "", "`file` that says what the portal consists of: menus, blocks of pages, places for promotions, look; empty takes the portal's own")
	f.StringVar(&o.cfg.Brands, "brands", "", "`file` with several portals over this one store, by host: name, look, menus and languages of each; brands.json is an example")
	f.StringVar(&o.locales, "locales", "", "`languages` of the interface, the default first, such as en,de; empty offers all there are texts for")
	f.IntVar(&o.cfg.Holdout, "holdout", 0, "`share` of visitors, per cent, whose pages stay as declared; events tell them apart, so that it shows what arranging brings about")
}

// filling declares the flags of where content comes from, and what becomes of it.
func (o *options) filling(f *flag.FlagSet) {
	f.BoolVar(&o.cfg.Demo, "demo", true, "demo content and people to sign in as; -demo=false starts empty, without either")
	f.StringVar(&o.imported, "import", "", "`path` of a folder of Markdown with front matter, or of an articles.jsonl, to take into the library before serving")
	f.StringVar(&o.cfg.Sync, "sync", "", "`folder` of Markdown files, maybe a checkout of Git, that articles are kept as: what changes there is taken, and what is gone is archived")
	f.StringVar(&o.cfg.Types, "types", "", "`file` that says what types of content there are, with their sections, fields and templates; empty takes those of the library")
	f.StringVar(&o.cfg.Cases, "cases", "", "`file` that says how you work on what customers ask: kinds of case with their forms, statuses, queues; empty takes those of the library")
	f.StringVar(&o.cfg.Processes, "processes", "", "`file` that says what it takes to publish: reviews, verification, by type or category")
	f.StringVar(&o.cfg.Redact, "redact", "", "`file` with patterns of your own for what says who somebody is, such as customer numbers: [{\"kind\": \"customer-number\", \"pattern\": \"\\\\bK-\\\\d{6}\\\\b\"}]; they are taken out of drafts from conversations, and of searches before these are kept")
	f.BoolVar(&o.cfg.CheckLinks, "check-links", false, "ask servers elsewhere whether there is anything at the addresses that articles lead to")
}

// finding declares the flags of what is searched beside the library, of how, and of who is told.
func (o *options) finding(f *flag.FlagSet) {
	f.Func("crawl", "`address` of a sitemap of a site elsewhere, or of a page of it to follow links from, such as docs=https://docs.example.com/sitemap.xml: its pages are searched too; say it once for each site, with a name or without", func(text string) error {
		o.cfg.Crawl = append(o.cfg.Crawl, text)
		return nil
	})
	f.Func("folder", "`folder` of files that are published elsewhere, maybe a checkout of Git, and after a comma where each is read, such as docs=/srv/docs,https://docs.example.com/{page}: they are searched too; say it once for each", func(text string) error {
		o.cfg.Folders = append(o.cfg.Folders, text)
		return nil
	})
	f.StringVar(&o.cfg.IndexNow, "indexnow", "", "`key` of your choice, 8 to 128 letters and digits, by which search engines that take part in IndexNow are told of changes of what everybody may read; needs -base-url; empty tells nobody")
	f.StringVar(&o.cfg.Embed.URL, "embed-url", "", "`address` of a service that turns texts into vectors, in OpenAI's form or Ollama's, by which searches also find by meaning; it is sent what is in the library, also what only some may read, and what people search for; empty sends nothing anywhere")
	f.StringVar(&o.cfg.Embed.Model, "embed-model", "", "`name` of the model at -embed-url")
	f.StringVar(&o.embedToken, "embed-token-file", "", "`file` with the token for the service at -embed-url")
	f.BoolVar(&o.cfg.Embed.Inside, "embed-inside", false, "the service at -embed-url is in your own network or on this machine, and may speak http")
}

// admitting declares the flags of how people sign in.
func (o *options) admitting(f *flag.FlagSet) {
	f.StringVar(&o.cfg.OIDC.Name, "oidc-name", "", "`name` of the identity provider where people choose between several; empty takes its host")
	f.StringVar(&o.cfg.OIDC.Issuer, "oidc-issuer", "", "`address` of the identity provider that people sign in with; needs -base-url, whose /sign-in/callback the provider must know")
	f.StringVar(&o.cfg.OIDC.Client, "oidc-client", "", "what the identity provider calls the portal")
	f.StringVar(&o.oidcSecret, "oidc-secret-file", "", "`file` with what the portal proves itself to the identity provider with")
	f.StringVar(&o.oidcAdmins, "oidc-admins", "", "`addresses` of people who become administrators when they first sign in, if the provider vouches for the address")
	f.StringVar(&o.oidcACR, "oidc-acr", "", "`values` of acr that the identity provider is asked for before what cannot be undone, and must answer with; empty takes any fresh sign-in")
	f.StringVar(&o.cfg.OIDC.SignedOut, "oidc-signed-out", "", "`address`, known to the identity provider, that it sends people back to after signing out there")
	f.BoolVar(&o.cfg.OIDC.Open, "oidc-open", false, "whoever the identity provider knows becomes a customer; otherwise people must have been linked")
	o.saml.flags(f, &o.cfg.SAML)
}

// reaching declares the flags of how people are reached, and where.
func (o *options) reaching(f *flag.FlagSet) {
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
	f.BoolVar(&o.cfg.Push, "push", true, "notices go to people's browsers and webhooks too; needs -base-url, except in a demo")
}

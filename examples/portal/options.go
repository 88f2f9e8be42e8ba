package main

import (
	"flag"
	"fmt"
	"io"
	"net/netip"
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

	locales, proxies string
}

// flags declares the flags of o.
func (o *options) flags() *flag.FlagSet {
	f := flag.NewFlagSet("portal", flag.ContinueOnError)
	f.StringVar(&o.addr, "addr", "127.0.0.1:8080", "`address` to serve on; port 0 takes a free one")
	f.StringVar(&o.cfg.DB, "db", "sqlite:portal.db", "`database`: sqlite:FILE, relative to -data, or postgres://USER:PASSWORD@HOST/NAME")
	f.StringVar(&o.cfg.Data, "data", "portal-data", "`folder` for the search index and the SQLite file, for this portal alone; it is made if missing")
	f.StringVar(&o.imported, "import", "", "`path` of a folder of Markdown with front matter, or of an articles.jsonl, to take into the library before serving")
	f.BoolVar(&o.cfg.Demo, "demo", true, "demo content and people to sign in as; -demo=false starts empty, without either")
	f.StringVar(&o.cfg.BaseURL, "base-url", "", "`address` that links from outside begin with, such as https://support.example.com; empty takes the request's host")
	f.StringVar(&o.cfg.Brand, "brand", "", "`name` of the portal; empty means the demo's company, or Support")
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
	for locale := range strings.SplitSeq(o.locales, ",") {
		if locale = strings.TrimSpace(locale); locale != "" {
			o.cfg.Locales = append(o.cfg.Locales, locale)
		}
	}
	o.cfg.MetricsElsewhere = o.metrics != ""
	return o, o.networks()
}

func (o *options) networks() error {
	for part := range strings.SplitSeq(o.proxies, ",") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
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

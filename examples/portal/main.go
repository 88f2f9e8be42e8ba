// Portal is the reference portal: everything the library can do, wired together
// in one program. Start it without flags for a demo in a folder of its own.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/stoa-go/stoa/examples/portal/site"
	"github.com/stoa-go/stoa/internal/web"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "portal:", err)
		os.Exit(1)
	}
}

// options are what the command line says.
type options struct {
	addr, imported string
	logs           string
	cfg            site.Config
}

func parse(args []string, errors io.Writer) (options, error) {
	var o options
	f := flag.NewFlagSet("portal", flag.ContinueOnError)
	f.SetOutput(errors)
	f.StringVar(&o.addr, "addr", "127.0.0.1:8080", "address to serve on; port 0 takes a free one")
	f.StringVar(&o.cfg.DB, "db", "sqlite:portal.db", "database: sqlite:FILE, relative to -data, or postgres://USER:PASSWORD@HOST/NAME")
	f.StringVar(&o.cfg.Data, "data", "portal-data", "folder for the search index and the SQLite file")
	f.StringVar(&o.imported, "import", "", "folder of Markdown with front matter, or an articles.jsonl, to take into the library first")
	f.BoolVar(&o.cfg.Demo, "demo", true, "demo content and people to sign in as; -demo=false starts empty, without either")
	f.StringVar(&o.cfg.BaseURL, "base-url", "", "what links from outside begin with, such as https://support.example.com; empty takes the request's host")
	f.StringVar(&o.cfg.Brand, "brand", "", "name of the portal")
	f.StringVar(&o.cfg.Country, "country-header", "", "header in which a trusted proxy names the visitor's country")
	f.StringVar(&o.logs, "log", "text", "form of the log on standard error: text, json or off")
	locales := f.String("locales", "", "languages of the interface, the default first, such as en,de; empty offers all there are")
	proxies := f.String("proxies", "", "networks of proxies whose word on the client's address is taken, such as 10.0.0.0/8")
	f.Usage = func() {
		fmt.Fprint(errors, "Portal serves a self-service support portal.\n\nUsage: portal [flags]\n\n")
		f.PrintDefaults()
	}
	if err := f.Parse(args); err != nil {
		return o, err
	}
	if f.NArg() > 0 {
		return o, fmt.Errorf("unexpected argument %q; see -h for the flags", f.Arg(0))
	}
	if *locales != "" {
		o.cfg.Locales = strings.Split(*locales, ",")
	}
	return o, o.networks(*proxies)
}

func (o *options) networks(list string) error {
	for part := range strings.SplitSeq(list, ",") {
		if part == "" {
			continue
		}
		network, err := netip.ParsePrefix(strings.TrimSpace(part))
		if err != nil {
			return fmt.Errorf("-proxies: %w", err)
		}
		o.cfg.Proxies = append(o.cfg.Proxies, network)
	}
	return nil
}

func (o *options) logger(w io.Writer) (*slog.Logger, error) {
	level := &slog.HandlerOptions{Level: slog.LevelInfo}
	switch o.logs {
	case "text":
		return slog.New(web.LogHandler(slog.NewTextHandler(w, level))), nil
	case "json":
		return slog.New(web.LogHandler(slog.NewJSONHandler(w, level))), nil
	case "off":
		return slog.New(slog.DiscardHandler), nil
	}
	return nil, fmt.Errorf("-log %s: want text, json or off", o.logs)
}

func run(ctx context.Context, args []string, out, errors io.Writer) error {
	o, err := parse(args, errors)
	if err != nil {
		return err
	}
	if o.cfg.Log, err = o.logger(errors); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", o.addr)
	if err != nil {
		return fmt.Errorf("-addr: %w", err)
	}
	defer listener.Close()
	s, err := site.Open(ctx, o.cfg)
	if err != nil {
		return err
	}
	err = serve(ctx, s, o, listener, out)
	return joined(err, s.Close())
}

func joined(err, closing error) error { return errors.Join(err, closing) }

// serve imports what is to be imported, and then serves until ctx is done:
// requests under way are answered, events are written down, and the index is
// left as it should be.
func serve(ctx context.Context, s *site.Site, o options, listener net.Listener, out io.Writer) error {
	if o.imported != "" {
		if err := importFrom(ctx, s, o.imported, out); err != nil {
			return err
		}
	}
	// What goes on behind the pages outlives them: the last events are written
	// after the last request.
	behind, halt := context.WithCancel(context.WithoutCancel(ctx))
	done := make(chan error, 1)
	go func() { done <- s.Run(behind) }()
	server := &http.Server{Handler: s.Handler(), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute}
	fmt.Fprintf(out, "ready http://%s\n", listener.Addr())
	err := web.Serve(ctx, server, listener, 10*time.Second)
	halt()
	return joined(err, <-done)
}

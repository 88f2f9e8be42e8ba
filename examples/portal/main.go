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
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/stoa-go/stoa/examples/portal/site"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/kb/importkb"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// Whoever asks a second time does not want to wait for the first.
	context.AfterFunc(ctx, stop)
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "portal:", oneLine(err))
		os.Exit(1)
	}
}

// oneLine says an error in one line, however many causes it has, and each once.
func oneLine(err error) string {
	var parts []string
	for line := range strings.Lines(err.Error()) {
		line = strings.TrimSpace(line)
		if !slices.ContainsFunc(parts, func(said string) bool { return strings.Contains(said, line) }) {
			parts = append(parts, line)
		}
	}
	return strings.Join(parts, "; ")
}

func run(ctx context.Context, args []string, out, errout io.Writer) error {
	o, err := parse(args)
	if errors.Is(err, flag.ErrHelp) {
		usage(out)
		return nil
	}
	if err != nil {
		return err
	}
	if o.cfg.Log, err = o.logger(errout); err != nil {
		return err
	}
	listener, err := listen(o.addr)
	if err != nil {
		return err
	}
	defer listener.Close()
	// Before anything is made: a mistyped path should leave nothing behind.
	bundle, err := o.bundle()
	if err != nil {
		return err
	}
	s, err := site.Open(ctx, o.cfg)
	if err != nil {
		return err
	}
	err = serve(ctx, s, o, bundle, listener, out)
	return errors.Join(err, s.Close())
}

// listen takes the port before anything else is done, so that a portal that
// cannot serve says so at once.
func listen(addr string) (net.Listener, error) {
	listener, err := net.Listen("tcp", addr)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("-addr %s: another program serves there; port 0 takes a free one", addr)
	}
	if err != nil {
		return nil, fmt.Errorf("-addr: %w", err)
	}
	return listener, nil
}

func (o options) bundle() (kb.Bundle, error) {
	if o.imported == "" {
		return kb.Bundle{}, nil
	}
	b, err := importkb.Path(o.imported)
	if err != nil {
		return b, fmt.Errorf("-import: %w", err)
	}
	if len(b.Items)+len(b.Problems) == 0 {
		return b, fmt.Errorf("-import %s: there are no articles: want .md files with front matter, or an articles.jsonl", o.imported)
	}
	return b, nil
}

func (o options) logger(w io.Writer) (*slog.Logger, error) {
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

// serve imports what is to be imported, and then serves until ctx is done:
// requests under way are answered, events are written down, and the index is
// left as it should be.
func serve(ctx context.Context, s *site.Site, o options, bundle kb.Bundle, listener net.Listener, out io.Writer) error {
	if o.imported != "" {
		if err := importInto(ctx, s, o.imported, bundle, out); err != nil {
			return err
		}
	}
	// What goes on behind the pages outlives them: the last events are written
	// after the last request. A portal does not go on without it.
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	behind, halt := context.WithCancel(context.WithoutCancel(ctx))
	defer halt()
	done := make(chan error, 1)
	go func() {
		defer stop()
		done <- s.Run(behind)
	}()
	fmt.Fprintf(out, "ready http://%s\n", listener.Addr())
	err := web.Serve(ctx, &http.Server{Handler: s.Handler()}, listener, o.drain)
	halt()
	return errors.Join(err, <-done)
}

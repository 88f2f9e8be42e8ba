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
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/kb/importkb"
)

func main() {
	signals, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	ctx, end := context.WithCancel(context.Background())
	context.AfterFunc(signals, func() {
		stop() // before the end begins: whoever asks a second time does not want to wait for it
		end()
	})
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
	listeners, err := o.listen()
	if err != nil {
		return err
	}
	defer listeners.close()
	// Before anything is made: a mistyped path should leave nothing behind.
	bundle, err := o.bundle()
	if err != nil {
		return err
	}
	return o.serve(ctx, bundle, listeners, out)
}

// A listeners is where the portal serves pages, and metrics if that is elsewhere.
type listeners struct{ pages, metrics net.Listener }

// listen takes the ports before anything else is done, so that a portal that
// cannot serve says so at once.
func (o options) listen() (l listeners, err error) {
	if l.pages, err = listen("-addr", o.addr); err != nil || o.metrics == "" {
		return l, err
	}
	if l.metrics, err = listen("-metrics", o.metrics); err != nil {
		l.close()
	}
	return l, err
}

func (l listeners) close() {
	for _, listener := range []net.Listener{l.pages, l.metrics} {
		if listener != nil {
			_ = listener.Close() // it may be closed already
		}
	}
}

func listen(name, addr string) (net.Listener, error) {
	listener, err := net.Listen("tcp", addr)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("%s %s: another program serves there; port 0 takes a free one", name, addr)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
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
		return b, fmt.Errorf("-import %s: there are no articles: want .md, .html or .docx files, a ZIP of them, or an articles.jsonl", o.imported)
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

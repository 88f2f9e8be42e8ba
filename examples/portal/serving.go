package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"github.com/stoa-go/stoa/examples/portal/site"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/kb"
)

// A door answers for a portal that is being set up: it lives, and is not ready.
// Opened, it leads to the portal.
type door struct{ inside atomic.Pointer[http.Handler] }

func (d *door) open(h http.Handler) { d.inside.Store(&h) }

// ServeHTTP implements [http.Handler].
func (d *door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if h := d.inside.Load(); h != nil {
		(*h).ServeHTTP(w, r)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	if r.URL.Path == "/healthz" {
		fmt.Fprintln(w, "ok") // a restart would not help
		return
	}
	w.Header().Set("Retry-After", "5")
	http.Error(w, "starting", http.StatusServiceUnavailable)
}

// serve answers from the start, sets the portal up, and serves it until ctx is
// done: requests under way are answered, events are written down, and the index
// is left as it should be.
func (o options) serve(ctx context.Context, bundle kb.Bundle, l listeners, out io.Writer) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var pages, metrics door
	served := make(chan error, 1)
	go func() {
		defer stop()
		served <- o.answer(ctx, l, &pages, &metrics)
	}()
	o.cfg.Served = "http://" + reachable(l.pages.Addr())
	s, err := o.open(ctx, bundle, out)
	if err != nil {
		stop()
		return errors.Join(err, <-served)
	}
	// What goes on behind the pages outlives them: the last events are written
	// after the last request. A portal does not go on without it.
	behind, halt := context.WithCancel(context.WithoutCancel(ctx))
	defer halt()
	done := make(chan error, 1)
	go func() {
		defer stop()
		done <- s.Run(behind)
	}()
	pages.open(s.Handler())
	if l.metrics != nil {
		mux := http.NewServeMux()
		mux.Handle("GET /metrics", s.Metrics())
		metrics.open(mux)
		fmt.Fprintf(out, "metrics http://%s\n", l.metrics.Addr())
	}
	fmt.Fprintf(out, "ready http://%s\n", l.pages.Addr())
	err = <-served
	halt()
	return errors.Join(err, <-done, s.Close())
}

// reachable is an address as programs on this machine reach it.
func reachable(at net.Addr) string {
	a, ok := at.(*net.TCPAddr)
	if ok && a.IP.IsUnspecified() {
		return fmt.Sprintf("localhost:%d", a.Port)
	}
	return at.String()
}

// open opens the portal and imports what is to be imported.
func (o options) open(ctx context.Context, bundle kb.Bundle, out io.Writer) (*site.Site, error) {
	s, err := site.Open(ctx, o.cfg)
	if err != nil || o.imported == "" {
		return s, err
	}
	if err := importInto(ctx, s, o.imported, bundle, out); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// answer serves both doors until ctx is done.
func (o options) answer(ctx context.Context, l listeners, pages, metrics http.Handler) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return web.Serve(ctx, &http.Server{Handler: pages}, l.pages, o.drain) })
	if l.metrics != nil {
		g.Go(func() error { return web.Serve(ctx, &http.Server{Handler: metrics}, l.metrics, o.drain) })
	}
	return g.Wait()
}

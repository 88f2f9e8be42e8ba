package web

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"
)

type drainKey struct{}

// Serve serves until ctx is done, then drains: the listener closes, event
// streams end and tell their clients to come back, and requests under way have
// the time drain to finish before they are cut. It returns nil after a clean
// drain, and otherwise what went wrong.
//
// Requests do not end with ctx. Where srv says nothing, headers must arrive
// within 10 seconds in at most 64 KiB, and idle connections close after two
// minutes.
func Serve(ctx context.Context, srv *http.Server, ln net.Listener, drain time.Duration) error {
	draining := make(chan struct{})
	requests, cut := context.WithCancel(context.WithoutCancel(ctx))
	defer cut()
	prepare(requests, srv, draining)

	stopped := make(chan error, 1)
	go func() { stopped <- srv.Serve(ln) }()
	select {
	case err := <-stopped:
		return err
	case <-ctx.Done():
	}
	close(draining)
	limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), drain)
	defer cancel()
	err := srv.Shutdown(limit)
	if err != nil {
		err = errors.Join(errors.New("requests were cut"), err, srv.Close())
	}
	if ended := <-stopped; !errors.Is(ended, http.ErrServerClosed) {
		err = errors.Join(err, ended)
	}
	return err
}

func prepare(requests context.Context, srv *http.Server, draining chan struct{}) {
	if srv.ReadHeaderTimeout == 0 {
		srv.ReadHeaderTimeout = 10 * time.Second
	}
	if srv.IdleTimeout == 0 {
		srv.IdleTimeout = 2 * time.Minute
	}
	if srv.MaxHeaderBytes == 0 {
		srv.MaxHeaderBytes = 64 << 10
	}
	base := srv.BaseContext
	srv.BaseContext = func(ln net.Listener) context.Context {
		ctx := requests
		if base != nil {
			ctx = base(ln)
		}
		return context.WithValue(ctx, drainKey{}, draining)
	}
}

// Draining returns a channel that closes when the server of a request begins
// to drain, nil, which never closes, outside of Serve. Long requests watch it.
func Draining(ctx context.Context) <-chan struct{} {
	draining, _ := ctx.Value(drainKey{}).(chan struct{})
	return draining
}

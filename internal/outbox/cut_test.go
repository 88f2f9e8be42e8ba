package outbox_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/url"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/outbox"
	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/internal/testdb"
	"github.com/stoa-go/stoa/internal/testdb/cutproxy"
)

// TestCutWhileWritingDown cuts the connection when the Box commits how an
// attempt ended. It writes that down again; nothing is delivered twice and the
// log has one line.
func TestCutWhileWritingDown(t *testing.T) {
	dsn := testdb.PostgresDSN(t)
	u, err := url.Parse(dsn)
	if err != nil || u.Host == "" {
		t.Skip("STOA_TEST_POSTGRES is not a URL with a host")
	}
	p, err := cutproxy.Start(u.Host)
	require.NoError(t, err)
	defer p.Close()
	u.Host = p.Addr()
	pool := sqlx.MustOpen("postgres", u.String())
	defer pool.Close()
	require.NoError(t, outbox.Migrate(t.Context(), pool.DB))
	db := sqldb.New(pool)

	for n, when := range []cutproxy.When{cutproxy.Before, cutproxy.After} {
		var got []outbox.Delivery
		var errors bytes.Buffer
		b := outbox.New(db, &outbox.Options{Poll: time.Millisecond, Log: slog.New(slog.NewTextHandler(&errors, nil))})
		b.Handle("mail", func(_ context.Context, d outbox.Delivery) error {
			got = append(got, d)
			p.Cut(when, "COMMIT")
			return nil
		})
		enqueue(t, db, mail("ann", n))
		require.Equal(t, 1, drain(t, b))
		require.Equal(t, n+1, p.Cuts())
		require.Len(t, got, 1)
		log, err := b.Attempts(t.Context(), got[0].ID)
		require.NoError(t, err)
		require.Len(t, log, 1, "cut %s", when)
		require.True(t, none(t, b)())
		require.Empty(t, errors.String(), "cut %s", when)
	}
}

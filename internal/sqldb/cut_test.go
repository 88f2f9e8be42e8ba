package sqldb_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/internal/testdb"
	"github.com/stoa-go/stoa/internal/testdb/cutproxy"
)

// STOA_TEST_CUTS sets how many connections the proof below cuts; 500 by default.
func cuts(t *testing.T) int {
	text := os.Getenv("STOA_TEST_CUTS")
	if text == "" {
		return 500
	}
	n, err := strconv.Atoi(text)
	require.NoError(t, err)
	return n
}

// cutDB opens a database twice, once through a proxy that cuts.
func cutDB(t *testing.T) (direct, cut *sqlx.DB, p *cutproxy.Proxy) {
	dsn := testdb.PostgresDSN(t)
	u, err := url.Parse(dsn)
	if err != nil || u.Host == "" {
		t.Skip("STOA_TEST_POSTGRES is not a URL with a host")
	}
	direct = sqlx.MustOpen("postgres", dsn)
	t.Cleanup(func() { direct.Close() })
	p, err = cutproxy.Start(u.Host)
	require.NoError(t, err)
	t.Cleanup(func() { p.Close() })
	u.Host = p.Addr()
	cut = sqlx.MustOpen("postgres", u.String())
	cut.SetMaxOpenConns(1) // or the cut may hit another than the one meant
	t.Cleanup(func() { cut.Close() })
	return direct, cut, p
}

// TestCutsAroundCommit cuts the connection around the commit of each write, now
// before the server got it, now after. The caller cannot tell these apart; it
// repeats the write with the same key until it is told of success. Each must be
// there, once.
func TestCutsAroundCommit(t *testing.T) {
	direct, cut, p := cutDB(t)
	things(t, direct)
	d := sqldb.New(cut)
	start, done, n := time.Now(), map[cutproxy.When]int{}, cuts(t)
	for i := range n {
		id := fmt.Sprintf("op-%04d", i)
		when := []cutproxy.When{cutproxy.Before, cutproxy.After}[i%2]
		p.Cut(when, "COMMIT")
		failed := 0
		for {
			err := d.Write(t.Context(), func(tx sqlx.ExtContext) error {
				_, err := sqldb.Exec(t.Context(), tx, `insert into thing (id) values ($1) on conflict (id) do nothing`, id)
				return err
			})
			if err == nil {
				break
			}
			require.ErrorIs(t, err, errs.Unavailable)
			if failed++; failed == 1 && has(t, direct, id) {
				done[when]++
			}
			require.Less(t, failed, 5)
		}
		require.Equal(t, 1, failed, "the cut must be seen")
	}
	require.Equal(t, n, p.Cuts())
	require.Len(t, ids(t, direct), n)
	require.Zero(t, done[cutproxy.Before], "cut before, yet written")
	require.Equal(t, n/2, done[cutproxy.After], "cut after, yet not written")
	t.Logf("%d cuts in %v: each operation is there once; %d of the failed commits had been done", n, time.Since(start).Round(time.Millisecond), done[cutproxy.After])
}

func has(t *testing.T, db *sqlx.DB, id string) bool {
	var found []string
	require.NoError(t, sqldb.Select(t.Context(), db, &found, `select id from thing where id = $1`, id))
	return len(found) == 1
}

// TestCutsTwin does what the house rule forbids, through the same proxy: an
// insert without a transaction and without a key. It is told of success and the
// row is there twice.
func TestCutsTwin(t *testing.T) {
	direct, cut, p := cutDB(t)
	_, err := direct.ExecContext(t.Context(), `create table thing (id text)`)
	require.NoError(t, err)
	const n = 40
	for i := range n {
		require.NoError(t, cut.PingContext(t.Context()))
		id := fmt.Sprintf("op-%04d", i)
		p.Cut(cutproxy.After, id)
		_, err := cut.ExecContext(t.Context(), `insert into thing (id) values ($1)`, id)
		require.NoError(t, err, "the driver hides that it ran the statement again")
	}
	require.Equal(t, n, p.Cuts())
	var twice int
	require.NoError(t, direct.Get(&twice, `select count(*) from (select id from thing group by id having count(*) = 2) t`))
	t.Logf("%d of %d rows are there twice", twice, n)
	require.Equal(t, n, twice)
}

// TestCutWithoutRepeat shows what a caller sees who does not repeat.
func TestCutWithoutRepeat(t *testing.T) {
	direct, cut, p := cutDB(t)
	d := sqldb.New(cut)
	things(t, direct)
	p.Cut(cutproxy.After, "COMMIT")
	err := d.Write(t.Context(), insert(t.Context(), "a"))
	require.ErrorIs(t, err, errs.Unavailable, "an error")
	require.False(t, errors.Is(err, context.Canceled))
	require.Equal(t, []string{"a"}, ids(t, direct), "is not the same as not done")
}

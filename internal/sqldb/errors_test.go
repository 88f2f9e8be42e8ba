package sqldb_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"
	"testing"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
	"github.com/stretchr/testify/require"
	"modernc.org/sqlite"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/internal/testdb"
)

// A coded error is one of SQLite's, a stated one of PostgreSQL's.
type (
	coded  int
	stated string
)

func (c coded) Error() string     { return fmt.Sprintf("code %d", int(c)) }
func (c coded) Code() int         { return int(c) }
func (s stated) Error() string    { return "state " + string(s) }
func (s stated) SQLState() string { return string(s) }

func TestErrClasses(t *testing.T) {
	for _, c := range []struct {
		err   error
		class error // nil: none
	}{
		{sql.ErrNoRows, errs.NotFound},
		{stated("23505"), errs.Conflict}, {coded(1555), errs.Conflict}, {coded(2067), errs.Conflict},
		{stated("23503"), errs.Conflict}, {coded(787), errs.Conflict},
		{stated("40001"), errs.Conflict}, {stated("40P01"), errs.Conflict},
		{stated("08006"), errs.Unavailable}, {stated("57P01"), errs.Unavailable}, {stated("57P03"), errs.Unavailable},
		{stated("57014"), errs.Unavailable}, {stated("53300"), errs.Unavailable}, {stated("53100"), errs.Unavailable},
		{stated("25006"), errs.Unavailable}, {stated("22021"), errs.Invalid},
		{coded(5), errs.Unavailable}, {coded(517), errs.Unavailable}, {coded(13), errs.Unavailable}, {coded(10 | 4<<8), errs.Unavailable},
		{driver.ErrBadConn, errs.Unavailable}, {io.ErrUnexpectedEOF, errs.Unavailable},
		{&net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}, errs.Unavailable},
		{stated("42P01"), nil}, {stated("22012"), nil}, {stated(""), nil}, {coded(1), nil}, {coded(11), nil}, {errBoom, nil},
		{fmt.Errorf("mine: %w", errs.Forbidden), errs.Forbidden},
	} {
		got := sqldb.Err(t.Context(), fmt.Errorf("wrapped: %w", c.err), "thing a")
		require.ErrorIs(t, got, c.err, "the cause is kept")
		require.True(t, strings.HasPrefix(got.Error(), "thing a: "), got)
		for _, class := range []error{errs.NotFound, errs.Conflict, errs.Forbidden, errs.Invalid, errs.Unsupported, errs.Unavailable, errs.TooMany} {
			want := class == c.class //nolint:errorlint // the table names the one class itself
			require.Equal(t, want, errors.Is(got, class), "%v is %v", c.err, class)
		}
	}
}

func TestErrLeavesAlone(t *testing.T) {
	require.NoError(t, sqldb.Err(t.Context(), nil, "thing a"))
	require.Same(t, errBoom, sqldb.Err(t.Context(), errBoom, ""))
	once := sqldb.Err(t.Context(), sql.ErrNoRows, "thing a")
	require.Same(t, once, sqldb.Err(t.Context(), once, ""), "mapping twice is mapping once")
	require.Equal(t, "thing a: not found: sql: no rows in result set", once.Error())

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.NoError(t, sqldb.Err(ctx, nil, ""))
	require.ErrorIs(t, sqldb.Err(ctx, stated("57014"), ""), context.Canceled)
}

func TestErrOfTheDrivers(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db *sqlx.DB) {
		d := sqldb.New(things(t, db))
		require.NoError(t, d.Write(t.Context(), insert(t.Context(), "a")))
		err := d.Write(t.Context(), insert(t.Context(), "a"))
		require.ErrorIs(t, err, errs.Conflict)
		_, isPQ := errors.AsType[*pq.Error](err)
		_, isLite := errors.AsType[*sqlite.Error](err)
		require.True(t, isPQ || isLite, "the driver's error is lost: %v", err)

		var id string
		require.ErrorIs(t, d.Get(t.Context(), &id, "thing b", `select id from thing where id = $1`, "b"), errs.NotFound)
		require.Error(t, d.Select(t.Context(), &[]string{}, `select nothing from nowhere`))
		require.ErrorIs(t, d.Write(t.Context(), func(tx sqlx.ExtContext) error {
			res, err := sqldb.Exec(t.Context(), tx, `update thing set body = 'x' where id = 'b'`)
			require.NoError(t, err)
			return sqldb.Affected(res, errs.Conflict)
		}), errs.Conflict)
		ctx, cancel := context.WithTimeout(t.Context(), 0)
		defer cancel()
		require.ErrorIs(t, d.Get(ctx, &id, "thing a", `select id from thing`), context.DeadlineExceeded)
	})
}

func TestErrOfADatabaseThatIsDown(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	addr := l.Addr().(*net.TCPAddr)
	require.NoError(t, l.Close())
	db := sqlx.MustOpen("postgres", fmt.Sprintf("host=127.0.0.1 port=%d sslmode=disable", addr.Port))
	defer db.Close()
	require.ErrorIs(t, sqldb.New(db).Write(t.Context(), insert(t.Context(), "a")), errs.Unavailable)

	lite := sqlx.MustOpen("sqlite", sqldb.SQLiteDSN(t.TempDir()+"/none/test.db", sqldb.SQLiteOptions{}))
	defer lite.Close()
	require.ErrorIs(t, sqldb.New(lite).Write(t.Context(), insert(t.Context(), "a")), errs.Unavailable)
}

func TestIsBusy(t *testing.T) {
	dsn := sqldb.SQLiteDSN(t.TempDir()+"/test.db", sqldb.SQLiteOptions{})
	impatient := strings.Replace(dsn, "_busy_timeout=5000", "_busy_timeout=0", 1)
	require.NotEqual(t, dsn, impatient)
	one, two := sqlx.MustOpen("sqlite", dsn), sqlx.MustOpen("sqlite", impatient)
	defer one.Close()
	defer two.Close()
	tx := things(t, one).MustBegin()
	defer tx.Rollback()
	err := sqldb.New(two).Write(t.Context(), insert(t.Context(), "a"))
	require.True(t, sqldb.IsBusy(err), err)
	require.ErrorIs(t, err, errs.Unavailable)
	require.False(t, sqldb.IsBusy(errBoom))
}

func TestCheckText(t *testing.T) {
	require.NoError(t, sqldb.CheckText("", "Ünï 🙂", "a\tb\r\n", `it's ? $1 %_`))
	for _, bad := range []string{"a\x00b", "a\xffb", "\xed\xa0\x80"} {
		require.ErrorIs(t, sqldb.CheckText("fine", bad), errs.Invalid, "%q", bad)
		// This is why: what the function refuses, PostgreSQL does.
		if db := testdb.Postgres(t); db != nil {
			err := sqldb.New(things(t, db)).Write(t.Context(), insert(t.Context(), bad))
			require.ErrorIs(t, err, errs.Invalid, "%q", bad)
		}
	}
}

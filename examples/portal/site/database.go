package site

import (
	"context"
	"crypto/rand"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
	_ "github.com/lib/pq"  // the driver for postgres://
	_ "modernc.org/sqlite" // the driver for sqlite:

	"github.com/stoa-go/stoa/analytics/sqlanalytics"
	"github.com/stoa-go/stoa/cases/sqlcases"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/migrate"
	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/kb/courses/sqlcourses"
	"github.com/stoa-go/stoa/kb/insight/sqlinsight"
	"github.com/stoa-go/stoa/kb/sqlkb"
	"github.com/stoa-go/stoa/profile/assets/sqlassets"
	"github.com/stoa-go/stoa/profile/audit/sqlaudit"
	"github.com/stoa-go/stoa/profile/layout/sqllayout"
	"github.com/stoa-go/stoa/profile/retention/sqlretention"
	"github.com/stoa-go/stoa/profile/sqlprofile"
	"github.com/stoa-go/stoa/search/report/sqlreport"
	"github.com/stoa-go/stoa/search/sqlsearch"
)

//go:embed migrations
var migrations embed.FS

// A database is where everything is kept: for SQLite one connection that writes
// and a pool that reads, for PostgreSQL one pool for both.
type database struct {
	write, read *sqlx.DB
}

// openDatabase opens the database and brings its tables up to date. It waits for
// one that cannot be reached, until ctx is done.
func openDatabase(ctx context.Context, cfg Config) (*database, error) {
	d, err := dial(cfg)
	if err != nil {
		return nil, err
	}
	if err := d.await(ctx, cfg, func() error { return migrated(ctx, cfg, d) }); err != nil {
		return nil, errors.Join(fmt.Errorf("-db %s: %w", withoutPassword(cfg.DB), err), d.close())
	}
	return d, nil
}

// How long is waited between attempts to reach the database.
const (
	firstWait   = 250 * time.Millisecond
	longestWait = 15 * time.Second
)

// await tries until the database answers, or says what waiting does not mend.
func (d *database) await(ctx context.Context, cfg Config, try func() error) error {
	for attempt, wait := 1, firstWait; ; attempt, wait = attempt+1, min(2*wait, longestWait) {
		err := try()
		if err == nil || d.local() || !passing(err) {
			return err
		}
		cfg.Log.WarnContext(ctx, "the database cannot be reached", "attempt", attempt, "again_in", wait, "err", err)
		select {
		case <-ctx.Done():
			return errors.Join(err, ctx.Err())
		case <-time.After(wait):
		}
	}
}

// passing reports whether an error is of a database that is not there now, or
// not ready, and not of an address or a password that is wrong.
func passing(err error) bool {
	if errors.Is(err, context.Canceled) {
		return false
	}
	timeout, ok := errors.AsType[net.Error](err)
	return errors.Is(err, errs.Unavailable) || ok && timeout.Timeout()
}

// local reports whether the database is a file of this portal alone.
func (d *database) local() bool { return d.write != d.read }

func dial(cfg Config) (*database, error) {
	if onServer(cfg.DB) {
		return dialPostgres(cfg.DB, statementTimeout)
	}
	file, ok := strings.CutPrefix(cfg.DB, "sqlite:")
	if !ok || file == "" {
		return nil, errors.New("-db: want sqlite:FILE or postgres://USER:PASSWORD@HOST/NAME")
	}
	if !filepath.IsAbs(file) {
		file = filepath.Join(cfg.Data, file)
	}
	if err := makePrivate(file); err != nil {
		return nil, fmt.Errorf("-db %s: %w", file, err)
	}
	write, read, err := sqldb.OpenSQLite("sqlite", file)
	if err != nil {
		return nil, fmt.Errorf("-db %s: %w", file, err)
	}
	return &database{write: write, read: read}, nil
}

func onServer(dsn string) bool {
	return strings.HasPrefix(dsn, "postgres://") || strings.HasPrefix(dsn, "postgresql://")
}

// makePrivate makes the file of a database, if there is none, and keeps other
// users of the machine out. SQLite's own files beside it get the rights it has.
func makePrivate(file string) error {
	f, err := os.OpenFile(file, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	for _, name := range []string{file, file + "-wal", file + "-shm"} {
		// Whoever is not its owner has got it with the rights it has.
		if err := os.Chmod(name, 0o600); err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrPermission) {
			return err
		}
	}
	return nil
}

// statementTimeout is how long PostgreSQL works on one statement of a request,
// in milliseconds: what nobody waits for any more must not hold a connection.
const statementTimeout = "30000"

// dialPostgres opens a pool. What the address itself says of time-outs holds; an
// empty statement_timeout sends none, for poolers that refuse it.
func dialPostgres(dsn, timeout string) (*database, error) {
	u, err := url.Parse(dsn)
	if err != nil {
		// What is wrong with it cannot be said without the password.
		return nil, errors.New("-db: this is no address of a database: want postgres://USER:PASSWORD@HOST/NAME")
	}
	params := u.Query()
	if params.Get("connect_timeout") == "" {
		// By default the driver waits for as long as the network does.
		params.Set("connect_timeout", "10")
	}
	if said, ok := params["statement_timeout"]; !ok {
		params.Set("statement_timeout", timeout)
	} else if said[0] == "" {
		params.Del("statement_timeout")
	}
	u.RawQuery = params.Encode()
	db, err := sqlx.Open("postgres", u.String())
	if err != nil {
		return nil, fmt.Errorf("-db %s: not understood by the driver", withoutPassword(dsn))
	}
	db.SetMaxOpenConns(16)
	db.SetMaxIdleConns(8)
	return &database{write: db, read: db}, nil
}

// migrated brings the tables up to date. On a server that may take longer than
// any statement of a request, so it has connections of its own.
func migrated(ctx context.Context, cfg Config, d *database) error {
	if d.local() {
		return d.migrate(ctx)
	}
	own, err := dialPostgres(cfg.DB, "0")
	if err != nil {
		return err
	}
	return errors.Join(own.migrate(ctx), own.close())
}

// withoutPassword returns an address that was opened as it may be shown and
// logged.
func withoutPassword(dsn string) string {
	u, err := url.Parse(dsn)
	if err != nil {
		return ""
	}
	u.RawQuery = "" // it may hold one too
	return u.Redacted()
}

// migrate brings the tables of every capability up to date. Any number of
// instances may do so at once.
func (d *database) migrate(ctx context.Context) error {
	for _, up := range []func(context.Context, *sql.DB) error{
		migrate.Line{Name: "portal", Embedded: migrations}.Up,
		sqlprofile.Migrate, sqlaudit.Migrate, sqlretention.Migrate, sqllayout.Migrate, sqlassets.Migrate,
		sqlsearch.Migrate, sqlreport.Migrate, sqlanalytics.Migrate, sqlkb.Migrate, sqlcourses.Migrate, sqlcases.Migrate, sqlinsight.Migrate,
	} {
		if err := up(ctx, d.write.DB); err != nil {
			return err
		}
	}
	return nil
}

func (d *database) close() error {
	if !d.local() {
		return d.write.Close()
	}
	return errors.Join(d.read.Close(), d.write.Close())
}

// secret returns the key that page tokens and sessions are signed with. All
// instances on one database share it; the first to ask makes it.
func (d *database) secret(ctx context.Context) ([]byte, error) {
	value, err := d.kept(ctx, "secret", rand.Text()+rand.Text())
	return []byte(value), err
}

// kept returns a setting, which has the value if there was none.
func (d *database) kept(ctx context.Context, name, value string) (string, error) {
	err := sqldb.New(d.write).Write(ctx, func(tx sqlx.ExtContext) error {
		_, err := sqldb.Exec(ctx, tx, `
			insert into stoa_portal_setting (name, value) values ($1, $2)
			on conflict (name) do nothing`, name, value)
		return err
	})
	if err != nil {
		return "", err
	}
	return d.setting(ctx, name)
}

// setting returns a value that all instances share, "" if it was never set.
func (d *database) setting(ctx context.Context, name string) (value string, err error) {
	err = sqldb.New(d.write).Get(ctx, &value, "setting", `select value from stoa_portal_setting where name = $1`, name)
	if errors.Is(err, errs.NotFound) {
		return "", nil
	}
	return value, err
}

func (d *database) set(ctx context.Context, name, value string) error {
	return sqldb.New(d.write).Write(ctx, func(tx sqlx.ExtContext) error {
		_, err := sqldb.Exec(ctx, tx, `
			insert into stoa_portal_setting (name, value) values ($1, $2)
			on conflict (name) do update set value = excluded.value`, name, value)
		return err
	})
}

// lockClass is "stoa" in ASCII, under which the locks of ours are.
const lockClass = 0x73746f61

// Purposes for which one instance at a time does something.
const (
	aloneSeed     = "seed"
	aloneImport   = "import"
	aloneMirror   = "mirror"
	aloneTell     = "tell"
	aloneAnnounce = "announce"
)

// alone runs f while no other instance on the database runs anything for the same
// purpose. On SQLite there is no other: the folder is locked.
func (d *database) alone(ctx context.Context, purpose string, f func(context.Context) error) error {
	if !d.local() {
		// The lock ends with the transaction, which a connection pooler keeps
		// together, and with the connection if we are killed.
		tx, err := d.write.BeginTxx(ctx, nil)
		if err != nil {
			return sqldb.Err(ctx, err, "")
		}
		defer func() { _ = tx.Rollback() }()
		// The other may import for as long as it takes.
		if _, err := tx.ExecContext(ctx, `set local statement_timeout = 0`); err != nil {
			return sqldb.Err(ctx, err, "")
		}
		if _, err := tx.ExecContext(ctx, `select pg_advisory_xact_lock($1, hashtext($2))`, lockClass, purpose); err != nil {
			return sqldb.Err(ctx, err, "")
		}
	}
	return f(ctx)
}

// change carries out a statement and returns how many rows it changed.
func (d *database) change(ctx context.Context, query string, args ...any) (n int, err error) {
	err = sqldb.New(d.write).Write(ctx, func(tx sqlx.ExtContext) error {
		return sqldb.Tally(ctx, tx, &n, query, args...)
	})
	return n, err
}

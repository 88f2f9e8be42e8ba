package site

import (
	"context"
	"crypto/rand"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/jmoiron/sqlx"
	_ "github.com/lib/pq"  // the driver for postgres://
	_ "modernc.org/sqlite" // the driver for sqlite:

	"github.com/stoa-go/stoa/analytics/sqlanalytics"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/migrate"
	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/kb/sqlkb"
	"github.com/stoa-go/stoa/profile/sqlprofile"
)

//go:embed migrations
var migrations embed.FS

// A database is where everything is kept: for SQLite one connection that writes
// and a pool that reads, for PostgreSQL one pool for both.
type database struct {
	write, read *sqlx.DB
}

func openDatabase(ctx context.Context, cfg Config) (*database, error) {
	d, err := dial(cfg)
	if err != nil {
		return nil, err
	}
	if err := d.migrate(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("-db %s: %w", withoutPassword(cfg.DB), err), d.close())
	}
	return d, nil
}

func dial(cfg Config) (*database, error) {
	if strings.HasPrefix(cfg.DB, "postgres://") || strings.HasPrefix(cfg.DB, "postgresql://") {
		return dialPostgres(cfg.DB)
	}
	file, ok := strings.CutPrefix(cfg.DB, "sqlite:")
	if !ok || file == "" {
		return nil, errors.New("-db: want sqlite:FILE or postgres://USER:PASSWORD@HOST/NAME")
	}
	if !filepath.IsAbs(file) {
		file = filepath.Join(cfg.Data, file)
	}
	write, read, err := sqldb.OpenSQLite("sqlite", file)
	if err != nil {
		return nil, fmt.Errorf("-db %s: %w", file, err)
	}
	return &database{write: write, read: read}, nil
}

func dialPostgres(dsn string) (*database, error) {
	u, err := url.Parse(dsn)
	if err != nil {
		// What is wrong with it cannot be said without the password.
		return nil, errors.New("-db: this is no address of a database: want postgres://USER:PASSWORD@HOST/NAME")
	}
	params := u.Query()
	if params.Get("connect_timeout") == "" {
		// By default the driver waits for as long as the network does.
		params.Set("connect_timeout", "10")
		u.RawQuery = params.Encode()
	}
	db, err := sqlx.Open("postgres", u.String())
	if err != nil {
		return nil, fmt.Errorf("-db %s: not understood by the driver", withoutPassword(dsn))
	}
	db.SetMaxOpenConns(16)
	db.SetMaxIdleConns(8)
	return &database{write: db, read: db}, nil
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
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	if err := migrate.Up(ctx, d.write.DB, "portal", files); err != nil {
		return err
	}
	if err := sqlprofile.Migrate(ctx, d.write.DB); err != nil {
		return err
	}
	if err := sqlanalytics.Migrate(ctx, d.write.DB); err != nil {
		return err
	}
	return sqlkb.Migrate(ctx, d.write.DB)
}

func (d *database) close() error {
	if d.read == d.write {
		return d.write.Close()
	}
	return errors.Join(d.read.Close(), d.write.Close())
}

// secret returns the key that page tokens and sessions are signed with. All
// instances on one database share it; the first to ask makes it.
func (d *database) secret(ctx context.Context) ([]byte, error) {
	err := sqldb.New(d.write).Write(ctx, func(tx sqlx.ExtContext) error {
		_, err := sqldb.Exec(ctx, tx, `
			insert into stoa_portal_setting (name, value) values ('secret', $1)
			on conflict (name) do nothing`, rand.Text()+rand.Text())
		return err
	})
	if err != nil {
		return nil, err
	}
	value, err := d.setting(ctx, "secret")
	return []byte(value), err
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

// lockKey is "stoa" in ASCII, then a number of ours.
const lockKey = 0x73746f61_0002

// alone runs f while no other instance on the database runs anything by alone.
// On SQLite there is no other: the folder is locked.
func (d *database) alone(ctx context.Context, f func(context.Context) error) error {
	if d.write == d.read {
		// The lock ends with the transaction, which a connection pooler keeps
		// together, and with the connection if we are killed.
		tx, err := d.write.BeginTxx(ctx, nil)
		if err != nil {
			return sqldb.Err(ctx, err, "")
		}
		defer func() { _ = tx.Rollback() }()
		if _, err := tx.ExecContext(ctx, `select pg_advisory_xact_lock($1)`, int64(lockKey)); err != nil {
			return sqldb.Err(ctx, err, "")
		}
	}
	return f(ctx)
}

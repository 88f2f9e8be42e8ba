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
		return nil, errors.Join(err, d.close())
	}
	return d, nil
}

func dial(cfg Config) (*database, error) {
	if strings.HasPrefix(cfg.DB, "postgres://") || strings.HasPrefix(cfg.DB, "postgresql://") {
		db, err := sqlx.Open("postgres", cfg.DB)
		if err != nil {
			return nil, fmt.Errorf("open %s: %w", withoutPassword(cfg.DB), err)
		}
		db.SetMaxOpenConns(16)
		db.SetMaxIdleConns(8)
		return &database{write: db, read: db}, nil
	}
	file, ok := strings.CutPrefix(cfg.DB, "sqlite:")
	if !ok || file == "" {
		return nil, fmt.Errorf("-db %s: want sqlite:FILE or postgres://USER:PASSWORD@HOST/NAME", withoutPassword(cfg.DB))
	}
	if !filepath.IsAbs(file) {
		file = filepath.Join(cfg.Data, file)
	}
	write, read, err := sqldb.OpenSQLite("sqlite", file)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", file, err)
	}
	return &database{write: write, read: read}, nil
}

// withoutPassword returns an address as it may be shown and logged.
func withoutPassword(dsn string) string {
	u, err := url.Parse(dsn)
	if err != nil {
		return "the database"
	}
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
	db := sqldb.New(d.write)
	err := db.Write(ctx, func(tx sqlx.ExtContext) error {
		_, err := sqldb.Exec(ctx, tx, `
			insert into stoa_portal_setting (name, value) values ('secret', $1)
			on conflict (name) do nothing`, rand.Text()+rand.Text())
		return err
	})
	if err != nil {
		return nil, err
	}
	var value string
	err = db.Get(ctx, &value, "secret", `select value from stoa_portal_setting where name = 'secret'`)
	return []byte(value), err
}

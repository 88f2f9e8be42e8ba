package outbox

import (
	"context"
	"database/sql"
	"embed"
	"io/fs"

	"github.com/stoa-go/stoa/internal/migrate"
)

//go:embed migrations
var embedded embed.FS

const line = "outbox"

// Migrations returns the schema as numbered files, in one folder per dialect.
func Migrations() fs.FS { return migrate.Files(embedded) }

// Migrate brings the tables of the outbox up to date. Every store that enqueues
// calls it from its own.
func Migrate(ctx context.Context, db *sql.DB) error {
	return migrate.Up(ctx, db, line, Migrations())
}

// Validate returns an error if the tables are not those of this program.
func Validate(ctx context.Context, db *sql.DB) error {
	return migrate.Validate(ctx, db, line, Migrations())
}

package outbox

import (
	"context"
	"database/sql"
	"embed"

	"github.com/stoa-go/stoa/internal/migrate"
)

//go:embed migrations
var embedded embed.FS

// Line returns the versions of the outbox's tables. Every store that enqueues needs it.
func Line() migrate.Line { return migrate.Line{Name: "outbox", Embedded: embedded} }

// Migrate brings the tables of the outbox up to date.
func Migrate(ctx context.Context, db *sql.DB) error { return Line().Up(ctx, db) }

// Validate returns an error if the tables are not those of this program.
func Validate(ctx context.Context, db *sql.DB) error { return Line().Validate(ctx, db) }

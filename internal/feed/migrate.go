package feed

import (
	"context"
	"database/sql"
	"embed"

	"github.com/stoa-go/stoa/internal/migrate"
)

//go:embed migrations
var embedded embed.FS

// Line returns the versions of the feed's tables. Every store that appends needs it.
func Line() migrate.Line { return migrate.Line{Name: "feed", Embedded: embedded} }

// Migrate brings the tables of the feed up to date.
func Migrate(ctx context.Context, db *sql.DB) error { return Line().Up(ctx, db) }

// Validate returns an error if the tables are not those of this program.
func Validate(ctx context.Context, db *sql.DB) error { return Line().Validate(ctx, db) }

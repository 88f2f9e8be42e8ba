package testdb

import (
	"context"
	"database/sql"
	"testing"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"
)

// Stores runs a suite on stores in empty databases of each kind. In SQLite they
// write and read through different pools, as in production.
func Stores[S any](t *testing.T, migrate func(context.Context, *sql.DB) error, open func(writer, reader sqlx.ExtContext) S,
	suite func(t *testing.T, open func(*testing.T) S),
) {
	t.Helper()
	on := func(pools func(testing.TB) (writer, reader *sqlx.DB)) func(*testing.T) {
		return func(t *testing.T) {
			suite(t, func(t *testing.T) S {
				writer, reader := pools(t)
				require.NoError(t, migrate(t.Context(), writer.DB))
				return open(writer, reader)
			})
		}
	}
	t.Run("sqlite", on(SQLitePair))
	t.Run("postgres", on(func(t testing.TB) (writer, reader *sqlx.DB) { db := Postgres(t); return db, db }))
}

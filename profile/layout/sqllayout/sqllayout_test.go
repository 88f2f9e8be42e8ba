package sqllayout_test

import (
	"testing"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/testdb"
	"github.com/stoa-go/stoa/profile/layout"
	"github.com/stoa-go/stoa/profile/layout/layouttest"
	"github.com/stoa-go/stoa/profile/layout/sqllayout"
)

func TestPostgres(t *testing.T) {
	layouttest.TestStore(t, func(t *testing.T) layout.Store {
		db := testdb.Postgres(t)
		require.NoError(t, sqllayout.Migrate(t.Context(), db.DB))
		return sqllayout.New(db)
	})
}

func TestSQLite(t *testing.T) {
	layouttest.TestStore(t, func(t *testing.T) layout.Store {
		writer, reader := testdb.SQLitePair(t)
		require.NoError(t, sqllayout.Migrate(t.Context(), writer.DB))
		return sqllayout.New(writer).WithReader(reader)
	})
}

func TestMigrate(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db *sqlx.DB) {
		require.Error(t, sqllayout.Validate(t.Context(), db.DB))
		require.NoError(t, sqllayout.Migrate(t.Context(), db.DB))
		require.NoError(t, sqllayout.Migrate(t.Context(), db.DB))
		require.NoError(t, sqllayout.Validate(t.Context(), db.DB))
	})
}

package sqlretention_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/testdb"
	"github.com/stoa-go/stoa/profile/retention"
	"github.com/stoa-go/stoa/profile/retention/retentiontest"
	"github.com/stoa-go/stoa/profile/retention/sqlretention"
)

func TestPostgres(t *testing.T) {
	retentiontest.TestStore(t, func(t *testing.T) retention.Store {
		db := testdb.Postgres(t)
		require.NoError(t, sqlretention.Migrate(t.Context(), db.DB))
		return sqlretention.New(db)
	})
}

func TestSQLite(t *testing.T) {
	retentiontest.TestStore(t, func(t *testing.T) retention.Store {
		writer, reader := testdb.SQLitePair(t)
		require.NoError(t, sqlretention.Migrate(t.Context(), writer.DB))
		return sqlretention.New(writer).WithReader(reader)
	})
}

func TestMigrate(t *testing.T) { testdb.Migrates(t, sqlretention.Migrate, sqlretention.Validate) }

package sqlinsight_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/testdb"
	"github.com/stoa-go/stoa/kb/insight"
	"github.com/stoa-go/stoa/kb/insight/insighttest"
	"github.com/stoa-go/stoa/kb/insight/sqlinsight"
)

func TestPostgres(t *testing.T) {
	insighttest.TestStore(t, func(t *testing.T) insight.Store {
		db := testdb.Postgres(t)
		require.NoError(t, sqlinsight.Migrate(t.Context(), db.DB))
		return sqlinsight.New(db)
	})
}

func TestSQLite(t *testing.T) {
	insighttest.TestStore(t, func(t *testing.T) insight.Store {
		writer, reader := testdb.SQLitePair(t)
		require.NoError(t, sqlinsight.Migrate(t.Context(), writer.DB))
		return sqlinsight.NewWithReader(writer, reader)
	})
}

func TestMigrate(t *testing.T) { testdb.Migrates(t, sqlinsight.Migrate, sqlinsight.Validate) }

package sqlreport_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/testdb"
	"github.com/stoa-go/stoa/search/report"
	"github.com/stoa-go/stoa/search/report/reporttest"
	"github.com/stoa-go/stoa/search/report/sqlreport"
)

func TestPostgres(t *testing.T) {
	reporttest.TestStore(t, func(t *testing.T) report.Store {
		db := testdb.Postgres(t)
		require.NoError(t, sqlreport.Migrate(t.Context(), db.DB))
		return sqlreport.New(db)
	})
}

func TestSQLite(t *testing.T) {
	reporttest.TestStore(t, func(t *testing.T) report.Store {
		writer, reader := testdb.SQLitePair(t)
		require.NoError(t, sqlreport.Migrate(t.Context(), writer.DB))
		return sqlreport.NewWithReader(writer, reader)
	})
}

func TestMigrate(t *testing.T) { testdb.Migrates(t, sqlreport.Migrate, sqlreport.Validate) }

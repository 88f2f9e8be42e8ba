package sqlkb_test

import (
	"testing"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/testdb"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/kb/kbtest"
	"github.com/stoa-go/stoa/kb/sqlkb"
)

func TestSQLite(t *testing.T) {
	kbtest.TestStore(t, func(t *testing.T) kb.Store {
		write, read := testdb.SQLitePair(t)
		require.NoError(t, sqlkb.Migrate(t.Context(), write.DB))
		return sqlkb.NewWithReader(write, read)
	})
}

func TestPostgres(t *testing.T) {
	kbtest.TestStore(t, func(t *testing.T) kb.Store { return migrated(t, testdb.Postgres(t)) })
}

func migrated(t *testing.T, db *sqlx.DB) kb.Store {
	t.Helper()
	require.Error(t, sqlkb.Validate(t.Context(), db.DB), "an empty database is too old")
	require.NoError(t, sqlkb.Migrate(t.Context(), db.DB))
	require.NoError(t, sqlkb.Migrate(t.Context(), db.DB), "a second run changes nothing")
	require.NoError(t, sqlkb.Validate(t.Context(), db.DB))
	return sqlkb.New(db)
}

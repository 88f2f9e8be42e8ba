package kb_test

import (
	"testing"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/testdb"
	"github.com/stoa-go/stoa/kb/sqlkb"
)

// eachWorld runs a test on a library in memory and in each database.
func eachWorld(t *testing.T, test func(t *testing.T, w *world)) {
	t.Run("memory", func(t *testing.T) { test(t, newWorld(t)) })
	testdb.Each(t, func(t *testing.T, db *sqlx.DB) {
		require.NoError(t, sqlkb.Migrate(t.Context(), db.DB))
		test(t, newWorldOn(t, sqlkb.New(db)))
	})
}

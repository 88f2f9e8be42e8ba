package sqlanalytics_test

import (
	"sync"
	"testing"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/analytics/analyticstest"
	"github.com/stoa-go/stoa/analytics/sqlanalytics"
	"github.com/stoa-go/stoa/internal/testdb"
)

func TestStore(t *testing.T) { testdb.Stores(t, sqlanalytics.Migrate, open, analyticstest.TestStore) }

func open(writer, reader sqlx.ExtContext) analytics.Store {
	return sqlanalytics.New(writer).WithReader(reader)
}

func TestMigrate(t *testing.T) { testdb.Migrates(t, sqlanalytics.Migrate, sqlanalytics.Validate) }

func TestSalt(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db *sqlx.DB) {
		require.NoError(t, sqlanalytics.Migrate(t.Context(), db.DB))
		salts := make([][]byte, 8)
		var wg sync.WaitGroup
		for i := range salts {
			wg.Go(func() { salts[i], _ = sqlanalytics.New(db).Salt(t.Context(), "2026-03-01") })
		}
		wg.Wait()
		require.Len(t, salts[0], 32)
		for _, s := range salts {
			require.Equal(t, salts[0], s, "all instances have the same one")
		}
		s := sqlanalytics.New(db)
		days := func() (list []string) {
			require.NoError(t, db.SelectContext(t.Context(), &list, `select day from stoa_visit_salt order by day`))
			return list
		}
		for _, day := range []string{"2026-03-02", "2026-03-01", "2026-03-03", "2026-03-02"} {
			_, err := s.Salt(t.Context(), day)
			require.NoError(t, err)
		}
		require.Equal(t, []string{"2026-03-01", "2026-03-02", "2026-03-03"}, days())
		_, err := s.Salt(t.Context(), "2026-03-04")
		require.NoError(t, err)
		require.Equal(t, []string{"2026-03-02", "2026-03-03", "2026-03-04"}, days(), "old ones are gone for good")
		_, err = s.Salt(t.Context(), "yesterday")
		require.ErrorIs(t, err, analytics.ErrInvalid)
	})
}

// A reader that walks through all events does not stop a ledger from writing,
// if the reads have a pool of their own.
func TestWritingDuringAScan(t *testing.T) {
	writer, reader := testdb.SQLitePair(t)
	require.NoError(t, sqlanalytics.Migrate(t.Context(), writer.DB))
	s := sqlanalytics.New(writer).WithReader(reader)
	ledger := analytics.NewLedger(s, nil)
	for range 10 {
		ledger.Record(t.Context(), analytics.Event{Name: "thing.happened"})
	}
	require.NoError(t, ledger.Flush(t.Context()))
	n := 0
	for _, err := range s.Scan(t.Context(), analytics.Range{}) {
		require.NoError(t, err)
		ledger.Record(t.Context(), analytics.Event{Name: "thing.happened"})
		require.NoError(t, ledger.Flush(t.Context()))
		n++
	}
	require.Equal(t, 10, n, "a scan sees what was there when it began")
}

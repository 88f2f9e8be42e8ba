package sqlsearch_test

import (
	"testing"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/testdb"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/memsearch"
	"github.com/stoa-go/stoa/search/searchtest"
	"github.com/stoa-go/stoa/search/sqlsearch"
)

func TestStore(t *testing.T) { testdb.Stores(t, sqlsearch.Migrate, open, searchtest.TestTuning) }

func open(writer, reader sqlx.ExtContext) search.TuningStore {
	return sqlsearch.New(writer).WithReader(reader)
}

func TestTrials(t *testing.T) {
	t.Run("Postgres", func(t *testing.T) {
		searchtest.TestTrials(t, func(t *testing.T) search.TrialStore {
			db := testdb.Postgres(t)
			require.NoError(t, sqlsearch.Migrate(t.Context(), db.DB))
			return sqlsearch.New(db)
		})
	})
	t.Run("SQLite", func(t *testing.T) {
		searchtest.TestTrials(t, func(t *testing.T) search.TrialStore {
			writer, reader := testdb.SQLitePair(t)
			require.NoError(t, sqlsearch.Migrate(t.Context(), writer.DB))
			return sqlsearch.New(writer).WithReader(reader)
		})
	})
}

func TestMigrate(t *testing.T) { testdb.Migrates(t, sqlsearch.Migrate, sqlsearch.Validate) }

// TestTwoInstances: what one instance makes live the other takes.
func TestTwoInstances(t *testing.T) {
	db := testdb.SQLite(t)
	require.NoError(t, sqlsearch.Migrate(t.Context(), db.DB))
	open := func() *search.Engine {
		source := searchtest.NewSource("test")
		source.Put(search.Document{
			ID: "a/1@en", Group: "a/1", Locale: "en", Serves: []string{"en"}, Title: "Lamp", Audience: profile.Public(),
		})
		e := search.NewEngine(memsearch.New(), &search.Options{Sources: []search.Source{source}, Tuning: sqlsearch.New(db)})
		require.NoError(t, e.Refresh(t.Context()))
		return e
	}
	one, two := open(), open()
	root := profile.Actor{ID: "root", Roles: []profile.Role{profile.RoleAdmin}}
	d, err := one.SaveTuning(t.Context(), root, search.Tuning{Synonyms: []search.Synonym{{From: []string{"bulb"}, To: []string{"lamp"}}}}, 0)
	require.NoError(t, err)
	_, err = one.PublishTuning(t.Context(), root, d.Revision, 0, "")
	require.NoError(t, err)
	require.NoError(t, two.Refresh(t.Context()))
	for _, e := range []*search.Engine{one, two} {
		res, err := e.Search(t.Context(), profile.Actor{}, search.Query{Text: "bulb"})
		require.NoError(t, err)
		require.Equal(t, 1, res.Total)
	}
}

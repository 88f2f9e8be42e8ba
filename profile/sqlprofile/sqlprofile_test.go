package sqlprofile_test

import (
	"testing"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/testdb"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/profiletest"
	"github.com/stoa-go/stoa/profile/sqlprofile"
)

func onPostgres(t *testing.T) *sqlprofile.Store {
	return sqlprofile.New(testdb.Migrated(t, "profile", sqlprofile.Migrate))
}

func onSQLite(t *testing.T) *sqlprofile.Store {
	writer, reader := testdb.SQLitePair(t)
	require.NoError(t, sqlprofile.Migrate(t.Context(), writer.DB))
	return sqlprofile.New(writer).WithReader(reader)
}

func TestPostgres(t *testing.T) {
	profiletest.TestStore(t, func(t *testing.T) profile.Store { return onPostgres(t) })
	profiletest.TestSessionStore(t, func(t *testing.T) profile.SessionStore { return onPostgres(t) })
}

func TestSQLite(t *testing.T) {
	profiletest.TestStore(t, func(t *testing.T) profile.Store { return onSQLite(t) })
	profiletest.TestSessionStore(t, func(t *testing.T) profile.SessionStore { return onSQLite(t) })
}

func TestMigrate(t *testing.T) { testdb.Migrates(t, sqlprofile.Migrate, sqlprofile.Validate) }

// A host may add a person in the transaction in which it adds its own user.
func TestJoinsTheTransactionOfTheHost(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db *sqlx.DB) {
		require.NoError(t, sqlprofile.Migrate(t.Context(), db.DB))
		system := profile.Actor{ID: "system", Roles: []profile.Role{profile.RoleAdmin}}
		add := func(id string, end func(*sqlx.Tx) error) {
			tx, err := db.BeginTxx(t.Context(), nil)
			require.NoError(t, err)
			d := profile.NewDirectory(sqlprofile.New(tx), nil)
			_, err = d.SavePerson(t.Context(), system, profile.Person{ID: id, Name: id})
			require.NoError(t, err)
			// One that fails does not spoil the transaction.
			_, err = d.SavePerson(t.Context(), system, profile.Person{ID: id, Name: "other"})
			require.ErrorIs(t, err, profile.ErrConflict)
			require.NoError(t, end(tx))
		}
		add("kept", (*sqlx.Tx).Commit)
		add("dropped", (*sqlx.Tx).Rollback)
		s := sqlprofile.New(db)
		_, err := s.Person(t.Context(), "kept")
		require.NoError(t, err)
		_, err = s.Person(t.Context(), "dropped")
		require.ErrorIs(t, err, profile.ErrNotFound)
	})
}

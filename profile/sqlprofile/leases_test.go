package sqlprofile_test

import (
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/internal/testdb"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/profiletest"
	"github.com/stoa-go/stoa/profile/sqlprofile"
)

func TestLeaseStore(t *testing.T) {
	t.Run("PostgreSQL", func(t *testing.T) {
		profiletest.TestLeaseStore(t, func(t *testing.T) profile.LeaseStore { return onPostgres(t) })
	})
	t.Run("SQLite", func(t *testing.T) {
		profiletest.TestLeaseStore(t, func(t *testing.T) profile.LeaseStore { return onSQLite(t) })
	})
}

// TestLastTwoAdministrators: two instances on one database take the rights of the
// last two administrators in the same instant. One of them is always left.
func TestLastTwoAdministrators(t *testing.T) {
	t.Run("PostgreSQL", func(t *testing.T) {
		dsn := testdb.PostgresDSN(t)
		lastTwo(t, func() *sqlx.DB {
			db, err := sqlx.Open("postgres", dsn)
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, db.Close()) })
			return db
		})
	})
	t.Run("SQLite", func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "people.db")
		lastTwo(t, func() *sqlx.DB {
			write, read, err := sqldb.OpenSQLite("sqlite", file)
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, read.Close()); require.NoError(t, write.Close()) })
			return write
		})
	})
}

func lastTwo(t *testing.T, connect func() *sqlx.DB) {
	var stores [2]*sqlprofile.Store
	var instances [2]*profile.Directory
	for i := range instances {
		db := connect()
		require.NoError(t, sqlprofile.Migrate(t.Context(), db.DB))
		stores[i] = sqlprofile.New(db)
		instances[i] = profile.NewDirectory(stores[i], nil)
	}
	admins, at := []string{"ann", "bob"}, time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	for _, id := range admins {
		p := profile.Person{ID: id, Name: id, Roles: []profile.Role{profile.RoleAdmin}, CreatedAt: at, UpdatedAt: at, Version: 1}
		require.NoError(t, stores[0].SavePerson(t.Context(), p))
	}
	root := profile.Actor{ID: "system", Roles: []profile.Role{profile.RoleAdmin}}
	for round := range 30 {
		var errs [2]error
		start := make(chan struct{})
		var wg sync.WaitGroup
		for i, d := range instances {
			p, err := stores[i].Person(t.Context(), admins[i])
			require.NoError(t, err)
			p.Roles = []profile.Role{profile.RoleAgent}
			wg.Go(func() {
				<-start
				if round%3 == 2 {
					_, errs[i] = d.DisablePerson(t.Context(), root, p.ID)
					return
				}
				_, errs[i] = d.SavePerson(t.Context(), root, p)
			})
		}
		close(start)
		wg.Wait()
		refused := 0
		for i, err := range errs {
			p, failed := stores[i].Person(t.Context(), admins[i])
			require.NoError(t, failed)
			if err != nil {
				require.ErrorContains(t, err, "error.role.last_administrator")
				require.Equal(t, []profile.Role{profile.RoleAdmin}, p.Roles)
				require.False(t, p.Disabled)
				refused++
			}
			p.Roles, p.Disabled, p.Version = []profile.Role{profile.RoleAdmin}, false, p.Version+1
			require.NoError(t, stores[i].SavePerson(t.Context(), p))
		}
		require.Equal(t, 1, refused, "round %d: %v", round, errs)
	}
}

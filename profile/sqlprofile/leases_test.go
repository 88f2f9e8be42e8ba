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

// TestLastTwo: two instances on one database take the rights of the last two
// administrators, or of the last two who manage an organisation, in the same
// instant. One of them is always left.
func TestLastTwo(t *testing.T) {
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

// A contest is what the last two have, and what it says when one is to stay.
type contest struct {
	role, less    profile.Role
	account, says string
	rounds        int
	by            func(victim int) profile.Actor
}

func lastTwo(t *testing.T, connect func() *sqlx.DB) {
	root := profile.Actor{ID: "system", Roles: []profile.Role{profile.RoleAdmin}}
	each := func(victim int) profile.Actor {
		return profile.Actor{ID: []string{"bob", "ann"}[victim], Account: "acme", Roles: []profile.Role{profile.RoleManager}}
	}
	for _, c := range []contest{
		{profile.RoleAdmin, profile.RoleAgent, "", "error.role.last_administrator", 30, func(int) profile.Actor { return root }},
		{profile.RoleManager, profile.RoleCustomer, "acme", "error.role.last_manager", 9, each},
	} {
		c.lastTwo(t, connect)
	}
}

func (c contest) lastTwo(t *testing.T, connect func() *sqlx.DB) {
	var stores [2]*sqlprofile.Store
	var instances [2]*profile.Directory
	for i := range instances {
		db := connect()
		require.NoError(t, sqlprofile.Migrate(t.Context(), db.DB))
		stores[i] = sqlprofile.New(db)
		instances[i] = profile.NewDirectory(stores[i], nil)
	}
	last, at := []string{"ann", "bob"}, time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	for _, id := range last {
		p := profile.Person{ID: id, Name: id, Account: c.account, Roles: []profile.Role{c.role}, CreatedAt: at, UpdatedAt: at, Version: 1}
		require.NoError(t, stores[0].SavePerson(t.Context(), p))
		defer func() { require.NoError(t, stores[0].RemovePerson(t.Context(), id)) }()
	}
	if c.account != "" {
		require.NoError(t, stores[0].SaveAccount(t.Context(), profile.Account{ID: c.account, Name: c.account, CreatedAt: at, UpdatedAt: at, Version: 1}))
	}
	for round := range c.rounds {
		var errs [2]error
		start := make(chan struct{})
		var wg sync.WaitGroup
		for i, d := range instances {
			p, err := stores[i].Person(t.Context(), last[i])
			require.NoError(t, err)
			p.Roles = []profile.Role{c.less}
			wg.Go(func() {
				<-start
				if round%3 == 2 {
					_, errs[i] = d.DisablePerson(t.Context(), c.by(i), p.ID)
					return
				}
				_, errs[i] = d.SavePerson(t.Context(), c.by(i), p)
			})
		}
		close(start)
		wg.Wait()
		refused := 0
		for i, err := range errs {
			p, failed := stores[i].Person(t.Context(), last[i])
			require.NoError(t, failed)
			if err != nil {
				require.ErrorContains(t, err, c.says)
				require.Equal(t, []profile.Role{c.role}, p.Roles)
				require.False(t, p.Disabled)
				refused++
			}
			p.Roles, p.Disabled, p.Version = []profile.Role{c.role}, false, p.Version+1
			require.NoError(t, stores[i].SavePerson(t.Context(), p))
		}
		require.Equal(t, 1, refused, "round %d: %v", round, errs)
	}
}

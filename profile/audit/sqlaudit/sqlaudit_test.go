package sqlaudit_test

import (
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/testdb"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/audit"
	"github.com/stoa-go/stoa/profile/audit/audittest"
	"github.com/stoa-go/stoa/profile/audit/sqlaudit"
)

func TestStore(t *testing.T) { testdb.Stores(t, sqlaudit.Migrate, open, audittest.TestStore) }

func open(writer, reader sqlx.ExtContext) audit.Store { return sqlaudit.New(writer).WithReader(reader) }

func TestMigrate(t *testing.T) { testdb.Migrates(t, sqlaudit.Migrate, sqlaudit.Validate) }

// TestTheDatabaseRefuses: whoever reaches the database with a statement by
// mistake changes nothing.
func TestTheDatabaseRefuses(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db *sqlx.DB) {
		log := newLog(t, db)
		for range 3 {
			write(t, log)
		}
		for _, statement := range []string{
			`update stoa_audit_entry set actor = 'eve'`, `update stoa_audit_entry set hash = '' where seq = 2`,
			`delete from stoa_audit_entry`, `delete from stoa_audit_entry where seq = 3`, `delete from stoa_audit_entry where seq = 1`,
		} {
			_, err := db.ExecContext(t.Context(), statement)
			require.Error(t, err, statement)
		}
		r, err := log.Verify(t.Context(), root)
		require.NoError(t, err)
		require.Equal(t, int64(3), r.Checked)
		require.True(t, r.Whole())
	})
}

// TestTampering: whoever takes the guards away leaves traces.
func TestTampering(t *testing.T) {
	for name, c := range map[string]struct {
		statements []string
		want       []audit.Fault
	}{
		"an entry changed":     {[]string{`update stoa_audit_entry set action = 'x.y' where seq = 2`}, []audit.Fault{{Seq: 2, Is: audit.FaultChanged}}},
		"a time changed":       {[]string{`update stoa_audit_entry set at = '2020-01-01 00:00:00+00:00' where seq = 3`}, []audit.Fault{{Seq: 3, Is: audit.FaultChanged}}},
		"an entry taken out":   {[]string{`delete from stoa_audit_entry where seq = 2`}, []audit.Fault{{Seq: 2, Is: audit.FaultMissing}}},
		"the first taken out":  {[]string{`delete from stoa_audit_entry where seq = 1`}, []audit.Fault{{Seq: 1, Is: audit.FaultMissing}}},
		"the last taken out":   {[]string{`delete from stoa_audit_entry where seq = 4`}, []audit.Fault{{Seq: 4, Is: audit.FaultMissing}}},
		"all taken out":        {[]string{`delete from stoa_audit_entry`}, []audit.Fault{{Seq: 1, Is: audit.FaultMissing}}},
		"the end moved":        {[]string{`delete from stoa_audit_entry where seq = 4`, `update stoa_audit_state set seq = 3`}, []audit.Fault{{Seq: 3, Is: audit.FaultChanged}, {Seq: 4, Is: audit.FaultMark}}},
		"two exchanged":        {[]string{`update stoa_audit_entry set seq = -2 where seq = 2`, `update stoa_audit_entry set seq = 2 where seq = 3`, `update stoa_audit_entry set seq = 3 where seq = -2`}, []audit.Fault{{Seq: 2, Is: audit.FaultChanged}, {Seq: 3, Is: audit.FaultChanged}, {Seq: 4, Is: audit.FaultChanged}}},
		"the beginning moved":  {[]string{`delete from stoa_audit_entry where seq < 3`, `update stoa_audit_state set base_seq = 2`}, []audit.Fault{{Seq: 3, Is: audit.FaultChanged}}},
		"a new chain, no mark": {[]string{`delete from stoa_audit_entry`, `update stoa_audit_state set seq = 0, hash = ''`}, []audit.Fault{{Seq: 4, Is: audit.FaultMark}}},
	} {
		t.Run(name, func(t *testing.T) {
			testdb.Each(t, func(t *testing.T, db *sqlx.DB) {
				log := newLog(t, db)
				for range 4 {
					write(t, log)
				}
				noted, err := log.Verify(t.Context(), root)
				require.NoError(t, err)
				require.True(t, noted.Whole())
				for _, guard := range []string{"stoa_audit_entry_keep", "stoa_audit_entry_update", "stoa_audit_entry_delete"} {
					if _, err := db.ExecContext(t.Context(), `drop trigger `+guard+` on stoa_audit_entry`); err != nil {
						_, _ = db.ExecContext(t.Context(), `drop trigger if exists `+guard)
					}
				}
				for _, statement := range c.statements {
					_, err := db.ExecContext(t.Context(), statement)
					require.NoError(t, err, statement)
				}
				r, err := log.Verify(t.Context(), root, noted.Head)
				require.NoError(t, err)
				require.Equal(t, c.want, r.Faults)
			})
		})
	}
}

// TestTwoInstances write at once and make one chain.
func TestTwoInstances(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db *sqlx.DB) {
		one, two := newLog(t, db), newLog(t, db)
		done := make(chan error, 2)
		for _, log := range []*audit.Log{one, two} {
			go func() {
				for range 20 {
					if _, err := log.Audit(t.Context(), root, profile.Deed{Action: "person.changed", Person: "ann"}); err != nil {
						done <- err
						return
					}
				}
				done <- nil
			}()
		}
		require.NoError(t, <-done)
		require.NoError(t, <-done)
		r, err := one.Verify(t.Context(), root)
		require.NoError(t, err)
		require.Equal(t, int64(40), r.Checked)
		require.True(t, r.Whole())
		list, _, err := two.Entries(t.Context(), root, audit.Query{Who: "root", Whom: "ann", Limit: 200})
		require.NoError(t, err)
		require.Len(t, list, 40, "whichever token stands for them")
	})
}

var root = profile.Actor{ID: "root", Roles: []profile.Role{profile.RoleAdmin}}

func newLog(t *testing.T, db *sqlx.DB) *audit.Log {
	t.Helper()
	require.NoError(t, sqlaudit.Migrate(t.Context(), db.DB))
	return audit.NewLog(sqlaudit.New(db), &audit.Options{Key: []byte("key"), Now: func() time.Time { return time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC) }})
}

func write(t *testing.T, log *audit.Log) {
	t.Helper()
	_, err := log.Audit(t.Context(), root, profile.Deed{Action: "person.changed", Person: "ann"})
	require.NoError(t, err)
}

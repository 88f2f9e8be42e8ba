package sqlcases_test

import (
	"fmt"
	"testing"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
)

// fill puts n cases into empty tables, as [cases.Store.Save] would. Each person
// has ten, each organisation a hundred, and of three queues the last has one in
// a hundred cases. Seven of ten are closed.
func fill(t testing.TB, db *sqlx.DB, n int) {
	t.Helper()
	person, account := fmt.Sprintf(`'p' || (i %% %d)`, n/10), fmt.Sprintf(`'a' || (i %% %d)`, n/100)
	queue := `(case when i % 100 = 0 then 'rare' when i % 2 = 0 then 'even' else 'odd' end)`
	state := `(case (i / 11) % 10 when 0 then 'open' when 1 then 'in_progress' when 2 then 'waiting' else 'closed' end)`
	rows := fmt.Sprintf(` from (with recursive s(i) as (select 1 union all select i + 1 from s where i < %d) select cast(i as bigint) as i from s) s`, n)
	queries := []string{`insert into stoa_case (id, reference, last, version, body)
		select 'c' || i, 'r' || i, 1, 1,
			'{"ID":"c' || i || '","Reference":"r' || i || '","Kind":"question","Subject":"Something of a usual length is wrong","Requester":"' || ` + person +
		` || '","Queue":"' || ` + queue + ` || '","State":"' || ` + state + ` || '","Version":1}'` + rows}
	numbers := fmt.Sprintf(`1700000000000000 + (i * 7919 %% %d) * 1000000, 1700000000000000 + (i * 6271 %% %d) * 1000000, 1700000000000000 + i * 1000000,
		2 * 1152921504606846976 + 1700000000000000 + i * 1000000`, n, n)
	for _, key := range []string{
		`'sight/person:' || ` + person, `'sight/may:cases.queue.' || ` + queue, `'sight/may:cases.colleagues@' || ` + account,
		`'requester/' || ` + person, `'account/' || ` + account, `'queue/' || ` + queue, `'assignee/' || (case when (i / 11) % 10 = 1 then 'dan' else '' end)`,
	} {
		queries = append(queries, `insert into stoa_case_key (ref, key, state, kind, status, updated, touched, created, urgent) select 'c' || i, `+key+`, `+state+`, 'question', 'new', `+numbers+rows)
	}
	queries = append(queries, `insert into stoa_case_entry (id, ref, number, internal, body) select 'e' || i, 'c' || i, 1, false, '{"Number":1}'`+rows)
	queries = append(queries, `insert into stoa_case_person (person, ref) select `+person+`, 'c' || i`+rows, `analyze`)
	for _, q := range queries {
		_, err := db.ExecContext(t.Context(), q)
		require.NoError(t, err, q)
	}
}

// ann is a customer who sees what colleagues ask, dan works on all queues, and rob
// on the small one.
func ann() *profile.Sight {
	return seeing(profile.Actor{ID: "p5", Account: "a5", Roles: []profile.Role{profile.RoleManager}, Segments: []string{"partner", "region-eu", "gold"}}, "may:cases.colleagues@a5")
}

func dan() *profile.Sight {
	return seeing(profile.Actor{ID: "dan"}, "may:cases.queue.odd", "may:cases.queue.even", "may:cases.queue.rare")
}

func rob() *profile.Sight { return seeing(profile.Actor{ID: "rob"}, "may:cases.queue.rare") }

func seeing(by profile.Actor, may ...string) *profile.Sight {
	s := by.Sight().With(may...)
	return &s
}

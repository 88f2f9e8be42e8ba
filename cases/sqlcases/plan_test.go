package sqlcases_test

import (
	"context"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/cases"
	"github.com/stoa-go/stoa/cases/sqlcases"
	"github.com/stoa-go/stoa/internal/testdb"
)

// explained asks a database how it goes about each query, and notes those for
// which it reads a whole table or index.
type explained struct {
	*sqlx.DB
	asked int
	scans []string
}

// whole is what the plans of SQLite and PostgreSQL say of tables that are read as
// a whole: all are called by the names that queries give them.
var whole = regexp.MustCompile(`^SCAN (k|c|h|stoa_\w+)\b|^Seq Scan on stoa_`)

// QueryxContext implements [sqlx.QueryerContext].
func (e *explained) QueryxContext(ctx context.Context, query string, args ...any) (*sqlx.Rows, error) {
	if strings.Contains(query, "stoa_case") {
		if err := e.explain(ctx, query, args); err != nil {
			return nil, err
		}
	}
	return e.DB.QueryxContext(ctx, query, args...)
}

// QueryRowxContext implements [sqlx.QueryerContext].
func (e *explained) QueryRowxContext(ctx context.Context, query string, args ...any) *sqlx.Row {
	if err := e.explain(ctx, query, args); err != nil {
		e.scans = append(e.scans, err.Error())
	}
	return e.DB.QueryRowxContext(ctx, query, args...)
}

func (e *explained) explain(ctx context.Context, query string, args []any) error {
	prefix, columns := `explain query plan `, 4
	if e.DriverName() == "postgres" {
		prefix, columns = `explain (costs off) `, 1
	}
	rows, err := e.DB.QueryContext(ctx, prefix+query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	e.asked++
	var plan []string
	for rows.Next() {
		var detail string
		dest := []any{new(int), new(int), new(int), &detail}[4-columns:]
		if err := rows.Scan(dest...); err != nil {
			return err
		}
		plan = append(plan, detail)
	}
	for i, step := range plan {
		unbound := strings.Contains(step, "Index") && strings.Contains(step, "Scan using") && !strings.Contains(append(plan, "")[i+1], "Index Cond:")
		if unbound || whole.MatchString(strings.TrimLeft(step, " ->")) {
			e.scans = append(e.scans, query+"\n"+strings.Join(plan, "\n"))
			break
		}
	}
	return rows.Err()
}

// TestNothingIsScanned asks for what pages ask for, and wants each answered from
// the part of an index that holds it.
func TestNothingIsScanned(t *testing.T) {
	nobody, self := "", "dan"
	states := []cases.State{cases.StateOpen, cases.StateProgress}
	hot := map[string]cases.Query{
		"own and colleagues'":  {Sight: ann()},
		"own":                  {Sight: ann(), Requester: "p5"},
		"open":                 {Sight: ann(), States: states, Order: cases.OrderCreated},
		"named":                {Sight: ann(), IDs: []string{"c5", "c6", "c7"}},
		"everything":           {Order: cases.OrderTouched},
		"an agent's":           {Sight: dan(), Order: cases.OrderTouched},
		"a queue":              {Sight: dan(), Queues: []cases.Key{"rare"}, Order: cases.OrderUrgent},
		"a small queue's":      {Sight: rob(), Order: cases.OrderOldest},
		"assigned":             {Sight: dan(), Assignee: &self, States: states, Order: cases.OrderUrgent},
		"nobody's":             {Sight: dan(), Assignee: &nobody, States: states, Order: cases.OrderOldest},
		"urgent":               {Sight: dan(), Priority: []cases.Priority{cases.PriorityUrgent}, States: states},
		"a customer's":         {Sight: dan(), Requester: "p7"},
		"an organisation's":    {Sight: dan(), Account: "a7", Since: time.Unix(1_700_000_000, 0)},
		"with a tag":           {Sight: dan(), Tag: "vip"},
		"followed":             {Sight: dan(), Follower: "eve"},
		"of a kind, escalated": {Sight: dan(), Kinds: []cases.Key{"question"}, Escalated: true, States: states},
	}
	testdb.Each(t, func(t *testing.T, db *sqlx.DB) {
		require.NoError(t, sqlcases.Migrate(t.Context(), db.DB))
		fill(t, db, 4000)
		e := &explained{DB: db}
		s := sqlcases.New(db).WithReader(e)
		for what, q := range hot {
			q.Limit, e.asked, e.scans = 20, 0, nil
			_, next, err := s.Cases(t.Context(), q)
			require.NoError(t, err, what)
			q.After = next
			_, _, err = s.Cases(t.Context(), q)
			require.NoError(t, err, what)
			_, err = s.Count(t.Context(), q, 100)
			require.NoError(t, err, what)
			require.NotZero(t, e.asked, what)
			require.Empty(t, e.scans, what)
		}
		e.asked, e.scans = 0, nil
		_, err := s.Case(t.Context(), "c5")
		require.NoError(t, err)
		_, err = s.Reference(t.Context(), "r5")
		require.NoError(t, err)
		_, err = s.Entries(t.Context(), "c5", true, 0, 10)
		require.NoError(t, err)
		require.Equal(t, 3, e.asked)
		require.Empty(t, e.scans)
		require.Error(t, e.explain(t.Context(), `select 1 from nowhere`, nil))
		require.NoError(t, e.explain(t.Context(), `select count(*) from stoa_case where body like '%x%'`, nil))
		require.Len(t, e.scans, 1, "what does scan is found")
	})
}

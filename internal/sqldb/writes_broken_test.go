package sqldb_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestWritesAreFound feeds the check what it must report, and what it must not.
func TestWritesAreFound(t *testing.T) {
	for name, c := range map[string]struct{ code, fault string }{
		"exec on a pool":             {`s.db.ExecContext(ctx, "delete from stoa_a")`, "outside"},
		"exec on a pool, helper":     {`sqldb.Exec(ctx, s.db, "delete from stoa_a")`, "outside"},
		"exec of a built query":      {`s.db.Exec(query)`, "outside"},
		"exec on another name":       {`q.ExecContext(ctx, query)`, "outside"},
		"insert returning":           {`s.db.QueryRowContext(ctx, "insert into stoa_a values (1) returning id")`, "outside"},
		"update returning, sqlx":     {`sqlx.GetContext(ctx, s.db, &id, "update stoa_a as x set n = 1 returning id")`, "outside"},
		"update returning, helper":   {`s.db.Get(ctx, &id, "", "update\n\tstoa_a set n = 1 returning id")`, "outside"},
		"delete in a CTE":            {`s.db.Select(ctx, &ids, "with gone as (delete from stoa_a returning id) select id from gone")`, "outside"},
		"a constant query":           {`s.db.Get(ctx, &id, "", insertA)`, "outside"},
		"a constant of constants":    {`s.db.Get(ctx, &id, "", "with x as (" + insertB + ") select 1")`, "outside"},
		"a prepared write":           {`s.db.PrepareContext(ctx, "insert into stoa_a values ($1)")`, "outside"},
		"must":                       {`s.db.MustExec("delete from stoa_a")`, "MustExec"},
		"named":                      {`s.db.NamedExecContext(ctx, "delete from stoa_a", nil)`, "NamedExecContext"},
		"named, even in one":         {`tx.NamedExec("delete from stoa_a", nil)`, "NamedExec"},
		"rebind":                     {`query = tx.Rebind(query)`, "Rebind"},
		"sqlx.In":                    {`query, args, err := sqlx.In(query, ids)`, "In rewrites"},
		"sqlx.Named":                 {`query, args, err := sqlx.Named(query, ids)`, "Named rewrites"},
		"a pool called tx":           {`tx := s.db; tx.ExecContext(ctx, query)`, "bound"},
		"a pool declared as tx":      {`var tx sqlx.ExtContext = s.db; tx.ExecContext(ctx, query)`, "bound"},
		"a pool given to a function": {`write(ctx, s.db)`, "gets something else"},
		"a pool given to a method":   {`s.put(s.db)`, "gets something else"},
		"a pool given to another":    {`feed.Append(ctx, s.db, 1)`, "gets something else"},

		"exec on tx":              {`tx.ExecContext(ctx, query)`, ""},
		"helper on tx":            {`sqldb.Exec(ctx, tx, query)`, ""},
		"returning on tx":         {`tx.QueryRowxContext(ctx, insertA)`, ""},
		"returning on tx, helper": {`sqldb.Get(ctx, tx, &id, "", insertA)`, ""},
		"a transaction begun":     {`tx, err := s.db.BeginTxx(ctx, nil); tx.ExecContext(ctx, query)`, ""},
		"passing tx on":           {`write(ctx, tx); s.put(tx); feed.Append(ctx, tx, 1)`, ""},
		"reading":                 {`s.db.Select(ctx, &ids, "select id from stoa_update where set_at > $1")`, ""},
		"another exec":            {`syscall.Exec(query, nil, nil)`, ""},
		"our In":                  {`sqldb.In(&w, "id", ids)`, ""},
		"a word in a message":     {`fmt.Println("we delete from time to time")`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			checker, err := newChecker(map[string]string{
				"internal/feed/feed.go": "package feed\n\nfunc Append(ctx C, tx T, n int) {}\n",
				"a/sqla/a.go": `package sqla

import (
	"fmt"
	"syscall"

	"github.com/jmoiron/sqlx"

	"github.com/stoa-go/stoa/internal/feed"
	"github.com/stoa-go/stoa/internal/sqldb"
)

const (
	insertA = "insert " + into + " values (1) returning id"
	insertB = insertA
	into    = "into stoa_a"
)

func write(ctx C, tx sqlx.ExtContext)         {}
func (s *Store) put(tx sqlx.ExtContext) {}

func (s *Store) do(ctx C, tx, q sqlx.ExtContext) {
	` + c.code + `
}
`,
			})
			require.NoError(t, err)
			faults := checker.check()
			if c.fault == "" {
				require.Empty(t, faults)
				return
			}
			require.Len(t, faults, 1)
			require.Contains(t, faults[0], c.fault)
		})
	}
}

package sqldb_test

import (
	"testing"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/internal/testdb"
)

func TestWhere(t *testing.T) {
	var none sqldb.Where
	require.Empty(t, none.String())
	require.Empty(t, none.Args())

	w := sqldb.NewWhere("prior")
	w.And("a = ?", 1).And("(b, c) < (?, ?)", 2, 3).And("d is null")
	sqldb.In(w, "e", []string{"x", "y"})
	sqldb.In(w, "f", []int(nil))
	require.Equal(t, "$7", w.Arg(50))
	require.Equal(t, "where a = $2 and (b, c) < ($3, $4) and d is null and e in ($5, $6) and 1 = 0", w.String())
	require.Equal(t, []any{"prior", 1, 2, 3, "x", "y", 50}, w.Args())
}

func TestWhereLeavesQuotesAlone(t *testing.T) {
	var w sqldb.Where
	w.And(`a = 'why?' and "b?" = ? and c = 'it''s ?'`, 1)
	require.Equal(t, `where a = 'why?' and "b?" = $1 and c = 'it''s ?'`, w.String())
}

func TestWhereCountsArguments(t *testing.T) {
	var w sqldb.Where
	require.Panics(t, func() { w.And("a = ?") })
	require.Panics(t, func() { w.And("a = 'x?'", 1) })
}

func TestWherePriorIsCopied(t *testing.T) {
	prior := make([]any, 1, 8)
	one, two := sqldb.NewWhere(prior...), sqldb.NewWhere(prior...)
	one.And("a = ?", 1)
	two.And("b = ?", 2)
	require.Equal(t, []any{nil, 1}, one.Args())
}

func TestTuples(t *testing.T) {
	require.Equal(t, "($1, $2, $3), ($4, $5, $6)", sqldb.Tuples(2, 3))
	require.Equal(t, "($1)", sqldb.Tuples(1, 1))
	require.Empty(t, sqldb.Tuples(0, 3))
}

func TestConditionsInBothEngines(t *testing.T) {
	type status string
	testdb.Each(t, func(t *testing.T, db *sqlx.DB) {
		d := sqldb.New(things(t, db))
		require.NoError(t, d.Write(t.Context(), func(tx sqlx.ExtContext) error {
			_, err := sqldb.Exec(t.Context(), tx, `insert into thing (id, body) values `+sqldb.Tuples(3, 2),
				"a", "100% off", "b", "100 off", "c", "a_b")
			return err
		}))
		find := func(w *sqldb.Where) (found []string) {
			limit := w.Arg(2)
			require.NoError(t, d.Select(t.Context(), &found, `select id from thing `+w.String()+` order by id limit `+limit, w.Args()...))
			return found
		}
		like := func(s string) *sqldb.Where {
			return new(sqldb.Where).And(`lower(body) like ? escape '\'`, "%"+sqldb.EscapeLike(s)+"%")
		}
		require.Equal(t, []string{"a"}, find(like("0%")))
		require.Equal(t, []string{"c"}, find(like("a_")))
		require.Empty(t, find(like(`\`)))
		require.Equal(t, []string{"a", "c"}, find(sqldb.In(new(sqldb.Where), "id", []status{"a", "c"})))
		require.Empty(t, find(sqldb.In(new(sqldb.Where), "id", []status{})))
		require.Equal(t, []string{"b", "c"}, find(new(sqldb.Where).And("(id, body) > (?, ?)", "a", "z")))
	})
}

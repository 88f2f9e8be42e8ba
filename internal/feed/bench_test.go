package feed_test

import (
	"fmt"
	"testing"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/feed"
	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/internal/testdb"
)

// BenchmarkWrite compares a transaction of one insert, the floor, with one that
// appends to the feed as well.
func BenchmarkWrite(b *testing.B) {
	for name, open := range map[string]func(testing.TB) *sqlx.DB{"sqlite": testdb.SQLite, "postgres": testdb.Postgres} {
		for _, entries := range []int{0, 1} {
			b.Run(fmt.Sprintf("%s/entries=%d", name, entries), func(b *testing.B) {
				db := benchDB(b, open(b))
				for n := 0; b.Loop(); n++ {
					require.NoError(b, db.Write(b.Context(), func(tx sqlx.ExtContext) error {
						if _, err := sqldb.Exec(b.Context(), tx, `insert into business (id) values ($1)`, fmt.Sprint(n)); err != nil {
							return err
						}
						return feed.Append(b.Context(), tx, put("a")[:entries]...)
					}))
				}
			})
		}
	}
}

// BenchmarkPoll is what an idle reader costs each time it asks.
func BenchmarkPoll(b *testing.B) {
	for name, open := range map[string]func(testing.TB) *sqlx.DB{"sqlite": testdb.SQLite, "postgres": testdb.Postgres} {
		b.Run(name, func(b *testing.B) {
			db := benchDB(b, open(b))
			require.NoError(b, db.Write(b.Context(), func(tx sqlx.ExtContext) error {
				return feed.Append(b.Context(), tx, put(make([]string, 10_000)...)...)
			}))
			l := feed.New(db, nil)
			for b.Loop() {
				_, err := l.Head(b.Context())
				require.NoError(b, err)
			}
		})
	}
}

func benchDB(b *testing.B, pool *sqlx.DB) *sqldb.DB {
	require.NoError(b, feed.Migrate(b.Context(), pool.DB))
	db := sqldb.New(pool)
	require.NoError(b, db.Write(b.Context(), func(tx sqlx.ExtContext) error {
		_, err := tx.ExecContext(b.Context(), `create table business (id text primary key)`)
		return err
	}))
	return db
}

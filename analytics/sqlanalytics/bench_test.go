package sqlanalytics_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/analytics/sqlanalytics"
	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/internal/testdb"
)

func batch(prefix string, n int) []analytics.Event {
	now := time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC)
	events := make([]analytics.Event, n)
	for i := range events {
		events[i] = analytics.Event{
			ID: fmt.Sprintf("%s-%06d", prefix, i), Name: "article.viewed", At: now, Received: now,
			Visitor: "0123456789abcdef0123456789abcdef", Session: fmt.Sprint("s", i/6), User: "ann", Account: "acme",
			Subject: fmt.Sprint("article/", i%40), Search: "q1", Text: "how do I reset my hub", Rank: 3, Hits: 20,
			Path: "/en/articles/reset-hub", Referrer: "https://www.example.com", Locale: "en", Device: "desktop", Channel: "web",
			Props: map[string]string{"version": "4"},
		}
	}
	return events
}

// BenchmarkAppend writes batches of 1,000 events through the store; the floor
// writes the same rows into a table of the same columns and indexes, with bare
// multi-row inserts and neither repeats nor counts to think of.
func BenchmarkAppend(b *testing.B) {
	for name, open := range map[string]func(testing.TB) *sqlx.DB{"sqlite": testdb.SQLite, "postgres": testdb.Postgres} {
		b.Run(name+"/store", func(b *testing.B) {
			db := open(b)
			require.NoError(b, sqlanalytics.Migrate(b.Context(), db.DB))
			s, i := sqlanalytics.New(db), 0
			for b.Loop() {
				i++
				require.NoError(b, s.Append(b.Context(), batch(fmt.Sprint(i), 1_000)))
			}
			b.ReportMetric(float64(1_000*i)/b.Elapsed().Seconds(), "events/s")
		})
		for _, rows := range []int{10, 50, 100} {
			b.Run(fmt.Sprintf("%s/floor-%d", name, rows), func(b *testing.B) {
				db := open(b)
				require.NoError(b, sqlanalytics.Migrate(b.Context(), db.DB))
				i := 0
				for b.Loop() {
					i++
					require.NoError(b, bare(b, db, batch(fmt.Sprint(i), 1_000), rows))
				}
				b.ReportMetric(float64(1_000*i)/b.Elapsed().Seconds(), "events/s")
			})
		}
	}
}

func bare(b *testing.B, db *sqlx.DB, events []analytics.Event, rows int) error {
	tx, err := db.BeginTxx(b.Context(), nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	for ; len(events) > 0; events = events[rows:] {
		var args []any
		for _, e := range events[:rows] {
			args = append(args, e.ID, e.Name, sqldb.At(e.At), sqldb.At(e.Received), e.Visitor, e.Session, e.User, e.Account,
				e.Subject, e.Search, e.Text, e.Rank, e.Hits, e.Path, e.Referrer, e.Locale, e.Device, e.Channel, "[]", `{"version":"4"}`)
		}
		if _, err := tx.ExecContext(b.Context(), `insert into stoa_event values `+sqldb.Tuples(rows, 20), args...); err != nil {
			return err
		}
	}
	return tx.Commit()
}

package sqlcases_test

import (
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/cases"
	"github.com/stoa-go/stoa/cases/casestest"
	"github.com/stoa-go/stoa/cases/sqlcases"
	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/internal/testdb"
	"github.com/stoa-go/stoa/profile"
)

// onEach runs a benchmark on databases of each kind, as many as it opens.
func onEach(b *testing.B, f func(b *testing.B, open func() (writer, reader *sqlx.DB))) {
	for kind, pools := range map[string]func(testing.TB) (writer, reader *sqlx.DB){
		"sqlite":   testdb.SQLitePair,
		"postgres": func(t testing.TB) (writer, reader *sqlx.DB) { db := testdb.Postgres(t); return db, db },
	} {
		b.Run(kind, func(b *testing.B) {
			f(b, func() (*sqlx.DB, *sqlx.DB) {
				writer, reader := pools(b)
				require.NoError(b, sqlcases.Migrate(b.Context(), writer.DB))
				return writer, reader
			})
		})
	}
}

// BenchmarkSubmit compares what it costs to open a case, with the entry that says
// so, and to insert a row of the same bytes, in turn within one run.
func BenchmarkSubmit(b *testing.B) {
	onEach(b, func(b *testing.B, open func() (writer, reader *sqlx.DB)) {
		writer, reader := open()
		s, bare := sqlcases.New(writer).WithReader(reader), sqldb.New(writer)
		_, err := writer.ExecContext(b.Context(), `create table bare (id text primary key, body text not null)`)
		require.NoError(b, err)
		var spent [2]time.Duration
		for i := 0; b.Loop(); i++ {
			c, e := opened(i)
			text, err := json.Marshal([]any{c, e})
			require.NoError(b, err)
			begin := time.Now()
			require.NoError(b, bare.Write(b.Context(), func(tx sqlx.ExtContext) error {
				_, err := sqldb.Exec(b.Context(), tx, `insert into bare (id, body) values ($1, $2)`, c.ID, string(text))
				return err
			}))
			spent[0] += time.Since(begin)
			begin = time.Now()
			require.NoError(b, s.Save(b.Context(), []cases.Case{c}, []cases.Entry{e}))
			spent[1] += time.Since(begin)
		}
		b.ReportMetric(float64(b.N)/spent[0].Seconds(), "bare/s")
		b.ReportMetric(float64(b.N)/spent[1].Seconds(), "cases/s")
		b.ReportMetric(spent[0].Seconds()/spent[1].Seconds(), "of-bare")
	})
}

// opened is a case as a customer opens it.
func opened(i int) (cases.Case, cases.Entry) {
	id, person, account := fmt.Sprint("0190f3a2-case-", i), fmt.Sprint("p", i%1000), fmt.Sprint("a", i%100)
	c := casestest.NewCase(id, func(c *cases.Case) {
		c.Requester, c.Account, c.Last = person, account, 1
		c.Audience = profile.NewAudience("person:"+person, "may:cases.queue.support", "may:cases.colleagues@"+account)
	})
	return c, casestest.NewEntry(id, 1, func(e *cases.Entry) {
		e.Kind, e.Body = cases.EntryOpened, "Since this morning the device does not start any more. We tried the steps of the manual, and the lamp blinks three times."
	})
}

// manyCases is how many the larger store of BenchmarkSize has.
func manyCases(b *testing.B) int {
	text := os.Getenv("STOA_BENCH_CASES")
	if text == "" {
		return 1_000_000
	}
	n, err := strconv.Atoi(text)
	require.NoError(b, err)
	return n
}

// BenchmarkSize compares what lists and counts cost with 10,000 cases and with
// many, in turn within one run, and reports the ratio.
func BenchmarkSize(b *testing.B) {
	working := []cases.State{cases.StateOpen, cases.StateProgress, cases.StateWaiting}
	asked := map[string]cases.Query{
		"A person's":        {Sight: ann(), Limit: 20},
		"A person's, open":  {Sight: ann(), States: working, Limit: 20},
		"A person's own":    {Sight: ann(), Requester: "p5", Limit: 20},
		"An agent's":        {Sight: dan(), States: working, Order: cases.OrderUrgent, Limit: 50},
		"An agent's latest": {Sight: dan(), Order: cases.OrderTouched, Limit: 50},
		"A customer's":      {Sight: dan(), Requester: "p7", Limit: 20},
	}
	onEach(b, func(b *testing.B, open func() (writer, reader *sqlx.DB)) {
		var stores []*sqlcases.Store
		for _, n := range []int{10_000, manyCases(b)} {
			writer, reader := open()
			fill(b, writer, n)
			stores = append(stores, sqlcases.New(writer).WithReader(reader))
		}
		for name, q := range asked {
			b.Run(name, func(b *testing.B) {
				compare(b, stores, func(s *sqlcases.Store) error { _, _, err := s.Cases(b.Context(), q); return err })
			})
			b.Run(name+", counted", func(b *testing.B) {
				compare(b, stores, func(s *sqlcases.Store) error { _, err := s.Count(b.Context(), q, 100); return err })
			})
		}
	})
}

func compare(b *testing.B, stores []*sqlcases.Store, ask func(*sqlcases.Store) error) {
	spent := make([]time.Duration, len(stores))
	for b.Loop() {
		for i, s := range stores {
			begin := time.Now()
			require.NoError(b, ask(s))
			spent[i] += time.Since(begin)
		}
	}
	b.ReportMetric(float64(spent[0].Microseconds())/float64(b.N), "µs/10k")
	b.ReportMetric(float64(spent[1].Microseconds())/float64(b.N), "µs/many")
	b.ReportMetric(float64(spent[1])/float64(spent[0]), "ratio")
}

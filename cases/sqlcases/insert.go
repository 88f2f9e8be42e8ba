package sqlcases

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/jmoiron/sqlx"

	"github.com/stoa-go/stoa/internal/sqldb"
)

// Inserts are rows for a table, which go there together.
type inserts struct {
	into, rest string
	rows       [][]any
}

func (i *inserts) add(row ...any) { i.rows = append(i.rows, row) }

// chunk keeps the placeholders of one statement within what SQLite takes.
const chunk = 1000

// run inserts rows into several tables: at once by one statement if they are few
// and the database takes that, as each costs a way to the server and back.
func run(ctx context.Context, tx sqlx.ExtContext, once bool, all ...inserts) error {
	total, w := 0, sqldb.NewWhere()
	var texts []string
	for _, i := range all {
		if total += len(i.rows); len(i.rows) > 0 && total <= chunk {
			texts = append(texts, i.text(w, i.rows))
		}
	}
	if once && total <= chunk {
		_, err := sqldb.Exec(ctx, tx, together(texts), w.Args()...)
		return err
	}
	for _, i := range all {
		for some := range slices.Chunk(i.rows, chunk) {
			w := sqldb.NewWhere()
			text := i.text(w, some)
			if _, err := sqldb.Exec(ctx, tx, text, w.Args()...); err != nil {
				return err
			}
		}
	}
	return nil
}

// text returns the statement for some rows, whose values go into w.
func (i inserts) text(w *sqldb.Where, rows [][]any) string {
	tuples := make([]string, len(rows))
	for n, row := range rows {
		values := make([]string, len(row))
		for m, v := range row {
			values[m] = w.Arg(v)
		}
		tuples[n] = `(` + strings.Join(values, ", ") + `)`
	}
	return `insert into ` + i.into + ` values ` + strings.Join(tuples, ", ") + i.rest
}

// together makes one statement of several. There is at least one.
func together(texts []string) string {
	last := len(texts) - 1
	if last == 0 {
		return texts[0]
	}
	for n, text := range texts[:last] {
		texts[n] = `i` + strconv.Itoa(n) + ` as (` + text + `)`
	}
	return `with ` + strings.Join(texts[:last], ", ") + ` ` + texts[last]
}

package sqlkb

import (
	"cmp"
	"context"
	"time"

	"github.com/stoa-go/stoa/internal/cursor"
	"github.com/stoa-go/stoa/internal/sqldb"
)

// byTime is an order by a time and, where that is the same, by an ID.
type byTime struct {
	at, id      string // columns
	newestFirst bool
}

func (o byTime) String() string {
	if o.newestFirst {
		return ` order by ` + o.at + ` desc, ` + o.id
	}
	return ` order by ` + o.at + `, ` + o.id
}

// past adds the condition that rows come after a page token.
func (o byTime) past(w *sqldb.Where, after string) error {
	if after == "" {
		return nil
	}
	parts, err := cursor.Decode(after, 2)
	if err != nil {
		return err
	}
	at, err := cursor.ParseTime(parts[0])
	later := ">"
	if o.newestFirst {
		later = "<"
	}
	w.And("("+o.at+" "+later+" ? or "+o.at+" = ? and "+o.id+" > ?)", sqldb.At(at), sqldb.At(at), parts[1])
	return err
}

// paged reads a page of rows in the order o, and the token of the next.
func paged[R any](ctx context.Context, s *Store, w *sqldb.Where, from string, o byTime, after string, limit int, key func(R) (sqldb.Time, string)) ([]R, string, error) {
	if err := o.past(w, after); err != nil {
		return nil, "", err
	}
	limit = cmp.Or(max(limit, 0), 50)
	var rows []R
	if err := s.db.Select(ctx, &rows, from+w.String()+o.String()+` limit `+w.Arg(limit+1), w.Args()...); err != nil {
		return nil, "", err
	}
	if len(rows) <= limit {
		return rows, "", nil
	}
	at, id := key(rows[limit-1])
	return rows[:limit], cursor.Encode(cursor.FormatTime(at.Time), id), nil
}

// between adds the conditions that a time is from one on and before another, if
// they are set.
func between(w *sqldb.Where, column string, from, until time.Time) {
	if !from.IsZero() {
		w.And(column+" >= ?", sqldb.At(from))
	}
	if !until.IsZero() {
		w.And(column+" < ?", sqldb.At(until))
	}
}

package sqlanalytics

import (
	"cmp"
	"context"
	"iter"

	"github.com/jmoiron/sqlx"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/internal/sqldb"
)

// Scan implements [analytics.Store]. It holds a connection until the loop ends,
// of SQLite's writer the only one: read through [Store.WithReader] there, or do
// not write inside the loop.
func (s *Store) Scan(ctx context.Context, r analytics.Range) iter.Seq2[analytics.Event, error] {
	return func(yield func(analytics.Event, error) bool) {
		w := conditions(r)
		rows, err := s.db.Read().QueryxContext(ctx, `select `+columns+` from stoa_event `+w.String()+`
			order by session_id, at, id`, w.Args()...)
		if err != nil {
			yield(analytics.Event{}, sqldb.Err(ctx, err, "events"))
			return
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			e, err := scanEvent(rows)
			if err != nil {
				yield(analytics.Event{}, sqldb.Err(ctx, err, "events"))
				return
			}
			if !yield(e, nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(analytics.Event{}, sqldb.Err(ctx, err, "events"))
		}
	}
}

func conditions(r analytics.Range) *sqldb.Where {
	w := new(sqldb.Where)
	if !r.From.IsZero() {
		w.And("at >= ?", sqldb.At(r.From))
	}
	if !r.To.IsZero() {
		w.And("at < ?", sqldb.At(r.To))
	}
	if len(r.Names) > 0 {
		sqldb.In(w, "name", r.Names)
	}
	if r.User != "" {
		w.And("user_id = ?", r.User)
	}
	return w
}

func scanEvent(rows *sqlx.Rows) (e analytics.Event, err error) {
	var at, received sqldb.Time
	var arms sqldb.Strings
	var props sqldb.StringMap
	err = rows.Scan(&e.ID, &e.Name, &at, &received, &e.Visitor, &e.Session, &e.User, &e.Account, &e.Subject, &e.Search,
		&e.Text, &e.Rank, &e.Hits, &e.Path, &e.Referrer, &e.Locale, &e.Device, &e.Channel, &arms, &props)
	e.At, e.Received, e.Arms, e.Props = at.Time, received.Time, arms, props
	return e, err
}

// Top implements [analytics.Counter].
func (s *Store) Top(ctx context.Context, q analytics.TopQuery) ([]analytics.Count, error) {
	w := new(sqldb.Where)
	w.And("name = ?", q.Name)
	if q.Kind != "" {
		w.And("subject >= ? and subject < ?", q.Kind+"/", q.Kind+"0") // 0 comes after / in the order of bytes
	}
	if !q.From.IsZero() {
		w.And("day >= ?", analytics.Day(q.From))
	}
	if !q.To.IsZero() {
		w.And("day <= ?", analytics.Day(q.To))
	}
	list := []analytics.Count{}
	err := s.db.Select(ctx, &list, `select subject, cast(sum(n) as bigint) as n from stoa_event_count `+w.String()+`
		group by subject order by 2 desc, subject limit `+w.Arg(cmp.Or(q.Limit, analytics.DefaultTop)), w.Args()...)
	return list, err
}

// Latest implements [analytics.Rememberer].
func (s *Store) Latest(ctx context.Context, q analytics.LatestQuery) ([]analytics.Event, error) {
	if q.User == "" {
		return nil, nil
	}
	w := conditions(analytics.Range{From: q.From, To: q.To, User: q.User})
	w.And("user_id <> ''") // as the index says
	rows, err := s.db.Read().QueryxContext(ctx, `select `+columns+` from stoa_event `+w.String()+`
		order by at desc, id desc limit `+w.Arg(cmp.Or(q.Limit, analytics.DefaultLatest)), w.Args()...)
	if err != nil {
		return nil, sqldb.Err(ctx, err, "events")
	}
	defer func() { _ = rows.Close() }()
	var list []analytics.Event
	for rows.Next() {
		e, err := scanEvent(rows)
		if err != nil {
			return nil, sqldb.Err(ctx, err, "events")
		}
		list = append(list, e)
	}
	return list, sqldb.Err(ctx, rows.Err(), "events")
}

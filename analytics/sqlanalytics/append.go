package sqlanalytics

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/jmoiron/sqlx"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/internal/sqldb"
)

const columns = `id, name, at, received, visitor_id, session_id, user_id, account_id, subject, search_id, input,
	rank, hits, path, referrer, locale, device, channel, arms, props`

// width is the number of columns of an event.
const width = 20

// rowsPerInsert returns how many events go into one statement. SQLite's driver
// looks up every placeholder by name among all of them: 200 of them are quick
// and 10,000 take seconds. For PostgreSQL each statement is a journey.
func rowsPerInsert(d sqldb.Dialect) int {
	if d == sqldb.DialectSQLite {
		return 10
	}
	return 100
}

// Append implements [analytics.Store].
func (s *Store) Append(ctx context.Context, events []analytics.Event) error {
	if err := checkText(events); err != nil {
		return err
	}
	// In order of their keys, so that two writers of the same rows wait for
	// each other and not in a circle.
	events = slices.Clone(events)
	slices.SortFunc(events, func(a, b analytics.Event) int { return strings.Compare(a.ID, b.ID) })
	dialect, err := s.db.Dialect(ctx)
	if err != nil {
		return err
	}
	rows := rowsPerInsert(dialect)
	return s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		counts := map[count]int{}
		for chunk := range slices.Chunk(events, rows) {
			if err := insert(ctx, tx, chunk, counts); err != nil {
				return err
			}
		}
		return addCounts(ctx, tx, counts, 5*rows) // of four columns
	})
}

// insert adds the events that are not there and counts those.
func insert(ctx context.Context, tx sqlx.ExtContext, events []analytics.Event, counts map[count]int) error {
	args := make([]any, 0, width*len(events))
	for _, e := range events {
		args = append(args, e.ID, e.Name, sqldb.At(e.At), sqldb.At(e.Received), e.Visitor, e.Session, e.User, e.Account,
			e.Subject, e.Search, e.Text, e.Rank, e.Hits, e.Path, e.Referrer, e.Locale, e.Device, e.Channel,
			sqldb.Strings(e.Arms), sqldb.StringMap(e.Props))
	}
	var inserted []string
	err := sqldb.Select(ctx, tx, &inserted, `insert into stoa_event (`+columns+`)
		values `+sqldb.Tuples(len(events), width)+` on conflict (id) do nothing returning id`, args...)
	if err != nil {
		return err
	}
	fresh := make(map[string]bool, len(inserted))
	for _, id := range inserted {
		fresh[id] = true
	}
	for _, e := range events {
		if fresh[e.ID] && e.Counted() {
			counts[count{e.Name, analytics.Day(e.At), e.Subject}]++
		}
		delete(fresh, e.ID) // the same ID again in one batch is one event
	}
	return nil
}

// A count is the key of a row of daily counts.
type count struct{ name, day, subject string }

func (c count) compare(o count) int {
	return cmp.Or(strings.Compare(c.name, o.name), strings.Compare(c.day, o.day), strings.Compare(c.subject, o.subject))
}

func addCounts(ctx context.Context, tx sqlx.ExtContext, counts map[count]int, rows int) error {
	for chunk := range slices.Chunk(slices.SortedFunc(maps.Keys(counts), count.compare), rows) {
		args := make([]any, 0, 4*len(chunk))
		for _, c := range chunk {
			args = append(args, c.name, c.day, c.subject, counts[c])
		}
		_, err := sqldb.Exec(ctx, tx, `insert into stoa_event_count (name, day, subject, n)
			values `+sqldb.Tuples(len(chunk), 4)+`
			on conflict (name, day, subject) do update set n = stoa_event_count.n + excluded.n`, args...)
		if err != nil {
			return err
		}
	}
	return nil
}

func checkText(events []analytics.Event) error {
	for _, e := range events {
		err := errors.Join(
			sqldb.CheckText(e.ID, e.Name, e.Visitor, e.Session, e.User, e.Account, e.Subject, e.Search, e.Text,
				e.Path, e.Referrer, e.Locale, e.Device, e.Channel),
			sqldb.CheckText(e.Arms...))
		for k, v := range e.Props {
			err = errors.Join(err, sqldb.CheckText(k, v))
		}
		if err != nil {
			return fmt.Errorf("event %q: %w", e.ID, err)
		}
	}
	return nil
}

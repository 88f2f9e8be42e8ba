package sqlcases

import (
	"context"
	"errors"
	"fmt"

	"github.com/jmoiron/sqlx"

	"github.com/stoa-go/stoa/cases"
	"github.com/stoa-go/stoa/cases/internal/rows"
	"github.com/stoa-go/stoa/internal/feed"
	"github.com/stoa-go/stoa/internal/sqldb"
)

// Save implements [cases.Store].
func (s *Store) Save(ctx context.Context, list []cases.Case, entries []cases.Entry) error {
	batch, of, err := rows.Batch(list, entries)
	if err != nil || len(batch) == 0 {
		return errors.Join(ctx.Err(), err)
	}
	return s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		for _, c := range batch {
			if err := saveCase(ctx, tx, c, len(of[c.ID])); err != nil {
				return err
			}
		}
		return saveRest(ctx, tx, batch, of)
	})
}

const (
	insertCase = `insert into stoa_case (id, reference, last, version, body)
		values ($1, $2, $3, $4, $5) on conflict do nothing`
	updateCase = `update stoa_case set reference = $2, last = $3, version = $4, body = $5
		where id = $1 and version = $4 - 1 and last = $6`
)

// saveCase writes the row of a case that gets a number of new entries.
func saveCase(ctx context.Context, tx sqlx.ExtContext, c cases.Case, added int) error {
	args := []any{c.ID, c.Reference, c.Last, c.Version, sqldb.JSON[cases.Case]{V: c}}
	query := insertCase
	if c.Version != 1 {
		query, args = updateCase, append(args, c.Last-added)
	} else if c.Last != added {
		return fmt.Errorf("case %q, last entry %d of %d: %w", c.ID, c.Last, added, cases.ErrConflict)
	}
	res, err := sqldb.Exec(ctx, tx, query, args...)
	if err != nil {
		return err
	}
	err = sqldb.Affected(res, cases.ErrConflict)
	if c.Version == 1 || !errors.Is(err, cases.ErrConflict) {
		return err
	}
	var found string
	if err := sqldb.Get(ctx, tx, &found, c.ID, `select id from stoa_case where id = $1`, c.ID); err != nil {
		return err
	}
	return fmt.Errorf("case %q, version %d: %w", c.ID, c.Version, cases.ErrConflict)
}

// saveRest writes what goes with the rows of cases.
func saveRest(ctx context.Context, tx sqlx.ExtContext, batch []cases.Case, of map[string][]cases.Entry) error {
	added := inserts{into: `stoa_case_entry (id, ref, number, internal, body)`, width: 5}
	found := inserts{into: `stoa_case_key (ref, key, state, kind, status, updated, touched, created, urgent)`, width: 9}
	named := inserts{into: `stoa_case_person (person, ref)`, rest: `on conflict do nothing`, width: 2}
	var changes []feed.Change
	for _, c := range batch {
		for _, e := range of[c.ID] {
			added.add(e.ID, e.Case, e.Number, e.Internal, sqldb.JSON[cases.Entry]{V: e})
		}
		for _, person := range rows.People(c, of[c.ID]) {
			named.add(person, c.ID)
		}
		if err := clearKeys(ctx, tx, c); err != nil {
			return err
		}
		n := rows.Numbers(c)
		for _, key := range keysOf(c) {
			found.add(c.ID, key, c.State, c.Kind, c.Status, n["updated"], n["touched"], n["created"], n["urgent"])
		}
		changes = append(changes, feed.Change{Topic: topic, Ref: c.ID})
	}
	for _, i := range []inserts{added, found, named} {
		if err := i.run(ctx, tx); err != nil {
			return err
		}
	}
	return feed.Append(ctx, tx, changes...)
}

// clearKeys removes what a former version of a case was found by.
func clearKeys(ctx context.Context, tx sqlx.ExtContext, c cases.Case) error {
	if c.Version == 1 {
		return nil
	}
	_, err := sqldb.Exec(ctx, tx, `delete from stoa_case_key where ref = $1`, c.ID)
	return err
}

// Inserts are rows for a table, which go there together.
type inserts struct {
	into, rest string
	width      int
	args       []any
}

func (i *inserts) add(row ...any) { i.args = append(i.args, row...) }

// chunk keeps the placeholders of one insert within what SQLite takes.
const chunk = 1000

func (i *inserts) run(ctx context.Context, tx sqlx.ExtContext) error {
	for rest := i.args; len(rest) > 0; {
		n := min(len(rest), chunk*i.width)
		query := `insert into ` + i.into + ` values ` + sqldb.Tuples(n/i.width, i.width) + ` ` + i.rest
		if _, err := sqldb.Exec(ctx, tx, query, rest[:n]...); err != nil {
			return err
		}
		rest = rest[n:]
	}
	return nil
}

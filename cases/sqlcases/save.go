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
	dialect, err := s.db.Dialect(ctx)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		for _, c := range batch {
			if err := advance(ctx, tx, c, len(of[c.ID])); err != nil {
				return err
			}
		}
		return insert(ctx, tx, dialect == sqldb.DialectPostgres, batch, of)
	})
}

// advance makes room for a version of a case with a number of new entries: the
// row of the former one is changed, and what that was found by removed.
func advance(ctx context.Context, tx sqlx.ExtContext, c cases.Case, added int) error {
	if c.Version == 1 && c.Last == added {
		return nil
	}
	res, err := sqldb.Exec(ctx, tx, `update stoa_case set reference = $2, last = $3, version = $4, body = $5
		where id = $1 and version = $4 - 1 and last = $6 and $4 > 1`, c.ID, c.Reference, c.Last, c.Version, sqldb.JSON[cases.Case]{V: c}, c.Last-added)
	if err != nil {
		return err
	}
	if err := sqldb.Affected(res, cases.ErrConflict); err != nil {
		return refused(ctx, tx, c, err)
	}
	_, err = sqldb.Exec(ctx, tx, `delete from stoa_case_key where ref = $1`, c.ID)
	return err
}

// refused says why no row was changed.
func refused(ctx context.Context, tx sqlx.ExtContext, c cases.Case, err error) error {
	if c.Version != 1 && errors.Is(err, cases.ErrConflict) {
		var found string
		if err := sqldb.Get(ctx, tx, &found, c.ID, `select id from stoa_case where id = $1`, c.ID); err != nil {
			return err
		}
	}
	return fmt.Errorf("case %q, version %d, entry %d: %w", c.ID, c.Version, c.Last, err)
}

// insert writes what is new of cases, see run.
func insert(ctx context.Context, tx sqlx.ExtContext, once bool, batch []cases.Case, of map[string][]cases.Entry) error {
	opened := inserts{into: `stoa_case (id, reference, last, version, body)`}
	added := inserts{into: `stoa_case_entry (id, ref, number, internal, body)`}
	found := inserts{into: `stoa_case_key (ref, key, state, kind, status, updated, touched, created, urgent)`}
	named := inserts{into: `stoa_case_person (person, ref)`, rest: ` on conflict do nothing`}
	var changes []feed.Change
	for _, c := range batch {
		if c.Version == 1 {
			opened.add(c.ID, c.Reference, c.Last, c.Version, sqldb.JSON[cases.Case]{V: c})
		}
		for _, e := range of[c.ID] {
			added.add(e.ID, e.Case, e.Number, e.Internal, sqldb.JSON[cases.Entry]{V: e})
		}
		for _, person := range rows.People(c, of[c.ID]) {
			named.add(person, c.ID)
		}
		n := rows.Numbers(c)
		for _, key := range keysOf(c) {
			found.add(c.ID, key, c.State, c.Kind, c.Status, n["updated"], n["touched"], n["created"], n["urgent"])
		}
		changes = append(changes, feed.Change{Topic: topic, Ref: c.ID})
	}
	if err := run(ctx, tx, once, opened, added, found, named); err != nil {
		return err
	}
	return feed.Append(ctx, tx, changes...)
}

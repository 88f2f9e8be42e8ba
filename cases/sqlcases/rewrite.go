package sqlcases

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/jmoiron/sqlx"

	"github.com/stoa-go/stoa/cases"
	"github.com/stoa-go/stoa/cases/internal/rows"
	"github.com/stoa-go/stoa/internal/feed"
	"github.com/stoa-go/stoa/internal/sqldb"
)

// Naming implements [cases.Store].
func (s *Store) Naming(ctx context.Context, person, after string, limit int) (ids []string, err error) {
	if sqldb.CheckText(person, after) != nil {
		return nil, ctx.Err()
	}
	err = sqldb.Select(ctx, s.db.Read(), &ids, `select ref from stoa_case_person where person = $1 and ref > $2 order by ref limit $3`, person, after, limit)
	return ids, err
}

// Forget implements [cases.Store].
func (s *Store) Forget(ctx context.Context, person, pseudonym string) (n int, err error) {
	if err := sqldb.CheckText(pseudonym); err != nil {
		return 0, err
	}
	if person == "" || person == pseudonym || sqldb.CheckText(person) != nil {
		return 0, ctx.Err()
	}
	err = s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		n = 0
		for {
			var refs []string
			if err := sqldb.Select(ctx, tx, &refs, `select ref from stoa_case_person where person = $1 order by ref limit $2`, person, chunk); err != nil || len(refs) == 0 {
				return err
			}
			for _, ref := range refs {
				found, err := forget(ctx, tx, ref, person, pseudonym)
				if err != nil {
					return err
				}
				n += found
			}
		}
	})
	return n, err
}

// forget takes a person out of a case and its entries, and returns how many of
// them changed.
func forget(ctx context.Context, tx sqlx.ExtContext, ref, person, pseudonym string) (found int, err error) {
	c, err := lock(ctx, tx, ref)
	if err != nil && !errors.Is(err, cases.ErrNotFound) { // somebody else may have removed it meanwhile
		return 0, err
	}
	if found, err = forgetEntries(ctx, tx, ref, person, pseudonym, c.Requester == person); err != nil {
		return 0, err
	}
	if rows.ForgetCase(&c, person, pseudonym) {
		found++
	}
	if _, err := sqldb.Exec(ctx, tx, `delete from stoa_case_person where person = $1 and ref = $2`, person, ref); err != nil || found == 0 {
		return 0, err
	}
	if pseudonym != "" {
		if _, err := sqldb.Exec(ctx, tx, `insert into stoa_case_person (person, ref) values ($1, $2) on conflict do nothing`, pseudonym, ref); err != nil {
			return 0, err
		}
	}
	return found, rewrite(ctx, tx, c)
}

func forgetEntries(ctx context.Context, tx sqlx.ExtContext, ref, person, pseudonym string, own bool) (found int, err error) {
	all, err := entries(ctx, tx, `where ref = $1 order by number`, ref)
	if err != nil {
		return 0, err
	}
	for _, e := range all {
		if !rows.ForgetEntry(&e, person, pseudonym, own) {
			continue
		}
		found++
		if _, err := sqldb.Exec(ctx, tx, `update stoa_case_entry set body = $2 where id = $1`, e.ID, sqldb.JSON[cases.Entry]{V: e}); err != nil {
			return 0, err
		}
	}
	return found, nil
}

// lock returns a case that nobody else changes before the transaction ends.
func lock(ctx context.Context, tx sqlx.ExtContext, id string) (cases.Case, error) {
	if _, err := sqldb.Exec(ctx, tx, `update stoa_case set version = version where id = $1`, id); err != nil {
		return cases.Case{}, err
	}
	var body sqldb.JSON[cases.Case]
	err := sqldb.Get(ctx, tx, &body, id, `select body from stoa_case where id = $1`, id)
	return body.V, err
}

// rewrite stores a locked case that the store itself changed: who read it before
// has an old version.
func rewrite(ctx context.Context, tx sqlx.ExtContext, c cases.Case) error {
	c = rows.Case(c)
	c.Version++
	if err := advance(ctx, tx, c, 0); err != nil {
		return err
	}
	return insert(ctx, tx, false, []cases.Case{c}, nil)
}

// Purge implements [cases.Store].
func (s *Store) Purge(ctx context.Context, versions map[string]int) (n int, err error) {
	ids := slices.DeleteFunc(slices.Sorted(maps.Keys(versions)), func(id string) bool { return sqldb.CheckText(id) != nil })
	err = s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		var gone []string
		for _, id := range ids {
			removed, err := purge(ctx, tx, id, versions[id])
			if err != nil {
				return err
			}
			if removed {
				gone = append(gone, id)
			}
		}
		n = len(gone)
		return unlink(ctx, tx, gone)
	})
	return n, err
}

// purge removes a version of a case with all that belongs to it, and reports
// whether it was there.
func purge(ctx context.Context, tx sqlx.ExtContext, id string, version int) (bool, error) {
	n := 0
	if err := sqldb.Tally(ctx, tx, &n, `delete from stoa_case where id = $1 and version = $2`, id, version); err != nil || n == 0 {
		return false, err
	}
	for _, table := range []string{"stoa_case_key", "stoa_case_entry", "stoa_case_person"} {
		if _, err := sqldb.Exec(ctx, tx, `delete from `+table+` where ref = $1`, id); err != nil {
			return false, err
		}
	}
	return true, feed.Append(ctx, tx, feed.Change{Topic: topic, Ref: id, Op: feed.OpDelete})
}

// unlink removes the links that other cases have to those that are gone.
func unlink(ctx context.Context, tx sqlx.ExtContext, gone []string) error {
	var refs []string
	for _, id := range gone {
		var some []string
		if err := sqldb.Select(ctx, tx, &some, `select ref from stoa_case_key where key = $1`, facetLink.key(id)); err != nil {
			return err
		}
		refs = append(refs, some...)
	}
	slices.Sort(refs)
	for _, ref := range slices.Compact(refs) {
		c, err := lock(ctx, tx, ref)
		if errors.Is(err, cases.ErrNotFound) {
			continue // somebody else removed it meanwhile
		}
		if err != nil {
			return err
		}
		c.Links = slices.DeleteFunc(c.Links, func(l cases.Link) bool { return slices.Contains(gone, l.Case) })
		if err := rewrite(ctx, tx, c); err != nil {
			return err
		}
	}
	return nil
}

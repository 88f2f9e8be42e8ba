package sqlcases

import (
	"context"
	"slices"
	"strings"

	"github.com/stoa-go/stoa/cases"
	"github.com/stoa-go/stoa/cases/internal/rows"
	"github.com/stoa-go/stoa/internal/sqldb"
)

// enough is how many cases are counted to see which keys select least.
const enough = 1000

// branches returns the parts of indexes that a list is read from. All but the set
// of keys that leads there become conditions.
func (s *Store) branches(ctx context.Context, q cases.Query, l *list) ([]branch, error) {
	if q.IDs != nil {
		return named(texts(q.IDs), l), nil
	}
	if len(l.sets) == 0 {
		queues, err := s.queues(ctx)
		if err != nil {
			return nil, err
		}
		l.sets = [][]string{queues}
	}
	lead, pairs, err := s.lead(ctx, l)
	if err != nil || len(pairs) == 0 {
		return nil, err
	}
	for i, set := range l.sets {
		if i != lead {
			l.has(set)
		}
	}
	if l.column == "created" {
		return l.byPriority(pairs), nil
	}
	return pairs, nil
}

// byPriority parts branches further, by what their index has in order of creation.
func (l *list) byPriority(pairs []branch) (out []branch) {
	priorities := l.priorities
	if priorities == nil {
		priorities = rows.Priorities()
	}
	for _, b := range pairs {
		for _, p := range priorities {
			b.base = rows.Base(p)
			out = append(out, b)
		}
	}
	return out
}

// queues returns the keys of all queues, of which every case has one. It goes from
// each to the next, however many cases they have.
func (s *Store) queues(ctx context.Context) (keys []string, err error) {
	err = s.db.Select(ctx, &keys, `with recursive q (key) as (
			select min(key) from stoa_case_key where key >= $1 and key < $2
			union all select (select min(k.key) from stoa_case_key k where k.key > q.key and k.key < $2) from q where q.key is not null)
		select key from q where key is not null`, facetQueue.key(""), facetQueue.end())
	return keys, err
}

// named returns branches for cases that a query names.
func named(ids []string, l *list) (out []branch) {
	for _, set := range l.sets {
		if len(set) == 0 {
			return nil
		}
		l.has(set)
	}
	sqldb.In(l.where, "k.state", l.states)
	for some := range slices.Chunk(ids, chunk) {
		out = append(out, branch{ids: some})
	}
	return out
}

// lead returns which set of keys selects least, with the branches that it comes
// to: none if nothing is selected.
func (s *Store) lead(ctx context.Context, l *list) (at int, lead []branch, err error) {
	least := enough + 1
	for i, set := range l.sets {
		pairs, err := s.pairs(ctx, set, l.states)
		if err != nil || len(pairs) == 0 {
			return 0, nil, err
		}
		if len(l.sets) == 1 {
			return 0, pairs, nil
		}
		n, err := s.size(ctx, pairs)
		if err != nil {
			return 0, nil, err
		}
		if n < least {
			at, least, lead = i, n, pairs
		}
	}
	return at, lead, nil
}

// size returns how many cases there are in some branches, and counts no further
// than what is enough.
func (s *Store) size(ctx context.Context, pairs []branch) (n int, err error) {
	for some := range slices.Chunk(pairs, parts) {
		w := sqldb.NewWhere()
		limit := w.Arg(enough)
		var each []string
		for _, p := range some {
			each = append(each, `select * from (select 1 from stoa_case_key where key = `+w.Arg(p.Key)+` and state = `+w.Arg(p.State)+` order by updated limit `+limit+`) b`)
		}
		var more int
		if err := s.db.Get(ctx, &more, "", `select count(*) from (`+strings.Join(each, ` union all `)+` limit `+limit+`) n`, w.Args()...); err != nil {
			return 0, err
		}
		if n += more; n >= enough {
			return enough, nil
		}
	}
	return n, nil
}

// pairs returns branches for those of some keys and states that there are cases
// of.
func (s *Store) pairs(ctx context.Context, keys, states []string) (out []branch, err error) {
	for some := range slices.Chunk(keys, chunk) {
		w := sqldb.NewWhere()
		var wanted []string
		for _, state := range states {
			for _, key := range some {
				wanted = append(wanted, `(cast(`+w.Arg(key)+` as text), cast(`+w.Arg(state)+` as text))`)
			}
		}
		if len(wanted) == 0 {
			return nil, nil
		}
		var found []branch
		if err := s.db.Select(ctx, &found, `select r.column1 as key, r.column2 as state from (values `+strings.Join(wanted, ", ")+`) r
			where exists (select 1 from stoa_case_key k where k.key = r.column1 and k.state = r.column2)`, w.Args()...); err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	return out, nil
}

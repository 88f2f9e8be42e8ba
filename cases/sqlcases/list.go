package sqlcases

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/stoa-go/stoa/cases"
	"github.com/stoa-go/stoa/cases/internal/rows"
	"github.com/stoa-go/stoa/internal/sqldb"
)

// A list is read from an index that has the cases of one key and one state in the
// order that is asked for. Those of several keys and states are merged: each
// gives as many as are wanted in all. So a page costs what it holds, and not what
// there is.

// A pair is a part of an index that holds cases in the order of a list.
type pair struct{ Key, State string }

// parts is how many pairs go into one query.
const parts = 100

// enough is how many cases are counted to see which keys select least.
const enough = 1000

// A listed case is one with its place.
type listed struct {
	N    int64
	Body sqldb.JSON[cases.Case]
}

// Cases implements [cases.Store].
func (s *Store) Cases(ctx context.Context, q cases.Query) ([]cases.Case, string, error) {
	limit := rows.Limit(q)
	found := map[string]listed{}
	desc, err := s.gather(ctx, q, limit+1, `select u.n, c.body from (`, `) u join stoa_case c on c.id = u.ref`, func(query string, args []any) error {
		var page []listed
		err := s.db.Select(ctx, &page, query, args...)
		for _, l := range page {
			found[l.Body.V.ID] = l
		}
		return err
	})
	if err != nil {
		return nil, "", err
	}
	var places []rows.Place
	for id, l := range found {
		places = append(places, rows.Place{N: l.N, ID: id})
	}
	slices.SortFunc(places, rows.Place.Compare)
	if desc {
		slices.Reverse(places)
	}
	next := ""
	if len(places) > limit {
		places, next = places[:limit], rows.Token(q.Order, places[limit-1])
	}
	var page []cases.Case
	for _, p := range places {
		page = append(page, found[p.ID].Body.V)
	}
	return page, next, nil
}

// Count implements [cases.Store].
func (s *Store) Count(ctx context.Context, q cases.Query, most int) (int, error) {
	if most <= 0 {
		return 0, ctx.Err()
	}
	q.After, q.Order = "", cases.OrderUpdated
	found := map[string]bool{}
	_, err := s.gather(ctx, q, most, `select u.ref from (`, `) u`, func(query string, args []any) error {
		var refs []string
		err := s.db.Select(ctx, &refs, query, args...)
		for _, ref := range refs {
			found[ref] = true
		}
		return err
	})
	return min(len(found), most), err
}

// gather has run run the queries whose rows together hold the first cases that q
// selects, and reports whether the greatest come first. before and after stand
// around the places, which are called n and ref.
func (s *Store) gather(ctx context.Context, q cases.Query, limit int, before, after string, run func(query string, args []any) error) (desc bool, err error) {
	l, err := newList(q, limit)
	if err != nil {
		return false, err
	}
	branches, err := s.branches(ctx, q, l)
	if err != nil {
		return false, err
	}
	for some := range slices.Chunk(branches, parts) {
		query, args := l.places(some)
		if err := run(before+query+after, args); err != nil {
			return false, err
		}
	}
	return l.desc, ctx.Err()
}

// A list is a query on its way into SQL.
type list struct {
	where  *sqldb.Where // what all branches ask for
	sets   [][]string
	states []string
	column string
	desc   bool
	limit  int
}

// A branch adds its conditions to those of a list.
type branch func(w *sqldb.Where) string

func newList(q cases.Query, limit int) (*list, error) {
	column, desc, err := rows.Column(q.Order)
	if err != nil {
		return nil, err
	}
	after, err := rows.After(q)
	if err != nil {
		return nil, err
	}
	l := &list{where: sqldb.NewWhere(), sets: setsOf(q), states: texts(cases.States()), column: column, desc: desc, limit: limit}
	if len(q.States) > 0 {
		l.states = texts(q.States)
	}
	l.filter(q)
	if after != nil {
		sign := ">"
		if desc {
			sign = "<"
		}
		l.where.And(`(k.`+column+`, k.ref) `+sign+` (?, ?)`, after.N, after.ID)
	}
	return l, nil
}

// filter adds what no key is made of.
func (l *list) filter(q cases.Query) {
	if !q.Since.IsZero() {
		l.where.And(`k.created >= ?`, micros(q.Since))
	}
	if !q.Until.IsZero() {
		l.where.And(`k.created < ?`, micros(q.Until))
	}
}

// micros returns the first microsecond that is not before t.
func micros(t time.Time) int64 { return t.Add(time.Microsecond - 1).UnixMicro() }

// branches returns the parts of indexes that a list is read from. All but the set
// of keys that leads there become conditions.
func (s *Store) branches(ctx context.Context, q cases.Query, l *list) ([]branch, error) {
	if q.IDs != nil {
		return named(texts(q.IDs), l), nil
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
	var out []branch
	for _, p := range pairs {
		out = append(out, func(w *sqldb.Where) string {
			return `k.key = ` + w.Arg(p.Key) + ` and k.state = ` + w.Arg(p.State)
		})
	}
	return out, nil
}

// named returns branches for cases that a query names: there is a row of each
// under the key of all.
func named(ids []string, l *list) (out []branch) {
	for _, set := range l.sets {
		if len(set) == 0 {
			return nil
		}
		l.has(set)
	}
	sqldb.In(l.where, "k.state", l.states)
	for some := range slices.Chunk(ids, chunk) {
		out = append(out, func(w *sqldb.Where) string {
			refs := make([]string, len(some))
			for i, id := range some {
				refs[i] = w.Arg(id)
			}
			return `k.key = ` + w.Arg(facetAll.key("")) + ` and k.ref in (` + strings.Join(refs, ", ") + `)`
		})
	}
	return out
}

// has adds the condition that a case has one of some keys.
func (l *list) has(set []string) {
	args := make([]any, len(set))
	for i, key := range set {
		args[i] = key
	}
	l.where.And(`exists (select 1 from stoa_case_key h where h.ref = k.ref and h.key in (?`+strings.Repeat(", ?", len(set)-1)+`))`, args...)
}

// lead returns which set of keys selects least, with the pairs that it comes to:
// none if nothing is selected.
func (s *Store) lead(ctx context.Context, l *list) (at int, lead []pair, err error) {
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

// size returns how many cases there are of some pairs, and counts no further than
// what is enough.
func (s *Store) size(ctx context.Context, pairs []pair) (n int, err error) {
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

// pairs returns those of some keys and states that there are cases of.
func (s *Store) pairs(ctx context.Context, keys, states []string) (out []pair, err error) {
	if len(states) == 0 {
		return nil, nil
	}
	for some := range slices.Chunk(keys, chunk/len(states)+1) {
		var args []any
		var values strings.Builder
		for _, key := range some {
			for _, state := range states {
				if len(args) > 0 {
					values.WriteString(", ")
				}
				w := sqldb.NewWhere(args...)
				values.WriteString(`(cast(` + w.Arg(key) + ` as text), cast(` + w.Arg(state) + ` as text))`)
				args = w.Args()
			}
		}
		var found []pair
		if err := s.db.Select(ctx, &found, `select r.column1 as key, r.column2 as state from (values `+values.String()+`) r
			where exists (select 1 from stoa_case_key k where k.key = r.column1 and k.state = r.column2)`, args...); err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	return out, nil
}

// places returns the query for the first places of some branches.
func (l *list) places(branches []branch) (query string, args []any) {
	direction, where := "", "where "
	if l.desc {
		direction = " desc"
	}
	if text := l.where.String(); text != "" {
		where = text + " and "
	}
	w := sqldb.NewWhere(l.where.Args()...)
	limit := w.Arg(l.limit)
	order := func(n string) string { return ` order by ` + n + direction + `, ref` + direction + ` limit ` + limit }
	var texts []string
	for _, b := range branches {
		texts = append(texts, `select * from (select k.ref, k.`+l.column+` as n from stoa_case_key k `+where+b(w)+
			` order by k.`+l.column+direction+`, k.ref`+direction+` limit `+limit+`) b`)
	}
	return `select ref, n from (` + strings.Join(texts, ` union `) + `) p` + order("n"), w.Args()
}

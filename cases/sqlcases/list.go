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

// parts is how many branches go into one query.
const parts = 100

// A listed case is one with its place.
type listed struct {
	N    int64
	Body sqldb.JSON[cases.Case]
}

// Cases implements [cases.Store].
func (s *Store) Cases(ctx context.Context, q cases.Query) ([]cases.Case, string, error) {
	limit := rows.Limit(q)
	found := map[string]listed{}
	l, err := newList(q, limit+1)
	if err != nil {
		return nil, "", err
	}
	err = s.gather(ctx, q, l, `select u.n, c.body from (`, `) u join stoa_case c on c.id = u.ref`, func(query string, args []any) error {
		var page []listed
		err := s.db.Select(ctx, &page, query, args...)
		for _, v := range page {
			found[v.Body.V.ID] = v
		}
		return err
	})
	if err != nil {
		return nil, "", err
	}
	var places []rows.Place
	for id, v := range found {
		places = append(places, rows.Place{N: v.N, ID: id})
	}
	slices.SortFunc(places, rows.Place.Compare)
	if l.desc {
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
	l, err := newList(q, most)
	if err != nil {
		return 0, err
	}
	err = s.gather(ctx, q, l, `select u.ref from (`, `) u`, func(query string, args []any) error {
		var refs []string
		err := s.db.Select(ctx, &refs, query, args...)
		for _, ref := range refs {
			found[ref] = true
		}
		return err
	})
	return min(len(found), most), err
}

// gather has ask make those queries whose rows together hold the first cases that q
// selects. before and after stand around the places, which are called n and ref.
func (s *Store) gather(ctx context.Context, q cases.Query, l *list, before, after string, ask func(query string, args []any) error) error {
	branches, err := s.branches(ctx, q, l)
	if err != nil {
		return err
	}
	for some := range slices.Chunk(branches, parts) {
		query, args := l.places(some)
		if err := ask(before+query+after, args); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// A list is a query on its way into SQL.
type list struct {
	where      *sqldb.Where // what all branches ask for
	sets       [][]string
	states     []string
	priorities []cases.Priority // nil: any
	column     string
	desc       bool
	after      *rows.Place
	limit      int
}

// A branch is a part of a list: cases of a key and a state, or those with some IDs.
type branch struct {
	Key, State string
	ids        []string
	base       int64 // of the only priority, in a list by creation
}

func newList(q cases.Query, limit int) (l *list, err error) {
	l = &list{where: sqldb.NewWhere(), sets: setsOf(q), states: texts(cases.States()), limit: limit}
	if l.column, l.desc, err = rows.Column(q.Order); err != nil {
		return nil, err
	}
	if l.after, err = rows.After(q); err != nil {
		return nil, err
	}
	if len(q.States) > 0 {
		l.states = texts(q.States)
	}
	if len(q.Priority) > 0 {
		l.priorities = slices.DeleteFunc(rows.Priorities(), func(p cases.Priority) bool { return !slices.Contains(q.Priority, p) })
		l.ofPriorities()
	}
	if len(q.Kinds) > 0 {
		sqldb.In(l.where, "k.kind", texts(q.Kinds))
	}
	if len(q.Statuses) > 0 {
		sqldb.In(l.where, "k.status", texts(q.Statuses))
	}
	if !q.Since.IsZero() {
		l.where.And(`k.created >= ?`, micros(q.Since))
	}
	if !q.Until.IsZero() {
		l.where.And(`k.created < ?`, micros(q.Until))
	}
	return l, nil
}

// ofPriorities adds the condition that a case has one of the priorities.
func (l *list) ofPriorities() {
	conds, args := []string{"1 = 0"}, []any{}
	for _, p := range l.priorities {
		conds, args = append(conds, `k.urgent between ? and ?`), append(args, rows.Base(p)-rows.Span/2, rows.Base(p)+rows.Span/2-1)
	}
	l.where.And(`(`+strings.Join(conds, " or ")+`)`, args...)
}

// micros returns the first microsecond that is not before t.
func micros(t time.Time) int64 { return t.Add(time.Microsecond - 1).UnixMicro() }

// has adds the condition that a case has one of some keys.
func (l *list) has(set []string) {
	args := make([]any, len(set))
	for i, key := range set {
		args[i] = key
	}
	l.where.And(`exists (select 1 from stoa_case_key h where h.ref = k.ref and h.key in (?`+strings.Repeat(", ?", len(set)-1)+`))`, args...)
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
	var each []string
	for _, b := range branches {
		cond, column := l.of(b, w)
		each = append(each, `select * from (select k.ref, k.`+l.column+` as n from stoa_case_key k `+where+cond+
			` order by `+column+direction+`, k.ref`+direction+` limit `+limit+`) b`)
	}
	return `select ref, n from (` + strings.Join(each, ` union `) + `) p order by n` + direction + `, ref` + direction + ` limit ` + limit, w.Args()
}

// of returns the conditions of a branch, and the column whose index has it in
// order: that of what is urgent has those of a priority by creation.
func (l *list) of(b branch, w *sqldb.Where) (cond, column string) {
	var base int64
	column = "k." + l.column
	switch {
	case b.ids != nil:
		refs := make([]string, len(b.ids))
		for i, id := range b.ids {
			refs[i] = w.Arg(id)
		}
		cond = `k.key >= ` + w.Arg(facetQueue.key("")) + ` and k.key < ` + w.Arg(facetQueue.end()) + ` and k.ref in (` + strings.Join(refs, ", ") + `)`
	case l.column == "created":
		base, column = b.base, "k.urgent"
		cond = `k.key = ` + w.Arg(b.Key) + ` and k.state = ` + w.Arg(b.State) + ` and k.urgent between ` + w.Arg(base-rows.Span/2) + ` and ` + w.Arg(base+rows.Span/2-1)
	default:
		cond = `k.key = ` + w.Arg(b.Key) + ` and k.state = ` + w.Arg(b.State)
	}
	if l.after != nil {
		sign := " > "
		if l.desc {
			sign = " < "
		}
		cond += ` and (` + column + `, k.ref)` + sign + `(` + w.Arg(base+l.after.N) + `, ` + w.Arg(l.after.ID) + `)`
	}
	return cond, column
}

// Package meminsight keeps an [insight.Analyst]'s counts in memory, for tests and
// for trying things out.
package meminsight

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/stoa-go/stoa/internal/cursor"
	"github.com/stoa-go/stoa/internal/stored"
	"github.com/stoa-go/stoa/kb/insight"
)

// A Store is an [insight.Store] in memory. Make one with [New].
type Store struct {
	mu       sync.RWMutex
	progress map[string]time.Time
	rows     map[rowKey]insight.Counts
	items    map[itemKey]insight.Item
}

type rowKey struct {
	series               insight.Series
	subject, detail, day string
}

type itemKey struct{ kind, id string }

var _ insight.Store = (*Store)(nil)

// New returns an empty Store.
func New() *Store {
	return &Store{progress: map[string]time.Time{}, rows: map[rowKey]insight.Counts{}, items: map[itemKey]insight.Item{}}
}

// Progress implements [insight.Store].
func (s *Store) Progress(ctx context.Context, name string) (time.Time, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.progress[name], ctx.Err()
}

// Count implements [insight.Store].
func (s *Store) Count(ctx context.Context, name string, from, until time.Time, rows []insight.Row) error {
	texts := []string{name}
	for _, r := range rows {
		texts = append(texts, string(r.Series), r.Subject, r.Detail, r.Day)
	}
	if err := cmp.Or(ctx.Err(), stored.CheckText(texts...)); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.progress[name].Equal(from) {
		return insight.ErrConflict
	}
	s.progress[name] = stored.Time(until)
	for _, r := range rows {
		key := rowKey{r.Series, r.Subject, r.Detail, r.Day}
		s.rows[key] = s.rows[key].Plus(r.Counts)
	}
	return nil
}

// Sums implements [insight.Store].
func (s *Store) Sums(ctx context.Context, q insight.SumQuery) ([]insight.Row, string, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	sums := map[rowKey]insight.Counts{}
	for k, c := range s.rows {
		if k.series == q.Series && (q.Subjects == nil || slices.Contains(q.Subjects, k.subject)) && k.day >= q.From && (q.Until == "" || k.day <= q.Until) {
			k.day = ""
			sums[k] = sums[k].Plus(c)
		}
	}
	after := rowKey{}
	if q.After != "" {
		parts, err := cursor.Decode(q.After, 2)
		if err != nil {
			return nil, "", err
		}
		after.subject, after.detail = parts[0], parts[1]
	}
	var out []insight.Row
	for _, k := range slices.SortedFunc(maps.Keys(sums), order) {
		if q.After == "" || cmp.Or(strings.Compare(k.subject, after.subject), strings.Compare(k.detail, after.detail)) > 0 {
			out = append(out, insight.Row{Series: k.series, Subject: k.subject, Detail: k.detail, Counts: sums[k]})
		}
	}
	limit, next := cmp.Or(q.Limit, 100), ""
	if len(out) > limit {
		out = out[:limit]
		next = cursor.Encode(out[limit-1].Subject, out[limit-1].Detail)
	}
	return out, next, ctx.Err()
}

func order(a, b rowKey) int {
	return cmp.Or(strings.Compare(a.subject, b.subject), strings.Compare(a.detail, b.detail))
}

// Days implements [insight.Store].
func (s *Store) Days(ctx context.Context, series insight.Series, subject, from, until string) ([]insight.Row, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	days := map[string]insight.Counts{}
	for k, c := range s.rows {
		if k.series == series && k.subject == subject && k.day >= from && k.day <= until {
			days[k.day] = days[k.day].Plus(c)
		}
	}
	var out []insight.Row
	for _, day := range slices.Sorted(maps.Keys(days)) {
		out = append(out, insight.Row{Series: series, Subject: subject, Day: day, Counts: days[day]})
	}
	return out, ctx.Err()
}

// SaveItems implements [insight.Store].
func (s *Store) SaveItems(ctx context.Context, items ...insight.Item) error {
	for _, i := range items {
		texts := append([]string{i.Kind, i.ID, i.Owner, i.Category, i.Type, i.Locale, i.State, i.By, string(i.Body)}, i.Labels...)
		if err := cmp.Or(ctx.Err(), stored.CheckText(texts...)); err != nil {
			return err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, i := range items {
		s.items[itemKey{i.Kind, i.ID}] = clone(i)
	}
	return ctx.Err()
}

func clone(i insight.Item) insight.Item {
	i.Labels, i.Body, i.At = slices.Clone(i.Labels), slices.Clone(i.Body), stored.Time(i.At)
	return i
}

// Items implements [insight.Store].
func (s *Store) Items(ctx context.Context, q insight.ItemQuery) ([]insight.Item, string, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var out []insight.Item
	for _, i := range s.items {
		if selects(q, i) {
			out = append(out, clone(i))
		}
	}
	slices.SortFunc(out, func(a, b insight.Item) int { return cmp.Or(cmp.Compare(b.Rank, a.Rank), strings.Compare(a.ID, b.ID)) })
	if q.After != "" {
		parts, err := cursor.Decode(q.After, 2)
		if err != nil {
			return nil, "", err
		}
		rank, err := cursor.ParseInt(parts[0])
		if err != nil {
			return nil, "", err
		}
		out = slices.DeleteFunc(out, func(i insight.Item) bool {
			return i.Rank > int(rank) || i.Rank == int(rank) && i.ID <= parts[1]
		})
	}
	limit, next := cmp.Or(q.Limit, 50), ""
	if len(out) > limit {
		out = out[:limit]
		next = cursor.Encode(cursor.FormatInt(int64(out[limit-1].Rank)), out[limit-1].ID)
	}
	return out, next, ctx.Err()
}

func selects(q insight.ItemQuery, i insight.Item) bool {
	is := func(asked, has string) bool { return asked == "" || asked == has }
	return i.Kind == q.Kind && (q.IDs == nil || slices.Contains(q.IDs, i.ID)) && is(q.Owner, i.Owner) && is(q.Type, i.Type) && is(q.Locale, i.Locale) &&
		(q.Category == nil || slices.Contains(q.Category, i.Category)) && (q.States == nil || slices.Contains(q.States, i.State)) &&
		!slices.ContainsFunc(q.Labels, func(l string) bool { return !slices.Contains(i.Labels, l) })
}

// DropItems implements [insight.Store].
func (s *Store) DropItems(ctx context.Context, kind string, before time.Time) (int, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	n := len(s.items)
	maps.DeleteFunc(s.items, func(k itemKey, i insight.Item) bool { return k.kind == kind && i.At.Before(before) })
	return n - len(s.items), nil
}

// Prune implements [insight.Store].
func (s *Store) Prune(ctx context.Context, day string) (int, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	n := len(s.rows)
	maps.DeleteFunc(s.rows, func(k rowKey, _ insight.Counts) bool { return k.day < day })
	return n - len(s.rows), nil
}

// ItemsBy implements [insight.Store].
func (s *Store) ItemsBy(ctx context.Context, person string) ([]insight.Item, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var out []insight.Item
	for _, i := range s.items {
		if person != "" && i.By == person {
			out = append(out, clone(i))
		}
	}
	slices.SortFunc(out, func(a, b insight.Item) int {
		return cmp.Or(strings.Compare(a.Kind, b.Kind), strings.Compare(a.ID, b.ID))
	})
	return out, ctx.Err()
}

// ForgetPerson implements [insight.Store].
func (s *Store) ForgetPerson(ctx context.Context, person, pseudonym string) (renamed int, err error) {
	if err := cmp.Or(ctx.Err(), stored.CheckText(person, pseudonym)); err != nil {
		return 0, err
	}
	if person == "" {
		return 0, insight.ErrInvalid
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for k, i := range s.items {
		if i.By == person || i.Owner == person {
			if i.By == person {
				i.By = pseudonym
			}
			if i.Owner == person {
				i.Owner = pseudonym
			}
			s.items[k] = i
			renamed++
		}
	}
	return renamed, nil
}

// Package memreport keeps a [report.Reporter]'s figures in memory, for tests and
// for trying things out.
package memreport

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/stoa-go/stoa/search/report"
)

// A Store is a [report.Store] in memory. The zero value is empty and ready.
type Store struct {
	mu       sync.RWMutex
	progress time.Time
	facts    map[asked]report.Fact
	nobodys  []report.Fact // whose asker was forgotten
	trimmed  []report.Fact // of which only sums over all questions are left
	marks    map[report.Query]report.Mark
	votes    map[voter]report.Vote
}

// asked is who asked what on a day.
type asked struct {
	day             string
	question        report.Query
	person, visitor string
}

type voter struct{ trial, person, visitor string }

var _ report.Store = (*Store)(nil)

// check returns an error for text that a database cannot hold.
func check(texts ...string) error {
	for _, t := range texts {
		if !utf8.ValidString(t) || strings.ContainsRune(t, 0) {
			return fmt.Errorf("text %q: %w", t, report.ErrInvalid)
		}
	}
	return nil
}

func stored(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

// Progress implements [report.Store].
func (s *Store) Progress(ctx context.Context) (time.Time, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.progress, ctx.Err()
}

// Add implements [report.Store].
func (s *Store) Add(ctx context.Context, from, until time.Time, facts []report.Fact, votes []report.Vote) error {
	var texts []string
	for _, f := range facts {
		texts = append(texts, f.Day, f.Question.Locale, f.Question.Text, f.Text, f.Brand, f.Role, f.Channel, f.Person, f.Visitor)
	}
	for _, v := range votes {
		texts = append(texts, v.Trial, v.Person, v.Visitor)
	}
	if err := cmp.Or(ctx.Err(), check(texts...)); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.progress.Equal(from) {
		return report.ErrConflict
	}
	if s.facts == nil {
		s.facts, s.votes = map[asked]report.Fact{}, map[voter]report.Vote{}
	}
	s.progress = stored(until)
	for _, f := range facts {
		key := asked{f.Day, f.Question, f.Person, f.Visitor}
		if _, known := s.facts[key]; !known {
			s.facts[key] = f
		}
	}
	for _, v := range votes {
		key := voter{v.Trial, v.Person, v.Visitor}
		old := s.votes[key]
		v.Live, v.Other = v.Live+old.Live, v.Other+old.Other
		s.votes[key] = v
	}
	return nil
}

// Sums implements [report.Store].
func (s *Store) Sums(ctx context.Context, q report.SumQuery) ([]report.Row, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	sums := map[string]*sum{}
	facts := slices.AppendSeq(slices.Clone(s.nobodys), maps.Values(s.facts))
	if q.Questions == nil && q.By != report.DimensionQuestion {
		facts = append(facts, s.trimmed...)
	}
	for _, f := range facts {
		if fits(f, q) {
			add(sums, q.By, f)
		}
	}
	var out []report.Row
	for _, one := range sums {
		row := one.row
		row.People = one.people()
		if row.People >= q.People && (q.Order == "" || q.Order.Of(row.Counts) > 0) {
			out = append(out, row)
		}
	}
	slices.SortFunc(out, func(a, b report.Row) int {
		if q.Order != "" {
			if n := cmp.Compare(q.Order.Of(b.Counts), q.Order.Of(a.Counts)); n != 0 {
				return n
			}
		}
		return strings.Compare(a.Key, b.Key)
	})
	if q.Limit > 0 {
		out = out[:min(len(out), q.Limit)]
	}
	return out, ctx.Err()
}

// A sum is a row with who is behind it.
type sum struct {
	row      report.Row
	persons  map[string]bool
	visitors map[string]map[string]bool // by day
}

func add(sums map[string]*sum, by report.Dimension, f report.Fact) {
	key := keyOf(by, f)
	one, ok := sums[key]
	if !ok {
		one = &sum{row: report.Row{Key: key}, persons: map[string]bool{}, visitors: map[string]map[string]bool{}}
		sums[key] = one
	}
	one.row.Counts = one.row.Plus(f.Counts)
	if by == report.DimensionQuestion {
		one.row.Text = max(one.row.Text, f.Text)
	}
	switch {
	case f.Person != "":
		one.persons[f.Person] = true
	case f.Visitor != "":
		if one.visitors[f.Day] == nil {
			one.visitors[f.Day] = map[string]bool{}
		}
		one.visitors[f.Day][f.Visitor] = true
	}
}

func (s *sum) people() int {
	most := 0
	for _, day := range s.visitors {
		most = max(most, len(day))
	}
	return len(s.persons) + most
}

func keyOf(by report.Dimension, f report.Fact) string {
	switch by {
	case report.DimensionQuestion:
		return f.Question.Key()
	case report.DimensionDay:
		return f.Day
	case report.DimensionBrand:
		return f.Brand
	case report.DimensionRole:
		return f.Role
	case report.DimensionLanguage:
		return f.Question.Locale
	case report.DimensionChannel:
		return f.Channel
	}
	return ""
}

func fits(f report.Fact, q report.SumQuery) bool {
	is := func(want, has string) bool { return want == "" || want == has }
	return (q.Questions == nil || slices.Contains(q.Questions, f.Question)) && f.Day >= q.From && (q.Until == "" || f.Day <= q.Until) &&
		is(q.Brand, f.Brand) && is(q.Role, f.Role) && is(q.Language, f.Question.Locale) && is(q.Channel, f.Channel)
}

// Trim implements [report.Store].
func (s *Store) Trim(ctx context.Context, day string, most int) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	times := map[report.Query]int{}
	for _, f := range slices.AppendSeq(slices.Clone(s.nobodys), maps.Values(s.facts)) {
		if f.Day == day {
			times[f.Question] += f.Searches
		}
	}
	list := slices.SortedFunc(maps.Keys(times), func(a, b report.Query) int {
		return cmp.Or(times[b]-times[a], strings.Compare(a.Locale, b.Locale), strings.Compare(a.Text, b.Text))
	})
	rare := func(f report.Fact) bool {
		if f.Day != day || !slices.Contains(list[min(most, len(list)):], f.Question) {
			return false
		}
		s.trimmed = append(s.trimmed, f)
		return true
	}
	maps.DeleteFunc(s.facts, func(_ asked, f report.Fact) bool { return rare(f) })
	s.nobodys = slices.DeleteFunc(s.nobodys, rare)
	return nil
}

// Prune implements [report.Store].
func (s *Store) Prune(ctx context.Context, day string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	old := func(f report.Fact) bool { return f.Day < day }
	maps.DeleteFunc(s.facts, func(_ asked, f report.Fact) bool { return old(f) })
	s.nobodys, s.trimmed = slices.DeleteFunc(s.nobodys, old), slices.DeleteFunc(s.trimmed, old)
	return nil
}

// SaveMark implements [report.Store].
func (s *Store) SaveMark(ctx context.Context, m report.Mark) error {
	if err := cmp.Or(ctx.Err(), check(m.Question.Locale, m.Question.Text, string(m.State), string(m.Deed), m.Reason, m.By)); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.marks == nil {
		s.marks = map[report.Query]report.Mark{}
	}
	if s.marks[m.Question].Version != m.Version-1 {
		return report.ErrConflict
	}
	m.At = stored(m.At)
	s.marks[m.Question] = m
	return nil
}

// Marks implements [report.Store].
func (s *Store) Marks(ctx context.Context) ([]report.Mark, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	out := slices.SortedFunc(maps.Values(s.marks), func(a, b report.Mark) int {
		return cmp.Or(b.At.Compare(a.At), strings.Compare(a.Question.Locale, b.Question.Locale), strings.Compare(a.Question.Text, b.Question.Text))
	})
	return out, ctx.Err()
}

// Ballot implements [report.Store].
func (s *Store) Ballot(ctx context.Context, trial string) (b report.Ballot, err error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for key, v := range s.votes {
		switch {
		case key.trial != trial:
		case v.Live > v.Other:
			b.Live++
		case v.Live < v.Other:
			b.Other++
		default:
			b.Even++
		}
	}
	return b, ctx.Err()
}

// Facts implements [report.Store].
func (s *Store) Facts(ctx context.Context, person string) ([]report.Fact, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var out []report.Fact
	for key, f := range s.facts {
		if person != "" && key.person == person {
			f.Text, f.Counts = "", report.Counts{}
			out = append(out, f)
		}
	}
	slices.SortFunc(out, func(a, b report.Fact) int {
		return cmp.Or(strings.Compare(a.Day, b.Day), strings.Compare(a.Question.Locale, b.Question.Locale), strings.Compare(a.Question.Text, b.Question.Text))
	})
	return out, ctx.Err()
}

// Votes implements [report.Store].
func (s *Store) Votes(ctx context.Context, person string) ([]report.Vote, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var out []report.Vote
	for key, v := range s.votes {
		if person != "" && key.person == person {
			out = append(out, v)
		}
	}
	slices.SortFunc(out, func(a, b report.Vote) int { return strings.Compare(a.Trial, b.Trial) })
	return out, ctx.Err()
}

// Forget implements [report.Store].
func (s *Store) Forget(ctx context.Context, person, pseudonym string) (removed, renamed int, err error) {
	if err := cmp.Or(ctx.Err(), check(person, pseudonym)); err != nil {
		return 0, 0, err
	}
	if person == "" {
		return 0, 0, report.ErrInvalid
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for key, f := range s.facts {
		if key.person == person {
			delete(s.facts, key)
			f.Person = ""
			s.nobodys = append(s.nobodys, f)
			removed++
		}
	}
	for i := range s.trimmed {
		if s.trimmed[i].Person == person {
			s.trimmed[i].Person = ""
			removed++
		}
	}
	for key := range s.votes {
		if key.person == person {
			delete(s.votes, key)
			removed++
		}
	}
	for key, m := range s.marks {
		if m.By == person {
			m.By = pseudonym
			s.marks[key] = m
			renamed++
		}
	}
	return removed, renamed, nil
}

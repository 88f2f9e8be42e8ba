package reporttest_test

import (
	"context"
	"testing"
	"time"

	"github.com/stoa-go/stoa/internal/suitetest"
	"github.com/stoa-go/stoa/search/report"
	"github.com/stoa-go/stoa/search/report/memreport"
	"github.com/stoa-go/stoa/search/report/reporttest"
)

// A twin is a good store with a fault: a function that is set takes the place of
// the method.
type twin struct {
	report.Store

	add    func(s report.Store, from, until time.Time, facts []report.Fact, votes []report.Vote) error
	query  func(q *report.SumQuery)
	rows   func(q report.SumQuery, rows []report.Row) []report.Row
	trim   func(s report.Store, day string, most int) error
	mark   func(s report.Store, m report.Mark) error
	ballot func(b *report.Ballot)
	forget func(s report.Store, person, pseudonym string) (int, int, error)
}

var background = context.Background()

func (w twin) Add(ctx context.Context, from, until time.Time, facts []report.Fact, votes []report.Vote) error {
	if w.add == nil || ctx.Err() != nil {
		return w.Store.Add(ctx, from, until, facts, votes)
	}
	return w.add(w.Store, from, until, facts, votes)
}

func (w twin) Sums(ctx context.Context, q report.SumQuery) ([]report.Row, error) {
	if w.query != nil {
		w.query(&q)
	}
	rows, err := w.Store.Sums(ctx, q)
	if w.rows != nil {
		rows = w.rows(q, rows)
	}
	return rows, err
}

func (w twin) Trim(ctx context.Context, day string, most int) error {
	if w.trim == nil || ctx.Err() != nil {
		return w.Store.Trim(ctx, day, most)
	}
	return w.trim(w.Store, day, most)
}

func (w twin) SaveMark(ctx context.Context, m report.Mark) error {
	if w.mark == nil || ctx.Err() != nil {
		return w.Store.SaveMark(ctx, m)
	}
	return w.mark(w.Store, m)
}

func (w twin) Ballot(ctx context.Context, trial string) (report.Ballot, error) {
	b, err := w.Store.Ballot(ctx, trial)
	if w.ballot != nil {
		w.ballot(&b)
	}
	return b, err
}

func (w twin) Forget(ctx context.Context, person, pseudonym string) (int, int, error) {
	if w.forget == nil || ctx.Err() != nil {
		return w.Store.Forget(ctx, person, pseudonym)
	}
	return w.forget(w.Store, person, pseudonym)
}

func TestGood(t *testing.T) {
	reporttest.TestStore(t, func(*testing.T) report.Store { return &memreport.Store{} })
}

func TestBroken(t *testing.T) {
	suitetest.Catches(t, map[string]twin{
		"adds from any time": {add: func(s report.Store, _, until time.Time, facts []report.Fact, votes []report.Vote) error {
			from, _ := s.Progress(background)
			return s.Add(background, from, until, facts, votes)
		}},
		"counts everybody again": {add: func(s report.Store, from, until time.Time, facts []report.Fact, votes []report.Vote) error {
			for i := range facts {
				facts[i].Visitor += from.Format(time.RFC3339)
			}
			return s.Add(background, from, until, facts, votes)
		}},
		"forgets votes": {add: func(s report.Store, from, until time.Time, facts []report.Fact, _ []report.Vote) error {
			return s.Add(background, from, until, facts, nil)
		}},
		"keeps no roles": {add: func(s report.Store, from, until time.Time, facts []report.Fact, votes []report.Vote) error {
			for i := range facts {
				facts[i].Role = ""
			}
			return s.Add(background, from, until, facts, votes)
		}},
		"tells of few":           {query: func(q *report.SumQuery) { q.People = 0 }},
		"knows no brands":        {query: func(q *report.SumQuery) { q.Brand = "" }},
		"knows no channels":      {query: func(q *report.SumQuery) { q.Channel = "" }},
		"knows no languages":     {query: func(q *report.SumQuery) { q.Language = "" }},
		"looks at all days":      {query: func(q *report.SumQuery) { q.From, q.Until = "", "" }},
		"has one order":          {query: func(q *report.SumQuery) { q.Order = "" }},
		"has no end":             {query: func(q *report.SumQuery) { q.Limit = 0 }},
		"looks at all questions": {query: func(q *report.SumQuery) { q.Questions = nil }},
		"counts visitors by days": {rows: func(q report.SumQuery, rows []report.Row) []report.Row {
			for i := range rows {
				rows[i].People = rows[i].Searches
			}
			return rows
		}},
		"loses the text": {rows: func(_ report.SumQuery, rows []report.Row) []report.Row {
			for i := range rows {
				rows[i].Text = ""
			}
			return rows
		}},
		"trims nothing":     {trim: func(report.Store, string, int) error { return nil }},
		"trims one too few": {trim: func(s report.Store, day string, most int) error { return s.Trim(background, day, most+1) }},
		"prunes for trimming": {trim: func(s report.Store, day string, most int) error {
			_ = s.Trim(background, day, most)
			return s.Prune(background, day+"x")
		}},
		"marks over others": {mark: func(s report.Store, m report.Mark) error {
			all, _ := s.Marks(background)
			m.Version = 1
			for _, old := range all {
				if old.Question == m.Question {
					m.Version = old.Version + 1
				}
			}
			return s.SaveMark(background, m)
		}},
		"forgets reasons": {mark: func(s report.Store, m report.Mark) error {
			m.Reason = ""
			return s.SaveMark(background, m)
		}},
		"counts even votes": {ballot: func(b *report.Ballot) { b.Live, b.Even = b.Live+b.Even, 0 }},
		"forgets nobody":    {forget: func(report.Store, string, string) (int, int, error) { return 4, 1, nil }},
		"keeps who decided": {forget: func(s report.Store, person, _ string) (int, int, error) { return s.Forget(background, person, person) }},
		"forgets anybody": {forget: func(s report.Store, person, to string) (int, int, error) {
			_, _, _ = s.Forget(background, "bob", to)
			return s.Forget(background, person, to)
		}},
	}, func(t *testing.T, broken twin) {
		reporttest.TestStore(t, func(*testing.T) report.Store {
			broken.Store = &memreport.Store{}
			return broken
		})
	})
}

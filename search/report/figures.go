package report

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/profile"
)

// A Filter selects searches. Empty fields select all.
type Filter struct {
	Days     int // how many, up to yesterday and what there is of today; 0 means 28, at most 366
	Brand    string
	Role     string // what somebody is on the portal, see search.PropRole
	Language string
	Channel  string
}

const (
	usualDays = 28
	mostDays  = 366
	mostRows  = 200 // that are listed
)

func (f Filter) days() int { return min(max(cmp.Or(f.Days, usualDays), 1), mostDays) }

// period returns the days that a filter selects: n of them, some periods ago.
func (r *Reporter) period(f Filter, ago int) (from, until string) {
	n := f.days()
	last := r.clock().AddDate(0, 0, -n*ago)
	return analytics.Day(last.AddDate(0, 0, 1-n)), analytics.Day(last)
}

// sums returns what a filter selects, summed up in some way.
func (r *Reporter) sums(ctx context.Context, f Filter, ago int, q SumQuery) ([]Row, error) {
	q.From, q.Until = r.period(f, ago)
	q.Brand, q.Role, q.Language, q.Channel = f.Brand, f.Role, f.Language, f.Channel
	return r.store.Sums(ctx, q)
}

// A Summary is how searches did together.
type Summary struct {
	Few    bool // fewer people searched than may be told of, and there is nothing else
	People int  // different ones who are certain to have searched
	Counts
	Before Counts    // in as many days before, nothing if that were too few people
	Days   []Row     // each day by its key, also those on which nothing happened
	Until  time.Time // what happened later is not counted yet
}

// Summary returns how searches did together, day by day and beside the time
// before. It needs permission search.tune, as all figures do.
func (r *Reporter) Summary(ctx context.Context, by profile.Actor, f Filter) (Summary, error) {
	if err := r.permit(by); err != nil {
		return Summary{}, err
	}
	out, err := r.summary(ctx, f)
	if err != nil {
		return Summary{}, fmt.Errorf("summary of searches: %w", err)
	}
	return out, nil
}

func (r *Reporter) summary(ctx context.Context, f Filter) (out Summary, err error) {
	if out.Until, err = r.store.Progress(ctx); err != nil {
		return out, err
	}
	all := SumQuery{People: r.opts.People}
	now, err := r.sums(ctx, f, 0, all)
	if err != nil {
		return out, err
	}
	before, err := r.sums(ctx, f, 1, all)
	if err != nil {
		return out, err
	}
	if len(before) > 0 {
		out.Before = before[0].Counts
	}
	if out.Few = len(now) == 0; out.Few {
		return out, nil
	}
	out.People, out.Counts = now[0].People, now[0].Counts
	days, err := r.sums(ctx, f, 0, SumQuery{By: DimensionDay})
	out.Days = r.everyDay(f, days)
	return out, err
}

// everyDay puts the days on which nothing happened between the others.
func (r *Reporter) everyDay(f Filter, rows []Row) []Row {
	from, until := r.period(f, 0)
	at, err := time.Parse(time.DateOnly, from)
	if err != nil {
		return rows
	}
	var out []Row
	for key := from; key <= until; key = analytics.Day(at) {
		if i, ok := slices.BinarySearchFunc(rows, key, func(row Row, key string) int { return cmp.Compare(row.Key, key) }); ok {
			out = append(out, rows[i])
		} else {
			out = append(out, Row{Key: key})
		}
		at = at.AddDate(0, 0, 1)
	}
	return out
}

// A Question is something that people searched for, with what came of it.
type Question struct {
	Query // folded: what names it

	Text   string // as somebody wrote it
	People int
	Counts
}

// Questions returns what enough people searched for, most of a measure first.
func (r *Reporter) Questions(ctx context.Context, by profile.Actor, f Filter, m Measure, limit int) ([]Question, error) {
	if err := r.permit(by); err != nil {
		return nil, err
	}
	m = cmp.Or(m, MeasureSearches)
	if !slices.Contains(Measures(), m) {
		return nil, errs.Field("measure", "error.field.choice", map[string]any{"choices": ""})
	}
	rows, err := r.sums(ctx, f, 0, SumQuery{By: DimensionQuestion, Order: m, People: r.opts.People, Limit: min(max(limit, 1), mostRows)})
	if err != nil {
		return nil, fmt.Errorf("questions: %w", err)
	}
	return questionsOf(rows), nil
}

// Asked returns those of some questions that enough people asked, by their key.
func (r *Reporter) Asked(ctx context.Context, by profile.Actor, f Filter, questions ...Query) (map[string]Question, error) {
	if err := r.permit(by); err != nil {
		return nil, err
	}
	folded := make([]Query, len(questions))
	for i, q := range questions {
		folded[i] = q.Folded()
	}
	rows, err := r.sums(ctx, f, 0, SumQuery{By: DimensionQuestion, Questions: folded, People: r.opts.People})
	if err != nil {
		return nil, fmt.Errorf("questions: %w", err)
	}
	out := map[string]Question{}
	for _, one := range questionsOf(rows) {
		out[one.Key()] = one
	}
	return out, nil
}

func questionsOf(rows []Row) (out []Question) {
	for _, row := range rows {
		out = append(out, Question{QueryOf(row.Key), row.Text, row.People, row.Counts})
	}
	return out
}

// Dimensions returns what figures can be told apart by, in the order in which
// they are offered.
func Dimensions() []Dimension {
	return []Dimension{DimensionLanguage, DimensionRole, DimensionBrand, DimensionChannel}
}

// Breakdown returns figures by a dimension, those of most searches first. What
// too few people did is left out.
func (r *Reporter) Breakdown(ctx context.Context, by profile.Actor, f Filter, d Dimension) ([]Row, error) {
	if err := r.permit(by); err != nil {
		return nil, err
	}
	if !slices.Contains(Dimensions(), d) {
		return nil, errs.Field("by", "error.field.choice", map[string]any{"choices": ""})
	}
	rows, err := r.sums(ctx, f, 0, SumQuery{By: d, Order: MeasureSearches, People: r.opts.People, Limit: mostRows})
	if err != nil {
		return nil, fmt.Errorf("breakdown: %w", err)
	}
	return rows, nil
}

// Trend returns how one question did day by day, if enough people asked it.
func (r *Reporter) Trend(ctx context.Context, by profile.Actor, q Query, f Filter) ([]Row, error) {
	if err := r.permit(by); err != nil {
		return nil, err
	}
	enough, err := r.sums(ctx, f, 0, SumQuery{By: DimensionQuestion, Questions: []Query{q.Folded()}, People: r.opts.People})
	if err == nil && len(enough) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("trend of a question: %w", err)
	}
	rows, err := r.sums(ctx, f, 0, SumQuery{By: DimensionDay, Questions: []Query{q.Folded()}})
	if err != nil {
		return nil, fmt.Errorf("trend of a question: %w", err)
	}
	return r.everyDay(f, rows), nil
}

// Ballot returns how the people of a trial of two rankings decided.
func (r *Reporter) Ballot(ctx context.Context, by profile.Actor, trial string) (Ballot, error) {
	if err := r.permit(by); err != nil {
		return Ballot{}, err
	}
	return r.store.Ballot(ctx, trial)
}

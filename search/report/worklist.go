package report

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/profile"
)

// A Reason says why a question is in the worklist.
type Reason string

// The reasons.
const (
	ReasonCase      Reason = "case"      // people ask others for help
	ReasonEmpty     Reason = "empty"     // there is no result
	ReasonUnclicked Reason = "unclicked" // no result is followed
	ReasonRefined   Reason = "refined"   // people search for something else right after
	ReasonLow       Reason = "low"       // what is followed stands far down
)

// Reasons returns the reasons in the order in which they are offered.
func Reasons() []Reason {
	return []Reason{ReasonCase, ReasonEmpty, ReasonUnclicked, ReasonRefined, ReasonLow}
}

// lowRank is the mean place from which results are said to be in a bad order.
const lowRank = 3.5

// Reasons says why a question fails: one that fails now and then does not.
func (c Counts) Reasons() (out []Reason) {
	for _, r := range []struct {
		reason Reason
		is     bool
	}{
		{ReasonCase, c.Cases > 0 && 5*c.Cases >= c.Searches},
		{ReasonEmpty, c.Empty > 0 && 2*c.Empty >= c.Searches},
		{ReasonUnclicked, c.Unclicked > c.Empty && 2*c.Unclicked >= c.Searches},
		{ReasonRefined, c.Refined > 0 && 2*c.Refined >= c.Searches},
		{ReasonLow, 2*c.Followed >= c.Searches && c.Rank() >= lowRank},
	} {
		if r.is {
			out = append(out, r.reason)
		}
	}
	return out
}

// Failed is the share of searches that did not lead where people wanted, from 0
// to 1: nothing was followed, it stood far down, or people were asked.
func (c Counts) Failed() float64 {
	if c.Searches == 0 {
		return 0
	}
	failed := max(c.Searches-c.Followed, c.Cases, c.Empty)
	if c.Rank() >= lowRank {
		failed = max(failed, c.Searches-c.Top)
	}
	return float64(min(failed, c.Searches)) / float64(c.Searches)
}

// failures is how many searches failed.
func (c Counts) failures() int { return int(math.Round(c.Failed() * float64(c.Searches))) }

// A State is what somebody decided about a question.
type State string

// The states.
const (
	StateOpen      State = "open"
	StateDone      State = "done"
	StateDismissed State = "dismissed"
)

// States returns the states in the order in which they are offered.
func States() []State { return []State{StateOpen, StateDone, StateDismissed} }

// A Deed is what was done about a question.
type Deed string

// The deeds.
const (
	DeedSynonym Deed = "synonym" // words mean the same now
	DeedPin     Deed = "pin"     // a page stands first now
	DeedArticle Deed = "article" // there is something to find now
	DeedOther   Deed = "other"
)

// Deeds returns the deeds in the order in which they are offered.
func Deeds() []Deed { return []Deed{DeedSynonym, DeedPin, DeedArticle, DeedOther} }

// An Item is a question of the worklist.
type Item struct {
	Question
	Reasons []Reason
	Helped  int  // how many people would be helped
	Mark    Mark // what was decided, the zero value if nothing was
	Back    Back // why it is open whatever was decided
	Effect  *Effect
}

// A Back is why a question is open again.
type Back string

// Why a question is.
const (
	BackAgain  Back = "again"  // it was done, and fails again: what is counted is what happened since
	BackGrown  Back = "grown"  // it was dismissed, and many more people ask since
	BackLapsed Back = "lapsed" // it was dismissed, as long ago as that holds
)

// State returns what a question is listed as.
func (i Item) State() State {
	if i.Mark.State == "" || i.Back != "" {
		return StateOpen
	}
	return i.Mark.State
}

// An Effect is how a question did before and after something was done.
type Effect struct {
	Before, After Counts
	Days          []Row // from before to now
}

// A WorkQuery selects items.
type WorkQuery struct {
	Filter

	Reason Reason // only for this reason
	State  State  // empty means open
	Limit  int    // 0 means 50
}

const (
	usualItems = 50
	mostMarks  = 50 // decisions whose effect is shown
)

func (q WorkQuery) check() error {
	f := errs.Fields{}
	if q.Reason != "" && !slices.Contains(Reasons(), q.Reason) {
		f.Add("reason", "error.field.choice", map[string]any{"choices": ""})
	}
	if q.State != "" && !slices.Contains(States(), q.State) {
		f.Add("state", "error.field.choice", map[string]any{"choices": ""})
	}
	return f.Err()
}

// Worklist returns what could be done, what would help most people first: also what
// was done and fails again, and what was dismissed long ago or when far fewer asked. What
// was decided comes with its latest first, and what was done with its effect.
func (r *Reporter) Worklist(ctx context.Context, by profile.Actor, q WorkQuery) ([]Item, error) {
	if err := cmp.Or(r.permit(by), q.check()); err != nil {
		return nil, err
	}
	marks, err := r.store.Marks(ctx)
	if err != nil {
		return nil, fmt.Errorf("worklist: %w", err)
	}
	var out []Item
	if cmp.Or(q.State, StateOpen) == StateOpen {
		out, err = r.open(ctx, q, marks)
	} else {
		out, err = r.decided(ctx, q, marks)
	}
	if err != nil {
		return nil, fmt.Errorf("worklist: %w", err)
	}
	return out[:min(len(out), min(cmp.Or(max(q.Limit, 0), usualItems), mostRows))], nil
}

// open returns what fails and is not decided.
func (r *Reporter) open(ctx context.Context, q WorkQuery, marks []Mark) ([]Item, error) {
	known := map[Query]Mark{}
	for _, m := range marks {
		known[m.Question] = m
	}
	list, err := r.failing(ctx, q.Filter)
	var out []Item
	for _, one := range list {
		item, err := r.returned(ctx, q.Filter, itemOf(one.Question, known[one.Query]))
		if err != nil {
			return nil, err
		}
		if item.fits(q) && item.State() == StateOpen {
			out = append(out, item)
		}
	}
	slices.SortStableFunc(out, byHelp)
	return out, err
}

// returned says why a question that was decided is open again, if it is. The day
// on which something was done says nothing of what that did.
func (r *Reporter) returned(ctx context.Context, f Filter, item Item) (Item, error) {
	m := item.Mark
	switch {
	case m.State == StateDismissed && item.People >= 2*m.People && item.People > m.People:
		item.Back = BackGrown
	case m.State == StateDismissed && r.clock().Sub(m.At) >= r.opts.Dismissed:
		item.Back = BackLapsed
	case m.State == StateDone:
		rows, err := r.store.Sums(ctx, SumQuery{
			By: DimensionQuestion, Questions: []Query{m.Question}, From: analytics.Day(m.At.AddDate(0, 0, 1)), People: r.opts.People,
			Brand: f.Brand, Role: f.Role, Language: f.Language, Channel: f.Channel,
		})
		if err != nil || len(rows) == 0 {
			return item, err
		}
		if since := itemOf(questionsOf(rows)[0], m); len(since.Reasons) > 0 {
			since.Back = BackAgain
			return since, nil
		}
	}
	return item, nil
}

// Failing returns the questions that fail, what would help most people first,
// whatever was decided about them.
func (r *Reporter) Failing(ctx context.Context, by profile.Actor, f Filter) ([]Item, error) {
	if err := r.permit(by); err != nil {
		return nil, err
	}
	list, err := r.failing(ctx, f)
	if err != nil {
		return nil, fmt.Errorf("questions that fail: %w", err)
	}
	return list, nil
}

// failing asks for a list of each way of failing, as what is asked most need not
// be what fails most.
func (r *Reporter) failing(ctx context.Context, f Filter) ([]Item, error) {
	seen := map[Query]bool{}
	var out []Item
	for _, m := range []Measure{MeasureCases, MeasureEmpty, MeasureUnclicked, MeasureRefined, MeasureRank} {
		rows, err := r.sums(ctx, f, 0, SumQuery{By: DimensionQuestion, Order: m, People: r.opts.People, Limit: mostRows})
		if err != nil {
			return nil, err
		}
		for _, one := range questionsOf(rows) {
			if item := itemOf(one, Mark{}); !seen[one.Query] && len(item.Reasons) > 0 {
				out = append(out, item)
			}
			seen[one.Query] = true
		}
	}
	slices.SortFunc(out, byHelp)
	return out, nil
}

// byHelp orders by how many people would be helped, most first.
func byHelp(a, b Item) int {
	return cmp.Or(b.Helped-a.Helped, b.failures()-a.failures(), strings.Compare(a.Key(), b.Key()))
}

func itemOf(one Question, m Mark) Item {
	return Item{Question: one, Reasons: one.Reasons(), Helped: int(math.Round(float64(one.People) * one.Failed())), Mark: m}
}

// fits reports whether there is a reason, and the one that is asked for.
func (i Item) fits(q WorkQuery) bool {
	return len(i.Reasons) > 0 && (q.Reason == "" || slices.Contains(i.Reasons, q.Reason))
}

func (r *Reporter) decided(ctx context.Context, q WorkQuery, marks []Mark) ([]Item, error) {
	var out []Item
	for _, m := range marks {
		if m.State != q.State || q.Language != "" && m.Question.Locale != q.Language || len(out) >= mostMarks {
			continue
		}
		rows, err := r.sums(ctx, q.Filter, 0, SumQuery{By: DimensionQuestion, Questions: []Query{m.Question}, People: r.opts.People})
		if err != nil {
			return nil, err
		}
		item := itemOf(Question{Query: m.Question, Text: m.Question.Text}, m)
		if len(rows) > 0 {
			item = itemOf(questionsOf(rows)[0], m)
		}
		if q.Reason != "" && !slices.Contains(item.Reasons, q.Reason) {
			continue
		}
		if m.State == StateDone {
			if item.Effect, err = r.effect(ctx, m); err != nil {
				return nil, err
			}
		}
		out = append(out, item)
	}
	return out, nil
}

// effectDays is how many days before and after something was done are compared.
const effectDays = 28

// effect compares the days before the one on which something was done with those
// after it. That day is neither.
func (r *Reporter) effect(ctx context.Context, m Mark) (*Effect, error) {
	last := m.At.AddDate(0, 0, effectDays)
	if now := r.clock(); last.After(now) {
		last = now
	}
	days := effectDays + 1 + int(last.Sub(m.At)/day)
	until, done := analytics.Day(last), analytics.Day(m.At)
	rows, err := r.store.Sums(ctx, SumQuery{By: DimensionDay, Questions: []Query{m.Question}, From: analytics.Day(m.At.AddDate(0, 0, -effectDays)), Until: until})
	if err != nil {
		return nil, err
	}
	e := &Effect{}
	for _, row := range rows {
		switch {
		case row.Key < done:
			e.Before = e.Before.Plus(row.Counts)
		case row.Key > done:
			e.After = e.After.Plus(row.Counts)
		}
	}
	for i := range days {
		key := analytics.Day(m.At.AddDate(0, 0, i-effectDays))
		row := Row{Key: key}
		if at := slices.IndexFunc(rows, func(r Row) bool { return r.Key == key }); at >= 0 {
			row = rows[at]
		}
		e.Days = append(e.Days, row)
	}
	return e, nil
}

// A Decision is what somebody says of a question.
type Decision struct {
	Question Query
	State    State
	Deed     Deed   // needed for what is done
	Reason   string // needed for what is dismissed
	Version  int    // of the mark that was seen, 0 if there was none
}

const maxReason = 500 // characters

func (d Decision) check() error {
	f := errs.Fields{}
	if !slices.Contains(States(), d.State) {
		f.Add("state", "error.field.choice", map[string]any{"choices": ""})
	}
	if d.State == StateDone && !slices.Contains(Deeds(), d.Deed) {
		f.Add("deed", "error.field.choice", map[string]any{"choices": ""})
	}
	if n := len([]rune(d.Reason)); n > maxReason {
		f.Add("reason", "error.search.tuning.long", map[string]any{"max": maxReason})
	} else if d.State == StateDismissed && strings.TrimSpace(d.Reason) == "" {
		f.Add("reason", "error.field.required", nil)
	}
	return f.Err()
}

// Decide keeps what somebody says of a question that enough people asked. The
// error matches [ErrInvalid] with an entry for each field, or [ErrConflict] if
// somebody else has decided in the meantime.
func (r *Reporter) Decide(ctx context.Context, by profile.Actor, d Decision) (Mark, error) {
	if err := cmp.Or(r.permit(by), d.check()); err != nil {
		return Mark{}, err
	}
	d.Question = d.Question.Folded()
	rows, err := r.sums(ctx, Filter{Days: mostDays}, 0, SumQuery{By: DimensionQuestion, Questions: []Query{d.Question}, People: r.opts.People})
	if err == nil && len(rows) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return Mark{}, fmt.Errorf("decide: %w", err)
	}
	recent, err := r.sums(ctx, Filter{}, 0, SumQuery{By: DimensionQuestion, Questions: []Query{d.Question}})
	if err != nil {
		return Mark{}, fmt.Errorf("decide: %w", err)
	}
	m := Mark{Question: d.Question, State: d.State, Reason: strings.TrimSpace(d.Reason), By: by.ID, At: r.clock(), People: rows[0].People, Version: d.Version + 1}
	if len(recent) > 0 {
		m.People = recent[0].People
	}
	if d.State == StateDone {
		m.Deed = d.Deed
	}
	if err := r.store.SaveMark(ctx, m); err != nil {
		return Mark{}, fmt.Errorf("decide: %w", err)
	}
	return m, nil
}

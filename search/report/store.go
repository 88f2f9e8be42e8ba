package report

import (
	"context"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
)

// The classes of errors, for [errors.Is].
var (
	ErrNotFound  = errs.NotFound
	ErrConflict  = errs.Conflict
	ErrForbidden = errs.Forbidden
	ErrInvalid   = errs.Invalid
)

// Counts are how often things happened.
type Counts struct {
	Searches  int
	Empty     int // of these, without a result
	Unclicked int // no result was followed
	Refined   int // something else was searched for right after, without following a result
	Exits     int // nothing came after in the visit
	Cases     int // people were asked for help afterwards
	Followed  int // some result was followed
	Ranks     int // sum of the first places that were followed
	Top       int // the first place that was followed was among the first three
}

// Plus returns the sums of two counts.
func (c Counts) Plus(o Counts) Counts {
	return Counts{
		c.Searches + o.Searches, c.Empty + o.Empty, c.Unclicked + o.Unclicked, c.Refined + o.Refined, c.Exits + o.Exits,
		c.Cases + o.Cases, c.Followed + o.Followed, c.Ranks + o.Ranks, c.Top + o.Top,
	}
}

// Rank is the mean place of what was followed first, 0 if nothing was.
func (c Counts) Rank() float64 {
	if c.Followed == 0 {
		return 0
	}
	return float64(c.Ranks) / float64(c.Followed)
}

// A Fact is what came of somebody's searches for one question on one day.
type Fact struct {
	Day      string // in UTC: "2026-03-01"
	Question Query  // folded
	Text     string // as it was written
	Brand    string
	Role     string
	Channel  string
	Person   string // ID of somebody who was signed in
	Visitor  string // pseudonym for a day, if there is no person

	Counts // each of one search
}

// A Vote is what somebody followed in a trial of two rankings.
type Vote struct {
	Trial           string
	Person, Visitor string
	Live, Other     int // hits that the live ranking and the other one had brought
}

// A Ballot is how the people of a trial decided, one vote each.
type Ballot struct {
	Live, Other int
	Even        int // people who followed as many of each
}

// A Dimension is what figures are told apart by.
type Dimension string

// The dimensions.
const (
	DimensionNone     Dimension = ""
	DimensionQuestion Dimension = "question"
	DimensionDay      Dimension = "day"
	DimensionBrand    Dimension = "brand"
	DimensionRole     Dimension = "role"
	DimensionLanguage Dimension = "language"
	DimensionChannel  Dimension = "channel"
)

// A Measure is what rows are ordered by.
type Measure string

// The measures.
const (
	MeasureSearches  Measure = "searches"
	MeasureEmpty     Measure = "empty"
	MeasureUnclicked Measure = "unclicked"
	MeasureRefined   Measure = "refined"
	MeasureExits     Measure = "exits"
	MeasureCases     Measure = "cases"
	MeasureRank      Measure = "rank" // mean place of what was followed
)

// Measures returns the measures in the order in which they are offered.
func Measures() []Measure {
	return []Measure{MeasureSearches, MeasureEmpty, MeasureUnclicked, MeasureRefined, MeasureExits, MeasureCases, MeasureRank}
}

// Of returns what a measure says of counts.
func (m Measure) Of(c Counts) float64 {
	switch m {
	case MeasureEmpty:
		return float64(c.Empty)
	case MeasureUnclicked:
		return float64(c.Unclicked)
	case MeasureRefined:
		return float64(c.Refined)
	case MeasureExits:
		return float64(c.Exits)
	case MeasureCases:
		return float64(c.Cases)
	case MeasureRank:
		return c.Rank()
	}
	return float64(c.Searches)
}

// A SumQuery selects facts and says how they are summed up. Empty fields of the
// filter select all.
type SumQuery struct {
	By          Dimension
	Questions   []Query // only these; nil means all together
	From, Until string  // days, both included; empty means from the first, or to the last

	Brand, Role, Language, Channel string

	Order  Measure // rows that have none of it are left out; empty means by key
	People int     // rows of fewer people are left out
	Limit  int     // 0 means no limit
}

// A Row is a sum.
type Row struct {
	Key    string // value of the dimension, of a question its folded key
	Text   string // of a question, as somebody wrote it
	People int    // different ones who are certain to be behind it
	Counts
}

// A Mark is what somebody decided about a question in the worklist.
type Mark struct {
	Question Query // folded
	State    State
	Deed     Deed   // what was done
	Reason   string // in words
	By       string
	At       time.Time
	People   int // how many it was about then
	Version  int // from 1
}

// A Store keeps figures and decisions. It knows no rules.
//
// Implementations must be safe for concurrent use, do each call whole or not at
// all, order by bytes, keep times in UTC to the microsecond, refuse text with NUL
// or broken UTF-8 as ErrInvalid when it is to be written and find nothing by it,
// and pass the suite in package reporttest.
type Store interface {
	// Progress returns until when facts were added, or the zero time.
	Progress(ctx context.Context) (time.Time, error)

	// Add adds facts and votes, and moves the progress from one time on to
	// another. It is ErrConflict, and nothing is added, if the progress is not
	// what from says. A person or visitor whose fact for the same question and
	// day is there already adds nothing more.
	Add(ctx context.Context, from, until time.Time, facts []Fact, votes []Vote) error

	// Sums returns sums of facts, each with how many different people are
	// certain to be behind it: the persons, and the visitors of the day that had
	// most of them. Ties are ordered by key.
	Sums(ctx context.Context, q SumQuery) ([]Row, error)

	// Trim forgets the questions of a day that were asked least, beyond most of
	// them. Sums over all questions stay.
	Trim(ctx context.Context, day string, most int) error

	// Prune removes the facts of days before one.
	Prune(ctx context.Context, day string) error

	// SaveMark stores a mark in the place of the one of the version before. It
	// is ErrConflict if there is another one.
	SaveMark(ctx context.Context, m Mark) error

	// Marks returns all marks, the latest first, ties by question.
	Marks(ctx context.Context) ([]Mark, error)

	// Ballot counts the votes of a trial.
	Ballot(ctx context.Context, trial string) (Ballot, error)

	// Facts returns the questions that a person asked, by day and question,
	// without their counts.
	Facts(ctx context.Context, person string) ([]Fact, error)

	// Votes returns what a person followed in trials, by trial.
	Votes(ctx context.Context, person string) ([]Vote, error)

	// Forget removes who asked and who voted, and puts a pseudonym in the place
	// of who decided. It returns how many records are gone and how many changed.
	Forget(ctx context.Context, person, pseudonym string) (removed, renamed int, err error)
}

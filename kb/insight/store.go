package insight

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
	Views  int // an article was read
	Clicks int // it was found by a search and followed
	Shown  int // a search showed it among the first
	Cases  int // somebody asked people for help afterwards
}

func (c *Counts) add(o Counts) {
	c.Views, c.Clicks, c.Shown, c.Cases = c.Views+o.Views, c.Clicks+o.Clicks, c.Shown+o.Shown, c.Cases+o.Cases
}

// Plus returns the sums of two counts.
func (c Counts) Plus(o Counts) Counts {
	c.add(o)
	return c
}

// A Series is what is counted.
type Series string

// The series.
const (
	SeriesAll      Series = "all"     // everything together: Subject is empty
	SeriesArticles Series = "article" // Subject is the article's ID
	SeriesLeads    Series = "lead"    // Subject is an article's ID, Detail the key of a query that showed it, folded
)

// A Row is the counts of a day.
type Row struct {
	Series  Series
	Subject string
	Detail  string
	Day     string // in UTC: "2026-03-01"; empty in sums
	Counts
}

// A Store keeps counts and what was made of them. It knows no rules.
//
// Implementations must be safe for concurrent use, do each call whole or not at
// all, order by bytes, keep times in UTC to the microsecond, refuse text with NUL
// or broken UTF-8 as ErrInvalid, and pass the suite in package insighttest.
type Store interface {
	// Progress returns until when something has been done, or the zero time.
	Progress(ctx context.Context, name string) (time.Time, error)

	// Count adds rows, and moves the progress of name from one time on to another. It is ErrConflict, and nothing is added, if the progress is
	// not what from says: so nothing is counted twice.
	Count(ctx context.Context, name string, from, until time.Time, rows []Row) error

	// Sums returns the sums over days of the rows that q selects, by subject and
	// detail, and a token for the next page, empty on the last.
	Sums(ctx context.Context, q SumQuery) (page []Row, next string, err error)

	// Days returns the rows of one subject by day, those of all details together.
	Days(ctx context.Context, series Series, subject, from, until string) ([]Row, error)

	// SaveItems stores items, in the place of those with the same kind and ID.
	SaveItems(ctx context.Context, items ...Item) error

	// Items returns the items that q selects, the highest rank first, ties by ID,
	// and a token for the next page, empty on the last.
	Items(ctx context.Context, q ItemQuery) (page []Item, next string, err error)

	// DropItems removes the items of a kind that were made before a time, and
	// returns how many there were.
	DropItems(ctx context.Context, kind string, before time.Time) (int, error)

	// Prune removes the counts of days before one, and returns how many there
	// were.
	Prune(ctx context.Context, day string) (int, error)

	// ItemsBy returns the items that a person made a decision on, by kind and ID.
	ItemsBy(ctx context.Context, person string) ([]Item, error)

	// ForgetPerson puts a pseudonym in the place of whose something is and of who
	// decided. It returns how many records changed.
	ForgetPerson(ctx context.Context, person, pseudonym string) (renamed int, err error)
}

// A SumQuery selects rows.
type SumQuery struct {
	Series   Series
	Subjects []string // only these; nil means all
	From     string   // first day; empty means from the first
	Until    string   // last day, itself included; empty means to the last
	After    string   // page token from an earlier call
	Limit    int      // 0 means 100
}

// An Item is something that was made of counts, such as an article in a worklist.
type Item struct {
	Kind     string
	ID       string
	Rank     int      // the higher, the sooner it is listed
	Owner    string   // whose it is, if it is somebody's
	Category string   //
	Type     string   //
	Locale   string   //
	Labels   []string // what lists can be filtered by besides, sorted
	State    string   // what was decided
	By       string   // who decided
	Body     []byte   // JSON
	At       time.Time
}

// An ItemQuery selects items. Empty fields select all.
type ItemQuery struct {
	Kind     string
	IDs      []string // only these; nil means all
	Owner    string
	Category []string // in any of these; nil means in any
	Type     string
	Locale   string
	Labels   []string // with all of these
	States   []string // in any of these; nil means in any
	After    string   // page token from an earlier call
	Limit    int      // 0 means 50
}

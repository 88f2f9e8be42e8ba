package profile

import (
	"context"
	"maps"
	"time"
)

// A ShelfItem is something that somebody put aside to come back to: a
// favourite, a search, an article that was viewed, a topic that is followed.
type ShelfItem struct {
	Person string            // whose it is; set by the Directory
	List   string            // which of their lists it is on
	Ref    string            // what it is, as "kind/id": "article/42", "search/printer offline"
	Title  string            // what to call it
	Level  string            // how closely it is followed, one of the list's Levels
	Data   map[string]string // anything else, small: the filters of a search
	At     time.Time         // set by the Directory
}

// Clone returns a copy that shares no map with i.
func (i ShelfItem) Clone() ShelfItem {
	i.Data = maps.Clone(i.Data)
	return i
}

// A List is the rule of one list that everybody has.
type List struct {
	Name   string   // lower-case letters, digits and _.-
	Most   int      // how many items it holds
	Viewed bool     // fills itself: what comes again moves to the front, and the oldest make room
	Levels []string // how closely one may follow, the first is meant if none is said; nil means that there are none
}

// The lists of [DefaultLists].
const (
	ListFavourites = "favourites"
	ListSearches   = "searches"
	ListViewed     = "viewed"
	ListFollows    = "follows"
)

// The levels at which things are followed.
const (
	LevelAll       = "all"       // every change
	LevelImportant = "important" // what most want to know
	LevelNone      = "none"      // nothing, whatever else would have them told
)

// DefaultLists returns the lists that the library suggests.
func DefaultLists() []List {
	return []List{
		{Name: ListFavourites, Most: 500},
		{Name: ListSearches, Most: 100},
		{Name: ListViewed, Most: 50, Viewed: true},
		{Name: ListFollows, Most: 1000, Levels: []string{LevelAll, LevelImportant, LevelNone}},
	}
}

// A Follower is somebody who follows something.
type Follower struct {
	Person string
	Level  string
	Since  time.Time // when they began to
}

// A ShelfStore keeps what people put aside.
//
// Implementations
//
//   - must be safe for concurrent use and do each call whole or not at all;
//   - must keep every field, times as UTC to the microsecond, and may treat
//     empty maps as nil;
//   - must not share maps with their callers;
//   - must return ErrInvalid for text that is not UTF-8 or holds a NUL;
//   - must pass profiletest.TestShelfStore.
type ShelfStore interface {
	// PutItem keeps an item. One with the same Person, List and Ref is there once:
	// it gets the new Title, Level and Data and, if viewed is set, the later of
	// both times. A list holds at most most items: one more is ErrTooMany and
	// changes nothing, unless viewed is set; then those that come last in the
	// order of Items are forgotten.
	PutItem(ctx context.Context, item ShelfItem, most int, viewed bool) error

	// Items returns the items that match q, the newest first and then by list and
	// reference, and the position of the next page, empty on the last. A position
	// that it did not give out is ErrInvalid.
	Items(ctx context.Context, q ShelfQuery) (page []ShelfItem, next string, err error)

	// RemoveItems forgets the items that match q, whatever After and Limit say,
	// and returns how many. A q without a person is ErrInvalid.
	RemoveItems(ctx context.Context, q ShelfQuery) (n int, err error)

	// Followers returns who has a reference on a list with a level other than
	// "none", by person, and the position of the next page, as Items does.
	Followers(ctx context.Context, q FollowerQuery) (page []Follower, next string, err error)
}

// A ShelfQuery selects the items of one person that match every field that is
// set.
type ShelfQuery struct {
	Person string // set by the Directory
	List   string
	Ref    string
	After  string // the position or token from the page before
	Limit  int    // 0 means 50; a Directory allows 200
}

// A FollowerQuery selects those who have something on a list.
type FollowerQuery struct {
	List  string
	Ref   string
	After string // the position from the page before
	Limit int    // 0 means 50
}

// Titles knows what things are called and who may see them.
type Titles interface {
	// Titles returns the titles of those of the things that the actor may see now.
	Titles(ctx context.Context, by Actor, refs []string) (map[string]string, error)
}

// TitlesFunc is a function that is [Titles].
type TitlesFunc func(ctx context.Context, by Actor, refs []string) (map[string]string, error)

// Titles calls f.
func (f TitlesFunc) Titles(ctx context.Context, by Actor, refs []string) (map[string]string, error) {
	return f(ctx, by, refs)
}

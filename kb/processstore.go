package kb

import (
	"context"
	"time"
)

// A ProcessStore keeps reviews, plans and verifications.
type ProcessStore interface {
	// SaveReview stores r with plans that follow from it, all or nothing.
	// Version 1 is a new review: ErrConflict if its ID is taken or an open one
	// is about the same revision, ErrNotFound if there is no such article. Any
	// other must follow the stored version: ErrNotFound if there is none,
	// ErrConflict if it differs. The plans are stored as by SavePlan.
	SaveReview(ctx context.Context, r Review, plans ...Plan) error

	// Review returns the review with the given ID, or ErrNotFound.
	Review(ctx context.Context, id string) (Review, error)

	// Reviews returns the reviews that match q, newest first, and a token for
	// the next page, empty on the last.
	Reviews(ctx context.Context, q ReviewQuery) (page []Review, next string, err error)

	// SavePlan stores p. Version 1 is a new plan: ErrConflict if its ID is taken
	// or one for the same deed with the same text is waiting, ErrNotFound if
	// there is no such article. Any other must follow the stored version.
	SavePlan(ctx context.Context, p Plan) error

	// Plan returns the plan with the given ID, or ErrNotFound.
	Plan(ctx context.Context, id string) (Plan, error)

	// Plans returns the plans that match q by their time, and a token for the
	// next page, empty on the last.
	Plans(ctx context.Context, q PlanQuery) (page []Plan, next string, err error)

	// SaveVerification stores v; what readers see changes with it. Version 1 is
	// the first of an article: ErrNotFound if there is no such article. Any other
	// must follow the stored version.
	SaveVerification(ctx context.Context, v Verification) error

	// Verifications returns those of the given articles that there are, by
	// article.
	Verifications(ctx context.Context, articles []string) (map[string]Verification, error)

	// Expiring returns the verifications that match q by the time until which
	// they hold, and a token for the next page, empty on the last.
	Expiring(ctx context.Context, q ExpiryQuery) (page []Verification, next string, err error)
}

// A ReviewQuery selects reviews. Its zero value selects all of them.
type ReviewQuery struct {
	Article  string        // only of this article
	Locale   string        // only of the text in this language
	Revision int           // only of this revision; 0 means of any
	States   []ReviewState // only in these states; nil means in any
	Current  bool          // only of revisions that are the newest of their text
	For      string        // only those that this person is asked and has not decided on, or that are a pool's and not theirs
	By       string        // only those that this person asked for
	Since    time.Time     // only those changed at or after this time
	Scope    DeskScope     // only of articles in it
	After    string        // page token from an earlier call
	Limit    int           // 0 means 50
}

// A PlanQuery selects plans. Its zero value selects all of them.
type PlanQuery struct {
	Article string      // only with this article
	Locale  string      // only with the text in this language
	States  []PlanState // only in these states; nil means in any
	From    time.Time   // only those for this time or later
	Until   time.Time   // only those for before this time; zero means for any
	Scope   DeskScope   // only of articles in it
	After   string      // page token from an earlier call
	Limit   int         // 0 means 50
}

// An ExpiryQuery selects verifications that run out. Its zero value selects all
// that do some day.
type ExpiryQuery struct {
	From     time.Time // only those that hold until this time or longer
	Until    time.Time // only those that hold until before this time; zero means any
	RemindBy time.Time // only those of which somebody is to be reminded before this time; zero means all
	Standing bool      // only those that have not lapsed
	OwnedBy  string    // only those of articles that this person owns
	Scope    DeskScope // only of articles in it
	After    string    // page token from an earlier call
	Limit    int       // 0 means 50
}

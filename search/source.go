package search

import (
	"context"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/profile"
)

// Errors of this package, alone or wrapped.
var (
	ErrInvalid     = errs.Invalid     // a query, a page token or a tuning cannot be accepted
	ErrNotFound    = errs.NotFound    // there is no such version of the tuning
	ErrConflict    = errs.Conflict    // the tuning has changed since it was read
	ErrForbidden   = errs.Forbidden   // the actor may not do this
	ErrUnavailable = errs.Unavailable // the index cannot answer now
	ErrTooMany     = errs.TooMany     // too many searches at once
)

// A Source is a repository whose content is searched. It yields what changed
// after a cursor; each [Engine] keeps its own cursor in the index, in the same
// batch as the documents, so that a crash repeats work and loses none.
//
// Implementations must
//   - yield every change that was committed, at least once, in an order in which
//     the last one for a group is right;
//   - return a cursor that stays valid after a restart;
//   - return an error that matches [ErrRebuild] for a cursor they cannot go on
//     from, such as one from before a backup was restored;
//   - apply no rights: the Audience of each document says who may see it.
type Source interface {
	// Name identifies the source in cursors and results: "kb", "community".
	Name() string

	// Changes returns up to limit changes after the cursor, oldest first, and
	// the cursor to go on from. The empty cursor is the beginning of all there
	// is. No changes and the same cursor mean that the reader has caught up.
	Changes(ctx context.Context, after string, limit int) (changes []Change, next string, err error)

	// Wait returns when there may be something after the cursor, or when ctx
	// is done. Returning early is allowed.
	Wait(ctx context.Context, after string) error
}

// A Laggard is a [Source] that knows how far behind it must be read, for a
// metric: how long its oldest change has been waiting to become readable.
type Laggard interface {
	Stalled(ctx context.Context) (time.Duration, error)
}

// A Rechecker is a [Source] that can say what somebody may see at this moment.
// An [Engine] asks it about what it is about to show while the index may be
// behind: a change has been waiting for more than two seconds, the source cannot
// be read, is a [Laggard] that stalls, or nobody knows. Hits of a source without
// this are shown as the index has them.
type Rechecker interface {
	// Visible returns those of the groups that by may see now, in any order.
	// A group that there is no more, or never was, is not among them. It is
	// given at most 200 groups, each once. While it fails, nothing is shown.
	Visible(ctx context.Context, by profile.Actor, groups []string) (visible []string, err error)
}

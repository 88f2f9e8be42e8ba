package kb

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/profile"
)

// A FeedbackList selects what readers said.
type FeedbackList struct {
	Article string          // only of this article
	States  []FeedbackState // only in these states; nil means in any
	Kinds   []FeedbackKind  // only of these kinds; nil means of any
	Reason  Reason          // only for this reason
	Mine    bool            // only what the asker sees to
	After   string          // page token from an earlier call
	Limit   int             // 0 means 50
}

// ListFeedback returns what readers said, newest first, and a token for the next
// page. Who publishes sees all of it, others that of articles which they may
// read or work on.
func (l *Library) ListFeedback(ctx context.Context, by profile.Actor, list FeedbackList) ([]Feedback, string, error) {
	q, err := l.feedbackQuery(ctx, by, list.Article)
	if err != nil {
		return nil, "", fmt.Errorf("feedback: %w", err)
	}
	if err := list.check(); err != nil {
		return nil, "", fmt.Errorf("feedback: %w", err)
	}
	q.States, q.Kinds, q.Reason = list.States, list.Kinds, list.Reason
	if list.Mine {
		q.Assignee = by.ID
	}
	scope := list.scope()
	if q.After, err = l.tokens.Open(scope, list.After); err != nil {
		return nil, "", fmt.Errorf("feedback: %w", err)
	}
	q.Limit = clamp(list.Limit, 50, 200)
	page, next, err := l.store.Feedback(ctx, q)
	if err != nil {
		return nil, "", fmt.Errorf("feedback: %w", err)
	}
	return page, l.tokens.Seal(scope, next), nil
}

func (list FeedbackList) check() error {
	f := errs.Fields{}
	for _, s := range list.States {
		if !slices.Contains(FeedbackStates(), s) {
			f.Add("state", "error.field.choice", map[string]any{"choices": listed(FeedbackStates())})
		}
	}
	for _, k := range list.Kinds {
		if !slices.Contains([]FeedbackKind{FeedbackRating, FeedbackFlag, FeedbackEdit}, k) {
			f.Add("kind", "error.field.choice", map[string]any{"choices": listed([]FeedbackKind{FeedbackFlag, FeedbackEdit})})
		}
	}
	checkReason(f, list.Reason)
	return f.Err()
}

// scope names a list in its page tokens, so that a token serves no other.
func (list FeedbackList) scope() string {
	list.After, list.Limit = "", 0
	return fmt.Sprintf("feedback|%#v", list)
}

// FeedbackByID returns one thing that a reader said, to those whom
// [Library.ListFeedback] lists it to.
func (l *Library) FeedbackByID(ctx context.Context, by profile.Actor, id string) (Feedback, error) {
	f, err := l.oneFeedback(ctx, by, id)
	if err != nil {
		return Feedback{}, fmt.Errorf("feedback %s: %w", id, err)
	}
	return f, nil
}

func (l *Library) oneFeedback(ctx context.Context, by profile.Actor, id string) (Feedback, error) {
	q, err := l.feedbackQuery(ctx, by, "")
	if err != nil {
		return Feedback{}, err
	}
	if id == "" {
		return Feedback{}, ErrNotFound
	}
	q.ID, q.Limit = id, 1
	page, _, err := l.store.Feedback(ctx, q)
	if err == nil && len(page) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return Feedback{}, err
	}
	return page[0], nil
}

// A Handling is what somebody does about what a reader said.
type Handling struct {
	State      FeedbackState
	Assignee   string // who sees to it; empty means nobody, or whoever ends it
	Resolution string // what came of it; to dismiss something takes a reason
}

// HandleFeedback says how it stands with what a reader said. version is that of
// the feedback as it was read. The same again changes nothing. Who wanted to
// know is told when it is mended.
func (l *Library) HandleFeedback(ctx context.Context, by profile.Actor, id string, version int, h Handling) (Feedback, error) {
	f, err := l.handleFeedback(ctx, by, id, version, h)
	if err != nil {
		return Feedback{}, fmt.Errorf("handle feedback %s: %w", id, err)
	}
	return f, nil
}

func (l *Library) handleFeedback(ctx context.Context, by profile.Actor, id string, version int, h Handling) (Feedback, error) {
	old, err := l.oneFeedback(ctx, by, id)
	if err != nil {
		return Feedback{}, err
	}
	if !l.worksWithOthers(by) {
		return Feedback{}, ErrForbidden
	}
	h.Resolution = plainLines(h.Resolution)
	if h.Assignee == "" && h.State != FeedbackOpen {
		h.Assignee = by.ID
	}
	if err := l.checkHandling(ctx, old, h); err != nil {
		return Feedback{}, err
	}
	if old.State == h.State && old.Assignee == h.Assignee && old.Resolution == h.Resolution {
		return old, nil
	}
	if old.Version != version {
		return Feedback{}, errs.Changed()
	}
	f := old
	f.State, f.Assignee, f.Resolution, f.UpdatedAt, f.Version = h.State, h.Assignee, h.Resolution, l.clock(), version+1
	if err := l.store.SaveFeedback(ctx, f); errors.Is(err, ErrConflict) {
		return Feedback{}, errs.Changed()
	} else if err != nil {
		return Feedback{}, err
	}
	l.record(ctx, by, analytics.Event{Name: "feedback." + string(f.State), Subject: "article/" + f.Article, Locale: f.Locale})
	if err := l.tellOfMending(ctx, f); err != nil {
		l.log.ErrorContext(ctx, "reader not told", "feedback", f.ID, "err", err)
	}
	return f, nil
}

func (l *Library) checkHandling(ctx context.Context, old Feedback, h Handling) error {
	f := errs.Fields{}
	if !slices.Contains(FeedbackStates(), h.State) {
		f.Add("state", "error.field.choice", map[string]any{"choices": listed(FeedbackStates())})
	}
	if h.State == FeedbackDismissed && h.Resolution == "" {
		f.Add("resolution", "error.field.required", nil)
	}
	checkProse(f, "resolution", h.Resolution, MaxComment)
	if h.Assignee != "" && h.Assignee != old.Assignee {
		ok, err := l.mayHandle(ctx, old, h.Assignee)
		if err != nil {
			return err
		}
		if !ok {
			f.Add("assignee", "error.feedback.assignee", nil)
		}
	}
	return f.Err()
}

// mayHandle reports whether a person can see to what a reader said.
func (l *Library) mayHandle(ctx context.Context, f Feedback, person string) (bool, error) {
	if l.actor == nil {
		return clean(person) && !strings.ContainsAny(person, "\n\t"), nil
	}
	actor, err := l.actor(ctx, person)
	if err == nil && l.worksWithOthers(actor) {
		_, err = l.oneFeedback(ctx, actor, f.ID)
	} else if err == nil {
		err = ErrNotFound
	}
	if errors.Is(err, ErrNotFound) || errors.Is(err, ErrForbidden) {
		return false, nil
	}
	return err == nil, err
}

// tellOfMending tells a reader that something was done about what they said.
func (l *Library) tellOfMending(ctx context.Context, f Feedback) error {
	if f.State != FeedbackDone || !f.Tell || f.Person == "" {
		return nil
	}
	return l.tell(ctx, profile.Occurrence{
		Kind: NoticeMended, Subject: "article/" + f.Article, Key: f.ID, To: []string{f.Person}, By: f.Assignee, At: f.UpdatedAt,
		Data: map[string]string{"feedback": f.ID, "locale": f.Locale},
	})
}

// tellOfMended tells again of what was mended a short time ago, as
// [Library.tellOfRecent] does of reviews.
func (l *Library) tellOfMended(ctx context.Context) (err error) {
	if l.notify == nil {
		return nil
	}
	q := FeedbackQuery{States: []FeedbackState{FeedbackDone}, Since: l.clock().Add(-tellAgain), Limit: doneAtOnce}
	for {
		page, next, listErr := l.store.Feedback(ctx, q)
		if listErr != nil {
			return errors.Join(err, fmt.Errorf("feedback: %w", listErr))
		}
		for _, f := range page {
			err = errors.Join(err, l.tellOfMending(ctx, f))
		}
		if next == "" {
			return err
		}
		q.After = next
	}
}

// FeedbackFigures are what readers said of an article, counted.
type FeedbackFigures struct {
	Rating
	Reasons map[Reason]int // why it did not help, and what suggestions are about
}

// FeedbackFigures returns what readers said of those of the articles that by may
// read, counted: each reader's last rating as by [Library.Ratings], and every
// reason that was given.
func (l *Library) FeedbackFigures(ctx context.Context, by profile.Actor, ids []string) (map[string]FeedbackFigures, error) {
	ratings, err := l.Ratings(ctx, by, ids)
	if err != nil {
		return nil, err
	}
	entries, err := l.Entries(ctx, by, ids, "")
	if err != nil {
		return nil, fmt.Errorf("feedback figures: %w", err)
	}
	out := map[string]FeedbackFigures{}
	for chunk := range slices.Chunk(entries, maxEntries) {
		var known []string
		for _, e := range chunk {
			known = append(known, e.Article)
		}
		reasons, err := l.store.CountReasons(ctx, known)
		if err != nil {
			return nil, fmt.Errorf("feedback figures: %w", err)
		}
		for _, id := range known {
			if r, ok := ratings[id]; ok || len(reasons[id]) > 0 {
				out[id] = FeedbackFigures{r, reasons[id]}
			}
		}
	}
	return out, nil
}

package kb

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/idem"
	"github.com/stoa-go/stoa/profile"
)

// An Opinion is what a reader says of an article.
type Opinion struct {
	Article string
	Locale  string // language they read it in
	Helpful bool
	Reason  Reason // why not, or empty
	Comment string
	Key     string // idempotency key
}

// MaxComment is how long a reader's comment may be, in characters.
const MaxComment = 4000

// Rate keeps what a reader says of an article that they may read. The same
// opinion sent again with the same key is kept once.
func (l *Library) Rate(ctx context.Context, by profile.Actor, o Opinion) (Feedback, error) {
	a, _, err := l.visible(ctx, by, o.Article)
	if err != nil {
		return Feedback{}, fmt.Errorf("rate article %s: %w", o.Article, err)
	}
	if err := o.check(); err != nil {
		return Feedback{}, fmt.Errorf("rate article %s: %w", o.Article, err)
	}
	f := l.feedback(ctx, by, a, o)
	f, err = idem.Once(f.Input,
		func() (Feedback, error) { return f, l.store.AddFeedback(ctx, f) },
		func() (Feedback, string, error) { g, err := l.store.FeedbackByID(ctx, f.ID); return g, g.Input, err })
	if err != nil {
		return Feedback{}, fmt.Errorf("rate article %s: %w", o.Article, err)
	}
	l.record(ctx, by, analytics.Event{
		Name: "article.rated", Subject: "article/" + a.ID, Locale: f.Locale,
		Props: map[string]string{"helpful": fmt.Sprint(f.Helpful), "reason": string(f.Reason), "feedback": f.ID},
	})
	return f, nil
}

func (o Opinion) check() error {
	f := errs.Fields{}
	if o.Reason != "" && (o.Helpful || !slices.Contains(Reasons(), o.Reason)) {
		f.Add("reason", "error.field.unknown_choice", map[string]any{"choices": fmt.Sprint(Reasons())})
	}
	if utf8.RuneCountInString(o.Comment) > MaxComment {
		f.Add("comment", "error.field.too_long", map[string]any{"max": MaxComment})
	}
	if !clean(o.Comment) {
		f.Add("comment", "error.field.bad_text", nil)
	}
	if o.Key != "" && idem.CheckKey(o.Key) != nil {
		f.Add("key", "error.field.bad_text", nil)
	}
	return f.Err()
}

func (l *Library) feedback(ctx context.Context, by profile.Actor, a Article, o Opinion) Feedback {
	t, ok := a.In(o.Locale)
	if !ok || !t.Visible() {
		t, _ = a.In(l.choose(o.Locale, a.live()))
	}
	visitor := analytics.FromContext(ctx).Visitor
	who := by.ID
	if who == "" {
		who = visitor
	}
	return Feedback{
		ID: idem.ID("kb.rate", who, o.Key), Article: a.ID, Locale: t.Locale, Revision: t.Live, Helpful: o.Helpful,
		Reason: o.Reason, Comment: strings.TrimSpace(o.Comment), Person: by.ID, Visitor: visitor,
		Input: idem.Hash(o), At: l.clock(),
	}
}

// Feedback returns what readers said of an article (of any if id is empty),
// newest first, and a token for the next page.
func (l *Library) Feedback(ctx context.Context, by profile.Actor, id, after string, limit int) ([]Feedback, string, error) {
	if !l.policy.May(by, profile.PermissionFeedbackRead) {
		return nil, "", fmt.Errorf("feedback: %w", ErrForbidden)
	}
	scope := "feedback|" + id
	after, err := l.tokens.Open(scope, after)
	if err != nil {
		return nil, "", fmt.Errorf("feedback: %w", err)
	}
	page, next, err := l.store.Feedback(ctx, id, after, clamp(limit, 50, 200))
	if err != nil {
		return nil, "", fmt.Errorf("feedback: %w", err)
	}
	page, err = l.readable(ctx, by, page)
	return page, l.tokens.Seal(scope, next), err
}

// readable drops what was said of articles that by may not see at the desk.
func (l *Library) readable(ctx context.Context, by profile.Actor, page []Feedback) ([]Feedback, error) {
	f, err := l.categories(ctx)
	if err != nil {
		return nil, err
	}
	all, sight := l.policy.May(by, profile.PermissionContentPublish), by.Sight()
	kept := page[:0]
	for _, fb := range page {
		a, err := l.store.Article(ctx, fb.Article)
		if err != nil {
			return nil, err
		}
		if all || a.Owner == by.ID || sight.Admits(audienceOf(a, f)) {
			kept = append(kept, fb)
		}
	}
	return kept, nil
}

// Ratings returns how often each of the articles that by may read was found
// helpful and not.
func (l *Library) Ratings(ctx context.Context, by profile.Actor, ids []string) (map[string]Rating, error) {
	if !l.policy.May(by, profile.PermissionFeedbackRead) {
		return nil, fmt.Errorf("ratings: %w", ErrForbidden)
	}
	entries, err := l.Entries(ctx, by, ids, "")
	if err != nil {
		return nil, err
	}
	readable := make([]string, len(entries))
	for i, e := range entries {
		readable[i] = e.Article
	}
	return l.store.Ratings(ctx, readable)
}

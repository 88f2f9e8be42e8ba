package kb

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/idem"
	"github.com/stoa-go/stoa/internal/lru"
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
// opinion sent again with the same key is kept once, if the reader can be told
// from others: by signing in, or by the visitor or session that
// [analytics.NewContext] has put into ctx. Of readers who have not signed in, an
// article takes at most 300 opinions an hour; more are ErrTooMany.
func (l *Library) Rate(ctx context.Context, by profile.Actor, o Opinion) (Feedback, error) {
	a, _, err := l.visible(ctx, by, o.Article)
	if err != nil {
		return Feedback{}, fmt.Errorf("rate article %s: %w", o.Article, err)
	}
	if err := o.check(); err != nil {
		return Feedback{}, fmt.Errorf("rate article %s: %w", o.Article, err)
	}
	if by.Anonymous() && !l.unnamed.admit(a.ID, l.clock()) {
		return Feedback{}, fmt.Errorf("rate article %s: %w", o.Article, ErrTooMany)
	}
	f, err := l.say(ctx, by, l.feedback(ctx, by, a, o).opened(), analytics.Event{
		Name: "article.rated", Props: map[string]string{"helpful": strconv.FormatBool(o.Helpful), "reason": string(o.Reason)},
	})
	if err != nil {
		return Feedback{}, fmt.Errorf("rate article %s: %w", o.Article, err)
	}
	return f, nil
}

// say keeps what somebody said once, and records it.
func (l *Library) say(ctx context.Context, by profile.Actor, f Feedback, e analytics.Event) (Feedback, error) {
	f, err := idem.Once(f.Input,
		func() (Feedback, error) { return f, l.store.AddFeedback(ctx, f) },
		func() (Feedback, string, error) { g, err := l.store.FeedbackByID(ctx, f.ID); return g, g.Input, err })
	if err != nil {
		return Feedback{}, err
	}
	e.ID, e.Subject, e.Locale = f.ID, "article/"+f.Article, f.Locale
	l.record(ctx, by, e)
	f.Assignee, f.Resolution = "", "" // a retry may find it handled, which is for the desk
	return f, nil
}

// maxUnnamed is how many opinions of readers who have not signed in an article
// takes in an hour, on each instance.
const maxUnnamed = 300

// An hourly counts what came to each article in the current hour.
type hourly struct {
	mu     sync.Mutex
	counts *lru.Cache[string, hour]
}

type hour struct {
	began time.Time
	n     int
}

func newHourly() *hourly { return &hourly{counts: lru.New[string, hour](10_000)} }

// admit counts one more, and reports whether it is not one too many.
func (h *hourly) admit(id string, now time.Time) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	c, _ := h.counts.Load(id)
	if now.Sub(c.began) >= time.Hour {
		c = hour{began: now}
	}
	c.n++
	h.counts.Store(id, c)
	return c.n <= maxUnnamed
}

func (o Opinion) check() error {
	f := errs.Fields{}
	if o.Reason != "" && o.Helpful {
		f.Add("reason", "error.field.choice", map[string]any{"choices": listed(Reasons())})
	} else {
		checkReason(f, o.Reason)
	}
	checkProse(f, "comment", o.Comment, MaxComment)
	if err := f.Err(); err != nil || o.Key == "" {
		return err
	}
	return idem.CheckKey(o.Key)
}

func checkReason(f errs.Fields, r Reason) {
	if r != "" && !slices.Contains(Reasons(), r) {
		f.Add("reason", "error.field.choice", map[string]any{"choices": listed(Reasons())})
	}
}

func (l *Library) feedback(ctx context.Context, by profile.Actor, a Article, o Opinion) Feedback {
	t, ok := a.In(o.Locale)
	if !ok || !t.Visible() {
		t, _ = a.In(l.pick(o.Locale, a.live()))
	}
	return Feedback{
		ID: feedbackID(ctx, by, "kb.rate", o.Key), Article: a.ID, Locale: t.Locale, Revision: t.Live, Helpful: o.Helpful,
		Reason: o.Reason, Comment: strings.TrimSpace(o.Comment), Person: by.ID, Visitor: analytics.FromContext(ctx).Visitor,
		Input: idem.Hash(o), At: l.clock(),
	}
}

// feedbackID returns the ID that a reader's key stands for. Readers of whom
// nothing is known choose the same keys without meaning the same: they get a
// new ID each time.
func feedbackID(ctx context.Context, by profile.Actor, what, key string) string {
	c := analytics.FromContext(ctx)
	switch {
	case !by.Anonymous():
		return idem.ID(what, "person:"+by.ID, key)
	case c.Visitor != "":
		return idem.ID(what, "visitor:"+c.Visitor, key)
	case c.Session != "":
		return idem.ID(what, "session:"+c.Session, key)
	}
	return idem.New()
}

// Feedback returns what readers said of an article (of any if id is empty),
// newest first, and a token for the next page. Who publishes sees all of it,
// others that of articles which they may read or work on.
func (l *Library) Feedback(ctx context.Context, by profile.Actor, id, after string, limit int) ([]Feedback, string, error) {
	return l.ListFeedback(ctx, by, FeedbackList{Article: id, After: after, Limit: limit})
}

// feedbackQuery selects what was said of the articles that by may know of.
func (l *Library) feedbackQuery(ctx context.Context, by profile.Actor, id string) (FeedbackQuery, error) {
	q := FeedbackQuery{Article: id}
	if !l.policy.May(by, profile.PermissionFeedbackRead) {
		return q, ErrForbidden
	}
	if l.policy.May(by, profile.PermissionContentPublish) {
		return q, nil
	}
	f, err := l.categories(ctx)
	if err != nil {
		return q, err
	}
	sight := by.Sight()
	q.Among = &ArticleQuery{Sight: &sight, Categories: f.visible(sight), Visible: !l.worksWithOthers(by)}
	if l.worksHere(by) {
		q.Owner = by.ID
	}
	return q, nil
}

// Ratings returns how many readers found each of the articles that by may read
// helpful and not. Each counts once, with what they said last: a person, or a
// visitor as [analytics.NewContext] has it. Of whom nothing is known may have
// said the same often, and is only listed by [Library.Feedback].
func (l *Library) Ratings(ctx context.Context, by profile.Actor, ids []string) (map[string]Rating, error) {
	if !l.policy.May(by, profile.PermissionFeedbackRead) {
		return nil, fmt.Errorf("ratings: %w", ErrForbidden)
	}
	entries, err := l.Entries(ctx, by, ids, "")
	if err != nil {
		return nil, fmt.Errorf("ratings: %w", err)
	}
	out := map[string]Rating{}
	for chunk := range slices.Chunk(entries, maxEntries) {
		readable := make([]string, len(chunk))
		for i, e := range chunk {
			readable[i] = e.Article
		}
		ratings, err := l.store.Ratings(ctx, readable)
		if err != nil {
			return nil, fmt.Errorf("ratings: %w", err)
		}
		maps.Copy(out, ratings)
	}
	return out, nil
}

// RatingsAtDesk is [Library.Ratings] for the articles that by sees at the desk,
// whether readers are shown them or not.
func (l *Library) RatingsAtDesk(ctx context.Context, by profile.Actor, ids []string) (map[string]Rating, error) {
	if !l.policy.May(by, profile.PermissionFeedbackRead) {
		return nil, fmt.Errorf("ratings: %w", ErrForbidden)
	}
	out := map[string]Rating{}
	for chunk := range slices.Chunk(ids, maxEntries) {
		page, _, err := l.Manuscripts(ctx, by, ManuscriptQuery{IDs: chunk, Limit: maxEntries})
		if err != nil {
			return nil, fmt.Errorf("ratings: %w", err)
		}
		seen := make([]string, len(page))
		for i, a := range page {
			seen[i] = a.ID
		}
		ratings, err := l.store.Ratings(ctx, seen)
		if err != nil {
			return nil, fmt.Errorf("ratings: %w", err)
		}
		maps.Copy(out, ratings)
	}
	return out, nil
}

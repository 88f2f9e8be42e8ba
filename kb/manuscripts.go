package kb

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/profile"
)

// A ManuscriptQuery selects articles at the desk, in whatever state they are. Its
// zero value selects all of them. Status, Locale, Title, Ahead and Stale are asked
// of one and the same text of an article.
type ManuscriptQuery struct {
	IDs        []string        // only these; nil means all, empty none
	Categories []string        // only in these; nil means in any, empty in none
	Below      bool            // and in the categories under them; to stores, these are among Categories already
	Kinds      []Kind          // only of these kinds; none means of any
	Product    string          // only about this product
	Owner      string          // only of this person
	Lacks      string          // without a text in this language
	Locale     string          // with a text in this language
	Status     Status          // with a text in this state
	Title      string          // with a text that has this in its title, in whatever case; to stores in lower case
	Ahead      bool            // with a text whose newest revision readers do not see though they see another
	Stale      bool            // with a translation whose source has gone on since
	Binned     bool            // only what is in the bin, instead of only what is not
	Order      ManuscriptOrder //
	After      string          // page token from an earlier answer to the same query
	Limit      int             // 0 means 50, at most 200
}

// A ManuscriptOrder is an order of articles at the desk. Ties are broken by ID.
type ManuscriptOrder string

// The orders.
const (
	ManuscriptsChanged ManuscriptOrder = ""       // newest UpdatedAt first
	ManuscriptsOldest  ManuscriptOrder = "oldest" // oldest UpdatedAt first
	ManuscriptsTitle   ManuscriptOrder = "title"  // by the title in the source language, in lower case, as bytes
)

// ManuscriptOrders returns the orders in which articles can be listed.
func ManuscriptOrders() []ManuscriptOrder {
	return []ManuscriptOrder{ManuscriptsChanged, ManuscriptsOldest, ManuscriptsTitle}
}

// A DeskScope is what somebody sees at the desk. Its zero value is everything.
type DeskScope struct {
	Sight      *profile.Sight // articles that it admits; nil means all, and the rest is not looked at
	Categories []string       // of these, those that stand in one of these
	Owner      string         // and what this person owns, wherever it stands
}

// MostCounted is how far [Library.CountManuscripts] counts.
const MostCounted = 1000

// Manuscripts returns a page of the articles that by sees at the desk, with all
// their languages, and a token for the next page, empty on the last.
func (l *Library) Manuscripts(ctx context.Context, by profile.Actor, q ManuscriptQuery) (page []Article, next string, err error) {
	scope, position := "manuscripts|"+by.ID+"|"+q.scope(), q.After
	within, q, err := l.atDesk(ctx, by, q)
	if err != nil {
		return nil, "", fmt.Errorf("manuscripts: %w", err)
	}
	if q.After, err = l.tokens.Open(scope, position); err != nil {
		return nil, "", fmt.Errorf("manuscripts: %w", err)
	}
	q.Limit = clamp(q.Limit, 50, maxEntries)
	if page, next, err = l.store.Manuscripts(ctx, within, q); err != nil {
		return nil, "", fmt.Errorf("manuscripts: %w", err)
	}
	return page, l.tokens.Seal(scope, next), nil
}

// CountManuscripts returns how many articles [Library.Manuscripts] would return
// on all pages together, and at most [MostCounted].
func (l *Library) CountManuscripts(ctx context.Context, by profile.Actor, q ManuscriptQuery) (int, error) {
	within, q, err := l.atDesk(ctx, by, q)
	if err != nil {
		return 0, fmt.Errorf("count manuscripts: %w", err)
	}
	n, err := l.store.CountManuscripts(ctx, within, q, MostCounted)
	if err != nil {
		return 0, fmt.Errorf("count manuscripts: %w", err)
	}
	return n, nil
}

// atDesk returns what by sees at the desk, and q as stores take it.
func (l *Library) atDesk(ctx context.Context, by profile.Actor, q ManuscriptQuery) (DeskScope, ManuscriptQuery, error) {
	within, err := l.deskScope(ctx, by)
	if err != nil {
		return DeskScope{}, q, err
	}
	if err := q.check(); err != nil {
		return DeskScope{}, q, err
	}
	f, err := l.categories(ctx)
	if err != nil {
		return DeskScope{}, q, err
	}
	if q.Below {
		var all []string
		for _, id := range q.Categories {
			all = append(all, f.below(id)...)
		}
		slices.Sort(all)
		q.Categories = slices.Compact(all)
	}
	q.Title = strings.ToLower(strings.TrimSpace(q.Title))
	return within, q, nil
}

// deskScope returns what by sees at the desk, or ErrForbidden if they have no
// place there.
func (l *Library) deskScope(ctx context.Context, by profile.Actor) (DeskScope, error) {
	if !l.worksHere(by) {
		return DeskScope{}, ErrForbidden
	}
	if l.policy.May(by, profile.PermissionContentPublish) {
		return DeskScope{}, nil
	}
	sight := by.Sight()
	within := DeskScope{Sight: &sight, Owner: by.ID}
	if !l.worksWithOthers(by) {
		return within, nil
	}
	f, err := l.categories(ctx)
	if err != nil {
		return DeskScope{}, err
	}
	within.Categories = f.visible(sight)
	return within, nil
}

func (q ManuscriptQuery) check() error {
	fields := errs.Fields{}
	if !slices.Contains(ManuscriptOrders(), q.Order) {
		fields.Add("order", "error.field.choice", map[string]any{"choices": listed(ManuscriptOrders()[1:])})
	}
	if q.Status != "" && !slices.Contains(Statuses(), q.Status) {
		fields.Add("status", "error.field.choice", map[string]any{"choices": listed(Statuses())})
	}
	if utf8.RuneCountInString(q.Title) > MaxTitle {
		fields.Add("title", "error.field.too_long", map[string]any{"max": MaxTitle})
	}
	return fields.Err()
}

// scope names a query in its page tokens, so that a token serves no other.
func (q ManuscriptQuery) scope() string {
	q.After, q.Limit = "", 0
	return fmt.Sprintf("%#v", q)
}

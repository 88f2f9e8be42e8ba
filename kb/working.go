package kb

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/profile"
)

// A Working is a text as somebody has typed it and not yet saved. It is theirs
// alone, and no revision.
type Working struct {
	Person  string
	Article string // empty for one that is not there yet
	Locale  string
	Version int    // of the article when they began
	Head    int    // newest revision of the text when they began
	Base    string // whatever the host tells by what all languages shared then
	Text    Text
	Meta    Meta
	At      time.Time
}

// A Lock says that somebody has a text before them to change it. It keeps nobody
// out: it is for others to know.
type Lock struct {
	Article string
	Locale  string
	Person  string
	Since   time.Time
	Until   time.Time // when it ends, unless it is kept up
}

// A WorkingStore keeps what is not saved yet, and who is writing.
type WorkingStore interface {
	// SaveWorking stores w in the place of what the person had of the same text.
	SaveWorking(ctx context.Context, w Working) error

	// Working returns what a person has of a text, or ErrNotFound.
	Working(ctx context.Context, person, article, locale string) (Working, error)

	// Workings returns what a person has, newest first, ties by article and
	// language.
	Workings(ctx context.Context, person string, limit int) ([]Working, error)

	// DropWorking removes what a person has of a text, if there is any.
	DropWorking(ctx context.Context, person, article, locale string) error

	// KeepLock stores k, in the place of the person's lock of the same text; one
	// that has not ended by k.Since keeps its own Since. Locks of the same text
	// that have ended by then are removed.
	KeepLock(ctx context.Context, k Lock) error

	// DropLock removes a person's lock of a text, if there is one.
	DropLock(ctx context.Context, article, locale, person string) error

	// Locks returns those of an article that have not ended at a time, by
	// language, their beginning, and person.
	Locks(ctx context.Context, article string, at time.Time) ([]Lock, error)
}

// mostUnsaved is how many unsaved texts of a person are listed.
const mostUnsaved = 100

// KeepWorking keeps what by has typed and not yet saved, in the place of what was
// kept of the same text before. It may be wrong in any way; only what is too
// large or no text at all is refused. Person and At are set here. Like
// [Library.Edit], it takes the right to change the text; nobody else ever reads
// it.
func (l *Library) KeepWorking(ctx context.Context, by profile.Actor, w Working) error {
	w.Locale = canonical(w.Locale)
	if err := l.mayWork(ctx, by, w.Article, w.Locale); err != nil {
		return fmt.Errorf("keep working: %w", err)
	}
	if err := w.check(); err != nil {
		return fmt.Errorf("keep working: %w", err)
	}
	w.Person, w.At = by.ID, l.clock()
	if err := l.store.SaveWorking(ctx, w); err != nil {
		return fmt.Errorf("keep working: %w", err)
	}
	return nil
}

// check refuses what is too large to be kept.
func (w Working) check() error {
	fields := errs.Fields{}
	checkLocale(fields, "locale", w.Locale)
	if len(w.Text.Body) > MaxBody {
		fields.Add("body", "markdown.too_long", map[string]any{"bytes": len(w.Text.Body), "max": MaxBody})
	}
	rest := len(w.Text.Title) + len(w.Text.Slug) + len(w.Text.Summary) + len(w.Text.Note) + len(w.Base) + len(w.Text.SEOTitle) + len(w.Text.Description)
	for _, list := range [][]string{w.Meta.Audience, w.Meta.Products, w.Meta.Tags, w.Meta.Related} {
		for _, s := range list {
			rest += len(s) + 8
		}
	}
	for key, value := range w.Meta.Fields {
		rest += len(key) + len(value) + 8
	}
	if rest > MaxBody {
		fields.Add("title", "error.field.too_long", map[string]any{"max": MaxTitle})
	}
	return fields.Err()
}

// mayWork checks that by may change a text, or write a new one.
func (l *Library) mayWork(ctx context.Context, by profile.Actor, article, locale string) error {
	if article != "" {
		_, err := l.editable(ctx, by, article, locale)
		return err
	}
	if !l.MayCreate(by) {
		return ErrForbidden
	}
	return nil
}

// Working returns what by typed of a text and did not save, or ErrNotFound.
func (l *Library) Working(ctx context.Context, by profile.Actor, article, locale string) (Working, error) {
	if err := l.mayWork(ctx, by, article, locale); err != nil {
		return Working{}, fmt.Errorf("working: %w", err)
	}
	w, err := l.store.Working(ctx, by.ID, article, canonical(locale))
	if err != nil {
		return Working{}, fmt.Errorf("working: %w", err)
	}
	return w, nil
}

// Workings returns what by typed and did not save, newest first.
func (l *Library) Workings(ctx context.Context, by profile.Actor) ([]Working, error) {
	if by.Anonymous() || !l.worksHere(by) {
		return nil, nil
	}
	all, err := l.store.Workings(ctx, by.ID, mostUnsaved)
	if err != nil {
		return nil, fmt.Errorf("workings: %w", err)
	}
	var out []Working
	for _, w := range all {
		err := l.mayWork(ctx, by, w.Article, w.Locale)
		if err == nil {
			out = append(out, w)
		} else if !errors.Is(err, ErrNotFound) && !errors.Is(err, ErrForbidden) {
			return nil, fmt.Errorf("workings: %w", err)
		}
	}
	return out, nil
}

// DropWorking forgets what by typed of a text and did not save, if anything.
func (l *Library) DropWorking(ctx context.Context, by profile.Actor, article, locale string) error {
	if err := l.mayWork(ctx, by, article, locale); err != nil {
		return fmt.Errorf("drop working: %w", err)
	}
	if err := l.store.DropWorking(ctx, by.ID, article, canonical(locale)); err != nil {
		return fmt.Errorf("drop working: %w", err)
	}
	return nil
}

// MostLease is the longest that a lock lasts without being kept up.
const MostLease = time.Hour

// Hold says that by is changing a text, for as long as lease unless it is said
// again, and returns who else is. It keeps nobody out.
func (l *Library) Hold(ctx context.Context, by profile.Actor, article, locale string, lease time.Duration) ([]Lock, error) {
	locale = canonical(locale)
	if _, err := l.editable(ctx, by, article, locale); err != nil {
		return nil, fmt.Errorf("hold %s: %w", article, err)
	}
	now := l.clock()
	k := Lock{Article: article, Locale: locale, Person: by.ID, Since: now, Until: now.Add(min(max(lease, time.Second), MostLease))}
	if err := l.store.KeepLock(ctx, k); err != nil {
		return nil, fmt.Errorf("hold %s: %w", article, err)
	}
	all, err := l.store.Locks(ctx, article, now)
	if err != nil {
		return nil, fmt.Errorf("hold %s: %w", article, err)
	}
	var others []Lock
	for _, k := range all {
		if k.Locale == locale && k.Person != by.ID {
			others = append(others, k)
		}
	}
	return others, nil
}

// Release says that by is no longer changing a text.
func (l *Library) Release(ctx context.Context, by profile.Actor, article, locale string) error {
	if _, err := l.editable(ctx, by, article, locale); err != nil {
		return fmt.Errorf("release %s: %w", article, err)
	}
	if err := l.store.DropLock(ctx, article, canonical(locale), by.ID); err != nil {
		return fmt.Errorf("release %s: %w", article, err)
	}
	return nil
}

// Holders returns who is changing the texts of an article now, for those who work
// on it.
func (l *Library) Holders(ctx context.Context, by profile.Actor, article string) ([]Lock, error) {
	if _, err := l.manuscript(ctx, by, article); err != nil {
		return nil, fmt.Errorf("holders of %s: %w", article, err)
	}
	list, err := l.store.Locks(ctx, article, l.clock())
	if err != nil {
		return nil, fmt.Errorf("holders of %s: %w", article, err)
	}
	return list, nil
}

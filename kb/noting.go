package kb

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/idem"
	"github.com/stoa-go/stoa/profile"
)

// A Remark is a note as somebody writes it.
type Remark struct {
	Article  string
	Locale   string // text that it is about, or empty for the article as a whole
	Thread   string // ID of the note that it answers, or empty
	Text     string
	Mentions []string // IDs of colleagues who work on the article, who are told
	Key      string   // idempotency key: the same one again says it once
}

// MaxMentions is how many colleagues one note can mention.
const MaxMentions = 20

// AddNote says something to those who work on an article. It stays with the
// article, at the desk, with the revision that it was about.
func (l *Library) AddNote(ctx context.Context, by profile.Actor, r Remark) (Note, error) {
	n, err := l.addNote(ctx, by, r)
	if err != nil {
		return Note{}, fmt.Errorf("note beside article %s: %w", r.Article, err)
	}
	return n, nil
}

func (l *Library) addNote(ctx context.Context, by profile.Actor, r Remark) (Note, error) {
	a, err := l.manuscript(ctx, by, r.Article)
	if err != nil {
		return Note{}, err
	}
	r.Text, r.Mentions, r.Locale = plainLines(r.Text), tidy(r.Mentions), canonical(r.Locale)
	n := Note{
		ID: idem.ID("kb.note", by.ID, r.Key), Article: a.ID, Locale: r.Locale, Thread: r.Thread, Text: r.Text, Mentions: r.Mentions,
		Author: by.ID, Input: idem.Hash(r), CreatedAt: l.clock(), UpdatedAt: l.clock(), Version: 1,
	}
	if old, err := l.store.Note(ctx, n.ID); err == nil && old.Input == n.Input {
		return old, nil // said before: whom it mentions may have left since
	}
	if err := l.checkNote(ctx, a, &n, nil, r.Key); err != nil {
		return Note{}, err
	}
	return l.putNote(ctx, by, n)
}

// putNote keeps a new note once, and tells those whom it mentions.
func (l *Library) putNote(ctx context.Context, by profile.Actor, n Note) (Note, error) {
	n, err := idem.Once(n.Input,
		func() (Note, error) { return n, l.store.SaveNote(ctx, n) },
		func() (Note, string, error) { old, err := l.store.Note(ctx, n.ID); return old, old.Input, err })
	if err != nil {
		return Note{}, err
	}
	l.record(ctx, by, analytics.Event{Name: "note.added", Subject: "article/" + n.Article, Locale: n.Locale})
	l.afterNote(ctx, n)
	return n, nil
}

// checkNote checks what a note says, and fills in the revision that it is about.
// told are those who were mentioned before.
func (l *Library) checkNote(ctx context.Context, a Article, n *Note, told []string, key string) error {
	f := errs.Fields{}
	if n.Text == "" {
		f.Add("text", "error.field.required", nil)
	}
	checkProse(f, "text", n.Text, MaxComment)
	if n.Locale != "" {
		t, ok := a.In(n.Locale)
		if !ok {
			f.Add("locale", "error.field.invalid", nil)
		}
		n.Revision = t.Head
	}
	if len(n.Mentions) > MaxMentions {
		f.Add("mentions", "error.field.too_many", map[string]any{"max": MaxMentions})
	}
	if err := l.checkMentions(ctx, a, n.Mentions, told, f); err != nil {
		return err
	}
	if err := l.checkThread(ctx, *n, f); err != nil {
		return err
	}
	if err := f.Err(); err != nil || key == "" {
		return err
	}
	return idem.CheckKey(key)
}

func (l *Library) checkMentions(ctx context.Context, a Article, mentions, told []string, f errs.Fields) error {
	for _, person := range mentions {
		if slices.Contains(told, person) {
			continue
		}
		ok, err := l.mayRead(ctx, a.ID, person)
		if err != nil {
			return err
		}
		if !ok {
			f.Add("mentions", "error.note.mention", map[string]any{"person": person})
		}
	}
	return nil
}

// mayRead reports whether a person works on an article, so that a note can
// mention them.
func (l *Library) mayRead(ctx context.Context, article, person string) (bool, error) {
	if l.actor == nil {
		return person != "" && clean(person) && !strings.ContainsAny(person, "\n\t"), nil
	}
	actor, err := l.actor(ctx, person)
	if err == nil {
		_, err = l.manuscript(ctx, actor, article)
	}
	if errors.Is(err, ErrNotFound) || errors.Is(err, ErrForbidden) {
		return false, nil
	}
	return err == nil, err
}

// checkThread checks that a note answers one of the same article that begins a
// thread.
func (l *Library) checkThread(ctx context.Context, n Note, f errs.Fields) error {
	if n.Thread == "" {
		return nil
	}
	root, err := l.store.Note(ctx, n.Thread)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	if err != nil || root.Article != n.Article || root.Thread != "" {
		f.Add("thread", "error.field.invalid", nil)
	}
	return nil
}

// Notes returns what colleagues said beside an article, newest first, and a token
// for the next page, to those who work on it.
func (l *Library) Notes(ctx context.Context, by profile.Actor, article, after string, limit int) ([]Note, string, error) {
	if _, err := l.manuscript(ctx, by, article); err != nil {
		return nil, "", fmt.Errorf("notes beside article %s: %w", article, err)
	}
	scope := "notes|" + article
	q := NoteQuery{Article: article, Limit: clamp(limit, 50, 200)}
	var err error
	if q.After, err = l.tokens.Open(scope, after); err != nil {
		return nil, "", fmt.Errorf("notes beside article %s: %w", article, err)
	}
	page, next, err := l.store.Notes(ctx, q)
	if err != nil {
		return nil, "", fmt.Errorf("notes beside article %s: %w", article, err)
	}
	return page, l.tokens.Seal(scope, next), nil
}

// mostMentions is how many notes that mention somebody are listed.
const mostMentions = 50

// Mentions returns the newest notes of open threads that mention by, beside
// articles that they still work on.
func (l *Library) Mentions(ctx context.Context, by profile.Actor) ([]Note, error) {
	if by.Anonymous() || !l.worksHere(by) {
		return nil, nil
	}
	page, _, err := l.store.Notes(ctx, NoteQuery{Open: true, Mentions: by.ID, Limit: mostMentions})
	if err != nil {
		return nil, fmt.Errorf("mentions: %w", err)
	}
	var out []Note
	for _, n := range page {
		_, err := l.manuscript(ctx, by, n.Article)
		if err == nil {
			out = append(out, n)
		} else if !errors.Is(err, ErrNotFound) {
			return nil, fmt.Errorf("mentions: %w", err)
		}
	}
	return out, nil
}

// note returns a note beside an article that by works on.
func (l *Library) note(ctx context.Context, by profile.Actor, id string) (Note, Article, error) {
	if by.Anonymous() || !l.worksHere(by) {
		return Note{}, Article{}, ErrNotFound
	}
	n, err := l.store.Note(ctx, id)
	if err != nil {
		return Note{}, Article{}, err
	}
	a, err := l.manuscript(ctx, by, n.Article)
	return n, a, err
}

// EditNote changes what by said in a note, and whom it mentions. version is that
// of the note as it was read. The same again changes nothing.
func (l *Library) EditNote(ctx context.Context, by profile.Actor, id string, version int, text string, mentions []string) (Note, error) {
	n, err := l.changeNote(ctx, by, id, version, func(n *Note, a Article) error {
		if n.Author != by.ID || n.Kind != NoteRemark {
			return ErrForbidden
		}
		told, about := n.Mentions, n.Revision
		n.Text, n.Mentions = plainLines(text), tidy(mentions)
		if err := l.checkNote(ctx, a, n, told, ""); err != nil {
			return err
		}
		n.Revision = about
		return nil
	})
	if err != nil {
		return Note{}, fmt.Errorf("edit note %s: %w", id, err)
	}
	l.afterNote(ctx, n)
	return n, nil
}

// ResolveNote says that the thread which a note begins is settled, or open again.
func (l *Library) ResolveNote(ctx context.Context, by profile.Actor, id string, version int, resolved bool) (Note, error) {
	n, err := l.changeNote(ctx, by, id, version, func(n *Note, _ Article) error {
		switch {
		case n.Thread != "" || n.Kind != NoteRemark:
			return errs.Field("thread", "error.field.invalid", nil)
		case resolved == n.Resolved():
		case resolved:
			n.ResolvedBy, n.ResolvedAt = by.ID, l.clock()
		default:
			n.ResolvedBy, n.ResolvedAt = "", time.Time{}
		}
		return nil
	})
	if err != nil {
		return Note{}, fmt.Errorf("resolve note %s: %w", id, err)
	}
	return n, nil
}

func (l *Library) changeNote(ctx context.Context, by profile.Actor, id string, version int, change func(*Note, Article) error) (Note, error) {
	old, a, err := l.note(ctx, by, id)
	if err != nil {
		return Note{}, err
	}
	n := old.Clone()
	if err := change(&n, a); err != nil {
		return Note{}, err
	}
	if n.Text == old.Text && slices.Equal(n.Mentions, old.Mentions) && n.Resolved() == old.Resolved() {
		return old, nil
	}
	if old.Version != version {
		return Note{}, errs.Changed()
	}
	n.UpdatedAt, n.Version = l.clock(), version+1
	if err := l.store.SaveNote(ctx, n); errors.Is(err, ErrConflict) {
		return Note{}, errs.Changed()
	} else if err != nil {
		return Note{}, err
	}
	l.record(ctx, by, analytics.Event{Name: "note.changed", Subject: "article/" + n.Article, Locale: n.Locale})
	return n, nil
}

var sourceKind = regexp.MustCompile(`^[a-z][a-z0-9-]{0,39}$`)

func (s Source) check(f errs.Fields) {
	if !sourceKind.MatchString(s.Kind) {
		f.Add("source", "error.field.invalid", nil)
	}
	text(f, "source", s.Ref, 0, MaxTitle)
}

// CreateFrom is [Library.Create] for an article that was made from something
// else. Where it comes from stays with it as a note, of whoever creates it.
// Repeated with the same key it does what was left undone.
func (l *Library) CreateFrom(ctx context.Context, by profile.Actor, d Draft, from Source) (Article, error) {
	f := errs.Fields{}
	if from.check(f); len(f) > 0 {
		return Article{}, fmt.Errorf("create article: %w", f)
	}
	a, err := l.Create(ctx, by, d)
	if err != nil {
		return Article{}, err
	}
	_, err = l.putNote(ctx, by, Note{
		ID: idem.ID("kb.source", a.ID, "created"), Article: a.ID, Locale: a.Source, Revision: 1, Kind: NoteSource, Author: by.ID, Source: from,
		Input: idem.Hash(from), CreatedAt: a.CreatedAt, UpdatedAt: a.CreatedAt, Version: 1,
	})
	if err != nil {
		return Article{}, fmt.Errorf("source of article %s: %w", a.ID, err)
	}
	return a, nil
}

// SourceOf returns what an article was made from, with who did and when, or
// ErrNotFound if it is not known, to those who work on it.
func (l *Library) SourceOf(ctx context.Context, by profile.Actor, article string) (Note, error) {
	_, err := l.manuscript(ctx, by, article)
	if err != nil {
		return Note{}, fmt.Errorf("source of article %s: %w", article, err)
	}
	page, _, err := l.store.Notes(ctx, NoteQuery{Article: article, Kinds: []NoteKind{NoteSource}, Limit: 1})
	if err == nil && len(page) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return Note{}, fmt.Errorf("source of article %s: %w", article, err)
	}
	return page[0], nil
}

// afterNote tells those whom a note mentions. Whoever was told is not told again.
func (l *Library) afterNote(ctx context.Context, n Note) {
	if err := l.tellOfNote(ctx, n); err != nil {
		l.log.ErrorContext(ctx, "colleagues not told", "note", n.ID, "err", err)
	}
}

func (l *Library) tellOfNote(ctx context.Context, n Note) error {
	to := slices.DeleteFunc(slices.Clone(n.Mentions), func(person string) bool { return person == n.Author })
	return l.tell(ctx, profile.Occurrence{
		Kind: NoticeMentioned, Subject: "article/" + n.Article, Key: n.ID, To: to, By: n.Author, At: n.UpdatedAt,
		Data: map[string]string{"note": n.ID, "locale": n.Locale},
	})
}

// tellOfNotes tells again of notes that changed a short time ago, as
// [Library.tellOfRecent] does of reviews.
func (l *Library) tellOfNotes(ctx context.Context) (err error) {
	if l.notify == nil {
		return nil
	}
	q := NoteQuery{Since: l.clock().Add(-tellAgain), Limit: doneAtOnce}
	for {
		page, next, listErr := l.store.Notes(ctx, q)
		if listErr != nil {
			return errors.Join(err, fmt.Errorf("notes: %w", listErr))
		}
		for _, n := range page {
			err = errors.Join(err, l.tellOfNote(ctx, n))
		}
		if next == "" {
			return err
		}
		q.After = next
	}
}

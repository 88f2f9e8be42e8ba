package kb

import (
	"context"
	"fmt"
	"iter"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/profile"
)

// A PersonStore is a [Store] that can tell and forget what it keeps of people:
// what they said of articles, and that they wrote or own something. What is
// written stays, since readers rely on it.
//
// Implementations must pass kbtest.TestPersonStore.
type PersonStore interface {
	// FeedbackOf returns what a person said or sees to, by ID, after the one with
	// the ID after.
	FeedbackOf(ctx context.Context, person, after string, limit int) ([]Feedback, error)

	// RevisionsBy returns what a person wrote, by article, locale and number,
	// after the one that after names; its zero value means from the first.
	RevisionsBy(ctx context.Context, person string, after Revision, limit int) ([]Revision, error)

	// OwnedBy returns the IDs of the articles that are a person's or that they
	// put into the bin, and the names of the media that are theirs, in order.
	OwnedBy(ctx context.Context, person string) (articles, media []string, err error)

	// ReviewsOf returns the reviews that a person asked for or is asked in, by
	// ID, after the one with the ID after.
	ReviewsOf(ctx context.Context, person, after string, limit int) ([]Review, error)

	// PlansOf returns the plans that a person made, by ID, after the one with the
	// ID after.
	PlansOf(ctx context.Context, person, after string, limit int) ([]Plan, error)

	// VerifiedBy returns the verifications for which a person stands, by article.
	VerifiedBy(ctx context.Context, person string) ([]Verification, error)

	// BlocksBy returns the versions of blocks that a person saved, by name and
	// version.
	BlocksBy(ctx context.Context, person string) ([]Block, error)

	// NotesOf returns the notes that a person wrote or settled or is mentioned in,
	// by ID, after the one with the ID after.
	NotesOf(ctx context.Context, person, after string, limit int) ([]Note, error)

	// Workings returns what a person typed and did not save, see [WorkingStore].
	Workings(ctx context.Context, person string, limit int) ([]Working, error)

	// ForgetPerson removes what a person did not save and where they were writing.
	// It puts a pseudonym in the place of a person, and takes out what
	// they wrote in their comments and notes, on reviews as well, and the visitor they were. If the pseudonym is
	// empty it removes what they said, and nobody stands in their place. An
	// article that changes gets the next version. It returns how many records
	// are gone and in how many the person was replaced. No person is ErrInvalid.
	ForgetPerson(ctx context.Context, person, pseudonym string) (removed, renamed int, err error)
}

// Keeper returns the [profile.Keeper] of the library, named "articles". A store
// that is no [PersonStore] makes it fail, so that nobody takes an erasure for
// done.
func (l *Library) Keeper() profile.Keeper {
	return profile.NewKeeper("articles", l.exportPerson, func(ctx context.Context, person string, how profile.Erasure) (profile.Erased, error) {
		store, err := l.personStore()
		if err != nil {
			return profile.Erased{}, err
		}
		removed, renamed, err := store.ForgetPerson(ctx, person, how.Pseudonym)
		if err != nil {
			return profile.Erased{}, fmt.Errorf("articles: %w", err)
		}
		named, err := l.forgetAudiences(ctx, person, how.Pseudonym)
		if err != nil {
			err = fmt.Errorf("articles: %w", err)
		}
		return profile.Erased{Removed: removed, Renamed: renamed + named}, err
	})
}

func (l *Library) personStore() (PersonStore, error) {
	store, ok := l.store.(PersonStore)
	if !ok {
		return nil, fmt.Errorf("articles: the store cannot tell what it keeps of people: %w", errs.Unsupported)
	}
	return store, nil
}

// A feedbackRecord is what somebody said, in an export.
type feedbackRecord struct {
	Is      string    `json:"is"`
	Article string    `json:"article"`
	Locale  string    `json:"locale"`
	Helpful bool      `json:"helpful"`
	Reason  Reason    `json:"reason,omitempty"`
	Comment string    `json:"comment,omitempty"`
	At      time.Time `json:"at"`

	Kind     FeedbackKind `json:"kind,omitempty"`
	Quote    string       `json:"quote,omitempty"`
	Proposal string       `json:"proposal,omitempty"`
}

// A handlingRecord is what somebody sees to that another said, in an export.
type handlingRecord struct {
	Is         string        `json:"is"`
	Article    string        `json:"article"`
	State      FeedbackState `json:"state"`
	Resolution string        `json:"resolution,omitempty"`
	At         time.Time     `json:"at"`
}

// A workingRecord is what somebody typed and did not save, in an export.
type workingRecord struct {
	Is      string    `json:"is"`
	Article string    `json:"article,omitempty"`
	Locale  string    `json:"locale"`
	Title   string    `json:"title"`
	Summary string    `json:"summary"`
	Body    string    `json:"body"`
	Note    string    `json:"note,omitempty"`
	At      time.Time `json:"at"`

	SEOTitle    string `json:"seo_title,omitempty"`
	Description string `json:"description,omitempty"`
}

// A revisionRecord is what somebody wrote, in an export.
type revisionRecord struct {
	Is      string    `json:"is"`
	Article string    `json:"article"`
	Locale  string    `json:"locale"`
	Number  int       `json:"number"`
	Title   string    `json:"title"`
	Summary string    `json:"summary"`
	Body    string    `json:"body"`
	Note    string    `json:"note,omitempty"`
	At      time.Time `json:"at"`

	SEOTitle    string `json:"seo_title,omitempty"`
	Description string `json:"description,omitempty"`
}

// A blockRecord is a version of a block that somebody saved, in an export.
type blockRecord struct {
	Is    string    `json:"is"`
	Name  string    `json:"name"`
	Texts Words     `json:"texts"`
	Note  string    `json:"note,omitempty"`
	At    time.Time `json:"at"`
}

func giveBlocks(ctx context.Context, store PersonStore, person string, give func(any) bool) error {
	blocks, err := store.BlocksBy(ctx, person)
	if err != nil {
		return err
	}
	for _, b := range blocks {
		if !give(blockRecord{"block", b.Name, b.Texts, b.Note, b.UpdatedAt}) {
			return nil
		}
	}
	return nil
}

// An ownedRecord is something that is somebody's, in an export.
type ownedRecord struct {
	Is   string `json:"is"`
	Name string `json:"name"`
}

// exportedAtOnce is how many records of an export are read at once; revisions
// have whole texts.
const exportedAtOnce = 50

func (l *Library) exportPerson(ctx context.Context, person string) iter.Seq2[any, error] {
	return func(yield func(any, error) bool) {
		store, err := l.personStore()
		if err == nil {
			err = ctx.Err()
		}
		more := true
		give := func(v any) bool {
			more = yield(v, nil)
			return more
		}
		for _, part := range []func(context.Context, PersonStore, string, func(any) bool) error{giveFeedback, giveRevisions, giveBlocks, giveOwned, giveReviews, givePlans, giveVerified, giveWorkings, giveNotes} {
			if err != nil || !more {
				break
			}
			err = part(ctx, store, person, give)
		}
		if err == nil && more {
			err = l.giveNamed(ctx, person, give)
		}
		if err != nil && more {
			yield(nil, err)
		}
	}
}

func giveFeedback(ctx context.Context, store PersonStore, person string, give func(any) bool) error {
	for after := ""; ; {
		page, err := store.FeedbackOf(ctx, person, after, exportedAtOnce)
		if err != nil || len(page) == 0 {
			return err
		}
		for _, f := range page {
			if f.Person == person && !give(feedbackRecord{"feedback", f.Article, f.Locale, f.Helpful, f.Reason, f.Comment, f.At, f.Kind, f.Quote, f.Proposal}) ||
				f.Assignee == person && !give(handlingRecord{"feedback handled", f.Article, f.State, f.Resolution, f.UpdatedAt}) {
				return nil
			}
		}
		after = page[len(page)-1].ID
	}
}

func giveRevisions(ctx context.Context, store PersonStore, person string, give func(any) bool) error {
	for after := (Revision{}); ; {
		page, err := store.RevisionsBy(ctx, person, after, exportedAtOnce)
		if err != nil || len(page) == 0 {
			return err
		}
		for _, r := range page {
			if !give(revisionRecord{"revision", r.Article, r.Locale, r.Number, r.Title, r.Summary, r.Body, r.Note, r.At, r.SEOTitle, r.Description}) {
				return nil
			}
		}
		after = page[len(page)-1]
	}
}

func giveOwned(ctx context.Context, store PersonStore, person string, give func(any) bool) error {
	articles, media, err := store.OwnedBy(ctx, person)
	if err != nil {
		return err
	}
	for _, id := range articles {
		if !give(ownedRecord{"article", id}) {
			return nil
		}
	}
	for _, name := range media {
		if !give(ownedRecord{"medium", name}) {
			return nil
		}
	}
	return nil
}

// mostExported is how many unsaved texts an export takes; nobody has more texts
// than there are articles in languages.
const mostExported = 1_000_000

func giveWorkings(ctx context.Context, store PersonStore, person string, give func(any) bool) error {
	list, err := store.Workings(ctx, person, mostExported)
	for _, w := range list {
		if !give(workingRecord{"unsaved", w.Article, w.Locale, w.Text.Title, w.Text.Summary, w.Text.Body, w.Text.Note, w.At, w.Text.SEOTitle, w.Text.Description}) {
			return nil
		}
	}
	return err
}

package kb

import (
	"context"
	"time"

	"github.com/stoa-go/stoa/profile"
)

// A Store keeps everything a [Library] needs. It applies no rules of its own:
// the Library decides who may do what before it calls the store.
//
// Implementations must
//   - be safe for concurrent use;
//   - do each call whole or not at all;
//   - keep times to the microsecond and return them in UTC;
//   - refuse times of years before 1 and after 9999 as ErrInvalid;
//   - refuse text with NUL or broken UTF-8 as ErrInvalid, and find nothing by such text;
//   - return copies: what the caller changes afterwards changes nothing inside;
//   - log every change of an article in the same transaction, for [Store.Changes];
//   - pass the suite in package kbtest.
type Store interface {
	ArticleStore
	CategoryStore
	FeedbackStore
	ProcessStore
	WorkingStore
	MediaStore
	NoteStore
	BlockStore
	LinkStore
}

// An ArticleStore keeps articles, their revisions and the names they had.
type ArticleStore interface {
	// Article returns the article with the given ID, or ErrNotFound.
	Article(ctx context.Context, id string) (Article, error)

	// SaveArticle stores a and adds its new revisions, or does nothing. Version
	// 1 is a new article: ErrConflict if its ID is taken. Any other must follow
	// the stored version: ErrNotFound if there is none, ErrConflict if it
	// differs. A slug that another article has or had, in whatever language, is
	// ErrConflict; slugs given up go on to find the article. So is a category that
	// was removed and is not there again, however close to it that was.
	SaveArticle(ctx context.Context, a Article, revisions ...Revision) error

	// SaveArticles stores articles that are there, each as SaveArticle does without
	// revisions, or none of them: it fails where that would of any. An article is
	// named once.
	SaveArticles(ctx context.Context, articles []Article) error

	// PurgeArticle removes an article that is in the bin at version, with all
	// there is about it: revisions and what they use, slugs, redirects to it,
	// feedback, reviews, plans, notes, verification, unsaved texts and locks. It
	// does nothing and returns false if any of the people in held owns it, deleted
	// it, wrote a revision of it or said something of it, in a note as well. It is ErrNotFound if there
	// is no such article, and ErrConflict if its version differs or it is not in
	// the bin.
	PurgeArticle(ctx context.Context, id string, version int, held []string) (purged bool, err error)

	// Slug returns the ID of the article of which a translation was visible
	// when it was saved with slug, whatever became of it, or ErrNotFound.
	Slug(ctx context.Context, slug string) (id string, err error)

	// Slugs returns the slugs that an article has or had in a translation that was
	// visible then, sorted. There are none of an article that there is not.
	Slugs(ctx context.Context, article string) ([]string, error)

	// Holder returns the ID of the article that has or had slug, whether
	// readers saw it or not, or ErrNotFound.
	Holder(ctx context.Context, slug string) (id string, err error)

	// Revision returns one revision, or ErrNotFound.
	Revision(ctx context.Context, article, locale string, number int) (Revision, error)

	// Revisions returns the revisions of a translation, newest first, without
	// their bodies, below the number before (0 means from the newest).
	Revisions(ctx context.Context, article, locale string, before, limit int) ([]Revision, error)

	// Articles returns the articles that match q, in its order, and a token
	// for the next page, empty on the last.
	Articles(ctx context.Context, q ArticleQuery) (page []Article, next string, err error)

	// Manuscripts returns the articles within scope that match q, in its order,
	// and a token for the next page, empty on the last. What is in the bin matches
	// only a query for that; what is about it is listed by none of Feedback,
	// Reviews, Plans, Notes and Expiring.
	Manuscripts(ctx context.Context, scope DeskScope, q ManuscriptQuery) (page []Article, next string, err error)

	// CountManuscripts returns how many articles within scope match q, whatever
	// its page, but no more than most.
	CountManuscripts(ctx context.Context, scope DeskScope, q ManuscriptQuery, most int) (int, error)

	// CountArticles returns how many articles with a translation that readers
	// are shown there are of each category and audience that occur together.
	CountArticles(ctx context.Context) ([]Count, error)

	// Changes returns the IDs of articles changed after the cursor, oldest
	// change first, each at least once, and the cursor to go on from. Saving a
	// category changes the articles in it and below. It returns an error that
	// matches search.ErrRebuild for a cursor it cannot go on from.
	Changes(ctx context.Context, after string, limit int) (ids []string, next string, err error)

	// WaitChanges returns when there may be changes after the cursor, or when
	// ctx is done.
	WaitChanges(ctx context.Context, after string) error
}

// An ArticleQuery selects articles. Its zero value selects all of them.
type ArticleQuery struct {
	Sight      *profile.Sight // only articles whose own audience admits it; nil means all
	IDs        []string       // only these
	Categories []string       // only in these; nil means in any, empty in none
	Kinds      []Kind         // only of these kinds
	Product    string         // only about this product
	Visible    bool           // only with a translation that readers are shown
	Order      ArticleOrder   //
	After      string         // page token from an earlier call
	Limit      int            // 0 means 50
}

// An ArticleOrder is an order of articles. Ties are broken by ID.
type ArticleOrder string

// The orders.
const (
	OrderPlace   ArticleOrder = ""        // by Order, as the authors arranged them
	OrderUpdated ArticleOrder = "updated" // newest ShownAt first
)

// A Count is how many articles of a category have an audience.
type Count struct {
	Category string
	Audience profile.Audience
	Articles int
}

// A CategoryStore keeps categories and redirects.
type CategoryStore interface {
	// Categories returns all categories, and their stamp as of then.
	Categories(ctx context.Context) (all []Category, stamp string, err error)

	// Stamps returns two texts: one that changes whenever a category does, and
	// one that changes whenever an article, a category or a medium does. Every
	// request asks for them, so that what is cached is never stale.
	Stamps(ctx context.Context) (categories, content string, err error)

	// SaveCategory stores c: version 1 is new, any other must follow the
	// stored version. It is ErrConflict if another category has one of its
	// slugs, in whatever language, and if stamp is no longer the categories':
	// whether c is in order depends on the others. The articles that stand in
	// the categories in moved are logged as changed.
	SaveCategory(ctx context.Context, c Category, stamp string, moved []string) error

	// RemoveCategory removes a category at version, with its slugs and the
	// redirects that still lead to it. It is ErrNotFound if there is none, and
	// ErrConflict if its version differs, if an article, in the bin or not, or a
	// category stands in it, and if stamp is no longer the categories'.
	RemoveCategory(ctx context.Context, id string, version int, stamp string) error

	// RedirectsTo returns the redirects that lead to any of the targets, by path.
	RedirectsTo(ctx context.Context, targets ...string) ([]Redirect, error)

	// Redirect returns where an old path leads, or ErrNotFound.
	Redirect(ctx context.Context, from string) (Redirect, error)

	// SaveRedirects stores redirects, replacing those from the same paths.
	SaveRedirects(ctx context.Context, redirects ...Redirect) error

	// Installation returns the ID of the installation that the store belongs to:
	// the first fresh that it was ever called with.
	Installation(ctx context.Context, fresh string) (string, error)
}

// A Redirect leads from a path that is no longer served to what took its place.
type Redirect struct {
	From   string // path without host and query, as it was: "/help/old-name/"
	To     string // "article/ID" or "category/ID"
	Locale string // language to show it in, or empty for the reader's
}

// A FeedbackStore keeps what readers said of articles.
type FeedbackStore interface {
	// AddFeedback stores f. It returns ErrConflict if its ID is taken, and
	// ErrNotFound if there is no such article.
	AddFeedback(ctx context.Context, f Feedback) error

	// FeedbackByID returns one, or ErrNotFound.
	FeedbackByID(ctx context.Context, id string) (Feedback, error)

	// Feedback returns what was said of the articles that q selects, newest
	// first, and a token for the next page, empty on the last.
	Feedback(ctx context.Context, q FeedbackQuery) (page []Feedback, next string, err error)

	// Ratings returns of each of the articles that there is feedback on how many
	// readers found it helpful and not. A person counts once, with what they said
	// last (the first of what Feedback lists); so does a visitor who is no
	// person. Feedback without either is not counted, nor is a suggestion.
	Ratings(ctx context.Context, articles []string) (map[string]Rating, error)

	// CountReasons returns how often each reason was given for which of the
	// articles did not help.
	CountReasons(ctx context.Context, articles []string) (map[string]map[Reason]int, error)

	// SaveFeedback stores how f stands: its State, Assignee, Resolution and
	// UpdatedAt. Nothing else of it changes. Version must follow the stored one:
	// ErrNotFound if there is no such feedback, ErrConflict if it differs.
	SaveFeedback(ctx context.Context, f Feedback) error
}

// A FeedbackQuery selects feedback. Its zero value selects all of it.
type FeedbackQuery struct {
	ID       string          // only the one with this ID
	Article  string          // only of this article
	States   []FeedbackState // only in these states; nil means in any
	Kinds    []FeedbackKind  // only of these kinds; nil means of any
	Reason   Reason          // only for this reason
	Assignee string          // only what this person sees to
	Since    time.Time       // only what was changed at the desk at or after this time
	Among    *ArticleQuery   // only of articles that it selects, whatever its order and page; nil means of all
	Owner    string          // with Among: and of those that this person owns
	After    string          // page token from an earlier call
	Limit    int             // 0 means 50
}

// A Rating counts readers who can be told from others, each once.
type Rating struct {
	Helpful, Unhelpful int
}

// A Reason says why an article did not help.
type Reason string

// The reasons a reader can choose from.
const (
	ReasonUnclear   Reason = "unclear"
	ReasonIncorrect Reason = "incorrect"
	ReasonOutdated  Reason = "outdated"
	ReasonMissing   Reason = "missing" // something is left out
	ReasonOther     Reason = "other"
)

// Reasons returns the reasons in the order in which they are offered.
func Reasons() []Reason {
	return []Reason{ReasonUnclear, ReasonIncorrect, ReasonOutdated, ReasonMissing, ReasonOther}
}

package courses

import (
	"context"
	"html/template"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/internal/cursor"
	"github.com/stoa-go/stoa/internal/lru"
	"github.com/stoa-go/stoa/internal/markdown"
	"github.com/stoa-go/stoa/profile"
)

// A School is where courses are made, found, taken and looked after. It carries
// every rule about them; its [Store] carries none. Its methods may be called
// concurrently.
type School struct {
	store   Store
	opts    Options
	tokens  cursor.Key
	drawers sync.Map // locale to *markdown.Renderer
	taughts *lru.Cache[contentKey, Content]
}

// A contentKey names a revision, which never changes.
type contentKey struct {
	course string
	number int
}

// Options adjust a School. The zero value is ready to use.
type Options struct {
	Policy  profile.Policy     // nil means profile.DefaultPolicy
	Events  analytics.Recorder // nil discards events
	Logger  *slog.Logger       // nil discards logs
	Now     func() time.Time   // nil means time.Now
	Secret  []byte             // signs page tokens; nil means random, so that a token is good in this process only
	Locales []string           // languages offered to readers, the default first; nil means "en"
	Path    func(Ref) string   // where readers find what search leads to; nil means "/courses/SLUG"
	Base    string             // host that calendar entries are named after; "" means "stoa"

	// Choose returns the language in which a reader of asked is shown a course that
	// there is in the languages have, its own first. Nil picks the language itself,
	// its parent, then the first.
	Choose func(asked string, have []string) string

	// Word translates the few words that are added to texts, as in kb. Nil means
	// English.
	Word func(locale, word string) string

	// Article reads an article that is a lesson, as by may read it. ErrNotFound
	// means that they may not. Nil means that there are no articles.
	Article func(ctx context.Context, by profile.Actor, id, locale string) (Text, error)

	// ArticleAt returns the ID of the article that an address in a text leads to, or
	// "". Nil means that texts lead to none.
	ArticleAt func(ctx context.Context, address string) (id string, err error)

	// Payments takes money. Nil means that orders are to be paid by invoice.
	Payments Payments

	// Notify tells people what happened to them, as profile.Notifier.Notify does;
	// see KindReminder and its like. Nil tells nobody.
	Notify func(ctx context.Context, o profile.Occurrence) error

	// Remind is how long before a session people are reminded. 0 means 24 hours.
	Remind time.Duration
}

// A Text is something to read, safe to put on a page.
type Text struct {
	Title  string
	HTML   template.HTML
	Locale string
	Path   string // of a page that shows it alone, or ""
}

// A Ref names what has a page, for addresses.
type Ref struct {
	Course string // ID
	Slug   string
	Locale string // language of the page
}

// The kinds of what a School notifies people of. Their subject is "course/ID" or
// "session/ID".
const (
	KindReminder  = "course.reminder"  // a session begins soon
	KindSeat      = "course.seat"      // a seat became free and is theirs
	KindAdmitted  = "course.admitted"  // they were let in
	KindRefused   = "course.refused"   // they were not
	KindCancelled = "course.cancelled" // a session does not take place
	KindMoved     = "course.moved"     // a session is at another time or place
)

// Prefixes of subjects.
const (
	SubjectCourse  = "course/"
	SubjectSession = "session/"
)

// NewSchool returns a School that keeps everything in store. A nil opts means the
// defaults.
func NewSchool(store Store, opts *Options) *School {
	var o Options
	if opts != nil {
		o = *opts
	}
	if o.Policy == nil {
		o.Policy = profile.DefaultPolicy()
	}
	if o.Events == nil {
		o.Events = analytics.Discard
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if len(o.Locales) == 0 {
		o.Locales = []string{"en"}
	}
	s := &School{store: store, opts: o, tokens: cursor.NewKey(o.Secret), taughts: lru.New[contentKey, Content](256)}
	s.defaults()
	return s
}

func (s *School) defaults() {
	o := &s.opts
	if o.Path == nil {
		o.Path = func(r Ref) string { return "/courses/" + r.Slug }
	}
	if o.Base == "" {
		o.Base = "stoa"
	}
	if o.Choose == nil {
		o.Choose = choose
	}
	if o.Payments == nil {
		o.Payments = Invoice{}
	}
	if o.Remind == 0 {
		o.Remind = 24 * time.Hour
	}
}

// choose is the default of Options.Choose.
func choose(asked string, have []string) string {
	for tag := asked; tag != ""; {
		if slices.Contains(have, tag) {
			return tag
		}
		i := strings.LastIndexByte(tag, '-')
		if i < 0 {
			break
		}
		tag = tag[:i]
	}
	return have[0]
}

// pick returns the language in which a reader of asked is shown one of have.
func (s *School) pick(asked string, have []string) string {
	if shown := s.opts.Choose(asked, have); slices.Contains(have, shown) {
		return shown
	}
	return have[0]
}

// clock returns the time at the precision that every store keeps.
func (s *School) clock() time.Time { return cut(s.opts.Now()) }

func cut(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.UTC().Truncate(time.Microsecond)
}

func (s *School) record(ctx context.Context, by profile.Actor, name, subject string, props ...string) {
	e := analytics.Event{Name: name, At: s.clock(), User: by.ID, Account: by.Account, Subject: subject}
	for i := 0; i+1 < len(props); i += 2 {
		if e.Props == nil {
			e.Props = map[string]string{}
		}
		e.Props[props[i]] = props[i+1]
	}
	s.opts.Events.Record(ctx, e)
}

// notify tells somebody something. What cannot be told now is logged: nothing
// that was done is undone for it.
func (s *School) notify(ctx context.Context, o profile.Occurrence) {
	if s.opts.Notify == nil {
		return
	}
	o.Private = true
	if err := s.opts.Notify(ctx, o); err != nil {
		s.opts.Logger.ErrorContext(ctx, "not notified", "kind", o.Kind, "subject", o.Subject, "err", err)
	}
}

// draw returns a Markdown text as safe HTML. One that cannot be rendered is shown
// as it was typed.
func (s *School) draw(said Said) template.HTML {
	doc, err := s.render(said)
	if err != nil {
		return markdown.Plain(said.Text)
	}
	return doc.HTML
}

// text returns what a reader reads of a Markdown text.
func (s *School) text(said Said) string {
	doc, err := s.render(said)
	if err != nil {
		return said.Text
	}
	return doc.Text
}

func (s *School) render(said Said) (markdown.Document, error) {
	kept, ok := s.drawers.Load(said.Locale)
	if !ok {
		opts := &markdown.Options{TopLevel: 2}
		if s.opts.Word != nil {
			opts.Label = func(l markdown.Label) string { return s.opts.Word(said.Locale, string(l)) }
		}
		kept, _ = s.drawers.LoadOrStore(said.Locale, markdown.New(opts))
	}
	return kept.(*markdown.Renderer).Render(said.Text)
}

// teaches reports whether by looks after learners: decides who gets in, sees who
// learns what, and says what is paid.
func (s *School) teaches(by profile.Actor) bool {
	return by.Viewer == "" && s.opts.Policy.May(by, profile.PermissionCoursesTeach)
}

func (s *School) writes(by profile.Actor) bool {
	return by.Viewer == "" && s.opts.Policy.May(by, profile.PermissionContentWrite)
}

func (s *School) publishes(by profile.Actor) bool {
	return by.Viewer == "" && s.opts.Policy.May(by, profile.PermissionContentPublish)
}

// learns reports whether by can do something as a learner: they are somebody, and
// nobody who looks at the portal as them.
func learns(by profile.Actor) bool {
	return !by.Anonymous() && by.Viewer == "" && by.Assurance != profile.AssuranceLink
}

const maxLimit = 200

func limit(n int) int {
	if n <= 0 {
		return DefaultLimit
	}
	return min(n, maxLimit)
}

// all ranges over the records of all pages.
func all[T any](page func(after string) ([]T, string, error)) func(yield func(T, error) bool) {
	return func(yield func(T, error) bool) {
		for after := ""; ; {
			list, next, err := page(after)
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			for _, v := range list {
				if !yield(v, nil) {
					return
				}
			}
			if after = next; next == "" {
				return
			}
		}
	}
}

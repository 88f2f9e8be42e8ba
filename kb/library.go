package kb

import (
	"context"
	"crypto/rand"
	"hash/maphash"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/internal/cursor"
	"github.com/stoa-go/stoa/internal/filetext"
	"github.com/stoa-go/stoa/internal/lru"
	"github.com/stoa-go/stoa/internal/markdown"
	"github.com/stoa-go/stoa/profile"
)

// A Library is where articles are read, written and found. It carries every
// rule about them; its [Store] carries none.
type Library struct {
	store   Store
	events  analytics.Recorder
	policy  profile.Policy
	log     *slog.Logger
	now     func() time.Time
	locales []string
	types   []Type
	choose  func(asked string, have []string) string
	tokens  cursor.Key
	word    Wording
	drawers sync.Map // locale to *markdown.Renderer
	path    func(Ref) string
	slugAt  func(string) (string, bool)
	checker *http.Client
	lessons func(context.Context, profile.Actor, string) ([]Lesson, error)
	forest  atomic.Pointer[forest]
	census  atomic.Pointer[census]
	texts   *lru.Cache[textKey, *document]
	scripts *lru.Cache[textKey, *script]
	seed    maphash.Seed
	boxer   *markdown.Boxer
	blocks  atomic.Pointer[blockSet]
	series  atomic.Pointer[seriesSet]
	pages   *lru.Cache[pageKey, stampedPage]
	founds  *lru.Cache[foundKey, stampedFound]
	unnamed *hourly // opinions
	process func(Kind, string) Process
	actor   func(context.Context, string) (profile.Actor, error)
	notify  func(context.Context, profile.Occurrence) error
	binFor  time.Duration
	held    func(context.Context) ([]string, error)

	files     Files
	fileTypes []string
	maxFile   int64
	maxFiles  int64
	readText  TextReader
	scanner   Scanner
	audit     profile.Auditor
	providers []provider
	swept     atomic.Pointer[time.Time]
	redactor  Redactor
}

// Options adjust a Library. The zero value is ready to use.
type Options struct {
	Events  analytics.Recorder                          // nil discards events
	Policy  profile.Policy                              // nil means profile.DefaultPolicy
	Logger  *slog.Logger                                // nil means none
	Now     func() time.Time                            // nil means time.Now
	Locales []string                                    // languages offered to readers, the default first; nil means "en"
	Choose  Chooser                                     // nil picks the language itself, its parent, the source, then the first
	Secret  []byte                                      // authenticates page tokens; nil means a random one that ends with the process
	Path    func(Ref) string                            // where readers find what an article links to; nil means "/articles/SLUG" and so on
	SlugAt  func(address string) (slug string, ok bool) // which article a path, or a whole address, of the site leads to; nil knows "/articles/SLUG"
	Word    Wording                                     // translates the few words that are added to texts ("note", "warning"); nil means English
	Types   []Type                                      // what content consists of; nil means DefaultTypes

	// Process says what it takes to publish articles of a kind in a category, by
	// its ID; nil means the zero Process.
	Process func(kind Kind, category string) Process

	// Actor returns a person as they are now, or ErrNotFound: for reviewers who
	// are asked, and for whom plans are carried out. Nil means that nobody is
	// checked.
	Actor func(ctx context.Context, person string) (profile.Actor, error)

	// Notify tells people of reviews, plans and verifications; nil means that
	// nobody is told. [profile.Notifier.Notify] does it.
	Notify func(ctx context.Context, o profile.Occurrence) error

	// BinFor is how long what was deleted can be restored; 0 means 30 days.
	BinFor time.Duration

	// Held returns the people of whom nothing may be removed, say for a legal
	// hold: what they have a part in stays in the bin. Nil means nobody.
	Held func(ctx context.Context) ([]string, error)

	// Files is where the content of large media is kept; nil means that only
	// pictures and captions can be. See [FolderFiles].
	Files     Files
	FileTypes []string   // ends of the names of what can be uploaded; nil means [FileTypes]
	MaxFile   int64      // how large a file may be, in bytes; 0 means 100 MB. Pictures and captions: [MaxMedia]
	ReadText  TextReader // finds the words in files; nil reads text, HTML and documents of Word and OpenDocument. Package search/filetext reads PDF too
	MaxFiles  int64      // how large all media together may be before no more files are taken; 0 means any

	// Scanner looks at media before they are kept: what it finds something in, or
	// cannot look at, is refused. Nil means that nobody looks. Package
	// tools/clamscan asks ClamAV.
	Scanner Scanner
	Audit   profile.Auditor // writes down in whose media something harmful was found; nil writes nothing down

	// Redactor takes personal data out of conversations; the zero one knows the
	// common kinds.
	Redactor Redactor

	Providers []Provider // whose films and the like are shown in pages; nil means DefaultProviders, an empty list none

	// Lessons returns the lessons of courses that show an article or lead to it, of
	// those that by sees; nil means that there are none.
	Lessons func(ctx context.Context, by profile.Actor, article string) ([]Lesson, error)

	// Checker asks whether there is anything at the addresses elsewhere that texts
	// lead to; nil means that nobody does. Authors write them: it must reach only
	// what they may reach.
	Checker *http.Client

	CacheMax int // rendered texts, pages and addresses kept, of each; 0 means 512
}

// A Chooser picks the language that a reader of asked is shown from those that
// there are. have is never empty; its first element is the article's source
// language.
type Chooser func(asked string, have []string) string

// A Wording returns a word in a language, or "" if it does not know it. The
// words are "note", "tip", "important", "warning", "caution", "done", "open",
// "table", "footnote_back", "image", "internal", "part",
// "transcript" and "block_missing".
type Wording func(locale, word string) string

// NewLibrary returns a Library that keeps its articles in store. A nil opts
// means the defaults.
func NewLibrary(store Store, opts *Options) *Library {
	var o Options
	if opts != nil {
		o = *opts
	}
	l := &Library{
		store: store, events: o.Events, policy: o.Policy, log: o.Logger, now: o.Now,
		locales: slices.Clone(o.Locales), types: slices.Clone(o.Types), choose: o.Choose, tokens: cursor.NewKey(o.Secret), path: o.Path, slugAt: o.SlugAt, checker: o.Checker, lessons: o.Lessons, word: o.Word,
		process: o.Process, actor: o.Actor, notify: o.Notify, redactor: o.Redactor, binFor: o.BinFor, held: o.Held,
		files: o.Files, fileTypes: slices.Clone(o.FileTypes), maxFile: o.MaxFile, maxFiles: o.MaxFiles, readText: o.ReadText,
		scanner: o.Scanner, audit: o.Audit,
	}
	l.defaults(o)
	return l
}

func (l *Library) defaults(o Options) {
	if l.events == nil {
		l.events = analytics.Discard
	}
	if l.policy == nil {
		l.policy = profile.DefaultPolicy()
	}
	if l.log == nil {
		l.log = slog.New(slog.DiscardHandler)
	}
	if l.now == nil {
		l.now = time.Now
	}
	if len(l.locales) == 0 {
		l.locales = []string{"en"}
	}
	if len(l.types) == 0 {
		l.types = DefaultTypes()
	}
	if l.choose == nil {
		l.choose = chooseLanguage
	}
	if l.path == nil {
		l.path = defaultPath
	}
	if l.slugAt == nil {
		l.slugAt = defaultSlugAt
	}
	if l.binFor <= 0 {
		l.binFor = 30 * 24 * time.Hour
	}
	l.providers = providersOf(o.Providers, l.log)
	if l.readText == nil {
		l.readText = filetext.Extract
	}
	if l.maxFile <= 0 {
		l.maxFile = maxFile
	}
	if o.CacheMax <= 0 {
		o.CacheMax = 512
	}
	l.texts = lru.New[textKey, *document](o.CacheMax)
	l.scripts = lru.New[textKey, *script](o.CacheMax)
	l.seed = maphash.MakeSeed()
	l.boxer = markdown.NewBoxer(strings.ToLower(rand.Text()))
	l.pages = lru.New[pageKey, stampedPage](o.CacheMax)
	l.unnamed = newHourly()
	l.founds = lru.New[foundKey, stampedFound](o.CacheMax)
}

// Locales returns the languages offered to readers, the default first.
func (l *Library) Locales() []string { return slices.Clone(l.locales) }

// clock returns the time at the precision that every store keeps.
func (l *Library) clock() time.Time { return l.now().UTC().Truncate(time.Microsecond) }

func (l *Library) record(ctx context.Context, by profile.Actor, e analytics.Event) {
	e.At, e.User, e.Account = l.clock(), by.ID, by.Account
	l.events.Record(ctx, e)
}

// chooseLanguage is the default [Chooser].
func chooseLanguage(asked string, have []string) string {
	for tag := asked; tag != ""; tag = parent(tag) {
		if slices.Contains(have, tag) {
			return tag
		}
	}
	return have[0]
}

// pick returns the language in which a reader of asked is shown one of have.
func (l *Library) pick(asked string, have []string) string {
	if shown := l.choose(asked, have); slices.Contains(have, shown) {
		return shown
	}
	return have[0] // the host's Chooser made one up
}

// parent returns the tag without its last part: "pt-BR" becomes "pt".
func parent(tag string) string {
	i := strings.LastIndexByte(tag, '-')
	if i < 0 {
		return ""
	}
	return tag[:i]
}

// categories returns all categories as they are now. Only their stamp is asked
// for each time; a change anywhere, on another instance too, is seen at once.
func (l *Library) categories(ctx context.Context) (*forest, error) {
	stamp, _, err := l.store.Stamps(ctx)
	if err != nil {
		return nil, err
	}
	if f := l.forest.Load(); f != nil && f.stamp == stamp {
		return f, nil
	}
	all, stamp, err := l.store.Categories(ctx)
	if err != nil {
		return nil, err
	}
	f := newForest(all, stamp)
	l.forest.Store(f)
	return f, nil
}

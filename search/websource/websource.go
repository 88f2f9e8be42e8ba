package websource

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/filetext"
	"github.com/stoa-go/stoa/internal/outbound"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/gathered"
)

// ErrInvalid is for starts and options that cannot be accepted.
var ErrInvalid = errs.Invalid

// Agent is what robots.txt calls this crawler.
const Agent = "StoaBot"

// Options adjust a [Source]. nil options are the zero ones.
type Options struct {
	Within   []string         // addresses that pages begin with; nil means the host of a sitemap, and the folder of a page
	Contact  string           // address of a page or a mailbox that servers are told, for those who want to complain; "" means none
	Audience profile.Audience // who may find the pages; nil means everybody
	Kind     string           // of the documents; "" means "page"
	Locale   string           // language of pages that do not say theirs; "" means "en"
	Locales  []string         // languages of readers, see [gathered.Options]; nil means that a page is for readers of its own

	Every    time.Duration // between the beginnings of crawls; 0 means a day
	Delay    time.Duration // between two requests to a host, if it does not ask for more; 0 means a second
	MaxPages int           // asked for in one crawl; 0 means 5000
	MaxBytes int64         // of one page; 0 means 4 MiB
	MaxDepth int           // links from a start; 0 means 10
	MaxTime  time.Duration // of one crawl; 0 means six hours

	// ReadText finds the words in files that are neither HTML nor text. nil means
	// internal ones, for documents of Word and OpenDocument; that of
	// search/filetext knows PDF too.
	ReadText func(ctx context.Context, mime string, r io.ReaderAt, size int64) (string, error)

	// Client makes the requests. Its redirects are not followed by itself. nil
	// means one that reaches the public internet and nothing else.
	Client *http.Client

	// Hosts is shared by sources that may meet on a host, so that it has one
	// request at a time of all of them. nil means that there are no others.
	Hosts *Hosts

	Now    func() time.Time // nil means time.Now
	Logger *slog.Logger     // nil means no log
}

// A Source is the pages of a site. It is a [search.Source], safe for concurrent
// use. Run keeps it fresh.
type Source struct {
	name   string
	starts []*url.URL
	scope  scope
	log    *gathered.Log
	client *http.Client
	opts   Options

	crawling chan struct{} // held by whoever crawls
	wake     chan struct{} // a crawl is asked for

	mu     sync.Mutex
	status Status
}

var _ search.Source = (*Source)(nil)

// New returns a source of the pages that some addresses lead to: of sitemaps, or
// of pages to follow links from. What it reads is kept in store.
func New(name string, starts []string, store gathered.Store, opts *Options) (*Source, error) {
	s := &Source{name: name, crawling: make(chan struct{}, 1), wake: make(chan struct{}, 1)}
	if opts != nil {
		s.opts = *opts
	}
	s.opts.fill()
	var err error
	if s.starts, err = addresses(starts); err != nil {
		return nil, err
	}
	if s.scope, err = addresses(s.opts.Within); err != nil {
		return nil, err
	}
	if name == "" || len(s.starts) == 0 {
		return nil, fmt.Errorf("a site needs a name and an address to begin with: %w", ErrInvalid)
	}
	if s.scope == nil {
		s.scope = scopeOf(s.starts)
	}
	client := *cmp.Or(s.opts.Client, outbound.NewClient(&outbound.Options{Timeout: requestTimeout}))
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	client.Jar = nil
	s.client = &client
	s.log = gathered.NewLog(store, &gathered.Options{
		Locales: s.opts.Locales, Finish: s.finish, Stamp: strings.Join(s.opts.Audience, " ") + "|" + s.opts.Kind,
	})
	return s, nil
}

// requestTimeout is how long a page may take.
const requestTimeout = 30 * time.Second

func (o *Options) fill() {
	o.Kind, o.Locale = cmp.Or(o.Kind, "page"), cmp.Or(o.Locale, "en")
	o.Every, o.Delay, o.MaxTime = cmp.Or(o.Every, 24*time.Hour), cmp.Or(o.Delay, time.Second), cmp.Or(o.MaxTime, 6*time.Hour)
	o.MaxPages, o.MaxDepth, o.MaxBytes = cmp.Or(o.MaxPages, 5000), cmp.Or(o.MaxDepth, 10), cmp.Or(o.MaxBytes, 4<<20)
	if o.Audience == nil {
		o.Audience = profile.Public()
	}
	if o.ReadText == nil {
		o.ReadText = filetext.Extract
	}
	if o.Hosts == nil {
		o.Hosts = NewHosts()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
}

// addresses reads addresses as they are configured.
func addresses(list []string) (out []*url.URL, err error) {
	for _, text := range list {
		u, ok := address(nil, text)
		if !ok {
			return nil, fmt.Errorf("%q is no address of a page: %w", text, ErrInvalid)
		}
		out = append(out, u)
	}
	return out, nil
}

// finish completes a document before it is handed out.
func (s *Source) finish(d *search.Document) {
	d.Kind, d.Audience = s.opts.Kind, s.opts.Audience
	d.Facets = map[string][]string{"kind": {d.Kind}, "language": {d.Locale}, "site": {d.Elsewhere()}}
}

// Name implements [search.Source].
func (s *Source) Name() string { return s.name }

// Changes implements [search.Source].
func (s *Source) Changes(ctx context.Context, after string, limit int) ([]search.Change, string, error) {
	return s.log.Changes(ctx, after, limit)
}

// Wait implements [search.Source].
func (s *Source) Wait(ctx context.Context, after string) error { return s.log.Wait(ctx, after) }

// Ask asks Run for a crawl at once. While there is one, it does nothing.
func (s *Source) Ask() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// Status returns how the source is doing.
func (s *Source) Status(ctx context.Context) (Status, error) {
	st, err := s.load(ctx)
	if err != nil {
		return Status{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	out := s.status
	if !out.Running {
		out.Report = st.Report
	}
	out.Next = st.Next
	out.Problems = slices.Clone(out.Problems)
	return out, nil
}

// Run crawls the site whenever it is due, or asked for, until ctx is done. It
// never gives up.
func (s *Source) Run(ctx context.Context) error {
	for ctx.Err() == nil {
		st, err := s.load(ctx)
		if err != nil {
			s.opts.Logger.ErrorContext(ctx, "site not crawled", "source", s.name, "err", err)
			st.Next = s.opts.Now().Add(s.opts.Every)
		}
		timer := time.NewTimer(max(0, st.Next.Sub(s.opts.Now())))
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil
		case <-timer.C:
		case <-s.wake:
			timer.Stop()
		}
		report, err := s.Crawl(ctx)
		if ctx.Err() == nil {
			s.opts.Logger.InfoContext(ctx, "site crawled", "source", s.name, "pages", report.Pages, "changed", report.Changed, "removed", report.Removed, "end", report.End, "err", err)
		}
		if err != nil && !errors.Is(err, context.Canceled) {
			s.opts.Logger.ErrorContext(ctx, "site not crawled", "source", s.name, "err", err)
			s.rest(ctx)
		}
		select { // who asked while it was going on has got it
		case <-s.wake:
		default:
		}
	}
	return nil
}

// rest waits when what is read cannot be kept.
func (s *Source) rest(ctx context.Context) {
	timer := time.NewTimer(time.Minute)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

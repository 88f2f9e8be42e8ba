// Package foldersource is a search source of the files in a folder: Markdown with
// front matter, HTML, text, and documents. It may be a checkout of Git.
//
// A file is a document. Its title, language and audience are its front matter's
// (title, lang or locale, audience, summary, tags, updated), read as
// [github.com/stoa-go/stoa/kb/importkb] reads it: drafts and what is archived or
// not published are not found, names count in any letters. The language may
// also be part of the name or a folder of it: "guide.de.md", "de/guide.md". What
// is for some readers within a text is left out. A file that says "search: false"
// is not found, and front matter that is not understood keeps the file out.
//
// Links lead to where the files are published: see [Options.Link].
//
// The folder is looked at every few seconds, and what is in a file is compared by
// what it says, not by when it was written. Nothing outside of the folder is read,
// whatever links to it (see [os.Root]). A folder that is not there, or has no
// file left, takes nothing out of the search: it is more likely a disk that is
// missing.
package foldersource

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"maps"
	"net/url"
	"os"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/filetext"
	"github.com/stoa-go/stoa/internal/valid"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/gathered"
)

// ErrInvalid is for options that cannot be accepted.
var ErrInvalid = errs.Invalid

// Options adjust a [Source].
type Options struct {
	// Link is where a file is read: an address with "{path}" in it, the file's
	// path, or "{page}", the path without its ending. It is needed.
	Link string

	Include  []string         // patterns of files, such as "docs/**/*.md"; nil means all that can be read
	Exclude  []string         // patterns of what is left out, files or folders; what begins with a dot always is
	Audience profile.Audience // of files that do not say theirs; nil means everybody
	Kind     string           // of the documents; "" means "page"
	Locale   string           // of files that do not say theirs; "" means "en"
	Locales  []string         // languages of readers, see [gathered.Options]; nil means that a file is for readers of its own

	Every    time.Duration // between two looks; 0 means five seconds
	MaxFiles int           // 0 means 20,000
	MaxBytes int64         // of one file; 0 means 8 MiB

	// ReadText finds the words in files that are neither Markdown nor HTML. nil
	// means internal ones; that of search/filetext knows PDF too.
	ReadText func(ctx context.Context, mime string, r io.ReaderAt, size int64) (string, error)

	Now    func() time.Time // nil means time.Now
	Logger *slog.Logger     // nil means no log
}

// A Report says how a folder was read.
type Report struct {
	At       time.Time // zero means never
	Files    int       // that are found
	Changed  int       // new or another, the last time anything was
	Removed  int
	Problems []Problem // at most 100
	Error    string    // why the folder cannot be read, or empty
}

// A Problem is a file that is not found.
type Problem struct{ File, Reason string }

const mostProblems = 100

// A Source is the files of a folder. It is a [search.Source], safe for concurrent
// use. Run keeps it fresh.
type Source struct {
	name, folder string
	log          *gathered.Log
	opts         Options
	wake         chan struct{}

	reading sync.Mutex // held while the folder is read
	seen    string     // what it looked like then
	before  string     // and at the last look

	mu     sync.Mutex
	report Report
}

var _ search.Source = (*Source)(nil)

// New returns a source of the files in a folder. What was read is kept in store.
func New(name, folder string, store gathered.Store, opts Options) (*Source, error) {
	opts.fill()
	s := &Source{name: name, folder: folder, opts: opts, wake: make(chan struct{}, 1)}
	if name == "" || !strings.Contains(opts.Link, "{page}") && !strings.Contains(opts.Link, "{path}") {
		return nil, fmt.Errorf("a folder needs a name, and a link with {page} or {path} in it: %w", ErrInvalid)
	}
	if _, err := valid.SafeURL(s.link("a/b.md")); err != nil {
		return nil, fmt.Errorf("link %q: %w", opts.Link, err)
	}
	for _, pattern := range slices.Concat(opts.Include, opts.Exclude) {
		if _, err := path.Match(strings.ReplaceAll(pattern, "**", "*"), ""); err != nil {
			return nil, fmt.Errorf("pattern %q: %w", pattern, ErrInvalid)
		}
	}
	s.log = gathered.NewLog(store, &gathered.Options{Locales: opts.Locales, Finish: s.finish, Stamp: opts.Kind + "|" + opts.Link})
	return s, nil
}

func (o *Options) fill() {
	o.Kind, o.Locale, o.Every = cmp.Or(o.Kind, "page"), cmp.Or(o.Locale, "en"), cmp.Or(o.Every, 5*time.Second)
	o.MaxFiles, o.MaxBytes = cmp.Or(o.MaxFiles, 20_000), cmp.Or(o.MaxBytes, 8<<20)
	if o.Audience == nil {
		o.Audience = profile.Public()
	}
	if o.ReadText == nil {
		o.ReadText = filetext.Extract
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
}

// link returns where a file is read.
func (s *Source) link(file string) string {
	escaped := (&url.URL{Path: file}).EscapedPath()
	page := strings.TrimSuffix(escaped, path.Ext(escaped))
	return strings.NewReplacer("{path}", escaped, "{page}", page).Replace(s.opts.Link)
}

func (s *Source) finish(d *search.Document) {
	d.Kind = s.opts.Kind
	d.Facets = map[string][]string{"kind": {d.Kind}, "language": {d.Locale}}
	if at := d.Elsewhere(); at != "" {
		d.Facets["site"] = []string{at}
	}
}

// Name implements [search.Source].
func (s *Source) Name() string { return s.name }

// Changes implements [search.Source].
func (s *Source) Changes(ctx context.Context, after string, limit int) ([]search.Change, string, error) {
	return s.log.Changes(ctx, after, limit)
}

// Wait implements [search.Source].
func (s *Source) Wait(ctx context.Context, after string) error { return s.log.Wait(ctx, after) }

// Ask asks Run to read the folder at once.
func (s *Source) Ask() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// Report returns how the folder was read last.
func (s *Source) Report() Report {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.report
	r.Problems = slices.Clone(r.Problems)
	return r
}

// Run reads the folder when it has changed, until ctx is done.
func (s *Source) Run(ctx context.Context) error {
	tick := time.NewTicker(s.opts.Every)
	defer tick.Stop()
	for now := false; ; {
		if err := s.look(ctx, now); err != nil && ctx.Err() == nil {
			s.opts.Logger.ErrorContext(ctx, "folder not read", "source", s.name, "folder", s.folder, "err", err)
		}
		now = false
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		case <-s.wake:
			now = true
		}
	}
}

// look reads the folder if it has changed and stood still since the last look: a
// checkout that is under way is not read by halves.
func (s *Source) look(ctx context.Context, now bool) error {
	stamp, err := s.stamp()
	if err != nil {
		return s.failed(err)
	}
	still := stamp == s.before
	s.before = stamp
	if !now && (!still || stamp == s.seen) {
		return nil
	}
	if _, err := s.Read(ctx); err != nil {
		return err
	}
	s.seen = stamp
	return nil
}

func (s *Source) failed(err error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.report.Error = err.Error()
	return err
}

// stamp returns what changes with any file of the folder.
func (s *Source) stamp() (string, error) {
	h := sha256.New()
	err := s.walk(func(root *os.Root, file string) error {
		info, err := root.Stat(file)
		if err == nil {
			fmt.Fprintln(h, file, info.Size(), info.ModTime().UnixNano())
		}
		return nil
	})
	return hex.EncodeToString(h.Sum(nil)), err
}

// walk calls a function for each file of the folder that is wanted.
func (s *Source) walk(f func(root *os.Root, file string) error) error {
	root, err := os.OpenRoot(s.folder)
	if err != nil {
		return err
	}
	defer root.Close() //nolint:errcheck // it was only read
	n := 0
	return fs.WalkDir(root.FS(), ".", func(file string, d fs.DirEntry, err error) error {
		switch {
		case err != nil && file == ".":
			return err
		case err != nil || file != "." && (strings.HasPrefix(d.Name(), ".") || matchesAny(s.opts.Exclude, file)):
			if d != nil && d.IsDir() {
				return fs.SkipDir
			}
			return nil
		case d.IsDir() || !d.Type().IsRegular() || kinds[strings.ToLower(path.Ext(file))] == "":
			return nil // what links elsewhere is no file of the folder
		case s.opts.Include != nil && !matchesAny(s.opts.Include, file):
			return nil
		}
		if n++; n > s.opts.MaxFiles {
			return errTooMany
		}
		return f(root, file)
	})
}

var errTooMany = errors.New("there are more files than may be read")

// errEmpty is of a folder that has lost everything.
var errEmpty = errors.New("there is no file in the folder any more; nothing was taken away")

// Read reads the folder as it is now.
func (s *Source) Read(ctx context.Context) (Report, error) {
	s.reading.Lock()
	defer s.reading.Unlock()
	known, err := s.log.Notes(ctx)
	if err != nil {
		return Report{}, s.failed(err)
	}
	report, met := Report{}, map[string]bool{}
	err = s.walk(func(root *os.Root, file string) error {
		met[file] = true
		return s.keep(ctx, root, file, &report)
	})
	if err == nil && len(met) == 0 && len(known) > 0 {
		err = errEmpty
	}
	if err != nil {
		return report, s.failed(err)
	}
	for _, file := range slices.Sorted(maps.Keys(known)) {
		if met[file] {
			continue
		}
		changed, err := s.log.Keep(ctx, gathered.Entry{Key: file})
		if err != nil {
			return report, s.failed(err)
		}
		if changed {
			report.Removed++
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	report.At = s.now()
	s.report = report
	return report, nil
}

func (s *Source) now() time.Time { return s.opts.Now().UTC().Truncate(time.Microsecond) }

// keep reads one file. One that cannot be read is not found.
func (s *Source) keep(ctx context.Context, root *os.Root, file string, report *Report) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	d, err := s.document(ctx, root, file)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, fs.ErrNotExist): // it went while the folder was read
		return nil
	case err != nil:
		if len(report.Problems) < mostProblems {
			report.Problems = append(report.Problems, Problem{file, err.Error()})
		}
	case d.ID != "":
		report.Files++
	}
	e := gathered.Entry{Key: file, Document: d, Note: "file"}
	changed, err := s.log.Keep(ctx, e)
	if changed {
		report.Changed++
	}
	return err
}

package site

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/filetext"
	"github.com/stoa-go/stoa/search/foldersource"
	"github.com/stoa-go/stoa/search/gathered"
	"github.com/stoa-go/stoa/search/websource"
)

// What is elsewhere is searched along with what is here: sites that are crawled,
// and folders of files that are published elsewhere.
// What was read of them is in the data folder, a file for each.

// An external is a source of what is elsewhere.
type external struct {
	search.Source

	where string // address
	run   func(context.Context) error
	ask   func() // reads it at once
	view  func(context.Context, *visit) (sourceView, error)
	file  *gathered.File
}

// sourceName is what sources may be called: their files are called so too.
var sourceName = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{0,63}$`)

func (s *Site) openSources(context.Context) error {
	hosts := websource.NewHosts()
	for _, text := range s.cfg.Crawl {
		if err := s.openCrawl(text, hosts); err != nil {
			return fmt.Errorf("-crawl %s: %w", text, err)
		}
	}
	for _, text := range s.cfg.Folders {
		if err := s.openFolderSource(text); err != nil {
			return fmt.Errorf("-folder %s: %w", text, err)
		}
	}
	return nil
}

// openFolderSource reads "NAME=FOLDER,LINK".
func (s *Site) openFolderSource(text string) error {
	at := strings.LastIndex(text, ",")
	if at < 0 {
		return errors.New("say after a comma where its files are read, such as https://docs.example.com/{page}")
	}
	name, folder, err := named(text[:at], filepath.Base)
	if err != nil {
		return err
	}
	if info, err := os.Stat(folder); err != nil || !info.IsDir() {
		return errors.Join(err, fmt.Errorf("%s is no folder", folder))
	}
	file, err := s.gathers(name)
	if err != nil {
		return err
	}
	source, err := foldersource.New(name, folder, file, foldersource.Options{
		Link: text[at+1:], Locale: string(s.languages.Default()), ReadText: filetext.Extract, Now: s.cfg.Now, Logger: s.cfg.Log,
	})
	if err != nil {
		return errors.Join(err, file.Close())
	}
	return s.addSource(external{
		Source: source, where: folder, run: source.Run, ask: source.Ask, file: file,
		view: func(_ context.Context, v *visit) (sourceView, error) { return folderView(v, source.Report()), nil },
	})
}

// folderView is how a folder stands, for the desk.
func folderView(v *visit, r foldersource.Report) sourceView {
	view := sourceView{Pages: r.Files, Trouble: len(r.Problems), State: v.P.T("sources.never")}
	if !r.At.IsZero() {
		view.State = v.P.T("sources.ended", "when", v.P.DateTime(r.At, i18n.StyleMedium))
	}
	for _, p := range r.Problems {
		view.Problems = append(view.Problems, sourceProblem{Where: p.File, Why: p.Reason})
	}
	if r.Error != "" {
		view.Facts = []string{v.P.T("sources.reason_unreadable")}
	}
	return view
}

// named reads "NAME=REST". Without a name it is what other returns.
func named(text string, other func(rest string) string) (name, rest string, err error) {
	name, rest, ok := strings.Cut(text, "=")
	if !ok || !sourceName.MatchString(name) {
		name, rest = strings.ToLower(other(text)), text
	}
	if !sourceName.MatchString(name) {
		return "", "", errors.New("say what it is called: small letters, digits, dots and hyphens before a \"=\"")
	}
	return name, rest, nil
}

func (s *Site) openCrawl(text string, hosts *websource.Hosts) error {
	name, start, err := named(text, hostOf)
	if err != nil {
		return err
	}
	file, err := s.gathers(name)
	if err != nil {
		return err
	}
	opts := &websource.Options{
		Locale: string(s.languages.Default()), ReadText: filetext.Extract, Client: s.cfg.outside, Hosts: hosts, Delay: s.cfg.crawlDelay, Now: s.cfg.Now, Logger: s.cfg.Log,
	}
	if s.cfg.BaseURL != "" {
		opts.Contact = s.cfg.BaseURL + "/contact"
	}
	source, err := websource.New(name, []string{start}, file, opts)
	if err != nil {
		return errors.Join(err, file.Close())
	}
	return s.addSource(external{
		Source: source, where: start, run: source.Run, ask: source.Ask, file: file,
		view: func(ctx context.Context, v *visit) (sourceView, error) {
			st, err := source.Status(ctx)
			return crawlView(v, st), err
		},
	})
}

// gathers opens the file in which what a source has read is kept.
func (s *Site) gathers(name string) (*gathered.File, error) {
	folder := filepath.Join(s.cfg.Data, "gathered")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	return gathered.OpenFile(filepath.Join(folder, name+".jsonl"))
}

func (s *Site) addSource(e external) error {
	s.sources = append(s.sources, e)
	if slices.ContainsFunc(s.sources[:len(s.sources)-1], func(o external) bool { return o.Name() == e.Name() }) || e.Name() == "kb" || e.Name() == "courses" {
		return fmt.Errorf("another source is called %s: say a name before a \"=\"", e.Name())
	}
	return nil
}

// searched is all that is searched.
func (s *Site) searched() []search.Source {
	out := []search.Source{forReaders{s.library.Source(), s}, forReaders{s.school.Source(), s}}
	for _, e := range s.sources {
		out = append(out, forReaders{e.Source, s})
	}
	return out
}

// runSources keeps fresh what is known of elsewhere, until ctx is done.
func (s *Site) runSources(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	for _, e := range s.sources {
		g.Go(func() error { return e.run(ctx) })
	}
	return g.Wait()
}

func (s *Site) closeSources() (err error) {
	for _, e := range s.sources {
		err = errors.Join(err, e.file.Close())
	}
	return err
}

// crawlView is how a site stands, for the desk.
func crawlView(v *visit, st websource.Status) sourceView {
	view := sourceView{Running: st.Running, Pages: st.Pages, Trouble: st.Trouble}
	switch {
	case st.Running:
		view.State = v.P.T("sources.running", "n", st.Asked)
	case st.Ended.IsZero():
		view.State = v.P.T("sources.never")
	default:
		view.State = v.P.T("sources.ended", "when", v.P.DateTime(st.Ended, i18n.StyleMedium)) + " " + v.P.T("sources.end_"+string(st.End))
		view.Facts = []string{v.P.T("sources.counts", "asked", st.Asked, "changed", st.Changed, "removed", st.Removed)}
	}
	if !st.Running && !st.Next.IsZero() {
		view.Next = v.P.DateTime(st.Next, i18n.StyleMedium)
	}
	for _, r := range websource.Reasons() {
		if n := st.Left[r]; n > 0 {
			view.Facts = append(view.Facts, v.P.T("sources.left", "reason", v.P.T("sources.reason_"+string(r)), "n", n))
		}
	}
	for _, p := range st.Problems {
		view.Problems = append(view.Problems, sourceProblem{Where: p.Address, Why: v.P.T("sources.reason_" + string(p.Reason)), Status: p.Status})
	}
	return view
}

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/stoa-go/stoa/examples/portal/site"
	"github.com/stoa-go/stoa/kb"
)

// importInto takes what was read from path into the library, shows how far it
// is, and says in the end what became of everything.
func importInto(ctx context.Context, s *site.Site, path string, b kb.Bundle, out io.Writer) error {
	start := time.Now()
	p := newProgress(out)
	report, err := s.Import(ctx, b, p.show)
	p.end()
	for _, problem := range report.Problems {
		fmt.Fprintln(out, "not imported:", s.Explain(problem))
	}
	if errors.Is(err, context.Canceled) {
		return fmt.Errorf("the import of %s was stopped after %d of %d articles; the same command completes it", path, p.done, report.Articles)
	}
	if err != nil {
		return err
	}
	fmt.Fprintln(out, summary(path, report, time.Since(start)))
	return nil
}

func summary(path string, r kb.ImportReport, took time.Duration) string {
	rate := float64(r.Texts) / max(took.Seconds(), 0.001)
	return fmt.Sprintf("imported %s: %s in %s: %d new, %d changed, %d as they were, %s; "+
		"%s and %s new or changed, %s; %.1f s, %.0f texts a second", path,
		counted(r.Articles, "article", "articles"), counted(r.Texts, "text", "texts"), r.Created, r.Updated, r.Unchanged,
		counted(len(r.Problems), "problem", "problems"), counted(r.Categories, "category", "categories"), counted(r.Media, "picture", "pictures"),
		counted(r.Redirects, "old address", "old addresses"), took.Seconds(), rate)
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// A progress shows how far an import is: a bar that fills where somebody
// watches, a line now and then in a log.
type progress struct {
	out   io.Writer
	bar   bool
	every time.Duration // at most one line, or one drawing of the bar, in this time
	now   func() time.Time
	last  time.Time
	done  int
	shown bool
}

func newProgress(out io.Writer) *progress {
	p := &progress{out: out, every: 5 * time.Second, now: time.Now}
	if isTerminal(out) {
		p.bar, p.every = true, 100*time.Millisecond
	}
	p.last = p.now()
	return p
}

func isTerminal(out io.Writer) bool {
	f, ok := out.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

const barWidth = 30

func (p *progress) show(done, total int) {
	p.done = done
	now := p.now()
	// The bar is seen to fill up; a log has the summary instead.
	if now.Sub(p.last) < p.every && (!p.bar || done < total) {
		return
	}
	p.last, p.shown = now, true
	if !p.bar {
		fmt.Fprintf(p.out, "importing %d/%d\n", done, total)
		return
	}
	full := barWidth * done / max(total, 1)
	fmt.Fprintf(p.out, "\rimporting [%s%s] %d/%d", strings.Repeat("#", full), strings.Repeat(".", barWidth-full), done, total)
}

func (p *progress) end() {
	if p.bar && p.shown {
		fmt.Fprintln(p.out)
	}
}

package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/stoa-go/stoa/examples/portal/site"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/kb/importkb"
)

// importFrom takes a folder or a file into the library, with a bar that shows
// how far it is, and says in the end what became of everything.
func importFrom(ctx context.Context, s *site.Site, path string, out io.Writer) error {
	start := time.Now()
	bundle, err := importkb.Path(path)
	if err != nil {
		return fmt.Errorf("-import: %w", err)
	}
	bar := &bar{out: out}
	report, err := s.Import(ctx, bundle, bar.show)
	bar.end()
	for _, p := range report.Problems {
		fmt.Fprintln(out, "not imported:", s.Explain(p))
	}
	if err != nil {
		return err
	}
	fmt.Fprintln(out, summary(path, report, time.Since(start)))
	return nil
}

func summary(path string, r kb.ImportReport, took time.Duration) string {
	rate := float64(r.Texts) / max(took.Seconds(), 0.001)
	return fmt.Sprintf("imported %s: %d articles in %d texts: %d new, %d changed, %d as they were, %d problems; "+
		"%d categories and %d pictures new or changed, %d old addresses; %.1f s, %.0f texts a second",
		path, r.Articles, r.Texts, r.Created, r.Updated, r.Unchanged, len(r.Problems), r.Categories, r.Media, r.Redirects, took.Seconds(), rate)
}

// A bar shows progress on one line.
type bar struct {
	out   io.Writer
	last  time.Time
	shown bool
}

const barWidth = 30

func (b *bar) show(done, total int) {
	if done < total && time.Since(b.last) < 100*time.Millisecond {
		return
	}
	b.last, b.shown = time.Now(), true
	full := barWidth * done / max(total, 1)
	fmt.Fprintf(b.out, "\rimporting [%s%s] %d/%d", strings.Repeat("#", full), strings.Repeat(".", barWidth-full), done, total)
}

func (b *bar) end() {
	if b.shown {
		fmt.Fprintln(b.out)
	}
}

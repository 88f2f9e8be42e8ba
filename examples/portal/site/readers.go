package site

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search"
)

// A forReaders is a source whose documents serve the readers of every language
// that is offered. The library knows only those of the interface. Its cursors
// name the languages: when there are others, what was read has to be read again.
type forReaders struct {
	search.Source
	site *Site
}

// Changes implements [search.Source].
func (f forReaders) Changes(ctx context.Context, after string, limit int) ([]search.Change, string, error) {
	readers := f.site.languages.Offered()
	mark := markOf(readers)
	cursor, same := strings.CutPrefix(after, mark)
	if after != "" && !same {
		return nil, "", fmt.Errorf("other languages are offered to readers: %w", search.ErrRebuild)
	}
	changes, next, err := f.Source.Changes(ctx, cursor, limit)
	for _, c := range changes {
		f.serve(c.Documents, readers)
	}
	return changes, mark + next, err
}

// Wait implements [search.Source].
func (f forReaders) Wait(ctx context.Context, after string) error {
	cursor, same := strings.CutPrefix(after, markOf(f.site.languages.Offered()))
	if !same {
		return nil
	}
	return f.Source.Wait(ctx, cursor)
}

// Stalled implements [search.Laggard].
func (f forReaders) Stalled(ctx context.Context) (time.Duration, error) {
	if l, ok := f.Source.(search.Laggard); ok {
		return l.Stalled(ctx)
	}
	return 0, nil
}

// Visible implements [search.Rechecker].
func (f forReaders) Visible(ctx context.Context, by profile.Actor, groups []string) ([]string, error) {
	if r, ok := f.Source.(search.Rechecker); ok {
		return r.Visible(ctx, by, groups)
	}
	return groups, nil
}

// Passages implements [search.Quoter].
func (f forReaders) Passages(ctx context.Context, by profile.Actor, d search.Document) ([]search.Passage, error) {
	if q, ok := f.Source.(search.Quoter); ok {
		return q.Passages(ctx, by, d)
	}
	return nil, nil
}

func markOf(readers []i18n.Locale) string {
	var b strings.Builder
	for _, l := range slices.Sorted(slices.Values(readers)) {
		b.WriteString(string(l) + " ")
	}
	return b.String() + "| "
}

// serve says which of the languages of one text is shown to the readers of each.
func (f forReaders) serve(docs []search.Document, readers []i18n.Locale) {
	if len(docs) == 0 {
		return
	}
	// The one for the default language is what is shown when nothing fits.
	slices.SortStableFunc(docs, func(a, b search.Document) int {
		def := string(f.site.languages.Default())
		return boolInt(slices.Contains(b.Serves, def)) - boolInt(slices.Contains(a.Serves, def))
	})
	have := make([]string, len(docs))
	for i := range docs {
		have[i], docs[i].Serves = docs[i].Locale, nil
	}
	for _, l := range readers {
		if !slices.Contains(have, string(l)) {
			i := slices.Index(have, f.site.choose(string(l), have))
			docs[i].Serves = append(docs[i].Serves, string(l))
		}
	}
	for i := range docs {
		docs[i].Serves = append(docs[i].Serves, docs[i].Locale)
	}
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// readersLocale returns the offered language of somebody who asks for another.
func (s *Site) readersLocale(tag string) string {
	l, _ := s.languages.Pick(i18n.Request{Preference: tag})
	return string(l)
}

package kb

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"github.com/stoa-go/stoa/profile"
)

// Export writes what by sees at the desk as a ZIP of Markdown files with front
// matter, one for each language of each article, with its old addresses, the
// media that they show, films with their captions, a categories.yaml, and a [Manifest]. Package importkb reads it.
// Readers' texts are exported as readers see them, with a newer draft in a file of
// its own, others as they were last saved. Earlier texts are not. The same content
// is the same bytes. Nothing is kept in memory but the names of what was written.
//
// An error after the first bytes leaves half an archive, which no reader of ZIP
// files takes for a whole one.
func (l *Library) Export(ctx context.Context, by profile.Actor, w io.Writer) error {
	return l.export(ctx, by, w, false)
}

// ExportHistory is Export with all earlier texts as well: each revision is a file,
// history/LANGUAGE/SLUG/NUMBER.md, that says who wrote it, when and why. Importers
// leave these out.
func (l *Library) ExportHistory(ctx context.Context, by profile.Actor, w io.Writer) error {
	return l.export(ctx, by, w, true)
}

func (l *Library) export(ctx context.Context, by profile.Actor, w io.Writer, history bool) error {
	if !l.policy.May(by, profile.PermissionContentImport) {
		return fmt.Errorf("export: %w", ErrForbidden)
	}
	scope, err := l.deskScope(ctx, by)
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	f, err := l.categories(ctx)
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	ex := &exporting{l: l, by: by, scope: scope, forest: f, zip: zip.NewWriter(w), history: history, seen: map[string]bool{}, media: map[string]bool{}}
	for _, step := range []func(context.Context) error{ex.categories, ex.articles, ex.pictures, ex.manifest} {
		if err := step(ctx); err != nil {
			return fmt.Errorf("export: %w", err)
		}
	}
	if err := ex.zip.Close(); err != nil {
		return fmt.Errorf("export: %w", err)
	}
	return nil
}

// An exporting is one export under way.
type exporting struct {
	l      *Library
	by     profile.Actor
	scope  DeskScope
	forest *forest
	zip    *zip.Writer

	history bool            // earlier texts too
	places  []string        // categories written
	seen    map[string]bool // articles written
	media   map[string]bool // media that they show
}

// file writes one file of the archive.
func (ex *exporting) file(name string, at time.Time, data []byte) error {
	return ex.stream(name, at, bytes.NewReader(data))
}

func (ex *exporting) stream(name string, at time.Time, r io.Reader) error {
	w, err := ex.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: at.UTC().Truncate(2 * time.Second)})
	if err == nil {
		_, err = io.Copy(w, r)
	}
	return err
}

func (ex *exporting) categories(context.Context) error {
	ids := ex.forest.order
	if ex.scope.Sight != nil {
		ids = slices.Sorted(slices.Values(ex.forest.visible(*ex.scope.Sight)))
	}
	ex.places = ids
	var at time.Time
	list := make([]any, 0, len(ids))
	for _, id := range ids {
		c := ex.forest.byID[id]
		if c.UpdatedAt.After(at) {
			at = c.UpdatedAt
		}
		list = append(list, categoryMatter(c))
	}
	text, err := yamlOf(list)
	if err != nil {
		return err
	}
	return ex.file("categories.yaml", at, text)
}

// exportPage is how many articles are read at a time.
const exportPage = 50

// articles writes the articles in the order of their titles. One that moves on in
// that order meanwhile is met twice, and written once.
func (ex *exporting) articles(ctx context.Context) error {
	q := ManuscriptQuery{Order: ManuscriptsTitle, Limit: exportPage}
	for {
		page, next, err := ex.l.store.Manuscripts(ctx, ex.scope, q)
		if err != nil {
			return err
		}
		for _, a := range page {
			if ex.seen[a.ID] {
				continue
			}
			ex.seen[a.ID] = true
			if err := ex.article(ctx, a); err != nil {
				return fmt.Errorf("article %s: %w", a.ID, err)
			}
		}
		if next == "" {
			return nil
		}
		q.After = next
	}
}

func (ex *exporting) article(ctx context.Context, a Article) error {
	for _, medium := range a.Media {
		ex.media[medium] = true
	}
	for _, t := range a.Translations {
		if t.Head == 0 {
			continue
		}
		rev, err := ex.l.store.Revision(ctx, a.ID, t.Locale, t.exported())
		if err != nil {
			return err
		}
		since, err := ex.translatedFrom(ctx, a, t)
		if err != nil {
			return err
		}
		ex.shows(rev)
		matter := articleMatter(a, t, rev, since)
		if matter.RedirectFrom, err = ex.formerly(ctx, a, t); err != nil {
			return err
		}
		if err := ex.text("articles/"+t.Locale+"/"+t.Slug+".md", matter, rev); err != nil {
			return err
		}
		if err := ex.draft(ctx, a, t); err != nil {
			return err
		}
		if err := ex.revisions(ctx, a, t); err != nil {
			return err
		}
	}
	return nil
}

// shows notes the media of a text that is written.
func (ex *exporting) shows(rev Revision) {
	for _, medium := range rev.Media {
		ex.media[medium] = true
	}
}

// revisions writes all texts that there were in a language, the newest first, each
// read when it is written. What only they show is not written.
func (ex *exporting) revisions(ctx context.Context, a Article, t Translation) error {
	for before := 0; ex.history && before != 1; {
		page, err := ex.l.store.Revisions(ctx, a.ID, t.Locale, before, exportPage)
		if err != nil || len(page) == 0 {
			return err
		}
		for _, r := range page {
			rev, err := ex.l.store.Revision(ctx, a.ID, t.Locale, r.Number)
			if errors.Is(err, ErrNotFound) {
				continue // nobody keeps it any more
			}
			if err == nil {
				err = ex.text(fmt.Sprintf("history/%s/%s/%06d.md", t.Locale, t.Slug, rev.Number), revisionMatter(t, rev), rev)
			}
			if err != nil {
				return err
			}
		}
		before = page[len(page)-1].Number
	}
	return nil
}

// text writes a revision as a file.
func (ex *exporting) text(name string, matter any, rev Revision) error {
	front, err := yamlOf(matter)
	if err != nil {
		return err
	}
	return ex.file(name, rev.At, slices.Concat([]byte("---\n"), front, []byte("---\n"), []byte(rev.Body)))
}

// draft writes the text that is to take the place of what readers see, if there
// is one.
func (ex *exporting) draft(ctx context.Context, a Article, t Translation) error {
	if t.exported() == t.Head {
		return nil
	}
	rev, err := ex.l.store.Revision(ctx, a.ID, t.Locale, t.Head)
	if err != nil {
		return err
	}
	ex.shows(rev)
	return ex.text("drafts/"+t.Locale+"/"+t.Slug+".md", exportedDraft{
		ID: a.ID, Lang: t.Locale, DraftOf: t.Slug, Title: rev.Title, Summary: rev.Summary, SEOTitle: rev.SEOTitle, Description: rev.Description,
	}, rev)
}

// formerly returns the old addresses of a text: those that were made for its
// language, and with the source those of all and the names that it once had.
func (ex *exporting) formerly(ctx context.Context, a Article, t Translation) ([]string, error) {
	redirects, err := ex.l.store.RedirectsTo(ctx, "article/"+a.ID)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, r := range redirects {
		_, has := a.In(r.Locale)
		if r.Locale == t.Locale || !has && t.Locale == a.Source {
			out = append(out, r.From)
		}
	}
	if t.Locale != a.Source {
		return out, nil
	}
	slugs, err := ex.l.store.Slugs(ctx, a.ID)
	for _, slug := range slugs {
		if !slices.ContainsFunc(a.Translations, func(t Translation) bool { return t.Slug == slug }) {
			out = append(out, ex.l.path(Ref{Kind: "article", ID: a.ID, Slug: slug}))
		}
	}
	slices.Sort(out)
	return slices.Compact(out), err
}

// exported returns the revision of a text that is exported: what readers are
// shown, or were before it was archived, and the newest of a draft.
func (t Translation) exported() int {
	if t.Status == StatusDraft || t.Live == 0 {
		return t.Head
	}
	return t.Live
}

// translatedFrom returns the date of the source text that t was translated from.
func (ex *exporting) translatedFrom(ctx context.Context, a Article, t Translation) (time.Time, error) {
	src, ok := a.In(a.Source)
	switch {
	case !ok || t.Locale == a.Source:
		return time.Time{}, nil
	case !a.Stale(t):
		return src.UpdatedAt, nil
	case t.Based == 0:
		return src.UpdatedAt.Add(-time.Second), nil // older than any that is kept
	}
	rev, err := ex.l.store.Revision(ctx, a.ID, a.Source, t.Based)
	if errors.Is(err, ErrNotFound) {
		return src.UpdatedAt.Add(-time.Second), nil
	}
	return rev.At, err
}

// pictures writes what the exported texts and fields show, and what goes with the
// films among that, as far as by may see it.
func (ex *exporting) pictures(ctx context.Context) error {
	names, err := ex.l.withCompany(ctx, slices.Sorted(maps.Keys(ex.media)))
	if err != nil {
		return err
	}
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		m, r, err := ex.l.File(ctx, ex.by, name)
		if errors.Is(err, ErrNotFound) {
			continue // a text may name what there is not
		}
		if err != nil {
			return err
		}
		if err := errors.Join(ex.stream("media/"+m.Name, m.At, r), r.Close()); err != nil {
			return err
		}
	}
	return nil
}

package importkb

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"maps"
	"os"
	"reflect"
	"slices"
	"strconv"

	"github.com/stoa-go/stoa/kb"
)

// A taking is one time that a folder is taken.
type taking struct {
	*Mirror
	st     *mirrorState
	bundle kb.Bundle
	now    map[string]mirrored // files as they are
	only   map[string]bool     // articles that something has changed of
	gone   map[string]mirrored // files that are there no more
	report MirrorReport
}

// take brings the library up to date with the folder, and notes in st what it
// did. It reports whether there was anything to do.
func (m *Mirror) take(ctx context.Context, st *mirrorState) (bool, error) {
	b, err := Folder(os.DirFS(m.opts.Folder), m.opts.Name)
	if err != nil {
		return false, err
	}
	t := &taking{Mirror: m, st: st, bundle: b, now: map[string]mirrored{}, only: map[string]bool{}}
	t.report = MirrorReport{At: st.Report.At, Created: st.Report.Created, Updated: st.Report.Updated, Archived: st.Report.Archived, Conflicts: st.Report.Conflicts, Problems: b.Problems}
	if len(b.Items) == 0 && len(st.Files) > 0 {
		return false, errEmpty
	}
	t.compare()
	t.report.Files = len(t.now)
	rest := hashOf([]any{b.Categories, b.Media})
	if len(t.only) == 0 && len(t.gone) == 0 && rest == st.Rest {
		same := reflect.DeepEqual(t.report, st.Report)
		st.Report = t.report
		return !same, nil
	}
	t.report.At = m.opts.Now().UTC()
	for _, step := range []func(context.Context) error{t.conflicts, t.bring, t.archive} {
		if err := step(ctx); err != nil {
			return false, err
		}
	}
	st.Files, st.Rest, st.Report = t.now, rest, t.report
	return true, nil
}

func hashOf(v any) string {
	data, _ := json.Marshal(v)
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:16])
}

// compare finds out what is new, changed, moved and gone.
func (t *taking) compare() {
	t.gone = maps.Clone(t.st.Files)
	for _, p := range t.bundle.Problems {
		if f, ok := t.gone[p.File]; ok { // it cannot be read at the moment
			f.Hash = ""
			t.now[p.File] = f
			delete(t.gone, p.File)
		}
	}
	for _, item := range t.bundle.Items {
		delete(t.gone, item.Path)
	}
	for i := range t.bundle.Items {
		item := &t.bundle.Items[i]
		f := mirrored{Hash: hashOf(*item), Body: hashOf([]string{item.Title, item.Body}), Locale: item.Locale}
		f.External = t.named(*item, f)
		item.External = f.External
		t.now[item.Path] = f
		before, known := t.st.Files[item.Path]
		if !known || before.Hash != f.Hash || before.External != f.External {
			t.only[f.External] = true
		}
		if key := f.key(); t.st.Archived[key] {
			if item.Status == "" {
				item.Status = kb.StatusPublished // we took it away, and here it is again
			}
			t.only[f.External] = true
			delete(t.st.Archived, key)
		}
	}
}

func (f mirrored) key() string { return f.External + " " + f.Locale }

// named returns the name by which a file's article is known: that of its path, if
// it has not moved.
func (t *taking) named(item kb.Item, f mirrored) string {
	if before, ok := t.st.Files[item.Path]; ok && (before.External == item.External || t.st.Names[item.External] == before.External) {
		return before.External
	}
	if name, ok := t.st.Names[item.External]; ok {
		return name
	}
	for _, path := range slices.Sorted(maps.Keys(t.gone)) {
		if was := t.gone[path]; was.Body == f.Body && was.Locale == f.Locale && was.External != item.External {
			t.st.Names[item.External] = was.External
			delete(t.gone, path)
			return was.External
		}
	}
	// A new file where another was that has moved away is another article.
	if slices.Contains(slices.Collect(maps.Values(t.st.Names)), item.External) {
		name := item.External
		for n := 2; slices.Contains(slices.Collect(maps.Values(t.st.Names)), name); n++ {
			name = item.External + "~" + strconv.Itoa(n)
		}
		t.st.Names[item.External] = name
		return name
	}
	return item.External
}

// conflicts notes which changes made in the library are about to be replaced.
func (t *taking) conflicts(ctx context.Context) error {
	for _, item := range t.bundle.Items {
		before, known := t.st.Files[item.Path]
		if !known || before.Hash == t.now[item.Path].Hash {
			continue
		}
		id := kb.ImportedID(t.opts.Name, item.External)
		rev, err := t.library.Revision(ctx, t.opts.By, id, t.locale(item), 0)
		if errors.Is(err, kb.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		if rev.Note == kb.ImportedNote(t.opts.Name) && rev.Author == t.opts.By.ID || rev.Title == item.Title && rev.Body == item.Body {
			continue
		}
		c := MirrorConflict{Article: id, Title: rev.Title, Locale: rev.Locale, Revision: rev.Number, File: item.Path, At: t.report.At}
		t.report.Conflicts = slices.Insert(slices.Clone(t.report.Conflicts), 0, c)
	}
	t.report.Conflicts = t.report.Conflicts[:min(len(t.report.Conflicts), mostConflicts)]
	return nil
}

func (t *taking) locale(item kb.Item) string {
	if item.Locale != "" {
		return item.Locale
	}
	return t.library.Locales()[0]
}

// bring imports what has changed.
func (t *taking) bring(ctx context.Context) error {
	r, err := t.library.Import(ctx, t.opts.By, t.bundle, &kb.ImportOptions{Audience: t.opts.Audience, Only: t.only})
	if err != nil {
		return err
	}
	t.report.Created, t.report.Updated, t.report.Problems = r.Created, r.Updated, r.Problems
	for _, p := range r.Problems {
		if f, ok := t.now[p.File]; ok { // it is tried again
			f.Hash = ""
			t.now[p.File] = f
		}
	}
	return nil
}

// archive takes away what is gone, unless another file stands for it now.
func (t *taking) archive(ctx context.Context) error {
	t.report.Archived = 0
	there := map[string]bool{}
	for _, f := range t.now {
		there[f.key()] = true
	}
	for _, path := range slices.Sorted(maps.Keys(t.gone)) {
		f := t.gone[path]
		if there[f.key()] {
			continue
		}
		a, err := t.library.Manuscript(ctx, t.opts.By, kb.ImportedID(t.opts.Name, f.External))
		if err == nil {
			locale := f.Locale
			if locale == "" {
				locale = t.library.Locales()[0]
			}
			if tr, ok := a.In(locale); ok && tr.Status != kb.StatusArchived {
				_, err = t.library.Archive(ctx, t.opts.By, a.ID, locale, a.Version)
				t.report.Archived++
			}
		}
		if err != nil && !errors.Is(err, kb.ErrNotFound) {
			return err
		}
		t.st.Archived[f.key()] = true
	}
	return nil
}

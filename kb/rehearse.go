package kb

import (
	"context"
	"io"
	"maps"
	"slices"
	"strconv"
)

// rehearsal returns a library in which an import can be tried: it reads what l
// keeps, and what it writes goes nowhere.
func (l *Library) rehearsal() *Library {
	var files Files
	if l.files != nil {
		files = nowhere{l.files}
	}
	return NewLibrary(&rehearsed{Store: l.store, saved: map[string]Category{}, media: map[string]Media{}}, &Options{
		Policy: l.policy, Logger: l.log, Now: l.now, Locales: l.locales, Types: l.types, Choose: l.choose, Path: l.path, SlugAt: l.slugAt, Word: l.word,
		Process: l.process, Actor: l.actor, Files: files, MaxFile: l.maxFile, MaxFiles: l.maxFiles, FileTypes: l.fileTypes,
	})
}

// nowhere keeps no files.
type nowhere struct{ Files }

// Put implements [Files]: it does nothing.
func (nowhere) Put(context.Context, string, io.Reader) error { return nil }

// A rehearsed store keeps what an import reads again of what it wrote: categories
// and pictures. It serves one import.
type rehearsed struct {
	Store
	saved map[string]Category
	media map[string]Media
}

// SaveArticle implements [ArticleStore]: it does nothing.
func (*rehearsed) SaveArticle(context.Context, Article, ...Revision) error { return nil }

// SaveRedirects implements [CategoryStore]: it does nothing.
func (*rehearsed) SaveRedirects(context.Context, ...Redirect) error { return nil }

// Installation implements [CategoryStore]. A store that has none yet keeps none,
// and no export is its own.
func (r *rehearsed) Installation(ctx context.Context, fresh string) (string, error) {
	return r.Store.Installation(ctx, fresh)
}

// SaveCategory implements [CategoryStore].
func (r *rehearsed) SaveCategory(_ context.Context, c Category, _ string, _ []string) error {
	r.saved[c.ID] = c.clone()
	return nil
}

// Categories implements [CategoryStore].
func (r *rehearsed) Categories(ctx context.Context) ([]Category, string, error) {
	all, stamp, err := r.Store.Categories(ctx)
	all = slices.DeleteFunc(all, func(c Category) bool { _, ok := r.saved[c.ID]; return ok })
	return slices.AppendSeq(all, maps.Values(r.saved)), r.stamp(stamp), err
}

// Stamps implements [CategoryStore].
func (r *rehearsed) Stamps(ctx context.Context) (categories, content string, err error) {
	categories, content, err = r.Store.Stamps(ctx)
	return r.stamp(categories), r.stamp(content), err
}

// stamp tells what the store has from what it would have. Nothing is saved twice
// in an import.
func (r *rehearsed) stamp(s string) string { return s + "+" + strconv.Itoa(len(r.saved)) }

// SaveMediaText implements [MediaStore]: it does nothing.
func (*rehearsed) SaveMediaText(context.Context, string, string, MediaText, []string) error {
	return nil
}

// PutMedia implements [MediaStore].
func (r *rehearsed) PutMedia(_ context.Context, m Media) error {
	r.media[m.Name] = m
	return nil
}

// Media implements [MediaStore].
func (r *rehearsed) Media(ctx context.Context, name string) (Media, error) {
	if m, ok := r.media[name]; ok {
		return m, nil
	}
	return r.Store.Media(ctx, name)
}

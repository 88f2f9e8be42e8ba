package kbtest

import (
	"context"

	"github.com/stoa-go/stoa/kb"
)

// PutMedia implements [kb.Store].
func (f *Failing) PutMedia(ctx context.Context, m kb.Media) error {
	return f.do(func() error { return f.store.PutMedia(ctx, m) })
}

// Media implements [kb.Store].
func (f *Failing) Media(ctx context.Context, name string) (kb.Media, error) {
	return ask(f, func() (kb.Media, error) { return f.store.Media(ctx, name) })
}

// MediaUses implements [kb.Store].
func (f *Failing) MediaUses(ctx context.Context, name string) ([]kb.MediaUse, error) {
	return ask(f, func() ([]kb.MediaUse, error) { return f.store.MediaUses(ctx, name) })
}

// ListMedia implements [kb.Store].
func (f *Failing) ListMedia(ctx context.Context, q kb.MediaQuery) (page []kb.Media, next string, err error) {
	err = f.do(func() (err error) { page, next, err = f.store.ListMedia(ctx, q); return err })
	return page, next, err
}

// MediaTotal implements [kb.Store].
func (f *Failing) MediaTotal(ctx context.Context) (n int, bytes int64, err error) {
	err = f.do(func() (err error) { n, bytes, err = f.store.MediaTotal(ctx); return err })
	return n, bytes, err
}

// MediaOf implements [kb.Store].
func (f *Failing) MediaOf(ctx context.Context, hashes []string) ([]string, error) {
	return ask(f, func() ([]string, error) { return f.store.MediaOf(ctx, hashes) })
}

// DescribeMedia implements [kb.Store].
func (f *Failing) DescribeMedia(ctx context.Context, name, about string) error {
	return f.do(func() error { return f.store.DescribeMedia(ctx, name, about) })
}

// RemoveMedia implements [kb.Store].
func (f *Failing) RemoveMedia(ctx context.Context, name string) error {
	return f.do(func() error { return f.store.RemoveMedia(ctx, name) })
}

// SaveMediaText implements [kb.Store].
func (f *Failing) SaveMediaText(ctx context.Context, name, hash string, t kb.MediaText, shown []string) error {
	return f.do(func() error { return f.store.SaveMediaText(ctx, name, hash, t, shown) })
}

// MediaTexts implements [kb.Store].
func (f *Failing) MediaTexts(ctx context.Context, names []string) (map[string]string, error) {
	return ask(f, func() (map[string]string, error) { return f.store.MediaTexts(ctx, names) })
}

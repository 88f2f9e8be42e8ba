package kbtest

import (
	"context"

	"github.com/stoa-go/stoa/kb"
)

// LinksTo implements [kb.Store].
func (f *Failing) LinksTo(ctx context.Context, q kb.LinkQuery) (page []kb.LinkUse, next string, err error) {
	err = f.do(func() (err error) { page, next, err = f.store.LinksTo(ctx, q); return err })
	if err != nil {
		return nil, "", err
	}
	return page, next, nil
}

// Unlinked implements [kb.Store].
func (f *Failing) Unlinked(ctx context.Context, limit int) ([]kb.Revision, error) {
	return ask(f, func() ([]kb.Revision, error) { return f.store.Unlinked(ctx, limit) })
}

// SaveLinks implements [kb.Store].
func (f *Failing) SaveLinks(ctx context.Context, article, locale string, number int, links []kb.Link) error {
	return f.do(func() error { return f.store.SaveLinks(ctx, article, locale, number, links) })
}

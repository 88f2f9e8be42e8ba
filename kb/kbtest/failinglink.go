package kbtest

import (
	"context"
	"time"

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

// DueLinks implements [kb.Store].
func (f *Failing) DueLinks(ctx context.Context, kinds []kb.LinkKind, by time.Time, limit int) ([]kb.LinkTarget, error) {
	return ask(f, func() ([]kb.LinkTarget, error) { return f.store.DueLinks(ctx, kinds, by, limit) })
}

// SaveLinkTarget implements [kb.Store].
func (f *Failing) SaveLinkTarget(ctx context.Context, t kb.LinkTarget) error {
	return f.do(func() error { return f.store.SaveLinkTarget(ctx, t) })
}

// LinkFaults implements [kb.Store].
func (f *Failing) LinkFaults(ctx context.Context, q kb.FaultQuery) (page []kb.LinkFault, next string, err error) {
	err = f.do(func() (err error) { page, next, err = f.store.LinkFaults(ctx, q); return err })
	if err != nil {
		return nil, "", err
	}
	return page, next, nil
}

package kbtest

import (
	"context"

	"github.com/stoa-go/stoa/kb"
)

// Blocks implements [kb.Store].
func (f *Failing) Blocks(ctx context.Context) (all []kb.Block, stamp string, err error) {
	err = f.do(func() (err error) { all, stamp, err = f.store.Blocks(ctx); return err })
	if err != nil {
		return nil, "", err
	}
	return all, stamp, nil
}

// SaveBlock implements [kb.Store].
func (f *Failing) SaveBlock(ctx context.Context, b kb.Block, stamp string, shown []string) error {
	return f.do(func() error { return f.store.SaveBlock(ctx, b, stamp, shown) })
}

// BlockVersions implements [kb.Store].
func (f *Failing) BlockVersions(ctx context.Context, name string, before, limit int) ([]kb.Block, error) {
	return ask(f, func() ([]kb.Block, error) { return f.store.BlockVersions(ctx, name, before, limit) })
}

// BlockUses implements [kb.Store].
func (f *Failing) BlockUses(ctx context.Context, names []string) ([]kb.BlockUse, error) {
	return ask(f, func() ([]kb.BlockUse, error) { return f.store.BlockUses(ctx, names) })
}

// RemoveBlock implements [kb.Store].
func (f *Failing) RemoveBlock(ctx context.Context, name string, version int, stamp string) error {
	return f.do(func() error { return f.store.RemoveBlock(ctx, name, version, stamp) })
}

package kbtest_test

import (
	"context"
	"errors"
	"slices"

	"github.com/stoa-go/stoa/kb"
)

// faultyBlocks are the faults that a store can have with blocks.
type faultyBlocks struct {
	blocks        func(ctx context.Context) ([]kb.Block, string, error)
	saveBlock     func(ctx context.Context, b kb.Block, stamp string, shown []string) error
	blockVersions func(ctx context.Context, name string, before, limit int) ([]kb.Block, error)
	blockUses     func(ctx context.Context, names []string) ([]kb.BlockUse, error)
	removeBlock   func(ctx context.Context, name string, version int, stamp string) error
}

func (f faulty) RemoveBlock(ctx context.Context, name string, version int, stamp string) error {
	return or(&f.removeBlock, f.removeBlock != nil, f.Store.RemoveBlock)(ctx, name, version, stamp)
}

func (f faulty) Blocks(ctx context.Context) ([]kb.Block, string, error) {
	return or(&f.blocks, f.blocks != nil, f.Store.Blocks)(ctx)
}

func (f faulty) SaveBlock(ctx context.Context, b kb.Block, stamp string, shown []string) error {
	return or(&f.saveBlock, f.saveBlock != nil, f.Store.SaveBlock)(ctx, b, stamp, shown)
}

func (f faulty) BlockVersions(ctx context.Context, name string, before, limit int) ([]kb.Block, error) {
	return or(&f.blockVersions, f.blockVersions != nil, f.Store.BlockVersions)(ctx, name, before, limit)
}

func (f faulty) BlockUses(ctx context.Context, names []string) ([]kb.BlockUse, error) {
	return or(&f.blockUses, f.blockUses != nil, f.Store.BlockUses)(ctx, names)
}

// blocking changes how blocks are saved.
func blocking(save func(s kb.Store, ctx context.Context, b kb.Block, stamp string, shown []string) error) breaking {
	return func(s kb.Store) faulty {
		return faulty{faultyBlocks: faultyBlocks{saveBlock: func(ctx context.Context, b kb.Block, stamp string, shown []string) error {
			return save(s, ctx, b, stamp, shown)
		}}}
	}
}

var brokenBlocks = []broke{
	{"keeps what is removed", "RemoveBlock", func(s kb.Store) faulty {
		return faulty{faultyBlocks: faultyBlocks{removeBlock: func(ctx context.Context, name string, _ int, _ string) error {
			if versions, err := s.BlockVersions(ctx, name, 0, 1); err != nil || len(versions) == 0 {
				return errors.Join(err, kb.ErrNotFound)
			}
			return nil
		}}}
	}},
	{"removes blocks of any version", "RemoveBlock", func(s kb.Store) faulty {
		return faulty{faultyBlocks: faultyBlocks{removeBlock: func(ctx context.Context, name string, version int, stamp string) error {
			if versions, err := s.BlockVersions(ctx, name, 0, 1); err == nil && len(versions) > 0 {
				version = versions[0].Version
			}
			return s.RemoveBlock(ctx, name, version, stamp)
		}}}
	}},
	{"forgets who a block is for", "Blocks", blocking(func(s kb.Store, ctx context.Context, b kb.Block, stamp string, shown []string) error {
		b.Audience = nil
		return s.SaveBlock(ctx, b, stamp, shown)
	})},
	{"lists versions from the oldest", "Blocks", func(s kb.Store) faulty {
		return faulty{faultyBlocks: faultyBlocks{blockVersions: func(ctx context.Context, name string, before, limit int) ([]kb.Block, error) {
			all, err := s.BlockVersions(ctx, name, before, limit)
			slices.Reverse(all)
			return all, err
		}}}
	}},
	{"takes any version", "BlockVersion", blocking(func(s kb.Store, ctx context.Context, b kb.Block, stamp string, shown []string) error {
		err := s.SaveBlock(ctx, b, stamp, shown)
		if errors.Is(err, kb.ErrConflict) {
			versions, _ := s.BlockVersions(ctx, b.Name, 0, 1)
			b.Version = versions[0].Version + 1
			return s.SaveBlock(ctx, b, stamp, shown)
		}
		return err
	})},
	{"takes no notice of other blocks", "BlockStamp", blocking(func(s kb.Store, ctx context.Context, b kb.Block, _ string, shown []string) error {
		_, stamp, err := s.Blocks(ctx)
		if err != nil {
			return err
		}
		return s.SaveBlock(ctx, b, stamp, shown)
	})},
	{"hands out its own texts", "BlockAliasing", func(s kb.Store) faulty {
		var kept []kb.Block
		return faulty{faultyBlocks: faultyBlocks{blocks: func(ctx context.Context) ([]kb.Block, string, error) {
			all, stamp, err := s.Blocks(ctx)
			if kept == nil {
				kept = all
			}
			return kept, stamp, err
		}}}
	}},
	{"forgets what is included", "BlockUses", saving(func(_ *kb.Article, r *[]kb.Revision) {
		for i := range *r {
			(*r)[i].Blocks = nil
		}
	})},
	{"takes drafts for shown", "BlockUses", func(s kb.Store) faulty {
		return faulty{faultyBlocks: faultyBlocks{blockUses: func(ctx context.Context, names []string) ([]kb.BlockUse, error) {
			uses, err := s.BlockUses(ctx, names)
			for i := range uses {
				uses[i].Live = true
			}
			return uses, err
		}}}
	}},
	{"tells of no article", "BlockChanges", blocking(func(s kb.Store, ctx context.Context, b kb.Block, stamp string, _ []string) error {
		return s.SaveBlock(ctx, b, stamp, nil)
	})},
	{"tells of articles with the block alone", "BlockChanges", blocking(func(s kb.Store, ctx context.Context, b kb.Block, stamp string, _ []string) error {
		return s.SaveBlock(ctx, b, stamp, []string{b.Name})
	})},
	{"saves in spite of a cancelled context", "BlockBad", blocking(func(s kb.Store, ctx context.Context, b kb.Block, stamp string, shown []string) error {
		return s.SaveBlock(context.WithoutCancel(ctx), b, stamp, shown)
	})},
}

package memkb

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/stoa-go/stoa/internal/stored"
	"github.com/stoa-go/stoa/kb"
)

// Blocks implements [kb.BlockStore].
func (s *Store) Blocks(ctx context.Context) ([]kb.Block, string, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var all []kb.Block
	for _, name := range slices.Sorted(maps.Keys(s.blocks)) {
		versions := s.blocks[name]
		all = append(all, cloneBlock(versions[len(versions)-1]))
	}
	return all, s.blockStamp(), ctx.Err()
}

// blockStamp changes with every block.
func (s *Store) blockStamp() string { return strconv.Itoa(s.blockings) }

func cloneBlock(b kb.Block) kb.Block {
	b.Audience, b.Texts, b.UpdatedAt = slices.Clone(b.Audience), maps.Clone(b.Texts), b.UpdatedAt.UTC()
	return b
}

// SaveBlock implements [kb.BlockStore].
func (s *Store) SaveBlock(ctx context.Context, b kb.Block, stamp string, shown []string) error {
	texts := append([]string{b.Name, b.Source, b.Author, b.Note}, b.Audience...)
	for locale, text := range b.Texts {
		texts = append(texts, locale, text)
	}
	if err := cmp.Or(ctx.Err(), stored.CheckText(texts...), checkTimes(b.UpdatedAt)); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := follows(len(s.blocks[b.Name]), b.Version); err != nil {
		return err
	}
	if stamp != s.blockStamp() {
		return kb.ErrConflict
	}
	s.blocks[b.Name] = append(s.blocks[b.Name], cloneBlock(b))
	s.blockings++
	ids := map[string]bool{}
	for key, r := range s.revisions {
		if slices.ContainsFunc(r.Blocks, func(name string) bool { return slices.Contains(shown, name) }) {
			ids[key.article] = true
		}
	}
	s.askNamed(kb.LinkBlock, b.Name)
	s.askShown(ids)
	s.changed(slices.Sorted(maps.Keys(ids))...)
	return nil
}

// RemoveBlock implements [kb.BlockStore].
func (s *Store) RemoveBlock(ctx context.Context, name string, version int, stamp string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	versions, err := find(ctx, s.blocks, name)
	if err != nil {
		return err
	}
	if len(versions) != version || stamp != s.blockStamp() || s.includes(name) {
		return kb.ErrConflict
	}
	delete(s.blocks, name)
	s.blockings++
	s.askNamed(kb.LinkBlock, name)
	s.changed()
	return nil
}

// includes reports whether an article includes a block now.
func (s *Store) includes(name string) bool {
	for key, r := range s.revisions {
		a := s.articles[key.article]
		t, _ := a.In(key.locale)
		now := t.Head == key.number || t.Visible() && t.Live == key.number
		if now && !a.Binned() && slices.Contains(r.Blocks, name) {
			return true
		}
	}
	return false
}

// BlockVersions implements [kb.BlockStore].
func (s *Store) BlockVersions(ctx context.Context, name string, before, limit int) ([]kb.Block, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var out []kb.Block
	for _, b := range slices.Backward(s.blocks[name]) {
		if (before == 0 || b.Version < before) && len(out) < limit {
			out = append(out, cloneBlock(b))
		}
	}
	return out, ctx.Err()
}

// BlockUses implements [kb.BlockStore].
func (s *Store) BlockUses(ctx context.Context, names []string) ([]kb.BlockUse, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	found := map[[2]string]bool{}
	for key, r := range s.revisions {
		t, _ := s.articles[key.article].In(key.locale)
		live := t.Visible() && t.Live == key.number
		if !live && t.Head != key.number || !slices.ContainsFunc(r.Blocks, func(name string) bool { return slices.Contains(names, name) }) {
			continue
		}
		use := [2]string{key.article, key.locale}
		found[use] = found[use] || live
	}
	var out []kb.BlockUse
	for use, live := range found {
		out = append(out, kb.BlockUse{Article: use[0], Locale: use[1], Live: live})
	}
	slices.SortFunc(out, func(a, b kb.BlockUse) int {
		return cmp.Or(strings.Compare(a.Article, b.Article), strings.Compare(a.Locale, b.Locale))
	})
	return out, ctx.Err()
}

// BlocksBy implements [kb.PersonStore].
func (s *Store) BlocksBy(ctx context.Context, person string) ([]kb.Block, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var out []kb.Block
	for _, name := range slices.Sorted(maps.Keys(s.blocks)) {
		for _, b := range s.blocks[name] {
			if person != "" && b.Author == person {
				out = append(out, cloneBlock(b))
			}
		}
	}
	return out, ctx.Err()
}

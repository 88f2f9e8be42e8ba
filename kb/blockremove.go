package kb

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/markdown"
	"github.com/stoa-go/stoa/profile"
)

// RemoveBlock removes a block with all its versions, if no article includes it
// in its newest text or in one that readers are shown, and no other block does;
// else it is ErrConflict. It takes the permission to publish.
func (l *Library) RemoveBlock(ctx context.Context, by profile.Actor, name string, version int) error {
	if !l.policy.May(by, profile.PermissionContentPublish) {
		return fmt.Errorf("remove block %s: %w", name, ErrForbidden)
	}
	if err := l.removeBlock(ctx, name, version); err != nil {
		return fmt.Errorf("remove block %s: %w", name, err)
	}
	l.record(ctx, by, analytics.Event{Name: "block.removed", Subject: "block/" + name})
	return nil
}

func (l *Library) removeBlock(ctx context.Context, name string, version int) error {
	set, err := l.blockSet(ctx)
	if err != nil {
		return err
	}
	b, ok := set.byName[name]
	switch {
	case !ok:
		return ErrNotFound
	case b.Version != version:
		return errs.Changed()
	case len(set.including(name)) > 0:
		return blockUsed()
	}
	err = l.store.RemoveBlock(ctx, name, version, set.blocks)
	if !errors.Is(err, ErrConflict) {
		return err
	}
	if uses, useErr := l.store.BlockUses(ctx, []string{name}); useErr != nil || len(uses) > 0 {
		return errors.Join(useErr, blockUsed())
	}
	return errs.Changed()
}

func blockUsed() error { return errs.Say(ErrConflict, "error.block.used", nil) }

// including returns the names of the blocks that include one themselves.
func (s *blockSet) including(name string) []string {
	var out []string
	for _, other := range slices.Sorted(maps.Keys(s.byName)) {
		if slices.Contains(s.byName[other].includes(), name) {
			out = append(out, other)
		}
	}
	return out
}

// BlocksIncluding returns the names of the blocks that include one themselves,
// for those who work on articles.
func (l *Library) BlocksIncluding(ctx context.Context, by profile.Actor, name string) ([]string, error) {
	if _, err := l.Block(ctx, by, name); err != nil {
		return nil, err
	}
	set, err := l.blockSet(ctx)
	if err != nil {
		return nil, fmt.Errorf("block %s: %w", name, err)
	}
	return set.including(name), nil
}

// An Unfolded is what came of putting a block's text in the place of where it is
// included.
type Unfolded struct {
	Block   string // that included it, or
	Article string
	Locale  string
	Title   string
	Err     error // nil means that it is done
}

// UnfoldBlock puts what a block says now in the place of where articles and other
// blocks include it: as new revisions, which readers see at once where they saw
// the block. Each text is done whole or not at all, and those that could not be
// are told with the reason; doing it again goes on with them. It takes the
// permissions to publish and to write.
func (l *Library) UnfoldBlock(ctx context.Context, by profile.Actor, name string, version int, note string) ([]Unfolded, error) {
	if !l.policy.May(by, profile.PermissionContentPublish) {
		return nil, fmt.Errorf("unfold block %s: %w", name, ErrForbidden)
	}
	set, err := l.blockSet(ctx)
	if err != nil {
		return nil, fmt.Errorf("unfold block %s: %w", name, err)
	}
	b, ok := set.byName[name]
	if !ok {
		return nil, fmt.Errorf("unfold block %s: %w", name, ErrNotFound)
	}
	if b.Version != version {
		return nil, fmt.Errorf("unfold block %s: %w", name, errs.Changed())
	}
	f := errs.Fields{}
	if text(f, "note", note, 0, MaxSummary); len(f) > 0 {
		return nil, fmt.Errorf("unfold block %s: %w", name, f)
	}
	uses, err := l.store.BlockUses(ctx, []string{name})
	if err != nil {
		return nil, fmt.Errorf("unfold block %s: %w", name, err)
	}
	var out []Unfolded
	for _, other := range set.including(name) {
		out = append(out, Unfolded{Block: other, Title: other, Err: l.unfoldIn(ctx, by, set.byName[other].Block, b, note)})
	}
	for _, use := range uses {
		u, err := l.unfold(ctx, by, use, b, note)
		if errors.Is(err, ErrNotFound) {
			continue // it went to the bin
		}
		u.Err = err
		out = append(out, u)
	}
	return out, nil
}

// unfoldIn puts the text of a block into another that includes it.
func (l *Library) unfoldIn(ctx context.Context, by profile.Actor, into Block, b *loadedBlock, note string) error {
	into = into.clone()
	for locale, body := range into.Texts {
		into.Texts[locale] = markdown.Unfold(body, b.Name, l.unfolded(b, locale))
	}
	into.Note = note
	_, err := l.SaveBlock(ctx, by, into)
	return err
}

// unfold puts the text of a block into an article that includes it. What readers
// see must be the newest, or a draft would become public, or the block be
// missing until it does.
func (l *Library) unfold(ctx context.Context, by profile.Actor, use BlockUse, b *loadedBlock, note string) (Unfolded, error) {
	u := Unfolded{Article: use.Article, Locale: use.Locale}
	a, err := l.manuscript(ctx, by, use.Article)
	if err != nil {
		return u, err
	}
	t, _ := a.In(use.Locale)
	u.Title = t.Title
	if use.Live && t.Head > t.Live {
		return u, errs.Say(ErrConflict, "error.block.draft", nil)
	}
	rev, err := l.store.Revision(ctx, a.ID, t.Locale, t.Head)
	if err != nil {
		return u, err
	}
	text := Text{Title: rev.Title, Summary: rev.Summary, Body: markdown.Unfold(rev.Body, b.Name, l.unfolded(b, t.Locale)), Note: note}
	a, err = l.edit(ctx, by, a.ID, t.Locale, a.Version, text)
	if err == nil && use.Live {
		_, err = l.publish(ctx, by, a.ID, t.Locale, a.Version, showing{minor: true})
	}
	return u, err
}

// unfolded returns what a block says in a language, for those whom it is for.
func (l *Library) unfolded(b *loadedBlock, locale string) string {
	body := b.Texts[l.pick(locale, first(slices.Sorted(maps.Keys(b.Texts)), b.Source))]
	switch {
	case b.Audience.IsPublic():
		return body
	case b.Audience.Nobody():
		return ""
	case slices.Equal(b.Audience, profile.Audience{profile.SegmentStaff}):
		return ":::internal\n" + body + "\n:::"
	}
	return ":::for " + strings.Join(b.Audience, ", ") + "\n" + body + "\n:::"
}

// A BlockHits is a block with places that match, in one of its languages.
type BlockHits struct {
	Name, Locale string
	Version      int
	Hits         []Hit // at most MostHits
}

// FindInBlocks returns the blocks in which something is found, to those who may
// change them.
func (l *Library) FindInBlocks(ctx context.Context, by profile.Actor, r Replacement, locale string) ([]BlockHits, error) {
	m, err := r.matcher()
	if err != nil {
		return nil, fmt.Errorf("find in blocks: %w", err)
	}
	if !l.policy.May(by, profile.PermissionContentPublish) {
		return nil, fmt.Errorf("find in blocks: %w", ErrForbidden)
	}
	set, err := l.blockSet(ctx)
	if err != nil {
		return nil, fmt.Errorf("find in blocks: %w", err)
	}
	m.Titles = false
	var out []BlockHits
	for _, name := range slices.Sorted(maps.Keys(set.byName)) {
		b := set.byName[name]
		for _, in := range slices.Sorted(maps.Keys(b.Texts)) {
			if locale != "" && locale != in {
				continue
			}
			if hits := m.hits(Revision{Body: b.Texts[in]}); len(hits) > 0 {
				out = append(out, BlockHits{name, in, b.Version, hits[:min(len(hits), MostHits)]})
			}
		}
	}
	return out, nil
}

// A BlockReplacing is what is to be replaced in a block.
type BlockReplacing struct {
	Replacement
	Block   string
	Version int              // as the hits were found
	Only    map[string][]int // numbers of the hits by language
	Note    string           // why, for colleagues
}

// ReplaceInBlock puts something in the place of what was found in a block, as a
// new version. It takes what [Library.SaveBlock] takes.
func (l *Library) ReplaceInBlock(ctx context.Context, by profile.Actor, r BlockReplacing) (Block, error) {
	m, err := r.matcher()
	if err != nil {
		return Block{}, fmt.Errorf("replace in block %s: %w", r.Block, err)
	}
	b, err := l.Block(ctx, by, r.Block)
	if err != nil {
		return Block{}, err
	}
	if b.Version == r.Version+1 { // the answer may have been lost
		versions, err := l.BlockVersions(ctx, by, r.Block, b.Version, 1)
		if err != nil || len(versions) == 0 {
			return Block{}, errors.Join(err, fmt.Errorf("replace in block %s: %w", r.Block, errs.Changed()))
		}
		b = versions[0].clone()
	}
	m.Titles, b.Version, b.Note = false, r.Version, r.Note
	for locale, only := range r.Only {
		if body, ok := b.Texts[locale]; ok {
			b.Texts[locale] = m.replaced(Revision{Body: body}, only).Body
		}
	}
	return l.SaveBlock(ctx, by, b)
}

package kb

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/markdown"
	"github.com/stoa-go/stoa/profile"
)

// Blocks returns all blocks by name, for those who work on articles of others.
func (l *Library) Blocks(ctx context.Context, by profile.Actor) ([]Block, error) {
	if !l.worksWithOthers(by) {
		return nil, fmt.Errorf("blocks: %w", ErrForbidden)
	}
	set, err := l.blockSet(ctx)
	if err != nil {
		return nil, fmt.Errorf("blocks: %w", err)
	}
	var out []Block
	for _, name := range slices.Sorted(maps.Keys(set.byName)) {
		out = append(out, set.byName[name].clone())
	}
	return out, nil
}

// Block returns a block for those who work on articles of others.
func (l *Library) Block(ctx context.Context, by profile.Actor, name string) (Block, error) {
	if !l.worksWithOthers(by) {
		return Block{}, fmt.Errorf("block %s: %w", name, ErrForbidden)
	}
	set, err := l.blockSet(ctx)
	if err != nil {
		return Block{}, fmt.Errorf("block %s: %w", name, err)
	}
	b, ok := set.byName[name]
	if !ok {
		return Block{}, fmt.Errorf("block %s: %w", name, ErrNotFound)
	}
	return b.clone(), nil
}

// BlockVersions returns what became of a block, newest first, below the version
// before (0 means from the newest).
func (l *Library) BlockVersions(ctx context.Context, by profile.Actor, name string, before, limit int) ([]Block, error) {
	if _, err := l.Block(ctx, by, name); err != nil {
		return nil, err
	}
	versions, err := l.store.BlockVersions(ctx, name, before, clamp(limit, 50, 200))
	if err != nil {
		return nil, fmt.Errorf("block %s: versions: %w", name, err)
	}
	return versions, nil
}

// BlockUses returns which of the articles that by may work on include a block,
// themselves or through other blocks.
func (l *Library) BlockUses(ctx context.Context, by profile.Actor, name string) ([]BlockUse, error) {
	if _, err := l.Block(ctx, by, name); err != nil {
		return nil, err
	}
	set, err := l.blockSet(ctx)
	if err != nil {
		return nil, fmt.Errorf("block %s: uses: %w", name, err)
	}
	uses, err := l.store.BlockUses(ctx, set.around(name))
	if err != nil {
		return nil, fmt.Errorf("block %s: uses: %w", name, err)
	}
	var out []BlockUse
	for _, u := range uses {
		_, err := l.manuscript(ctx, by, u.Article)
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("block %s: uses: %w", name, err)
		}
		out = append(out, u)
	}
	return out, nil
}

// SaveBlock creates a block (version 0) or changes one whose version is as it was
// read. What includes it shows the change at once; so by must be allowed to
// publish. Saving the same again, because the answer was lost, saves it once.
func (l *Library) SaveBlock(ctx context.Context, by profile.Actor, b Block) (Block, error) {
	if !l.policy.May(by, profile.PermissionContentPublish) {
		return Block{}, fmt.Errorf("save block %s: %w", b.Name, ErrForbidden)
	}
	b = b.clone()
	var saved Block
	var did bool
	var err error
	for range 5 { // others may be changing other blocks
		if saved, did, err = l.tryBlock(ctx, by, b); !errors.Is(err, errOtherBlocks) {
			break
		}
	}
	if err != nil {
		return Block{}, fmt.Errorf("save block %s: %w", b.Name, err)
	}
	if did {
		l.record(ctx, by, analytics.Event{Name: "block.saved", Subject: "block/" + saved.Name, Props: map[string]string{"version": strconv.Itoa(saved.Version)}})
	}
	return saved, nil
}

// errOtherBlocks is when any block has changed since all were read.
var errOtherBlocks = errs.Changed()

// tryBlock stores b, and reports whether it was not there already.
func (l *Library) tryBlock(ctx context.Context, by profile.Actor, b Block) (Block, bool, error) {
	set, err := l.blockSet(ctx)
	if err != nil {
		return Block{}, false, err
	}
	old := Block{}
	if known, ok := set.byName[b.Name]; ok {
		old = known.Block
	}
	if b, err = l.checkBlock(set, b); err != nil {
		return Block{}, false, err
	}
	switch {
	case old.Version == b.Version+1 && b.sameAs(old) && old.Author == by.ID:
		return old.clone(), false, nil
	case old.Version != b.Version && b.Version == 0:
		return Block{}, false, errs.Field("name", "error.field.taken", nil)
	case old.Version != b.Version:
		return Block{}, false, errs.Changed()
	}
	b.Version, b.Author, b.UpdatedAt = b.Version+1, by.ID, l.clock()
	err = l.store.SaveBlock(ctx, b, set.blocks, set.around(b.Name))
	if errors.Is(err, ErrConflict) {
		return Block{}, false, errOtherBlocks
	}
	return b, err == nil, err
}

// sameAs reports whether b says what other says.
func (b Block) sameAs(other Block) bool {
	return b.Source == other.Source && b.Note == other.Note && slices.Equal(b.Audience, other.Audience) && maps.Equal(b.Texts, other.Texts)
}

// checkBlock returns a block as it is kept.
func (l *Library) checkBlock(set *blockSet, b Block) (Block, error) {
	f := errs.Fields{}
	if !markdown.IsBlockName(b.Name) {
		f.Add("name", "error.field.slug", nil)
	}
	b.Audience = checkAudience(f, b.Audience)
	for _, term := range b.Audience {
		if strings.Contains(term, profile.SegmentPerson) { // versions never change: nobody could be forgotten
			f.Add("audience", "error.audience.bad_term", map[string]any{"term": term})
		}
	}
	text(f, "note", b.Note, 0, MaxSummary)
	if len(b.Texts) == 0 || len(b.Texts) > MaxLabels {
		f.Add("texts", "error.field.required", nil)
	}
	b.Source = canonical(b.Source)
	if _, ok := b.Texts[b.Source]; !ok && len(b.Texts) > 0 {
		b.Source = slices.Min(slices.Collect(maps.Keys(b.Texts)))
	}
	for locale, body := range b.Texts {
		l.checkBlockText(f, locale, body)
	}
	if len(f) > 0 {
		return Block{}, f
	}
	loaded, err := loadBlock(b)
	if err != nil {
		return Block{}, err
	}
	with := &blockSet{byName: maps.Clone(set.byName)}
	with.byName[b.Name] = loaded
	for _, name := range with.around(b.Name) {
		if path := with.path(name, nil); path != nil {
			return Block{}, errs.Field("texts", "error.block.loop", map[string]any{"path": strings.Join(path, " → "), "max": maxBlockDepth})
		}
	}
	return b, nil
}

// checkBlockText checks a text as that of an article is checked.
func (l *Library) checkBlockText(f errs.Fields, locale, body string) {
	place := "texts." + locale
	checkLocale(f, place, locale)
	wrong := errs.Fields{}
	Text{Title: "-", Body: body}.check(wrong)
	if len(wrong) == 0 {
		_, err := l.draw(locale, body)
		wrong, _ = errors.AsType[errs.Fields](err)
	}
	if m, ok := wrong["body"]; ok {
		f.Add(place, m.Key, m.Args)
	}
}

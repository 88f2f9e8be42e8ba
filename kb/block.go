package kb

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/stoa-go/stoa/profile"
)

// A Block is a piece of text that articles and other blocks include by its name:
//
//	:::include safety
//
// Who includes it shows what it says now, in the language of the text around it,
// to those whom the block is for.
type Block struct {
	Name      string           // small letters, digits and hyphens
	Audience  profile.Audience // who sees it, wherever it is included
	Source    string           // language it is shown in where it has none of the reader's
	Texts     Words            // Markdown by language
	Author    string           // person who saved this version
	Note      string           // why, for colleagues
	UpdatedAt time.Time
	Version   int // incremented by every change
}

// clone returns a copy that shares nothing with b.
func (b Block) clone() Block {
	b.Audience, b.Texts = slices.Clone(b.Audience), maps.Clone(b.Texts)
	return b
}

// A BlockUse is an article that includes a block itself, in a revision.
type BlockUse struct {
	Article string
	Locale  string
	Live    bool // in the revision that readers are shown
}

// A BlockStore keeps blocks, all versions of each.
type BlockStore interface {
	// Blocks returns the newest version of every block, by name, and their stamp
	// as of then.
	Blocks(ctx context.Context) (all []Block, stamp string, err error)

	// SaveBlock stores b as the newest version: 1 is new, any other must follow
	// the stored one. It is ErrConflict if stamp is no longer the blocks':
	// whether b is in order depends on the others. The articles that include any
	// of the blocks in shown, in whatever revision, are logged as changed.
	SaveBlock(ctx context.Context, b Block, stamp string, shown []string) error

	// RemoveBlock removes a block with all its versions. It is ErrNotFound if there
	// is none, and ErrConflict if its newest version differs, if stamp is no longer
	// the blocks', or if an article that is not in the bin includes it in a text
	// that BlockUses knows.
	RemoveBlock(ctx context.Context, name string, version int, stamp string) error

	// BlockVersions returns the versions of a block, newest first, below the
	// version before (0 means from the newest).
	BlockVersions(ctx context.Context, name string, before, limit int) ([]Block, error)

	// BlockUses returns which articles include any of the blocks themselves in
	// the newest revision of a language or in the one that readers are shown, by
	// article and language, each once.
	BlockUses(ctx context.Context, names []string) ([]BlockUse, error)
}

// A blockSet is all blocks as of a stamp of the content.
type blockSet struct {
	stamp  string // of the content
	blocks string // of the blocks
	byName map[string]*loadedBlock
}

type loadedBlock struct {
	Block
	scripts map[string]*script // by language
}

// includes returns the names of the blocks that b includes itself.
func (b *loadedBlock) includes() []string {
	var out []string
	for _, s := range b.scripts {
		out = append(out, s.includes...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// blockSet returns all blocks as they are now.
func (l *Library) blockSet(ctx context.Context) (*blockSet, error) {
	_, stamp, err := l.store.Stamps(ctx)
	if err != nil {
		return nil, err
	}
	if s := l.blocks.Load(); s != nil && s.stamp == stamp {
		return s, nil
	}
	all, blocks, err := l.store.Blocks(ctx)
	if err != nil {
		return nil, err
	}
	s := &blockSet{stamp: stamp, blocks: blocks, byName: map[string]*loadedBlock{}}
	for _, b := range all {
		if s.byName[b.Name], err = loadBlock(b); err != nil {
			l.log.WarnContext(ctx, "block cannot be read", "block", b.Name, "err", err)
			delete(s.byName, b.Name)
		}
	}
	l.blocks.Store(s)
	return s, nil
}

func loadBlock(b Block) (*loadedBlock, error) {
	out := &loadedBlock{Block: b, scripts: map[string]*script{}}
	for locale, text := range b.Texts {
		s, err := readScript(text)
		if err != nil {
			return nil, err
		}
		out.scripts[locale] = s
	}
	return out, nil
}

// around returns a block and all that include it, themselves or through others.
func (s *blockSet) around(name string) []string {
	out := []string{name}
	for i := 0; i < len(out); i++ {
		for _, other := range slices.Sorted(maps.Keys(s.byName)) {
			if slices.Contains(s.byName[other].includes(), out[i]) && !slices.Contains(out, other) {
				out = append(out, other)
			}
		}
	}
	return out
}

// maxBlockDepth is how deep blocks may include one another.
const maxBlockDepth = 5

// path returns how a block leads to itself, or deeper than it may; nil is neither.
func (s *blockSet) path(name string, above []string) []string {
	if slices.Contains(above, name) || len(above) == maxBlockDepth {
		return append(above, name)
	}
	b, ok := s.byName[name]
	if !ok {
		return nil
	}
	above = append(slices.Clone(above), name)
	for _, other := range b.includes() {
		if p := s.path(other, above); p != nil {
			return p
		}
	}
	return nil
}

// showing returns the names of the blocks whose text names a medium, with all
// that include them.
func (s *blockSet) showing(medium string) []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(s.byName)) {
		for _, text := range s.byName[name].Texts {
			if strings.Contains(text, "media:") && strings.Contains(text, medium) {
				out = append(out, s.around(name)...)
				break
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

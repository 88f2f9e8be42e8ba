package matrix_test

import (
	"bytes"
	"context"
	"errors"
	"io"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

func libraryPlaces() []operation {
	return []operation{
		within("Categories", func(ctx context.Context, w *world, by profile.Actor, id string) (any, bool, error) {
			tree, err := w.library.Categories(ctx, by, "en")
			return tree, inTree(tree, id), err
		}, "kb.categories"),
		within("Category", func(ctx context.Context, w *world, by profile.Actor, id string) (any, bool, error) {
			p, err := w.library.Category(ctx, by, id, "en")
			return p, true, err
		}, "kb.category"),
		within("CategoryPath", func(ctx context.Context, w *world, by profile.Actor, id string) (any, bool, error) {
			p, err := w.library.CategoryPath(ctx, by, id, "en")
			return p, true, err
		}),
		within("FindCategory", func(ctx context.Context, w *world, by profile.Actor, id string) (any, bool, error) {
			f, err := w.library.FindCategory(ctx, by, "en", id)
			return f, true, err
		}),
		within("Redirect/category", func(ctx context.Context, w *world, by profile.Actor, id string) (any, bool, error) {
			ref, err := w.library.Redirect(ctx, by, "/old/"+id, "en")
			return ref, ref.ID == id, err
		}),
		within("CategoryDraft", func(ctx context.Context, w *world, by profile.Actor, id string) (any, bool, error) {
			c, err := w.library.CategoryDraft(ctx, by, id)
			return c, true, err
		}, "kb.category_settings"),
		within("SaveCategory", func(ctx context.Context, w *world, by profile.Actor, id string) (any, bool, error) {
			c := kb.Category{ID: id, Labels: map[string]kb.Label{"en": {Title: "Renamed " + id, Slug: "renamed-" + id}}}
			if id != "cat-no-such" {
				c.Version = 1
			}
			c, err := w.library.SaveCategory(ctx, by, c)
			return c, true, err
		}, "kb.save_category", "kb.create_category"),
		within("EmptyCategory", func(ctx context.Context, w *world, by profile.Actor, id string) (any, bool, error) {
			n, err := w.library.EmptyCategory(ctx, by, id, "nowhere", false)
			if errors.Is(err, kb.ErrInvalid) {
				err = nil // they may, if they say where to
			}
			return n, true, err
		}, "kb.empty_category"),
		within("RemoveCategory", func(ctx context.Context, w *world, by profile.Actor, id string) (any, bool, error) {
			err := w.library.RemoveCategory(ctx, by, id, 1)
			if errors.Is(err, kb.ErrConflict) {
				err = nil // they may, once it is empty
			}
			return nil, true, err
		}, "kb.remove_category"),
	}
}

func inTree(tree []kb.Place, id string) bool {
	return lists(tree, func(p kb.Place) bool { return p.ID == id || inTree(p.Children, id) })
}

// mayConflict returns the error of an operation about another version than there
// is: whoever may do it is told so, and nobody else.
func mayConflict(err error) error {
	if errors.Is(err, kb.ErrConflict) {
		return nil
	}
	return err
}

func libraryOverall() []operation {
	return []operation{
		overall("kb.Blocks", func(ctx context.Context, w *world, by profile.Actor) error {
			_, err := w.library.Blocks(ctx, by)
			return err
		}, "kb.blocks"),
		overall("kb.BrokenLinks", func(ctx context.Context, w *world, by profile.Actor) error {
			_, _, err := w.library.BrokenLinks(ctx, by, kb.BrokenQuery{})
			return err
		}, "kb.broken_links"),
		overall("kb.Block", func(ctx context.Context, w *world, by profile.Actor) error {
			_, err := w.library.Block(ctx, by, "shared")
			return err
		}, "kb.block"),
		overall("kb.BlockVersions", func(ctx context.Context, w *world, by profile.Actor) error {
			_, err := w.library.BlockVersions(ctx, by, "shared", 0, 10)
			return err
		}, "kb.block_versions"),
		overall("kb.BlockUses", func(ctx context.Context, w *world, by profile.Actor) error {
			_, err := w.library.BlockUses(ctx, by, "shared")
			return err
		}, "kb.block_uses"),
		overall("kb.SaveBlock", func(ctx context.Context, w *world, by profile.Actor) error {
			_, err := w.library.SaveBlock(ctx, by, kb.Block{Name: "new", Audience: profile.Public(), Texts: kb.Words{"en": "x"}})
			return err
		}, "kb.create_block", "kb.save_block"),
		overall("kb.RemoveBlock", func(ctx context.Context, w *world, by profile.Actor) error {
			return mayConflict(w.library.RemoveBlock(ctx, by, "shared", 99))
		}, "kb.remove_block"),
		overall("kb.UnfoldBlock", func(ctx context.Context, w *world, by profile.Actor) error {
			_, err := w.library.UnfoldBlock(ctx, by, "shared", 99, "")
			return mayConflict(err)
		}, "kb.unfold_block"),
		overall("kb.BlocksIncluding", func(ctx context.Context, w *world, by profile.Actor) error {
			_, err := w.library.BlocksIncluding(ctx, by, "shared")
			return err
		}),
		overall("kb.FindInBlocks", func(ctx context.Context, w *world, by profile.Actor) error {
			_, err := w.library.FindInBlocks(ctx, by, kb.Replacement{Find: "x"}, "")
			return err
		}),
		overall("kb.ReplaceInBlock", func(ctx context.Context, w *world, by profile.Actor) error {
			_, err := w.library.ReplaceInBlock(ctx, by, kb.BlockReplacing{Replacement: kb.Replacement{Find: "x"}, Block: "shared", Version: 99})
			return mayConflict(err)
		}),
		overall("kb.DraftFrom", func(ctx context.Context, w *world, by profile.Actor) error {
			_, err := w.library.DraftFrom(ctx, by, kb.Conversation{Source: kb.Source{Kind: "case"}, Turns: []kb.Turn{{Role: kb.TurnAsker, Text: "x"}}})
			return err
		}),
		overall("kb.Preview", func(ctx context.Context, w *world, by profile.Actor) error {
			_, err := w.library.Preview(ctx, by, "en", kb.Meta{Kind: kb.KindFAQ}, "Text")
			return err
		}, "kb.preview"),
		overall("kb.PutMedia", func(ctx context.Context, w *world, by profile.Actor) error {
			_, err := w.library.PutMedia(ctx, by, "new.png", picture("new"))
			return err
		}),
		overall("kb.PutMedia/replace", func(ctx context.Context, w *world, by profile.Actor) error {
			_, err := w.library.PutMedia(ctx, by, "m-published.png", picture("other"))
			return err
		}),
		overall("kb.Upload", func(ctx context.Context, w *world, by profile.Actor) error {
			_, err := w.library.Upload(ctx, by, kb.Upload{Name: "new.png", Content: bytes.NewReader(picture("new"))})
			return err
		}, "kb.upload"),
		overall("kb.RemoveMedia", func(ctx context.Context, w *world, by profile.Actor) error {
			return w.library.RemoveMedia(ctx, by, "spare.png")
		}, "kb.remove_media"),
		overall("kb.MediaCompany", func(ctx context.Context, w *world, by profile.Actor) error {
			_, err := w.library.MediaCompany(ctx, by, "spare.png")
			return err
		}),
		overall("kb.RemoveFromFilm", func(ctx context.Context, w *world, by profile.Actor) error {
			return w.library.RemoveFromFilm(ctx, by, "spare.png")
		}),
		overall("kb.MediaTotal", func(ctx context.Context, w *world, by profile.Actor) error {
			_, _, err := w.library.MediaTotal(ctx, by)
			return err
		}),
		overall("kb.SaveRedirects", func(ctx context.Context, w *world, by profile.Actor) error {
			return w.library.SaveRedirects(ctx, by, kb.Redirect{From: "/new", To: "category/cat-open"})
		}),
		overall("kb.Export", func(ctx context.Context, w *world, by profile.Actor) error {
			return w.library.Export(ctx, by, io.Discard)
		}, "kb.export"),
		overall("kb.ExportHistory", func(ctx context.Context, w *world, by profile.Actor) error {
			return w.library.ExportHistory(ctx, by, io.Discard)
		}),
		overall("kb.Import", func(ctx context.Context, w *world, by profile.Actor) error {
			r, err := w.library.Import(ctx, by, kb.Bundle{Name: "b", Items: []kb.Item{{External: "x", Title: "X", Body: "x"}}}, nil)
			if len(r.Problems) > 0 {
				err = errors.Join(err, r.Problems[0])
			}
			return err
		}),
	}
}

package site

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/kb"
)

// removeBlock removes a block that nothing includes, or puts what it says in the
// place of where it is included, and says what came of each text.
func (s *Site) removeBlock(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return errs.Invalid
	}
	name, err := web.PathValue(r, "name")
	if err != nil {
		return err
	}
	version, err := strconv.Atoi(r.PostFormValue("version"))
	if err != nil {
		return errs.Invalid
	}
	ctx, v := r.Context(), visitOf(r.Context())
	if r.PostFormValue("do") == "unfold" {
		return s.unfoldBlock(w, r, name, version)
	}
	err = s.library.RemoveBlock(ctx, v.By, name, version)
	if errors.Is(err, kb.ErrConflict) {
		block, blockErr := s.library.Block(ctx, v.By, name)
		if blockErr != nil {
			return blockErr
		}
		return s.showBlockWith(w, r, http.StatusConflict, block, nil, blockNews{Fault: v.P.Error(err)})
	}
	if err != nil && !errors.Is(err, kb.ErrNotFound) { // it may be gone by the same form
		return err
	}
	http.Redirect(w, r, v.link(blocksPath)+"?done=removed", http.StatusSeeOther)
	return nil
}

func (s *Site) unfoldBlock(w http.ResponseWriter, r *http.Request, name string, version int) error {
	ctx, v := r.Context(), visitOf(r.Context())
	done, err := s.library.UnfoldBlock(ctx, v.By, name, version, v.P.T("blocks.unfold_note", "name", name))
	news, status := blockNews{Unfolded: true}, http.StatusOK
	if errors.Is(err, kb.ErrConflict) {
		news, status, err = blockNews{Fault: v.P.Error(err)}, http.StatusConflict, nil
	}
	if err != nil {
		return err
	}
	for _, u := range done {
		row := replaceDone{Title: u.Title, Locale: u.Locale, Live: u.Err == nil, Href: v.link(blocksPath + "/" + escape(u.Block))}
		if u.Article != "" {
			row.Href = v.link(editorPath(u.Article, u.Locale)) + "/history"
		}
		if u.Err != nil {
			row.Fault = refusalIn(v, u.Err)
		}
		news.Done = append(news.Done, row)
	}
	block, err := s.library.Block(ctx, v.By, name)
	if err != nil {
		return err
	}
	block.Note = ""
	return s.showBlockWith(w, r, status, block, nil, news)
}

// blockNews is what came of what was just asked about a block.
type blockNews struct {
	Fault    string
	Unfolded bool
	Done     []replaceDone
}

// fillRemoval says what keeps a block from being removed.
func (s *Site) fillRemoval(ctx context.Context, v *visit, b *blockBody) error {
	names, err := s.library.BlocksIncluding(ctx, v.By, b.Name)
	for _, name := range names {
		b.Includers = append(b.Includers, blockRow{Name: name, Href: v.link(blocksPath + "/" + escape(name))})
	}
	b.Removal = v.link(blocksPath + "/" + escape(b.Name) + "/removal")
	return err
}

// blockHitPrefix begins the key of a block's text in the form.
const blockHitPrefix = "block/"

// foundInBlocks adds the places in blocks that match.
func (b *replaceBody) foundInBlocks(v *visit, found []kb.BlockHits) {
	for _, t := range found {
		b.Texts = append(b.Texts, textHits{
			TextHits: kb.TextHits{Locale: t.Locale, Title: t.Name}, Name: i18n.Locale(t.Locale).Name(v.Locale), Block: true, Rows: t.Hits,
			Href: v.link(blocksPath + "/" + escape(t.Name)), Key: strings.Join([]string{blockHitPrefix + t.Name, t.Locale, strconv.Itoa(t.Version), "0"}, ":"),
		})
	}
}

// replaceInBlocks replaces the chosen hits of blocks, each block with all its
// languages at once, and says what came of each.
func (s *Site) replaceInBlocks(ctx context.Context, v *visit, ask kb.Replacement, note string, chosen map[string][]int, keys []string) (done []replaceDone, err error) {
	var names []string
	asks := map[string]kb.BlockReplacing{}
	for _, key := range keys {
		r, ok := replacingOf(strings.TrimPrefix(key, blockHitPrefix))
		if !ok {
			return nil, errs.Invalid
		}
		one, seen := asks[r.Article]
		if !seen {
			names = append(names, r.Article)
			one = kb.BlockReplacing{Replacement: ask, Block: r.Article, Version: r.Version, Only: map[string][]int{}, Note: note}
		}
		one.Only[r.Locale] = chosen[key]
		asks[r.Article] = one
	}
	for _, name := range names {
		row := replaceDone{Title: name, Href: v.link(blocksPath + "/" + escape(name)), Live: true}
		_, err := s.library.ReplaceInBlock(ctx, v.By, asks[name])
		for _, class := range []error{kb.ErrNotFound, kb.ErrForbidden, kb.ErrInvalid, kb.ErrConflict} {
			if errors.Is(err, class) {
				row.Fault, row.Live, err = refusalIn(v, err), false, nil
			}
		}
		if err != nil {
			return nil, err
		}
		done = append(done, row)
	}
	return done, nil
}

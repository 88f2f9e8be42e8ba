package site

import (
	"context"
	"errors"
	"html/template"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

const blocksPath = "/desk/blocks"

// blockRoutes are the pages of texts that articles include.
func (s *Site) blockRoutes() []route {
	return []route{
		{"GET " + blocksPath, "desk blocks", s.blocksPage},
		{"GET " + blocksPath + "/{name}", "desk blocks", s.blockPage},
		{"POST " + blocksPath + "/{name}", nothing + "answers like the form", s.saveBlock},
		{"POST " + blocksPath + "/{name}/removal", nothing + "answers like the form", s.removeBlock},
	}
}

type blocksBody struct {
	Rows   []blockRow
	Writes bool
	Done   bool // one was removed
}

// A blockRow is a block in the list.
type blockRow struct {
	Name, Href, Who string
	Languages       []string
	Uses            int // articles that the visitor sees
	Changed         time.Time
}

type blocksParams struct {
	Name string `query:"name" max:"100"`
}

// blocksPage lists the blocks, and leads to the form of one that is named.
func (s *Site) blocksPage(w http.ResponseWriter, r *http.Request) error {
	q, err := web.Query[blocksParams](r)
	if err != nil {
		return err
	}
	ctx, v := r.Context(), visitOf(r.Context())
	if name := strings.TrimSpace(q.Name); name != "" {
		http.Redirect(w, r, v.link(blocksPath+"/"+escape(name)), http.StatusSeeOther)
		return nil
	}
	all, err := s.library.Blocks(ctx, v.By)
	if err != nil {
		return err
	}
	b, names := blocksBody{Writes: s.policy.May(v.By, profile.PermissionContentPublish), Done: v.Query.Get("done") == "removed"}, map[string]string{}
	for _, block := range all {
		uses, err := s.blockUses(ctx, v, block.Name)
		if err != nil {
			return err
		}
		if err := s.nameIn(ctx, v, names, block.Author); err != nil {
			return err
		}
		row := blockRow{Name: block.Name, Href: v.link(blocksPath + "/" + escape(block.Name)), Who: names[block.Author], Uses: len(uses), Changed: block.UpdatedAt}
		for _, l := range s.offered(v) {
			if _, ok := block.Texts[string(l)]; ok {
				row.Languages = append(row.Languages, l.Name(v.Locale))
			}
		}
		b.Rows = append(b.Rows, row)
	}
	p := s.deskPage(r, v.P.T("blocks.title"))
	p.Body = b
	return s.show(w, r, http.StatusOK, "desk-blocks", p)
}

// blockUses returns the articles that show a block, of those that the visitor
// sees.
func (s *Site) blockUses(ctx context.Context, v *visit, name string) (out []bulkRow, err error) {
	uses, err := s.library.BlockUses(ctx, v.By, name)
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	var ids []string
	for _, u := range uses {
		if !seen[u.Article] {
			seen[u.Article] = true
			ids = append(ids, u.Article)
		}
	}
	return s.bulkChosen(ctx, v, ids)
}

type blockBody struct {
	Name      string
	New       bool
	Writes    bool
	Faults    bool
	Done      bool
	Version   int
	Audience  input
	Note      input
	Texts     []blockText
	Uses      []bulkRow
	Versions  []blockVersion
	Action    string
	Removal   string     // address to remove it at
	Includers []blockRow // blocks that include it
	News      blockNews
}

// A blockText is a block in one language.
type blockText struct {
	Lang              i18n.Locale
	Name, Body, Fault string
	HTML              template.HTML // what readers see
}

// A blockVersion is what a block was.
type blockVersion struct {
	Version int
	Who     string
	At      time.Time
	Note    string
	Texts   []blockText
}

// blockPage shows a block with its texts, where it is used, and what it was. One
// that is not there yet is an empty form for who may write it.
func (s *Site) blockPage(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r.Context())
	name, err := web.PathValue(r, "name")
	if err != nil {
		return err
	}
	block, err := s.library.Block(r.Context(), v.By, name)
	if errors.Is(err, kb.ErrNotFound) && s.policy.May(v.By, profile.PermissionContentPublish) {
		block, err = kb.Block{Name: name, Audience: profile.Public(), Source: string(v.Locale)}, nil
	}
	if err != nil {
		return err
	}
	block.Note = ""
	return s.showBlock(w, r, http.StatusOK, block, nil)
}

func (s *Site) showBlock(w http.ResponseWriter, r *http.Request, status int, block kb.Block, faults map[string]string) error {
	return s.showBlockWith(w, r, status, block, faults, blockNews{})
}

func (s *Site) showBlockWith(w http.ResponseWriter, r *http.Request, status int, block kb.Block, faults map[string]string, news blockNews) error {
	ctx, v := r.Context(), visitOf(r.Context())
	b := blockBody{
		News: news, Name: block.Name, New: block.Version == 0, Writes: s.policy.May(v.By, profile.PermissionContentPublish), Version: block.Version, Faults: faults != nil,
		Done: v.Query.Get("done") != "" && faults == nil, Action: v.link(blocksPath + "/" + escape(block.Name)),
		Audience: input{Name: "audience", Label: v.P.T("write.audience"), Kind: "text", Value: strings.Join(block.Audience, ", "), Hint: v.P.T("bulk.audience_note"), Complete: "off", Error: faults["audience"]},
		Note:     input{Name: "note", Label: v.P.T("write.note"), Kind: "text", Value: block.Note, Max: kb.MaxSummary, Complete: "off", Error: faults["note"]},
	}
	if faults["name"] != "" {
		b.Audience.Error = faults["name"]
	}
	for _, l := range s.offered(v) {
		text := blockText{Lang: l, Name: l.Name(v.Locale), Body: block.Texts[string(l)], Fault: faults["texts."+string(l)]}
		if faults["texts"] != "" && string(l) == block.Source {
			text.Fault = faults["texts"]
		}
		if text.Body != "" {
			if preview, err := s.library.Preview(ctx, v.By, string(l), kb.Meta{Kind: kb.KindReference}, text.Body); err == nil {
				text.HTML = preview.Text.HTML
			}
		}
		b.Texts = append(b.Texts, text)
	}
	if err := s.fillBlock(ctx, v, &b); err != nil {
		return err
	}
	p := s.deskPage(r, v.P.T("blocks.one", "name", block.Name), crumb{Title: v.P.T("blocks.title"), Href: v.link(blocksPath)})
	p.Body = b
	return s.show(w, r, status, "desk-block", p)
}

// fillBlock says where a block is used, and what it was.
func (s *Site) fillBlock(ctx context.Context, v *visit, b *blockBody) error {
	if b.New {
		return nil
	}
	var err error
	if b.Uses, err = s.blockUses(ctx, v, b.Name); err != nil {
		return err
	}
	if err := s.fillRemoval(ctx, v, b); err != nil {
		return err
	}
	versions, err := s.library.BlockVersions(ctx, v.By, b.Name, 0, revisionsPerPage)
	names := map[string]string{}
	for _, was := range versions {
		if err := s.nameIn(ctx, v, names, was.Author); err != nil {
			return err
		}
		row := blockVersion{Version: was.Version, Who: names[was.Author], At: was.UpdatedAt, Note: was.Note}
		for _, l := range s.offered(v) {
			if text := was.Texts[string(l)]; text != "" {
				row.Texts = append(row.Texts, blockText{Lang: l, Name: l.Name(v.Locale), Body: text})
			}
		}
		b.Versions = append(b.Versions, row)
	}
	return err
}

// saveBlock saves a block, or shows what was typed with what is wrong or what
// readers would see.
func (s *Site) saveBlock(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return errs.Invalid
	}
	ctx, v := r.Context(), visitOf(r.Context())
	name, err := web.PathValue(r, "name")
	if err != nil {
		return err
	}
	if !s.policy.May(v.By, profile.PermissionContentPublish) {
		return kb.ErrForbidden
	}
	version, err := strconv.Atoi(r.PostFormValue("version"))
	if err != nil {
		return errs.Invalid
	}
	block := kb.Block{
		Name: name, Version: version, Source: string(v.Locale), Note: strings.TrimSpace(r.PostFormValue("note")),
		Audience: profile.Audience(listOfWords(r.PostFormValue("audience"))), Texts: kb.Words{},
	}
	if old, err := s.library.Block(ctx, v.By, name); err == nil {
		block.Source, block.Texts = old.Source, old.Texts // languages that are not offered here stay
	}
	for _, l := range s.offered(v) {
		delete(block.Texts, string(l))
		if text := strings.ReplaceAll(r.PostFormValue("text-"+string(l)), "\r\n", "\n"); strings.TrimSpace(text) != "" {
			block.Texts[string(l)] = text
		}
	}
	if r.PostFormValue("do") == "preview" {
		return s.showBlock(w, r, http.StatusOK, block, nil)
	}
	_, err = s.library.SaveBlock(ctx, v.By, block)
	if wrong, ok := errors.AsType[errs.Fields](err); ok {
		return s.showBlock(w, r, http.StatusUnprocessableEntity, block, v.P.Fields(wrong))
	}
	if errors.Is(err, kb.ErrConflict) {
		return s.showBlock(w, r, http.StatusConflict, block, map[string]string{"note": v.P.Error(err)})
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, v.link(blocksPath+"/"+escape(name))+"?done=saved", http.StatusSeeOther)
	return nil
}

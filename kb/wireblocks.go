package kb

import (
	"net/http"
	"time"

	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/profile"
)

type blockTextWire struct {
	Audience []string          `json:"audience" doc:"segments, any of which see it where it is included; none means nobody"`
	Source   string            `json:"source,omitempty" doc:"language it is shown in where it has none of the reader's"`
	Texts    map[string]string `json:"texts" doc:"Markdown by language"`
	Note     string            `json:"note,omitempty" doc:"why, for colleagues"`
}

type newBlockWire struct {
	Name string `json:"name" doc:"small letters, digits and hyphens"`
	blockTextWire
}

type blockWire struct {
	newBlockWire
	Author    string    `json:"author"`
	UpdatedAt time.Time `json:"updated_at"`
	Version   int       `json:"version" doc:"for If-Match"`
}

type blockUseWire struct {
	Article string `json:"article"`
	Locale  string `json:"locale"`
	Live    bool   `json:"live" doc:"in what readers are shown"`
}

func (b newBlockWire) block(version int) Block {
	return Block{Name: b.Name, Audience: b.Audience, Source: b.Source, Texts: b.Texts, Note: b.Note, Version: version}
}

func wireOfBlock(b Block) blockWire {
	return blockWire{
		newBlockWire: newBlockWire{Name: b.Name, blockTextWire: blockTextWire{Audience: list(b.Audience), Source: b.Source, Texts: b.Texts, Note: b.Note}},
		Author:       b.Author, UpdatedAt: b.UpdatedAt, Version: b.Version,
	}
}

func wireOfBlocks(blocks []Block) []blockWire {
	out := make([]blockWire, 0, len(blocks))
	for _, b := range blocks {
		out = append(out, wireOfBlock(b))
	}
	return out
}

func (l *Library) serveBlocks(api *web.API) {
	write, publish := string(profile.PermissionContentWrite), string(profile.PermissionContentPublish)
	api.Handle(web.Op{
		Method: "GET", Path: "/blocks", Name: "kb.blocks", Summary: "Lists the blocks that texts can include.",
		Policy: write, Out: []blockWire{},
	}, l.serveBlockList)
	api.Handle(web.Op{
		Method: "POST", Path: "/blocks", Name: "kb.create_block", Summary: "Creates a block.",
		Policy: publish, In: newBlockWire{}, Out: blockWire{}, Create: true,
	}, l.serveCreateBlock)
	api.Handle(web.Op{
		Method: "GET", Path: "/blocks/{name}", Name: "kb.block", Summary: "Returns a block.",
		Policy: write, Out: blockWire{},
	}, l.serveBlock)
	api.Handle(web.Op{
		Method: "PUT", Path: "/blocks/{name}", Name: "kb.save_block", Summary: "Changes a block, and with it what includes it.",
		Policy: publish, In: blockTextWire{}, Out: blockWire{}, Update: true,
	}, l.serveSaveBlock)
	api.Handle(web.Op{
		Method: "DELETE", Path: "/blocks/{name}", Name: "kb.remove_block", Summary: "Removes a block that nothing includes.",
		Policy: publish, Errors: []int{http.StatusConflict}, Update: true,
	}, l.serveRemoveBlock)
	api.Handle(web.Op{
		Method: "PUT", Path: "/blocks/{name}/unfolding", Name: "kb.unfold_block", Summary: "Puts what a block says in the place of where it is included, as new revisions.",
		Policy: publish, In: unfoldWire{}, Out: []unfoldedWire{}, Update: true,
	}, l.serveUnfoldBlock)
	api.Handle(web.Op{
		Method: "GET", Path: "/blocks/{name}/versions", Name: "kb.block_versions", Summary: "Lists the versions of a block, newest first.",
		Policy: write, Params: revisionsParams{}, Out: []blockWire{},
	}, l.serveBlockVersions)
	api.Handle(web.Op{
		Method: "GET", Path: "/blocks/{name}/uses", Name: "kb.block_uses", Summary: "Lists the articles that include a block, themselves or through others.",
		Policy: write, Out: []blockUseWire{},
	}, l.serveBlockUses)
}

func (l *Library) answerBlock(w http.ResponseWriter, r *http.Request, status int, b Block) error {
	w.Header().Set("ETag", web.ETag(b.Version))
	return web.JSON(w, r, status, wireOfBlock(b))
}

func (l *Library) serveBlockList(w http.ResponseWriter, r *http.Request) error {
	blocks, err := l.Blocks(r.Context(), profile.FromContext(r.Context()))
	if err != nil {
		return err
	}
	return web.JSON(w, r, http.StatusOK, wireOfBlocks(blocks))
}

func (l *Library) serveCreateBlock(w http.ResponseWriter, r *http.Request) error {
	in, err := web.Decode[newBlockWire](w, r, 0)
	if err != nil {
		return err
	}
	b, err := l.SaveBlock(r.Context(), profile.FromContext(r.Context()), in.block(0))
	if err != nil {
		return err
	}
	return l.answerBlock(w, r, http.StatusCreated, b)
}

func (l *Library) serveBlock(w http.ResponseWriter, r *http.Request) error {
	name, err := web.PathValue(r, "name")
	if err != nil {
		return err
	}
	b, err := l.Block(r.Context(), profile.FromContext(r.Context()), name)
	if err != nil {
		return err
	}
	return l.answerBlock(w, r, http.StatusOK, b)
}

func (l *Library) serveSaveBlock(w http.ResponseWriter, r *http.Request) error {
	name, err := web.PathValue(r, "name")
	if err != nil {
		return err
	}
	version, err := web.IfMatch(r)
	if err != nil {
		return err
	}
	in, err := web.Decode[blockTextWire](w, r, 0)
	if err != nil {
		return err
	}
	if version == 0 {
		return web.ErrPrecondition // an update creates nothing
	}
	b, err := l.SaveBlock(r.Context(), profile.FromContext(r.Context()), newBlockWire{name, in}.block(version))
	if err != nil {
		return web.Stale(err)
	}
	return l.answerBlock(w, r, http.StatusOK, b)
}

func (l *Library) serveBlockVersions(w http.ResponseWriter, r *http.Request) error {
	name, err := web.PathValue(r, "name")
	if err != nil {
		return err
	}
	p, err := web.Query[revisionsParams](r)
	if err != nil {
		return err
	}
	versions, err := l.BlockVersions(r.Context(), profile.FromContext(r.Context()), name, p.Before, p.Limit)
	if err != nil {
		return err
	}
	return web.JSON(w, r, http.StatusOK, wireOfBlocks(versions))
}

func (l *Library) serveBlockUses(w http.ResponseWriter, r *http.Request) error {
	name, err := web.PathValue(r, "name")
	if err != nil {
		return err
	}
	uses, err := l.BlockUses(r.Context(), profile.FromContext(r.Context()), name)
	if err != nil {
		return err
	}
	out := make([]blockUseWire, 0, len(uses))
	for _, u := range uses {
		out = append(out, blockUseWire(u))
	}
	return web.JSON(w, r, http.StatusOK, out)
}

// blockAt returns the name and the version of the block that a request is about.
func blockAt(r *http.Request) (name string, version int, err error) {
	if name, err = web.PathValue(r, "name"); err == nil {
		version, err = web.IfMatch(r)
	}
	return name, version, err
}

func (l *Library) serveRemoveBlock(w http.ResponseWriter, r *http.Request) error {
	name, version, err := blockAt(r)
	if err != nil {
		return err
	}
	if err := l.RemoveBlock(r.Context(), profile.FromContext(r.Context()), name, version); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

type unfoldWire struct {
	Note string `json:"note,omitempty" doc:"why, for colleagues"`
}

type unfoldedWire struct {
	Block   string `json:"block,omitempty" doc:"that included it"`
	Article string `json:"article,omitempty"`
	Locale  string `json:"locale,omitempty"`
	Error   string `json:"error,omitempty" doc:"\"not_found\", \"forbidden\", \"conflict\" or \"invalid\""`
}

func (l *Library) serveUnfoldBlock(w http.ResponseWriter, r *http.Request) error {
	name, version, err := blockAt(r)
	if err != nil {
		return err
	}
	in, err := web.Decode[unfoldWire](w, r, 0)
	if err != nil {
		return err
	}
	done, err := l.UnfoldBlock(r.Context(), profile.FromContext(r.Context()), name, version, in.Note)
	if err != nil {
		return err
	}
	out := make([]unfoldedWire, 0, len(done))
	for _, u := range done {
		out = append(out, unfoldedWire{u.Block, u.Article, u.Locale, errorClass(u.Err)})
	}
	return web.JSON(w, r, http.StatusOK, out)
}
